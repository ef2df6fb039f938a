"""Every way in which the exports write amounts: a table of spellings, read through the whole floor."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_audit.exits import DataError
from clm_audit.facts import marks
from clm_audit.facts.money import factor, scaled_by, to_plain

# what is written -> hundredths (None: no amount)
SPELLINGS: dict[str, list[tuple[str, int | None]]] = {
    "plain": [("1234.5", 123450), ("-3", -300), (".5", 50), ("+7", 700)],
    "thousands by comma": [("1,234.50", 123450), ("1,234,567", 123456700), ("12", 1200)],
    "thousands by dot": [("1.234,50", 123450), ("1.234.567", 123456700), ("12", 1200)],
    "blank": [("1 234,50", 123450), ("12,5", 1250)],
    "no-break blank": [("1\u00a0234,50", 123450), ("1\u00a0234\u00a0567", 123456700)],
    "narrow no-break blank": [("1\u202f234,50 €", 123450), ("12,50 €", 1250)],
    "apostrophe": [("1'234.50", 123450), ("CHF 1’234’567.05", 123456705)],
    "indian": [("₹1,23,456.00", 12345600), ("₹12,34,567.5", 123456750)],
    "rupees": [("Rs. 1,23,456.00", 12345600), ("Rs 5", 500)],
    "dollar": [("$1,234.00", 123400), ("$(250.00)", -25000), ("($250.00)", -25000), ("-$5.00", -500), ("$-5", -500)],
    "taka": [("৳2,999", 299900), ("৳1,299.50", 129950)],
    "real": [("R$ 1.234,56", 123456), ("-R$ 5,00", -500)],
    "code before": [("EUR 1,234.00", 123400), ("EUR 5", 500)],
    "code behind": [("1.234,00 eur", 123400), ("5,00 eur", 500)],
    "crowns": [("1 234,50 kr", 123450), ("5 kr.", 500)],
    "złoty": [("1 234,50 zł", 123450), ("12,00 zł", 1200)],
    "books": [("(1,234.50)", -123450), ("12.50-", -1250), ("−7.25", -725), ("1,000.00", 100000)],
    "short": [("45k", 4500000), ("1.2M", 120000000), ("$1.255k", 125500), ("3 bn", 300000000000), ("7.50", 750)],
    "no amounts": [
        ("12.50", 1250),
        ("1,234.00", 123400),
        *((text, None) for text in ("NaN", "inf", "-Infinity", "1E+11", "5%", "12,34,5", "1 2", "EUR", "abc")),
        ("1000000000000000000", None),
        ("12.50 or so", None),
    ],
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_each_spelling_is_its_amount(build, name: str) -> None:
    rows = SPELLINGS[name]
    text = "order;date;amount\n" + "".join(f"o{n};2024-01-05;{cell}\n" for n, (cell, _) in enumerate(rows))
    built = build({"o.csv": text})
    assert [value for (value,) in built.rows("orders", "gross")] == [value for _, value in rows if value is not None]
    bad = sum(value is None for _, value in rows)
    assert [code for code, *_ in built.codes()] == ["bad_amount"] * bad


@pytest.mark.parametrize("cells", [["1,234", "2,500"], ["1.234", "2.500"], ["$1,234", "$12"], ["€ 1.234", "€ 2.500"]])
def test_what_could_be_a_thousand_or_a_unit_is_refused(build, cells: list[str]) -> None:
    text = "order;date;amount\n" + "".join(f"o{n};2024-01-05;{cell}\n" for n, cell in enumerate(cells))
    with pytest.raises(DataError, match="can be a thousand or a unit"):
        build({"o.csv": text})


@pytest.mark.parametrize(
    ("cells", "hundredths"),
    [
        (["1,234", "5.25"], [123400, 525]),
        (["1.234", "5,25"], [123400, 525]),
        (["1,234", "1,234,567"], [123400, 123456700]),
        (["1 234,567", "12,500"], [123457, 1250]),
        (["1,23,456", "1,234"], [12345600, 123400]),
    ],
)
def test_one_cell_proves_the_locale_of_its_column(build, cells: list[str], hundredths: list[int]) -> None:
    text = "order;date;amount\n" + "".join(f"o{n};2024-01-05;{cell}\n" for n, cell in enumerate(cells))
    assert [value for (value,) in build({"o.csv": text}).rows("orders", "gross")] == hundredths


def test_the_currency_in_the_cells_is_taken_where_no_column_says_it(build) -> None:
    one = build({"o.csv": "order;date;amount\na;2024-01-05;€1.234,50\nb;2024-01-05;€5,00\n"})
    assert one.facts.currency == "EUR"
    two = build({"o.csv": "order;date;amount\na;2024-01-05;€10.00\nb;2024-01-05;£5.00\n"})
    assert two.facts.currency.code == "mixed_currencies"
    rates = {"GBP": Decimal("1.2")}
    rated = build(
        {"o.csv": "order;date;amount\na;2024-01-05;€10.00\nb;2024-01-05;£5.00\n"}, currency="EUR", rates=rates
    )
    assert rated.rows("orders", "gross") == [(1000,), (600,)]
    dollars = build({"o.csv": "order;date;amount\na;2024-01-05;$10.00\nb;2024-01-05;$5.00\n"})
    assert dollars.facts.currency.code == "currency_not_stated"
    with pytest.raises(DataError, match="writes several currencies, of which \\$ could be more than one"):
        build({"o.csv": "order;date;amount\na;2024-01-05;$10.00\nb;2024-01-05;€5.00\n"})
    column = build({"o.csv": "order;date;amount;currency\na;2024-01-05;$10.00;CAD\nb;2024-01-05;$5.00;CAD\n"})
    assert column.facts.currency == "CAD"


ORDERS = "order;date;amount\na;2024-01-05;{}\n"
SPEND = "date;amount;category{}\n2024-01-05;{};retention{}\n"


@pytest.mark.parametrize("sign", ["$", "¥", "kr", "Rs"])
def test_a_sign_that_several_currencies_share_names_none(build, sign: str) -> None:
    """Whatever the amounts are, their number stands; which money it is, somebody must say."""
    alone = build({"o.csv": ORDERS.format(f"{sign} 10.00")})
    assert (alone.rows("orders", "gross"), alone.facts.currency.code) == ([(1000,)], "currency_not_stated")
    assert not [name for name in alone.facts.evidence if name.startswith("currency.")]
    for code in marks.OPEN[sign]:
        assert build({"o.csv": ORDERS.format(f"{sign} 10.00")}, currency=code).facts.currency == code


@pytest.mark.parametrize("sign", ["$", "¥", "kr", "Rs", "₡"])
@pytest.mark.parametrize("declared", [True, False])
def test_a_shared_sign_is_held_against_what_others_state(build, sign: str, declared: bool) -> None:
    """The config, or another file, says EUR: no sign but € can be that."""
    spend = SPEND.format(";currency", "5.00", ";EUR") if not declared else SPEND.format("", "5.00", "")
    files = {"o.csv": ORDERS.format(f"{sign} 10.00"), "s.csv": spend}
    built = build(files, **({"currency": "EUR"} if declared else {}))
    assert built.facts.currency.code == "mixed_currencies"
    assert built.facts.currency.detail["currencies"] == ", ".join(sorted({"EUR", sign}))
    assert built.facts.evidence[f"currency.by_fact.orders.{sign}"] == 1


def test_a_shared_sign_beside_one_of_its_own_is_that_one(build) -> None:
    files = {"o.csv": ORDERS.format("$10.00"), "s.csv": SPEND.format(";currency", "5.00", ";CAD")}
    assert build(files).facts.currency == "CAD"
    assert build(
        {"o.csv": ORDERS.format("$10.00"), "p.csv": ORDERS.format("¥10.00").replace("a;", "b;")}
    ).facts.currency.code == ("mixed_currencies")


def test_two_spellings_of_one_shared_sign_are_one_sign(build) -> None:
    built = build({"o.csv": "order;date;amount\na;2024-01-05;10.00 kr\nb;2024-01-05;5.00 Kr\n"})
    assert built.facts.currency.code == "currency_not_stated"


@pytest.mark.parametrize(
    ("cell", "code"), [("€10", "EUR"), ("£10", "GBP"), ("₹10", "INR"), ("R$ 10,00", "BRL"), ("US$10", "USD")]
)
def test_a_sign_of_one_currency_names_it(build, cell: str, code: str) -> None:
    assert build({"o.csv": ORDERS.format(cell)}).facts.currency == code


def test_adorned_amounts_deep_in_a_file_are_found(build) -> None:
    rows = [f"o{n};2024-01-05;{n + 1}.00" for n in range(3000)] + ["p;2024-01-05;€2k"]
    built = build({"o.csv": "order;date;amount\n" + "\n".join(rows) + "\n"})
    assert built.tables["orders"]["gross"].sum() == sum(100 * (n + 1) for n in range(3000)) + 200000
    assert built.facts.currency == "EUR"


def test_numbers_of_a_series_may_be_grouped_or_percentages(build) -> None:
    text = "metric;date;numerator;denominator\npurchase_frequency;2024-01-01;1,234;1.5\n"
    text += "campaign_response;2024-01-01;12.5%;1\n"
    built = build({"s.csv": text})
    assert sorted(built.rows("series", "numerator", "denominator")) == [(0.125, 1.0), (1234.0, 1.5)]


AMOUNTS = st.decimals(min_value="-999999999", max_value="999999999", places=2)


@given(
    AMOUNTS,
    st.sampled_from(["{}", "${}", "US$ {}", "{} EUR", "eur {}", "£{}", "৳{}", "{} kr", "R${}"]),
    st.sampled_from([",", " ", "\u00a0", "\u202f", "'", "’", ""]),
    st.sampled_from(["-{}", "({})", "{}-", "\u2212{}"]),
)
@settings(max_examples=60, deadline=None)
def test_spellings_against_decimals(amount: Decimal, mark: str, group: str, negative: str) -> None:
    body = mark.format(f"{abs(amount):,}".replace(",", group))
    point = negative.format(body) if amount < 0 else body
    comma = point.replace(",", "\0").replace(".", ",").replace("\0", ".")
    for cell, locale in ((point, "point"), (comma, "comma")):
        frame = pl.DataFrame({"t": [cell]})
        got = frame.select(scaled_by(to_plain(pl.col("t"), locale), 100, factor(pl.col("t")))).item()
        assert got == int(amount * 100), cell


@given(st.decimals(min_value="0.001", max_value="999", places=3), st.sampled_from(["k", "K", "M", " Mio", "bn"]))
@settings(max_examples=60, deadline=None)
def test_short_amounts_are_exact(amount: Decimal, suffix: str) -> None:
    times = {"k": 10**3, "m": 10**6, "mio": 10**6, "bn": 10**9}[suffix.strip().lower()]
    got = pl.DataFrame({"t": [f"{amount}{suffix}"]}).select(
        scaled_by(to_plain(pl.col("t"), "point"), 100, factor(pl.col("t")))
    )
    assert got.item() == int(amount * times * 100)


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("1,234", 1234),
        ("1,234,567", 1234567),
        ("1 234 567", 1234567),
        ("1\u202f234", 1234),
        ("1'234", 1234),
        ("350.0", 350),
        ("7", 7),
    ],
)
def test_counts_may_be_grouped(build, cell: str, count: int) -> None:
    built = build({"c.csv": f"campaign;date;sent\nS;2024-01-05;{cell}\n"})
    assert built.rows("campaigns", "sent") == [(count,)]


@pytest.mark.parametrize("cell", ["1,23", "12 34", "1.5", "many", "-"])
def test_what_is_no_count_is_rejected(build, cell: str) -> None:
    built = build({"c.csv": f"campaign;date;sent\nS;2024-01-05;{cell}\nT;2024-01-05;1\n"})
    assert built.rows("campaigns", "sent") == [(1,)] if cell != "-" else [(None,), (1,)]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("Euro", "EUR"),
        ("US Dollar", "USD"),
        ("US-Dollar", "USD"),
        ("Pound Sterling", "GBP"),
        ("€", "EUR"),
        ("eur", "EUR"),
    ],
)
def test_a_column_of_currencies_may_hold_their_names(build, cell: str, code: str) -> None:
    built = build({"orders.csv": f"order,date,customer,amount,currency\n1,2024-01-02,C1,5.00,{cell}\n"})
    assert built.facts.currency == code
    assert built.facts.evidence[f"currency.seen.{code}"] == 1


@pytest.mark.parametrize("cell", ["Dollar", "$", "Krone", "Peso", "kr"])
def test_a_name_that_several_currencies_share_names_none(build, cell: str) -> None:
    built = build({"orders.csv": f"order,date,customer,amount,currency\n1,2024-01-02,C1,5.00,{cell}\n"})
    assert built.codes() == [("bad_currency", "currency", "rejected")]
