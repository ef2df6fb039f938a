"""Numbers that their own commas have cut in two: `12,50` and `61,624` in a comma file whose writer quotes nothing.

The header has n names and the rows more cells. Where the whole file shows that one column, and only that one, takes
the surplus, its pieces are put in quotes, each record is listed, and the file is read on as if it had been written so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

from clm_audit.intake.dialect import Dialect, Record
from clm_audit.intake.footer import CLOSING
from clm_audit.intake.heading import MONEY
from clm_audit.intake.limits import MIB
from clm_audit.intake.strict import Strict, StrictReader
from clm_audit.intake.text import Text

LARGEST = 64 * MIB  # bytes of a file of which every record is looked at
_LEAST = 3  # different cents that tell money
_FEW = 0.1  # share of the records that may be broken otherwise
_DIGIT = 9
_MANY = 10  # different cents that are enough
_LINE = re.compile(r"[^\r\n]*(?:\r{0,2}\n|\r|\Z)")
_MOST_NAMED = 59  # no minutes, days or months go beyond
_DECIMAL = re.compile(r"-?\d+,\d\d")
_GROUPS = re.compile(r"[-+(]{0,2}[$€£]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?\)?")
_SHORT = re.compile(r"[-+(]{0,2}[$€£]?\d{1,3}(?:\.\d+)?\)?")


@dataclass(frozen=True)
class _Row:
    """A record, and the character at which it begins."""

    start: int
    read: Strict


def rejoined(text: Text, target: Path, dialect: Dialect, record: Record) -> Text | None:
    """The file with the pieces of one column in quotes, written to ``target``; None where that is not certain.

    ``record`` is the header. Certain: next to every record but the totals at the end is as wide as the header, with a
    short number in that column, or wider so that this column alone takes the surplus.
    """
    usual = dialect.plain and dialect.separator == "," and dialect.quote in ('"', "")
    if not usual or text.patches or text.spots or text.nuls or text.path.stat().st_size > LARGEST:
        return None
    body = text.path.read_bytes()[record.stop :].decode()
    names = tuple(name for name in record.cells if name.strip())
    rows, broken = _rows(body, dialect)
    rows, ends = _ended(rows, _blank_at_end(record.cells))
    if not rows or any(len(row.read.cells) < len(names) for row in rows):
        return None
    zeros = len(names) < len(record.cells) - ends  # a column may lack its name: then only cents below ten tell
    for column, parts in ((_decimal(rows, names, zeros=zeros), _DECIMAL), (_grouped(rows, len(names)), _GROUPS)):
        told = ((row, _alone(row.read, len(names), parts)) for row in rows)
        wide = [row for row, at in told if at == [column] or (column in at and parts is _DECIMAL)]
        odd = sum(1 for row in rows if len(row.read.cells) > len(names)) - len(wide) + broken
        if column is not None and len(wide) >= _LEAST and odd <= _FEW * len(rows):
            return _written(text, target, record.stop, body, wide, column, len(names))
    return None


def _rows(body: str, dialect: Dialect) -> tuple[list[_Row], int]:
    """The records of a file, without blank lines and the totals at its end; and how many others break a rule."""
    reader, at, found, odd = StrictReader(dialect), 0, list[_Row](), 0
    bare = StrictReader(replace(dialect, quote=""))  # of a writer that quotes nothing, quotes are text
    while at < len(body):
        read = reader.record(body, at) or bare.record(body, at)
        if read is None:
            line = _LINE.match(body, at)
            at, odd = line.end() if line else len(body), odd + 1
            continue
        if any(cell.strip(" \x1a") for cell in read.cells):
            found.append(_Row(at, read))
        at = read.stop
    while found and CLOSING.match(found[-1].read.cells[0]):
        found.pop()
    return found, odd


def _ended(rows: Sequence[_Row], most: int) -> tuple[list[_Row], int]:
    """The rows without the blank cells at their ends that every one of them has, ``most`` of them; and how many."""
    blank = min((_blank_at_end(row.read.cells) for row in rows), default=0)
    count = min(most, blank)
    keep = -count or None
    short = ((row, row.read.cells[:keep], row.read.quoted[:keep]) for row in rows)
    return [_Row(row.start, replace(row.read, cells=cells, quoted=held)) for row, cells, held in short], count


def _blank_at_end(cells: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda cell: not cell.strip(), reversed(cells)))


def _decimal(rows: Sequence[_Row], names: Sequence[str], *, zeros: bool) -> int | None:
    """The column that every row cuts in a whole number and two digits; None unless it is one, and named as money."""
    fitting = _cut(rows, len(names))
    if len(fitting) != 1 or not MONEY.search(names[column := next(iter(fitting))]):
        return None
    cents = {int(row.read.cells[column + 1]) for row in rows}
    if zeros and min(cents) > _DIGIT:
        return None
    return column if len(cents) >= _MANY or (len(cents) >= _LEAST and max(cents) > _MOST_NAMED) else None


def _grouped(rows: Sequence[_Row], width: int) -> int | None:
    """The column that in wider rows, and alone, takes the surplus as groups of three digits, and that is shorter in all
    others; None where there is none."""
    taken = Counter(one[0] for row in rows if len(one := _alone(row.read, width, _GROUPS)) == 1)
    column = max(taken, key=lambda at: taken[at], default=None)
    for row in rows if column is not None else ():
        cells, held = row.read.cells, row.read.quoted
        if len(cells) > width or column is None:
            continue
        short = held[column] or not cells[column].strip() or _SHORT.fullmatch(cells[column].strip())
        if not short or (column + 1 < width and _joins(row.read, column, 1, _GROUPS)):
            return None
    zeros = (
        row.read.cells[column + 1].startswith("0") for row in rows if column is not None and len(row.read.cells) > width
    )
    alike = len({len(row.read.cells) for row in rows}) == 1  # then a name may be missing as well
    return column if len(taken) == 1 and any(zeros) and not (alike or _cut(rows, width)) else None


def _cut(rows: Sequence[_Row], width: int) -> set[int]:
    """The columns that every row could cut in a whole number and two digits."""
    fitting = set(range(width))
    for row in rows:
        fitting &= set(_alone(row.read, width, _DECIMAL) if len(row.read.cells) == width + 1 else ())
    return fitting


def _alone(read: Strict, width: int, parts: re.Pattern[str]) -> list[int]:
    """The columns each of which can take all cells that a record has beyond the header."""
    surplus = len(read.cells) - width
    return [at for at in range(width) if _joins(read, at, surplus, parts)] if surplus > 0 else []


def _joins(read: Strict, at: int, surplus: int, parts: re.Pattern[str]) -> bool:
    """Whether a cell and the next ones, none of them in quotes, are together such a number."""
    pieces = read.cells[at : at + surplus + 1]
    return not any(read.quoted[at : at + surplus + 1]) and parts.fullmatch(",".join(pieces)) is not None


def _written(
    text: Text, target: Path, stop: int, body: str, wide: Sequence[_Row], column: int, width: int
) -> Text | None:
    """The file with quotes around the pieces, and where they were put."""
    unit = 4 if "32" in text.encoding else 2 if "16" in text.encoding else 1
    head = text.path.read_bytes()[:stop]
    patches, spots, out, done = list[tuple[int, int]](), list[tuple[int, str]](), [head], 0
    at = stop
    for row in wide:
        surplus = len(row.read.cells) - width
        begin = row.start + sum(_lengths(row.read, column))
        number = ",".join(row.read.cells[column : column + surplus + 1])
        if body[begin : begin + len(number)] != number:
            return None
        before, first = body[done : row.start].encode(), body[row.start : begin].encode()
        spots.append((at + len(before), "unquoted_separator"))
        at += len(before) + len(first)
        size = len(number.encode())
        patches += [(at + 1, -unit), (at + 2 + size, -unit)]
        out += [before, first, f'"{number}"'.encode()]
        at, done = at + size + 2, begin + len(number)
    target.write_bytes(b"".join((*out, body[done:].encode())))
    return replace(text, path=target, patches=tuple(patches), spots=tuple(spots))


def _lengths(read: Strict, column: int) -> Iterator[int]:
    """Characters of the cells before a column as they are written, each with its separator."""
    for cell, held in zip(read.cells[:column], read.quoted[:column], strict=True):
        yield len(cell) + 1 + (2 + cell.count('"')) * held
