"""How many more weeks would decide an inconclusive metric, at this file's own rate and variance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from clm_audit.inference.effect import Estimate, detectable
from clm_audit.inference.series import LogSeries
from clm_audit.inference.structural import JITTER, effect_covariance, without_effect
from clm_audit.inference.unseen import Allowance
from clm_audit.measures.model import WEEKS_PER_YEAR

Floats = NDArray[np.float64]

LONGEST_WEEKS = 260
GRID = (*range(1, 27), *range(28, 105, 4), *range(117, LONGEST_WEEKS + 1, 13))
"""Weeks tried: each of the first 26, every fourth to two years, every quarter to five."""
NEVER = -1


def more_weeks(estimate: Estimate, materiality: float, confidence: float = 0.95) -> int:
    """The fewest further weeks after which the detectable effect (80 % power) is at most
    max(|estimate|, materiality); -1 when 260 weeks do not suffice.

    The posterior variance of θ̄ depends on the times alone, not on what will be observed. Its growth or
    shrinkage, with the scales at the mode and the median sampling variance for weeks to come, is applied to
    today's calibrated standard error; the allowance for an unseen season is that of the weeks to come.
    """
    series = estimate.series
    target = max(abs(estimate.effect.effect), materiality)
    weeks_per_period = WEEKS_PER_YEAR / series.ppy
    further = [_whole(weeks / weeks_per_period) for weeks in GRID]
    errors = future_se(estimate, further)
    for periods, error in zip(further, errors, strict=True):
        if detectable(error, estimate.effect.df, confidence) <= target:
            return _whole(periods * weeks_per_period)
    return NEVER


def future_se(estimate: Estimate, further: Sequence[int]) -> list[float]:
    """Standard error with so many further periods observed (non-decreasing counts)."""
    series, mode = estimate.series, estimate.mode
    sd = future_sd(series, mode, [0, *further])
    season = future_season(series, mode, further, estimate.allowance)
    return [math.hypot(estimate.own_se * one / sd[0], two) for one, two in zip(sd[1:], season, strict=True)]


def future_season(series: LogSeries, mode: Floats, further: Sequence[int], allowance: Allowance) -> list[float]:
    """What an unseen season will add to the error with so many further periods observed (non-decreasing counts)."""
    if not further:
        return []
    long = prolonged(series, max(further))
    return [float(value) for value in allowance(long, mode, _weights(series, long, further))]


def future_sd(series: LogSeries, mode: Floats, further: Sequence[int]) -> list[float]:
    """Posterior sd of θ̄ given the scales, with so many further periods observed (non-decreasing counts).

    The factor of fewer periods is the leading block of that of more, and what is solved with it the leading rows: so
    one factor and one solution serve for all counts.
    """
    long = prolonged(series, max(further))
    effect = effect_covariance(long)
    noise = long.sampling + float(np.exp(2.0 * mode[5])) + JITTER
    root = linalg.cholesky(without_effect(long, mode) + effect + np.diag(noise), lower=True)
    weights = _weights(series, long, further)
    shared = effect @ weights.T
    u = linalg.solve_triangular(root, shared, lower=True)
    seen = np.arange(long.log_ratio.size)[:, None] < series.log_ratio.size + np.asarray(further)
    variance = np.einsum("mn,nm->m", weights, shared) - (u**2).sum(axis=0, where=seen)
    return [float(value) for value in np.sqrt(np.maximum(variance, JITTER))]


def _weights(series: LogSeries, long: LogSeries, further: Sequence[int]) -> Floats:
    """The weights of the mean over the periods after go-live, with so many further ones observed, [m, n]."""
    known = series.log_ratio.size
    weights = np.zeros((len(further), long.log_ratio.size))
    for row, count in enumerate(further):
        after = long.after[: known + count]
        weights[row, : known + count] = after / max(1, int(np.count_nonzero(after)))
    return weights


def _whole(count: float) -> int:
    """Rounded up, a hair above a whole number being that number."""
    return math.ceil(round(count, 6))


def prolonged(series: LogSeries, further: int) -> LogSeries:
    """The series with ``further`` periods of typical noise appended; their values do not matter."""
    steps = np.arange(1, further + 1)
    return replace(
        series,
        log_ratio=np.append(series.log_ratio, np.zeros(further)),
        years=np.append(series.years, series.years[-1] + steps / series.ppy),
        position=np.append(series.position, series.position[-1] + steps),
        sampling=np.append(series.sampling, np.full(further, float(np.median(series.sampling)))),
        length=series.length + further,
    )
