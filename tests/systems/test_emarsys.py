"""Emarsys files, read without any configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from systems import emarsys_world, shopify_world
from systems.company import make_company
from systems.expect import Expected, Rows, assert_world
from systems.files import write_csv


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_line_totals_make_orders_and_returns_are_taken_off(tmp_path: Path, delimiter: str) -> None:
    assert_world(tmp_path, emarsys_world.write(make_company(months=9), tmp_path, delimiter=delimiter))


def test_external_ids_are_kept_apart_from_internal_ones(tmp_path: Path) -> None:
    company = make_company()
    facts = assert_world(tmp_path, emarsys_world.write(company, tmp_path, by_email=False))
    assert facts.evidence["orders.unknown_customer"] == len(emarsys_world.sold(company))


def test_responses_without_a_time_are_understood_and_not_counted(tmp_path: Path) -> None:
    company = make_company(customers=10, months=3)
    row = [9001, "", "", "customer0001@example.com", "VisualCMS_2015_04_09", "", "", "open"]
    write_csv(tmp_path / "responses.csv", emarsys_world.RESPONSES, [row], delimiter=";")
    shop = shopify_world.write(company, tmp_path / "shop")
    files = {f"shop/{name}": rows for name, rows in shop.files.items()} | {"responses.csv": Rows(1)}
    expected = Expected(files, shop.totals, {}, unknown=("shop/checkouts_export.csv",))
    facts = assert_world(tmp_path, expected, timezone=shopify_world.ZONE)
    [file] = [one for one in facts.files if one.path == "responses.csv"]
    assert file.object == "undated_responses"
    assert "rows understood and not used: 1" in file.notes
