"""The workbook: every table of the report as numbers to go on with, and charts that stay editable.

Text from outside is always a string cell: never a formula, a link or a number. The same report gives the same bytes.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from clm_audit.report import safe
from clm_audit.report.drawing import ACCENT, GRID, QUIET
from clm_audit.report.model import AuditReport
from clm_audit.report.packed import evenly_packed
from clm_audit.report.sheets import Cell, Kind, Sheet, said, sheets
from clm_audit.report.write import TAILS

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

# Nothing that a clock says goes into a file.
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_MOST_TEXT = 32_000  # a cell holds 32,767 characters
_LOOKS: Mapping[Kind, dict[str, object]] = {
    "text": {"quote_prefix": True},
    "wide": {"quote_prefix": True, "text_wrap": True},
    "number": {"num_format": "#,##0.0000"},
    "plain": {"num_format": "0.000"},
    "share": {"num_format": "0.0%"},
    "money": {"num_format": "#,##0.00"},
    "count": {"num_format": "#,##0"},
    "date": {"num_format": "yyyy-mm-dd"},
}
_CHART = {"width": 760, "height": 330}


def to_xlsx(report: AuditReport) -> bytes:
    """The report as a workbook with native charts. Needs xlsxwriter (the extra ``xlsx``)."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, _OPTIONS)
    book.set_properties(
        {
            "title": safe.visible(report.title),
            "subject": report.verdict.value,
            "author": safe.visible(report.author or ""),
            "comments": f"{report.tool.name} {report.tool.version}",
            "created": EPOCH,
        }
    )
    paint = _Paint(book)
    tops = {}
    for sheet in sheets(report):
        page = book.add_worksheet(sheet.name)
        above = list(said(report)) if sheet.name == "Summary" else []
        tops[sheet.name] = _fill(page, sheet, paint, above)
        if sheet.name == "Summary":
            _effects(book, page, sheet, tops[sheet.name])
        if sheet.name == "Series":
            _lines(book, page, sheet, tops[sheet.name])
    book.close()
    return evenly_packed(file.getvalue(), TAILS["XLSX"])


class _Paint:
    """The formats of the workbook, made once each."""

    def __init__(self, book: Workbook) -> None:
        base = {"valign": "top", "font_size": 10}
        self.cells: dict[Kind, Format] = {kind: book.add_format({**base, **look}) for kind, look in _LOOKS.items()}
        self.heading = book.add_format({"bold": True, "font_size": 14, "quote_prefix": True})
        self.label = book.add_format({"font_color": QUIET, "valign": "top"})
        self.said = book.add_format({"quote_prefix": True, "valign": "top"})
        self.header = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})


def _fill(page: Worksheet, sheet: Sheet, paint: _Paint, above: list[tuple[str, str]]) -> int:
    """Heading, what stands above the table, header and rows; answers the number of the header's row."""
    page.write_string(0, 0, _text(sheet.heading), paint.heading)
    for row, (label, text) in enumerate(above, start=1):
        page.write_string(row, 0, label, paint.label)
        page.write_string(row, 1, _text(text), paint.said)
    top = len(above) + 2
    for column, one in enumerate(sheet.columns):
        page.set_column(column, column, one.width)
        page.write_string(top, column, one.header, paint.header)
    for row, cells in enumerate(sheet.rows):
        page.set_row(top + 1 + row, _height(sheet, cells))
        for column, cell in enumerate(cells):
            _write(page, top + 1 + row, column, cell, paint.cells[sheet.kind(row, column)])
    page.freeze_panes(top + 1, sheet.fixed)
    if sheet.rows:
        page.autofilter(top, 0, top + len(sheet.rows), len(sheet.columns) - 1)
    page.hide_gridlines(2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)
    return top


def _height(sheet: Sheet, cells: Sequence[Cell]) -> float:
    """The height of a row whose wrapped cells are to be read whole; not every program finds it by itself."""
    texts = zip(sheet.columns, cells, strict=True)
    lines = [math.ceil(len(cell) / one.width) for one, cell in texts if one.kind == "wide" and isinstance(cell, str)]
    return 14.0 * min(max([1, *lines]), 25)


def _write(page: Worksheet, row: int, column: int, cell: Cell, look: Format) -> None:
    if cell is None:
        page.write_blank(row, column, None, look)
    elif isinstance(cell, str):
        page.write_string(row, column, _text(cell), look)
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell, look)
    else:
        page.write_number(row, column, cell, look)


