"""What happens to customers on a day: stages entered, surveys answered, events of a product, referrals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from clm_audit.facts import scores
from clm_audit.facts.common import Context, side_of
from clm_audit.facts.fates import Fates
from clm_audit.facts.losses import Losses, Places
from clm_audit.facts.model import BOOKKEEPING, SCHEMAS
from clm_audit.facts.places import count_stages, place_of
from clm_audit.facts.split import Shelved, scratch, shelve, split, written
from clm_audit.facts.staged import Staged
from clm_audit.facts.whose import Buyers

Moments = Literal["stages", "surveys", "events", "referrals"]


@dataclass(frozen=True)
class _Kind:
    """How the rows of a fact are made. ``day`` and ``who``: fields; ``unique``: the record's own id, if any;
    ``once``: whether the same values on one day are one moment (else they count as often as one file says);
    ``required``: the field whose blank customer rejects the row."""

    day: str
    who: tuple[str, ...]
    values: Callable[[Staged, Context], Mapping[str, pl.Expr]]
    unique: str = ""
    once: bool = False
    required: str = ""


def _has(one: Staged, name: str) -> pl.Expr:
    known = name in one.columns or name in one.source.constants
    return pl.col(name) if known else pl.lit(None, dtype=pl.String)


def _kind_and_score(one: Staged, _: Context) -> Mapping[str, pl.Expr]:
    stated = _has(one, "kind").str.to_lowercase()
    known = stated.replace_strict(scores.KINDS, default=None, return_dtype=pl.String)
    header = pl.lit(scores.kind_of_header(one.columns["score"].header), dtype=pl.String)
    return {"kind": pl.when(stated.is_null()).then(header).otherwise(known), "score": pl.col("score"), "stated": stated}


def _referred(one: Staged, context: Context) -> Mapping[str, pl.Expr]:
    return {"referred": context.who.customer(one, [name for name in ("referred",) if name in one.columns])}


_KINDS: Mapping[Moments, _Kind] = {
    "stages": _Kind(
        "entered",
        ("customer", "email"),
        lambda one, context: {"stage": _has(one, "stage"), "place": place_of(one, _has(one, "stage"), context)},
        once=True,
        required="customer",
    ),
    "surveys": _Kind("date", ("customer", "email"), _kind_and_score, unique="survey"),
    "events": _Kind("date", ("customer", "email"), lambda one, _: {"event": _has(one, "event")}, unique="event_id"),
    "referrals": _Kind("date", ("referrer",), _referred, once=True),
}


def build_moments(fact: Moments, staged: Sequence[Staged], context: Context, orders: Sequence[Staged] = ()) -> Shelved:
    """Write one of these facts; what overlapping files repeat counts once. ``orders`` tell whose an order is.

    A record with an id of its own is known by it. Others are the same when customer, values and stamp agree;
    what one file says several times (two equal events in a second) is kept that often. Of very many rows those of one
    customer come together in one part, and the parts are looked at one after the other.
    """
    with scratch(context.folder / f"{fact}-made") as folder:
        return _built(fact, Places.of(staged), context, orders, folder)


def _built(fact: Moments, places: Places, context: Context, orders: Sequence[Staged], folder: Path) -> Shelved:
    kind, staged = _KINDS[fact], places.staged
    buyers = Buyers(orders, context, folder / "buyers")
    rows = pl.concat(_rows(places, number, kind, context, buyers) for number in range(len(staged)))
    whose = pl.coalesce("customer", pl.col("day").cast(pl.Int64), pl.lit(0)) % context.parts
    parts = split(rows, whose.cast(pl.UInt32), context.parts, folder / "rows")
    named = None
    if context.parts > 1 and any(kind.unique in one.columns for one in staged):
        named = _named_again(rows, places, context.parts, folder / "named")
    found, kept = Losses(places), []
    for at, part in enumerate(parts):
        good = _looked_at(fact, kind, part.collect(engine="streaming").sort("at"), named, found)
        context.count(f"{fact}.rows", good.height)
        good = good.with_columns(context.segment()).select("at", *SCHEMAS[fact], "file", "side")
        kept.append(written(good, folder / f"{at}.parquet") if context.parts > 1 else good.lazy())
    weights = found.book(context, fact)
    if fact == "stages":
        count_stages(kept, context, staged)
    ready = [each.with_columns(weights).select(*SCHEMAS[fact], *BOOKKEEPING) for each in kept]
    return shelve(ready, context.folder / fact, context.parts, "customer")


def _rows(places: Places, number: int, kind: _Kind, context: Context, buyers: Buyers) -> pl.LazyFrame:
    one = places.staged[number]
    who = [name for name in kind.who if name in one.columns]
    rows = buyers.beside(one, one.rows.filter((pl.col("reason") == 0) & (pl.col("left") == 0)))
    rows = rows.with_columns(customer=pl.coalesce(context.who.customer(one, who), "buyer"))
    return rows.select(
        places.at(number),
        pl.lit(number, dtype=pl.Int32).alias("part"),
        pl.lit(one.system).alias("space"),
        (_has(one, kind.unique) if kind.unique else pl.lit(None, dtype=pl.String)).alias("unique"),
        (pl.col("stamp") if one.fact == "events" else pl.lit(0, dtype=pl.UInt64)).alias("stamp"),
        "customer",
        "order",
        pl.when(pl.col("customer").is_null()).then("order").alias("nobody's"),
        pl.col(kind.day).alias("day"),
        *(value.alias(name) for name, value in kind.values(one, context).items()),
        pl.lit(one.table.index, dtype=pl.Int32).alias("file"),
        side_of(one.table).alias("side"),
    )


def _named_again(rows: pl.LazyFrame, places: Places, count: int, folder: Path) -> Fates:
    """Which rows have an id of their own that an earlier row has as well; those of an id come together in one part."""
    named = rows.filter(pl.col("unique").is_not_null()).select("at", "space", "unique")
    again = np.zeros(places.count, dtype=np.uint8)
    for part in split(named, (pl.col("unique").hash() % count).cast(pl.UInt32), count, folder):
        found = part.collect(engine="streaming").sort("at").filter(~_FIRST_OF_ITS_NAME)
        again[found["at"].to_numpy()] = 1
    return again


def _looked_at(fact: Moments, kind: _Kind, rows: pl.DataFrame, named: Fates | None, found: Losses) -> pl.DataFrame:
    """The rows of one part that count; the others are noted."""
    rows = rows.with_columns(again=_again(fact, kind, rows["at"], named))
    staged, good = found.places.staged, []
    for number, one in enumerate(staged):
        here = rows.filter(pl.col("part") == number) if len(staged) > 1 else rows
        for code, header, some in _wrong(fact, here, one, kind):
            found.lose(number, code, header, some["at"])
            here = here.join(some.select("at"), on="at", how="anti") if some.height else here
        again = here.filter("again")["at"]
        found.lose(number, "repeated", one.columns[kind.day].header, again, repeated=True)
        good.append(here.filter(~pl.col("again")))
    return pl.concat(good)


_VALUES = ("stage", "kind", "score", "event", "referred")
_FIRST_OF_ITS_NAME = pl.struct("space", "unique").is_first_distinct()


def _again(fact: Moments, kind: _Kind, at: pl.Series, named: Fates | None) -> pl.Expr:
    """Whether an earlier row says the same; rows are in the order of files and rows. ``named``: whether one has the
    same id, where that is known already."""
    said = ["space", "customer", "nobody's", "day", "stamp", *(name for name in SCHEMAS[fact] if name in _VALUES)]
    if kind.once:
        return ~pl.struct(said).is_first_distinct()
    nth = pl.int_range(pl.len(), dtype=pl.UInt32).over("part", *said)
    nameless = ~pl.struct(*said, nth).is_first_distinct()
    by_name = ~_FIRST_OF_ITS_NAME if named is None else pl.lit(pl.Series(named[at.to_numpy()] > 0))
    return pl.when(pl.col("unique").is_null()).then(nameless).otherwise(by_name)


def _wrong(fact: Moments, here: pl.DataFrame, one: Staged, kind: _Kind) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Rows that only their values together disqualify: code, header, rows."""
    if kind.required:
        header = next((one.columns[name].header for name in kind.who if name in one.columns), "")
        yield "missing_id", header, here.filter(pl.col("customer").is_null() & pl.col("order").is_null())
    if fact == "surveys":
        unknown = here.filter(pl.col("stated").is_not_null() & pl.col("kind").is_null())
        yield "unknown_kind", one.columns.get("kind", one.columns["score"]).header, unknown
        rest = here.join(unknown.select("at"), on="at", how="anti")
        off = rest.filter(~scores.in_scale(pl.col("score"), pl.col("kind")))
        yield "bad_score", one.columns["score"].header, off
