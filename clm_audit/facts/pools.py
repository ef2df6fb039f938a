"""Exact text -> small integers while a file streams by; what the integers mean is looked up at the end."""

from __future__ import annotations

import polars as pl


class Pools:
    """Dictionaries of the texts of a run (ids of a system, campaigns, currencies), filled by the scans.

    The codes are exact (no hash) but depend on the order of reading: they never leave this floor.
    """

    def __init__(self) -> None:
        self._pools: dict[str, pl.Categories] = {}
        self._anchors: list[pl.Series] = []  # a dictionary lives as long as a column uses it

    def code(self, pool: str, cells: pl.Expr) -> pl.Expr:
        """The code (uint32) of each text; null stays null."""
        if pool not in self._pools:
            self._pools[pool] = pl.Categories.random()
            anchor = pl.Series([None], dtype=pl.String).cast(pl.Categorical(self._pools[pool]))
            self._anchors.append(anchor)
        categories = self._pools[pool]
        return cells.cast(pl.Categorical(categories)).to_physical()

    def names(self) -> tuple[str, ...]:
        """The pools in use, in the order of first use."""
        return tuple(self._pools)

    def texts(self, pool: str) -> pl.Series:
        """The texts of a pool; position = code (null where a code was reserved and never used)."""
        categories = self._pools.get(pool)
        return categories.to_series().cast(pl.String) if categories else pl.Series([], dtype=pl.String)
