"""The tables of the workbook: which figures of the report stand in which sheet, column by column.

A number's id in the audit JSON is that of its row with the ``id`` of its column in place of the ``*``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from clm_audit.report import look, numbers
from clm_audit.report.metric_said import sentences
from clm_audit.report.model import AuditReport, MetricReport, Unknown
from clm_audit.report.trace import keys

Kind = Literal["text", "wide", "number", "plain", "share", "money", "count", "date"]
Cell = str | float | int | date | None


@dataclass(frozen=True)
class Column:
    """``kind``: how its cells look; ``width`` in characters; ``id``: what its numbers are called in the audit JSON,
    in place of the ``*`` of the row's id."""

    header: str
    kind: Kind = "text"
    width: int = 16
    id: str = ""


@dataclass(frozen=True)
class Sheet:
    """One sheet: ``name`` on its tab, a ``heading`` over the table, and the rows. ``values``: for each row, how its
    cells look in columns of the kind ``number``, and ``changes`` in those of the kind ``share``;
    ``fixed``: columns that stay when the others are scrolled."""

    name: str
    heading: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    values: tuple[Kind, ...] = ()
    changes: tuple[Kind, ...] = ()
    fixed: int = 1

    def kind(self, row: int, column: int) -> Kind:
        """How a cell looks."""
        kind = self.columns[column].kind
        if kind == "share" and self.changes:
            return self.changes[row]
        return self.values[row] if kind == "number" and self.values else kind


SIDES = (Column("before", "number", 13, "before"), Column("after", "number", 13, "after"))
RATIOS = (Column("before", "number", 13, "before.value"), Column("after", "number", 13, "after.value"))
EFFECT = (
    Column("observed change", "share", 12, "observed_change"),
    Column("adjusted effect", "share", 12, "adjusted.effect"),
    Column("low", "share", 10, "adjusted.low"),
    Column("high", "share", 10, "adjusted.high"),
    Column("p (Holm)", "plain", 10, "adjusted.p_holm"),
    Column("finding", "text", 20),
    Column("in words", "wide", 70),
)
ID = Column("id", "text", 44)
METRIC = (Column("metric", "text", 30), Column("unit", "text", 26))


def value_kind(metric: str) -> Kind:
    """How values of a metric look.

    >>> value_kind("campaign_response"), value_kind("transaction_size"), value_kind("purchase_frequency")
    ('share', 'money', 'number')
    """
    return "share" if metric in numbers.RATE_METRICS else "money" if metric in numbers.MONEY_METRICS else "number"


def known(value: float | Unknown | None) -> float | None:
    """A number for a cell; an empty cell where there is none."""
    return None if isinstance(value, Unknown) else value


def _summary(report: AuditReport) -> Sheet:
    columns = (
        Column("question", "count", 9),
        *METRIC,
        Column("answer", "text", 16),
        *RATIOS,
        *EFFECT,
        ID,
    )
    rows = tuple(finding_cells(report, item) for item in report.metrics)
    return Sheet("Summary", report.title, columns, rows, tuple(value_kind(item.id) for item in report.metrics), fixed=2)


def finding_cells(report: AuditReport, metric: MetricReport) -> tuple[Cell, ...]:
    """The row of a metric in the summary."""
    answer, adjusted = look.answer_of(report, metric), metric.adjusted
    effect: tuple[Cell, ...] = (None, None, None, None)
    if not isinstance(adjusted, Unknown):
        effect = (adjusted.effect, adjusted.low, adjusted.high, adjusted.p_holm)
    return (
        metric.question_number,
        metric.name,
        metric.unit,
        answer.answer if answer else look.NOTHING,
        None if isinstance(metric.before, Unknown) else metric.before.value,
        None if isinstance(metric.after, Unknown) else metric.after.value,
        known(metric.observed_change),
        *effect,
        metric.finding,
        " ".join(sentences(metric)),
        f"metrics.{metric.id}.*",
    )


def _series(report: AuditReport) -> Sheet:
    columns = (
        Column("metric", "text", 30),
        Column("period from", "date", 12),
        Column("observed", "number", 12, "value"),
        Column("expected", "number", 12, "expected"),
        Column("expected, low", "number", 13, "low"),
        Column("expected, high", "number", 13, "high"),
        ID,
    )
    rows = tuple(
        (item.name, point.period, point.value, point.expected, point.low, point.high,
         f"metrics.{item.id}.series.{point.period}.*")
        for item in report.metrics
        for point in item.series
    )  # fmt: skip
    kinds = tuple(value_kind(item.id) for item in report.metrics for _ in item.series)
    heading = "Every period, and what was expected had nothing changed at go-live"
    return Sheet("Series", heading, columns, rows, kinds, fixed=2)


