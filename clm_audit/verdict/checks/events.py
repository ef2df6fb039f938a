"""Did anything else happen about when the CRM went live? Then no before/after comparison can tell the two apart."""

from __future__ import annotations

from clm_audit.config.plan import METRIC_IDS, MetricId
from clm_audit.inference.breaks import known_near
from clm_audit.measures.model import day_number
from clm_audit.verdict.checks.base import Subject, Value, made
from clm_audit.verdict.model import Check

CODES = ("events_none", "events_clear", "events_near", "breaks_near", "events_unknown")


def events(subject: Subject) -> Check:
    """A known event or break within eight weeks of go-live: whose effect it is, nobody can tell."""
    measured = subject.measured
    if measured is None:
        return made("events", "unknown", "events_unknown", METRIC_IDS)
    known = subject.plan.events
    if not known:
        return made("events", "pass", "events_none", METRIC_IDS)
    go_live = measured.calendar.go_live
    near, alone = known_near(subject.plan, go_live), before_and_after_only(subject)
    if not near or not alone:
        return made("events", "pass", "events_clear", METRIC_IDS, count=len(known))
    nearest = near[0]
    evidence: dict[str, Value] = {
        "what": nearest.what,
        "date": nearest.date.isoformat(),
        "days": abs(day_number(nearest.date) - go_live),
        "count": len(near),
    }
    return made("events", "unknown", "breaks_near" if nearest.is_break else "events_near", alone, **evidence)


def before_and_after_only(subject: Subject) -> tuple[MetricId, ...]:
    """The metrics that nothing but their own past answers for, so that an event at go-live is mixed with the CRM.

    A control group met the event too, and beside one only the metrics that were answered without it count.
    """
    enabled = [metric for metric in METRIC_IDS if subject.plan.metric(metric).enabled]
    if not any(finding.by_control for finding in subject.findings):
        return tuple(enabled)
    alone = {finding.metric for finding in subject.findings if finding.effect is not None and not finding.by_control}
    return tuple(metric for metric in enabled if metric in alone)
