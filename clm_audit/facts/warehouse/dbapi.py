"""Warehouses behind a driver of Python's common database interface (PEP 249): Snowflake, BigQuery, Databricks, Trino.

Nothing is made in them but temporary tables of the session. Trino has none: there the tables are made in the schema
that the address names, and dropped when the session ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clm_audit.config.plan import EngineName
from clm_audit.config.vocabulary import did_you_mean
from clm_audit.exits import AuditError, DataError, UsageError
from clm_audit.facts.warehouse.dialect import Dialect
from clm_audit.facts.warehouse.names import parts_of, quoted
from clm_audit.facts.warehouse.saved import save_rows

_OVERFLOW = re.compile(r"overflow|out of range|out of bounds|not representable", re.IGNORECASE)
_RIGHT = re.compile(r"insufficient privilege|access denied|permission|not authorized|403", re.IGNORECASE)
_THERE = re.compile(r"already exists", re.IGNORECASE)
_MISSING = re.compile(r"does not exist|not found|cannot be found|unknown table", re.IGNORECASE)


class DbapiSession:
    """An open connection. ``failure``: the driver's own base class of errors; ``temporary``: how a table is made, as
    ``"CREATE TEMPORARY TABLE"``; ``described``: how the columns of a table {0} are asked for;
    ``folded``: whether names are capitals there unless they were made in quotes."""

    name: EngineName = "ibis"

    def __init__(
        self,
        connection: Any,
        dialect: Dialect,
        failure: type[Exception],
        temporary: str,
        described: str,
        *,
        folded: bool = False,
    ) -> None:
        self._connection, self._dialect, self._failure = connection, dialect, failure
        self._temporary, self._described, self._folded = temporary, described, folded
        self._kept: list[str] = []
        self.statements: list[str] = []
        self.samples: list[str] = []

    @property
    def dialect(self) -> Dialect:
        """How SQL is written there."""
        return self._dialect

    @property
    def native(self) -> DbapiSession:
        """Itself: the engine of the frames asks it for rows."""
        return self

    def source(self, table: str) -> str:
        """The quoted name of a table or view."""
        return quoted(self._dialect, table.upper() if self._folded else table)

    def columns(self, table: str) -> Sequence[tuple[str, str]]:
        """Name and type of each column. Raises :class:`UsageError` where there is no such table, or no right to it."""
        *place, name = parts_of(table)
        inside = ".".join(map(self._dialect.name_of, place))
        query = self._described.format(self.source(table), inside, self._dialect.literal(name))
        try:
            found = self._fetched(query)
        except DataError:
            found = []
        columns = [(str(row[0]), str(row[1])) for row in found if row[0] and not str(row[0]).startswith("#")]
        if not columns:
            raise UsageError(f"there is no table {table}, or the role may not see it", hint=self._near(table))
        return columns

    def _near(self, table: str) -> str:
        """Tables of a name alike beside it, where the warehouse lists them."""
        *place, name = parts_of(table)
        schema = ".".join(map(self._dialect.name_of, [*place[:-1], "information_schema" if place else ""])).strip(".")
        if not place:
            return "name it with its schema, as schema.table"
        try:
            rows = self._fetched(f"SELECT table_name FROM {schema}.tables LIMIT 10000")
        except DataError:
            return "look at its schema and its name"
        return did_you_mean(name, tuple(str(row[0]) for row in rows)) or "look at its schema and its name"

    def keep(self, name: str, query: str) -> None:
        """As a temporary table."""
        made = self._run(f"{self._temporary} {name} AS {query}")
        self._kept.append(name)
        with self._told():
            if made.description:
                made.fetchall()  # some drivers are done only when they are asked what came of it

    def drop(self) -> None:
        """Drop what was kept, where the warehouse does not do it by itself."""
        if self._temporary == "CREATE TABLE":
            for name in reversed(self._kept):
                self._fetched(f"DROP TABLE {name}")

    def view(self, name: str, query: str) -> None:
        """As a temporary table, too: not all warehouses know views that end with the session."""
        self.keep(name, query)

    def keep_codes(self, name: str, query: str) -> None:
        """By a window over the names in the order of their bytes."""
        order = self._dialect.ordered.format("name")
        self.keep(name, f"SELECT name, ROW_NUMBER() OVER (ORDER BY {order}) - 1 AS code FROM ({query}) AS every_name")

    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        """Fetched whole."""
        return self._fetched(query)

    def save(self, query: str, path: Path) -> None:
        """Through rows; small tables only."""
        cursor = self._run(query)
        names = [str(column[0]) for column in cursor.description]
        with self._told():
            save_rows(names, [tuple(row) for row in cursor.fetchall()], path)

    def table(self, name: str) -> str:
        """Its name: Ibis writes SQL by names."""
        return name

    def _fetched(self, statement: str) -> list[tuple[Any, ...]]:
        cursor = self._run(statement)
        with self._told():
            return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

    def _run(self, statement: str) -> Any:
        self.statements.append(statement)
        with self._told():
            cursor = self._connection.cursor()
            cursor.execute(statement)
            return cursor

    @contextmanager
    def _told(self) -> Iterator[None]:
        """The driver's errors in plain words: its own messages are looked at, and never shown."""
        try:
            yield
        except AuditError:
            raise
        except self._failure as error:
            raise plain(error) from None


def plain(error: Exception) -> AuditError:
    """What a driver's error means, by the few words that all of them use."""
    said = str(error)
    if _OVERFLOW.search(said):
        return DataError("an amount or a sum is larger than 9.2e18", hint="look for amounts in the wrong unit")
    if _RIGHT.search(said):
        return UsageError("the role lacks a right in the warehouse", hint="it needs SELECT on the tables")
    if _THERE.search(said):
        what = "a table of another run, or of one that was killed, is in the way"
        return UsageError(what, hint="wait for that run, or drop the tables that begin with clm_")
    if _MISSING.search(said):
        return DataError("a table or column is gone from the warehouse", hint="it changed in mid-run; run again")
    kind = type(error).__name__
    return DataError(f"the warehouse refused a statement ({kind})", hint="see it with --explain-sql")
