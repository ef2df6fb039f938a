"""Rows put in order by one sort of packed numbers stand as a stable sort puts them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_audit.facts import inorder


@given(st.lists(st.integers(0, 2**62) | st.integers(0, 5), max_size=50), st.booleans())
def test_keys_and_places_are_those_of_a_stable_sort(keys: list[int], roomy: bool) -> None:
    values = np.array(keys, dtype=np.int64)
    with pytest.MonkeyPatch.context() as patch:
        if roomy:
            patch.setattr(inorder, "_BITS", 0)  # no room for the places: the slower way
        found, places = inorder.ordered(values)
    assert places.to_list() == sorted(range(len(keys)), key=lambda place: keys[place])
    assert found.tolist() == sorted(keys)


@given(st.lists(st.tuples(st.none() | st.integers(0, 4), st.integers(-2, 3)), max_size=40))
def test_rows_of_a_customer_stand_together_by_their_days(rows: list[tuple[int | None, int]]) -> None:
    frame = pl.DataFrame(rows, schema={"customer": pl.Int64, "day": pl.Int32}, orient="row").with_row_index("first")
    half = len(rows) // 2
    pieces = pl.concat([frame[:half], frame[half:]], rechunk=False)
    assert inorder.by_customer(pieces).rows() == frame.rows()  # so few are left as they are
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inorder, "FEW", 0)
        found = inorder.by_customer(pieces).rows()
    assert found == sorted(frame.rows(), key=lambda row: (-1 if row[1] is None else row[1], row[2], row[0]))
