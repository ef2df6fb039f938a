"""Weeks of the year that the history never showed widen the interval by what seasons do elsewhere."""

from __future__ import annotations

import math

import numpy as np
import pytest

from clm_audit.config.plan import AuditPlan
from clm_audit.inference.assess import assess
from clm_audit.inference.horizon import future_se
from clm_audit.inference.integrate import find_mode
from clm_audit.inference.outlook import outlook_before
from clm_audit.inference.series import log_series
from clm_audit.inference.structural import build_model, mean_weights
from clm_audit.inference.students import t_quantile
from clm_audit.inference.unseen import (
    DAYS,
    MONTHLY_SALES,
    SHARE,
    no_allowance,
    season_allowance,
    unseen,
)
from clm_audit.measures.model import Calendar, Measured, Totals


def plain(totals, before, after, level=500.0, effect=0.0, seed=3):
    rng = np.random.default_rng(seed)
    num = rng.poisson(level, before + after).astype(float)
    num[before:] *= math.exp(effect)
    return totals(num, np.full(before + after, 1000.0), before, 1 / num)


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (104, 52, 0),  # everything was seen
        (52, 52, 0),
        (26, 12, 12),  # nothing was seen: the year before began half a year ago
        (26, 52, 24),  # half of the year was; within two weeks of its ends counts as seen
        (40, 12, 10),  # week 50 of the year lies within two weeks (and half a period) of week 52 a year before
    ],
)
def test_weeks_are_seen_within_two_weeks_of_the_same_date_of_an_earlier_year(totals, before, after, wanted):
    found = unseen(log_series(plain(totals, before, after)))
    assert not found[:before].any()
    weeks = np.arange(before + after)
    by_hand = [
        week >= before
        and not any(abs(week - early - turn * 52.1775) <= 2.5 for early in range(before) for turn in (1, 2, 3))
        for week in weeks
    ]
    assert found.tolist() == by_hand
    assert found.sum() == wanted


def test_the_allowance_is_what_the_shops_say_less_what_the_model_believes(totals):
    series = log_series(plain(totals, 40, 12))
    mode = find_mode(build_model(series))
    new = unseen(series)
    errors = []
    for sales in MONTHLY_SALES:
        season = [math.log(sold / days) for sold, days in zip(sales, DAYS, strict=True)]
        for turn in range(12):
            weekly = [season[(int(12 * ((year + 0.5 / series.ppy) % 1)) - turn) % 12] for year in series.years]
            seen = sum(weekly[:40]) / 40
            errors.append(sum((value - seen) * fresh for value, fresh in zip(weekly, new, strict=True)) / 12)
    shops = sum(error**2 for error in errors) / len(errors)
    assert season_allowance(series, np.full(6, -20.0), mean_weights(series))[0] == pytest.approx(
        math.sqrt(SHARE * shops), rel=1e-6
    )
    assert 0.0 < season_allowance(series, mode, mean_weights(series))[0] < math.sqrt(SHARE * shops)
    loud = mode.copy()
    loud[3] = 0.0  # a season of 100 log points is more than any shop has: nothing is added to it
    assert season_allowance(series, loud, mean_weights(series))[0] == 0.0


def test_a_season_that_was_seen_costs_nothing(totals, estimate):
    series = plain(totals, 104, 40)
    with_, without = estimate(series).effect, estimate(series, allowance=no_allowance).effect
    assert (with_.low, with_.high, with_.se, with_.p) == (without.low, without.high, without.se, without.p)
    assert (with_.unseen, with_.season_sd) == (0.0, 0.0)
    assert with_.p == with_.p_season_known


def test_an_unseen_season_widens_the_interval_and_moves_nothing(totals, estimate):
    series = plain(totals, 30, 13)
    with_, without = estimate(series).effect, estimate(series, allowance=no_allowance).effect
    assert with_.log_effect == without.log_effect
    assert with_.se == pytest.approx(math.hypot(without.se, with_.season_sd), rel=1e-8)
    assert with_.p_season_known == without.p < with_.p
    assert with_.unseen == pytest.approx(np.mean(unseen(log_series(series))[30:]))
    allowed = t_quantile(0.975, with_.df) * with_.season_sd
    for end in ("low", "high"):
        half = abs(math.log1p(getattr(without, end)) - with_.log_effect)
        assert abs(math.log1p(getattr(with_, end)) - with_.log_effect) == pytest.approx(math.hypot(half, allowed))
    wide, narrow = (np.log(one.high_band / one.low_band) for one in (with_, without))
    assert (wide[:30] == narrow[:30]).all()
    assert (wide[30:] > narrow[30:]).all()


def test_a_change_that_a_season_could_have_made_is_open_and_says_so(totals):
    series = plain(totals, 30, 13, level=5000.0, effect=0.14)
    calendar = Calendar(0, (0, 1), (0, 0), (0, 0), 52, 0, {}, {}, True)
    (finding,) = assess(AuditPlan(), Measured(calendar, Totals({}, {}), (series,), {}, {}))
    assert finding.effect.p_season_known < 0.05 < finding.effect.p
    assert (finding.value, finding.code) == ("inconclusive", "season_unseen")


def test_what_further_weeks_would_bring_knows_their_season(totals, estimate):
    found = estimate(plain(totals, 30, 13))
    now, later = future_se(found, [0, 52])
    assert now == pytest.approx(found.effect.se, rel=1e-6)
    blind = estimate(plain(totals, 30, 13), allowance=no_allowance)
    assert later > future_se(blind, [52])[0]


def test_the_plan_knows_that_the_season_will_not_have_been_seen(totals):
    history = plain(totals, 40, 0)
    series = log_series(history)
    told = outlook_before(series, 0.05).reach
    blind = outlook_before(series, 0.05, allowance=no_allowance).reach
    assert all(one.detectable > other.detectable for one, other in zip(told, blind, strict=True))
