"""The history as one offline HTML page in the style of the report: no script, nothing loaded."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from clm_audit.report import svg, words_funnel, words_history
from clm_audit.report.figures_history import MOST, run_figure
from clm_audit.report.html import accent, environment, styled
from clm_audit.report.language import spoken
from clm_audit.report.model_history import HistoryReport


def to_html(report: HistoryReport) -> str:
    """The history as one page. The same audits give the same bytes."""
    with spoken(report) as said:
        style, digest = styled(said.brand.colour)
        template = environment().get_template("history.html.j2")
        return template.render(
            report=said,
            style=style,
            style_hash=digest,
            figures=_figures(said),
            words_history=words_history,
            words_funnel=words_funnel,
            drawn=min(MOST, len(said.audits)),
        )


def _figures(report: HistoryReport) -> Mapping[str, Markup]:
    drawn = {metric.id: run_figure(metric, report.audits) for metric in report.metrics}
    colour = accent(report.brand)
    return {name: svg.single(chart, f"run-{name}", colour) for name, chart in drawn.items() if chart}
