"""Segments of one metric: what each adds to the change, how it moved beside the others, and what may be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import MetricId
from clm_audit.inference.model import Finding
from clm_audit.inference.segments import SegmentEffect
from clm_audit.report import words_segments
from clm_audit.report.model import MetricReport, RangeReport, SegmentReport, Unknown
from clm_audit.report.printable import known, rounded, unknown


def looks(found: Mapping[MetricId, Sequence[SegmentEffect]]) -> int:
    """How many segments of all metrics were held against the others."""
    return sum(not isinstance(one.change, NotAssessable) for each in found.values() for one in each)


def with_segments(
    report: MetricReport, finding: Finding, found: Mapping[MetricId, Sequence[SegmentEffect]]
) -> MetricReport:
    """The metric with what is known of its segments beside their levels; groups too small to show stay out."""
    effects = {(one.column, one.label): one for one in found.get(finding.metric, ())}
    shown = [effects[key] for one in report.segments if (key := (one.column, one.label)) in effects]
    if not shown:
        return report
    return report.model_copy(
        update={
            "segments": tuple(_segment(one, effects.get((one.column, one.label))) for one in report.segments),
            "segment_notes": words_segments.notes(shown, finding.observed_change, looks(found)),
        }
    )


def _segment(report: SegmentReport, one: SegmentEffect | None) -> SegmentReport:
    if one is None:
        return report
    if isinstance(one.change, NotAssessable):
        against: RangeReport | Unknown = unknown(one.change)
    else:
        against = RangeReport(effect=rounded(one.change), low=rounded(one.low), high=rounded(one.high))
    return report.model_copy(
        update={
            "share": rounded(one.share),
            "contribution": known(one.contribution),
            "against_others": against,
            "named": one.named,
        }
    )
