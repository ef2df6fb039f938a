"""Campaign messages: who was sent what and who responded, each recipient once a campaign; and aggregates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from clm_audit.facts.alike import repeated
from clm_audit.facts.common import Context, not_taken, rows_of, served, side_of
from clm_audit.facts.identity import Codes, gather
from clm_audit.facts.ledger import Entry
from clm_audit.facts.losses import Losses, Places
from clm_audit.facts.pools import Pools
from clm_audit.facts.split import Shelved, scratch, shelve, split, undivided, written
from clm_audit.facts.staged import Staged

_COUNTS = ("sent", "delivered", "opened", "clicked", "responded", "converted")
KINDS: Mapping[str, str] = {
    "open": "opened",
    "opened": "opened",
    "opens": "opened",
    "click": "clicked",
    "clicked": "clicked",
    "clicks": "clicked",
    "reply": "responded",
    "replied": "responded",
    "respond": "responded",
    "responded": "responded",
    "response": "responded",
    "convert": "converted",
    "converted": "converted",
    "conversion": "converted",
    "redeemed": "converted",
}


def campaign_codes(pools: Pools) -> Mapping[str, Codes]:
    """Name space -> campaign code of each pool code, numbered by sorted ``system:campaign``."""
    spaces = [name for name in pools.names() if name.startswith("campaign ")]
    keys = {name: (name.removeprefix("campaign ") + ":" + pools.texts(name)).fill_null("").to_list() for name in spaces}
    numbers = {key: number for number, key in enumerate(sorted(key for found in keys.values() for key in found if key))}
    return {
        name.removeprefix("campaign "): np.array([*(numbers.get(key, -1) for key in found), -1], dtype=np.int64)
        for name, found in keys.items()
    }


def build_sends(staged: Sequence[Staged], campaigns: Mapping[str, Codes], context: Context) -> Shelved:
    """Write the sends: one row a recipient and campaign, delivered if any of its rows says so."""
    frames, places = [], Places.of(staged)
    for number, one in enumerate(staged):
        delivered = pl.col("delivered").fill_null(False) if "delivered" in one.columns else pl.lit(True)
        if "bounced" in one.columns:
            delivered = delivered & ~pl.col("bounced").fill_null(False)
        frames.append(_rows(number, places, campaigns, context, "sent", delivered.alias("delivered")))
    first = [pl.col("delivered").not_(), pl.col("day")]
    columns = ("campaign", "recipient", "segment", "day", "delivered", "file", "side", "rows")
    with scratch(context.folder / "sends-made") as folder:
        kept = _once(frames, places, ["campaign", "recipient"], first, context, "sends", folder)
        ready = [part.with_columns(context.segment("recipient")).select(columns) for part in kept]
        return shelve(ready, context.folder / "sends", context.parts, "recipient")


def build_responses(staged: Sequence[Staged], campaigns: Mapping[str, Codes], context: Context) -> Shelved:
    """Write the responses: one row a recipient, campaign and kind, on the first day."""
    places = Places.of(staged)
    frames = [_rows(number, places, campaigns, context, "date", _kind(one)) for number, one in enumerate(staged)]
    key = ["campaign", "recipient", "kind"]
    with scratch(context.folder / "responses-made") as folder:
        kept = _once(frames, places, key, [pl.col("day")], context, "responses", folder)
        ready = [part.select("campaign", "recipient", "day", "kind", "file", "side", "rows") for part in kept]
        return shelve(ready, context.folder / "responses", context.parts, "recipient")


def _kind(one: Staged) -> pl.Expr:
    if "kind" not in one.columns and "kind" not in one.source.constants:
        return pl.lit("responded").alias("kind")
    word = pl.col("kind").str.to_lowercase()
    kind = word.replace_strict(KINDS, default=None, return_dtype=pl.String)
    return pl.when(word.is_null()).then(pl.lit("responded")).otherwise(kind).alias("kind")


def _rows(
    number: int, places: Places, campaigns: Mapping[str, Codes], context: Context, day: str, extra: pl.Expr
) -> pl.LazyFrame:
    one = places.staged[number]
    rows = one.rows.filter((pl.col("reason") == 0) & (pl.col("left") == 0))
    return rows.select(
        places.at(number),
        pl.lit(number, dtype=pl.Int32).alias("part"),
        gather(pl.col("campaign"), campaigns[one.system]).alias("campaign"),
        context.who.customer(one, ("recipient",)).alias("recipient"),
        pl.col(day).alias("day"),
        extra,
        pl.lit(one.table.index, dtype=pl.Int32).alias("file"),
        side_of(one.table).alias("side"),
    )


def _once(
    frames: Sequence[pl.LazyFrame],
    places: Places,
    key: list[str],
    first: list[pl.Expr],
    context: Context,
    fact: str,
    folder: Path,
) -> list[pl.LazyFrame]:
    """The row of each key that comes first by ``first``, else in its file; books the others as repeated, and gives
    each kept row its record count. Only rows that share a key are sorted: as a rule there are next to none. Of very
    many rows those of one recipient come together in one part, and the parts are looked at one after the other."""
    whose = pl.col("recipient").fill_null(0) % context.parts
    parts = split(pl.concat(frames), whose.cast(pl.UInt32), context.parts, folder / "rows")
    found, kept = Losses(places), []
    for at, part in enumerate(parts):
        known = _judged(part.collect(engine="streaming"), key, first)
        for number, one in enumerate(places.staged):
            here = known.filter(pl.col("part") == number) if len(places.staged) > 1 else known
            found.lose(number, "unknown_kind", _header(one), here.filter(pl.col("again").is_null())["at"])
            found.lose(number, "repeated", _header(one), here.filter("again")["at"], repeated=True)
        taken = known.filter(~pl.col("again"))
        context.count(f"{fact}.rows", taken.height)
        kept.append(written(taken, folder / f"{at}.parquet") if context.parts > 1 else taken.lazy())
    weights = found.book(context, fact)  # known when all parts were seen, as a record may tell of two facts
    return [each.with_columns(weights) for each in kept]


def _judged(rows: pl.DataFrame, key: list[str], first: list[pl.Expr]) -> pl.DataFrame:
    """Rows with ``again``: whether another row of the same key comes before; null where the key is not whole."""
    nameless = pl.any_horizontal(pl.col(key).is_null())
    if not rows.select(nameless.any()).item():
        return rows.with_columns(again=_later(rows, key, first))
    known = rows.filter(~nameless)
    lost = rows.filter(nameless).with_columns(again=pl.lit(None, dtype=pl.Boolean))
    return pl.concat([known.with_columns(again=_later(known, key, first)), lost])


def _later(known: pl.DataFrame, key: list[str], first: list[pl.Expr]) -> pl.Series:
    """Whether another row of the same key comes before. Hashes only propose who shares a key."""
    hashed = known.select(pl.struct(key).hash()).to_series().to_numpy()
    later = np.zeros(known.height, dtype=np.bool_)
    shared = repeated(hashed)
    if len(shared):
        by = [each.alias(f"by {number}") for number, each in enumerate(first)]
        some = known[shared].select(*key, *by, "at", where=pl.Series(shared))
        some = some.sort(*(each.meta.output_name() for each in by), "at")
        later[some.filter(~pl.struct(key).is_first_distinct())["where"].to_numpy()] = True
    return pl.Series(later)


def _header(one: Staged) -> str:
    for name in ("kind", "recipient", "campaign"):
        if name in one.columns:
            return one.columns[name].header
    return ""


def build_campaigns(staged: Sequence[Staged], campaigns: Mapping[str, Codes], context: Context) -> Shelved:
    """Write campaign aggregates; the same campaign, day and variant in another file, or twice alike, counts once."""
    rows = pl.concat([_aggregates(number, one, campaigns, context) for number, one in enumerate(staged)])
    rows = rows.sort("part", "row")
    first_part = pl.col("part").first().over("campaign", "day", "variant")
    alike = ~pl.struct("campaign", "day", "variant", *_COUNTS, "cost").is_first_distinct()
    rows = rows.with_columns(again=(pl.col("part") != first_part) | alike)
    rows = rows.with_columns(total=_sums_variants())
    for number, one in enumerate(staged):
        again = rows.filter((pl.col("part") == number) & pl.col("again"))
        repeated = Entry(rows_of(again), "repeated", _header(one), repeated=True)
        context.books[one.table.index].set_totals(rows_of(rows.filter((pl.col("part") == number) & pl.col("total"))))
        context.books[one.table.index].enter(served(one), [*not_taken(one), repeated])
        context.count("campaigns.duplicate_rows", again.height)
    table = rows.filter(~pl.col("again") & ~pl.col("total"))
    context.count("campaigns.rows", table.height)
    columns = ("campaign", "day", *_COUNTS, "cost", "file", "side")
    return undivided(table.select(*columns, pl.lit(1, dtype=pl.Int32).alias("rows")), context.folder / "campaigns")


def _sums_variants() -> pl.Expr:
    """Whether a row without a variant is as large as the variants of its campaign and day together."""
    variant = pl.col("variant").is_not_null() & ~pl.col("again")
    summed = [
        pl.when(variant).then(name).sum().over("campaign", "day").eq(pl.col(name)) for name in ("sent", "delivered")
    ]
    same = pl.coalesce(summed[0], summed[1]) & pl.coalesce(summed[1], summed[0])
    several = variant.sum().over("campaign", "day") > 1
    return (pl.col("variant").is_null() & ~pl.col("again") & several & same).fill_null(False)


def _aggregates(number: int, one: Staged, campaigns: Mapping[str, Codes], context: Context) -> pl.DataFrame:
    nothing = pl.lit(None, dtype=pl.Int64)
    cost = context.currency.convert(pl.col("cost"), one) if "cost" in one.columns else nothing
    return (
        one.rows.filter((pl.col("reason") == 0) & (pl.col("left") == 0))
        .select(
            "row",
            pl.lit(number, dtype=pl.Int32).alias("part"),
            gather(pl.col("campaign"), campaigns[one.system]).alias("campaign"),
            pl.col("date").alias("day"),
            (pl.col("variant") if "variant" in one.columns else pl.lit(None, dtype=pl.String)).alias("variant"),
            *((pl.col(name) if name in one.columns else nothing).alias(name) for name in _COUNTS),
            cost.alias("cost"),
            pl.lit(one.table.index, dtype=pl.Int32).alias("file"),
            side_of(one.table).alias("side"),
        )
        .collect(engine="streaming")
    )
