"""Customer lifetime value: a product of measured factors, never a series of its own.

Without subscriptions: order value × orders per customer and month × months that a customer stays, one by the churn
rate. The customers of all three are the same: those who ordered within the inactivity. With subscriptions: recurring
revenue per customer ÷ churn rate, both at the start of each month. Inference combines the factors' effects.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import MetricId
from clm_audit.measures.alternatives import with_base
from clm_audit.measures.members import (
    MONTHS_PER_YEAR,
    WEEKS,
    churn_rate,
    month_day,
    present,
    source_of,
    told,
    whole_months,
)
from clm_audit.measures.model import DAYS_PER_MONTH, Calendar, Factor, MetricTotals, Ratio, SegmentRatio, Variant
from clm_audit.measures.orders import CENTS, purchase_frequency, transaction_size, variant
from clm_audit.measures.periods import Inputs, Segments, blank, codes_by_label
from clm_audit.measures.scheme import SIDES, Line, Side, ratio
from clm_audit.measures.totals import along

Sides = MetricTotals | SegmentRatio
Both = dict[Side, Ratio | NotAssessable]


def customer_lifetime_value(inputs: Inputs) -> MetricTotals:
    """What a customer brings until it is lost, by the formula that the data allow."""
    lean = replace(inputs, plan=inputs.plan.model_copy(update={"control": None}))
    source = source_of(inputs)
    if source == "subscriptions":
        earned: tuple[MetricTotals, ...] = (revenue_per_customer(lean),)
    elif "orders" in inputs.counts:
        earned = transaction_size(lean), purchase_frequency(with_base(lean, inputs.calendar.inactivity_weeks))
    else:
        return blank("customer_lifetime_value", inputs.absent("orders"))
    lost = churn_rate(lean)
    parts = (*earned, lost)
    missing = next((each.missing for each in parts if each.missing), None)
    sides: Both = {side: _value(earned, lost, side) for side in SIDES}
    nothing = np.zeros(0)
    return MetricTotals(
        metric="customer_lifetime_value",
        start=np.zeros(0, dtype=np.int64),
        num=nothing,
        den=nothing,
        s2=None,
        n0=0,
        ppy=lost.ppy,
        before=sides["before"],
        after=sides["after"],
        variants=_variants(inputs, sides),
        segments=_segments(earned, lost),
        how={**lost.how, **_left_out(inputs, source)},
        missing=missing,
        units=NotAssessable(code="no_units", detail={"fact": "customers"}) if inputs.plan.control else (),
        factors=() if missing else (*(Factor(each, 1) for each in earned), Factor(lost, -1)),
    )


def _segments(earned: tuple[MetricTotals, ...], lost: MetricTotals) -> tuple[SegmentRatio, ...]:
    """The same of each label that all factors have; ``customers``: the fewest that stand behind one of them."""
    by_label = [{(one.column, one.label): one for one in each.segments} for each in (*earned, lost)]
    made = []
    for key in by_label[-1]:
        parts = [each[key] for each in by_label if key in each]
        if len(parts) == len(by_label):
            sides = [_value(tuple(parts[:-1]), parts[-1], side) for side in SIDES]
            made.append(SegmentRatio(*key, min(one.customers for one in parts), sides[0], sides[1]))
    return tuple(made)


def _value(earned: Sequence[Sides], lost: Sides, side: Side) -> Ratio | NotAssessable:
    """Revenue of a customer and month over the share lost in a month; ``weeks`` as those of the losses."""
    found = [each.before if side == "before" else each.after for each in (*earned, lost)]
    known = [each for each in found if isinstance(each, Ratio)]
    if len(known) < len(found):
        return next(each for each in found if isinstance(each, NotAssessable))
    monthly = math.prod(each.value for each in known[:-1])
    return ratio(monthly, known[-1].value, known[-1].weeks, side)


def _variants(inputs: Inputs, sides: Both) -> tuple[Variant, ...]:
    """The lifespan, what a customer brings a month, and the value counted only for as long as the data reach.

    The last is the sanity of the first: a lifespan that nobody has seen is extrapolated from the churn rate.
    """
    months = (inputs.calendar.span[1] - inputs.calendar.span[0]) / DAYS_PER_MONTH

    def of(make: Callable[[Ratio], float]) -> Both:
        return {
            side: found if isinstance(found, NotAssessable) else Ratio(value := make(found), value, 1.0, found.weeks)
            for side, found in sides.items()
        }

    def seen(found: Ratio) -> float:
        return found.value * -math.expm1(months * math.log1p(-min(found.denominator, 1 - 1e-9)))

    made = {"lifespan": of(lambda found: 1 / found.denominator), "value_per_month": of(lambda found: found.numerator)}
    return tuple(variant("customer_lifetime_value", name, both) for name, both in {**made, "seen": of(seen)}.items())


def _left_out(inputs: Inputs, source: str) -> dict[str, str | int | float]:
    """How many orders, or subscriptions, tell of nobody's value; and the currency of the rest."""
    if source != "subscriptions":
        return {"left_out": inputs.facts.evidence.get("orders.without_customer", 0), **inputs.own_currency("orders")}
    months = inputs.totals.cells["spell_money"].values
    return {"left_out": int(months["unpriced"].sum()), **inputs.own_currency("subscriptions")}


