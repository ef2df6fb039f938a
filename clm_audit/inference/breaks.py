"""Known breaks and events: where they fall among the periods of a metric."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clm_audit.config.plan import AuditPlan
from clm_audit.measures.model import WEEKS_PER_YEAR, MetricTotals, day_number

BREAK_DAYS = 56
"""What happens within eight weeks of go-live cannot be told from it by any before/after method."""


def break_positions(plan: AuditPlan, totals: MetricTotals) -> tuple[list[int], list[int]]:
    """Known breaks as indices: first period of each new regime, and periods that a break cuts in two.

    A period that holds days of both regimes belongs to neither and is left out. Breaks before the first or
    after the last period are none.
    """
    regimes, mixed = [], []
    for day in _days(plan, breaks=True):
        index = int(np.searchsorted(totals.start, day, side="left"))
        if index < totals.start.size and totals.start[index] == day:
            regimes.append(index)
        elif index > 0 and (index < totals.start.size or day < totals.start[-1] + period_days(totals)):
            regimes.append(index)
            mixed.append(index - 1)
    return regimes, mixed


def near_go_live(plan: AuditPlan, totals: MetricTotals, *, breaks: bool) -> bool:
    """Whether a known break, or another event, lies within eight weeks of go-live."""
    go_live = int(totals.start[totals.n0])
    return any(abs(day - go_live) < BREAK_DAYS for day in _days(plan, breaks=breaks))


def period_days(totals: MetricTotals) -> int:
    """Days of one period."""
    return round(WEEKS_PER_YEAR * 7.0 / totals.ppy)


def _days(plan: AuditPlan, *, breaks: bool) -> Sequence[int]:
    return [day_number(event.date) for event in plan.events if event.is_break == breaks]
