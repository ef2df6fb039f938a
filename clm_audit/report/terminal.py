"""The report on a terminal: the verdict, the five answers, then what stands behind them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.box import ROUNDED
from rich.console import Console
from rich.panel import Panel

from clm_audit.intake.model import RowCounts
from clm_audit.report import look, numbers, words
from clm_audit.report import rows as rows_said
from clm_audit.report.ids_said import LEDGER as LEDGER_IDS
from clm_audit.report.ids_said import hint, metric_ids, sentence_ids
from clm_audit.report.interval_plot import interval_plot, plot_reach
from clm_audit.report.language import spoken
from clm_audit.report.metric_said import moved, sentences
from clm_audit.report.model import AuditReport, CheckReport, MetricReport, Unknown
from clm_audit.report.safe import terminal
from clm_audit.report.terminal_goals import draw_goals
from clm_audit.report.terminal_lifecycle import draw_lifecycle
from clm_audit.report.terminal_money import draw_costs, draw_money
from clm_audit.report.terminal_page import PROSE, TONES, fold
from clm_audit.report.terminal_page import Kind as Kind
from clm_audit.report.terminal_page import Page as Page
from clm_audit.report.trace import keys

if TYPE_CHECKING:
    from clm_audit.report.model_check import CheckOnlyReport

_PLOT_FROM = 118  # columns from which the metrics table has room for a plot
_UNITS_FROM = 136  # columns from which units have a column of their own
_COUNTS = ("read", *look.LEDGER)
SAID = ("finding_sentence", "reason", "why_different", "control.sentence", "control.better", "remedy")
NEXT = 3  # steps that are shown; the JSON has all
LISTS = "rejects.csv beside an --html report, or --rejects FILE.csv, lists"


def print_report(report: AuditReport, console: Console, *, ids: bool = False) -> None:
    """Print the whole report. Width, colour and encoding are the console's; no colour says anything alone. ``ids``:
    with the ids of the numbers and sentences below each part, in place of one line that says how to come by them."""
    with spoken(report) as said:
        _draw(Page(console, ids), said)


def _draw(page: Page, report: AuditReport) -> None:
    page.line(f"clm-audit · {report.title}", "bold")
    _box(page, report)
    _periods(page, report)
    _answers(page, report)
    _metrics(page, report)
    _reasons(page, report)
    draw_costs(page, report)
    draw_lifecycle(page, report)
    draw_goals(page, report)
    draw_money(page, report)
    draw_checks(page, report.checks, report.metrics)
    draw_ledger(page, report)
    if not page.shows_ids:
        page.console.print()
        page.line(hint(report), "dim")


def _periods(page: Page, report: AuditReport) -> None:
    windows = report.windows
    derived = ", the first day of the after data" if windows.go_live_derived else ""
    page.line(f"go-live  {numbers.day(windows.go_live)}{derived}")
    page.line(f"before   {look.span(windows.before)}")
    page.line(f"after    {look.span(windows.after)}")
    if report.planned.hash:
        page.line(f"plan     {report.planned.status}")
    for event in look.events(report):
        page.line(f"event    {look.event(event)}")


def _box(page: Page, report: AuditReport) -> None:
    verdict = report.verdict
    glyph, tone = look.VERDICTS[verdict.value]
    body = page.marked(glyph, verdict.value.upper(), tone)
    body.stylize("bold")
    width = min(page.console.width, PROSE)
    for at, block in enumerate(_verdict(report)):
        for number, part in enumerate(fold(terminal(block, page.console.encoding), width - 4)):
            body.append("\n\n" if at and not number else "\n")
            body.append(part)
    head = page.text("Verdict")
    page.console.print(Panel(body, box=ROUNDED, title=head, title_align="left", border_style=TONES[tone], expand=False))
    page.ids(
        sentence_ids("verdict", ["sentence"]), sentence_ids("since", ["sentence"]),
        *(sentence_ids(f"recommendations.{key}", ["sentence"]) for key in keys(report.recommendations)[:NEXT]),
    )  # fmt: skip


def _verdict(report: AuditReport) -> Iterator[str]:
    """What the box says: the verdict, what holds it back, what to do, and the gate where there is one."""
    verdict = report.verdict
    yield look.verdict_said(verdict)
    if verdict.capped_by:
        titles = ", ".join(look.check_title(report.checks, check) for check in verdict.capped_by)
        yield f"What holds it back: {titles}."
    for place, step in enumerate(report.recommendations[:NEXT], start=1):
        yield f"Next {place}. {step.sentence}"
    if report.gate.result != "none":
        yield words.gate(report.gate)
    if not isinstance(report.since, Unknown):
        yield report.since.sentence


def _answers(page: Page, report: AuditReport) -> None:
    page.heading("The five questions, from the observed numbers")
    wide = page.console.width >= _UNITS_FROM
    units: tuple[tuple[str, Kind], ...] = (("unit", "text"),) if wide else ()
    table = page.table(
        ("", "number"), ("question", "text"), ("answer", "fixed"), ("before → after", "number"), ("change", "number"),
        *units,
    )  # fmt: skip
    for answer in report.plain.answers:
        glyph, tone = look.ANSWERS[answer.answer]
        known = look.sides(answer) != look.NOTHING
        unit = page.text(look.unit_of(report.metrics, answer.metric) if known else "", "dim")
        question = page.text(answer.question)
        table.add_row(
            page.text(str(answer.question_number)),
            question if wide or not unit else question.append("\n").append_text(unit),
            page.marked(glyph, answer.answer, tone),
            page.text(look.sides(answer)),
            page.text(look.change(answer.change)),
            *([unit] if wide else []),
        )
    page.console.print(table)
    page.line(report.plain.sentence, "bold")
    if report.verdict.difference:
        page.line(report.verdict.difference)
    if moved(report):
        page.line(f"The customer lifecycle, further below: {report.lifecycle_view.sentence}")
    page.ids(sentence_ids("plain", ["sentence"]), sentence_ids("verdict", ["difference"]))


def _metrics(page: Page, report: AuditReport) -> None:
    page.heading(look.credit(report))
    if all(isinstance(metric.adjusted, Unknown) for metric in report.metrics):
        page.line("No metric could be assessed; the reasons follow.")
        return
    wide = page.console.width >= _PLOT_FROM
    reach = plot_reach(metric.adjusted for metric in report.metrics)
    plot: tuple[tuple[str, Kind], ...] = ((look.change(-reach) + " to " + look.change(reach), "fixed"),) if wide else ()
    table = page.table(
        ("metric", "text"), ("observed", "number"), ("adjusted", "number"), ("95 % interval", "number"), *plot,
        ("finding", "fixed"),
    )  # fmt: skip
    for metric in report.metrics:
        glyph, tone = look.FINDINGS[metric.finding]
        table.add_row(
            page.text(metric.name),
            page.text(look.change(metric.observed_change)),
            page.text(look.effect(metric.adjusted)),
            page.text(look.interval(metric.adjusted)),
            *([page.text(interval_plot(metric.adjusted, reach))] if wide else []),
            page.marked(glyph, metric.finding, tone),
        )
    page.console.print(table)
    page.ids(metric_ids("metrics", report.metrics))


def _reasons(page: Page, report: AuditReport) -> None:
    page.heading("Why")
    for metric in report.metrics:
        glyph, tone = look.FINDINGS[metric.finding]
        first, *others = sentences(metric, brief=True)
        if not first.startswith(metric.name):
            first = f"{metric.name}: {first}"
        page.item(glyph, first, tone)
        for sentence in others:
            page.line(sentence, indent=2)
        if not isinstance(metric.control, Unknown):
            page.line(f"{metric.control.sentence} {metric.control.better}".strip(), indent=2)
        if metric.remedy:
            page.line(f"→ {metric.remedy}", indent=2)
        page.ids(sentence_ids(f"metrics.{metric.id}", SAID))


def draw_checks(page: Page, checks: Sequence[CheckReport], metrics: Sequence[MetricReport] = ()) -> None:
    """The data checks, worst first; of those that passed only how many."""
    page.heading("Data checks")
    grouped = look.by_status(checks)
    counts = [look.check_counts(status, len(checks)) for status, checks in grouped.items() if checks]
    page.line(" · ".join(counts) if counts else "none were run")
    for status, checks in grouped.items():
        glyph, tone, word = look.CHECKS[status]
        for group in look.alike(checks) if status != "pass" else ():
            page.item(glyph, f"{word}: {'; '.join(check.title for check in group)}", tone)
            page.line(group[0].message, indent=2)
            if concerned := look.concerned(group):
                page.line(f"concerns {look.concerns(metrics, concerned)}", "dim", indent=2)
            if group[0].remedy:
                page.line(f"→ {group[0].remedy}", indent=2)
            page.ids(sentence_ids(f"checks.{group[0].id}", ["message", "remedy"]))


def draw_ledger(page: Page, report: AuditReport | CheckOnlyReport) -> None:
    """What became of every row of every file."""
    page.heading("Ledger: what became of every row")
    page.line("read = " + " + ".join(look.LEDGER), "dim")
    rows = [(file.path, file.rows) for file in report.files]
    rows.append(("all files", look.ledger_total(file.rows for file in report.files)))
    counts = [_counts(found) for _, found in rows]
    if max(len(name) for name, _ in rows) <= page.room_beside((_COUNTS, *counts)):
        table = page.table(("file", "text"), *((name, "number") for name in _COUNTS))
        for (name, _), row in zip(rows, counts, strict=True):
            table.add_row(page.text(name), *map(page.text, row))
        page.console.print(table)
    else:
        page.stacked(_COUNTS, [page.text(name) for name, _ in rows], counts)
    if isinstance(report, AuditReport):
        page.ids(LEDGER_IDS)
    for note in rows_said.folded_notes(report.files):
        page.line(note, "dim")
    for name, why in report.unknown_files:
        page.line(f"not used: {name}: {why}")
    _not_taken(page, report, rows[-1][1])


def _not_taken(page: Page, report: AuditReport | CheckOnlyReport, total: RowCounts) -> None:
    said = rows_said.not_taken(total)
    if not said:
        return
    where = LISTS if isinstance(report, AuditReport) else "--rejects FILE.csv lists"
    page.line(f"{said}; {where} each with file, line, column and reason")
    for row in rows_said.rejected_first(report):
        page.line(row, indent=2)


def _counts(rows: RowCounts) -> list[str]:
    return [numbers.count(getattr(rows, name)) for name in _COUNTS]
