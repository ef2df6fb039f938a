"""Proved records from the head, the middle and the end of a file, as evidence for repairs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from io import RawIOBase

from clm_audit.intake.dialect import Dialect
from clm_audit.intake.limits import MIB
from clm_audit.intake.shapes import Profile
from clm_audit.intake.strict import StrictReader

_SPAN = MIB // 8  # bytes of each part
_DENSE = 4  # apostrophes a line: two cells in quotes
_ROWS = 500  # records of each part


def confirmed(dialect: Dialect, head: bytes, start: int) -> Dialect:
    """The dialect, with apostrophes as quotes and backslash escapes only where more of the text keeps the rules so.

    Apostrophes around nearly every cell are quotes in any case.
    """
    text = head[start : start + _SPAN].decode("utf-8", "ignore")

    def regular(one: Dialect) -> int:
        covered: Counter[int] = Counter()  # characters in records of each width
        for record in StrictReader(one).records(text, _ROWS):
            marks = len(record.cells) + 2 * sum(record.quoted)
            covered[len(record.cells)] += sum(map(len, record.cells)) + marks
        return max(covered.values(), default=0)

    if dialect.quote == "'":
        usual = replace(dialect, quote='"')
        dense = text.count("'") >= _DENSE * max(text.count("\n"), text.count("\r"), 1)
        lines = [line for line in text.splitlines()[:_ROWS] if line.strip()]
        dense |= all(len(line) > 1 and line[0] == line[-1] == "'" for line in lines)
        if regular(dialect) < regular(usual) + (not dense):
            dialect = usual
    if dialect.escape:
        doubled = replace(dialect, escape=False)
        dialect = dialect if regular(dialect) > regular(doubled) else doubled
    return dialect


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
        for record in reader.records(raw.decode("utf-8", "replace"), _ROWS):
            if len(record.cells) == width and any(cell.strip() for cell in record.cells):
                rows.append(record.cells)
                for index, wrapped in enumerate(record.quoted):
                    quoted[index] += wrapped
                    filled[index] += wrapped or record.cells[index] != ""
        if at + _SPAN >= size:
            break
    shares = [some / full if full else 0.0 for some, full in zip(quoted, filled, strict=True)]
    return Profile(rows, width, shares)
