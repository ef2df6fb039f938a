"""One offline HTML file: no script, nothing loaded, a content policy that forbids both."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from clm_audit.report import look, numbers, rows, safe, words, words_control, words_mix, words_parts
from clm_audit.report.charts import NARROW, WIDE
from clm_audit.report.drawing import SHARED, Chart
from clm_audit.report.figures import (
    control_figure,
    effect_figure,
    mix_figure,
    overview_figure,
    parts_figure,
    series_figure,
)
from clm_audit.report.model import AnswerReport, AuditReport, EventReport, Figure, MetricReport, Unknown

_TEMPLATES = Path(__file__).parent / "templates"
REJECTS_SHOWN = 50


@dataclass(frozen=True)
class Panel:
    """One metric under its question: what the template needs beside the report itself."""

    metric: MetricReport
    answer: AnswerReport | None
    figures: Mapping[str, Sequence[Chart]]
    events: Sequence[tuple[int, EventReport]]


def to_html(report: AuditReport) -> str:
    """The report as one HTML page. The same report gives the same bytes."""
    style = (_TEMPLATES / "report.css").read_bytes()
    digest = base64.b64encode(hashlib.sha256(style).digest()).decode("ascii")
    totals, gaps = _totals(report)
    total = look.ledger_total(file.rows for file in report.files)
    template = _environment().get_template("report.html.j2")
    return template.render(
        report=report,
        style_hash=digest,
        panels=[_panel(report, metric) for metric in report.metrics],
        overview=[overview_figure(report, width) for width in (WIDE, NARROW)],
        checks=look.by_status(report.checks),
        total=total,
        totals=totals,
        gaps=gaps,
        rejects=report.rejects[:REJECTS_SHOWN],
        rejected=rows.rejected_first(report),
        not_taken=rows.not_taken(total),
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=safe.html,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        look=look, numbers=numbers, words=words, words_parts=words_parts, words_mix=words_mix, shared=SHARED
    )
    environment.globals.update(words_control=words_control)
    environment.tests["unknown"] = _is_unknown
    return environment


def _is_unknown(value: object) -> bool:
    return isinstance(value, Unknown)


def _totals(
    report: AuditReport,
) -> tuple[list[tuple[str, Figure | Unknown, Figure | Unknown]], dict[str, list[str]]]:
    """The totals with both sides, and, by their reason, those that neither side has."""
    rows: list[tuple[str, Figure | Unknown, Figure | Unknown]] = []
    gaps: dict[str, list[str]] = {}
    for name, before in report.totals["before"].items():
        after = report.totals["after"][name]
        if isinstance(before, Unknown) and isinstance(after, Unknown) and before.reason == after.reason:
            gaps.setdefault(before.reason, []).append(name)
        else:
            rows.append((name, before, after))
    return rows, gaps


def _panel(report: AuditReport, metric: MetricReport) -> Panel:
    events = [(index + 1, event) for index, event in enumerate(look.events(report))]
    if metric.series:
        shown = (metric.series[0].period, metric.series[-1].period)
        events = [(index, event) for index, event in events if shown[0] <= event.date <= shown[1]]
    figures: dict[str, Sequence[Chart]] = {}
    if any(point.value is not None for point in metric.series):
        figures["series"] = [series_figure(report, metric, events, width) for width in (WIDE, NARROW)]
    if not (isinstance(metric.observed_change, Unknown) and isinstance(metric.adjusted, Unknown)):
        figures["effect"] = [effect_figure(metric, width) for width in (WIDE, NARROW)]
    control = [figure for width in (WIDE, NARROW) if (figure := control_figure(report, metric, width)) is not None]
    if control:
        figures["control"] = control
    parts = [figure for width in (WIDE, NARROW) if (figure := parts_figure(metric, width)) is not None]
    if parts:
        figures["parts"] = parts
    mix = [figure for width in (WIDE, NARROW) if (figure := mix_figure(metric, width)) is not None]
    if mix:
        figures["mix"] = mix
    return Panel(metric, look.answer_of(report, metric), figures, events)
