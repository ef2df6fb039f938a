"""A table of one column whose rows may be those of several: the marks in its cells say so."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from clm_audit.intake.torn import MANY_NAMES, capital

_MARKS = (",", ";", "|", "\t", "^", "~", "\x1f", "\x01")
_MANY = 3  # marks in a cell that no text has without blanks behind them
_TOLD = 0.3  # share of such cells from which all rows are doubtful
_NEARLY_ALL = 0.9
_QUOTED = 0.5  # share of cells in quotes that keep their marks
_FEW = 3
_PLAIN = r"^[\s\d.,$€£¥%()+-]*$|^\s*[\[{]"  # numbers and JSON


def marked(cells: pl.Series, header: Sequence[str], quoted: float) -> list[int]:
    """Places of the cells that may be several: all of them where the header, or most of them, hold a mark like
    separators, or one is a line of many names; none where cells stand in quotes, which keep their marks."""
    if quoted >= _QUOTED and cells.len() > _FEW:
        return []
    short = cells.len() <= _FEW
    colons = _tight(cells, ":") >= _MANY - short
    if any(name.count(":") >= _MANY and " " not in name for name in header) and colons.all():
        return list(range(cells.len()))
    text = cells.filter(~cells.str.contains(_PLAIN))
    for mark in (*_MARKS, ":") if short else _MARKS:
        tight = _tight(cells, mark)
        named = any(mark in name.replace(f"{mark} ", "") for name in header)
        if quoted < _QUOTED and named and (tight > 0).sum() >= (1 if short else _NEARLY_ALL * cells.len()):
            return list(range(cells.len()))
        if mark == ":":  # times hold many
            continue
        wide = (tight >= _MANY) & ~cells.str.contains(_PLAIN)
        if any(len(names := cell.split(mark)) >= MANY_NAMES and capital(names) for cell in cells.filter(wide)):
            return list(range(cells.len()))
        if quoted < _QUOTED and wide.sum() > (cells.len() > _FEW):
            return list(range(cells.len())) if wide.sum() >= _TOLD * text.len() else wide.arg_true().to_list()
    return []


def of_marks(rows: pl.DataFrame, columns: Sequence[str]) -> bool:
    """Whether a column holds nothing but one mark of those that separate or wrap cells, in every row."""
    return any(rows[name].is_in((*_MARKS, '"', "'", "`")).all() for name in columns) if rows.height > 1 else False


def bare(cells: pl.Series) -> pl.Series:
    """Cells in quotes without the marks that have a blank behind them as in text."""
    return cells.str.replace_all("[,;|:] ", " ")


def _tight(cells: pl.Series, mark: str) -> pl.Series:
    """How often each cell holds a mark without a blank behind it."""
    return cells.str.count_matches(mark, literal=True) - cells.str.count_matches(f"{mark} ", literal=True)
