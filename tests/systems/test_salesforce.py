"""Salesforce: the Data Export, reports and API layouts, read without any configuration."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

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
