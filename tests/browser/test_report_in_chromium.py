"""The HTML report in a real browser: quiet, offline, accessible, and laid out without clipping or overlap."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from clm_audit import audit, plan
from clm_audit.cli.compare import held_against
from clm_audit.config.shipped import shipped
from clm_audit.report.html import to_html
from clm_audit.report.json_out import to_json
from report import worlds

pytestmark = pytest.mark.browser
Opener = Callable[..., Page]
NAMES = ("full_report", "inconclusive_report", "bare_report")
WIDTHS = (1280, 800, 400)
ONE_LINE = 18  # letters of a title that are not broken beside the message

OVERFLOWING = """() => [...document.querySelectorAll('body *')].filter(e => {
  if (e.closest('.scroll') || e.closest('.skip') || e.closest('details:not([open])')) return false;
  const style = getComputedStyle(e);
  if (style.display === 'none' || style.clipPath !== 'none' || e.closest('thead')) return false;
  return e.getBoundingClientRect().right > document.documentElement.clientWidth + 1;
}).map(e => e.tagName + '.' + (e.className.baseVal ?? e.className) + ': ' + e.textContent.slice(0, 40))"""

OVERLAPPING = """() => [...document.querySelectorAll('svg.chart')].filter(s => s.getClientRects().length).flatMap(s => {
  const boxes = [...s.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], at) => boxes.slice(at + 1)
    .filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2)
    .map(([other]) => `${one} / ${other}`));
})"""

CLIPPED = """() => [...document.querySelectorAll('svg.chart')].filter(s => s.getClientRects().length).flatMap(s => {
  const around = s.getBoundingClientRect();
  return [...s.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()])
    .filter(([, b]) => b.left < around.left - 1 || b.right > around.right + 1 || b.bottom > around.bottom + 1)
    .map(([text]) => text);
})"""

SMALLEST = """() => Math.min(...[...document.querySelectorAll('svg.chart text')].filter(t => t.getClientRects().length)
  .map(t => parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a))"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    paths = {name: folder / f"{name}.html" for name in NAMES}
    for name, path in paths.items():
        path.write_text(to_html(getattr(worlds, name)()), encoding="utf-8")
    paths["sample"] = folder / "sample.html"
    first = audit(plan(config=shipped("sample_data") / "clm-audit.yaml"))
    (folder / "first.json").write_text(to_json(first), encoding="utf-8")
    whole = audit(held_against(plan(config=shipped("sample_data") / "clm-audit.yaml"), folder / "first.json"))
    paths["sample"].write_text(to_html(whole), encoding="utf-8")
    return paths


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_quiet_and_asks_for_nothing(name: str, pages: dict[str, Path], open_page: Opener) -> None:
    page = open_page(pages[name])
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.screenshot(full_page=True)
    assert page.complaints == []
    assert page.requested == [pages[name].as_uri()]


def test_the_style_is_applied_under_the_policy(pages: dict[str, Path], open_page: Opener) -> None:
    page = open_page(pages["full_report"])
    assert page.evaluate("getComputedStyle(document.querySelector('.verdict')).borderLeftWidth") == "8px"
    assert page.evaluate("document.styleSheets[0].cssRules.length") > 50


def test_the_policy_would_stop_a_script(pages: dict[str, Path], open_page: Opener, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.html"
    text = pages["full_report"].read_text(encoding="utf-8")
    hostile.write_text(text.replace("</main>", "<script>document.title = 'ran'</script></main>"), encoding="utf-8")
    page = open_page(hostile)
    assert page.title() != "ran"
    assert any("Content Security Policy" in complaint for complaint in page.complaints)


@pytest.mark.parametrize(
    ("name", "scheme", "width"),
    [
        *(("full_report", scheme, width) for scheme in ("light", "dark") for width in (1280, 400)),
        ("inconclusive_report", "light", 1280),
        ("bare_report", "dark", 400),
        ("sample", "light", 1280),
        ("sample", "dark", 400),
    ],
)
def test_axe_finds_nothing(name: str, scheme: str, width: int, pages: dict[str, Path], open_page: Opener) -> None:
    page = open_page(pages[name], scheme=scheme, width=width, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [*NAMES, "sample"])
def test_nothing_runs_out_of_the_page(name: str, width: int, pages: dict[str, Path], open_page: Opener) -> None:
    page = open_page(pages[name], width=width)
    for opened in (False, True):
        page.evaluate(f"document.querySelectorAll('details').forEach(d => d.open = {str(opened).lower()})")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OVERFLOWING) == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["full_report", "inconclusive_report", "sample"])
