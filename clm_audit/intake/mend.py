"""Where the proof pass meets a fault: the faulty region of a file, explained line by line.

A region begins with the broken record and ends before the first later line at which a record stands
that is beyond doubt (strictly quoted, as wide as the header, its cells shaped like proved ones). Its
lines are cut into records in every way in which each has exactly one reading (:mod:`readings`);
one way only: its records are taken, each repair listed. Several ways, or none: what is unclear is
rejected, line by line. Nothing outside the region is touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import RawIOBase

from clm_audit.intake.detour import Detour, Fault, Row
from clm_audit.intake.dialect import Dialect, plain, records
from clm_audit.intake.letters import end_of_text
from clm_audit.intake.limits import MAX_CELL
from clm_audit.intake.ragged import Reading, Verdict
from clm_audit.intake.readings import Readings
from clm_audit.intake.shapes import Profile
from clm_audit.intake.strict import StrictReader, written

WINDOWS = (1 << 14, 1 << 18, 1 << 22, 2 * MAX_CELL)  # bytes looked at for the end of a region
MOST_LINES = 64  # lines of a region; beyond them each line stands for itself
_CUT_LINES = 8  # lines up to which all ways to cut a region into records are tried
_LINE = re.compile(r"[^\r\n]*(?:\r{0,2}\n|\r|\Z)")


@dataclass(frozen=True)
class _Line:
    start: int
    text: str
    end: str

    @property
    def blank(self) -> bool:
        return not self.text.strip()


class Mender:
    """Explains faulty regions of one file. ``profile`` is asked for at the first fault only."""

    def __init__(
        self,
        file: RawIOBase,
        size: int,
        dialect: Dialect,
        profile: Callable[[], Profile],
        is_odd: Callable[[bytes], bool],
    ) -> None:
        self.file, self.size, self.dialect, self.is_odd = file, size, dialect, is_odd
        self.strict = StrictReader(dialect)
        self.header = ""  # the raw header, which may stand behind a record without a line end
        self._profile = profile
        self._readings: Readings | None = None

    @property
    def readings(self) -> Readings:
        """The explanations, with the evidence of the proved rows."""
        if self._readings is None:
            self._readings = Readings(self.dialect, self._profile())
            self._readings.ragged.header = self.header
        return self._readings

    def mend(self, start: int) -> Detour:
        """Explain the region that begins with the record at byte ``start``."""
        for window in WINDOWS:
            raw = self.read(start, start + window)
            final = start + len(raw) >= self.size
            if not final:
                raw = raw[: max(raw.rfind(b"\n"), raw.rfind(b"\r")) + 1]
                raw = raw.removesuffix(b"\r") if self.dialect.end != "\r" and not self.dialect.mixed else raw
            region = self._region(raw.decode(), final) if raw else None
            if region is not None and len(region[0]) == MOST_LINES:
                stop = end_of_text(self, start, [line.text for line in region[0]])
                if stop > start:
                    return Detour(start, stop, faults=(Fault(start, "broken_quotes", -1, False),))
            if region is not None:
                return self._detour(start, *region, final)
        return self._endless(start)

    def read(self, start: int, stop: int) -> bytes:
        """The bytes ``[start, stop)``, fewer at the end of the file."""
        self.file.seek(start)
        parts = []
        while start < stop and (part := self.file.read(stop - start)):
            parts.append(part)
            start += len(part)
        return b"".join(parts)

    def line(self, start: int) -> str:
        """The physical line at ``start``, or its beginning when it is long."""
        match = _LINE.match(self.read(start, start + WINDOWS[0]).decode("utf-8", "ignore"))
        return match.group().rstrip("\r\n") if match else ""

    def _endless(self, start: int) -> Detour:
        """No line end in sight: up to the next one, whatever it is, all is one rejected record."""
        at = start + WINDOWS[-1]
        while at < self.size:
            raw = self.read(at, at + WINDOWS[2])
            found = raw.find(self.dialect.end[-1].encode())
            if found >= 0:
                return Detour(start, at + found + 1, faults=(Fault(start, "huge_cell", -1, False),))
            at += len(raw)
        return Detour(start, self.size, faults=(Fault(start, "huge_cell", -1, False),))

    # The region

    def _region(self, text: str, final: bool) -> tuple[list[_Line], bool, bool] | None:
        """The lines of the region, whether a good record follows, and whether they are lines like records
        within quotes; None when more text is needed."""
        whole = self.strict.record(text)
        lines: list[_Line] = []
        at = 0
        while at < len(text) and len(lines) < MOST_LINES:
            if lines and (anchor := self.anchor(text, at, final, whole is not None and at < whole.stop)):
                if whole is not None and len(whole.cells) == self.readings.width and at >= whole.stop:
                    break
                return (lines, True, False) if anchor > 0 else None
            match = _LINE.match(text, at)
            stop = match.end() if match else len(text)
            body = text[at:stop].rstrip("\r\n")
            lines.append(_Line(at, body, text[at + len(body) : stop]))
            at = stop
        if whole is not None and len(whole.cells) == self.readings.width:
            if whole.stop == len(text) and not final:
                return None
            inner = [line for line in lines if line.start < whole.stop]
            if self.swallowed([line.text for line in inner]):
                return inner, True, True
            body = text[: whole.stop].removesuffix(whole.end)
            return [_Line(0, body, whole.end)], True, False
        if at >= len(text) and not final:
            return None
        return lines, at < len(text), False

    def swallowed(self, lines: Sequence[str]) -> bool:
        """Whether the lines of one record could all be records: a quote opened in the first, closed in the last."""
        return len(lines) > 1 and all(map(self._alone, lines))

    def _alone(self, text: str) -> bool:
        """Whether a line within a record that reads strictly could be a record of its own, by its typed cells."""
        found = records(text.encode(), self.dialect.separator, 0, 1, self.dialect.quote, self.dialect.escape)
        cells = [cell.strip(self.readings.quote) for cell in found[0].cells] if found else []
        profile = self.readings.profile
        return len(cells) == profile.width and profile.placed(cells) >= (1 if profile.telling else 2)

    def anchor(self, text: str, at: int, final: bool, within: bool) -> int:
        """1 when a good record begins at ``at``, 0 when not, -1 when the text ends too early to tell.

        Within a record that reads strictly, only one with several typed cells in their places counts.
        """
        record = self.strict.record(text, at)
        if record is None:
            return 0
        if record.stop >= len(text) and not final:
            return -1
        profile = self.readings.profile
        if not profile.fits(record.cells):
            return 0
        return int(not within or profile.placed(record.cells) >= 2)

    # Its explanation

    def _detour(self, start: int, lines: Sequence[_Line], followed: bool, doubtful: bool, final: bool) -> Detour:
        offsets = self._offsets(start, lines)
        at_end = final and not followed
        rows: list[Row] = []
        faults: list[Fault] = []
        blank = odd = 0
        for first, count, verdict in self._explained(lines, at_end, doubtful):
            begin = offsets[first]
            if verdict is None:
                blank += 1
            elif verdict.reading is None:
                raw = lines[first].text.encode()
                if count == 1 and self.is_odd(raw):
                    odd += 1
                else:
                    faults.append(Fault(begin, verdict.code, -1, False))
                if verdict.apart:  # two records in one line, both lost
                    second = begin + len(lines[first].text[: verdict.apart].encode())
                    faults.append(Fault(second, verdict.code, -1, False))
            else:
                reading = verdict.reading
                rows += [Row(begin, self._written(one)) for one in (reading, verdict.second) if one is not None]
                code = reading.code or ("" if self.ends_well(lines[first + count - 1].end) else "other_line_end")
                if code:
                    faults.append(Fault(begin, code, reading.column, True))
        return Detour(start, offsets[-1], tuple(rows), tuple(faults), blank, odd)

    def _offsets(self, start: int, lines: Sequence[_Line]) -> list[int]:
        offsets = [start]
        for line in lines:
            offsets.append(offsets[-1] + len(line.text.encode()) + len(line.end))
        return offsets

    def _written(self, reading: Reading) -> bytes:
        dialect = self.dialect if self.dialect.plain else plain(self.dialect)
        text = written(reading.cells, dialect.separator, dialect.quote)
        return (text.removesuffix("\n") + dialect.end).encode()

    def ends_well(self, end: str) -> bool:
        """Whether this line end is one that the dialect has."""
        usual = ("\r",) if self.dialect.end == "\r" else ("\n", "\r\n")
        return self.dialect.mixed or not end or end in usual

    def _explained(
        self, lines: Sequence[_Line], at_end: bool, doubtful: bool
    ) -> Iterator[tuple[int, int, Verdict | None]]:
        """(first line, number of lines, meaning) of each record; no meaning: a blank line."""
        single = [None if line.blank else self._of(lines, i, 1, at_end) for i, line in enumerate(lines)]
        if doubtful:  # a quoted cell of several lines, or several records with quotes too many: nobody can say
            for i, verdict in enumerate(single):
                clean = verdict is None or (verdict.reading is not None and not verdict.reading.code)
                yield i, 1, verdict if clean else Verdict(None, "broken_quotes")
            return
        ways = list(self._ways(lines, single, at_end))
        if len(ways) == 1:
            yield from ways[0]
            return
        if at_end and self._open(lines):
            yield 0, len(lines), Verdict(None, "truncated")
            return
        quote = self.readings.quote
        clear = not ways and all(line.text.count(quote) % 2 == 0 for line in lines)
        for i, verdict in enumerate(single):
            if verdict is None or clear:
                yield i, 1, verdict
            else:
                yield i, 1, replace(verdict, reading=None, second=None, code=verdict.code or "broken_quotes")

    def _ways(
        self, lines: Sequence[_Line], single: Sequence[Verdict | None], at_end: bool
    ) -> Iterator[list[tuple[int, int, Verdict | None]]]:
        """The ways (two at most) to cut the lines into records that each have one reading."""
        spans: dict[tuple[int, int], Verdict] = {}
        quote = self.readings.quote
        wide = len(lines) <= _CUT_LINES
        for first in range(len(lines) - 1 if wide else 0):
            broken = self._broken(lines, single, first, at_end)
            if broken is not None:
                spans[first, 2] = broken
        for first in range(len(lines)):
            for count in range(2, len(lines) - first + 1) if wide else ([len(lines)] if not first else []):
                if quote in lines[first].text and (first, count) not in spans:
                    spans[first, count] = self._of(lines, first, count, at_end)

        def cut(first: int) -> Iterator[list[tuple[int, int, Verdict | None]]]:
            if first == len(lines):
                yield []
                return
            alone = single[first]
            if alone is None or alone.reading is not None:
                yield from ([(first, 1, alone), *rest] for rest in cut(first + 1))
            for (begin, count), verdict in spans.items():
                if begin == first and verdict.reading is not None:
                    yield from ([(first, count, verdict), *rest] for rest in cut(first + count))

        for number, way in enumerate(cut(0)):
            if number < 2:
                yield way

    def _broken(
        self, lines: Sequence[_Line], single: Sequence[Verdict | None], first: int, at_end: bool
    ) -> Verdict | None:
        """Two lines, neither of them a record, as one with a line end in its text; not where the file may be cut."""
        pair = single[first], single[first + 1]
        last = at_end and first + 2 == len(lines) and not lines[first + 1].end
        if last or any(one is None or one.reading is not None for one in pair):
            return None
        return self.readings.ragged.broken(lines[first].text, lines[first + 1].text)

    def _of(self, lines: Sequence[_Line], first: int, count: int, at_end: bool) -> Verdict:
        """The meaning of some lines as one record. The last record of a file may have been cut off."""
        group = lines[first : first + count]
        raw = "".join(line.text + line.end for line in group[:-1]) + group[-1].text
        verdict = self.readings.explain(raw)
        if at_end and first + count == len(lines):
            code = verdict.reading.code if verdict.reading is not None else verdict.code
            cut = not group[-1].end and code in ("missing_blank_cells", "too_few_cells", "broken_quotes")
            last = verdict.reading is not None and verdict.reading.column == self.readings.width - 1
            if cut or (code == "missing_closing_quote" and (last or not group[-1].end)):
                return Verdict(None, "truncated")
        return verdict

    def _open(self, lines: Sequence[_Line]) -> bool:
        """Whether the lines end within a quoted cell."""
        raw = "".join(line.text + line.end for line in lines)
        record = self.strict.record(raw + self.readings.quote)
        return record is not None and record.stop > len(raw)
