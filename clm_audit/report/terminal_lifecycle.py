"""The lifecycle on a terminal: one compact table of what can be told, one line on what cannot, and the curves' ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clm_audit.report import look
from clm_audit.report.ids_said import curve_ids, metric_ids, sentence_ids
from clm_audit.report.model import AuditReport, MetricReport
from clm_audit.report.words_lifecycle_view import HEADING, change, curve_lines, not_adjusted, sides, told

if TYPE_CHECKING:
    from clm_audit.report.terminal_page import Kind, Page

_NUMBERS = ("before → after", "change", "adjusted", "95 % interval")
_NAME = 20  # columns that a name needs at least, so that it wraps between words


def draw_lifecycle(page: Page, report: AuditReport) -> None:
    """Nothing where no metric of the lifecycle is asked for."""
    view = report.lifecycle_view
    if not view.sentence:
        return
    page.heading(HEADING)
    page.line(view.sentence)
    if found := told(report.lifecycle):
        _metrics(page, found)
        page.ids(metric_ids("lifecycle", found))
    for line in filter(None, (not_adjusted(found), view.reading, *curve_lines(view))):
        page.line(line)
    if view.missing:
        page.line(view.missing, "dim")
    page.ids(sentence_ids("lifecycle_view", ["sentence", "reading", "missing"]), *curve_ids(view))


def _metrics(page: Page, found: Sequence[MetricReport]) -> None:
    """Names beside the numbers, or above them where there is no room."""
    rows = [(sides(one), change(one), look.effect(one.adjusted), look.interval(one.adjusted)) for one in found]
    findings = [page.marked(look.FINDINGS[one.finding][0], one.finding, look.FINDINGS[one.finding][1]) for one in found]
    if page.room_beside((_NUMBERS, *rows), [one.plain for one in findings]) < _NAME:
        names = [page.text(f"{one.name}  ").append_text(what) for one, what in zip(found, findings, strict=True)]
        page.stacked(_NUMBERS, names, rows)
        return
    heads: list[tuple[str, Kind]] = [(head, "number") for head in _NUMBERS]
    table = page.table(("metric", "text"), *heads, ("finding", "fixed"))
    for metric, row, finding in zip(found, rows, findings, strict=True):
        table.add_row(page.text(metric.name), *map(page.text, row), finding)
    page.console.print(table)
