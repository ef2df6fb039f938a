"""One server for all tests of a worker, and the program run as its users do."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.conftest import Run
from cli.conftest import clm_audit as program
from engines.postgres_server import SECRET, Server, postgres_server
from engines.shop_tables import TYPES, company_tables

__all__ = ["clm_audit", "postgres", "program"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of this run alone, with the sample company in ``shop`` (typed) and ``texts`` (as text)."""
    with postgres_server() as server:
        for schema, text in (("shop", False), ("texts", True)):
            server.load(schema, company_tables(), TYPES, text=text)
        yield server


@pytest.fixture
def clm_audit(program: Run) -> Run:
    """One command line in ``tmp_path``: exit code, stdout and stderr. ``password`` is in the variable that the
    configurations of these tests name."""

    def run(*args: str | Path, password: str | None = None) -> subprocess.CompletedProcess[str]:
        return program(*args, **({SECRET: password} if password else {}))

    return run
