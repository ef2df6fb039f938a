"""A company as Pipedrive exports it: deals, people and organizations, in English and in Czech.

Two customers in three are organizations with one person; the others are persons without one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from systems.company import Company, Order, cents
from systems.expect import Expected, Rows, Totals, day_number
from systems.files import stamp, write_csv

ZONE = "Europe/Prague"
_STATUS = {"paid": "Won", "cancelled": "Lost", "voided": "deleted", "pending": "Open", "test": "Lost"}
_CZECH = {"Won": "Vyhráno", "Lost": "Prohra", "Open": "Otevřeno", "deleted": "Smazáno"}


def has_organization(number: int) -> bool:
    return number % 3 != 0


def deal_totals(orders: Sequence[Order]) -> Totals:
    """Won deals on the day they were won; customers by organization, else by person. Others have no day at all."""
    won = [one for one in orders if one.counts]
    gross = sum(cents(one.gross) for one in won)
    return {
        "orders.rows": len(won),
        "orders.gross": gross,
        "orders.net": gross,
        "orders.customers": len({one.customer for one in won if one.customer}),
        "orders.day": sum(day_number(one.placed, ZONE) for one in won),
    }


def write(company: Company, folder: Path) -> Expected:
    """Write deals, people and organizations; ids of persons and organizations are not among the columns.

    A won deal still stands in its last stage; the date a lost deal was closed on is no date of revenue. Lost and
    open deals have no won time, so that they have no date of their own.
    """
    header = (
        "Deal - ID", "Deal - Title", "Deal - Creator", "Deal - Owner", "Deal - Value", "Deal - Currency of Value",
        "Deal - Weighted value", "Deal - Currency of Weighted value", "Deal - Probability", "Deal - Organization",
        "Deal - Pipeline", "Deal - Contact person", "Deal - Stage", "Deal - Status", "Deal - Deal created",
        "Deal - Update time", "Deal - Won time", "Deal - Lost time", "Deal - Deal closed on",
        "Deal - Expected close date", "Person - Email",
    )  # fmt: skip
    rows = [_deal(company, one) for one in company.orders]
    write_csv(folder / "deals-1234567-1.csv", header, rows)
    people = [
        (one.name, f"Firm {one.number:04d}" if has_organization(one.number) else "", one.written, "+420 555")
        for one in company.customers
    ]
    write_csv(
        folder / "people.csv", ("Person - Name", "Person - Organization", "Person - Email", "Person - Phone"), people
    )
    firms = [(f"Firm {one.number:04d}", "Agent 1", 3) for one in company.customers if has_organization(one.number)]
    header = ("Organization - Name", "Organization - Owner", "Organization - Won deals")
    write_csv(folder / "organizations.csv", header, firms)
    files = {"deals-1234567-1.csv": Rows(len(rows)), "people.csv": Rows(len(people))}
    files["organizations.csv"] = Rows(len(firms))
    systems = {"deals-1234567-1.csv": "pipedrive.deals", "people.csv": "pipedrive.people"}
    systems["organizations.csv"] = "pipedrive.organizations"
    totals = deal_totals(company.orders) | {"customers.rows": len(people), "customers.customers": len(people)}
    return Expected(files, totals, systems)


def _deal(company: Company, one: Order) -> Sequence[object]:
    who = company.customer(one.customer) if one.customer else None
    firm = f"Firm {who.number:04d}" if who and has_organization(who.number) else ""
    status, at = _STATUS[one.state], stamp(one.placed, zone=ZONE)
    return (
        one.number, f"Deal {one.number}", "Agent 1", "Agent 2", one.gross if one.state != "pending" else "", "USD",
        one.gross, "USD", "", firm, "Pipeline", who and who.name, "Negotiations Started",
        status.upper() if one.number % 2 else status, at, at, at if one.counts else "",
        "" if one.counts else at, at if status in ("Won", "Lost") else "", "", who and who.email,
    )  # fmt: skip


def write_czech(company: Company, folder: Path) -> Expected:
    """Write the deals of an account in Czech, with a currency a deal."""
    header = ("Obchod - ID", "Obchod - Název", "Obchod - Hodnota", "Obchod - Měna hodnoty", "Obchod - Organizace",
              "Obchod - Kontaktní osoba", "Obchod - Fáze", "Obchod - Stav", "Obchod - Datum výhry",
              "Osoba - Telefon")  # fmt: skip
    rows = [
        (one.number, f"Obchod {one.number}", one.gross, "USD", "",
         company.customer(one.customer).name if one.customer else "", "Jednání", _CZECH[_STATUS[one.state]],
         stamp(one.placed, zone=ZONE) if one.counts else "", "")
        for one in company.orders
    ]  # fmt: skip
    write_csv(folder / "obchody.csv", header, rows, delimiter=";", bom=True, end="\r\n")
    return Expected({"obchody.csv": Rows(len(rows))}, deal_totals(company.orders), {"obchody.csv": "pipedrive.deals"})
