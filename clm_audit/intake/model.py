"""What intake hands on: raw text tables, and the ledger that says what became of every row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from clm_audit.config.base import Frozen
from clm_audit.config.plan import Side, Source
from clm_audit.config.preset import ExportObject
from clm_audit.intake.detour import Action, Detour

ROW = "__row"  # 0-based number of the data row in its file, in every raw table
Progress = Callable[[str, int, int], None]  # (what, done, of) in bytes or rows; drawn by the CLI on stderr


def silent(what: str, done: int, of: int) -> None:
    """Progress that nobody watches."""


class RowCounts(Frozen):
    """What became of the records of one file. ``structure`` = title, header, totals, footer, blank.

    ``repaired`` counts those of them that were read after a repair, whatever became of them then.
    """

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicate: int = 0
    outside: int = 0
    structure: int = 0
    repaired: int = 0

    def adds_up(self) -> bool:
        """Whether every record that was read has found its place.

        >>> RowCounts(read=3, accepted=2, structure=1).adds_up()
        True
        """
        return self.read == self.accepted + self.rejected + self.duplicate + self.outside + self.structure


class FileRecord(Frozen):
    """One file in the audit JSON (`files[]`). ``path`` is relative to the plan's root when below it.

    ``facts``: the facts that its rows can feed; ``feeds``: fact (spend by category: ``spend.service``) -> rows that
    count in it. ``reasons``: code -> rows that no fact took, each row under the first reason it was refused for, so
    that they add up to the rejected and the duplicate ones; ``partly``: code -> accepted rows of which a part was
    left out for it. A table of an engine has ``encoding`` ``table``, no header line (0), and neither bytes (-1) nor a
    hash (``unknown``)."""

    path: str
    sha256: str
    bytes: int
    system: str | None
    object: str | None
    encoding: str
    dialect: str
    header_line: int
    rows: RowCounts
    facts: tuple[str, ...] = ()
    feeds: Mapping[str, int] = {}
    reasons: Mapping[str, int] = {}
    partly: Mapping[str, int] = {}
    notes: tuple[str, ...] = ()


class Reject(Frozen):
    """One row that was not taken, or taken only after a repair or with a doubt (``action`` says which).

    ``line`` is the physical line (1-based), ``byte`` the offset of the record's first byte in the
    (decompressed) file; spreadsheets and Parquet have ``byte`` = -1.
    """

    file: str
    line: int
    byte: int
    column: str
    code: str
    action: Action = "rejected"


@dataclass(frozen=True)
class Layout:
    """Where the records of a table stand, for :func:`clm_audit.intake.locate.locate`.

    Text: ``content`` is the UTF-8 text that was proved, its data begin at byte ``start``; ``separator``
    and ``end`` are the bytes between fields and after records, ``quote`` the one around them, ``width``
    the number of fields; ``headers`` are records that may be repeated, ``detours`` are the faulty regions;
    ``encoding``, ``lead``, ``nuls`` and ``patches`` lead back to the bytes of the original. Spreadsheets: ``content``
    holds the sheet row of each data row. Parquet has no content. A file that went through repair has
    ``positions`` instead: a Parquet file with the columns ``line`` and ``byte`` of each data row. ``tight``: it is
    proved that no cell begins or ends with a blank; ``even``: and that every line from the first row on is one row.
    """

    content: Path | None = None
    start: int = 0
    separator: int = 0
    end: int = 0
    width: int = 0
    encoding: str = "utf-8"
    lead: int = 0
    nuls: tuple[int, ...] = ()
    patches: tuple[tuple[int, int], ...] = ()
    positions: Path | None = None
    quote: int = 0x22
    headers: tuple[bytes, ...] = ()
    detours: tuple[Detour, ...] = ()
    tight: bool = False
    even: bool = False


@dataclass(frozen=True)
class RawTable:
    """A proved file: every cell as text (Parquet keeps its own types), headers as written.

    ``frame`` has the file's columns plus :data:`ROW`. ``height`` is the proved number of data rows.
    ``object`` is None for a file that no preset knows and the config does not map.
    ``structure`` counts the records that are not data rows, ``lost`` those that are rejected before they
    became rows; ``read = height + structure + lost``. ``faults`` lists the lost and the repaired ones.
    ``headers`` maps the column name in ``frame`` to the header as written (names are made unique).
    ``mixed`` counts characters that a file in a single-byte encoding spells in UTF-8 all the same.
    ``duplicate_of`` is the index of a table of the same source with exactly the same bytes; all rows
    of this one are duplicates. ``layout`` serves :func:`clm_audit.intake.locate.locate`.
    ``sheet`` is the number of the sheet of a workbook, 0 elsewhere; ``serial_zero`` the day that the number 0
    stands for in a workbook, where a date without a date format is a number of days.
    """

    index: int
    source: Source
    path: Path
    name: str
    frame: pl.LazyFrame
    height: int
    structure: int
    headers: Mapping[str, str]
    header_line: int
    sha256: str
    bytes: int
    encoding: str
    dialect: str
    system: str | None
    object_name: str | None
    object: ExportObject | None
    nulls: tuple[str, ...] = ("",)
    notes: tuple[str, ...] = field(default=())
    duplicate_of: int | None = None
    layout: Layout | None = None
    lost: int = 0
    faults: tuple[Reject, ...] = ()
    mixed: int = 0
    sheet: int = 0
    serial_zero: date | None = None

    @property
    def read(self) -> int:
        """Records of the file, whatever became of them."""
        return self.height + self.structure + self.lost

    @property
    def side(self) -> Side:
        """Which side of go-live the rows of this file may count for."""
        return self.source.side


@dataclass(frozen=True)
class Exports:
    """All that intake read: ``tables`` are recognised files, ``unknown`` files nobody could place
    (with what was missing, as a sentence). ``skipped`` are files that nobody would read (a PDF, a hidden file),
    with the reason; they are listed, and nothing is concluded from them."""

    tables: tuple[RawTable, ...]
    unknown: tuple[tuple[str, str], ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
