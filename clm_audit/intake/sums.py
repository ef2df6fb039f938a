"""Rows that look like data by their width and are none: totals and subtotals, notes below the table.

Only for tables that no preset knows; presets say themselves what a total is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from clm_audit.intake.footer import TOTAL_WORDS
from clm_audit.intake.headline import is_total
from clm_audit.intake.limits import MIB
from clm_audit.intake.model import ROW
from clm_audit.intake.shapes import BLANK, NUMBER, WHOLE, Profile, shape

TAIL = 5  # last rows that may be a footer
_LOOKED = 64 * MIB  # bytes of a file up to which all its rows are looked at, and not the last ones only
_FIRST = 3  # columns in which a label may stand
_FEW = 20  # rows up to which one row is a large share of a column
_SIGNS = ("#", "//", "--", ";;", "***")


def sums_among(frame: pl.LazyFrame, height: int, size: int, profile: Profile) -> list[int]:
    """Numbers of the rows that sum up others or close the table.

    Such a row has a label where totals have one, or one cell alone at the end, and leaves cells blank
    that no row leaves blank, or holds what no cell of the column looks like.
    """
    columns = [name for name in frame.collect_schema().names() if name != ROW]
    label = pl.coalesce(
        *(pl.when(pl.col(name).str.strip_chars() != "").then(pl.col(name)) for name in columns[:_FIRST]), pl.lit("")
    )
    wanted = pl.col(ROW) >= height - TAIL
    if size <= _LOOKED:
        wanted |= label.str.contains(f"(?i)^(?:{TOTAL_WORDS})")
    rows = frame.filter(wanted).select(ROW, *columns).collect().rows()
    found = [
        int(row[0])
        for row in rows
        if _labelled(row[1:]) and (_odd(row[1:], profile) or (height < _FEW and _bare(row[1:], profile)))
    ]
    if height < _FEW:
        found += _few(frame.select(ROW, *columns).collect().rows())
    last = height - 1
    for number, *cells in reversed(rows):
        if number != last or not (number in found or _lone(cells, profile) or _remark(cells, profile)):
            break
        last -= 1
    return sorted({*found, *range(last + 1, height)})


def _few(rows: Sequence[tuple[int, *tuple[str, ...]]]) -> list[int]:
    """The totals of a short table: labels with numbers, blank where every other row holds something."""
    totals = [one for one in rows if is_total(one[1:])]
    others = [cells for _, *cells in rows if not is_total(cells)]
    always = [at for at in range(len(rows[0]) - 1) if all(cells[at].strip() for cells in others)] if rows else []
    return [number for number, *cells in totals if any(not cells[at].strip() for at in always)]


def titles_among(frame: pl.LazyFrame, profile: Profile) -> int:
    """How many rows at the beginning of a table without a header are titles: a cell or two, out of their columns."""
    first = frame.head(TAIL).drop(ROW).collect().rows()
    always = sum(1 for column in profile.columns if column.never_blank)
    count = 0
    for cells in first:
        filled = sum(1 for cell in cells if cell.strip())
        if not (always >= 2 and 2 * filled <= always and _odd(cells, profile)):
            break
        count += 1
    return count if count < len(first) else 0


def _labelled(cells: Sequence[str]) -> bool:
    first = next((cell for cell in cells[:_FIRST] if cell.strip()), "")
    return re.match(TOTAL_WORDS, first, re.IGNORECASE) is not None


def _bare(cells: Sequence[str], profile: Profile) -> bool:
    """Whether a label is followed by blanks and numbers only, where other rows of a short table leave nothing blank."""
    label, *rest = [cell for cell in cells if cell.strip()]
    pairs = zip(cells, profile.columns, strict=True)
    alone = profile.rows == 1  # nothing but a header above it
    blank = any(not cell.strip() and (alone or (column.filled and column.shapes[BLANK] <= 1)) for cell, column in pairs)
    return bool(label) and blank and all(shape(cell) in (WHOLE, NUMBER) for cell in rest)


def _odd(cells: Sequence[str], profile: Profile) -> bool:
    """Whether cells contradict their columns: blank where none is, or of another kind."""
    pairs = zip(cells, profile.columns, strict=True)
    return any(not cell.strip() and column.never_blank for cell, column in pairs) or profile.misfits(cells) > 0


def _lone(cells: Sequence[str], profile: Profile) -> bool:
    """Whether one cell stands alone where rows have more; in a short table the row itself says nothing about them."""
    filled = sum(1 for cell in cells if cell.strip())
    always = sum(1 for column in profile.columns if column.never_blank or column.shapes[BLANK] <= 1 < column.filled)
    pairs = zip(cells, profile.columns, strict=True)
    if any(column.typed and column.fits(cell) and shape(cell) not in (BLANK, WHOLE, NUMBER) for cell, column in pairs):
        return False  # an address or a day in its place is the beginning of a row
    return filled <= 1 and always >= 2 and (_odd(cells, profile) or profile.rows < _FEW)


def _remark(cells: Sequence[str], profile: Profile) -> bool:
    """Whether a row is a remark: a comment sign where no other row has one, in a column that takes no text."""
    first, column = cells[0].strip(), profile.columns[0]
    signs = sum(1 for value in column.values if value.lstrip().startswith(_SIGNS))
    return first.startswith(_SIGNS) and signs <= 1 and column.typed_but(cells[0])
