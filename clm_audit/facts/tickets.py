"""Tickets: one row a ticket, however many rows and files tell of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from clm_audit.facts.again import apart, with_again
from clm_audit.facts.common import Context, count_left_out, left_name, not_taken, rows_of, served, side_of
from clm_audit.facts.damage import FLOAT
from clm_audit.facts.ledger import Entry
from clm_audit.facts.numbering import Spaces, compared, decided, numbered
from clm_audit.facts.split import Shelved, scratch, shelve, split, written
from clm_audit.facts.staged import Staged

_COLUMNS = ("customer", "segment", "day", "cost", "seconds", "left_out", "file", "side", "rows")


def build_tickets(staged: Sequence[Staged], context: Context) -> Shelved:
    """Write the tickets of all files.

    A log with one row a change of state gives the ticket its first day and its largest cost and time
    (both only grow); a ticket that any row marks as deleted or merged does not count. Of very many rows those that
    share a number come together in one part, and the parts are looked at one after the other.
    """
    with scratch(context.folder / "tickets-made") as folder:
        return _built(staged, context, folder)


def _built(staged: Sequence[Staged], context: Context, folder: Path) -> Shelved:
    rows = pl.concat([_rows(number, one, context) for number, one in enumerate(staged)])
    parts = split(rows, pl.col("ticket").hash() % context.parts, context.parts, folder / "rows")
    sides = {one.table.side for one in staged}
    key = ["system", "ticket", "day"] if {"before", "after"} <= sides else ["system", "ticket"]
    spaces = _spaces(parts, key) if len(staged) > 1 else None
    found = _Found(staged, context, folder)
    tickets = [found.tickets(_told_apart(part), key, spaces, number) for number, part in enumerate(parts)]
    found.book()
    ready = [some.with_columns(context.segment()).select(_COLUMNS) for some in tickets]
    return shelve(ready, context.folder / "tickets", context.parts, "customer")


class _Found:
    """What became of the rows, over all parts."""

    def __init__(self, staged: Sequence[Staged], context: Context, folder: Path) -> None:
        self.staged, self.context, self.folder = staged, context, folder
        self.again = [[pl.Series("row", [], dtype=pl.UInt32)] for _ in staged]
        self.notes: Counter[tuple[str, int]] = Counter()
        self.left: list[Counter[str]] = [Counter() for _ in staged]

    def tickets(self, rows: pl.DataFrame, key: list[str], spaces: Spaces | None, number: int) -> pl.LazyFrame:
        """The tickets of one part, which are written where there are several parts."""
        for part, count in rows.filter("blurred").group_by("part").len().iter_rows():
            self.notes["blurred", part] += count
        rows = self._spaced(rows, key, spaces)
        rows = with_again(rows, [*key, "space"], "ticket")
        for part, found in enumerate(self.again):
            found.append(rows.filter((pl.col("part") == part) & pl.col("again"))["row"])
        tickets = _merged(rows, [*key, "space"])
        self._count(tickets)
        dated = tickets.filter(pl.col("day").is_not_null()).drop(*(name for name in key if name != "day"), "space")
        if self.context.parts == 1:
            return dated.lazy()
        return written(dated, self.folder / f"{number}.parquet")

    def _spaced(self, rows: pl.DataFrame, key: list[str], spaces: Spaces | None) -> pl.DataFrame:
        """Tickets with their number space: another file's numbers may stand for other tickets."""
        if spaces is None:
            return rows.with_columns(space=pl.lit(0, dtype=pl.Int32))
        numbering = numbered(_first(rows, key), key, spaces)
        for name, found in (("anew", numbering.anew), ("unclear", numbering.unclear)):
            self.notes.update({(name, part): count for part, count in found.items()})
        told = numbering.rows.select(*key, "part", "space")
        return rows.join(told, on=[*key, "part"], how="left", maintain_order="left", nulls_equal=True)

    def _count(self, tickets: pl.DataFrame) -> None:
        for part, reason, count in tickets.group_by("part", "left_out").len().drop_nulls("left_out").iter_rows():
            self.left[part][reason] += count
        counted = pl.col("left_out").is_null()
        said = {
            "rows": counted,
            "without_customer": counted & pl.col("customer").is_null(),
            "timed": counted & pl.col("seconds").is_not_null(),
            "costed": counted & pl.col("cost").is_not_null(),
        }
        for name, count in (
            tickets.select(**{name: which.sum() for name, which in said.items()}).row(0, named=True).items()
        ):
            self.context.count(f"tickets.{name}", count)

    def book(self) -> None:
        """Enter the rows of all parts into the books of their files, and say what was found."""
        for kind, (name, what) in _SAID.items():
            for part, one in enumerate(self.staged):
                if count := self.notes[kind, part]:
                    self.context.count(f"tickets.{name}", count)
                    self.context.books[one.table.index].notes.append(f"ticket numbers that {what}: {count:,}")
        for part, one in enumerate(self.staged):
            again = rows_of(pl.concat(self.again[part]).sort().to_frame())
            repeated = Entry(again, "repeated", one.columns["ticket"].header, repeated=True)
            self.context.books[one.table.index].enter(served(one), [*not_taken(one), repeated])
            self.context.count("tickets.duplicate_rows", len(again))
            count_left_out(self.context, one, "tickets", self.left[part])


