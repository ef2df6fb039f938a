"""Files in a dialect that the vectorised proof does not know: rewritten record by record in one that it knows.

Backslash escapes, a blank after each separator, mixed line ends: rare, and slower to read. The rewritten
file is proved like any other; where each of its rows stood is kept beside it.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from clm_audit.intake.detour import Detour
from clm_audit.intake.dialect import plain
from clm_audit.intake.limits import MAX_CELL, MIB
from clm_audit.intake.mend import Mender
from clm_audit.intake.names import normal
from clm_audit.intake.strict import Strict, written


@dataclass(frozen=True)
class Walked:
    """A rewritten file: byte in the source of each row, the faulty regions, and the records that are no rows."""

    starts: array[int]
    detours: tuple[Detour, ...]
    blank: int
    odd: int


def walk(
    mender: Mender,
    start: int,
    width: int,
    target: Path,
    header: tuple[str, ...],
    progress: Callable[[int], None],
) -> Walked:
    """Rewrite the records from byte ``start`` on, without ``header`` and its repetitions, to ``target``."""
    with target.open("xb") as out:
        return _Walk(mender, start, width, out, header).run(progress)


class _Walk:
    """One walk over one file."""

    def __init__(self, mender: Mender, start: int, width: int, out: BinaryIO, header: tuple[str, ...]) -> None:
        self.mender, self.at, self.width, self.out, self.header = mender, start, width, out, tuple(map(normal, header))
        self.mark = plain(mender.dialect).separator
        self.starts: array[int] = array("q")
        self.detours: list[Detour] = []
        self.blank = self.odd = 0

    def run(self, progress: Callable[[int], None]) -> Walked:
        """Window after window, each up to the last record that surely ends within it."""
        size, window = self.mender.size, MIB
        while self.at < size:
            raw = self.mender.read(self.at, self.at + window)
            final = self.at + len(raw) >= size
            text = raw if final else raw[: max(raw.rfind(b"\n"), raw.rfind(b"\r"), 0)]
            before = self.at
            self._records(text.decode(), final)
            if self.at == before and not final and window <= MAX_CELL:
                window *= 4
                continue
            if self.at == before:
                self._mend()
            window = MIB
            progress(self.at)
        return Walked(self.starts, tuple(self.detours), self.blank, self.odd)

    def _records(self, text: str, final: bool) -> None:
        """Take the records of a text that begins at ``at``, up to the first one that is broken or cut."""
        place, ascii_only = 0, text.isascii()
        while place < len(text):
            record = self.mender.strict.record(text, place)
            if record is not None and record.stop >= len(text) and not final:
                return
            size = 0
            if record is not None:
                size = record.stop - place if ascii_only else len(text[place : record.stop].encode())
            if record is None or not self._take(record, text[place : record.stop]):
                if place or final or len(text) > MAX_CELL:
                    self._mend()
                return
            place, self.at = record.stop, self.at + size

    def _take(self, record: Strict, raw: str) -> bool:
        """Whether a record is a row or structure; it is booked then."""
        if not any(cell.strip() for cell in record.cells) and (len(record.cells) == 1 or not any(record.quoted)):
            self.blank += 1
        elif self._is_header(record.cells) or (
            len(record.cells) != self.width and self.mender.is_odd(raw.rstrip("\r\n").encode())
        ):
            self.odd += 1
        elif len(record.cells) == self.width and self.mender.ends_well(record.end) and not self._swallowed(raw):
            self.starts.append(self.at)
            self.out.write(written(record.cells, plain(self.mender.dialect).separator, '"').encode())
        else:
            return False
        return True

    def _is_header(self, cells: tuple[str, ...]) -> bool:
        """Whether a record is the header once more, however it is written."""
        names = self.header
        return len(cells) == len(names) > 0 and normal(cells[0]) == names[0] and tuple(map(normal, cells)) == names

    def _swallowed(self, raw: str) -> bool:
        """Whether the lines of a record could all be records of their own."""
        lines = re.split(r"\r{0,2}\n|\r", raw.rstrip("\r\n"))
        return len(lines) > 1 and self.mender.swallowed(lines)

    def _mend(self) -> None:
        detour = self.mender.mend(self.at)
        self.detours.append(detour)
        self.starts.extend(row.start for row in detour.rows)
        self.out.write(b"".join(row.text for row in detour.rows))
        self.at = detour.stop
