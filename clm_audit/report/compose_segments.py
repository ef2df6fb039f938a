"""Segments of one metric: what each adds to the change, how it moved beside the others, and what may be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import LIFECYCLE_IDS, METRIC_IDS, AuditPlan, MetricId
from clm_audit.inference.model import Finding
from clm_audit.inference.segments import SegmentEffect, looks
from clm_audit.measures.model import MetricTotals
from clm_audit.report import words_segments
from clm_audit.report.model import MetricReport, RangeReport, SegmentReport, Unknown
from clm_audit.report.printable import known, rounded, unknown


def with_segments(
    report: MetricReport,
    item: MetricTotals,
    finding: Finding,
    found: Mapping[MetricId, Sequence[SegmentEffect]],
    plan: AuditPlan,
) -> MetricReport:
    """The metric with what is known of its segments beside their levels, or why it has none; groups too small to show
    stay out."""
    asked = [one for one in report.segments if one.column in plan.segment_by]
    if not asked:
        return report.model_copy(update={"segment_notes": _nothing(item, plan)})
    effects = {(one.column, one.label): one for one in found.get(finding.metric, ())}
    shown = [effects[key] for one in asked if (key := (one.column, one.label)) in effects]
    family = METRIC_IDS if finding.metric in METRIC_IDS else LIFECYCLE_IDS
    said = words_segments.notes(shown, finding.observed_change, looks(found, family), finding.points)
    late = words_segments.known_late(item.how)
    return report.model_copy(
        update={
            "segments": tuple(
                _segment(one, effects.get((one.column, one.label)), finding.points) for one in report.segments
            ),
            "segment_notes": (*(said if shown else (words_segments.NOT_JUDGED,)), *filter(None, (late,))),
        }
    )


def _nothing(item: MetricTotals, plan: AuditPlan) -> tuple[str, ...]:
    """Said only of a metric that has something to divide, where somebody asked for it."""
    if not plan.segment_by or (isinstance(item.before, NotAssessable) and isinstance(item.after, NotAssessable)):
        return ()
    return (words_segments.none_told(item.metric, item.how, plan.segment_by),)


def _segment(report: SegmentReport, one: SegmentEffect | None, scale: float | None) -> SegmentReport:
    """``scale``: points of a change of one whole, where changes are told in points."""
    if one is None:
        return report
    times = 1.0 if scale is None else scale
    if isinstance(one.change, NotAssessable):
        against: RangeReport | Unknown = unknown(one.change)
    else:
        sizes = (rounded(size * times) for size in (one.change, one.low, one.high))
        against = RangeReport(**dict(zip(("effect", "low", "high"), sizes, strict=True)))
    part = one.contribution
    return report.model_copy(
        update={
            "share": rounded(one.share),
            "contribution": known(part) if isinstance(part, NotAssessable) else rounded(part * times),
            "against_others": against,
            "named": one.named,
        }
    )
