"""A customer's order weeks in memory are those of a dictionary, whatever the order of the rows."""

from __future__ import annotations

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_audit.measures.grid import Grid
from clm_audit.measures.weekly import order_weeks, stepped

GRID = Grid(go_live=700, shift=100, width=208, older=56)
FIRST = GRID.go_live - 7 * GRID.shift
ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60), st.integers(-5, 5)), max_size=40)


@pytest.mark.parametrize("dated", [False, True])
@pytest.mark.parametrize("split", [(), ("segment",)])
@given(rows=ROWS, in_order=st.booleans())
def test_weeks_are_those_of_a_dictionary(
    rows: list[tuple[int, int, int]], in_order: bool, split: tuple[str, ...], dated: bool
) -> None:
    rows = sorted(rows) if in_order else rows
    schema = {"customer": pl.Int64, "day": pl.Int32, "net": pl.Int64}
    frame = pl.DataFrame([(who, FIRST + day, net) for who, day, net in rows], schema=schema, orient="row")
    orders = nw.from_native(frame.with_columns(segment=pl.col("customer").cast(pl.Int32) % 2).lazy())
    expected: dict[int, list[tuple[int, int]]] = {}
    for who, day, net in rows:
        expected.setdefault(who * GRID.width + day // 7, []).append((FIRST + day, net))
    weeks = order_weeks(orders, GRID, split, dated=dated)
    found = weeks.collect().to_native()
    assert found["at"].to_list() == sorted(expected)
    assert found["n"].to_list() == [len(expected[at]) for at in sorted(expected)]
    assert found["x"].to_list() == [sum(net for _, net in expected[at]) for at in sorted(expected)]
    if dated:
        assert found["lo"].to_list() == [min(expected[at])[0] for at in sorted(expected)]
        assert found["hi"].to_list() == [max(expected[at])[0] for at in sorted(expected)]
    if split:
        assert found["segment"].to_list() == [at // GRID.width % 2 for at in sorted(expected)]
    steps = stepped(weeks, GRID, split, dated=dated).collect().to_native()
    assert steps["before"].to_list() == [None, *steps["packed"].to_list()][: len(expected)]
