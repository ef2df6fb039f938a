"""What goes wrong while an audit is under way, each for real and in a process of its own: the report of an undisturbed
run, or an exit code with a sentence and no output at all."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import duckdb
import pytest

from clm_audit.exits import ExitCode
from engines.alike import differences
from engines.postgres_server import SECRET, Server
from engines.reports import numbers
from engines.shop_tables import company_tables, write_files
from engines.spark_servers import CLUSTER, SMALL, cluster, connect
from engines.unprivileged import ended, started

pytestmark = [pytest.mark.engines, pytest.mark.timeout(900)]
PLAN = "go_live: 2024-07-01\ntimezone: America/New_York\ncurrency: USD\n"
OUTPUTS = ("--json", "audit.json", "--html", "report.html", "--rejects", "rejects.csv")
FACTS = ("orders", "customers")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Path]:
    """Orders and customers as CSV and Parquet files; rights that a test takes away are given back."""
    write_files({fact: company_tables()[fact] for fact in FACTS}, tmp_path / "csv")
    for fact in FACTS:
        rows = f"SELECT * FROM read_csv('{tmp_path}/csv/{fact}.csv')"
        duckdb.sql(f"COPY ({rows}) TO '{tmp_path}/{fact}.parquet' (FORMAT parquet)")
    yield tmp_path
    (tmp_path / "orders.parquet").touch(0o644)


def configured(folder: Path, engine: str, tables: str) -> Path:
    (folder / "clm-audit.yaml").write_text(f"{PLAN}sources: [{{{engine}, tables: {tables}}}]\n", "utf-8")
    return folder


def spark(where: str, conf: Mapping[str, str]) -> tuple[str, str]:
    """The configuration of a Spark session and its tables."""
    return (
        f"engine: spark, {where}, conf: {json.dumps(dict(conf))}",
        "{orders: orders.parquet, customers: customers.parquet}",
    )


def disturbed(folder: Path, happens: Callable[[], object], **secrets: str) -> subprocess.CompletedProcess[str]:
    """The run of an audit in whose middle something ``happens``: its tables were found and their rows counted, none
    of its statements about facts is through."""
    process = started("compare", *OUTPUTS, folder=folder, **secrets)
    assert process.stderr
    while not process.stderr.readline().startswith("building the facts"):
        assert process.poll() is None
    happens()
    return ended(process)


def assert_nothing(run: subprocess.CompletedProcess[str], folder: Path, said: str) -> None:
    assert (run.returncode, run.stdout) == (ExitCode.UNFIT, ""), run.stderr
    assert said in run.stderr
    assert not any(sign in run.stderr for sign in ("Traceback", "Exception", "ERROR", str(folder)))
    assert not any((folder / name).exists() for name in OUTPUTS)


def test_a_worker_that_is_killed(shop: Path) -> None:
    (shop / "files.yaml").write_text(f"{PLAN}sources: [{{path: csv}}]\n", "utf-8")
    files = ended(started("compare", "-c", "files.yaml", "--json", "expected.json", folder=shop))
    assert files.returncode == ExitCode.DONE, files.stderr
    with cluster(shop) as made:
        configured(shop, *spark(f"master: '{made.url}'", CLUSTER))
        run = disturbed(shop, made.workers[0].kill)
    assert run.returncode == ExitCode.DONE, run.stderr
    assert list(differences(numbers(shop / "audit.json"), numbers(shop / "expected.json"))) == []


def test_a_connect_server_that_is_killed(shop: Path) -> None:
    with connect(shop) as there:
        conf = {name: value for name, value in SMALL.items() if name.startswith("spark.sql.shuffle")}
        configured(shop, *spark(f"remote: '{there.url}'", conf))
        run = disturbed(shop, there.server.kill)
    assert_nothing(run, shop, "the Spark session was lost")


@pytest.mark.parametrize(
    ("happens", "said"),
    [(Path.unlink, "is gone from where Spark read it"), (lambda path: path.chmod(0), "may Spark read it?")],
    ids=["gone", "forbidden"],
)
def test_a_file_that_spark_reads(shop: Path, happens: Callable[[Path], object], said: str) -> None:
    configured(shop, *spark("master: 'local[2]'", SMALL))
    assert_nothing(disturbed(shop, lambda: happens(shop / "orders.parquet")), shop, said)


def test_a_file_that_duckdb_reads(shop: Path) -> None:
    configured(shop, "engine: duckdb", "{orders: orders.parquet, customers: customers.parquet}")
    run = disturbed(shop, (shop / "orders.parquet").unlink)
    assert_nothing(run, shop, "DuckDB")


def test_a_session_of_postgresql_that_is_ended(postgres: Server, shop: Path) -> None:
    engine = f"engine: ibis, url: '{postgres.url()}', password_env: {SECRET}"
    configured(shop, engine, "{orders: shop.orders, customers: shop.customers}")
    query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'clm-audit'"

    def end() -> None:
        with postgres.connect() as owner:
            assert owner.execute(query).fetchone() == (1,)

    run = disturbed(shop, end, **{SECRET: postgres.password})
    assert_nothing(run, shop, "the connection to PostgreSQL was lost")
    assert postgres.password not in run.stderr
    with postgres.connect() as owner:  # nothing of the run is left
        left = "SELECT count(*) FROM pg_class WHERE relname LIKE 'clm!_%' ESCAPE '!'"
        assert owner.execute(left).fetchone() == (0,)
