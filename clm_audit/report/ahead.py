"""Outlooks -> the frozen AheadReport: numbers made printable, codes turned into sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clm_audit import __version__
from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan, MetricId
from clm_audit.inference.horizon import NEVER
from clm_audit.inference.outlook import Outlook
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.measures.model import MetricTotals, to_date
from clm_audit.report import words_ahead, words_metrics, words_reasons
from clm_audit.report.compose import brand
from clm_audit.report.model import Tool
from clm_audit.report.model_ahead import AheadMetric, AheadReport, ReachReport
from clm_audit.report.printable import rounded


def compose_ahead(
    plan: AuditPlan,
    metrics: Sequence[MetricTotals],
    outlooks: Sequence[Outlook | NotAssessable],
    effects: Mapping[MetricId, float],
    last_day: int,
    *,
    begun: bool,
) -> AheadReport:
    """The report of looking ahead; ``last_day``: day number after the last day of the data."""
    found = tuple(
        _metric(plan, item.metric, outlook, effects[item.metric])
        for item, outlook in zip(metrics, outlooks, strict=True)
    )
    return AheadReport(
        tool=Tool(version=__version__),
        brand=brand(plan),
        title=plan.title or words_ahead.TITLE,
        go_live=plan.go_live,
        begun=begun,
        data_until=to_date(last_day - 1),
        confidence=plan.policy.confidence,
        metrics=found,
        sentence=words_ahead.summary(found),
        next_step=words_ahead.next_step(found, begun=begun),
    )


def _metric(plan: AuditPlan, metric: MetricId, outlook: Outlook | NotAssessable, effect: float) -> AheadMetric:
    declared = CATALOGUE[metric]
    missing = outlook if isinstance(outlook, NotAssessable) else None
    never = not isinstance(outlook, NotAssessable) and outlook.decided == NEVER
    reach = () if isinstance(outlook, NotAssessable) else outlook.reach
    return AheadMetric(
        id=metric,
        question_number=declared.question,
        question=words_metrics.question(metric),
        name=words_metrics.name(metric),
        better=declared.better,
        materiality=plan.metric(metric).materiality,
        effect=rounded(effect),
        status="not assessable" if missing else "never" if never else "decided",
        decided=None if isinstance(outlook, NotAssessable) or never else outlook.decided,
        reach=tuple(ReachReport(weeks=each.weeks, detectable=rounded(each.detectable)) for each in reach),
        sentence=words_reasons.reason(missing) if missing else words_ahead.sentence(metric, outlook),
        remedy=words_reasons.remedy(missing) if missing else words_ahead.remedy(metric, outlook),
        by_control=not isinstance(outlook, NotAssessable) and outlook.by_control,
    )
