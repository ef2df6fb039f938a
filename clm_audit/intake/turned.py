"""Where another export was appended under names of its own: its header, and columns that change places.

Its header cannot be brought together with the first one, and each of its records keeps every rule. But what stood in
one column stands in another from there on, and so each record below is doubtful.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import polars as pl

from clm_audit.intake.model import ROW
from clm_audit.intake.names import Names
from clm_audit.intake.shapes import BLANK, LINES, TEXT, WORD, shape

_END = 60  # rows at each end of a table that say what its columns hold
_LEAST = 3  # cells of a kind that say anything
_PURE = 0.9  # share of the cells at one end that have the same kind
_FIRST = 4  # columns of which two must hold names for a row to be looked at
_LOOKED = 10_000
_KNOWN = 0.6  # share of the cells that are names
_TURNED = 2  # columns that change places at least
_NOTHING = frozenset(("-", "--", "n/a", "na", "#n/a", "nan", "nil", "none", "null", "tbd", "unknown", "?", "inf"))
_DIGIT, _LETTERS = r"\d", r"\p{L}+"


def kind(cell: str) -> str:
    """What a cell is, coarser than its shape: words, number, date, code, mail, link, or nothing.

    >>> [kind(cell) for cell in ("n/a", "not yet", "12.50", "2024-01-05", "9:00", "A-17", "a@example.com")]
    ['blank', 'words', 'number', 'date', 'date', 'code', 'mail']
    """
    found = shape(cell)
    if found in (BLANK, "mail", "link") or cell.strip().casefold() in _NOTHING:
        return found if found in ("mail", "link") else BLANK
    if found in (WORD, TEXT, LINES):
        return "words"
    if found == "time" or found.startswith("date"):
        return "date"
    return "code" if found.startswith("code") else "number"


def form(column: str) -> pl.Expr:
    """A cell with each digit as 9 and each run of letters as A; cells of one form are of one kind, next to always."""
    return pl.col(column).str.replace_all(_DIGIT, "9").str.replace_all(_LETTERS, "A")


def turned_from(frame: pl.LazyFrame, height: int, columns: Sequence[str]) -> int:
    """Number of the row from which at least two columns hold what others held before; -1 where none do."""
    ends = min(_END, height // 4)
    first, last = (part.select(columns).collect() for part in (frame.head(ends), frame.tail(ends)))
    changed: dict[str, tuple[str, str]] = {}
    for name in columns:
        before, after = _main(first[name]), _main(last[name])
        if before and after and before != after:
            changed[name] = before, after
    was, now = ([one[at] for one in changed.values()] for at in (0, 1))
    if len(changed) < _TURNED or sorted(was) != sorted(now):
        return -1
    rows = frame.select(ROW, *changed).collect()
    starts = [_start(rows[name], *kinds) for name, kinds in changed.items()]
    return int(rows[ROW][max(starts)])


def headers_of_others(frame: pl.LazyFrame, columns: Sequence[str], names: Names) -> list[int]:
    """Numbers of the rows that hold names which presets know, where a system in another language was appended."""
    first = [pl.col(name).str.strip_chars().str.to_lowercase().is_in(sorted(names.exact)) for name in columns[:_FIRST]]
    found = []
    for row, *cells in frame.filter(pl.sum_horizontal(first) > 1).select(ROW, *columns).head(_LOOKED).collect().rows():
        filled = [cell for cell in cells if cell.strip()]
        if len(filled) >= _LEAST and names.count(filled) >= max(_LEAST, _KNOWN * len(filled)):
            found.append(int(row))
    return found


def _main(cells: pl.Series) -> str:
    """The kind of nearly all cells that are not blank."""
    kinds = Counter(map(kind, cells))
    kinds.pop(BLANK, None)
    most = kinds.most_common(1)
    return most[0][0] if most and most[0][1] >= max(_LEAST, _PURE * kinds.total()) else ""


def _start(cells: pl.Series, before: str, after: str) -> int:
    """The number of cells up to the last one of the kind before, at the place that parts both kinds best."""
    name = cells.name
    forms = cells.to_frame().with_columns(form(name).alias(" form"))
    kinds = {bare: kind(cell) for bare, cell in forms.unique(" form", keep="first").select(" form", name).iter_rows()}
    found = [kinds[bare] for bare in forms[" form"]]
    old = np.cumsum([one == before for one in found])
    new = np.cumsum([one == after for one in found])
    return int(np.argmax(old + (new[-1] - new))) + 1
