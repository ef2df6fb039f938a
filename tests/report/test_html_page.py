from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser

import pytest

from clm_audit.report.html import REJECTS_SHOWN, to_html
from clm_audit.report.model import AuditReport
from report import worlds

REPORTS = {name: getattr(worlds, name)() for name in ("full_report", "inconclusive_report", "bare_report")}
VOID = {"meta", "br", "line", "path", "rect", "circle", "input", "link", "img", "use"}


class Outline(HTMLParser):
    """Checks nesting, and keeps what the tests ask about."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.targets: list[str] = []
        self.labels: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.imply_ends(tag, opens=True)
        if tag not in VOID:
            self.open.append(tag)
        given = dict(attrs)
        assert None not in given.values()
        self.ids += [str(given["id"])] if "id" in given else []
        self.targets += [str(given["href"])] if "href" in given else []
        self.labels += str(given.get("aria-labelledby", "")).split()
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.imply_ends(tag, opens=False)
        assert self.open.pop() == tag

    def imply_ends(self, tag: str, *, opens: bool) -> None:
        """Ends of cells and rows that HTML lets be left out: before the next cell or row, and where the rows end."""
        here = self.open[-1] if self.open else ""
        over = not opens and tag in ("thead", "tbody", "tfoot")
        if here in ("td", "th") and (over or (opens and tag in ("td", "th", "tr"))):
            here = self.open.pop() and self.open[-1]
        if here == "tr" and (over or (opens and tag == "tr")):
            self.open.pop()


@pytest.fixture(params=REPORTS)
def page(request: pytest.FixtureRequest) -> str:
    return to_html(REPORTS[request.param])


def test_the_policy_forbids_everything_but_the_one_style(page: str) -> None:
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style.group(1).encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    assert page.count("Content-Security-Policy") == 1
    assert f'content="{policy}"' in page


def test_nothing_is_loaded_and_nothing_runs(page: str) -> None:
    assert not re.search(r"<script|<link|<iframe|<img|@import|url\(|\bsrc=|\sstyle=|\son\w+=", page)
    assert not re.search(r"https?://", page)


def test_the_outline_is_sound(page: str) -> None:
    outline = Outline(page)
    assert len(outline.ids) == len(set(outline.ids))
    assert all(target.startswith("#") and target[1:] in outline.ids for target in outline.targets)
    assert set(outline.labels) <= set(outline.ids)
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))


def test_every_landmark_is_there(page: str) -> None:
    for part in ("<header", "<nav", "<main", "<footer", '<html lang="en">', 'class="skip"'):
        assert page.count(part) == 1


def test_verdict_first_then_the_answers_then_the_evidence(page: str) -> None:
    order = [
        "verdict",
        "summary",
        "purchase_frequency",
        "checks",
        "files",
        "totals",
        "method",
        "assumptions",
        "glossary",
    ]
    places = [page.index(f'<section id="{name}"') for name in order]
    assert places == sorted(places)


def test_every_metric_check_and_file_is_on_the_page() -> None:
    report = REPORTS["full_report"]
    page = unescape(to_html(report))
    for metric in report.metrics:
        assert metric.finding_sentence.replace("\u00a0", " ") in page.replace("\u00a0", " ")
        assert metric.remedy in page.replace("\u00a0", " ")
    for check in report.checks:
        assert check.title in page
    for file in report.files:
        assert file.path in page
        assert file.sha256 in page
    for name, reason in report.unknown_files:
        assert name in page
        assert reason in page


def test_the_ledger_adds_up_on_the_page() -> None:
    page = to_html(REPORTS["full_report"])
    table = page[page.index('id="files-ledger"') :].split("</table>")[0]
    rows = re.findall(r"<tr[^>]*><th scope=\"row\">.*", table)
    assert len(rows) == len(REPORTS["full_report"].files) + 1
    for row in rows:
        read, *parts = (int(cell.replace(",", "")) for cell in re.findall(r"<td>([\d,]+)", row))
        assert read == sum(parts)


def test_a_metric_that_cannot_be_assessed_shows_a_reason_and_no_number() -> None:
    report = REPORTS["bare_report"]
    page = to_html(report)
    assert "<svg" not in page
    assert re.search(r">[^<]*\bnan\b", page, re.IGNORECASE) is None  # as text: a hash may hold the letters
    for metric in report.metrics:
        assert metric.reason in page


def test_long_lists_say_how_much_is_shown() -> None:
    report = REPORTS["full_report"]
    many = report.model_copy(update={"rejects": report.rejects[:1] * 100, "reject_count": 123_456})
    assert f"first {REJECTS_SHOWN} of 123,456" in to_html(many)


def test_every_chart_has_words_and_a_table() -> None:
    page = to_html(REPORTS["full_report"])
    charts = re.findall(r"<svg .*?</svg>", page, re.DOTALL)
    assert len(charts) >= 10
    for chart in charts:
        assert re.search(r"<title[^>]*>[^<]+</title>", chart)
        (named,) = re.findall(r'aria-labelledby="(\S+) (\S+)"', chart)
        assert re.search(rf'<title id="{named[0]}">[^<]+</title>\s*<desc id="{named[1]}">[^<]+</desc>', page)
        assert 'fill="' in chart
        assert 'stroke="' in chart
    assert page.count('class="points" data-ids="metrics.') == sum(
        bool(metric.series) for metric in REPORTS["full_report"].metrics
    )


def weekly(report: AuditReport) -> AuditReport:
    """The same report with 182 weekly points for each metric: about as long as histories get."""
    metrics = []
    for metric in report.metrics:
        points = metric.series * (182 // len(metric.series) + 1) if metric.series else ()
        metrics.append(metric.model_copy(update={"series": points[:182]}))
    return report.model_copy(update={"metrics": tuple(metrics)})


def test_a_long_report_stays_under_300_kilobytes() -> None:
    assert len(to_html(REPORTS["full_report"]).encode()) < 300_000
    assert len(to_html(weekly(REPORTS["full_report"])).encode()) < 400_000


def test_the_same_report_gives_the_same_bytes_in_any_process() -> None:
    code = (
        "import hashlib; from report import worlds; from clm_audit.report.html import to_html;"
        "print(hashlib.sha256(to_html(worlds.full_report()).encode()).hexdigest())"
    )
    seen = set()
    for seed, zone in (("0", "UTC"), ("7", "Asia/Tokyo")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": os.pathsep.join(sys.path)}
        run = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        seen.add(run.stdout)
    assert len(seen) == 1


def test_what_the_verdict_calls_open_is_not_decided() -> None:
    report = REPORTS["inconclusive_report"]
    decided = report.metrics[0].model_copy(update={"finding": "improved"})
    verdict = report.verdict.model_copy(update={"because": tuple(metric.id for metric in report.metrics)})
    page = to_html(report.model_copy(update={"metrics": (decided, *report.metrics[1:]), "verdict": verdict}))
    (line,) = re.findall(r"<p>Open: (.*?)</p>", page)
    assert re.findall(r'href="#(\w+)"', line) == [metric.id for metric in report.metrics[1:]]
