"""What a broken record can mean, and when a repair of it is certain.

**Certain** means: of all explanations by a fault that exports are known to have, exactly one gives a
record as wide as the header whose cells all have shapes that proved cells of their columns have
(:mod:`clm_audit.intake.shapes`). Explanations that lose or invent content (two cells fused, a cell
split by a stray separator) are never repairs, but they count as rivals: where one of them fits too,
the record is rejected. Fewer faults win over more. When in doubt, the record is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice

from clm_audit.intake.dialect import SEPARATORS, Dialect
from clm_audit.intake.shapes import Profile
from clm_audit.intake.strict import StrictReader

MOST_FAULTS = 3  # faulty cells in one record that are still mended
_MANY = 2_000  # groupings looked at before a record counts as unclear
_MANY_QUOTES = 200
_WIDE = 4  # columns from which twice as many cells but one are two records, whatever the cells
_MOST_FUSED = 200  # characters of a cell that may be the end of one record and the beginning of the next
_ALWAYS = 0.9  # share of quoted cells from which a column is always quoted
_OTHER_QUOTE = {'"': "'", "'": '"'}


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


@dataclass(frozen=True)
class _Option:
    """One way to read the raw text of one cell."""

    value: str
    code: str = ""


class Readings:
    """Explains single records of one table."""

    def __init__(self, dialect: Dialect, profile: Profile) -> None:
        self.dialect, self.profile, self.width = dialect, profile, profile.width
        self.quote = dialect.quote or '"'
        self._strict = StrictReader(dialect)
        self._others = [
            StrictReader(replace(dialect, separator=mark)) for mark in SEPARATORS if mark != dialect.separator
        ]
        self._slashed = StrictReader(replace(dialect, escape=True)) if dialect.quote and not dialect.escape else None
        swapped = _OTHER_QUOTE.get(dialect.quote, "")
        self._swapped = StrictReader(replace(dialect, quote=swapped)) if swapped else None

    def explain(self, raw: str) -> Verdict:
        """The meaning of one record, given without its line end."""
        strict = self._cells(self._strict, raw)
        if strict is None:
            return self._broken_quotes(raw)
        if len(strict) == self.width:
            return Verdict(Reading(strict))
        return self._ragged(raw, strict)

    def _cells(self, reader: StrictReader, raw: str) -> tuple[str, ...] | None:
        record = reader.record(raw)
        return record.cells if record is not None and record.stop == len(raw) and not record.end else None

    # Records whose quotes are in order, and whose width is not

    def _ragged(self, raw: str, cells: tuple[str, ...]) -> Verdict:
        wide = len(cells) > self.width
        first, second = cells[: self.width], cells[self.width :]
        if self.profile.typed > 1 and self.profile.fits(first) and self.profile.fits(second):
            return Verdict(Reading(first, "missing_line_end"), second=Reading(second))
        if len(cells) == 2 * self.width - 1 and (glued := self._glued(raw, cells)) is not None:
            return glued
        found: dict[tuple[str, ...], Reading | None] = {}
        for explanations in (
            self._other_writing(raw),
            self._wrapped_whole(cells),
            self._doubled_marks(cells),
            self._other_mark(cells),
            self._without_blanks(cells) if wide else self._with_blanks(cells),
        ):
            for reading in explanations:
                found.setdefault(reading.cells, reading if reading.code else None)
        only = next(iter(found.values())) if len(found) == 1 else None
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
        marks = (at for at, char in enumerate(raw) if char == self.dialect.separator)
        starts = (at + 1 for at in marks if len(self._cells(self._strict, raw[:at]) or ()) == inner)
        return Verdict(None, "missing_line_end", apart=next(starts, 0))

    def _other_writing(self, raw: str) -> Iterator[Reading]:
        """The whole record written in another way: another separator, other quotes, backslashes."""
        for reader in self._others:
            cells = self._cells(reader, raw)
            if cells is not None and self.profile.fits(cells):
                yield Reading(cells, "other_separator")
        for other, code in ((self._swapped, "other_quotes"), (self._slashed, "backslash_escape")):
            cells = self._cells(other, raw) if other is not None else None
            if cells is not None and self.profile.fits(cells):
                yield Reading(cells, code)

    def _wrapped_whole(self, cells: tuple[str, ...]) -> Iterator[Reading]:
        """A record that stands in quotes as a whole, as if it were one cell."""
        inner = self._cells(self._strict, cells[0]) if len(cells) == 1 else None
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
                yield Reading(kept, "extra_blank_cells" if gone[0] >= self.width else "", self.width - 1)
        for at in range(self.width):
            group = cells[at : at + excess + 1]
            quoted = self._swapped and group[0][:1] == group[-1][-1:] == self._swapped.dialect.quote
            if all(cell.strip() for cell in group) and not quoted:
                joined = (*cells[:at], self.dialect.separator.join(group), *cells[at + excess + 1 :])
                if self.profile.fits(joined):
                    yield Reading(joined)

    def _with_blanks(self, cells: tuple[str, ...]) -> Iterator[Reading]:
        """Too narrow: blank cells too few; rivals (no code) are a gap elsewhere and two cells fused into one."""
        lacking = self.width - len(cells)
        few = len(cells) < 2 or 2 * len(cells) < self.width
        if few and not (self.profile.columns[0].typed and len(cells) > 1):
            return
        for at in range(len(cells) + 1):
            padded = (*cells[:at], *("",) * lacking, *cells[at:])
            if self.profile.fits(padded):
                yield Reading(padded, "missing_blank_cells" if at == len(cells) else "", at)
        if lacking == 1 and any(self._fused(cells, at) for at in range(len(cells))):
            yield Reading(cells)

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

    # Records whose quotes break a rule

    def _broken_quotes(self, raw: str) -> Verdict:
        if self._slashed is not None and "\\" + self.quote in raw:
            cells = self._cells(self._slashed, raw)
            if cells is not None and self.profile.fits(cells):
                return Verdict(Reading(cells, "backslash_escape"))
        two = self._two(raw)
        if two:
            cut, (ended, begun) = two[0]
            if len(two) > 1 or self.profile.typed < 2:
                return Verdict(None, "missing_line_end", apart=cut)
            return Verdict(Reading(ended, "missing_line_end", self.width - 1), second=Reading(begun))
        pieces = raw.split(self.dialect.separator)
        if len(pieces) < self.width or len(pieces) > self.width + 200:
            return Verdict(None, "broken_quotes")
        best: dict[tuple[str, ...], Reading] = {}
        fewest = MOST_FAULTS
        for number, (faults, reading) in enumerate(self._groupings(pieces)):
            if number > _MANY or reading is None:
                return Verdict(None, "broken_quotes")
            if faults < fewest:
                best, fewest = {}, faults
            if faults == fewest:
                best.setdefault(reading.cells, reading)
        if len(best) != 1:
            return Verdict(None, "broken_quotes")
        return Verdict(next(iter(best.values())))

    def _two(self, raw: str) -> list[tuple[int, tuple[tuple[str, ...], tuple[str, ...]]]]:
        """The ways to cut a line at one of its quotes into two records that keep every rule, and where."""
        found: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = {}
        if raw.count(self.quote) > _MANY_QUOTES:
            return []
        for at in (i for i, char in enumerate(raw) if char == self.quote):
            for cut in (at, at + 1):
                ended, begun = self._cells(self._strict, raw[:cut]), self._cells(self._strict, raw[cut:])
                full = ended and begun and any(map(str.strip, ended)) and any(map(str.strip, begun))
                if ended and begun and full and self.profile.fits(ended) and self.profile.fits(begun):
                    found.setdefault((ended, begun), cut)
        return [(cut, both) for both, cut in found.items()]

    def _groupings(self, pieces: Sequence[str]) -> Iterator[tuple[int, Reading | None]]:
        """All ways to make the pieces between separators the cells of a record, with their number of faults.

        None instead of a reading says that there are too many ways to look at.
        """
        width, columns, mark = self.width, self.profile.columns, self.dialect.separator
        steps = 0
        todo: list[tuple[int, tuple[str, ...], str, int, int]] = [(0, (), "", 0, 0)]
        while todo:
            at, cells, code, column, faults = todo.pop()
            steps += 1
            index = len(cells)
            if index == width:
                yield faults, Reading(cells, code, column)
                continue
            if steps > _MANY:
                yield 0, None
                return
            spare = len(pieces) - at - (width - index)
            for more in range(spare + 1) if index < width - 1 else (spare,):
                text = mark.join(pieces[at : at + more + 1])
                for option in self._options(text, index, more):
                    count = faults + bool(option.code)
                    if count <= MOST_FAULTS and columns[index].fits(option.value):
                        first = (code, column) if code else (option.code, index)
                        todo.append((at + more + 1, (*cells, option.value), *first, count))

    def _options(self, text: str, column: int, merged: int) -> Iterator[_Option]:
        """The ways to read the raw text of one cell; ``merged`` separators lie within it."""
        quote = self.quote
        broken = "\n" in text or "\r" in text  # only quotes keep a line end within a cell
        if quote not in text:
            if not merged and not broken:
                yield _Option(text)
            return
        bare = text.strip(" ")
        opened, closed = bare.startswith(quote), bare.endswith(quote)
        if opened and closed and len(bare) > 1:
            yield from self._wrapped(bare, bare[1:-1])
        elif opened or closed:
            yield from self._half(text, bare, column, broken or merged > 0)
        elif not merged and not broken:
            yield _Option(text, "bare_quote")

    def _wrapped(self, bare: str, inner: str) -> Iterator[_Option]:
        quote = self.quote
        single = inner.replace(quote * 2, "")
        if quote not in single:
            yield _Option(inner.replace(quote * 2, quote))
            return
        if inner.count("\\" + quote) == inner.count(quote):
            yield _Option(inner.replace("\\" + quote, quote), "backslash_escape")
            return
        edges = inner.startswith(quote), inner.endswith(quote)
        yield _Option(inner.replace(quote * 2, quote), "undoubled_quote")
        if any(edges):
            yield _Option(bare.strip(quote), "stray_quote")

    def _half(self, text: str, bare: str, column: int, held: bool) -> Iterator[_Option]:
        """A quote at one end of the cell only; ``held``: it must be one that keeps a mark within the cell."""
        quote = self.quote
        opened = bare.startswith(quote)
        inner = bare[1:] if opened else bare[:-1]
        within = inner.count(quote)
        always = self.profile.quoted[column] >= _ALWAYS
        if within % 2 == 0 or always or held:
            code = "missing_closing_quote" if opened else "missing_opening_quote"
            yield _Option(inner.replace(quote * 2, quote), code)
        if not held and not always and (within or not opened or not self.profile.quotes):
            yield _Option(text, "bare_quote")