def _segments(report: AuditReport) -> Sheet:
    columns = (*METRIC, Column("column", "text", 16), Column("segment", "text", 28), *SIDES,
               Column("change", "share", 12, "change"), ID)  # fmt: skip
    parts = [("metrics", one) for one in report.metrics]
    # a score has changes in points, which no column of percentages can hold
    parts += [("lifecycle", one) for one in report.lifecycle if one.change_unit == "share"]
    rows = tuple(
        (item.name, item.unit, one.column, one.label, known(one.before), known(one.after), known(one.change),
         f"{part}.{item.id}.segments.{key}.*")
        for part, item in parts
        for key, one in zip(keys(item.segments), item.segments, strict=True)
    )  # fmt: skip
    kinds = tuple(value_kind(item.id) for _, item in parts for _ in item.segments)
    return Sheet("Segments", "Each metric by segment; groups under 5 customers are left out", columns, rows, kinds)


def _variants(report: AuditReport) -> Sheet:
    columns = (Column("metric", "text", 30), Column("variant", "text", 44), Column("unit", "text", 14), *SIDES,
               Column("change", "share", 12, "change"), ID)  # fmt: skip
    rows = tuple(
        (item.name, one.label, one.unit, known(one.before), known(one.after), known(one.change),
         f"metrics.{item.id}.variants.{key}.*")
        for item in report.metrics
        for key, one in zip(keys(item.variants), item.variants, strict=True)
    )  # fmt: skip
    units: dict[str, Kind] = {
        "share": "share",
        **({report.currency: "money"} if isinstance(report.currency, str) else {}),
    }
    kinds = tuple(units.get(one.unit.split()[0], "number") for item in report.metrics for one in item.variants)
    return Sheet("Variants", "The same questions by other definitions", columns, rows, kinds)


def _totals(report: AuditReport) -> Sheet:
    columns = (Column("total", "text", 32), Column("currency", "text", 10), *SIDES, Column("why not", "wide", 60),
               ID)  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    kinds: list[Kind] = []
    for name, before in report.totals["before"].items():
        both = (before, report.totals["after"][name])
        figures = [None if isinstance(one, Unknown) else float(one.value) for one in both]
        currency = next((one.currency for one in both if not isinstance(one, Unknown) and one.currency), None)
        why = next((one.reason for one in both if isinstance(one, Unknown)), None)
        rows.append((name.replace("_", " "), currency, *figures, why, f"totals.*.{name}.value"))
        kinds.append("money" if currency else "count")
    return Sheet("Totals", "What was counted in each window", columns, tuple(rows), tuple(kinds))


def _since(report: AuditReport) -> Sheet:
    columns = (Column("metric", "text", 30), Column("result", "text", 14),
               Column("effect then", "share", 12, "earlier"), Column("difference", "share", 12, "change"),
               Column("low", "share", 10, "low"), Column("high", "share", 10, "high"),
               Column("in words", "wide", 80), ID)  # fmt: skip
    if isinstance(report.since, Unknown):
        return Sheet("Since", "", columns, ())
    rows = tuple(
        (one.name, one.result, known(one.earlier), known(one.change), known(one.low), known(one.high), one.sentence,
         f"since.metrics.{one.id}.*")
        for one in report.since.metrics
    )  # fmt: skip
    points: tuple[Kind, ...] = tuple(
        "number" if look.change_unit(report, one.id) == "points" else "share" for one in report.since.metrics
    )
    return Sheet("Since", report.since.sentence, columns, rows, (), points)


def said(report: AuditReport) -> Iterator[tuple[str, str]]:
    """What stands above the summary: label and text."""
    windows = report.windows
    if report.client:
        yield "for", report.client
    if report.author:
        yield "by", report.author
    yield "verdict", report.verdict.value
    yield "", report.verdict.sentence
    yield "plain reading", report.plain.sentence
    if report.verdict.difference:
        yield "", report.verdict.difference
    yield "go-live", numbers.day(windows.go_live)
    yield "before", look.span(windows.before)
    yield "after", look.span(windows.after)
    if report.verdict.next_step:
        yield "next step", report.verdict.next_step
    yield "written by", f"{report.tool.name} {report.tool.version}"


FIRST: Sequence[Callable[[AuditReport], Sheet]] = (_summary, _series, _segments, _variants)
LAST: Sequence[Callable[[AuditReport], Sheet]] = (_since, _totals)
