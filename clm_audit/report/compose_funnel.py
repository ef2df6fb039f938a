"""The funnel, the scores of the survey and the goals, made printable."""

from __future__ import annotations

from collections.abc import Sequence

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan, MetricId
from clm_audit.inference.goals import GoalResult
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.measures.model import Measured, MetricTotals
from clm_audit.measures.scheme import SIDES, Side
from clm_audit.measures.stages import HORIZON, StageCount, funnel
from clm_audit.measures.surveys import score_counts
from clm_audit.report import words_funnel, words_metrics, words_reasons
from clm_audit.report.model_base import Unknown
from clm_audit.report.model_funnel import FunnelReport, GoalReport, ScoresReport, StageReport, StageSide
from clm_audit.report.printable import rounded, unknown

LEAST = 5  # customers; smaller groups are not shown


def funnel_report(plan: AuditPlan, measured: Measured) -> FunnelReport | Unknown:
    """The funnel of both windows, or why there is none."""
    metric = _metric(measured, "stage_conversion")
    if metric is None:
        return Unknown(reason=words_funnel.NO_FUNNEL)
    if metric.missing is not None and metric.num.size == 0:
        return unknown(metric.missing)
    counts = funnel(plan, measured.calendar, measured.totals)
    if not counts:
        return Unknown(reason=words_funnel.NO_FUNNEL)
    owners = {stage.name: stage.owner for stage in plan.stages}
    stages = tuple(
        StageReport(name=before.name, owner=owners.get(before.name), before=_side(before), after=_side(after))
        for before, after in zip(counts["before"], counts["after"], strict=True)
    )
    drops: dict[str, tuple[str, float] | None] = {side: _drop(stages, side) for side in SIDES}
    return FunnelReport(days=HORIZON, stages=stages, sentence=words_funnel.drop_off(drops, HORIZON))


def _side(stage: StageCount) -> StageSide:
    if 0 < stage.entered < LEAST:
        few = Unknown(reason=words_funnel.FEW)
        return StageSide(entered=few, share=few)
    if stage.reached is None:
        return StageSide(entered=stage.entered, share=Unknown(reason=words_funnel.LAST))
    if not stage.entered:
        return StageSide(entered=0, share=Unknown(reason="Nobody entered it."))
    return StageSide(entered=stage.entered, share=rounded(stage.reached / stage.entered))


def _drop(stages: Sequence[StageReport], side: Side) -> tuple[str, float] | None:
    """The stage out of which the smallest share moves on; of equals the first."""
    sides = ((stage.name, stage.before if side == "before" else stage.after) for stage in stages)
    shares = [(name, found.share) for name, found in sides if isinstance(found.share, float)]
    return min(shares, key=lambda pair: pair[1]) if shares else None


def scores_report(measured: Measured) -> ScoresReport | Unknown:
    """How the answers of both windows are spread over the scores, or why that is not shown."""
    found = measured.totals.cells.get("survey_days")
    if found is None or not found.keys["day"].size or _metric(measured, "nps") is None:
        return Unknown(reason=words_funnel.NO_SCORES)
    counts = [score_counts(found, window) for window in (measured.calendar.before, measured.calendar.after)]
    if any(line.sum() < LEAST for line in counts):
        return Unknown(reason=words_funnel.FEW)
    before, after = (tuple(rounded(float(each)) for each in line / line.sum()) for line in counts)
    return ScoresReport(
        before=before,
        after=after,
        answers_before=int(counts[0].sum()),
        answers_after=int(counts[1].sum()),
        sentence=words_funnel.scores(before, after),
    )


def goal_reports(results: Sequence[GoalResult], measured: Measured, currency: str | None) -> tuple[GoalReport, ...]:
    """The goals in words, in the order of the config."""
    return tuple(_goal(one, one.goal.metric, measured, currency) for one in results if _is_metric(one.goal.metric))


def _is_metric(name: str) -> bool:
    return name in CATALOGUE


def _goal(found: GoalResult, name: str, measured: Measured, currency: str | None) -> GoalReport:
    metric: MetricId = next(each for each in CATALOGUE if each == name)
    totals = _metric(measured, metric)
    if totals is not None and "currency" in totals.how:
        currency = str(totals.how["currency"])
    how = totals.how if totals is not None and totals.level is None else {}  # a level is that of twelve months
    why = Unknown(reason=_why(found))
    numbers = {key: why if (value := getattr(found, key)) is None else value for key in ("value", "low", "high")}
    return GoalReport(
        metric=metric,
        name=words_metrics.name(metric),
        unit=words_metrics.unit(metric, currency, how),
        better=CATALOGUE[metric].better,
        target=float(found.goal.target),
        owner=found.goal.owner,
        start=found.start,
        end=found.end,
        quarter=words_funnel.quarter(found.start, found.end),
        result=found.result,
        sentence=words_funnel.goal(found, metric, words_metrics.name(metric), currency),
        **numbers,
    )


def _why(found: GoalResult) -> str:
    return words_reasons.reason(found.missing or NotAssessable(code="goal_not_measured"))


def _metric(measured: Measured, name: str) -> MetricTotals | None:
    return next((one for one in (*measured.metrics, *measured.lifecycle) if one.metric == name), None)
