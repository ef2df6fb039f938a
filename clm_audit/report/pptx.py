"""The report as slides: native charts and tables that stay editable. The same report gives the same bytes.

Text from outside is always text: no link is made of it, and in the workbooks behind the charts no formula.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from clm_audit.report import look, numbers, safe
from clm_audit.report.drawing import ACCENT, GRID, INK, QUIET
from clm_audit.report.language import spoken
from clm_audit.report.model import AuditReport
from clm_audit.report.packed import evenly_packed
from clm_audit.report.palette import on_light
from clm_audit.report.slides import VERDICT, Bars, Grid, Lines, Slide, brief, slides
from clm_audit.report.write import TAILS

if TYPE_CHECKING:
    from pptx.slide import Slide as Page

EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
WIDE, HIGH, EDGE = 13.333, 7.5, 0.6  # inches
TONES = {"good": "#0a6448", "bad": "#a0213a", "flat": INK, "open": INK}
FAINT = "#9fb2c2"
WIDE_ROW = 1_500  # characters times points that fit into a line, in a wide font
_TITLE_ONLY = 5  # of the layouts that python-pptx brings along


def to_pptx(report: AuditReport) -> bytes:
    """The report as a presentation. Needs python-pptx (the extra ``pptx``)."""
    with spoken(report) as said:
        return _Deck(said).saved()


class _Deck:
    """The presentation that is being made."""

    def __init__(self, report: AuditReport) -> None:
        from pptx import Presentation
        from pptx.util import Inches

        self.deck = Presentation()
        self.deck.slide_width, self.deck.slide_height = Inches(WIDE), Inches(HIGH)
        self.accent = on_light(report.brand.colour) if report.brand.colour else ACCENT
        self._name(report)
        self._cover(report)
        for number, slide in enumerate(slides(report), start=2):
            self._draw(slide, number)

    def saved(self) -> bytes:
        """The file, the same for the same slides."""
        file = io.BytesIO()
        self.deck.save(file)
        return evenly_packed(file.getvalue(), TAILS["PPTX"])

    def _name(self, report: AuditReport) -> None:
        about = self.deck.core_properties
        about.title, about.author = _plain(report.title)[:255], _plain(report.author or "")[:255]
        about.subject, about.language = report.verdict.value, "en"
        about.comments = f"{report.tool.name} {report.tool.version}"
        about.last_modified_by, about.revision, about.keywords = "", 1, ""
        about.created = about.modified = EPOCH

    def _page(self, title: str, top: float = 0.45, size: int = 26) -> Page:
        page = self.deck.slides.add_slide(self.deck.slide_layouts[_TITLE_ONLY])
        self._bar(page)
        box = page.shapes.title
        _place(box, EDGE, top, WIDE - 2 * EDGE, 0.8)
        _write(box.text_frame, [title], size, INK, bold=True)
        return page

    def _bar(self, page: Page) -> None:
        from pptx.enum.shapes import MSO_SHAPE
        from pptx.util import Inches

        bar = page.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, Inches(WIDE), Inches(0.16))
        bar.fill.solid()
        bar.fill.fore_color.rgb = _colour(self.accent)
        bar.line.fill.background()
        bar.shadow.inherit = False
        _describe(bar, "")

    def _cover(self, report: AuditReport) -> None:
        windows = report.windows
        page = self._page(brief(report.title, 120), 2.0, 36)
        told = [text for text in (report.client, report.author) if text]
        lines = [
            " · ".join(told),
            f"Go-live {numbers.day(windows.go_live)}",
            f"Before: {look.span(windows.before)}",
            f"After: {look.span(windows.after)}",
            f"Verdict: {report.verdict.value}",
        ]
        self._text(page, [line for line in lines if line], EDGE, 3.6, WIDE - 2 * EDGE, 2.4, 20, QUIET)

    def _draw(self, slide: Slide, number: int) -> None:
        page = self._page(slide.title)
        top = 1.35
        if slide.big:
            size = 34 if slide.title == VERDICT else 20 if len(slide.big) < 80 else 15
            rows = math.ceil(len(slide.big) * size / (WIDE_ROW if size < 34 else 2_400))
            self._text(page, [slide.big], EDGE, top, WIDE - 2 * EDGE, 0.8, size, TONES[slide.tone], bold=size > 15)
            top += 0.3 + rows * size / 50
        height = HIGH - top - 0.75
        beside = isinstance(slide.picture, Lines)
        if slide.points:
            width = 4.3 if beside else WIDE - 2 * EDGE
            self._text(page, slide.points, EDGE, top, width, height, 13 if beside else 18, INK, apart=True)
        if slide.picture is not None:
            left = EDGE + 4.5 if beside else EDGE
            place = (left, top, WIDE - EDGE - left, height)
            _PICTURES[type(slide.picture)](self, page, slide.picture, place)
        foot = [part for part in (slide.foot, f"{number}") if part]
        self._text(page, ["   ·   ".join(foot)], EDGE, HIGH - 0.6, WIDE - 2 * EDGE, 0.4, 11, QUIET)

    def _text(
        self, page: Page, lines: Sequence[str], left: float, top: float, width: float, height: float, size: int,
        colour: str, *, bold: bool = False, apart: bool = False,
    ) -> None:  # fmt: skip
        from pptx.util import Inches

        box = page.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(height))
        _write(box.text_frame, lines, size, colour, bold=bold, apart=apart)

    def table(self, page: Page, grid: Grid, place: tuple[float, float, float, float]) -> None:
        """A native table; its first row is marked as the header."""
        from pptx.util import Inches

        left, top, width, _ = place
        many, columns = len(grid.rows), len(grid.widths)
        size = (Inches(left), Inches(top), Inches(width), Inches(0.4 * many))
        table = page.shapes.add_table(many, columns, *size).table
        for index, part in enumerate(grid.widths):
            table.columns[index].width = Inches(width * part / sum(grid.widths))
        for row, cells in enumerate(grid.rows):
            for column, text in enumerate(cells):
                cell = table.cell(row, column)
                cell.fill.solid()
                cell.fill.fore_color.rgb = _colour(self.accent if row == 0 else "#f4f6f8" if row % 2 else "#ffffff")
                _write(cell.text_frame, [text], 12, "#ffffff" if row == 0 else INK, bold=row == 0)

    def lines(self, page: Page, lines: Lines, place: tuple[float, float, float, float]) -> None:
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
            chart.plots[0].series, (self.accent, QUIET, FAINT, FAINT), (2.0, 1.5, 0.75, 0.75), strict=True
        ):
            series.smooth = False
            series.format.line.color.rgb = _colour(colour)
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

    def bars(self, page: Page, bars: Bars, place: tuple[float, float, float, float]) -> None:
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
        series.format.fill.fore_color.rgb = _colour(self.accent)
        series.invert_if_negative = False
        chart.plots[0].gap_width = 120
        chart.has_legend = False
        chart.category_axis.reverse_order = True
        chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        _intervals(series, bars)
        _finish(frame, "0%", bars.description)


_PICTURES: dict[type, Any] = {Grid: _Deck.table, Lines: _Deck.lines, Bars: _Deck.bars}


def _finish(frame: Any, form: str, description: str) -> None:
    from pptx.util import Pt

    chart = frame.chart
    chart.font.size = Pt(11)
    chart.font.color.rgb = _colour(QUIET)
    chart.has_title = False
    axis = chart.value_axis
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = form, False
    axis.major_gridlines.format.line.color.rgb = _colour(GRID)
    axis.format.line.fill.background()
    _describe(frame, description)


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


def _place(shape: Any, left: float, top: float, width: float, height: float) -> None:
    from pptx.util import Inches

    shape.left, shape.top, shape.width, shape.height = map(Inches, (left, top, width, height))


def _write(
    frame: Any, lines: Sequence[str], size: int, colour: str, *, bold: bool = False, apart: bool = False
) -> None:
    """One paragraph a line, in one look."""
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.TOP
    for index, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.LEFT
        run = paragraph.add_run()
        run.text = _plain(line)
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = _colour(colour)
        if apart:
            paragraph.space_after = Pt(size * 0.6)


def _describe(shape: Any, text: str) -> None:
    """What is read out in place of a shape; nothing for mere decoration."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", _plain(text))


def _plain(text: str) -> str:
    return safe.visible(text)


def _colour(code: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(code[1:].upper())
