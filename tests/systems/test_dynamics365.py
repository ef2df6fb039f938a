"""Exports of Dynamics 365, read without any configuration."""

from __future__ import annotations

from pathlib import Path

from systems import dynamics365_world
from systems.company import make_company
from systems.expect import assert_world


def test_static_worksheets(tmp_path: Path) -> None:
    expected = dynamics365_world.write(make_company(), tmp_path)
    facts = assert_world(tmp_path, expected, timezone=dynamics365_world.ZONE)
    assert not isinstance(facts.currency, str)  # (Base) is in a currency that the export does not name
    assert facts.evidence["orders.unknown_customer"] == 0


def test_dataverse_tables(tmp_path: Path) -> None:
    """GUIDs join in every spelling."""
    expected = dynamics365_world.write_api(make_company(), tmp_path)
    facts = assert_world(tmp_path, expected, timezone=dynamics365_world.ZONE)
    assert facts.evidence["orders.unknown_customer"] == 0
