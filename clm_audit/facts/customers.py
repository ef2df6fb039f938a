"""Customers: one row an identity, with when it was acquired and which segment it belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from clm_audit.facts.again import apart, with_again
from clm_audit.facts.common import Context, count_left_out, left_name, not_taken, rows_of, served, side_of
from clm_audit.facts.ledger import Entry
from clm_audit.facts.split import Shelved, scratch, shelve, split, written
from clm_audit.facts.staged import Staged

_COLUMNS = ("customer", "acquired", "segment", "ended", "stage", "file", "side", "rows")


def build_customers(staged: Sequence[Staged], context: Context) -> Shelved:
    """Write the customers of all files; an identity that several rows or systems list is one customer.

    Of very many rows those of one customer come together in one part, and the parts are looked at one after the other.
    """
    with scratch(context.folder / "customers-made") as folder:
        return _built(staged, context, folder)


def _built(staged: Sequence[Staged], context: Context, folder: Path) -> Shelved:
    rows = pl.concat([_rows(number, one, context) for number, one in enumerate(staged)])
    whose = pl.col("customer").fill_null(0) % context.parts
    parts = split(rows, whose.cast(pl.UInt32), context.parts, folder / "rows")
    found = _Found(staged, context, folder)
    tables = [found.customers(part, number) for number, part in enumerate(parts)]
    found.book()
    return shelve(tables, context.folder / "customers", context.parts, "customer")


class _Found:
    """What became of the rows, over all parts."""

    def __init__(self, staged: Sequence[Staged], context: Context, folder: Path) -> None:
        self.staged, self.context, self.folder = staged, context, folder
        self.again = [[pl.Series("row", [], dtype=pl.UInt32)] for _ in staged]
        self.left: list[Counter[str]] = [Counter() for _ in staged]
        self.days: Counter[int] = Counter()

    def customers(self, part: pl.LazyFrame, number: int) -> pl.LazyFrame:
        """The customers of one part, which are written where there are several parts."""
        rows = part.collect(engine="streaming").sort("part", "row")
        rows = with_again(rows, ["space", "id"], "id")
        for place, found in enumerate(self.again):
            found.append(rows.filter((pl.col("part") == place) & pl.col("again"))["row"])
        left = rows.filter(~pl.col("again")).group_by("part", "left_out").len().drop_nulls("left_out")
        for place, reason, count in left.iter_rows():
            self.left[place][reason] += count
        _count_ended(rows, self.staged, self.context)
        customers = _merged(rows)
        self._count(customers)
        table = customers.sort("customer").with_columns(self.context.segment()).select(_COLUMNS)
        if self.context.parts == 1:
            return table.lazy()
        return written(table, self.folder / f"{number}.parquet")

    def _count(self, customers: pl.DataFrame) -> None:
        self.context.count("customers.rows", customers.height)
        self.context.count("customers.inactive", int(customers["ended"].count()))
        self.context.count("customers.staged", int(customers["stage"].count()))
        days = customers.filter(pl.col("acquired").is_not_null()).group_by("acquired").len()
        self.days.update(dict(days.iter_rows()))

    def book(self) -> None:
        """Enter the rows of all parts into the books of their files, and say when customers were acquired."""
        for place, one in enumerate(self.staged):
            again = rows_of(pl.concat(self.again[place]).sort().to_frame())
            repeated = Entry(again, "repeated", one.columns["customer"].header, repeated=True)
            self.context.books[one.table.index].enter(served(one), [*not_taken(one), repeated])
            count_left_out(self.context, one, "customers", self.left[place])
        if self.days:
            top = max(self.days, key=lambda day: (self.days[day], -day))
            self.context.evidence["customers.acquired_rows"] = self.days.total()
            self.context.evidence["customers.acquired_days"] = len(self.days)
            self.context.evidence["customers.acquired_top_rows"] = self.days[top]
            self.context.evidence["customers.acquired_top_day"] = top


def _merged(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a customer; rows of which no other tells of their customer are as they stand."""
    counted = rows.filter(pl.col("left_out").is_null() & pl.col("customer").is_not_null())
    alone, shared = apart(with_again(counted, ["customer"], "customer"))
    merged = shared.group_by("customer", maintain_order=True).agg(
        pl.col("acquired").min(),
        pl.col("file").first(),
        pl.col("side").first(),
        pl.len().cast(pl.Int32).alias("rows"),
        pl.col("ended").max(),
        pl.col("stage").drop_nulls().last(),
    )
    alone = alone.with_columns(rows=pl.lit(1, dtype=pl.Int32))
    return pl.concat([alone.select(merged.columns), merged])


def _rows(number: int, one: Staged, context: Context) -> pl.LazyFrame:
    days = [
        (pl.col(name) if name in one.columns else pl.lit(None, dtype=pl.Int32)).alias(name)
        for name in ("acquired", "ended")
    ]
    rows = one.rows.filter(pl.col("reason") == 0)
    return rows.select(
        "row",
        pl.lit(number, dtype=pl.Int32).alias("part"),
        pl.lit(one.system).alias("space"),
        pl.col("customer").alias("id"),
        context.who.customer(one, tuple(one.columns)).alias("customer"),
        *days,
        (pl.col("stage") if "stage" in one.columns else pl.lit(None, dtype=pl.String)).alias("stage"),
        left_name(one),
        pl.lit(one.table.index, dtype=pl.Int32).alias("file"),
        side_of(one.table).alias("side"),
    )


def _count_ended(rows: pl.DataFrame, staged: Sequence[Staged], context: Context) -> None:
    """``customers.ending_rows``: rows of exports that could say who left; ``customers.ended``: those who did."""
    parts = [at for at, one in enumerate(staged) if "ended" in one.columns]
    able = rows.filter(pl.col("part").is_in(parts))
    gone = pl.col("ended").is_not_null() | (pl.col("left_out") == "deleted").fill_null(False)
    context.count("customers.ending_rows", able.height)
    context.count("customers.ended", able.filter(gone).height)
