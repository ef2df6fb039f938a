"""Every metric's totals -> its finding: the one entry into this floor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from threadpoolctl import threadpool_limits

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan
from clm_audit.inference import short
from clm_audit.inference.beside import comparison
from clm_audit.inference.breaks import break_positions, near_go_live
from clm_audit.inference.control import Compared, compared, control_reruns, evidence
from clm_audit.inference.decide import Decision, decide, holm
from clm_audit.inference.effect import Estimate, bare_estimate, estimate_effect
from clm_audit.inference.horizon import more_weeks
from clm_audit.inference.kitagawa import mix
from clm_audit.inference.model import Effect, Finding, Parts, Variation
from clm_audit.inference.parts import observed_parts
from clm_audit.inference.product import product_effect
from clm_audit.inference.robustness import Rerun, reruns
from clm_audit.inference.rounding import rounded
from clm_audit.inference.series import log_series
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.measures.model import Measured, MetricTotals

CODES = (*short.CODES, "zero_denominator", "negative_total")
"""Reasons raised on this floor; ``detail`` of the last two: side."""


def assess(plan: AuditPlan, measured: Measured) -> tuple[Finding, ...]:
    """One finding for each of ``measured.metrics``, in their order, and then for each of ``measured.lifecycle``.

    Every metric of the five questions that can be assessed at all belongs to one family: Holm's correction runs over
    all of them. Those of the lifecycle are a family of their own, so that they cost the five questions nothing.
    A family's error rate is 1 − ``policy.confidence``. Linear algebra runs on one thread: the matrices are
    small, and the last digits of a threaded sum depend on how many threads there are.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        return tuple(
            finding for family in (measured.metrics, measured.lifecycle) for finding in _assess(plan, measured, family)
        )


def _assess(plan: AuditPlan, measured: Measured, family: Sequence[MetricTotals]) -> tuple[Finding, ...]:
    cases = [Case(plan, totals, _estimate(plan, totals), compared(plan, totals)) for totals in family]
    products = {case.totals.metric: _product(case, cases) for case in cases if case.totals.factors}
    effects = [products.get(case.totals.metric) or case.effect for case in cases]
    p_values = tuple(effect.p for effect in effects if isinstance(effect, Effect))
    findings, place = [], 0
    for case, effect in zip(cases, effects, strict=True):
        split = mix(case.totals, observed_change(case.totals), plan.policy.confidence)
        beside = comparison(case.group, measured.calendar) if isinstance(case.group, Compared) else case.group
        if isinstance(effect, NotAssessable):
            findings.append(replace(_not_assessable(plan, case.totals, effect), mix=split, control=beside))
            continue
        family_of = Family(p_values, place)
        place += 1
        if case.totals.factors or not isinstance(case.answer, Estimate):
            findings.append(_product_finding(case, effect, family_of))
            continue
        found = _finding(case, case.answer, family_of)
        findings.append(replace(found, parts=_parts(case, measured), mix=split, control=beside))
    return tuple(findings)


def _product(case: Case, cases: Sequence[Case]) -> Effect | NotAssessable:
    """The effect on a metric that is a product; what is estimated already is not estimated again."""
    known = {id(each.totals): each.history for each in cases}
    effects: list[tuple[Effect, int]] = []
    for factor in case.totals.factors:
        found = known.get(id(factor.totals)) or _estimate(case.plan, factor.totals, bare=True)
        if isinstance(found, NotAssessable):
            return found
        effects.append((found.effect, factor.power))
    return product_effect(effects, case.plan.policy.confidence)


def _product_finding(case: Case, effect: Effect, family: Family) -> Finding:
    """As of any other metric; there are no periods that could be asked otherwise, or that time would add to."""
    plan, totals = case.plan, case.totals
    materiality = plan.metric(totals.metric).materiality
    factors = [factor.totals for factor in totals.factors]
    decision = decide(
        effect,
        family.adjusted(effect.p),
        CATALOGUE[totals.metric].better,
        materiality,
        1.0 - plan.policy.confidence,
        break_near=any(near_go_live(plan, each, breaks=True) for each in factors),
        repeated=any(after_repeats_before(each) for each in factors),
    )
    return Finding(
        metric=totals.metric,
        value=decision.value,
        code=decision.code,
        effect=effect,
        observed_change=observed_change(totals),
        materiality=materiality,
        p_holm=rounded(decision.p_holm),
        p_equivalence=rounded(decision.p_equivalence),
        below_materiality=decision.below_materiality,
        better_probability=rounded(decision.better_probability),
        event_near=any(near_go_live(plan, each, breaks=breaks) for each in factors for breaks in (True, False)),
    )


