"""Where the header is and what belongs to it: title lines above, none at all, several, another width.

With known names the header is the record, among the first 50, that holds most of them. Without any,
the rows speak: a record whose cells are words where the rows below have dates and numbers is a
header; where nothing but words stands, one whose cells differ from each other and from all below.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from clm_audit.intake.dialect import SAMPLE, SEPARATORS, Dialect, Record, best_row, body_width, records
from clm_audit.intake.heading import Heading, numbered, placed, titles_of
from clm_audit.intake.limits import HEAD_RECORDS
from clm_audit.intake.names import Names
from clm_audit.intake.shapes import BLANK, LINES, TEXT, WORD, shape
from clm_audit.intake.strict import StrictReader

_WORDS = (WORD, TEXT, LINES)
_AT_END = 5_000  # records at the end of a file that are looked at; the lines of one letter may be many of them
_MOST_LINES = 12  # lines as wide as the table that may stand above its rows
_RARE = 20  # one cell among so many does not say what a column looks like
_TWINS = 4  # names among which one may come twice in a table of words
_LEAST_BODY = 4  # lines from which one can tell names from the words below them
_WORDY = 2  # cells that a line of text may have by its commas
_MANY_NAMES = 4  # names in a line that is a header although nothing follows
_DIGITS = re.compile(r"\d")
_MOSTLY = 0.7  # share of a column's cells that must be no words for it to speak against words


def find_heading(
    head: bytes, start: int, dialect: Dialect, names: Names, where: str, tail: bytes = b""
) -> Heading | None:
    """The header of a file from its head (and its ``tail``); None when there is no record but blank ones.

    Without a known name, rows of another width than the header keep their cells and have no names.
    Raises :class:`DataError` when header and rows cannot be brought together.
    """
    mark = "\0" if dialect.wrapped else dialect.separator
    found = records(head, mark, start, SAMPLE + HEAD_RECORDS, dialect.quote, dialect.escape)
    if dialect.wrapped:
        inner = StrictReader(replace(dialect, wrapped=False))
        found = [replace(one, cells=_unwrapped(inner, one.cells, dialect)) for one in found]
    if dialect.spaced:
        found = [replace(one, cells=tuple(cell.removeprefix(" ") for cell in one.cells)) for one in found]
    if all(record.blank for record in found):
        return None
    first = int(_names_separator(found[0].cells, dialect))
    rows = found[first:]
    index, matches = best_row([record.cells for record in rows], names)
    if matches:
        last = [one.cells for one in StrictReader(dialect).records(tail.decode("utf-8", "replace"), _AT_END)]
        return placed(found, first + index, first + index + 1, where, last=last)
    width = body_width(rows[:HEAD_RECORDS])
    if width == 1:  # rows with another separator may stand first
        width = body_width(rows)
    spot = (rows[-1], len(rows) - 1, len(rows)) if _names_only(rows) else _blind(rows, width, dialect)
    if spot is not None:
        record, header, after = spot
        found[first + header] = record
        told = any(_families([one.cells for one in rows[after:] if len(one.cells) == width and not one.blank]))
        unsure = () if told else ("nothing but words below the header, which may be a row itself",)
        notes = (*_above(rows[:header], "header"), *unsure)
        wider = _table_above(rows[:header], width)
        return replace(placed(found, first + header, first + after, where, blind=notes), wider=wider)
    data = next(i for i, one in enumerate(rows) if len(one.cells) == width and not one.blank)
    families = _families([one.cells for one in rows[data:] if len(one.cells) == width and not one.blank])
    while data and width > 1 and not rows[data - 1].blank and _broken(rows[data - 1].cells, width, families):
        data -= 1  # a broken row, not a title
    titles = titles_of(found[: first + data])
    notes = ("no header: the columns have no names", *_above(rows[:data], "rows"))
    plain = ("",) * width
    return Heading(plain, None, rows[data].start, first + data, width, titles=titles, notes=notes)


def _table_above(rows: Sequence[Record], width: int) -> bool:
    """Whether the lines above hold a line of names, wider than the table, and right below it a row as wide."""
    for names, row in itertools.pairwise(rows):
        alike = len(names.cells) == len(row.cells) > max(width, _WORDY)
        if alike and _capital(names.cells) and any(shape(cell) not in (BLANK, *_WORDS) for cell in row.cells):
            return True
    return False


def _names_only(rows: Sequence[Record]) -> bool:
    """Whether a few titles of several words and a line of many names below them are all that there is."""
    *above, last = rows
    titles = [one.cells for one in above if not one.blank]
    alone = all(len(cells) == 1 and shape(cells[0]) == TEXT for cells in titles)
    return 0 < len(titles) <= _LEAST_BODY and alone and len(last.cells) >= _MANY_NAMES and _capital(last.cells)


def _broken(cells: Sequence[str], width: int, families: Sequence[frozenset[str]]) -> bool:
    """Whether a record of another width above the rows is one of them: nearly as wide, or it begins as they do."""
    told = [(shape(cell), family) for cell, family in zip(cells, families, strict=False) if family and cell.strip()]
    return 2 * len(cells) > width or (len(cells) > 1 and bool(told) and all(kind in family for kind, family in told))


def _above(rows: Sequence[Record], what: str) -> tuple[str, ...]:
    """The note on lines that stand above the table."""
    lines = sum(1 for one in rows if not one.blank)
    return (f"lines above the {what}, which are no rows: {lines}",) if lines else ()


def _unwrapped(inner: StrictReader, cells: tuple[str, ...], dialect: Dialect) -> tuple[str, ...]:
    """The cells of a record that is in quotes as a whole; one quote too few among them does not keep them together."""
    found = _cells(inner, cells[0])
    if not found and cells[0].count(dialect.quote) == 1:
        found = tuple(cell.strip(dialect.quote) for cell in cells[0].split(dialect.separator))
    return found or cells


def _pieced(rows: Sequence[Record], i: int, families: Sequence[frozenset[str]]) -> bool:
    """Whether a record is the rest of a row: with the one cell of the line above, its first is like those below."""
    above = rows[i - 1].cells if i else ()
    return len(above) == 1 and len(families) > 1 and shape(above[0] + rows[i].cells[0]) in families[0]


def _cells(reader: StrictReader, raw: str) -> tuple[str, ...]:
    """The cells of a text that is one record, or none."""
    record = reader.record(raw)
    return record.cells if record is not None and record.stop == len(raw) and not record.end else ()


def _names_separator(cells: Sequence[str], dialect: Dialect) -> bool:
    """Whether this is the line with which spreadsheet programs tell each other the separator."""
    return dialect.separator.join(cells).strip().casefold() in (f"sep={dialect.separator}", "sep=")


def _blind(rows: Sequence[Record], width: int, dialect: Dialect) -> tuple[Record, int, int] | None:
    """The header record, its number, and that of the first data record; None without a header."""
    body = [i for i, record in enumerate(rows) if len(record.cells) == width and not record.blank]
    top = rows[body[0]].cells
    below = [i for i in body[1:] if width == 1 or rows[i].cells != top]  # a header may come again
    families = _families([rows[i].cells for i in below][-SAMPLE:])
    speaks = any(families)
    above = [i for i in range(body[0]) if not rows[i].blank]
    near_by = above and (above[-1] == body[0] - 1 or (_named(rows[above[-1]], width, dialect) and not _capital(top)))
    if not speaks and near_by:  # all is words: a line of names right above, or above blank ones, is the header
        last = rows[above[-1]]
        if len(above) > 1 and above[-2] == above[-1] - 1 and not _capital(last.cells):
            names = tuple(cell for cell in rows[above[-2]].cells if cell.strip())
            if len(names) == width and _capital(names):  # and the last one is a row with a fault
                return replace(rows[above[-2]], cells=names), above[-2], above[-1]
        likely = len(last.cells) in (width - 1, width + 1) or len(body) == 1
        near = [last.cells] if likely and width > 1 and len(last.cells) > 1 else []
        for cells in (*_otherwise(last, width, dialect), *near):
            if _narrow(cells, width):
                return replace(last, cells=cells), above[-1], body[0]
    if not speaks and len(body) > _LEAST_BODY and not _capital(top) and _capital(rows[body[1]].cells):
        rest = [rows[i].cells for i in body[2:]]
        if sum(map(_capital, rest)) * _RARE <= len(rest):  # a line of words, and then one of names as no other row has
            return rows[body[1]], body[1], body[1] + 1
    second = body[1] if len(body) > 1 else body[0]
    if len(set(top)) < len(top) and _capital(rows[second].cells) and not _capital(top) and not rows[second].blank:
        return rows[second], second, second + 1  # a title that happens to be as wide as the header
    lines = 0
    used = sum(1 for column in zip(*(rows[i].cells for i in body), strict=True) if any(map(str.strip, column)))
    for number, i in enumerate(body[:_MOST_LINES], start=1):
        cells = rows[i].cells
        below_it = [rows[j].cells for j in body if j > i and (width == 1 or rows[j].cells != cells)]
        if _heads(cells, families, below_it) and not (lines and (_slip(cells) or _pieced(rows, i, families))):
            lines = number
            if not speaks:  # where all is words, the next line would seem a header, too
                lines += number < len(body) and _remarks(rows[body[number]].cells)
                break
        elif 2 * sum(1 for cell in cells if cell.strip()) > used:
            break
    if lines:
        tops = body[:lines]
        best = max(tops, key=lambda i: (len(_lettered(rows[i].cells)), i))
        for i in above:  # the same names, written in another way, with rows below: the table begins there
            if rows[best].cells in _otherwise(rows[i], width, dialect):
                return replace(rows[i], cells=rows[best].cells), i, i + 1
        return rows[best], best, tops[-1] + 1
    for i in reversed(above):
        fewer = (cells for cells in _otherwise(rows[i], width - 1, dialect) if _capital(cells))
        for cells in (*_otherwise(rows[i], width, dialect), *fewer, rows[i].cells):
            if _narrow(cells, width) or (len(cells) == used and _narrow(cells, used)):
                return replace(rows[i], cells=cells), i, i + 1
    return None


def _capital(cells: Sequence[str]) -> bool:
    """Whether cells are names as headers have them: different, each a few words that begin with a capital letter."""
    names = [cell.strip() for cell in cells]
    short = all(cell[:1].isupper() and len(cell.split()) <= 3 and not _DIGITS.search(cell) for cell in names)
    return short and len(set(names)) == len(names)


def _named(record: Record, width: int, dialect: Dialect) -> bool:
    """Whether a line is one of names as headers have them, however they are separated."""
    filled = [cell for cell in record.cells if cell.strip()]
    return (len(filled) > 1 and _capital(filled)) or any(map(_capital, _otherwise(record, width, dialect)))


def _slip(cells: Sequence[str]) -> bool:
    """Whether a line below a header holds codes: a record with a slip, not a second line of names."""
    return any(shape(cell).startswith("code") and not cell.strip().startswith("(") for cell in cells)


def _lettered(cells: Sequence[str]) -> set[str]:
    """The different names in a line."""
    return {cell for cell in cells if any(char.isalnum() for char in cell) and not cell.strip().startswith("(")}


def _remarks(cells: Sequence[str]) -> bool:
    """Whether a line under the names underlines them, or says what is in brackets below each: units, kinds."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    lines = all(len(cell) > 1 and not cell.strip("-=_") for cell in filled)
    return bool(filled) and (lines or all(cell[0] in "([" and cell[-1] in ")]" for cell in filled))


