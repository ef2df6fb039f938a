"""What is summed by runs of rows in memory is what the reduction for engines makes of the same rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_audit.measures import runs
from clm_audit.measures.measure import measure
from measures.test_measures_properties import END, START, fingerprint, order_rows, quick
from measures.world import Row, World, plan, segment_of

WHO = st.none() | st.integers(0, 14)
TICKETS = st.tuples(WHO, st.integers(START, END - 1), st.none() | st.integers(0, 900), st.none() | st.integers(0, 99))
LISTED = st.tuples(st.integers(0, 20), st.none() | st.integers(START - 50, END), st.none() | st.integers(START, END))


def ticket(who: int | None, day: int, cost: int | None, seconds: int | None) -> Row:
    segment = 0 if who is None else segment_of(who)
    return {"customer": who, "segment": segment, "day": day, "cost": cost, "seconds": seconds, "left_out": None}


def customer(who: int, acquired: int | None, ended: int | None) -> Row:
    return {"customer": who, "segment": segment_of(who), "acquired": acquired, "ended": ended}


@quick
@given(
    orders=order_rows(),
    tickets=st.lists(TICKETS, max_size=20),
    listed=st.lists(LISTED, max_size=20),
    settings=st.sampled_from([{}, {"inactivity_weeks": 4}, {"segment_by": ()}]),
)
def test_runs_and_dictionaries_find_the_same(
    orders: list[Row], tickets: list[Any], listed: list[Any], settings: dict[str, Any]
) -> None:
    tables = {"tickets": [ticket(*one) for one in tickets], "customers": [customer(*one) for one in listed]}
    facts = World({"orders": orders, **{name: rows for name, rows in tables.items() if rows}}).facts()
    by_runs = measure(plan(**settings), facts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "IN_MEMORY", ())
        grouped = measure(plan(**settings), facts)
    assert fingerprint(by_runs.totals) == fingerprint(grouped.totals)


def test_keys_that_are_too_large_for_a_table_are_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = np.array([5, 2, 5, 0], dtype=np.int64)
    expected = [[0, 2, 5], [1, 1, 2]]
    assert [each.tolist() for each in runs.tally(keys)] == expected
    monkeypatch.setattr(runs, "_DENSE", 1)
    assert [each.tolist() for each in runs.tally(keys)] == expected