def _text(text: str) -> str:
    """What a cell takes: nothing hidden, no half of a character, no more than fits."""
    return safe.visible(text, keep="\n")[:_MOST_TEXT]


def _effects(book: Workbook, page: Worksheet, sheet: Sheet, top: int) -> None:
    """The adjusted effects with their intervals, one bar a metric."""
    at = {column.header: index for index, column in enumerate(sheet.columns)}
    rows = [(top + 1 + row, cells) for row, cells in enumerate(sheet.rows) if cells[at["adjusted effect"]] is not None]
    if not rows:
        return
    last = top + len(sheet.rows)
    size = [[cells[at[name]] for _, cells in rows] for name in ("adjusted effect", "low", "high")]
    chart = book.add_chart({"type": "bar"})
    effects, lows, highs = ([float(str(one)) for one in line] for line in size)
    chart.add_series(
        {
            "name": "adjusted effect, 95 %",
            "categories": ["Summary", top + 1, at["metric"], last, at["metric"]],
            "values": ["Summary", top + 1, at["adjusted effect"], last, at["adjusted effect"]],
            "fill": {"color": ACCENT},
            "gap": 120,
            "y_error_bars": _bars(sheet, at, effects, lows, highs),
        }
    )
    chart.set_title({"name": "Adjusted effects with their 95 % intervals", "name_font": {"size": 12}})
    chart.set_x_axis({"num_format": "0%", "major_gridlines": {"visible": True, "line": {"color": GRID}}})
    chart.set_y_axis({"reverse": True, "label_position": "low"})
    _place(page, chart, top + len(sheet.rows) + 3, 1, "The adjusted effect of each metric, with its interval")


def _bars(
    sheet: Sheet, at: Mapping[str, int], effects: list[float], lows: list[float], highs: list[float]
) -> dict[str, object]:
    """Each bar's way to the ends of its interval; a metric without an effect keeps its place with none."""
    up, down = (
        iter([high - size for size, high in zip(effects, highs, strict=True)]),
        iter([size - low for size, low in zip(effects, lows, strict=True)]),
    )
    there = [cells[at["adjusted effect"]] is not None for cells in sheet.rows]
    return {
        "type": "custom",
        "plus_values": [next(up) if one else 0 for one in there],
        "minus_values": [next(down) if one else 0 for one in there],
        "line": {"color": QUIET, "width": 1.25},
    }


def _lines(book: Workbook, page: Worksheet, sheet: Sheet, top: int) -> None:
    """A chart of lines for each metric, beside the table."""
    starts = [row for row, cells in enumerate(sheet.rows) if row == 0 or sheet.rows[row - 1][0] != cells[0]]
    looks = (
        (2, {"color": ACCENT, "width": 1.75}),
        (3, {"color": QUIET, "width": 1.25, "dash_type": "dash"}),
        (4, {"color": "#9fb2c2", "width": 0.75}),
        (5, {"color": "#9fb2c2", "width": 0.75}),
    )
    for number, (start, end) in enumerate(pairwise([*starts, len(sheet.rows)])):
        first, last = top + 1 + start, top + end
        chart = book.add_chart({"type": "line"})
        for column, line in looks:
            chart.add_series(
                {
                    "name": sheet.columns[column].header,
                    "categories": ["Series", first, 1, last, 1],
                    "values": ["Series", first, column, last, column],
                    "line": line,
                }
            )
        name = _text(str(sheet.rows[start][0]))
        chart.set_title({"name": name, "name_font": {"size": 12}, "overlay": False})
        chart.set_x_axis({"date_axis": True, "num_format": "mmm yy", "major_unit": 3, "major_unit_type": "months"})
        format_of = _LOOKS[sheet.kind(start, 2)]["num_format"]
        chart.set_y_axis({"num_format": format_of, "major_gridlines": {"visible": True, "line": {"color": GRID}}})
        chart.set_legend({"position": "bottom"})
        chart.show_blanks_as("gap")
        _place(page, chart, top + number * 18, len(sheet.columns) + 1, f"{name}: observed and expected over time")


def _place(page: Worksheet, chart: Chart, row: int, column: int, description: str) -> None:
    chart.set_size(_CHART)
    page.insert_chart(row, column, chart, {"description": description, "object_position": 2})
