"""A company's sales and contacts as Emarsys takes and gives them: one row an order line, responses by semicolon."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from systems.company import Company, Order, Response, cents
from systems.expect import Expected, Rows, Totals, customer_totals, order_totals, response_totals
from systems.files import money, stamp, write_csv

SALES = ["item", "price", "order", "timestamp", "customer", "quantity", "s_channel", "f_margin"]
CONTACTS = ["user_id", "First Name", "Last Name", "E-Mail", "Opt-In", "Gender", "Registration date"]
RESPONSES = ["user_id", "First Name", "Last Name", "E-Mail", "Campaign title", "Link title", "Url", "source"]
Cells = list[object]


def write(company: Company, folder: Path, *, by_email: bool = True, delimiter: str = ",") -> Expected:
    """Write the sales feed in two uploads that overlap by a month, contacts, and responses with their time.

    A return is a line of its own under its order, below zero in price and quantity, or in quantity alone.
    """
    orders = sold(company)
    middle = company.start + (company.end - company.start) / 2
    first = [one for one in orders if one.placed < middle]
    second = [one for one in orders if one.placed >= first[-40].placed]
    header = ["email" if name == "customer" and by_email else name for name in SALES]
    rows = {name: [row for one in some for row in _lines(company, one, by_email=by_email)] for name, some in
            (("sales_1.csv", first), ("sales_2.csv", second))}  # fmt: skip
    for name, some in rows.items():
        write_csv(folder / name, header, some, delimiter=delimiter)
    again = sum(len(_lines(company, one, by_email=by_email)) for one in first[-40:])
    contacts = [
        [9_000 + one.number, one.name, "", one.written, "1", "", stamp(one.acquired)] for one in company.customers
    ]
    write_csv(folder / "contacts.csv", CONTACTS, contacts, delimiter=";")
    responses = list(_responses(company))
    write_csv(folder / "responses.csv", [*RESPONSES, "Event time"], responses, delimiter=";")
    return Expected(
        {
            "sales_1.csv": Rows(len(rows["sales_1.csv"])),
            "sales_2.csv": Rows(len(rows["sales_2.csv"]) - again, duplicate=again),
            "contacts.csv": Rows(len(contacts)),
            "responses.csv": Rows(len(responses)),
        },
        {**net_totals(orders), **customer_totals(company, dated=False), **response_totals(_answers(company))},
        {
            "sales_1.csv": "emarsys.sales_feed",
            "contacts.csv": "emarsys.contacts",
            "responses.csv": "emarsys.responses",
        },
    )


def sold(company: Company) -> list[Order]:
    """Paid orders of known people; the feed knows no other state."""
    return [one for one in company.orders if one.counts and one.customer]


def net_totals(orders: list[Order]) -> Totals:
    """The feed has lines only: what was returned is not in the order's amount."""
    totals = order_totals(orders)
    net = sum(cents(one.net) for one in orders)
    return totals | {"orders.gross": net, "orders.refunded": 0, "orders.net": net}


def _lines(company: Company, order: Order, *, by_email: bool) -> list[Cells]:
    person = company.customer(order.customer or 0)
    who = person.written if by_email else person.id
    lines: list[tuple[str, Decimal, int]] = [(one.item, one.total, one.quantity) for one in order.lines]
    if order.discount:
        lines.append(("discount", -order.discount, 1))
    below = 1 if order.number % 2 else -1
    lines += [("return", below * refund.amount, -1) for refund in order.refunds]
    at = stamp(order.placed, "%Y-%m-%dT%H:%M:%SZ")
    return [[item, money(price), order.number, at, who, quantity, "web", "0.5"] for item, price, quantity in lines]


def _answers(company: Company) -> list[Response]:
    return [one for one in company.responses if one.kind in ("opened", "clicked")]


def _responses(company: Company) -> Iterator[Cells]:
    words = {"opened": "open", "clicked": "click"}
    for one in _answers(company):
        person = company.customer(one.customer)
        title = f"VisualCMS_2024_{one.campaign:02d}"
        link = ("Shop", "https://example.com/?a=1;2") if one.kind == "clicked" else ("", "")
        yield [9_000 + person.number, person.name, "", person.email, title, *link, words[one.kind], stamp(one.at)]
    yield [9_001, "", "", "customer0001@example.com", "VisualCMS", "", "", "unsubscribe", stamp(company.start)]
