"""A file being polluted: its pieces of text, each with the records that a careful person would read there."""

from __future__ import annotations

import codecs
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sources import Clean

Cells = tuple[str, ...]


@dataclass
class Truth:
    """What may be read at one place.

    ``readings`` are right, the first is best; ``listed`` are accepted only from a reader that lists a reject or a
    repair; ``free`` = no reading can be called right, so any (up to ``slack`` records) or none is accepted, but
    something must be listed; ``junk`` = not a record, yet forgiven when listed; ``shared`` = stands on the line of the
    record before, so that one entry in a list may speak for both; ``spared`` = what becomes of it is not judged.
    """

    readings: list[Cells] = field(default_factory=list)
    listed: list[Cells] = field(default_factory=list)
    free: bool = False
    junk: bool = False
    slack: int = 1
    shared: bool = False
    spared: bool = False


@dataclass
class Piece:
    """A stretch of the file, usually a line: text, its end (None = the file's), and the records in it.

    ``cells`` are those of a data record that nothing has touched yet; ``raw`` bytes stand for the text where set.
    """

    text: str
    truths: list[Truth] = field(default_factory=list)
    end: str | None = None
    cells: Cells | None = None
    raw: bytes | None = None


@dataclass
class Style:
    """How cells become text and bytes. ``quoting``: own (as the source does), all, minimal, never;
    ``escape``: how a quote within quotes is written (double, backslash, none); ``pad`` stands after each delimiter;
    ``align`` is the least width of a cell."""

    delimiter: str = ","
    quote: str = '"'
    quoting: str = "own"
    escape: str = "double"
    end: str = "\n"
    pad: str = ""
    align: int = 0
    encoding: str = "utf-8"
    bom: bytes = b""

    def field(self, cell: str, always: bool = False) -> str:
        """One cell as text."""
        if self.quoting == "never":
            return cell
        special = (self.delimiter, self.quote, "\n", "\r") + (("\\",) if self.escape == "backslash" else ())
        if not (self.quoting == "all" or (always and self.quoting == "own") or any(s in cell for s in special)):
            return cell
        return self.wrap(cell)

    def wrap(self, cell: str) -> str:
        """One cell in quotes."""
        if self.escape == "none":
            return self.quote + cell + self.quote
        if self.escape == "double":
            return self.quote + cell.replace(self.quote, self.quote * 2) + self.quote
        return self.quote + cell.replace("\\", "\\\\").replace(self.quote, "\\" + self.quote) + self.quote

    def join(self, fields: Sequence[str]) -> str:
        """Fields as one line."""
        return (self.delimiter + self.pad).join(field.ljust(self.align) for field in fields)


