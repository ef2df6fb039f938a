"""More weeks: against the dense formula, and at the two ends."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from clm_audit.inference.effect import detectable
from clm_audit.inference.horizon import GRID, NEVER, future_sd, more_weeks
from clm_audit.inference.series import log_series
from clm_audit.inference.structural import build_model


@pytest.fixture(scope="module")
def young(totals, simulate, estimate):
    num, den, s2 = simulate(np.random.default_rng(31), 104, 5)
    return estimate(totals(num, den, 104, s2))


def test_future_sd_is_that_of_a_model_with_so_many_more_periods(young, totals):
    wanted = []
    for more in (0, 3, 9):
        size = 109 + more
        series = log_series(totals(np.full(size, 50.0), np.full(size, 100.0), 104))
        noise = np.append(young.series.sampling, np.full(more, np.median(young.series.sampling)))
        model = build_model(replace(series, sampling=noise))
        wanted.append(model.effect_at(young.mode[None, :])[2][0])
    assert future_sd(young.series, young.mode, [0, 3, 9]) == pytest.approx(wanted, rel=1e-6)


def test_the_answer_is_the_first_of_the_grid_that_suffices(young):
    sd = future_sd(young.series, young.mode, [0, *GRID])
    can = [detectable(young.effect.se * s / sd[0], young.effect.df) for s in sd[1:]]
    target = (can[0] + min(can)) / 2
    assert min(can) < target < can[0]
    first = next(weeks for weeks, reach in zip(GRID, can, strict=True) if reach <= target)
    small = replace(young, effect=replace(young.effect, effect=0.0))
    assert more_weeks(small, target) == first


def test_never_and_at_once(young):
    small = replace(young, effect=replace(young.effect, effect=0.0))
    assert more_weeks(small, 1e-6) == NEVER
    assert more_weeks(small, 10.0) == 1
    assert more_weeks(replace(young, effect=replace(young.effect, effect=-0.9)), 1e-6) == 1


@pytest.mark.parametrize(("ppy", "wanted"), [(365.2425 / 28, 4), (365.2425 / 14, 2), (12.0, 5)])
def test_weeks_are_whole_periods(totals, estimate, ppy, wanted):
    num = np.random.default_rng(1).poisson(400, 40).astype(float)
    found = estimate(totals(num, np.full(40, 100.0), 30, ppy=ppy))
    assert more_weeks(found, 10.0) == wanted


def test_the_grid_rises_to_five_years():
    assert list(GRID) == sorted(set(GRID))
    assert GRID[0] == 1
    assert GRID[-1] == 260
    assert math.isclose(max(np.diff(GRID)), 13)
