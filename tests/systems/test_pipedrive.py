"""Pipedrive's exports, read without any configuration."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from systems import pipedrive_world
from systems.company import make_company
from systems.expect import Expected, Rows, assert_world
from systems.files import write_csv

_HEADER = ("Deal - ID", "Deal - Value", "Deal - Currency", "Deal - Status", "Deal - Stage", "Deal - Won time")


def test_deals_people_and_organizations(tmp_path: Path) -> None:
    expected = pipedrive_world.write(make_company(), tmp_path)
    assert_world(tmp_path, expected, timezone=pipedrive_world.ZONE)


def test_deals_in_czech(tmp_path: Path) -> None:
    expected = pipedrive_world.write_czech(make_company(), tmp_path)
    assert_world(tmp_path, expected, timezone=pipedrive_world.ZONE)


def test_the_status_decides_and_never_the_stage(tmp_path: Path) -> None:
    rows = [
        (1, 10, "USD", "Won", "Lost cause", "2024-02-29 10:00:00"),
        (2, 10, "USD", "Lost", "Closed Won", ""),
        (3, 10, "USD", "Rotten", "Closed Won", "2024-02-29 10:00:00"),
    ]
    write_csv(tmp_path / "deals.csv", _HEADER, rows)
    facts = assert_world(tmp_path, Expected({"deals.csv": Rows(3)}, {"orders.rows": 1, "orders.net": 1_000} | _LEFT))
    assert any("orders in a state that is not known: Rotten 1" in note for note in facts.files[0].notes)


_LEFT = {"orders.left_out.unknown_state": 1}


def test_each_deal_has_its_own_currency(tmp_path: Path) -> None:
    rows = [(1, 100, "CZK", "won", "", "2024-02-29 10:00:00"), (2, 10, "USD", "won", "", "2024-02-29 10:00:00")]
    write_csv(tmp_path / "deals.csv", _HEADER, rows)
    expected = Expected({"deals.csv": Rows(2)}, {"orders.rows": 2, "orders.net": 1_450})
    assert_world(tmp_path, expected, rates={"CZK": Decimal("0.045")})