def _otherwise(record: Record, width: int, dialect: Dialect) -> Iterator[tuple[str, ...]]:
    """The cells of a header that is written in another way than the rows: another separator, in quotes as a whole."""
    raw = dialect.separator.join(record.cells)
    for mark in dict.fromkeys((*SEPARATORS, dialect.separator)):
        for text in (raw, record.cells[0]):
            cells = _cells(StrictReader(Dialect(mark, dialect.quote)), text)
            if len(cells) == width > 1:
                yield cells


def _families(rows: Sequence[Sequence[str]]) -> list[frozenset[str]]:
    """For each column the shapes of its cells where words are the exception; none where they are not."""
    families = []
    for column in zip(*rows, strict=True):
        shapes = Counter(map(shape, column))
        shapes.pop(BLANK, None)
        total = shapes.total()
        words = sum(shapes[kind] for kind in _WORDS)
        typed = total and words <= (1 - _MOSTLY) * total
        common = {kind for kind, count in shapes.items() if count * _RARE >= total and kind not in _WORDS}
        families.append(frozenset(common if typed else ()))
    return families


def _heads(cells: Sequence[str], families: Sequence[frozenset[str]], below: Sequence[Sequence[str]]) -> bool:
    """Whether a record is a header above the others."""
    against = agree = 0
    for cell, family in zip(cells, families, strict=False):
        kind = shape(cell)
        if kind != BLANK and family:
            odd = kind in _WORDS or (kind.startswith("code") and kind not in family)
            against, agree = against + odd, agree + (kind in family or kind == "whole")
    if _years(cells) and not any(_years(row) for row in below[:3]):
        return True
    if against or agree:
        return against > agree
    filled = [cell for cell in cells if cell.strip()]
    used = [i for i in range(len(cells)) if cells[i].strip() or any(row[i].strip() for row in below)]
    if not below:
        return all(shape(cell) in _WORDS or shape(cell).startswith("code") for cell in filled)
    seen = any(cell.strip() and any(row[i] == cell for row in below) for i, cell in enumerate(cells))
    return len(filled) - len(set(filled)) <= len(filled) // _TWINS and 2 * len(filled) > len(used) and not seen


def _years(cells: Sequence[str]) -> bool:
    """Whether the names are years or the like: at least three numbers that count up by one."""
    numbers = [cell.strip() for cell in cells[1:] if cell.strip().isdecimal()]
    return len(numbers) >= 3 and len(numbers) >= len(cells) - 2 and numbered(numbers)


def _narrow(cells: Sequence[str], width: int) -> bool:
    """Whether a record of another width, right above the data, is a header all the same."""
    filled = [cell for cell in cells if cell.strip()]
    words = all(shape(cell) in _WORDS or shape(cell).startswith("code") for cell in filled)
    return len(filled) >= 2 and words and width / 2 <= len(cells) <= 2 * width
