"""What the page looks like: pictures of its parts at three widths and of its printed pages, against references."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Page

from browser.looks import REFERENCES, assert_looks_like, reference, small, unlike
from clm_audit.report.html import to_html
from clm_audit.report.model import AuditReport, Unknown
from clm_audit.report.model_brand import Brand
from report import worlds

pytestmark = pytest.mark.browser
Opener = Callable[..., Page]
WIDTHS = (400, 800, 1280)
PARTS = {"cover": "header.cover", "verdict": "#verdict", "summary": "#summary", "question": "#purchase_frequency"}
LETTERS = '*, .chart text { font-family: "DejaVu Sans" !important; }'  # the one font that every machine of ours has
DAMAGES = {
    "cover": "header.cover { background: #0b5fff !important; }",
    "verdict": ".verdict { border-left: 0 !important; padding: 0 !important; }",
    "summary": "#summary svg.chart { visibility: hidden; }",
    "question": ".observed, .band, use { visibility: hidden; }",
}


def stable_report() -> AuditReport:
    """A report of the parts that are compared: the money and what is next have tests of their own."""
    report = worlds.full_report()
    verdict = report.verdict.model_copy(update={"next_step": "Look first at what worsened."})
    nothing = Unknown(reason="The costs of the CRM were not given.")
    return report.model_copy(
        update={"verdict": verdict, "money": nothing, "worth": nothing, "recommendations": (), "lifecycle": ()}
    )


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("looks") / "report.html"
    found.write_text(to_html(stable_report()), encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def printed(path: Path, browser: object) -> Iterator[pypdfium2.PdfDocument]:
    page = browser.new_context(bypass_csp=True).new_page()
    page.goto(path.as_uri())
    page.add_style_tag(content=LETTERS)
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True, print_background=True))
    page.context.close()
    yield document
    document.close()


def opened(open_page: Opener, path: Path, width: int, style: str = "") -> Page:
    page = open_page(path, width=width, bypass_csp=True)
    page.add_style_tag(content=LETTERS + style)
    return page


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("part", PARTS)
def test_the_page_looks_as_it_should(part: str, width: int, path: Path, open_page: Opener) -> None:
    picture = opened(open_page, path, width).locator(PARTS[part]).screenshot()
    assert_looks_like(f"{part}-{width}", picture)


def test_the_dark_page_looks_as_it_should(path: Path, open_page: Opener) -> None:
    page = open_page(path, width=800, scheme="dark", bypass_csp=True)
    page.add_style_tag(content=LETTERS)
    assert_looks_like("question-dark", page.locator(PARTS["question"]).screenshot())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("part", PARTS)
def test_a_damaged_page_is_noticed(part: str, width: int, path: Path, open_page: Opener) -> None:
    """The comparison is worth something only if it fails: a colour, a border, a chart, two lines of a chart."""
    picture = opened(open_page, path, width, DAMAGES[part]).locator(PARTS[part]).screenshot()
    assert unlike(small(picture), reference(f"{part}-{width}"))


def test_other_letters_are_no_damage(path: Path, open_page: Opener) -> None:
    """Half a pixel more between letters, as another version of a font or of the browser may have."""
    page = opened(open_page, path, 1280, "#verdict { letter-spacing: .05px; }")
    assert not unlike(small(page.locator("#verdict").screenshot()), reference("verdict-1280"))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_first_printed_pages_look_as_they_should(number: int, printed: pypdfium2.PdfDocument) -> None:
    assert_looks_like(f"paper-{number}", drawn(printed, number - 1))


def test_no_printed_page_is_half_empty(printed: pypdfium2.PdfDocument) -> None:
    """The last one may be; on all others ink reaches well below the middle (the page number does not count). What is
    left free is the price of keeping a question's numbers and its chart on one page."""
    assert 8 <= len(printed) <= 24
    for number in range(len(printed) - 1):
        page = small(drawn(printed, number)).convert("L")
        above = page.crop((0, 0, page.width, int(page.height * 0.93)))
        lowest = above.point(lambda level: 255 if level < 235 else 0).getbbox()
        assert lowest is not None
        assert lowest[3] > 0.55 * page.height, f"page {number + 1}"


def test_the_summary_is_one_printed_page(printed: pypdfium2.PdfDocument) -> None:
    texts = [printed[number].get_textpage().get_text_range() for number in range(3)]
    assert ["Summary" in text.splitlines() for text in texts] == [False, True, False]
    assert stable_report().metrics[0].question in texts[2]


def drawn(document: pypdfium2.PdfDocument, number: int) -> bytes:
    out = io.BytesIO()
    document[number].render(scale=1.2).to_pil().save(out, "PNG")
    return out.getvalue()


def test_the_references_are_small_and_all_used() -> None:
    used = {f"{part}-{width}" for part in PARTS for width in WIDTHS} | {
        "question-dark",
        "paper-1",
        "paper-2",
        "paper-3",
    }
    assert {one.stem for one in REFERENCES.glob("*.png") if not one.stem.endswith(".got")} == used
    assert sum(one.stat().st_size for one in REFERENCES.glob("*.png")) < 250_000


def test_a_logo_is_drawn_and_keeps_its_form(open_page: Opener, tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGB", (300, 100), "#c00000").save(out, "PNG")
    logo = {"media": "image/png", "width": 300, "height": 100, "data": b64encode(out.getvalue()).decode()}
    brand = Brand.model_validate({"colour": "#ffe600", "logo": logo})
    found = tmp_path / "brand.html"
    found.write_text(to_html(stable_report().model_copy(update={"brand": brand})), encoding="utf-8")
    page = open_page(found, width=1280)
    size = page.evaluate("(i => [i.naturalWidth, i.clientWidth, i.clientHeight])(document.querySelector('.logo img'))")
    assert size[0] == 300
    assert 2.5 < size[1] / size[2] < 3.5
    assert page.complaints == []
