"""The exports of every system, loaded into a database as texts: the facts and numbers that the files give."""

from __future__ import annotations

from pathlib import Path

import pytest

from clm_audit.exits import DataError
from facts.warehouse_systems import numbers, read, tables_in, written
from facts.warehouse_world import everything
from systems.company import Company, make_company

SYSTEMS = (
    "amplitude", "churnzero", "dynamics365", "emarsys", "freshdesk", "google_ads", "hubspot", "intercom", "klaviyo",
    "mailchimp", "meta_ads", "pipedrive", "plain", "salesforce", "shopify", "stripe", "woocommerce", "zendesk", "zoho",
)  # fmt: skip


@pytest.fixture(scope="module")
def company() -> Company:
    return make_company(customers=60, months=16)


@pytest.mark.parametrize("system", SYSTEMS)
def test_tables_of_texts_give_what_the_exports_give(system: str, company: Company, tmp_path: Path) -> None:
    plan = written(system, company, tmp_path / "files")
    there = tables_in(plan, tmp_path)
    home = read(plan, lambda facts: numbers(plan, facts))
    found = read(there, lambda facts: numbers(there, facts))
    assert any(len(rows) > 10 for rows in home["tables"].values())
    for name, rows in home["tables"].items():
        assert found["tables"][name] == rows, name
    for name, value in home.items():
        assert found[name] == value, name


def test_what_stays_refused_is_refused_by_name(company: Company, tmp_path: Path) -> None:
    plan = written("quickbooks", company, tmp_path / "files")
    there = tables_in(plan, tmp_path)
    with pytest.raises(DataError, match=r"cannot have: sections \(make a view"):
        read(there, everything)
