"""Rows that look like data by their width and are none: totals and subtotals, notes below the table.

Only for tables that no preset knows; presets say themselves what a total is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from clm_audit.intake.footer import TOTAL_WORDS
from clm_audit.intake.limits import MIB
from clm_audit.intake.model import ROW
from clm_audit.intake.shapes import Profile

TAIL = 5  # last rows that may be a footer
_LOOKED = 64 * MIB  # bytes of a file up to which all its rows are looked at, and not the last ones only
_FIRST = 3  # columns in which a label may stand


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
    found = [int(row[0]) for row in rows if _labelled(row[1:]) and _odd(row[1:], profile)]
    last = height - 1
    for number, *cells in reversed(rows):
        if number != last or not (number in found or _lone(cells, profile)):
            break
        last -= 1
    return sorted({*found, *range(last + 1, height)})


def _labelled(cells: Sequence[str]) -> bool:
    first = next((cell for cell in cells[:_FIRST] if cell.strip()), "")
    return re.match(TOTAL_WORDS, first, re.IGNORECASE) is not None


def _odd(cells: Sequence[str], profile: Profile) -> bool:
    """Whether cells contradict their columns: blank where none is, or of another kind."""
    pairs = zip(cells, profile.columns, strict=True)
    return any(not cell.strip() and column.never_blank for cell, column in pairs) or profile.misfits(cells) > 0


def _lone(cells: Sequence[str], profile: Profile) -> bool:
    """Whether one cell stands alone where rows have more."""
    filled = sum(1 for cell in cells if cell.strip())
    always = sum(1 for column in profile.columns if column.never_blank)
    return filled <= 1 and always >= 2 and _odd(cells, profile)
