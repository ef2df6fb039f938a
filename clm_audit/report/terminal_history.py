"""The run of the metrics on a terminal: the verdicts, the findings at a glance, then metric by metric."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console

from clm_audit.report import look, numbers, words_history
from clm_audit.report.interval_plot import interval_plot, plot_reach
from clm_audit.report.language import spoken
from clm_audit.report.model_base import ChangeUnit, Unknown
from clm_audit.report.model_history import HistoryEffect, HistoryMetric, HistoryReport
from clm_audit.report.terminal import Kind, Page

PLOT_FROM = 118  # columns from which there is room for a drawn interval
ARROW = "◆"
_MOST_RUN = 16  # audits in a run of glyphs


def print_history(report: HistoryReport, console: Console) -> None:
    """Print the history. Width, colour and encoding are the console's; no colour says anything alone."""
    with spoken(report) as said:
        _draw(Page(console), said)


def _draw(page: Page, report: HistoryReport) -> None:
    page.line(f"clm-audit history · {report.title}", "bold")
    page.line(f"go-live  {numbers.day(report.go_live)}")
    page.console.print()
    page.line(report.sentence, "bold")
    _verdicts(page, report)
    _changes(page, report)
    _glance(page, report)
    page.heading(words_history.METRICS)
    for metric in report.metrics:
        _metric(page, report, metric)
    _goals(page, report)
    _notes(page, report)
    page.console.print()
    page.line(words_history.METHOD, "dim")
    page.console.print()
    page.line(f"Next: {report.next_step}", "bold")


def _verdicts(page: Page, report: HistoryReport) -> None:
    table = page.table(
        ("audit", "fixed"), ("after, up to", "fixed"), ("weeks", "number"), ("better", "number"), ("verdict", "fixed"),
        ("", "fixed"),
    )  # fmt: skip
    for audit in report.audits:
        glyph, tone = look.VERDICTS[audit.verdict]
        table.add_row(
            page.text(audit.label),
            page.text(words_history.until(audit.end)),
            page.text(numbers.number(audit.weeks)),
            page.text(f"{audit.better} of {audit.of}"),
            page.marked(glyph, audit.verdict, tone),
            page.text(_mark(audit.changed)),
        )
    page.console.print(table)


def _changes(page: Page, report: HistoryReport) -> None:
    page.heading(words_history.CHANGES)
    if not report.changes:
        page.line(words_history.NOTHING_CHANGED if len(report.audits) > 1 else words_history.ONE_ALONE)
    for change in report.changes:
        page.line(f"{ARROW} {change.sentence}")


def _glance(page: Page, report: HistoryReport) -> None:
    page.heading(words_history.GLANCE)
    shown = report.audits[-_MOST_RUN:]
    span = shown[-1].label if len(shown) == 1 else f"{shown[0].label} → {shown[-1].label}"
    table = page.table(("metric", "text"), (span, "fixed"), ("adjusted", "number"), ("now", "fixed"))
    for metric in report.metrics:
        run = " ".join(look.FINDINGS[point.finding][0] for point in metric.points[-_MOST_RUN:])
        latest = metric.points[-1]
        glyph, tone = look.FINDINGS[latest.finding]
        table.add_row(
            page.text(metric.name),
            page.text(run),
            page.text(words_history.effect(latest.adjusted)),
            page.marked(glyph, latest.finding, tone),
        )
    page.console.print(table)
    page.line(words_history.KEY, "dim")
    if report.never:
        page.line(words_history.never(report.never), "dim")


def _metric(page: Page, report: HistoryReport, metric: HistoryMetric) -> None:
    page.console.print()
    page.line(f"{metric.name}, {metric.unit}", "bold")
    page.line(metric.sentence)
    wide = page.console.width >= PLOT_FROM
    reach = _reach((point.adjusted for point in metric.points), metric.change_unit)
    plot: tuple[tuple[str, Kind], ...] = ((_axis(reach, metric.change_unit), "fixed"),) if wide else ()
    table = page.table(
        ("audit", "fixed"), ("value", "number"), ("adjusted", "number"), ("95 % interval", "number"), *plot,
        ("finding", "fixed"), *((("", "fixed"),) if wide else ()),
    )  # fmt: skip
    for point in metric.points:
        glyph, tone = look.FINDINGS[point.finding]
        found = page.marked(glyph, point.finding, tone)
        table.add_row(
            page.text(report.audits[point.audit].label),
            page.text(look.value(metric.id, point.after)),
            page.text(words_history.effect(point.adjusted)),
            page.text(words_history.interval(point.adjusted)),
            *([page.text(interval_plot(point.adjusted, reach))] if wide else []),
            found if wide or not point.changed else found.append_text(page.text(f" {ARROW}")),
            *([page.text(_mark(point.changed))] if wide else []),
        )
    page.console.print(table)


def _reach(effects: Iterable[HistoryEffect | Unknown], unit: ChangeUnit) -> float:
    if unit == "share":
        return plot_reach(effects)
    known = [effect for effect in effects if not isinstance(effect, Unknown)]
    return max([10.0, *(max(abs(effect.low), abs(effect.high)) for effect in known)])


def _axis(reach: float, unit: ChangeUnit) -> str:
    return f"{look.change(-reach, unit)} to {look.change(reach, unit)}"


def _goals(page: Page, report: HistoryReport) -> None:
    if not report.goals:
        return
    page.heading(words_history.GOALS)
    for goal in report.goals:
        latest = goal.points[-1]
        owner = f" ({goal.owner})" if goal.owner else ""
        glyph, tone = look.GOALS[latest.result]
        page.item(glyph, f"{goal.sentence}{owner}", tone)
        if len(goal.points) > 1:
            said = (f"{report.audits[one.audit].label} {one.result}" for one in goal.points)
            page.line(" → ".join(said), "dim", indent=2)


def _notes(page: Page, report: HistoryReport) -> None:
    if report.notes:
        page.heading(words_history.NOTES)
    for note in report.notes:
        page.item("!", note, "flat")
    if report.left_out:
        page.heading(words_history.LEFT_OUT)
    for one in report.left_out:
        page.item("–", f"{one.file}: {one.reason}", "open")


def _mark(changed: bool) -> str:
    return f"{ARROW} {words_history.CHANGED}" if changed else ""
