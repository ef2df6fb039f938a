"""Known breaks and events: where they fall among the periods of a metric."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clm_audit.config.plan import AuditPlan, KnownEvent
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


def known_near(plan: AuditPlan, go_live: int) -> tuple[KnownEvent, ...]:
    """The events and breaks within eight weeks of go-live (a day number), the nearest first."""

    def away(event: KnownEvent) -> int:
        return abs(day_number(event.date) - go_live)

    return tuple(sorted((event for event in plan.events if away(event) < BREAK_DAYS), key=away))


def near_go_live(plan: AuditPlan, totals: MetricTotals, *, breaks: bool) -> bool:
    """Whether a known break, or another event, lies within eight weeks of go-live."""
    near = known_near(plan, int(totals.start[totals.n0]))
    return any(event.is_break == breaks for event in near)


def period_days(totals: MetricTotals) -> int:
    """Days of one period."""
    return round(WEEKS_PER_YEAR * 7.0 / totals.ppy)


def _days(plan: AuditPlan, *, breaks: bool) -> Sequence[int]:
    return [day_number(event.date) for event in plan.events if event.is_break == breaks]
