"""Ready-made KPI tables: numerator and denominator of a metric a period."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from clm_audit.config.plan import ALL_METRIC_IDS
from clm_audit.facts.common import Context, not_taken, rows_of, served, side_of
from clm_audit.facts.labels import without_addresses
from clm_audit.facts.ledger import Entry
from clm_audit.facts.split import Shelved, undivided
from clm_audit.facts.staged import Staged

_EPOCH = date(1970, 1, 1)


def build_series(staged: Sequence[Staged], context: Context, first_segment: int) -> tuple[Shelved, tuple[str, ...]]:
    """Write the series of all files; a metric's period (and segment) that stands twice counts once.

    Returns the labels of the table's own segment column; their codes begin at ``first_segment``.

    A row without an end covers the time to the next date of its metric; the last one lasts as long as
    the one before it, or the rest of its month when the dates are firsts of months.
    """
    rows = pl.concat([_rows(number, one) for number, one in enumerate(staged)]).sort("part", "row")
    known = pl.col("metric").is_in(ALL_METRIC_IDS)
    key = ["metric", "segment_word", "day"]
    rows = rows.with_columns(unknown=~known, again=known & ~pl.struct(key).is_first_distinct())
    for number, one in enumerate(staged):
        here = rows.filter(pl.col("part") == number)
        entries = [
            *not_taken(one),
            Entry(rows_of(here.filter("unknown")), "unknown_metric", one.columns["metric"].header),
            Entry(rows_of(here.filter("again")), "repeated", one.columns["metric"].header, repeated=True),
        ]
        context.books[one.table.index].enter(served(one), entries)
    table = _with_ends(rows.filter(~pl.col("unknown") & ~pl.col("again")))
    labels = table["segment_word"].drop_nulls().unique().sort().to_list()
    codes = {label: first_segment + number for number, label in enumerate(labels)}
    segment = pl.col("segment_word").replace_strict(codes, default=0, return_dtype=pl.Int32)
    table = table.with_columns(segment=segment)
    context.count("series.rows", table.height)
    columns = ("metric", "day", "until", "numerator", "denominator", "segment", "file", "side", "rows")
    return undivided(table.select(columns), context.folder / "series"), without_addresses(labels)


def _rows(number: int, one: Staged) -> pl.DataFrame:
    until = pl.col("until") if "until" in one.columns else pl.lit(None, dtype=pl.Int32)
    segment = pl.col("segment") if "segment" in one.columns else pl.lit(None, dtype=pl.String)
    rows = one.rows.filter((pl.col("reason") == 0) & (pl.col("left") == 0))
    return rows.select(
        "row",
        pl.lit(number, dtype=pl.Int32).alias("part"),
        pl.col("metric").str.to_lowercase().str.replace_all(r"[ -]+", "_").alias("metric"),
        pl.col("date").alias("day"),
        until.alias("until"),
        "numerator",
        "denominator",
        segment.alias("segment_word"),
        pl.lit(one.table.index, dtype=pl.Int32).alias("file"),
        side_of(one.table).alias("side"),
        pl.lit(1, dtype=pl.Int32).alias("rows"),
    ).collect(engine="streaming")


def _with_ends(rows: pl.DataFrame) -> pl.DataFrame:
    group = ["metric", "segment_word"]
    rows = rows.sort(*group, "day")
    following = pl.col("day").shift(-1).over(group)
    before = (pl.col("day") - pl.col("day").shift(1)).over(group)
    days = [_EPOCH + timedelta(days=day) for day in rows["day"].unique().to_list()]
    if days and all(day.day == 1 for day in days):
        ends = {(day - _EPOCH).days: _month_end(day) for day in days}
        following = pl.col("day").replace_strict(ends, return_dtype=pl.Int32)
    end = pl.coalesce("until", following, pl.col("day") + before, pl.col("day") + 1)
    return rows.with_columns(until=end.cast(pl.Int32))


def _month_end(day: date) -> int:
    return (day - _EPOCH).days + calendar.monthrange(day.year, day.month)[1]
