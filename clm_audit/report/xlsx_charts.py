"""The native charts of the workbook: each takes its numbers from the cells of its sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from clm_audit.report import safe
from clm_audit.report.drawing import ACCENT, GRID, QUIET
from clm_audit.report.sheets import Cell, Kind, Sheet

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

LOOKS: Mapping[Kind, dict[str, object]] = {
    "text": {"quote_prefix": True},
    "wide": {"quote_prefix": True, "text_wrap": True},
    "number": {"num_format": "#,##0.0000"},
    "plain": {"num_format": "0.000"},
    "share": {"num_format": "0.0%"},
    "money": {"num_format": "#,##0.00"},
    "count": {"num_format": "#,##0"},
    "date": {"num_format": "yyyy-mm-dd"},
}
Draw = Callable[["Workbook", "Worksheet", Sheet, int], None]
_MOST_TEXT = 32_000  # a cell holds 32,767 characters
_CHART = {"width": 760, "height": 330}
_FEW = 7  # bars that are readable in a chart of the common height
_TALL = {"width": 760, "height": 460}


def one_line(text: str) -> str:
    """What a cell takes: nothing hidden, no half of a character, no more than fits."""
    return safe.visible(text, keep="\n")[:_MOST_TEXT]


def _effects(book: Workbook, page: Worksheet, sheet: Sheet, top: int) -> None:
    """The adjusted effects with their intervals, one bar a metric whose effect is a share."""
    at = {column.header: index for index, column in enumerate(sheet.columns)}
    effect = at["adjusted effect"]
    rows = [cells for row, cells in enumerate(sheet.rows) if sheet.kind(row, effect) == "share"]
    if all(cells[effect] is None for cells in rows):
        return
    last = top + len(rows)
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": "adjusted effect, 95 %",
            "categories": [sheet.name, top + 1, at["metric"], last, at["metric"]],
            "values": [sheet.name, top + 1, effect, last, effect],
            "fill": {"color": ACCENT},
            "gap": 120,
            "y_error_bars": {
                "type": "custom",
                "plus_values": [_way(cells[effect], cells[at["high"]]) for cells in rows],
                "minus_values": [_way(cells[at["low"]], cells[effect]) for cells in rows],
                "line": {"color": QUIET, "width": 1.25},
            },
        }
    )
    chart.set_title({"name": "Adjusted effects with their 95 % intervals", "name_font": {"size": 12}})
    chart.set_x_axis({"num_format": "0%", "major_gridlines": {"visible": True, "line": {"color": GRID}}})
    chart.set_y_axis({"reverse": True, "label_position": "low"})
    said = "The adjusted effect of each metric, with its interval"
    _place(page, chart, top + len(sheet.rows) + 3, 1, said, _TALL if len(rows) > _FEW else _CHART)


def _way(start: Cell, end: Cell) -> float:
    """From one number to the next; a metric without an effect keeps its place with none."""
    return float(end) - float(start) if isinstance(start, float) and isinstance(end, float) else 0.0


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
        name = one_line(str(sheet.rows[start][0]))
        chart.set_title({"name": name, "name_font": {"size": 12}, "overlay": False})
        chart.set_x_axis({"date_axis": True, "num_format": "mmm yy", "major_unit": 3, "major_unit_type": "months"})
        format_of = LOOKS[sheet.kind(start, 2)]["num_format"]
        chart.set_y_axis({"num_format": format_of, "major_gridlines": {"visible": True, "line": {"color": GRID}}})
        chart.set_legend({"position": "bottom"})
        chart.show_blanks_as("gap")
        _place(page, chart, top + number * 18, len(sheet.columns) + 1, f"{name}: observed and expected over time")


def _place(
    page: Worksheet, chart: Chart, row: int, column: int, description: str, size: Mapping[str, int] = _CHART
) -> None:
    chart.set_size(size)
    page.insert_chart(row, column, chart, {"description": description, "object_position": 2})


def _bars_of(title: str, description: str, columns: Sequence[tuple[str, str]], form: str, kind: str) -> Draw:
    """A chart of bars (``column`` upright, ``bar`` lying): each of ``columns`` (header, colour) is a series."""

    def draw(book: Workbook, page: Worksheet, sheet: Sheet, top: int) -> None:
        at = {column.header: index for index, column in enumerate(sheet.columns)}
        first, last = top + 1, top + len(sheet.rows)
        chart = book.add_chart({"type": kind})
        for header, colour in columns:
            chart.add_series(
                {
                    "name": header,
                    "categories": [sheet.name, first, 0, last, 0],
                    "values": [sheet.name, first, at[header], last, at[header]],
                    "fill": {"color": colour},
                    "gap": 60,
                    "overlap": 100 if kind == "bar" else -10,
                }
            )
        chart.set_title({"name": title, "name_font": {"size": 12}, "overlay": False})
        values = {"num_format": form, "major_gridlines": {"visible": True, "line": {"color": GRID}}}
        names: dict[str, object] = {"label_position": "low", "reverse": kind == "bar"}
        chart.set_x_axis(values if kind == "bar" else names)
        chart.set_y_axis(names if kind == "bar" else values)
        chart.set_legend({"position": "bottom"})
        _place(page, chart, top, len(sheet.columns) + 1, description)

    return draw


def _curves(book: Workbook, page: Worksheet, sheet: Sheet, top: int) -> None:
    """A chart for each curve, a line for each cohort."""
    runs = [row for row, cells in enumerate(sheet.rows) if row == 0 or sheet.rows[row - 1][:2] != cells[:2]]
    spans = [(sheet.rows[start], start, end) for start, end in pairwise([*runs, len(sheet.rows)])]
    for number, name in enumerate(dict.fromkeys(str(cells[0]) for cells, *_ in spans)):
        chart = book.add_chart({"type": "scatter", "subtype": "straight"})
        for cells, start, end in spans:
            if cells[0] == name:
                first, last = top + 1 + start, top + end
                line = {"color": ACCENT if cells[1] == "after" else QUIET, "width": 1.75}
                chart.add_series(
                    {
                        "name": f"came {cells[1]} go-live",
                        "categories": [sheet.name, first, 2, last, 2],
                        "values": [sheet.name, first, 4, last, 4],
                        "line": line | ({} if cells[1] == "after" else {"dash_type": "dash"}),
                    }
                )
        chart.set_title({"name": name, "name_font": {"size": 12}, "overlay": False})
        chart.set_y_axis({"num_format": "0%", "min": 0, "major_gridlines": {"visible": True, "line": {"color": GRID}}})
        chart.set_legend({"position": "bottom"})
        _place(page, chart, top + number * 18, len(sheet.columns) + 1, f"{name}: before go-live and after it")


CHARTS: Mapping[str, Draw] = {
    "Summary": _effects,
    "Series": _lines,
    "Lifecycle": _effects,
    "Curves": _curves,
    "Funnel": _bars_of(
        "Customers who entered each stage",
        "Two bars for each stage, before go-live and after it",
        (("entered before", QUIET), ("entered after", ACCENT)),
        "#,##0",
        "column",
    ),
    "Scores": _bars_of(
        "Answers by score", "Shares of the answers before go-live and after it", (("before", QUIET), ("after", ACCENT)),
        "0%", "column",
    ),
    "Money by year": _bars_of(
        "Benefits less costs by year, and their sum so far",
        "Two columns for each year: benefits less costs, and their sum so far",
        (("net", ACCENT), ("sum so far", QUIET)),
        "#,##0",
        "column",
    ),
    "Money inputs": _bars_of(
        "What moves the net present value",
        "The net present value with each input at either end",
        (("net present value, from", QUIET), ("net present value, to", ACCENT)),
        "#,##0",
        "bar",
    ),
}  # fmt: skip
