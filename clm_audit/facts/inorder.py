"""Rows in the order of a whole number, by one sort of numbers: faster than a sort of rows.

What is reckoned for each customer costs a fraction where a customer's rows stand together: they are in the processor's
cache then, and where one number ends and the next begins tells all groups.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

DAY_BITS = 16  # a day number is less than 2^16 (the year 2149)
FEW = 2**17  # rows that stand in the processor's cache anyhow
_BITS = 64


def places(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places of the keys in their order, of equal ones in the order of their places; keys are not negative.

    The place stands in the low bits of the numbers that are sorted, where the largest key leaves room for it.

    >>> places(np.array([7, 1, 7, 0])).tolist()
    [3, 1, 0, 2]
    """
    bits = max(1, (len(keys) - 1).bit_length())
    if len(keys) and int(keys.max()).bit_length() + bits > _BITS:
        return np.argsort(keys, kind="stable")
    packed = keys.astype(np.uint64)
    packed <<= np.uint64(bits)
    packed |= np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    packed &= np.uint64(2**bits - 1)
    return packed.astype(np.int64)


def by_customer(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with ``customer`` and ``day`` in the order of both, those of nobody first; few rows as they are."""
    if rows.height <= FEW:
        return rows
    whole = rows.rechunk()  # rows are fetched from one piece of memory much faster than from many
    keys = whole["customer"].fill_null(-1).to_numpy().astype(np.int64) + 1
    keys <<= DAY_BITS
    keys += whole["day"].to_numpy()
    at = pl.Series(places(keys))
    return whole.select(pl.all().gather(at))
