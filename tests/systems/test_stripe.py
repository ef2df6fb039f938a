"""Stripe's exports, read without any configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from systems import stripe_world
from systems.company import make_company
from systems.expect import Expected, Rows, assert_world
from systems.files import write_csv


@pytest.mark.parametrize("converted", [True, False])
def test_payments_subscriptions_and_people_with_several_ids(tmp_path: Path, converted: bool) -> None:
    company = make_company()
    facts = assert_world(tmp_path, stripe_world.write(company, tmp_path, converted=converted), timezone="UTC")
    assert not facts.evidence["dates.naive"]  # the headers say UTC
    for state, reason in stripe_world.STATES.items():
        count = sum(one.state == state for one in company.orders)
        assert facts.evidence[f"orders.left_out.{reason}"] == count > 0


@pytest.mark.parametrize("name", ["unified_payments.csv", "charges.csv"])
def test_a_state_that_nobody_knows_is_listed_and_not_counted(tmp_path: Path, name: str) -> None:
    row = dict.fromkeys(stripe_world.PAYMENTS, "") | {"Created date (UTC)": "2024-06-07 02:38:54", "Captured": "true"}
    row |= {"Converted Amount": "10.00", "Converted Amount Refunded": "0.00", "Converted Currency": "eur"}
    states = ["Paid", "succeeded", "Disputed", "Uncaptured", "Blocked", "Early warning", "requires_capture"]
    rows = [list((row | {"id": f"ch_{number}", "Status": state}).values()) for number, state in enumerate(states)]
    write_csv(tmp_path / name, stripe_world.PAYMENTS, rows)
    reasons = {"disputed": 1, "authorized": 2, "failed": 1, "unknown_state": 1}
    totals = {f"orders.left_out.{reason}": count for reason, count in reasons.items()}
    expected = Expected({name: Rows(len(rows))}, totals | {"orders.rows": 2, "orders.net": 2000})
    [file] = assert_world(tmp_path, expected).files
    assert "orders in a state that is not known: Early warning 1" in file.notes


def test_a_refund_at_another_rate_may_exceed_the_payment(tmp_path: Path) -> None:
    row = dict.fromkeys(stripe_world.PAYMENTS, "") | {"id": "ch_1", "Created date (UTC)": "2024-06-07 02:38:54"}
    row |= {"Amount": "15.00", "Amount Refunded": "15.00", "Currency": "usd", "Captured": "true", "Status": "Refunded"}
    row |= {"Converted Amount": "521.18", "Converted Amount Refunded": "532.70", "Converted Currency": "thb"}
    write_csv(tmp_path / "unified_payments.csv", stripe_world.PAYMENTS, [list(row.values())])
    totals = {"orders.rows": 1, "orders.gross": 52118, "orders.refunded": 53270, "orders.net": -1152}
    facts = assert_world(tmp_path, Expected({"unified_payments.csv": Rows(1)}, totals))
    assert facts.currency == "THB"


def test_the_balance_report_beside_the_payments_adds_nothing(tmp_path: Path) -> None:
    company = make_company(customers=20, months=3)
    expected = stripe_world.write(company, tmp_path)
    header = ["balance_transaction_id", "created_utc", "currency", "gross", "fee", "net", "reporting_category"]
    rows = [
        [f"txn_{one.number}", "2024-06-07 02:38:54", "eur", "10.00", "1.00", "9.00", "charge"] for one in company.orders
    ]
    write_csv(tmp_path / "balance.csv", header, rows)
    assert_world(tmp_path, expected | Expected({"balance.csv": Rows(len(rows))}, {}))
