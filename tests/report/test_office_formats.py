"""Workbook, slides and PDF: read back by other programs' libraries, against the report itself."""

from __future__ import annotations

import io
import re
import time
import zipfile
from typing import Any

import openpyxl
import pypdfium2
import pytest
from pptx import Presentation

from clm_audit.report.formats import FORMATS
from clm_audit.report.model import AuditReport, Unknown
from clm_audit.report.model_money import MoneyReport
from clm_audit.report.packed import evenly_packed
from clm_audit.report.sheets_data import sheets
from clm_audit.report.slide_parts import brief
from clm_audit.report.slides import slides
from report import worlds

HOSTILE = {"title": "=1+1", "client": "+SUM(A1)\u202e\x1b[31m", "author": "-1"}
BINARY = [name for name, form in FORMATS.items() if form.binary]


@pytest.fixture(scope="module")
def full() -> AuditReport:
    return worlds.full_report().model_copy(update=HOSTILE)


@pytest.fixture(scope="module")
def book(full: AuditReport) -> Any:
    return openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"].render(full)))


@pytest.fixture(scope="module")
def deck(full: AuditReport) -> Any:
    return Presentation(io.BytesIO(FORMATS["pptx"].render(full)))


@pytest.mark.parametrize("name", BINARY)
def test_the_same_report_gives_the_same_bytes_at_another_time(
    full: AuditReport, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = worlds.bare_report() if name == "pdf" else full  # the pages of a whole audit take seconds
    first = FORMATS[name].render(report)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86_400 * 400)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(now + 86_400 * 400))
    assert FORMATS[name].render(report) == first


def test_every_sheet_holds_its_table_cell_by_cell(full: AuditReport, book: Any) -> None:
    made = sheets(full)
    assert book.sheetnames == [sheet.name for sheet in made]
    for name in ("Summary", "Series", "Segments", "Ledger", "Checks", "Assumptions"):
        assert name in book.sheetnames
    for sheet in made:
        page = book[sheet.name]
        top = int(re.sub(r"\D", "", page.freeze_panes)) - 1
        assert [cell.value for cell in page[top]][: len(sheet.columns)] == [one.header for one in sheet.columns]
        for number, cells in enumerate(sheet.rows, start=top + 1):
            for cell, found in zip(cells, page[number], strict=False):
                value = found.value.date() if hasattr(found.value, "date") else found.value
                if isinstance(cell, str) or cell is None:
                    assert (value or "") == (cell or "")
                else:
                    assert value == (pytest.approx(cell, rel=1e-14) if isinstance(cell, float) else cell)


def test_the_numbers_are_those_of_the_report(full: AuditReport, book: Any) -> None:
    page = book["Summary"]
    rows = {row[1].value: row for row in page.iter_rows() if row[1].value}
    for metric in full.metrics:
        row = rows[metric.name]
        if not isinstance(metric.adjusted, Unknown):
            assert row[7].value == pytest.approx(metric.adjusted.effect, rel=1e-14)
            assert row[7].number_format == "0.0%"
        assert row[11].value == metric.finding
    series = book["Series"]
    points = [(row[0].value, row[2].value) for row in series.iter_rows(min_row=4) if row[0].value]
    assert points == [(one.name, point.value) for one in full.metrics for point in one.series]


