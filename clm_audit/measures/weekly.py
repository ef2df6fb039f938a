"""What each customer ordered in a week: one row for each of its order weeks.

In memory that takes no dictionary of customers and weeks: rows are put in order where they are not yet, and every row
that differs from the one before it begins a week. Engines group.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from clm_audit.facts.inorder import ordered
from clm_audit.measures.grid import Grid, packed, steps

Frame = nw.LazyFrame[Any]
Split = tuple[str, ...]


def order_weeks(known: Frame, grid: Grid, split: Split, *, dated: bool) -> Frame:
    """Orders (n) and their net cents (x) by customer and week (``at`` = customer × width + week); where it is ``dated``
    the first (``lo``) and last (``hi``) of their days, too. In memory the rows come in the order of ``at``.

    ``known``: orders of known customers. A customer's segment never changes: any of its rows tells it.
    """
    typed = known.select("net", "day", *(nw.col(name).fill_null(0) for name in split), at=grid.at())
    if known.implementation.is_polars():
        return nw.from_native(_in_memory(typed.to_native(), split, dated=dated))
    days = {"lo": nw.col("day").min(), "hi": nw.col("day").max()} if dated else {}
    one = {name: nw.col(name).max() for name in split}
    found = typed.group_by("at").agg(n=nw.len(), x=nw.col("net").sum(), **days, **one)
    return found.with_columns(nw.col("n", "x").cast(nw.Int64))


def stepped(weeks: Frame, grid: Grid, split: Split, *, dated: bool) -> Frame:
    """The weeks as packed numbers, each with the one ``before`` it (see :func:`clm_audit.measures.grid.steps`)."""
    keyed = weeks.select(*split, packed=packed(grid, dated=dated))
    if weeks.implementation.is_polars():
        native: pl.LazyFrame = keyed.to_native()
        return nw.from_native(native.with_columns(before=pl.col("packed").shift(1)))
    return steps(keyed, grid)


def _in_memory(typed: pl.LazyFrame, split: Split, *, dated: bool) -> pl.LazyFrame:
    held = typed.collect_schema()
    days = {"lo": held["day"], "hi": held["day"]} if dated else {}
    schema = {"at": pl.Int64(), "n": pl.Int64(), "x": pl.Int64(), **days, **{name: held[name] for name in split}}

    def weeks(rows: pl.DataFrame) -> pl.DataFrame:
        return _weeks(rows, split, dated=dated)

    # several frames are made of it: without the cache each of them would ask anew
    return typed.map_batches(weeks, schema=schema, projection_pushdown=False, slice_pushdown=False).cache()


def _weeks(rows: pl.DataFrame, split: Split, *, dated: bool) -> pl.DataFrame:
    at = rows["at"].to_numpy()
    if (at[1:] < at[:-1]).any():
        at, places = ordered(at)
        rows = rows.rechunk().select(pl.exclude("at").gather(places))
    first = np.ones(len(at), dtype=np.bool_)
    np.not_equal(at[1:], at[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    sums = np.add.reduceat(rows["net"].to_numpy(), starts) if len(starts) else np.zeros(0, dtype=np.int64)
    found = pl.DataFrame({"at": at[starts], "n": np.diff(starts, append=len(at)), "x": sums})
    if dated:
        found = found.with_columns(_days(rows["day"], starts))
    return found.with_columns(rows[name].gather(pl.Series(starts)) for name in split)


def _days(day: pl.Series, starts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[pl.Series]:
    found = {"lo": np.minimum, "hi": np.maximum}
    values = day.to_numpy()
    return [
        pl.Series(name, pick.reduceat(values, starts) if len(starts) else values[:0], dtype=day.dtype)
        for name, pick in found.items()
    ]
