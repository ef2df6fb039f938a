"""Where the header is and what belongs to it: title lines above, none at all, several, another width.

With known names the header is the record, among the first 50, that holds most of them. Without any,
the rows speak: a record whose cells are words where the rows below have dates and numbers is a
header; where nothing but words stands, one whose cells differ from each other and from all below.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from clm_audit.intake.dialect import SAMPLE, SEPARATORS, Dialect, Record, best_row, records
from clm_audit.intake.heading import Heading, placed, titles_of
from clm_audit.intake.headline import (
    families_of,
    in_places,
    is_header,
    is_narrow,
    is_remark,
    is_slip,
    is_total,
    lettered,
)
from clm_audit.intake.letters import UNUSUAL
from clm_audit.intake.limits import HEAD_RECORDS
from clm_audit.intake.names import Names
from clm_audit.intake.shapes import BLANK, LINES, TEXT, WORD, shape
from clm_audit.intake.strict import StrictReader
from clm_audit.intake.torn import (
    MANY_NAMES,
    capital,
    doubtful,
    names_above,
    row_above,
    single_names,
    table_width,
    untorn,
)

_WORDS = (WORD, TEXT, LINES)
_AT_END = 5_000  # records at the end of a file that are looked at; the lines of one letter may be many of them
_MOST_LINES = 12  # lines as wide as the table that may stand above its rows
_RARE = 20  # one cell among so many does not say what a column looks like
_TWINS = 4  # names among which one may come twice in a table of words
_LEAST_BODY = 4  # lines from which one can tell names from the words below them
_WORDY = 2  # cells that a line of text may have by its commas
_SURE_NAMES = 6  # the same below many lines, which may be a list of one column


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
        return placed(found, first + index, first + index + 1, where, last=lambda: _last(tail, dialect))
    width = table_width(rows, HEAD_RECORDS)
    whole = single_names(rows, head, dialect, width) if dialect.wrapped else untorn(rows, head, mark, width)
    found = [*found[:first], *whole]
    rows = whole
    only = _names_only(rows)
    spot = (rows[only], only, len(rows)) if only > 0 else _blind(rows, width, dialect)
    if spot is not None:
        record, header, after = spot
        found[first + header] = record
        told = any(families_of([one.cells for one in rows[after:] if len(one.cells) == width and not one.blank]))
        unsure = () if told else ("nothing but words below the header, which may be a row itself",)
        notes = (*_above(rows[:header], "header"), *unsure)
        wider, doubts = _table_above(rows[:header], width), doubtful(rows[:header], width, dialect.separator)
        all_doubts = tuple(sorted({*doubts, *wider}))
        heading = placed(found, first + header, first + after, where, blind=notes)
        return replace(heading, wider=bool(wider), doubtful=all_doubts)
    data = next(i for i, one in enumerate(rows) if len(one.cells) == width and not one.blank)
    families = families_of([one.cells for one in rows[data:] if len(one.cells) == width and not one.blank])
    while width > 1 and (above := row_above(rows, data)) >= 0:
        if not _row_all_the_same(rows[above], width, families, dialect):
            break
        data = above  # a broken row, not a title
    titles = titles_of(found[: first + data])
    notes = ("no header: the columns have no names", *_above(rows[:data], "rows"))
    plain = ("",) * width
    doubts = doubtful(rows[:data], width, dialect.separator)
    return Heading(plain, None, rows[data].start, first + data, width, titles=titles, notes=notes, doubtful=doubts)


def _last(tail: bytes, dialect: Dialect) -> list[tuple[str, ...]]:
    """The records at the end of a file."""
    return [one.cells for one in StrictReader(dialect).records(tail.decode("utf-8", "replace"), _AT_END)]


def _table_above(rows: Sequence[Record], width: int) -> tuple[int, ...]:
    """Bytes of the lines above that are wider than the table, where they are a table of their own: two at least, one of
    them with something else than words, or names without a row."""
    wide = [one for one in rows if len(one.cells) > max(width, _WORDY) and not one.blank]
    typed = any(shape(cell) not in (BLANK, *_WORDS) for one in wide[1:] for cell in one.cells)
    return tuple(one.start for one in wide) if len(wide) > 1 and typed else names_above(rows, width)


def _names_only(rows: Sequence[Record]) -> int:
    """Which record is a line of many names, with nothing but titles of several words above it and blank lines below;
    0 for none."""
    filled = [at for at, one in enumerate(rows) if any(cell.strip(" \x1a") for cell in one.cells)]
    *above, last = filled or [0]
    alone = all(len(rows[at].cells) == 1 and shape(rows[at].cells[0]) == TEXT for at in above)
    names = [*itertools.dropwhile(lambda cell: not cell.strip(), reversed(rows[last].cells))]
    enough = MANY_NAMES if len(above) <= _LEAST_BODY else _SURE_NAMES
    return last if above and alone and len(names) >= enough and capital(names) else 0


def _broken(cells: Sequence[str], width: int, families: Sequence[frozenset[str]]) -> bool:
    """Whether a record of another width above the rows is one of them: nearly as wide, or it begins as they do."""
    return 2 * len(cells) > width or (len(cells) > 1 and in_places(cells, families))


def _row_all_the_same(record: Record, width: int, families: Sequence[frozenset[str]], dialect: Dialect) -> bool:
    """Whether a record above the rows is one of them, broken or with another separator."""
    others = (cells for cells in _otherwise(record, width, dialect) if in_places(cells, families))
    return not record.blank and (_broken(record.cells, width, families) or any(others))


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
    body = body[_titles_in(rows, body) :]
    if len(body) > 1 and 2 * sum(1 for cell in rows[body[0]].cells if cell.strip()) <= width:
        between = (rows[i].cells for i in range(body[0] + 1, body[1]))
        if any(abs(len(cells) - width) <= 1 < len(cells) and capital(cells) for cells in between):
            body = body[1:]  # a line of groups, and names of another width below it
    top = rows[body[0]].cells
    below = [i for i in body[1:] if width == 1 or rows[i].cells != top]  # a header may come again
    below = [i for i in below if not (is_total(rows[i].cells) or is_remark(rows[i].cells))]
    families = families_of([rows[i].cells for i in below][-SAMPLE:])
    speaks = any(families)
    used = sum(1 for column in zip(*(rows[i].cells for i in body), strict=True) if any(map(str.strip, column)))
    above = [i for i in range(body[0]) if not rows[i].blank]
    near_by = above and (above[-1] == body[0] - 1 or (_named(rows[above[-1]], width, dialect) and not capital(top)))
    if not speaks and above and not capital(top) and not capital(rows[above[-1]].cells):
        for i in above[-_TWINS:-1]:  # names, and then the pieces of a row with a fault
            names = tuple(cell for cell in rows[i].cells if cell.strip())
            if len(names) in (width, used) and len(names) > 1 and capital(names):
                return replace(rows[i], cells=names), i, i + 1
    if not speaks and near_by:  # all is words: a line of names right above, or above blank ones, is the header
        last = rows[above[-1]]
        usual = (width - 1, width + 1, *((used - 1, used) if capital(last.cells) and not capital(top) else ()))
        likely = len(last.cells) in usual or len(body) == 1
        near = [last.cells] if likely and width > 1 and len(last.cells) > 1 else []
        for cells in (*_otherwise(last, width, dialect), *near):
            if is_narrow(cells, width):
                return replace(last, cells=cells), above[-1], body[0]
    if not speaks and len(body) > _LEAST_BODY and not capital(top) and capital(rows[body[1]].cells):
        rest = [rows[i].cells for i in body[2:]]
        if sum(map(capital, rest)) * _RARE <= len(rest):  # a line of words, and then one of names as no other row has
            return rows[body[1]], body[1], body[1] + 1
    second = body[1] if len(body) > 1 else body[0]
    rest = [rows[i].cells for i in below if i > second]
    full = 2 * sum(1 for cell in rows[second].cells if any(map(str.isalpha, cell))) > used
    named = capital(rows[second].cells) or (
        full and any(told := families_of(rest)) and is_header(rows[second].cells, told, rest)
    )
    if len(set(top)) < len(top) and named and not capital(top) and not rows[second].blank:
        return rows[second], second, second + 1  # a title that happens to be as wide as the header
    lines = 0
    for number, i in enumerate(body[:_MOST_LINES], start=1):
        cells = rows[i].cells
        below_it = [rows[j].cells for j in body if j > i and (width == 1 or rows[j].cells != cells)]
        slip = lines and (is_slip(cells, families) or _pieced(rows, i, families))
        if is_header(cells, families, below_it) and not slip:
            lines = number
            if not speaks:  # where all is words, the next line would seem a header, too
                lines += number < len(body) and is_remark(rows[body[number]].cells)
                break
        elif 2 * sum(1 for cell in cells if cell.strip()) > used or in_places(cells, families):
            break
    if lines:
        tops = body[:lines]
        best = max(tops, key=lambda i: (len(lettered(rows[i].cells)), i))
        for i in above:  # the same names, written in another way, with rows below: the table begins there
            if rows[best].cells in _otherwise(rows[i], width, dialect):
                return replace(rows[i], cells=rows[best].cells), i, i + 1
        return rows[best], best, tops[-1] + 1
    after = 0
    for i in reversed(above):
        if i - 1 in above and is_remark(rows[i].cells):  # units, or a line below the names
            after = i + 1
            continue
        fewer = (cells for cells in _otherwise(rows[i], width - 1, dialect) if capital(cells))
        for cells in (*_otherwise(rows[i], width, dialect), *fewer, rows[i].cells):
            if is_narrow(cells, width) or (abs(len(cells) - used) <= 1 and is_narrow(cells, used)):
                return replace(rows[i], cells=cells), i, after if after == i + 2 else i + 1
    return None


def _titles_in(rows: Sequence[Record], body: Sequence[int]) -> int:
    """How many records at the top are titles, but for the last of them: one cell each, and below them a full row."""
    filled = (sum(1 for cell in rows[i].cells if cell.strip()) for i in body)
    ones, full = next(((number, count) for number, count in enumerate(filled) if count > 1), (0, 0))
    return ones - 1 if ones > 1 and 2 * full > len(rows[body[ones]].cells) else 0


def _named(record: Record, width: int, dialect: Dialect) -> bool:
    """Whether a line is one of names as headers have them, however they are separated."""
    filled = [cell for cell in record.cells if cell.strip()]
    return (len(filled) > 1 and capital(filled)) or any(map(capital, _otherwise(record, width, dialect)))


def _otherwise(record: Record, width: int, dialect: Dialect) -> Iterator[tuple[str, ...]]:
    """The cells of a header that is written in another way than the rows: another separator, in quotes as a whole."""
    raw = dialect.separator.join(record.cells)
    for mark in dict.fromkeys((*SEPARATORS, *UNUSUAL, dialect.separator)):
        for text in (raw, record.cells[0]):
            cells = _cells(StrictReader(Dialect(mark, dialect.quote)), text)
            if len(cells) == width > 1:
                yield cells
    if len(record.cells) == 1 and width >= MANY_NAMES:
        cells = _cells(StrictReader(Dialect(" ", dialect.quote)), raw)
        if len(cells) == width and capital(cells):
            yield cells
