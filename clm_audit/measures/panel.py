"""The order weeks of the followed customers, in memory and in order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clm_audit.measures.engines import Columns
from clm_audit.measures.grid import Grid

Whole = NDArray[np.int64]
GROUPS = 32
"""Each customer belongs to one of so many groups, for intervals that leave out one group at a time."""
_PRIME, _FACTOR = 2_147_483_647, 1_103_515_245


@dataclass(frozen=True)
class Panel:
    """Rows sorted by customer and week: ``at`` = customer × ``width`` + week, the week counted from the first of the
    grid, ``shift`` weeks before go-live."""

    width: int
    shift: int
    at: Whole
    orders: Whole
    cents: Whole
    segment: Whole

    @cached_property
    def customer(self) -> Whole:
        """The customer of each row."""
        return self.at // self.width

    @cached_property
    def week(self) -> Whole:
        """The week of each row, negative before go-live."""
        return self.at % self.width - self.shift

    @cached_property
    def gap(self) -> Whole:
        """Weeks since the customer's order week before it, 0 = none."""
        before = np.diff(self.at, prepend=-self.width)
        return np.where(before <= self.at % self.width, before, 0)

    @cached_property
    def group(self) -> Whole:
        """The group of each row's customer."""
        return group_of(self.customer)

    @cached_property
    def followed_up(self) -> NDArray[np.bool_]:
        """Whether the row after each belongs to the same customer."""
        same: NDArray[np.bool_] = np.append(np.diff(self.customer) == 0, False)[: self.at.size]
        return same


def group_of(customer: Whole) -> Whole:
    """One of 32 groups, as if by lot: squares modulo a prime follow no order of the ids.

    >>> group_of(np.arange(6)).tolist()
    [0, 10, 11, 1, 12, 13]
    """
    mixed = customer % _PRIME * _FACTOR % _PRIME
    return np.asarray(mixed * mixed % _PRIME % GROUPS, dtype=np.int64)


def panel_of(columns: Columns, grid: Grid) -> Panel:
    """The rows of :func:`followed.followed_frames` in order; credit notes have no orders."""
    order = np.argsort(columns["at"], kind="stable")
    rows = {name: column[order] for name, column in columns.items()}
    nothing = np.zeros(order.size, dtype=np.int64)
    return Panel(grid.width, grid.shift, rows["at"], rows.get("n", nothing), rows["x"], rows.get("segment", nothing))


def tenure(panel: Panel, at: Whole, reach: int) -> Whole:
    """Weeks since the customer's first order of the last ``reach`` weeks; ``reach`` when there is none in them."""
    if not panel.at.size:
        return np.full(at.size, reach)
    earliest = np.maximum(at - reach + 1, at - at % panel.width)
    first = panel.at[np.minimum(np.searchsorted(panel.at, earliest), panel.at.size - 1)]
    return np.where((first >= earliest) & (first <= at), at - first, reach)
