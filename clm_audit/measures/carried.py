"""What some metrics carry beside their periods: a level for goals, flows for segments, what a change would show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Shown:
    """What a metric shows of a true change: by how much (``change``, a share) it would lie elsewhere in the window
    after, had customers left out ``fewer`` (a share) of their orders since go-live."""

    fewer: float
    change: float


@dataclass(frozen=True)
class Level:
    """Where a metric stands at the end of each of its periods, for a metric that the model reads as a flow: ``num`` /
    ``den`` and the sampling variance of its log, NaN where it is not known. Goals are held against it."""

    num: NDArray[np.float64]
    den: NDArray[np.float64]
    s2: NDArray[np.float64]


@dataclass(frozen=True)
class Flow:
    """The sums of each period that its ``num`` and ``den`` are made of, for a metric whose periods are a ratio taken
    so many ``times`` in a row: of segments these sums add up, the periods do not."""

    num: NDArray[np.float64]
    den: NDArray[np.float64]
    times: int
