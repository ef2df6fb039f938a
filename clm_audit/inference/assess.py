"""Every metric's totals -> its finding: the one entry into this floor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan
from clm_audit.inference.decide import Decision, decide, holm
from clm_audit.inference.effect import Estimate, estimate_effect
from clm_audit.inference.horizon import more_weeks
from clm_audit.inference.model import Finding
from clm_audit.inference.rounding import rounded
from clm_audit.inference.series import LogSeries, log_series
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.measures.model import WEEKS_PER_YEAR, Measured, MetricTotals, day_number

CODES = ("too_short_before", "too_short_after", "zero_denominator", "negative_total")
"""Reasons raised here; ``detail`` of the first two: have, need, unit (weeks | periods), of the others: side."""

LEAST_WEEKS_BEFORE = 13
LEAST_PERIODS_BEFORE = 8
LEAST_PERIODS_AFTER = 4
BREAK_DAYS = 56
"""A break within eight weeks of go-live cannot be told from it by any before/after method."""


def assess(plan: AuditPlan, measured: Measured) -> tuple[Finding, ...]:
    """One finding for each of ``measured.metrics``, in their order.

    Every metric that can be assessed at all belongs to one family: Holm's correction runs over all of them.
    The family's error rate is 1 − ``policy.confidence``. Linear algebra runs on one thread: the matrices are
    small, and the last digits of a threaded sum depend on how many threads there are.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        return _assess(plan, measured)


def _assess(plan: AuditPlan, measured: Measured) -> tuple[Finding, ...]:
    answers = [_estimate(plan, totals) for totals in measured.metrics]
    p_values = [answer.effect.p for answer in answers if isinstance(answer, Estimate)]
    adjusted = iter(holm(p_values))
    findings = []
    for totals, answer in zip(measured.metrics, answers, strict=True):
        if isinstance(answer, Estimate):
            findings.append(_finding(plan, totals, answer, next(adjusted)))
        else:
            findings.append(_not_assessable(plan, totals, answer))
    return tuple(findings)


def observed_change(totals: MetricTotals) -> float | NotAssessable:
    """The plain reading: after / before − 1, a share; or why there is none."""
    before, after = totals.before, totals.after
    if isinstance(before, NotAssessable):
        return before
    if isinstance(after, NotAssessable):
        return after
    if before.value == 0.0:
        return NotAssessable(code="zero_denominator", detail={"side": "before"})
    if before.value < 0.0:
        return NotAssessable(code="negative_total", detail={"side": "before"})
    return rounded(after.value / before.value - 1.0)


def too_short(series: LogSeries) -> NotAssessable | None:
    """Rule 1: 13 weeks and 8 observed periods before go-live, 4 observed periods after, or no model."""
    weeks = series.years_before * WEEKS_PER_YEAR
    if series.periods_before < LEAST_PERIODS_BEFORE:
        return _short("too_short_before", series.periods_before, LEAST_PERIODS_BEFORE, "periods")
    if round(weeks) < LEAST_WEEKS_BEFORE:
        return _short("too_short_before", int(weeks), LEAST_WEEKS_BEFORE, "weeks")
    if series.periods_after < LEAST_PERIODS_AFTER:
        return _short("too_short_after", series.periods_after, LEAST_PERIODS_AFTER, "periods")
    return None


def break_positions(plan: AuditPlan, totals: MetricTotals) -> tuple[list[int], list[int]]:
    """Known breaks as indices: first period of each new regime, and periods that a break cuts in two.

    A period that holds days of both regimes belongs to neither and is left out. Breaks before the first or
    after the last period are none.
    """
    regimes, mixed = [], []
    for day in _break_days(plan):
        index = int(np.searchsorted(totals.start, day, side="left"))
        if index < totals.start.size and totals.start[index] == day:
            regimes.append(index)
        elif index > 0 and (index < totals.start.size or day < totals.start[-1] + _period_days(totals)):
            regimes.append(index)
            mixed.append(index - 1)
    return regimes, mixed


def after_repeats_before(totals: MetricTotals) -> bool:
    """Whether the after periods are, number for number, a block of earlier ones: the same export twice.

    Such data hold no evidence of a change, though a trend that starts over looks like one to any model.
    """
    pairs = np.stack([totals.num, totals.den])
    after = pairs[:, totals.n0 :]
    width = after.shape[1]
    return any(
        np.array_equal(pairs[:, start : start + width], after, equal_nan=True) for start in range(totals.n0 - width + 1)
    )


def _estimate(plan: AuditPlan, totals: MetricTotals) -> Estimate | NotAssessable:
    if totals.missing is not None:
        return totals.missing
    series = log_series(totals, *break_positions(plan, totals))
    short = too_short(series)
    return short if short is not None else estimate_effect(series, totals.num.size, plan.policy.confidence)


def _finding(plan: AuditPlan, totals: MetricTotals, estimate: Estimate, p_holm: float) -> Finding:
    materiality = plan.metric(totals.metric).materiality
    confidence = plan.policy.confidence
    decision: Decision = decide(
        estimate.effect,
        p_holm,
        CATALOGUE[totals.metric].better,
        materiality,
        1.0 - confidence,
        break_near=_break_near(plan, totals),
        repeated=after_repeats_before(totals),
    )
    undecided = decision.value == "inconclusive"
    return Finding(
        metric=totals.metric,
        value=decision.value,
        code=decision.code,
        effect=estimate.effect,
        observed_change=observed_change(totals),
        materiality=materiality,
        p_holm=rounded(decision.p_holm),
        p_equivalence=rounded(decision.p_equivalence),
        below_materiality=decision.below_materiality,
        better_probability=rounded(decision.better_probability),
        more_weeks=more_weeks(estimate, materiality, confidence) if undecided else None,
    )


def _not_assessable(plan: AuditPlan, totals: MetricTotals, why: NotAssessable) -> Finding:
    return Finding(
        metric=totals.metric,
        value="not assessable",
        code=why.code,
        effect=None,
        observed_change=observed_change(totals),
        materiality=plan.metric(totals.metric).materiality,
        missing=why,
    )


def _short(code: str, have: int, need: int, unit: str) -> NotAssessable:
    return NotAssessable(code=code, detail={"have": have, "need": need, "unit": unit})


def _break_near(plan: AuditPlan, totals: MetricTotals) -> bool:
    go_live = int(totals.start[totals.n0])
    return any(abs(day - go_live) < BREAK_DAYS for day in _break_days(plan))


def _break_days(plan: AuditPlan) -> Sequence[int]:
    return [day_number(event.date) for event in plan.events if event.is_break]


def _period_days(totals: MetricTotals) -> int:
    return round(WEEKS_PER_YEAR * 7.0 / totals.ppy)
