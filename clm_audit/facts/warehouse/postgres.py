"""PostgreSQL as the engine of facts: one transaction sees one state of the tables, and only temporary tables are made.

A role needs SELECT on the tables that are named and TEMP on the database, nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clm_audit.config.plan import EngineName, EngineSource
from clm_audit.config.vocabulary import did_you_mean
from clm_audit.exits import AuditError, DataError, UsageError
from clm_audit.facts.warehouse.dialect import POSTGRES, Dialect
from clm_audit.facts.warehouse.names import parts_of, quoted
from clm_audit.facts.warehouse.saved import save_rows

if TYPE_CHECKING:
    from psycopg import Connection, Cursor

_SETTINGS = (
    "SET TIME ZONE 'UTC'",
    "SET DATESTYLE TO ISO",
    "SET extra_float_digits TO 1",
    "SET standard_conforming_strings TO on",
    # between two statements this program thinks; the server must not take that for sleep
    "SET idle_in_transaction_session_timeout TO 0",
    "BEGIN ISOLATION LEVEL REPEATABLE READ",
)
# what an enumeration, a domain or a number without a stated scale holds, in the words of DIALECT.kinds
_COLUMNS = """
SELECT a.attname, CASE
  WHEN t.typtype = 'e' THEN 'enum'
  WHEN COALESCE(b.oid, t.oid) = 'numeric'::regtype THEN
    CASE WHEN COALESCE(NULLIF(t.typtypmod, -1), a.atttypmod) < 4 THEN 'numeric(38,18)'
    ELSE format_type('numeric'::regtype, COALESCE(NULLIF(t.typtypmod, -1), a.atttypmod)) END
  ELSE format_type(COALESCE(b.oid, t.oid), NULL) END
FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
  LEFT JOIN pg_type AS b ON b.oid = NULLIF(t.typbasetype, 0)
WHERE a.attrelid = {0} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
_FIND = """
SELECT c.oid, has_schema_privilege(n.oid, 'USAGE') AND (has_table_privilege(c.oid, 'SELECT')
  OR has_any_column_privilege(c.oid, 'SELECT'))
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND c.relname = {0}
  AND CASE WHEN {1} = '' THEN n.nspname = ANY (current_schemas(false)) ELSE n.nspname = {1} END
ORDER BY array_position(current_schemas(false), n.nspname)
"""
_TABLES = """
SELECT n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
  AND has_schema_privilege(n.oid, 'USAGE') ORDER BY 1, 2
"""


class PostgresSession:
    """An open transaction; what it keeps are temporary tables, which end with it."""

    name: EngineName = "ibis"
    dialect: Dialect = POSTGRES

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection
        self.statements: list[str] = []
        self.samples: list[str] = []
        for setting in _SETTINGS:
            self._run(setting)

    @property
    def native(self) -> PostgresSession:
        """Itself: the engine of the frames asks it for rows."""
        return self

    def source(self, table: str) -> str:
        """The quoted name of a table or view."""
        return quoted(POSTGRES, table)

    def columns(self, table: str) -> Sequence[tuple[str, str]]:
        """Name and type of each column. Raises :class:`UsageError` where there is no such table, or no right to it."""
        *place, name = parts_of(table)
        schema = place[-1] if place else ""
        found = self.rows(_FIND.format(*map(POSTGRES.literal, (name, schema))))
        if not found:
            known = [".".join(row) for row in self.rows(_TABLES)]
            near = did_you_mean(".".join((schema or "public", name)), known)
            hint = near or (f"tables: {', '.join(known[:12])}" if known else "the role sees no table at all")
            raise UsageError(f"there is no table {table}", hint=hint)
        number, readable = found[0]
        if not readable:
            raise UsageError(f"the role may not read table {table}", hint=f"GRANT SELECT ON {table} to it")
        return [(str(column), str(kind)) for column, kind in self.rows(_COLUMNS.format(int(number)))]

    def keep(self, name: str, query: str) -> None:
        """As a temporary table, with what the planner wants to know about it."""
        self._run(f"CREATE TEMP TABLE {name} AS {query}")
        self._run(f"ANALYZE {name}")

    def view(self, name: str, query: str) -> None:
        """As a temporary view."""
        self._run(f"CREATE TEMPORARY VIEW {name} AS {query}")

    def keep_codes(self, name: str, query: str) -> None:
        """By a window over the names in the order of their bytes, whatever the collation of the database."""
        order = POSTGRES.ordered.format("name")
        self.keep(name, f"SELECT name, ROW_NUMBER() OVER (ORDER BY {order}) - 1 AS code FROM ({query}) AS every_name")

    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        """Fetched whole."""
        with told():
            return self._run(query).fetchall()

    def save(self, query: str, path: Path) -> None:
        """Through rows; small tables only."""
        with told():
            cursor = self._run(query)
            names = [column.name for column in cursor.description or ()]
            save_rows(names, cursor.fetchall(), path)

    def table(self, name: str) -> str:
        """Its name: Ibis writes SQL by names."""
        return name

    def _run(self, statement: str) -> Cursor[Any]:
        self.statements.append(statement)
        with told():
            return self._connection.execute(statement.encode())


