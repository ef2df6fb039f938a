"""The program as a process for which the rights of files hold, also where the tests run as root."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

from cli.conftest import environment

PR_SET_PDEATHSIG, PR_CAPBSET_DROP = 1, 24
SIGKILL = 9
CAPABILITIES = {"CAP_DAC_OVERRIDE": 1, "CAP_DAC_READ_SEARCH": 2}


def _drop() -> None:
    """Between fork and exec: root keeps its files and loses the right to read those that nobody may."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, SIGKILL)
    if os.geteuid() == 0:
        for number in CAPABILITIES.values():
            if libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "the capability cannot be dropped")


def started(*arguments: str | Path, folder: Path, **secrets: str) -> subprocess.Popen[str]:
    """``clm-audit`` with these arguments, in a folder; ``secrets`` are variables of its environment."""
    return subprocess.Popen(
        [sys.executable, "-m", "clm_audit", *map(str, arguments)],
        cwd=folder, env=environment(**secrets), preexec_fn=_drop,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def ended(process: subprocess.Popen[str], seconds: int = 300) -> subprocess.CompletedProcess[str]:
    """What it said, and its exit code."""
    with process:
        out, err = process.communicate(timeout=seconds)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)
