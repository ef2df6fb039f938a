"""Ascending hashes, and where a hash stands among them: found by its leading bits, without a search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class Ascending:
    """Hashes in ascending order, all different; ``first``: where those begin that share their leading bits."""

    values: Hashes
    first: NDArray[np.uint32]
    shift: np.uint64

    @classmethod
    def of(cls, values: Hashes) -> Ascending:
        """Of hashes that ascend."""
        bits = max(1, (len(values) - 1).bit_length())
        shift = np.uint64(64 - bits)
        first = np.zeros(2**bits, dtype=np.uint32)
        counts = np.bincount((values >> shift).astype(np.int64), minlength=2**bits)
        np.cumsum(counts[:-1], out=first[1:], dtype=np.uint32)
        return cls(values, first, shift)

    def find(self, wanted: Hashes) -> NDArray[np.int64]:
        """The place of each hash, -1 where it does not stand; steps on from the first with its leading bits.

        >>> Ascending.of(np.array([1, 2**63], dtype=np.uint64)).find(np.array([2**63, 3], dtype=np.uint64)).tolist()
        [1, -1]
        """
        if not len(self.values):
            return np.full(len(wanted), -1, dtype=np.int64)
        place = self.first[(wanted >> self.shift).astype(np.int64)].astype(np.int64)
        last = len(self.values) - 1
        open_ = np.flatnonzero(self.values[np.minimum(place, last)] < wanted)
        while len(open_):
            place[open_] += 1
            open_ = open_[(place[open_] <= last) & (self.values[np.minimum(place[open_], last)] < wanted[open_])]
        hit = (place <= last) & (self.values[np.minimum(place, last)] == wanted)
        return np.where(hit, place, -1)
