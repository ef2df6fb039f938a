"""Runs of hand-built audits for the tests of the history: the same company, quarter after quarter."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta

from clm_audit.config.plan import FindingValue, VerdictValue
from clm_audit.report.history import compose_history
from clm_audit.report.kept import Kept
from clm_audit.report.model import Adjusted, AuditReport, MetricReport, Unknown
from clm_audit.report.model_funnel import GoalReport
from clm_audit.report.model_history import HistoryReport, LeftOut
from report import worlds

FULL = worlds.full_report()
FINDINGS: Sequence[FindingValue] = (
    "inconclusive", "improved", "improved", "no material change", "worsened", "not assessable",
)  # fmt: skip


def audit_to(
    end: date,
    finding: FindingValue = "improved",
    verdict: VerdictValue = "good fit",
    effect: float = 0.08,
    goals: tuple[GoalReport, ...] = (),
    **changes: object,
) -> AuditReport:
    """The audit whose after window ends before ``end``; every metric with one finding and effect."""
    after = FULL.windows.after.model_copy(update={"end": end, "weeks": (end - FULL.windows.after.start).days / 7})
    told = {
        "windows": FULL.windows.model_copy(update={"after": after}),
        "verdict": FULL.verdict.model_copy(update={"value": verdict}),
        "metrics": tuple(_with(metric, finding, effect) for metric in FULL.metrics),
        "goals": goals,
    }
    return FULL.model_copy(update={**told, **changes})


def _with(metric: MetricReport, finding: FindingValue, effect: float) -> MetricReport:
    if finding == "not assessable":
        none = Unknown(reason="No data.")
        return metric.model_copy(update={"finding": finding, "adjusted": none, "after": none})
    if not isinstance(metric.adjusted, Adjusted):
        return metric
    found = metric.adjusted.model_copy(update={"effect": effect, "low": effect - 0.05, "high": effect + 0.06})
    return metric.model_copy(update={"finding": finding, "adjusted": found})


def in_points(report: AuditReport) -> AuditReport:
    """The same audit with a score beside the metrics, whose changes are points."""
    shown = report.metrics[0]
    if not isinstance(shown.adjusted, Adjusted):
        return report
    found = shown.adjusted.model_copy(update={"effect": 4.2, "low": -1.0, "high": 9.5, "unit": "points"})
    told = {"id": "nps", "name": "Net promoter score", "question_number": 0, "unit": "points, from −100 to 100"}
    score = shown.model_copy(update={**told, "adjusted": found, "change_unit": "points", "materiality": 5.0})
    return report.model_copy(update={"lifecycle": (score,)})


def goal(result: str = "met", target: float = 0.4, quarter: str = "2024-Q3") -> GoalReport:
    """A goal as an audit tells it."""
    known = result != "not assessable"
    none = Unknown(reason="The quarter is not over in the exports.")
    return GoalReport(
        metric="purchase_frequency",
        name="Purchase frequency",
        unit="orders per active customer per month",
        better="higher",
        target=target,
        owner="Sales <b>",
        start=date(2024, 7, 1),
        end=date(2024, 10, 1),
        quarter=quarter,
        result=result,
        value=0.43 if known else none,
        low=0.41 if known else none,
        high=0.45 if known else none,
        sentence=f"Purchase frequency, {quarter}: {result}.",
    )


def kept(*reports: AuditReport) -> list[Kept]:
    """The reports as they would be found in a folder."""
    names = [f"audit-{number}.json" for number in range(len(reports))]
    return [
        Kept(name, hashlib.sha256(name.encode()).hexdigest(), one) for name, one in zip(names, reports, strict=True)
    ]


def of(*reports: AuditReport, left_out: Sequence[LeftOut] = ()) -> HistoryReport:
    """The history of some audits."""
    return compose_history(kept(*reports), left_out)


def short_history() -> HistoryReport:
    """Three quarters: undecided, then good; a goal that was met in the end; a file that is none."""
    return of(
        in_points(audit_to(date(2024, 9, 30), "inconclusive", "inconclusive", 0.05, (goal("not assessable"),))),
        in_points(audit_to(date(2024, 12, 30), "improved", "good fit", 0.07, (goal("undecided"),))),
        in_points(audit_to(date(2025, 3, 31), "improved", "good fit", 0.08, (goal("met"),))),
        left_out=[LeftOut(file=f"{worlds.HOSTILE}.json", reason="is not whole JSON: Expecting value")],
    )


def long_history() -> HistoryReport:
    """Six years of quarters with every finding, long intervals and a hostile title."""
    reports = [
        audit_to(
            FULL.windows.after.start + timedelta(weeks=13 * (number + 1)),
            FINDINGS[number % len(FINDINGS)],
            "mixed" if number % 5 else "inconclusive",
            (-0.4, 0.02, 0.3, 2.5)[number % 4],
            title=worlds.HOSTILE,
        )
        for number in range(24)
    ]
    return of(*reports)


def lone_history() -> HistoryReport:
    """One audit, in which nothing can be assessed."""
    return of(worlds.bare_report())
