"""The run of the metrics as Markdown that fits a comment on a pull request or an issue."""

from __future__ import annotations

from clm_audit.report import look, numbers, words_history
from clm_audit.report.fitted import fitted
from clm_audit.report.language import spoken
from clm_audit.report.markdown import MARK, MOST
from clm_audit.report.model_history import HistoryMetric, HistoryReport
from clm_audit.report.safe import markdown


def to_markdown(report: HistoryReport) -> str:
    """The history in brief. Everything from an audit passes :func:`markdown` on its way."""
    with spoken(report) as said:
        blocks = (
            _head(said),
            _changes(said),
            *([_metric(said, one) for one in said.metrics]),
            _goals(said),
            _foot(said),
        )
        return fitted(["\n".join(block) for block in blocks if block], MOST)


def _head(report: HistoryReport) -> list[str]:
    rows = [
        f"| {markdown(audit.label)} | {words_history.until(audit.end)} | {numbers.number(audit.weeks)} |"
        f" {audit.better} of {audit.of} | {look.VERDICTS[audit.verdict][0]} {audit.verdict} |"
        f" {words_history.CHANGED if audit.changed else ''} |"
        for audit in report.audits
    ]
    return [
        MARK,
        f"## {markdown(report.title)}: {words_history.TITLE.lower()}",
        "",
        f"**{markdown(report.sentence)}**",
        "",
        f"Go-live {numbers.day(report.go_live)}",
        "",
        "| Audit | After, up to | Weeks | Better | Verdict | |",
        "| --- | --- | ---: | ---: | --- | --- |",
        *rows,
    ]


def _changes(report: HistoryReport) -> list[str]:
    none = words_history.NOTHING_CHANGED if len(report.audits) > 1 else words_history.ONE_ALONE
    lines = [f"- {markdown(change.sentence)}" for change in report.changes]
    return [f"### {words_history.CHANGES}", "", *(lines or [none])]


def _metric(report: HistoryReport, metric: HistoryMetric) -> list[str]:
    rows = [
        f"| {markdown(report.audits[point.audit].label)} | {look.value(metric.id, point.after)} |"
        f" {words_history.effect(point.adjusted)} {markdown(words_history.interval(point.adjusted))} |"
        f" {look.FINDINGS[point.finding][0]} {point.finding} | {words_history.CHANGED if point.changed else ''} |"
        for point in metric.points
    ]
    return [
        f"### {markdown(metric.name)}",
        "",
        f"{markdown(metric.sentence)} Values: {markdown(metric.unit)}.",
        "",
        "| Audit | Value | Adjusted effect, 95 % | Finding | |",
        "| --- | ---: | ---: | --- | --- |",
        *rows,
    ]


def _goals(report: HistoryReport) -> list[str]:
    lines = [
        f"- {look.GOALS[goal.points[-1].result][0]} {markdown(goal.sentence)}"
        f"{f' ({markdown(goal.owner)})' if goal.owner else ''}"
        for goal in report.goals
    ]
    return [f"### {words_history.GOALS}", "", *lines] if lines else []


def _foot(report: HistoryReport) -> list[str]:
    lines = [markdown(note) for note in (*report.notes, words_history.never(report.never)) if note]
    lines += [f"{markdown(one.file)}: {markdown(one.reason)}" for one in report.left_out]
    noted = [f"### {words_history.NOTES}", "", *(f"- {line}" for line in lines), ""] if lines else []
    return [
        *noted,
        words_history.METHOD,
        "",
        markdown(report.next_step),
        "",
        f"<sub>{report.tool.name} {markdown(report.tool.version)}</sub>",
    ]
