"""The native charts of the slides, whose numbers stand in workbooks behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from clm_audit.report import safe
from clm_audit.report.drawing import GRID, QUIET
from clm_audit.report.slide_parts import Bars, Columns, Lines

if TYPE_CHECKING:
    from pptx.slide import Slide as Page

Place = tuple[float, float, float, float]
"""Left, top, width and height in inches."""
FAINT = "#9fb2c2"


def draw(page: Page, picture: Lines | Bars | Columns, place: Place, accent: str) -> None:
    """Put a chart on a page."""
    if isinstance(picture, Lines):
        _lines(page, picture, place, accent)
    elif isinstance(picture, Bars):
        _bars(page, picture, place, accent)
    else:
        _columns(page, picture, place, accent)


def _lines(page: Page, lines: Lines, place: Place, accent: str) -> None:
    """A native chart of lines over time."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
    from pptx.enum.dml import MSO_LINE
    from pptx.util import Inches, Pt

    data = CategoryChartData(number_format=lines.form)
    data.categories = lines.days
    for name, values in lines.lines:
        data.add_series(name, values)
    frame = page.shapes.add_chart(XL_CHART_TYPE.LINE, *map(Inches, place), data)
    chart = frame.chart
    for series, colour, width in zip(
        chart.plots[0].series, (accent, QUIET, FAINT, FAINT), (2.0, 1.5, 0.75, 0.75), strict=True
    ):
        series.smooth = False
        series.format.line.color.rgb = colour_of(colour)
        series.format.line.width = Pt(width)
    chart.plots[0].series[1].format.line.dash_style = MSO_LINE.DASH
    chart.has_legend = True
    chart.legend.position = XL_LEGEND_POSITION.BOTTOM
    chart.legend.include_in_layout = False
    chart.category_axis.tick_labels.number_format = "mmm yy"
    chart.category_axis.tick_labels.number_format_is_linked = False
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    _quarters(chart.category_axis)
    _finish(frame, lines.form, lines.description)


def _bars(page: Page, bars: Bars, place: Place, accent: str) -> None:
    """A native chart of bars, the intervals as their error bars."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_TICK_LABEL_POSITION
    from pptx.util import Inches

    data = CategoryChartData(number_format="0.0%")
    data.categories = [safe.csv_cell(name) for name in bars.names]
    data.add_series("adjusted effect, 95 %", bars.values)
    frame = page.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *map(Inches, place), data)
    chart = frame.chart
    series = chart.plots[0].series[0]
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = colour_of(accent)
    series.invert_if_negative = False
    chart.plots[0].gap_width = 120
    chart.has_legend = False
    chart.category_axis.reverse_order = True
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    _intervals(series, bars)
    _finish(frame, "0%", bars.description)


def _columns(page: Page, columns: Columns, place: Place, accent: str) -> None:
    """A native chart of upright bars."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
    from pptx.util import Inches

    data = CategoryChartData(number_format=columns.form)
    data.categories = columns.names
    for name, values in columns.series:
        data.add_series(name, values)
    frame = page.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *map(Inches, place), data)
    chart = frame.chart
    for series, colour in zip(chart.plots[0].series, (accent, QUIET), strict=True):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = colour_of(colour)
        series.invert_if_negative = False
    chart.has_legend = True
    chart.legend.position = XL_LEGEND_POSITION.BOTTOM
    chart.legend.include_in_layout = False
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    _finish(frame, columns.form, columns.description)


def _finish(frame: Any, form: str, description: str) -> None:
    from pptx.util import Pt

    chart = frame.chart
    chart.font.size = Pt(11)
    chart.font.color.rgb = colour_of(QUIET)
    chart.has_title = False
    axis = chart.value_axis
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = form, False
    axis.major_gridlines.format.line.color.rgb = colour_of(GRID)
    axis.format.line.fill.background()
    describe(frame, description)


def _quarters(axis: Any) -> None:
    """A label every three months, which python-pptx has no call for; both elements stand last in the axis."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    for tag, value in (("majorUnit", "3"), ("majorTimeUnit", "months")):
        axis._element.append(parse_xml(f'<c:{tag} {nsdecls("c")} val="{value}"/>'))


def _intervals(series: Any, bars: Bars) -> None:
    """Error bars, which python-pptx has no call for: from each bar to both ends of its interval."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    def literal(tag: str, sizes: Sequence[float]) -> str:
        points = "".join(f'<c:pt idx="{at}"><c:v>{size:.10g}</c:v></c:pt>' for at, size in enumerate(sizes))
        return f'<c:{tag}><c:numLit><c:ptCount val="{len(sizes)}"/>{points}</c:numLit></c:{tag}>'

    up = [high - value for value, high in zip(bars.values, bars.highs, strict=True)]
    down = [value - low for value, low in zip(bars.values, bars.lows, strict=True)]
    xml = (
        f'<c:errBars {nsdecls("c", "a")}><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f"{literal('plus', up)}{literal('minus', down)}"
        f'<c:spPr><a:ln w="15875"><a:solidFill><a:srgbClr val="{QUIET[1:]}"/></a:solidFill></a:ln></c:spPr></c:errBars>'
    )
    element = series._element
    element.insert(list(element).index(element.cat), parse_xml(xml))


def describe(shape: Any, text: str) -> None:
    """What is read out in place of a shape; nothing for mere decoration."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", plain(text))


def plain(text: str, keep: str = "") -> str:
    """A text with nothing hidden in it."""
    return safe.visible(text, keep=keep)


def colour_of(code: str) -> Any:
    """``#rrggbb`` as python-pptx takes it."""
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(code[1:].upper())
