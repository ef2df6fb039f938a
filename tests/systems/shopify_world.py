"""A shop as Shopify exports it: orders in part files, a later export of the last weeks, checkouts, customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from systems.company import Company, Order
from systems.expect import Expected, Rows, customer_totals, order_totals
from systems.files import money, stamp, write_csv, write_parts

ZONE = "America/New_York"
FORM = "%Y-%m-%d %H:%M:%S %z"
PART = 400  # rows a part file
LATER, AGAIN = (
    timedelta(days=12),
    timedelta(days=45),
)  # before the end: when the parts end, when the later export begins
_TAXES = [f"Tax {number} {what}" for number in range(1, 6) for what in ("Name", "Value")]
_ADDRESS = ("Name", "Street", "Address1", "Address2", "Company", "City", "Zip", "Province", "Country", "Phone")
HEADER = [
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Accepts Marketing",
    "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Code", "Discount Amount", "Shipping Method",
    "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem compare at price", "Lineitem sku",
    "Lineitem requires shipping", "Lineitem taxable", "Lineitem fulfillment status",
    *(f"{kind} {what}" for kind in ("Billing", "Shipping") for what in _ADDRESS),
    "Notes", "Note Attributes", "Cancelled at", "Payment Method", "Payment Reference", "Refunded Amount", "Vendor",
    "Outstanding Balance", "Employee", "Location", "Device ID", "Id", "Tags", "Risk Level", "Source",
    "Lineitem discount", *_TAXES, "Phone", "Receipt Number", "Duties", "Billing Province Name",
    "Shipping Province Name", "Payment ID", "Payment Terms Name", "Next Payment Due At", "Payment References",
]  # fmt: skip
_CUSTOMERS = [
    "Customer ID", "First Name", "Last Name", "Email", "Accepts Email Marketing", "Default Address Company",
    "Default Address Address1", "Default Address Address2", "Default Address City", "Default Address Province Code",
    "Default Address Country Code", "Default Address Zip", "Default Address Phone", "Phone", "Accepts SMS Marketing",
    "Total Spent", "Total Orders", "Note", "Tax Exempt", "Tags",
]  # fmt: skip
Cells = list[object]


def write(company: Company, folder: Path) -> Expected:
    """Write the shop. The last orders stand in a part file and in the later export, some of them refunded since."""
    newest_first = sorted(company.orders, key=lambda one: one.placed, reverse=True)
    early = [_before_refunds(company, one) for one in newest_first if one.placed < company.end - LATER]
    late = [one for one in newest_first if one.placed >= company.end - AGAIN]
    rows = [row for order in early for row in order_rows(company, order)]
    names = write_parts(folder, "orders_export_{part}.csv", HEADER, rows, PART)
    write_csv(folder / "orders_export_later.csv", HEADER, [row for order in late for row in order_rows(company, order)])
    write_checkouts(company, folder / "checkouts_export.csv")
    listed = [_customer(company, one.number) for one in company.customers]
    write_csv(folder / "customers_export.csv", _CUSTOMERS, listed)
    files = {**_parts(company, rows, len(names), late), **_later(early, late)}
    return Expected(
        {**files, "customers_export.csv": Rows(len(listed))},
        {**order_totals(company.orders, ZONE), **customer_totals(company, dated=False)},
        dict.fromkeys(files, "shopify.orders"),
        unknown=("checkouts_export.csv",),
    )


def _before_refunds(company: Company, order: Order) -> Order:
    """An order as it stood when the part files were exported."""
    known = tuple(refund for refund in order.refunds if refund.at < company.end - LATER)
    return replace(order, refunds=known)


def _parts(company: Company, rows: Sequence[Cells], parts: int, late: Sequence[Order]) -> dict[str, Rows]:
    """Orders that the later export corrects are duplicates here; the others of the overlap are so there."""
    corrected = {f"#{one.number}" for one in late if one != _before_refunds(company, one)}
    files = {}
    for part in range(parts):
        names = [row[0] for row in rows[part * PART : (part + 1) * PART]]
        again = sum(name in corrected for name in names)
        files[f"orders_export_{part + 1}.csv"] = Rows(len(names) - again, duplicate=again)
    return files


def _later(early: Sequence[Order], late: Sequence[Order]) -> dict[str, Rows]:
    before = set(early)
    again = sum(len(one.lines) for one in late if one in before)
    return {"orders_export_later.csv": Rows(sum(len(one.lines) for one in late) - again, duplicate=again)}


def order_rows(company: Company, order: Order) -> list[Cells]:
    """One row a line item; the fields of the order stand on the first one only."""
    placed = stamp(order.placed, FORM, ZONE)
    rows = []
    for number, line in enumerate(order.lines):
        cells = dict.fromkeys(HEADER, "")
        cells |= {
            "Name": f"#{order.number}",
            "Email": company.email(order.customer),
            "Created at": placed,
            "Lineitem quantity": str(line.quantity),
            "Lineitem name": f'{line.item}, "large"',
            "Lineitem price": money(line.unit_price),
            "Lineitem requires shipping": "true",
            "Vendor": "Example Ltd",
        }
        if not number:
            cells |= _order_fields(company, order, placed)
        rows.append([cells[name] for name in HEADER])
    return rows


def _order_fields(company: Company, order: Order, placed: str) -> dict[str, str]:
    state = "paid"
    if order.refunds:
        state = "refunded" if order.refunded == order.gross else "partially_refunded"
    named = company.customer(order.customer).name if order.customer else ""
    return {
        "Financial Status": {"voided": "voided", "pending": "pending"}.get(order.state, state),
        "Paid at": placed,
        "Accepts Marketing": "yes",
        "Currency": order.currency,
        "Subtotal": money(order.gross),
        "Shipping": "0.00",
        "Taxes": "0.00",
        "Total": money(order.gross),
        "Discount Amount": money(order.discount),
        "Billing Name": named,
        "Billing Zip": "'01234",
        "Billing Phone": "'+15550100",
        "Notes": "Please ring,\nthen wait" if order.number % 9 == 0 else "",
        "Cancelled at": placed if order.state == "cancelled" else "",
        "Payment Method": "bogus" if order.state == "test" else "Shopify Payments",
        "Refunded Amount": money(order.refunded),
        "Outstanding Balance": "0.00",
        "Id": f"'{4_800_000_000_000 + order.number}",
        "Source": "web" if order.customer else "pos",
        "Risk Level": "Low",
    }


def write_checkouts(company: Company, path: Path) -> None:
    """Abandoned checkouts look like orders that no one has paid: the same columns, no Financial Status at all."""
    kept = [name for name in HEADER if not name.startswith("Payment")]
    rows = []
    for order in company.orders[:40]:
        for cells in order_rows(company, order):
            named = dict(zip(HEADER, cells, strict=True)) | {"Name": f"#{38_539_795_000_000 + order.number}"}
            named["Financial Status"] = named["Paid at"] = ""
            rows.append([named[name] for name in kept])
    write_csv(path, kept, rows)


def _customer(company: Company, number: int) -> Cells:
    one = company.customer(number)
    first, last = one.name.split()
    note = "called,\nwill come" if number % 10 == 0 else ""
    region = {"North": "ME", "South": "FL"}[one.region]
    return [
        f"'{7_985_351_000_000 + number}", first, last, one.written, "yes", "", "1 Main Street", "", "Springfield",
        region, "US", "'01234", "'+15550100", "", "no", "100.00", 3, note, "no", "",
    ]  # fmt: skip
