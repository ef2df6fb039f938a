"""Where the header is and what belongs to it: title lines above, none at all, several, another width.

With known names the header is the record, among the first 50, that holds most of them. Without any,
the rows speak: the rules of :mod:`clm_audit.intake.toprules`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from clm_audit.intake.dialect import SAMPLE, Dialect, Record, best_row, records
from clm_audit.intake.heading import Heading, placed, titles_of
from clm_audit.intake.headline import families_of, in_places, is_underline
from clm_audit.intake.limits import HEAD_RECORDS
from clm_audit.intake.names import Names
from clm_audit.intake.shapes import BLANK, LINES, TEXT, WORD, shape
from clm_audit.intake.strict import StrictReader
from clm_audit.intake.toprules import cells_of, header_of, otherwise
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
        after = first + index + 1
        after += after < len(found) and is_underline(found[after].cells)
        return placed(found, first + index, after, where, last=lambda: _last(tail, dialect))
    width = table_width(rows, HEAD_RECORDS)
    whole = single_names(rows, head, dialect, width) if dialect.wrapped else untorn(rows, head, mark, width)
    found = [*found[:first], *whole]
    rows = whole
    only = _names_only(rows)
    spot = (rows[only], only, len(rows)) if only > 0 else header_of(rows, width, dialect)
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
    others = (cells for cells in otherwise(record, width, dialect) if in_places(cells, families))
    return not record.blank and (_broken(record.cells, width, families) or any(others))


def _above(rows: Sequence[Record], what: str) -> tuple[str, ...]:
    """The note on lines that stand above the table."""
    lines = sum(1 for one in rows if not one.blank)
    return (f"lines above the {what}, which are no rows: {lines}",) if lines else ()


def _unwrapped(inner: StrictReader, cells: tuple[str, ...], dialect: Dialect) -> tuple[str, ...]:
    """The cells of a record that is in quotes as a whole; one quote too few among them does not keep them together."""
    found = cells_of(inner, cells[0])
    if not found and cells[0].count(dialect.quote) == 1:
        found = tuple(cell.strip(dialect.quote) for cell in cells[0].split(dialect.separator))
    return found or cells


def _names_separator(cells: Sequence[str], dialect: Dialect) -> bool:
    """Whether this is the line with which spreadsheet programs tell each other the separator."""
    return dialect.separator.join(cells).strip().casefold() in (f"sep={dialect.separator}", "sep=")
