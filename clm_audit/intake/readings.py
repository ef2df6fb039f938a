"""What a broken record can mean, and when a repair of it is certain.

**Certain** means: of all explanations by a fault that exports are known to have, exactly one gives a
record as wide as the header whose cells all have shapes that proved cells of their columns have
(:mod:`clm_audit.intake.shapes`). Explanations that lose or invent content (two cells fused, a cell
split by a stray separator) are never repairs, but they count as rivals: where one of them fits too,
the record is rejected. Fewer faults win over more. When in doubt, the record is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from clm_audit.intake.dialect import Dialect
from clm_audit.intake.ragged import ALWAYS, Ragged, Reading, Verdict, cells_of
from clm_audit.intake.shapes import Profile
from clm_audit.intake.strict import StrictReader

MOST_FAULTS = 3  # faulty cells in one record that are still mended
_MANY = 2_000  # groupings looked at before a record counts as unclear
_MANY_QUOTES = 200
_PROSE = 40  # characters of a text that is no name and no id


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
        self._slashed = StrictReader(replace(dialect, escape=True)) if dialect.quote and not dialect.escape else None
        self.ragged = Ragged(dialect, profile)

    def explain(self, raw: str) -> Verdict:
        """The meaning of one record, given without its line end."""
        strict = cells_of(self._strict, raw)
        if strict is None:
            return self._broken_quotes(raw)
        if len(strict) == self.width:
            return Verdict(Reading(strict))
        return self.ragged.explain(raw, strict)

    # Records whose quotes break a rule

    def _broken_quotes(self, raw: str) -> Verdict:
        if self._slashed is not None and "\\" + self.quote in raw:
            cells = cells_of(self._slashed, raw)
            if cells is not None and self.profile.fits(cells):
                return Verdict(Reading(cells, "backslash_escape"))
        two = self._two(raw)
        if two:
            cut, (ended, begun) = two[0]
            if len(two) > 1 or self.profile.typed < 2:
                return Verdict(None, "missing_line_end", apart=cut)
            return Verdict(Reading(ended, "missing_line_end", self.width - 1), second=Reading(begun))
        pieces = raw.split(self.dialect.separator)
        if len(pieces) > self.width + 200:
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
        parted = self.ragged.parted(raw) if fewest > 1 else []  # a separator too few is one fault
        if len(parted) == 1:
            return Verdict(parted[0])
        only = next(iter(best.values())) if len(best) == 1 else self._as_written(best)
        return Verdict(only, "" if only else "broken_quotes")

    def _as_written(self, found: Mapping[tuple[str, ...], Reading]) -> Reading | None:
        """Of readings that differ in quotes at the edge of one cell of prose only, the one that leaves none out.

        A short text may be somebody's name or an id, where a quote more makes another one; prose is nobody's.
        """
        if not found or len({tuple(cell.strip(self.quote) for cell in cells) for cells in found}) > 1:
            return None
        at = [at for at, column in enumerate(zip(*found, strict=True)) if len(set(column)) > 1]
        likely = found[max(found, key=lambda cells: len(cells[at[0]]))]
        sure = len(at) == 1 and likely.code == "undoubled_quote" and len(likely.cells[at[0]]) >= _PROSE
        return likely if sure else None

    def _two(self, raw: str) -> list[tuple[int, tuple[tuple[str, ...], tuple[str, ...]]]]:
        """The ways to cut a line at one of its quotes into two records that keep every rule, and where."""
        found: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = {}
        if raw.count(self.quote) > _MANY_QUOTES:
            return []
        for at in (i for i, char in enumerate(raw) if char == self.quote):
            for cut in (at, at + 1):
                ended, begun = cells_of(self._strict, raw[:cut]), cells_of(self._strict, raw[cut:])
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
        always = self.profile.quoted[column] >= ALWAYS
        if within % 2 == 0 or always or held:
            code = "missing_closing_quote" if opened else "missing_opening_quote"
            yield _Option(inner.replace(quote * 2, quote), code)
        if not held and not always and (within or not opened or not self.profile.quotes):
            yield _Option(text, "bare_quote")
