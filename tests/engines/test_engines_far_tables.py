"""The statements that make facts of tables in Snowflake, BigQuery, Databricks and Trino: parsed strictly in their
dialects, and what was read, run by DuckDB, gives the facts of the same rows in files."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

import clm_audit as package
from clm_audit.facts.model import Facts
from clm_audit.facts.warehouse import warehouses
from clm_audit.facts.warehouse.build import exports_of, facts_of
from clm_audit.facts.warehouse.dbapi import DbapiSession
from clm_audit.measures.beside import engine_of
from clm_audit.measures.daily import daily_frames
from engines.far_warehouse import FarConnection
from engines.shop_tables import PLAN, TYPES, company_tables, write_files

pytestmark = pytest.mark.engines
NAMES = {"char(3)": "VARCHAR", "varchar(20)": "VARCHAR", "text": "VARCHAR"}
Daily = dict[str, list[tuple[int, ...]]]


def daily_of(facts: Facts) -> Daily:
    """The sums per file, side and day of every table, in order; files are numbered in another order."""
    engine = engine_of(facts)
    with engine.open(facts.tables) as tables:
        found = engine.collect(daily_frames(tables))
    made: Daily = {}
    for name, columns in found.items():
        kept = [columns[column] for column in sorted(columns) if column != "file"]
        made[name] = sorted(zip(*(np.asarray(column).tolist() for column in kept), strict=True))
    return made


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Daily]:
    """The files, and what they hold."""
    folder = tmp_path_factory.mktemp("files")
    write_files(company_tables(), folder / "files")
    (folder / "clm-audit.yaml").write_text(f"{PLAN}sources: [{{path: files}}]\n")
    plan = package.plan(config=folder / "clm-audit.yaml", folder=folder)
    with exports_of(plan, folder) as exports:
        return folder / "files", daily_of(facts_of(plan, exports, folder))


def load(duck: Any, files: Path, *, text: bool) -> None:
    """Each file as a table, every column as text or as its type."""
    duck.execute("CREATE SCHEMA shop")
    for fact, types in TYPES.items():
        with (files / f"{fact}.csv").open(encoding="utf-8") as file:
            header = next(csv.reader(file))
        cells = [f"replace(replace(\"{name}\", ' -0400', '-04:00'), ' -0500', '-05:00')" for name in header]
        kinds = ["VARCHAR" if text else NAMES.get(types[name], types[name]) for name in header]
        typed = ", ".join(
            f'CAST({cell} AS {kind}) AS "{name}"' for cell, kind, name in zip(cells, kinds, header, strict=True)
        )
        rows = f"read_csv('{files / fact}.csv', all_varchar = true, header = true, nullstr = '')"
        duck.execute(f"CREATE TABLE shop.{fact} AS SELECT {typed} FROM {rows}")


@pytest.mark.parametrize("text", [True, False], ids=["texts", "typed"])
@pytest.mark.parametrize("scheme", sorted(warehouses.FAR))
def test_the_facts_are_those_of_the_files(
    scheme: str, text: bool, expected: tuple[Path, Daily], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, daily = expected
    far = warehouses.FAR[scheme]
    tables = ", ".join(f"{fact}: shop.{fact}" for fact in TYPES)
    source = f"{{engine: ibis, url: '{scheme}://host/place', tables: {{{tables}}}}}"
    (tmp_path / "clm-audit.yaml").write_text(f"{PLAN}sources: [{source}]\n")
    plan = package.plan(config=tmp_path / "clm-audit.yaml", folder=tmp_path)
    with duckdb.connect() as duck:
        duck.execute("SET TimeZone = 'UTC'")
        load(duck, files, text=text)
        before = duck.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()

        @contextmanager
        def opened(*_: object) -> Iterator[DbapiSession]:
            connection = FarConnection(duck, far.dialect.name)
            session = DbapiSession(connection, far.dialect, duckdb.Error, far.temporary, "DESCRIBE {0}")
            yield session
            session.drop()

        monkeypatch.setattr(warehouses, "open_ibis", opened)
        with exports_of(plan, tmp_path) as exports:
            assert daily_of(facts_of(plan, exports, tmp_path)) == daily
        after = duck.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY 1").fetchall()
        assert after == before
