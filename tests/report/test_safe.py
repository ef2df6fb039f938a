"""Every sink against the big list of naughty strings."""

from __future__ import annotations

import csv
import io
import json
import os
import unicodedata
from collections.abc import Sequence
from functools import cache
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console

from clm_audit.intake.model import Reject
from clm_audit.report import html, safe
from clm_audit.report.html import to_html
from clm_audit.report.json_out import to_json
from clm_audit.report.markdown import to_markdown
from clm_audit.report.model import AuditReport
from clm_audit.report.rejects import rejects_csv
from clm_audit.report.terminal import print_report
from report import worlds

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
EXTRA = (
    "\x1b[31mred", "\x1b]0;title\x07", "\x9b2J", "a\u202egnp.exe", "\u2066x\u2069", "zero\u200bwidth", "\x7f",
    "line\u2028end", "paragraph\u2029end", "lone\ud800surrogate", "\ue000private", "\u0378unassigned",
    "\r\nnext", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1+1", "a|b", "`x`", "[x](javascript:1)",
    "<script>x</script>", "https://example.org/", "@someone", "#12", "GH-12", "www.example.org", "1. x", "- x",
    "---", "![i](x)", "&amp;", "$x$", "[bold]x[/bold]", "[/]", '" onload="x', "{{ 7*7 }}", "{% raw %}", "<!--",
    "</style><script>", "]]>", "# head", ":+1:",
)  # fmt: skip


def corpus() -> Path:
    return Path(os.environ.get("CLM_AUDIT_CORPORA", "../shared/corpora")) / "blns" / "blns.json"


@cache
def naughty() -> tuple[str, ...]:
    """The strings of the corpus and our own; without the corpus our own alone."""
    listed = json.loads(corpus().read_text(encoding="utf-8")) if corpus().exists() else []
    return (*EXTRA, *listed)


def report_with(strings: Sequence[str]) -> AuditReport:
    """The full report with these strings wherever text from a file, a name or a config can stand."""
    report = worlds.full_report()
    take = cycle(strings)
    files = tuple(report.files[0].model_copy(update={"path": text, "notes": (text,)}) for text in strings)
    metrics = tuple(
        metric.model_copy(update={"segments": tuple(
            segment.model_copy(update={"label": next(take), "column": next(take)}) for segment in metric.segments
        )})
        for metric in report.metrics
    )  # fmt: skip
    checks = tuple(check.model_copy(update={"message": next(take), "remedy": next(take)}) for check in report.checks)
    events = tuple(event.model_copy(update={"what": next(take)}) for event in report.events)
    rejects = tuple(Reject(file=next(take), line=1, byte=1, column=next(take), code="bad_date") for _ in range(40))
    changes = {"title": next(take), "client": next(take), "author": next(take), "files": files, "checks": checks,
               "metrics": metrics, "events": events, "rejects": rejects,
               "unknown_files": tuple((text, text) for text in strings)}  # fmt: skip
    return report.model_copy(update=changes)


def hostile_report() -> AuditReport:
    return report_with(naughty())


def hidden(text: str, allowed: str = "\n") -> set[str]:
    return {char for char in text if unicodedata.category(char) in HIDDEN and char not in allowed}


def test_the_corpus_is_there() -> None:
    if not corpus().exists():
        pytest.skip(
            f"the big list of naughty strings is not at {corpus()} (set CLM_AUDIT_CORPORA): only our own were used"
        )
    assert len(naughty()) > 500


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii"])
def test_a_terminal_gets_no_control_characters(encoding: str) -> None:
    raw = io.BytesIO()
    console = Console(file=io.TextIOWrapper(raw, encoding=encoding), width=100)
    print_report(hostile_report(), console)
    console.file.flush()
    text = raw.getvalue().decode(encoding)
    assert not hidden(text)
    assert "[bold]x[/bold]" in text
    assert "\\u202egnp.exe" in text


class Shape(HTMLParser):
    """Counts the elements and keeps the attributes that could do something."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: dict[str, int] = {}
        self.active: list[tuple[str, str | None]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.active += [(name, value) for name, value in attrs if name.startswith("on") or name in ("style", "src")]
        self.active += [(name, value) for name, value in attrs if name == "href" and not (value or "").startswith("#")]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_html_holds_no_element_that_came_from_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "SHOWN", 2000)  # every text, however long the list,
    monkeypatch.setattr(html, "SHORTER", ())  # and the page
    page = to_html(hostile_report())
    shape, tame = Shape(), Shape()
    shape.feed(page)
    # Each text another one, as in the hostile report: what says the same is shown once.
    tame.feed(to_html(report_with([f"plain {number}" for number in range(len(naughty()))])))
    assert shape.active == []
    assert shape.tags == tame.tags
    assert not {"script", "iframe", "img", "object", "link", "form", "b"} & shape.tags.keys()
    assert not hidden(page, "\n\t")
    text = "".join(shape.text)
    assert all(safe.visible(item, "\t\n") in text for item in naughty())


@pytest.mark.parametrize("text", EXTRA)
def test_markdown_renders_as_the_text_itself(text: str) -> None:
    for block in (safe.markdown(text), f"| a |\n| --- |\n| {safe.markdown(text)} |", f"- {safe.markdown(text)}"):
        tokens = MarkdownIt("commonmark").enable("table").parse(block)
        inline = [token for token in tokens if token.type == "inline"][-1].children or []
        assert {child.type for child in inline} <= {"text", "text_special"}
        shown = "".join(child.content for child in inline).replace("\u200b", "")
        assert shown == " ".join(safe.visible(text, "\t\n\r").split())


def test_markdown_of_the_whole_corpus_stays_inline() -> None:
    for text in naughty():
        tokens = MarkdownIt("commonmark").enable("table").parse(f"x {safe.markdown(text)}")
        assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
        assert {child.type for child in tokens[1].children or ()} <= {"text", "text_special"}


def test_markdown_links_and_mentions_are_cut() -> None:
    cut = safe.markdown("@someone #12 https://a.example www.a.example GH-1 mailto:x")
    for live in ("@s", "#1", "://", "www.a", "GH-1", "mailto:x"):
        assert live not in cut


def test_no_csv_cell_is_a_formula() -> None:
    rows = [Reject(file=text, line=1, byte=-1, column=text, code="bad_date") for text in naughty()]
    back = list(csv.reader(io.StringIO(rejects_csv(rows))))
    assert len(back) == len(rows) + 1
    for row in back[1:]:
        assert len(row) == 6
        assert row[0].lstrip(" \u00a0\u3000")[:1] not in tuple("=+-@＝＋－＠\t\r\n")
        assert not hidden(row[0], "")


def test_json_says_the_strings_exactly_and_shows_none() -> None:
    report = hostile_report()
    text = to_json(report)
    assert not hidden(text)
    assert [file["path"] for file in json.loads(text)["files"]] == [file.path for file in report.files]


def test_the_markdown_report_holds_no_markup_from_data() -> None:
    text = to_markdown(hostile_report())
    assert not hidden(text)
    assert "<script" not in text.lower()
    assert len(text) < 65_536


@given(st.text(max_size=40))
def test_visible_text_hides_nothing_and_keeps_the_rest(text: str) -> None:
    shown = safe.visible(text)
    assert not hidden(shown, "")
    assert shown == "".join(safe.visible(char) for char in text)
    assert all(safe.visible(char) == char for char in text if not hidden(char, ""))


@given(st.text(max_size=40))
def test_a_terminal_line_fits_its_encoding(text: str) -> None:
    safe.terminal(text, "cp1252").encode("cp1252")
