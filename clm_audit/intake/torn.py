"""Records at the top of a file that a fault has joined or torn apart, so that the header does not look like one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from clm_audit.intake.dialect import SEPARATORS, Dialect, Record, body_width, records

MANY_NAMES = 4  # names in a line that is a header although nothing follows
_NAME_LINES = 4  # lines of a name
_PIECES = 3  # lines below the names that may be the pieces of one record
_SUMMARY = 6  # lines above a blank one that may be a small table of their own
_MOST = 0.8  # share of the records from the first wide one on that are a table
_DIGITS = re.compile(r"\d")


def capital(cells: Sequence[str]) -> bool:
    """Whether cells are names as headers have them: different, each a few words that begin with a capital letter.

    >>> capital(("#Day", "Cost per click")), capital(("Day", "Day")), capital(("Day", "paid"))
    (True, False, False)
    """
    names = [cell.strip().lstrip("#").lstrip() for cell in cells]
    short = all(cell[:1].isupper() and len(cell.split()) <= 3 and not _DIGITS.search(cell) for cell in names)
    return short and len(set(names)) == len(names)


def table_width(rows: Sequence[Record], limit: int) -> int:
    """The width of the rows among the first ``limit`` records; that of the names where a few pieces of a record follow
    them, and that of all the rest where what stands first is shorter."""
    width, whole = body_width(rows[:limit]), body_width(rows)
    filled = [one.cells for one in rows if not one.blank]
    names, *below = filled
    if (
        len(below) <= _PIECES
        and len(names) >= MANY_NAMES
        and capital(names)
        and max(map(len, below), default=0) < len(names)
    ):
        return len(names)
    if width == 1:  # rows with another separator may stand first
        return whole
    first = next((at for at, cells in enumerate(filled) if len(cells) == whole), 0)
    rest = sum(1 for cells in filled[first:] if len(cells) == whole)
    longer = rest > first and rest >= _MOST * (len(filled) - first)
    return whole if whole > width and longer else width


def untorn(found: Sequence[Record], head: bytes, separator: str, width: int) -> list[Record]:
    """The records, those above the first of the table's width line by line where a quote that nobody closes joins
    lines of about that width."""
    top = next((at for at, one in enumerate(found) if len(one.cells) == width and not one.blank), len(found))
    return [
        piece for at, one in enumerate(found) for piece in (_lines(one, head, separator, width) if at < top else [one])
    ]


def single_names(found: Sequence[Record], head: bytes, dialect: Dialect, width: int) -> list[Record]:
    """The records of a file whose lines are in quotes as a whole, with the lines right above the first of the table's
    width as one where they are its names, each in quotes of its own and of several lines."""
    top = next((at for at, one in enumerate(found) if len(one.cells) == width and not one.blank), 0)
    for at in range(max(0, top - _NAME_LINES * width), top - 1):
        part = head[: found[top].start]
        names = next(iter(records(part, dialect.separator, found[at].start, 1, dialect.quote)), None)
        if names is not None and names.stop == len(part) and len(names.cells) == width > 1:
            return [*found[:at], replace(names, line=found[at].line), *found[top:]]
    return list(found)


def doubtful(above: Sequence[Record], width: int, separator: str) -> tuple[int, ...]:
    """Bytes of the lines right above a table, or of many anywhere above it, that are no names and yet hold half as
    many marks as its rows, each without a blank behind it as in text."""
    found = []
    near = sum(1 for _ in itertools.takewhile(lambda one: not one.blank, reversed(above)))
    for one in above:
        raw = separator.join(one.cells)
        most = max(raw.count(mark) - raw.count(f"{mark} ") for mark in dict.fromkeys((separator, *SEPARATORS)))
        filled = [cell for cell in one.cells if cell.strip()]
        if most and 2 * most >= width - 1 and not (len(filled) > 1 and capital(filled)):
            found.append(one.start)
    right_above = above[len(above) - near].start if near else 0
    return tuple(start for start in found if len(found) > _SUMMARY or (near and start >= right_above))


def names_above(above: Sequence[Record], width: int) -> tuple[int, ...]:
    """Byte of a line of many names, more than the table has columns, with a blank line below it: a table without rows,
    perhaps, above another one."""
    many = max(MANY_NAMES, width + 1)
    pairs = itertools.pairwise(above)
    return tuple(one.start for one, below in pairs if below.blank and len(one.cells) >= many and capital(one.cells))


def row_above(rows: Sequence[Record], first: int) -> int:
    """Which record stands above the first row: the one before it, or where blank lines stand between the rows, too, the
    one above those; -1 for none."""
    above = first - 1
    if first + 1 < len(rows) and rows[first + 1].blank:
        while above >= 0 and rows[above].blank:
            above -= 1
    return above


def _lines(record: Record, head: bytes, separator: str, width: int) -> Iterator[Record]:
    lines = records(head[: record.stop], separator, record.start, record.stop - record.start, quote="")
    filled = [one for one in lines if not one.blank]
    if len(filled) < 2 or width < _PIECES or any(abs(len(one.cells) - width) > 1 for one in filled):
        yield record
        return
    yield from (replace(one, line=one.line + record.line - 1) for one in lines)
