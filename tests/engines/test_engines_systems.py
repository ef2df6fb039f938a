"""The exports of systems whose rows are hard to read, as tables of texts in PostgreSQL and Spark: the numbers of the
files. DuckDB reads those of every system in `tests/facts/warehouse`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import polars as pl
import pytest

from clm_audit.config.plan import EngineSource
from engines.postgres_server import SECRET, Server
from engines.spark_servers import SMALL
from facts.warehouse_systems import named_tables, numbers, read, written
from systems.company import make_company

pytestmark = [
    pytest.mark.engines,
    pytest.mark.timeout(900),
    # py4j leaves its sockets to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
]
# several rows an order; ids in two lengths and stages of an order; lists of merged ids
SYSTEMS = ("shopify", "salesforce", "hubspot")
Source = Callable[[str, pl.DataFrame], Callable[[str], EngineSource]]


def told(system: str, folder: Path, source: Source) -> tuple[Any, Any]:
    """The numbers of the files, and those of the tables that ``source`` makes."""
    plan = written(system, make_company(customers=60, months=16), folder / "files")
    sources = [
        made(fact)
        for name, frame, facts in named_tables(plan, folder / "scratch")
        for made in [source(name, frame)]
        for fact in facts
    ]
    there = plan.model_copy(update={"sources": (), "engines": tuple(sources), "root": folder})
    return read(there, lambda facts: numbers(there, facts)), read(plan, lambda facts: numbers(plan, facts))


def assert_same(found: Any, expected: Any) -> None:
    for name, value in found.items():
        assert value == expected[name], name


@pytest.mark.parametrize("system", SYSTEMS)
def test_postgresql_gives_what_the_exports_give(system: str, postgres: Server, tmp_path: Path) -> None:
    def source(name: str, frame: pl.DataFrame) -> Callable[[str], EngineSource]:
        rows = frame.fill_null("").to_dicts()
        postgres.load(system, {name: rows}, {name: dict.fromkeys(frame.columns, "text")}, text=True)
        return lambda fact: EngineSource(
            engine="ibis", url=postgres.url(), password_env=SECRET, tables={fact: f"{system}.{name}"}
        )

    with mock.patch.dict(os.environ, {SECRET: postgres.password}):
        assert_same(*told(system, tmp_path, source))


@pytest.mark.parametrize("system", SYSTEMS)
def test_spark_gives_what_the_exports_give(system: str, tmp_path: Path) -> None:
    conf = {name: value for name, value in SMALL.items() if name.startswith("spark.sql")}

    def source(name: str, frame: pl.DataFrame) -> Callable[[str], EngineSource]:
        frame.write_parquet(tmp_path / f"{name}.parquet")
        return lambda fact: EngineSource(engine="spark", master="local[2]", conf=conf, tables={fact: f"{name}.parquet"})

    assert_same(*told(system, tmp_path, source))
