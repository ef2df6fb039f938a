"""One offline HTML file: no script, nothing loaded, a content policy that forbids both."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from clm_audit.report import (
    look,
    numbers,
    palette,
    rows,
    safe,
    svg,
    words,
    words_control,
    words_funnel,
    words_lifecycle_view,
    words_mix,
    words_money,
    words_parts,
    words_segments,
)
from clm_audit.report.charts import NARROW, WIDE
from clm_audit.report.charts_funnel import funnel_figure, scores_figure
from clm_audit.report.compiled import Compiled
from clm_audit.report.costs_said import cost_figure
from clm_audit.report.drawing import ACCENT
from clm_audit.report.figures import (
    changes,
    control_figure,
    effect_figure,
    mix_figure,
    overview_figure,
    parts_figure,
    series_figure,
)
from clm_audit.report.figures_lifecycle import activation_figure, retention_figure
from clm_audit.report.figures_money import flows_figure, tornado_figure
from clm_audit.report.language import spoken
from clm_audit.report.metric_said import moved, said
from clm_audit.report.model import AnswerReport, AuditReport, EventReport, Figure, MetricReport, Unknown
from clm_audit.report.model_brand import Brand
from clm_audit.report.slim import slim
from clm_audit.report.trace import keys

_TEMPLATES = Path(__file__).parent / "templates"
REJECTS_SHOWN = 25
SHOWN = 60  # lines of any other long table
POINTS_SHOWN = 104  # lines of the table behind a chart: two years of weeks
SHORTER = ((52, 60), (26, 60), (13, 60), (13, 20), (13, 8))  # the same two where the page would else be too heavy
MOST = 299_999  # bytes of a page


@dataclass(frozen=True)
class Panel:
    """One metric under its question: what the template needs beside the report itself."""

    metric: MetricReport
    answer: AnswerReport | None
    figures: Mapping[str, Markup]
    events: Sequence[tuple[int, EventReport]]


def to_html(report: AuditReport) -> str:
    """The report as one HTML page. The same report gives the same bytes."""
    with spoken(report) as told:
        return _page(told)


def _page(report: AuditReport) -> str:
    """The page; one that is too heavy, as by a large logo, has shorter tables."""
    parts = _parts(report)
    template = environment().get_template("report.html.j2")
    for points, lines in ((POINTS_SHOWN, SHOWN), *SHORTER):
        page = slim(template.render(parts, POINTS_SHOWN=points, SHOWN=lines))
        if len(page.encode()) <= MOST:
            break
    return page


def _parts(report: AuditReport) -> dict[str, object]:
    """What the template is filled with."""
    style, digest = styled(report.brand.colour)
    totals, gaps = _totals(report)
    total = look.ledger_total(file.rows for file in report.files)
    return {
        "report": report,
        "style": style,
        "style_hash": digest,
        "panels": [_panel(report, metric) for metric in report.metrics],
        "overview": _overview(report),
        "money_figures": _money_figures(report),
        "life_figures": _life_figures(report),
        "checks": look.by_status(report.checks),
        "total": total,
        "totals": totals,
        "gaps": gaps,
        "rejects": report.rejects[:REJECTS_SHOWN],
        "rejected": rows.rejected_first(report),
        "not_taken": rows.not_taken(total),
    }


def styled(colour: str | None) -> tuple[Markup, str]:
    """The style sheet of every page with the client's colour, and its digest for the content policy."""
    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8") + brand_style(colour)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    return Markup(style), digest  # noqa: S704 - our own file, and colours of six hexadecimal digits


def brand_style(colour: str | None) -> str:
    """The rules that put a client's colour in place of ours, readable on light paper and on dark."""
    if colour is None:
        return ""
    light, dark = (f":root {{ --accent: {shade}; }}" for shade in (palette.on_light(colour), palette.on_dark(colour)))
    return f"{light}\n@media (prefers-color-scheme: dark) {{ {dark} }}\n@media print {{ {light} }}\n"


def _made_with() -> str:
    """What shapes a compiled template beside its text: Jinja, the settings below, and the sink that fills its gaps."""
    own = (Path(__file__), Path(safe.__file__))
    return "\n".join((jinja2.__version__, *(path.read_text(encoding="utf-8") for path in own)))


