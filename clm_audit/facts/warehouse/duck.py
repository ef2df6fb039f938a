"""DuckDB as the engine of facts: a database file, or Parquet and CSV files read where they are."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clm_audit.config.plan import EngineName, EngineSource
from clm_audit.config.vocabulary import did_you_mean
from clm_audit.exits import AuditError, DataError, UsageError
from clm_audit.facts.warehouse.dialect import DUCKDB, Dialect
from clm_audit.facts.warehouse.names import parts_of, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

_CSV = "all_varchar = true, header = true, strict_mode = true, null_padding = false, ignore_errors = false"
_SETTINGS = (
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET TimeZone = 'UTC'",
    "SET preserve_insertion_order = false",
    "SET enable_progress_bar = false",
)
_FILE = (
    ("Permission denied", ("DuckDB may not read its file", "ask for the right to read it, or name another")),
    ("Could not set lock", ("another program has the database open", "close it there, or name a copy of the file")),
    ("No space left", ("a disk that DuckDB needs is full", "free some, or set TMPDIR to a folder on a larger one")),
    ("", ("DuckDB cannot open or read its file", "is it cut off, on a disk that fails, or no DuckDB file?")),
)
"""Marks in DuckDB's message about a file -> what it means, and the next thing to do."""
RUN_FOLDER = "<folder of the run>"


