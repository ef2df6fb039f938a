"""How long customers stay: the Kaplan-Meier curve of durations, some of which had not ended when last seen.

Kaplan and Meier 1958 (doi 10.1080/01621459.1958.10501452). The interval is Greenwood's on the log(-log) scale, which
keeps it between 0 and 1 (Kalbfleisch and Prentice 2002, section 1.4).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clm_audit.inference.rounding import rounded
from clm_audit.inference.students import normal_quantile

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Survival:
    """At one time: the ``share`` whose duration is longer, its interval, and how many were watched for longer."""

    days: int
    share: float
    low: float
    high: float
    at_risk: int


def survival(days: Whole, ended: Whole, watched: Whole, at: Sequence[int], level: float = 0.95) -> tuple[Survival, ...]:
    """The curve at the times ``at`` (days, ascending).

    ``watched`` durations were seen of each length ``days``, of which ``ended`` ended then; the rest was only seen
    until then, and is counted as ending later. Without anybody there is no curve.

    >>> curve = survival(np.array([5, 8, 10]), np.array([1, 0, 1]), np.array([2, 1, 1]), [0, 6, 10])
    >>> [(point.days, point.share, point.at_risk) for point in curve]
    [(0, 1.0, 4), (6, 0.75, 2), (10, 0.0, 0)]
    """
    order = np.argsort(days, kind="stable")
    time, out, seen = days[order], ended[order].astype(np.float64), watched[order].astype(np.float64)
    risk = seen[::-1].cumsum()[::-1]
    points = []
    for moment in at:
        passed = (time <= moment) & (out > 0)
        # all rows of one time share its risk set: that of the first of them
        times, first = np.unique(time[passed], return_index=True)
        lost = np.add.reduceat(out[passed], first) if times.size else np.zeros(0)
        there = np.array([risk[np.searchsorted(time, one)] for one in times])
        share = float(np.prod(1.0 - lost / there)) if times.size else 1.0
        low, high = _interval(share, lost, there, level)
        left = int(seen[time > moment].sum())
        points.append(Survival(moment, rounded(share), rounded(low), rounded(high), left))
    return tuple(points)


def _interval(share: float, lost: NDArray[np.float64], there: NDArray[np.float64], level: float) -> tuple[float, float]:
    if share >= 1.0:
        return 1.0, 1.0
    if share <= 0.0:
        return 0.0, 0.0
    greenwood = float((lost / (there * (there - lost))).sum())
    half = normal_quantile((1.0 + level) / 2.0) * math.sqrt(greenwood) / abs(math.log(share))
    return share ** math.exp(half), share ** math.exp(-half)
