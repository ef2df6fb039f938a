"""Places in a file that hold a name, with the text around them: where a header may stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from clm_audit.intake.dialect import Record
from clm_audit.intake.limits import MIB
from clm_audit.intake.text import pieces

_REACH = 1 << 16  # bytes of a header at most
_NEAR = 1 << 12  # bytes on each side of a place that are looked at in any case
_LONGER = 4  # times the first header that another one may be long
_LINES = 20  # lines that a header has at most
_MOST_SEEN = 200_000  # times that a name may stand in a file before it is an ordinary word of the rows
_ANY_CASE = 64 * MIB  # bytes of a file up to which a name is looked for in capitals, too
_LONG = 1 << 16  # bytes that are worth asking about before they are searched
_ENDED = b"\"' \t\r\n"
_LINE_END = re.compile(r"\r{0,2}\n|\r")


@dataclass(frozen=True)
class Spot:
    """A text that begins with a line at byte ``start``, with a name at character ``place``."""

    start: int
    text: str
    place: int

    def begins(self, names: Sequence[str]) -> Iterator[tuple[int, bool]]:
        """Characters at which a header that holds the place may begin, and whether a line begins there."""
        lines = [0, *(match.end() for match in _LINE_END.finditer(self.text, 0, self.place))]
        words = tuple(name.split(" ", 1)[0] for name in names)
        for number, begin in enumerate(reversed(lines[-_LINES:])):
            line = self._line(begin)
            if any(word in line for word in words) and (not number or any(mark in line for mark in "\"'")):
                yield begin + line.startswith("\ufeff"), True
        at, line = lines[-1], self._line(lines[-1])
        if all(word in line for word in words):  # what stands before it on the line is a record without a line end
            for begin in sorted({match.start() for word in words for match in re.finditer(re.escape(word), line)}):
                if begin > 0 and at + begin <= self.place:
                    yield at + begin - (line[begin - 1] in "\"'"), False

    def _line(self, begin: int) -> str:
        """The line that begins at a character, in small letters of the same number."""
        end = _LINE_END.search(self.text, begin)
        return self.text[begin : end.start() if end else len(self.text)].lower()


def spots_of(path: Path, name: str, record: Record, marks: Sequence[str]) -> Iterator[Spot | None]:
    """The places that hold a name as the end of a cell; ``record`` is the header that has it, ``marks`` may follow it.

    None where they are too many to look at. Longer texts than headers are cut, so that a header which reaches
    further is not seen.
    """
    size = path.stat().st_size
    reach = min(max(_NEAR, _LONGER * (record.stop - record.start)), _REACH)
    ended = frozenset((*_ENDED, *(mark.encode()[0] for mark in marks)))
    cases = {name} if size > _ANY_CASE else {name, name.upper(), name.lower(), name.title(), name.capitalize()}
    with path.open("rb") as file:
        done = -1
        for place, length in _places(path, sorted(one.encode() for one in cases), ended):
            if place < 0:
                yield None
                return
            if place <= done:
                continue
            low = max(0, place - reach)
            file.seek(low)
            before, after = file.read(place - low), file.read(reach)
            whole = max(before.find(b"\n"), before.find(b"\r")) + 1 if low else 0
            text, rest = before[whole:].decode("utf-8", "replace"), after.decode("utf-8", "replace")
            yield Spot(low + whole, text + rest, len(text))
            done = place + length - 1


def _holds(text: bytes, one: bytes) -> bool:
    """Whether a text may hold some bytes; a long one is asked by what finds them several times as fast."""
    return len(text) < _LONG or bool(pl.Series([text]).bin.contains(one).item())


def _places(path: Path, wanted: Sequence[bytes], ended: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Where one of some bytes stands before the end of a cell, and how long it is; -1 where they stand too often."""
    keep = max(map(len, wanted))
    at, rest, seen = 0, b"", 0
    for piece in pieces(path):
        text = rest + piece
        last = len(text) - keep
        found: list[tuple[int, int]] = []
        for one in wanted:
            place = text.find(one) if _holds(text, one) else -1
            while 0 <= place < last and seen < _MOST_SEEN:
                seen += 1
                if text[place + len(one)] in ended:
                    found.append((at + place, len(one)))
                place = text.find(one, place + 1)
        yield from sorted(found)
        if seen == _MOST_SEEN:
            yield -1, 0
        at, rest = at + max(last, 0), text[max(last, 0) :]
    for one in wanted:
        place = rest.find(one)
        while place >= 0:
            if place + len(one) == len(rest) or rest[place + len(one)] in ended:
                yield at + place, len(one)
            place = rest.find(one, place + 1)
