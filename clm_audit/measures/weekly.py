"""What each customer ordered in a week: one row for each of its order weeks, and the weeks between them.

Engines group. Rows in memory take no dictionary of customers and weeks (see :mod:`clm_audit.measures.runs`).
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.measures.grid import Grid, packed, steps
from clm_audit.measures.runs import NEVER, Whole, held, in_memory, in_order, lazy, runs, sums_of, tally

Frame = nw.LazyFrame[Any]
Split = tuple[str, ...]


def order_weeks(orders: Frame, grid: Grid, split: Split, *, dated: bool) -> Frame:
    """Orders (n) and their net cents (x) by customer and week (``at`` = customer × width + week); where it is ``dated``
    the first (``lo``) and last (``hi``) of their days, too. In memory the rows come in the order of ``at``.

    A customer's segment never changes: any of its rows tells it.
    """
    columns = (nw.col("net"), nw.col("day"), *(nw.col(name).fill_null(0) for name in split))
    if in_memory(orders):
        return lazy(_weeks(held(orders, *columns), grid, split, dated=dated))
    typed = orders.filter(~nw.col("customer").is_null()).select(*columns, at=grid.at())
    days = {"lo": nw.col("day").min(), "hi": nw.col("day").max()} if dated else {}
    one = {name: nw.col(name).max() for name in split}
    found = typed.group_by("at").agg(n=nw.len(), x=nw.col("net").sum(), **days, **one)
    return found.with_columns(nw.col("n", "x").cast(nw.Int64))


def stepped(weeks: Frame, grid: Grid, split: Split, *, dated: bool) -> Frame:
    """The weeks as packed numbers, each with the one ``before`` it (see :func:`clm_audit.measures.grid.steps`)."""
    return steps(weeks.select(*split, packed=packed(grid, dated=dated)), grid)


def _weeks(rows: pl.DataFrame, grid: Grid, split: Split, *, dated: bool) -> pl.DataFrame:
    day = rows["day"].to_numpy()
    low, high = (int(day.min()), int(day.max())) if len(day) else (0, 0)
    at = rows["customer"].to_numpy() * np.int64(grid.width)
    at += ((np.arange(low, high + 1) - grid.first_day) // 7)[day - low]
    at, rows = in_order(at, rows)
    starts = runs(at)
    days = {"lo": np.minimum, "hi": np.maximum} if dated else {}
    day = rows["day"].to_numpy()
    return pl.DataFrame(
        {
            "at": at[starts],
            "n": np.diff(starts, append=len(at)),
            "x": sums_of(rows["net"].to_numpy(), starts),
            **{name: pick.reduceat(day, starts) if len(starts) else day for name, pick in days.items()},
            **{name: rows[name].gather(pl.Series(starts)) for name in split},
        }
    )


def gaps_in_memory(weeks: Frame, grid: Grid, split: Split) -> pl.DataFrame:
    """Customers per segment, order week and weeks since their order week before it (0 = their first)."""
    rows = weeks.to_native().collect()
    at = rows["at"].to_numpy()
    week = at % grid.width
    gap = np.diff(at, prepend=at[:1])
    gap[gap > week] = 0  # the row before is another customer's
    np.minimum(gap, grid.older, out=gap)
    places = grid.older + 1
    key = week * places + gap
    for name in split:
        key += rows[name].to_numpy() * np.int64(places * grid.width)
    key, customers = tally(key)
    segment = dict.fromkeys(split, key // (places * grid.width))
    return pl.DataFrame({**segment, "week": key // places % grid.width, "gap": key % places, "customers": customers})


def comers_in_memory(weeks: Frame, grid: Grid, split: Split, silence: int) -> pl.DataFrame:
    """One row a customer, of dated weeks: day of the ``first`` order, of the next on another day (``again``), and of
    the last before the first longer ``silence`` or the end (``stop``), counted from the first day of the grid."""
    rows = weeks.to_native().collect()
    low, high = (rows[name].to_numpy().astype(np.int64) - grid.first_day for name in ("lo", "hi"))
    customer = rows["at"].to_numpy() // grid.width
    starts = runs(customer)
    ends = np.append(starts[1:], len(customer))[: len(starts)] - 1
    following = np.where(ends > starts, low[np.minimum(starts + 1, ends)], NEVER)
    again = np.where(high[starts] > low[starts], high[starts], following)
    return pl.DataFrame(
        {
            "customer": customer[starts],
            "first": low[starts],
            "again": again,
            "stop": _stops(customer, low, high, starts, ends, silence),
            **{name: rows[name].gather(pl.Series(starts)) for name in split},
        }
    )


def _stops(customer: Whole, low: Whole, high: Whole, starts: Whole, ends: Whole, silence: int) -> NDArray[np.int64]:
    """The last day before the first silence of each customer, else its last one."""
    stop = high[ends]
    silent = np.flatnonzero((low[1:] - high[:-1] > silence) & (customer[1:] == customer[:-1]))
    first = silent[runs(customer[silent])]
    stop[np.searchsorted(starts, first, side="right") - 1] = high[first]
    return stop
