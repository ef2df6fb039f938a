"""The page of the history in a real browser: quiet, accessible, nothing cut, and fit for paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from browser.test_report_in_chromium import CLIPPED, OVERFLOWING, OVERLAPPING, SMALLEST
from clm_audit.report.html_history import to_html
from report import histories

pytestmark = pytest.mark.browser
Opener = Callable[..., Page]
NAMES = ("short_history", "long_history", "lone_history")
OPEN = "document.querySelectorAll('details').forEach(d => d.open = true)"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("histories")
    paths = {name: folder / f"{name}.html" for name in NAMES}
    for name, path in paths.items():
        path.write_text(to_html(getattr(histories, name)()), encoding="utf-8")
    return paths


@pytest.mark.parametrize(
    ("name", "scheme", "width"),
    [
        *(("short_history", scheme, width) for scheme in ("light", "dark") for width in (1280, 400)),
        ("long_history", "light", 1280),
        ("lone_history", "dark", 400),
    ],
)
def test_axe_finds_nothing(name: str, scheme: str, width: int, pages: dict[str, Path], open_page: Opener) -> None:
    page = open_page(pages[name], scheme=scheme, width=width, bypass_csp=True)
    page.evaluate(OPEN)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", [1280, 800, 400])
@pytest.mark.parametrize("name", NAMES)
def test_it_is_quiet_and_nothing_overlaps_or_is_cut(
    name: str, width: int, pages: dict[str, Path], open_page: Opener
) -> None:
    page = open_page(pages[name], width=width)
    page.evaluate(OPEN)
    assert page.complaints == []
    assert page.requested == [pages[name].as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(OVERFLOWING) == []
    assert page.evaluate(OVERLAPPING) == []
    assert page.evaluate(CLIPPED) == []
    if name != "lone_history":
        assert page.evaluate(SMALLEST) >= 10


def test_it_prints_on_paper(pages: dict[str, Path], open_page: Opener) -> None:
    page = open_page(pages["short_history"])
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert pdf.startswith(b"%PDF")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('.contents')).display") == "none"
    assert page.evaluate("document.querySelectorAll('svg.chart').length") > 0
