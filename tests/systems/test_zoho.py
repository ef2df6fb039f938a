"""Zoho CRM's exports, read without any configuration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from systems import zoho_world
from systems.company import make_company
from systems.expect import Expected, Rows, assert_world
from systems.files import zip_files


def test_data_backup(tmp_path: Path) -> None:
    expected = zoho_world.write(make_company(), tmp_path)
    assert_world(tmp_path, expected, timezone=zoho_world.ZONE)


def test_data_backup_in_a_zip(tmp_path: Path) -> None:
    expected = zoho_world.write(make_company(), tmp_path)
    zip_files(tmp_path / "Data_001.zip", [tmp_path / name for name in expected.files])
    files = {f"Data_001.zip/{name}": rows for name, rows in expected.files.items()}
    assert_world(tmp_path, replace(expected, files=files, systems={}), timezone=zoho_world.ZONE)


def test_bulk_read(tmp_path: Path) -> None:
    expected = zoho_world.write_bulk(make_company(), tmp_path)
    assert_world(tmp_path, expected, timezone=zoho_world.ZONE)


def test_ids_with_and_without_their_prefix_are_the_same(tmp_path: Path) -> None:
    """The Bulk Read file repeats the deals of the module export: each counts once."""
    company = make_company()
    paid = replace(company, orders=tuple(one for one in company.orders if one.counts))
    bulk = zoho_world.write_bulk(paid, tmp_path)
    whole = zoho_world.write(paid, tmp_path)
    (name, rows), *_ = bulk.files.items()
    files = whole.files | {name: rows, "Deals_001.csv": Rows(0, duplicate=rows.accepted)}
    assert_world(tmp_path, Expected(files, whole.totals), timezone=zoho_world.ZONE)