def test_chart_words_neither_overlap_nor_are_cut(
    name: str, width: int, pages: dict[str, Path], open_page: Opener
) -> None:
    page = open_page(pages[name], width=width)
    assert page.evaluate(OVERLAPPING) == []
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate(SMALLEST) >= 10


@pytest.mark.parametrize("width", WIDTHS)
def test_one_drawing_of_each_chart_is_shown(width: int, pages: dict[str, Path], open_page: Opener) -> None:
    page = open_page(pages["full_report"], width=width)
    shown = (
        "[...document.querySelectorAll('svg.chart')].filter(s => s.getClientRects().length).map(s => s.classList[1])"
    )
    sizes = set(page.evaluate(shown))
    assert sizes == {"only", "narrow" if width <= 640 else "wide"}


def test_the_keyboard_reaches_the_skip_link_first_and_then_all_that_scrolls(
    pages: dict[str, Path], open_page: Opener
) -> None:
    page = open_page(pages["full_report"], width=400)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    unreachable = """() => [...document.querySelectorAll('*')].filter(e => e.scrollWidth > e.clientWidth + 1
      && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX) && e.tabIndex < 0).length"""
    assert page.evaluate(unreachable) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lines_of_charts_stand_out_from_the_page(scheme: str, pages: dict[str, Path], open_page: Opener) -> None:
    page = open_page(pages["full_report"], scheme=scheme)
    colour = "([css, what]) => getComputedStyle(document.querySelector(css))[what]"
    paper = page.evaluate(colour, ["body", "backgroundColor"])
    for css in (".chart .observed", ".chart .go-live", ".chart .expected", ".chart .interval"):
        assert contrast(page.evaluate(colour, [css, "stroke"]), paper) >= 3


def test_high_contrast_mode_uses_the_colours_of_the_system(pages: dict[str, Path], open_page: Opener) -> None:
    page = open_page(pages["full_report"], forced_colors="active")
    colour = "([css, what]) => getComputedStyle(document.querySelector(css))[what]"
    paper = page.evaluate(colour, ["body", "backgroundColor"])
    for css, what in ((".chart .observed", "stroke"), (".chart .t-ink", "fill"), (".chart .go-live", "stroke")):
        assert contrast(page.evaluate(colour, [css, what]), paper) >= 3


def test_it_prints_on_paper_without_the_tables_of_points(pages: dict[str, Path], open_page: Opener) -> None:
    page = open_page(pages["full_report"])
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert pdf.startswith(b"%PDF")
    document = pypdfium2.PdfDocument(pdf)
    text = " ".join("".join(one.get_textpage().get_text_range() for one in document).split())
    assert 4 <= len(document) <= 30
    document.close()
    assert "The numbers behind" not in text
    for closed in ("By segment", "What was checked and passed", "How it is defined", "What the money rests on"):
        assert closed in text
    short = [check.title for check in worlds.full_report().checks if len(check.title) <= ONE_LINE]
    assert len(short) > 5
    assert [title for title in short if title not in text] == []
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('.contents')).display") == "none"
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (400, "light")])
def test_a_screenshot_shows_something(width: int, scheme: str, pages: dict[str, Path], open_page: Opener) -> None:
    page = open_page(pages["full_report"], width=width, scheme=scheme)
    picture = page.screenshot()
    pixels = zlib.decompress(idat(picture))
    assert len(set(pixels)) > 60


def idat(png: bytes) -> bytes:
    """The compressed pixels of a PNG."""
    at, found = 8, b""
    while at < len(png):
        size, kind = int.from_bytes(png[at : at + 4]), png[at + 4 : at + 8]
        found += png[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        at += 12 + size
    return found


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two ``rgb(r, g, b)`` colours."""

    def luminance(colour: str) -> float:
        parts = [float(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
