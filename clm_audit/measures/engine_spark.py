"""Spark as an engine: the frames stay in a session, and only the small results come home, through Arrow.

Works on a local session, on a cluster and on Spark Connect alike. Several queries run at once, as each of them spends
most of its time in planning and in waiting for its last task.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from clm_audit.facts.warehouse.spark_errors import told
from clm_audit.facts.warehouse.spark_start import strict
from clm_audit.measures.engines import Collected, Columns, Engine, Frames, plain

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

AT_ONCE = 4


def spark_engine(session: SparkSession) -> Engine:
    """The engine whose frames live in ``session``; the session stays open.

    Its ``open`` takes canonical tables as frames of this session, and small ones as Polars frames too.
    """
    return Engine("spark", partial(_open, session), partial(_collect, session))


@contextmanager
def _open(session: SparkSession, tables: Mapping[Any, Any]) -> Iterator[Frames]:
    with strict(session):
        yield {name: nw.from_native(_held(session, table)) for name, table in tables.items()}


def _held(session: SparkSession, table: Any) -> DataFrame:
    """A Spark frame as it is; a Polars frame goes there through Arrow, as workers may share no disk with us."""
    if isinstance(table, pl.LazyFrame):
        with told():
            table = session.createDataFrame(table.collect().to_arrow(compat_level=pl.CompatLevel.oldest()))
    held: DataFrame = table
    return held


def _collect(session: SparkSession, frames: Frames) -> Collected:
    """One query a frame, a few of them at once. Sums of integers are 64 bits wide, and Spark refuses to wrap them."""

    def fetch(item: tuple[str, nw.LazyFrame[Any]]) -> Columns:
        with told(f"a sum of {item[0]}"):
            return _columns(item[1].to_native())

    with strict(session), ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(frames, pool.map(fetch, frames.items()), strict=True))


def _columns(frame: DataFrame) -> Columns:
    from pyspark.sql import functions as sql
    from pyspark.sql.types import DecimalType

    wanted = [
        sql.col(field.name).cast("bigint").alias(field.name)
        if isinstance(field.dataType, DecimalType)
        else sql.col(field.name)
        for field in frame.schema.fields
    ]
    found = frame.select(*wanted).toArrow()
    for name in found.column_names:
        if found[name].null_count:
            raise TypeError(f"column {name} holds nulls")
    return {name: plain(name, found[name].to_numpy()) for name in found.column_names}
