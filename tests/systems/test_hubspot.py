"""HubSpot's exports, read without any configuration."""

from __future__ import annotations

from pathlib import Path

from systems import hubspot_world
from systems.company import make_company
from systems.expect import Expected, Rows, assert_world
from systems.files import write_csv


def test_contacts_deals_tickets_and_recipients(tmp_path: Path) -> None:
    expected = hubspot_world.write(make_company(), tmp_path)
    assert_world(tmp_path, expected, timezone=hubspot_world.ZONE)


def test_deals_in_spanish(tmp_path: Path) -> None:
    expected = hubspot_world.write_spanish(make_company(), tmp_path)
    assert_world(tmp_path, expected, timezone=hubspot_world.ZONE)


def test_deals_in_a_workbook(tmp_path: Path) -> None:
    expected = hubspot_world.write_workbook(make_company(), tmp_path)
    assert_world(tmp_path, expected, timezone=hubspot_world.ZONE)


def test_companies_are_understood_and_not_customers(tmp_path: Path) -> None:
    header = ("Record ID", "Company name", "Company Domain Name", "Company owner", "Lifecycle Stage", "Create Date")
    write_csv(
        tmp_path / "companies.csv", header, [(900100, "Example Ltd", "example.com", "", "Customer", "2024-01-01")]
    )
    assert_world(tmp_path, Expected({"companies.csv": Rows(1)}, {}, {"companies.csv": "hubspot.companies"}))


def test_a_converted_amount_never_takes_the_currency_of_the_deal(tmp_path: Path) -> None:
    header = ("Record ID", "Deal Stage", "Close Date", "Amount", "Currency", "Amount in company currency")
    write_csv(tmp_path / "deals.csv", header, [(11, "closedwon", "2024-02-29 10:00", "200.0", "MXN", "10.0")])
    facts = assert_world(tmp_path, Expected({"deals.csv": Rows(1)}, {"orders.rows": 1, "orders.net": 1_000}))
    assert not isinstance(facts.currency, str)


def test_internal_names_and_values(tmp_path: Path) -> None:
    deals = ("hs_object_id", "dealname", "dealstage", "amount", "closedate", "hs_is_closed_won")
    rows = [(11, "A", "98765", "10.5", "2024-02-29T10:00:00.000Z", "true"), (12, "B", "98766", "", "", "false")]
    write_csv(tmp_path / "deals.csv", deals, rows)
    expected = Expected({"deals.csv": Rows(2)}, {"orders.rows": 1, "orders.net": 1_050}, {"deals.csv": "hubspot.deals"})
    assert_world(tmp_path, expected)


def test_which_of_two_columns_of_one_label_is_read_is_said(tmp_path: Path) -> None:
    header = ("Record ID", "Deal Stage", "Close Date", "Amount", "Amount", "Notes", "Notes")
    write_csv(tmp_path / "deals.csv", header, [(11, "closedwon", "2024-02-29", "10.0", "99.0", "", "")])
    facts = assert_world(tmp_path, Expected({"deals.csv": Rows(1)}, {"orders.rows": 1, "orders.net": 1_000}))
    assert [note for note in facts.files[0].notes if "called" in note] == [
        "2 columns are called Amount: the first of them is read"
    ]
