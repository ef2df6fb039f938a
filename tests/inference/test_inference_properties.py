"""What must hold whatever the data: shifts, sameness, and staying in one piece."""

from __future__ import annotations

import math
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from clm_audit.inference.prior import SCALE_PRIOR
from clm_audit.inference.series import log_series
from clm_audit.inference.structural import build_model

SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=8, deadline=None)
@given(seed=SEEDS, constant=st.floats(-12, 12))
def test_a_constant_on_all_log_values_changes_nothing(totals, estimate, simulate, seed, constant):
    num, den, s2 = simulate(np.random.default_rng(seed), 40, 16)
    plain = estimate(totals(num, den, 40, s2)).effect
    moved = estimate(totals(num * math.exp(constant), den, 40, s2)).effect
    assert moved.log_effect == pytest.approx(plain.log_effect, abs=1e-7)
    assert moved.se == pytest.approx(plain.se, rel=1e-6)
    assert moved.p == pytest.approx(plain.p, abs=1e-5)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, c=st.floats(-0.7, 0.7), shift=st.lists(st.floats(-1, 1), min_size=6, max_size=6))
def test_given_the_scales_c_on_the_after_periods_moves_the_effect_by_c(totals, simulate, seed, c, shift):
    """Up to what the priors N(0, 25) of θ and of the level hold back: c · Cov(θ̄, θ | y) / 25 and the like,
    about c · se² / 25, so a few parts in ten thousand."""
    num, den, s2 = simulate(np.random.default_rng(seed), 40, 16)
    lifted = num.copy()
    lifted[40:] *= math.exp(c)
    point = (SCALE_PRIOR.centre + SCALE_PRIOR.spread * np.array(shift))[None, :]
    _, plain, sd = build_model(log_series(totals(num, den, 40, s2))).effect_at(point)
    _, moved, sd_moved = build_model(log_series(totals(lifted, den, 40, s2))).effect_at(point)
    assert moved[0] - plain[0] == pytest.approx(c, abs=abs(c) * 1e-3 + 1e-9)
    assert sd_moved[0] == pytest.approx(sd[0], rel=1e-9)


@settings(max_examples=8, deadline=None)
@given(seed=SEEDS, c=st.floats(-0.7, 0.7))
def test_c_on_the_after_periods_moves_the_estimate_by_c(totals, estimate, simulate, seed, c):
    """With the scales integrated out: as a rule to a thousandth of the standard error; to a third of it where two
    curvatures are nearly equal, for the axes of the 128 nodes may then turn or change sign."""
    num, den, s2 = simulate(np.random.default_rng(seed), 40, 16)
    plain = estimate(totals(num, den, 40, s2)).effect
    lifted = num.copy()
    lifted[40:] *= math.exp(c)
    moved = estimate(totals(lifted, den, 40, s2)).effect
    assert moved.log_effect - plain.log_effect == pytest.approx(c, abs=0.35 * plain.se)
    assert moved.se == pytest.approx(plain.se, rel=0.2)


def quiet(n: int) -> np.ndarray:
    return np.full(n, 100.0)


AWKWARD = {
    "thirteen weeks": (quiet(17), quiet(17) * 10, 13),
    "constant": (quiet(60), quiet(60), 50),
    "ten years of weeks": (
        np.random.default_rng(1).poisson(300, 522).astype(float),
        quiet(522) * 10,
        470,
    ),
    "zero-event periods": (np.resize([0.0, 3.0, 1.0, 0.0, 2.0], 80), quiet(80), 60),
    "single events": (np.ones(60), np.resize([1.0, 2.0], 60), 44),
    "huge": (np.random.default_rng(2).poisson(1e9, 70) * 1e6, quiet(70) * 1e4, 50),
    "ratios near zero": (np.random.default_rng(3).poisson(30, 70) * 1e-9, quiet(70) * 1e9, 50),
    "every other week missing": (np.resize([100.0, np.nan], 90), quiet(90), 60),
    "a year missing": (np.where((np.arange(160) > 30) & (np.arange(160) < 83), np.nan, 90.0), quiet(160), 130),
    "wash-out missing": (np.where((np.arange(80) >= 60) & (np.arange(80) < 66), np.nan, 90.0), quiet(80), 60),
    "one absurd outlier": (np.where(np.arange(70) == 20, 1e12, 100.0), quiet(70), 50),
    "collapse": (np.where(np.arange(70) >= 50, 1e-6, 100.0), quiet(70), 50),
    "denominators below one": (quiet(60), np.full(60, 0.01), 44),
}


@pytest.mark.parametrize("name", AWKWARD)
@pytest.mark.parametrize("sampled", [False, True])
def test_awkward_series_give_finite_numbers_in_order(totals, estimate, name, sampled):
    num, den, n0 = AWKWARD[name]
    with np.errstate(divide="ignore"):
        s2 = np.where(num > 0, 1.0 / num, np.nan) if sampled else None
    found = estimate(totals(num, den, n0, s2)).effect
    assert all(np.isfinite(value) for value in astuple(found)[:11])
    assert found.low <= found.effect <= found.high
    assert found.low90 <= found.effect <= found.high90
    assert found.se > 0.0
    assert 0.0 <= found.p <= 1.0
    assert 0.0 <= found.probability_up <= 1.0
    assert found.detectable > 0.0
    shown = np.isfinite(num) & (num > 0)
    assert np.isfinite(found.expected[shown]).all()
    assert np.isnan(found.expected[~shown]).all()


def test_the_interval_follows_the_confidence_and_the_p_value_does_not(totals, estimate, simulate):
    series = totals(*simulate(np.random.default_rng(4), 60, 20)[:2], 60)
    usual, sure = estimate(series).effect, estimate(series, 0.99).effect
    assert sure.low < usual.low < usual.high < sure.high
    assert (sure.effect, sure.se, sure.p, sure.low90) == (usual.effect, usual.se, usual.p, usual.low90)
    assert sure.detectable > usual.detectable
    ninety = (math.log1p(usual.high90) - math.log1p(usual.low90)) / (2 * usual.se)
    assert ninety == pytest.approx(student.ppf(0.95, usual.df), rel=1e-6)
