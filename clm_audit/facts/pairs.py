"""Which ids and addresses stand beside one another in the rows of a file, and tables of one whole number a key."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.facts.keys import Keys, Ranks
from clm_audit.facts.names import Names
from clm_audit.facts.staged import Staged

_LOW = np.int64(2**32 - 1)


def beside(
    names: Names, keys: Keys, one: Staged, left: str, right: str, *, good: bool = True
) -> Iterator[tuple[Ranks, Ranks]]:
    """The ranks of two fields that stand beside one another in rows of a file, some rows at a time."""
    wanted = pl.col(left).is_not_null() & pl.col(right).is_not_null()
    rows = one.rows.filter(wanted & (pl.col("reason") == 0) if good else wanted).select(code=left, beside=right)
    rank = keys.of(one.system, names.size(one.system))
    for batch in rows.collect_batches(maintain_order=False):
        if batch.height:
            code, other = (rank[names.places(one.system, batch[name])] for name in ("code", "beside"))
            yield code, other


def blank(count: int) -> Ranks:
    """A table of so many keys that says nothing (-1) of any, with one entry more, for the key of a null."""
    return np.full(count + 1, -1, dtype=np.int32)


def lower(table: Ranks, at: Ranks, ranks: Ranks) -> None:
    """Keep in a table the smallest of the ranks (none of them negative) that are said of each place.

    >>> table = blank(3)
    >>> lower(table, np.array([0, 2, 2], dtype=np.int32), np.array([7, 9, 4], dtype=np.int32))
    >>> table.tolist()
    [7, -1, 4, -1]
    """
    np.minimum.at(table.view(np.uint32), at, ranks.view(np.uint32))  # where -1 is larger than every rank


def packed(one: NDArray[np.integer], other: NDArray[np.integer]) -> NDArray[np.int64]:
    """The different pairs of two ranks each in a number, in the order of the first and then of the other one."""
    return np.unique((one.astype(np.int64) << 32) | other)


def unpacked(pairs: NDArray[np.int64]) -> tuple[Ranks, Ranks]:
    """The ranks of packed pairs."""
    return (pairs >> 32).astype(np.int32), (pairs & _LOW).astype(np.int32)
