"""Subscriptions: what is paid each interval, from when to when; one row an item of a subscription."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from clm_audit.facts import intervals
from clm_audit.facts.common import Context, booked, count_left_out, left_name, not_taken, rows_of, side_of
from clm_audit.facts.ledger import Entry
from clm_audit.facts.model import BOOKKEEPING, SCHEMAS
from clm_audit.facts.money import MICRO, half_even
from clm_audit.facts.split import Shelved, shelve
from clm_audit.facts.staged import Staged

_NO_ID = "no column names the subscription, so the customer stands for it: equal rows of one customer count once"
_SAID = ("day", "until", "cancelled", "amount", "currency", "interval", "left_out")


def build_subscriptions(staged: Sequence[Staged], context: Context) -> Shelved:
    """Write the subscriptions of all files.

    Within a file equal rows count once, and rows of one subscription that differ are its items or its periods.
    Of several files that tell of the same subscription the one counts that reaches the latest day.
    """
    rows = pl.concat([_rows(number, one, context) for number, one in enumerate(staged)])
    rows = rows.with_columns(reversed=(pl.col("until") < pl.col("day")).fill_null(False))
    rows = _settled(rows)
    kept = []
    for number, one in enumerate(staged):
        here = rows.filter(pl.col("part") == number)
        header, start = one.columns["subscription"].header, one.columns["start"].header
        taken = ~pl.col("reversed")
        again, older = here.filter(taken & pl.col("again")), here.filter(taken & pl.col("older") & ~pl.col("again"))
        entries = [
            *not_taken(one),
            Entry(rows_of(here.filter("reversed")), "period_is_empty", start),
            Entry(rows_of(again), "repeated", header, repeated=True),
            Entry(rows_of(older), "superseded", header, repeated=True),
        ]
        context.count("subscriptions.duplicate_rows", again.height + older.height)
        mine = here.filter(taken & ~pl.col("again") & ~pl.col("older"))
        left = mine.filter(pl.col("left_out").is_not_null()).group_by("left_out").len()
        count_left_out(context, one, "subscriptions", dict(left.iter_rows()))
        kept.append(booked(context, one, entries, mine))
        if header in {one.columns[name].header for name in ("customer", "email") if name in one.columns}:
            context.books[one.table.index].notes.append(_NO_ID)
    table = pl.concat(kept).with_columns(
        context.segment(),
        recurring=pl.col("interval") != intervals.ONCE,
        monthly=intervals.monthly(pl.col("amount"), pl.col("interval")),
    )
    context.count("subscriptions.rows", table.height)
    ends = any({"end", "cancelled"} & set(one.columns) for one in staged)
    ended = pl.col("until").is_not_null() | pl.col("cancelled").is_not_null()
    context.count("subscriptions.ending_rows", table.height if ends else 0)
    context.count("subscriptions.ended", table.filter(ended).height)
    paid = table.filter(pl.col("left_out").is_null() & pl.col("currency").is_not_null()).group_by("currency").len()
    for code, rows in paid.sort("currency").iter_rows():
        context.count(f"subscriptions.currency.{code}", rows)
    ready = table.select(*SCHEMAS["subscriptions"], *BOOKKEEPING).lazy()
    return shelve([ready], context.folder / "subscriptions", context.parts, "customer")


def _rows(number: int, one: Staged, context: Context) -> pl.DataFrame:
    def field(name: str, dtype: pl.DataType) -> pl.Expr:
        known = name in one.columns or name in one.source.constants
        return pl.col(name) if known else pl.lit(None, dtype=dtype)

    amount = pl.col("amount")
    if "quantity" in one.columns:
        product = amount.cast(pl.Int128) * pl.col("quantity").fill_null(MICRO).cast(pl.Int128)
        amount = half_even(product, pl.lit(MICRO, dtype=pl.Int128)).cast(pl.Int64)
    who = [name for name in ("customer", "email") if name in one.columns]
    return (
        one.rows.filter(pl.col("reason") == 0)
        .select(
            "row",
            pl.lit(number, dtype=pl.Int32).alias("part"),
            pl.lit(one.system).alias("space"),
            pl.col("subscription").alias("name"),
            context.who.customer(one, who).alias("customer"),
            pl.col("start").alias("day"),
            field("end", pl.Int32()).alias("until"),
            field("cancelled", pl.Int32()).alias("cancelled"),
            context.currency.convert(amount, one).alias("amount"),
            context.currency.after_conversion(one).alias("currency"),
            intervals.normal(field("interval", pl.String())).alias("interval"),
            left_name(one),
            pl.lit(one.table.index, dtype=pl.Int32).alias("file"),
            side_of(one.table).alias("side"),
        )
        .collect(engine="streaming")
    )


def _settled(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with ``subscription`` (a number each), ``again`` (said before) and ``older`` (a later file says it anew)."""
    key = ["space", "name"]
    reach = pl.max_horizontal("day", "until", "cancelled").max().over("part")
    best = pl.col("part").sort_by("reach", -pl.col("part")).last().over(key)
    numbers = pl.struct(key).rank("dense").cast(pl.Int64) - 1
    alike = ~pl.struct(*key, "customer", *_SAID).is_first_distinct()
    ranked = rows.with_columns(reach=reach)
    return ranked.with_columns(subscription=numbers, again=alike, older=pl.col("part") != best)
