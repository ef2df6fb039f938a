"""The client's colour and logo on the page: readable on every paper, checked, and nothing else changed."""

from __future__ import annotations

import re
from colorsys import rgb_to_hls
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import clm_audit.report.html
from clm_audit.report import palette
from clm_audit.report.html import to_html
from clm_audit.report.model_brand import Brand, LogoReport
from report import worlds

CSS = (Path(clm_audit.report.html.__file__).parent / "templates" / "report.css").read_text(encoding="utf-8")
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
REPORT = worlds.full_report()


def luminance(colour: str) -> float:
    """By the letter of WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return sum(
        weight * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
        for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True)
    )


def ratio(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@given(COLOURS)
def test_every_colour_becomes_readable_on_every_paper(colour: str) -> None:
    assert all(ratio(palette.on_light(colour), paper) >= 4.5 for paper in palette.LIGHT_PAPERS)
    assert all(ratio(palette.on_dark(colour), paper) >= 4.5 for paper in palette.DARK_PAPERS)


@given(COLOURS)
def test_a_colour_is_changed_only_where_it_must_be_and_that_is_said(colour: str) -> None:
    for repaired, papers in ((palette.on_light, palette.LIGHT_PAPERS), (palette.on_dark, palette.DARK_PAPERS)):
        enough = all(ratio(colour, paper) >= 4.5 for paper in papers)
        assert (repaired(colour) == colour) == enough
        assert enough or repaired(colour) in palette.said(colour)


@given(COLOURS)
def test_the_hue_stays(colour: str) -> None:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    hue, _, saturation = rgb_to_hls(*parts)
    shown = palette.on_light(colour)
    new, lightness, _ = rgb_to_hls(*(int(shown[at : at + 2], 16) / 255 for at in (1, 3, 5)))
    if saturation > 0.3 and 0.1 < lightness < 0.9:
        assert min(abs(new - hue), 1 - abs(new - hue)) < 0.03


def test_the_papers_are_those_of_the_style_sheet() -> None:
    light, dark = CSS.split("@media (prefers-color-scheme: dark)")[:2]
    for part, papers in ((light, palette.LIGHT_PAPERS), (dark[: dark.index("* {")], palette.DARK_PAPERS)):
        found = re.findall(r"--(?:paper|shade|good-tint|bad-tint): (#\w{6})", part)
        assert sorted(found) == sorted(papers)


def test_the_colour_is_in_the_style_and_in_the_drawings() -> None:
    page = to_html(REPORT.model_copy(update={"brand": Brand(colour="#FFE600")}))
    light, dark = palette.on_light("#FFE600"), palette.on_dark("#FFE600")
    assert page.count(f"--accent: {light}") == 2  # screen and paper
    assert page.count(f"--accent: {dark}") == 1
    assert f'stroke="{light}"' in page
    assert "#0f5c8c" not in page.split("</style>")[1]
    assert palette.said("#FFE600") in page


def test_the_logo_is_on_the_cover_under_the_name_of_the_client() -> None:
    logo = LogoReport(media="image/png", width=120, height=40, data="iVBORw0KGgo=")
    page = to_html(REPORT.model_copy(update={"brand": Brand(logo=logo)}))
    (found,) = re.findall(r"<img [^>]*>", page)
    assert 'src="data:image/png;base64,iVBORw0KGgo="' in found
    assert f'alt="{REPORT.client}"' in found
    assert "<img" not in to_html(REPORT)


@pytest.mark.parametrize("colour", ["red", "#12345", "#1234567", '#12345"', "#0b5fff;}", "#0b5fff\n"])
def test_a_saved_audit_cannot_bring_style_of_its_own(colour: str) -> None:
    with pytest.raises(ValidationError):
        Brand(colour=colour)


@pytest.mark.parametrize("data", ["", 'x" onload="x', "<svg>", "a b"])
def test_a_saved_audit_cannot_bring_markup_in_a_logo(data: str) -> None:
    with pytest.raises(ValidationError):
        LogoReport(media="image/png", width=1, height=1, data=data)
