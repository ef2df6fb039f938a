"""A dictionary of texts that grows column by column: exact text -> the place where it was first seen.

A hash proposes a place, and the text that stands there decides. The hashes are kept in a few ascending arrays, of which
none is shorter than half the one before; texts whose hash another one has are kept apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.facts import alike
from clm_audit.facts.hashed import Ascending
from clm_audit.facts.kinds import kinds

Places = NDArray[np.int64]


@dataclass(frozen=True)
class _Level:
    """Ascending hashes, and the place of the text of each."""

    hashes: Ascending
    at: NDArray[np.uint32]


class Dictionary:
    """The different texts of some columns, in the order in which the columns were coded."""

    def __init__(self) -> None:
        self.texts = pl.Series("text", [], dtype=pl.String)  # position = code
        self._indexed = 0  # how many of the texts can be looked up: the first column is asked about nothing
        self._levels: list[_Level] = []
        self._apart: dict[str, int] = {}

    def codes(self, cells: pl.Series) -> pl.Series:
        """The code (uint32) of each text, new ones among them; null stays null."""
        known = cells.drop_nulls() if cells.null_count() else cells
        kind, texts = kinds(known)
        first = self.texts.is_empty()
        code = self._coded(texts)
        found = kind if first else code[kind]  # of the first column the kinds are the codes
        if len(known) == len(cells):
            return pl.Series(cells.name, found)
        codes = np.zeros(len(cells), dtype=np.uint32)
        codes[cells.is_not_null().to_numpy()] = found
        return pl.DataFrame({"code": codes, "cell": cells}).select(
            pl.when(pl.col("cell").is_not_null()).then("code").alias(cells.name)
        )[cells.name]

    def find(self, texts: pl.Series) -> Places:
        """The code of each text, -1 where the dictionary does not have it."""
        self._index()
        found = np.full(len(texts), -1, dtype=np.int64)
        hashes = alike.hashes(texts)
        for level in self._levels:
            proposed = level.hashes.find(hashes)
            asked = np.flatnonzero(proposed >= 0)
            at = level.at[proposed[asked]]
            same = self.texts.gather(at).eq(texts.gather(asked)).fill_null(False).to_numpy()
            found[asked[same]] = at[same]
        for place in np.flatnonzero(found < 0) if self._apart else ():
            found[place] = self._apart.get(texts[int(place)], -1)
        return found

    def _coded(self, texts: pl.Series) -> NDArray[np.uint32]:
        """The codes of different texts, none of them null."""
        found = self.find(texts) if len(self.texts) else np.full(len(texts), -1, dtype=np.int64)
        new = np.flatnonzero(found < 0)
        found[new] = len(self.texts) + np.arange(len(new))
        fresh = texts if len(new) == len(texts) else texts.gather(new)
        self.texts = pl.concat([self.texts, fresh.rename("text")], rechunk=True)
        return found.astype(np.uint32)

    def _index(self) -> None:
        """The texts that came since, as a level of their own or together with those that are not much longer."""
        fresh = self.texts.slice(self._indexed)
        if fresh.is_empty():
            return
        hashes, at = alike.hashes(fresh), np.arange(self._indexed, len(self.texts), dtype=np.uint32)
        self._indexed = len(self.texts)
        while self._levels and len(self._levels[-1].at) <= 2 * len(at):
            last = self._levels.pop()
            hashes, at = np.concatenate([last.hashes.values, hashes]), np.concatenate([last.at, at])
        order = np.argsort(hashes)
        hashes, at = hashes[order], at[order]
        again = np.zeros(len(hashes), dtype=np.bool_)
        np.equal(hashes[1:], hashes[:-1], out=again[1:])
        for place in at[again]:
            self._apart[self.texts[int(place)]] = int(place)
        self._levels.append(_Level(Ascending.of(hashes[~again]), at[~again]))
