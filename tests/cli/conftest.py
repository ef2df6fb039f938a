"""Running the program, as a user does."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest

from clm_audit.cli import main as entry
from clm_audit.report.model import AuditReport

READ = ("CLM_AUDIT_", "PG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "PYTHONIOENCODING", "PYTHONUTF8")
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def environment(**more: str) -> dict[str, str]:
    """The environment with nothing in it that the program reads, but ``more``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(READ)}
    return {**kept, "PYTHONUTF8": "1", **more}


@pytest.fixture
def clm_audit(tmp_path: Path) -> Run:
    """One command line in ``tmp_path``, through the entry point, off a terminal: exit code, stdout and stderr.

    In this process, which has everything loaded. What makes a process a process (closed streams, signals, encodings,
    terminals, start) is tested in one of its own.
    """

    def run(*args: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
        with (
            mock.patch.dict(os.environ, environment(**env), clear=True),
            mock.patch("sys.stdin", io.StringIO()),
            contextlib.chdir(tmp_path),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = entry.main([str(arg) for arg in args])
        said = []
        for stream in (out, err):
            stream.flush()
            said.append(stream.buffer.getvalue().decode("utf-8"))
        return subprocess.CompletedProcess(args, int(code), *said)

    return run


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The sample company, audited once by ``clm-audit demo``: the folder, and the run."""
    folder = tmp_path_factory.mktemp("demo")
    run = subprocess.run(
        [sys.executable, "-m", "clm_audit", "demo"],
        cwd=folder,
        env=environment(),
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
