"""The lifecycle's part of the report that is no metric: curves, and what could not be measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan
from clm_audit.inference.model import Finding
from clm_audit.inference.survival import Survival, survival
from clm_audit.measures.model import DAYS_PER_MONTH, Cells, Measured, MetricTotals
from clm_audit.measures.totals import only
from clm_audit.report import words_lifecycle_view, words_metrics, words_reasons
from clm_audit.report.model_lifecycle import CurvePoint, CurveReport, LifecycleView, WaitPoint, WaitReport
from clm_audit.report.printable import rounded

FEWEST = 5  # customers at risk; a share of fewer is not shown
MONTHS = 24  # that a curve reaches at most
HALF = 0.5
DAYS = (0, 1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90)
Side = Literal["before", "after"]
SIDES: tuple[Side, ...] = ("before", "after")


def lifecycle_view(plan: AuditPlan, measured: Measured, findings: Sequence[Finding]) -> LifecycleView:
    """What stands beside the metrics of the lifecycle; empty where none is asked for."""
    by_metric = {finding.metric: finding for finding in findings}
    told = [by_metric[item.metric] for item in measured.lifecycle if not silent(item)]
    if not measured.lifecycle:
        return LifecycleView()
    how = next((item.how for item in measured.lifecycle if "lost_by" in item.how), {})
    retention, activation = (measured.lives.get(name) for name in ("retention", "activation"))
    silence = 7 * int(how.get("inactivity_weeks", 0))
    stays = tuple(_curves(retention, silence, plan.policy.confidence)) if retention else ()
    waits = tuple(_waits(activation, plan.policy.confidence)) if activation else ()
    return LifecycleView(
        sentence=words_lifecycle_view.summary(told, len(measured.lifecycle)),
        missing=words_lifecycle_view.not_measured(list(_missing(measured.lifecycle))),
        reading=words_lifecycle_view.reading(
            {item.metric: item.how for item in measured.lifecycle if not silent(item)}, curve=bool(stays)
        ),
        retention=stays,
        retention_note=words_lifecycle_view.retention_note(how) if stays else "",
        activation=waits,
        activation_note=words_lifecycle_view.activation_note(plan.activation.event)
        if waits and plan.activation
        else "",
    )


def silent(item: MetricTotals) -> bool:
    """Whether a metric has nothing to show, not even a plain number."""
    return isinstance(item.before, NotAssessable) and isinstance(item.after, NotAssessable) and item.missing is not None


def _missing(items: Sequence[MetricTotals]) -> Iterator[tuple[str, str, str]]:
    """Metrics that cannot be told: name, what is missing in words, and the export that would carry it."""
    for item in items:
        if item.missing is None or not silent(item):
            continue
        name = words_metrics.name(item.metric)
        if item.missing.code == "missing_fact":
            yield name, words_reasons.fact_of(item.missing), str(item.missing.detail.get("export", ""))
        else:
            yield name, words_reasons.reason(item.missing).rstrip("."), ""


@dataclass(frozen=True)
class _Cohort:
    """Durations of those who came in one window."""

    side: Side
    days: NDArray[np.int64]
    ended: NDArray[np.int64]
    watched: NDArray[np.int64]

    def curve(self, at: Sequence[int], level: float) -> tuple[Survival, ...]:
        """As far as enough of them are watched."""
        found = survival(self.days, self.ended, self.watched, at, level)
        return tuple(point for point in found if point.at_risk >= FEWEST)


def _cohorts(part: Cells, ended: str) -> Iterator[_Cohort]:
    for cohort, side in enumerate(SIDES):
        mine = only(part, cohort=cohort)
        lines = (mine.keys["days"], mine.values[ended], mine.values["watched"])
        days, out, seen = (line.astype(np.int64) for line in lines)
        if seen.sum() >= FEWEST:
            yield _Cohort(side, days, out, seen)


def _curves(part: Cells, silence: int, level: float) -> Iterator[CurveReport]:
    """None of a cohort that was not watched for as long as a loss takes (``silence``, in days)."""
    months = range(1, MONTHS + 1)
    for cohort in _cohorts(part, "lost"):
        found = cohort.curve([int(month * DAYS_PER_MONTH) for month in months], level)
        points = tuple(
            CurvePoint(months=month, share=one.share, low=one.low, high=one.high, at_risk=one.at_risk)
            for month, one in zip(months, found, strict=False)
        )
        if points and int(points[-1].months * DAYS_PER_MONTH) >= silence:
            yield CurveReport(side=cohort.side, customers=int(cohort.watched.sum()), points=points)


def _waits(part: Cells, level: float) -> Iterator[WaitReport]:
    for cohort in _cohorts(part, "done"):
        points = tuple(
            WaitPoint(
                days=one.days,
                share=rounded(1 - one.share),
                low=rounded(1 - one.high),
                high=rounded(1 - one.low),
                at_risk=one.at_risk,
            )
            for one in cohort.curve(DAYS, level)
        )
        every = [int(day) for day in np.unique(cohort.days[cohort.ended > 0])]
        seen = cohort.curve(every, level)
        if points:
            yield WaitReport(
                side=cohort.side,
                customers=int(cohort.watched.sum()),
                half=next((one.days for one in seen if one.share <= HALF), None),
                half_from=next((one.days for one in seen if one.low <= HALF), None),
                half_to=next((one.days for one in seen if one.high <= HALF), None),
                points=points,
            )
