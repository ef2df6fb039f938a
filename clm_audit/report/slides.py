"""What stands on which slide: plain texts, tables and charts, taken from the report. Drawn by :mod:`.pptx`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from clm_audit.report import look, numbers
from clm_audit.report.model import AuditReport, MetricReport, Unknown
from clm_audit.report.words_money import amount

VERDICT = "Verdict"
MOST_ROWS = 10
MOST_TEXT = 420


@dataclass(frozen=True)
class Lines:
    """A chart of lines over time: name -> a value for each day, None where there is none."""

    days: tuple[date, ...]
    lines: tuple[tuple[str, tuple[float | None, ...]], ...]
    form: str
    description: str


@dataclass(frozen=True)
class Bars:
    """A chart of bars with the ends of their intervals."""

    names: tuple[str, ...]
    values: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    description: str


@dataclass(frozen=True)
class Grid:
    """A table; the first row is its header."""

    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Slide:
    """One slide: ``big`` is said first; ``tone`` colours it; ``foot`` stands small at the bottom."""

    title: str
    big: str = ""
    tone: look.Tone = "open"
    points: tuple[str, ...] = ()
    picture: Lines | Bars | Grid | None = None
    foot: str = ""


def slides(report: AuditReport) -> list[Slide]:
    """Every slide in its order: ten to fifteen of them for a whole audit."""
    return [
        _verdict(report),
        _answers(report),
        *_effects(report),
        *(_metric(metric) for metric in report.metrics),
        _quality(report),
        *_lifecycle(report),
        *_money(report),
        _next(report),
        _assumptions(report),
    ]


def brief(text: str, most: int = MOST_TEXT) -> str:
    """Whole sentences up to a length.

    >>> brief("One. Two. Three.", 9)
    'One. Two.'
    """
    if len(text) <= most:
        return text
    head = text[:most]
    end = max(head.rfind(". "), head.rfind("."))
    return head[: end + 1] if end > most // 3 else f"{head[: most - 1].rstrip()}…"


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
    return Slide(VERDICT, f"{glyph} {verdict.value.capitalize()}", tone, said)


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
    widths = (0.35, 3.4, 1.6, 1.9, 0.9, 2.6, 1.9)
    return Slide("The five questions", report.plain.sentence, "open", (), Grid(tuple(rows), widths))


def _effects(report: AuditReport) -> Iterator[Slide]:
    known = [(item.name, item.adjusted) for item in report.metrics if not isinstance(item.adjusted, Unknown)]
    if not known:
        return
    said = "; ".join(f"{name} {look.effect(one)} {look.interval(one)}" for name, one in known)
    bars = Bars(
        tuple(name for name, _ in known),
        tuple(one.effect for _, one in known),
        tuple(one.low for _, one in known),
        tuple(one.high for _, one in known),
        said,
    )
    yield Slide("What the CRM can take credit for", "", "open", (), bars, look.credit(report))


def _metric(metric: MetricReport) -> Slide:
    glyph, tone = look.FINDINGS[metric.finding]
    points = [
        f"Before → after: {look.ratio(metric.id, metric.before)} → {look.ratio(metric.id, metric.after)}"
        f" ({look.change(metric.observed_change)})",
        f"Adjusted effect: {look.effect(metric.adjusted)} {look.interval(metric.adjusted)}",
        *(brief(text, 300) for text in look.sentences(metric, brief=True)),
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
    return Slide(title, big, tone, tuple(points), picture, f"{metric.name}: {metric.unit}")


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
    return Slide("Are the data fit to judge by?", counts or "No check was run", tone, points)


def _lifecycle(report: AuditReport) -> Iterator[Slide]:
    known = [item for item in report.lifecycle if item.finding != "not assessable"]
    if not known:
        return
    rows = [("Metric", "Before → after", "Change", "Adjusted effect, 95 %", "Finding")]
    rows += [
        (
            item.name,
            f"{look.ratio(item.id, item.before)} → {look.ratio(item.id, item.after)}",
            look.change(item.observed_change, item.change_unit),
            f"{look.effect(item.adjusted)} {look.interval(item.adjusted)}",
            f"{look.FINDINGS[item.finding][0]} {item.finding}",
        )
        for item in known[:MOST_ROWS]
    ]
    left = len(report.lifecycle) - len(known)
    foot = f"{left} more could not be assessed; the report says what each would need" if left else ""
    yield Slide("The customer lifecycle", "", "open", (), Grid(tuple(rows), (3.6, 2.4, 1.4, 2.8, 2.5)), foot)


def _money(report: AuditReport) -> Iterator[Slide]:
    money = report.money
    if isinstance(money, Unknown):
        return
    rows = [("Line", "A year", "In today's money")]
    rows += [
        (
            one.name if one.proven else f"{one.name} (not proven)",
            look.NOTHING if isinstance(one.yearly, Unknown) else amount(one.yearly.value, None),
            amount(one.present, None),
        )
        for one in money.benefits
    ]
    rows += [(f"Cost: {one.what}", amount(f"-{one.yearly}", None), amount(f"-{one.present}", None))
             for one in money.costs]  # fmt: skip
    kept = (*rows[: MOST_ROWS + 1], ("Net present value", "", amount(money.npv.value, None)))
    foot = (
        ""
        if len(rows) <= MOST_ROWS + 1
        else f"The first {MOST_ROWS} of {len(rows) - 1} lines; the rest in the workbook"
    )
    yield Slide("The money", brief(money.sentence, 260), "open", (), Grid(kept, (7.0, 2.6, 3.1)), foot)


def _next(report: AuditReport) -> Slide:
    steps = [one.sentence for one in report.recommendations] or [report.verdict.next_step]
    return Slide("What to do next", "", "open", _capped([step for step in steps if step], 6, 280))


def _assumptions(report: AuditReport) -> Slide:
    rows = [("Assumption", "Value", "Set by")]
    rows += [(one.what, brief(one.value, 90), one.source) for one in report.assumptions[:MOST_ROWS]]
    many = len(report.assumptions)
    foot = f"The first {MOST_ROWS} of {many}; the rest in the report and the workbook" if many > MOST_ROWS else ""
    return Slide("What this rests on", "", "open", (), Grid(tuple(rows), (4.0, 5.4, 3.3)), foot)


def _capped(lines: Sequence[str], most: int, length: int) -> tuple[str, ...]:
    """The first lines, and how many more there are."""
    more = [f"and {len(lines) - most} more, in the report"] if len(lines) > most else []
    return (*(brief(line, length) for line in lines[:most]), *more)
