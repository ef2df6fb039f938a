from __future__ import annotations

from datetime import date

import pytest

from clm_audit.config.plan import SpendRules
from clm_audit.facts.spend import category_of

GOOGLE = """Campaign report
"January 1, 2024 - January 31, 2024"
Campaign status,Campaign,Day,Currency code,Cost,Clicks
Enabled,Brand,2024-01-05,EUR,"1,661.67",10
Enabled,Winback,2024-01-06,EUR,12.50,3
Enabled,Brand,2024-01-07,EUR, --,0
Total: Campaigns, --, --,EUR,"1,674.17",13
Total: Account, --, --,EUR,"1,674.17",13
"""
RULES = SpendRules(acquisition=("Advertising",), retention=("winback",), service=("Customer Support",))


def number(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def test_google_ads_without_its_totals(build) -> None:
    built = build({"g.csv": GOOGLE}, spend=RULES)
    day = number("2024-01-05")
    assert built.rows("spend", "day", "until", "cents", "category") == [
        (day, day + 1, 166167, "acquisition"),
        (day + 1, day + 2, 1250, "retention"),
    ]
    assert built.facts.currency == "EUR"
    assert built.codes() == []
    assert "spend not counted because no cost: 1" in built.file("g.csv").notes
    counts = built.file("g.csv").rows
    assert (counts.read, counts.accepted, counts.rejected, counts.structure) == (8, 3, 0, 5)
    assert "rows of an ad platform that no spend rule names, taken as acquisition: 1" in built.file("g.csv").notes


def test_a_platform_can_be_named_by_a_rule(build) -> None:
    built = build({"g.csv": GOOGLE}, spend=SpendRules(retention=("google ads",)))
    assert {category for (category,) in built.rows("spend", "category")} == {"retention"}


def test_meta_ads_state_the_currency_in_the_header(build) -> None:
    header = "Reporting starts,Reporting ends,Campaign name,Amount spent (USD)\n"
    rows = "2024-01-01,2024-01-31,Brand,100.5\n2024-01-01,2024-12-31,Long,9\n2024-01-01,2024-12-31,,109.5\n"
    built = build({"m.csv": header + rows})
    start = number("2024-01-01")
    assert built.rows("spend", "day", "until", "cents") == [(start, start + 31, 10050)]
    assert built.facts.currency == "USD"
    assert built.codes() == [("period_crosses_go_live", "Reporting starts", "rejected")]
    assert built.file("m.csv").rows.structure == 2


@pytest.mark.parametrize(
    ("period", "taken"),
    [
        ("2024-05-01,2024-07-01", True),  # ends with the day before go-live
        ("2024-05-01,2024-07-02", False),
        ("2024-07-01,2024-09-01", True),  # begins with go-live
        ("2024-06-30,2024-09-01", False),
        ("2024-06-15,2024-07-16", True),  # as long as a month
        ("2024-06-15,2024-07-17", False),
    ],
)
def test_a_long_period_may_touch_go_live_but_not_cross_it(build, period: str, taken: bool) -> None:
    built = build({"s.csv": f"date,until,amount,category\n{period},10,acquisition\n2024-01-01,2024-01-02,1,service\n"})
    assert built.tables["spend"].height == 1 + taken
    assert [code for code, *_ in built.codes()] == ["period_crosses_go_live"] * (not taken)


def test_a_monthly_ledger_is_spread(build) -> None:
    text = "date,amount,account\n2024-01-31,310,Advertising\n2024-02-29,29,Customer Support\n2024-03-31,5,Rent\n"
    built = build({"l.csv": text}, spend=RULES)
    spans = [
        (number(a), number(b))
        for a, b in (("2024-01-01", "2024-02-01"), ("2024-02-01", "2024-03-01"), ("2024-03-01", "2024-04-01"))
    ]
    assert built.rows("spend", "day", "until") == spans
    assert built.rows("spend", "category") == [("acquisition",), ("service",), ("other",)]
    notes = built.file("l.csv").notes
    assert "date: one date a month, spread over it" in notes
    assert "rows that no spend rule names, taken as category other: 1" in notes


def test_own_categories_and_stated_ends(build) -> None:
    text = "date,until,amount,category\n2024-01-01,2024-01-08,7,Retention\n2024-01-08,2024-01-08,7,Service\n"
    built = build({"l.csv": text})
    start = number("2024-01-01")
    assert built.rows("spend", "day", "until", "category") == [(start, start + 7, "retention")]
    assert built.codes() == [("period_is_empty", "date", "rejected")]


@pytest.mark.parametrize("extra", [0, 1])
def test_the_same_spend_in_two_exports_counts_once(build, extra) -> None:
    row = "2024-01-05,7,Brand\n"
    a, b = "date,amount,account\n" + row * 2, "date,amount,account\n" + row * (2 + extra) + "2024-01-06,1,Brand\n"
    built = build({"a.csv": a, "b.csv": b})
    assert built.tables["spend"]["cents"].sum() == 700 * (2 + extra) + 100
    assert built.file("b.csv").rows.duplicate == 2


def test_a_ready_made_series(build) -> None:
    rows = ["purchase_frequency,2024-01-01,100,50", "Purchase Frequency,2024-02-01,110,50", "guesswork,2024-01-01,1,1"]
    rows += ["purchase_frequency,2024-03-01,x,50", "purchase_frequency,2024-01-01,1,1"]
    built = build({"kpi.csv": "metric,date,numerator,denominator\n" + "\n".join(rows) + "\n"})
    january, february = number("2024-01-01"), number("2024-02-01")
    assert built.rows("series", "metric", "day", "until", "numerator", "segment") == [
        ("purchase_frequency", january, february, 100.0, 0),
        ("purchase_frequency", february, number("2024-03-01"), 110.0, 0),
    ]
    assert [code for code, *_ in built.codes()] == ["bad_number", "repeated", "unknown_metric"]


@pytest.mark.parametrize(
    ("account", "rules", "expected"),
    [
        ("Marketing:5010 Events", {"acquisition": ("events",)}, "acquisition"),
        ("5000 Marketing:5010 Events", {"retention": ("Marketing",)}, "retention"),
        ("5000 Marketing:5010 Events", {"retention": ("Marketing",), "service": ("5010 Events",)}, "service"),
        (
            "5000 Marketing:5010 Events",
            {"retention": ("5000 Marketing:5010 Events",), "service": ("Events",)},
            "retention",
        ),
        ("5000-10 Ads", {"acquisition": ("Ads",)}, "acquisition"),
        ("5000", {"acquisition": ("",), "service": ("5000",)}, "service"),
        ("24 hours support", {"service": ("24 hours support",)}, "service"),
        ("Rent", {"service": ("Ren",)}, "other"),
    ],
)
def test_an_account_is_found_by_its_name_its_number_or_those_it_lies_in(account: str, rules, expected: str) -> None:
    assert category_of(SpendRules(**rules), [account, None], None)[0] == expected
