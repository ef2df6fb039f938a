"""The lifecycle on a terminal: one compact table of what can be told, one line on what cannot, and the curves' ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_audit.report import look
from clm_audit.report.ids_said import metric_ids
from clm_audit.report.model import AuditReport
from clm_audit.report.words_lifecycle_view import HEADING, change, curve_lines, not_adjusted, sides, told

if TYPE_CHECKING:
    from clm_audit.report.terminal_page import Page


def draw_lifecycle(page: Page, report: AuditReport) -> None:
    """Nothing where no metric of the lifecycle is asked for."""
    view = report.lifecycle_view
    if not view.sentence:
        return
    page.heading(HEADING)
    page.line(view.sentence)
    if found := told(report.lifecycle):
        table = page.table(
            ("metric", "text"), ("before → after", "number"), ("change", "number"), ("adjusted", "number"),
            ("95 % interval", "number"), ("finding", "fixed"),
        )  # fmt: skip
        for metric in found:
            glyph, tone = look.FINDINGS[metric.finding]
            cells = (metric.name, sides(metric), change(metric), look.effect(metric.adjusted))
            table.add_row(
                *map(page.text, (*cells, look.interval(metric.adjusted))), page.marked(glyph, metric.finding, tone)
            )
        page.console.print(table)
        page.ids(metric_ids("lifecycle", found))
    for line in filter(None, (not_adjusted(found), view.reading, *curve_lines(view))):
        page.line(line)
    if view.missing:
        page.line(view.missing, "dim")
