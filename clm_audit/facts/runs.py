"""Columns in which a cell often stands below itself, as days do in exports that are in order: read once a run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

_WORTH = 2  # cells that a run has on average, at least, for runs to be worth their bookkeeping
Read = Callable[[pl.Expr], pl.Expr]


def once_a_run(cells: pl.Expr, read: Read, dtype: type[pl.DataType]) -> pl.Expr:
    """``read`` of cells, row by row, of type ``dtype``: a cell that is the one above it is not read, but copied.

    ``read`` must look at nothing but the cell. Whether there are runs is seen batch by batch.

    >>> days = pl.DataFrame({"day": ["7", "7", None, "8", "8", "8"]})
    >>> days.select(once_a_run(pl.col("day"), lambda cells: cells.cast(pl.Int32), pl.Int32))["day"].to_list()
    [7, 7, None, 8, 8, 8]
    """
    return cells.map_batches(lambda batch: _read(batch, read), return_dtype=dtype, is_elementwise=True)


def _read(batch: pl.Series, read: Read) -> pl.Series:
    frame, cell = batch.to_frame(), pl.col(batch.name)
    first = frame.select(cell.ne_missing(cell.shift(1)).arg_true()).to_series().to_numpy()
    if not len(first) or first[0]:  # nothing stands above the first one, though it may be blank as what is missing
        first = np.concatenate(([0], first))
    if len(first) * _WORTH > len(batch):
        return frame.select(read(cell).alias(batch.name)).to_series()
    found = frame.select(cell.gather(first)).select(read(cell).alias(batch.name)).to_series()
    runs = np.repeat(np.arange(len(first), dtype=np.uint32), np.diff(first, append=len(batch)))
    return found.gather(pl.Series(runs))
