"""Goals: quarters by hand, and met, missed or undecided by the interval of the quarter's value."""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from clm_audit.config.plan import AuditPlan, MetricId
from clm_audit.config.stages import Goal
from clm_audit.inference.goals import GoalResult, judge_goals, quarter_of
from clm_audit.measures.model import (
    WEEKS_PER_YEAR,
    Calendar,
    Level,
    Measured,
    MetricTotals,
    Ratio,
    Totals,
    day_number,
)

LIVE = date(2025, 1, 6)
END = date(2025, 12, 29)


def totals(metric: MetricId, top: float, bottom: float, variance: float | None = None, **changes: Any) -> MetricTotals:
    """52 periods of four weeks around go-live, each with the same sums."""
    first = day_number(LIVE) - 26 * 28
    count = 26 + (day_number(END) - day_number(LIVE)) // 28
    line = np.full(count, 1.0)
    ratio = Ratio(top / bottom, top, bottom, 4.0)
    made = {
        "start": first + 28 * np.arange(count), "num": top * line, "den": bottom * line,
        "s2": None if variance is None else variance * line, "n0": 26, "ppy": WEEKS_PER_YEAR / 4,
        "before": ratio, "after": ratio,
    }  # fmt: skip
    return MetricTotals(metric=metric, **{**made, **changes})


def judged(goal: Goal, found: MetricTotals | None, end: date = END) -> GoalResult:
    span = (day_number(LIVE) - 728, day_number(end))
    live = day_number(LIVE)
    calendar = Calendar(live, span, (live - 364, live), (live, live + 364), 52, -53, {}, {}, True)
    measured = Measured(calendar, Totals({}, {}), (), {}, {}, lifecycle=() if found is None else (found,))
    [result] = judge_goals(AuditPlan(goals=(goal,)), measured)
    return result


def goal(metric: MetricId, target: str, by: str | None = "2025-Q3") -> Goal:
    return Goal(metric=metric, target=Decimal(target), by=by)


@pytest.mark.parametrize(
    ("by", "start", "end"),
    [
        ("2025-Q1", date(2025, 1, 1), date(2025, 4, 1)),
        ("2025-Q4", date(2025, 10, 1), date(2026, 1, 1)),
        ("2025-09-30", date(2025, 7, 2), date(2025, 10, 1)),
        (None, date(2025, 7, 1), date(2025, 10, 1)),
    ],
)
def test_quarters(by: str | None, start: date, end: date) -> None:
    assert quarter_of(by, date(2025, 12, 31)) == (start, end)
    assert quarter_of(None, date(2025, 2, 3)) == (date(2024, 10, 1), date(2025, 1, 1))


@pytest.mark.parametrize(("target", "result"), [("0.25", "met"), ("0.30", "undecided"), ("0.36", "missed")])
def test_the_interval_decides(target: str, result: str) -> None:
    # four periods of the quarter: 30 %, with a variance of the log of 0.01 each
    found = judged(goal("repeat_purchase_rate", target), totals("repeat_purchase_rate", 30, 100, 0.01))
    half = 1.959964 * math.sqrt(0.01 / 4)
    assert found.value == 0.3
    assert found.low == pytest.approx(0.3 * math.exp(-half), rel=1e-6)
    assert found.high == pytest.approx(0.3 * math.exp(half), rel=1e-6)
    assert found.result == result


@pytest.mark.parametrize(("target", "result"), [("0.36", "met"), ("0.30", "undecided"), ("0.25", "missed")])
def test_a_metric_that_should_fall_is_met_from_above(target: str, result: str) -> None:
    assert judged(goal("churn_rate", target), totals("churn_rate", 30, 100, 0.01)).result == result


