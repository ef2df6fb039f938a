"""A warehouse as an engine: Ibis writes the SQL of the frames, the warehouse's own driver runs it.

Nothing of the data passes through Ibis, pandas or Arrow: a frame becomes one ``SELECT``, and only its small result
comes home. The SQL of a frame is the same text every time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import narwhals as nw
import numpy as np
import polars as pl

from clm_audit.exits import UsageError
from clm_audit.facts.model import BOOKKEEPING, SCHEMAS
from clm_audit.facts.warehouse.dialect import Dialect
from clm_audit.measures.engines import Collected, Columns, Engine, Frames, plain

if TYPE_CHECKING:
    from ibis.expr.types import Table

KINDS: Mapping[pl.DataType, str] = MappingProxyType(
    {
        pl.Int64(): "int64",
        pl.Int32(): "int32",
        pl.Int8(): "int8",
        pl.String(): "string",
        pl.Float64(): "float64",
        pl.Boolean(): "boolean",
    }
)


class Database(Protocol):
    """What is asked of an open :class:`~clm_audit.facts.warehouse.model.Session`."""

    @property
    def dialect(self) -> Dialect:
        """How SQL is written there; Ibis knows it by the same name."""
        ...

    def rows(self, query: str) -> Sequence[Sequence[Any]]:
        """The rows of a query. A number that does not fit its type is a :class:`~clm_audit.exits.DataError`."""
        ...


def warehouse_engine(database: Database) -> Engine:
    """The engine whose frames live behind ``database``; the connection stays open.

    Its ``open`` takes fact -> the name of the canonical table there, as ``"clm_orders"`` or ``"place.clm_orders"``.
    """
    return Engine(database.dialect.name, _open, partial(_collect, database))


def canonical_table(fact: str, name: str) -> Table:
    """A canonical table as Ibis sees it; nobody is asked."""
    try:
        import ibis
    except ImportError:
        raise UsageError("the engine ibis is not installed", hint="pip install 'clm-audit[warehouse]'") from None
    schema = {column: KINDS[kind] for column, kind in {**SCHEMAS[fact], **BOOKKEEPING}.items()}
    *place, table = name.split(".")
    return ibis.table(schema, name=table, database=tuple(place) if len(place) > 1 else next(iter(place), None))


@contextmanager
def _open(tables: Mapping[Any, Any]) -> Iterator[Frames]:
    yield {fact: nw.from_native(canonical_table(fact, name)) for fact, name in tables.items()}


def query(frame: nw.LazyFrame[Any], dialect: str) -> str:
    """The one ``SELECT`` that is ``frame`` in ``dialect``.

    Sums of integers come as wider decimals from some warehouses: they are cast back here, where one that does not fit
    is an error there, and never a rounded float.
    """
    import sqlglot as sg
    from sqlglot.expressions import alias_

    table = frame.to_native()
    compiler = import_module(f"ibis.backends.sql.compilers.{dialect}").compiler
    wanted = []
    for name, kind in table.schema().items():
        column = sg.column(name, table="found", quoted=True)
        wanted.append(alias_(sg.cast(column, "BIGINT") if kind.is_integer() else column, name, quoted=True))
    inner = compiler.to_sqlglot(table)
    return str(sg.select(*wanted).from_(inner.subquery("found")).sql(dialect=compiler.dialect))


def _collect(database: Database, frames: Frames) -> Collected:
    """One query a frame."""
    return {name: _columns(database, name, frame) for name, frame in frames.items()}


def _columns(database: Database, name: str, frame: nw.LazyFrame[Any]) -> Columns:
    rows = database.rows(query(frame, database.dialect.name))
    found: dict[str, Any] = {}
    for place, (column, kind) in enumerate(frame.to_native().schema().items()):
        values = [row[place] for row in rows]
        if None in values:
            raise TypeError(f"column {column} of {name} holds nulls")
        found[column] = plain(column, np.array(values, dtype=np.int64 if kind.is_integer() else np.float64))
    return found
