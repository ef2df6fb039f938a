"""Finding the header: the record, among the first 50, that holds most names the presets know.

The separator is found with it, because the right separator is the one that makes known names appear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from clm_audit.intake.limits import HEAD_RECORDS
from clm_audit.intake.names import Names

SEPARATORS = (",", ";", "\t", "|")
SEPARATOR_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_LINE_END = re.compile(rb"\r\n|\n|\r|\Z")


@dataclass(frozen=True)
class Record:
    """One record near the top: bytes ``[start, stop)`` with its line end, 1-based line, cells as text."""

    start: int
    stop: int
    line: int
    end: bytes
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Header:
    """Where the header is (``index`` among all records read), how many known names it holds, the text above it."""

    record: Record
    separator: str
    index: int
    matches: int
    titles: tuple[str, ...] = ()


def records(head: bytes, separator: str, start: int = 0, limit: int = HEAD_RECORDS) -> list[Record]:
    """The first records of ``head``, read leniently: a stray quote in a title line must not hide the header."""
    mark = re.escape(separator.encode())
    cell = re.compile(rb'"([^"]*(?:""[^"]*)*)"(?=' + mark + rb"|[\r\n]|\Z)|([^\r\n" + mark + rb"]*)")
    found: list[Record] = []
    at, line = start, 1
    while at < len(head) and len(found) < limit:
        begin, cells = at, []
        while True:
            match = cell.match(head, at)
            quoted, plain = match.groups() if match else (None, b"")
            cells.append(quoted.replace(b'""', b'"') if quoted is not None else plain)
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
