"""The course that the metric would have taken without a go-live, for the chart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from clm_audit.inference.calibrate import Calibration
from clm_audit.inference.rounding import LARGEST_LOG, rounded_array
from clm_audit.inference.series import LogSeries
from clm_audit.inference.structural import JITTER, build_model, known_breaks, without_effect
from clm_audit.inference.students import t_quantile
from clm_audit.inference.unseen import Allowance, no_allowance

Floats = NDArray[np.float64]


def expected_course(
    series: LogSeries,
    mode: Floats,
    calibration: Calibration,
    periods: int,
    confidence: float,
    allowance: Allowance = no_allowance,
) -> tuple[Floats, Floats, Floats]:
    """Expected value, low and high end of the range of single periods, each [periods] in the metric's unit.

    The scales stand at the mode. Before go-live: the fit of all periods before. After: the forecast from
    those same periods, which have never seen the after data. The range holds one period's noise as well and
    is stretched by the calibration: half-width = c · t(df) · sd on the log scale. The middle is the median
    exp(mean), not the mean of the log-normal. NaN where the period is missing. Weeks whose season was never seen
    have a wider range. A known break after go-live is a step whose size only the periods after can tell: it is
    taken from the whole model, effect and all.
    """
    before = series.position < series.go_live
    early = tuple(place for place in series.breaks if place < series.go_live)
    course = without_effect(replace(series, breaks=early), mode)
    noise = series.sampling + float(np.exp(2.0 * mode[5]))
    level = float(series.log_ratio[before].mean())
    root = linalg.cholesky(course[np.ix_(before, before)] + np.diag(noise[before] + JITTER), lower=True)
    right = np.column_stack([course[before], series.log_ratio[before] - level])
    solved = linalg.solve_triangular(root, right, lower=True)
    u, w = solved[:, :-1], solved[:, -1]
    middle = level + u.T @ w
    variance = np.maximum(np.diag(course) - (u**2).sum(axis=0), 0.0) + noise
    later = tuple(place for place in series.breaks if place >= series.go_live)
    if later:
        moved, uncertain = _late_steps(series, mode, later)
        middle, variance = middle + moved, variance + uncertain
    spread = np.hypot(calibration.factor * np.sqrt(variance), allowance(series, mode, np.eye(series.years.size)))
    half = t_quantile((1.0 + confidence) / 2.0, calibration.df) * spread
    index = series.first + series.position
    low, high = _spread(middle - half, index, periods), _spread(middle + half, index, periods)
    return _spread(middle, index, periods), low, high


def _late_steps(series: LogSeries, mode: Floats, later: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Posterior mean and variance of the steps at the breaks after go-live, [n] each, given all periods."""
    model = build_model(series)
    steps = known_breaks(replace(series, breaks=later))
    root = linalg.cholesky(model.covariance(mode), lower=True)
    solved = linalg.solve_triangular(root, np.column_stack([steps, model.residual]), lower=True)
    u, w = solved[:, :-1], solved[:, -1]
    return u.T @ w, np.maximum(np.diag(steps) - (u**2).sum(axis=0), 0.0)


def _spread(log_values: Floats, index: NDArray[np.int64], periods: int) -> Floats:
    """Back to the metric's unit and to the places of all periods, missing ones NaN."""
    values = np.full(periods, np.nan)
    values[index] = np.exp(np.clip(log_values, -LARGEST_LOG, LARGEST_LOG))
    return rounded_array(values)
