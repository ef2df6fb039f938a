"""docs/intake.md shows the saved results, and only them."""

from __future__ import annotations

from intake_page import PAGE, TABLES, written
from pollute import catalogue
from readers import READERS
from score import WEIGHTS


def test_the_page_has_the_numbers_of_the_results() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name in TABLES:
        assert f"<!-- {name} -->" in text
    assert written(text) == text, "run benchmarks/intake/intake_page.py"


def test_the_page_shows_every_reader_and_family() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name in (*READERS, *{one.family for one in catalogue()}):
        assert f"| {name} |" in text, name
    assert {one.family for one in catalogue()} | {"clean", "several", "big files"} == set(WEIGHTS)