@dataclass(frozen=True)
class Case:
    """One metric on its way to a finding: what its own ``history`` says, and its control ``group``."""

    plan: AuditPlan
    totals: MetricTotals
    history: Estimate | NotAssessable
    group: Compared | NotAssessable | None

    @cached_property
    def by_control(self) -> bool:
        """Whether the finding rests on the control group."""
        return isinstance(self.history, Estimate) and evidence(self.group) is not None

    @cached_property
    def answer(self) -> Estimate | NotAssessable:
        """The estimate that the finding rests on. The chart of the metric, which shows all customers, keeps what
        the history of all expected."""
        found = evidence(self.group)
        if found is None or isinstance(self.history, NotAssessable):
            return self.history
        own = self.history.effect
        effect = replace(found.effect, expected=own.expected, low_band=own.low_band, high_band=own.high_band)
        return replace(found, effect=effect)

    @property
    def effect(self) -> Effect | NotAssessable:
        """The effect that the finding rests on."""
        return self.answer.effect if isinstance(self.answer, Estimate) else self.answer

    def reruns(self) -> tuple[Rerun, ...]:
        """The same question asked otherwise, of whatever the finding rests on."""
        if self.by_control and isinstance(self.group, Compared):
            return tuple(control_reruns(self.group))
        return reruns(self.plan, self.totals)


def _parts(case: Case, measured: Measured) -> Parts | None:
    """The observed change of all customers taken apart by their own history, control group or not."""
    if isinstance(case.history, NotAssessable):
        return None
    return observed_parts(case.totals, case.history, measured.calendar.before, measured.calendar.after)


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


def points_of(totals: MetricTotals) -> float | None:
    """Points of the score that a change of one whole is, for a metric told in points; else None.

    The score is 200 p - 100 of the share p that is modelled, so that a change of p by the share e is one by 200 p e
    points; p is that of the window before, or of the window after where there is none before.
    """
    if CATALOGUE[totals.metric].unit != "points":
        return None
    level = totals.after if isinstance(totals.before, NotAssessable) else totals.before
    return None if isinstance(level, NotAssessable) else 200.0 * level.value


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


def _estimate(plan: AuditPlan, totals: MetricTotals, *, bare: bool = False) -> Estimate | NotAssessable:
    """``bare``: the effect alone, of which no course and no expected value will be shown."""
    if totals.missing is not None:
        return totals.missing
    series = log_series(totals, *break_positions(plan, totals))
    missing = short.too_short(series)
    if missing is not None:
        return missing
    if bare:
        return bare_estimate(series, plan.policy.confidence)
    return estimate_effect(series, totals.num.size, plan.policy.confidence)


def _finding(case: Case, estimate: Estimate, family: Family) -> Finding:
    plan, totals = case.plan, case.totals
    materiality = plan.metric(totals.metric).materiality
    confidence = plan.policy.confidence
    decision = _decision(case, estimate.effect, family, met_by_both=case.by_control)
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
        event_near=not case.by_control and any(near_go_live(plan, totals, breaks=breaks) for breaks in (True, False)),
        variations=tuple(_variation(case, rerun, family) for rerun in case.reruns()),
        points=points_of(totals),
    )


def _decision(case: Case, effect: Effect, family: Family, *, met_by_both: bool) -> Decision:
    """``met_by_both``: the effect is that of a difference, in which a break that both groups met is not."""
    plan, totals = case.plan, case.totals
    return decide(
        effect,
        family.adjusted(effect.p),
        CATALOGUE[totals.metric].better,
        plan.metric(totals.metric).materiality,
        1.0 - plan.policy.confidence,
        break_near=not met_by_both and near_go_live(plan, totals, breaks=True),
        repeated=after_repeats_before(totals),
    )


def _variation(case: Case, rerun: Rerun, family: Family) -> Variation:
    """What the finding would be, the other metrics being as they are."""
    effect = rerun.effect
    met_by_both = case.by_control and rerun.kind != "without_control"
    value = _decision(case, effect, family, met_by_both=met_by_both).value
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
        points=points_of(totals),
    )
