"""ChurnZero's exports, read without any configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from systems import churnzero_world
from systems.company import make_company
from systems.expect import assert_world


def test_accounts_are_the_customers_and_contacts_are_not_counted_beside_them(tmp_path: Path) -> None:
    facts = assert_world(tmp_path, churnzero_world.write(make_company(), tmp_path))
    contacts = next(record for record in facts.files if record.path == "contacts.csv")
    assert any("understood and not used" in note for note in contacts.notes)


@pytest.mark.parametrize("inactive", [True, False])
def test_a_list_that_hides_inactive_accounts_shows_no_one_who_left(tmp_path: Path, inactive: bool) -> None:
    company = make_company()
    facts = assert_world(tmp_path, churnzero_world.write_list(company, tmp_path, inactive=inactive))
    left = sum(one.ended is not None for one in company.customers)
    assert left > 0
    assert facts.evidence.get("customers.inactive", 0) == (left if inactive else 0)
