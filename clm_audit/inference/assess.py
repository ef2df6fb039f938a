"""Every metric's totals -> its finding: the one entry into this floor."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import threadpool_limits

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan
from clm_audit.inference import short
from clm_audit.inference.breaks import break_positions, near_go_live
from clm_audit.inference.decide import Decision, decide, holm
from clm_audit.inference.effect import Estimate, estimate_effect
from clm_audit.inference.horizon import more_weeks
from clm_audit.inference.model import Finding, Variation
from clm_audit.inference.parts import observed_parts
from clm_audit.inference.robustness import Rerun, reruns
from clm_audit.inference.rounding import rounded
from clm_audit.inference.series import log_series
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.measures.model import Measured, MetricTotals

CODES = (*short.CODES, "zero_denominator", "negative_total")
"""Reasons raised on this floor; ``detail`` of the last two: side."""


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
    findings, place = [], 0
    for totals, answer in zip(measured.metrics, answers, strict=True):
        if isinstance(answer, Estimate):
            found = _finding(plan, totals, answer, Family(tuple(p_values), place))
            windows = measured.calendar.before, measured.calendar.after
            findings.append(replace(found, parts=observed_parts(totals, answer, *windows)))
            place += 1
        else:
            findings.append(_not_assessable(plan, totals, answer))
    return tuple(findings)


@dataclass(frozen=True)
class Family:
    """The p values of all assessed metrics, and whose turn it is."""

    p_values: tuple[float, ...]
    place: int

    def adjusted(self, p: float) -> float:
        """Holm's adjusted p value of the metric, were its own ``p``."""
        return holm((*self.p_values[: self.place], p, *self.p_values[self.place + 1 :]))[self.place]


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
    missing = short.too_short(series)
    return missing if missing is not None else estimate_effect(series, totals.num.size, plan.policy.confidence)


def _finding(plan: AuditPlan, totals: MetricTotals, estimate: Estimate, family: Family) -> Finding:
    materiality = plan.metric(totals.metric).materiality
    confidence = plan.policy.confidence
    decision = _decision(plan, totals, estimate, family)
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
        event_near=any(near_go_live(plan, totals, breaks=breaks) for breaks in (True, False)),
        variations=tuple(_variation(plan, totals, rerun, family) for rerun in reruns(plan, totals)),
    )


def _decision(plan: AuditPlan, totals: MetricTotals, estimate: Estimate, family: Family) -> Decision:
    return decide(
        estimate.effect,
        family.adjusted(estimate.effect.p),
        CATALOGUE[totals.metric].better,
        plan.metric(totals.metric).materiality,
        1.0 - plan.policy.confidence,
        break_near=near_go_live(plan, totals, breaks=True),
        repeated=after_repeats_before(totals),
    )


def _variation(plan: AuditPlan, totals: MetricTotals, rerun: Rerun, family: Family) -> Variation:
    """What the finding would be, the other metrics being as they are."""
    effect = rerun.estimate.effect
    value = _decision(plan, totals, rerun.estimate, family).value
    return Variation(rerun.kind, rerun.detail, effect.effect, effect.low, effect.high, value)


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
