"""Ids in one form: Salesforce's 15 and 18 characters against the published rule, GUIDs in every spelling."""

from __future__ import annotations

import string
import uuid

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from clm_audit.facts.idforms import one_form, salesforce

_RULE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_IDS = st.text(string.ascii_letters + string.digits, min_size=15, max_size=15)


def by_the_rule(short: str) -> str:
    """Each block of five characters as five bits, the first the smallest, set where it is a capital."""
    blocks = (short[at : at + 5] for at in (0, 5, 10))
    return short + "".join(_RULE[int("".join(str(int(c.isupper())) for c in reversed(block)), 2)] for block in blocks)


@given(st.lists(_IDS, min_size=1, max_size=30))
def test_short_ids_become_long_ones_that_stay_as_they_are(ids: list[str]) -> None:
    long = salesforce(pl.Series(ids))
    assert long.to_list() == [by_the_rule(one) for one in ids]
    assert salesforce(long).to_list() == long.to_list()


@given(_IDS, st.sampled_from((str.lower, str.upper, str.swapcase)))
def test_long_ids_get_back_the_case_that_they_lost(short: str, bend) -> None:
    long = by_the_rule(short)
    assert salesforce(pl.Series([bend(long)])).to_list() == [long]


@given(st.lists(st.none() | st.text(max_size=20) | _IDS, max_size=20))
def test_what_is_no_id_stays_as_it_is_and_no_two_become_one(cells: list[str | None]) -> None:
    """Only ids that end in a true check may change by case; texts of other lengths never do."""
    found = salesforce(pl.Series(cells, dtype=pl.String)).to_list()
    for before, after in zip(cells, found, strict=True):
        if before is None or len(before) not in (15, 18) or not before.isascii() or not before.isalnum():
            assert after == before


def test_an_ending_that_cannot_be_true_changes_nothing() -> None:
    one = "001000000000000AAB"  # would make the digit 0 a capital
    assert salesforce(pl.Series([one])).to_list() == [one]


@given(st.uuids())
def test_guids_are_the_same_in_every_spelling(one: uuid.UUID) -> None:
    plain = str(one)
    cells = [plain, plain.upper(), f"{{{plain}}}", f"{{{plain.upper()}}}", "Firm {X}", None]
    frame = pl.DataFrame({"id": cells}, schema={"id": pl.String})
    assert frame.select(one_form(pl.col("id"), "guid"))["id"].to_list() == [plain] * 4 + ["Firm {X}", None]
