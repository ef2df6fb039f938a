"""A company's costs as QuickBooks Online reports them: entries below the name of their account, or a list by date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

from systems.company import PLATFORMS, Company, Spend
from systems.expect import Expected, Rows, spend_totals
from systems.files import money, write_csv

BEFORE = ("Example Ltd", "Transaction Detail by Account", '"January 1, 2023-December 21, 2024"')
FOOTER = '"Accrual Basis  Wednesday, May 14, 2026 09:12 AM GMT-07:00"'
HEADER = ["", "Date", "Transaction Type", "Num", "Name", "Memo/Description", "Split", "Amount", "Balance"]
NEW_HEADER = ["", "Transaction date", "Transaction type", "Num", "Name", "Description", "Split", "Amount", "Balance"]
BY_DATE = ["Date", "Transaction Type", "Num", "Name", "Memo/Description", "Account", "Split", "Amount"]
ACCOUNTS = dict(
    zip(PLATFORMS, ("5010 Google Ads", "5020 Facebook", "5100 Loyalty", "5200 Support tools", "6000 Rent"), strict=True)
)
RULES = {"acquisition": ("5000 Marketing",), "retention": ("Loyalty",), "service": ("support tools",)}
_EPOCH = date(1970, 1, 1)
Cells = list[object]


def write(company: Company, folder: Path, *, new: bool = False, unpadded: bool = False) -> Expected:
    """Write ``Transaction Detail by Account.csv``: ads are sub-accounts of Marketing, each account has a total.

    Every bill of Rent is paid by an entry of its own; a transfer and two sales stand there as well.
    """
    rows: list[Cells] = []
    rows.append(_heading("5000 Marketing"))
    for platform in PLATFORMS[:2]:
        rows += _account(company, platform)
    rows.append(_entry(Spend(company.start.date(), "", "", Decimal("12.50")), "Journal Entry", "agency fee"))
    rows.append(_total("5000 Marketing with sub-accounts", Decimal("70865.24")))
    for platform in PLATFORMS[2:]:
        rows += _account(company, platform)
    rows += [_heading("4000 Sales"), *_noise(company), _total("4000 Sales", Decimal(-250))]
    rows.append(_total("", Decimal("99999.99")))
    header = NEW_HEADER if new else HEADER
    pad = "" if unpadded else "," * (len(header) - 1)
    name = "Transaction Detail by Account.csv"
    write_csv(folder / name, header, rows, before=[*(line + pad for line in BEFORE), pad], after=[pad, FOOTER + pad])
    entries = [row for row in rows if not row[0] and row[1] != "Beginning Balance"]
    totals = spend_totals(company.spend)
    totals["spend.rows"] += 1
    totals["spend.cents"] += 1250
    totals["spend.cents.acquisition"] = totals.get("spend.cents.acquisition", 0) + 1250
    totals["spend.day"] += (company.start.date() - _EPOCH).days
    structure = len(rows) - len(entries) + len(BEFORE) + 1 + 1 + 2
    return Expected({name: Rows(len(entries), structure=structure)}, totals, {name: "quickbooks.entries_by_account"})


def _heading(name: str) -> Cells:
    return [name, *[""] * 8]


def _total(name: str, amount: Decimal) -> Cells:
    return [f"Total for {name}" if name else "TOTAL", *[""] * 6, money(amount, thousands=",", sign="$"), ""]


def _account(company: Company, platform: str) -> list[Cells]:
    entries = [one for one in company.spend if one.platform == platform]
    kinds = {"Rent": "Bill", "Loyalty": "Credit Card Expense"}
    rows = [_heading(ACCOUNTS[platform]), ["", "Beginning Balance", *[""] * 6, "1,234.00"]]
    rows += [_entry(one, kinds.get(platform, "Expense"), one.account) for one in entries]
    if platform == "Rent":
        rows += [_entry(one, "Bill Payment (Check)", "") for one in entries]
    return [*rows, _total(ACCOUNTS[platform], sum((one.amount for one in entries), Decimal(0)))]


def _entry(one: Spend, kind: str, memo: str) -> Cells:
    amount = money(one.amount, thousands=",")
    return ["", one.day.strftime("%m/%d/%Y"), kind, "", "Example Vendor", memo, "1000 Checking", amount, amount]


def _noise(company: Company) -> Iterable[Cells]:
    """What is no spend: a transfer, an invoice and a refund."""
    day = company.start.date()
    for kind, amount in (("Transfer", "1000"), ("Invoice", "500"), ("Refund", "-250")):
        yield _entry(Spend(day, "", "", Decimal(amount)), kind, "")


def write_by_date(company: Company, folder: Path) -> Expected:
    """Write ``Transaction List by Date.csv``: what was paid for stands in Split; expenses are negative there."""
    rows: list[Cells] = []
    for one in company.spend:
        bill = one.platform == "Rent"
        amount = one.amount if bill else -one.amount
        account = "2000 Accounts Payable (A/P)" if bill else "1000 Checking"
        kind = "Bill" if bill else "Check"
        rows.append(_listed(one, kind, account, ACCOUNTS[one.platform], amount))
        if bill:
            rows.append(_listed(one, "Bill Payment (Check)", "1000 Checking", account, -amount))
    last = company.spend[-1]
    rows.append(_listed(last, "Vendor Credit", "2000 Accounts Payable (A/P)", ACCOUNTS["Rent"], Decimal("-3.00")))
    name = "Transaction List by Date.csv"
    lines = ("Transaction List by Date", "Example Ltd", '"January 1, 2023-December 21, 2024"', "")
    write_csv(folder / name, BY_DATE, rows, before=lines, after=("", FOOTER.replace("Accrual", "Cash")))
    totals = spend_totals(company.spend)
    totals["spend.rows"] += 1
    totals["spend.cents"] -= 300
    totals["spend.cents.other"] -= 300
    totals["spend.day"] += (last.day - _EPOCH).days
    return Expected({name: Rows(len(rows), structure=7)}, totals, {name: "quickbooks.transactions_by_date"})


def _listed(one: Spend, kind: str, account: str, split: str, amount: Decimal) -> Cells:
    return [one.day.strftime("%m/%d/%Y"), kind, "", "Example Vendor", "", account, split, money(amount, thousands=",")]
