"""Files in which another export follows the first one, with a header of its own.

Somebody appended one export to another (`type a.csv b.csv`), and the second has its columns in another order, one more
or one less, or another separator. Below its own header each part is a table that can be proved; by their names the
columns of all parts come together under the first header. A record is such a header only if it holds the names of the
first one and no other cell, or nearly all of them; what nobody can match stays where it is, and is listed as before.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from clm_audit.intake.dialect import SEPARATORS, Dialect, Record
from clm_audit.intake.limits import MAX_COLUMNS, MIB
from clm_audit.intake.names import folded, normal
from clm_audit.intake.shapes import LINES, TEXT, WORD, shape
from clm_audit.intake.spots import Spot, spots_of
from clm_audit.intake.strict import StrictReader

_MOST_HITS = 10_000  # places with the longest name of the header; beyond, it is an ordinary word of the rows
_MOST_PARTS = 50
_MORE = 3  # names beyond those of the first header
_NEARLY = 0.6  # share of the names of the first header that another one has at least
_RARE = ("^", "~", "\x1f", "\x01")  # separators that stand in no name
_LEAST = 3  # names of a header that is found again in another order
_NAMES = 8  # names that are looked for at most
_TRIED = 3  # names that are looked for, the longest first, those that are ordinary words not counted
_TOP, _TOP_LINES = MIB, 5  # bytes and lines at the top in which the header of a first part may stand
_SMALL = 64 * MIB  # bytes of a file up to which more than one name is looked for


@dataclass(frozen=True)
class Headers:
    """The other headers of a file: bytes at which parts with another one begin, and how else the first is written."""

    starts: tuple[int, ...] = ()
    writings: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class _Other:
    """A header that was found again: where it begins, how it is written, its separator and names in their order,
    and whether it begins a line."""

    start: int
    raw: str
    separator: str
    names: tuple[str, ...]
    whole: bool


def other_headers(path: Path, record: Record, dialect: Dialect) -> Headers:
    """Where other headers of the same table stand, and how this one is written where it comes again.

    Empty when there is none, or when there are more than anybody glues together.
    """
    if len(record.cells) > MAX_COLUMNS:
        return Headers()
    names = tuple(normal(cell) for cell in record.cells if normal(cell))
    words = {name for name in names if any(char.isalpha() for char in name)}
    if len(words) < max(2, _NEARLY * len(names)) or len(set(names)) < len(names):
        return Headers()
    lines = (line.strip() for cell in record.cells if normal(cell) in words for line in cell.splitlines())
    wanted = sorted({line for line in lines if any(map(str.isalpha, line))}, key=lambda line: (-len(line), line))
    tried = _TRIED if path.stat().st_size <= _SMALL else 1
    for name in wanted[:_NAMES]:
        found = _found(path, record, name, names, dialect)
        if found is not None and len(found) > 1:
            return _sorted_out(found, names, dialect)
        tried -= found is not None
        if not tried:  # a name that another header lacks does not find it
            break
    return Headers()


def _found(path: Path, record: Record, name: str, names: Sequence[str], dialect: Dialect) -> list[_Other] | None:
    """The headers at the places that hold a name; None when it is an ordinary word of the rows."""
    found: dict[int, _Other] = {}
    for hits, spot in enumerate(spots_of(path, name, record, (dialect.separator, *SEPARATORS, *_RARE))):
        if spot is None or hits > _MOST_HITS:
            return None
        other = _header_at(spot, names, dialect)
        if other is not None and other.start != record.start and (other.whole or other.start > record.start):
            found.setdefault(other.start, other)
    own = _Other(record.start, "", dialect.separator, tuple(names), whole=True)
    return sorted((own, *found.values()), key=lambda one: one.start)


def _sorted_out(found: Sequence[_Other], names: tuple[str, ...], dialect: Dialect) -> Headers:
    """Those at which a part in another order, or with another separator, begins; the others are the first once more."""
    usual = (dialect.separator, names)
    kinds = [(one.separator, one.names) for one in found]
    again = {one.raw for one, kind in zip(found, kinds, strict=True) if kind == usual}
    starts = [one.start for one, kind, before in zip(found[1:], kinds[1:], kinds, strict=False) if kind != before]
    writings = tuple(sorted(raw.encode() for raw in again - {""}))
    return Headers(() if len(starts) > _MOST_PARTS else tuple(starts), writings)


def _header_at(spot: Spot, names: Sequence[str], dialect: Dialect) -> _Other | None:
    """The header that holds a place, if one does: it begins with a line, or behind a record without a line end."""
    near = folded(spot.text)
    if sum(name in near for name in names) < _NEARLY * len(names):
        return None
    for begin, whole in spot.begins(names):
        for mark in dict.fromkeys((dialect.separator, *SEPARATORS)):
            for quote in dict.fromkeys((dialect.quote, '"', "'")):
                own = Dialect(mark, quote)
                read = StrictReader(own).record(spot.text, begin)
                if read is None or read.stop <= spot.place:
                    continue
                cells = read.cells
                if len(cells) == 1:  # a record that stands in quotes as a whole
                    inner = StrictReader(own).record(cells[0])
                    cells = inner.cells if inner is not None else cells
                filled = tuple(normal(cell) for cell in cells if normal(cell))
                if _is_header(filled, names, same_mark=mark == dialect.separator, whole=whole):
                    raw = spot.text[begin : read.stop].rstrip("\r\n")
                    return _Other(spot.start + len(spot.text[:begin].encode()), raw, mark, filled, whole)
    return None


def _is_header(filled: Sequence[str], names: Sequence[str], *, same_mark: bool, whole: bool) -> bool:
    """Whether filled cells are the names of a header in any order, or nearly all of them in a ``whole`` line."""
    if len(filled) < 2 or len(set(filled)) < len(filled):
        return False
    common, moved = set(filled) & set(names), list(filled) != list(names)
    if len(common) == len(names) == len(filled):
        return not same_mark or not moved or len(names) >= _LEAST
    more = len(common) == len(names) and len(filled) <= len(names) + _MORE
    fewer = len(common) == len(filled) >= max(2, _NEARLY * len(names))
    told = len(names) > 2 or list(filled[: len(names)]) == list(names)
    return whole and (more or fewer) and told


def first_lines(head: bytes, start: int) -> Iterator[tuple[Dialect, Record]]:
    """The first lines that could be headers of words, where the file as a whole seems to have none of several columns,
    or one far below."""
    text = head[start : start + _TOP].decode("utf-8", "replace")
    ends = itertools.islice(re.finditer(r"\A[\r\n]*|[\r\n]+", text), _TOP_LINES)
    for begin in (one for one in (match.end() for match in ends) if one < len(text)):
        for mark, quote in itertools.product((*SEPARATORS, *_RARE), ('"', "'")):
            read = StrictReader(Dialect(mark, quote)).record(text, begin)
            cells = read.cells if read is not None else ()
            named = all(shape(cell) in (WORD, TEXT, LINES) and quote not in cell for cell in cells)
            if read is not None and len(cells) >= _LEAST and named:
                at, stop = (start + len(text[:one].encode()) for one in (begin, read.stop))
                yield Dialect(mark, quote), Record(at, stop, 1, b"", cells)
                break