@contextmanager
def told() -> Iterator[None]:
    """PostgreSQL's errors in plain words: its own messages can hold values of cells."""
    import psycopg

    try:
        yield
    except AuditError:
        raise
    except psycopg.Error as error:
        raise _plain(error) from None


def _plain(error: Any) -> AuditError:
    """The error as a sentence and the next thing to do, by its SQLSTATE."""
    state = error.sqlstate or ""
    gone = error.__class__.__name__ in ("OperationalError", "InterfaceError") and not state
    if gone or state[:2] == "08" or state in ("57P01", "57P02", "57P03", "25P03", "57P05"):
        return DataError("the connection to PostgreSQL was lost in mid-run", hint="nothing was reported; run it again")
    said = next((words for start, words in _STATES if state.startswith(start)), None)
    if said is None:
        return DataError(f"PostgreSQL refused a statement (SQLSTATE {state})", hint="see it with --explain-sql")
    kind, what, hint = said
    return kind(what, hint=hint)


_STATES: tuple[tuple[str, tuple[type[UsageError | DataError], str, str]], ...] = (
    ("42P01", (DataError, "a table is gone from the database", "it was dropped or renamed in mid-run; run again")),
    ("42703", (DataError, "a column is gone from its table", "the table changed in mid-run; run again")),
    ("25006", (UsageError, "the server takes no temporary tables: it, or the role, is read-only",
               "name a server that is no replica, or let the role make temporary tables")),
    ("42501", (UsageError, "the role lacks a right", "it needs SELECT on the tables and TEMP on the database")),
    ("0A000", (UsageError, "PostgreSQL reads the tables of one database at a time",
               "name the table as schema.table, and its database in url")),
    ("22003", (DataError, "an amount or a sum is larger than 9.2e18", "look for amounts in the wrong unit")),
    ("22", (DataError, "a cell holds what its column cannot be read as",
            "cast it in a view, where you can say what such cells mean")),
    ("57014", (DataError, "the server cancelled a statement",
               "raise statement_timeout for the role, or run when the server is less busy")),
    ("55P03", (DataError, "a table is locked by somebody else", "run again when they are done")),
    ("53", (DataError, "the server ran out of disk, memory or connections", "free some, then run again")),
    ("40", (DataError, "the server ended the transaction because of another one", "run again")),
)  # fmt: skip


@contextmanager
def open_postgres(source: EngineSource, password: str | None) -> Iterator[PostgresSession]:
    """A session for as long as the context lives; at its end everything that it made is gone."""
    try:
        import psycopg
    except ImportError:
        raise UsageError("the engine ibis is not installed", hint="pip install 'clm-audit[warehouse]'") from None
    try:
        connection = psycopg.connect(
            source.url or "",
            password=password,
            autocommit=True,
            connect_timeout=15,
            application_name="clm-audit",
        )
    except psycopg.ProgrammingError:
        raise UsageError("url is no address of PostgreSQL", hint="as in postgres://user@host:5432/database") from None
    except psycopg.OperationalError as error:
        raise _refused(str(error), source) from None
    try:
        yield PostgresSession(connection)
    finally:
        connection.close()


def _refused(message: str, source: EngineSource) -> UsageError:
    """Why there is no connection; the driver's message is only looked at, never shown."""
    low = message.casefold()
    if "password authentication failed" in low or "no password supplied" in low or "authentication failed" in low:
        where = source.password_env or "PGPASSWORD, ~/.pgpass or password_env"
        return UsageError("PostgreSQL refused the role or its password", hint=f"look at {where}")
    if "does not exist" in low:
        return UsageError("PostgreSQL knows no such role or database", hint="look at url")
    if "ssl" in low or "certificate" in low:
        return UsageError("PostgreSQL and this program agree on no encryption", hint="set sslmode in url")
    if "no pg_hba.conf entry" in low:
        return UsageError("PostgreSQL lets nobody in from here with this role", hint="ask for a line in pg_hba.conf")
    if "too many" in low or "remaining connection slots" in low:
        return UsageError("PostgreSQL has no connection left", hint="try again later")
    return UsageError("nobody answers at url as PostgreSQL", hint="is the server up, and are host and port right?")
