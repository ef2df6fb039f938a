"""The proof pass: every record of a delimited file is strictly quoted and as wide as the header.

Nothing is parsed here. Over chunks of bytes the pass looks at the few bytes that matter
(separator, line end, quote, carriage return) and shows that only one reading of the file exists:

* quotes open a field only at its start, and close it only at its end; inside, they come in pairs;
* outside quotes every record holds exactly ``width - 1`` separators, or no byte at all (blank);
* outside quotes only one kind of line end occurs.

A file that breaks a rule is refused with the line; so whatever reads a proved file strictly
reads the same cells, and its row count is known beforehand.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from clm_audit.exits import DataError
from clm_audit.intake.limits import CHUNK, MAX_CELL

QUOTE, LF, CR = 0x22, 0x0A, 0x0D
Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]
Structure = Callable[[bytes], bool]  # is this record of another width a total or a footer?

_MEND = "mend that line or export the file again; nothing is guessed"


@dataclass(frozen=True)
class Rules:
    """How a file is written: separator byte, byte that ends a record (LF, with or without CR, or CR), fields."""

    separator: int
    end: int
    width: int


@dataclass(frozen=True)
class Proof:
    """A proved span of a file, in bytes of the file that was proved.

    ``height`` counts data records, ``blank`` empty lines, ``odd`` accepted totals and footers of
    another width. Data lie in ``[first, last)``; ``drops`` are the blank and odd records within it
    as ``[start, stop)`` pairs; ``odd_after`` says that an odd record follows the last data record.
    """

    height: int
    blank: int
    odd: int
    first: int
    last: int
    drops: tuple[tuple[int, int], ...]
    odd_after: bool


@dataclass(frozen=True)
class Marks:
    """Structural bytes of one chunk: absolute offsets of separators and record ends, and which are ends.

    ``fault`` is the first offset that breaks a quoting or line-end rule, with what is wrong.
    """

    at: Offsets
    is_end: npt.NDArray[np.bool_]
    quoted: bool
    fault: tuple[int, str] | None = None


def marks(window: Bytes, offset: int, rules: Rules, quoted: bool) -> Marks:
    """Find separators and record ends outside quotes, and the first broken rule.

    ``window`` is the chunk with one byte of context on each side; ``offset`` is the position of
    its second byte in the file; ``quoted`` says whether the chunk begins inside quotes.
    """
    chunk = window[1:-1]
    hits = (chunk == rules.separator) | (chunk == rules.end)
    quotes = chunk == QUOTE
    if not quoted and not quotes.any():
        at = np.flatnonzero(hits)
        fault = _line_end_fault(window, rules, None)
        return _cut(at, chunk[at] == rules.end, quoted, offset, fault)
    at = np.flatnonzero(hits | quotes)
    kinds = chunk[at]
    is_quote = kinds == QUOTE
    inside = ((np.cumsum(is_quote) + quoted) & 1).astype(bool)
    faults = (_quote_fault(window, rules, at, is_quote, inside), _line_end_fault(window, rules, quotes, quoted))
    found = [fault for fault in faults if fault is not None]
    keep = ~is_quote & ~inside
    ends_quoted = bool(inside[-1]) if len(inside) else quoted
    return _cut(at[keep], kinds[keep] == rules.end, ends_quoted, offset, min(found, default=None))


def _cut(at: Offsets, is_end: npt.NDArray[np.bool_], quoted: bool, offset: int, fault: tuple[int, str] | None) -> Marks:
    """Absolute marks; nothing after a fault is believed."""
    if fault is not None:
        before = at < fault[0]
        at, is_end, fault = at[before], is_end[before], (fault[0] + offset, fault[1])
    return Marks(at + offset, is_end, quoted, fault)


def _quote_fault(
    window: Bytes, rules: Rules, at: Offsets, is_quote: npt.NDArray[np.bool_], inside: npt.NDArray[np.bool_]
) -> tuple[int, str] | None:
    opening, closing = at[is_quote & inside], at[is_quote & ~inside]
    before, after = window[opening], window[closing + 2]
    bare = opening[(before != rules.separator) & (before != rules.end) & (before != QUOTE)]
    loose = (after != rules.separator) & (after != rules.end) & (after != QUOTE)
    if rules.end == LF:
        loose &= after != CR
    trailing = closing[loose]
    found = [(int(bare[0]), "a quote inside an unquoted field")] if len(bare) else []
    if len(trailing):
        found.append((int(trailing[0]), "text after a closing quote"))
    return min(found, default=None)


def _line_end_fault(
    window: Bytes, rules: Rules, quotes: npt.NDArray[np.bool_] | None, quoted: bool = False
) -> tuple[int, str] | None:
    """A line end of another kind outside quotes: LF in a CR file, or a CR that no LF follows."""
    chunk = window[1:-1]
    if rules.end == CR:
        wrong = np.flatnonzero(chunk == LF)
        what = "a line feed outside quotes in a file whose lines end with carriage returns"
    else:
        wrong = np.flatnonzero(chunk == CR)
        wrong = wrong[window[wrong + 2] != LF]
        what = "a carriage return without a line feed outside quotes"
    if len(wrong) and quotes is not None:
        toggles = np.flatnonzero(quotes)
        wrong = wrong[((np.searchsorted(toggles, wrong) + quoted) & 1) == 0]
    return (int(wrong[0]), what) if len(wrong) else None


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
    fd = os.open(path, os.O_RDONLY)
    try:
        return _Pass(fd, os.fstat(fd).st_size, name, rules, start, is_structure).run(progress, on_rows, chunk)
    finally:
        os.close(fd)


def header_fault(record: bytes, rules: Rules) -> str | None:
    """What is wrong with a header record (with its line end, if any), or None when it is one proved record."""
    edge = bytes([rules.end])
    body = record if record.endswith(edge) else record + edge
    found = marks(np.frombuffer(edge + body + edge, dtype=np.uint8), 0, rules, False)
    if found.fault is not None:
        return found.fault[1]
    if found.quoted:
        return "a quoted field that is never closed"
    one = len(found.at) == rules.width and int(np.count_nonzero(found.is_end)) == 1
    return None if one else "it cannot be read as one record"


def line_of(fd: int, offset: int, end: int) -> int:
    """The 1-based physical line of the byte at ``offset``: line ends before it, quoted ones included."""
    mark, lines, at = bytes([end]), 1, 0
    while at < offset:
        piece = os.pread(fd, min(CHUNK, offset - at), at)
        if not piece:
            break
        lines += piece.count(mark)
        at += len(piece)
    return lines


class _Pass:
    """One pass over one file. Between chunks it carries the unfinished record and the quote state."""

    def __init__(self, fd: int, size: int, name: str, rules: Rules, start: int, is_structure: Structure) -> None:
        self.fd, self.size, self.name, self.rules, self.is_structure = fd, size, name, rules, is_structure
        self.begin = self.record = self.last_mark = start  # record: where the unfinished one began
        self.separators = 0  # of the unfinished record
        self.quoted = False
        self.height = self.blank = 0
        self.first = self.last = start
        self.dropped: list[tuple[int, int, bool]] = []

    def run(self, progress: Callable[[int], None], on_rows: Callable[[Offsets], None], chunk: int) -> Proof:
        """Look at every chunk; raise at the first fault."""
        for offset in range(self.begin, self.size, chunk):
            stop = min(offset + chunk, self.size)
            found = marks(self._window(offset, stop), offset, self.rules, self.quoted)
            self._check_cell(found, stop)
            on_rows(self._take(found))
            if found.fault is not None:
                raise self._refusal(*found.fault)
            self.quoted = found.quoted
            progress(stop)
        if self.quoted:
            what = "the file ends inside a quoted field of this record: it is truncated, or a quote is missing"
            raise self._refusal(self.record, what, "export the file again; its end is missing")
        return self._proof()

    def _window(self, offset: int, stop: int) -> Bytes:
        """The bytes ``[offset, stop)`` with one byte of context; the span begins and ends with a record end.

        A last record without a line end gets one, so that it is counted like the others.
        """
        edge = bytes([self.rules.end])
        before = edge if offset == self.begin else os.pread(self.fd, 1, offset - 1)
        raw = os.pread(self.fd, stop - offset + 1, offset)
        if stop == self.size:
            raw += edge if raw.endswith(edge) else edge + edge
        return np.frombuffer(before + raw, dtype=np.uint8)

    def _take(self, found: Marks) -> Offsets:
        """Starts of the data records that end in this chunk; refuses the first one of another width."""
        ends = np.flatnonzero(found.is_end)
        if not len(ends):
            self.separators += len(found.at)
            return found.at[:0]
        at = found.at[ends]
        separators = np.diff(ends, prepend=-1) - 1
        separators[0] += self.separators
        starts = np.concatenate(([self.record], at[:-1] + 1))
        off = separators != self.rules.width - 1
        if self.rules.width == 1:
            off |= at - starts <= 1
        data = ~off
        for index in np.flatnonzero(off):
            data[index] = self._is_data(int(starts[index]), int(at[index]), int(separators[index]))
        rows = np.flatnonzero(data)
        if len(rows):
            self.first = self.first if self.height else int(starts[rows[0]])
            self.last = min(int(at[rows[-1]]) + 1, self.size)
        self.height += len(rows)
        self.record = int(at[-1]) + 1
        self.separators = len(found.at) - int(ends[-1]) - 1
        return starts[rows]

    def _is_data(self, start: int, stop: int, separators: int) -> bool:
        """Whether an unusual record is data after all (one column); blank and odd ones are noted."""
        text = os.pread(self.fd, min(stop, self.size, start + MAX_CELL) - start, start)
        text = text.removesuffix(b"\r") if self.rules.end == LF else text
        if self.rules.width == 1 and separators == 0 and text:
            return True
        blank = separators == 0 and not text.strip(b" \t")
        if not blank and not self.is_structure(text):
            fields = "1 field" if separators == 0 else f"{separators + 1} fields"
            raise self._refusal(start, f"{fields} where the header has {self.rules.width}")
        self.blank += blank
        self.dropped.append((start, min(stop + 1, self.size), not blank))
        return False

    def _check_cell(self, found: Marks, stop: int) -> None:
        """A cell beyond the limit spans whole chunks, so only the gap before the first mark can be one."""
        if (int(found.at[0]) if len(found.at) else stop) - self.last_mark > MAX_CELL:
            what = f"a cell of more than {MAX_CELL >> 20} MB"
            raise self._refusal(self.record, what, "a quote that is never closed does this; mend that line")
        if len(found.at):
            self.last_mark = int(found.at[-1])

    def _proof(self) -> Proof:
        inner = tuple((a, b) for a, b, _ in self.dropped if self.first <= a < self.last)
        odd_after = any(odd for a, _, odd in self.dropped if a >= self.last)
        odd = sum(odd for *_, odd in self.dropped)
        return Proof(self.height, self.blank, odd, self.first, self.last, inner, odd_after)

    def _refusal(self, offset: int, what: str, hint: str = _MEND) -> DataError:
        return DataError(what, where=f"{self.name}:{line_of(self.fd, offset, self.rules.end)}", hint=hint)
