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


def test_check_lists_every_row_also_where_none_of_them_counts(clm_audit: Run, tmp_path: Path) -> None:
    rows = [f"1.05284E+11,Deal {n},Closed Won,{n},2024-05-{n:02},{n}" for n in range(1, 25)]
    names = "Record ID,Deal Name,Deal Stage,Amount,Close Date,Associated Contact IDs"
    (tmp_path / "deals.csv").write_text("\n".join([names, *rows, ""]))
    run = clm_audit("check", "deals.csv", "--go-live", "2024-05-12", "--rejects", "rejects.csv")
    assert run.returncode == ExitCode.UNFIT
    assert "failed: Rows that could not be read" in run.stdout
    assert "24 rows rejected" in run.stdout
    assert len((tmp_path / "rejects.csv").read_text().splitlines()) == 25
    assert "because a spreadsheet wrote their numbers with an exponent" in run.stderr
    assert run.stderr.splitlines()[-1] == "clm-audit: exit 4, the data are not fit to judge"
