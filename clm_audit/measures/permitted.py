"""The Narwhals operations that the reduction may use: each proved on each engine to give the same integers.

What is not listed is forbidden, because engines differ in it: ``dt.weekday`` and ``dt.truncate``, casts
of datetimes, ``round``, parsing, zones, hashes, quantiles other than linear, ``join_asof``, and ``//``
or ``%`` of negative numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import narwhals as nw

Frame = nw.LazyFrame[Any]
EVERYWHERE = frozenset({"polars", "duckdb", "spark", "postgres", "snowflake", "bigquery", "databricks", "trino"})
"""Embedded engines, sessions, and the warehouses whose SQL Ibis writes."""


@dataclass(frozen=True)
class Operation:
    """``apply`` takes the probe tables ``left`` (key, day, cents; cents has nulls) and ``right`` (key, weight)
    and gives a frame of integers. ``engines``: where it may be used."""

    apply: Callable[[Frame, Frame], Frame]
    engines: frozenset[str] = EVERYWHERE


def _distinct(left: Frame, _: Frame) -> Frame:
    return left.group_by("key", "day").agg(nw.len().alias("n")).group_by("key").agg(nw.len().alias("days"))


def _conditional(left: Frame, _: Frame) -> Frame:
    early = nw.when(nw.col("day") < 10).then(nw.col("cents")).otherwise(nw.lit(0))
    return left.with_columns(early=early).group_by("key").agg(nw.col("early").sum())


def _previous(left: Frame, _: Frame) -> Frame:
    keyed = left.group_by("key", "day").agg(nw.len().alias("n")).with_columns(at=nw.col("key") * 1000 + nw.col("day"))
    return keyed.with_columns(before=nw.col("at").shift(1).over(order_by="at")).filter(~nw.col("before").is_null())


def _previous_within(left: Frame, _: Frame) -> Frame:
    keyed = left.group_by("key", "day").agg(nw.len().alias("n"))
    return keyed.with_columns(before=nw.col("day").shift(1).over("key", order_by="day").fill_null(-1))


def _running(left: Frame, _: Frame) -> Frame:
    days = left.group_by("key", "day").agg(nw.col("cents").sum())
    return days.with_columns(running=nw.col("cents").cum_sum().over("key", order_by="day"))


def _concat(left: Frame, right: Frame) -> Frame:
    return nw.concat([left.select("key"), right.select("key")], how="vertical")


OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        "select": Operation(lambda left, _: left.select("key", twice=nw.col("day") * 2)),
        "with_columns": Operation(lambda left, _: left.with_columns(nw.col("cents").fill_null(0), one=nw.lit(1))),
        "filter": Operation(lambda left, _: left.filter(nw.col("day") >= 7, ~nw.col("cents").is_null())),
        "is_null": Operation(lambda left, _: left.filter(nw.col("cents").is_null()).select("key", "day")),
        "boolean": Operation(
            lambda left, _: left.filter((nw.col("day") < 3) | (nw.col("day") > 8)).select("key", "day")
        ),
        "when": Operation(_conditional),
        "arithmetic": Operation(lambda left, _: left.select(value=nw.col("key") * 100 + nw.col("day") - 1)),
        "floor_division": Operation(lambda left, _: left.select(week=nw.col("day") // 7, rest=nw.col("day") % 7)),
        "floor_division_of_keys": Operation(
            lambda left, _: left.select(key=nw.col("key") * 2**32 + nw.col("day")).select(
                "key", whole=nw.col("key") // 2**32, rest=nw.col("key") % 2**32
            )
        ),
        "group_by_sum": Operation(lambda left, _: left.group_by("key").agg(nw.col("cents").sum())),
        "group_by_len": Operation(lambda left, _: left.group_by("key", "day").agg(nw.len().alias("n"))),
        "group_by_count": Operation(lambda left, _: left.group_by("key").agg(nw.col("cents").count())),
        "group_by_min_max": Operation(
            lambda left, _: left.group_by("key").agg(first=nw.col("day").min(), last=nw.col("day").max())
        ),
        "group_by_expression": Operation(
            lambda left, _: left.group_by("key").agg(product=(nw.col("day") * nw.col("key")).sum())
        ),
        "two_step_distinct": Operation(_distinct),
        "sort": Operation(lambda left, _: left.select("key", "day").sort("key", "day")),
        "sort_head": Operation(
            lambda left, _: left.select("key", "day").sort("day", "key", descending=[True, False]).head(1)
        ),
        # PostgreSQL refuses the cast of a truth value to a small integer that Ibis writes there
        "n_unique": Operation(
            lambda left, _: left.group_by("key").agg(nw.col("day").n_unique()), EVERYWHERE - {"postgres"}
        ),
        "shift_over": Operation(_previous),
        "shift_within": Operation(_previous_within),
        "cum_sum_over": Operation(_running),
        "left_join": Operation(
            lambda left, right: left.join(right, on="key", how="left").select(
                "key", "day", nw.col("weight").fill_null(0)
            )
        ),
        "semi_join": Operation(lambda left, right: left.join(right, on="key", how="semi").select("key", "day")),
        "anti_join": Operation(lambda left, right: left.join(right, on="key", how="anti").select("key", "day")),
        "concat": Operation(_concat),
        "unique": Operation(lambda left, _: left.select("key", "day").unique()),
        "fill_null": Operation(lambda left, _: left.select(nw.col("cents").fill_null(-1))),
        "is_in": Operation(lambda left, _: left.filter(nw.col("key").is_in([1, 3])).select("key", "day")),
        "abs": Operation(lambda left, _: left.select(nw.col("cents").fill_null(0).abs())),
        "cast": Operation(
            lambda left, _: left.select(
                whole=(nw.col("day").cast(nw.Float64) * 2.0).cast(nw.Int64), wide=nw.col("day").cast(nw.Int64)
            )
        ),
    }
)
