"""How a file is written (separator, quote, escape and record end), and its first records read by that.

Where a preset knows header names, the right separator is the one that makes them appear; blind ones are found in
:mod:`clm_audit.intake.sniff`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from clm_audit.intake.limits import HEAD_RECORDS
from clm_audit.intake.names import Names

SEPARATORS = (",", ";", "\t", "|")
SEPARATOR_NAMES = {
    ",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", "^": "caret", "~": "tilde",
    "\x1f": "unit separator", "\x01": "start of heading", ":": "colon", " ": "space", "#": "number sign",
    "¦": "broken bar", "§": "section sign", "¬": "not sign", "•": "bullet", "\x02": "start of text",
    "\x1c": "file separator", "\x1e": "record separator",
}  # fmt: skip
SAMPLE = 200  # records by which dialects are compared
_LINE_END = re.compile(rb"\r{0,2}\n|\r|\Z")
_ENDS = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}
_LINES = 3  # records from which wider ones among single cells are faults
_TOGETHER = 0.8  # share of the records between the first and the last wide one that must be wide, too, in a table


@dataclass(frozen=True)
class Dialect:
    """How records are written. ``quote`` is empty when quotes mean nothing; ``end`` is that of most records.

    ``escape``: a backslash makes the next character text; ``spaced``: a blank follows each separator and
    is no part of the cell; ``mixed``: any line end ends a record; ``wrapped``: each record stands in quotes
    as a whole, as if it were one cell. A separator may have several characters.
    """

    separator: str
    quote: str = '"'
    end: str = "\n"
    escape: bool = False
    spaced: bool = False
    mixed: bool = False
    wrapped: bool = False

    @property
    def plain(self) -> bool:
        """Whether the vectorised proof understands it."""
        return not (self.escape or self.spaced or self.mixed or self.wrapped) and len(self.separator.encode()) == 1

    def __str__(self) -> str:
        """In words, for the report.

        >>> str(Dialect(";", "'", "\\r\\n"))
        "semicolon, CRLF, quotes '"
        """
        ends = "mixed line ends" if self.mixed else _ENDS[self.end]
        words = [self._mark + (" and blank" if self.spaced else ""), ends]
        if self.quote != '"':
            words.append(f"quotes {self.quote}" if self.quote else "no quotes")
        words += ["backslash escapes"] * self.escape + ["records in quotes"] * self.wrapped
        return ", ".join(words)

    @property
    def _mark(self) -> str:
        """The separator in words."""
        first = self.separator[0]
        if self.separator == first:
            return SEPARATOR_NAMES[first]
        if self.separator == first * 2 and first in SEPARATOR_NAMES:
            return f"two of {SEPARATOR_NAMES[first]}"
        return f"the characters {self.separator}"


def plain(dialect: Dialect) -> Dialect:
    """The nearest dialect that the vectorised proof understands; files in another one are rewritten in it."""
    mark = dialect.separator if len(dialect.separator.encode()) == 1 else ","
    return Dialect(mark)


@dataclass(frozen=True)
class Record:
    """One record near the top: bytes ``[start, stop)`` with its line end, 1-based line, cells as text."""

    start: int
    stop: int
    line: int
    end: bytes
    cells: tuple[str, ...]

    @property
    def blank(self) -> bool:
        """Nothing, or blanks only."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True)
class Header:
    """Where the header is (``index`` among all records read), how many known names it holds, the text above it."""

    record: Record
    separator: str
    index: int
    matches: int
    titles: tuple[str, ...] = ()


