"""Amplitude's raw events, read without any configuration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from systems import amplitude_world, shopify_world
from systems.company import Event, make_company
from systems.expect import Expected, Rows, assert_world, order_totals, read_world, totals_of
from systems.files import write_json_lines, zip_files


def test_events_downloaded_twice_count_once_and_those_with_revenue_are_sales(tmp_path: Path) -> None:
    assert_world(tmp_path, amplitude_world.write(make_company(), tmp_path))


@pytest.mark.parametrize(("zone", "day"), [("UTC", 19728), ("America/New_York", 19727), ("Asia/Tokyo", 19728)])
def test_stamps_are_utc_whatever_the_zone_of_the_audit(tmp_path: Path, zone: str, day: int) -> None:
    event = {"uuid": "u1", "user_id": "C1", "event_type": "x", "event_time": "2024-01-06 01:30:00.000000"}
    write_json_lines(tmp_path / "e.json.gz", [event])
    expected = Expected({"e.json.gz": Rows(1, structure=0)}, {"events.rows": 1, "events.day": day})
    assert_world(tmp_path, expected, timezone=zone)


def test_the_zip_as_it_is_downloaded_gives_the_same_as_its_files(tmp_path: Path) -> None:
    expected = amplitude_world.write(make_company(months=4), tmp_path)
    zip_files(tmp_path / "export.zip", sorted(tmp_path.rglob("*.gz")))
    inside = {f"export.zip/{name.partition('/')[2]}": rows for name, rows in expected.files.items()}
    assert_world(tmp_path, Expected(inside, expected.totals))


def test_beside_the_shop_a_purchase_event_is_the_same_sale(tmp_path: Path) -> None:
    company = make_company()
    sold = [one for one in company.orders if one.counts and one.customer]
    events = tuple(Event(one.number, one.customer, "phone", "Purchase", one.placed, one.gross) for one in sold)
    shop = shopify_world.write(company, tmp_path / "shop")
    product = amplitude_world.write(replace(company, events=events), tmp_path / "product")
    facts = read_world(tmp_path, timezone=shopify_world.ZONE)
    got = totals_of(facts)
    assert {name: got[name] for name in order_totals(company.orders)} == {
        name: shop.totals[name] for name in order_totals(company.orders)
    }
    assert facts.evidence["orders.retold"] == len(sold)
    assert got["events.rows"] == product.totals["events.rows"] == len(sold)
    assert got["events.customers"] == len({one.customer for one in sold})
