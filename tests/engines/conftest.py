"""One server for all tests of a worker, and the program run as its users do."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest

from clm_audit.cli import main as entry
from engines.postgres_server import SECRET, Server, postgres_server
from engines.shop_tables import TYPES, company_tables

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of this run alone, with the sample company in ``shop`` (typed) and ``texts`` (as text)."""
    with postgres_server() as server:
        for schema, text in (("shop", False), ("texts", True)):
            server.load(schema, company_tables(), TYPES, text=text)
        yield server


@pytest.fixture
def clm_audit(tmp_path: Path) -> Run:
    """One command line in ``tmp_path``: exit code, stdout and stderr. ``password`` is in the variable that the
    configurations of these tests name."""

    def run(*args: str | Path, password: str | None = None) -> subprocess.CompletedProcess[str]:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CLM_AUDIT_", "PG"))}
        with (
            mock.patch.dict(os.environ, {**kept, **({SECRET: password} if password else {})}, clear=True),
            mock.patch("sys.stdin", io.StringIO()),
            contextlib.chdir(tmp_path),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = entry.main([str(arg) for arg in args])
        said = []
        for stream in (out, err):
            stream.flush()
            said.append(stream.buffer.getvalue().decode("utf-8"))  # type: ignore[attr-defined]
        return subprocess.CompletedProcess(args, int(code), *said)

    return run
