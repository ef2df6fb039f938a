"""Effects as distributions: fixed points that stand for draws, the same on every machine.

The points are multiples of the square roots of primes, taken modulo 1 (Richtmyer 1951, "The evaluation of definite
integrals"): no generator, no seed, so nothing in them changes with a version or a number of threads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from clm_audit.inference.model import Effect
from clm_audit.inference.rounding import rounded
from clm_audit.inference.students import t_quantile
from clm_audit.verdict.money_model import Span

Floats = NDArray[np.float64]
POINTS = 16_384
PRIMES = (2.0, 3.0, 5.0, 7.0, 11.0)
LARGEST = 30.0
"""Log effects are held within ±30: beyond that no quantile that is printed changes."""
_LEAST = 1e-12


@dataclass(frozen=True)
class Spread:
    """A log effect: Student's t about ``centre``, scaled so that each end of the printed interval is met."""

    centre: float
    below: float
    above: float
    df: int

    @classmethod
    def of(cls, effect: Effect, confidence: float) -> Spread:
        """The distribution behind an effect and its interval at ``confidence``."""
        reach = t_quantile((1.0 + confidence) / 2.0, effect.df)
        low, high = math.log(max(1.0 + effect.low, _LEAST)), math.log1p(effect.high)
        centre = effect.log_effect
        return cls(centre, max(centre - low, 0.0) / reach, max(high - centre, 0.0) / reach, effect.df)

    def at(self, shares: Floats) -> Floats:
        """Log effects at these cumulative shares."""
        t = np.asarray(special.stdtrit(float(self.df), shares))
        return np.clip(self.centre + np.where(t < 0, self.below, self.above) * t, -LARGEST, LARGEST)


def lattice(dimensions: int) -> Floats:
    """Points that fill the unit cube evenly, [dimensions, POINTS], none on its border; at most five dimensions.

    >>> lattice(2).shape, bool((lattice(3) > 0).all() and (lattice(3) < 1).all())
    ((2, 16384), True)
    """
    steps = np.sqrt(PRIMES[:dimensions])
    found: Floats = (0.5 + np.outer(steps, np.arange(1, POINTS + 1))) % 1.0
    return np.clip(found, 0.5 / POINTS, 1.0 - 0.5 / POINTS)


def span_of(value: float, points: Floats, confidence: float) -> Span:
    """An estimate with the central interval of its points, to ten digits; the estimate is never outside."""
    tail = (1.0 - confidence) / 2.0
    low, high = (float(each) for each in np.quantile(points, (tail, 1.0 - tail)))
    return Span(rounded(value), rounded(min(low, value)), rounded(max(high, value)))
