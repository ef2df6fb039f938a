"""DuckDB in the place of a warehouse, behind the common database interface: every statement is parsed in the
warehouse's dialect, strictly, and what the parser read is run."""

from __future__ import annotations

from typing import Any

import sqlglot as sg
from sqlglot import expressions as sge

MACROS = (
    "CREATE MACRO ieee_divide(a, b) AS CAST(a AS DOUBLE) / b",
    "CREATE MACRO code_points_to_string(points) AS array_to_string(list_transform(points, lambda p: chr(p)), '')",
    "CREATE MACRO with_timezone(moment, zone) AS timezone(zone, moment)",
    "CREATE MACRO unix_date(day) AS date_diff('day', DATE '1970-01-01', day)",
    "CREATE MACRO xxhash64(text) AS CAST(length(text) AS BIGINT)",
)
"""What the warehouses have and DuckDB has not, or calls otherwise; a hash that tells next to nothing apart."""


class FarConnection:
    """A connection as a driver gives it."""

    def __init__(self, duck: Any, dialect: str) -> None:
        self._duck, self._dialect = duck, dialect
        self.statements: list[str] = []
        for macro in MACROS:
            duck.execute(macro)

    def cursor(self) -> FarConnection:
        """The connection itself: one statement after the other."""
        return self

    def execute(self, statement: str) -> None:
        """Parse, and run what was read."""
        self.statements.append(statement)
        self._duck.execute(self.translated(statement))

    def translated(self, statement: str) -> str:
        """The statement as DuckDB has it."""
        if statement.startswith("DESCRIBE "):
            return statement.replace("`", '"')
        parsed = sg.parse_one(statement, dialect=self._dialect, error_level=sg.ErrorLevel.RAISE)
        assert not isinstance(parsed, sge.Command)
        return str(parsed.sql("duckdb", unsupported_level=sg.ErrorLevel.RAISE))

    @property
    def description(self) -> Any:
        """As of the last statement."""
        return self._duck.description

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Every row of the last statement."""
        return list(self._duck.fetchall())

    def close(self) -> None:
        """Nothing: the test closes DuckDB."""