def records(
    head: bytes, separator: str, start: int = 0, limit: int = HEAD_RECORDS, quote: str = '"', escape: bool = False
) -> list[Record]:
    """The first records of ``head``, read leniently: a stray quote in a title line must not hide the header."""
    mark, wrap = re.escape(separator.encode()), re.escape((quote or "\0").encode())
    inner = rb"[^%b\\]*(?:(?:%b%b|\\.)[^%b\\]*)*" if escape else rb"[^%b]*(?:%b%b[^%b]*)*"
    inner = inner % ((wrap,) * inner.count(b"%b"))
    other = rb"[^\r\n%b]*" % mark if len(separator.encode()) == 1 else rb"(?:(?!%b)[^\r\n])*" % mark
    cell = re.compile(rb" *%b(%b)%b *(?=%b|[\r\n]|\Z)|(%b)" % (wrap, inner, wrap, mark, other), re.DOTALL)
    between = separator.encode()
    found: list[Record] = []
    at, line = start, 1
    while at < len(head) and len(found) < limit:
        begin, cells = at, []
        while True:
            match = cell.match(head, at)
            quoted, plain = match.groups() if match else (None, b"")
            cells.append(quoted.replace(quote.encode() * 2, quote.encode()) if quoted is not None else plain)
            at = match.end() if match else at
            if head[at : at + len(between)] != between:
                break
            at += len(between)
        end = _LINE_END.match(head, at)
        end_bytes = end.group() if end else b""
        at += len(end_bytes)
        text = tuple(cell.decode("utf-8", "replace") for cell in cells)
        found.append(Record(begin, at, line, end_bytes, text))
        line += len(re.findall(rb"\r{0,2}\n|\r", head[begin:at]))
    return found


def find_header(head: bytes, names: Names, start: int = 0) -> Header | None:
    """The best header over all separators, or None when there is no record at all.

    More known names win; then the wider record; then the earlier separator of :data:`SEPARATORS`.
    """
    best: Header | None = None
    for separator in SEPARATORS:
        found = records(head, separator, start)
        index, matches = best_row([record.cells for record in found], names)
        if index < 0:
            continue
        titles = tuple(" ".join(cell.strip() for cell in one.cells if cell.strip()) for one in found[:index])
        header = Header(found[index], separator, index, matches, titles)
        if best is None or _rank(header) > _rank(best):
            best = header
    return best


def _rank(header: Header) -> tuple[int, int]:
    return header.matches, len(header.record.cells)


def best_row(rows: Sequence[Sequence[str]], names: Names) -> tuple[int, int]:
    """Index of the row with most known names, and how many; (-1, 0) without a non-blank row.

    Rows without any known name: the first of the widest, which is what an unknown file's header is.
    """
    best, best_score = -1, (-1, -1)
    for index, row in enumerate(islice(rows, HEAD_RECORDS)):
        filled = sum(1 for cell in row if cell.strip())
        score = (names.count(row), filled)
        if filled and score > best_score:
            best, best_score = index, score
    return best, max(best_score[0], 0)


def body_width(rows: Sequence[Record]) -> int:
    """The commonest width, wide ones before narrow ones; one column where wider records are faults among its cells."""
    filled = [len(record.cells) for record in rows if not record.blank]
    widths = Counter(filled)
    if len(filled) >= _LINES and 2 * widths[1] > len(filled) and not (_closed(filled) or _named(rows)):
        return 1
    return max(widths, key=lambda wide: (widths[wide] * (wide - 1) / wide, -wide)) if widths else 1


def _closed(widths: Sequence[int]) -> bool:
    """Whether the records wider than one cell stand together: a small table below its titles."""
    wide = [at for at, width in enumerate(widths) if width > 1]
    return len(wide) > 1 and len(wide) >= _TOGETHER * (wide[-1] - wide[0] + 1)


def _named(rows: Sequence[Record]) -> bool:
    """Whether the first wide record is a line of many names, and one of the few records below it is as wide."""
    wide = [at for at, one in enumerate(rows) if len(one.cells) > _LINES]
    names = rows[wide[0]].cells if wide else ()
    below = [len(one.cells) for one in rows[wide[0] + 1 :] if not one.blank] if wide else []
    named = len(set(names)) == len(names) and all(cell[:1].isupper() for cell in names)
    return named and len(names) in below and len(below) <= _LINES
