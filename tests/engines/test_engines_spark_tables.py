"""Tables of Spark as the sources of an audit: the report of the same rows in files."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

import duckdb
import pytest

import clm_audit as package
from clm_audit.exits import ExitCode
from clm_audit.facts.warehouse.build import exports_of, facts_of
from clm_audit.measures.measure import measure
from engines.alike import differences
from engines.reports import CONFIG, POLLUTED, assert_same_ledger, assert_same_reports, from_files, polluted
from engines.shop_tables import PLAN, TYPES, Tables, company_tables, write_files
from engines.spark_servers import SMALL, connect

pytestmark = [
    pytest.mark.engines,
    pytest.mark.timeout(900),
    # py4j leaves its sockets to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
    # so PySpark says that a server cannot be told of the end of a session
    pytest.mark.filterwarnings("ignore:The 'warn' method is deprecated:DeprecationWarning"),
]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def from_tables(
    folder: Path, tables: Tables, types: Mapping[str, Mapping[str, str]], where: str, plan: str = PLAN
) -> Path:
    """A configuration whose sources are Parquet files that Spark reads; ``where``: the session."""
    folder.mkdir(exist_ok=True)
    write_files(tables, folder / "csv", types)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for fact in tables:
            columns = ", ".join(f"{_typed(name, kind)} AS {_quoted(name)}" for name, kind in types[fact].items())
            rows = f"SELECT {columns} FROM read_csv('{folder}/csv/{fact}.csv', all_varchar = true, header = true)"
            connection.execute(f"COPY ({rows}) TO '{folder}/{fact}.parquet' (FORMAT parquet)")
    named = ", ".join(f"{fact}: {fact}.parquet" for fact in tables)
    conf = json.dumps({name: value for name, value in SMALL.items() if name.startswith("spark.sql")})
    source = f"{{engine: spark, {where}, conf: {conf}, tables: {{{named}}}}}"
    (folder / CONFIG).write_text(f"{plan}sources: [{source}]\n", "utf-8")
    return folder


def _quoted(name: str) -> str:
    return f'"{name}"'


def _typed(name: str, kind: str) -> str:
    """The text of a cell in the type of its column; an offset gets its colon."""
    text = f"regexp_replace(NULLIF({_quoted(name)}, ''), ' ([+-][0-9][0-9])([0-9][0-9])$', '\\1:\\2')"
    return f"CAST({text} AS {kind})"


def test_the_report_is_that_of_the_files(tmp_path: Path, clm_audit: Run) -> None:
    there = from_tables(tmp_path / "there", company_tables(), TYPES, "master: 'local[2]'")
    said = assert_same_reports(clm_audit, there, from_files(tmp_path / "here", company_tables()))
    assert "WARN" not in said


def test_a_table_or_column_that_is_missing_ends_the_run(tmp_path: Path, clm_audit: Run) -> None:
    folder = from_tables(tmp_path, {"orders": polluted()}, {"orders": POLLUTED}, "master: 'local[2]'")
    given = (folder / CONFIG).read_text("utf-8")
    said = []
    for table, columns in (
        ("nothing.parquet", ""),
        ("orders.parquet", ", map: {orders: {order: order, date: date, amount: net}}"),
    ):
        changed = given.replace("orders.parquet}", f"{table}}}{columns}")
        (folder / CONFIG).write_text(changed, "utf-8")
        run = clm_audit("compare", "-c", folder / CONFIG, "--json", folder / "audit.json")
        assert run.stdout == ""
        assert not (folder / "audit.json").exists()
        said.append((run.returncode, run.stderr))
    assert [code for code, _ in said] == [ExitCode.USAGE, ExitCode.USAGE]
    assert "there is no file nothing.parquet, or Spark may not look" in said[0][1]
    assert "orders.parquet has no column net" in said[1][1]
    assert not (tmp_path / "spark-warehouse").exists()


def test_the_ledger_of_a_polluted_table_behind_connect_adds_up(tmp_path: Path) -> None:
    types, tables = {"orders": POLLUTED}, {"orders": polluted()}
    plan = "go_live: 2024-07-01\ntimezone: UTC\n"
    with ExitStack() as stack:
        there = stack.enter_context(connect(tmp_path))
        folders = (
            from_tables(tmp_path / "there", tables, types, f"remote: '{there.url}'", plan),
            from_files(tmp_path / "here", tables, plan, types),
        )
        found = []
        for folder in folders:
            (folder / "run").mkdir()
            its_plan = package.plan(config=folder / CONFIG, folder=folder)
            exports = stack.enter_context(exports_of(its_plan, folder / "run"))
            facts = facts_of(its_plan, exports, folder / "run")
            found.append((facts, measure(its_plan, facts)))
    ((ours, totals), (theirs, expected)) = found
    assert_same_ledger(ours, theirs)
    assert list(differences(totals.totals, expected.totals)) == []
