"""One system before go-live and another after it, in one folder and without any configuration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from systems import (
    hubspot_world,
    intercom_world,
    salesforce_world,
    shopify_world,
    woocommerce_world,
    zendesk_world,
)
from systems.company import Company, Order, cents, make_company
from systems.expect import Expected, assert_world, order_totals, ticket_totals
from systems.together import assert_ledger, joined, run, warnings


@dataclass(frozen=True)
class Move:
    """A company, and the two halves of its time; nothing happened in the same record in both."""

    whole: Company
    before: Company
    after: Company


@pytest.fixture(scope="module")
def move() -> Move:
    company = make_company(customers=300)
    live = datetime.combine(company.go_live, time(), UTC)
    return Move(company, company.between(company.start, live), company.between(live, company.end))


def _left(*parts: Expected) -> dict[str, int]:
    """What either system leaves out, each for its own reasons."""
    names = {name for part in parts for name in part.totals if name.startswith("orders.left_out.")}
    return {name: sum(part.totals.get(name, 0) for part in parts) for name in names}


def _sold(orders: Iterable[Order], zone: str) -> dict[str, int]:
    """Orders, revenue and buyers of both times together, without what each system leaves out."""
    return {name: count for name, count in order_totals(orders, zone).items() if ".left_out." not in name}


def _no_failure(move: Move, folder: Path, expected: Expected, zone: str) -> dict[str, str]:
    report = run(move.whole, folder, timezone=zone, origins={"timezone": "given"})
    assert_ledger(report, expected.files)
    found = warnings(report)
    assert not [name for name, said in found.items() if said.startswith("fail")]
    return found


def test_from_one_shop_to_another(move: Move, tmp_path: Path) -> None:
    zone = woocommerce_world.ZONE
    parts = {
        "woocommerce": woocommerce_world.write(move.before, tmp_path / "woocommerce"),
        "shopify": shopify_world.write(move.after, tmp_path / "shopify"),
    }
    people = len(move.after.customers)
    totals = _sold(move.whole.orders, zone) | _left(*parts.values()) | {"customers.rows": people}
    expected = joined(parts, totals)
    facts = assert_world(tmp_path, expected, timezone=zone)
    # buyers of the old shop are known to the new one by their address
    buyers = set(facts.tables["orders"].collect()["customer"].drop_nulls())
    assert buyers <= set(facts.tables["customers"].collect()["customer"])
    assert set(_no_failure(move, tmp_path, expected, zone)) <= {
        "unknown_files", "duplicates", "spend_words", "tracking_start", "responses", "import_day", "lifecycle_stages",
    }  # fmt: skip


def test_from_one_crm_to_another(move: Move, tmp_path: Path) -> None:
    zone = hubspot_world.ZONE
    parts = {
        "salesforce": salesforce_world.write(move.before, tmp_path / "salesforce"),
        "hubspot": hubspot_world.write(move.after, tmp_path / "hubspot"),
    }
    path = (
        tmp_path / "salesforce" / "OpportunityHistory.csv"
    )  # on which day a stage was entered is a matter of the zone
    path.unlink()
    both = joined(parts, {})
    files = {name: rows for name, rows in both.files.items() if not name.endswith(path.name)}
    systems = {name: system for name, system in both.systems.items() if name in files}
    people = {one.number for half in (move.before, move.after) for one in hubspot_world.listed(half)}
    won = [one for one in move.whole.orders if one.counts]
    first, second = (sum(cents(one.gross) for one in half.orders if one.counts) for half in (move.before, move.after))
    tickets = ticket_totals(move.whole.tickets, zone, who=move.whole.person, timed=False)
    left = ticket_totals(move.before.tickets)
    totals = {
        "orders.rows": len(won),
        "orders.net": first + second,
        **_left(*parts.values()),
        "customers.rows": len(people),
        "tickets.rows": tickets["tickets.rows"],
        "tickets.day": tickets["tickets.day"],
        "tickets.left_out.merged": left["tickets.left_out.merged"],
        "tickets.left_out.deleted": left["tickets.left_out.deleted"],
        **{
            f"{fact}.rows": sum(part.totals.get(f"{fact}.rows", 0) for part in parts.values())
            for fact in ("sends", "responses", "spend", "campaigns")
        },
    }
    expected = Expected(files, totals, systems)
    assert_world(tmp_path, expected, timezone=zone)
    # costs of campaigns end with the old system, and one stage of its own is unknown to the product
    assert set(_no_failure(move, tmp_path, expected, zone)) <= {
        "stale_export",
        "order_states",
        "coverage",
        "duplicates",
    }


def test_from_one_helpdesk_to_another(move: Move, tmp_path: Path) -> None:
    """The old one writes its own clock without saying so, the new one names it in the header."""
    zone = zendesk_world.ZONE
    parts = {
        "zendesk": zendesk_world.write(move.before, tmp_path / "zendesk"),
        "intercom": intercom_world.write(move.after, tmp_path / "intercom"),
        "shop": shopify_world.write(move.whole, tmp_path / "shop"),
    }
    tickets = ticket_totals(move.whole.tickets, zone)
    for reason in ("merged", "deleted"):  # the new system's export does not hold them
        name = f"tickets.left_out.{reason}"
        tickets[name] = parts["zendesk"].totals.get(name, 0)
    answers = {
        "surveys.rows": sum(parts[name].totals["surveys.rows"] for name in ("zendesk", "intercom")),
        "surveys.kind.good_bad": parts["zendesk"].totals["surveys.rows"],
        "surveys.kind.csat": parts["intercom"].totals["surveys.rows"],
    }
    totals = dict(parts["shop"].totals) | tickets | answers
    totals["customers.acquired"] = parts["intercom"].totals["customers.acquired"]
    expected = joined(parts, totals)
    facts = assert_world(tmp_path, expected, timezone=zone)
    assert facts.evidence["tickets.timed"] == sum(one.seconds is not None for one in move.whole.tickets if one.counts)
    assert set(_no_failure(move, tmp_path, expected, zone)) <= {
        "unknown_files", "duplicates", "spend_words", "responses", "import_day", "lifecycle_stages",
    }  # fmt: skip
