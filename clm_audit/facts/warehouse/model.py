"""The seam between the SQL of the facts and the engine that runs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from clm_audit.config.plan import EngineName, Side
from clm_audit.config.preset import ExportObject, FactName, Yield
from clm_audit.exits import AuditError, Problem
from clm_audit.facts.warehouse.dialect import Dialect

Kind = Literal["text", "integer", "decimal", "float", "boolean", "date", "naive", "zoned", "other"]
PREFIX = "clm_"
"""What the names of the tables begin with that a run makes in an engine."""
SMALL: tuple[FactName, ...] = ("spend", "campaigns", "series")
"""Facts without customers: their tables are small, so they are brought home and read like files."""
MOST_SMALL = 2_000_000  # rows of such a table


class Session(Protocol):
    """An open connection to an engine. Whatever goes wrong there is a :class:`~clm_audit.exits.DataError` or
    :class:`~clm_audit.exits.UsageError` in plain words, without a cell value, an address with a password, or the
    driver's own traceback."""

    @property
    def name(self) -> EngineName:
        """Which engine it is."""
        ...

    @property
    def dialect(self) -> Dialect:
        """How SQL is written there."""
        ...

    @property
    def native(self) -> Any:
        """What this engine's row in :mod:`clm_audit.measures` is made of: its own session or connection."""
        ...

    @property
    def statements(self) -> Sequence[str]:
        """Every statement that was sent, in order, word for word but for the place of the run's own folder."""
        ...

    @property
    def samples(self) -> list[str]:
        """Statements that would list rows that were not taken; the program sends none of them."""
        ...

    def source(self, table: str) -> str:
        """What stands after FROM for a table (or file pattern) as the configuration names it."""
        ...

    def columns(self, table: str) -> Sequence[tuple[str, str]]:
        """Name and engine type of each column. Raises with a hint when there is no such table, or no right to it."""
        ...

    def keep(self, name: str, query: str) -> None:
        """Run ``query`` once and keep its rows under ``name`` (a plain identifier) until the session ends."""
        ...

    def view(self, name: str, query: str) -> None:
        """Give a query a name; its rows are made wherever they are asked for. For what costs next to nothing."""
        ...

    def keep_codes(self, name: str, query: str) -> None:
        """Keep the different texts ``name`` that ``query`` gives, with ``code``: their place, from 0, in the order of
        their bytes."""
        ...

    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        """The rows of a query with a small result."""
        ...

    def save(self, query: str, path: Path) -> None:
        """Write the rows of a small query as Parquet."""
        ...

    def table(self, name: str) -> Any:
        """A kept table as this engine's row in :mod:`clm_audit.measures.engines` opens it."""
        ...


@dataclass(frozen=True)
class Cell:
    """A column of a table: its name and what it holds; ``places``: digits after the point of a decimal."""

    name: str
    kind: Kind
    places: int = 0


@dataclass(frozen=True)
class SourceTable:
    """A table of an engine that feeds one fact. ``index``: its place among the files of the run; ``where``: its line
    of the configuration; ``frm``: what stands after FROM; ``source``: what its rows mean."""

    index: int
    fact: FactName
    name: str
    frm: str
    cells: Mapping[str, Cell]
    source: Yield
    system: str | None
    object_name: str | None
    object: ExportObject
    nulls: tuple[str, ...]
    side: Side
    where: str
    space: str

    @property
    def staged(self) -> str:
        """The name of its typed rows."""
        return f"{PREFIX}staged_{self.index}"


@contextmanager
def placed(where: str) -> Iterator[None]:
    """Give every problem that is raised inside its place in the configuration, where it names none."""
    try:
        yield
    except AuditError as error:
        problems = tuple(Problem(one.what, one.where or where, one.hint) for one in error.problems)
        raise type(error)(problems=problems) from None
