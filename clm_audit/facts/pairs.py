"""Which ids and addresses stand beside one another in the rows of a file."""

from __future__ import annotations

import polars as pl

from clm_audit.facts.keys import Keys
from clm_audit.facts.names import Names
from clm_audit.facts.staged import Staged


def ranked_pairs(names: Names, keys: Keys, one: Staged, left: str, right: str, *, good: bool = True) -> pl.DataFrame:
    """Distinct pairs of ranks (``key``, ``other``) of two fields that stand beside one another in rows of a file."""
    wanted = pl.col(left).is_not_null() & pl.col(right).is_not_null()
    rows = one.rows.filter(wanted & (pl.col("reason") == 0) if good else wanted).select(code=left, beside=right)
    rank, found = keys.of(one.system, names.size(one.system)), []
    for batch in rows.collect_batches(maintain_order=False):
        each = (rank[names.places(one.system, batch[name])] for name in ("code", "beside"))
        key, other = (pl.Series(name, column) for name, column in zip(("key", "other"), each, strict=True))
        found.append(pl.DataFrame([key, other]))
    empty = pl.DataFrame(schema={"key": pl.Int32, "other": pl.Int32})
    return pl.concat([empty, *found]).unique()
