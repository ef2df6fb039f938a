"""A company as Dynamics 365 exports it: static worksheets, and the tables of Dataverse with API names.

Every customer is an account of its own name with a contact.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter

from systems.company import Company, Order, cents
from systems.expect import Expected, Rows, Totals, day_number, left_out, ticket_totals
from systems.files import stamp, write_csv

ZONE = "Europe/Berlin"
_SPACE = uuid.UUID("6f1ed002-ab59-4a5f-8ba1-1c1b5c3a2d10")
_CHECKSUM = "aGVsbG8rd29ybGQvPT0="
_LABELS = {"paid": "Won", "cancelled": "Lost", "voided": "Lost", "pending": "Open", "test": "Open"}
_CODES = {"Open": 0, "Won": 1, "Lost": 2}


def guid(kind: str, number: int, *, form: int = 0) -> str:
    """A record's GUID, in the spelling of one export or another."""
    plain = str(uuid.uuid5(_SPACE, f"{kind} {number}"))
    return (plain, f"{{{plain.upper()}}}", plain.upper())[form]


def firm(number: int) -> str:
    return f"Firm {number:04d}"


def write(company: Company, folder: Path) -> Expected:
    """Write static worksheets: opportunities, accounts, contacts and cases; lookups are names."""
    lead = ("(Do Not Modify) {}", "(Do Not Modify) Row Checksum", "(Do Not Modify) Modified On")

    def table(entity: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
        full = [(guid(entity, at), _CHECKSUM, datetime(2024, 12, 1, 9, 30), *row) for at, row in enumerate(rows)]
        path = folder / f"{entity} Advanced Find View.xlsx"
        _sheet(path, [*(name.format(entity) for name in lead), *header], full)
        return len(full)

    header = (" Topic", "Potential Customer", "Account", "Est. Revenue", "Est. Close Date", "Actual Revenue",
              "Actual Revenue (Base)", "Actual Close Date", "Status", "Status Reason", "Currency",
              "Exchange Rate")  # fmt: skip
    counts = {"Opportunity": table("Opportunity", header, (_opportunity(one) for one in company.orders))}
    accounts = ((firm(one.number), "", one.region, one.segment, one.acquired) for one in company.customers)
    header = ("Account Name", "Main Phone", "Address 1: City", "Industry", "Created On")
    counts["Account"] = table("Account", header, accounts)
    contacts = ((one.name, one.written, firm(one.number)) for one in company.customers)
    counts["Contact"] = table("Contact", (" Full Name", "Email", "Company Name"), contacts)
    kept = [one for one in company.tickets if one.merged_into is None]
    cases = (
        ("Where is it?", f"CAS-{one.number:05d}-X1", firm(one.customer) if one.customer else None, "Web",
         "Canceled" if one.state == "deleted" else "Resolved" if one.solved else "Active", one.created)
        for one in kept
    )  # fmt: skip
    header = ("Case Title", "Case Number", "Customer", "Origin", "Status", "Created On")
    counts["Case"] = table("Case", header, cases)
    names = {entity: f"{entity} Advanced Find View.xlsx" for entity in counts}
    plural = {"Opportunity": "opportunities", "Account": "accounts", "Contact": "contacts", "Case": "cases"}
    totals = (
        deal_totals(company.orders)
        | ticket_totals(kept, ZONE, timed=False)
        | left_out("tickets", ("cancelled" for one in kept if one.state == "deleted"))
        | {"customers.rows": len(company.customers), "customers.customers": len(company.customers)}
    )
    totals.pop("tickets.left_out.deleted", None)
    return Expected(
        {names[entity]: Rows(count) for entity, count in counts.items()},
        totals,
        {names[entity]: f"dynamics365.{plural[entity]}" for entity in counts},
    )


def _sheet(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A worksheet whose dates are serials on the clock of the user."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet(path.stem[:31])
        clock = book.add_format({"num_format": "m/d/yyyy h:mm"})
        sheet.write_row(0, 0, header)
        sheet.set_column(0, 2, None, None, {"hidden": True})
        for at, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    local = datetime.fromisoformat(stamp(cell, zone=ZONE)) if cell.tzinfo else cell
                    sheet.write_datetime(at, column, local, clock)
                elif cell is not None:
                    sheet.write(at, column, cell)


def _opportunity(one: Order) -> Sequence[object]:
    """Actual values stand on closed ones only; the plain ones are in the currency of the row."""
    status, name = _LABELS[one.state], firm(one.customer) if one.customer else None
    closed = status != "Open"
    return (
        f"Deal {one.number}", name, name, float(one.gross * 20), one.placed, float(one.gross * 20) if closed else None,
        float(one.gross) if closed else None, one.placed if closed else None, status, "In Progress", "Peso", 20,
    )  # fmt: skip


def deal_totals(orders: Sequence[Order]) -> Totals:
    """Won opportunities on their actual close date; open ones have neither a date nor an amount."""
    won = [one for one in orders if one.counts]
    gross = sum(cents(one.gross) for one in won)
    return {
        "orders.rows": len(won),
        "orders.gross": gross,
        "orders.net": gross,
        "orders.customers": len({one.customer for one in won if one.customer}),
        "orders.day": sum(day_number(one.placed, ZONE) for one in won),
        **left_out("orders", ("not_won" for one in orders if _LABELS[one.state] == "Lost")),
    }


def write_api(company: Company, folder: Path) -> Expected:
    """Write tables of Dataverse: API names, states as numbers, GUIDs with braces here and capitals there."""
    header = ("opportunityid", "name", "_parentaccountid_value", "estimatedvalue", "actualvalue", "actualvalue_base",
              "actualclosedate", "statecode", "createdon")  # fmt: skip
    rows = []
    for one in company.orders:
        closed = _LABELS[one.state] != "Open"
        account = guid("account", one.customer, form=one.number % 3) if one.customer else ""
        day, gross = (_moment(one.placed), one.gross) if closed else ("", None)
        rows.append((guid("deal", one.number, form=1), f"Deal {one.number}", account, one.gross, gross, gross, day,
                     _CODES[_LABELS[one.state]], _moment(one.placed)))  # fmt: skip
    write_csv(folder / "opportunity.csv", header, rows, delimiter=";")
    header = ("accountid", "name", "emailaddress1")
    accounts = [(guid("account", one.number), firm(one.number), one.written) for one in company.customers]
    write_csv(folder / "account.csv", header, accounts, delimiter=";")
    totals = deal_totals(company.orders)
    totals |= {"customers.rows": len(accounts), "customers.customers": len(accounts)}
    files = {"opportunity.csv": Rows(len(rows)), "account.csv": Rows(len(accounts))}
    return Expected(
        files, totals, {"opportunity.csv": "dynamics365.opportunities", "account.csv": "dynamics365.accounts"}
    )


def _moment(moment: datetime) -> str:
    return stamp(moment, "%Y-%m-%dT%H:%M:%SZ")
