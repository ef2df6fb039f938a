"""Tickets: one row a ticket, however many rows and files tell of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from clm_audit.facts.common import Context, count_left_out, left_name, not_taken, rows_of, side_of
from clm_audit.facts.ledger import Entry
from clm_audit.facts.stage import Staged


def build_tickets(staged: Sequence[Staged], context: Context) -> Path:
    """Write the tickets of all files.

    A log with one row a change of state gives the ticket its first day and its largest cost and time
    (both only grow); a ticket that any row marks as deleted or merged does not count.
    """
    rows = pl.concat([_rows(number, one, context) for number, one in enumerate(staged)]).sort("part", "row")
    sides = {one.table.side for one in staged}
    key = ["space", "ticket", "day"] if {"before", "after"} <= sides else ["space", "ticket"]
    rows = rows.with_columns(again=~pl.struct(key).is_first_distinct())
    tickets = rows.group_by(key, maintain_order=True).agg(
        pl.col("customer").drop_nulls().first(),
        *([] if "day" in key else [pl.col("day").min()]),
        pl.col("cost").max(),
        pl.col("seconds").max(),
        pl.col("left_out").drop_nulls().first(),
        pl.col("file").first(),
        pl.col("side").first(),
        pl.lit(1, dtype=pl.Int32).alias("rows"),
    )
    for number, one in enumerate(staged):
        again = rows.filter((pl.col("part") == number) & pl.col("again"))
        repeated = Entry(rows_of(again), "repeated", one.columns["ticket"].header, repeated=True)
        context.books[one.table.index].enter(None, [*not_taken(one), repeated])
        context.count("tickets.duplicate_rows", again.height)
        here = tickets.filter((pl.col("file") == one.table.index) & pl.col("left_out").is_not_null())
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


def _rows(number: int, one: Staged, context: Context) -> pl.DataFrame:
    cost = context.currency.convert(pl.col("cost"), one) if "cost" in one.columns else pl.lit(None, dtype=pl.Int64)
    seconds = pl.col("handling_time") if "handling_time" in one.columns else pl.lit(None, dtype=pl.Int64)
    rows = one.scan().filter(pl.col("reason") == 0)
    return rows.select(
        "row",
        pl.lit(number, dtype=pl.Int32).alias("part"),
        pl.lit(one.system).alias("space"),
        pl.col("ticket"),
        context.who.customer(one, tuple(one.columns)).alias("customer"),
        pl.col("created").alias("day"),
        cost.alias("cost"),
        seconds.alias("seconds"),
        left_name(one),
        pl.lit(one.table.index, dtype=pl.Int32).alias("file"),
        side_of(one.table).alias("side"),
    ).collect(engine="streaming")
