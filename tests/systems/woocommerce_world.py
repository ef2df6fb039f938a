"""A company's shop as WooCommerce gives it: the order export of a plug-in, or the Analytics > Orders report."""

from __future__ import annotations

from pathlib import Path

from systems.company import Company, Order, cents
from systems.expect import Expected, Rows, Totals, day_number, left_out, order_totals
from systems.files import money, stamp, write_csv

ZONE = "Europe/Berlin"  # the site's clock; stamps name no zone
EXPORT = [
    "Order Number", "Order Status", "Order Date", "Customer Note", "First Name (Billing)", "Last Name (Billing)",
    "Email (Billing)", "Phone (Billing)", "Payment Method Title", "Cart Discount Amount", "Order Subtotal Amount",
    "Shipping Method Title", "Order Shipping Amount", "Order Refund Amount", "Order Total Amount",
    "Order Total Tax Amount", "SKU", "Item #", "Item Name", "Quantity (- Refund)", "Item Cost", "Coupon Code",
]  # fmt: skip
ANALYTICS = [
    "Date", "Order #", "N. Revenue (formatted)", "Status", "Customer", "Customer type", "Product(s)", "Items sold",
    "Coupon(s)", "Net Sales", "Attribution",
]  # fmt: skip
STATES = {"cancelled": "cancelled", "voided": "failed", "pending": "unpaid", "test": "deleted"}
_SLUGS = {"cancelled": "cancelled", "voided": "failed", "pending": "on-hold", "test": "trash"}
_LABELS = {"cancelled": "Cancelled", "voided": "Failed", "pending": "Pending payment", "test": "Trash"}
Cells = list[object]


def write(company: Company, folder: Path, *, slugs: bool = True) -> Expected:
    """Write ``orders.csv`` of a plug-in: the fields of an order, its total too, filled again on every line item."""
    rows = [row for order in company.orders for row in _export_rows(company, order, slugs=slugs)]
    write_csv(folder / "orders.csv", EXPORT, rows, quote="all", end="\r\n", bom=True)
    return Expected({"orders.csv": Rows(len(rows))}, _totals(company), {"orders.csv": "woocommerce.order_export"})


def _totals(company: Company) -> Totals:
    totals = {name: n for name, n in order_totals(company.orders, ZONE).items() if ".left_out." not in name}
    return totals | left_out("orders", (STATES[one.state] for one in company.orders if not one.counts))


def _status(order: Order, *, slugs: bool) -> str:
    if order.counts:
        whole = order.refunds and order.refunded == order.gross
        word = "refunded" if whole else ("completed", "processing")[order.number % 2]
    else:
        word = _SLUGS[order.state]
    if slugs:
        return f"wc-{word}"
    return _LABELS.get(order.state, word.capitalize())


def _export_rows(company: Company, order: Order, *, slugs: bool) -> list[Cells]:
    """An order given back whole says so in its state only; of a partial refund the amount is stated."""
    whole = order.refunded == order.gross
    name = company.customer(order.customer).name.split() if order.customer else ("", "")
    email = company.customer(order.customer).written if order.customer else ""
    return [
        [
            order.number, _status(order, slugs=slugs), stamp(order.placed, zone=ZONE), "ring,\r\nthen wait", *name,
            email, "", "Card", money(order.discount), money(order.gross), "Post", "0", "0" if whole else
            money(order.refunded), money(order.gross), "0", f"sku-{at}", at, line.item, line.quantity,
            money(line.unit_price), "",
        ]
        for at, line in enumerate(order.lines, start=1)
    ]  # fmt: skip


def write_analytics(company: Company, folder: Path) -> Expected:
    """Write the Analytics report: one row an order, a refund as a negative row with the number and state of its order.

    The report names nobody by id or address. States that Analytics leaves out are not there, except what was trashed.
    """
    rows: list[Cells] = []
    shown = [one for one in company.orders if one.counts or one.state == "test"]
    for order in shown:
        status = _status(order, slugs=False)
        name = company.customer(order.customer).name if order.customer else ""
        rows += [
            [
                stamp(at, zone=ZONE), order.number, money(amount, thousands=",", sign="$"), status, name, "returning",
                f"{len(order.lines)}× Item 01", len(order.lines), "", money(amount), "Organic",
            ]
            for at, amount in ((order.placed, order.gross), *((one.at, -one.amount) for one in order.refunds))
        ]  # fmt: skip
    write_csv(folder / "wc-orders-report-export-1.csv", ANALYTICS, rows)
    counted = [one for one in shown if one.counts]
    refunds = [refund for one in counted for refund in one.refunds]
    totals = {
        "orders.rows": len(counted),
        "orders.gross": sum(cents(one.gross) for one in counted),
        "orders.refunded": 0,
        "orders.net": sum(cents(one.gross) for one in counted),
        "orders.customers": 0,
        "orders.day": sum(day_number(one.placed, ZONE) for one in counted),
        "orders.left_out.credit_note": len(refunds),
        "orders.left_out.deleted": len(shown) - len(counted),
    }
    name = "wc-orders-report-export-1.csv"
    return Expected({name: Rows(len(rows))}, totals, {name: "woocommerce.analytics_orders"})
