"""What a record can mean whose quotes are in order and whose width is not.

Every explanation by a fault that exports have is tried; the record is read again only where one reading fits the
columns, and listed as repaired.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice

from clm_audit.intake.dialect import SEPARATORS, Dialect
from clm_audit.intake.shapes import Profile
from clm_audit.intake.strict import StrictReader

_MANY = 2_000  # combinations looked at
_MANY_QUOTES = 200
_WIDE = 4  # columns from which twice as many cells but one are two records, whatever the cells
ALWAYS = 0.9  # share of quoted cells from which a column is always quoted
_MOST_FUSED = 200  # characters of a cell that may be the end of one record and the beginning of the next
_OTHER_QUOTE = {'"': "'", "'": '"'}
_PAIRS = {"'": "'", "`": "`", "\u201c": "\u201d", "\u201e": "\u201c", "\u00ab": "\u00bb", "\u2018": "\u2019"}
_THOUSANDS = re.compile(r"[-(]?[$€£]?-?\d{1,3}(?:,\d{3})+(?:\.\d+)?\)?")


@dataclass(frozen=True)
class Reading:
    """One explanation: the cells, the code of the fault (empty: none), the number of its column."""

    cells: tuple[str, ...]
    code: str = ""
    column: int = 0


@dataclass(frozen=True)
class Verdict:
    """What a record means: its only defensible reading, or None and the code of its rejection.

    ``second`` is another record that stands in the same line; where nobody can say where it begins, ``apart`` is
    the character with which the cell begins that holds the end of one and the beginning of the other.
    """

    reading: Reading | None
    code: str = ""
    second: Reading | None = None
    apart: int = 0


def cells_of(reader: StrictReader, raw: str) -> tuple[str, ...] | None:
    """The cells of a text that is one record without a line end."""
    record = reader.record(raw)
    return record.cells if record is not None and record.stop == len(raw) and not record.end else None


class Ragged:
    """Explains records of too many or too few cells."""

    def __init__(self, dialect: Dialect, profile: Profile) -> None:
        self.dialect, self.profile, self.width = dialect, profile, profile.width
        self.header = ""  # as written: the one of a second part may follow a record without a line end
        self._strict = StrictReader(dialect)
        self._others = [
            StrictReader(replace(dialect, separator=mark)) for mark in SEPARATORS if mark != dialect.separator
        ]
        self._slashed = StrictReader(replace(dialect, escape=True)) if dialect.quote and not dialect.escape else None
        swapped = _OTHER_QUOTE.get(dialect.quote, "")
        self._swapped = StrictReader(replace(dialect, quote=swapped)) if swapped else None

    def explain(self, raw: str, cells: tuple[str, ...]) -> Verdict:
        """The meaning of a record that was read as these cells."""
        wide = len(cells) > self.width
        first, second = cells[: self.width], cells[self.width :]
        if len(second) == self.width and self.profile.fits(first) and self.profile.fits(second):
            if self.profile.typed > 1 or self.profile.telling:
                return Verdict(Reading(first, "missing_line_end"), second=Reading(second))
            return Verdict(None, "too_many_cells", apart=self._start_of(raw, self.width))
        if self.header and raw.endswith(self.header) and len(raw) > len(self.header):
            alone = cells_of(self._strict, raw[: -len(self.header)])
            if alone is not None and self.profile.fits(alone):
                return Verdict(Reading(alone, "missing_line_end", self.width - 1))
        if len(cells) == 2 * self.width - 1 and (glued := self._glued(raw, cells)) is not None:
            return glued
        if wide and (sure := self._escaped(raw) or self._held(cells)) is not None:
            return Verdict(sure)
        found: dict[tuple[str, ...], Reading | None] = {}
        for explanations in (
            self._other_writing(raw),
            self._wrapped_whole(cells),
            self._doubled_marks(cells),
            self._other_mark(cells),
            self._without_blanks(cells) if wide else self._with_blanks(raw, cells),
        ):
            for reading in explanations:
                found.setdefault(reading.cells, reading if reading.code else None)
        only = next(iter(found.values())) if len(found) == 1 else None
        if only is None and len(second) == self.width and not any(map(self.profile.misfits, (first, second))):
            return Verdict(None, "too_many_cells", apart=self._start_of(raw, self.width))
        return Verdict(only, "" if only else "too_many_cells" if wide else "too_few_cells")

    def _glued(self, raw: str, cells: tuple[str, ...]) -> Verdict | None:
        """Two records without a line end between them: the last cell of one and the first of the other are fused."""
        columns, inner = self.profile.columns, self.width - 1
        outer = [*zip(columns, cells[:inner], strict=False), *zip(columns[1:], cells[self.width :], strict=True)]
        sure = sum(1 for column, cell in outer if column.typed and cell.strip())
        if (sure < 2 and self.width < _WIDE) or not all(column.fits(cell) for column, cell in outer):
            return None
        fused, last, first = cells[inner], columns[-1], columns[0]
        if len(fused) <= _MOST_FUSED:
            cuts = [at for at in range(len(fused) + 1) if last.matches(fused[:at]) and first.matches(fused[at:])]
            if len(cuts) == 1:
                ended, begun = (*cells[:inner], fused[: cuts[0]]), (fused[cuts[0] :], *cells[self.width :])
                return Verdict(Reading(ended, "missing_line_end", inner), second=Reading(begun))
        return Verdict(None, "missing_line_end", apart=self._start_of(raw, inner))

    def _start_of(self, raw: str, cell: int) -> int:
        """The character at which a cell of a record begins; 0 when it cannot be told."""
        marks = (match.start() for match in re.finditer(re.escape(self.dialect.separator), raw))
        starts = (at for at in marks if len(cells_of(self._strict, raw[:at]) or ()) == cell)
        return next((at + len(self.dialect.separator) for at in starts), 0)

    def _other_writing(self, raw: str) -> Iterator[Reading]:
        """The whole record written in another way: another separator, other quotes, backslashes."""
        for reader in self._others:
            cells = cells_of(reader, raw)
            if cells is not None and self.profile.fits(cells):
                yield Reading(cells, "other_separator")
        for other, code in ((self._swapped, "other_quotes"), (self._slashed, "backslash_escape")):
            cells = cells_of(other, raw) if other is not None else None
            if cells is not None and self.profile.fits(cells):
                yield Reading(cells, code)

    def _escaped(self, raw: str) -> Reading | None:
        """Separators with a backslash before them, which are text where they stand."""
        if self._slashed is None or "\\" + self.dialect.separator not in raw:
            return None
        cells = cells_of(self._slashed, raw)
        return Reading(cells, "backslash_escape") if cells is not None and self.profile.fits(cells) else None

    def _held(self, cells: tuple[str, ...]) -> Reading | None:
        """Neighbours between quotes of another kind, which hold the separators between them."""
        excess = len(cells) - self.width
        found = []
        for at in range(self.width):
            group = cells[at : at + excess + 1]
            first, last = group[0].strip(), group[-1].strip()
            if len(first) > 1 and len(last) > 1 and _PAIRS.get(first[0]) == last[-1]:
                inner = self.dialect.separator.join(group).strip()[1:-1]
                joined = (*cells[:at], inner, *cells[at + excess + 1 :])
                found += [Reading(joined, "other_quotes", at)] if self.profile.fits(joined) else []
        return found[0] if len(found) == 1 else None

    def _wrapped_whole(self, cells: tuple[str, ...]) -> Iterator[Reading]:
        """A record that stands in quotes as a whole, as if it were one cell."""
        inner = cells_of(self._strict, cells[0]) if len(cells) == 1 else None
        if inner is not None and len(inner) > 1 and self.profile.fits(inner):
            yield Reading(inner, "wrapped_record")

    def _doubled_marks(self, cells: tuple[str, ...]) -> Iterator[Reading]:
        """Every separator twice."""
        kept = cells[::2]
        if self.width > 2 and len(cells) == 2 * self.width - 1 and not any(cells[1::2]) and self.profile.fits(kept):
            yield Reading(kept, "doubled_separators")

    def _other_mark(self, cells: tuple[str, ...]) -> Iterator[Reading]:
        """One separator of another kind among right ones."""
        if len(cells) != self.width - 1:
            return
        for index, cell in enumerate(cells):
            for mark in SEPARATORS:
                for at in (i for i, char in enumerate(cell) if char == mark and mark != self.dialect.separator):
                    split = (*cells[:index], cell[:at], cell[at + 1 :], *cells[index + 1 :])
                    if self.profile.fits(split):
                        yield Reading(split, "other_separator", index)

    def _without_blanks(self, cells: tuple[str, ...]) -> Iterator[Reading]:
        """Too wide: blank cells too many; a rival (no code) is that neighbours were one cell."""
        excess = len(cells) - self.width
        if excess > 1 and not any(cells[self.width :]):
            drops: Iterator[tuple[int, ...]] = iter([tuple(range(self.width, len(cells)))])
        else:
            drops = combinations([i for i, cell in enumerate(cells) if not cell.strip()], excess)
        for gone in islice(drops, _MANY):
            kept = tuple(cell for i, cell in enumerate(cells) if i not in gone)
            if self.profile.fits(kept):
                code = "stray_separator" if excess == 1 and self._bounded(gone[0]) else ""
                yield Reading(kept, "extra_blank_cells" if gone[0] >= self.width else code, self.width - 1)
        joins = list(self._joins(cells, excess))
        natural = [one for one in joins if one.code]  # a cell that begins with a blank belongs to the one before it
        yield from natural or joins

    def _bounded(self, gap: int) -> bool:
        """Whether no text that may end with a separator stands before a blank cell that is one too many."""
        return not gap or self.profile.columns[gap - 1].typed or self.profile.quoted[gap - 1] >= ALWAYS

    def _joins(self, cells: tuple[str, ...], excess: int) -> Iterator[Reading]:
        """Neighbours taken together so that the record is as wide as the header."""
        for at in range(self.width):
            group = cells[at : at + excess + 1]
            quoted = self._swapped and group[0][:1] == group[-1][-1:] == self._swapped.dialect.quote
            if all(cell.strip() for cell in group) and not quoted:
                joined = (*cells[:at], self.dialect.separator.join(group), *cells[at + excess + 1 :])
                if self.profile.fits(joined):
                    yield Reading(joined, "unquoted_separator" if self._natural(group, at) else "", at)

    def _natural(self, group: Sequence[str], at: int) -> bool:
        """Whether separators between neighbours are such as text and numbers have: `this, that` and `12,345.50`."""
        last = at == self.width - 1  # there, what follows may as well be a cell too many
        text = self.profile.columns[at].free and all(part.startswith(" ") for part in group[1:]) and not last
        return text or (self.dialect.separator == "," and _THOUSANDS.fullmatch(",".join(group)) is not None)

    def _with_blanks(self, raw: str, cells: tuple[str, ...]) -> Iterator[Reading]:
        """Too narrow: blank cells too few; rivals (no code) are a gap elsewhere and two cells fused into one."""
        lacking = self.width - len(cells)
        few = len(cells) < 2 or 2 * len(cells) < self.width
        if few and not (self.profile.columns[0].typed and len(cells) > 1):
            return
        for at in range(len(cells) + 1):
            padded = (*cells[:at], *("",) * lacking, *cells[at:])
            if self.profile.fits(padded):
                yield Reading(padded, "missing_blank_cells" if at == len(cells) else "", at)
        if lacking == 1:
            splits = [one for at in range(len(cells)) for one in self._splits(cells, at)] or self.parted(raw)
            if len(splits) == 1:
                yield splits[0]
            elif splits or any(self._fused(cells, at) for at in range(len(cells))):
                yield Reading(cells)

    def _splits(self, cells: tuple[str, ...], at: int) -> Iterator[Reading]:
        """The cell at ``at`` as two typed ones, to the digit, with all others in their place."""
        first, second = self.profile.columns[at : at + 2]
        cell, rest = cells[at], (*cells[:at], *cells[at + 1 :])
        others = (*self.profile.columns[:at], *self.profile.columns[at + 2 :])
        typed = first.typed and second.typed and not first.knows(cell) and len(cell) <= _MOST_FUSED
        if typed and all(column.fits(one) for column, one in zip(others, rest, strict=True)):
            for cut in range(1, len(cell)):
                sure = not cell[cut - 1 : cut + 1].isdigit() or first.rigid or second.rigid
                if first.matches(cell[:cut]) and second.matches(cell[cut:]) and sure:
                    split = (*cells[:at], cell[:cut], cell[cut:], *cells[at + 1 :])
                    yield Reading(split, "missing_separator", at)

    def parted(self, raw: str) -> list[Reading]:
        """The record with a separator more, at a quote with which one cell ends or the next one begins."""
        mark, quote = self.dialect.separator, self.dialect.quote
        found: dict[tuple[str, ...], Reading] = {}
        told = bool(quote) and self.profile.typed > 1
        places = [at for at, char in enumerate(raw) if told and at and char == quote]
        for at in (one + after for one in places[:_MANY_QUOTES] for after in (0, 1)):
            if raw[at - 1 : at].strip() and raw[at : at + 1].strip():
                cells = cells_of(self._strict, raw[:at] + mark + raw[at:])
                whole = cells_of(self._strict, raw[:at]) if cells is not None and self.profile.fits(cells) else None
                if cells is not None and whole is not None and cells[len(whole) - 1].strip():
                    found.setdefault(cells, Reading(cells, "missing_separator", len(whole) - 1))
        return list(found.values())

    def _fused(self, cells: tuple[str, ...], at: int) -> bool:
        """Whether the cell at ``at`` may be two, with all others in their place."""
        columns, cell = self.profile.columns, cells[at]
        places = [i for i in range(self.width) if i not in (at, at + 1)]
        rest = (*cells[:at], *cells[at + 1 :])
        if columns[at].knows(cell) or not all(columns[i].fits(one) for i, one in zip(places, rest, strict=True)):
            return False
        first, second = columns[at], columns[at + 1]
        cuts = (cut for cut in range(1, min(len(cell), 200)) if not {cell[cut - 1], cell[cut]} & set(SEPARATORS))
        return any(first.fits(cell[:cut]) and second.fits(cell[cut:]) for cut in cuts)

    def broken(self, first: str, second: str) -> Verdict | None:
        """Two lines that are one record with a line end in a cell of text without quotes, or with one quote only.

        Certain where every cell but that one stands in its place, and typed ones on both lines.
        """
        ended, begun = cells_of(self._strict, first), cells_of(self._strict, second)
        mark = self.dialect.quote
        if mark and first.count(mark) + second.count(mark) == 1:
            ended, begun = (
                cells_of(self._strict, first.replace(mark, "")),
                cells_of(self._strict, second.replace(mark, "")),
            )
        if ended is None or begun is None or len(ended) + len(begun) != self.width + 1:
            return None
        at = len(ended) - 1
        column, columns = self.profile.columns[at], self.profile.columns
        text = f"{ended[-1]} {begun[0]}"
        cells = (*ended[:-1], f"{ended[-1]}\n{begun[0]}", *begun[1:])
        sides = ((columns[:at], ended[:-1]), (columns[at + 1 :], begun[1:]))
        sure = (any(one.typed and cell.strip() for one, cell in zip(*side, strict=True)) for side in sides)
        fits = all(one.fits(cell) for side in sides for one, cell in zip(*side, strict=True))
        if not (column.free and ended[-1].strip() and begun[0].strip() and column.fits(text) and fits and all(sure)):
            return None
        if mark and mark in first + second:
            edges = (
                f"{first}\n".split(self.dialect.separator)[-1].startswith(mark),
                second.split(self.dialect.separator)[0],
            )
            if not (edges[0] or edges[1].endswith(mark)):
                return None
        return Verdict(Reading(cells, "unquoted_line_end", at))
