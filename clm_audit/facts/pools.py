"""Exact text -> small integers while a file streams by; what the integers mean is looked up at the end."""

from __future__ import annotations

import polars as pl

from clm_audit.facts.dictionary import Dictionary

IDS = "id "  # the pool of a name space's ids begins so


class Pools:
    """Dictionaries of the texts of a run: campaigns and currencies, filled by the scans, and the ids of a system.

    The codes are exact (no hash) but depend on the order of reading: they never leave this floor.
    """

    def __init__(self, *, keep_ids: bool = False) -> None:
        self.keep_ids = keep_ids  # whether ids stay texts, because there may be too many for a dictionary in memory
        self.ids: dict[str, Dictionary] = {}  # of each name space, in the order of first use
        self._pools: dict[str, pl.Categories] = {}
        self._anchors: list[pl.Series] = []  # a dictionary lives as long as a column uses it

    def code(self, pool: str, cells: pl.Expr) -> pl.Expr:
        """The code (uint32) of each text; null stays null. Ids stay as they are: they are coded by whole columns."""
        return cells if pool.startswith(IDS) else cells.cast(self._dtype(pool)).to_physical()

    def code_ids(self, space: str, cells: pl.Series) -> pl.Series:
        """The codes of a whole column of ids at once; null stays null."""
        return self.ids.setdefault(space, Dictionary()).codes(cells)

    def _dtype(self, pool: str) -> pl.Categorical:
        if pool not in self._pools:
            self._pools[pool] = pl.Categories.random()
            anchor = pl.Series([None], dtype=pl.String).cast(pl.Categorical(self._pools[pool]))
            self._anchors.append(anchor)
        return pl.Categorical(self._pools[pool])

    def names(self) -> tuple[str, ...]:
        """The pools in use but for the ids, in the order of first use."""
        return tuple(self._pools)

    def texts(self, pool: str) -> pl.Series:
        """The texts of a pool; position = code (null where a code was reserved and never used)."""
        categories = self._pools.get(pool)
        return categories.to_series().cast(pl.String) if categories else pl.Series([], dtype=pl.String)
