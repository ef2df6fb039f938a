"""What became of the parts of a file that the proof pass could not take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Action = Literal["rejected", "duplicate", "left out", "repaired", "kept"]  # kept: counted, and listed as doubtful

CODES = (
    *("backslash_escape", "bare_quote", "broken_quotes", "byte_order_mark", "cut_character", "doubled_separators"),
    *("extra_blank_cells", "extra_columns", "footer_perhaps", "header_names", "header_quotes", "huge_cell"),
    *("lines_within", "missing_blank_cells", "missing_closing_quote", "missing_line_end", "missing_opening_quote"),
    *("missing_separator", "stray_separator"),
    *("other_encoding", "other_header", "other_line_end", "other_quotes", "other_separator", "other_table"),
    *("quoted_otherwise", "stray_quote", "too_few_cells", "too_many_cells", "truncated", "undoubled_quote"),
    *("unlike_column", "unquoted_line_end", "unquoted_separator", "unsure_encoding", "wrapped_record"),
)


@dataclass(frozen=True)
class Fault:
    """A record that was rejected, repaired, or kept with a doubt: byte, code, number of its column (-1: all of it)."""

    start: int
    code: str
    column: int
    repaired: bool
    kept: bool = False

    @property
    def action(self) -> Action:
        """What became of the record."""
        return "kept" if self.kept else "repaired" if self.repaired else "rejected"


@dataclass(frozen=True)
class Row:
    """A record taken from a faulty region, as the proof wants it written."""

    start: int
    text: bytes


@dataclass(frozen=True)
class Detour:
    """What became of the bytes ``[start, stop)`` that the proof pass could not take."""

    start: int
    stop: int
    rows: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = ()
    blank: int = 0
    odd: int = 0

    def bare(self) -> Detour:
        """The same without the text of its rows, for finding places again."""
        return replace(self, rows=tuple(Row(row.start, b"") for row in self.rows), faults=())
