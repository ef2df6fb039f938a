"""The audit from Python is the audit of the command: same numbers, same bytes, same errors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import clm_audit
from cli.conftest import Run
from cli.conftest import clm_audit as program
from clm_audit.exits import UsageError
from e2e.companies import steady_orders, write_orders

__all__ = ["program"]


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    write_orders(tmp_path / "exports" / "orders.csv", steady_orders(3, customers=60, weeks_before=60, weeks_after=30))
    return tmp_path / "exports"


def test_the_audit_from_python_gives_the_bytes_of_the_command(exports: Path, tmp_path: Path, program: Run) -> None:
    plan = clm_audit.plan(
        exports.name, folder=tmp_path, go_live="2024-01-01", timezone="Europe/Berlin", materiality="3%"
    )
    report = clm_audit.audit(plan)
    ended = program(
        "compare", "exports", "--go-live", "2024-01-01", "--timezone", "Europe/Berlin", "--materiality", "3%",
        "--json", "audit.json", "--md", "audit.md",
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert clm_audit.render(clm_audit.read_audit(tmp_path / "audit.json"), "md") == (tmp_path / "audit.md").read_bytes()
    assert report.metrics == clm_audit.read_audit(tmp_path / "audit.json").metrics
    assert report.verdict == clm_audit.read_audit(tmp_path / "audit.json").verdict


def test_a_mistake_is_an_error_with_a_hint(exports: Path) -> None:
    with pytest.raises(UsageError, match="did you mean timezone"):
        clm_audit.plan(exports, go_live="2024-01-01", timezon="UTC")
    with pytest.raises(UsageError, match="go_live: must be a date"):
        clm_audit.plan(exports, go_live="soon")
    report = clm_audit.audit(clm_audit.plan(exports, go_live="2024-01-01"))
    with pytest.raises(UsageError, match="did you mean html"):
        clm_audit.render(report, "htm")


def test_variables_of_the_environment_are_not_read(exports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLM_AUDIT_GO_LIVE", "2023-01-01")
    assert str(clm_audit.plan(exports, go_live="2024-01-01").go_live) == "2024-01-01"
    with pytest.raises(UsageError, match="go-live date is missing"):
        clm_audit.plan(exports)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, clm_audit; print(sorted({'polars', 'numpy', 'pydantic', 'scipy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
