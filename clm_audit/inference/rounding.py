"""Ten significant digits: what is printed must not depend on how many threads the linear algebra used."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

DIGITS = 10
LARGEST_LOG = 700.0
"""e^700 is the end of the numbers; nothing is printed beyond."""


def rounded(value: float) -> float:
    """One number to ten significant digits.

    >>> rounded(0.123456789012345)
    0.123456789
    """
    return float(f"{value:.{DIGITS}g}") + 0.0


def rounded_array(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each number to ten significant digits; NaN stays NaN."""
    return np.array([rounded(value) for value in values.tolist()], dtype=np.float64)


def as_share(log_change: float) -> float:
    """e^x − 1, held below the largest float: no infinity is ever printed.

    >>> as_share(0.0)
    0.0
    """
    return math.expm1(min(log_change, LARGEST_LOG))
