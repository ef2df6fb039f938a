"""The tables of the workbook: which figures of the report stand in which sheet, column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from clm_audit.config.plan import MetricId
from clm_audit.report import look, numbers, words_reasons
from clm_audit.report.model import AuditReport, MetricReport, Unknown

Kind = Literal["text", "wide", "number", "plain", "share", "money", "count", "date"]
Cell = str | float | int | date | None


@dataclass(frozen=True)
class Column:
    """``kind``: how its cells look; ``width`` in characters."""

    header: str
    kind: Kind = "text"
    width: int = 16


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


SIDES = (Column("before", "number", 13), Column("after", "number", 13))
METRIC = (Column("metric", "text", 30), Column("unit", "text", 26))


def sheets(report: AuditReport) -> list[Sheet]:
    """Every sheet that has something to show, in the order of the tabs."""
    made = [make(report) for make in MAKERS]
    return [sheet for sheet in made if sheet.rows or sheet.name in ("Summary", "Ledger")]


def value_kind(metric: MetricId) -> Kind:
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
        *SIDES,
        Column("observed change", "share", 12),
        Column("adjusted effect", "share", 12),
        Column("low", "share", 10),
        Column("high", "share", 10),
        Column("p (Holm)", "plain", 10),
        Column("finding", "text", 20),
        Column("in words", "wide", 70),
        Column("id", "text", 30),
    )
    rows = tuple(_finding(report, item) for item in report.metrics)
    return Sheet("Summary", report.title, columns, rows, tuple(value_kind(item.id) for item in report.metrics), fixed=2)


def _finding(report: AuditReport, metric: MetricReport) -> tuple[Cell, ...]:
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
        " ".join(look.sentences(metric)),
        f"metrics.{metric.id}",
    )


def _series(report: AuditReport) -> Sheet:
    columns = (
        Column("metric", "text", 30),
        Column("period from", "date", 12),
        Column("observed", "number", 12),
        Column("expected", "number", 12),
        Column("expected, low", "number", 13),
        Column("expected, high", "number", 13),
    )
    rows = tuple(
        (item.name, point.period, point.value, point.expected, point.low, point.high)
        for item in report.metrics
        for point in item.series
    )
    kinds = tuple(value_kind(item.id) for item in report.metrics for _ in item.series)
    heading = "Every period, and what was expected had nothing changed at go-live"
    return Sheet("Series", heading, columns, rows, kinds, fixed=2)


def _segments(report: AuditReport) -> Sheet:
    columns = (*METRIC, Column("column", "text", 16), Column("segment", "text", 28), *SIDES, Column("change", "share"))
    rows = tuple(
        (item.name, item.unit, one.column, one.label, known(one.before), known(one.after), known(one.change))
        for item in report.metrics
        for one in item.segments
    )
    kinds = tuple(value_kind(item.id) for item in report.metrics for _ in item.segments)
    return Sheet("Segments", "Each metric by segment; groups under 5 customers are left out", columns, rows, kinds)


def _variants(report: AuditReport) -> Sheet:
    columns = (Column("metric", "text", 30), Column("variant", "text", 44), Column("unit", "text", 14), *SIDES,
               Column("change", "share"))  # fmt: skip
    rows = tuple(
        (item.name, one.label, one.unit, known(one.before), known(one.after), known(one.change))
        for item in report.metrics
        for one in item.variants
    )
    units: dict[str, Kind] = {
        "share": "share",
        **({report.currency: "money"} if isinstance(report.currency, str) else {}),
    }
    kinds = tuple(units.get(one.unit.split()[0], "number") for item in report.metrics for one in item.variants)
    return Sheet("Variants", "The same questions by other definitions", columns, rows, kinds)


def _lifecycle(report: AuditReport) -> Sheet:
    columns = (
        *METRIC,
        *SIDES,
        Column("observed change", "share", 12),
        Column("adjusted effect", "share", 12),
        Column("low", "share", 10),
        Column("high", "share", 10),
        Column("p (Holm)", "plain", 10),
        Column("finding", "text", 20),
        Column("in words", "wide", 70),
        Column("id", "text", 30),
    )
    rows = []
    for item in report.lifecycle:
        cells = _finding(report, item)
        rows.append((*cells[1:3], *cells[4:-1], f"lifecycle.{item.id}"))
    kinds = tuple(value_kind(item.id) for item in report.lifecycle)
    changes: tuple[Kind, ...] = tuple("number" if one.change_unit == "points" else "share" for one in report.lifecycle)
    return Sheet("Lifecycle", "The metrics of the customer lifecycle", columns, tuple(rows), kinds, changes)


def _money(report: AuditReport) -> Sheet:
    money = report.money
    columns = (Column("line", "text", 40), Column("a year", "money", 15), Column("low", "money", 15),
               Column("high", "money", 15),
               Column("in today's money", "money", 17), Column("why", "wide", 80))  # fmt: skip
    if isinstance(money, Unknown):
        return Sheet("Money", "The money", columns, ())
    rows: list[tuple[Cell, ...]] = []
    for one in money.benefits:
        yearly = one.yearly
        ends = (
            (None,) * 3 if isinstance(yearly, Unknown) else tuple(map(float, (yearly.value, yearly.low, yearly.high)))
        )
        said = yearly.reason if isinstance(yearly, Unknown) else one.sentence
        rows.append((one.name, *ends, float(one.present), said if one.proven else f"not proven: {said}"))
    rows += [(f"cost: {one.what}", -float(one.yearly), None, None, -float(one.present), f"at go-live: {one.initial}")
             for one in money.costs]  # fmt: skip
    npv = money.npv
    rows.append(("net present value", None, float(npv.low), float(npv.high), float(npv.value), money.sentence))
    rows += [("", None, None, None, None, note) for note in money.notes]
    currency = "" if isinstance(money.currency, Unknown) else f", {money.currency}"
    return Sheet("Money", f"The money over {money.years} years{currency}", columns, tuple(rows))


def _totals(report: AuditReport) -> Sheet:
    columns = (Column("total", "text", 32), Column("currency", "text", 10), *SIDES, Column("why not", "wide", 60),
               Column("id", "text", 32))  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    kinds: list[Kind] = []
    for name, before in report.totals["before"].items():
        both = (before, report.totals["after"][name])
        figures = [None if isinstance(one, Unknown) else float(one.value) for one in both]
        currency = next((one.currency for one in both if not isinstance(one, Unknown) and one.currency), None)
        why = next((one.reason for one in both if isinstance(one, Unknown)), None)
        rows.append((name.replace("_", " "), currency, *figures, why, f"totals.*.{name}"))
        kinds.append("money" if currency else "count")
    return Sheet("Totals", "What was counted in each window", columns, tuple(rows), tuple(kinds))


def _ledger(report: AuditReport) -> Sheet:
    counts = ("read", *look.LEDGER, "repaired")
    columns = (
        Column("file", "text", 44),
        *(Column(name, "count", 11) for name in counts),
        Column("system", "text", 14),
        Column("object", "text", 14),
        Column("encoding", "text", 12),
        Column("dialect", "text", 16),
        Column("header line", "count", 11),
        Column("bytes", "count", 13),
        Column("sha256", "text", 66),
        Column("notes", "wide", 70),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            file.path,
            *(getattr(file.rows, name) for name in counts),
            *(file.system, file.object, file.encoding, file.dialect, file.header_line, file.bytes, file.sha256),
            "; ".join(file.notes),
        )
        for file in report.files
    ]
    total = look.ledger_total(file.rows for file in report.files)
    rows.append(("all files", *(getattr(total, name) for name in counts), *(None,) * 8))
    return Sheet("Ledger", "What became of every row that was read", columns, tuple(rows))


def _rejects(report: AuditReport) -> Sheet:
    columns = (Column("file", "text", 44), Column("code", "text", 26), Column("rows", "count", 11),
               Column("why", "wide", 60), Column("what to do", "wide", 70))  # fmt: skip
    rows = tuple(
        (file.path, code, many, words_reasons.reject(code), words_reasons.reject_remedy(code))
        for file in report.files
        for code, many in file.reasons.items()
    )
    return Sheet("Rejects", "Why rows were not taken; rejects.csv lists each", columns, rows)


def _checks(report: AuditReport) -> Sheet:
    columns = (Column("check", "text", 36), Column("result", "text", 14), Column("message", "wide", 80),
               Column("what to do", "wide", 70), Column("concerns", "wide", 50), Column("id", "text", 30))  # fmt: skip
    rows = tuple(
        (one.title, look.CHECKS[one.status][2], one.message, one.remedy, look.concerns(report.metrics, one.metrics),
         f"checks.{one.id}")
        for group in look.by_status(report.checks).values()
        for one in group
    )  # fmt: skip
    return Sheet("Checks", "Whether the data are fit to judge by, worst first", columns, rows)


def _assumptions(report: AuditReport) -> Sheet:
    columns = (Column("assumption", "text", 36), Column("value", "wide", 50), Column("set by", "text", 30),
               Column("if it is wrong", "wide", 80))  # fmt: skip
    rows = tuple((one.what, one.value, one.source, one.consequence) for one in report.assumptions)
    return Sheet("Assumptions", "What was settled, by whom, and what follows if it is wrong", columns, rows)


MAKERS: Sequence[Callable[[AuditReport], Sheet]] = (
    _summary,
    _series,
    _segments,
    _variants,
    _lifecycle,
    _money,
    _totals,
    _ledger,
    _rejects,
    _checks,
    _assumptions,
)


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
