"""Order values by rank: the median, a share's bound, and amounts that look like hundredths for wholes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clm_audit.measures.model import Cells

Whole = NDArray[np.int64]
HUNDRED = (50.0, 200.0)  # a level that moves so far was rather written in hundredths than earned


def times_hundred(before: float, after: float) -> float | None:
    """How many times larger (or smaller) one level is than the other, when that looks like hundredths for wholes.

    >>> times_hundred(25.0, 2600.0), times_hundred(25.0, 50.0)
    (104.0, None)
    """
    if not (before > 0 and after > 0):
        return None
    times = max(after / before, before / after)
    return times if HUNDRED[0] <= times <= HUNDRED[1] else None


def middle_value(values: Cells, window: int) -> float:
    """The median order value of a window, in hundredths; 0 without orders."""
    inside = values.keys["window"] == window
    cents, orders = values.keys["cents"][inside], values.values["orders"][inside].astype(np.int64)
    return median(cents, orders) if orders.sum() else 0.0


def order_statistic(cents: Whole, orders: Whole, share: float) -> int:
    """The smallest value that at least ``share`` of the orders do not exceed; values ascend.

    >>> order_statistic(np.array([1, 2, 9]), np.array([50, 49, 1]), 0.99)
    2
    """
    reached = np.cumsum(orders)
    return int(cents[int(np.searchsorted(reached, share * reached[-1] - 1e-9))])


def median(cents: Whole, orders: Whole) -> float:
    """The exact median from a histogram whose values ascend.

    >>> median(np.array([1, 2, 9]), np.array([1, 1, 2]))
    5.5
    """
    reached = np.cumsum(orders)
    n = int(reached[-1])
    low, high = np.searchsorted(reached, [(n - 1) // 2 + 1, n // 2 + 1])
    return (int(cents[low]) + int(cents[high])) / 2
