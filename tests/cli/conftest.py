"""Running the real program, as a user does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from clm_audit.report.model import AuditReport

READ = ("CLM_AUDIT_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "PYTHONIOENCODING", "PYTHONUTF8")
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def clm_audit(tmp_path: Path) -> Run:
    """One run of ``python -m clm_audit`` in ``tmp_path``, with nothing in the environment that it reads."""

    def run(*args: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(READ)}
        return subprocess.run(
            [sys.executable, "-m", "clm_audit", *map(str, args)],
            cwd=tmp_path,
            env={**kept, "PYTHONUTF8": "1", **env},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The sample company, audited once by ``clm-audit demo``: the folder, and the run."""
    folder = tmp_path_factory.mktemp("demo")
    run = subprocess.run(
        [sys.executable, "-m", "clm_audit", "demo"],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith(READ)} | {"PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    return folder / "clm-audit-demo", run


@pytest.fixture(scope="session")
def saved(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> AuditReport:
    """The demo's audit, read back from its JSON."""
    return AuditReport.model_validate_json((demo[0] / "audit.json").read_bytes())
