"""Every format gives the ids of the numbers that it shows: each exists, and is the number that stands there."""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from lxml import etree
from pptx import Presentation
from rich.console import Console

from clm_audit import audit, plan, read_audit
from clm_audit.cli.compare import held_against
from clm_audit.config.brand import MOST_BYTES
from clm_audit.config.shipped import shipped
from clm_audit.report.formats import FORMATS
from clm_audit.report.html import to_html
from clm_audit.report.json_out import to_json
from clm_audit.report.model import AuditReport, Unknown
from clm_audit.report.model_brand import Brand, LogoReport
from clm_audit.report.model_money import MoneyReport
from clm_audit.report.said import said_numbers, sentences
from clm_audit.report.terminal import print_report
from clm_audit.report.trace import find, leaves, numbers
from report import worlds
from report.shown_numbers import MINUS, NOTHING, UNSURE, Ids, fits, numbers_in, pairs

HEADLINES = ("before.value", "after.value", "observed_change", "adjusted.effect", "adjusted.low", "adjusted.high")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> AuditReport:
    """The sample company beside an earlier audit of it: everything that a report can hold."""
    folder = tmp_path_factory.mktemp("sample")
    asked = plan(config=shipped("sample_data") / "clm-audit.yaml")
    (folder / "first.json").write_text(to_json(audit(asked)), encoding="utf-8")
    (folder / "second.json").write_text(to_json(audit(held_against(asked, folder / "first.json"))), encoding="utf-8")
    return read_audit(folder / "second.json")


@pytest.fixture(scope="module")
def deck(sample: AuditReport) -> Any:
    return Presentation(io.BytesIO(FORMATS["pptx"].render(sample)))


@pytest.fixture(params=["sample", "full", "bare"])
def report(request: pytest.FixtureRequest) -> AuditReport:
    if request.param == "sample":
        found: AuditReport = request.getfixturevalue("sample")
        return found
    return worlds.full_report() if request.param == "full" else worlds.bare_report()


def as_told(name: str, shown: str) -> str:
    """Costs are shown as what they take away."""
    return shown.removeprefix(MINUS) if name.startswith("money.costs.") else shown


def wrong(name: str, shown: str, values: dict[str, int | float | str]) -> str:
    """What is wrong with a number under an id; empty when it is that number."""
    if shown == NOTHING:
        return f"{name} is known, but not shown" if name in values else ""
    if name not in values:
        return f"{name} does not exist"
    if isinstance(values[name], str) and shown == values[name]:  # a number of a sentence, as it is written
        return ""
    return "" if fits(as_told(name, shown), values[name]) else f"{name} is {values[name]}, not {shown}"


def test_the_numbers_of_the_page_are_those_of_their_ids(report: AuditReport) -> None:
    seen, mistakes = set(), []
    values = numbers(report) | {one.id: one.written for key in sentences(report) for one in said_numbers(key, report)}
    for ids, text in Ids(to_html(report)).cells:
        if UNSURE.search(text) or "years" in text or not any(each.isdigit() for each in text):
            continue
        for name, shown in pairs([(ids, text)]):
            exact = values.get(name)
            if ".parts." in name and isinstance(exact, float):  # log points, shown as a share
                values = {**values, name: math.expm1(exact)}
            if why := wrong(name, shown, values):
                mistakes.append(f"{why}: {text}")
            seen.add(name)
    assert mistakes == []
    headlines = {f"metrics.{one.id}.{part}" for one in report.metrics for part in HEADLINES}
    assert headlines & set(values) <= seen
    for part in (
        "lifecycle.",
        "totals.",
        "files.",
        "money.",
        "customer_costs.",
        "goals.",
        "funnel.",
        "scores.",
        "since.",
    ):
        assert any(key.startswith(part) for key in seen) or not any(
            key.startswith(part) and not key.endswith((".bytes", ".header_line")) for key in values
        ), part


def test_the_page_of_the_sample_leaves_room_below_its_limit(sample: AuditReport) -> None:
    """300,000 bytes is the limit of a full audit; a logo, longer names and an earlier audit must still fit."""
    alone = sample.model_copy(update={"since": Unknown(reason="No earlier audit was given (--against).")})
    assert len(to_html(alone).encode()) <= 290_000
    assert len(to_html(sample).encode()) <= 295_000


