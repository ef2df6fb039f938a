"""Records of a chunk that hold nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clm_audit.intake.marks import Bytes, Offsets


def void(starts: Offsets, at: Offsets, window: Bytes, offset: int, separator: int) -> npt.NDArray[np.bool_]:
    """Which records hold nothing but blanks and separators, however many; all of a record must be in the window.

    ``window`` begins one byte before ``offset``; records lie in ``[starts, at)``.
    """
    solid = np.ones(256, dtype=np.int32)
    solid[[*b" \t\r\n", separator]] = 0
    before = np.concatenate(([0], np.cumsum(solid[window], dtype=np.int32)))
    place = np.maximum(starts - offset + 1, 0)
    empty: npt.NDArray[np.bool_] = (before[at - offset + 1] == before[place]) & (starts >= offset)
    return empty


def spans(starts: Offsets, stops: Offsets) -> list[tuple[int, int]]:
    """Empty records that follow each other as one span each, as there may be millions of them.

    >>> spans(np.array([0, 1, 5]), np.array([1, 2, 6]))
    [(0, 2), (5, 6)]
    """
    if not len(starts):
        return []
    gaps = np.flatnonzero(starts[1:] != stops[:-1])
    first, last = np.concatenate(([0], gaps + 1)), np.concatenate((gaps, [len(starts) - 1]))
    return list(zip(starts[first].tolist(), stops[last].tolist(), strict=True))
