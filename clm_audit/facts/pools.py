"""Exact text -> small integers while a file streams by; what the integers mean is looked up at the end."""

from __future__ import annotations

import numpy as np
import polars as pl

from clm_audit.facts import alike

IDS = "id "  # the pool of a name space's ids begins so


class Pools:
    """Dictionaries of the texts of a run (ids of a system, campaigns, currencies), filled by the scans.

    The codes are exact (no hash) but depend on the order of reading: they never leave this floor.
    """

    def __init__(self, *, keep_ids: bool = False) -> None:
        self.keep_ids = keep_ids  # whether ids stay texts, because there may be too many for a dictionary in memory
        self._pools: dict[str, pl.Categories] = {}
        self._anchors: list[pl.Series] = []  # a dictionary lives as long as a column uses it

    def code(self, pool: str, cells: pl.Expr) -> pl.Expr:
        """The code (uint32) of each text; null stays null. Ids may be kept as they are."""
        if self.keep_ids and pool.startswith(IDS):
            return cells
        return cells.cast(self._dtype(pool)).to_physical()

    def code_all(self, pool: str, cells: pl.Series) -> pl.Series:
        """The same codes for a whole column at once: the dictionary is only asked about one text of a kind.

        Texts are brought together by hash; each is then compared with the one that was asked about, and
        asked about itself where they differ.
        """
        dtype = self._dtype(pool)
        if cells.is_empty():
            return cells.cast(dtype).to_physical()
        places, first = alike.together(alike.hashes(cells))
        kind = np.empty(len(cells), dtype=np.uint32)
        kind[places] = np.cumsum(first, dtype=np.uint32) - np.uint32(1)
        asked, kinds = cells.gather(places[first]), pl.Series(kind)
        codes = asked.cast(dtype).to_physical().gather(kinds)
        other = asked.gather(kinds).ne_missing(cells).arg_true()
        return codes.scatter(other, cells.gather(other).cast(dtype).to_physical()) if len(other) else codes

    def _dtype(self, pool: str) -> pl.Categorical:
        if pool not in self._pools:
            self._pools[pool] = pl.Categories.random()
            anchor = pl.Series([None], dtype=pl.String).cast(pl.Categorical(self._pools[pool]))
            self._anchors.append(anchor)
        return pl.Categorical(self._pools[pool])

    def names(self) -> tuple[str, ...]:
        """The pools in use, in the order of first use."""
        return tuple(self._pools)

    def texts(self, pool: str) -> pl.Series:
        """The texts of a pool; position = code (null where a code was reserved and never used)."""
        categories = self._pools.get(pool)
        return categories.to_series().cast(pl.String) if categories else pl.Series([], dtype=pl.String)
