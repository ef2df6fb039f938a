"""WooCommerce's exports, read without any configuration."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from systems import woocommerce_world
from systems.company import cents, make_company
from systems.expect import Expected, Rows, assert_world
from systems.files import write_csv


@pytest.mark.parametrize("slugs", [True, False])
def test_totals_that_every_line_repeats_count_once(tmp_path: Path, slugs: bool) -> None:
    expected = woocommerce_world.write(make_company(), tmp_path, slugs=slugs)
    assert_world(tmp_path, expected, timezone=woocommerce_world.ZONE)


def test_a_refund_in_the_report_is_a_negative_row_on_its_own_day(tmp_path: Path) -> None:
    company = make_company()
    expected = woocommerce_world.write_analytics(company, tmp_path)
    facts = assert_world(tmp_path, expected, timezone=woocommerce_world.ZONE)
    credit = facts.tables["orders"].filter(pl.col("left_out") == "credit_note").collect()
    refunds = [refund for order in company.orders for refund in order.refunds if order.counts]
    assert credit["gross"].sum() == -sum(cents(refund.amount) for refund in refunds)


def test_refunds_in_other_files_than_their_orders(tmp_path: Path) -> None:
    """January's report, February's with a refund of January's order, and one over both: each row counts once."""
    header = ["Date", "Order #", "Status", "Customer", "Net Sales"]
    sale = ("2024-01-05 10:00:00", 1, "Completed", "A", "100.00")
    back = ("2024-02-03 10:00:00", 1, "Completed", "A", "-30.00")
    more = ("2024-02-04 10:00:00", 1, "Completed", "A", "-5.00")
    for name, rows in (("a.csv", [sale]), ("b.csv", [back]), ("c.csv", [sale, back, more])):
        write_csv(tmp_path / name, header, rows)
    totals = {"orders.rows": 1, "orders.net": 10000, "orders.left_out.credit_note": 2}
    files = {"a.csv": Rows(1), "b.csv": Rows(1), "c.csv": Rows(1, duplicate=2)}
    facts = assert_world(tmp_path, Expected(files, totals))
    credit = facts.tables["orders"].filter(pl.col("left_out") == "credit_note").collect()
    assert credit["gross"].sum() == -3500


def test_an_order_whose_lines_give_different_totals_is_rejected_whole(tmp_path: Path) -> None:
    header = ["Order Number", "Order Status", "Order Date", "Email (Billing)", "Order Total Amount", "Item Name"]
    rows = [
        (1, "Completed", "2024-01-02 10:00:00", "a@example.com", "30.00", "A"),
        (1, "Completed", "2024-01-02 10:00:00", "a@example.com", "31.00", "B"),
        (2, "Completed", "2024-01-03 10:00:00", "b@example.com", "5.00", "A"),
        (3, "Lay-away", "2024-01-03 10:00:00", "b@example.com", "5.00", "A"),
    ]
    write_csv(tmp_path / "o.csv", header, rows)
    totals = {"orders.rows": 1, "orders.net": 500, "orders.left_out.unknown_state": 1}
    facts = assert_world(tmp_path, Expected({"o.csv": Rows(2, rejected=2)}, totals))
    assert [(one.line, one.column, one.code) for one in facts.rejects] == [
        (2, "Order Total Amount", "conflicting_rows"),
        (3, "Order Total Amount", "conflicting_rows"),
    ]
