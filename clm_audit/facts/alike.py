"""Equal texts of a column brought together by their hashes, without a dictionary of all of them.

A hash only proposes: texts with the same one are compared by whoever uses the answer.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

Places = NDArray[np.uint32]


def hashes(texts: pl.Series) -> NDArray[np.uint64]:
    """A hash of each text (not the same in every version of the library)."""
    return texts.hash().to_numpy()


def together(values: NDArray[np.uint64]) -> tuple[Places, NDArray[np.bool_]]:
    """The places of all values, equal values next to each other in the order of their places, and whether a
    place is the first of its kind. Values that differ only in their lowest bits may count as equal.

    One sort does it, because the place stands in the bits that the number of values needs.

    >>> places, first = together(np.array([7, 1, 7], dtype=np.uint64) << np.uint64(8))
    >>> places.tolist(), first.tolist()
    ([1, 0, 2], [True, True, False])
    """
    bits = np.uint64(max(1, (len(values) - 1).bit_length()))
    low = (np.uint64(1) << bits) - np.uint64(1)
    packed = values & ~low
    packed |= np.arange(len(values), dtype=np.uint64)
    packed.sort()
    places = (packed & low).astype(np.uint32)
    packed >>= bits
    first = np.ones(len(values), dtype=np.bool_)
    np.not_equal(packed[1:], packed[:-1], out=first[1:])
    return places, first


def repeated(values: NDArray[np.uint64]) -> Places:
    """The places of values that stand more than once, in order (some that do not may be among them)."""
    places, first = together(values)
    shared = ~first
    shared[:-1] |= ~first[1:]
    return np.sort(places[shared])
