"""One byte a row of a file: what became of each order, at the row that it begins with.

However many orders stand more than once, or are told of by another system, this is all that is held of them.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.facts.ledger import Rows

Fates = NDArray[np.uint8]


def has(fates: Fates, *some: int) -> pl.Expr:
    """Whether the order that begins in the row ``first`` met one of these fates (bits)."""
    bits = np.uint8(sum(some))

    def look_up(rows: pl.Series) -> pl.Series:
        known = rows.fill_null(0)  # a scan also asks about the bounds of a row group, which may not be known
        return pl.Series(rows.name, (fates[known.to_numpy()] & bits) > 0)

    return pl.col("first").map_batches(look_up, return_dtype=pl.Boolean, is_elementwise=True)


def mark(fates: Fates, orders: pl.DataFrame, fate: int) -> None:
    """Note a fate of orders, by the rows that they begin with (``first``)."""
    fates[orders["first"].to_numpy()] |= np.uint8(fate)


def rows_with(fates: Fates, fate: int) -> Rows:
    """The rows that orders of this fate begin with, in order."""
    return np.flatnonzero(fates & np.uint8(fate))
