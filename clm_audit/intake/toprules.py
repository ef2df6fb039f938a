"""Which record is the header of a file that nobody knows: rules in order, and the first that finds one decides.

Most headers are found by :func:`_unlike_its_rows`: words above dates and numbers. The rules before it know the tops at
which that would go wrong, because all is words or because a title looks like names; the one after it knows headers
that are not as wide as their rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from clm_audit.intake.dialect import SAMPLE, SEPARATORS, Dialect, Record
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
from clm_audit.intake.shapes import shape
from clm_audit.intake.strict import StrictReader
from clm_audit.intake.torn import MANY_NAMES, capital

_MOST_LINES = 12  # lines as wide as the table that may stand above its rows
_RARE = 20  # one cell among so many does not say what a column looks like
_NEAR = 4  # lines above the table, the last of them, among which names are looked for
_LEAST_BODY = 4  # lines from which one can tell names from the words below them
_WRITTEN = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

Found = tuple[Record, int, int]  # the header, its number, and that of the first record of the data


@dataclass(frozen=True)
class Top:
    """The first records of a file, of which those in ``body`` (by number) are as wide as the table."""

    rows: Sequence[Record]
    width: int
    dialect: Dialect
    body: Sequence[int]

    @classmethod
    def of(cls, rows: Sequence[Record], width: int, dialect: Dialect) -> Top:
        """The same without titles that stand in the table's first lines, and without groups of names."""
        body = [i for i, record in enumerate(rows) if len(record.cells) == width and not record.blank]
        body = body[_titles_in(rows, body) :]
        if len(body) > 1 and 2 * sum(1 for cell in rows[body[0]].cells if cell.strip()) <= width:
            between = (rows[i].cells for i in range(body[0] + 1, body[1]))
            if any(abs(len(cells) - width) <= 1 < len(cells) and capital(cells) for cells in between):
                body = body[1:]  # a line of groups, and names of another width below it
        return cls(rows, width, dialect, body)

    @property
    def first(self) -> tuple[str, ...]:
        """The cells of the first line of the table."""
        return self.rows[self.body[0]].cells

    @property
    def second(self) -> int:
        """The number of the second line; of the first where there is no other."""
        return self.body[1] if len(self.body) > 1 else self.body[0]

    @cached_property
    def below(self) -> list[int]:
        """Lines that may be rows: neither the first line again, nor totals, nor remarks on the names."""
        again = (i for i in self.body[1:] if self.width == 1 or self.rows[i].cells != self.first)
        return [i for i in again if not (is_total(self.rows[i].cells) or is_remark(self.rows[i].cells))]

    @cached_property
    def families(self) -> list[frozenset[str]]:
        """What each column looks like, as far as it is no words."""
        return families_of([self.rows[i].cells for i in self.below][-SAMPLE:])

    @property
    def speaks(self) -> bool:
        """Whether any column does: without, all is words."""
        return any(self.families)

    @cached_property
    def used(self) -> int:
        """How many columns hold anything."""
        columns = zip(*(self.rows[i].cells for i in self.body), strict=True)
        return sum(1 for column in columns if any(map(str.strip, column)))

    @cached_property
    def above(self) -> list[int]:
        """The lines above the table, but for blank ones."""
        return [i for i in range(self.body[0]) if not self.rows[i].blank]


Rule = Callable[[Top], Found | None]


def header_of(rows: Sequence[Record], width: int, dialect: Dialect) -> Found | None:
    """The header record, its number, and that of the first data record; None without a header."""
    found = decided(Top.of(rows, width, dialect))
    return found[1] if found else None


def decided(top: Top) -> tuple[str, Found] | None:
    """What the first rule that finds a header finds, with the name of the rule."""
    return next(((name, found) for name, rule in RULES.items() if (found := rule(top)) is not None), None)


def _above_pieces(top: Top) -> Found | None:
    """All is words: names, and below them the pieces of a row with a fault."""
    if top.speaks or not top.above or capital(top.first) or capital(top.rows[top.above[-1]].cells):
        return None
    for i in top.above[-_NEAR:-1]:
        names = tuple(cell for cell in top.rows[i].cells if cell.strip())
        if len(names) in (top.width, top.used) and len(names) > 1 and capital(names):
            return replace(top.rows[i], cells=names), i, i + 1
    return None


def _right_above(top: Top) -> Found | None:
    """All is words: a line of names right above the table, or above blank lines, written otherwise than its rows."""
    if top.speaks or not top.above:
        return None
    last, width = top.rows[top.above[-1]], top.width
    if top.above[-1] != top.body[0] - 1 and (not _named(last, width, top.dialect) or capital(top.first)):
        return None
    fewer = (top.used - 1, top.used) if capital(last.cells) and not capital(top.first) else ()
    likely = len(last.cells) in (width - 1, width + 1, *fewer) or len(top.body) == 1
    near = [last.cells] if likely and width > 1 and len(last.cells) > 1 else []
    for cells in (*otherwise(last, width, top.dialect), *near):
        if is_narrow(cells, width):
            return replace(last, cells=cells), top.above[-1], top.body[0]
    return None


def _below_words(top: Top) -> Found | None:
    """All is words: a line of words, and then one of names as no other row has."""
    if top.speaks or len(top.body) <= _LEAST_BODY or capital(top.first) or not capital(top.rows[top.second].cells):
        return None
    rest = [top.rows[i].cells for i in top.body[2:]]
    if sum(map(capital, rest)) * _RARE > len(rest):
        return None
    return top.rows[top.second], top.second, top.second + 1


