"""The cheap first look: what each table holds per file, side and day. Enough to set the calendar
and to say how many rows of each file lie outside it."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from clm_audit.config.plan import ALL_METRIC_IDS
from clm_audit.measures.engines import Collected, Columns, Frames

KINDS = ("opened", "clicked", "responded", "converted")
CATEGORIES = ("acquisition", "retention", "service", "other")
KEYS = ("file", "side", "day")
LIFE = ("subscriptions", "events", "stages", "surveys", "referrals")
"""Facts that only the lifecycle reads: they set the calendar where no other fact is there, and nothing else."""
CREDIT_NOTE = "credit_note"


def flag(condition: nw.Expr) -> nw.Expr:
    """1 where the condition holds, else 0 (also where it is null)."""
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)


def code(column: str, names: tuple[str, ...], other: int) -> nw.Expr:
    """The position of a text in ``names``, or ``other``."""
    expression = nw.lit(other)
    for position, name in enumerate(names):
        expression = nw.when(nw.col(column) == name).then(nw.lit(position)).otherwise(expression)
    return expression.cast(nw.Int64)


def inside(window: tuple[int, int]) -> nw.Expr:
    """Whether a row's day lies in a half-open span."""
    return (nw.col("day") >= window[0]) & (nw.col("day") < window[1])


def as_float(name: str) -> nw.Expr:
    """A column whose products may not wrap."""
    return nw.col(name).cast(nw.Float64)


def _total(name: str) -> nw.Expr:
    return nw.col(name).cast(nw.Int64).fill_null(0).sum()


def _tally(frame: nw.LazyFrame[Any], keys: tuple[str, ...], *extra: str) -> nw.LazyFrame[Any]:
    sums = [nw.col(name).sum().alias(name) for name in extra]
    return frame.group_by(*keys).agg(_total("rows").alias("rows"), *sums)


def daily_frames(tables: Frames) -> Frames:
    """Frames per table: ``rows`` (records of the file) and ``counted`` (rows that count) per file, side, day.

    Orders also say how many are credit notes (``credited``), tickets how many carry a cost or a handling
    time; responses are split by ``kind`` and campaigns carry their counts (and how many rows ``know_…``
    them); spend and series keep their spans, and customers give how many were acquired on each day, and how many of
    these have ceased to be one.
    """
    frames: dict[str, nw.LazyFrame[Any]] = {}
    count = flag(nw.col("left_out").is_null())
    if "orders" in tables:
        credited = flag(nw.col("left_out") == CREDIT_NOTE)
        marked = tables["orders"].with_columns(counted=count, credited=credited)
        frames["orders"] = _tally(marked, KEYS, "counted", "credited")
    if "tickets" in tables:
        known = {"costed": flag(~nw.col("cost").is_null()) * count, "timed": flag(~nw.col("seconds").is_null()) * count}
        frames["tickets"] = _tally(tables["tickets"].with_columns(counted=count, **known), KEYS, "counted", *known)
    if "sends" in tables:
        frames["sends"] = _tally(tables["sends"].with_columns(counted=nw.lit(1).cast(nw.Int64)), KEYS, "counted")
    if "responses" in tables:
        typed = tables["responses"].with_columns(kind=code("kind", KINDS, -1), counted=nw.lit(1).cast(nw.Int64))
        frames["responses"] = _tally(typed, (*KEYS, "kind"), "counted")
    if "campaigns" in tables:
        frames["campaigns"] = _campaigns(tables["campaigns"])
    if "spend" in tables:
        typed = tables["spend"].with_columns(
            category=code("category", CATEGORIES, 3), cents=nw.col("cents").fill_null(0)
        )
        frames["spend"] = _tally(typed, (*KEYS, "until", "category"), "cents")
    if "series" in tables:
        frames["series"] = _series(tables["series"])
    if "customers" in tables:
        dated = tables["customers"].filter(~nw.col("acquired").is_null())
        frames["customers"] = dated.group_by("acquired").agg(counted=nw.len(), ended=nw.col("ended").count())
    for name in LIFE:
        if name in tables:
            dropped = nw.col("left_out").is_null() if name == "subscriptions" else nw.lit(True)
            frames[name] = _tally(tables[name].with_columns(counted=flag(dropped)), KEYS, "counted")
    return frames


def _campaigns(table: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    names = ("sent", "delivered", *KINDS)
    known = {f"know_{name}": flag(~nw.col(name).is_null()) for name in names}
    filled = table.with_columns(**known).with_columns(nw.col(*names).fill_null(0), counted=nw.lit(1).cast(nw.Int64))
    return _tally(filled, KEYS, "counted", *names, *known)


def _series(table: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Every row as it is: such tables are small, and float sums are put in order later."""
    metric = code("metric", ALL_METRIC_IDS, -1)
    return table.select(
        "file",
        "side",
        "rows",
        "day",
        "until",
        "numerator",
        "denominator",
        nw.col("segment").fill_null(0),
        metric=metric,
    )


def on_its_side(columns: Columns, go_live: int) -> NDArray[np.bool_]:
    """Rows that may count for the side that their file was declared for."""
    side, day = columns["side"], columns["day"]
    last = columns["until"] - 1 if "until" in columns else day
    on_side: NDArray[np.bool_] = (side == 0) | ((side < 0) & (day < go_live)) | ((side > 0) & (last >= go_live))
    return on_side


def in_span(columns: Columns, span: tuple[int, int]) -> NDArray[np.bool_]:
    """Rows whose day (or, for spans, any of their days) lies in ``span``."""
    last = columns["until"] - 1 if "until" in columns else columns["day"]
    inside: NDArray[np.bool_] = (columns["day"] < span[1]) & (last >= span[0])
    return inside


def outside_rows(daily: Collected, go_live: int, span: tuple[int, int]) -> dict[int, int]:
    """Records per file (``RawTable.index``) that lie outside the span or on the wrong side of go-live.

    Customers have no date that could be outside, and a subscription may have begun at any time.
    """
    outside: dict[int, int] = {}
    for name, columns in daily.items():
        if name == "customers" or name in LIFE:
            continue
        lost = ~(on_its_side(columns, go_live) & in_span(columns, span))
        for file, rows in zip(columns["file"][lost], columns["rows"][lost], strict=True):
            outside[int(file)] = outside.get(int(file), 0) + int(rows)
    return dict(sorted(outside.items()))
