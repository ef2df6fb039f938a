"""What the numbers of a table are called, in one line below it: for formats that have no room beside each number."""

from __future__ import annotations

from collections.abc import Sequence

from clm_audit.report.model import AuditReport, MetricReport, Unknown
from clm_audit.report.model_lifecycle import LifecycleView

FINDING = ("before", "after", "observed_change", "adjusted.effect", "adjusted.low", "adjusted.high")
"""Short forms of the ids of a metric's headline numbers."""
RATIO = ("before", "after", "change")
BENEFIT = ("yearly.value", "yearly.low", "yearly.high", "present")
COST = ("yearly", "present")
DIFFERENCE = ("earlier", "change", "low", "high")


def ids_line(part: str, rows: Sequence[str], columns: Sequence[str]) -> str:
    """The ids of a table: ``part``, then one of ``rows``, then one of ``columns``.

    >>> ids_line("goals", ["nps", "churn_rate"], ["target"])
    'ids: goals.[nps, churn_rate].[target]'
    """
    return f"ids: {part}.[{', '.join(rows)}].[{', '.join(columns)}]"


def metric_ids(part: str, metrics: Sequence[MetricReport]) -> str:
    """The ids of the headline numbers of metrics."""
    return ids_line(part, [one.id for one in metrics], FINDING)


def sentence_ids(part: str, said: Sequence[str]) -> str:
    """The ids of sentences; the second number of one is ``ID.2``.

    >>> sentence_ids("goals.nps", ["sentence"])
    'ids: goals.nps.[sentence]'
    """
    return f"ids: {part}.[{', '.join(said)}]" if said else ""


def hint(report: AuditReport) -> str:
    """How to come from a number to where it comes from: for a page that has no room for ids."""
    metrics = (*report.metrics, *report.lifecycle)
    known = (one.id for one in metrics if not isinstance(one.before, Unknown))
    number = next((f"{one}.before" for one in known), "--list")
    return (
        f"Where a number comes from: clm-audit explain {number} --from audit.json (saved with --json audit.json); --ids"
        " prints the id of every number and sentence."
    )


def curve_ids(view: LifecycleView) -> list[str]:
    """The ids of the curves' points and of the days until half were active."""
    curves = [name for name, sides in (("retention", view.retention), ("activation", view.activation)) if sides]
    point = "SIDE.points.MONTHS.[share, low, high], SIDE.[half, half_from, half_to]"
    return [f"ids: lifecycle_view.{name}.{point}" for name in curves]


def cost_ids(report: AuditReport) -> str:
    """The ids of what winning and keeping a customer costs; empty without it."""
    costs = report.customer_costs
    return "" if isinstance(costs, Unknown) else ids_line("customer_costs.rows", [one.id for one in costs.rows], RATIO)


def money_ids(report: AuditReport) -> list[str]:
    """The ids of the money, or of what one per cent is worth. Costs are known by their names."""
    if not isinstance(report.money, Unknown):
        rows = [one.id for one in report.money.benefits]
        npv = ids_line("money", ["npv"], ("value", "low", "high"))
        return [ids_line("money.benefits", rows, BENEFIT), f"{npv}, money.costs.NAME.[{', '.join(COST)}]"]
    if not isinstance(report.worth, Unknown):
        margins = [str(at) for at, _ in enumerate(report.worth.margins, start=1)]
        return [ids_line("worth.rows", [one.metric for one in report.worth.rows], [f"yearly.{at}" for at in margins])]
    return []


def goal_ids(report: AuditReport) -> str:
    """The ids of the goals; empty without any."""
    names = list(dict.fromkeys(one.metric for one in report.goals))
    return ids_line("goals", names, ("target", "value", "low", "high")) if names else ""


def since_ids(report: AuditReport) -> str:
    """The ids of what became of the metrics since an earlier audit; empty without one."""
    since = report.since
    return (
        "" if isinstance(since, Unknown) else ids_line("since.metrics", [one.id for one in since.metrics], DIFFERENCE)
    )


SENTENCES = (
    "ids of sentences, whose second number is ID.2: verdict.sentence, plain.sentence, recommendations.STEP.sentence,"
    " metrics.METRIC.[finding_sentence, reason, why_different, remedy], goals.METRIC.sentence, money.sentence,"
    " money.notes.N, customer_costs.notes.N, lifecycle_view.[sentence, reading, missing],"
    " checks.CHECK.[message, remedy]"
)
LEDGER = "ids: files.FILE.rows.[read, accepted, rejected, duplicate, outside, structure], dots of FILE written as _"
