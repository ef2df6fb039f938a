"""A company as HubSpot exports it: contacts, deals in part files, tickets and the recipients of its e-mails."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from systems.company import Company, Customer, Order, Send, Ticket, cents
from systems.expect import (
    Expected,
    Rows,
    Totals,
    customer_totals,
    day_number,
    left_out,
    response_totals,
    send_totals,
    ticket_totals,
)
from systems.files import stamp, write_csv, zip_files

ZONE = "Europe/Madrid"  # of the account: stamps name no zone
FORM = "%Y-%m-%d %H:%M"
STAGES_WON = ("Closed Won", "Closed Won & Paid", "Won", "Cierre Ganado 🤓", "#09 WON")
_DAY = "2024-12-31"
LARGE = 180_000  # characters of a real cell with the text of e-mails
_CONTACTS = (
    "Record ID", "First Name", "Last Name", "Company Name", "Contact owner", "Create Date", "Became a Customer Date",
    "Email", "Función laboral", "Función laboral", "Lifecycle Stage", "Close Date", "Recent Deal Amount",
    "Merged record IDs", "Associated Company", "Associated Deal IDs", "Associated Email",
)  # fmt: skip
_DEALS = (
    "Record ID", "Amount", "Amount in company currency", "Close Date", "Create Date", "Currency",
    "Currency in company currency", "Deal Name", "Deal owner", "Deal Stage", "Pipeline", "Associated Note",
    "Associated Contact", "Associated Contact IDs", "Associated Company IDs (Primary)",
)  # fmt: skip
_SPANISH = (
    "ID de registro", "Nombre del negocio", "Etapa del negocio", "Valor", "Moneda", "Fecha de cierre",
    "Propietario del negocio", "Associated Contact IDs", "Associated Company IDs (Primary)",
)  # fmt: skip


def contact_id(number: int) -> str:
    return str(105_284_000_000 + number)


def deal_id(order: Order) -> str:
    return str(20_677_684_000 + order.number)


def listed(company: Company) -> list[Customer]:
    """Contacts that an export lists: those merged away and deleted are gone."""
    return [one for one in company.customers if one.merged_into is None and not one.deleted]


def write(company: Company, folder: Path) -> Expected:
    """Write the four exports; the deals come as a zip of two parts that repeat each other's header."""
    files = {
        f"hubspot-crm-exports-all-contacts-{_DAY}.csv": ("hubspot.contacts", _contacts(company, folder)),
        f"hubspot-crm-exports-all-tickets-{_DAY}.csv": ("hubspot.tickets", _tickets(company, folder)),
        "email-recipients.csv": ("hubspot.email_recipients", _recipients(company, folder)),
        **{name: ("hubspot.deals", count) for name, count in _deals(company, folder).items()},
    }
    tickets = [one for one in company.tickets if one.counts]
    told = [one for one in company.responses if one.kind != "converted"]
    totals = (
        customer_totals(company, [one.number for one in listed(company)], ZONE, who=company.person)
        | deal_totals(company)
        | ticket_totals(tickets, ZONE, who=company.person, timed=False)
        | send_totals(company.sends, ZONE)
        | response_totals(told, ZONE)
    )
    return Expected(
        {name: Rows(count) for name, (_, count) in files.items()},
        totals,
        {name: system for name, (system, _) in files.items()},
    )


def deal_totals(company: Company, zone: str = ZONE) -> Totals:
    """Won deals by their close date; of those left out, the ones that have an amount."""
    won = [one for one in company.orders if one.counts]
    gross = sum(cents(one.gross) for one in won)
    lost = [one for one in company.orders if not one.counts and one.state != "pending"]
    return {
        "orders.rows": len(won),
        "orders.gross": gross,
        "orders.net": gross,
        "orders.customers": len({company.person(one.customer) for one in won if one.customer}),
        "orders.day": sum(day_number(one.placed, zone) for one in won),
        **left_out("orders", ("unknown_state" if one.state == "test" else "not_won" for one in lost)),
    }


