"""The sample company: the committed files are what the generator writes, look like real exports, and hold
what its README says."""

from __future__ import annotations

import csv
import importlib
import os
import re
import statistics
import subprocess
import sys
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "sample_data"
GO_LIVE = date(2024, 7, 1)
EXPORTS = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*.csv"))


def module(name: str) -> ModuleType:
    """A module of the generator, found as the command line finds it: beside its neighbours."""
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    return importlib.import_module(name)


@cache
def fresh() -> dict[str, str]:
    return dict(module("generate").exports())


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def week(day: date) -> int:
    return (day - GO_LIVE).days // 7


def shopify(side: str) -> list[dict[str, str]]:
    return rows(f"{side}/orders_export.csv")


def test_the_committed_files_are_a_fresh_generation() -> None:
    assert sorted(fresh()) == EXPORTS
    for name, text in fresh().items():
        assert (FOLDER / name).read_bytes() == text.encode("utf-8"), f"{name}: run python sample_data/generate.py"


def test_the_command_writes_the_same_bytes_in_another_process_and_zone(tmp_path: Path) -> None:
    command = [sys.executable, str(FOLDER / "generate.py"), str(tmp_path)]
    subprocess.run(command, check=True, env={**os.environ, "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"})
    written = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("*/*.csv"))
    assert written == EXPORTS
    assert all((tmp_path / name).read_bytes() == (FOLDER / name).read_bytes() for name in EXPORTS)


def test_it_stays_small_and_names_nobody() -> None:
    assert sum((FOLDER / name).stat().st_size for name in EXPORTS) < 6_000_000
    for name in EXPORTS:
        addresses = re.findall(r"[\w.+-]+@[\w.-]+", (FOLDER / name).read_text("utf-8"))
        assert {address.casefold().partition("@")[2] for address in addresses} <= {
            "example.com",
            "example.org",
            "trade.example.org",
        }


@pytest.mark.parametrize(
    ("side", "first", "last"), [("before", "2022-07-04", "2024-06-30"), ("after", "2024-07-01", "2025-06-29")]
)
def test_orders_have_the_quirks_of_the_system(side: str, first: str, last: str) -> None:
    lines = shopify(side)
    heads = [line for line in lines if line["Financial Status"]]
    tails = [line for line in lines if not line["Financial Status"]]
    assert len({line["Name"] for line in lines}) == len(heads)
    assert tails
    assert all(line["Total"] == line["Currency"] == line["Id"] == "" and line["Created at"] for line in tails)
    assert (min(line["Created at"][:10] for line in lines), max(line["Created at"][:10] for line in lines)) == (
        first,
        last,
    )
    assert [line["Created at"] for line in heads[:50]] == sorted(
        (line["Created at"] for line in heads[:50]), reverse=True
    )
    assert {line["Created at"][-5:] for line in heads} == {"-0400", "-0500"}
    assert {line["Financial Status"] for line in heads} == {
        "paid",
        "refunded",
        "partially_refunded",
        "voided",
        "pending",
    }
    assert any(line["Cancelled at"] for line in heads)
    assert any("\n" in line["Notes"] and '"' in line["Notes"] for line in heads)
    assert any(line["Email"] == "" and line["Source"] == "pos" for line in heads)
    assert len({line["Email"] for line in heads}) > len({line["Email"].casefold() for line in heads})


@pytest.mark.parametrize("side", ["before", "after"])
def test_each_order_adds_up(side: str) -> None:
    items: Counter[str] = Counter()
    for line in shopify(side):
        items[line["Name"]] += int(Decimal(line["Lineitem price"]) * int(line["Lineitem quantity"]) * 100)
    for line in shopify(side):
        if line["Financial Status"]:
            assert Decimal(items[line["Name"]]) / 100 == Decimal(line["Subtotal"]) + Decimal(line["Discount Amount"])
            assert Decimal(line["Total"]) == sum(Decimal(line[part]) for part in ("Subtotal", "Shipping", "Taxes"))
            assert Decimal(line["Refunded Amount"]) <= Decimal(line["Total"])


