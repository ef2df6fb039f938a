"""Tickets: one row a ticket, however many rows and files tell of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from clm_audit.facts.common import Context, count_left_out, left_name, not_taken, rows_of, served, side_of
from clm_audit.facts.damage import FLOAT
from clm_audit.facts.ledger import Entry
from clm_audit.facts.numbering import number_spaces
from clm_audit.facts.staged import Staged


def build_tickets(staged: Sequence[Staged], context: Context) -> Path:
    """Write the tickets of all files.

    A log with one row a change of state gives the ticket its first day and its largest cost and time
    (both only grow); a ticket that any row marks as deleted or merged does not count.
    """
    rows = pl.concat([_rows(number, one, context) for number, one in enumerate(staged)]).sort("part", "row")
    rows = _unblurred(rows, staged, context)
    sides = {one.table.side for one in staged}
    key = ["system", "ticket", "day"] if {"before", "after"} <= sides else ["system", "ticket"]
    rows = _spaced(rows, key, staged, context)
    key = [*key, "space"]
    rows = rows.with_columns(again=~pl.struct(key).is_first_distinct())
    tickets = rows.group_by(key, maintain_order=True).agg(
        pl.col("customer").drop_nulls().first(),
        *([] if "day" in key else [pl.col("day").min()]),
        pl.col("cost").max(),
        pl.col("seconds").max(),
        pl.col("left_out").drop_nulls().first(),
        pl.col("file").first(),
        pl.col("part").first(),
        pl.col("side").first(),
        pl.lit(1, dtype=pl.Int32).alias("rows"),
    )
    for number, one in enumerate(staged):
        again = rows.filter((pl.col("part") == number) & pl.col("again"))
        repeated = Entry(rows_of(again), "repeated", one.columns["ticket"].header, repeated=True)
        context.books[one.table.index].enter(served(one), [*not_taken(one), repeated])
        context.count("tickets.duplicate_rows", again.height)
        here = tickets.filter((pl.col("part") == number) & pl.col("left_out").is_not_null())
        count_left_out(context, one, "tickets", dict(here.group_by("left_out").len().iter_rows()))
    counted = tickets.filter(pl.col("left_out").is_null())
    context.count("tickets.rows", counted.height)
    context.count("tickets.without_customer", int(counted["customer"].is_null().sum()))
    context.count("tickets.timed", int(counted["seconds"].is_not_null().sum()))
    context.count("tickets.costed", int(counted["cost"].is_not_null().sum()))
    table = tickets.filter(pl.col("day").is_not_null()).with_columns(context.segment())
    columns = ("customer", "segment", "day", "cost", "seconds", "left_out", "file", "side", "rows")
    path = context.folder / "tickets.parquet"
    table.select(columns).write_parquet(path)
    return path


def _unblurred(rows: pl.DataFrame, staged: Sequence[Staged], context: Context) -> pl.DataFrame:
    """Numbers that a spreadsheet wrote with an exponent stand for many tickets: day and customer tell those apart."""
    blurred = pl.col("ticket").str.contains(FLOAT)
    counts = dict(rows.filter(blurred).group_by("part").len().iter_rows())
    for number, count in sorted(counts.items()):
        context.count("tickets.ids_excel_float", count)
        note = f"ticket numbers that a spreadsheet wrote with an exponent, told apart by day and customer: {count:,}"
        context.books[staged[number].table.index].notes.append(note)
    if not counts:
        return rows
    apart = pl.concat_str("ticket", "day", "customer", separator=" ", ignore_nulls=True)
    return rows.with_columns(ticket=pl.when(blurred).then(apart).otherwise("ticket"))


def _spaced(rows: pl.DataFrame, key: list[str], staged: Sequence[Staged], context: Context) -> pl.DataFrame:
    """Tickets with their number space: another file's numbers may stand for other tickets."""
    if len(staged) < 2:
        return rows.with_columns(space=pl.lit(0, dtype=pl.Int32))
    first = rows.unique([*key, "part"], keep="first", maintain_order=True)
    nothing = pl.lit(None, dtype=pl.Int64)
    numbering = number_spaces(first.with_columns(gross=nothing, summed=pl.lit(False)), key)
    for name, found in (("anew", numbering.anew), ("unclear", numbering.unclear)):
        for number, count in found.items():
            context.count(f"tickets.numbers_{name}", count)
            note = f"ticket numbers that stand for other tickets in another file, both counted: {count:,}"
            context.books[staged[number].table.index].notes.append(note)
    spaces = numbering.rows.select(*key, "part", "space")
    return rows.join(spaces, on=[*key, "part"], how="left", maintain_order="left", nulls_equal=True)


def _rows(number: int, one: Staged, context: Context) -> pl.DataFrame:
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
    ).collect(engine="streaming")
