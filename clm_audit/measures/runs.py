"""Rows in memory summed by customer without a dictionary: rows of one key stand together, and where a row differs from
the one before it begins a run. Rows that are not in that order yet are put into it by one sort of numbers.

These are second ways to what is written for engines in Narwhals beside them; tests hold both to the same integers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.facts.inorder import ordered

Frame = nw.LazyFrame[Any]
Whole = NDArray[np.int64]
Span = tuple[int, int]
NEVER = 2**31 - 1  # a day later than all days
IN_MEMORY = (nw.Implementation.POLARS,)
_DENSE = 2**22  # keys below are counted in a table of all of them


def in_memory(frame: Frame) -> bool:
    """Whether the rows of a frame are held in memory (or are few enough to be)."""
    return frame.implementation in IN_MEMORY


def held(frame: Frame, *columns: str | nw.Expr) -> pl.DataFrame:
    """Columns of the rows that have a customer."""
    native: pl.LazyFrame = frame.select("customer", *columns).to_native()
    rows = native.collect()
    return rows.drop_nulls("customer") if rows["customer"].null_count() else rows


def lazy(rows: pl.DataFrame) -> Frame:
    """Rows in memory as a frame that others are made of."""
    return nw.from_native(rows.lazy())


def runs(keys: NDArray[Any]) -> Whole:
    """Where runs of equal keys begin.

    >>> runs(np.array([4, 4, 7, 4])).tolist()
    [0, 2, 3]
    """
    first = np.ones(len(keys), dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    return np.flatnonzero(first)


def lengths(starts: Whole, end: int) -> Whole:
    """How many keys each run has; ``end``: how many there are in all."""
    return np.diff(starts, append=end)


def in_order(keys: Whole, rows: pl.DataFrame) -> tuple[Whole, pl.DataFrame]:
    """The keys in order, and the rows with them; keys are not negative."""
    if not (keys[1:] < keys[:-1]).any():
        return keys, rows
    keys, places = ordered(keys)
    return keys, rows.rechunk().select(pl.all().gather(places))


def sums_of(values: NDArray[Any], starts: Whole) -> NDArray[Any]:
    """The sum of each run."""
    return np.add.reduceat(values, starts) if len(starts) else values[:0]


def tally(keys: Whole) -> tuple[Whole, Whole]:
    """Each key, and how often it is there; keys are not negative."""
    if len(keys) and int(keys.max()) >= _DENSE:
        return np.unique(keys, return_counts=True)
    found = np.bincount(keys)
    unique = np.flatnonzero(found)
    return unique, found[unique]


@dataclass(frozen=True)
class _Slices:
    """Spans of days cut into slices that do not overlap: a day lies in one slice, and a span is made of slices."""

    edges: tuple[int, ...]

    @property
    def many(self) -> int:
        return len(self.edges) + 1

    def of(self, day: NDArray[Any]) -> Whole:
        """The slice of each day, by a table of all days."""
        low, high = (int(day.min()), int(day.max())) if len(day) else (0, 0)
        found: Whole = np.searchsorted(self.edges, np.arange(low, high + 1), side="right")[day - low]
        return found

    def table(self, values: NDArray[Any], place: tuple[Whole, Whole]) -> NDArray[Any]:
        """Values at their places of a table [slice, customer], 0 elsewhere; the last customer has a value."""
        table = np.zeros((self.many, int(place[1].max(initial=-1)) + 1), dtype=values.dtype)
        table[place] = values
        return table

    def within(self, table: NDArray[Any], span: Span) -> NDArray[Any]:
        """The sum over the slices [slice, customer] of a span."""
        first, last = (self.edges.index(day) + 1 for day in span)
        found: NDArray[Any] = table[first] if last == first + 1 else table[first:last].sum(axis=0)
        return found


def in_windows(
    rows: pl.DataFrame, counts: Mapping[str, Span], sums: Mapping[str, tuple[str, Span]], once: Sequence[str]
) -> pl.DataFrame:
    """One row a customer: the day of its ``first`` row, how many rows lie in each span of ``counts``, the sum of a
    column over the rows in a span (``sums``), and columns that are the same in all of its rows (``once``)."""
    slices = _Slices(
        tuple(sorted({day for span in (*counts.values(), *(x for _, x in sums.values())) for day in span}))
    )
    key = rows["customer"].to_numpy() * np.int64(slices.many)
    key += slices.of(rows["day"].to_numpy())
    key, rows = in_order(key, rows)
    starts = runs(key)
    customer = key[starts] // slices.many
    begins = runs(customer)
    place = (key[starts] - customer * slices.many, np.repeat(np.arange(len(begins)), lengths(begins, len(customer))))
    number = slices.table(lengths(starts, len(key)), place)
    sources = dict.fromkeys(name for name, _ in sums.values())
    total = {name: slices.table(sums_of(rows[name].to_numpy(), starts), place) for name in sources}
    day, firsts = rows["day"].to_numpy(), starts[begins]
    return pl.DataFrame(
        {
            "customer": customer[begins],
            "first": np.minimum.reduceat(day, firsts) if len(firsts) else day[:0],
            **{name: rows[name].gather(pl.Series(firsts)) for name in once},
            **{name: slices.within(number, span) for name, span in counts.items()},
            **{name: slices.within(total[source], span) for name, (source, span) in sums.items()},
        }
    )


def beside(
    parts: Sequence[pl.DataFrame], sums: Sequence[str], least: Sequence[str], most: Sequence[str]
) -> pl.DataFrame:
    """Parts with one row a customer as one table: sums (0 where a part does not have a column), the smallest day
    (:data:`NEVER` where none), the largest value."""
    whole, places = ordered(np.concatenate([part["customer"].to_numpy() for part in parts]))
    starts = runs(whole)
    column = np.empty(len(whole), dtype=np.int64)
    column[places.to_numpy()] = np.repeat(np.arange(len(starts)), lengths(starts, len(whole)))
    made = {"customer": whole[starts]}
    made |= {name: np.zeros(len(starts), dtype=np.int64) for name in (*sums, *most)}
    made |= {name: np.full(len(starts), NEVER, dtype=np.int64) for name in least}
    at = 0
    for part in parts:
        mine = column[at : at + part.height]
        at += part.height
        for name in {*part.columns} & {*made} - {"customer"}:
            join = np.add if name in sums else np.minimum if name in least else np.maximum
            made[name][mine] = join(made[name][mine], part[name].to_numpy())
    return pl.DataFrame(made)
