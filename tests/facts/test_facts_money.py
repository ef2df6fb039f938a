from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.exits import DataError
from clm_audit.facts.build import build_facts
from clm_audit.facts.money import (
    MoneyProfile,
    half_even,
    locale_of,
    profile_exprs,
    rated,
    scaled,
    strip_adornment,
    to_plain,
)
from clm_audit.facts.store import run_folder
from clm_audit.intake.read import read_exports

AMOUNTS = st.decimals(min_value="-999999999999", max_value="999999999999", places=2)
LONG = st.decimals(min_value="-99999999", max_value="99999999", places=6)


def cents(texts: list[str], locale: str) -> list[int | None]:
    frame = pl.DataFrame({"t": texts}, schema={"t": pl.String})
    return frame.select(scaled(to_plain(pl.col("t"), locale), 100)).to_series().to_list()


def exact(amount: Decimal) -> int:
    return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def grouped(amount: Decimal, thousands: str, point: str) -> str:
    return f"{amount:,}".replace(",", "\0").replace(".", point).replace("\0", thousands)


@given(st.lists(AMOUNTS | LONG, min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_plain_amounts_are_read_exactly_and_rounded_half_even(amounts: list[Decimal]) -> None:
    assert cents([f"{a:f}" for a in amounts], "plain") == [exact(a) for a in amounts]


@pytest.mark.parametrize(("text", "value"), [("999999999999999.99", 10**17 - 1), ("999999999999999.995", None)])
def test_amounts_whose_sums_could_leave_int64_are_null(text: str, value: int | None) -> None:
    assert cents([text], "plain") == [value]


@given(AMOUNTS, st.sampled_from(["{}", "${}", "USD {}", "{} EUR", "€{}", "৳{}"]))
@settings(max_examples=80, deadline=None)
def test_adorned_amounts_of_both_locales(amount: Decimal, shape: str) -> None:
    assert cents([shape.format(grouped(amount, ",", "."))], "point") == [exact(amount)]
    assert cents([shape.format(grouped(amount, ".", ","))], "comma") == [exact(amount)]
    assert cents([shape.format(grouped(amount, "\u00a0", ","))], "comma") == [exact(amount)]


@pytest.mark.parametrize(
    ("text", "value"), [("$(250.00)", -25000), ("(1,234.5)", -123450), ("12.50-", -1250), ("-$5", -500)]
)
def test_negative_forms(text: str, value: int) -> None:
    assert cents([text], "point") == [value]


@pytest.mark.parametrize(
    "text", ["NaN", "inf", "-Infinity", "1e5", "1E+11", "5%", "1.2.3", "12,34,5", "", ".", "1" * 16]
)
def test_what_is_no_amount_is_null(text: str) -> None:
    assert cents([text], "plain") == [None]
    assert cents([text], "point") == [None]


def profile(texts: list[str]) -> MoneyProfile:
    cells = pl.col("t")
    row = pl.DataFrame({"t": texts}).select(**profile_exprs(cells, strip_adornment(cells))).row(0, named=True)
    return MoneyProfile(**row)


@pytest.mark.parametrize(
    ("texts", "locale"),
    [
        (["12.50", "3"], "plain"),
        (["1,234.50", "3"], "point"),
        (["1.234,56", "1.234"], "comma"),
        (["12,5", "1.234"], "comma"),
        (["1.234", "12.5"], "plain"),
        (["1.234", "5000"], "plain"),
        (["1.234", "2.500"], None),
        (["1,234", "12"], None),
        (["1,234", "12.50"], "point"),
        (["1,234", "0,500"], "comma"),
        (["12.50", "12,50"], "point"),  # each says what it is, and half of them is listed as no amount
        (["12.50", "12,50", "1.234"], None),
        (["12.50", "12,50", "1,234"], None),
        (["12.50", "12,50", "1.234", "5000"], "point"),
        (["12.50", "12,50", "1,50", "1.234"], "comma"),
    ],
)
def test_a_column_proves_its_locale(texts: list[str], locale: str | None) -> None:
    assert locale_of(profile(texts)) == locale


@given(st.integers(-(10**14), 10**14), st.decimals(min_value="0.0001", max_value="1000", places=4))
@settings(max_examples=80, deadline=None)
def test_rates_are_applied_exactly(amount: int, rate: Decimal) -> None:
    got = pl.DataFrame({"c": [amount]}).select(rated(pl.col("c"), rate)).item()
    assert got == int((Decimal(amount) * rate).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**6))
@settings(max_examples=80, deadline=None)
def test_half_even_division(value: int, divisor: int) -> None:
    got = pl.DataFrame({"v": [value]}).select(half_even(pl.col("v"), divisor)).item()
    assert got == round(Decimal(value) / divisor) if divisor < 1000 else abs(got * divisor - value) * 2 <= divisor


def test_european_amounts_deep_in_a_file_change_the_reading_of_all_rows(build) -> None:
    rows = [f"o{n},2024-01-05,{n + 1}" for n in range(3000)] + ['p,2024-01-05,"1.234,56"']
    built = build({"orders.csv": "order,date,amount\n" + "\n".join(rows) + "\n"})
    assert built.tables["orders"]["gross"].sum() == sum(100 * (n + 1) for n in range(3000)) + 123456
    assert built.codes() == []
    assert "amount: numbers read with a decimal comma" in built.file("orders.csv").notes


def test_thousands_or_units_is_asked_and_not_guessed(build) -> None:
    with pytest.raises(DataError, match=r"orders.csv: column 'amount': 1.234 can be"):
        build({"orders.csv": "order,date,amount\na,2024-01-05,1.234\nb,2024-01-06,2.500\n"})


def test_scaling_money_scales_money(build) -> None:
    amounts = ["1.10", "20.35", "300.00", "0.01"]
    text = "order,date,amount\n" + "".join(f"o{n},2024-01-0{n + 1},{a}\n" for n, a in enumerate(amounts))
    hundred = "order,date,amount\n" + "".join(
        f"o{n},2024-01-0{n + 1},{Decimal(a) * 100}\n" for n, a in enumerate(amounts)
    )
    once, times = build({"orders.csv": text}), build({"orders.csv": hundred})
    assert [100 * value for (value,) in once.rows("orders", "net")] == [
        value for (value,) in times.rows("orders", "net")
    ]


@pytest.mark.parametrize("rates", [{}, {"EUR": Decimal("1.08")}])
def test_mixed_currencies_need_rates(build, rates) -> None:
    text = "order,date,amount,currency\na,2024-01-05,10.00,USD\nb,2024-01-06,10.05,EUR\n"
    built = build({"orders.csv": text}, currency="USD", rates=rates)
    if rates:
        assert built.facts.currency == "USD"
        assert built.rows("orders", "gross") == [(1000,), (1085,)]
    else:
        assert built.facts.currency.code == "mixed_currencies"
        assert built.facts.currency.detail == {"currencies": "EUR, USD"}


def test_currency_is_taken_from_the_only_one_seen_or_not_stated(build) -> None:
    assert build({"o.csv": "order,date,amount,currency\na,2024-01-05,1,chf\n"}).facts.currency == "CHF"
    assert build({"o.csv": "order,date,amount\na,2024-01-05,1\n"}).facts.currency.code == "currency_not_stated"


def test_a_currency_that_is_none_is_rejected(build) -> None:
    built = build({"o.csv": "order,date,amount,currency\na,2024-01-05,1,Eurodollar\nb,2024-01-05,1,EUR\n"})
    assert built.codes() == [("bad_currency", "currency", "rejected")]


def test_amounts_that_are_rounded_are_counted_and_noted(build) -> None:
    header = "order_id,date,amount,customer_id\n"
    text = header + "".join(
        f"{number},2024-01-0{number},{amount},c\n"
        for number, amount in enumerate(["1.005", "2.50", "3", "4.500", "5.0001", "x"], start=1)
    )
    built = build({"orders.csv": text})
    assert built.facts.evidence["amounts.rounded"] == 2
    assert "amounts with more than two decimals, rounded half to even: 2" in built.file("orders.csv").notes
    assert [row[0] for row in built.rows("orders", "net")] == [100, 250, 300, 450, 500]


@pytest.mark.parametrize(
    ("values", "dtype", "rounded"),
    [
        ([Decimal("1.0050"), Decimal("2.5000"), Decimal("-0.0150")], pl.Decimal(12, 4), 2),
        ([Decimal("1.5"), Decimal("2.0"), Decimal("-3.5")], pl.Decimal(12, 1), 0),
        ([Decimal("1.05"), Decimal("2.01"), Decimal("-3.99")], pl.Decimal(12, 2), 0),
        ([1.125, 0.1 + 0.2, -4.35], pl.Float64, 1),
        ([7, 8, -9], pl.Int64, 0),
    ],
)
def test_typed_amounts_are_exact_and_their_rounding_is_counted(tmp_path, values, dtype, rounded: int) -> None:
    days = [date(2024, 1, number) for number in (1, 2, 3)]
    frame = pl.DataFrame({"order": ["1", "2", "3"], "date": days, "customer": ["a", "b", "c"]})
    path = tmp_path / "orders.parquet"
    frame.with_columns(amount=pl.Series(values, dtype=dtype)).write_parquet(path)
    columns = {"fact": "orders", "order": "order", "date": "date", "amount": "amount", "customer": "customer"}
    plan = AuditPlan(go_live=date(2024, 7, 1), sources=(Source(path=path, map=columns),), root=tmp_path)
    with run_folder() as folder:
        facts = build_facts(plan, read_exports(plan, folder), folder)
        gross = facts.tables["orders"].collect().sort("order")["gross"].to_list()
    nearest = [Decimal(str(value)) if dtype != pl.Float64 else Decimal(f"{value:.10g}") for value in values]
    assert gross == [exact(value) for value in nearest]
    assert facts.evidence["amounts.rounded"] == rounded
