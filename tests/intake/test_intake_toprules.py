"""Each rule by which the header of an unknown file is found, at a top that only this rule reads rightly."""

from __future__ import annotations

import pytest

from clm_audit.intake.dialect import Dialect, records
from clm_audit.intake.toprules import RULES, Found, Top, decided

WORDS = ["lamp call,wrong day,blue", "late box,asked again,ten", "of phase,two please,size", "new arm,desk offer,rate"]
TYPED = [f"2024-01-{n:02},call {n},{n}.50,{n}" for n in range(1, 9)]
TOPS: dict[str, list[tuple[list[str], int, list[str], int]]] = {  # lines, width, names, first record of the data
    "names above pieces of a row": [
        (["Title,Author,Summary,", "lamp call", "wrong day", *WORDS], 3, ["Title", "Author", "Summary"], 1),
    ],
    "names right above words": [
        (["Title;Author;Summary", *WORDS], 3, ["Title", "Author", "Summary"], 1),
        (["Title,Author", *WORDS], 3, ["Title", "Author"], 1),
    ],
    "names below a line of words": [
        (["all records,of this,year", "Title,Author,Summary", *WORDS], 3, ["Title", "Author", "Summary"], 2),
    ],
    "names below a title as wide": [
        (["and,so,and", "Title,Author,Summary", *WORDS[:2]], 3, ["Title", "Author", "Summary"], 2),
    ],
    "lines unlike the rows below": [
        (["day,event,cost,clicks", *TYPED], 4, ["day", "event", "cost", "clicks"], 1),
        (["General,kind,Numbers,all", "Day,What,Cost,Clicks", "(d),(text),(eur),(n)", *TYPED], 4,
         ["Day", "What", "Cost", "Clicks"], 3),
        (["title,author,summary", *WORDS], 3, ["title", "author", "summary"], 1),
    ],
    "names of another width": [
        (["day,event,cost", *TYPED], 4, ["day", "event", "cost"], 1),
        (["day|event|cost|clicks", "----", *TYPED], 4, ["day", "event", "cost", "clicks"], 2),
    ],
}  # fmt: skip


def top(lines: list[str], width: int) -> Top:
    dialect = Dialect(",")
    return Top.of(records("\n".join((*lines, "")).encode(), ",", 0, 400), width, dialect)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_finds_the_names_at_its_own_top_and_no_rule_before_it_does(name: str) -> None:
    for lines, width, names, after in TOPS[name]:
        found = decided(top(lines, width))
        assert found is not None
        told, (record, index, data) = found
        assert (told, list(record.cells), index, data) == (name, names, index, after)
        assert RULES[name](top(lines, width)) == (record, index, data)


def without(name: str, lines: list[str], width: int) -> Found | None:
    """What is found where a rule is missing."""
    here = top(lines, width)
    return next((found for other, rule in RULES.items() if other != name and (found := rule(here))), None)


@pytest.mark.parametrize("name", RULES)
def test_without_its_rule_a_top_is_read_otherwise(name: str) -> None:
    for lines, width, names, after in TOPS[name]:
        found = without(name, lines, width)
        assert found is None or (list(found[0].cells), found[2]) != (names, after)


def test_rows_alone_have_no_header() -> None:
    assert decided(top(TYPED, 4)) is None
