"""Salesforce: the Data Export, reports and API layouts, read without any configuration."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from systems import salesforce_layouts, salesforce_world
from systems.company import make_company
from systems.expect import Expected, Rows, assert_world
from systems.files import write_csv, zip_files


def test_data_export(tmp_path: Path) -> None:
    expected = salesforce_world.write(make_company(), tmp_path)
    assert_world(tmp_path, expected, timezone=salesforce_world.ZONE)


def test_report(tmp_path: Path) -> None:
    expected = salesforce_layouts.write_reports(make_company(), tmp_path)
    assert_world(tmp_path, expected, timezone=salesforce_world.ZONE)


def test_api(tmp_path: Path) -> None:
    expected = salesforce_layouts.write_api(make_company(), tmp_path)
    assert_world(tmp_path, expected, timezone=salesforce_world.ZONE)


def test_data_export_in_zips(tmp_path: Path) -> None:
    """The weekly export comes as zips, each holding some of the objects."""
    expected = salesforce_world.write(make_company(), tmp_path)
    names = sorted(expected.files)
    members = {}
    for number, part in enumerate((names[:5], names[5:]), start=1):
        archive = f"WE_00D8a000000Org1EAE_{number}.ZIP"
        zip_files(tmp_path / archive, [tmp_path / name for name in part])
        members |= {name: f"{archive}/{name}" for name in part}
    files = {members[name]: rows for name, rows in expected.files.items()}
    systems = {members[name]: system for name, system in expected.systems.items()}
    assert_world(tmp_path, replace(expected, files=files, systems=systems), timezone=salesforce_world.ZONE)


def test_a_report_and_the_data_export_tell_of_the_same_opportunities(tmp_path: Path) -> None:
    """15 characters here, 18 there, some ids alike but for their case: each opportunity counts once."""
    company = make_company()
    paid = replace(company, orders=tuple(one for one in company.orders if one.counts))
    whole = salesforce_world.write(paid, tmp_path)
    report = salesforce_layouts.write_reports(paid, tmp_path)
    (name, rows), *_ = report.files.items()
    again = replace(rows, accepted=0, duplicate=rows.accepted)
    both = replace(whole, files=whole.files | {name: again}, systems=whole.systems | report.systems)
    facts = assert_world(tmp_path, both, timezone=salesforce_world.ZONE)
    who = facts.tables["orders"].collect()["customer"].drop_nulls().n_unique()
    assert who == len({company.person(one.customer) for one in paid.orders if one.customer})


@pytest.mark.parametrize(
    ("stage", "fate"),
    [
        ("Closed Won", None), ("closedwon", None), ("Closed & Won", None), ("Cierre Ganado 🤓", None),
        ("#09 WON", None), ("Gewonnen", None), ("Fermée gagnée", None), ("受注", None),
        ("Closed Lost", "not_won"), ("Not Won", "not_won"), ("Won't close", "not_won"), ("Verbally Won", "not_won"),
        ("Nicht gewonnen", "not_won"), ("Cerrada perdida", "not_won"), ("失注", "not_won"),
        ("Prospecting", "not_won"), ("03 - Proposal", "not_won"), ("Id. Decision Makers", "not_won"),
        ("Wonderful", "unknown_state"), ("Onboarding", "unknown_state"), ("Invoiced", "unknown_state"),
    ],
)  # fmt: skip
def test_the_name_of_a_stage_says_what_was_won(stage: str, fate: str | None, tmp_path: Path) -> None:
    header = ("Id", "AccountId", "StageName", "Amount", "CloseDate")
    write_csv(tmp_path / "Opportunity.csv", header, [("0068a00001AAAAA", "", stage, "12.50", "2024-02-29")])
    totals = {"orders.rows": 1, "orders.net": 1250} if fate is None else {f"orders.left_out.{fate}": 1}
    assert_world(tmp_path, Expected({"Opportunity.csv": Rows(1)}, totals))


def test_ids_that_differ_by_case_stay_two_and_capitals_that_were_lost_come_back(tmp_path: Path) -> None:
    header = ("Id", "AccountId", "StageName", "Amount", "CloseDate", "IsWon")
    accounts = ("0018a00001AbCdE", "0018a00001abcde", "0018a00001AbCdEAAV", "0018A00001ABCDEAAV")
    rows = [(salesforce_world.long("006", at), one, "Done", 10, "2024-02-29", 1) for at, one in enumerate(accounts)]
    write_csv(tmp_path / "Opportunity.csv", header, rows)
    totals = {"orders.rows": 4, "orders.net": 4_000, "orders.customers": 2}
    assert_world(tmp_path, Expected({"Opportunity.csv": Rows(4)}, totals))


def test_amounts_in_several_currencies_need_rates(tmp_path: Path) -> None:
    """Amount is in the currency of the row; the converted one, where exported, goes with its own currency column."""
    header = ("Opportunity ID", "Stage", "Close Date", "Amount Currency", "Amount")
    rows = [
        ("0068a00001AAAAA", "Won", "2024-02-29", "MXN", "100.00"),
        ("0068a00001AAAAB", "Won", "2024-02-28", "USD", "10"),
    ]
    write_csv(tmp_path / "report.csv", header, rows)
    expected = Expected({"report.csv": Rows(2)}, {"orders.rows": 2, "orders.net": 1_500})
    assert_world(tmp_path, expected, rates={"MXN": Decimal("0.05")})
    wide = (*header, "Amount (converted) Currency", "Amount (converted)")
    write_csv(tmp_path / "report.csv", wide, [(*one, "USD", "7.00") for one in rows])
    facts = assert_world(tmp_path, Expected({"report.csv": Rows(2)}, {"orders.rows": 2, "orders.net": 1_400}))
    assert facts.currency == "USD"


def test_an_account_called_total_is_an_account(tmp_path: Path) -> None:
    header = ("Account Name", "Opportunity ID", "Stage", "Close Date", "Amount")
    rows = [("Total", "0068a00001AAAAA", "Won", "2024-02-29", "10.00"), ("Total", "", "", "", "10.00")]
    write_csv(tmp_path / "report.csv", header, rows)
    totals = {"orders.rows": 1, "orders.net": 1_000}
    assert_world(tmp_path, Expected({"report.csv": Rows(1, structure=2)}, totals))


def test_reports_on_accounts_contacts_cases_and_members(tmp_path: Path) -> None:
    """Ids of 15 characters; the case and the members name contacts, who belong to an account."""
    account, contact, other, lead = (
        salesforce_world.short(prefix, number) for prefix, number in (("001", 1), ("003", 1), ("003", 2), ("00Q", 1))
    )
    footer = ('"Copyright © 2000-2025 salesforce.com, inc. All rights reserved."', '"Generated By:  Customer 0001"')
    write_csv(tmp_path / "a.csv", ("Account Name", "Account ID", "Industry"), [("Firm 0001", account, "Retail")])
    people = [("Customer 0001", contact, "customer0001@example.com", account), ("Customer 0002", other, "", account)]
    write_csv(tmp_path / "b.csv", ("Last Name", "Contact ID", "Email", "Account ID"), people, after=footer)
    cases = [("00001014", contact, "5/18/2023 3:04 PM", "5/19/2023 3:04 PM", "Closed")]
    write_csv(
        tmp_path / "c.csv", ("Case Number", "Contact ID", "Date/Time Opened", "Date/Time Closed", "Status"), cases
    )
    members = [
        ("Newsletter 01", contact, "Responded", "5/20/2023", "5/21/2023"),
        ("Newsletter 01", other, "Sent", "5/20/2023", ""),
        ("Newsletter 01", lead, "Planned", "5/20/2023", ""),
        ("Newsletter 01", "", "Sent", "5/20/2023", ""),
    ]
    header = ("Campaign Name", "Contact ID", "Member Status", "Member First Associated Date")
    write_csv(tmp_path / "d.csv", (*header, "Member First Responded Date"), members)
    expected = Expected(
        {"a.csv": Rows(1), "b.csv": Rows(2, structure=3), "c.csv": Rows(1), "d.csv": Rows(3, rejected=1)},
        {
            "customers.rows": 1,
            "tickets.rows": 1,
            "tickets.customers": 1,
            "sends.rows": 2,
            "sends.recipients": 2,
            "responses.rows": 1,
            "responses.kind.responded": 1,
        },
        {
            "a.csv": "salesforce.account_report",
            "b.csv": "salesforce.contact_report",
            "c.csv": "salesforce.case_report",
            "d.csv": "salesforce.campaign_report",
        },
    )
    facts = assert_world(tmp_path, expected)
    owner = facts.tables["customers"].collect()["customer"].to_list()
    assert facts.tables["tickets"].collect()["customer"].to_list() == owner


def test_a_formatted_report_in_a_workbook(tmp_path: Path) -> None:
    """A block of titles above the header, a total and the footer below the rows, the table not in the first column."""
    header = ("Account ID", "Opportunity ID", "Stage", "Close Date", "Amount")
    with xlsxwriter.Workbook(tmp_path / "Won deals-2024-12-31-10-00-00.xlsx") as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "m/d/yyyy"})
        sheet.write(0, 1, "Won deals")
        sheet.write(1, 1, "As of 2024-12-31 10:00:00 • Generated by Customer 0001 • Sorted by Stage")
        sheet.write_row(4, 1, header)
        for at in range(3):
            ids = (salesforce_world.short("001", at), salesforce_world.short("006", at))
            sheet.write_row(5 + at, 1, (*ids, "Closed Won"))
            sheet.write_datetime(5 + at, 4, datetime(2024, 2, 29), day)
            sheet.write_number(5 + at, 5, 1_234.5)
        sheet.write_row(8, 1, ("Total", "", "", "", 3_703.5))
        sheet.write(9, 1, "Confidential Information - Do Not Distribute")
        sheet.write(10, 1, "Copyright © 2000-2024 salesforce.com, inc. All rights reserved.")
    facts = assert_world(tmp_path, _workbook_totals())
    assert facts.tables["orders"].collect()["customer"].n_unique() == 3


def _workbook_totals() -> Expected:
    name = "Won deals-2024-12-31-10-00-00.xlsx"
    return Expected({name: Rows(3, structure=8)}, {"orders.rows": 3, "orders.net": 370_350})


def test_the_field_history_tells_of_stages_alone(tmp_path: Path) -> None:
    header = ("Id", "OpportunityId", "CreatedDate", "Field", "OldValue", "NewValue", "IsDeleted")
    rows = [
        ("1", "006A", "2024-02-29 12:00:00", "StageName", "Prospecting", "Closed Won", 0),
        ("2", "006A", "2024-02-29 12:00:00", "Amount", "10", "20", 0),
        ("3", "006A", "2024-02-28 12:00:00", "StageName", "", "Prospecting", 1),
    ]
    write_csv(tmp_path / "OpportunityFieldHistory.csv", header, rows)
    totals = {"stages.rows": 1, "stages.stage.Closed Won": 1}
    assert_world(tmp_path, Expected({"OpportunityFieldHistory.csv": Rows(3)}, totals))


@pytest.mark.parametrize("end", ["\n", ""])
def test_the_footer_of_a_german_report_ends_with_the_name_of_the_company_with_or_without_a_line_end(
    tmp_path: Path, end: str
) -> None:
    names = "Opportunity-Name,Phase,Schlusstermin,Betrag Währung,Betrag,Accountname,Account-ID,Opportunity-ID"
    rows = [
        f'Geschäft {n},Closed Won,{n:02}.05.2024,EUR,"1.0{n:02},50",Größe {n % 5},'
        f"{salesforce_world.short('001', n % 5)},{salesforce_world.short('006', n)}"
        for n in range(1, 25)
    ]
    footer = [
        "", "Verkaufschancen Bericht", '"Copyright (c) 2000-2024 salesforce.com, inc. Alle Rechte vorbehalten."',
        '"Vertrauliche Informationen - Nicht verteilen"', '"Generiert von:  Customer 0001 25.05.2024 09:12"', "Firma",
    ]  # fmt: skip
    text = "\n".join([names, *rows, *footer]) + end
    (tmp_path / "report1716600000000.csv").write_bytes(text.encode("latin-1"))
    totals = {"orders.rows": 24, "orders.gross": sum(100_050 + 100 * n for n in range(1, 25))}
    assert_world(tmp_path, Expected({"report1716600000000.csv": Rows(24, structure=7)}, totals))
