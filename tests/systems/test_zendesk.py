"""Zendesk's ticket export, read without any configuration."""

from __future__ import annotations

from pathlib import Path

from systems import zendesk_world
from systems.company import make_company
from systems.expect import assert_world


def test_every_ticket_is_counted_once_with_the_time_agents_spent(tmp_path: Path) -> None:
    expected = zendesk_world.write(make_company(), tmp_path)
    assert_world(tmp_path, expected, timezone=zendesk_world.ZONE)
