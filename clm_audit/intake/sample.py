"""Proved records from the head, the middle and the end of a file, as evidence for repairs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from io import RawIOBase
from pathlib import Path

from clm_audit.intake.dialect import Dialect
from clm_audit.intake.limits import HEAD, MIB
from clm_audit.intake.shapes import Profile
from clm_audit.intake.strict import StrictReader

_SPAN = MIB // 8  # bytes of each part
_DENSE = 4  # apostrophes a line: two cells in quotes
_ROWS = 500  # records of each part


def ends_of(path: Path) -> tuple[bytes, bytes]:
    """The first bytes of a file, and its last ones."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(max(path.stat().st_size - _SPAN, 0))
        return head, file.read()


def confirmed(dialect: Dialect, head: bytes, start: int) -> Dialect:
    """The dialect, with apostrophes as quotes and backslash escapes only where more of the text keeps the rules so.

    Apostrophes around nearly every cell, or doubled within cells in them, are quotes in any case.
    """
    text = head[start : start + _SPAN].decode("utf-8", "ignore")
    if "'" in text and not dialect.wrapped:
        single = replace(dialect, quote="'")
        usual = replace(dialect, quote='"') if dialect.quote == "'" else dialect
        (covered, marks, inner), (kept, needed, _) = _regular(single, text), _regular(usual, text)
        more = covered - kept
        if dialect.quote == "'" and more < (not (_dense(text) or marks > 1)):
            dialect = usual
        elif more >= (needed > 0) and (marks > 1 or (inner and not needed)):  # where both hold, the usual one does
            dialect = single
    if dialect.escape:
        doubled = replace(dialect, escape=False)
        dialect = dialect if _regular(dialect, text)[0] > _regular(doubled, text)[0] else doubled
    return dialect


def _regular(dialect: Dialect, text: str) -> tuple[int, int, int]:
    """Characters of the text in records of the commonest width, and of their cells in quotes those that need them to be
    and those that hold a doubled one."""
    covered: Counter[int] = Counter()
    needed: Counter[int] = Counter()
    inner: Counter[int] = Counter()
    for record in StrictReader(dialect).records(text, _ROWS):
        width = len(record.cells)
        wrapped = [cell for cell, quoted in zip(record.cells, record.quoted, strict=True) if quoted]
        marks = sum(2 + cell.count(dialect.quote) for cell in wrapped)
        covered[width] += sum(map(len, record.cells)) + width + marks
        needed[width] += sum(1 for cell in wrapped if dialect.quote in cell or dialect.separator in cell)
        inner[width] += sum(1 for cell in wrapped if dialect.quote in cell)
    best = max(covered, key=lambda width: covered[width], default=0)
    return covered[best], needed[best], inner[best]


def _dense(text: str) -> bool:
    """Whether apostrophes are as many as if nearly every cell stood in them, or each line does."""
    lines = [line for line in text.splitlines()[:_ROWS] if line.strip()]
    whole = all(len(line) > 1 and line[0] == line[-1] == "'" for line in lines)
    return whole or text.count("'") >= _DENSE * max(text.count("\n"), text.count("\r"), 1)


def profile_of(file: RawIOBase, size: int, dialect: Dialect, start: int, width: int) -> Profile:
    """The shapes of the columns, from records of the right width that keep every rule."""
    reader = StrictReader(dialect)
    rows: list[tuple[str, ...]] = []
    quoted = [0] * width
    filled = [0] * width
    for at in sorted({start, max(start, (start + size) // 2), max(start, size - _SPAN)}):
        file.seek(at)
        raw = file.read(_SPAN) or b""
        begin = 0 if at == start else max(raw.find(dialect.end[-1].encode()) + 1, 0)
        raw = raw[begin:] if at + len(raw) >= size else raw[begin : raw.rfind(dialect.end[-1].encode()) + 1]
        for record in reader.records(raw.decode("utf-8", "replace"), _ROWS, width):
            if any(cell.strip() for cell in record.cells):
                rows.append(record.cells)
                for index, wrapped in enumerate(record.quoted):
                    quoted[index] += wrapped
                    filled[index] += wrapped or record.cells[index] != ""
        if at + _SPAN >= size:
            break
    shares = [some / full if full else 0.0 for some, full in zip(quoted, filled, strict=True)]
    return Profile(rows, width, shares)
