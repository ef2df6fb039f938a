"""A company's spend on Meta Ads as the Ads Manager exports it: by day, over the whole life, by age and gender."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from systems.company import Company, Spend
from systems.expect import Expected, Rows, spend_totals
from systems.files import money, write_csv

_REST = ["Campaign delivery", "Ad set budget", "Attribution setting", "Results", "Result indicator", "Reach"]
DAILY = ["Reporting starts", "Reporting ends", "Campaign name", "Ad set name", "Ad name", "Day", *_REST,
         "Amount spent (USD)", "Ends", "Purchases"]  # fmt: skip
LIFE = [name for name in DAILY if name != "Day"]
BREAKDOWN = ["Day", "Age", "Gender", "Campaign name", "Amount spent (USD)", "Reporting starts", "Reporting ends"]
FRENCH = ["Jour", "Nom de la campagne", "Montant dépensé (USD)"]
Cells = list[object]


def spend_of(company: Company) -> list[Spend]:
    return [one for one in company.spend if one.platform == "Meta Ads"]


def write(company: Company, folder: Path) -> Expected:
    """Write the three exports of one account; they tell of the same money, which the daily one carries.

    Every row of the daily export is an ad on a day, with the days of no spend; a row without a name sums them up.
    """
    spend = spend_of(company)
    days = [row for one in spend for row in _ads(one)]
    first, last = min(one.day for one in spend), max(one.day for one in spend)
    whole = sum((one.amount for one in spend), Decimal(0))
    write_csv(folder / "ads-daily.csv", DAILY, [_cells(DAILY, first, last, "", whole), *days], quote="texts")
    life = _lifetime(spend, first, last)
    write_csv(folder / "ads-lifetime.csv", LIFE, life)
    ages = [_age(one, age, share) for one in spend for age, share in (("18-24", one.amount / 4), ("25-34", None))]
    write_csv(folder / "by-age.csv", BREAKDOWN, ages, bom=True)
    counted = [ad for one in spend for ad in (one, Spend(one.day, one.platform, one.account, Decimal(0)))]
    return Expected(
        {
            "ads-daily.csv": Rows(len(days), structure=2),
            "ads-lifetime.csv": Rows(0, duplicate=len(life)),
            "by-age.csv": Rows(0, duplicate=len(ages)),
        },
        spend_totals(counted),
        {"ads-daily.csv": "meta_ads.daily", "ads-lifetime.csv": "meta_ads.period", "by-age.csv": "meta_ads.daily"},
    )


def _cells(header: list[str], first: date, last: date, campaign: str, amount: Decimal, ad: str = "") -> Cells:
    cells = dict.fromkeys(header, "-") | {
        "Reporting starts": first.isoformat(),
        "Reporting ends": last.isoformat(),
        "Campaign name": campaign,
        "Ad set name": ad and "Everyone",
        "Ad name": ad,
        "Day": first.isoformat() if first == last else "",
        "Ad set budget": "Using campaign budget",
        "Results": 3,
        "Result indicator": "actions:post_engagement",
        "Amount spent (USD)": amount,
        "Ends": "Ongoing",
    }
    return [cells[name] for name in header]


def _ads(one: Spend) -> list[Cells]:
    return [
        _cells(DAILY, one.day, one.day, one.account, amount, ad)
        for ad, amount in (("Ad 1", one.amount), ("Ad 2", Decimal("0")))
    ]


def _lifetime(spend: list[Spend], first: date, last: date) -> list[Cells]:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in spend:
        sums[one.account] += one.amount
    return [_cells(LIFE, first, last, account, amount, "Ad 1") for account, amount in sums.items()]


def _age(one: Spend, age: str, share: Decimal | None) -> Cells:
    """A quarter to the young, what is left of whole cents to the others."""
    young = (one.amount / 4).quantize(Decimal("0.01"))
    amount = one.amount - young if share is None else young
    day = one.day.isoformat()
    return [day, age, "female", one.account, amount, day, day]


def write_french(company: Company, folder: Path) -> Expected:
    """Write the daily export of a French account: semicolons, DD/MM/YYYY, decimal comma, no-break spaces."""
    spend = [Spend(one.day, one.platform, one.account, one.amount * 30) for one in spend_of(company)]
    rows = [
        [one.day.strftime("%d/%m/%Y"), one.account, money(one.amount, thousands="\u202f", point=",")] for one in spend
    ]
    write_csv(folder / "rapport.csv", FRENCH, rows, delimiter=";", bom=True)
    return Expected({"rapport.csv": Rows(len(rows))}, spend_totals(spend), {"rapport.csv": "meta_ads.daily"})


def write_months(company: Company, folder: Path) -> Expected:
    """Write one export a month, each row of which covers Reporting starts to Reporting ends."""
    spend = spend_of(company)
    files, rows_of = {}, defaultdict(list)
    for one in spend:
        rows_of[one.day.replace(day=1)].append(one)
    starts = untils = count = 0
    for first, month in rows_of.items():
        last = max(one.day for one in month)
        rows = _lifetime(month, first, last)
        write_csv(folder / f"{first:%Y-%m}.csv", LIFE, rows)
        files[f"{first:%Y-%m}.csv"] = Rows(len(rows))
        starts += len(rows) * (first - date(1970, 1, 1)).days
        untils += len(rows) * (last + timedelta(days=1) - date(1970, 1, 1)).days
        count += len(rows)
    totals = spend_totals(spend) | {"spend.rows": count, "spend.day": starts, "spend.until": untils}
    return Expected(files, totals)
