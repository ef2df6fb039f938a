"""What can go wrong on a real PostgreSQL server: each a plain sentence and an exit code, never a partial number."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import psycopg
import pytest

import clm_audit as package
from clm_audit.config.plan import AuditPlan
from clm_audit.exits import AuditError, DataError
from clm_audit.facts.warehouse.warehouses import open_ibis
from clm_audit.pipeline import audit
from engines.postgres_server import SECRET, Server

pytestmark = pytest.mark.engines
Run = Callable[..., "subprocess.CompletedProcess[str]"]
PLAN = "go_live: 2024-07-01\ntimezone: America/New_York\n"
READER = "reader"


@pytest.fixture(scope="module")
def reader(postgres: Server) -> str:
    """A role that may read the typed tables and make temporary ones, and nothing else; its password."""
    with postgres.connect() as owner:
        owner.execute(f"CREATE ROLE {READER} LOGIN PASSWORD 'canary-7f3a91'")
        owner.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        owner.execute(f"GRANT USAGE ON SCHEMA shop TO {READER}")
        owner.execute(f"GRANT SELECT ON shop.orders, shop.customers TO {READER}")
    return "canary-7f3a91"


def config(server: Server, folder: Path, tables: str, role: str = READER, more: str = "") -> Path:
    """A configuration whose facts are tables of the server."""
    path = folder / "clm-audit.yaml"
    source = f"  - engine: ibis\n    url: {server.url(role)}\n    password_env: {SECRET}\n    tables: {tables}\n{more}"
    path.write_text(f"{PLAN}sources:\n{source}")
    return path


def planned(path: Path) -> AuditPlan:
    return package.plan(config=path, folder=path.parent)


def refused(path: Path, password: str) -> AuditError:
    """The error that the audit ends with."""
    with mock.patch.dict(os.environ, {SECRET: password}), pytest.raises(AuditError) as caught:
        audit(planned(path))
    return caught.value


def test_a_role_that_may_only_read_and_make_temporary_tables_is_enough(
    postgres: Server, reader: str, tmp_path: Path, clm_audit: Run
) -> None:
    config(postgres, tmp_path, "{orders: shop.orders, customers: shop.customers}")
    with postgres.connect() as owner:
        query = (
            "SELECT count(*), sum(pg_total_relation_size(oid)), max(xmin::text::bigint) FROM pg_class WHERE oid > 16384"
        )
        before = owner.execute(query + " AND relnamespace::regnamespace::text !~ '^pg_'").fetchone()
        run = clm_audit("compare", "--json", "audit.json", "--html", "report.html", password=reader)
        after = owner.execute(query + " AND relnamespace::regnamespace::text !~ '^pg_'").fetchone()
    assert run.returncode == 0, run.stderr
    assert before == after
    assert "canary" not in "".join([run.stdout, run.stderr, *(path.read_text("utf-8") for path in tmp_path.iterdir())])


@pytest.mark.parametrize(
    ("table", "said", "hint"),
    [
        ("shop.tickets", "the role may not read table shop.tickets", "GRANT SELECT"),
        ("shop.order", "there is no table shop.order", "did you mean shop.orders"),
        ("texts.orders", "may not read", "GRANT"),
    ],
)
def test_a_table_that_is_not_there_or_not_to_be_read(
    postgres: Server, reader: str, tmp_path: Path, table: str, said: str, hint: str
) -> None:
    path = config(postgres, tmp_path, f"{{orders: {table}}}")
    problem = refused(path, reader).problems[0]
    assert said in problem.what
    assert hint in problem.hint
    assert problem.where.startswith("clm-audit.yaml:7:")


def test_a_role_that_may_make_no_temporary_table(postgres: Server, reader: str, tmp_path: Path) -> None:
    path = config(postgres, tmp_path, "{orders: shop.orders}")
    with postgres.connect() as owner:
        owner.execute("REVOKE TEMP ON DATABASE postgres FROM PUBLIC")
        try:
            problem = refused(path, reader).problems[0]
        finally:
            owner.execute("GRANT TEMP ON DATABASE postgres TO PUBLIC")
    assert "lacks a right" in problem.what
    assert "TEMP on the database" in problem.hint


def test_a_server_that_is_read_only_says_so(postgres: Server, reader: str, tmp_path: Path) -> None:
    path = config(postgres, tmp_path, "{orders: shop.orders}")
    with postgres.connect() as owner:
        owner.execute(f"ALTER ROLE {READER} SET default_transaction_read_only = on")
        try:
            problem = refused(path, reader).problems[0]
        finally:
            owner.execute(f"ALTER ROLE {READER} RESET default_transaction_read_only")
    assert "read-only" in problem.what


def test_a_table_that_is_read_cannot_be_dropped_in_mid_run(postgres: Server, tmp_path: Path) -> None:
    """One transaction holds it, and sees one state of it: orders that come meanwhile are not half counted."""
    with postgres.connect() as owner:
        owner.execute("CREATE TABLE shop.held AS SELECT * FROM shop.orders")
    seen: list[str] = []

    def progress(stage: str, done: int, of: int) -> None:  # noqa: ARG001
        with postgres.connect() as owner:
            owner.execute("SET lock_timeout = '50ms'")
            owner.execute("INSERT INTO shop.held SELECT * FROM shop.orders")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                owner.execute("DROP TABLE shop.held")
        seen.append(stage)

    with mock.patch.dict(os.environ, {SECRET: postgres.password}):
        alone = audit(planned(config(postgres, tmp_path, "{orders: shop.orders}", role="owner")))
        meanwhile = audit(planned(config(postgres, tmp_path, "{orders: shop.held}", role="owner")), progress)
    assert len(seen) > 2
    assert meanwhile.totals == alone.totals
    with postgres.connect() as owner:
        owner.execute("DROP TABLE shop.held")


def test_a_table_that_goes_between_two_looks(postgres: Server, tmp_path: Path) -> None:
    with postgres.connect() as owner:
        owner.execute("CREATE TABLE shop.brief AS SELECT * FROM shop.orders")
        plan = planned(config(postgres, tmp_path, "{orders: shop.brief}", role="owner"))
        with (
            mock.patch.dict(os.environ, {SECRET: postgres.password}),
            open_ibis(plan.engines[0], tmp_path, tmp_path) as session,
        ):
            assert len(session.columns("shop.brief")) == 7
            owner.execute("DROP TABLE shop.brief")
            with pytest.raises(DataError, match="a table is gone"):
                session.rows("SELECT COUNT(*) FROM shop.brief")


def test_a_column_that_is_not_there(postgres: Server, reader: str, tmp_path: Path) -> None:
    more = "    map:\n      orders:\n        order: order\n        date: dat\n        amount: amount\n"
    path = config(postgres, tmp_path, "{orders: shop.orders}", more=more)
    problem = refused(path, reader).problems[0]
    assert (problem.what, problem.hint) == ("shop.orders has no column dat", "did you mean date?")
    assert problem.where.startswith("clm-audit.yaml:11:")


@pytest.mark.parametrize("password", ["wrong-canary-55d1", None])
@pytest.mark.usefixtures("reader")
def test_a_wrong_password_is_refused_and_never_shown(
    postgres: Server, tmp_path: Path, clm_audit: Run, password: str | None
) -> None:
    config(postgres, tmp_path, "{orders: shop.orders}")
    run = clm_audit("compare", password=password)
    assert run.returncode == 2
    assert run.stdout == ""
    assert SECRET in run.stderr
    assert "canary" not in run.stderr
    assert re.search(r"^clm-audit.yaml:4:", run.stderr)


def test_nobody_at_the_address(tmp_path: Path, clm_audit: Run) -> None:
    nowhere = Server(1, "", tmp_path)
    config(nowhere, tmp_path, "{orders: shop.orders}")
    run = clm_audit("compare", password="canary-00")
    assert (run.returncode, run.stdout) == (2, "")
    assert "nobody answers" in run.stderr
    assert "canary" not in run.stderr


def test_a_password_in_the_address_is_refused_unseen(tmp_path: Path, clm_audit: Run) -> None:
    path = config(Server(5432, "", tmp_path), tmp_path, "{orders: shop.orders}")
    path.write_text(path.read_text().replace("reader@", "reader:canary-1@"))
    run = clm_audit("compare")
    assert run.returncode == 2
    assert "must not hold a password" in run.stderr
    assert "canary" not in run.stdout + run.stderr


def test_an_address_of_no_warehouse(tmp_path: Path, clm_audit: Run) -> None:
    path = config(Server(5432, "", tmp_path), tmp_path, "{orders: shop.orders}")
    path.write_text(path.read_text().replace("postgres://", "postgrse://"))
    run = clm_audit("compare", password="canary-1")
    assert run.returncode == 2
    assert "did you mean postgres" in run.stderr


def test_a_sum_that_does_not_fit_is_an_error_and_no_number(postgres: Server, tmp_path: Path) -> None:
    plan = planned(config(postgres, tmp_path, "{orders: shop.orders}", role="owner"))
    with (
        mock.patch.dict(os.environ, {SECRET: postgres.password}),
        open_ibis(plan.engines[0], tmp_path, tmp_path) as session,
        pytest.raises(DataError, match=r"larger than 9\.2e18"),
    ):
        session.rows("SELECT CAST(SUM(9e18::bigint) AS BIGINT) FROM generate_series(1, 2)")


def test_a_statement_that_the_server_cancels(postgres: Server, tmp_path: Path) -> None:
    plan = planned(config(postgres, tmp_path, "{orders: shop.orders}", role="owner"))
    with postgres.connect() as owner:
        owner.execute("ALTER ROLE owner SET statement_timeout = '30ms'")
        try:
            with (
                mock.patch.dict(os.environ, {SECRET: postgres.password}),
                open_ibis(plan.engines[0], tmp_path, tmp_path) as session,
                pytest.raises(DataError, match="cancelled a statement"),
            ):
                session.rows("SELECT pg_sleep(5)")
        finally:
            owner.execute("ALTER ROLE owner RESET statement_timeout")