def _below_a_title(top: Top) -> Found | None:
    """A title that happens to be as wide as the header below it, with a cell twice as names do not have it."""
    names = top.rows[top.second].cells
    if len(set(top.first)) == len(top.first) or capital(top.first) or top.rows[top.second].blank:
        return None
    rest = [top.rows[i].cells for i in top.below if i > top.second]
    full = 2 * sum(1 for cell in names if any(map(str.isalpha, cell))) > top.used
    told = families_of(rest) if full else []
    if capital(names) or (any(told) and is_header(names, told, rest)) or (not rest and _programmed(names)):
        return top.rows[top.second], top.second, top.second + 1
    return None


def _programmed(cells: Sequence[str]) -> bool:
    """Whether cells are names as programs write them, most of several words: `event_id`, `user_id`, `country`."""
    names = {cell for cell in cells if _WRITTEN.fullmatch(cell)}
    return len(names) == len(cells) and 2 * sum(1 for name in names if "_" in name) > len(cells)


def _unlike_its_rows(top: Top) -> Found | None:
    """The first lines as long as they are unlike the rows below; of several the one with the most names."""
    lines = 0
    for number, i in enumerate(top.body[:_MOST_LINES], start=1):
        cells = top.rows[i].cells
        below = [top.rows[j].cells for j in top.body if j > i and (top.width == 1 or top.rows[j].cells != cells)]
        slip = lines and (is_slip(cells, top.families) or _pieced(top.rows, i, top.families))
        if is_header(cells, top.families, below) and not slip:
            lines = number
            if not top.speaks:  # where all is words, the next line would seem a header, too
                lines += number < len(top.body) and is_remark(top.rows[top.body[number]].cells)
                break
        elif 2 * sum(1 for cell in cells if cell.strip()) > top.used or in_places(cells, top.families):
            break
    return _best_of(top, top.body[:lines]) if lines else None


def _best_of(top: Top, lines: Sequence[int]) -> Found:
    """The header among the lines of names; the table begins above where they stand there in another writing."""
    best = max(lines, key=lambda i: (len(lettered(top.rows[i].cells)), i))
    for i in top.above:
        if top.rows[best].cells in otherwise(top.rows[i], top.width, top.dialect):
            return replace(top.rows[i], cells=top.rows[best].cells), i, i + 1
    return top.rows[best], best, lines[-1] + 1


def _of_another_width(top: Top) -> Found | None:
    """A line of names above that is a little narrower or wider than the rows, or written otherwise."""
    after, width = 0, top.width
    for i in reversed(top.above):
        line = top.rows[i]
        if i - 1 in top.above and is_remark(line.cells):  # units, or a line below the names
            after = i + 1
            continue
        fewer = (cells for cells in otherwise(line, width - 1, top.dialect) if capital(cells))
        for cells in (*otherwise(line, width, top.dialect), *fewer, line.cells):
            if is_narrow(cells, width) or (abs(len(cells) - top.used) <= 1 and is_narrow(cells, top.used)):
                return replace(line, cells=cells), i, after if after == i + 2 else i + 1
    return None


RULES: dict[str, Rule] = {
    "names above pieces of a row": _above_pieces,
    "names right above words": _right_above,
    "names below a line of words": _below_words,
    "names below a title as wide": _below_a_title,
    "lines unlike the rows below": _unlike_its_rows,
    "names of another width": _of_another_width,
}


def otherwise(record: Record, width: int, dialect: Dialect) -> Iterator[tuple[str, ...]]:
    """The cells of a header that is written in another way than the rows: another separator, in quotes as a whole."""
    raw = dialect.separator.join(record.cells)
    for mark in dict.fromkeys((*SEPARATORS, *UNUSUAL, dialect.separator)):
        for text in (raw, record.cells[0]):
            cells = cells_of(StrictReader(Dialect(mark, dialect.quote)), text)
            if len(cells) == width > 1:
                yield cells
    if len(record.cells) == 1 and width >= MANY_NAMES:
        cells = cells_of(StrictReader(Dialect(" ", dialect.quote)), raw)
        if len(cells) == width and capital(cells):
            yield cells


def cells_of(reader: StrictReader, raw: str) -> tuple[str, ...]:
    """The cells of a text that is one record, or none."""
    record = reader.record(raw)
    return record.cells if record is not None and record.stop == len(raw) and not record.end else ()


def _titles_in(rows: Sequence[Record], body: Sequence[int]) -> int:
    """How many records at the top are titles, but for the last of them: one cell each, and below them a full row."""
    filled = (sum(1 for cell in rows[i].cells if cell.strip()) for i in body)
    ones, full = next(((number, count) for number, count in enumerate(filled) if count > 1), (0, 0))
    return ones - 1 if ones > 1 and 2 * full > len(rows[body[ones]].cells) else 0


def _pieced(rows: Sequence[Record], i: int, families: Sequence[frozenset[str]]) -> bool:
    """Whether a record is the rest of a row: with the one cell of the line above, its first is like those below."""
    above = rows[i - 1].cells if i else ()
    return len(above) == 1 and len(families) > 1 and shape(above[0] + rows[i].cells[0]) in families[0]


def _named(record: Record, width: int, dialect: Dialect) -> bool:
    """Whether a line is one of names as headers have them, however they are separated."""
    filled = [cell for cell in record.cells if cell.strip()]
    return (len(filled) > 1 and capital(filled)) or any(map(capital, otherwise(record, width, dialect)))
