"""The proof pass: every record of a delimited file is strictly quoted and as wide as the header.

Nothing is parsed here. Over chunks of bytes the pass looks at the few bytes that matter
(separator, line end, quote, carriage return) and shows that only one reading of the file exists:

* quotes open a field only at its start, and close it only at its end; inside, they come in pairs;
* outside quotes every record holds exactly ``width - 1`` separators, or is an empty line;
* outside quotes only one kind of line end occurs.

Where a rule is broken the pass steps aside: the faulty region is explained record by record
(:mod:`mend`), and the pass goes on behind it. So whatever reads the proved spans strictly reads the
same cells, and their row count is known beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import RawIOBase
from pathlib import Path

import numpy as np
import numpy.typing as npt

from clm_audit.exits import DataError
from clm_audit.intake.blanks import spans, void
from clm_audit.intake.detour import Detour
from clm_audit.intake.limits import CHUNK, MAX_CELL, WINDOW
from clm_audit.intake.marks import CR, LF, Bytes, Offsets, Records, Rules, gathered, is_tight, marks, regular
from clm_audit.intake.proved import Proof

Structure = Callable[[bytes], bool]  # is this record of another width a total or a footer?
Mend = Callable[[int], Detour]  # where the broken record starts -> what became of its region
_SPACE, _LONG = 0x20, 1 << 10
_SMALL = 1 << 13  # bytes looked at first behind a fault; the next one may be near

_MEND = "mend that line or export the file again; nothing is guessed"


def prove(
    path: Path,
    name: str,
    rules: Rules,
    start: int,
    is_structure: Structure = lambda _: False,
    progress: Callable[[int], None] = lambda _: None,
    on_rows: Callable[[Offsets], None] = lambda _: None,
    mend: Mend | None = None,
    headers: Sequence[bytes] = (),
    detours: Sequence[Detour] = (),
    chunk: int = WINDOW,
) -> Proof:
    """Prove ``path`` from byte ``start`` (the first byte after the header record) to its end.

    ``name`` is used in messages; ``is_structure`` is asked about each record of another width;
    ``progress`` is told the offset reached, ``on_rows`` where the data records of a chunk start.
    A record that is byte for byte one of the ``headers`` is structure. ``mend`` explains the region that begins
    with a broken record; without it :class:`DataError` with ``where="name:line"`` is raised there.
    ``detours`` are those of an earlier pass, which are taken again.
    """
    with path.open("rb", buffering=0) as file:
        one = _Pass(file, path.stat().st_size, name, rules, start, is_structure, mend, headers, detours)
        return one.run(progress, on_rows, chunk)


class _Pass:
    """One pass over one file. Between chunks it carries the unfinished record and the quote state."""

    def __init__(
        self,
        file: RawIOBase,
        size: int,
        name: str,
        rules: Rules,
        start: int,
        is_odd: Structure,
        mend: Mend | None,
        headers: Sequence[bytes],
        known: Sequence[Detour],
    ) -> None:
        self.file, self.size, self.name, self.rules, self.is_odd = file, size, name, rules, is_odd
        self.mend, self.headers, self.known = mend, headers, list(reversed(known))
        self.begin = self.record = self.last_mark = start  # record: where the unfinished one began
        self.separators = 0  # of the unfinished record
        self.quoted = False
        self.fault: tuple[int, str] | None = None  # the first broken record of the chunk, and what is wrong
        self.height = 0
        self.first = self.last = start
        self.blanks = 0
        self.blank: list[tuple[int, int]] = []  # their spans; one may hold many
        self.odd: list[tuple[int, int]] = []
        self.ragged_blank = -1  # the last record of separators only that has another width
        self.detours: list[Detour] = []
        self.tight = True  # as far as it was looked at

    def run(self, progress: Callable[[int], None], on_rows: Callable[[Offsets], None], chunk: int) -> Proof:
        """Look at every chunk; after a fault, go on behind its region with small ones."""
        offset, step = self.begin, chunk
        while offset < self.size:
            if self.known and self.known[-1].start == offset:
                offset = self._enter(self.known.pop(), on_rows)
                continue
            stop = min(offset + step, self.known[-1].start if self.known else self.size)
            raw = self._window(offset, stop)
            window = np.frombuffer(raw, dtype=np.uint8)
            found = None if self.quoted else regular(raw, offset, self.rules, self.separators)
            if found is None:
                marked = marks(window, offset, self.rules, self.quoted, wary=self.mend is not None)
                found = gathered(marked, self.separators)
            self.tight = self.tight and (found.bare or is_tight(window, self.rules))
            self.fault = None
            on_rows(self._take(found, window, offset))
            self._check_cell(found, stop)
            if self.fault is None and found.fault is not None:
                self.fault = (self.record, found.fault[1])
            if self.fault is None and found.quoted and stop == self.size:
                self.fault = (self.record, "the file ends inside a quoted field of this record: a quote is missing")
            if self.fault is not None:
                offset, step = self._detour(on_rows), min(_SMALL, chunk)
            else:
                self.quoted, offset, step = found.quoted, stop, min(2 * step, chunk)
            progress(offset)
        return self._proof()

    def _detour(self, on_rows: Callable[[Offsets], None]) -> int:
        """Have the region of the fault explained; where to go on."""
        start, what = self.fault or (self.record, "")
        if self.mend is None:
            raise self._refusal(start, what)
        return self._enter(self.mend(start), on_rows)

    def _enter(self, detour: Detour, on_rows: Callable[[Offsets], None]) -> int:
        """Book what became of a faulty region; where it stops."""
        self.detours.append(detour)
        if detour.rows:
            self.first = self.first if self.height else detour.start
            self.last = detour.stop
            self.height += len(detour.rows)
            on_rows(np.array([row.start for row in detour.rows], dtype=np.int64))
        self.begin = self.record = self.last_mark = detour.stop
        self.separators, self.quoted = 0, False
        return detour.stop

    def _read(self, start: int, stop: int) -> bytes:
        self.file.seek(start)
        parts = []
        while start < stop and (part := self.file.read(stop - start)):
            parts.append(part)
            start += len(part)
        return b"".join(parts)

    def _window(self, offset: int, stop: int) -> bytes:
        """The bytes ``[offset, stop)`` with one byte of context; the span begins and ends with a record end.

        A last record without a line end gets one, so that it is counted like the others.
        """
        edge = bytes([self.rules.end])
        before = edge if offset == self.begin else b""  # behind a fault, too, a record begins
        raw = before + self._read(offset - (not before), stop + 1)
        if stop == self.size:
            raw += edge if raw.endswith(edge) else edge + edge
        return raw

    def _take(self, found: Records, window: Bytes, offset: int) -> Offsets:
        """Starts of the data records that end in this chunk; stops before the first one of another width."""
        at, separators = found.at, found.separators
        if not len(at):
            self.separators = found.rest
            return at
        starts = np.concatenate(([self.record], at[:-1] + 1))
        length = at - starts
        if self.rules.end == LF and found.pairs:
            length -= window[at - offset] == CR  # a window is one byte ahead: the byte before the record end
        off = separators != self.rules.width - 1
        bare = off & void(starts, at, window, offset, self.rules.separator) if off.any() else off
        for index in np.flatnonzero(off & ~bare):
            if not self._set_aside(int(starts[index]), int(at[index]), int(separators[index])):
                kept = (one[:index] for one in (at, starts, length, off, bare, separators))
                at, starts, length, off, bare, separators = kept
                break
        hollow = ~off & (length == self.rules.width - 1)  # separators only, or nothing at all
        begun = 1 if found.bare else len(starts)  # of bare ones only the first can hold a blank, before this chunk
        hollow[:begun] |= ~off[:begun] & self._spaces(starts[:begun], length[:begun], window, offset)
        empty = hollow | bare
        self.blanks += int(empty.sum())
        self.blank += spans(starts[empty], at[empty] + 1)
        self.ragged_blank = max((self.ragged_blank, *starts[bare & (separators > 0)][-1:].tolist()))
        is_row = ~(off | hollow | self._repeats(starts, at, length, window, offset))
        rows, ends = (starts, at) if is_row.all() else (starts[is_row], at[is_row])
        if len(rows):
            self.first = self.first if self.height else int(rows[0])
            self.last = min(int(ends[-1]) + 1, self.size)
        self.height += len(rows)
        if self.fault is None:
            self.record = int(at[-1]) + 1
            self.separators = found.rest
        return rows

    def _spaces(self, starts: Offsets, length: Offsets, window: Bytes, offset: int) -> npt.NDArray[np.bool_]:
        """Which records are separators and blanks only."""
        empty = np.zeros(len(starts), dtype=bool)
        place = starts - offset + 1
        first = window[np.maximum(place, 0)]
        last = window[np.maximum(place + length - 1, 0)]
        for byte in (first, last):
            fits = (byte == _SPACE) | (byte == self.rules.separator) | (place < 0)  # begun in the chunk before
            length = np.where(fits, length, _LONG)
        nothing = bytes((_SPACE, self.rules.separator))
        for index in np.flatnonzero((length < _LONG) & (length > self.rules.width - 1)):
            start = int(starts[index])
            empty[index] = not self._read(start, start + int(length[index])).strip(nothing)
        return empty

    def _repeats(
        self, starts: Offsets, at: Offsets, length: Offsets, window: Bytes, offset: int
    ) -> npt.NDArray[np.bool_]:
        """Which records are the header once more; they are booked as structure."""
        again = np.zeros(len(starts), dtype=bool)
        for header in self.headers:
            likely = np.flatnonzero((length == len(header)) & ~again)
            self._check_order(starts[likely], header, window, offset)
            for place, byte in ((0, header[0]), (len(header) - 1, header[-1])):
                inside = starts[likely] + place - offset + 1
                likely = likely[(inside < 0) | (window[np.maximum(inside, 0)] == byte)]
            for index in likely:
                start = int(starts[index])
                if self._read(start, start + len(header)) == header:
                    again[index] = True
                    self.odd.append((start, int(at[index]) + 1))
        return again

    def _check_order(self, starts: Offsets, header: bytes, window: Bytes, offset: int) -> None:
        """Refuse a second header with the same names in another order: what follows is not what it seems."""
        mark = bytes((self.rules.separator,))
        names = sorted(header.split(mark))
        initial = np.zeros(256, dtype=bool)
        initial[[name[0] for name in names if name]] = True
        place = np.maximum(starts - offset + 1, 0)
        for start in starts[initial[window[place]]]:
            raw = self._read(int(start), int(start) + len(header))
            if raw != header and sorted(raw.split(mark)) == names and len(set(names)) > 1:
                what = "another header with the columns in another order"
                raise self._refusal(int(start), what, "the file was glued together: split it here")

    def _set_aside(self, start: int, stop: int, separators: int) -> bool:
        """Whether a record of another width is an empty line, or a total or footer; else it is the fault."""
        text = self._read(start, min(stop, self.size, start + MAX_CELL))
        text = text.removesuffix(b"\r") if self.rules.end == LF else text
        if not text.strip(bytes((_SPACE, 0x09, self.rules.separator))):
            self.blanks += 1
            self.blank.append((start, stop + 1))
            self.ragged_blank = start if separators else self.ragged_blank
        elif text in self.headers or self.is_odd(text):
            self.odd.append((start, stop + 1))
        else:
            fields = "1 field" if separators == 0 else f"{separators + 1} fields"
            self.fault = (start, f"{fields} where the header has {self.rules.width}")
        return self.fault is None

    def _check_cell(self, found: Records, stop: int) -> None:
        """A cell beyond the limit spans whole chunks, so only the gap before the first mark can be one."""
        gap = (found.edges[0] if found.edges else stop) - self.last_mark
        if gap > MAX_CELL and self.fault is None:
            self.fault = (
                self.record,
                f"a cell of more than {MAX_CELL >> 20} MB; a quote that is never closed does this",
            )
        if found.edges:
            self.last_mark = found.edges[1]

    def _proof(self) -> Proof:
        lost = [(one.start, one.stop) for one in self.detours if not one.rows]
        dropped = sorted((*self.blank, *self.odd, *lost))
        inner = tuple(span for span in dropped if self.first <= span[0] < self.last)
        after = self.ragged_blank >= self.last or any(one[0] >= self.last for one in (*self.odd, *lost))
        blank = self.blanks + sum(one.blank for one in self.detours)
        odd = len(self.odd) + sum(one.odd for one in self.detours)
        tight = self.tight and not self.detours
        return Proof(self.height, blank, odd, self.first, self.last, inner, after, tuple(self.detours), tight)

    def _refusal(self, offset: int, what: str, hint: str = _MEND) -> DataError:
        """The error, with the physical line of ``offset``: record ends before it, quoted ones included."""
        mark, line = bytes([self.rules.end]), 1
        for at in range(0, offset, CHUNK):
            line += self._read(at, min(at + CHUNK, offset)).count(mark)
        return DataError(what, where=f"{self.name}:{line}", hint=hint)
