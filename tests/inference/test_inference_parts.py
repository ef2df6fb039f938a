"""What the observed change is made of: it adds up, and each part finds what was planted."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan, KnownEvent
from clm_audit.inference.assess import assess
from clm_audit.measures.model import WEEKS_PER_YEAR, Calendar, Measured, Ratio, Totals

EPOCH = date(1970, 1, 1)


def parts(totals, log_level, n0, windows, plan=None, noise=0.004, **more):
    """The parts of a quiet metric whose log level is given; ``windows``: spans of period numbers."""
    weeks = log_level.size
    level = log_level + np.random.default_rng(8).normal(0.0, noise, weeks)
    num, den = 50_000.0 * np.exp(level), np.full(weeks, 1000.0)
    sides = {
        side: Ratio(num[a:b].sum() / den[a:b].sum(), num[a:b].sum(), den[a:b].sum(), b - a)
        for side, (a, b) in zip(("before", "after"), windows, strict=True)
        if side not in more
    }
    series = totals(num, den, n0, np.full(weeks, 2e-5), **sides, **more)
    spans = [(int(series.start[0]) + 7 * a, int(series.start[0]) + 7 * b) for a, b in windows]
    calendar = Calendar(int(series.start[n0]), (0, 1), *spans, 52, 0, {}, {}, True)
    (finding,) = assess(plan or AuditPlan(), Measured(calendar, Totals({}, {}), (series,), {}, {}))
    return finding


YEARS = np.arange(156) / WEEKS_PER_YEAR
HALF = ((78, 104), (104, 130))  # windows of half a year: the season does not cancel
SAME = ((52, 104), (104, 156))


def test_they_add_up_to_the_observed_change(totals):
    finding = parts(totals, 0.2 * np.sin(2 * np.pi * YEARS) + 0.1 * YEARS, 104, HALF)
    assert math.expm1(finding.parts.observed) == pytest.approx(finding.observed_change, rel=1e-8)
    assert finding.parts.effect == finding.effect.log_effect


def test_a_season_is_called_season(totals):
    season = 0.2 * np.sin(2 * np.pi * YEARS)
    planted = season[104:130].mean() - season[78:104].mean()
    found = parts(totals, season, 104, HALF).parts
    assert abs(planted) > 0.1
    assert found.season == pytest.approx(planted, abs=0.02)
    assert found.trend == pytest.approx(0.0, abs=0.03)
    assert abs(found.rest) < 0.02


def test_a_trend_is_called_trend(totals):
    found = parts(totals, 0.15 * YEARS, 104, SAME).parts
    assert found.trend == pytest.approx(0.15 * 52 / WEEKS_PER_YEAR, abs=0.04)
    assert found.season == pytest.approx(0.0, abs=0.01)


def test_a_step_at_go_live_is_the_effect(totals):
    found = parts(totals, np.where(np.arange(156) >= 104, 0.3, 0.0), 104, SAME).parts
    assert found.effect == pytest.approx(0.3, abs=0.05)
    assert found.trend + found.season + found.rest == pytest.approx(0.0, abs=0.05)


def test_a_known_break_between_the_windows_has_a_part_of_its_own(totals):
    level = np.where(np.arange(156) >= 70, 0.25, 0.0)
    first = parts(totals, level, 104, SAME).parts
    day = EPOCH + timedelta(days=19_905 - 7 * 34)
    plan = AuditPlan(events=(KnownEvent(date=day, what="price list", is_break=True),))
    found = parts(totals, level, 104, SAME, plan=plan).parts
    planted = level[104:].mean() - level[52:104].mean()
    assert first.breaks == 0.0
    assert found.breaks == pytest.approx(planted, abs=0.03)


def test_without_a_plain_comparison_there_are_no_parts(totals):
    assert parts(totals, 0.0 * YEARS, 104, SAME, before=NotAssessable(code="no_base")).parts is None
    assert parts(totals, 0.0 * YEARS, 104, SAME, before=Ratio(0.0, 0.0, 1.0, 52.0)).parts is None
    some = Ratio(1.0, 1.0, 1.0, 52.0)
    assert parts(totals, 0.0 * YEARS, 104, ((300, 352), (104, 156)), before=some).parts is None
