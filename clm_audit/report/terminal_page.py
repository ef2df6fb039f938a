"""A console, and what every page on it is drawn with: lines, items and tables that tear no number."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from clm_audit.report import look
from clm_audit.report.safe import rich_text, terminal

TONES = {"good": "green", "bad": "red", "flat": "yellow", "open": "magenta"}
PROSE = 110  # columns: longer lines are hard to read
Kind = Literal["text", "fixed", "number"]


@dataclass(frozen=True)
class Page:
    """A console and its sink: every text goes through :func:`rich_text` on its way. ``shows_ids``: whether a line of
    ids stands below each table and sentence."""

    console: Console
    shows_ids: bool = False

    def text(self, text: str, style: str = "") -> Text:
        """A text that is safe to print."""
        return rich_text(text, style, self.console.encoding)

    def marked(self, glyph: str, word: str, tone: look.Tone) -> Text:
        """A word beside its glyph, in the colour of its tone."""
        return self.text(f"{glyph} {word}", TONES[tone])

    def line(self, text: str, style: str = "", indent: int = 0) -> None:
        """A sentence, wrapped so that neither a percentage nor an interval is torn."""
        for part in fold(terminal(text, self.console.encoding), min(self.console.width, PROSE) - indent):
            self.console.print(Text(" " * indent + part, style=style))

    def item(self, glyph: str, text: str, tone: look.Tone) -> None:
        """A sentence that begins with a glyph; its further lines stand below the words."""
        lines = fold(terminal(text, self.console.encoding), min(self.console.width, PROSE) - 2)
        self.console.print(self.marked(glyph, lines[0], tone))
        for part in lines[1:]:
            self.console.print(Text(f"  {part}", style=TONES[tone]))

    def labelled(self, label: str, text: str, width: int) -> None:
        """A line with its label before it; further lines stand below the text."""
        lines = fold(terminal(text, self.console.encoding), min(self.console.width, PROSE) - width - 2)
        for number, part in enumerate(lines):
            head = self.text(f"  {label:<{width}}" if not number else " " * (width + 2), "dim")
            self.console.print(head.append(part, style="default"))

    def ids(self, *said: str) -> None:
        """What the numbers of a table are called in the audit JSON, where that was asked for."""
        for text in filter(None, said if self.shows_ids else ()):
            width = min(self.console.width, PROSE)
            for part in textwrap.wrap(terminal(text, self.console.encoding), width):
                self.console.print(Text(part, style="dim"))

    def heading(self, text: str) -> None:
        """The heading of a part, after an empty line."""
        self.console.print()
        self.line(text, "bold underline")

    def table(self, *columns: tuple[str, Kind]) -> Table:
        """A table without lines. Only ``text`` columns may wrap, and those fold: nothing is cut."""
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
        for head, kind in columns:
            justify: Literal["left", "right"] = "right" if kind == "number" else "left"
            table.add_column(self.text(head), justify=justify, no_wrap=kind != "text", overflow="fold")
        return table

    def room_beside(self, rows: Sequence[Sequence[str]], *further: Sequence[str]) -> int:
        """Columns of the console that are left beside the columns of a table, the heads among its ``rows``, and
        ``further`` columns, none of which wraps."""
        return self.console.width - sum(
            2 + width for width in (*self._widths(rows), *(max(map(len, cells)) for cells in further))
        )

    def stacked(self, heads: Sequence[str], names: Sequence[Text], rows: Sequence[Sequence[str]]) -> None:
        """Rows of numbers, each below its name: for names that would be torn in a column."""
        widths = self._widths((heads, *rows))
        self.console.print(self.text(_columns(heads, widths), "dim"))
        for name, row in zip(names, rows, strict=True):
            self.console.print(name)
            self.console.print(self.text(_columns(row, widths)))

    def _widths(self, rows: Sequence[Sequence[str]]) -> list[int]:
        """The width of each column, as this console writes it."""
        return [max(len(self.text(cell).plain) for cell in column) for column in zip(*rows, strict=True)]


def _columns(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  " + "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))


def fold(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` that tear no number.

    >>> fold("it could be anything in [-1 %, +2 %]", 30)
    ['it could be anything in', '[-1 %, +2 %]']
    """
    lines = textwrap.wrap(look.together(text), max(width, 20), break_on_hyphens=False)
    return [line.replace(look.NO_BREAK, " ") for line in lines]
