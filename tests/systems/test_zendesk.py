"""Zendesk's ticket export, read without any configuration."""

from __future__ import annotations

from pathlib import Path

from systems import zendesk_world
from systems.company import make_company
from systems.expect import Expected, Rows, assert_world
from systems.files import write_json_lines


def test_every_ticket_is_counted_once_with_the_time_agents_spent(tmp_path: Path) -> None:
    expected = zendesk_world.write(make_company(), tmp_path)
    assert_world(tmp_path, expected, timezone=zendesk_world.ZONE)


def test_the_json_export_has_a_ticket_a_line(tmp_path: Path) -> None:
    states = [("solved", ["late"]), ("closed", ["late", "closed_by_merge"]), ("deleted", [])]
    tickets = [
        {"id": number, "created_at": "2024-01-06T01:30:00Z", "requester_id": 7, "status": status, "tags": tags}
        for number, (status, tags) in enumerate(states)
    ]
    write_json_lines(tmp_path / "tickets.json", tickets)
    totals = {"tickets.rows": 1, "tickets.customers": 1, "tickets.day": 19727}
    totals |= {"tickets.left_out.merged": 1, "tickets.left_out.deleted": 1}
    expected = Expected({"tickets.json": Rows(3, structure=0)}, totals, {"tickets.json": "zendesk.tickets_json"})
    assert_world(tmp_path, expected, timezone="America/New_York")
