"""Rows that tell of the same thing as an earlier row: looked for by a hash, so that only few rows are compared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from clm_audit.facts import alike


def with_again(rows: pl.DataFrame, key: Sequence[str], told_by: str) -> pl.DataFrame:
    """Rows with ``again`` (an earlier row has the same key) and ``shared`` (others may have it, too: where not, the
    row stands alone). ``told_by``: the column of the key that tells most rows apart.

    >>> rows = pl.DataFrame({"file": [0, 0, 1], "id": ["a", "b", "b"]})
    >>> with_again(rows, ["file", "id"], "id")["again"].to_list()
    [False, False, False]
    >>> with_again(rows, ["id"], "id").select("again", "shared").rows()
    [(False, False), (False, True), (True, True)]
    """
    places = alike.repeated(alike.hashes(rows[told_by]))
    again, shared = np.zeros((2, rows.height), dtype=np.bool_)
    again[places] = ~rows.select(key)[places].select(pl.struct(*key).is_first_distinct()).to_series().to_numpy()
    shared[places] = True
    return rows.with_columns(again=pl.Series(again), shared=pl.Series(shared))


def apart(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that stand alone, and those whose key may be shared."""
    if not rows["shared"].any():
        return rows, rows.clear()
    return rows.filter(~pl.col("shared")), rows.filter("shared")
