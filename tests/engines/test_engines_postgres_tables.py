"""Tables of a real PostgreSQL server as the sources of an audit: the report of the same rows in files."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from unittest import mock

import pytest
import sqlglot as sg
from sqlglot import expressions as sge

import clm_audit as package
from clm_audit.facts.model import Facts
from clm_audit.facts.warehouse.build import exports_of, facts_of
from clm_audit.measures.measure import measure
from clm_audit.measures.model import Measured
from engines.alike import differences
from engines.postgres_server import SECRET, Server
from engines.reports import CONFIG, POLLUTED, assert_same_ledger, assert_same_reports, from_files, polluted
from engines.shop_tables import PLAN, TYPES, company_tables

pytestmark = pytest.mark.engines
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def from_tables(
    server: Server, folder: Path, schema: str, facts: Iterable[str] = tuple(TYPES), plan: str = PLAN
) -> Path:
    """A configuration whose sources are the tables of a schema."""
    folder.mkdir(exist_ok=True)
    tables = ", ".join(f"{fact}: {schema}.{fact}" for fact in facts)
    source = f"{{engine: ibis, url: '{server.url()}', password_env: {SECRET}, tables: {{{tables}}}}}"
    (folder / CONFIG).write_text(f"{plan}sources: [{source}]\n")
    return folder


def read(folder: Path, server: Server) -> tuple[Facts, Measured]:
    """Facts and measures of the configuration in a folder."""
    (folder / "run").mkdir()
    plan = package.plan(config=folder / CONFIG, folder=folder)
    with (
        mock.patch.dict(os.environ, {SECRET: server.password}),
        exports_of(plan, folder / "run") as exports,
    ):
        facts = facts_of(plan, exports, folder / "run")
        return facts, measure(plan, facts)


def test_the_report_is_that_of_the_files(postgres: Server, tmp_path: Path, clm_audit: Run) -> None:
    there, here = from_tables(postgres, tmp_path / "there", "shop"), from_files(tmp_path / "here", company_tables())
    said = assert_same_reports(clm_audit, there, here, password=postgres.password)
    assert postgres.password not in said


def test_tables_of_texts_are_read_as_files_are(postgres: Server, tmp_path: Path) -> None:
    facts = ("orders", "customers", "tickets", "campaigns")
    there, found = read(from_tables(postgres, tmp_path / "there", "texts", facts), postgres)
    tables = {fact: rows for fact, rows in company_tables().items() if fact in facts}
    here, expected = read(from_files(tmp_path / "here", tables), postgres)
    assert list(differences(found, expected)) == []
    assert (there.segments, there.currency) == (here.segments, here.currency)


def test_the_ledger_of_a_polluted_table_adds_up_with_the_codes_of_a_file(postgres: Server, tmp_path: Path) -> None:
    types = {"orders": POLLUTED}
    tables = {"orders": polluted()}
    postgres.load("polluted", tables, types, text=True)
    plan = "go_live: 2024-07-01\ntimezone: UTC\n"
    there, found = read(from_tables(postgres, tmp_path / "there", "polluted", tuple(types), plan), postgres)
    here, expected = read(from_files(tmp_path / "here", tables, plan, types), postgres)
    assert_same_ledger(there, here)
    assert list(differences(found.totals, expected.totals)) == []


def test_check_reads_the_tables_and_sends_no_reduction(postgres: Server, tmp_path: Path, clm_audit: Run) -> None:
    folder = from_tables(postgres, tmp_path / "there", "shop", ("orders", "customers"))
    run = clm_audit("check", "-c", folder / CONFIG, password=postgres.password)
    assert run.returncode == 0, run.stderr
    assert "ibis:shop.orders" in run.stdout
    assert postgres.password not in run.stdout + run.stderr


def test_explain_sql_prints_what_is_sent(postgres: Server, tmp_path: Path, clm_audit: Run) -> None:
    folder = from_tables(postgres, tmp_path / "there", "shop", ("orders", "customers", "tickets", "campaigns"))
    first, second = (
        clm_audit("compare", "-c", folder / CONFIG, "--explain-sql", password=postgres.password) for _ in range(2)
    )
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert postgres.password not in first.stdout + first.stderr
    sent, _, reduction = first.stdout.partition("-- the reduction: not sent")
    made = [one for one in sg.parse(sent, dialect="postgres") if isinstance(one, sge.Create)]
    assert made
    assert all(one.find(sge.TemporaryProperty) for one in made)  # nothing but temporary tables
    assert not any(
        isinstance(one, (sge.Insert, sge.Update, sge.Delete, sge.Drop)) for one in sg.parse(sent, "postgres")
    )
    named = dict(re.findall(r"^-- (\w+)\n(.+);$", reduction, re.MULTILINE))
    assert {"order_days", "buyers", "gaps", "ticket_days"} <= set(named)
    for statement in named.values():
        assert isinstance(sg.parse_one(statement, dialect="postgres", error_level=sg.ErrorLevel.RAISE), sge.Query)


def test_what_is_shown_is_what_the_server_logs(postgres: Server, tmp_path: Path, clm_audit: Run) -> None:
    """The statements that `--explain-sql` prints are those of a run, by the server's own log."""
    folder = from_tables(postgres, tmp_path / "there", "shop")
    shown = clm_audit("compare", "-c", folder / CONFIG, "--explain-sql", password=postgres.password).stdout
    with postgres.connect() as owner:
        owner.execute("ALTER ROLE owner SET log_statement = 'all'")
    start = postgres.log.stat().st_size
    try:
        run = clm_audit("compare", "-c", folder / CONFIG, "--json", folder / "audit.json", password=postgres.password)
    finally:
        with postgres.connect() as owner:
            owner.execute("ALTER ROLE owner RESET log_statement")
    assert run.returncode == 0, run.stderr
    log = postgres.log.read_bytes()[start:].decode().replace("\n\t", "\n")
    logged = re.findall(r"LOG:  (?:statement|execute [^:]*): (.*?)\s*(?=\n\d{4}-\d\d-\d\d |\Z)", log, re.DOTALL)
    sent = [_plain(one) for one in logged if "log_statement" not in one]
    printed = re.sub(r"(?m)^--.*\n?", "", shown.partition("-- rows that were not taken")[0]).split(";\n")
    assert sorted(sent) == sorted(_plain(one) for one in printed if one.strip())
    assert "$largest" in shown


def _plain(statement: str) -> str:
    """Without the numbers that only the reduction finds."""
    return re.sub(r"(\"net\" [->] |\"customer\" = )(CAST\()?(\$\w+|-?\d+)", r"\1?", statement.strip())
