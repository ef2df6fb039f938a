"""Payloads × places × sinks: what stands in exports, names and configs does nothing in any output."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import unicodedata
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import fastexcel
import pytest
from lxml import etree
from markdown_it import MarkdownIt
from playwright.sync_api import Page

from clm_audit.report import html as page_of
from clm_audit.report.saved import read_audit
from sinks.conftest import Convert, Reopen
from sinks.planted import PAYLOADS, PLACES, Audited, mark

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
OWN = re.compile(r"\x1b\[[0-9;?]*[mAKhlG]")  # colours, and what redraws the line of progress
FORMULA = re.compile(rb"<f[ >/]")
OPENS = "=+-@＝＋－＠\t\r"
# Where a mark must come to light for the matrix to mean anything.
SHOWN = {"file": 30, "member": 30, "sheet": 30, "header": 30, "label": 12, "config": 30}
KEPT_BACK = ("state", "campaign")  # values of cells: states are named only where they look like words, campaigns never


def hidden(text: str, allowed: str = "\n") -> set[str]:
    return {repr(char) for char in text if unicodedata.category(char) in HIDDEN and char not in allowed}


def texts(value: Any) -> list[str]:
    """Every string of a JSON value."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in texts(one)]


@pytest.mark.parametrize("place", SHOWN)
def test_what_was_planted_came_to_light(audited: Audited, place: str) -> None:
    """Else the rest of this file would pass because nothing was there."""
    whole = audited.json.read_text() + audited.rejects.read_text() + audited.html.read_text()
    assert sum(mark(place, number) in whole for number in range(len(PAYLOADS))) >= SHOWN[place]


@pytest.mark.parametrize("place", KEPT_BACK)
def test_values_of_cells_are_shown_nowhere(audited: Audited, place: str) -> None:
    whole = "".join(path.read_text() for path in (audited.json, audited.rejects, audited.html, audited.markdown))
    assert not any(mark(place, number) in whole + audited.coloured for number in range(len(PAYLOADS)))
    assert {*SHOWN, *KEPT_BACK} == set(PLACES)


@pytest.mark.parametrize("what", ["terminal", "errors"])
def test_a_terminal_gets_no_control_character(audited: Audited, what: str) -> None:
    assert hidden(getattr(audited, what)) == set()


def test_a_terminal_with_colours_and_progress_gets_only_the_programs_own_sequences(audited: Audited) -> None:
    assert OWN.search(audited.coloured)
    plain = OWN.sub("", audited.coloured)
    assert hidden(plain, "\r\n") == set()
    assert not any(sequence in audited.coloured for sequence in ("\x1b[2J", "\x1b[H", "\x1b[31mred", "\x1b]"))
    assert "\\x1b[2J" in plain