def revenue_per_customer(inputs: Inputs) -> MetricTotals:
    """Recurring revenue per customer on the first day of each month; no metric of its own, but a factor of one."""
    metric: MetricId = "customer_lifetime_value"
    span = told(inputs)
    if isinstance(span, NotAssessable):
        return blank(metric, span)
    if refused := inputs.no_money("subscriptions"):
        return blank(metric, refused)
    part = inputs.totals.cells["spell_money"]
    if not part.values["came"].any():
        return blank(metric, NotAssessable(code="no_interval", detail={"fact": "subscriptions"}))
    calendar, months = inputs.calendar, whole_months(inputs.calendar, span)
    cents, there = _paid(inputs, months, None)
    start = calendar.go_live + np.array([month_day(at) for at in range(*months)], dtype=np.int64)
    gone = (start >= calendar.go_live) & (start < calendar.go_live + 7 * calendar.washout_weeks)
    gone |= ~(cents > 0) | ~(there > 0)
    sides = _monthly(calendar, start, cents, there)
    labels = [(column, each) for column in inputs.plan.segment_by for each in codes_by_label(inputs, column).items()]
    found = [(column, label, _paid(inputs, months, codes)) for column, (label, codes) in labels]
    return MetricTotals(
        metric=metric,
        start=start,
        num=np.where(gone, np.nan, cents / CENTS),
        den=np.where(gone, np.nan, there),
        s2=None,
        n0=max(0, min(-months[0], months[1] - months[0])),
        ppy=MONTHS_PER_YEAR,
        before=sides["before"],
        after=sides["after"],
        segments=tuple(
            SegmentRatio(column, label, int(each.max(initial=0.0)), each_side["before"], each_side["after"])
            for column, label, (paid, each) in found
            for each_side in (_monthly(calendar, start, paid, each),)
        ),
    )


def _paid(inputs: Inputs, months: tuple[int, int], segments: Segments) -> tuple[Line, Line]:
    """Recurring cents a month, and customers, on the first day of each month."""
    part = inputs.totals.cells["spell_money"]
    begin = min(int(part.keys["month"].min()), months[0])
    came, left = (along(part, name, "month", (begin, months[1]), segments) for name in ("came", "left"))
    return np.cumsum(came - left)[months[0] - begin :], present(inputs, months, segments)[0]


def _monthly(calendar: Calendar, start: NDArray[np.int64], cents: Line, there: Line) -> Both:
    """What a customer pays a month, over the months that begin in either window."""
    sides: Both = {}
    for side, window in zip(SIDES, (calendar.before, calendar.after), strict=True):
        kept = (start >= window[0]) & (start < window[1])
        sides[side] = ratio(float(cents[kept].sum()) / CENTS, float(there[kept].sum()), float(kept.sum()) * WEEKS, side)
    return sides
