"""Rows that sum up others in a table of data, as people add them: found among the rows that could not be taken."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from clm_audit.facts.staged import Staged
from clm_audit.intake.model import ROW, RawTable

_SAYS_SO = (
    r"(?i)^\W*((grand|sub|overall)[ -]?)?(totals?|sum|summe|gesamt|gesamtsumme|gesamtergebnis|insgesamt|somme|"
    r"total g[eé]n[eé]ra[l]|totale|totaal|suma)\W*$|^.{1,60} (total|subtotal|ergebnis|summe)\W*$"
)
_BLANK = ("missing_date", "missing_id", "missing_recipient")  # a sum has no day and no id of its own
_ASKED = 10_000


def find_sums(table: RawTable, staged: Sequence[Staged]) -> pl.Series:
    """Numbers of rows that lack their day or id and are of no other fact, and whose first filled cell says that they
    are a sum.

    A table of which very many rows lack them is not asked: its trouble is another.
    """
    found = pl.Series("row", [], dtype=pl.UInt32)
    for one in staged:
        here = one.rows.filter(_lacks(one)).select("row").head(_ASKED + 1).collect(engine="streaming")["row"]
        found = pl.concat([found, here]).unique()
    if not 0 < len(found) <= _ASKED:
        return found.clear()
    for one in staged:
        others = one.rows.filter(pl.col("row").is_in(found.implode()) & ~_lacks(one)).select("row")
        found = found.filter(~found.is_in(others.collect(engine="streaming")["row"].implode()))
    cells = [pl.col(name).cast(pl.String).str.strip_chars() for name in table.headers]
    filled = [pl.when(cell != "").then(cell) for cell in cells]
    rows = table.frame.with_columns(pl.col(ROW).cast(pl.UInt32).alias("row")).filter(
        pl.col("row").is_in(found.implode())
    )
    says = rows.select("row", said=pl.coalesce(filled).str.contains(_SAYS_SO)).filter("said")
    return says.select("row").collect(engine="streaming")["row"]


def _lacks(one: Staged) -> pl.Expr:
    blank = [position for position, (code, _) in enumerate(one.reasons, start=1) if code in _BLANK]
    return pl.col("reason").is_in(blank)
