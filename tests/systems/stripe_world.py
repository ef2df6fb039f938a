"""A company's payments, subscriptions and customers as Stripe exports them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from systems.company import Company, Order, cents
from systems.expect import Expected, Rows, Totals, customer_totals, day_number, left_out, order_totals
from systems.files import money, stamp, write_csv

PAYMENTS = [
    "id", "Created date (UTC)", "Amount", "Amount Refunded", "Currency", "Captured", "Converted Amount",
    "Converted Amount Refunded", "Converted Currency", "Description", "Fee", "Is Link", "Mode", "PaymentIntent ID",
    "Payment Source Type", "Refunded date (UTC)", "Statement Descriptor", "Status", "Seller Message", "Taxes On Fee",
    "Card ID", "Customer ID", "Customer Description", "Customer Email", "Disputed Amount", "Dispute Date (UTC)",
    "Dispute Reason", "Dispute Status", "Invoice ID", "Checkout Session ID", "plan (metadata)",
]  # fmt: skip
OLD = [
    "id", "Description", "Created (UTC)", "Amount", "Amount Refunded", "Currency", "Mode", "Status",
    "Statement Descriptor", "Customer ID", "Customer Description", "Customer Email", "Captured", "Card ID",
]  # fmt: skip
SUBSCRIPTIONS = [
    "id", "Customer ID", "Customer Name", "Customer Email", "Status", "Cancellation Reason", "Created (UTC)",
    "Start (UTC)", "Start Date (UTC)", "Current Period Start (UTC)", "Current Period End (UTC)", "Trial Start (UTC)",
    "Trial End (UTC)", "Canceled At (UTC)", "Ended At (UTC)", "Amount", "Plan", "Product", "Quantity", "Interval",
    "Currency", "Coupon", "source (metadata)",
]  # fmt: skip
CUSTOMERS = [
    "id", "Description", "Email", "Name", "Created (UTC)", "Delinquent", "Card ID", "Plan", "Status",
    "Cancel At Period End", "Account Balance", "Currency", "Total Spend", "Payment Count",
]  # fmt: skip
STATES = {"cancelled": "cancelled", "voided": "failed", "pending": "incomplete", "test": "test"}
_STATUS = {"paid": "Paid", "cancelled": "Canceled", "voided": "Failed", "pending": "requires_payment_method"}
RATE = 3  # units of the settlement currency for one; a whole number keeps cents exact
Cells = list[object]


def write(company: Company, folder: Path, *, converted: bool = True) -> Expected:
    """Write ``unified_payments.csv`` (or the older layout without conversion), subscriptions and customers."""
    name = "unified_payments.csv" if converted else "payments.csv"
    rows = [_payment(company, order, converted=converted) for order in company.orders]
    write_csv(folder / name, PAYMENTS if converted else OLD, rows)
    customers = list(_customers(company))
    write_csv(folder / "customers.csv", CUSTOMERS, customers)
    subscriptions, totals = _subscriptions(company, "eur" if converted else "usd")
    write_csv(folder / "subscriptions.csv", SUBSCRIPTIONS, subscriptions)
    return Expected(
        {
            name: Rows(len(rows)),
            "customers.csv": Rows(len(customers)),
            "subscriptions.csv": Rows(len(subscriptions)),
        },
        payment_totals(company, RATE if converted else 1) | customer_totals(company, dated=False) | totals,
        {
            name: "stripe.payments_converted" if converted else "stripe.payments",
            "customers.csv": "stripe.customers",
            "subscriptions.csv": "stripe.subscriptions",
        },
    )


def payment_totals(company: Company, rate: int) -> Totals:
    """The orders in the settlement currency, with Stripe's words for why one does not count.

    A payment that came to nothing has no converted amount, so no order is made of it.
    """
    totals = order_totals(company.orders)
    for name in ("orders.gross", "orders.refunded", "orders.net"):
        totals[name] *= rate
    totals = {name: count for name, count in totals.items() if ".left_out." not in name}
    stated = (one.state for one in company.orders if one.state == "test" or (rate == 1 and not one.counts))
    return totals | left_out("orders", (STATES[state] for state in stated))


def account(number: int, copy: int = 0) -> str:
    """A customer's id; checkouts make several of them for one person."""
    return f"cus_{number:06d}{copy}"


def _payment(company: Company, order: Order, *, converted: bool) -> Cells:
    rate = RATE if converted else 1
    good = order.counts or order.state == "test"
    status = _STATUS.get(order.state, "Paid")
    if order.refunds and order.refunded == order.gross:
        status = "Refunded"
    cells = dict.fromkeys(PAYMENTS, "") | {
        "id": f"{'ch' if good else 'pi'}_{order.number}",
        "Created date (UTC)": stamp(order.placed),
        "Created (UTC)": stamp(order.placed),
        "Amount": money(order.gross),
        "Amount Refunded": money(order.refunded),
        "Currency": "usd",
        "Captured": "true" if good else "false",
        "Converted Amount": money(order.gross * rate) if good else "",
        "Converted Amount Refunded": money(order.refunded * rate) if good else "",
        "Converted Currency": "eur" if good else "",
        "Description": "Order\nby phone" if order.number % 7 == 0 else "Order",
        "Fee": money(order.gross * rate * Decimal("0.03")) if good else "",
        "Mode": "Test" if order.state == "test" else "Live",
        "Status": status,
        "Customer ID": account(order.customer, order.number % 3) if order.customer else "",
        "Customer Email": company.customer(order.customer).written if order.customer else "",
        "Seller Message": "Payment complete." if good else "The bank declined.",
    }
    return [cells.get(name, "") for name in (PAYMENTS if converted else OLD)]


def _customers(company: Company) -> Iterator[Cells]:
    """Three ids a person, all with one address."""
    for one in company.customers:
        for copy in range(3):
            yield [
                account(one.number, copy), "", one.written if copy else one.email, one.name, stamp(one.acquired),
                "false", "", "", "", "", "0", "usd", "10.00", 1,
            ]  # fmt: skip


def _subscriptions(company: Company, currency: str) -> tuple[list[Cells], Totals]:
    """The company's subscriptions; two more that never ran do not count."""
    rows = []
    shown = [*company.subscriptions, *(replace(one, number=one.number + 90_000) for one in company.subscriptions[:2])]
    for one in shown:
        status = "canceled" if one.ended else "active"
        if one.number > 90_000:
            status = "trialing" if one.number % 2 else "incomplete_expired"
        start = stamp(one.start)
        rows.append([
            f"sub_{one.number}", account(one.customer), company.customer(one.customer).name,
            company.email(one.customer), status, "", start, stamp(company.end), start, start, start, "", "",
            stamp(one.cancelled), stamp(one.ended), money(one.amount), "price_1", "prod_1", 1, one.interval, currency,
            "", "",
        ])  # fmt: skip
    counted = company.subscriptions
    intervals = Counter(f"subscriptions.interval.{one.interval}" for one in counted)

    def days(moments: Iterator[datetime | None]) -> int:
        return sum(day_number(moment) for moment in moments if moment)

    return rows, {
        "subscriptions.rows": len(counted),
        "subscriptions.amount": sum(cents(one.amount) for one in counted),
        "subscriptions.customers": len({one.customer for one in counted}),
        "subscriptions.day": days(one.start for one in counted),
        "subscriptions.until": days(one.ended for one in counted),
        "subscriptions.cancelled": days(one.cancelled for one in counted),
        **intervals,
        **left_out("subscriptions", ("trial" if one.number % 2 else "incomplete" for one in shown[len(counted) :])),
    }
