"""Rights that are really refused, by the kernel and by a database: an exit code and a sentence, never a number."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from clm_audit.exits import ExitCode
from engines.shop_tables import company_tables, write_files
from engines.unprivileged import ended, started

pytestmark = [pytest.mark.engines, pytest.mark.timeout(600)]
PLAN = "go_live: 2024-07-01\ntimezone: America/New_York\ncurrency: USD\n"
OUTPUTS = ("--json", "audit.json", "--html", "report.html")
HOLD = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Path]:
    """A folder with a Parquet file and a database with the same orders; every right is given back at the end."""
    write_files({"orders": company_tables()["orders"]}, tmp_path / "csv")
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.execute(f"CREATE TABLE orders AS SELECT * FROM read_csv('{tmp_path}/csv/orders.csv')")
        (tmp_path / "vault").mkdir()
        connection.execute(f"COPY orders TO '{tmp_path}/vault/orders.parquet' (FORMAT parquet)")
    yield tmp_path
    for path in (tmp_path / "vault", tmp_path / "shop.duckdb"):
        path.chmod(0o755)


def configured(folder: Path, source: str) -> None:
    (folder / "clm-audit.yaml").write_text(f"{PLAN}sources: [{{{source}}}]\n", "utf-8")


def assert_refused(run: subprocess.CompletedProcess[str], folder: Path, code: ExitCode, said: str) -> None:
    assert (run.returncode, run.stdout) == (code, ""), run.stderr
    assert said in run.stderr
    assert not any(sign in run.stderr for sign in ("Traceback", "Exception", "ERROR", str(folder)))
    assert not any((folder / name).exists() for name in ("audit.json", "report.html"))


SPARK = "engine: spark, master: 'local[2]', tables: {orders: vault/orders.parquet}"


def test_a_folder_that_spark_may_not_look_into(shop: Path) -> None:
    """Java tells such a folder from one that is not there as little as anybody could."""
    configured(shop, SPARK)
    (shop / "vault").chmod(0)
    run = ended(started("compare", *OUTPUTS, folder=shop))
    assert_refused(run, shop, ExitCode.USAGE, "no file vault/orders.parquet, or Spark may not look into its folder")


def test_a_database_that_may_not_be_read(shop: Path) -> None:
    configured(shop, "engine: duckdb, database: shop.duckdb, tables: {orders: orders}")
    (shop / "shop.duckdb").chmod(0)
    run = ended(started("compare", *OUTPUTS, folder=shop))
    assert_refused(run, shop, ExitCode.UNFIT, "DuckDB may not read its file")


def test_a_database_that_is_only_to_be_read_is_enough(shop: Path) -> None:
    configured(shop, "engine: duckdb, database: shop.duckdb, tables: {orders: orders}")
    (shop / "shop.duckdb").chmod(0o444)
    before = (shop / "shop.duckdb").read_bytes()
    run = ended(started("compare", *OUTPUTS, folder=shop))
    assert run.returncode == ExitCode.DONE, run.stderr
    assert (shop / "shop.duckdb").read_bytes() == before
    assert not (shop / "shop.duckdb.wal").exists()


def test_a_database_that_another_program_writes(shop: Path) -> None:
    configured(shop, "engine: duckdb, database: shop.duckdb, tables: {orders: orders}")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(shop / "shop.duckdb")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        run = ended(started("compare", *OUTPUTS, folder=shop))
        holder.communicate("")
    assert_refused(run, shop, ExitCode.UNFIT, "another program has the database open")
    assert ended(started("check", folder=shop)).returncode in (ExitCode.DONE, ExitCode.UNFIT)


def test_a_database_that_is_none_or_cut_off(shop: Path) -> None:
    configured(shop, "engine: duckdb, database: shop.duckdb, tables: {orders: orders}")
    whole = (shop / "shop.duckdb").read_bytes()
    for bytes_of_it in (b"not a database at all, but some text\n" * 200, whole[: len(whole) // 2]):
        (shop / "shop.duckdb").write_bytes(bytes_of_it)
        run = ended(started("compare", *OUTPUTS, folder=shop))
        assert_refused(run, shop, ExitCode.UNFIT, "DuckDB cannot open or read its file")


def test_parquet_that_duckdb_may_not_read_or_that_goes(shop: Path) -> None:
    configured(shop, "engine: duckdb, tables: {orders: vault/orders.parquet}")
    (shop / "vault" / "orders.parquet").chmod(0)
    run = ended(started("compare", *OUTPUTS, folder=shop))
    assert_refused(run, shop, ExitCode.UNFIT, "DuckDB may not read its file")
    (shop / "vault" / "orders.parquet").chmod(0o644)
    shutil.rmtree(shop / "vault")
    (shop / "vault").mkdir()
    run = ended(started("compare", *OUTPUTS, folder=shop))
    assert_refused(run, shop, ExitCode.USAGE, "there is no file vault/orders.parquet")
