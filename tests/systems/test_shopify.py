"""Shopify's exports, read without any configuration."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.intake.read import read_exports
from systems import shopify_world
from systems.company import make_company
from systems.expect import Expected, Rows, assert_world, order_totals
from systems.files import write_csv


def test_every_order_counts_once_over_parts_and_a_later_export(tmp_path: Path) -> None:
    company = make_company(months=12)
    expected = shopify_world.write(company, tmp_path)
    assert sum(rows.duplicate for rows in expected.files.values()) > 20
    assert expected.files["orders_export_1.csv"].duplicate > 0  # orders refunded since
    facts = assert_world(tmp_path, expected, timezone=shopify_world.ZONE)
    assert facts.evidence["orders.split_over_files"] == _split(tmp_path)
    assert facts.evidence["orders.revised"] > 0
    assert facts.currency == "USD"


def _split(folder: Path) -> int:
    """Orders whose lines stand in two part files, by their names at the edges."""
    edges = []
    for path in sorted(folder.glob("orders_export_[0-9]*.csv")):
        names = [line.split(",")[0] for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
        edges.append((names[0], names[-1]))
    return sum(before[1] == after[0] for before, after in pairwise(edges))


@pytest.mark.parametrize("status", ["paid", ""])
def test_checkouts_are_told_from_orders_by_their_status_alone(tmp_path: Path, status: str) -> None:
    company = make_company(customers=10, months=3)
    rows = shopify_world.order_rows(company, company.orders[0])
    for row in rows:
        row[shopify_world.HEADER.index("Financial Status")] = status
    write_csv(tmp_path / "o.csv", shopify_world.HEADER, rows)
    shopify_world.write(company, tmp_path / "shop")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    exports = read_exports(
        AuditPlan(sources=(Source(path=tmp_path / "o.csv"), Source(path=tmp_path / "shop")), root=tmp_path), scratch
    )
    unknown = dict(exports.unknown)
    assert ("o.csv" in unknown) is (status == "")
    assert "Financial Status is blank in every row" in unknown["shop/checkouts_export.csv"]


def test_an_app_that_repeats_the_total_on_every_line(tmp_path: Path) -> None:
    company = make_company(customers=40, months=6)
    rows = []
    for order in company.orders:
        first, *others = shopify_world.order_rows(company, order)
        rows += [first, *([one or whole for one, whole in zip(other, first, strict=True)] for other in others)]
    write_csv(tmp_path / "orders.csv", shopify_world.HEADER, rows)
    expected = Expected({"orders.csv": Rows(len(rows))}, order_totals(company.orders, shopify_world.ZONE))
    assert_world(tmp_path, expected, timezone=shopify_world.ZONE)
