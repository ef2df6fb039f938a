"""A company as Zoho CRM exports it: Data Backup files with labels, and Bulk Read files with API names.

Every customer is an account with a contact; every fifth one is a contact without an account.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from systems.company import Company, Order, Ticket, cents
from systems.expect import Expected, Rows, Totals, day_number, left_out, ticket_totals
from systems.files import money, stamp, write_csv

ZONE = "Asia/Kolkata"
STAGES_WON = ("Closed Won", "Closed Won", "4. Won")
_BASE = 4_876_876_000_000_000_000  # 19 digits: more than a float tells apart


def record(kind: int, number: int, *, prefix: str = "zcrm_") -> str:
    return f"{prefix}{_BASE + kind * 1_000_000 + number}"


def has_account(number: int) -> bool:
    return number % 5 != 0


def write(company: Company, folder: Path) -> Expected:
    """Write a Data Backup: accounts, contacts, deals, cases, leads and campaigns."""
    accounts = [
        (record(1, one.number), f"Firm {one.number:04d}", "Agent 1", "www.example.com", one.segment)
        for one in company.customers
        if has_account(one.number)
    ]
    header = ("Record Id", "Account Name", "Account Owner", "Website", "Industry")
    write_csv(folder / "Accounts_001.csv", header, accounts, quote="all")
    contacts = [_contact(company, one.number) for one in company.customers]
    header = ("Record Id", "First Name", "Last Name", "Account Name", "Account Name.id", "Email", "Lead Source",
              "Contact Owner", "Contact Owner.id", "Created Time")  # fmt: skip
    write_csv(folder / "Contacts_001.csv", header, contacts, quote="all")
    deals = [_deal(one) for one in company.orders]
    header = ("Record Id", "Deal Owner", "Deal Owner.id", "Deal Name", "Account Name", "Account Name.id",
              "Contact Name", "Contact Name.id", "Stage", "Closing Date", "Amount", "Currency", "Exchange Rate",
              "Lead Source", "Description", "Type", "Tag")  # fmt: skip
    write_csv(folder / "Deals_001.csv", header, deals, quote="all")
    cases = [_case(one) for one in company.tickets if one.counts]
    header = ("Record Id", "Case Number", "Subject", "Status", "Priority", "Case Origin", "Account Name",
              "Account Name.id", "Related To", "Related To.id", "Created Time")  # fmt: skip
    write_csv(folder / "Cases_001.csv", header, cases, quote="all")
    leads = [(record(6, 1), "Customer 9001", "Example Ltd", "Not Contacted", "2024-01-01 00:00:00")]
    header = ("Record Id", "Last Name", "Company", "Lead Status", "Created Time")
    write_csv(folder / "Leads_001.csv", header, leads, quote="all")
    campaigns, spent = _campaigns(company)
    header = ("Record Id", "Campaign Name", "Type", "Status", "Start Date", "End Date", "Expected Revenue",
              "Budgeted Cost", "Actual Cost", "Num sent", "Expected Response")  # fmt: skip
    write_csv(folder / "Campaigns_001.csv", header, campaigns, quote="all")
    tables = {"accounts": accounts, "contacts": contacts, "deals": deals, "cases": cases, "leads": leads,
              "campaigns": campaigns}  # fmt: skip
    tickets = [one for one in company.tickets if one.counts]
    totals = deal_totals(company.orders) | ticket_totals(tickets, ZONE, timed=False) | spent
    totals |= {"customers.rows": len(contacts), "customers.customers": len(contacts)}
    return Expected(
        {f"{name.title()}_001.csv": Rows(len(rows)) for name, rows in tables.items()},
        totals,
        {f"{name.title()}_001.csv": f"zoho.{name}" for name in tables},
    )


def deal_totals(orders: Sequence[Order]) -> Totals:
    """Won deals by their closing date, which is a day."""
    won = [one for one in orders if one.counts]
    gross = sum(cents(one.gross) for one in won)
    lost = [one for one in orders if not one.counts and one.state != "pending"]
    return {
        "orders.rows": len(won),
        "orders.gross": gross,
        "orders.net": gross,
        "orders.customers": len({one.customer for one in won if one.customer}),
        "orders.day": sum(day_number(one.placed) for one in won),
        **left_out("orders", ("unknown_state" if one.state == "test" else "not_won" for one in lost)),
    }


def stage_of(order: Order) -> str:
    if order.counts:
        return STAGES_WON[order.number % len(STAGES_WON)]
    other = {"pending": "Negotiation/Review", "test": "Demo cancelled", "voided": "Closed-Lost to Competition"}
    return other.get(order.state, "Closed Lost")


def _contact(company: Company, number: int) -> Sequence[object]:
    one, firm = company.customer(number), has_account(number)
    return (
        record(2, number), "", one.name, f"Firm {number:04d}" if firm else "", record(1, number) if firm else "",
        one.written, "-None-", "Agent 1", record(9, 1), stamp(one.acquired, zone=ZONE),
    )  # fmt: skip


def _lookups(number: int | None) -> tuple[str, str, str, str]:
    """Account and contact of a record, each a name and an id."""
    if number is None:
        return "", "", "", ""
    account = (f"Firm {number:04d}", record(1, number)) if has_account(number) else ("", "")
    return (*account, f"Customer {number:04d}", record(2, number))


def _american(day: date) -> str:
    return day.strftime("%m/%d/%Y")


def _deal(one: Order) -> Sequence[object]:
    amount = money(one.gross, thousands=",", sign="$" if one.number % 2 else "") if one.state != "pending" else ""
    return (
        record(3, one.number), "Agent 1", record(9, 1), f"Deal {one.number}", *_lookups(one.customer), stage_of(one),
        _american(one.placed.date()), amount, "USD", "1", "Web", "Text,\nmore \"text\"", "New Business", "",
    )  # fmt: skip


def _case(one: Ticket) -> Sequence[object]:
    name, account, person, contact = _lookups(one.customer)
    return (
        record(4, one.number), f"{one.number:08d}", "Where is it?", "Closed" if one.solved else "On Hold", "High",
        one.channel.title(), name, account, person, contact, stamp(one.created, zone=ZONE),
    )  # fmt: skip


def _campaigns(company: Company) -> tuple[list[Sequence[object]], Totals]:
    rows: list[Sequence[object]] = []
    sent_to = [sum(send.campaign == one.number for send in company.sends) for one in company.campaigns]
    for one, sent in zip(company.campaigns, sent_to, strict=True):
        last = _american(one.sent.date() + timedelta(days=4))
        rows.append((record(5, one.number), one.name, "Email", "Complete", _american(one.sent.date()), last, "", 900,
                     100 + one.number, sent, 10))  # fmt: skip
    spent = sum(100 * (100 + one.number) for one in company.campaigns)
    counted = [day_number(one.sent) for one, sent in zip(company.campaigns, sent_to, strict=True) if sent]
    totals = {"spend.rows": len(rows), "spend.cents": spent, "campaigns.rows": len(counted)}
    return rows, totals | {"campaigns.sent": sum(sent_to), "campaigns.day": sum(counted)}


def write_bulk(company: Company, folder: Path) -> Expected:
    """Write deals as Bulk Read does: API names, ISO dates, ids without a prefix."""
    header = (
        "id",
        "Deal_Name",
        "Account_Name",
        "Account_Name.id",
        "Contact_Name.id",
        "Stage",
        "Closing_Date",
        "Amount",
    )
    rows = []
    for one in company.orders:
        name, account, _, contact = _lookups(one.customer)
        ids = (account.removeprefix("zcrm_"), contact.removeprefix("zcrm_"))
        amount = one.gross if one.state != "pending" else None
        day = one.placed.date()
        rows.append((record(3, one.number, prefix=""), f"Deal {one.number}", name, *ids, stage_of(one), day, amount))
    write_csv(folder / "554023000000568002.csv", header, rows)
    name = "554023000000568002.csv"
    return Expected({name: Rows(len(rows))}, deal_totals(company.orders), {name: "zoho.deals"})
