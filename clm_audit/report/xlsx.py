"""The workbook: every table of the report as numbers to go on with, and charts that stay editable.

Text from outside is always a string cell: never a formula, a link or a number. The same report gives the same bytes.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from clm_audit.report import safe
from clm_audit.report.drawing import QUIET
from clm_audit.report.model import AuditReport
from clm_audit.report.packed import evenly_packed
from clm_audit.report.sheets import Cell, Kind, Sheet, said
from clm_audit.report.sheets_data import sheets
from clm_audit.report.write import TAILS
from clm_audit.report.xlsx_charts import CHARTS, LOOKS, one_line

if TYPE_CHECKING:
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
    for sheet in sheets(report):
        page = book.add_worksheet(sheet.name)
        above = list(said(report)) if sheet.name == "Summary" else []
        top = _fill(page, sheet, paint, above)
        if draw := CHARTS.get(sheet.name):
            draw(book, page, sheet, top)
    book.close()
    return evenly_packed(file.getvalue(), TAILS["XLSX"])


class _Paint:
    """The formats of the workbook, made once each."""

    def __init__(self, book: Workbook) -> None:
        base = {"valign": "top", "font_size": 10}
        self.cells: dict[Kind, Format] = {kind: book.add_format({**base, **look}) for kind, look in LOOKS.items()}
        self.heading = book.add_format({"bold": True, "font_size": 14, "quote_prefix": True})
        self.label = book.add_format({"font_color": QUIET, "valign": "top"})
        self.said = book.add_format({"quote_prefix": True, "valign": "top"})
        self.header = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})


def _fill(page: Worksheet, sheet: Sheet, paint: _Paint, above: list[tuple[str, str]]) -> int:
    """Heading, what stands above the table, ids, header and rows; answers the number of the header's row."""
    page.write_string(0, 0, one_line(sheet.heading), paint.heading)
    for row, (label, text) in enumerate(above, start=1):
        page.write_string(row, 0, label, paint.label)
        page.write_string(row, 1, one_line(text), paint.said)
    top = len(above) + 2
    for column, one in enumerate(sheet.columns):
        page.set_column(column, column, one.width)
        page.write_string(top - 1, column, f"*.{one.id}" if one.id else "", paint.label)
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
        page.write_string(row, column, one_line(cell), look)
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell, look)
    else:
        page.write_number(row, column, cell, look)
