"""The same question asked a little differently: would the finding still stand?

Each variation changes one choice of the audit (the weeks around go-live, one known event, the definition of the
metric) and leaves everything else, the calibration on the company's own history included, as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from clm_audit.config.plan import AuditPlan, KnownEvent
from clm_audit.inference.breaks import BREAK_DAYS, break_positions, period_days
from clm_audit.inference.effect import bare_estimate
from clm_audit.inference.model import Effect
from clm_audit.inference.series import log_series
from clm_audit.inference.short import too_short
from clm_audit.measures import alternatives
from clm_audit.measures.model import MetricTotals, day_number

AROUND_WEEKS = 4
KINDS = ("weeks_before_left_out", "weeks_after_left_out", "event_left_out", "break_left_out", *alternatives.KINDS)
"""What was done otherwise; ``detail`` holds ``weeks`` of the first two, ``what`` and ``day`` of the next two."""


@dataclass(frozen=True)
class Rerun:
    """One variation that could be estimated."""

    kind: str
    detail: Mapping[str, str | int | float]
    effect: Effect


def reruns(plan: AuditPlan, totals: MetricTotals) -> tuple[Rerun, ...]:
    """Every variation of one metric that leaves enough data for an estimate, in a fixed order."""
    found = []
    for kind, detail, varied, known in _variations(plan, totals):
        series = log_series(varied, *break_positions(known, varied))
        if too_short(series) is None:
            found.append(Rerun(kind, detail, bare_estimate(series, plan.policy.confidence).effect))
    return tuple(found)


def _variations(
    plan: AuditPlan, totals: MetricTotals
) -> Iterator[tuple[str, Mapping[str, str | int | float], MetricTotals, AuditPlan]]:
    periods = round(AROUND_WEEKS * 7 / period_days(totals))
    for kind, near in around_go_live(totals.n0, periods):
        if periods and near.start > 0 and near.stop < totals.num.size and np.isfinite(totals.num[near]).any():
            num = totals.num.copy()
            num[near] = np.nan
            yield kind, {"weeks": AROUND_WEEKS}, replace(totals, num=num), plan
    first, last = int(totals.start[0]), int(totals.start[-1]) + period_days(totals)
    for event in plan.events:
        day = day_number(event.date)
        if first < day < last:
            yield _without(plan, totals, event, day)
    for other in totals.alternatives:
        yield other.kind, other.detail, replace(totals, num=other.num, den=other.den, s2=other.s2), plan


def around_go_live(n0: int, periods: int) -> tuple[tuple[str, slice], ...]:
    """The periods just before go-live, in case it was begun early, and those just after, in case people were slow.

    They are not looked at; the step stays where it is. Counted to the other side, half of its effect would be, too.
    """
    return ("weeks_before_left_out", slice(n0 - periods, n0)), ("weeks_after_left_out", slice(n0, n0 + periods))


def _without(
    plan: AuditPlan, totals: MetricTotals, event: KnownEvent, day: int
) -> tuple[str, Mapping[str, str | int | float], MetricTotals, AuditPlan]:
    """A break loses its step; of any other event the eight weeks on either side are not looked at."""
    detail: Mapping[str, str | int | float] = {"what": event.what, "day": day}
    if event.is_break:
        rest = tuple(other for other in plan.events if other != event)
        return "break_left_out", detail, totals, plan.model_copy(update={"events": rest})
    near = (totals.start > day - BREAK_DAYS - period_days(totals)) & (totals.start < day + BREAK_DAYS)
    return "event_left_out", detail, replace(totals, num=np.where(near, np.nan, totals.num)), plan
