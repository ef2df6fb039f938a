"""Too many rows that could not be read: no verdict and exit 4, unless the policy allows as many."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from clm_audit.exits import ExitCode
from verdict.shop import GO_LIVE, ZONE, shop
from verdict.spoilt import everything_broken

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_above_the_share_of_rejected_rows_there_is_no_verdict(clm_audit: Run, tmp_path: Path) -> None:
    world = shop()
    everything_broken(world)
    world.config = f"go_live: {GO_LIVE}\ntimezone: {ZONE}\nsources: [{{path: exports}}]\n"
    world.write(tmp_path)
    run = clm_audit("compare", "-c", "clm-audit.yaml")
    assert run.returncode == ExitCode.UNFIT
    assert "NOT ASSESSABLE" in run.stdout
    assert "Rows that could not be read" in run.stdout
    assert run.stderr.splitlines()[-1] == "clm-audit: exit 4, the data are not fit to judge"
    allowed = world.config + "policy: {max_rejected: 20%}\n"
    (tmp_path / "clm-audit.yaml").write_text(allowed)
    run = clm_audit("compare", "-c", "clm-audit.yaml")
    assert run.returncode == ExitCode.DONE
    assert "NOT ASSESSABLE" not in run.stdout


def test_check_says_so_without_a_verdict(clm_audit: Run, tmp_path: Path) -> None:
    world = shop()
    everything_broken(world)
    world.write(tmp_path)
    run = clm_audit("check", "exports")
    assert run.returncode == ExitCode.UNFIT
    assert "failed: Rows that could not be read" in run.stdout
    assert "Next: mend what failed first (Rows that could not be read), then check again" in run.stdout
