"""`--engine` and `--explain-sql` on the command line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from cli.conftest import Run

HEADER = "order,date,amount,customer,status\n"
CONFIG = "go_live: 2024-07-01\ncurrency: USD\nsources: [{engine: duckdb, database: shop.duckdb, tables: {orders: o}}]\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Two years of orders, as a file and in a database."""
    rows = [
        f"{number},2023-{7 + week // 5 % 6:02}-{1 + number % 28:02},{10 + number % 7}.50,C{number % 40:03},paid\n"
        f"{number + 5000},2024-{7 + week // 5 % 6:02}-{1 + number % 28:02},{11 + number % 7}.50,C{number % 40:03},\n"
        for week in range(30)
        for number in range(week * 20, week * 20 + 20)
    ]
    (tmp_path / "orders.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.execute(f"CREATE TABLE o AS SELECT * FROM read_csv('{tmp_path / 'orders.csv'}')")
    (tmp_path / "clm-audit.yaml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def test_every_statement_is_shown_and_is_sql(clm_audit: Run, shop: Path) -> None:
    first, second = (clm_audit("compare", "--explain-sql", "--quiet") for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    sent, reduction = first.stdout.split("-- the reduction: not sent")
    assert "clm_orders" in sent
    assert "-- order_days" in reduction
    parsed = duckdb.extract_statements(re.sub(r"(?m)^--.*$", "", first.stdout))
    assert len(parsed) > 30
    assert str(shop) not in first.stdout


def test_what_is_shown_is_what_a_run_sends(clm_audit: Run, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Held against DuckDB's own log of a run; nothing is sent that is not shown."""
    connect, watchers = duckdb.connect, []

    def watched(*args: Any, **more: Any) -> duckdb.DuckDBPyConnection:
        watchers.append(connect(*args, **more))  # a second connection to the same instance
        watchers[-1].execute("CALL enable_logging('QueryLog')")
        return connect(*args, **more)

    with duckdb.connect(str(shop / "shop.duckdb")) as connection:
        connection.execute("INSERT INTO o VALUES (9001, NULL, 5, 'C001', ''), (9002, '2024-09-01', NULL, 'C001', '')")
        connection.execute(
            "INSERT INTO o VALUES (9003, '2024-09-01', 5, 'C001', ''), (9003, '2024-09-01', 6, 'C001', '')"
        )
    shown = clm_audit("compare", "--explain-sql", "--quiet").stdout
    monkeypatch.setattr(duckdb, "connect", watched)
    assert clm_audit("compare", "--json", "audit.json", "--quiet").returncode in (0, 4)
    query = "SELECT message FROM duckdb_logs WHERE type = 'QueryLog'"
    sent = [_plain(row[0]) for watcher in watchers for row in watcher.execute(query).fetchall()]
    every, never = shown.split("-- rows that were not taken")
    printed = [_plain(one) for one in re.sub(r"(?m)^--.*\n?", "", every).split(";\n")]
    assert sorted(one for one in sent if one and "duckdb_logs" not in one) == sorted(filter(None, printed))
    assert "$cap" in every
    with duckdb.connect(str(shop / "shop.duckdb"), read_only=True) as connection:
        for statement in re.sub(r"(?m)^--.*\n?", "", every.partition("-- the first look")[0]).split(";\n"):
            connection.execute(statement.replace("<folder of the run>", str(shop)))
        samples = [one for one in never.partition("\n")[2].split(";\n") if one]
        listed = [row for one in samples for row in connection.execute(one).fetchall()]
    assert sorted((row[0], "9003" in map(str, row)) for row in listed) == [
        ("conflicting_rows", True), ("missing_amount", False), ("missing_date", False),
    ]  # fmt: skip


def _plain(statement: str) -> str:
    """Without the place of the run's folder and the two numbers that only the reduction finds."""
    place = re.sub(r"'[^']*(<folder of the run>|clm-audit-[^/']*)", "'", statement.strip())
    return re.sub(r"(\"net\" [->] |\"customer\" = )(\$\w+|-?\d+)", r"\1?", place)


@pytest.mark.usefixtures("shop")
def test_paths_are_read_by_the_engine(clm_audit: Run) -> None:
    home, there, database = (
        clm_audit("check", *args, "--go-live", "2024-07-01", "--currency", "USD", "--quiet", "--format", "json")
        for args in (("orders.csv",), ("--engine", "duckdb", "orders.csv"), ("--engine", "duckdb", "shop.duckdb"))
    )
    assert home.returncode == there.returncode == database.returncode, there.stderr
    counts = [re.findall(r'"(?:orders|rows|share)": [0-9.]+', run.stdout) for run in (home, there, database)]
    assert '"path": "duckdb:orders.csv"' in there.stdout
    assert '"path": "duckdb:\\"main\\".\\"o\\""' in database.stdout
    assert counts[0] == counts[1] == counts[2]


@pytest.mark.usefixtures("shop")
def test_what_has_no_engine_has_no_statements(clm_audit: Run) -> None:
    run = clm_audit("compare", "orders.csv", "--go-live", "2024-07-01", "--explain-sql")
    assert run.returncode == 2
    assert "nothing is read by an engine" in run.stderr
    run = clm_audit("compare", "--engine", "duckdb")
    assert run.returncode == 2
    assert "names the engine of its tables itself" in run.stderr


def test_a_saved_audit_of_tables_is_computed_again(clm_audit: Run, shop: Path) -> None:
    made = clm_audit("compare", "--json", "audit.json", "--html", "report.html", "--rejects", "rejects.csv", "--quiet")
    assert made.returncode in (0, 4), made.stderr
    page = (shop / "report.html").read_text(encoding="utf-8")
    assert "table, duckdb" in page
    assert "-1 bytes" not in page
    assert clm_audit("verify", "audit.json").returncode == 0
    with duckdb.connect(str(shop / "shop.duckdb")) as connection:
        connection.execute('UPDATE o SET amount = amount + 1 WHERE "order" = 3')
    again = clm_audit("verify", "audit.json")
    assert again.returncode == 1


def test_a_redacted_report_of_tables_is_searched(clm_audit: Run, shop: Path) -> None:
    with duckdb.connect(str(shop / "shop.duckdb")) as connection:
        columns = "customer, 'Person ' || customer AS name, 'North' AS region"
        connection.execute(f"CREATE TABLE c AS SELECT DISTINCT {columns} FROM o")
    config = (
        CONFIG.replace("{orders: o}", "{orders: o, customers: c}") + "segment_by: [region]\nreport: {redact: true}\n"
    )
    (shop / "clm-audit.yaml").write_text(config, encoding="utf-8")
    run = clm_audit("compare", "--json", "audit.json", "--quiet")
    assert run.returncode in (0, 4), run.stderr
    assert "North" not in (shop / "audit.json").read_text(encoding="utf-8")
    shown = clm_audit("compare", "--explain-sql", "--quiet").stdout
    assert "$words) LIMIT" in shown