@cache
def environment() -> Environment:
    """Where the pages are made: everything is escaped, nothing may be missing."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=safe.html,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=Compiled(_TEMPLATES, _made_with()),
    )
    made.globals.update(
        look=look,
        changes=changes,
        numbers=numbers,
        palette=palette,
        words=words,
        words_parts=words_parts,
        words_mix=words_mix,
        words_control=words_control,
        words_money=words_money,
        words_segments=words_segments,
        words_life=words_lifecycle_view,
        words_funnel=words_funnel,
        cost_figure=cost_figure,
        keys=keys,
        said=said,
        moved=moved,
    )
    made.tests["unknown"] = _is_unknown
    return made


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


def accent(brand: Brand) -> str:
    """The colour that drawings are painted in where no style sheet repaints them."""
    return palette.on_light(brand.colour) if brand.colour else ACCENT


def _overview(report: AuditReport) -> Markup | None:
    wide, narrow = (overview_figure(report, width) for width in (WIDE, NARROW))
    return svg.pair(wide, narrow, "overview", accent(report.brand)) if wide and narrow else None


def _money_figures(report: AuditReport) -> Mapping[str, Markup]:
    money = report.money
    if isinstance(money, Unknown):
        return {}
    drawn = {"flows": flows_figure, "tornado": tornado_figure}
    return {
        name: svg.pair(draw(money, WIDE), draw(money, NARROW), f"money-{name}", accent(report.brand))
        for name, draw in drawn.items()
    }


def _life_figures(report: AuditReport) -> Mapping[str, Markup]:
    figures: dict[str, Markup] = {}
    for name, draw in (("retention", retention_figure), ("activation", activation_figure)):
        wide, narrow = (draw(report.lifecycle_view, width) for width in (WIDE, NARROW))
        if wide and narrow:
            figures[name] = svg.pair(wide, narrow, f"lifecycle-{name}", accent(report.brand))
    if not isinstance(report.funnel, Unknown):
        wide, narrow = (funnel_figure(report.funnel, width) for width in (WIDE, NARROW))
        figures["funnel"] = svg.pair(wide, narrow, "lifecycle-funnel", accent(report.brand))
    if not isinstance(report.scores, Unknown):
        wide, narrow = (scores_figure(report.scores, width) for width in (WIDE, NARROW))
        figures["scores"] = svg.pair(wide, narrow, "lifecycle-scores", accent(report.brand))
    return figures


def _panel(report: AuditReport, metric: MetricReport) -> Panel:
    events = [(index + 1, event) for index, event in enumerate(look.events(report))]
    if metric.series:
        shown = (metric.series[0].period, metric.series[-1].period)
        events = [(index, event) for index, event in events if shown[0] <= event.date <= shown[1]]
    return Panel(metric, look.answer_of(report, metric), _figures(report, metric, events), events)


def _figures(
    report: AuditReport, metric: MetricReport, events: Sequence[tuple[int, EventReport]]
) -> Mapping[str, Markup]:
    """The drawings that the metric has data for; those over time in two layouts, the others in one for a column."""
    figures: dict[str, Markup] = {}
    colour = accent(report.brand)
    if any(point.value is not None for point in metric.series):
        wide, narrow = (series_figure(report, metric, events, width) for width in (WIDE, NARROW))
        figures["series"] = svg.pair(wide, narrow, f"{metric.id}-series", colour)
    both = [control_figure(report, metric, width) for width in (WIDE, NARROW)]
    if both[0] and both[1]:
        figures["control"] = svg.pair(both[0], both[1], f"{metric.id}-control", colour)
    if not (isinstance(metric.observed_change, Unknown) and isinstance(metric.adjusted, Unknown)):
        figures["effect"] = svg.single(effect_figure(metric, NARROW), f"{metric.id}-effect", colour)
    for kind, figure in (("parts", parts_figure(metric, NARROW)), ("mix", mix_figure(metric, NARROW))):
        if figure is not None:
            figures[kind] = svg.single(figure, f"{metric.id}-{kind}", colour)
    return figures
