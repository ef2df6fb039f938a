"""The report as Markdown that fits a pull-request comment: verdict, five answers, what needs attention."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from clm_audit.report import look, numbers, rows, words
from clm_audit.report.fitted import fitted
from clm_audit.report.language import spoken
from clm_audit.report.markdown_ids import id_lines
from clm_audit.report.markdown_lifecycle import goal_lines, lifecycle_lines
from clm_audit.report.markdown_money import cost_lines, money_lines
from clm_audit.report.metric_said import moved
from clm_audit.report.model import AnswerReport, AuditReport, CheckReport, MetricReport, Unknown
from clm_audit.report.safe import markdown

NEXT = 3  # steps that are shown; the JSON has all
MOST = 65_536  # characters of a comment on a pull request
MARK = "<!-- clm-audit report -->"  # lets a bot find its own comment, and this program its own file


def to_markdown(report: AuditReport) -> str:
    """The report in brief. Everything from the report passes :func:`markdown` on its way."""
    return in_brief(report, MARK, MOST)


def in_brief(report: AuditReport, mark: str, most: int, size: Callable[[str], int] = len) -> str:
    """The same below another mark, in at most ``most`` characters or what ``size`` counts."""
    with spoken(report) as said:
        return fitted([f"{mark}\n{first}" if not at else first for at, first in enumerate(_sections(said))], most, size)


def _sections(report: AuditReport) -> list[str]:
    blocks = (
        _head(report), _answers(report), _next(report), _since(report), _open_points(report), _controls(report),
        goal_lines(report), money_lines(report), cost_lines(report), lifecycle_lines(report), _checks(report),
        _foot(report), id_lines(report),
    )  # fmt: skip
    return ["\n".join(block) for block in blocks if block]


def _head(report: AuditReport) -> list[str]:
    verdict, windows = report.verdict, report.windows
    glyph, _ = look.VERDICTS[verdict.value]
    lines = [
        f"## {glyph} {markdown(report.title)}: {verdict.value}",
        "",
        f"**{markdown(verdict.sentence)}**",
        "",
        f"Go-live {numbers.day(windows.go_live)} · before {look.span(windows.before)}"
        f" · after {look.span(windows.after)}",
    ]
    if report.events:
        lines += ["", f"Known events: {markdown('; '.join(map(look.event, look.events(report))))}"]
    if report.gate.result != "none":
        lines += ["", markdown(words.gate(report.gate))]
    return lines


def _answers(report: AuditReport) -> list[str]:
    lines = [_row(report, metric) for metric in report.metrics]
    return [
        f"### The five questions: {markdown(report.plain.sentence)}",
        "",
        "| | Question | Observed | Before → after | Change | Adjusted effect, 95 % | Finding |",
        "| --- | --- | --- | ---: | ---: | ---: | --- |",
        *lines,
        *(["", markdown(report.verdict.difference)] if report.verdict.difference else []),
        *(["", markdown(f"The customer lifecycle: {report.lifecycle_view.sentence}")] if moved(report) else []),
    ]


def _row(report: AuditReport, metric: MetricReport) -> str:
    answer = look.answer_of(report, metric)
    adjusted = f"{look.effect(metric.adjusted)} {look.interval(metric.adjusted)}"
    cells = (
        str(metric.question_number),
        markdown(metric.question),
        f"{look.ANSWERS[answer.answer][0]} {answer.answer}" if answer else look.NOTHING,
        _sides(answer, metric) if answer else look.NOTHING,
        look.change(metric.observed_change),
        markdown(adjusted if adjusted != f"{look.NOTHING} {look.NOTHING}" else look.NOTHING),
        f"{look.FINDINGS[metric.finding][0]} {metric.finding}",
    )
    return f"| {' | '.join(cells)} |"


def _sides(answer: AnswerReport, metric: MetricReport) -> str:
    sides = look.sides(answer)
    return sides if sides == look.NOTHING else f"{sides}<br>{markdown(metric.unit)}"


def _open_points(report: AuditReport) -> list[str]:
    lines = [
        f"- **{markdown(metric.name)}** ({metric.finding}): {markdown(f'{metric.reason} {metric.remedy}')}"
        for metric in report.metrics
        if metric.finding in ("inconclusive", "not assessable")
    ]
    return ["### Not decided", "", *lines] if lines else []


def _controls(report: AuditReport) -> list[str]:
    lines = [
        f"- **{markdown(metric.name)}**: {markdown(f'{metric.control.sentence} {metric.control.better}'.strip())}"
        for metric in report.metrics
        if not isinstance(metric.control, Unknown)
    ]
    return ["### Control group", "", *lines] if lines else []


def _since(report: AuditReport) -> list[str]:
    """What became of each metric since an earlier audit."""
    if isinstance(report.since, Unknown):
        return []
    lines = [
        f"- {look.SINCE[one.result][0]} **{markdown(one.name)}**: {markdown(one.sentence)}"
        for one in report.since.metrics
    ]
    return [f"### {markdown(report.since.sentence.rstrip('.'))}", "", *lines]


def _checks(report: AuditReport) -> list[str]:
    grouped = look.by_status(report.checks)
    counts = ", ".join(look.check_counts(status, len(checks)) for status, checks in grouped.items() if checks)
    lines = [f"### Data checks: {counts or 'none were run'}"]
    shown = [_check(group) for status in grouped if status != "pass" for group in look.alike(grouped[status])]
    return [*lines, "", *shown] if shown else lines


def _check(group: Sequence[CheckReport]) -> str:
    check = group[0]
    glyph, _, word = look.CHECKS[check.status]
    titles = markdown("; ".join(one.title for one in group))
    return f"- {glyph} {word}: **{titles}**. {markdown(check.message)} {markdown(check.remedy)}".rstrip()


def _next(report: AuditReport) -> list[str]:
    steps = [f"{at}. {markdown(step.sentence)}" for at, step in enumerate(report.recommendations[:NEXT], start=1)]
    return ["### What to do next", "", *steps] if steps else []


def _foot(report: AuditReport) -> list[str]:
    total = look.ledger_total(file.rows for file in report.files)
    parts = " + ".join(f"{numbers.count(getattr(total, name))} {name}" for name in look.LEDGER)
    lines = [f"{len(report.files)} files: {numbers.count(total.read)} rows read = {parts}."]
    if said := rows.not_taken(total):
        lines += ["", f"{said}.", *(f"- {markdown(line)}" for line in rows.rejected_first(report))]
    return [*lines, "", f"<sub>{report.tool.name} {markdown(report.tool.version)}</sub>"]
