"""The covariance kernels: what a metric may do on its own, without a CRM. Time in years, 0 at go-live.

Each function takes the times of the observed periods, [n], and answers a matrix [n, n] for a scale of
one; the model multiplies it by the square of its scale. Sources: Rasmussen & Williams 2006, ch. 4
(stationary kernels, the periodic kernel) and Harvey 1989 (trend, random walk and season as parts of a
structural time series).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SHOCK_YEARS = 0.08
"""A passing shock fades by 1/e in 0.08 years, about four weeks."""
SEASON_LENGTH = 0.7
"""Smoothness of the yearly season, in units of the periodic kernel's distance."""
WALK_START = 1e-3
"""Variance of the random walk in the first period (years): keeps the matrix positive definite."""


def background_kernels(years: Floats, ppy: float) -> Floats:
    """The five kernels in the order of the scales: trend, walk, shocks, season, week of year; [5, n, n], read-only.

    A series is looked at several times in a row (its fit, its weights, its horizon): the last ones are kept.
    """
    return _background(years.tobytes(), ppy)


@lru_cache(maxsize=8)
def _background(content: bytes, ppy: float) -> Floats:
    years: Floats = np.frombuffer(content)
    found = np.stack([trend(years), random_walk(years), shocks(years), season(years), week_of_year(years, ppy)])
    found.setflags(write=False)
    return found


def trend(years: Floats) -> Floats:
    """A straight line with a slope per year: t t′."""
    return np.outer(years, years)


def random_walk(years: Floats) -> Floats:
    """A level that wanders, counted from the first period: min(t, t′)."""
    since = years - years.min()
    shared: Floats = np.minimum(since[:, None], since[None, :])
    return shared + WALK_START


def shocks(years: Floats) -> Floats:
    """Ornstein-Uhlenbeck, deviations that fade: exp(−|Δ| / 0.08)."""
    return np.exp(-_distance(years) / SHOCK_YEARS)


def season(years: Floats) -> Floats:
    """A smooth pattern that returns every year: exp(−2 sin²(πΔ) / 0.7²)."""
    return np.exp(-2.0 * np.sin(np.pi * _distance(years)) ** 2 / SEASON_LENGTH**2)


def week_of_year(years: Floats, ppy: float) -> Floats:
    """A peak of one period at the same time of each year: max(0, 1 − ppy |Δ mod 1|)."""
    part = np.mod(_distance(years), 1.0)
    return np.maximum(0.0, 1.0 - ppy * np.minimum(part, 1.0 - part))


def step(holds: NDArray[np.bool_]) -> Floats:
    """A lasting step that holds in the marked periods, [n] -> [n, n] of zeros and ones."""
    marked = holds.astype(np.float64)
    return np.outer(marked, marked)


def fading_path(years: Floats, after: NDArray[np.bool_], ppy: float) -> Floats:
    """A random walk that starts with go-live's own period, zero before: lets an effect ramp up or fade."""
    since = np.where(after, years + 1.0 / ppy, 0.0)
    return np.minimum(since[:, None], since[None, :])


def _distance(years: Floats) -> Floats:
    return np.abs(years[:, None] - years[None, :])
