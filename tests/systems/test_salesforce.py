"""Salesforce: the Data Export, reports and API layouts, read without any configuration."""

from __future__ import annotations

from pathlib import Path

from systems import salesforce_layouts, salesforce_world
from systems.company import make_company
from systems.expect import assert_world


def test_data_export(tmp_path: Path) -> None:
    expected = salesforce_world.write(make_company(), tmp_path)
    assert_world(tmp_path, expected, timezone=salesforce_world.ZONE)


def test_report(tmp_path: Path) -> None:
    expected = salesforce_layouts.write_reports(make_company(), tmp_path)
    assert_world(tmp_path, expected, timezone=salesforce_world.ZONE)


def test_api(tmp_path: Path) -> None:
    expected = salesforce_layouts.write_api(make_company(), tmp_path)
    assert_world(tmp_path, expected, timezone=salesforce_world.ZONE)
