"""Separators of several characters, such as `~|~` and `=>`, and of one that no table is expected to have, such as `#`.

They are taken only where they explain the whole head of a file: a line of different names, and next to all lines from
there on as wide as it. The usual ones, and two of these in a row, are found in :mod:`clm_audit.intake.sniff`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from clm_audit.intake.dialect import SAMPLE, SEPARATORS, records
from clm_audit.intake.limits import HEAD_RECORDS
from clm_audit.intake.penned import quote_of

SINGLE = ("#", "¦", "§", "¬", "•", "\x02", "\x1c", "\x1e")
_USUAL = (*SEPARATORS, "^", "~", ":")  # of which two of one kind are known elsewhere
_RUN = re.compile(r"\\t|[#!&*,:;<=>^|~¦§¬•\x02\x1c\x1e]+")
_LINE = re.compile(r"\r\n|\r|\n")
_HEAD = 1 << 16  # bytes in which the names are
_LEAST = 3  # names that make a table
_NEARLY_ALL = 0.95


def unexpected(head: bytes, start: int) -> str | None:
    """The separator of a file that has an unexpected one; None where it has not, or where that is not certain."""
    return next((mark for mark in _candidates(head, start) if _explains(head, start, mark)), None)


def _candidates(head: bytes, start: int) -> Iterator[str]:
    """Marks that come twice or more among the words of one of the first lines."""
    lines = _LINE.split(head[start : start + _HEAD].decode("utf-8", "replace"))[:HEAD_RECORDS]
    seen = set[str]()
    for line in lines:
        runs = _RUN.findall(line)
        for mark in dict.fromkeys(runs):
            known = len(set(mark)) == 1 and (mark[0] in _USUAL or (len(mark) == 1 and mark not in SINGLE))
            if not known and mark not in seen and runs.count(mark) >= _LEAST - 1:
                seen.add(mark)
                yield mark


def _explains(head: bytes, start: int, mark: str) -> bool:
    """Whether the first line with the mark is one of names, without a usual separator or a part of the mark at its
    ends, and the lines below are as wide."""
    rows = [one.cells for one in records(head, mark, start, SAMPLE, quote_of(head, mark)) if not one.blank]
    first = next((at for at, cells in enumerate(rows) if len(cells) >= _LEAST), len(rows))
    names, below = rows[first] if first < len(rows) else (), rows[first + 1 :]
    named = all(any(map(str.isalpha, name)) and not any(one in name for one in SEPARATORS) for name in names)
    named = named and bool(names) and not {names[0][0], names[-1][-1]} & set(mark.removesuffix("t"))
    alike = sum(1 for cells in below if len(cells) == len(names))
    told = alike > 1 and alike == len(below) - 1  # one broken record of a small table
    return named and len(set(names)) == len(names) and (told or 0 < len(below) * _NEARLY_ALL <= alike)
