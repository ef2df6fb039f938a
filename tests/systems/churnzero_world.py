"""A company's accounts, contacts, events and NPS answers as ChurnZero exports them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from systems.company import Company, Customer, Subscription
from systems.expect import (
    Expected,
    Rows,
    customer_totals,
    day_number,
    event_totals,
    subscription_totals,
    survey_totals,
)
from systems.files import stamp, write_csv

_ISO = "%Y-%m-%dT%H:%M:%SZ"
_ACCOUNT = (
    "accountExternalId", "name", "nextRenewalDate", "totalContractAmount", "isActive", "billingAddressCountry",
    "startDate", "endDate", "LicenseCount", "OwnerUserAccount", "ParentAccountExternalId", "cf_Region", "arr",
)  # fmt: skip
_LISTED = (
    "Account Name", "External Id", "ChurnScore", "Total Contract Amount", "Next Renewal", "Start Date", "End Date",
    "Is Active", "Segments", "CSM/Owner", "NPS Score", "Last NPS Date",
)  # fmt: skip
_CONTACT = ("accountExternalId", "contactExternalId", "firstName", "lastName", "email")
_EVENT = ("accountExternalId", "contactExternalId", "eventName", "eventDate", "description", "quantity")
_NPS = ("Account Name", "External Id", "Contact Name", "Score", "Comment", "Response Date", "Survey Name")


def write(company: Company, folder: Path) -> Expected:
    """Write the import layout: accounts (active and inactive), contacts, events and NPS answers."""
    paid = [_contract(company, one) for one in company.subscriptions]
    arr = {one.customer: one.amount for one in paid}
    write_csv(folder / "accounts.csv", _ACCOUNT, [_account(one, arr) for one in company.customers], quote="texts")
    contacts = [(one.id, f"P{one.number}", "Customer", f"{one.number:04d}", one.written) for one in company.customers]
    write_csv(folder / "contacts.csv", _CONTACT, contacts)
    events = [one for one in company.events if one.customer]
    write_csv(
        folder / "events.csv",
        _EVENT,
        [(company.customer(one.customer or 0).id, "", one.name, stamp(one.at, _ISO), "", 1) for one in events],
    )
    answers = [one for one in company.surveys if one.kind == "nps"]
    rows = []
    for one in answers:
        account = company.customer(one.customer)
        rows.append((account.name, account.id, "", one.score, "", stamp(one.at, "%Y-%m-%d"), "Relationship"))
    write_csv(folder / "nps.csv", _NPS, rows)
    files = {"accounts.csv": len(company.customers), "contacts.csv": len(contacts)}
    files |= {"events.csv": len(events), "nps.csv": len(answers)}
    totals = _accounts(company, company.customers) | subscription_totals(paid)
    totals |= event_totals(events) | survey_totals(answers)
    systems = {name: f"churnzero.{name.removesuffix('.csv')}" for name in files}
    return Expected({name: Rows(count) for name, count in files.items()}, totals, systems)


def write_list(company: Company, folder: Path, *, inactive: bool) -> Expected:
    """Write the list of accounts as its view shows it; by default such a list hides the ``inactive`` ones."""
    listed = [one for one in company.customers if inactive or one.ended is None]
    last = {one.customer: one for one in company.surveys if one.kind == "nps"}
    rows = []
    for one in listed:
        answer = last.get(one.number)
        nps = (answer.score, stamp(answer.at, "%Y-%m-%d")) if answer else ("", "")
        start, end = stamp(one.acquired, "%Y-%m-%d"), stamp(one.ended, "%Y-%m-%d")
        active = "No" if one.ended else "Yes"
        rows.append((one.name, one.id, 71, "12,000.00", "2026-01-01", start, end, active, one.segment, "Owner 1", *nps))
    write_csv(folder / "Accounts.csv", _LISTED, rows, bom=True, end="\r\n")
    answers = [last[one.number] for one in listed if one.number in last]
    totals = _accounts(company, listed) | survey_totals(answers)
    return Expected({"Accounts.csv": Rows(len(rows))}, totals, {"Accounts.csv": "churnzero.accounts"})


def _accounts(company: Company, listed: Iterable[Customer]) -> dict[str, int]:
    listed = list(listed)
    ended = sum(day_number(one.ended) for one in listed if one.ended)
    return customer_totals(company, (one.number for one in listed)) | {"customers.ended": ended}


def _contract(company: Company, one: Subscription) -> Subscription:
    """A subscription as an account shows it: a year's worth, from the day the account began to the day it left."""
    account = company.customer(one.customer)
    amount = one.amount * 12 if one.interval == "month" else one.amount
    return replace(one, amount=amount, interval="year", start=account.acquired, ended=account.ended, cancelled=None)


def _account(one: Customer, arr: dict[int, Decimal]) -> list[object]:
    active = "false" if one.ended else "true"
    start, end = stamp(one.acquired, _ISO), stamp(one.ended, _ISO)
    return [
        one.id, one.name, "2026-01-01", 12_000, active, "US", start, end, 5, "Owner 1", "", one.region,
        arr.get(one.number),
    ]  # fmt: skip
