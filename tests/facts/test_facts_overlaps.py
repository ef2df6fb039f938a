"""Which statements about spend repeat others: against a plain reading of the rule, pair by pair."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from clm_audit.facts.overlaps import told_elsewhere

Row = tuple[int, str, str | None, int, int, int]  # part, account, owner, day, until, cents
SCHEMA = {"part": pl.Int32, "account": pl.String, "owner": pl.String, "day": pl.Int32, "until": pl.Int32,
          "cents": pl.Int64}  # fmt: skip


def frame(rows: list[Row], platform: str | None = "Ads") -> pl.DataFrame:
    table = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return table.with_columns(space=pl.lit("meta_ads"), platform=pl.lit(platform, dtype=pl.String))


def plainly(rows: list[Row]) -> list[bool]:
    """The rule as it is written, over spans in Python."""
    named = all(any(r[2] for r in rows if r[0] == part) for part in {r[0] for r in rows})

    def key(row: Row) -> tuple[str, str | None]:
        return row[1], row[2] if named else None

    sums: dict[tuple[object, ...], int] = {}
    for row in rows:
        span = (key(row), row[3], row[4], row[0])
        sums[span] = sums.get(span, 0) + row[5]
    spans = set(sums)
    finest = {
        one for one in spans
        if not any(
            other[0] == one[0] and other[3] != one[3] and other[1] >= one[1] and other[2] <= one[2]
            and other[1:3] != one[1:3]
            for other in spans
        )
    }  # fmt: skip
    best = {
        one for one in finest
        if one == max((other for other in finest if other[:3] == one[:3]), key=lambda some: (sums[some], -some[3]))
    }  # fmt: skip
    kept = {
        one for one in best
        if not any(
            other[0] == one[0] and other[3] < one[3] and other[1] < one[2] and other[2] > one[1] for other in best
        )
    }  # fmt: skip
    return [(key(row), row[3], row[4], row[0]) not in kept for row in rows]


spans = st.tuples(st.integers(0, 12), st.integers(1, 6)).map(lambda one: (one[0], one[0] + one[1]))
rows_of = st.lists(
    st.tuples(
        st.integers(0, 3), st.sampled_from("ab"), st.sampled_from([None, "x", "y"]), spans, st.integers(-5, 9)
    ).map(lambda one: (*one[:3], *one[3], one[4])),
    min_size=1,
    max_size=12,
)


@given(rows_of)
def test_the_rule_holds_for_any_statements(rows: list[Row]) -> None:
    expected = plainly(rows) if len({row[0] for row in rows}) > 1 else [False] * len(rows)
    assert told_elsewhere(frame(rows)).to_list() == expected


@given(rows_of)
def test_no_day_of_an_account_is_told_by_two_files(rows: list[Row]) -> None:
    kept = [
        row
        for row, lost in zip(rows, told_elsewhere(frame([(*r[:2], None, *r[3:]) for r in rows])), strict=True)
        if not lost
    ]
    for one in kept:
        for other in kept:
            if one[0] != other[0] and one[1] == other[1]:
                assert one[4] <= other[3] or other[4] <= one[3]


def test_books_and_one_file_alone_are_left_as_they_are() -> None:
    rows: list[Row] = [(0, "a", None, 1, 2, 5), (1, "a", None, 1, 2, 5)]
    assert not told_elsewhere(frame(rows, platform=None)).any()
    assert not told_elsewhere(frame([rows[0], rows[0], (0, "a", None, 0, 9, 5)])).any()


def test_a_lifetime_export_gives_way_to_the_days_it_holds() -> None:
    rows: list[Row] = [
        (0, "a", None, 0, 30, 300),
        (1, "a", None, 3, 4, 10),
        (1, "a", None, 4, 5, 10),
        (0, "b", None, 0, 30, 7),
    ]
    assert told_elsewhere(frame(rows)).to_list() == [True, False, False, False]
