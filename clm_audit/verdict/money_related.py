"""How the errors of several effects hang together: the same weeks and the same customers give them.

An effect errs by what its metric does from period to period without any reason in the model. Two metrics that do so
together (a week of many orders that are small) err together. Their changes from one period to the next before go-live
say how much: level, trend and slow drift drop out of a change, season mostly does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

from clm_audit.config.plan import MetricId
from clm_audit.measures.model import WEEKS_PER_YEAR, MetricTotals

Floats = NDArray[np.float64]
FEWEST_PAIRS = 8
DOUBT = 10
"""A correlation of n pairs counts as n / (n + 10) of itself: as much as none weighs ten more of them."""


def correlations(totals: Mapping[MetricId, MetricTotals], metrics: Sequence[MetricId]) -> Floats:
    """[metrics, metrics] of the errors; 0 where fewer than :data:`FEWEST_PAIRS` changes of both are known. Positive
    semi-definite."""
    found = np.eye(len(metrics))
    for row, one in enumerate(metrics):
        for column, other in enumerate(metrics[:row]):
            if one in totals and other in totals:
                found[row, column] = found[column, row] = related(totals[one], totals[other])
    values, vectors = np.linalg.eigh(found)
    whole = (vectors * np.maximum(values, 0.0)) @ vectors.T
    scale = np.sqrt(np.diag(whole))
    kept: Floats = whole / np.outer(scale, scale) if values.min() < 0 else found
    return kept


def related(one: MetricTotals, other: MetricTotals) -> float:
    """The correlation of two metrics' changes from period to period before go-live, in periods that both have."""
    weeks = max(_weeks(one), _weeks(other))
    first, second = (_levels(item, weeks) for item in (one, other))
    both = [at for at in first if {at, at + 1} <= first.keys() & second.keys()]
    if len(both) < FEWEST_PAIRS:
        return 0.0
    moves = [np.array([line[at + 1] - line[at] for at in both]) for line in (first, second)]
    spread = [float(move @ move) for move in moves]
    if min(spread) <= 0.0:
        return 0.0
    return float(moves[0] @ moves[1]) / float(np.sqrt(spread[0] * spread[1])) * len(both) / (len(both) + DOUBT)


def _weeks(item: MetricTotals) -> int:
    return max(1, round(WEEKS_PER_YEAR / item.ppy))


def _levels(item: MetricTotals, weeks: int) -> dict[int, float]:
    """The log of the metric in each whole period of so many weeks before go-live, counted back from it."""
    size = weeks // _weeks(item)
    made: dict[int, float] = {}
    for at in range(-(item.n0 // size), 0):
        rows = slice(item.n0 + at * size, item.n0 + (at + 1) * size)
        num, den = float(item.num[rows].sum()), float(item.den[rows].sum())
        if num > 0 and den > 0:
            made[at] = float(np.log(num / den))
    return made


def hung_together(cube: Floats, correlation: Floats) -> Floats:
    """Points of the unit cube [metrics, points] that are as evenly spread in each metric and hang together so (a
    Gaussian copula)."""
    if np.array_equal(correlation, np.eye(len(correlation))):
        return cube
    values, vectors = np.linalg.eigh(correlation)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    made: Floats = np.asarray(special.ndtr(root @ np.asarray(special.ndtri(cube))))
    return made
