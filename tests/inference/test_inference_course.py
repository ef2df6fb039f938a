"""How the effect moves: against the dense formulas, and on series whose effect is known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from clm_audit.inference.calibrate import Calibration, calibration_of, false_alarms
from clm_audit.inference.course import course, effect_path, functionals
from clm_audit.inference.students import t_quantile

PLAIN = Calibration((), 1.0, 20)


def planted(totals, estimate, shape, noise=0.01, before=104, after=60, seed=3):
    """A quiet series whose log level moves by ``shape(years since go-live)`` after go-live."""
    years = np.arange(after) * 7 / 365.2425
    rng = np.random.default_rng(seed)
    level = np.concatenate([np.zeros(before), shape(years)]) + rng.normal(0, noise, before + after)
    num = 40_000.0 * np.exp(level)
    return estimate(totals(num, np.full(before + after, 1000.0), before, np.full(before + after, 1e-5)))


def dense(series, mode, weights):
    """The same posterior by plain inverses, written from the model's formula."""
    trend, walk, shock, season, peak, noise = np.exp(2 * mode)
    t = series.years
    gap = np.abs(t[:, None] - t[None, :])
    part = np.mod(gap, 1.0)
    cov = 25.0 + trend * np.outer(t, t) + walk * (np.minimum.outer(t - t[0], t - t[0]) + 1e-3)
    cov = cov + shock * np.exp(-gap / 0.08) + season * np.exp(-2 * np.sin(np.pi * gap) ** 2 / 0.49)
    cov = cov + peak * np.maximum(0, 1 - series.ppy * np.minimum(part, 1 - part))
    on = (series.position >= series.go_live).astype(float)
    since = on * (t + 1 / series.ppy)
    path = 25.0 * np.outer(on, on) + 0.04 * np.minimum.outer(since, since)
    cov = cov + path + np.diag(series.sampling + noise + 1e-10)
    inverse = np.linalg.inv(cov)
    shared = path @ weights.T
    mean = shared.T @ inverse @ (series.log_ratio - series.log_ratio.mean())
    variance = weights @ path @ weights.T - shared.T @ inverse @ shared
    return mean, np.sqrt(np.diag(variance))


def test_functionals_are_the_dense_posterior(totals, estimate):
    found = planted(totals, estimate, lambda t: 0.1 * t, before=60, after=30)
    weights = np.zeros((2, 90))
    weights[0, 70] = 1.0
    weights[1, 80:], weights[1, 60:70] = 0.1, -0.1
    mean, sd = dense(found.series, found.mode, weights)
    ours = functionals(found.series, found.mode, Calibration((), 1.5, 20), weights)
    assert [one.mean for one in ours] == pytest.approx(mean, abs=1e-6)
    assert [one.sd for one in ours] == pytest.approx(1.5 * sd, rel=1e-4)


def test_the_points_are_where_the_effect_stood(totals, estimate):
    found = planted(totals, estimate, lambda t: 0.3 * np.minimum(t, 1.0))
    assert [point.months for point in found.effect.path] == [3, 6, 12]
    for point in found.effect.path:
        planted_there = math.expm1(0.3 * point.months / 12)
        assert point.low < planted_there < point.high
        assert point.low < point.effect < point.high
    assert found.effect.path[0].effect < found.effect.path[-1].effect


def test_months_that_are_not_reached_have_no_point(totals, estimate):
    short = planted(totals, estimate, np.zeros_like, after=12)
    assert [point.months for point in short.effect.path] == []
    quarter = planted(totals, estimate, np.zeros_like, after=13)
    assert [point.months for point in quarter.effect.path] == [3]


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_courses(totals, estimate, sign):
    rising = planted(totals, estimate, lambda t: sign * 0.4 * t)
    fading = planted(totals, estimate, lambda t: sign * 0.4 * np.maximum(0.0, 1.0 - t))
    step = planted(totals, estimate, lambda t: np.full(t.size, sign * 0.5))
    assert rising.effect.course == "rising"
    assert fading.effect.course == "fading"
    assert step.effect.course == "flat"


def test_a_noisy_effect_is_not_called_anything(totals, estimate):
    noisy = planted(totals, estimate, lambda t: np.full(t.size, 0.02), noise=0.3, after=8)
    assert noisy.effect.course == "unclear"


def test_one_period_after_go_live_has_no_course(totals, estimate):
    found = planted(totals, estimate, np.zeros_like, after=1)
    assert course(found.series, found.mode, PLAIN, 0.1) == "unclear"
    assert effect_path(found.series, found.mode, PLAIN, 0.95) == ()


def alarms(z, season=()):
    return false_alarms(replace(calibration_of(z), season=season), 0.95)


def test_false_alarms_are_judged_with_the_other_dates():
    quiet = (0.5, -0.3, 1.0, 0.2)
    assert alarms(quiet) == 0
    loud = (*quiet, 5.0)
    # by hand: the loud one against c² = (20 + .25 + .09 + 1 + .04) / 24 -> 1 at most, t(.975, 24) = 2.064
    assert alarms(loud) == 1
    assert calibration_of(quiet).factor * t_quantile(0.975, 24) < 5.0
    assert alarms(()) == 0
    # three misses of 2.3 widen each other's limit: c² = (20 + 2 · 5.29) / 22 = 1.39, limit 1.179 × 2.074 = 2.445
    assert alarms((2.3, 2.3, 2.3)) == 0
    assert alarms((2.5, 2.5, 2.5)) == 0  # c² = (20 + 12.5) / 22: limit 2.52
    assert alarms((2.3,)) == 1  # alone: t(.975, 20) = 2.086
    # a date whose season was never seen has a wider range, as an audit on that day would have had
    assert alarms((2.3,), (0.4,)) == 1  # 2.086 × √1.16 = 2.247
    assert alarms((2.3,), (0.5,)) == 0  # 2.086 × √1.25 = 2.332


def test_months_before_the_first_observed_period_have_no_point(totals, estimate):
    """A hole at go-live: the first weeks that hold anything end in the fifth month."""
    num, den = np.full(164, 40_000.0), np.full(164, 1000.0)
    num[104:122] = den[104:122] = 0.0
    found = estimate(totals(num + np.arange(164) % 7, den, 104, np.full(164, 1e-5)))
    assert [point.months for point in found.effect.path] == [6, 12]