def test_no_text_of_the_workbook_is_a_formula_or_a_link(book: Any) -> None:
    said = [cell for page in book for row in page.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert any(cell.value == "=1+1" for cell in said)
    for cell in said:
        assert cell.data_type in ("s", "inlineStr") or (cell.data_type == "f" and cell.value == "=1+1"), cell.value
        assert cell.hyperlink is None
    raw = FORMATS["xlsx"].render(worlds.full_report().model_copy(update=HOSTILE))
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        pages = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not any(b"<f>" in page or b"<hyperlink" in page for page in pages)
        assert not any("externalLink" in name for name in archive.namelist())


def test_the_workbook_has_native_charts(full: AuditReport, book: Any) -> None:
    assert len(book["Summary"]._charts) == 1
    assert len(book["Series"]._charts) == sum(bool(metric.series) for metric in full.metrics)


def test_there_are_ten_to_fifteen_slides_and_each_has_a_title(full: AuditReport, deck: Any) -> None:
    assert 10 <= len(deck.slides) <= 15
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert titles[0] == "=1+1"
    assert titles[1:] == [slide.title for slide in slides(full)]
    assert all(titles)


def test_the_charts_of_the_slides_can_be_edited_and_hold_the_numbers(full: AuditReport, deck: Any) -> None:
    frames = [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    shown = [metric for metric in full.metrics if any(point.value is not None for point in metric.series)]
    assert len(frames) == len(shown) + 2  # the effects, and the money
    for metric, frame in zip(shown, frames[1:-1], strict=True):
        (observed, *_) = frame.chart.plots[0].series
        assert list(observed.values) == [
            None if point.value is None else pytest.approx(point.value, rel=1e-9) for point in metric.series
        ]
        behind = openpyxl.load_workbook(io.BytesIO(frame.chart.part.chart_workbook.xlsx_part.blob))
        assert behind.active.max_row == len(metric.series) + 1
    net, sums = frames[-1].chart.plots[0].series
    assert isinstance(full.money, MoneyReport)
    assert list(net.values) == [pytest.approx(float(flow.net)) for flow in full.money.flows]
    assert list(sums.values) == [pytest.approx(float(flow.cumulative)) for flow in full.money.flows]
    for frame in frames:
        assert len(frame._element.xpath(".//p:cNvPr")[0].get("descr")) > 40


def test_the_slides_hold_no_link_and_nothing_hidden(deck: Any) -> None:
    raw = FORMATS["pptx"].render(worlds.full_report().model_copy(update=HOSTILE))
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            if name.startswith("ppt/slides/"):
                assert b"hlinkClick" not in part
                assert b"\x1b" not in part
                assert "\u202e" not in part.decode("utf-8")
            if name.endswith(".xlsx"):
                with zipfile.ZipFile(io.BytesIO(part)) as behind:
                    assert not any(b"<f>" in behind.read(one) for one in behind.namelist())
    assert deck.core_properties.title == "=1+1"


def test_an_audit_without_any_number_still_has_its_workbook_and_slides() -> None:
    bare = worlds.bare_report()
    assert openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"].render(bare))).sheetnames[0] == "Summary"
    assert len(Presentation(io.BytesIO(FORMATS["pptx"].render(bare))).slides) >= 6


def test_a_packed_archive_holds_the_same_parts() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("b.txt", "two")
        archive.writestr("a.txt", "one")
    packed = evenly_packed(out.getvalue(), b"mark")
    assert packed.endswith(b"mark")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert [(name, archive.read(name)) for name in archive.namelist()] == [("b.txt", b"two"), ("a.txt", b"one")]


def test_a_brief_text_ends_with_a_sentence() -> None:
    assert brief("One sentence. And another one.", 20) == "One sentence."
    assert brief("W" * 50, 10) == "W" * 9 + "…"


@pytest.fixture(scope="module")
def pdf(full: AuditReport) -> bytes:
    return FORMATS["pdf"].render(full)


def test_the_pdf_holds_nothing_that_acts(pdf: bytes) -> None:
    assert pdf.startswith(b"%PDF-1.")
    assert b"%%EOF" in pdf[-1024:]
    for forbidden in (b"/JavaScript", b"/JS ", b"/Launch", b"/URI", b"/EmbeddedFile", b"/SubmitForm", b"/CreationDate"):
        assert forbidden not in pdf


def test_the_pages_of_the_pdf_hold_the_report(full: AuditReport, pdf: bytes, tmp_path: Any) -> None:
    import shutil
    import subprocess

    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not there")
    (tmp_path / "r.pdf").write_bytes(pdf)
    told = subprocess.run(["pdfinfo", tmp_path / "r.pdf"], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Title: +=1\+1\n", told)
    assert re.search(r"Author: +-1\n", told)
    assert re.search(r"Tagged: +yes", told)
    assert re.search(r"JavaScript: +no", told)
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "r.pdf", "-"], capture_output=True, text=True, check=True)
    for metric in full.metrics:
        assert metric.name in text.stdout
    assert "\x1b" not in text.stdout.replace("\f", "")
    # The charts are painted: their labels are in the text of the page.
    assert "go-live 2024-07-01" in text.stdout
    # Nothing opens on paper: what the money rests on stands there.
    assert "What the money rests on" in text.stdout
    assert full.money.assumptions[0].what in text.stdout


def test_what_is_closed_on_the_screen_stands_on_paper_but_for_the_points_of_charts(
    full: AuditReport, pdf: bytes
) -> None:
    document = pypdfium2.PdfDocument(pdf)
    text = " ".join("".join(page.get_textpage().get_text_range() for page in document).split())
    document.close()
    divided = [metric for metric in full.metrics if metric.segments]
    assert divided
    for metric in divided:
        assert all(f"{one.column}: {one.label}" in text for one in metric.segments)
    assert all(check.title in text for check in full.checks if check.status == "pass")
    assert all(metric.definition.split()[-1] in text for metric in full.metrics)
    for closed in ("Other ways to look at it", "How each file was read", "Every setting and where it came from"):
        assert closed in text
    assert "The numbers behind" not in text


def test_the_page_of_the_pdf_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a page with addresses in it opens no connection and no file."""
    import socket

    from clm_audit.report import pdf as module

    asked: list[str] = []
    monkeypatch.setattr(socket, "create_connection", lambda *where, **_: asked.append(str(where)))
    hostile = '<style>@import "http://x.example/a.css"; p {background: url(file:///etc/passwd)}</style>'
    body = '<link rel="attachment" href="file:///etc/passwd"><img src="http://x.example/i.png"><p>text</p>'
    monkeypatch.setattr(module, "to_html", lambda _: f"<!DOCTYPE html><title>t</title>{hostile}{body}")
    made = module.to_pdf(worlds.bare_report())
    assert asked == []
    assert b"/EmbeddedFile" not in made
    assert b"root:" not in made
