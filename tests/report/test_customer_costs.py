"""Winning and keeping a customer: the figures by hand, and the two sentences exactly under their conditions."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from pathlib import Path

import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import MetricId
from clm_audit.measures.model import DAYS_PER_MONTH, WEEKS_PER_YEAR, MetricTotals, Ratio
from clm_audit.report.customer_costs import customer_costs_report, notes
from clm_audit.report.html import to_html
from clm_audit.report.model import Unknown
from clm_audit.verdict.customer_costs import CustomerCosts, customer_costs
from tests.report import cost_sentence_table as table
from tests.report import worlds
from tests.verdict import money_world as world

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sentences.md"
GONE = NotAssessable(code="missing_fact", detail={"fact": "spend"})


def item(metric: MetricId, *sides: tuple[float, float, float] | None) -> MetricTotals:
    """Numerator, denominator and weeks before and after; None: not known."""
    before, after = (GONE if side is None else Ratio(side[0] / side[1], *side) for side in sides)
    return replace(world.totals(metric), before=before, after=after)


def both(*items: MetricTotals) -> CustomerCosts:
    found = customer_costs(world.measured(*items))
    assert isinstance(found, CustomerCosts)
    return found


def test_the_figures_by_hand() -> None:
    """1,000 active customers; 13,000 spent on keeping in a quarter, 50 for each customer won; 4 per one kept."""
    months = 13 * 7 / DAYS_PER_MONTH
    quarter = (600.0, 1_000.0 * months, 13.0)
    found = both(
        item("purchase_frequency", quarter, quarter),
        item("acquisition_cost", (5_000, 100, 13), (5_000, 100, 13)),
        item("retention_cost", (13_000, 3_250, 13), (13_000, 3_250, 13)),
    )
    assert found.after.cac == 50
    assert found.after.crc == 4
    assert found.after.ratio == pytest.approx(0.08)
    assert found.after.spend == pytest.approx(13_000 / 13 * WEEKS_PER_YEAR / 1_000)
    assert found.after.breakeven == pytest.approx(13_000 / 13 * WEEKS_PER_YEAR / 1_000 / 50)


def test_what_is_missing_says_why_and_the_rest_stands() -> None:
    found = both(item("acquisition_cost", (5_000, 100, 13), (5_000, 100, 13)), item("retention_cost", None, None))
    assert found.before.cac == 50
    assert found.before.crc == GONE
    assert found.after.ratio == GONE
    assert found.after.breakeven == GONE
    assert (
        customer_costs(world.measured(item("retention_cost", None, None), item("acquisition_cost", None, None))) == GONE
    )
    assert isinstance(customer_costs_report(GONE), Unknown)


def walk() -> list[table.Windows]:
    sizes = (0.7, 0.9, 0.997, 1.3)
    return [
        table.Windows((52_000.0, 52_000.0 * spend * part), (1_000.0, 1_000.0 * won * part), (52.0, 52.0 * part), kept)
        for spend, won, part, kept in itertools.product(sizes, sizes, (1.0, 0.5), (True, False))
    ]


def said(case: table.Windows) -> str:
    won = item("acquisition_cost", *zip(case.spend, case.won, case.weeks, strict=True))
    kept = world.totals("retention_cost") if case.kept else item("retention_cost", None, None)
    return " ".join(notes(both(won, kept, world.totals("purchase_frequency"))))


@pytest.mark.parametrize("row", table.COST_ROWS, ids=lambda row: row.words[:30])
def test_a_sentence_appears_exactly_under_its_condition(row: table.CostRow) -> None:
    pattern = re.compile(re.escape(row.words).replace("…", r"\S+(?: %)?"))
    met = [(case, bool(pattern.search(said(case)))) for case in walk()]
    assert [case for case, shown in met if shown != row.holds(case)] == []
    assert {shown for _, shown in met} == {True, False}


def test_nothing_else_is_said() -> None:
    for case in walk():
        left = said(case)
        for row in table.COST_ROWS:
            left = re.sub(re.escape(row.words).replace("…", r"\S+(?: %)?"), "", left)
        assert not left.strip()


def test_the_page_shows_the_figures() -> None:
    page = to_html(worlds.full_report())
    assert "Winning and keeping a customer" in page
    assert "Winning and keeping" not in to_html(worlds.bare_report())


def test_the_page_of_sentences_holds_the_table() -> None:
    assert table.as_markdown() in PAGE.read_text(encoding="utf-8")
