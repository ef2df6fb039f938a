"""Costs that the books hold once a month are compared in periods of a month, whatever the day of the booking."""

from __future__ import annotations

import numpy as np
import pytest

from clm_audit.measures.coverage import spend_is_monthly


@pytest.mark.parametrize(
    ("days", "monthly"),
    [
        ([14, 45, 73, 104, 134], True),  # the fifteenth of each month
        ([27, 58, 89], True),
        ([14, 45], False),  # two entries show no rhythm
        (list(range(0, 150, 7)), False),
        (list(range(150)), False),
    ],
)
def test_entries_a_month_apart_are_monthly(days: list[int], monthly: bool) -> None:
    day = np.array(days, dtype=np.int64)
    columns = {"category": np.zeros_like(day), "day": day, "until": day + 1, "cents": np.full_like(day, 100)}
    assert spend_is_monthly(columns, 0) is monthly
    assert spend_is_monthly(columns, 1) is False


def test_several_accounts_booked_on_the_same_day_are_one_entry() -> None:
    day = np.repeat(np.array([4, 35, 63, 94], dtype=np.int64), 9)
    columns = {"category": np.zeros_like(day), "day": day, "until": day + 1, "cents": np.full_like(day, 100)}
    assert spend_is_monthly(columns, 0)
