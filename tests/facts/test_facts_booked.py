"""Spend that an ad platform and the books both tell of is counted once, as the platform has it."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from clm_audit.config.plan import Source, SpendRules

EPOCH = date(1970, 1, 1)
RULES = SpendRules(acquisition=("Google Ads", "Meta Ads", "Advertising"))
BOOKS = {"fact": "spend", "date": "Day", "amount": "Sum", "account": "Account"}
GOOGLE = "Campaign report\n2024\nDay,Campaign,Currency code,Cost\n"


def sources(*names: str) -> list[Source]:
    return [Source(path=name, map=BOOKS if name.startswith("books") else None) for name in names]


def google(days: list[tuple[str, str]]) -> str:
    return GOOGLE + "".join(f"{day},Brand,USD,{cost}\n" for day, cost in days)


def books(rows: list[tuple[str, str, str]]) -> str:
    return "Day,Account,Sum\n" + "".join(f"{day},{account},{amount}\n" for day, account, amount in rows)


def cents(built) -> int:
    return built.tables["spend"]["cents"].sum()


def test_an_account_that_names_the_platform_is_its_money_in_the_months_it_covers(build) -> None:
    ads = google([("2024-01-05", "100.00"), ("2024-01-20", "50.00"), ("2024-02-03", "70.00")])
    said = [
        ("2024-01-31", "6010 Google Ads", "150.00"),
        ("2024-02-29", "AdWords", "90.00"),
        ("2024-03-31", "Google Ads", "40.00"),
        ("2024-01-15", "Fairs", "500.00"),
        ("2024-01-16", "Facebook", "30.00"),
    ]
    files = {"ads.csv": ads, "books.csv": books(said)}
    built = build(files, sources=sources("ads.csv", "books.csv"), spend=RULES)
    assert cents(built) == 10000 + 5000 + 7000 + 4000 + 50000 + 3000
    assert built.codes() == [("retold", "Sum", "duplicate")] * 2
    assert built.file("books.csv").rows.duplicate == 2
    counts = {name: count for name, count in built.facts.evidence.items() if name.startswith("spend.retold")}
    assert counts == {
        "spend.retold": 2,
        "spend.retold_by_sums": 0,
        "spend.retold_cents": 24000,
        "spend.retold_months": 2,
        "spend.retold_months_off": 1,
        "spend.retold_platform_cents": 22000,
    }
    assert "rows of the books that an ad platform also reports, counted there: 2" in built.file("books.csv").notes


def test_a_platform_that_ends_with_a_month_says_nothing_of_the_next(build) -> None:
    files = {"ads.csv": google([("2024-01-31", "100.00")]), "books.csv": books([("2024-02-29", "Google Ads", "40.00")])}
    built = build(files, sources=sources("ads.csv", "books.csv"), spend=RULES)
    assert cents(built) == 10000 + 4000
    assert built.facts.evidence["spend.retold"] == 0


def test_the_books_alone_and_the_platform_alone_count_in_full(build) -> None:
    said = books([("2024-01-31", "Google Ads", "150.00")])
    alone = build({"books.csv": said}, sources=sources("books.csv"), spend=RULES)
    assert cents(alone) == 15000
    ads = build({"ads.csv": google([("2024-01-05", "100.00")])}, spend=RULES)
    assert cents(ads) == 10000
    assert "spend.retold" not in alone.facts.evidence


@pytest.mark.parametrize(
    ("months", "share", "same"), [(3, 1.0, True), (2, 1.0, False), (3, 1.019, True), (3, 1.025, False)]
)
def test_sums_agree_within_two_per_cent_in_three_months_or_not(build, months: int, share: float, same: bool) -> None:
    cost = {month: 100 + 37 * month for month in range(1, months + 1)}
    ads = google([(f"2024-{month:02}-15", f"{cents}.00") for month, cents in cost.items()])
    said = [(f"2024-{month:02}-28", "Advertising", f"{cents * share:.2f}") for month, cents in cost.items()]
    built = build({"ads.csv": ads, "books.csv": books(said)}, sources=sources("ads.csv", "books.csv"), spend=RULES)
    assert built.facts.evidence["spend.retold_by_sums"] == (months if same else 0)


def test_a_general_account_whose_sums_agree_is_the_same_money(build) -> None:
    dice = random.Random(5)
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(180)]
    costs = {day: dice.randrange(1000, 9000) for day in days}
    ads = google([(day.isoformat(), f"{cost / 100:.2f}") for day, cost in costs.items()])
    months = [(date(2024, m, 28), sum(c for d, c in costs.items() if d.month == m)) for m in range(1, 7)]
    same = [(day.isoformat(), "Advertising", f"{total / 100:.2f}") for day, total in months]
    other = [(day.isoformat(), "Advertising", f"{total / 60:.2f}") for day, total in months]
    fairs = [("2024-03-09", "Fairs", "250.00")]
    chosen = sources("ads.csv", "books.csv")
    once = build({"ads.csv": ads, "books.csv": books(same + fairs)}, sources=chosen, spend=RULES)
    assert cents(once) == sum(costs.values()) + 25000
    assert once.facts.evidence["spend.retold_by_sums"] == 6
    both = build({"ads.csv": ads, "books.csv": books(other)}, sources=chosen, spend=RULES)
    assert cents(both) == sum(costs.values()) + sum(round(total / 0.6) for _, total in months)
    assert both.facts.evidence["spend.beside_ads"] == 6
    assert both.facts.evidence["spend.retold"] == 0


def test_a_span_over_several_months_is_shared_out_by_its_days(build) -> None:
    """31 of 91 days are January: 310 of 910, which is what the books say of it."""
    meta = "Reporting starts,Reporting ends,Campaign name,Amount spent (USD)\n"
    meta += "2024-01-01,2024-03-31,Brand,910.00\n"
    said = [("2024-01-31", "Meta Ads", "310.00"), ("2024-02-29", "Meta Ads", "290.00")]
    files = {"meta.csv": meta, "books.csv": books(said)}
    built = build(files, sources=sources("meta.csv", "books.csv"), spend=RULES, go_live=date(2024, 7, 1))
    assert cents(built) == 91000
    assert built.facts.evidence["spend.retold_platform_cents"] == 60000
    assert built.facts.evidence["spend.retold_months_off"] == 0
