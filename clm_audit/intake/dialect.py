"""How a file is written: separator, quote, escape and record end, from its first megabyte.

Where a preset knows header names, the right separator is the one that makes them appear. Blind, a
separator is scored as *pattern × type*: the share of records that have the commonest width, times
how much the cells below each other look alike and look like something (a date, a number, a code).
The four usual separators come first; a rarer one must explain nearly every record.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from clm_audit.intake.limits import HEAD_RECORDS
from clm_audit.intake.names import Names
from clm_audit.intake.shapes import BLANK, TEXT, WORD, shape

SEPARATORS = (",", ";", "\t", "|")
RARE = ("^", "~", "\x1f", "\x01", ":", " ")
SEPARATOR_NAMES = {
    ",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", "^": "caret", "~": "tilde",
    "\x1f": "unit separator", "\x01": "start of heading", ":": "colon", " ": "space",
}  # fmt: skip
SAMPLE = 200  # records by which dialects are compared
_LINE_END = re.compile(rb"\r\n|\n|\r|\Z")
_ENDS = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}
_WEIGHT = {BLANK: 0.5, TEXT: 0.3, WORD: 0.7}
_ENOUGH = 0.3  # share of the records that must have the commonest width
_NEARLY_ALL = 0.95
_FEW_ENDS = 0.2  # line ends of another kind, as a share, up to which they are faults and not the dialect


@dataclass(frozen=True)
class Dialect:
    """How records are written. ``quote`` is empty when quotes mean nothing; ``end`` is that of most records.

    ``escape``: a backslash makes the next character text; ``spaced``: a blank follows each separator and
    is no part of the cell; ``mixed``: any line end ends a record.
    """

    separator: str
    quote: str = '"'
    end: str = "\n"
    escape: bool = False
    spaced: bool = False
    mixed: bool = False

    @property
    def plain(self) -> bool:
        """Whether the vectorised proof understands it."""
        return not (self.escape or self.spaced or self.mixed) and len(self.separator.encode()) == 1

    def __str__(self) -> str:
        """In words, for the report.

        >>> str(Dialect(";", "'", "\\r\\n"))
        "semicolon, CRLF, quotes '"
        """
        ends = "mixed line ends" if self.mixed else _ENDS[self.end]
        words = [SEPARATOR_NAMES[self.separator] + (" and blank" if self.spaced else ""), ends]
        if self.quote != '"':
            words.append(f"quotes {self.quote}" if self.quote else "no quotes")
        return ", ".join((*words, "backslash escapes") if self.escape else words)


def plain(dialect: Dialect) -> Dialect:
    """The nearest dialect that the vectorised proof understands; files in another one are rewritten in it."""
    return replace(dialect, quote='"', end="\n", escape=False, spaced=False, mixed=False)


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
    cell = re.compile(rb" *%b(%b)%b *(?=%b|[\r\n]|\Z)|([^\r\n%b]*)" % (wrap, inner, wrap, mark, mark), re.DOTALL)
    found: list[Record] = []
    at, line = start, 1
    while at < len(head) and len(found) < limit:
        begin, cells = at, []
        while True:
            match = cell.match(head, at)
            quoted, plain = match.groups() if match else (None, b"")
            cells.append(quoted.replace(quote.encode() * 2, quote.encode()) if quoted is not None else plain)
            at = match.end() if match else at
            if head[at : at + 1] != separator.encode():
                break
            at += 1
        end = _LINE_END.match(head, at)
        end_bytes = end.group() if end else b""
        at += len(end_bytes)
        text = tuple(cell.decode("utf-8", "replace") for cell in cells)
        found.append(Record(begin, at, line, end_bytes, text))
        line += len(re.findall(rb"\r\n|\n|\r", head[begin:at]))
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


def sniff(head: bytes, start: int, separator: str | None = None) -> Dialect:
    """The dialect of a file from its head, blind; a ``separator`` that is known already is kept."""
    chosen = separator or _separator(head, start)
    quote = _quote(head, chosen)
    escape = _escapes(head, chosen, quote)
    end, mixed = _end(head)
    return Dialect(chosen, quote, end, escape, _spaced(head, start, chosen, quote), mixed)


def _separator(head: bytes, start: int) -> str:
    """The separator with the best score; the comma when none separates anything."""
    best, best_score = ",", 0.0
    for separator in SEPARATORS:
        score, share = score_of(head, start, separator)
        if share >= _ENOUGH and score > best_score:
            best, best_score = separator, score
    if best_score:
        return best
    for separator in RARE:
        score, share = score_of(head, start, separator, least=3 if separator in ": " else 2)
        if share >= _NEARLY_ALL and score > best_score:
            best, best_score = separator, score
    return best


def score_of(head: bytes, start: int, separator: str, least: int = 2) -> tuple[float, float]:
    """Pattern × type score of a separator, and the share of records with the commonest width."""
    if separator.encode() not in head:
        return 0.0, 0.0
    rows = [record.cells for record in records(head, separator, start, SAMPLE, _quote(head, separator))]
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    widths = Counter(len(row) for row in rows if len(row) >= least)
    if not widths:
        return 0.0, 0.0
    width = max(widths, key=lambda wide: widths[wide] * (wide - 1) / wide)
    pattern = widths[width] / len(rows)
    body = [row for row in rows if len(row) == width]
    return pattern * (width - 1) / width * _types(body[1:] or body), pattern


def _types(rows: Sequence[Sequence[str]]) -> float:
    """How much columns look alike from row to row, and look like something; 0 to 1."""
    total = 0.0
    for column in zip(*rows, strict=True):
        shapes = Counter(map(shape, column))
        blanks = shapes.pop(BLANK, 0)
        shapes[WORD] += shapes.pop(TEXT, 0) if shapes[WORD] > shapes[TEXT] else 0
        weight = sum(count * _weight(kind) for kind, count in shapes.items()) + blanks * _WEIGHT[BLANK]
        filled = len(column) - blanks
        alike = max(shapes.values()) / filled if filled else 1.0
        total += weight / len(column) * (0.5 + 0.5 * alike)
    return total / len(rows[0])


def _weight(kind: str) -> float:
    if kind.startswith("code"):
        return 0.1 if any(mark in kind for mark in ",;\t|") else 0.8
    return _WEIGHT.get(kind, 1.0)


def _quote(head: bytes, separator: str) -> str:
    """The character that wraps cells; none when quotes occur and never wrap one."""
    mark, part = re.escape(separator.encode()), head[: 1 << 18]
    wrapped = {
        quote: len(re.findall(rb"(?:^|[\r\n]|%b) ?%b(?:[^%b\r\n]|%b%b)*%b ?(?=%b|[\r\n]|\Z)"
                              % (mark, *(quote.encode(),) * 5, mark), part))
        for quote in ('"', "'")
    }  # fmt: skip
    if wrapped["'"] >= 2 and wrapped["'"] > 4 * wrapped['"']:
        return "'"
    opened = re.search(rb'(?:^|[\r\n]|%b) ?"' % mark, part)
    lines = sum(1 for line in part.splitlines() if b'"' in line)
    return "" if not wrapped['"'] and opened is None and lines >= 3 else '"'


def _escapes(head: bytes, separator: str, quote: str) -> bool:
    """Whether a backslash escapes quotes: records show it and none doubles a quote inside a cell."""
    if not quote or head.count(b"\\" + quote.encode()) < 2:
        return False
    mark, wrap = re.escape(separator.encode()), quote.encode()
    escaped = re.findall(rb"[^\\]\\%b(?!%b|[\r\n]|\Z)" % (wrap, mark), head)
    doubled = re.search(rb"[^\r\n%b%b\\]%b%b[^\r\n%b%b]" % (wrap, mark, wrap, wrap, wrap, mark), head)
    return len(escaped) >= 2 and doubled is None


def _spaced(head: bytes, start: int, separator: str, quote: str) -> bool:
    """Whether a blank follows every separator, and quotes come after it."""
    if separator not in ",;|" or separator.encode() + b" " not in head:
        return False
    rows = [record.cells for record in records(head, separator, start, SAMPLE, quote) if len(record.cells) > 1]
    later = [cell for row in rows for cell in row[1:]]
    opened = re.findall(rb"%b( ?)%b" % (re.escape(separator.encode()), (quote or '"').encode()), head[: 1 << 18])
    # A quoted cell has lost its blank in `later`; it is looked at in the bytes.
    bare = [cell for cell in later if cell]
    blank = sum(1 for cell in bare if cell.startswith(" ")) + sum(1 for gap in opened if gap)
    return bool(rows) and blank >= _NEARLY_ALL * len(bare) and all(opened) and blank > 0


def _end(head: bytes) -> tuple[str, bool]:
    """The line end of most records, and whether another kind is so common that either ends a record."""
    bare = re.sub(rb'"[^"]*"', b"", head)
    crlf = bare.count(b"\r\n")
    line_feeds, returns = bare.count(b"\n"), bare.count(b"\r") - crlf
    total = line_feeds + returns
    if not total:
        return "\n", False
    main = "\r" if returns > line_feeds else "\r\n" if 2 * crlf > line_feeds else "\n"
    return main, min(line_feeds, returns) > _FEW_ENDS * total
