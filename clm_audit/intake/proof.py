"""The proof pass: every record of a delimited file is strictly quoted and as wide as the header.

Nothing is parsed here. Over chunks of bytes the pass looks at the few bytes that matter
(separator, line end, quote, carriage return) and shows that only one reading of the file exists:

* quotes open a field only at its start, and close it only at its end; inside, they come in pairs;
* outside quotes every record holds exactly ``width - 1`` separators, or is an empty line;
* outside quotes only one kind of line end occurs.

A file that breaks a rule is refused with the line; so whatever reads a proved file strictly
reads the same cells, and its row count is known beforehand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path

import numpy as np

from clm_audit.exits import DataError
from clm_audit.intake.limits import CHUNK, MAX_CELL
from clm_audit.intake.marks import CR, LF, Bytes, Marks, Offsets, Rules, marks

Structure = Callable[[bytes], bool]  # is this record of another width a total or a footer?

_MEND = "mend that line or export the file again; nothing is guessed"


@dataclass(frozen=True)
class Proof:
    """A proved span of a file, in bytes of the file that was proved.

    ``height`` counts data records, ``blank`` empty lines (nothing, spaces, or separators only),
    ``odd`` accepted totals and footers of another width. Data lie in ``[first, last)``; ``drops`` are
    the blank and odd records within it as ``[start, stop)`` pairs; ``odd_after`` says that an odd
    record follows the last data record.
    """

    height: int
    blank: int
    odd: int
    first: int
    last: int
    drops: tuple[tuple[int, int], ...]
    odd_after: bool


def prove(
    path: Path,
    name: str,
    rules: Rules,
    start: int,
    is_structure: Structure = lambda _: False,
    progress: Callable[[int], None] = lambda _: None,
    on_rows: Callable[[Offsets], None] = lambda _: None,
    chunk: int = CHUNK,
) -> Proof:
    """Prove ``path`` from byte ``start`` (the first byte after the header record) to its end.

    ``name`` is used in messages; ``is_structure`` is asked about each record of another width;
    ``progress`` is told the offset reached, ``on_rows`` where the data records of a chunk start.
    Raises :class:`DataError` with ``where="name:line"`` at the first broken rule.
    """
    with path.open("rb", buffering=0) as file:
        return _Pass(file, path.stat().st_size, name, rules, start, is_structure).run(progress, on_rows, chunk)


class _Pass:
    """One pass over one file. Between chunks it carries the unfinished record and the quote state."""

    def __init__(self, file: RawIOBase, size: int, name: str, rules: Rules, start: int, is_odd: Structure) -> None:
        self.file, self.size, self.name, self.rules, self.is_odd = file, size, name, rules, is_odd
        self.begin = self.record = self.last_mark = start  # record: where the unfinished one began
        self.separators = 0  # of the unfinished record
        self.quoted = False
        self.height = 0
        self.first = self.last = start
        self.blank: list[tuple[int, int]] = []
        self.odd: list[tuple[int, int]] = []

    def run(self, progress: Callable[[int], None], on_rows: Callable[[Offsets], None], chunk: int) -> Proof:
        """Look at every chunk; raise at the first fault."""
        for offset in range(self.begin, self.size, chunk):
            stop = min(offset + chunk, self.size)
            window = self._window(offset, stop)
            found = marks(window, offset, self.rules, self.quoted)
            self._check_cell(found, stop)
            on_rows(self._take(found, window, offset))
            if found.fault is not None:
                raise self._refusal(*found.fault)
            self.quoted = found.quoted
            progress(stop)
        if self.quoted:
            what = "the file ends inside a quoted field of this record: it is truncated, or a quote is missing"
            raise self._refusal(self.record, what, "export the file again; its end is missing")
        return self._proof()

    def _read(self, start: int, stop: int) -> bytes:
        self.file.seek(start)
        parts = []
        while start < stop and (part := self.file.read(stop - start)):
            parts.append(part)
            start += len(part)
        return b"".join(parts)

    def _window(self, offset: int, stop: int) -> Bytes:
        """The bytes ``[offset, stop)`` with one byte of context; the span begins and ends with a record end.

        A last record without a line end gets one, so that it is counted like the others.
        """
        edge = bytes([self.rules.end])
        before = edge if offset == self.begin else b""
        raw = before + self._read(offset - (not before), stop + 1)
        if stop == self.size:
            raw += edge if raw.endswith(edge) else edge + edge
        return np.frombuffer(raw, dtype=np.uint8)

    def _take(self, found: Marks, window: Bytes, offset: int) -> Offsets:
        """Starts of the data records that end in this chunk; refuses the first one of another width."""
        ends = np.flatnonzero(found.is_end)
        if not len(ends):
            self.separators += len(found.at)
            return found.at[:0]
        at = found.at[ends]
        separators = np.diff(ends, prepend=-1) - 1
        separators[0] += self.separators
        starts = np.concatenate(([self.record], at[:-1] + 1))
        length = at - starts
        if self.rules.end == LF:
            length -= window[at - offset] == CR  # a window is one byte ahead: the byte before the record end
        off = separators != self.rules.width - 1
        for index in np.flatnonzero(off):
            self._set_aside(int(starts[index]), int(at[index]), int(separators[index]))
        hollow = ~off & (length == self.rules.width - 1)  # separators only, or nothing at all
        self.blank.extend(zip(starts[hollow].tolist(), (at[hollow] + 1).tolist(), strict=True))
        rows = np.flatnonzero(~off & ~hollow)
        if len(rows):
            self.first = self.first if self.height else int(starts[rows[0]])
            self.last = min(int(at[rows[-1]]) + 1, self.size)
        self.height += len(rows)
        self.record = int(at[-1]) + 1
        self.separators = len(found.at) - int(ends[-1]) - 1
        return starts[rows]

    def _set_aside(self, start: int, stop: int, separators: int) -> None:
        """A record of another width is an empty line, or a total or footer; else the file is refused."""
        text = self._read(start, min(stop, self.size, start + MAX_CELL))
        text = text.removesuffix(b"\r") if self.rules.end == LF else text
        if separators == 0 and not text.strip(b" \t"):
            self.blank.append((start, stop + 1))
        elif self.is_odd(text):
            self.odd.append((start, stop + 1))
        else:
            fields = "1 field" if separators == 0 else f"{separators + 1} fields"
            raise self._refusal(start, f"{fields} where the header has {self.rules.width}")

    def _check_cell(self, found: Marks, stop: int) -> None:
        """A cell beyond the limit spans whole chunks, so only the gap before the first mark can be one."""
        if (int(found.at[0]) if len(found.at) else stop) - self.last_mark > MAX_CELL:
            what = f"a cell of more than {MAX_CELL >> 20} MB"
            raise self._refusal(self.record, what, "a quote that is never closed does this; mend that line")
        if len(found.at):
            self.last_mark = int(found.at[-1])

    def _proof(self) -> Proof:
        dropped = sorted((*self.blank, *self.odd))
        inner = tuple(span for span in dropped if self.first <= span[0] < self.last)
        odd_after = any(start >= self.last for start, _ in self.odd)
        return Proof(self.height, len(self.blank), len(self.odd), self.first, self.last, inner, odd_after)

    def _refusal(self, offset: int, what: str, hint: str = _MEND) -> DataError:
        """The error, with the physical line of ``offset``: record ends before it, quoted ones included."""
        mark, line = bytes([self.rules.end]), 1
        for at in range(0, offset, CHUNK):
            line += self._read(at, min(at + CHUNK, offset)).count(mark)
        return DataError(what, where=f"{self.name}:{line}", hint=hint)
