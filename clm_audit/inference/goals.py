"""Goals: was the target of a metric reached in its quarter? Met, missed or undecided, by the interval of its value.

A value of a quarter has an interval because its customers could have been others: the sampling variance of the metric's
periods, and where a metric has none, what its periods vary by around the quarter's own value (a jackknife). A metric
with a :class:`~clm_audit.measures.model.Level` is held against that of the last period that ends in the quarter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan
from clm_audit.config.stages import Goal
from clm_audit.inference.rounding import rounded
from clm_audit.inference.students import normal_quantile, t_quantile
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.measures.model import WEEKS_PER_YEAR, Measured, MetricTotals, day_number, to_date

GoalValue = Literal["met", "missed", "undecided", "not assessable"]
FEWEST_PERIODS = 3  # of a quarter, from which their scatter tells something
WEEKS = 13
CODES = ("goal_not_measured", "quarter_not_seen", "quarter_not_over", "quarter_has_gaps", "quarter_too_noisy")


@dataclass(frozen=True)
class GoalResult:
    """One goal: ``start`` to ``end`` (half-open) is its quarter, ``until`` the first day that is not yet seen of it.

    ``value``, ``low``, ``high`` in the metric's own unit (a share, money, points); None with ``missing``.
    """

    goal: Goal
    result: GoalValue
    start: date
    end: date
    value: float | None = None
    low: float | None = None
    high: float | None = None
    missing: NotAssessable | None = None


def judge_goals(plan: AuditPlan, measured: Measured) -> tuple[GoalResult, ...]:
    """Every goal of the plan, in its order."""
    totals = {str(one.metric): one for one in (*measured.metrics, *measured.lifecycle)}
    seen = to_date(measured.calendar.span[1])
    return tuple(_judged(plan, goal, totals.get(goal.metric), seen) for goal in plan.goals)


def quarter_of(by: str | None, seen: date) -> tuple[date, date]:
    """The days of a goal, half-open: a quarter of the year, the thirteen weeks to a day, or the last full quarter.

    >>> quarter_of("2025-Q3", date(2026, 1, 1))
    (datetime.date(2025, 7, 1), datetime.date(2025, 10, 1))
    >>> quarter_of(None, date(2025, 6, 30))[1]
    datetime.date(2025, 4, 1)
    """
    if by is None:
        end = date(seen.year, 3 * ((seen.month - 1) // 3) + 1, 1)
        return _before(end), end
    if "Q" in by:
        year, number = by.split("-Q")
        start = date(int(year), 3 * int(number) - 2, 1)
        return start, date(start.year + (start.month == 10), (start.month + 2) % 12 + 1, 1)
    last = date.fromisoformat(by) + timedelta(days=1)
    return last - timedelta(weeks=WEEKS), last


def _before(first: date) -> date:
    """The first day of the quarter before one that begins with ``first``."""
    return date(first.year - 1, 10, 1) if first.month == 1 else date(first.year, first.month - 3, 1)


def _judged(plan: AuditPlan, goal: Goal, totals: MetricTotals | None, seen: date) -> GoalResult:
    start, end = quarter_of(goal.by, seen)
    if totals is None or not totals.num.size:
        why = totals.missing if totals is not None and totals.missing else NotAssessable(code="goal_not_measured")
        return GoalResult(goal, "not assessable", start, end, missing=why)
    days = day_number(start), day_number(end)
    inside = _periods(totals, *days)
    if totals.level is not None:
        inside = _last_ending(totals, *days)
        totals = replace(totals, num=totals.level.num, den=totals.level.den, s2=totals.level.s2)
    kept = inside & np.isfinite(totals.num) & np.isfinite(totals.den) & (totals.den > 0)
    if not kept.any() and seen < end:
        return GoalResult(goal, "undecided", start, end, missing=NotAssessable(code="quarter_not_over"))
    if not kept.any():
        return GoalResult(goal, "not assessable", start, end, missing=NotAssessable(code="quarter_not_seen"))
    share = float(totals.num[kept].sum() / totals.den[kept].sum())
    spread = _spread(totals, kept, plan.policy.confidence)
    value = _told(totals, share)
    if spread is None:
        why = NotAssessable(code="quarter_too_noisy")
        return GoalResult(goal, "undecided", start, end, value, missing=why)
    low, high = _told(totals, share * math.exp(-spread)), _told(totals, share * math.exp(spread))
    if seen < end or (inside & ~kept).any():
        why = NotAssessable(code="quarter_not_over" if seen < end else "quarter_has_gaps")
        return GoalResult(goal, "undecided", start, end, value, low, high, why)
    return GoalResult(goal, _against(totals, float(goal.target), low, high), start, end, value, low, high)


def _against(totals: MetricTotals, target: float, low: float, high: float) -> GoalValue:
    """Met when the whole interval is on the better side of the target, missed when on the other."""
    if CATALOGUE[totals.metric].better == "lower":
        low, high, target = -high, -low, -target
    if low >= target:
        return "met"
    return "missed" if high < target else "undecided"


def _periods(totals: MetricTotals, start: int, end: int) -> NDArray[np.bool_]:
    """The periods whose middle lies in the quarter."""
    middle = totals.start + 7 * WEEKS_PER_YEAR / totals.ppy / 2
    inside: NDArray[np.bool_] = (middle >= start) & (middle < end)
    return inside


def _last_ending(totals: MetricTotals, start: int, end: int) -> NDArray[np.bool_]:
    """The last of the periods that end in the quarter."""
    last_day = totals.start + round(7 * WEEKS_PER_YEAR / totals.ppy) - 1
    inside = (last_day >= start) & (last_day < end)
    only: NDArray[np.bool_] = np.arange(inside.size) == np.flatnonzero(inside).max(initial=-1)
    return only


def _spread(totals: MetricTotals, kept: NDArray[np.bool_], confidence: float) -> float | None:
    """Half the interval of the log of a quarter's value; None when nothing tells it."""
    num, den = totals.num[kept], totals.den[kept]
    level = (1.0 + confidence) / 2.0
    if totals.s2 is not None and np.isfinite(totals.s2[kept]).all() and num.sum() > 0:
        return normal_quantile(level) * math.sqrt(float((num**2 * totals.s2[kept]).sum())) / float(num.sum())
    if num.size < FEWEST_PERIODS or not (num.sum() > 0):
        return None
    without = np.log((num.sum() - num) / (den.sum() - den))
    variance = (num.size - 1) / num.size * float(((without - without.mean()) ** 2).sum())
    return t_quantile(level, num.size - 1) * math.sqrt(variance)


def _told(totals: MetricTotals, value: float) -> float:
    """A value in the metric's own unit; a score is 200 p - 100 of the share p, and such a share never exceeds 1."""
    if CATALOGUE[totals.metric].unit != "points":
        return rounded(value)
    return rounded(200 * min(value, 1.0) - 100)
