"""QuickBooks reports, read without any configuration but the names of the accounts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clm_audit.config.plan import SpendRules
from systems import google_ads_world, meta_ads_world, quickbooks_world
from systems.company import make_company
from systems.expect import Expected, Rows, assert_world
from systems.files import write_csv
from systems.sheets import as_workbooks

RULES = SpendRules(**quickbooks_world.RULES)
BY_DATE = SpendRules(acquisition=("Google Ads", "5020 facebook"), retention=("Loyalty",), service=("support tools",))


@pytest.mark.parametrize("how", [{}, {"new": True}, {"unpadded": True}])
def test_entries_belong_to_the_account_above_them(tmp_path: Path, how: dict[str, bool]) -> None:
    company = make_company()
    facts = assert_world(tmp_path, quickbooks_world.write(company, tmp_path, **how), spend=RULES)
    months = sum(one.platform == "Rent" for one in company.spend)
    assert facts.evidence["spend.left_out.settlement"] == months + 1  # a transfer
    assert facts.evidence["spend.left_out.income"] == 2


def test_advertising_that_the_platforms_report_too_counts_once(tmp_path: Path) -> None:
    company = make_company(customers=10)
    books = quickbooks_world.write(company, tmp_path / "books")
    google = google_ads_world.write(company, tmp_path / "google")
    meta = meta_ads_world.write(company, tmp_path / "meta")
    files = {f"google/{name}": rows for name, rows in google.files.items()}
    files |= {f"meta/{name}": rows for name, rows in meta.files.items()}
    [(name, rows)] = books.files.items()
    ads = sum(one.platform in ("Google Ads", "Meta Ads") for one in company.spend)
    files[f"books/{name}"] = replace(rows, accepted=rows.accepted - ads, duplicate=ads)
    money = {key: cents for key, cents in books.totals.items() if key.startswith("spend.cents")}
    days_without = meta.totals["spend.rows"] - len(meta_ads_world.spend_of(company))
    totals = money | {"spend.rows": books.totals["spend.rows"] + days_without}
    assert_world(tmp_path, Expected(files, totals), spend=RULES)


def test_the_report_as_a_workbook(tmp_path: Path) -> None:
    expected = quickbooks_world.write(make_company(customers=10, months=9), tmp_path)
    assert_world(tmp_path, as_workbooks(tmp_path, expected), spend=RULES)


def test_a_list_by_date_takes_what_was_paid_for_and_the_sign_of_its_type(tmp_path: Path) -> None:
    assert_world(tmp_path, quickbooks_world.write_by_date(make_company(), tmp_path), spend=BY_DATE)


def test_parentheses_are_negative_and_an_unknown_type_is_left_out(tmp_path: Path) -> None:
    rows = [
        ["5010 Ads", *[""] * 8],
        ["", "13/01/2024", "Expense", "", "V", "", "C", "1,000.00", ""],
        ["", "14/01/2024", "Vendor Credit", "", "V", "", "C", "$(250.00)", ""],
        ["", "15/01/2024", "Depreciation", "", "V", "", "C", "7.00", ""],
        ["Total for 5010 Ads", *[""] * 6, "$750.00", ""],
    ]
    write_csv(tmp_path / "q.csv", quickbooks_world.HEADER, rows, before=("Example Ltd",))
    totals = {"spend.rows": 2, "spend.cents": 75000, "spend.cents.acquisition": 75000}
    facts = assert_world(
        tmp_path, Expected({"q.csv": Rows(3, structure=4)}, totals), spend=SpendRules(acquisition=("Ads",))
    )
    assert facts.evidence["spend.left_out.unknown_state"] == 1


def test_the_sales_of_the_books_are_not_counted(tmp_path: Path) -> None:
    header = ["", "Transaction date", "Transaction type", "Num", "Product/Service", "Quantity", "Sales price", "Amount"]
    rows = [
        ["Customer 0001", *[""] * 7],
        ["", "01/15/2024", "Invoice", "1001", "Item", "1", "10.00", "10.00"],
        ["Total for Customer 0001", *[""] * 6, "$10.00"],
    ]
    write_csv(tmp_path / "sales.csv", header, rows, before=("Example Ltd", "Sales by Customer Detail"))
    [file] = assert_world(tmp_path, Expected({"sales.csv": Rows(1, structure=5)}, {})).files
    assert file.object == "sales_detail"
