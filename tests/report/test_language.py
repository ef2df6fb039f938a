"""Numbers and dates in the reader's formats, in every format for people; the JSON stays neutral."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from clm_audit.config.brand import Language
from clm_audit.report import numbers, spelling
from clm_audit.report.html import to_html
from clm_audit.report.json_out import to_json
from clm_audit.report.language import rewritten, spoken
from clm_audit.report.markdown import to_markdown
from clm_audit.report.model import AuditReport
from clm_audit.report.model_brand import Brand
from clm_audit.report.terminal import print_report
from report import worlds

OTHERS: tuple[Language, ...] = ("de", "fr", "es")
REPORTS = {name: getattr(worlds, name)() for name in ("full_report", "inconclusive_report", "bare_report")}
NEUTRAL = re.compile(r"(?<![\w.,:/#-])\d+\.\d+(?![\w.-])|(?<![\w.])\d{1,3},\d{3}|(?<!\w)20\d\d-\d\d-\d\d(?!\.\w)")


def speaking(report: AuditReport, language: Language) -> AuditReport:
    return report.model_copy(update={"brand": Brand(language=language)})


def drawn(report: AuditReport) -> str:
    console = Console(file=io.StringIO(), width=120)
    print_report(report, console)
    return console.file.getvalue()


@given(st.decimals(0, 10**9, places=2))
def test_numbers_are_written_as_the_languages_write_them(amount: object) -> None:
    for language in OTHERS:
        with numbers.speaking(language):
            text = numbers.money(str(amount), None)
        assert text == format_decimal(amount, "#,##0.00", locale=language)


@pytest.mark.parametrize("language", OTHERS)
def test_dates_are_written_as_the_languages_write_them(language: Language) -> None:
    patterns = {"de": "dd.MM.yyyy", "fr": "dd/MM/yyyy", "es": "dd/MM/yyyy"}
    with numbers.speaking(language):
        assert numbers.day(date(2024, 7, 1)) == format_date(date(2024, 7, 1), patterns[language], locale=language)
    assert numbers.day(date(2024, 7, 1)) == "2024-07-01"


@given(st.floats(-1e9, 1e9))
def test_a_sentence_says_what_the_renderer_would_have_written(value: float) -> None:
    for language in OTHERS:
        text = f"from {numbers.percent(value, sign=True)} to {numbers.money(value, 'USD')} on {numbers.day(DAY)}."
        with numbers.speaking(language):
            direct = f"from {numbers.percent(value, sign=True)} to {numbers.money(value, 'USD')} on {numbers.day(DAY)}."
            assert rewritten(text) == direct


DAY = date(2025, 3, 31)


@pytest.mark.parametrize(
    "name",
    ["shop/2024-07-01.csv", "orders_2024-07-01.csv", "export 2024-07-01.csv", "“v 1.5”", "clm-audit 0.1.0", "`a 1.5`",
     "clm-audit.yaml:4:1", "p1.5", "1.5x", "sha-1.5"],
)  # fmt: skip
def test_names_in_a_sentence_are_left_alone(name: str) -> None:
    with numbers.speaking("de"):
        assert rewritten(f"see {name}, please") == f"see {name}, please"


def test_the_ends_of_an_interval_are_told_apart() -> None:
    with numbers.speaking("fr"):
        assert rewritten("it is [−1.2 %, +2.2 %], 3 of 4") == "it is [−1,2 %; +2,2 %], 3 of 4"
        assert numbers.percent_range(-0.012, 0.022) == "[−1,2 %; +2,2 %]"


@pytest.mark.parametrize("name", REPORTS)
def test_no_number_is_left_in_another_format(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With marks that occur nowhere else, so that what is left of the neutral form shows."""
    monkeypatch.setitem(spelling.FORMATS, "de", spelling.Format("'", "_", "; ", "%d~%m~%Y"))
    report = speaking(REPORTS[name], "de")
    page = re.sub(r"(?s)<style>.*?</style>|<details><summary>Every setting.*?</details>|<[^>]*>", " ", to_html(report))
    for text in (page, drawn(report), to_markdown(report)):
        assert "%" in text or name == "bare_report"
        assert NEUTRAL.findall(text.replace(report.tool.version, "")) == []


@pytest.mark.parametrize("name", REPORTS)
def test_the_json_is_the_same_in_every_language(name: str) -> None:
    plain = to_json(REPORTS[name])
    for language in OTHERS:
        other = to_json(speaking(REPORTS[name], language))
        assert re.sub(r'"(sha256|language)": ?"\w+"', "", other) == re.sub(r'"(sha256|language)": ?"\w+"', "", plain)


@pytest.mark.parametrize("language", OTHERS)
def test_the_page_says_that_its_text_is_english(language: Language) -> None:
    assert to_html(speaking(REPORTS["full_report"], language)).count("lang=") == 1


def test_names_of_the_reader_are_not_rewritten() -> None:
    report = REPORTS["full_report"].model_copy(update={"title": "Audit 1.5", "client": "3.5 Ltd"})
    with spoken(speaking(report, "de")) as said:
        assert (said.title, said.client, said.files, said.plan) == ("Audit 1.5", "3.5 Ltd", report.files, report.plan)


def test_the_neutral_language_is_back_afterwards() -> None:
    with pytest.raises(ZeroDivisionError), numbers.speaking("de"):
        raise ZeroDivisionError
    assert numbers.percent(0.071) == "7.1 %"
