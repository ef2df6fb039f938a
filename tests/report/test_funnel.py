"""The funnel, the scores and the goals in the report: what the frozen report holds is what is shown."""

from __future__ import annotations

import random
from functools import cache
from xml.etree import ElementTree

import pytest

from clm_audit.config.stages import Stage
from clm_audit.measures.measure import measure
from clm_audit.report import svg
from clm_audit.report.charts import NARROW, WIDE
from clm_audit.report.charts_funnel import funnel_figure, scores_figure
from clm_audit.report.compose_funnel import funnel_report, scores_report
from clm_audit.report.model_base import Unknown
from clm_audit.report.model_funnel import FunnelReport, ScoresReport
from clm_audit.report.words_funnel import drop_off
from measures.life import answer, stage
from measures.world import GO_LIVE, World, order, plan


@cache
def reports(lead: float = 0.5) -> tuple[FunnelReport | Unknown, ScoresReport | Unknown]:
    """Three entrants of the first stage a day; ``lead`` of them move on after go-live, three in ten before it."""
    draw = random.Random(2)
    stages, answers, customer = [], [], 0
    for day in range(GO_LIVE - 728, GO_LIVE + 364):
        for _ in range(3):
            customer += 1
            stages.append(stage(customer, 1, day))
            if draw.random() < (lead if day >= GO_LIVE else 0.3):
                stages.append(stage(customer, 2, day + 20))
                if draw.random() < 0.1:
                    stages.append(stage(customer, 3, day + 30))
        answers.append(answer(customer, day, draw.choice([2, 7, 10] if day < GO_LIVE else [7, 10])))
    orders = [order(day % 40, day, 1_000) for day in range(GO_LIVE - 728, GO_LIVE + 364)]
    audit = plan(stages=tuple(Stage(name=name, owner=owner) for name, owner in (
        ("visit", "Marketing"), ("trial", "Sales"), ("order", None), ("loyal", None))))  # fmt: skip
    world = World({"orders": orders, "stages": stages, "surveys": answers})
    measured = measure(audit, world.facts())
    return funnel_report(audit, measured), scores_report(measured)


def test_the_funnel_says_who_entered_and_who_moved_on() -> None:
    funnel, _ = reports()
    assert isinstance(funnel, FunnelReport)
    assert [(one.name, one.owner) for one in funnel.stages] == [
        ("visit", "Marketing"),
        ("trial", "Sales"),
        ("order", None),
    ]
    visit, trial, last = funnel.stages
    # 91 full days are cut off at the end of both windows; three visitors a day
    assert visit.before.entered == visit.after.entered == 3 * 7 * 39
    assert visit.before.share == pytest.approx(0.3, abs=0.05)
    assert visit.after.share == pytest.approx(0.5, abs=0.05)
    assert isinstance(last.before.share, Unknown)
    assert "The largest drop-off is out of trial, where" in funnel.sentence
    assert trial.after.share == pytest.approx(0.1, abs=0.05)


def test_scores_are_shares_of_the_answers() -> None:
    _, scores = reports()
    assert isinstance(scores, ScoresReport)
    assert sum(scores.before) == pytest.approx(1)
    assert sum(scores.after) == pytest.approx(1)
    assert (scores.answers_before, scores.answers_after) == (364, 364)
    assert scores.after[2] == 0
    assert scores.before[2] == pytest.approx(1 / 3, abs=0.08)
    assert scores.sentence.endswith("0.0 % detractors after it.")


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_drawings_are_named_and_stay_inside(width: int) -> None:
    funnel, scores = reports()
    assert isinstance(funnel, FunnelReport)
    assert isinstance(scores, ScoresReport)
    for chart in (funnel_figure(funnel, width), scores_figure(scores, width)):
        drawn = ElementTree.fromstring(svg.single(chart, "name"))
        space = "{http://www.w3.org/2000/svg}" if drawn.tag.startswith("{") else ""
        assert drawn.find(f"{space}title").text
        assert drawn.find(f"{space}desc").text.endswith("The numbers are in the table that follows.")
        for mark in chart.marks:
            if mark.tag == "rect":
                assert float(mark.attributes["x"]) >= 0
                assert float(mark.attributes["x"]) + float(mark.attributes["width"]) <= width + 0.1
                assert float(mark.attributes["y"]) + float(mark.attributes["height"]) <= chart.height
                assert mark.css in ("step", "strong")


def test_bars_are_as_long_as_their_numbers() -> None:
    funnel, _ = reports()
    assert isinstance(funnel, FunnelReport)
    bars = [float(mark.attributes["width"]) for mark in funnel_figure(funnel, WIDE).marks if mark.tag == "rect"]
    entered = [side.entered for one in funnel.stages for side in (one.before, one.after)]
    for bar, number in zip(bars, entered, strict=True):
        assert bar == pytest.approx(max(bars[0] * number / entered[0], 1), abs=0.2)


def test_without_stages_and_answers_nothing_is_drawn() -> None:
    orders = [order(day % 40, day, 1_000) for day in range(GO_LIVE - 400, GO_LIVE + 364)]
    measured = measure(plan(), World({"orders": orders}).facts())
    assert isinstance(funnel_report(plan(), measured), Unknown)
    assert isinstance(scores_report(measured), Unknown)


def test_two_windows_may_lose_customers_at_different_places() -> None:
    assert drop_off({"before": ("trial", 0.2), "after": ("visit", 0.3)}, 90) == (
        "The largest drop-off before go-live is out of trial, where 20 % moved on within 90 days; after it, out of"
        " visit, where 30 % moved on within 90 days."
    )
    assert drop_off({"before": None, "after": ("visit", 0.3)}, 90).startswith("The largest drop-off after go-live is")
    assert drop_off({"before": None, "after": None}, 90).startswith("Too few")
