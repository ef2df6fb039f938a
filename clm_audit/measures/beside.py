"""Facts in an engine beside facts at home: each frame runs where its rows are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import narwhals as nw
import polars as pl

from clm_audit.facts.model import Facts
from clm_audit.measures.engines import DUCKDB, POLARS, Collected, Engine, Frames


def engine_of(facts: Facts) -> Engine:
    """The engine that the tables of ``facts`` are in."""
    session = facts.session
    if session is None:
        return POLARS
    if session.name == "spark":
        from clm_audit.measures.engine_spark import spark_engine

        return beside(spark_engine(session.native))
    if session.name == "ibis":
        from clm_audit.measures.engine_ibis import warehouse_engine

        return beside(warehouse_engine(session))
    return beside(Engine(DUCKDB.name, _open_relations, DUCKDB.collect))


def beside(there: Engine) -> Engine:
    """``there`` for its own tables, Polars for frames of Polars."""
    return Engine(there.name, partial(_open, there), partial(_collect, there))


@contextmanager
def _open_relations(tables: Mapping[Any, Any]) -> Iterator[Frames]:
    yield {name: nw.from_native(table) for name, table in tables.items()}


@contextmanager
def _open(there: Engine, tables: Mapping[Any, Any]) -> Iterator[Frames]:
    near = {name: table for name, table in tables.items() if isinstance(table, pl.LazyFrame)}
    far = {name: table for name, table in tables.items() if name not in near}
    with POLARS.open(near) as home, there.open(far) as away:
        yield {name: home[name] if name in home else away[name] for name in tables}


def _collect(there: Engine, frames: Frames) -> Collected:
    near = {name: frame for name, frame in frames.items() if frame.implementation is nw.Implementation.POLARS}
    far = {name: frame for name, frame in frames.items() if name not in near}
    found = {**(POLARS.collect(near) if near else {}), **(there.collect(far) if far else {})}
    return {name: found[name] for name in frames}
