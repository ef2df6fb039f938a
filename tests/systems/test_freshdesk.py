"""Freshdesk's ticket export, read without any configuration."""

from __future__ import annotations

from pathlib import Path

from systems import freshdesk_world
from systems.company import make_company
from systems.expect import Expected, Rows, assert_world
from systems.files import write_csv


def test_tickets_of_overlapping_exports_are_counted_once(tmp_path: Path) -> None:
    expected = freshdesk_world.write(make_company(), tmp_path)
    assert expected.files["tickets-2.csv"].duplicate > 0
    assert_world(tmp_path, expected, timezone=freshdesk_world.ZONE)


def test_time_that_a_spreadsheet_turned_into_a_fraction_is_refused_and_not_taken_for_seconds(tmp_path: Path) -> None:
    rows = [(1, "2024-01-05 10:00:00", "Closed", "00:30"), (2, "2024-01-06 10:00:00", "Closed", "0.0208333333")]
    write_csv(tmp_path / "t.csv", ("Ticket ID", "Created time", "Status", "Time tracked"), rows)
    totals = {"tickets.rows": 1, "tickets.seconds": 1800}
    assert_world(tmp_path, Expected({"t.csv": Rows(1, rejected=1)}, totals))
