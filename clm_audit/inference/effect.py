"""From the posterior and the calibration to the printed effect: estimate, interval, p, what was detectable."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from clm_audit.inference.calibrate import Calibration, calibrate, false_alarms
from clm_audit.inference.course import course, effect_path
from clm_audit.inference.expected import expected_course
from clm_audit.inference.integrate import Posterior, integrate
from clm_audit.inference.model import Effect
from clm_audit.inference.rounding import as_share, rounded
from clm_audit.inference.series import LogSeries
from clm_audit.inference.structural import build_model, mean_weights
from clm_audit.inference.students import normal_quantile, t_cdf, t_quantile
from clm_audit.inference.unseen import Allowance, season_allowance, unseen
from clm_audit.measures.model import WEEKS_PER_YEAR

Floats = NDArray[np.float64]

POWER = 0.80
EQUIVALENCE_LEVEL = 0.05
"""Each one-sided test against ±materiality; the 90 % interval is its picture."""
SEASON_WEEKS = 52
"""A season counts as seen once before go-live when 52 whole weeks of history precede it."""
_STANDARD_ERROR_LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """An effect on its way to a finding: what is printed, and what the horizon needs: the mode [6], the calibration,
    the standard error of the model alone, and the allowance for a season that was never seen."""

    effect: Effect
    series: LogSeries
    mode: Floats
    calibration: Calibration
    own_se: float
    allowance: Allowance


def no_placebos(_: Floats) -> tuple[float, ...]:
    """Nobody to compare with."""
    return ()


def estimate_effect(
    series: LogSeries,
    periods: int,
    confidence: float = 0.95,
    beside: Callable[[Floats], tuple[float, ...]] = no_placebos,
    allowance: Allowance = season_allowance,
) -> Estimate:
    """The adjusted effect of go-live on one series, its course and the values that were expected without it.

    ``periods``: length of the arrays of expected values (those of the metric's totals). The others as of
    :func:`bare_estimate`.
    """
    found = bare_estimate(series, confidence, beside, allowance)
    mode, calibration = found.mode, found.calibration
    expected, low_band, high_band = expected_course(series, mode, calibration, periods, confidence, allowance)
    effect = replace(
        found.effect,
        expected=expected,
        low_band=low_band,
        high_band=high_band,
        path=effect_path(series, mode, calibration, confidence, allowance),
        course=course(series, mode, calibration, found.effect.log_effect, allowance),
    )
    return replace(found, effect=effect)


def bare_estimate(
    series: LogSeries,
    confidence: float = 0.95,
    beside: Callable[[Floats], tuple[float, ...]] = no_placebos,
    allowance: Allowance = season_allowance,
) -> Estimate:
    """The adjusted effect of go-live on one series, with all that a decision asks for: no course, no expected values.

    ``confidence``: level of the interval and of the expected range. ``beside``: log scales -> standardised errors of
    placebos in space, where there is a control group. ``allowance``: what a season that the history never showed adds.
    """
    posterior = integrate(build_model(series))
    mode = posterior.mode
    calibration = calibrate(series, mode, beside(mode), allowance)
    season = float(allowance(series, mode, mean_weights(series))[0])
    usual = calibrated_interval(posterior, calibration, _STANDARD_ERROR_LEVEL)
    ends = usual if confidence == _STANDARD_ERROR_LEVEL else calibrated_interval(posterior, calibration, confidence)
    own = _error_behind(usual, calibration)
    effect = replace(
        _effect(float(posterior.weight @ posterior.mean), ends, calibration, own, season, confidence),
        years_before=rounded(series.years_before),
        season_seen=round(series.years_before * WEEKS_PER_YEAR) >= SEASON_WEEKS,
        unseen=rounded(float(unseen(series)[series.after].mean())) if season else 0.0,
    )
    return Estimate(effect, series, mode, calibration, own, allowance)


def _effect(
    log_effect: float,
    ends: tuple[float, float],
    calibration: Calibration,
    own: float,
    season: float,
    confidence: float,
) -> Effect:
    """What does not depend on the times of the periods. ``ends`` of the interval and ``own`` standard error: those of
    the model alone, without the ``season``."""
    df = calibration.df
    se = math.hypot(own, season)
    allowed = t_quantile((1.0 + confidence) / 2.0, df) * season
    low = log_effect - math.hypot(log_effect - ends[0], allowed)
    high = log_effect + math.hypot(ends[1] - log_effect, allowed)
    half90 = t_quantile(1.0 - EQUIVALENCE_LEVEL, df) * se
    nothing = np.zeros(0)
    return Effect(
        effect=rounded(as_share(log_effect)),
        low=rounded(as_share(low)),
        high=rounded(as_share(high)),
        low90=rounded(as_share(log_effect - half90)),
        high90=rounded(as_share(log_effect + half90)),
        log_effect=rounded(log_effect),
        se=rounded(se),
        df=df,
        p=rounded(2.0 * t_cdf(-abs(log_effect) / se, df)),
        probability_up=rounded(t_cdf(log_effect / se, df)),
        detectable=rounded(detectable(se, df, confidence)),
        placebo_z=tuple(rounded(z) for z in calibration.z),
        years_before=0.0,
        season_seen=False,
        expected=nothing,
        low_band=nothing,
        high_band=nothing,
        false_alarms=false_alarms(calibration, confidence),
        season_sd=rounded(season),
        p_season_known=rounded(2.0 * t_cdf(-abs(log_effect) / own, df)),
        space_z=tuple(rounded(z) for z in calibration.space),
    )


def calibrated_interval(posterior: Posterior, calibration: Calibration, level: float) -> tuple[float, float]:
    """The mixture's central interval, both halves stretched by c · t / z; log scale."""
    tail = (1.0 - level) / 2.0
    centre = float(posterior.weight @ posterior.mean)
    low, high = mixture_quantiles(posterior, (tail, 1.0 - tail))
    stretch = calibration.factor * t_quantile(1.0 - tail, calibration.df) / normal_quantile(1.0 - tail)
    return centre - (centre - low) * stretch, centre + (high - centre) * stretch


def standard_error(posterior: Posterior, calibration: Calibration) -> float:
    """Half the calibrated 95 % interval over its t quantile; log scale. The same at every confidence."""
    return _error_behind(calibrated_interval(posterior, calibration, _STANDARD_ERROR_LEVEL), calibration)


def _error_behind(interval: tuple[float, float], calibration: Calibration) -> float:
    """The standard error that a 95 % interval comes from."""
    low, high = interval
    return (high - low) / 2.0 / t_quantile((1.0 + _STANDARD_ERROR_LEVEL) / 2.0, calibration.df)


def detectable(se: float, df: int, confidence: float = 0.95) -> float:
    """The smallest rise (share) that a test at 1 − confidence would have found with 80 % power:
    exp((t_{two-sided} + t_{.80}) · se) − 1."""
    return as_share((t_quantile((1.0 + confidence) / 2.0, df) + t_quantile(POWER, df)) * se)


def mixture_quantiles(posterior: Posterior, shares: Sequence[float]) -> tuple[float, ...]:
    """Quantiles of Σ w_i N(m_i, s_i²), by bracketing."""
    mean, sd, weight = posterior.mean, posterior.sd, posterior.weight

    def excess(x: float, share: float) -> float:
        return float(weight @ special.ndtr((x - mean) / sd)) - share

    low, high = float((mean - 9.0 * sd).min()), float((mean + 9.0 * sd).max())
    return tuple(float(optimize.brentq(excess, low, high, args=(share,))) for share in shares)
