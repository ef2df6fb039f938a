"""The lifecycle in Markdown: one table of what can be told, one line on what cannot, and the curves' ends."""

from __future__ import annotations

from clm_audit.report import look
from clm_audit.report.model import AuditReport
from clm_audit.report.safe import markdown
from clm_audit.report.words_lifecycle_view import HEADING, change, curve_lines, not_adjusted, sides, told


def lifecycle_lines(report: AuditReport) -> list[str]:
    """The block, or nothing where no metric of the lifecycle is asked for."""
    view = report.lifecycle_view
    if not view.sentence:
        return []
    lines = [f"### {HEADING}", "", markdown(view.sentence)]
    if found := told(report.lifecycle):
        lines += ["", "| Metric | Before → after | Change | Adjusted effect, 95 % | Finding |"]
        lines.append("| --- | ---: | ---: | ---: | --- |")
        for metric in found:
            adjusted = f"{look.effect(metric.adjusted)} {look.interval(metric.adjusted)}"
            cells = (
                f"{markdown(metric.name)}<br>{markdown(metric.unit)}",
                sides(metric),
                change(metric),
                markdown(adjusted if adjusted != f"{look.NOTHING} {look.NOTHING}" else look.NOTHING),
                f"{look.FINDINGS[metric.finding][0]} {metric.finding}",
            )
            lines.append(f"| {' | '.join(cells)} |")
    for line in (not_adjusted(found), view.reading, *curve_lines(view), view.missing):
        lines += ["", markdown(line)] if line else []
    return lines


def goal_lines(report: AuditReport) -> list[str]:
    """What was to be reached, by whom, and what the quarter says; nothing without goals."""
    if not report.goals:
        return []
    owners = [f" ({markdown(goal.owner)})" if goal.owner else "" for goal in report.goals]
    lines = [
        f"- {markdown(look.GOALS[goal.result][0])} {markdown(goal.sentence)}{owner}"
        for goal, owner in zip(report.goals, owners, strict=True)
    ]
    return ["### Goals", "", *lines]
