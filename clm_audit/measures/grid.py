"""The lattice of weeks around go-live, and a customer's order weeks on it as one sorted column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw

from clm_audit.measures.model import Calendar

Frame = nw.LazyFrame[Any]
LONGEST_PERIOD = 4  # weeks
DAYS = 8  # places for the day of a week
EMBEDDED = (nw.Implementation.POLARS, nw.Implementation.DUCKDB)


@dataclass(frozen=True)
class Grid:
    """Non-negative week numbers: ``week + shift``; ``shift`` and ``width`` are multiples of all period lengths.

    One integer, customer × width + week, stands for both: it groups faster than two keys, and sorts as they do.
    ``older`` stands for every gap between a customer's order weeks that no base of any period can bridge.
    """

    go_live: int
    shift: int
    width: int
    older: int

    @classmethod
    def of(cls, calendar: Calendar) -> Grid:
        """The grid that holds the calendar's span."""
        shift = (-((calendar.span[0] - calendar.go_live) // 7) // LONGEST_PERIOD + 1) * LONGEST_PERIOD
        width = shift + ((calendar.span[1] - calendar.go_live) // 7 // LONGEST_PERIOD + 2) * LONGEST_PERIOD
        return cls(calendar.go_live, shift, width, max(calendar.base_weeks, calendar.inactivity_weeks) + LONGEST_PERIOD)

    @property
    def first_day(self) -> int:
        """The day that the grid begins with."""
        return self.go_live - 7 * self.shift

    def week(self, day: nw.Expr) -> nw.Expr:
        """The shifted week of a day, never negative."""
        return (day.cast(nw.Int64) - self.first_day) // 7

    def at(self) -> nw.Expr:
        """A row's customer and week, as one integer."""
        return nw.col("customer") * self.width + self.week(nw.col("day"))


def packed(grid: Grid, *, dated: bool) -> nw.Expr:
    """Customer, week, and (where it is ``dated``) the first and last day, ``lo`` and ``hi``, of its orders in that
    week as one integer.

    ``at`` is customer × width + week. Sorted, customers and their weeks follow one another.
    """
    if not dated:
        return nw.col("at") * (DAYS * DAYS)
    low, high = ((nw.col(name).cast(nw.Int64) - grid.first_day) % 7 for name in ("lo", "hi"))
    return (nw.col("at") * DAYS + low) * DAYS + high


def steps(keyed: Frame, grid: Grid) -> Frame:
    """Packed rows, each with the one ``before`` it (see :func:`with_before`)."""
    return with_before(keyed, "packed", nw.col("packed"), nw.col("packed") // (grid.width * DAYS * DAYS))


def with_before(rows: Frame, key: str, value: nw.Expr, customer: nw.Expr) -> Frame:
    """Rows, each with ``before``: the ``value`` of the row before it by ``key``, which sorts customers one by one.

    Embedded engines put all rows in order once, and a neighbour then costs nothing; the first row of a customer sees
    the last one of another. Elsewhere one order of all rows would put them on a single worker: there the rows of a
    customer are looked at on their own, and the first one sees null. So whoever reads ``before`` asks whose it is.
    """
    if rows.implementation in EMBEDDED:
        return rows.sort(key).with_columns(before=value.shift(1).over(order_by=key))
    return rows.with_columns(whose=customer).with_columns(before=value.shift(1).over("whose", order_by=key))