def xml_parts(path: Path) -> dict[str, str]:
    """The parts of an Office file, and of the workbooks within it, that are text."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    texts = {name: part.decode("utf-8") for name, part in parts.items() if name.endswith((".xml", ".rels"))}
    for name, part in parts.items():
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(part)) as inner:
                texts |= {f"{name}/{one}": inner.read(one).decode("utf-8") for one in inner.namelist()}
    return texts


@pytest.mark.parametrize("what", ["xlsx", "pptx"])
def test_office_files_hold_text_and_nothing_that_acts(audited: Audited, what: str) -> None:
    parts = xml_parts(getattr(audited, what))
    whole = "".join(parts.values())
    assert mark("config", 0) in whole
    assert mark("file", 0) in whole or what == "pptx"
    for name, text in parts.items():
        assert hidden(text, "\n\r\t") == set(), name
        assert "<f>" not in text or name.startswith("ppt/charts"), name  # a chart names its cells
        for acting in ("hlinkClick", "<hyperlink", "vbaProject", "oleObject", "externalLink", "ddeLink", "<script"):
            assert acting not in text, name
        if name.endswith(".rels"):
            assert 'TargetMode="External"' not in text, name
    assert not any(mark(place, number) in whole for place in KEPT_BACK for number in range(len(PAYLOADS)))


def test_a_spreadsheet_program_finds_no_formula_in_the_workbook(audited: Audited, reopen: Reopen) -> None:
    """What it saves anew still shows every text as it was, and computes none."""
    book = reopen(audited.xlsx, "xlsx")
    assert formulas(book) == []
    shown = fastexcel.read_excel(book).load_sheet("Ledger", header_row=2, dtypes="string").to_polars()["file"].to_list()
    ours = fastexcel.read_excel(audited.xlsx).load_sheet("Ledger", header_row=2, dtypes="string").to_polars()["file"]
    assert shown == ours.to_list()
    assert any(mark("file", list(PAYLOADS).index("formula")) in name for name in shown)


def test_a_presentation_program_opens_the_slides(audited: Audited, reopen: Reopen) -> None:
    drawn = reopen(audited.pptx, "pdf").read_bytes()
    assert drawn.startswith(b"%PDF-")
    for acting in ACTING:
        assert acting not in drawn


ACTING = (b"/JavaScript", b"/JS ", b"/Launch", b"/SubmitForm", b"/ImportData", b"/URI", b"/RichMedia")


def test_the_pdf_holds_text_and_nothing_that_acts(audited: Audited) -> None:
    raw = audited.pdf.read_bytes()
    for acting in (*ACTING, b"/EmbeddedFile"):
        assert acting not in raw
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not there")
    read = subprocess.run(["pdftotext", audited.pdf, "-"], capture_output=True, encoding="utf-8", check=True).stdout
    assert hidden(read, "\n\f") == set()
    assert mark("file", 0) in read
    assert "window.pwned=1" in read
    assert not any(mark(place, number) in read for place in KEPT_BACK for number in range(len(PAYLOADS)))


def test_junit_is_xml_and_nothing_in_it_is_markup_from_data(audited: Audited) -> None:
    text = audited.junit.read_text(encoding="utf-8")
    assert hidden(text) == set()
    tree = etree.fromstring(text.encode())
    assert {one.tag for one in tree.iter()} <= {
        "testsuites",
        "testsuite",
        "testcase",
        "skipped",
        "failure",
        "system-out",
        "properties",
        "property",
    }


def test_annotations_are_only_the_programs_own(audited: Audited) -> None:
    assert hidden(audited.annotations) == set()
    lines = audited.annotations.splitlines()
    assert 1 <= len(lines) <= 10
    for line in lines:
        head, _, told = line.removeprefix("::").partition("::")
        assert head.split(" ")[0] in {"error", "warning", "notice"}
        assert "%0A" not in told.replace("%250A", "")


def test_json_is_ascii_safe_and_exact(audited: Audited) -> None:
    text = audited.json.read_text(encoding="utf-8")
    assert hidden(text) == set()
    found = "\n".join(texts(json.loads(text)))
    assert PAYLOADS["colour"] + mark("file", list(PAYLOADS).index("colour")) in found
    assert PAYLOADS["bidi"] + mark("file", list(PAYLOADS).index("bidi")) in found


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def tags(page: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Tags()
    parser.feed(page)
    return parser.tags


def test_html_has_no_element_from_data(uncut: Path) -> None:
    page = uncut.read_text(encoding="utf-8")
    assert hidden(page, "\n\t") == set()
    for tag, attributes in tags(page):
        assert tag not in {"script", "iframe", "img", "object", "embed", "base", "form", "link"}
        assert not any(name.startswith("on") for name in attributes)
        for name in ("href", "src", "xlink:href", "action"):
            assert str(attributes.get(name) or "#").startswith("#")
    assert "{{7*7}}" in page


@pytest.mark.parametrize("what", ["markdown", "summary"])
def test_markdown_renders_no_markup_from_data(audited: Audited, what: str) -> None:
    source = getattr(audited, what).read_text(encoding="utf-8")
    assert hidden(source) == set()
    page = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough").render(source)
    for tag, attributes in tags(page):
        assert tag not in {"script", "iframe", "img", "svg", "style", "s", "del"}
        assert str(attributes.get("href") or "#").startswith("#")
        assert not any(name.startswith("on") for name in attributes)
    table, widths = "", set()
    for line in source.splitlines():
        table = line if line.startswith("|") and not table else table if line.startswith("|") else ""
        if table:
            widths.add(bars(line) == bars(table))
    assert widths == {True}


def bars(line: str) -> int:
    """Borders of cells in a line of a table."""
    return re.sub(r"\\.", "", line).count("|")


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8")), strict=True))


def test_rejects_are_one_line_each_and_no_cell_opens_a_formula(audited: Audited) -> None:
    text = audited.rejects.read_text(encoding="utf-8")
    assert hidden(text) == set()
    found = rows(audited.rejects)
    assert {len(row) for row in found} == {6}
    assert len(found) == text.count("\n")
    for row in found:
        for cell in row:
            for part in re.split(r"[;|\t,]", cell):
                assert part.strip('" \u00a0\ufeff')[:1] not in tuple(OPENS), cell


@pytest.mark.parametrize("separator", [44, 59, 9], ids=["comma", "semicolon", "tab"])
def test_a_spreadsheet_program_finds_no_formula_in_the_rejects(
    audited: Audited, convert: Convert, separator: int
) -> None:
    """Opened as it is meant, and as a program of another country would open it."""
    book = convert(audited.rejects, separator)
    assert formulas(book) == []
    if separator == 44:
        sheet = fastexcel.read_excel(book).load_sheet(0, header_row=None, skip_rows=0, dtypes="string").to_polars()
        cells = [["" if cell is None else cell for cell in row] for row in sheet.iter_rows()]
        assert cells == rows(audited.rejects)


def test_the_spreadsheet_program_would_have_taken_a_formula(convert: Convert, tmp_path: Path) -> None:
    """What the test above rests on: this program does run a cell that is not made harmless."""
    path = tmp_path / "bare.csv"
    path.write_text('"=1+1",x;=1+1\n')
    assert len(formulas(convert(path, 44))) == 1
    assert len(formulas(convert(path, 59))) >= 1


def formulas(book: Path) -> list[str]:
    with zipfile.ZipFile(book) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        assert sheets
        return [name for name in sheets for _ in FORMULA.findall(archive.read(name))]


@pytest.fixture(scope="module")
def uncut(audited: Audited, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the same audit with no long table cut short, so that every payload is on it."""
    found = tmp_path_factory.mktemp("uncut") / "report.html"
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SHOWN", "REJECTS_SHOWN", "POINTS_SHOWN"):
            patch.setattr(page_of, name, 10_000)
        patch.setattr(page_of, "SHORTER", ())
        found.write_text(page_of.to_html(read_audit(audited.json)), encoding="utf-8")
    return found


@pytest.mark.browser
@pytest.mark.parametrize("bypass", [False, True], ids=["with its policy", "without its policy"])
def test_nothing_runs_in_a_browser(uncut: Path, open_page: Callable[..., Page], bypass: bool) -> None:
    page = open_page(uncut, bypass_csp=bypass)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.reload()
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.evaluate("document.querySelectorAll('*').forEach(e => e.dispatchEvent(new MouseEvent('mouseover')))")
    page.wait_for_timeout(200)
    assert page.evaluate("typeof window.pwned") == "undefined"
    assert dialogs == []
    assert {url for url in page.requested if not url.startswith("data:")} == {uncut.as_uri()}
    assert page.complaints == []
    shown = page.inner_text("body")
    for place, many in SHOWN.items():  # as text to read, not only somewhere in the source
        assert sum(mark(place, number) in shown for number in range(len(PAYLOADS))) >= many, place


def test_the_page_as_it_is_written_shows_of_long_tables_only_the_first_rows(audited: Audited, uncut: Path) -> None:
    written, whole = (path.read_text(encoding="utf-8") for path in (audited.html, uncut))
    assert len(written) < len(whole)
    assert "the rest in the workbook" in written
    assert "the rest in the workbook" not in whole