def test_a_score_has_its_own_scale_and_may_be_negative() -> None:
    # 40 of 100 as a share is a score of -20
    found = judged(goal("nps", "-30"), totals("nps", 40, 100, 0.0004))
    half = 1.959964 * math.sqrt(0.0004 / 4)
    assert (found.value, found.result) == (-20.0, "met")
    assert found.low == pytest.approx(200 * 0.4 * math.exp(-half) - 100, rel=1e-6)
    assert judged(goal("nps", "-10"), totals("nps", 40, 100, 0.0004)).result == "missed"


def test_without_a_sampling_variance_the_periods_tell() -> None:
    line = totals("acquisition_cost", 50, 1)
    scattered = 50 * (1 + 0.1 * np.cos(np.arange(line.num.size)))
    found = judged(goal("acquisition_cost", "50"), totals("acquisition_cost", 50, 1, num=scattered))
    assert found.result == "undecided"
    assert found.missing is None
    assert found.low < found.value < found.high  # type: ignore[operator]
    seldom = line.start[0] + 90 * np.arange(line.num.size)
    few = judged(goal("acquisition_cost", "50"), totals("acquisition_cost", 50, 1, start=seldom, ppy=4.0))
    assert (few.result, few.missing.code) == ("undecided", "quarter_too_noisy")  # type: ignore[union-attr]
    assert (few.low, few.value) == (None, 50.0)


def test_what_is_not_there_is_not_judged() -> None:
    missing = judged(goal("nps", "10"), None)
    assert (missing.result, missing.missing.code) == ("not assessable", "goal_not_measured")  # type: ignore[union-attr]
    old = judged(goal("nps", "10", "2019-Q1"), totals("nps", 40, 100, 0.01))
    assert (old.result, old.missing.code) == ("not assessable", "quarter_not_seen")  # type: ignore[union-attr]


def test_a_quarter_that_is_not_over_stays_open() -> None:
    found = judged(goal("nps", "-90", "2025-Q4"), totals("nps", 40, 100, 0.0001))
    assert (found.result, found.missing.code) == ("undecided", "quarter_not_over")  # type: ignore[union-attr]
    assert found.value == -20.0
    far = judged(goal("nps", "10", "2029-Q1"), totals("nps", 40, 100, 0.01))
    assert (far.result, far.value, far.missing.code) == ("undecided", None, "quarter_not_over")  # type: ignore[union-attr]


def test_a_quarter_with_a_hole_stays_open() -> None:
    full = totals("nps", 40, 100, 0.0001)
    num = full.num.copy()
    num[(full.start > day_number(date(2025, 8, 1))) & (full.start < day_number(date(2025, 8, 30)))] = np.nan
    found = judged(goal("nps", "-90"), totals("nps", 40, 100, 0.0001, num=num))
    assert (found.result, found.missing.code) == ("undecided", "quarter_has_gaps")  # type: ignore[union-attr]
    assert found.end - found.start == timedelta(days=92)


def test_a_level_is_that_of_the_last_period_that_ends_in_the_quarter() -> None:
    """Periods end on the last day of every four weeks from go-live on: 2025-09-14 is the last one of the third
    quarter. One that reaches into the next quarter is none of it, wherever its middle lies."""
    flow = totals("nrr", 30, 100, 0.01)
    ends = [LIVE + timedelta(days=28 * each - 1) for each in range(-25, 13)]
    assert [day for day in ends if day < date(2025, 10, 1)][-1] == date(2025, 9, 14)
    value = [1.2 if day == date(2025, 9, 14) else 0.5 for day in ends]
    level = Level(100 * np.array(value), np.full(len(value), 100.0), np.full(len(value), 0.0004))
    found = judged(goal("nrr", "1.10"), totals("nrr", 30, 100, 0.01, level=level))
    assert found.result == "met"
    assert (found.value, found.low) == (1.2, pytest.approx(1.2 * math.exp(-1.959964 * 0.02), rel=1e-6))
    unknown = Level(level.num * math.nan, level.den, level.s2)
    assert judged(goal("nrr", "1.10"), totals("nrr", 30, 100, level=unknown)).result == "not assessable"
    assert judged(goal("nrr", "0.2"), flow).value == pytest.approx(0.3)