class DuckSession:
    """A connection to DuckDB; what it keeps are temporary tables, so the database itself is never written."""

    name: EngineName = "duckdb"
    dialect: Dialect = DUCKDB

    def __init__(self, connection: DuckDBPyConnection, source: EngineSource, root: Path, folder: Path) -> None:
        self.native = self._connection = connection
        self._source, self._root, self._folder = source, root, str(folder)
        self.statements: list[str] = []
        self.samples: list[str] = []
        for setting in (*_SETTINGS, f"SET temp_directory = {DUCKDB.literal(str(folder / 'duckdb'))}"):
            self._run(setting)

    def listed(self, found: Sequence[str]) -> Sequence[str]:
        """Every table of the database, or the Parquet and CSV files of the paths."""
        if self._source.database:
            query = "SELECT table_schema, table_name FROM information_schema.tables"
            names = sorted(self.rows(f"{query} WHERE table_catalog <> 'temp'"))
            return [f"{DUCKDB.name_of(place)}.{DUCKDB.name_of(name)}" for place, name in names]
        paths = [self._root / name for name in found]
        kinds = (".parquet", ".csv", ".csv.gz", ".tsv")
        files = [file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
        return [os.path.relpath(one, self._root) for one in files if one.name.lower().endswith(kinds)]

    def source(self, table: str) -> str:
        """The quoted name of a table, or a reader of the files that match."""
        if self._source.database:
            return quoted(DUCKDB, table)
        path = self._root / table
        if path.is_dir():
            kinds = [kind for kind in ("parquet", "csv") if any(path.rglob(f"*.{kind}"))]
            if len(kinds) != 1:
                what = f"{table} holds {'both Parquet and CSV files' if kinds else 'no Parquet or CSV file'}"
                raise UsageError(what, hint="name a pattern, such as orders/*.parquet")
            path = path / f"**/*.{kinds[0]}"
        elif not path.is_file() and not any(self._root.glob(table) if not Path(table).is_absolute() else [path]):
            names = tuple(one.name for one in path.parent.iterdir()) if path.parent.is_dir() else ()
            hint = did_you_mean(path.name, names) or "without `database`, tables are files or patterns"
            raise UsageError(f"there is no file {table}", hint=hint)
        reader = "read_csv" if path.name.lower().rstrip(".gz").endswith((".csv", ".tsv")) else "read_parquet"
        return f"{reader}({DUCKDB.literal(str(path))}{f', {_CSV}' if reader == 'read_csv' else ''})"

    def columns(self, table: str) -> Sequence[tuple[str, str]]:
        """Name and type of each column."""
        import duckdb

        try:
            return [
                (str(name), str(kind)) for name, kind, *_ in self.rows(f"DESCRIBE SELECT * FROM {self.source(table)}")
            ]
        except DataError as error:
            if isinstance(error.__context__, duckdb.CatalogException):
                query = "SELECT table_schema, table_name FROM information_schema.tables ORDER BY ALL"
                known = [name for place, table in self.rows(query) for name in (f"{place}.{table}", table)]
                if table in known or ".".join(parts_of(table)) in known:
                    what = f"the view {table} reads a table that is not there"
                    raise UsageError(what, hint="make the view anew, or name another table") from None
                near = did_you_mean(".".join(parts_of(table)), tuple(known)) or f"tables: {', '.join(known[1::2][:12])}"
                raise UsageError(f"there is no table {table}", hint=near) from None
            raise

    def keep(self, name: str, query: str) -> None:
        """As a temporary table."""
        self._run(f"CREATE TEMP TABLE {name} AS {query}")

    def view(self, name: str, query: str) -> None:
        """As a temporary view."""
        self._run(f"CREATE TEMP VIEW {name} AS {query}")

    def keep_codes(self, name: str, query: str) -> None:
        """By a window over the sorted names."""
        self.keep(name, f"SELECT name, ROW_NUMBER() OVER (ORDER BY name) - 1 AS code FROM ({query}) AS every_name")

    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        """Fetched whole."""
        with told():
            return list(self._run(query).fetchall())

    def save(self, query: str, path: Path) -> None:
        """By DuckDB's own writer."""
        self._run(f"COPY ({query}) TO {DUCKDB.literal(str(path))} (FORMAT parquet)")

    def table(self, name: str) -> DuckDBPyRelation:
        """The relation of a temporary table."""
        return self._connection.table(name)

    def _run(self, statement: str) -> DuckDBPyConnection:
        self.statements.append(statement.replace(self._folder, RUN_FOLDER))
        with told():
            return self._connection.execute(statement)


@contextmanager
def told() -> Iterator[None]:
    """DuckDB's errors in plain words: its messages hold values of cells."""
    import duckdb

    try:
        yield
    except AuditError:
        raise
    except duckdb.CatalogException:
        raise DataError("a table or column is gone from the database", hint="run again") from None
    except duckdb.OutOfMemoryException:
        raise DataError("DuckDB ran out of memory", hint="free some, or let fewer things run beside it") from None
    except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
        if "out of range" not in str(error).lower() and "overflow" not in str(error).lower():
            what, hint = "a cell holds what its column cannot be read as", "cast it in the view, with TRY_CAST"
            raise DataError(what, hint=hint) from None
        raise DataError("an amount or a sum is larger than 9.2e18", hint="look for amounts in the wrong unit") from None
    except duckdb.InvalidInputException:
        hint = "a CSV file must have as many fields in every row; give it as a path, where every row is proved"
        raise DataError("DuckDB cannot read a file as it is", hint=hint) from None
    except duckdb.IOException as error:
        said = next((words for mark, words in _FILE if mark in str(error)), _FILE[-1][1])
        raise DataError(said[0], hint=said[1]) from None
    except duckdb.Error as error:
        raise DataError(
            f"DuckDB refused a statement ({type(error).__name__})", hint="see it with --explain-sql"
        ) from None


@contextmanager
def open_duckdb(source: EngineSource, root: Path, folder: Path) -> Iterator[DuckSession]:
    """A session for as long as the context lives; what does not fit into memory goes to ``folder``."""
    try:
        import duckdb
    except ImportError:
        raise UsageError("the engine duckdb is not installed", hint="pip install 'clm-audit[duckdb]'") from None
    database = source.database
    if database is not None and not database.is_file():
        names = tuple(one.name for one in database.parent.iterdir()) if database.parent.is_dir() else ()
        raise UsageError(f"there is no database {database.name}", hint=did_you_mean(database.name, names))
    with told():
        connection = duckdb.connect(str(database) if database else ":memory:", read_only=database is not None)
    try:
        yield DuckSession(connection, source, root, folder)
    finally:
        connection.close()
