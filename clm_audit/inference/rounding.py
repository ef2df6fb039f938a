"""Ten significant digits: what is printed must not depend on how many threads the linear algebra used."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DIGITS = 10


def rounded(value: float) -> float:
    """One number to ten significant digits.

    >>> rounded(0.123456789012345)
    0.123456789
    """
    return float(f"{value:.{DIGITS}g}") + 0.0


def rounded_array(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each number to ten significant digits; NaN stays NaN."""
    return np.array([rounded(value) for value in values.tolist()], dtype=np.float64)
