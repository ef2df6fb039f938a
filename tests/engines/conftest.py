"""One server for all tests of a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engines.postgres_server import Server, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of this run alone."""
    with postgres_server() as server:
        yield server