def test_the_largest_logo_and_colour_shorten_tables_and_not_the_page(sample: AuditReport) -> None:
    """Whatever is on the cover: below the limit, every section there, and the same bytes again."""
    data = base64.b64encode(bytes(range(256)) * (MOST_BYTES // 256)).decode()
    logo = LogoReport(media="image/png", width=600, height=200, data=data)
    branded = sample.model_copy(update={"brand": Brand(colour="#b00020", logo=logo)})
    page, bare = to_html(branded), to_html(sample)
    assert len(page.encode()) < 300_000
    assert page == to_html(branded)
    for pattern in ("<section id=", "<svg", "<figure id="):
        assert page.count(pattern) == bare.count(pattern)
    assert page.count("the rest in the workbook") >= bare.count("the rest in the workbook")


def test_every_chart_and_table_of_the_page_has_an_anchor(report: AuditReport) -> None:
    page = to_html(report)
    opened = re.findall(r"<(?:figure|table|section)\b[^>]*>", page)
    assert len(opened) > 8
    assert [tag for tag in opened if " id=" not in tag] == []


def test_the_numbers_of_the_workbook_are_those_of_their_ids(report: AuditReport) -> None:
    """The id of a row, with the word over the heading of the column in place of its star."""
    values, seen = numbers(report), set()
    book = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"].render(report)))
    for page in book:
        top = int(re.sub(r"\D", "", page.freeze_panes)) - 1
        assert page[top][-1].value == "id", page.title
        tails = {cell.column: str(cell.value).removeprefix("*.") for cell in page[top - 1] if cell.value}
        for row in page.iter_rows(min_row=top + 1):
            key = next((cell.value for cell in row if page[top][cell.column - 1].value == "id"), None)
            for column, tail in tails.items():
                cell = row[column - 1]
                if key and isinstance(cell.value, int | float):
                    name = key.replace("*", tail) if "*" in key else key
                    assert name in values, (page.title, name)
                    assert cell.value == pytest.approx(float(values[name]), rel=1e-9), name
                    seen.add(name)
    assert {name for name in values if name.endswith(HEADLINES) and name.startswith(("metrics.", "lifecycle."))} <= seen
    for part in ("money.flows.", "money.tornado.", "totals.", "files.", "goals.", "funnel.", "scores.", "since."):
        assert any(name.startswith(part) for name in seen) or not any(
            name.startswith(part) and not name.endswith("days") for name in values
        ), part


def test_the_workbook_of_a_whole_audit_charts_money_and_lifecycle(sample: AuditReport) -> None:
    """Read back by another library: each chart takes the cells of its sheet that hold the numbers of the report."""
    book = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"].render(sample)))
    charts = {page.title: page._charts for page in book if page._charts}
    assert {name: len(found) for name, found in charts.items()} == {
        "Summary": 1, "Series": 6, "Lifecycle": 1, "Curves": 2, "Funnel": 1, "Scores": 1, "Money by year": 1,
        "Money inputs": 1,
    }  # fmt: skip
    assert isinstance(sample.money, MoneyReport)
    net, sums = charts["Money by year"][0].series
    assert cells(book, net.val.numRef.f) == [float(flow.net) for flow in sample.money.flows]
    assert cells(book, sums.val.numRef.f) == [float(flow.cumulative) for flow in sample.money.flows]
    (effects,) = charts["Lifecycle"][0].series
    wanted = [
        None if isinstance(one.adjusted, Unknown) else one.adjusted.effect
        for one in sample.lifecycle
        if one.change_unit == "share"
    ]
    assert cells(book, effects.val.numRef.f) == wanted
    before, after = charts["Curves"][0].series
    shares = [[point.share for point in one.points] for one in sample.lifecycle_view.retention]
    assert [cells(book, line.yVal.numRef.f) for line in (before, after)] == shares
    low, high = charts["Money inputs"][0].series
    assert cells(book, low.val.numRef.f) == [float(one.npv_low) for one in sample.money.tornado]
    assert cells(book, high.val.numRef.f) == [float(one.npv_high) for one in sample.money.tornado]


def cells(book: Any, place: str) -> list[Any]:
    """What stands in ``'Sheet'!$A$1:$A$9``."""
    name, _, area = place.replace("'", "").replace("$", "").partition("!")
    return [row[0].value for row in book[name][area]]


def test_the_notes_of_every_slide_name_the_ids_of_its_numbers(sample: AuditReport, deck: Any) -> None:
    values = numbers(sample)
    assert 10 <= len(deck.slides) <= 15
    named: set[str] = set()
    for slide in deck.slides:
        head, *ids = slide.notes_slide.notes_text_frame.text.splitlines()
        assert head.startswith("Ids of the numbers")
        found = [one for one in ids if one != "none on this slide"]
        assert set(found) <= set(values)
        named |= set(found)
        if slide.shapes.title.text != "Are the data fit to judge by?":  # there the files' numbers are added up
            shown, exact = numbers_in(" ".join(texts_of(slide))), drawn(slide)
            missing = [
                one
                for one in found
                if not any(fits(as_told(one, each), values[one]) for each in shown if each != NOTHING)
                and float(values[one]) not in exact
            ]
            assert missing == []
    assert {f"metrics.{one.id}.adjusted.effect" for one in sample.metrics} <= named
    assert {"money.npv.value", "lifecycle.churn_rate.before.value"} <= named


def drawn(slide: Any) -> set[float]:
    """The numbers in the charts of a slide."""
    series = [line for one in slide.shapes if one.has_chart for line in one.chart.plots[0].series]
    return {value for line in series for value in line.values if value is not None}


def texts_of(slide: Any) -> Iterator[str]:
    for shape in slide.shapes:
        yield shape._element.xpath(".//p:cNvPr")[0].get("descr") or ""
        if shape.has_text_frame:
            yield shape.text_frame.text
        if shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)


def test_the_slides_of_a_whole_audit_have_money_and_lifecycle_with_their_charts(sample: AuditReport, deck: Any) -> None:
    by_title = {slide.shapes.title.text: slide for slide in deck.slides}
    charts = {title: [one.chart for one in slide.shapes if one.has_chart] for title, slide in by_title.items()}
    (money,), (lifecycle,) = charts["The money"], charts["The customer lifecycle"]
    assert isinstance(sample.money, MoneyReport)
    assert list(money.plots[0].series[0].values) == [pytest.approx(float(flow.net)) for flow in sample.money.flows]
    effects = [
        one.adjusted.effect
        for one in sample.lifecycle
        if not isinstance(one.adjusted, Unknown) and one.change_unit == "share"
    ]
    assert set(lifecycle.plots[0].series[0].values) <= set(effects)
    assert sample.since.sentence in " ".join(texts_of(by_title["Verdict"]))


LINE = re.compile(r"([a-z_.]+)\.\[([^\]]+)\]\.\[([^\]]+)\]")


def expanded(text: str) -> list[str]:
    """Every id that the lines below the tables stand for."""
    said = " ".join(text.split())
    assert "ids: " in said
    return [
        f"{part}.{row}.{column}"
        for part, rows, columns in LINE.findall(said)
        for row in rows.split(", ")
        for column in columns.split(", ")
    ]


def on_a_terminal(report: AuditReport) -> str:
    file = io.StringIO()
    print_report(report, Console(file=file, width=100, no_color=True), ids=True)
    return file.getvalue()


@pytest.mark.parametrize("what", ["md", "github", "text"])
def test_the_lines_below_tables_stand_for_numbers_that_are_shown(sample: AuditReport, what: str) -> None:
    values = numbers(sample)
    everything = tuple(leaves(sample))
    text = on_a_terminal(sample) if what == "text" else FORMATS[what].render(sample).decode()
    ids = expanded(text)
    shown = [each for each in numbers_in(text) if each != NOTHING]
    assert len(ids) > 100
    for one in ids:
        named = find(one, tuple(values))
        if not named:  # not known: the audit says why
            assert any(key.startswith(one.rsplit(".", 1)[0]) and key.endswith(".reason") for key in everything), one
            continue
        assert len(named) == 1, named
        if what != "text" or not one.startswith("goals."):  # there in the sentences of the goals
            assert any(fits(as_told(named[0], each), values[named[0]]) for each in shown), named
    assert {"metrics.service_cost.adjusted.effect", "lifecycle.nps.before", "money.npv.value"} <= set(ids)


def test_the_properties_of_the_test_report_are_the_numbers(report: AuditReport) -> None:
    values = numbers(report)
    tree = etree.fromstring(FORMATS["junit"].render(report))
    given = {one.get("name"): one.get("value") for one in tree.iter("property")}
    wanted = {
        name
        for name in values
        if name.startswith("metrics.") and name.removeprefix("metrics.").partition(".")[2] in HEADLINES
    }
    assert wanted <= set(given)
    assert all(value == str(values[name]) for name, value in given.items())
