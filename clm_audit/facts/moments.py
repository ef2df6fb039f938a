"""What happens to customers on a day: stages entered, surveys answered, events of a product, referrals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from clm_audit.facts import scores
from clm_audit.facts.common import Context, booked, not_taken, rows_of, side_of
from clm_audit.facts.ledger import Entry
from clm_audit.facts.model import BOOKKEEPING, SCHEMAS
from clm_audit.facts.places import count_stages, place_of
from clm_audit.facts.split import Shelved, shelve
from clm_audit.facts.staged import Staged

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
    what one file says several times (two equal events in a second) is kept that often.
    """
    kind = _KINDS[fact]
    rows = pl.concat([_rows(number, one, kind, context, orders) for number, one in enumerate(staged)])
    rows = rows.with_columns(pl.when(pl.col("customer").is_null()).then("order").alias("nobody's"))
    rows = rows.with_columns(again=_again(fact, kind))
    kept = []
    for number, one in enumerate(staged):
        here = rows.filter(pl.col("part") == number)
        wrong = _wrong(fact, here, one, kind)
        bad = pl.concat([pl.Series("row", entry.rows).cast(pl.UInt32) for entry in wrong]) if wrong else None
        good = here if bad is None else here.filter(~pl.col("row").is_in(bad.implode()))
        again = rows_of(good.filter("again"))
        entries = [*not_taken(one), *wrong, Entry(again, "repeated", one.columns[kind.day].header, repeated=True)]
        context.count(f"{fact}.duplicate_rows", len(again))
        kept.append(booked(context, one, entries, good.filter(~pl.col("again"))))
    table = pl.concat(kept).with_columns(context.segment())
    context.count(f"{fact}.rows", table.height)
    if fact == "stages":
        count_stages(table, context, staged)
    ready = table.select(*SCHEMAS[fact], *BOOKKEEPING).lazy()
    return shelve([ready], context.folder / fact, context.parts, "customer")


def _rows(number: int, one: Staged, kind: _Kind, context: Context, orders: Sequence[Staged]) -> pl.DataFrame:
    who = [name for name in kind.who if name in one.columns]
    rows = one.rows.filter((pl.col("reason") == 0) & (pl.col("left") == 0))
    if "order" in one.columns:
        rows = rows.join(_buyers(one.system, orders, context), on="order", how="left", maintain_order="left")
    else:
        rows = rows.with_columns(order=pl.lit(None, dtype=pl.String), buyer=pl.lit(None, dtype=pl.Int64))
    return (
        rows.with_columns(customer=pl.coalesce(context.who.customer(one, who), "buyer"))
        .select(
            "row",
            pl.lit(number, dtype=pl.Int32).alias("part"),
            pl.lit(one.system).alias("space"),
            (_has(one, kind.unique) if kind.unique else pl.lit(None, dtype=pl.String)).alias("unique"),
            (pl.col("stamp") if one.fact == "events" else pl.lit(0, dtype=pl.UInt64)).alias("stamp"),
            "customer",
            "order",
            pl.col(kind.day).alias("day"),
            *(value.alias(name) for name, value in kind.values(one, context).items()),
            pl.lit(one.table.index, dtype=pl.Int32).alias("file"),
            side_of(one.table).alias("side"),
        )
        .collect(engine="streaming")
    )


def _buyers(system: str, orders: Sequence[Staged], context: Context) -> pl.LazyFrame:
    """Order of a system -> who it belongs to, whatever became of it; orders of nobody known are not listed."""
    found = [pl.LazyFrame(schema={"order": pl.String, "buyer": pl.Int64})]
    for one in orders:
        if one.system == system:
            buyer = context.who.customer(one, tuple(one.columns)).alias("buyer")
            found.append(one.rows.select("order", buyer).drop_nulls())
    return pl.concat(found).unique("order", keep="first", maintain_order=True)


def _again(fact: Moments, kind: _Kind) -> pl.Expr:
    """Whether an earlier row says the same; rows are in the order of files and rows."""
    said = ["space", "customer", "nobody's", "day", "stamp", *(name for name in SCHEMAS[fact] if name in _VALUES)]
    if kind.once:
        return ~pl.struct(said).is_first_distinct()
    nth = pl.int_range(pl.len(), dtype=pl.UInt32).over("part", *said)
    nameless = ~pl.struct(*said, nth).is_first_distinct()
    named = ~pl.struct("space", "unique").is_first_distinct()
    return pl.when(pl.col("unique").is_null()).then(nameless).otherwise(named)


_VALUES = ("stage", "kind", "score", "event", "referred")


def _wrong(fact: Moments, here: pl.DataFrame, one: Staged, kind: _Kind) -> list[Entry]:
    """Rows that only their values together disqualify."""
    found: list[Entry] = []
    if kind.required:
        header = next((one.columns[name].header for name in kind.who if name in one.columns), "")
        nameless = here.filter(pl.col("customer").is_null() & pl.col("order").is_null())
        found.append(Entry(rows_of(nameless), "missing_id", header))
    if fact == "surveys":
        unknown = here.filter(pl.col("stated").is_not_null() & pl.col("kind").is_null())
        column = one.columns.get("kind", one.columns["score"])
        found.append(Entry(rows_of(unknown), "unknown_kind", column.header))
        rest = here.join(unknown.select("row"), on="row", how="anti")
        off = rest.filter(~scores.in_scale(pl.col("score"), pl.col("kind")))
        found.append(Entry(rows_of(off), "bad_score", one.columns["score"].header))
    return found
