"""Rows that break a rule, in an engine: the same codes and counts as in files; hostile names and values."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_audit.exits import AuditError, DataError, UsageError
from clm_audit.facts import idforms
from clm_audit.facts.model import SCHEMAS
from clm_audit.facts.personal import leaks
from clm_audit.facts.store import run_folder
from clm_audit.facts.warehouse import cells, forms, lines
from clm_audit.facts.warehouse.build import exports_of, facts_of
from clm_audit.facts.warehouse.dialect import DUCKDB
from clm_audit.facts.warehouse.duck import DuckSession
from clm_audit.facts.warehouse.names import parts_of, quoted
from clm_audit.facts.warehouse.personal import sought
from clm_audit.intake.read import read_exports
from facts.warehouse_world import everything, facts_in, load, plan_of, write_csv

ORDERS = [
    ("order", "date", "amount", "refunded", "email", "currency", "status"),
    ("1", "2024-01-05", "10.005", "", "Customer0001@Example.com", "USD", "paid"),
    ("1", "2024-01-05", "10.005", "", "customer0001@example.com", "USD", "paid"),  # the same row again
    ("2", "2024-02-30", "10.00", "", "customer0002@example.com", "USD", "paid"),  # no such day
    ("3", "", "10.00", "", "customer0002@example.com", "USD", "paid"),
    ("4", "2024-03-01", "ten", "", "customer0002@example.com", "USD", "paid"),
    ("5", "2024-03-01", "", "", "customer0002@example.com", "USD", "paid"),
    ("", "2024-03-01", "10.00", "", "customer0002@example.com", "USD", "paid"),
    ("6", "2024-03-01", "10.00", "-1.00", "customer0002@example.com", "USD", "paid"),
    ("7", "2024-03-01", "10.00", "", "customer0002@example.com", "USD", "paid"),
    ("7", "2024-03-01", "11.00", "", "customer0002@example.com", "USD", "paid"),  # which of them?
    ("8", "1969-12-31", "10.00", "", "customer0003@example.com", "USD", "paid"),
    ("9", "2024-04-01", "99999999999999999.00", "", "customer0003@example.com", "USD", "paid"),
    ("10", "2024-04-01", "10.00", "", "customer0003@example.com", "Quatloo", "paid"),
    ("11", "2024-04-01", "20.00", "", "customer0003@example.com", "USD", "CANCELLED"),
    ("12", "2024-04-01", "20.00", "5.25", "customer0003@example.com", "USD", "paid"),
    ("12", "2024-04-09", "-3.00", "", "customer0003@example.com", "USD", "paid"),  # given back later
    ("13", "2024-08-01", "20.00", "", "customer0003@example.com", "USD", "refunded"),
    ("14", "2024-08-01", "20.00", "", "", "USD", "paid"),
    ("15", "2024-08-02T23:30:00-05:00", "20.025", "", "customer0001@example.com", "EUR", "paid"),
    ("16", "2024-08-02 23:30:00", "20.00", "", "customer0001@example.com", "EUR", "paid"),
]  # fmt: skip
MORE = "timezone: Europe/Berlin\ncurrency: USD\nrates: {EUR: 1.08}\n"


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def value(query: str) -> object:
    """What a query of one number gives."""
    ((found,),) = _connection().execute(query).fetchall()
    return found


@pytest.mark.parametrize(
    ("hashed", "few"), [("{0}", lines.FEW), ("CAST(length({0}) AS BIGINT)", lines.FEW), ("{0}", 0)]
)  # told apart by the number, by a hash that tells next to nothing apart, and not looked for at all
def test_rows_that_break_a_rule_have_the_same_codes_and_counts(
    hashed: str, few: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DuckSession, "dialect", replace(DUCKDB, hashed=hashed))
    monkeypatch.setattr(lines, "FEW", few)
    dated = [row for row in ORDERS if "T" not in row[1]]  # a file's column has one form of stamps, a table's rows any
    write_csv(tmp_path / "orders.csv", dated)
    load(tmp_path / "shop.duckdb", {"orders": tmp_path / "orders.csv"}, "text")
    with facts_in(plan_of(tmp_path, "  - path: orders.csv\n", MORE)) as facts:
        home, (record,), written = everything(facts), facts.files, facts.evidence["customers.email_case"]
    source = "  - {engine: duckdb, database: shop.duckdb, tables: {orders: orders}}\n"
    with facts_in(plan_of(tmp_path, source, MORE)) as facts:
        there, (found,) = everything(facts), facts.files
        assert facts.evidence["customers.email_case"] == written == 1
        sample = [(one.file, one.column, one.code, one.action, one.line, one.byte) for one in facts.rejects]
    assert there == home
    assert found.reasons == record.reasons
    assert set(found.reasons) == {
        "bad_amount", "bad_currency", "bad_date", "conflicting_rows", "impossible_date", "missing_amount",
        "missing_date", "missing_id", "negative_refund", "repeated",
    }  # fmt: skip
    assert (found.rows.accepted, found.rows.rejected, found.rows.duplicate) == (
        record.rows.accepted, record.rows.rejected, record.rows.duplicate,
    )  # fmt: skip
    assert found.rows.adds_up()
    assert found.rows.read == len(dated) - 1
    assert ("duckdb:orders", "amount", "missing_amount", "rejected", 0, -1) in sample
    assert len(sample) == found.rows.rejected + found.rows.duplicate


def test_stamps_with_an_offset_fall_on_the_day_of_the_audits_zone(tmp_path: Path) -> None:
    write_csv(tmp_path / "orders.csv", [ORDERS[0], *(row for row in ORDERS if row[0] in ("15", "16"))])
    load(tmp_path / "shop.duckdb", {"orders": tmp_path / "orders.csv"}, "text")
    source = "  - {engine: duckdb, database: shop.duckdb, tables: {orders: orders}}\n"
    with facts_in(plan_of(tmp_path, source, MORE)) as facts:
        rows = facts.tables["orders"].select("day, gross").order("day").fetchall()
    # 2024-08-02 is day 19937; half past eleven in New York is the next morning in Berlin; 20.02 EUR are 21.62 USD
    assert rows == [(19937, 2160), (19938, 2162)]


@settings(max_examples=60, deadline=None)
@given(
    st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, places=4), st.sampled_from(["text", "decimal"])
)
def test_amounts_are_rounded_half_to_even(amount: Decimal, kind: str) -> None:
    expected = int((amount * 100).quantize(Decimal(1), ROUND_HALF_EVEN))
    if kind == "text":
        query = cells.units_of_text(DUCKDB, f"'{amount:f}'", 2)
    else:
        query = cells.units_of_decimal(DUCKDB, f"CAST('{amount:f}' AS DECIMAL(18, 4))", 4, 2)
    assert value(f"SELECT {query}") == expected


@pytest.mark.parametrize(
    ("text", "cents"),
    [("1", 100), (".5", 50), ("+7.125", 712), ("7.135", 714), ("-0.005", 0), ("-0.015", -2), ("1.", 100), ("1,5", None),
     ("1e3", None), ("", None), ("999999999999999.99", 99999999999999999), ("0.000000000000000001", 0), ("--1", None)],
)  # fmt: skip
def test_amounts_in_text(text: str, cents: int | None) -> None:
    assert value(f"SELECT {cells.units_of_text(DUCKDB, f'{text!r}', 2)}") == cents


@pytest.mark.parametrize(
    ("text", "day"),
    [("2024-02-29", 19782), ("2023-02-29", None), ("2024-02-29 23:59:59.999", 19782), ("2024-02-29T10:00:00Z", 19782),
     ("2024-02-29T23:30:00-02:00", 19783), ("2024-03-01T00:30:00+0200", 19782), ("2024-03-01 00:30+02", 19782),
     ("29/02/2024", None), ("2024-13-01", None), ("2024-04-31", None), ("1900-02-29", None), ("2000-02-29", 11016)],
)  # fmt: skip
def test_days_in_text(text: str, day: int | None) -> None:
    assert value(f"SELECT {cells.iso_day(DUCKDB, f'{text!r}', 'UTC', None)}") == day


TABLE = "or\"der;s'\n-- DROP"
STATUS = 'it\'s "done"; DROP TABLE x --'


def test_hostile_names_and_values_are_only_names_and_values(tmp_path: Path) -> None:
    name, columns = DUCKDB.name_of(TABLE), [DUCKDB.name_of(f'{field}";\n--') for field in ("id", "day", "sum", "state")]
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.execute(f"CREATE TABLE {name} ({', '.join(f'{column} VARCHAR' for column in columns)})")
        rows = [("'; DROP TABLE x; --", "2024-01-01", "1.50", STATUS), ("2", "2024-01-02", "2.50", "cancelled")]
        connection.executemany(f"INSERT INTO {name} VALUES (?, ?, ?, ?)", rows)
    (tmp_path / "presets").mkdir()
    plan = plan_of(tmp_path, "  - {engine: duckdb, database: shop.duckdb, tables: {orders: t}}\n")
    fields = zip(("order", "date", "amount", "status"), ("id", "day", "sum", "state"), strict=True)
    source = plan.engines[0].model_copy(
        update={"tables": {"orders": name}, "map": {"orders": {field: f'{column}";\n--' for field, column in fields}}}
    )
    with facts_in(plan.model_copy(update={"engines": (source,)})) as facts:
        found = facts.tables["orders"].select("gross, left_out").order("gross").fetchall()
    assert found == [(150, "unknown_state"), (250, "cancelled")]


def test_names_of_tables() -> None:
    assert parts_of('"my.shop"."or""ders"') == ("my.shop", 'or"ders')
    assert quoted(DUCKDB, "sales.orders") == '"sales"."orders"'
    for wrong in ("", ".", "a.", '"a', "a..b"):
        with pytest.raises(UsageError):
            parts_of(wrong)


def refused(folder: Path, sources: str) -> AuditError:
    with pytest.raises(AuditError) as caught, facts_in(plan_of(folder, sources, "currency: USD\n")):
        pass
    return caught.value


def test_what_is_not_there_is_said_at_its_line(tmp_path: Path) -> None:
    write_csv(tmp_path / "orders.csv", [("order", "date", "amount"), ("1", "2024-01-01", "1.00")])
    load(tmp_path / "shop.duckdb", {"orders": tmp_path / "orders.csv"}, "typed")
    cases = {
        "{engine: duckdb, database: shp.duckdb, tables: {orders: orders}}": ("no database shp.duckdb", "shop.duckdb?"),
        "{engine: duckdb, database: shop.duckdb, tables: {orders: oders}}": ("no table oders", "did you mean orders"),
        "{engine: duckdb, database: shop.duckdb, tables: {tickets: orders}}": ("no header of a", "map: {tickets"),
        "{engine: duckdb, tables: {orders: ordrs.csv}}": ("no file ordrs.csv", "did you mean orders.csv?"),
        "{engine: duckdb, database: clm-audit.yaml, tables: {orders: orders}}": ("cannot open", "no DuckDB file"),
        "{engine: duckdb, database: shop.duckdb, tables: {orders: orders},"
        " map: {orders: {order: order, date: day, amount: amount}}}": ("orders has no column day", "columns: order"),
    }  # fmt: skip
    for source, (what, hint) in cases.items():
        (problem,) = refused(tmp_path, f"  - {source}\n").problems
        assert what in problem.what, source
        assert hint in problem.hint, source
        assert problem.where.startswith("clm-audit.yaml:4:"), source


SHOP = (
    "CREATE TABLE orders AS SELECT 'o' || i AS \"order\", DATE '2024-01-01' + i::INTEGER AS \"date\", 10.25 AS amount"
)


@pytest.mark.parametrize(
    ("table", "made", "said"),
    [
        ("flags", "CREATE TABLE flags AS SELECT * REPLACE (TRUE AS amount) FROM orders",
         "column amount holds neither numbers nor texts"),
        ("days", 'CREATE TABLE days AS SELECT * REPLACE ("date" AS amount) FROM orders',
         "column amount holds neither numbers nor texts"),
        ("times", "CREATE TABLE times AS SELECT * REPLACE (20240101 AS \"date\") FROM orders",
         "column date holds numbers, not dates"),
        ("lists", "CREATE TABLE lists AS SELECT * REPLACE ([1] AS \"order\") FROM orders",
         "column order has a type that no field can hold"),
        ("broken", "CREATE VIEW broken AS SELECT * REPLACE (CAST('canary' || amount AS INTEGER) AS amount) FROM orders",
         "a cell holds what its column cannot be read as"),
        ("gone", "CREATE TABLE base AS FROM orders; CREATE VIEW gone AS FROM base; DROP TABLE base",
         "the view gone reads a table that is not there"),
        ("clm_orders", "CREATE TABLE clm_orders AS FROM orders", "names that begin with clm_"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_read_is_refused_by_name_with_what_to_do(
    table: str, made: str, said: str, tmp_path: Path
) -> None:
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.execute(f"{SHOP} FROM range(20) AS r(i); {made}")
    source = f"  - {{engine: duckdb, database: shop.duckdb, tables: {{orders: {table}}}}}\n"
    with pytest.raises(AuditError, match=said) as caught, facts_in(plan_of(tmp_path, source)):
        pass
    (problem,) = caught.value.problems
    assert problem.where == "clm-audit.yaml:3:54"
    assert problem.hint
    assert "canary" not in str(caught.value)


def test_a_table_that_a_run_would_hide_is_read_by_its_schema(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.execute(f"{SHOP} FROM range(20) AS r(i); ALTER TABLE orders RENAME TO clm_orders")
    source = "  - {engine: duckdb, database: shop.duckdb, tables: {orders: main.clm_orders}}\n"
    with facts_in(plan_of(tmp_path, source)) as facts:
        assert (facts.files[0].rows.read, facts.files[0].rows.accepted) == (20, 20)


def test_a_database_that_another_program_writes_is_said_to_be_locked(tmp_path: Path) -> None:
    write_csv(tmp_path / "orders.csv", [("order", "date", "amount"), ("1", "2024-01-01", "1.00")])
    load(tmp_path / "shop.duckdb", {"orders": tmp_path / "orders.csv"}, "typed")
    source = "  - {engine: duckdb, database: shop.duckdb, tables: {orders: orders}}\n"
    with duckdb.connect(str(tmp_path / "shop.duckdb")):
        error = refused(tmp_path, source)
    assert isinstance(error, DataError)
    assert str(tmp_path) not in str(error)


def test_facts_with_customers_stand_in_one_place_and_costs_anywhere(tmp_path: Path) -> None:
    write_csv(tmp_path / "orders.csv", [("order", "date", "amount"), ("1", "2024-01-01", "1.00")])
    write_csv(tmp_path / "spend.csv", [("date", "amount", "category"), ("2024-01-01", "7.00", "acquisition")])
    load(tmp_path / "shop.duckdb", {"orders": tmp_path / "orders.csv"}, "typed")
    engine = "  - {engine: duckdb, database: shop.duckdb, tables: {orders: orders}}\n"
    assert "orders cannot be read from a file" in str(refused(tmp_path, f"  - path: orders.csv\n{engine}"))
    with facts_in(plan_of(tmp_path, f"  - path: spend.csv\n{engine}", "currency: USD\n")) as facts:
        found = everything(facts)
        assert [one.path for one in facts.files] == ["spend.csv", "duckdb:orders"]
    assert found["spend"] == [(19723, 19724, 700, "acquisition", 0, 1)]
    assert found["orders"][0][2:6] == (19723, 100, 0, 100)


PEOPLE = [
    ("customer", "email", "Full name", "industry"),
    ("C0001", "Customer0001@Example.com", "Customer 0001", "Retail"),
    ("C0002", "", "Zoë Straße-Näher", "Retail"),
    ("C0003", "customer0003@example.com", "Ωmega Ένα", "Ann's trade"),
    ("123456789", "", "Ann", "Public"),
    ("N/A", "", "de la Cruz 77", "Public"),
]
HELD = (
    "customer 0001", "CUSTOMER0001@EXAMPLE.COM", "zoë straße-näher", "Ωmega Ένα", "123456789", "de la cruz 77",
    "c0003.",
)  # fmt: skip
FREE = ("customer0001", "straße-näher", "annual", "ann", "1234567890", "la cruz 77", "xc0002", "retail")


def test_the_same_personal_values_are_found_in_outputs_as_for_files(tmp_path: Path) -> None:
    write_csv(tmp_path / "customers.csv", PEOPLE)
    load(tmp_path / "shop.duckdb", {"customers": tmp_path / "customers.csv"}, "text")
    outputs = {said: f"Before the report: {said}, and after it." for said in (*HELD, *FREE)}
    source = "  - {engine: duckdb, database: shop.duckdb, tables: {customers: customers}}\nreport: {redact: true}\n"
    found = []
    for sources in ("  - path: customers.csv\n", source):
        plan = plan_of(tmp_path, sources)
        with run_folder() as folder, exports_of(plan, folder) as exports:
            facts_of(plan, exports, folder)
            found.append({(one.output, one.column) for one in leaks(sought(exports, outputs), outputs, ("retail",))})
    assert found[0] == found[1]
    assert {output for output, _ in found[1]} == set(HELD)


def test_of_personal_values_only_those_come_home_that_an_output_may_hold(tmp_path: Path) -> None:
    write_csv(tmp_path / "customers.csv", PEOPLE)
    load(tmp_path / "shop.duckdb", {"customers": tmp_path / "customers.csv"}, "text")
    plan = plan_of(tmp_path, "  - {engine: duckdb, database: shop.duckdb, tables: {customers: customers}}\n")
    with run_folder() as folder, exports_of(plan, folder) as exports:
        (table,) = sought(exports, {"page": "the customer of the year"}).tables
        frame = table.frame.collect()
    assert frame["Full name"].drop_nulls().to_list() == ["customer 0001"]
    assert frame["email"].drop_nulls().to_list() == []


IDS = ("0018a00001AbcdeAAB", "0018a00001Abcde", "0018A00001ABCDEAAB", "0018a00001abcdeaab", "0018a00001abcde",
       "00Q8a00001abcde", "Example Ltd", "0018a00001ABCDE999", "0018a00001Abcde00Z", "5118a0000112345AAB")  # fmt: skip


def test_salesforce_ids_join_in_whichever_form_they_stand(tmp_path: Path) -> None:
    expected = idforms.salesforce(pl.Series(IDS)).to_list()
    form = forms.one_form(DUCKDB, "id", "salesforce")
    found = _connection().execute(f"SELECT {form} FROM (SELECT unnest(?) AS id)", [list(IDS)]).fetchall()
    assert [one for (one,) in found] == expected
    assert expected[:4] == ["0018a00001AbcdeAAB"] * 4
    header = ("Opportunity ID", "Close Date", "Amount", "Stage", "Account ID")
    source = "  - {engine: duckdb, database: s.duckdb, system: salesforce, tables: {orders: o}}\n"
    rows = [(f"006A{n}", "2024-03-01", "10.00", "Closed Won", one) for n, one in enumerate(IDS[:5])]
    write_csv(tmp_path / "o.csv", [header, *rows])
    load(tmp_path / "s.duckdb", {"o": tmp_path / "o.csv"}, "text")
    with facts_in(plan_of(tmp_path, source, "currency: USD\n")) as facts:
        found = facts.tables["orders"].aggregate("customer, count(*)").order("customer").fetchall()
    assert found == [(0, 4), (1, 1)]


def test_two_tables_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    header = ("order", "date", "amount")
    write_csv(tmp_path / "old.csv", [header, ("1", "2024-01-01", "1.00")])
    write_csv(tmp_path / "new.csv", [header, ("1", "2024-01-01", "2.00"), ("2", "2024-08-01", "2.00")])
    names = {name: tmp_path / f"{name}.csv" for name in ("old", "new")}
    load(tmp_path / "shop.duckdb", names, "typed")
    source = "  - {{engine: duckdb, database: shop.duckdb, tables: {{orders: {0}}}, side: {1}}}\n"
    both = source.format("old", "both") + source.format("new", "both")
    assert "1 order numbers stand in two tables" in str(refused(tmp_path, both))
    write_csv(tmp_path / "new2.csv", [header, ("1", "2024-08-03", "2.00")])
    load(tmp_path / "shop.duckdb", {"new2": tmp_path / "new2.csv"}, "typed")
    sides = source.format("old", "before") + source.format("new2", "after")  # a new system may begin with number 1
    with facts_in(plan_of(tmp_path, sides, "currency: USD\n")) as facts:
        found = facts.tables["orders"].select("day, net, side, file").order("day").fetchall()
    assert found == [(19723, 100, -1, 0), (19938, 200, 1, 1)]


def test_a_pattern_without_a_file_is_no_table(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "  - {engine: duckdb, tables: {orders: o.parquet}}\n")
    assert read_exports(plan, tmp_path, none_will_do=True).tables == ()


LINES = [
    ("Name", "Email", "Financial Status", "Created at", "Total", "Refunded Amount", "Currency", "Lineitem name"),
    ("S1", "customer0001@example.com", "paid", "2024-03-01", "30.00", "", "USD", "Item 1"),
    ("S1", "", "", "", "", "", "", "Item 2"),
    ("S1", "", "", "", "", "", "", "Item 3"),
    ("S2", "customer0002@example.com", "partially_refunded", "2024-03-02", "20.00", "5.00", "USD", "Item 1"),
    ("S2", "customer0002@example.com", "partially_refunded", "2024-03-02", "20.00", "5.00", "USD", "Item 2"),
    ("S3", "customer0002@example.com", "refunded", "2024-03-03", "12.00", "", "USD", "Item 1"),
    ("S4", "customer0003@example.com", "voided", "2024-03-04", "40.00", "", "USD", "Item 1"),
    ("S4", "", "", "", "", "", "", "Item 2"),
    ("S5", "customer0003@example.com", "paid", "2024-03-05", "50.00", "", "USD", "Item 1"),
    ("S5", "", "", "", "51.00", "", "", "Item 2"),  # which of them?
    ("S6", "customer0003@example.com", "paid", "yesterday", "60.00", "", "USD", "Item 1"),
    ("S6", "", "", "", "", "", "", "Item 2"),
    ("S7", "customer0003@example.com", "paid", "2024-03-07", "", "", "USD", "Item 1"),  # no total anywhere
    ("S8", "customer0003@example.com", "paid", "2024-03-08", "80.00", "", "USD", "Item 1"),
    ("S8", "customer0001@example.com", "paid", "2024-03-20", "80.00", "", "USD", "Item 2"),  # of two customers
    ("", "customer0003@example.com", "paid", "2024-03-09", "90.00", "", "USD", "Item 1"),
]


def test_several_rows_make_one_order_as_in_files(tmp_path: Path) -> None:
    write_csv(tmp_path / "o.csv", LINES)
    load(tmp_path / "s.duckdb", {"o": tmp_path / "o.csv"}, "text")
    source = "  - {engine: duckdb, database: s.duckdb, system: shopify, tables: {orders: o}}\n"
    told = []
    for sources in ("  - path: o.csv\n", source):
        with facts_in(plan_of(tmp_path, sources, "currency: USD\n")) as facts:
            (record,) = facts.files
            counts = {name: count for name, count in facts.evidence.items() if name.startswith("orders.") and count}
            told.append((everything(facts), record.reasons, record.rows.accepted, record.rows.duplicate, counts))
    assert told[0] == told[1]
    orders, reasons, accepted, *_ = told[1]
    assert sorted(row[3:6] for row in orders["orders"]) == [
        (1200, 1200, 0), (2000, 500, 1500), (3000, 0, 3000), (4000, 0, 4000), (8000, 0, 8000),
    ]  # fmt: skip
    assert reasons == {
        "bad_date": 1,
        "conflicting_rows": 2,
        "missing_amount": 1,
        "missing_id": 1,
        "order_incomplete": 1,
    }
    assert accepted == len(LINES) - 1 - sum(reasons.values())


def test_lists_of_merged_ids_are_followed_as_in_files(tmp_path: Path) -> None:
    people = [("Record ID", "Email", "Create Date", "Merged record IDs", "Lifecycle Stage")]
    people += [("10", "customer0001@example.com", "2023-01-01", "7;8 ; 9", ""), ("11", "", "2023-01-01", "10", "")]
    people += [("12", "", "2023-01-01", "", ""), ("9", "", "2023-01-02", "", "")]
    orders = [("order", "date", "amount", "customer")]
    orders += [(str(n), "2024-01-05", "1.00", who) for n, who in enumerate(["7", "8", "9", "10", "11", "12", "13"])]
    write_csv(tmp_path / "files" / "people.csv", people)
    write_csv(tmp_path / "files" / "deals.csv", orders)
    (tmp_path / "presets").mkdir()
    load(tmp_path / "s.duckdb", {n: tmp_path / "files" / f"{n}.csv" for n in ("people", "deals")}, "text")
    fields = "{order: order, date: date, amount: amount, customer: customer}"
    engine = "{engine: duckdb, database: s.duckdb, system: hubspot, "
    told = []
    for sources in (
        f"  - {{path: files/people.csv, system: hubspot}}\n  - {{path: files/deals.csv, map: {{fact: orders, "
        f"{fields[1:]}}}\n",
        f"  - {engine}tables: {{customers: people}}}}\n  - {engine}tables: {{orders: deals}}, "
        f"map: {{orders: {fields}}}}}\n",
    ):
        with facts_in(plan_of(tmp_path, sources, "currency: USD\n")) as facts:
            counts = {name: count for name, count in facts.evidence.items() if "merged" in name}
            told.append((everything(facts)["customers"], counts))
    assert told[0] == told[1]
    assert told[1][1]["customers.merged"] == 4


def test_subscriptions_end_as_in_files(tmp_path: Path) -> None:
    """The day on which an end was asked for is the end only in a table that writes none."""
    head = ("subscription", "customer", "start", "amount", "interval", "end", "cancelled")
    told = {
        "both": [("b1", "2024-12-31", "2024-11-01"), ("b2", "", "2024-11-02"), ("b3", "", "")],
        "none": [("n1", "", "2024-11-01"), ("n2", "", "")],
    }
    for name, rows in told.items():
        write_csv(
            tmp_path / f"{name}.csv", [head, *((one, one, "2024-01-01", 10, "month", *ends) for one, *ends in rows)]
        )
    load(tmp_path / "s.duckdb", {name: tmp_path / f"{name}.csv" for name in told}, "text")
    source = "".join(
        f"  - {{engine: duckdb, database: s.duckdb, tables: {{subscriptions: {name}}}}}\n" for name in told
    )
    found = []
    for sources in ("".join(f"  - path: {name}.csv\n" for name in told), source):
        with facts_in(plan_of(tmp_path, sources, "currency: USD\n")) as facts:
            found.append((everything(facts), facts.evidence["subscriptions.ended"]))
    assert found[0] == found[1]
    tables, ended = found[1]
    at = list(SCHEMAS["subscriptions"]).index("until")
    assert sorted(str(row[at]) for row in tables["subscriptions"]) == ["20028", "20088", "None", "None", "None"]
    assert ended == 2
