"""Kernels, likelihood, conditional effect and placebo forecasts against plain textbook formulas."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_audit.inference import kernels
from clm_audit.inference.calibrate import calibrate, placebo_z
from clm_audit.inference.effect import estimate_effect
from clm_audit.inference.expected import expected_course
from clm_audit.inference.integrate import find_mode, importance_weights
from clm_audit.inference.prior import SCALE_PRIOR, SCALES, fixed_nodes
from clm_audit.inference.series import log_series
from clm_audit.inference.structural import build_model, without_effect

PPY = 365.2425 / 7
TIMES = np.array([-1.5, -1.0, -0.4, -0.02, 0.0, 0.019, 0.5])


def by_hand(kind: str, s: float, t: float) -> float:
    gap = abs(s - t)
    if kind == "trend":
        return s * t
    if kind == "walk":
        return min(s, t) + 1.5 + 1e-3
    if kind == "shocks":
        return math.exp(-gap / 0.08)
    if kind == "season":
        return math.exp(-2 * math.sin(math.pi * gap) ** 2 / 0.49)
    phase = gap - math.floor(gap)
    return max(0.0, 1 - PPY * min(phase, 1 - phase))


def test_kernels_are_their_formulas():
    found = kernels.background_kernels(TIMES, PPY)
    for k, kind in enumerate(SCALES[:5]):
        for i, s in enumerate(TIMES):
            for j, t in enumerate(TIMES):
                assert found[k, i, j] == pytest.approx(by_hand(kind, s, t), abs=1e-12), kind


def test_the_path_of_an_effect_starts_at_go_live():
    after = TIMES >= 0
    path = kernels.fading_path(TIMES, after, PPY)
    assert not path[~after].any()
    assert path[5, 6] == pytest.approx(0.019 + 1 / PPY)


def test_the_nodes_look_standard_normal():
    nodes = fixed_nodes()
    assert np.abs(nodes.mean(axis=0)).max() < 0.1
    assert np.abs(nodes.std(axis=0) - 1).max() < 0.1


@pytest.fixture(scope="module")
def series(totals, simulate):
    num, den, s2 = simulate(np.random.default_rng(11), 60, 20)
    num[[3, 40, 61]] = np.nan
    return log_series(totals(num, den, 60, s2))


def full_covariance(series, log_scales):
    """Entry by entry, from the model's definition."""
    v = np.exp(2 * np.asarray(log_scales))
    n = series.log_ratio.size
    total = np.empty((n, n))
    first = series.years.min()
    for i, s in enumerate(series.years):
        for j, t in enumerate(series.years):
            gap = abs(s - t)
            phase = gap - math.floor(gap)
            total[i, j] = (
                25
                + v[0] * s * t
                + v[1] * (min(s, t) - first + 1e-3)
                + v[2] * math.exp(-gap / 0.08)
                + v[3] * math.exp(-2 * math.sin(math.pi * gap) ** 2 / 0.49)
                + v[4] * max(0.0, 1 - PPY * min(phase, 1 - phase))
                + (v[5] + series.sampling[i] + 1e-10 if i == j else 0)
                + (25 + 0.04 * (min(s, t) + 1 / PPY) if min(s, t) >= -1e-9 else 0)
            )
    return total


def test_the_conditional_effect_is_the_textbook_normal(series):
    point = SCALE_PRIOR.centre + np.array([0.3, -0.2, 0.5, 0.1, -0.4, 0.2])
    _, mean, sd = build_model(series).effect_at(point[None, :])
    after = series.years >= -1e-9
    gaps = np.where(np.outer(after, after), np.minimum.outer(series.years, series.years) + 1 / PPY, 0)
    effect = np.outer(after, after) * 25.0 + 0.04 * gaps
    weights = after / after.sum()
    precision = np.linalg.inv(full_covariance(series, point))
    shared = effect @ weights
    assert mean[0] == pytest.approx(shared @ precision @ (series.log_ratio - series.log_ratio.mean()), abs=1e-8)
    assert sd[0] ** 2 == pytest.approx(weights @ effect @ weights - shared @ precision @ shared, abs=1e-8)


