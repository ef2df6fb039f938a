"""The ids of a run: which texts a name space has, and where each stands among them.

Where everything is held in memory, staged rows carry codes that are those places. Of more rows than that the ids stay
texts, and are looked up where they are needed (:mod:`clm_audit.facts.stored`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.facts.pools import Pools

Places = NDArray[np.int64]


class Names(Protocol):
    """The texts of each name space, in parts, and the place of a staged column's cells among them."""

    def spaces(self) -> tuple[str, ...]:
        """The name spaces, in order."""

    def parts(self, space: str) -> Iterator[pl.Series]:
        """The texts of a space in the order of their places."""

    def size(self, space: str) -> int:
        """How many texts a space has."""

    def places(self, space: str, cells: pl.Series) -> Places:
        """The place of each staged cell; of a null the size of the space."""

    def find(self, space: str, texts: pl.Series) -> Places:
        """The place of each text, -1 where the space does not have it."""


@dataclass(frozen=True)
class HeldNames:
    """Of codes in memory; asked once all files are staged, so that no space grows any more."""

    pools: Pools

    def spaces(self) -> tuple[str, ...]:
        """The name spaces, in the order of first use."""
        return tuple(self.pools.ids)

    def parts(self, space: str) -> Iterator[pl.Series]:
        """All texts at once."""
        yield self.pools.ids[space].texts

    def size(self, space: str) -> int:
        """How many texts there are."""
        return len(self.pools.ids[space].texts)

    def places(self, space: str, cells: pl.Series) -> Places:
        """The codes themselves."""
        return cells.fill_null(self.size(space)).to_numpy().astype(np.int64)

    def find(self, space: str, texts: pl.Series) -> Places:
        """As the dictionary has them."""
        return self.pools.ids[space].find(texts)