def test_there_is_enough_of_everything_for_short_periods() -> None:
    orders = Counter(
        week(datetime.fromisoformat(line["Created at"]).date())
        for side in ("before", "after")
        for line in shopify(side)
        if line["Financial Status"] not in ("", "voided", "pending") and not line["Cancelled at"]
    )
    tickets = Counter(week(date.fromisoformat(t["Created at"][:10])) for t in rows("before/zendesk-tickets.csv"))
    contacts = rows("after/hubspot-crm-exports-all-contacts-2025-06-30.csv")
    acquired = Counter(
        week(date.fromisoformat(one["Became a Customer Date"][:10])) // 4
        for one in contacts
        if one["Became a Customer Date"] >= "2022-07-04"
    )
    assert sorted(orders) == list(range(-104, 52))
    assert sorted(acquired) == list(range(-26, 13))
    assert statistics.median(orders.values()) > 60
    assert statistics.median(tickets.values()) > 50
    assert statistics.median(acquired.values()) > 45


def test_the_ad_report_repeats_its_spend_in_three_totals() -> None:
    text = (FOLDER / "after/google-ads-campaign-report.csv").read_text("utf-8").splitlines()
    assert text[0] == "Campaign report"
    assert text[1] == '"July 1, 2024 - June 29, 2025"'
    lines = list(csv.DictReader(text[2:]))
    totals = [line for line in lines if line["Campaign status"].startswith("Total: ")]
    spent = sum(Decimal(line["Cost"]) for line in lines if line not in totals)
    assert [Decimal(line["Cost"]) for line in totals] == [spent] * 3


def test_the_import_day_is_a_trap_and_the_customer_date_is_not() -> None:
    contacts = rows("after/hubspot-crm-exports-all-contacts-2025-06-30.csv")
    created = Counter(one["Create Date"][:10] for one in contacts)
    assert created.most_common(1)[0][1] > 0.7 * len(contacts)
    assert sum(not one["Became a Customer Date"] for one in contacts) == 240
    raw = (FOLDER / "after/hubspot-crm-exports-all-contacts-2025-06-30.csv").read_text("utf-8").splitlines()
    assert all(line.startswith('"') and line.endswith('"') for line in raw)


def test_the_second_ticket_export_overlaps_the_first() -> None:
    first = {ticket["Id"]: ticket for ticket in rows("before/zendesk-tickets.csv")}
    again = [ticket for ticket in rows("after/zendesk-tickets.csv") if ticket["Id"] in first]
    assert len(again) > 30
    assert all(first[ticket["Id"]] == ticket and ticket["Created at"] < "2024-07-01" for ticket in again)


def test_without_effects_nothing_but_prices_and_the_market_moves() -> None:
    company, truth = module("company"), module("truth")
    changed = company.simulate(5, company.Effects(), company.Market())
    same = company.simulate(5, company.NOTHING, company.Market(prices=0.0, cost_of_media=0.0, opens=0.0, loyalty=0.0))
    old = truth.metrics(same, *truth.WINDOWS["before"])
    new = truth.metrics(same, *truth.WINDOWS["after"])
    assert all(abs(new[name] / old[name] - 1) < 0.10 for name in new)
    start = company.GO_LIVE
    until = [order.when for order in same.orders if order.when < start]
    assert [order.when for order in changed.orders if order.when < start] == until


def test_the_readme_tells_the_planted_truth() -> None:
    readme = (FOLDER / "README.md").read_text("utf-8")
    cells = re.findall(r"\| `(\w+)` \| ([+-][\d.]+)% \| ([+-][\d.]+)% \|", readme)
    told = {name: (float(plain) / 100, float(true) / 100) for name, plain, true in cells}
    assert len(told) == 6
    for name, (_, true) in module("truth").truth(3).items():
        assert true == pytest.approx(told[name][1], abs=0.025), name