class Draft:
    """A file from a clean table; pollutions change it, :meth:`content` and :meth:`truth` give the result."""

    def __init__(self, table: Clean, style: Style, rng: random.Random) -> None:
        self.table, self.style, self.random = table, style, rng
        self.width = len(table.columns)
        self.header = table.header
        self.header_readings: list[Cells] = [table.header]
        self.above = [Piece(line) for line in table.above]
        self.below = [Piece(self._own(line)) for line in table.below]
        self.top: list[Piece] = []
        self.data: list[Piece] = []
        self.final_end = True
        self.strip = self.trail = False  # blanks around cells, empty cells at the end: not significant
        self.numbered = False  # there is a column before the first; the header stays as it is
        self.touched: set[int] = set()

    def _own(self, line: str) -> str:
        return line if self.style.delimiter == "," else line.replace(",", self.style.delimiter)

    def fields(self, cells: Sequence[str]) -> list[str]:
        """The cells of a data record as text."""
        return [self.style.field(c, o.quoted) for c, o in zip(cells, self.table.columns, strict=True)]

    def build(self) -> None:
        """Make the pieces of header and records in the style that is set now."""
        quoted = any(column.quoted for column in self.table.columns)
        self.top = [Piece(self.style.join([self.style.field(name, quoted) for name in self.header]))]
        self.data = [
            Piece(self.style.join(self.fields(cells)), [Truth([tuple(cells)])], cells=tuple(cells))
            for cells in self.table.rows
        ]

    def pieces(self) -> Iterator[Piece]:
        """All of them, in order."""
        yield from self.above
        yield from self.top
        yield from self.data
        yield from self.below

    def content(self) -> bytes:
        """The bytes of the file."""
        out, pieces = [self.style.bom], list(self.pieces())
        for number, piece in enumerate(pieces):
            end = self.style.end if piece.end is None else piece.end
            if number == len(pieces) - 1 and not self.final_end:
                end = ""
            body = piece.text.encode(self.style.encoding) if piece.raw is None else piece.raw
            out.append(body + end.encode(self.style.encoding))
        return b"".join(out)

    def truth(self) -> list[Truth]:
        """What is to be read, in order."""
        return [truth for piece in self.pieces() for truth in piece.truths]

    # what a row pollution needs

    def near(self, position: str) -> Iterator[int]:
        """Untouched data pieces, the wanted position first, none within two lines of a touched one."""
        size = len(self.data)
        middle = size // 2
        order = {
            "first": range(size),
            "middle": [i for step in range(size) for i in {middle + step, middle - step} if 0 <= i < size],
            "last": range(size - 1, -1, -1),
        }[position]
        for index in order:
            if self.data[index].cells is not None and not any(abs(index - one) < 3 for one in self.touched):
                yield index

    def text_column(self, inner: bool = False, filled: Cells | None = None) -> int | None:
        """A free-text column at random; ``inner`` = neither first nor last; with cells: one that holds something."""
        found = [
            number
            for number, column in enumerate(self.table.columns)
            if column.kind == "text"
            and (not inner or 0 < number < self.width - 1)
            and (filled is None or filled[number])
        ]
        return self.random.choice(found) if found else None

    def settle(self, piece: Piece, text: str, *truths: Truth) -> None:
        """Replace a record's text and truth; it is touched from now on."""
        piece.text, piece.truths, piece.cells = text, list(truths), None

    # what a careful person would think

    def joins(self, parts: Sequence[str], mark: str) -> list[Cells]:
        """Ways to join neighbours of too many parts so that every cell fits its column."""
        run = len(parts) - self.width + 1
        tries = [
            (*parts[:at], mark.join(parts[at : at + run]), *parts[at + run :]) for at in range(len(parts) - run + 1)
        ]
        return [one for one in dict.fromkeys(tries) if self.table.fits(one)]

    def splits(self, parts: Sequence[str], mark: str = "") -> list[Cells]:
        """Ways to cut one of too few parts (at ``mark``, or anywhere) so that every cell fits its column."""
        tries = []
        for at, part in enumerate(parts):
            cuts = range(len(part) + 1) if not mark else [i for i in range(len(part)) if part.startswith(mark, i)]
            tries += [(*parts[:at], part[:cut], part[cut + len(mark) :], *parts[at + 1 :]) for cut in cuts]
        return [one for one in dict.fromkeys(tries) if self.table.fits(one)]


def only(found: Sequence[Cells], right: Cells, *listed: Cells) -> Truth:
    """The right cells when nothing else fits, otherwise: no reading is right."""
    if list(found) == [right]:
        return Truth([right], list(listed))
    return Truth(free=True)


BOMS = {
    "utf-8-sig": ("utf-8", codecs.BOM_UTF8),
    "utf-16-le": ("utf-16-le", codecs.BOM_UTF16_LE),
    "utf-16-be": ("utf-16-be", codecs.BOM_UTF16_BE),
    "utf-16-le bare": ("utf-16-le", b""),
    "utf-16-be bare": ("utf-16-be", b""),
    "cp1252": ("cp1252", b""),
    "latin-1": ("latin-1", b""),
    "utf-32": ("utf-32-le", codecs.BOM_UTF32_LE),
    "cp1251": ("cp1251", b""),
    "shift_jis": ("shift_jis", b""),
}
