"""A folder with everything that a company has: shop, mail, helpdesk, ads and books, read without any configuration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clm_audit.config.plan import SpendRules
from systems import google_ads_world, klaviyo_world, meta_ads_world, quickbooks_world, shopify_world, zendesk_world
from systems.company import Company, make_company
from systems.expect import (
    Expected,
    Rows,
    assert_world,
    customer_totals,
    order_totals,
    ticket_totals,
)
from systems.together import assert_ledger, joined, run, warnings

ZONE = shopify_world.ZONE
RULES = SpendRules(**quickbooks_world.RULES)
ADS = ("Google Ads", "Meta Ads")


@pytest.fixture(scope="module")
def company() -> Company:
    return make_company(customers=300)


def _books(company: Company, *, ads: bool) -> Company:
    """What the books tell of: all spend, or what the ad platforms do not tell; some bill is dated after the twelfth."""
    kept = [one for one in company.spend if ads or one.platform not in ADS]
    return replace(company, spend=tuple(replace(one, day=one.day.replace(day=15)) for one in kept))


def _write(company: Company, folder: Path) -> Expected:
    parts = {
        "shop": shopify_world.write(company, folder / "shop"),
        "mail": klaviyo_world.write(company, folder / "mail"),
        "helpdesk": zendesk_world.write(company, folder / "helpdesk"),
        "google": google_ads_world.write(company, folder / "google"),
        "meta": meta_ads_world.write(company, folder / "meta"),
        "books": quickbooks_world.write(_books(company, ads=False), folder / "books"),
    }
    totals = {name: count for part in parts.values() for name, count in part.totals.items()}
    for name in {name for part in ("google", "meta", "books") for name in parts[part].totals}:
        totals[name] = sum(parts[part].totals.get(name, 0) for part in ("google", "meta", "books"))
    # the shop knows the orders, and everybody is one customer with one address, whoever names it
    totals |= order_totals(company.orders, ZONE) | customer_totals(company, dated=False)
    both = joined(parts, totals)
    retold = both.files["mail/placed_order.csv"].accepted
    assert retold > 1_000
    return replace(both, files={**both.files, "mail/placed_order.csv": Rows(0, duplicate=retold)})


def test_every_record_and_every_cent_of_six_systems(company: Company, tmp_path: Path) -> None:
    facts = assert_world(tmp_path, _write(company, tmp_path), timezone=ZONE, spend=RULES)
    assert facts.systems == ("google_ads", "klaviyo", "meta_ads", "quickbooks", "shopify", "zendesk")
    assert facts.evidence["orders.retold"] == len(klaviyo_world.placed(company))
    assert facts.evidence["customers.email_case"] == sum(one.email != one.written for one in company.customers)
    # customers of shop, mail and helpdesk are the same people
    by = {"customers": "customer", "orders": "customer", "tickets": "customer", "sends": "recipient"}
    of = {name: set(facts.tables[name].collect()[who].drop_nulls()) for name, who in by.items()}
    assert len(of["customers"]) == len(company.customers)
    assert of["orders"] | of["tickets"] | of["sends"] <= of["customers"]
    assert len(of["tickets"]) >= ticket_totals(company.tickets)["tickets.customers"]


def test_no_data_check_cries_wolf(company: Company, tmp_path: Path) -> None:
    expected = _write(company, tmp_path)
    report = run(company, tmp_path, timezone=ZONE, origins={"timezone": "given"}, spend=RULES)
    assert_ledger(report, expected.files)
    found = warnings(report)
    assert not [name for name, said in found.items() if said.startswith("fail")]
    # what is told twice is said, and so is the file of checkouts; nothing says when customers were acquired
    assert set(found) == {"unknown_files", "duplicates", "spend_twice", "import_day", "lifecycle_stages"}


def test_spend_that_ads_and_books_both_tell_of_is_said(company: Company, tmp_path: Path) -> None:
    google_ads_world.write(company, tmp_path / "google")
    quickbooks_world.write(_books(company, ads=True), tmp_path / "books")
    shopify_world.write(company, tmp_path / "shop")
    report = run(company, tmp_path, timezone=ZONE, spend=RULES)
    twice = next(one for one in report.checks if one.id == "spend_twice")
    assert twice.status == "warn"
    assert "google/" in twice.message
    assert "books/" in twice.message
