"""Survival curves against an independent library, from raw durations and from an audit's own totals."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from clm_audit.inference.survival import survival
from clm_audit.measures.measure import measure
from clm_audit.measures.model import DAYS_PER_MONTH, Measured, Ratio, to_date
from measures.life import subscription
from measures.world import GO_LIVE, World, plan

People = list[tuple[int, int, int | None]]
DURATIONS = st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=60)


def tabled(durations: list[tuple[int, bool]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    days = np.array(sorted({day for day, _ in durations}), dtype=np.int64)
    ended = np.array([sum(day == at and out for day, out in durations) for at in days], dtype=np.int64)
    watched = np.array([sum(day == at for day, _ in durations) for at in days], dtype=np.int64)
    return days, ended, watched


@given(DURATIONS, st.lists(st.integers(0, 45), min_size=1, max_size=5, unique=True))
def test_the_curve_is_that_of_the_library(durations: list[tuple[int, bool]], asked: list[int]) -> None:
    at = sorted(asked)
    # the library wants times above zero, so a day later for everybody
    oracle = SurvfuncRight([day + 1 for day, _ in durations], [int(out) for _, out in durations])
    for moment, point in zip(at, survival(*tabled(durations), at), strict=True):
        passed = np.flatnonzero(np.asarray(oracle.surv_times) <= moment + 1)
        expected = float(oracle.surv_prob[passed[-1]]) if passed.size else 1.0
        assert point.share == pytest.approx(expected, abs=1e-9)
        assert point.at_risk == sum(day > moment for day, _ in durations)
        assert 0.0 <= point.low <= point.share <= point.high <= 1.0


def test_the_interval_is_greenwood_on_the_log_log_scale() -> None:
    draw = random.Random(4)
    durations = [(draw.randrange(1, 60), draw.random() < 0.7) for _ in range(300)]
    oracle = SurvfuncRight([day for day, _ in durations], [int(out) for _, out in durations])
    band = {
        int(time): (float(share), float(se))
        for time, share, se in zip(oracle.surv_times, oracle.surv_prob, oracle.surv_prob_se, strict=True)
    }
    for point in survival(*tabled(durations), sorted(band)[:40]):
        share, se = band[point.days]
        theta = 1.959963984540054 * se / (share * np.log(share))
        assert (point.low, point.high) == pytest.approx((share ** np.exp(-theta), share ** np.exp(theta)), rel=1e-6)


def customers(seed: int = 2) -> People:
    """Number, first day and day of ceasing of customers who stay for exponential times, shorter before go-live."""
    draw = random.Random(seed)
    made: People = []
    for number in range(3_000):
        start = draw.randrange(GO_LIVE - 900, GO_LIVE + 400)
        end = start + 1 + int(draw.expovariate(1 / (150 if start < GO_LIVE else 260)))
        made.append((number, start, end if end < GO_LIVE + 400 else None))
    return made


@pytest.fixture(scope="module")
def people() -> People:
    return customers()


@pytest.fixture(scope="module")
def measured(people: People) -> Measured:
    rows = [subscription(number, number, start, 1_000, end) for number, start, end in people]
    return measure(plan(segment_by=()), World({"subscriptions": rows}).facts())


def test_retention_of_an_audit_is_the_library_s(people: People, measured: Measured) -> None:
    part, calendar = measured.lives["retention"], measured.calendar
    months = [int(month * DAYS_PER_MONTH) for month in range(1, 12)]
    for cohort, (begin, stop) in enumerate((calendar.before, calendar.after)):
        mine = [(start, end) for _, start, end in people if begin <= start < stop]
        out = [end is not None and end < stop for _, end in mine]
        seen = [
            (end if gone and end is not None else stop - 1) - start
            for (start, end), gone in zip(mine, out, strict=True)
        ]
        kept = part.keys["cohort"] == cohort
        found = survival(part.keys["days"][kept], part.values["lost"][kept], part.values["watched"][kept], months)
        oracle = SurvfuncRight([day + 1 for day in seen], [int(gone) for gone in out])
        for point in found:
            passed = np.flatnonzero(np.asarray(oracle.surv_times) <= point.days + 1)
            assert point.share == pytest.approx(float(oracle.surv_prob[passed[-1]]), abs=1e-9), to_date(begin)


def test_where_nobody_is_censored_the_rate_is_the_curve(people: People, measured: Measured) -> None:
    """Churn within 90 days of those who could all be watched for 90 days: one minus the library's curve at 90."""
    found = next(one for one in measured.lifecycle if one.metric == "first_90_day_churn")
    calendar = measured.calendar
    for ratio, (begin, stop) in ((found.before, calendar.before), (found.after, calendar.after)):
        assert isinstance(ratio, Ratio)
        weeks = range((begin - GO_LIVE) // 7, (stop - 90 - GO_LIVE) // 7)
        mine = [(start, end) for _, start, end in people if (start - GO_LIVE) // 7 in weeks]
        seen = [(end if end is not None else GO_LIVE + 400) - start for start, end in mine]
        oracle = SurvfuncRight(seen, [int(end is not None) for _, end in mine])
        at = np.flatnonzero(np.asarray(oracle.surv_times) <= 90)[-1]
        assert ratio.denominator == len(mine)
        assert ratio.value == pytest.approx(1 - float(oracle.surv_prob[at]), abs=1e-9)
