"""Where the frames live: one row an engine. An adapter opens the canonical tables and collects columns.

Parsing, zones, rounding and hashing happened before; an adapter only makes the canonical tables
readable by Narwhals and brings small results home as numpy columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.exits import DataError, UsageError
from clm_audit.facts.store import run_folder

Frames = Mapping[str, nw.LazyFrame[Any]]
Columns = Mapping[str, NDArray[Any]]
Collected = Mapping[str, Columns]


@dataclass(frozen=True)
class Engine:
    """``open`` turns canonical tables (``facts/model.py`` ``SCHEMAS``) into lazy Narwhals frames for as long
    as the context lives; ``collect`` runs named frames and returns int64 and float64 numpy columns."""

    name: str
    open: Callable[[Mapping[Any, pl.LazyFrame]], AbstractContextManager[Frames]]
    collect: Callable[[Frames], Collected]


def plain(name: str, column: NDArray[Any]) -> NDArray[Any]:
    """int64 or float64; a null where none may be is an error of the program, not of the data."""
    if np.ma.is_masked(column):
        raise TypeError(f"column {name} holds nulls")
    column = np.asarray(column)
    if column.dtype.kind in "iu":
        return column.astype(np.int64)
    if column.dtype.kind == "f":
        return column.astype(np.float64)
    raise TypeError(f"column {name} came back as {column.dtype}")


@contextmanager
def _open_polars(tables: Mapping[Any, pl.LazyFrame]) -> Iterator[Frames]:
    yield {name: nw.from_native(table) for name, table in tables.items()}


def _collect_polars(frames: Frames) -> Collected:
    """All frames in one run, so that they share their scans."""
    results = pl.collect_all([frame.to_native() for frame in frames.values()], engine="streaming")
    collected: dict[str, Columns] = {}
    for name, result in zip(frames, results, strict=True):
        if any(result.null_count().row(0)):
            raise TypeError(f"{name} holds nulls")
        collected[name] = {column.name: plain(column.name, column.to_numpy()) for column in result}
    return collected


@contextmanager
def _open_duckdb(tables: Mapping[Any, pl.LazyFrame]) -> Iterator[Frames]:
    """Through Parquet, in a run folder: DuckDB reads Polars frames in memory only with pyarrow."""
    try:
        import duckdb
    except ImportError:
        raise UsageError("the engine duckdb is not installed", hint="pip install 'clm-audit[duckdb]'") from None
    with run_folder() as folder, duckdb.connect() as connection:
        frames: dict[str, nw.LazyFrame[Any]] = {}
        for name, table in tables.items():
            path = folder / f"{name}.parquet"
            table.sink_parquet(path)
            frames[name] = nw.from_native(connection.read_parquet(str(path)))
        yield frames


def narrowed(relation: Any) -> Any:
    """Sums of integers of DuckDB are HUGEINT, which numpy would get as floats: cast back, or refused there."""
    wanted = ", ".join(
        f'CAST("{column}" AS BIGINT) AS "{column}"' if str(kind) == "HUGEINT" else f'"{column}"'
        for column, kind in zip(relation.columns, relation.types, strict=True)
    )
    return relation.project(wanted)


def _collect_duckdb(frames: Frames) -> Collected:
    """One query a frame."""
    import duckdb

    collected: dict[str, Columns] = {}
    for name, frame in frames.items():
        try:
            columns = narrowed(frame.to_native()).fetchnumpy()
        except duckdb.ConversionException:
            raise DataError(
                f"a sum of {name} is larger than 9.2e18", hint="look for amounts in the wrong unit"
            ) from None
        collected[name] = {column: plain(column, values) for column, values in columns.items()}
    return collected


POLARS = Engine("polars", _open_polars, _collect_polars)
DUCKDB = Engine("duckdb", _open_duckdb, _collect_duckdb)
ENGINES: Mapping[str, Engine] = MappingProxyType({engine.name: engine for engine in (POLARS, DUCKDB)})