def _contacts(company: Company, folder: Path) -> int:
    """Labels in two forms of Unicode, a label twice, and a cell larger than readers of CSV expect."""
    merged: dict[int, list[str]] = {}
    for one in company.customers:
        if one.merged_into is not None:
            merged.setdefault(one.merged_into, []).append(contact_id(one.number))
    rows: list[Sequence[object]] = []
    for one in listed(company):
        text = 'Hello,\n"you"\n' * (LARGE // 13) if not rows else ""
        first = stamp(one.acquired, FORM, ZONE)
        row = (
            contact_id(one.number), one.name, "", "Example Ltd", "Agent 1", f"{_DAY} 04:00", first, one.email, "CFO",
            "", "Customer", "", "12.0", ";".join(merged.get(one.number, [])), "", "", text,
        )  # fmt: skip
        rows.append(row)
    header = [unicodedata.normalize("NFD", name) for name in _CONTACTS]
    write_csv(folder / f"hubspot-crm-exports-all-contacts-{_DAY}.csv", header, rows, quote="all")
    return len(rows)


def stage_of(order: Order) -> str:
    """The label of a deal's stage; test deals stand in a stage of another pipeline."""
    if order.counts:
        return STAGES_WON[order.number % len(STAGES_WON)]
    return {"pending": "Contract Sent", "test": "Welcome call booked in"}.get(order.state, "Closed Lost")


def contacts_of(order: Order) -> str:
    """The associated contacts: some deals have two, of whom the first counts."""
    if order.customer is None:
        return ""
    mine = contact_id(order.customer)
    return f"{mine};{contact_id(1)}" if order.number % 6 == 0 else mine


def _plain(amount: Decimal) -> str:
    """HubSpot's numbers always have a fraction, and no zero more."""
    return str(float(amount))


def _deals(company: Company, folder: Path) -> dict[str, int]:
    rows = []
    for one in company.orders:
        known = one.state != "pending"
        row = (
            deal_id(one), _plain(one.gross * 20) if known else "", _plain(one.gross) if known else "",
            stamp(one.placed, FORM, ZONE), stamp(one.placed - timedelta(days=9), FORM, ZONE), "MXN", "USD",
            f"Deal {one.number}", "Agent 1", stage_of(one), "Sales Pipeline", "Call\nback", "Somebody",
            contacts_of(one), "900100",
        )  # fmt: skip
        rows.append(row)
    half = len(rows) // 2
    archive = f"hubspot-crm-exports-all-deals-{_DAY}.zip"
    parts = {f"hubspot-crm-exports-all-deals-{_DAY}-{at}.csv": rows[cut] for at, cut in
             enumerate((slice(half), slice(half, None)), start=1)}  # fmt: skip
    for name, part in parts.items():
        write_csv(folder / name, _DEALS, part, quote="all")
    zip_files(folder / archive, [folder / name for name in parts])
    return {f"{archive}/{name}": len(part) for name, part in parts.items()}


def _tickets(company: Company, folder: Path) -> int:
    header = ("Ticket ID", "Ticket name", "Pipeline", "Ticket status", "Create date", "Close date", "Ticket owner",
              "Source", "Time to close (HH:mm:ss)", "Associated Contact IDs")  # fmt: skip
    rows = [_ticket(one) for one in company.tickets if one.counts]
    write_csv(folder / f"hubspot-crm-exports-all-tickets-{_DAY}.csv", header, rows, quote="all")
    return len(rows)


def _ticket(one: Ticket) -> Sequence[object]:
    return (
        30_000_000_000 + one.number, "Where is it?", "Support Pipeline", "Closed" if one.solved else "Waiting on us",
        stamp(one.created, FORM, ZONE), stamp(one.solved, FORM, ZONE), "Agent 1", one.channel, "26:10:05",
        contact_id(one.customer) if one.customer else "",
    )  # fmt: skip


def _recipients(company: Company, folder: Path) -> int:
    """One row a recipient of an e-mail, the first moment of each event in its column."""
    header = ("Recipient", "Email ID", "Email Name", "Sent", "Processed", "Deferred", "Delivered", "Open", "Click",
              "Bounce", "Reply", "Unsubscribed")  # fmt: skip
    moments = {(one.campaign, one.customer, one.kind): one.at for one in company.responses}

    def row(one: Send) -> Sequence[object]:
        def at(moment: datetime | None) -> str:
            return stamp(moment, zone=ZONE)

        key = (one.campaign, one.customer)
        sent = at(one.at)
        return (
            company.email(one.customer).upper(), 77_000 + one.campaign, f"Newsletter {one.campaign:02d}", sent, sent,
            "", sent if one.delivered else "", at(moments.get((*key, "opened"))), at(moments.get((*key, "clicked"))),
            "" if one.delivered else sent, at(moments.get((*key, "responded"))), "",
        )  # fmt: skip

    write_csv(folder / "email-recipients.csv", header, [row(one) for one in company.sends], quote="all")
    return len(company.sends)


def write_spanish(company: Company, folder: Path) -> Expected:
    """Deals of an account in Spanish: property labels are translated, associations are not."""
    rows = [
        (deal_id(one), f"Negocio {one.number}", stage_of(one), _plain(one.gross) if one.state != "pending" else "",
         "USD", stamp(one.placed, FORM, ZONE), "Agent 1", contacts_of(one), "900100")
        for one in company.orders
    ]  # fmt: skip
    name = f"hubspot-crm-exports-todos-negocios-{_DAY}.csv"
    write_csv(folder / name, _SPANISH, rows, quote="all")
    totals = deal_totals(company)
    who = {one.customer for one in company.orders if one.counts and one.customer}
    totals["orders.customers"] = len(who)  # nothing here tells of merges
    return Expected({name: Rows(len(rows))}, totals, {name: "hubspot.deals"})


def write_workbook(company: Company, folder: Path) -> Expected:
    """The same deals as a workbook: dates are serials, amounts numbers, ids text."""
    name = f"hubspot-crm-exports-all-deals-{_DAY}.xlsx"
    with xlsxwriter.Workbook(folder / name) as book:
        sheet = book.add_worksheet("All deals")
        clock = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        header = (
            "Record ID",
            "Deal Name",
            "Deal Stage",
            "Amount",
            "Close Date",
            "Is Closed Won",
            "Associated Contact IDs",
        )
        sheet.write_row(0, 0, header)
        for at, one in enumerate(company.orders, start=1):
            sheet.write_row(at, 0, (deal_id(one), f"Deal {one.number}", "Paid in full"))
            sheet.write_number(at, 3, float(one.gross))
            local = datetime.strptime(stamp(one.placed, FORM, ZONE), FORM)
            sheet.write_datetime(at, 4, local, clock)
            sheet.write_row(at, 5, ("true" if one.counts else "false", contacts_of(one)))
    totals = deal_totals(company)
    lost = sum(not one.counts for one in company.orders)
    totals |= {"orders.left_out.not_won": lost, "orders.left_out.unknown_state": 0}
    totals["orders.customers"] = len({one.customer for one in company.orders if one.counts and one.customer})
    return Expected({name: Rows(len(company.orders))}, totals, {name: "hubspot.deals"})