_OTHER = "stand for other tickets in another file, both counted"
_SAID = {
    "blurred": ("ids_excel_float", "a spreadsheet wrote with an exponent, told apart by day and customer"),
    "anew": ("numbers_anew", _OTHER),
    "unclear": ("numbers_unclear", _OTHER),
}


def _told_apart(part: pl.LazyFrame) -> pl.DataFrame:
    """The rows in order. Numbers that a spreadsheet wrote with an exponent (``blurred``) stand for many tickets: day
    and customer tell those apart."""
    rows = part.collect(engine="streaming").sort("part", "row")
    rows = rows.with_columns(blurred=pl.col("ticket").str.contains(FLOAT).fill_null(False))
    if not rows["blurred"].any():
        return rows
    apart = pl.concat_str("ticket", "day", "customer", separator=" ", ignore_nulls=True)
    return rows.with_columns(ticket=pl.when("blurred").then(apart).otherwise("ticket"))


def _spaces(parts: Sequence[pl.LazyFrame], key: list[str]) -> Spaces:
    """Whether the files share their numbers, by the numbers of all parts."""
    comparisons, files = [], set[int]()
    for part in parts:
        rows = _first(_told_apart(part), key)
        files.update(rows["part"].unique().to_list())
        comparisons.append(compared(rows, key))
    return decided(comparisons, sorted(files))


def _first(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    first = rows.unique([*key, "part"], keep="first", maintain_order=True)
    return first.with_columns(gross=pl.lit(None, dtype=pl.Int64), summed=pl.lit(False))


def _merged(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """One row a ticket; rows that share theirs with no other are as they stand."""
    together = {
        "customer": pl.col("customer").drop_nulls().first(),
        "day": pl.col("day").min(),
        "cost": pl.col("cost").max(),
        "seconds": pl.col("seconds").max(),
        "left_out": pl.col("left_out").drop_nulls().first(),
        **{name: pl.col(name).first() for name in ("file", "part", "side")},
    }
    sums = {name: found for name, found in together.items() if name not in key}
    alone, shared = apart(rows)
    merged = shared.group_by(key, maintain_order=True).agg(**sums)
    return pl.concat([alone.select(merged.columns), merged]).with_columns(rows=pl.lit(1, dtype=pl.Int32))


def _rows(number: int, one: Staged, context: Context) -> pl.LazyFrame:
    cost = context.currency.convert(pl.col("cost"), one) if "cost" in one.columns else pl.lit(None, dtype=pl.Int64)
    seconds = pl.col("handling_time") if "handling_time" in one.columns else pl.lit(None, dtype=pl.Int64)
    rows = one.rows.filter(pl.col("reason") == 0)
    return rows.select(
        "row",
        pl.lit(number, dtype=pl.Int32).alias("part"),
        pl.lit(one.system).alias("system"),
        pl.col("ticket"),
        context.who.customer(one, tuple(one.columns)).alias("customer"),
        pl.col("created").alias("day"),
        cost.alias("cost"),
        seconds.alias("seconds"),
        left_name(one),
        pl.lit(one.table.index, dtype=pl.Int32).alias("file"),
        side_of(one.table).alias("side"),
    )
