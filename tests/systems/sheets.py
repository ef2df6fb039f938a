"""A CSV as the same report downloaded as a workbook: numbers and dates typed, blank cells absent."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import xlsxwriter

from systems.expect import Expected


def as_workbooks(folder: Path, expected: Expected) -> Expected:
    """Turn every CSV of a world into a workbook; what must come out stays."""
    for path in sorted(folder.glob("*.csv")):
        _workbook(path)

    def renamed(name: str) -> str:
        return name.removesuffix(".csv") + ".xlsx"

    return replace(
        expected,
        files={renamed(name): rows for name, rows in expected.files.items()},
        systems={renamed(name): taken for name, taken in expected.systems.items()},
    )


def _workbook(path: Path) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    with xlsxwriter.Workbook(path.with_suffix(".xlsx")) as book:
        sheet, dated = book.add_worksheet("Raw Data Report"), book.add_format({"num_format": "mm/dd/yyyy"})
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                value = _typed(cell)
                if isinstance(value, datetime):
                    sheet.write_datetime(row, column, value, dated)
                elif value is not None:
                    sheet.write(row, column, value)
    path.unlink()


def _typed(cell: str) -> datetime | float | str | None:
    for form in ("%m/%d/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(cell, form)
        except ValueError:
            continue
    try:
        return float(cell.replace(",", ""))
    except ValueError:
        return cell or None
