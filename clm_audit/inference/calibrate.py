"""Calibration on the company's own history: forecasts of go-lives that never were.

With the scales at the mode, windows as long as the real after period are forecast from what came before
them. If the forecasts miss by more than they should, the interval is widened by that much (placebos in
time, after Abadie, Diamond & Hainmueller 2010, doi 10.1198/jasa.2009.ap08746).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from clm_audit.inference.series import LogSeries
from clm_audit.inference.structural import JITTER, mean_weights, without_effect
from clm_audit.inference.students import t_quantile
from clm_audit.inference.unseen import Allowance, no_allowance

Floats = NDArray[np.float64]

PRIOR_FORECASTS = 20
"""The model's own word counts as much as 20 fake go-lives with z² = 1."""
LEAST_FACTOR = 0.8
"""A lucky history may narrow the interval by a fifth at most."""
LARGEST_Z = 6.0
LEAST_HISTORY_PERIODS = 10
LEAST_HISTORY_YEARS = 0.5
LEAST_OBSERVED = (8, 2)
"""Observed periods needed before a fake go-live, and after it."""


@dataclass(frozen=True)
class Calibration:
    """``z``: standardised errors of the fake go-lives, latest first; ``space``: those of control units taken for ones
    that got the CRM. ``factor`` c on the half-width, ``df`` degrees of freedom of the t quantile. ``season``: for each
    z, what an unseen season would have added to its error, in standard deviations."""

    z: tuple[float, ...]
    factor: float
    df: int
    space: tuple[float, ...] = ()
    season: tuple[float, ...] = ()


class Placebo(NamedTuple):
    """A fake go-live: its standardised error, held within ±6, and the allowance for its season in the same unit."""

    z: float
    season: float


def calibrate(
    series: LogSeries, mode: Floats, space: tuple[float, ...] = (), allowance: Allowance = no_allowance
) -> Calibration:
    """c² = (20 + Σ z²) / (20 + K), c ≥ 0.8, df = 20 + K; with J placebos in space K counts J − 1 of them.

    With known breaks in the history there are no fake go-lives (K = 0): a window across a break would
    be missed for a reason that has nothing to do with the noise.
    """
    found = () if series.breaks else placebos(series, mode, allowance)
    calibration = calibration_of(tuple(one.z for one in found), space)
    return replace(calibration, season=tuple(one.season for one in found))


def calibration_of(z: tuple[float, ...], space: tuple[float, ...] = ()) -> Calibration:
    """The calibration that these standardised errors ask for.

    Each unit of a control group is measured against the others, so that J of them say as much as J − 1.
    """
    units = max(0, len(space) - 1)
    df = PRIOR_FORECASTS + len(z) + units
    beside = sum(value**2 for value in space) * units / max(1, len(space))
    squared = (PRIOR_FORECASTS + sum(value**2 for value in z) + beside) / df
    return Calibration(z, max(LEAST_FACTOR, float(np.sqrt(squared))), df, space)


def after_z(series: LogSeries, log_scales: Floats) -> tuple[float, ...]:
    """The standardised error of forecasting the real after period from all before it; empty when that is too short."""
    width = series.length - series.go_live
    ended = replace(series, go_live=series.length, length=series.length + width)
    return placebo_z(ended, log_scales)[:1]


def false_alarms(calibration: Calibration, confidence: float) -> int:
    """How many of the fake go-lives this very method would have called a change, at ``confidence``.

    Each is judged with the calibration of the others: an audit on that day would not have known its own error.
    """
    z, season = calibration.z, calibration.season or (0.0,) * len(calibration.z)
    found = 0
    for place, value in enumerate(z):
        known = calibration_of(z[:place] + z[place + 1 :], calibration.space)
        error = math.hypot(known.factor, season[place])
        found += abs(value) > error * t_quantile((1.0 + confidence) / 2.0, known.df)
    return found


def placebo_z(series: LogSeries, mode: Floats) -> tuple[float, ...]:
    """The standardised errors of :func:`placebos`."""
    return tuple(one.z for one in placebos(series, mode))


def placebos(series: LogSeries, mode: Floats, allowance: Allowance = no_allowance) -> tuple[Placebo, ...]:
    """Forecast errors over their standard deviation, windows counted back from go-live.

    z = (mean of y over the window − forecast) / sd. All windows share one history, so that the Cholesky
    factor of a shorter history is the leading block of the longest one's.
    """
    before = series.position < series.go_live
    position, y = series.position[before], series.log_ratio[before]
    noise = series.sampling[before] + float(np.exp(2.0 * mode[5]))
    course = without_effect(series, mode)[np.ix_(before, before)]
    root = linalg.cholesky(course + np.diag(noise + JITTER), lower=True)
    width = series.length - series.go_live
    least = max(LEAST_HISTORY_PERIODS, int(LEAST_HISTORY_YEARS * series.ppy))
    found = []
    for start in range(series.go_live - width, least - 1, -width):
        known = int(np.searchsorted(position, start))
        window = slice(known, int(np.searchsorted(position, start + width)))
        if known < LEAST_OBSERVED[0] or window.stop - window.start < LEAST_OBSERVED[1]:
            continue
        error, sd = _forecast_error(root[:known, :known], course, noise, y, window)
        then = _as_of(series, start, window.stop, width)
        season = float(allowance(then, mode, mean_weights(then))[0]) / sd
        found.append(Placebo(float(np.clip(error / sd, -LARGEST_Z, LARGEST_Z)), season))
    return tuple(found)


def _as_of(series: LogSeries, start: int, stop: int, width: int) -> LogSeries:
    """The series as an audit of a go-live at position ``start`` would have seen it; ``stop`` periods observed."""
    return replace(
        series,
        log_ratio=series.log_ratio[:stop],
        years=series.years[:stop] - (start - series.go_live) / series.ppy,
        position=series.position[:stop],
        sampling=series.sampling[:stop],
        go_live=start,
        length=start + width,
    )


def _forecast_error(root: Floats, course: Floats, noise: Floats, y: Floats, window: slice) -> tuple[float, float]:
    """Error of forecasting one window from everything before it, whose factor is given, and its standard deviation."""
    known = root.shape[0]
    level = float(y[:known].mean())
    shared = course[:known, window].mean(axis=1)
    solved = linalg.solve_triangular(root, np.column_stack([shared, y[:known] - level]), lower=True)
    u, w = solved[:, 0], solved[:, 1]
    count = window.stop - window.start
    variance = course[window, window].mean() - u @ u + noise[window].sum() / count**2
    return float(y[window].mean() - level - u @ w), float(np.sqrt(variance))
