"""Workbooks: each sheet that is an export is a table; cells as they are shown, dates by their own calendar."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.config.preset import ExportObject, Preset, Recognise, Yield
from clm_audit.exits import DataError
from clm_audit.intake.guarded import open_workbook
from clm_audit.intake.locate import locate
from clm_audit.intake.model import ROW, Exports, RawTable
from clm_audit.intake.names import Names
from clm_audit.intake.read import read_exports


def known(*required: str) -> ExportObject:
    return ExportObject(
        recognise=Recognise(required=required), yields=(Yield(fact="customers", fields={"customer": required}),)
    )


OBJECTS = {"customers": known("Customer ID", "Email"), "orders": known("Order", "Total")}
PRESETS = {"shop": Preset(system="shop", title="Shop", objects=OBJECTS)}
Pages = Mapping[str, Sequence[Sequence[Any]]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "run").mkdir()
    return tmp_path / "in"


def read(home: Path, *sources: Source) -> Exports:
    for old in (home.parent / "run").iterdir():
        old.unlink()
    plan = AuditPlan(sources=sources or (Source(path=home),), root=home)
    return read_exports(plan, home.parent / "run", presets=PRESETS)


def rows(table: RawTable) -> list[tuple[object, ...]]:
    frame = table.frame.collect()
    assert frame.height == table.height
    assert frame[ROW].to_list() == list(range(table.height))
    return frame.drop(ROW).rows()


def xlsx(path: Path, pages: Pages, hidden: Sequence[str] = (), **options: object) -> None:
    book = xlsxwriter.Workbook(path, options)
    day, span = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "[h]:mm:ss"})
    clock = book.add_format({"num_format": "hh:mm"})
    for name, cells in pages.items():
        page = book.add_worksheet(name)
        for number, row in enumerate(cells):
            for column, cell in enumerate(row):
                if isinstance(cell, date | datetime):
                    page.write_datetime(number, column, cell, day)
                elif isinstance(cell, timedelta | time):
                    page.write_datetime(number, column, cell, span if isinstance(cell, timedelta) else clock)
                elif isinstance(cell, str) and cell.startswith("#"):
                    page.write_formula(number, column, "=1/0", None, cell)
                else:
                    page.write(number, column, cell)
    for name in hidden:
        book.get_worksheet_by_name(name).hide()
    visible = next(name for name in pages if name not in hidden) if len(hidden) < len(pages) else None
    if visible:
        book.get_worksheet_by_name(visible).activate()
    book.close()


def xls(path: Path, pages: Pages, hidden: Sequence[str] = (), *, date_1904: bool = False) -> None:
    book = xlwt.Workbook()
    book.dates_1904 = date_1904
    day, span = xlwt.easyxf(num_format_str="DD/MM/YYYY"), xlwt.easyxf(num_format_str="[h]:mm:ss")
    clock = xlwt.easyxf(num_format_str="hh:mm")
    for name, cells in pages.items():
        page = book.add_sheet(name)
        page.visibility = int(name in hidden)
        for number, row in enumerate(cells):
            for column, cell in enumerate(row):
                style = day if isinstance(cell, date) else clock if isinstance(cell, time) else xlwt.Style.default_style
                if isinstance(cell, timedelta):
                    cell, style = cell / timedelta(days=1), span
                if cell is not None:
                    page.write(number, column, cell, style)
    book.save(str(path))


WRITERS = {"xlsx": xlsx, "xls": xls}
CELLS: Pages = {
    "data": [
        [],
        [None, "All customers"],
        [],
        [None, "Customer ID", "Email", "Spent", "Since", "Active", "Spent time", "At", "No"],
        [
            None,
            105284053743,
            "a@b.example",
            0.1 + 0.2,
            date(2024, 1, 2),
            True,
            timedelta(hours=42),
            time(9, 5),
            45293,
        ],
        [],
        [None, "0012", None, 19.0, datetime(2012, 2, 29, 13, 7, 5), False, timedelta(seconds=61), time(23, 0), 45294.5],
        [None, "0013", None, "19.0", None, None, None, None, "n/a"],
    ]
}


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
@pytest.mark.parametrize("from_1904", [False, True])
def test_cells_come_as_they_are_shown(home: Path, kind: str, from_1904: bool) -> None:
    WRITERS[kind](home / f"f.{kind}", CELLS, date_1904=from_1904)
    (table,) = read(home).tables
    shift = timedelta(days=1_462 if from_1904 else 0)  # what is written as a date is moved; a bare number is not
    assert rows(table) == [
        ("105284053743", "a@b.example", "0.3", "2024-01-02 00:00:00", "true", "42:00:00", "09:05:00", "45293"),
        ("0012", "", "19", "2012-02-29 13:07:05", "false", "0:01:01", "23:00:00", "45294.5"),
        ("0013", "", "19.0", "", "", "", "", "n/a"),
    ]
    assert (table.name, table.encoding, table.dialect) == (f"f.{kind}", kind, "sheet 1")
    assert (table.header_line, table.height, table.structure, table.read) == (4, 3, 5, 8)
    assert locate(table, range(3)) == {0: (5, -1), 1: (7, -1), 2: (8, -1)}
    if kind == "xls" and from_1904:
        assert table.serial_zero is None
    else:
        assert table.serial_zero is not None
        assert table.serial_zero + timedelta(days=45_293) - shift == date(2024, 1, 2)


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_every_sheet_that_is_an_export_is_a_table(home: Path, kind: str) -> None:
    pages: Pages = {
        "cover": [["Report"], ["for the board"]],
        "2023": [["Customers of 2023"], [], ["", " customer id ", "EMAIL"], ["", "3", "c"]],
        "Orders": [["Order", "Total"], ["1", 10], ["", ""], ["2", 20]],
        "old": [["Order", "Total"], ["9", 99]],
        "half": [["Customer ID", "Email address", "Total"], ["1", "a", "2"]],
        "empty": [],
        "head": [["Customer ID", "Email"]],
    }
    WRITERS[kind](home / f"b.{kind}", pages, hidden=["old"])
    exports = read(home)
    found = {t.name: (t.object_name, rows(t), t.header_line, t.height, t.structure) for t in exports.tables}
    assert found == {
        f"b.{kind}/2023": ("customers", [("3", "c")], 3, 1, 3),
        f"b.{kind}/Orders": ("orders", [("1", "10"), ("2", "20")], 1, 2, 2),
        f"b.{kind}/head": ("customers", [], 1, 0, 1),
    }
    assert dict(exports.skipped) == {
        f"b.{kind}/cover": "a sheet without a header of a known export; it is not read",
        f"b.{kind}/old": "a hidden sheet; it is not read",
    }
    assert [name for name, _ in exports.unknown] == [f"b.{kind}/half"]


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_a_hidden_sheet_is_read_when_no_other_holds_an_export(home: Path, kind: str) -> None:
    pages: Pages = {"chart": [["Sales"]], "raw": [["Order", "Total"], ["9", 99]]}
    WRITERS[kind](home / f"b.{kind}", pages, hidden=["raw"])
    (table,) = read(home).tables
    assert (table.name, rows(table)) == (f"b.{kind}/raw", [("9", "99")])
    assert table.notes == ("a hidden sheet, read because no visible one holds an export",)


def test_a_workbook_of_nothing_known_says_so_for_each_sheet(home: Path) -> None:
    xlsx(home / "b.xlsx", {"one": [["Deal", "Stage"], ["1", "won"]], "two": [["x"]]})
    xlsx(home / "c.xlsx", {"one": [["Order", "Total"]]})
    exports = read(home)
    assert [name for name, _ in exports.unknown] == ["b.xlsx/one", "b.xlsx/two"]
    assert exports.tables[0].notes == ("no data rows below the header",)


def test_a_workbook_without_cells_is_named(home: Path) -> None:
    xlsx(home / "b.xlsx", {"one": []})
    with pytest.raises(DataError, match=r"b\.xlsx: a workbook without any cell"):
        read(home)


def test_a_mapped_workbook_reads_the_sheets_that_fit(home: Path) -> None:
    pages: Pages = {"cover": [["Report"]], "books": [["When", "What"], ["2024-01-01", 5]]}
    xlsx(home / "b.xlsx", pages)
    source = Source(path=home / "b.xlsx", map={"fact": "spend", "date": "When", "amount": "What"})
    (table,) = read(home, source).tables
    assert (table.name, rows(table)) == ("b.xlsx/books", [("2024-01-01", "5")])
    wrong = Source(path=home / "b.xlsx", map={"fact": "spend", "date": "When", "amount": "Cost"})
    with pytest.raises(DataError, match=r"b\.xlsx/books: columns of the `map:` are not in the header: Cost"):
        read(home, wrong)


def test_cells_with_an_error_value_are_counted_by_sheet(home: Path) -> None:
    pages: Pages = {
        "one": [["Order", "Total"], ["1", "#DIV/0!"], ["2", "#N/A"]],
        "two & <more>": [["Order", "Total"], ["3", "#REF!"]],
    }
    xlsx(home / "b.xlsx", pages)
    first, second = read(home).tables
    assert rows(first) == [("1", ""), ("2", "")]
    assert first.notes == ("2 cells hold an Excel error value; they are read as blank",)
    assert second.name == "b.xlsx/two & <more>"
    assert second.notes == ("1 cells hold an Excel error value; they are read as blank",)


def test_the_same_workbook_twice_counts_each_sheet_once(home: Path) -> None:
    pages: Pages = {"one": [["Order", "Total"], ["1", 5]], "two": [["Order", "Total"], ["1", 5]]}
    xlsx(home / "a.xlsx", pages)
    (home / "b.xlsx").write_bytes((home / "a.xlsx").read_bytes())
    assert [(table.name, table.duplicate_of) for table in read(home).tables] == [
        ("a.xlsx/one", None),
        ("a.xlsx/two", None),
        ("b.xlsx/one", 0),
        ("b.xlsx/two", 1),
    ]


def test_chart_sheets_and_wrong_suffixes_are_seen_through(home: Path) -> None:
    book = xlsxwriter.Workbook(home / "b.csv")
    chart = book.add_chart({"type": "line"})
    sheet = book.add_worksheet("data")
    sheet.write_row(0, 0, ["Order", "Total"])
    sheet.write_row(1, 0, ["1", 5])
    chart.add_series({"values": "=data!$B$2"})
    book.add_chartsheet("chart").set_chart(chart)
    book.close()
    xls(home / "c.xlsx", {"data": [["Order", "Total"], ["2", 6]]})
    first, second = read(home).tables
    assert [(t.name, t.encoding, rows(t)) for t in (first, second)] == [
        ("b.csv", "xlsx", [("1", "5")]),
        ("c.xlsx", "xls", [("2", "6")]),
    ]


def test_columns_without_a_header_and_far_to_the_right_stay_in_place(home: Path) -> None:
    wide = [[None] * 300 + ["Order", "", "Total"], [None] * 300 + ["1", "note", 5]]
    xlsx(home / "b.xlsx", {"data": wide})
    (table,) = read(home).tables
    assert list(table.headers) == ["Order", "column 2", "Total"]
    assert rows(table) == [("1", "note", "5")]


def test_merged_cells_hold_their_value_once(home: Path) -> None:
    book = xlsxwriter.Workbook(home / "b.xlsx")
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 0, 3, "Orders of the year")
    sheet.write_row(1, 0, ["Order", "Total", "Region"])
    sheet.merge_range(2, 2, 3, 2, "North")
    sheet.write_row(2, 0, ["1", 5])
    sheet.write_row(3, 0, ["2", 6])
    book.close()
    (table,) = read(home).tables
    assert rows(table) == [("1", "5", "North"), ("2", "6", "")]


def test_other_kinds_of_office_files_are_named(home: Path) -> None:
    for name, members in {
        "a.xlsb.xlsx": ["[Content_Types].xml", "xl/workbook.bin"],
        "b.ods.xlsx": ["mimetype", "content.xml"],
        "c.docx.xlsx": ["[Content_Types].xml", "word/document.xml"],
    }.items():
        with zipfile.ZipFile(home / name, "w") as archive:
            for member in members:
                archive.writestr(member, "x")
    (home / "d.xls").write_bytes(b"<html><table><tr><td>Order</td></tr></table></html>")
    (home / "e.xls").write_text("Order\tTotal\n1\t5\n")
    with pytest.raises(DataError) as error:
        read(home)
    assert {problem.where: problem.what for problem in error.value.problems} == {
        "a.xlsb.xlsx": "a workbook of another kind (XLSB or ODS)",
        "b.ods.xlsx": "a workbook of another kind (XLSB or ODS)",
        "c.docx.xlsx": "a document, not a workbook",
        "d.xls": "a web page (HTML), not an export",
    }


def locked(path: Path) -> None:
    """The outside of a workbook with a password: a compound file without any workbook in it that can be read."""
    book = io.BytesIO()
    writer = xlwt.Workbook()
    writer.add_sheet("x").write(0, 0, "Order")
    writer.save(book)
    name = "Workbook".encode("utf-16-le")
    path.write_bytes(book.getvalue().replace(name, "Workless".encode("utf-16-le")))


def test_a_compound_file_without_a_workbook_is_refused(home: Path) -> None:
    locked(home / "b.xls")
    with pytest.raises(DataError, match=r"b\.xls: this workbook is not read"):
        read(home)
    (home / "mail.msg").write_bytes((home / "b.xls").read_bytes())
    (home / "b.xls").unlink()
    xlsx(home / "c.xlsx", {"one": [["Order", "Total"]]})
    assert [name for name, _ in read(home).unknown] == ["mail.msg"]


def test_a_request_larger_than_a_pipe_reaches_a_slow_reader(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clm_audit.intake.guarded.WATCH_SECONDS", 0.0001)
    xlsx(home / "f.xlsx", {"Orders": [["order", "date"], ["a", "2024-01-05"]]})
    names = Names.of(f"a header of an export, number {number}" for number in range(20_000))
    sheets, _ = open_workbook(home / "f.xlsx", home.parent / "run" / "out", "f.xlsx", names)
    assert [(one.header, one.height) for one in sheets] == [(("order", "date"), 1)]
