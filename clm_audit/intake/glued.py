"""Files in which another export follows the first one, with a header of its own.

Somebody appended one export to another (`type a.csv b.csv`), and the second has its columns in another order, one more
or one less, or another separator. Below its own header each part is a table that can be proved; by their names the
columns of all parts come together under the first header. A line is such a header only if it holds the names of the
first one and no other cell, or nearly all of them; what nobody can match stays where it is, and is listed as before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from clm_audit.intake.dialect import SEPARATORS, Dialect, Record
from clm_audit.intake.limits import MAX_COLUMNS
from clm_audit.intake.names import normal
from clm_audit.intake.shapes import TEXT, WORD, shape
from clm_audit.intake.strict import StrictReader
from clm_audit.intake.text import pieces

_MOST_HITS = 10_000  # lines with the longest name of the header; beyond, it is an ordinary word of the rows
_MOST_PARTS = 50
_LONGEST = 1 << 16  # bytes of a line that may be a header
_MORE = 3  # names beyond those of the first header
_NEARLY = 0.6  # share of the names of the first header that another one has at least
_LINE_END = re.compile(rb"[\r\n]")
_RARE = ("^", "~", "\x1f", "\x01")  # separators that stand in no name
_LEAST = 3  # names of a header that is found again in another order


def second_headers(path: Path, record: Record, dialect: Dialect) -> list[int]:
    """Bytes at which other headers of the same table stand, written in another way than this one.

    Empty when none does, or when there are more than anybody glues together.
    """
    if len(record.cells) > MAX_COLUMNS:
        return []
    names = [normal(cell) for cell in record.cells if normal(cell)]
    words = {name for name in names if any(char.isalpha() for char in name)}
    if len(words) < max(2, _NEARLY * len(names)) or len(set(names)) < len(names):
        return []
    wanted = max((cell.strip() for cell in record.cells if normal(cell) in words), key=len).encode()
    found: list[int] = []
    for hits, (start, line) in enumerate(_lines_with(path, wanted)):
        if hits > _MOST_HITS or len(found) > _MOST_PARTS:
            return []
        if start != record.start and _other_header(line, names, dialect):
            found.append(start)
    return found


def _lines_with(path: Path, wanted: bytes) -> Iterator[tuple[int, str]]:
    """The lines that hold some bytes: where they start, and their text. Longer ones than headers are passed over."""
    at, rest = 0, b""
    for piece in pieces(path):
        text = rest + piece
        stop = max(text.rfind(b"\n"), text.rfind(b"\r")) + 1
        for start, line in _lines_in(text[:stop], wanted):
            yield at + start, line
        at, rest = at + stop, text[stop:] if len(text) - stop <= _LONGEST else b""
        at += len(text) - stop - len(rest)
    for start, line in _lines_in(rest, wanted):
        yield at + start, line


def _lines_in(body: bytes, wanted: bytes) -> Iterator[tuple[int, str]]:
    """The same of a piece of whole lines: the bytes are looked for first, then the ends of their line."""
    place = body.find(wanted)
    while place >= 0:
        low, ended = max(0, place - _LONGEST), _LINE_END.search(body, place)
        start = max(body.rfind(mark, low, place) for mark in (b"\n", b"\r")) + 1
        stop = ended.start() if ended else len(body)
        if (start or not low) and stop - start <= _LONGEST:
            yield start, body[start:stop].decode("utf-8", "replace")
        place = body.find(wanted, stop)


def _other_header(line: str, names: Sequence[str], dialect: Dialect) -> bool:
    """Whether a line holds the names of a header, and is not that header once more."""
    for mark in dict.fromkeys((dialect.separator, *SEPARATORS)):
        for quote in dict.fromkeys((dialect.quote, '"', "'")):
            read = StrictReader(Dialect(mark, quote)).record(line.removeprefix("\ufeff"))
            if read is not None and len(read.cells) == 1:  # a record that stands in quotes as a whole
                read = StrictReader(Dialect(mark, quote)).record(read.cells[0])
            cells = [normal(cell) for cell in read.cells] if read is not None else []
            filled = [cell for cell in cells if cell]
            if len(filled) < 2 or len(set(filled)) < len(filled):
                continue
            common, moved = set(filled) & set(names), filled != list(names)
            if set(filled) == set(names) and (mark != dialect.separator or (moved and len(names) >= _LEAST)):
                return True
            more = common == set(names) and len(filled) <= len(names) + _MORE
            fewer = common == set(filled) and len(filled) >= max(2, _NEARLY * len(names))
            told = len(names) > 2 or filled[: len(names)] == list(names)
            if moved and (more or fewer) and told and len(common) < max(len(filled), len(names)):
                return True
    return False


def first_line(head: bytes, start: int) -> tuple[Dialect, Record] | None:
    """The first line as a header of words, where the file as a whole seems to have none of several columns."""
    match = re.compile(rb"[\r\n]*([^\r\n]+)").match(head, start)
    if match is None:
        return None
    line = match.group(1).decode("utf-8", "replace")
    for mark in (*SEPARATORS, *_RARE):
        for quote in ('"', "'"):
            read = StrictReader(Dialect(mark, quote)).record(line)
            cells = read.cells if read is not None else ()
            if len(cells) >= _LEAST and all(shape(cell) in (WORD, TEXT) and quote not in cell for cell in cells):
                return Dialect(mark, quote), Record(match.start(1), match.end(), 1, b"", cells)
    return None
