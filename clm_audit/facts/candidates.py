"""The orders of each file before others are looked at, and what became of those that stand more than once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from clm_audit.facts.common import rows_of
from clm_audit.facts.fates import Fates, has, rows_with
from clm_audit.facts.ledger import Entry, Rows
from clm_audit.facts.split import split
from clm_audit.facts.staged import Staged

VALUES = {"gross": pl.Int64, "refunded": pl.Int64, "customer": pl.Int64, "day": pl.Int32, "currency": pl.UInt32}
SAID = (*VALUES, "left_out")
COLUMNS = ("order", "first", "last", "lines", *SAID)
SETTLED = 2**19  # orders that stand more than once which are looked at together
LOOKED_AT = 1  # the fate of an order that may stand more than once, or lacks a total


@dataclass(frozen=True)
class Candidates:
    """The orders of one file before other files are looked at.

    ``orders`` has order, first and last (row numbers), lines, day, gross, refunded, customer,
    currency, left_out; money in hundredths, of line items (whose orders may go on in another file) in
    millionths. ``entries`` are the rows that are rejected for their own cells or order. ``unsaid``: columns (segment,
    too) of which it is known that they say nothing.
    """

    one: Staged
    orders: pl.LazyFrame
    entries: tuple[Entry, ...]
    unsaid: frozenset[str] = frozenset()


@dataclass
class Twins:
    """What became of orders that stand more than once, by position of the file's candidates.

    ``fates``: which orders were looked at; ``kept``: those among them that count.
    """

    fates: dict[int, Fates] = field(default_factory=dict)
    kept: dict[int, list[pl.LazyFrame]] = field(default_factory=dict)
    entries: dict[int, list[Entry]] = field(default_factory=dict)
    split_orders: int = 0
    damaged: int = 0  # repeated order numbers that a spreadsheet wrote with an exponent
    revised: int = 0  # orders that a later export corrects
    anew: Counter[int] = field(default_factory=Counter)  # ids that stand for another order in an earlier file
    unclear: Counter[int] = field(default_factory=Counter)  # ids of which nobody can tell

    def orders(self, number: int, candidates: Candidates) -> list[pl.LazyFrame]:
        """The orders of a file that count: those that stand once, and of the others those that were kept."""
        if number not in self.fates:
            return [candidates.orders]
        rest = candidates.orders.filter(~has(self.fates[number], LOOKED_AT))
        return [rows.select(COLUMNS) for rows in (rest, *self.kept[number])]


def pieces(orders: int) -> int:
    """In how many parts so many orders are looked at."""
    return 1 + orders // SETTLED


def all_rows(candidates: Candidates, fates: Fates, fate: int, folder: Path) -> Rows:
    """Every row of the file that belongs to the orders of this fate (of one-row orders: the row itself).

    Where those are very many, the rows are looked through in parts, from files in ``folder``.
    """
    first = rows_with(fates, fate)
    if not candidates.one.by_line or not len(first):
        return first
    wanted = candidates.orders.filter(has(fates, fate)).select("order")
    rows = candidates.one.rows.select("order", "row").filter(pl.col("order").is_not_null())
    parts = 1 if candidates.one.held else pieces(len(first))
    key = (pl.col("order").hash() % parts).cast(pl.UInt32)
    sides = [split(side, key, parts, folder / name) for name, side in (("lines-of", rows), ("orders-of", wanted))]
    found = [
        rows_of(some.join(orders, on="order", how="semi").select("row").collect(engine="streaming"))
        for some, orders in zip(*sides, strict=True)
    ]
    return np.sort(np.concatenate(found))
