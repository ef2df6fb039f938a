"""Rows in the order of a whole number, by one sort of numbers: faster than a sort of rows.

What is reckoned for each customer costs a fraction where a customer's rows stand together: they are in the processor's
cache then, and where one number ends and the next begins tells all groups.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

Whole = NDArray[np.int64]
FEW = 2**17  # rows that stand in the processor's cache anyhow
_BITS = 63


def ordered(keys: Whole) -> tuple[Whole, pl.Series]:
    """The keys in order, and their places, those of equal ones in the order of their places; keys are not negative.

    The place stands in the low bits of the numbers that are sorted, where the largest key leaves room for it.

    >>> keys, places = ordered(np.array([7, 1, 7, 0]))
    >>> keys.tolist(), places.to_list()
    ([0, 1, 7, 7], [3, 1, 0, 2])
    """
    bits = max(1, (len(keys) - 1).bit_length())
    if len(keys) and int(keys.max()).bit_length() + bits > _BITS:
        at = np.argsort(keys, kind="stable")
        return keys[at], pl.Series(at)
    packed = keys << np.int64(bits)
    packed |= np.arange(len(keys), dtype=np.int64)
    packed.sort()
    places = (packed & np.int64(2**bits - 1)).astype(np.uint32 if bits <= 32 else np.int64)
    packed >>= np.int64(bits)
    return packed, pl.Series(places)


def by_customer(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with ``customer`` and ``day`` in the order of both, those of nobody first; few rows as they are."""
    if rows.height <= FEW:
        return rows
    whole = rows.rechunk()  # rows are fetched from one piece of memory much faster than from many
    customer, day = whole["customer"], whole["day"].to_numpy()
    first = day.min()
    bits = np.int64(int(day.max() - first).bit_length())
    keys = customer.fill_null(-1).to_numpy() + np.int64(1)
    keys <<= bits
    keys += day
    keys -= first
    keys, places = ordered(keys)
    days = (keys & (np.int64(1) << bits) - 1).astype(np.int32)
    days += first
    keys >>= bits
    keys -= 1
    found = pl.Series(keys)
    made = {"customer": found if not customer.null_count() else found.set(found < 0, None), "day": pl.Series(days)}
    others = {name: whole[name].gather(places) for name in whole.columns if name not in made}
    return pl.DataFrame({name: {**made, **others}[name] for name in whole.columns})
