"""How the effect moves after go-live: its size 3, 6 and 12 months on, and whether it still rises or fades.

The model lets the effect wander (θ + τ_t, a random walk from go-live). With the scales at the mode every
linear functional of that path has a closed-form normal posterior, like the mean effect itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from clm_audit.inference.calibrate import Calibration
from clm_audit.inference.model import CourseValue, PathPoint
from clm_audit.inference.rounding import as_share, rounded
from clm_audit.inference.series import LogSeries
from clm_audit.inference.structural import build_model, effect_covariance
from clm_audit.inference.students import t_quantile
from clm_audit.inference.unseen import Allowance, no_allowance

Floats = NDArray[np.float64]

MONTHS = (3, 6, 12)
PART = 3
"""The first and the last third of the after period are compared."""
CLEAR = 0.99
"""Probability from which a direction is called rising or fading. Only effects that were found have a course told, and
an effect is found more easily when chance has bent its path; at 95 % one step in six was told wrongly."""
SMALL = 0.95
"""Level of the interval of the difference that must be small for *flat*."""
FLAT = 0.05
"""A difference that surely lies within five log points, or within half the effect, is flat."""


@dataclass(frozen=True)
class Functional:
    """Posterior mean and calibrated standard deviation of one linear functional of the path, log scale."""

    mean: float
    sd: float


def effect_path(
    series: LogSeries, mode: Floats, calibration: Calibration, confidence: float, allowance: Allowance = no_allowance
) -> tuple[PathPoint, ...]:
    """The effect 3, 6 and 12 months after go-live, as far as the data reach.

    A point stands at the last observed period that ends by then; months that the data do not reach, or that end
    before the first observed period does, have none.
    """
    ends, slack = (series.years + 1.0 / series.ppy) * 12.0, _slack(series)
    after = np.flatnonzero(series.after)
    first, last = ends[after[0]], ends[after[-1]]
    reached = [months for months in MONTHS if last >= months - slack and first <= months + slack]
    chosen = [int(after[ends[after] <= months + slack][-1]) for months in reached]
    weights = np.zeros((len(chosen), series.log_ratio.size))
    weights[np.arange(len(chosen)), chosen] = 1.0
    t = t_quantile((1.0 + confidence) / 2.0, calibration.df)
    return tuple(
        PathPoint(
            months=months,
            effect=rounded(as_share(one.mean)),
            low=rounded(as_share(one.mean - t * one.sd)),
            high=rounded(as_share(one.mean + t * one.sd)),
        )
        for months, one in zip(reached, functionals(series, mode, calibration, weights, allowance), strict=True)
    )


def course(
    series: LogSeries, mode: Floats, calibration: Calibration, log_effect: float, allowance: Allowance = no_allowance
) -> CourseValue:
    """Whether the effect still rises, stays or fades: its last third against its first.

    *Rising* and *fading* are said of the effect's size, whichever its sign, when the model gives the direction
    at least 99 %; *flat* when the 95 % interval of the difference is small beside the effect, or small at all; else
    *unclear*.
    """
    after = np.flatnonzero(series.after)
    size = max(1, after.size // PART)
    weights = np.zeros((1, series.log_ratio.size))
    weights[0, after[-size:]] += 1.0 / size
    weights[0, after[:size]] -= 1.0 / size
    (change,) = functionals(series, mode, calibration, weights, allowance)
    if size == after.size or change.sd == 0.0:
        return "unclear"
    z = t_quantile(CLEAR, calibration.df)
    growth = change.mean * np.sign(log_effect)
    if growth > z * change.sd:
        return "rising"
    if growth < -z * change.sd:
        return "fading"
    within = abs(change.mean) + t_quantile((1.0 + SMALL) / 2.0, calibration.df) * change.sd
    return "flat" if within < max(FLAT, abs(log_effect) / 2.0) else "unclear"


def functionals(
    series: LogSeries, mode: Floats, calibration: Calibration, weights: Floats, allowance: Allowance = no_allowance
) -> tuple[Functional, ...]:
    """Posterior of each row of ``weights`` [m, n] times the path θ + τ at the observed periods.

    With C = LL′ the covariance of y, and E that of the path: mean w′E C⁻¹ r, variance w′E w − w′E C⁻¹ E w
    (Rasmussen & Williams 2006, eq. 2.25 and 2.26), the standard deviation times the calibration's factor, and the
    allowance for an unseen season on top, in squares.
    """
    model = build_model(series)
    path = effect_covariance(series)
    root = linalg.cholesky(model.covariance(mode), lower=True)
    shared = path @ weights.T
    solved = linalg.solve_triangular(root, np.column_stack([shared, model.residual]), lower=True)
    u, w = solved[:, :-1], solved[:, -1]
    variance = np.maximum(np.einsum("mn,nm->m", weights, shared) - (u**2).sum(axis=0), 0.0)
    spread = np.hypot(calibration.factor * np.sqrt(variance), allowance(series, mode, weights))
    return tuple(Functional(rounded(float(mean)), rounded(float(sd))) for mean, sd in zip(u.T @ w, spread, strict=True))


def _slack(series: LogSeries) -> float:
    """Half a period in months: thirteen weeks are a day short of three months, and do."""
    return 6.0 / series.ppy
