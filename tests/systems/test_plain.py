"""Plain tables, read without any configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from systems import plain_world
from systems.company import make_company
from systems.expect import Expected, Rows, assert_world
from systems.files import write_csv


def test_every_fact_comes_out_as_it_went_in(tmp_path: Path) -> None:
    assert_world(tmp_path, plain_world.write(make_company(), tmp_path))


def test_a_ready_made_series_keeps_its_rows(tmp_path: Path) -> None:
    rows = [("service_cost", "2024-01-01", 1200.5, 80), ("service_cost", "2024-02-01", 1100, 81)]
    write_csv(tmp_path / "kpi.csv", ("metric", "date", "numerator", "denominator"), rows)
    facts = assert_world(tmp_path, Expected({"kpi.csv": Rows(2)}, {"series.rows": 2}))
    assert facts.tables["series"].collect()["numerator"].to_list() == [1200.5, 1100.0]


@pytest.mark.parametrize("amount", ["total", "Revenue", "order_total"])
def test_orders_under_their_usual_other_names(tmp_path: Path, amount: str) -> None:
    rows = [("a1", "2024-01-05", "k1", "10.50"), ("a2", "2024-01-06", "k2", "2.00")]
    write_csv(tmp_path / "o.csv", ("order_id", "order_date", "customer_id", amount), rows)
    counted = {"orders.rows": 2, "orders.net": 1_250}
    assert_world(tmp_path, Expected({"o.csv": Rows(2)}, counted, {"o.csv": "plain.orders"}))


def test_a_column_called_amount_is_taken_before_a_total(tmp_path: Path) -> None:
    write_csv(tmp_path / "o.csv", ("order", "date", "total", "amount"), [("a1", "2024-01-05", "99.00", "10.50")])
    assert_world(tmp_path, Expected({"o.csv": Rows(1)}, {"orders.rows": 1, "orders.net": 1_050}))
