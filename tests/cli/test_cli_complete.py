"""The Tab key, through the real program and the protocol of a shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import Run, environment
from clm_audit.config.plan import LIFECYCLE_IDS, METRIC_IDS


@pytest.fixture
def tab(clm_audit: Run):
    def press(*words: str) -> list[str]:
        line = " ".join(("clm-audit", *words))
        run = clm_audit(COMP_WORDS=line, COMP_CWORD=str(len(words)), _CLM_AUDIT_COMPLETE="complete_bash")
        assert run.returncode == 0, run.stderr
        assert run.stderr == ""
        return run.stdout.splitlines()

    return press


def test_metrics_are_offered(tab) -> None:
    known = {*METRIC_IDS, *LIFECYCLE_IDS}
    assert known <= set(tab("explain", '""'))
    for start in {name[:3] for name in known}:
        offered = tab("explain", start)
        assert all(name.startswith(start) for name in offered)
        assert known & set(offered) == {name for name in known if name.startswith(start)}


def test_commands_and_zones_are_offered(tab) -> None:
    assert tab("comp") == ["compare"]
    assert tab("compare", "--timezone", "Europe/Berl") == ["Europe/Berlin"]
    assert tab("hist") == ["history"]
    assert tab("schema", "hi") == ["history"]
    assert "--keep" in tab("compare", "--ke")
    assert tab("history", "audits", "--format", "m") == ["md"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_columns_of_the_exports_at_hand_are_offered(tab, tmp_path: Path, separator: str) -> None:
    (tmp_path / "exports").mkdir()
    header = separator.join(("customer", "Region", "Industry"))
    text = f"Customers of the shop\n{header}\nc1{separator}North{separator}Food\n"
    (tmp_path / "exports" / "customers.csv").write_text(text, encoding="utf-8")
    assert tab("compare", "exports", "--segment-by", "Re") == ["Region"]
    assert tab("compare", "exports", "--segment-by", "Region,In") == ["Region,Industry"]


BASH = """
eval "$(_CLM_AUDIT_COMPLETE=source_bash clm-audit)"
offer=$(complete -p clm-audit | sed 's/.*-F \\([^ ]*\\).*/\\1/')
tab() { COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); "$offer" clm-audit; echo "${COMPREPLY[@]}"; }
tab clm-audit explain purchase_f
tab clm-audit compare exports --segment-by Re
"""


def test_bash_completes_with_the_script_that_the_program_gives_it(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "customers.csv").write_text("customer,Region\nc1,North\n", encoding="utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["bash", "--norc", "--noprofile", "-c", BASH]
    run = subprocess.run(
        command, cwd=tmp_path, env=environment(PATH=path), capture_output=True, text=True, check=False, timeout=60
    )
    assert (run.stdout.splitlines(), run.stderr) == (["purchase_frequency", "Region"], "")


def test_nothing_is_offered_and_nothing_is_said_where_there_is_nothing(tab, tmp_path: Path) -> None:
    (tmp_path / "broken.csv").write_bytes(b"\xff\xfe\x00\x00\x80")
    assert [line for line in tab("compare", "missing", "--segment-by", "Re") if line] == []
    assert [line for line in tab("explain", "--from", "broken.csv", "totals") if line] == []
    assert [line for line in tab("compare", "broken.csv", "--segment-by", "Re") if line] == []
