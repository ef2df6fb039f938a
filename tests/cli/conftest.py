"""Running the real program, as a user does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

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
