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


@pytest.mark.parametrize("who", ["customer_id", "email"])
def test_the_customer_stands_for_a_subscription_without_an_id(tmp_path: Path, who: str) -> None:
    names = [f"customer{n:04}@example.com" if who == "email" else f"C{n}" for n in range(3)]
    rows = [
        (names[0], "2023-01-01", "10.00", "month", ""),
        (names[1], "2023-02-01", "120.00", "year", "2024-02-01"),
        (names[2], "2023-03-01", "20.00", "month", ""),
        (names[2], "2023-05-01", "5.00", "month", ""),
        (names[2], "2023-05-01", "5.00", "month", ""),
    ]
    write_csv(tmp_path / "s.csv", (who, "start", "amount", "interval", "end"), rows)
    counted = {"subscriptions.rows": 4, "subscriptions.customers": 3, "subscriptions.monthly": 4_500}
    expected = Expected({"s.csv": Rows(4, duplicate=1)}, counted, {"s.csv": "plain.subscriptions_by_customer"})
    facts = assert_world(tmp_path, expected)
    assert any("the customer stands for it" in note for note in facts.files[0].notes)
