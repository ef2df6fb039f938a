"""What could be found, and when, on a terminal."""

from __future__ import annotations

from rich.console import Console

from clm_audit.report import look, numbers, words_ahead
from clm_audit.report.language import spoken
from clm_audit.report.model_ahead import AheadMetric, AheadReport
from clm_audit.report.terminal_page import Kind, Page

NOT_YET = "–"
SHORT = {"never": "never", "not assessable": "no data"}


def print_ahead(report: AheadReport, console: Console) -> None:
    """Print the outlook: the answer first, then the table, then what stands behind it."""
    with spoken(report) as said:
        _draw(Page(console), said)


def _draw(page: Page, report: AheadReport) -> None:
    page.line(f"clm-audit · {report.title}", "bold")
    page.line(f"go-live  {numbers.day(report.go_live) if report.go_live else 'still to come'}")
    page.line(f"data     up to {numbers.day(report.data_until)}")
    page.console.print()
    page.line(report.sentence, "bold")
    page.heading("The smallest change that would be found, by weeks of data after go-live")
    _table(page, report)
    page.heading("When")
    for metric in report.metrics:
        _metric(page, metric)
    if any(metric.status == "never" for metric in report.metrics):
        page.line(f"→ {words_ahead.NEVER_HELP}")
    page.console.print()
    page.line(words_ahead.METHOD, "dim")
    page.console.print()
    page.line(f"Next step: {report.next_step}", "bold")


def _table(page: Page, report: AheadReport) -> None:
    spans = sorted({reach.weeks for metric in report.metrics for reach in metric.reach})
    heads: list[tuple[str, Kind]] = [("metric", "text"), *((f"week {span}", "number") for span in spans)]
    table = page.table(*heads, (f"{_asked(report)} from", "number"))
    for metric in report.metrics:
        seen = {reach.weeks: numbers.plus_minus(reach.detectable) for reach in metric.reach}
        found = f"week {metric.decided}" if metric.decided is not None else SHORT[metric.status]
        table.add_row(
            page.text(metric.name),
            *(page.text(seen.get(span, NOT_YET)) for span in spans),
            page.text(found),
        )
    page.console.print(table)


def _asked(report: AheadReport) -> str:
    """The change asked for, where it is the same for all metrics."""
    sizes = {metric.effect for metric in report.metrics}
    return numbers.plus_minus(sizes.pop()) if len(sizes) == 1 else "found"


def _metric(page: Page, metric: AheadMetric) -> None:
    glyph, tone = look.OUTLOOKS[metric.status]
    said = metric.sentence if metric.status != "not assessable" else f"{metric.name}: {metric.sentence}"
    page.item(glyph, said, tone)
    if metric.remedy and metric.status == "not assessable":
        page.line(f"→ {metric.remedy}", indent=2)
