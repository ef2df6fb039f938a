"""What stands above the header and between the rows: periods, headings, keys and values."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_audit.config.preset import ExportObject, Recognise
from clm_audit.intake.above import SECTION, completed, periods
from clm_audit.intake.job import Content, UnknownExportError
from clm_audit.intake.model import ROW

DAYS = st.dates(date(2001, 1, 1), date(2090, 12, 31))
FORMS = ("%B %-d, %Y", "%b %-d, %Y", "%-d %B %Y", "%-d. %b. %Y", "%Y-%m-%d")


def content(leading: list[str], titles: tuple[str, ...] = ()) -> Content:
    frame = pl.LazyFrame(
        {ROW: range(len(leading)), "column 1": leading, "Date": ["x"] * len(leading)}, schema_overrides={ROW: pl.UInt32}
    )
    headers = {"column 1": "", "Date": "Date"}
    return Content(frame, len(leading), 1, headers, 1, "utf-8", "comma, LF", None, (), titles=titles)


def export(**how: bool) -> ExportObject:
    return ExportObject(recognise=Recognise(required=("Date",)), yields=(), **how)


@given(DAYS, st.integers(0, 800), st.sampled_from(FORMS), st.sampled_from([" - ", " – ", "-", " — "]))
def test_a_period_in_any_spelling_is_the_days_it_names(first: date, length: int, form: str, dash: str) -> None:
    last = first + timedelta(days=length)
    title = f"{first.strftime(form)}{dash}{last.strftime(form)}"
    assert list(periods(["Campaign report", title])) == [(first, last)]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("July 8, 2025", [(date(2025, 7, 8), date(2025, 7, 8))]),
        ("1. März 2025 - 31. März 2025", [(date(2025, 3, 1), date(2025, 3, 31))]),
        ("1 de enero de 2025 - 2 de febrero de 2025", [(date(2025, 1, 1), date(2025, 2, 2))]),
        ("1 juin 2025 - 31 juil. 2025", [(date(2025, 6, 1), date(2025, 7, 31))]),
        ("All time", []),
        ("Report created July 8, 2025", []),
        ("July 8, 2025 - July 7, 2025", []),
        ("July 8 - July 31, 2025", []),
        ("Smarch 1, 2025 - Smarch 2, 2025", []),
        ("February 29, 2025", []),
        ("07/08/2025 - 07/31/2025", []),
        ("", []),
    ],
)
def test_only_a_line_of_days_and_nothing_else_is_a_period(title: str, expected: list[tuple[date, date]]) -> None:
    assert list(periods([title])) == expected


def test_rows_without_a_period_are_refused_by_a_sentence() -> None:
    with pytest.raises(UnknownExportError, match="segment the report by day"):
        completed(content(["a"], ("Campaign report", "All time")), export(period_above=True))


def sections_of(leading: list[str]) -> list[str]:
    return completed(content(leading), export(sections=True)).frame.collect()[SECTION].to_list()


def test_headings_hold_until_their_total() -> None:
    leading = [
        "",
        "5000 M",
        "",
        "5010 A",
        "",
        "",
        "Total for 5010 A",
        "",
        "Total for 5000 M with sub-accounts",
        "",
        "B",
        "",
    ]
    told = dict(enumerate(sections_of(leading)))
    assert {row: told[row] for row, text in enumerate(leading) if not text} == {
        0: "", 2: "5000 M", 4: "5000 M:5010 A", 5: "5000 M:5010 A", 7: "5000 M", 9: "", 11: "B",
    }  # fmt: skip


def test_headings_without_totals_end_where_the_next_begins() -> None:
    told = sections_of(["A", "", "B", "", "C", "D", "", "Total for C", ""])
    assert [told[row] for row in (1, 3, 6, 8)] == ["A", "B", "C:D", ""]
    assert sections_of(["A", "", "B", ""])[1::2] == ["A", "B"]


def test_headings_nest_to_a_limit() -> None:
    names = [f"n{number}" for number in range(40)]
    told = sections_of([*names, "", *(f"Total for {name}" for name in reversed(names))])
    assert told[40] == ":".join([*names[:15], "n39"])


def test_a_total_of_nothing_open_closes_nothing_and_the_grand_total_all() -> None:
    told = sections_of(["A", "", "Total for Z", "", "TOTAL", ""])
    assert (told[1], told[3], told[5]) == ("A", "A", "")


@settings(deadline=None)  # a frame is collected for each
@given(
    st.recursive(
        st.just([]), lambda inner: st.lists(st.tuples(st.sampled_from("ABCD"), st.integers(0, 3), inner), max_size=3)
    )
)
def test_every_entry_is_told_its_path(tree: list[Any]) -> None:
    leading: list[str] = []
    expected: list[str | None] = []

    def write(nodes: list[Any], path: tuple[str, ...]) -> None:
        for number, (name, entries, inner) in enumerate(nodes):
            here = (*path, f"{len(path)}{number} {name}")
            leading.append(here[-1])
            expected.append(None)
            leading.extend([""] * entries)
            expected.extend([":".join(here)] * entries)
            write(inner, here)
            leading.append(f"Total for {here[-1]}" + (" with sub-accounts" if inner else ""))
            expected.append(None)

    write(tree, ())
    if leading:
        told = sections_of(leading)
        assert [one for one, want in zip(told, expected, strict=True) if want is not None] == [e for e in expected if e]
