"""Subscriptions: what is paid each interval, from when to when; one row an item of a subscription."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from clm_audit.facts import intervals
from clm_audit.facts.common import Context, count_left_out, left_name, side_of
from clm_audit.facts.losses import Losses, Places
from clm_audit.facts.model import BOOKKEEPING, SCHEMAS
from clm_audit.facts.money import MICRO, half_even
from clm_audit.facts.split import Shelved, scratch, shelve, split, written
from clm_audit.facts.staged import Staged

_NO_ID = "no column names the subscription, so the customer stands for it: equal rows of one customer count once"
_SAID = ("day", "until", "cancelled", "amount", "currency", "interval", "left_out")


def build_subscriptions(staged: Sequence[Staged], context: Context) -> Shelved:
    """Write the subscriptions of all files.

    Within a file equal rows count once, and rows of one subscription that differ are its items or its periods.
    Of several files that tell of the same subscription the one counts that reaches the latest day. Of very many rows
    those of one subscription come together in one part, and the parts are looked at one after the other.

    A subscription runs to its end, not to the day on which the end was asked for: that day stands for it only in a file
    that writes no end at all.
    """
    with scratch(context.folder / "subscriptions-made") as folder:
        return _built(Places.of(staged), context, folder)


def _built(places: Places, context: Context, folder: Path) -> Shelved:
    staged = places.staged
    rows = pl.concat(_rows(places, number, context) for number in range(len(staged)))
    whose = (pl.col("name").hash() % context.parts).cast(pl.UInt32)
    if context.parts == 1:
        rows = rows.collect(engine="streaming").lazy()
    parts = split(rows, whose, context.parts, folder / "rows")
    reach, endless = _reach(parts)
    found, left, kept = Losses(places), [Counter[str]() for _ in staged], []
    for at, part in enumerate(parts):
        told = _settled(part.collect(engine="streaming").sort("at"), reach, whole=context.parts == 1)
        table = _taken(told, found, left)
        table = _finished(table, endless, context)
        _count(table, staged, context)
        table = table.select("at", *SCHEMAS["subscriptions"], "file", "side")
        path = folder / f"{at}.parquet"
        kept.append(written(table, path) if context.parts > 1 else table.lazy())
    weights = found.book(context, "subscriptions")
    for one, reasons in zip(staged, left, strict=True):
        count_left_out(context, one, "subscriptions", reasons)
        who = {one.columns[name].header for name in ("customer", "email") if name in one.columns}
        if one.columns["subscription"].header in who:
            context.books[one.table.index].notes.append(_NO_ID)
    ready = [each.with_columns(weights).select(*SCHEMAS["subscriptions"], *BOOKKEEPING) for each in kept]
    return shelve(ready, context.folder / "subscriptions", context.parts, "customer")


def _taken(rows: pl.DataFrame, found: Losses, left: Sequence[Counter[str]]) -> pl.DataFrame:
    """The rows of one part that count; the others are noted."""
    kept = []
    for number, one in enumerate(found.places.staged):
        here = rows.filter(pl.col("part") == number)
        header, start = one.columns["subscription"].header, one.columns["start"].header
        taken = ~pl.col("reversed")
        again, older = here.filter(taken & pl.col("again")), here.filter(taken & pl.col("older") & ~pl.col("again"))
        found.lose(number, "period_is_empty", start, here.filter("reversed")["at"])
        found.lose(number, "repeated", header, again["at"], repeated=True)
        found.lose(number, "superseded", header, older["at"], repeated=True)
        mine = here.filter(taken & ~pl.col("again") & ~pl.col("older"))
        left[number].update(dict(mine.drop_nulls("left_out").group_by("left_out").len().iter_rows()))
        kept.append(mine)
    return pl.concat(kept)


def _finished(rows: pl.DataFrame, endless: Sequence[int], context: Context) -> pl.DataFrame:
    return rows.with_columns(
        pl.when(pl.col("part").is_in(endless)).then("cancelled").otherwise("until").alias("until"),
        context.segment(),
        recurring=pl.col("interval") != intervals.ONCE,
        monthly=intervals.monthly(pl.col("amount"), pl.col("interval")),
    )


def _count(table: pl.DataFrame, staged: Sequence[Staged], context: Context) -> None:
    context.count("subscriptions.rows", table.height)
    ends = any({"end", "cancelled"} & set(one.columns) for one in staged)
    context.count("subscriptions.ending_rows", table.height if ends else 0)
    context.count("subscriptions.ended", table["until"].count())
    paid = table.filter(pl.col("left_out").is_null() & pl.col("currency").is_not_null()).group_by("currency").len()
    for code, rows in paid.sort("currency").iter_rows():
        context.count(f"subscriptions.currency.{code}", rows)


def _rows(places: Places, number: int, context: Context) -> pl.LazyFrame:
    one = places.staged[number]

    def field(name: str, dtype: pl.DataType) -> pl.Expr:
        known = name in one.columns or name in one.source.constants
        return pl.col(name) if known else pl.lit(None, dtype=dtype)

    amount = pl.col("amount")
    if "quantity" in one.columns:
        product = amount.cast(pl.Int128) * pl.col("quantity").fill_null(MICRO).cast(pl.Int128)
        amount = half_even(product, pl.lit(MICRO, dtype=pl.Int128)).cast(pl.Int64)
    who = [name for name in ("customer", "email") if name in one.columns]
    rows = one.rows.filter(pl.col("reason") == 0).select(
        places.at(number),
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
    return rows.with_columns(reversed=(pl.col("until") < pl.col("day")).fill_null(False))


def _reach(parts: Sequence[pl.LazyFrame]) -> tuple[dict[int, int | None], list[int]]:
    """The latest day that the rows of each file tell of, and the files that write no end."""
    latest = pl.max_horizontal("day", "until", "cancelled").max()
    each = [part.group_by("part").agg(reach=latest, ends=pl.col("until").count()) for part in parts]
    found = pl.concat([one.collect(engine="streaming") for one in each])
    files = found.group_by("part").agg(pl.col("reach").max(), pl.col("ends").sum()).sort("part")
    return dict(files.select("part", "reach").iter_rows()), files.filter(pl.col("ends") == 0)["part"].to_list()


def _settled(rows: pl.DataFrame, reach: Mapping[int, int | None], *, whole: bool) -> pl.DataFrame:
    """Rows with ``subscription`` (a number each: of all rows, ``whole``, in the order of the names, of a part the place
    of its first row), ``again`` (said before) and ``older`` (a later file says it anew)."""
    key = ["space", "name"]
    number = pl.struct(key).rank("dense").cast(pl.Int64) - 1 if whole else pl.col("at").min().over(key)
    reached = pl.col("part").replace_strict(reach, return_dtype=pl.Int32) if reach else pl.lit(None, dtype=pl.Int32)
    best = pl.col("part").sort_by("reach", -pl.col("part")).last().over(key)
    alike = ~pl.struct(*key, "customer", *_SAID).is_first_distinct()
    ranked = rows.with_columns(reach=reached)
    return ranked.with_columns(subscription=number, again=alike, older=pl.col("part") != best)