def test_objective_is_the_log_posterior(series):
    model = build_model(series)

    def plain(point):
        c = full_covariance(series, point)
        r = series.log_ratio - series.log_ratio.mean()
        prior = (((point - SCALE_PRIOR.centre) / SCALE_PRIOR.spread) ** 2).sum()
        return 0.5 * (r @ np.linalg.solve(c, r) + np.linalg.slogdet(c)[1] + prior)

    one, two = SCALE_PRIOR.centre, SCALE_PRIOR.centre + 0.4
    assert model.objective(one)[0] - model.objective(two)[0] == pytest.approx(plain(one) - plain(two), abs=1e-7)
    assert model.objective(two)[0] == pytest.approx(model.effect_at(two[None, :])[0][0], abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(shift=st.lists(st.floats(-1.5, 1.5), min_size=6, max_size=6))
def test_gradient_is_the_slope_of_the_objective(series, shift):
    model = build_model(series)
    point = SCALE_PRIOR.centre + np.array(shift)
    gradient = model.objective(point)[1]
    for j in range(6):
        step = np.zeros(6)
        step[j] = 1e-5
        slope = (model.objective(point + step)[0] - model.objective(point - step)[0]) / 2e-5
        assert gradient[j] == pytest.approx(slope, rel=1e-4, abs=1e-4)


def test_an_impossible_covariance_is_worse_than_anything(series):
    """What the line search sees where rounding has eaten the positive definiteness."""
    model = build_model(series)
    broken = replace(model, fixed=model.fixed - 1e3 * np.eye(series.log_ratio.size))
    value, gradient = broken.objective(SCALE_PRIOR.centre)
    assert value > 1e6 * abs(model.objective(SCALE_PRIOR.centre)[0])
    assert not gradient.any()
    height, mean, sd = broken.effect_at(SCALE_PRIOR.centre[None, :])
    assert height[0] == value
    assert (mean[0], sd[0]) == (0.0, pytest.approx(math.sqrt(model.effect_variance)))


def test_importance_weights_are_capped_and_sum_to_one():
    standard = np.zeros((128, 6))
    height = np.full(128, -50.0)
    height[7] = 0.0
    weight = importance_weights(height, standard)
    assert weight.sum() == pytest.approx(1.0)
    assert weight[7] == weight.max()
    raw = np.exp(height)
    assert np.minimum(raw, 8 * raw.mean())[7] == pytest.approx(8 / 128, rel=1e-6)


def test_placebo_forecasts_are_the_textbook_conditional(series):
    mode = find_mode(build_model(series))
    course = without_effect(series, mode)
    width = series.length - series.go_live
    noise = series.sampling + np.exp(2 * mode[5])
    wanted = []
    for start in range(series.go_live - width, max(10, int(0.5 * PPY)) - 1, -width):
        a = np.flatnonzero(series.position < start)
        b = np.flatnonzero((series.position >= start) & (series.position < start + width))
        precision = np.linalg.inv(course[np.ix_(a, a)] + np.diag(noise[a] + 1e-10))
        shared = course[np.ix_(a, b)].mean(axis=1)
        level = series.log_ratio[a].mean()
        miss = series.log_ratio[b].mean() - level - shared @ precision @ (series.log_ratio[a] - level)
        variance = course[np.ix_(b, b)].mean() - shared @ precision @ shared + noise[b].sum() / b.size**2
        wanted.append(miss / math.sqrt(variance))
    assert len(wanted) == 1
    assert placebo_z(series, mode) == pytest.approx(wanted, abs=1e-6)
    found = calibrate(series, mode)
    assert found.df == 21
    assert found.factor == pytest.approx(max(0.8, math.sqrt((20 + wanted[0] ** 2) / 21)))


def test_a_broken_forecast_widens_the_interval_and_is_clipped(totals, estimate):
    rng = np.random.default_rng(3)
    num = np.exp(rng.normal(0, 0.01, 80))
    num[:30] *= 40.0
    jumpy = estimate(totals(num, np.ones(80), 60)).effect
    calm = estimate(totals(np.exp(rng.normal(0, 0.01, 80)), np.ones(80), 60)).effect
    assert jumpy.se > calm.se
    assert max(abs(z) for z in jumpy.placebo_z) <= 6.0


def test_the_expected_course_never_saw_the_after_data(totals, simulate):
    num, den, s2 = simulate(np.random.default_rng(21), 80, 20)
    changed = num.copy()
    changed[80:] *= np.linspace(1.0, 3.0, 20)
    courses = []
    for numerator in (num, changed):
        series = log_series(totals(numerator, den, 80, s2))
        calibration = calibrate(series, SCALE_PRIOR.centre)
        courses.append(expected_course(series, SCALE_PRIOR.centre, calibration, 100, 0.95))
    assert np.array_equal(courses[0], courses[1])


def test_the_expected_range_covers_what_happened_when_nothing_did(totals, estimate, simulate):
    num, den, s2 = simulate(np.random.default_rng(8), 104, 52)
    num[[10, 120]] = np.nan
    found = estimate(totals(num, den, 104, s2)).effect
    value = num / den
    missing = np.isnan(value)
    assert np.array_equal(np.isnan(found.expected), missing)
    inside = (found.low_band <= value) & (value <= found.high_band)
    assert inside[~missing].mean() > 0.9
    assert (found.low_band < found.expected)[~missing].all()
    assert (found.expected < found.high_band)[~missing].all()
    width = np.log(found.high_band / found.low_band)
    assert np.nanmean(width[104:]) > np.nanmean(width[:104])


def test_a_break_after_go_live_does_not_make_the_expected_range_explode(totals):
    """The size of its step is told by the weeks after it: the line follows, and the range stays a range."""
    rng = np.random.default_rng(12)
    num = rng.poisson(4000, 104 + 40).astype(float)
    num[124:] *= 1.5
    series = log_series(totals(num, np.full(144, 1000.0), 104, 1 / num), [124])
    found = estimate_effect(series, 144).effect
    width = np.log(found.high_band / found.low_band)
    assert width[124:].max() < 3 * width[104:124].max()
    assert np.log(found.expected[124:] / found.expected[123]) == pytest.approx(math.log(1.5), abs=0.05)
    assert abs(found.log_effect) < 0.1
