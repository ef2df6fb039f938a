"""Who stayed and who was lost, by the source that knows best: subscriptions, the system's own dates, else orders."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from clm_audit.config.base import NotAssessable
from clm_audit.config.vocabulary import LifecycleId
from clm_audit.measures import cohorts
from clm_audit.measures.catalogue_lifecycle import HALF_YEAR, QUARTER
from clm_audit.measures.exposure import FEWEST_LOST, Share, Watch, measured, share_variance
from clm_audit.measures.model import Calendar, Cells, MetricTotals, Ratio, SegmentRatio
from clm_audit.measures.orders import buyers_seen
from clm_audit.measures.periods import Inputs, Segments, blank, codes_by_label, too_few
from clm_audit.measures.scheme import SIDES, Line, Side, ratio
from clm_audit.measures.spells import MONTH, reach
from clm_audit.measures.totals import along, total
from clm_audit.measures.totals import cells as summed

MOST = 0.5  # of the buyers, whom a source must know to speak for all
MONTHS_PER_YEAR = 12.0
LONGEST_HISTORY = 120  # months before go-live; what is older says nothing of it
WEEKS = MONTH[0] / MONTH[1] / 7  # of a month


def source_of(inputs: Inputs) -> str:
    """What tells who is a customer: ``subscriptions``, ``customers`` or ``orders``.

    A subscription beside a shop, which less than half of its buyers ever had, tells of those few alone.
    """
    cells = inputs.totals.cells
    if "spell_entrants" not in cells:
        return "orders"
    if "orders" in inputs.counts and total(cells["spell_entrants"], "entrants") < MOST * buyers_seen(inputs):
        return "orders"
    return "subscriptions" if "subscriptions" in inputs.facts.tables else "customers"


def told(inputs: Inputs) -> tuple[int, int] | NotAssessable:
    """The days in which losses are recorded: from the first one on. What came before was only kept if it stayed."""
    days = inputs.totals.cells["spell_days"]
    day, ended = days.keys["day"], days.values["ended"]
    inside = (ended > 0) & (day < inputs.calendar.span[1])
    if ended[inside].sum() < FEWEST_LOST:
        return NotAssessable(code="no_loss_recorded", detail={"fact": source_of(inputs)})
    first = int(day[inside].min())
    if first >= inputs.calendar.go_live:
        return NotAssessable(code="one_side_only", detail={"fact": "ended", "side": "after"})
    return max(first, inputs.calendar.span[0]), reach(day[days.values["began"] > 0], inputs.calendar)


def early_churn(inputs: Inputs) -> MetricTotals:
    """New customers lost within 90 days."""
    return _of_entrants(inputs, "first_90_day_churn", "lost", QUARTER, cohorts.early_churn)


def retention_rate(inputs: Inputs) -> MetricTotals:
    """New customers still there after 182 days."""
    return _of_entrants(inputs, "retention_rate", "active", HALF_YEAR, cohorts.retention_rate)


def _of_entrants(
    inputs: Inputs, metric: LifecycleId, num: str, days: int, by_orders: Callable[[Inputs], MetricTotals]
) -> MetricTotals:
    """A share of those who became customers, each watched for ``days``."""
    source = source_of(inputs)
    if source == "orders":
        return by_orders(inputs)
    span = told(inputs)
    if isinstance(span, NotAssessable):
        return blank(metric, span)
    first = _first_week(inputs, span)
    entered = "acquired" if source == "customers" else source
    how: cohorts.Detail = {"lost_by": source, "entered_by": entered}
    found = inputs.totals.cells["spell_entrants"]
    return measured(inputs, Share(metric, found, num, "entrants", span, Watch(ahead=days), first, how=how))


def _first_week(inputs: Inputs, span: tuple[int, int]) -> int:
    """The first whole week whose newcomers count."""
    return -((inputs.calendar.go_live - span[0]) // 7)


def churn_rate(inputs: Inputs) -> MetricTotals:
    """Customers lost in a month of 30.4375 days, by those at its start; the first month begins with go-live."""
    source = source_of(inputs)
    if source == "orders":
        return cohorts.churn_rate(inputs)
    span = told(inputs)
    if isinstance(span, NotAssessable):
        return blank("churn_rate", span)
    calendar = inputs.calendar
    months = whole_months(calendar, span)
    there, lost = present(inputs, months, None)
    few = too_few(float(there.max(initial=0.0)))
    if few or months[1] <= months[0]:
        return blank("churn_rate", few or NotAssessable(code="too_short_before", detail={"side": "before"}))
    start = calendar.go_live + np.array([month_day(at) for at in range(*months)], dtype=np.int64)
    gone = (start >= calendar.go_live) & (start < calendar.go_live + 7 * calendar.washout_weeks)
    gone |= ~(lost > 0) | ~(there > 0)
    sides = {side: _window(inputs, months, side, None) for side in SIDES}
    missing = next((side for side in sides.values() if isinstance(side, NotAssessable)), None)
    return MetricTotals(
        metric="churn_rate",
        start=start,
        num=np.where(gone, np.nan, lost),
        den=np.where(gone, np.nan, there),
        s2=np.where(gone, np.nan, share_variance(lost, there)),
        n0=max(0, min(-months[0], months[1] - months[0])),
        ppy=MONTHS_PER_YEAR,
        before=sides["before"],
        after=sides["after"],
        segments=_segments(inputs, months),
        how={"lost_by": source, "months": 1},
        missing=missing,
        units=NotAssessable(code="no_units", detail={"fact": source}) if inputs.plan.control else (),
    )


def month_day(month: int) -> int:
    """The first day of a month, counted from go-live.

    >>> [month_day(month) for month in (-1, 0, 1, 2, 12)]
    [-31, 0, 30, 60, 365]
    """
    return month * MONTH[0] // MONTH[1]


def whole_months(calendar: Calendar, span: tuple[int, int]) -> tuple[int, int]:
    """Months that lie in ``span``, half-open; who is left at the end of one shows on the day after it, which must be
    seen."""
    first = -((calendar.go_live - span[0]) * MONTH[1] // MONTH[0])
    last = (span[1] - 1 - calendar.go_live) * MONTH[1] // MONTH[0]
    first = max(first, -LONGEST_HISTORY)
    return first, max(first, last)


def present(inputs: Inputs, months: tuple[int, int], segments: Segments) -> tuple[Line, Line]:
    """Customers there on the first day of each month, and those of them not there on the first day of the next."""
    part = inputs.totals.cells["spell_months"]
    begin = min(int(part.keys["month"].min()), months[0])
    came, left, back = (
        along(part, name, "month", (begin, months[1] + 1), segments) for name in ("came", "left", "back")
    )
    there = np.cumsum(came - left)
    return there[months[0] - begin : -1], (left - back)[months[0] - begin + 1 :]


def _window(inputs: Inputs, months: tuple[int, int], side: Side, segments: Segments) -> Ratio | NotAssessable:
    """Over the whole months of a window."""
    calendar = inputs.calendar
    start, end = calendar.before if side == "before" else calendar.after
    days = np.array([calendar.go_live + month_day(at) for at in range(months[0], months[1] + 1)])
    kept = (days[:-1] >= start) & (days[1:] <= end)
    if not kept.any():
        return NotAssessable(code="empty_window", detail={"side": side})
    there, lost = present(inputs, months, segments)
    few = too_few(float(there[kept].max()), side) if there[kept].any() else None
    return few or ratio(float(lost[kept].sum()), float(there[kept].sum()), float(kept.sum()) * WEEKS, side)


def _segments(inputs: Inputs, months: tuple[int, int]) -> tuple[SegmentRatio, ...]:
    """By label of each column of ``segment_by``; ``customers``: the most of them at once."""
    made = []
    for column in inputs.plan.segment_by:
        for label, codes in codes_by_label(inputs, column).items():
            there, lost = present(inputs, months, codes)
            sides = [_window(inputs, months, side, codes) for side in SIDES]
            made.append(SegmentRatio(column, label, int(there.max(initial=0.0)), sides[0], sides[1], lost, there))
    return tuple(made)


def lives_of(inputs: Inputs) -> dict[str, Cells]:
    """``retention``: days as a customer of those who came in a window (cohort, days); ``activation``: until the event.
    Losses that nobody recorded are no survival; who came before the first recorded one counts in no share either."""
    cells, found = inputs.totals.cells, {}
    if source_of(inputs) != "orders":
        span = told(inputs)
        if not isinstance(span, NotAssessable):
            part = cells["spell_lives"]
            kept = part.keys["week"] >= _first_week(inputs, span)
            rows = [{name: line[kept] for name, line in each.items()} for each in (part.keys, part.values)]
            found["retention"] = summed({name: rows[0][name] for name in ("cohort", "days")}, rows[1])
    elif "lives" in cells and cohorts.nobody(inputs) is None:
        found["retention"] = cohorts.lives(inputs)
    if "activation_days" in cells and cells["activation_days"].values["done"].any():
        found["activation"] = cells["activation_days"]
    return found
