"""Canonical tables of the fixture in a warehouse's own types, and the engine that reads them there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import polars as pl
import sqlglot as sg

from clm_audit.facts.model import SCHEMAS
from clm_audit.facts.warehouse.dialect import POSTGRES, Dialect
from clm_audit.measures.engine_ibis import KINDS, Database, warehouse_engine
from clm_audit.measures.engines import Engine, Frames

Columns = Mapping[str, pl.DataType]
Rows = Sequence[tuple[Any, ...]]
Load = Callable[[str, Columns, Rows], None]
TYPES = {
    "int64": "BIGINT",
    "int32": "INTEGER",
    "int8": "SMALLINT",
    "string": "TEXT",
    "float64": "DOUBLE PRECISION",
    "boolean": "BOOLEAN",
}


def loading(database: Database, load: Load) -> Engine:
    """The engine behind ``database``; what it opens is loaded first, under the names of the facts. Tables that are no
    facts (the probes of the permitted operations) are opened by their own columns."""
    engine = warehouse_engine(database)

    @contextmanager
    def opened(tables: Mapping[Any, pl.LazyFrame]) -> Iterator[Frames]:
        import ibis

        columns = {name: table.collect_schema() for name, table in tables.items()}
        for name, table in tables.items():
            load(name, columns[name], table.collect().rows())
        if set(tables) <= set(SCHEMAS):
            with engine.open({name: name for name in tables}) as frames:
                yield frames
        else:
            kinds = {name: {column: KINDS[kind] for column, kind in columns[name].items()} for name in tables}
            yield {name: nw.from_native(ibis.table(kinds[name], name=name)) for name in tables}

    return replace(engine, open=opened)


@dataclass(frozen=True)
class Connected:
    """A psycopg connection as the engine wants it."""

    connection: Any
    dialect: Dialect = POSTGRES

    def rows(self, query: str) -> Rows:
        return list(self.connection.execute(query).fetchall())

    def load(self, name: str, columns: Columns, rows: Rows) -> None:
        """The rows as a table of this session alone."""
        typed = ", ".join(f'"{column}" {TYPES[KINDS[kind]]}' for column, kind in columns.items())
        self.connection.execute(f'DROP TABLE IF EXISTS pg_temp."{name}"')
        self.connection.execute(f'CREATE TEMP TABLE "{name}" ({typed})')
        with self.connection.cursor().copy(f'COPY pg_temp."{name}" FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)


@dataclass(frozen=True)
class Translated:
    """DuckDB in the place of a warehouse: each query is parsed in the warehouse's dialect, strictly, and what the
    parser understood is run."""

    connection: Any
    dialect: Dialect

    def __post_init__(self) -> None:
        self.connection.execute("CREATE MACRO IF NOT EXISTS ieee_divide(a, b) AS CAST(a AS DOUBLE) / b")  # of BigQuery

    def rows(self, query: str) -> Rows:
        parsed = sg.parse_one(query, dialect=self.dialect.name, error_level=sg.ErrorLevel.RAISE)
        unsupported = sg.ErrorLevel.RAISE
        return list(self.connection.execute(parsed.sql("duckdb", unsupported_level=unsupported)).fetchall())

    def load(self, name: str, columns: Columns, rows: Rows) -> None:
        frame = pl.DataFrame(rows, schema=dict(columns), orient="row").to_arrow()
        self.connection.register("loaded", frame)
        self.connection.execute(f'CREATE OR REPLACE TABLE "{name}" AS SELECT * FROM loaded')
        self.connection.unregister("loaded")
