"""What the rules of the next steps look at: verdict, findings and checks of one audit, and where its data are from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import METRIC_IDS, AuditPlan, FindingValue, MetricId
from clm_audit.facts.model import Facts
from clm_audit.inference.goals import GoalResult
from clm_audit.inference.model import Finding
from clm_audit.inference.segments import SegmentEffect
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.measures.model import Measured, MetricTotals, to_date
from clm_audit.report.words_findings import more_weeks
from clm_audit.verdict.model import Check, Judgement, Verdict
from clm_audit.verdict.money_model import Money

PLAIN = "plain"  # our own layout is no product to look into
SPECIAL = ("after_repeats_before", "break_near_go_live")
"""Codes of findings that neither time nor volume decides."""


@dataclass(frozen=True)
class Situation:
    """One audit. ``systems``: metric -> titles of the products that its data came from; ``last``: the last day seen;
    ``parts``: metric -> (variant, change) of what it is made of; ``planned``: settled before the results were seen."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    checks: tuple[Check, ...]
    last: date
    systems: Mapping[MetricId, tuple[str, ...]] = field(default_factory=dict)
    parts: Mapping[MetricId, Mapping[str, float]] = field(default_factory=dict)
    control: bool = False
    planned: bool = False
    money: Money | NotAssessable | None = None
    goals: tuple[GoalResult, ...] = ()
    segments: Mapping[MetricId, tuple[SegmentEffect, ...]] = field(default_factory=dict)
    currency: str | None = None

    def of(self, value: FindingValue) -> tuple[Finding, ...]:
        """The findings of one kind, those withheld left out."""
        return tuple(one for one in self.findings if one.value == value and one.metric not in self.verdict.withheld)

    @property
    def five(self) -> tuple[Finding, ...]:
        """The findings that answer the five questions."""
        return tuple(one for one in self.findings if one.metric in METRIC_IDS)

    @property
    def sooner(self) -> tuple[Finding, ...]:
        """Open findings that time would decide."""
        return tuple(one for one in self.of("inconclusive") if more_weeks(one) is not None)

    @property
    def never(self) -> tuple[Finding, ...]:
        """Open findings that no time would decide at this volume."""
        return tuple(
            one for one in self.of("inconclusive") if more_weeks(one) is None and one.code not in SPECIAL and one.effect
        )

    def failed(self) -> tuple[Check, ...]:
        """The checks that failed or hold the verdict back; the latter first."""
        found = [one for one in self.checks if one.status == "fail" or one.id in self.verdict.capped_by]
        return tuple(sorted(found, key=lambda one: one.id not in self.verdict.capped_by))

    def day_after(self, weeks: int) -> date:
        """The day so many weeks after the last one that was seen."""
        return self.last + timedelta(weeks=weeks)


def situation_of(
    plan: AuditPlan, facts: Facts, measured: Measured, findings: Sequence[Finding], judgement: Judgement
) -> Situation:
    """The situation of a whole audit."""
    every = (*measured.metrics, *measured.lifecycle)
    return Situation(
        verdict=judgement.verdict,
        findings=tuple(findings),
        checks=judgement.checks,
        last=to_date(measured.calendar.after[1] - 1),
        systems={item.metric: _systems(plan, facts, item.metric) for item in every},
        parts={item.metric: _parts(item) for item in every},
        control=plan.control is not None,
        planned=plan.registration is not None,
        money=judgement.money,
        goals=tuple(judgement.goals),
        segments=judgement.segments,
        currency=facts.currency if isinstance(facts.currency, str) else None,
    )


def _systems(plan: AuditPlan, facts: Facts, metric: MetricId) -> tuple[str, ...]:
    """The products whose files feed what the metric is about: the first group of its facts."""
    presets, about = plan.presets, {fact for group in CATALOGUE[metric].facts[:1] for fact in group}
    found = {
        presets[file.system].title
        for file in facts.files
        if file.system and file.system != PLAIN and file.system in presets and about & set(file.facts)
    }
    return tuple(sorted(found))


def _parts(item: MetricTotals) -> dict[str, float]:
    """The change of each variant that has both sides, a share."""
    found = {}
    for variant in item.variants:
        before, after = variant.before, variant.after
        if not isinstance(before, NotAssessable) and not isinstance(after, NotAssessable) and before.value > 0:
            found[variant.id] = after.value / before.value - 1.0
    return found
