"""What stands on which slide: plain texts, tables and charts, taken from the report. Drawn by :mod:`.pptx`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clm_audit.report import look, numbers
from clm_audit.report.metric_said import sentences
from clm_audit.report.model import AuditReport, MetricReport, Unknown
from clm_audit.report.slide_parts import HEADLINES, MOST_ROWS, Grid, Lines, Slide, bars_of, brief
from clm_audit.report.slides_value import value_slides
from clm_audit.report.trace import keys

VERDICT = "Verdict"


def slides(report: AuditReport) -> list[Slide]:
    """Every slide in its order: ten to fifteen of them for a whole audit, the cover counted."""
    return [
        _verdict(report),
        _answers(report),
        *_effects(report),
        *(_metric(metric) for metric in report.metrics),
        _quality(report),
        *value_slides(report),
        _next(report),
        _assumptions(report),
    ]


def _verdict(report: AuditReport) -> Slide:
    verdict = report.verdict
    points = [look.verdict_said(verdict), f"From the plain numbers: {report.plain.sentence}", verdict.difference]
    if verdict.capped_by:
        titles = ", ".join(look.check_title(report.checks, check) for check in verdict.capped_by)
        points.append(f"What holds it back: {titles}.")
    if not isinstance(report.since, Unknown):
        points.append(report.since.sentence)
    glyph, tone = look.VERDICTS[verdict.value]
    said = tuple(brief(point) for point in points if point)
    ids = ("plain.better", "plain.of")
    return Slide(VERDICT, f"{glyph} {verdict.value.capitalize()}", tone, said, ids=ids)


def _answers(report: AuditReport) -> Slide:
    rows = [("", "Question", "Observed", "Before → after", "Change", "Adjusted effect, 95 %", "Finding")]
    for metric in report.metrics:
        answer = look.answer_of(report, metric)
        rows.append((
            str(metric.question_number),
            metric.question,
            f"{look.ANSWERS[answer.answer][0]} {answer.answer}" if answer else look.NOTHING,
            f"{look.ratio(metric.id, metric.before)} → {look.ratio(metric.id, metric.after)}",
            look.change(metric.observed_change),
            f"{look.effect(metric.adjusted)} {look.interval(metric.adjusted)}",
            f"{look.FINDINGS[metric.finding][0]} {metric.finding}",
        ))  # fmt: skip
    widths = (0.35, 3.3, 1.5, 1.9, 1.1, 2.6, 1.9)
    ids = tuple(f"metrics.{one.id}.{part}" for one in report.metrics for part in HEADLINES)
    return Slide("The five questions", report.plain.sentence, "open", (), Grid(tuple(rows), widths), ids=ids)


def _effects(report: AuditReport) -> Iterator[Slide]:
    bars = bars_of(report.metrics)
    if bars is None:
        return
    ids = tuple(f"metrics.{one.id}.{part}" for one in report.metrics for part in HEADLINES if "adjusted" in part)
    yield Slide("What the CRM can take credit for", "", "open", (), bars, look.credit(report), ids=ids)


def _metric(metric: MetricReport) -> Slide:
    glyph, tone = look.FINDINGS[metric.finding]
    points = [
        f"Before → after: {look.ratio(metric.id, metric.before)} → {look.ratio(metric.id, metric.after)}"
        f" ({look.change(metric.observed_change)})",
        f"Adjusted effect: {look.effect(metric.adjusted)} {look.interval(metric.adjusted)}",
        *(brief(text, 300) for text in sentences(metric, brief=True)),
        *([brief(f"What would help: {metric.remedy}", 300)] if metric.remedy else []),
    ]
    picture = None
    if any(point.value is not None for point in metric.series):
        lines = (
            ("observed", tuple(point.value for point in metric.series)),
            ("expected", tuple(point.expected for point in metric.series)),
            ("expected, low", tuple(point.low for point in metric.series)),
            ("expected, high", tuple(point.high for point in metric.series)),
        )
        form = "0.0%" if metric.id in numbers.RATE_METRICS else "#,##0.00"
        said = f"{metric.name}, {look.every_period(metric.weeks_per_period)}: {metric.finding_sentence}"
        picture = Lines(tuple(point.period for point in metric.series), lines, form, said)
    title = f"{metric.question_number} · {metric.question}"
    big = f"{metric.name}: {glyph} {metric.finding}"
    series = [f"metrics.{metric.id}.series.{point.period}.value" for point in metric.series]
    ids = (*(f"metrics.{metric.id}.{part}" for part in HEADLINES), *series[:1], *series[-1:])
    return Slide(title, big, tone, tuple(points), picture, f"{metric.name}: {metric.unit}", ids=ids)


def _quality(report: AuditReport) -> Slide:
    grouped = look.by_status(report.checks)
    counts = ", ".join(look.check_counts(status, len(checks)) for status, checks in grouped.items() if checks)
    shown = [
        f"{look.CHECKS[status][0]} {'; '.join(one.title for one in group)}: {group[0].message}"
        for status in grouped
        if status != "pass"
        for group in look.alike(grouped[status])
    ]
    total = look.ledger_total(file.rows for file in report.files)
    parts = ", ".join(f"{numbers.count(getattr(total, name))} {name}" for name in look.LEDGER)
    said = f"{len(report.files)} files, {numbers.count(total.read)} rows read: {parts}"
    tone: look.Tone = "bad" if grouped["fail"] else "flat" if shown else "good"
    points = (said, *_capped(shown, 6, 200))
    ids = tuple(f"files.{key}.rows.{name}" for key in keys(report.files) for name in ("read", *look.LEDGER))
    return Slide("Are the data fit to judge by?", counts or "No check was run", tone, points, ids=ids)


def _next(report: AuditReport) -> Slide:
    steps = [one.sentence for one in report.recommendations] or [report.verdict.next_step]
    return Slide("What to do next", "", "open", _capped([step for step in steps if step], 6, 280))


def _assumptions(report: AuditReport) -> Slide:
    rows = [("Assumption", "Value", "Set by")]
    rows += [(one.what, brief(one.value, 90), one.source) for one in report.assumptions[:MOST_ROWS]]
    many = len(report.assumptions)
    foot = f"The first {MOST_ROWS} of {many}; the rest in the report and the workbook" if many > MOST_ROWS else ""
    ids = tuple(f"assumptions.{key}.value" for key in keys(report.assumptions))
    return Slide("What this rests on", "", "open", (), Grid(tuple(rows), (4.0, 5.4, 3.3)), foot, ids=ids)


def _capped(lines: Sequence[str], most: int, length: int) -> tuple[str, ...]:
    """The first lines, and how many more there are."""
    more = [f"and {len(lines) - most} more, in the report"] if len(lines) > most else []
    return (*(brief(line, length) for line in lines[:most]), *more)
