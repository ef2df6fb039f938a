"""The orders of all systems beside one another: by what they are called, and by who bought them.

Each side is divided so that orders which could be the same stand in one part; of a few orders there is one part, held.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.facts.candidates import Candidates, Twins
from clm_audit.facts.common import Context
from clm_audit.facts.fates import Fates, has
from clm_audit.facts.money import CENT, MICRO, half_even
from clm_audit.facts.split import split

TOLD = 1  # the fate of an order that counts so far and can be looked for in other systems
_NUMBER = r"^(?:order|bestellung|auftrag|commande|pedido|ordine)?[\s:_-]*(?:no\.?|nr\.?|number)?[\s#:]*"


@dataclass(frozen=True)
class Told:
    """``people``: at, customer, day and cents of orders; ``numbers``: at, day and number of each way in which an order
    is called. ``at``: the row that an order begins with, the rows of all files counted through; ``starts``: where those
    of each file begin."""

    starts: NDArray[np.int64]
    people: Sequence[pl.LazyFrame]
    numbers: Sequence[pl.LazyFrame]

    def by_customer(self) -> Iterator[pl.DataFrame]:
        """One part after the other, the orders of a customer in one."""
        return (part.collect(engine="streaming") for part in self.people)

    def by_number(self) -> Iterator[pl.DataFrame]:
        """One part after the other, the orders that are called the same in one."""
        return (part.collect(engine="streaming") for part in self.numbers)


def tell(candidates: Sequence[Candidates], twins: Twins, context: Context) -> tuple[Told, Fates]:
    """The orders of all files that count so far, and the fates of all orders, where those are marked."""
    starts = np.cumsum([0, *(candidate.one.table.height for candidate in candidates)])
    fates = np.zeros(starts[-1], dtype=np.uint8)
    rows = [
        _rows(candidate, twins.orders(number, candidate), int(start), context)
        for number, (candidate, start) in enumerate(zip(candidates, starts, strict=False))
    ]
    people = pl.concat(each.select("at", "customer", "day", "cents") for each in rows)
    divided = _divided(people, pl.coalesce("customer", "at") % context.parts, context, "told")
    for part in divided:
        fates[part.select("at").collect(engine="streaming")["at"].to_numpy()] = TOLD
    numbers = [each.select("at", "day", number=_bare(pl.col("order"))) for each in rows]
    numbers += [
        _references(candidate, each, int(start), fates)
        for candidate, each, start in zip(candidates, rows, starts, strict=False)
        if "reference" in candidate.one.columns
    ]
    called = pl.concat(numbers).filter(pl.col("number").is_not_null())
    key = pl.col("number").hash() % context.parts
    return Told(starts, divided, _divided(called, key, context, "called")), fates


def _divided(rows: pl.LazyFrame, key: pl.Expr, context: Context, name: str) -> list[pl.LazyFrame]:
    if context.parts == 1:
        return [rows.collect(engine="streaming").lazy()]
    return split(rows, key.cast(pl.UInt32), context.parts, context.folder / name)


def _rows(candidate: Candidates, orders: Sequence[pl.LazyFrame], start: int, context: Context) -> pl.LazyFrame:
    one = candidate.one
    gross = half_even(pl.col("gross"), MICRO // CENT) if one.fact == "order_lines" else pl.col("gross")
    rows = pl.concat(orders).filter(pl.col("left_out").is_null() & pl.col("day").is_not_null() & (pl.col("gross") > 0))
    cents = context.currency.convert(gross, one).alias("cents")
    return rows.select(_at("first", start), "order", "customer", "day", cents)


def _at(row: str, start: int) -> pl.Expr:
    return (pl.col(row).cast(pl.Int64) + start).alias("at")


def _references(candidate: Candidates, rows: pl.LazyFrame, start: int, fates: Fates) -> pl.LazyFrame:
    """What else the orders of a file are called, by the row that they begin with."""
    one = candidate.one
    own = fates[start : start + one.table.height]
    said = one.rows.select(first="row", number=_bare(pl.col("reference")), day="date").filter(has(own, TOLD))
    said = said.select(_at("first", start), "day", "number")
    if one.by_line:  # the day of an order is that of its earliest line
        said = said.drop("day").join(rows.select("at", "day"), on="at").select("at", "day", "number")
    return said


def _bare(number: pl.Expr) -> pl.Expr:
    """An order number as it is compared: ``Order #1001`` is ``1001``."""
    bare = number.str.to_lowercase().str.replace(_NUMBER, "").str.strip_chars()
    return pl.when(bare != "").then(bare)
