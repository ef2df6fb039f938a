"""Revenue retention by hand: over twelve months, over as long as both sides have, and what happens once."""

from __future__ import annotations

import math

import numpy as np
import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.config.vocabulary import LifecycleId
from clm_audit.facts.model import Facts
from clm_audit.measures.carried import Level
from clm_audit.measures.measure import measure
from clm_audit.measures.model import MetricTotals, Ratio
from measures.life import subscription
from measures.world import GO_LIVE, Row, World, order, plan

YEAR, LOOK = 364, 28


def made(metric: LifecycleId, facts: Facts, washout_weeks: int = 0) -> MetricTotals:
    """The metric of a world."""
    audit = plan(washout_weeks=washout_weeks)
    return next(one for one in measure(audit, facts).lifecycle if one.metric == metric)


def sums(side: Ratio | NotAssessable) -> tuple[float, float]:
    assert isinstance(side, Ratio), side
    return side.numerator, side.denominator


def world(rows: list[Row], after: int = YEAR) -> Facts:
    """Orders on every day from two years before go-live on, so that the windows are set, and subscriptions."""
    days = range(GO_LIVE - 728, GO_LIVE + after)
    return World({"orders": [order(day % 40, day, 1_000) for day in days], "subscriptions": rows}).facts()


def subscribers() -> list[Row]:
    """Ten of 100.00 a month; before go-live one left and one paid half; after it one doubled and two left."""
    start, then, now = GO_LIVE - 1_000, GO_LIVE - 100, GO_LIVE + 200
    rows = [subscription(each, each, start, 10_000, then if each in (8, 9) else None) for each in range(10)]
    rows.append(subscription(20, 8, then, 5_000))
    for each in (6, 7):
        rows[each]["until"] = now
    rows.append(subscription(21, 0, now, 10_000))
    rows += [subscription(30, 30, GO_LIVE - 50, 7_000), subscription(31, 31, GO_LIVE + YEAR - 5, 99_000)]
    return rows


def club(cut: float = 1.0, changed: int = GO_LIVE, after: int = YEAR) -> list[Row]:
    """Forty of 100.00 a month; in the middle of every four weeks the two longest there leave and two come. On the day
    ``changed`` every amount is multiplied by ``cut``."""
    rows, number = [], 0
    for come in range(-60, after // LOOK + 1):
        start = GO_LIVE + LOOK * come + 14
        end = start + 20 * LOOK
        for _ in range(2):
            parts = [(start, end, 10_000)]
            if start < changed < end and cut != 1.0:
                parts = [(start, changed, 10_000), (changed, end, round(10_000 * cut))]
            elif start >= changed:
                parts = [(start, end, round(10_000 * cut))]
            for since, until, amount in parts:
                shown = until if until < GO_LIVE + after else None
                rows.append(subscription(len(rows), number, since, amount, shown))
            number += 1
    return rows


@pytest.mark.parametrize(("metric", "before", "after"), [("nrr", 850, 820), ("grr", 850, 720)])
def test_revenue_of_the_customers_of_a_year_ago(metric: LifecycleId, before: float, after: float) -> None:
    found = made(metric, world(subscribers()))
    assert sums(found.before) == (before, 1_000)
    # a year ago (a day before go-live): 8 of 100, one of 50, one of 70; now 6 of 100, one more 100, 50 and 70
    assert sums(found.after) == (after, 920)
    at = (found.start == GO_LIVE + 196).nonzero()[0][0]
    step = {"nrr": 820 / 920, "grr": 720 / 920}[metric]
    assert found.num[at] / found.den[at] == pytest.approx(step**13)
    assert found.how["look_back_weeks"] == 52
    assert not found.variants, "the figure itself is that of twelve months"


def test_half_a_year_after_go_live_both_windows_look_back_as_long() -> None:
    """Two of forty leave every four weeks and nobody twice: 24 weeks on, twelve of forty have."""
    found = made("nrr", world(club(after=182), after=182))
    assert found.how["look_back_weeks"] == 24
    assert sums(found.before) == sums(found.after) == (2_800, 4_000)
    [year] = found.variants
    assert year.id == "twelve_months"
    assert sums(year.before) == sums(year.after) == (1_400, 4_000)


@pytest.mark.parametrize(("after", "back"), [(182, 6), (YEAR, 13)])
def test_a_price_list_that_changes_at_go_live_counts_once(after: int, back: int) -> None:
    """All pay a fifth less from go-live on: a fifth less after it than before, over half a year as over a whole one."""
    found = made("nrr", world(club(0.8, after=after), after=after))
    assert found.how["look_back_weeks"] == 4 * back
    kept = 1 - back / 20
    assert sums(found.before) == pytest.approx((4_000 * kept, 4_000))
    assert sums(found.after) == pytest.approx((4_000 * kept * 0.8, 4_000))
    line = np.log(found.num / found.den)
    assert line[found.n0 :].size == back
    assert line[found.n0 :].mean() - line[: found.n0].mean() == pytest.approx(math.log(0.8))
    assert line[: found.n0].mean() == pytest.approx(back * math.log(0.95))


def test_the_learning_time_is_looked_back_to_and_not_over() -> None:
    found = made("nrr", world(club(0.5, changed=GO_LIVE + 10, after=182), after=182), washout_weeks=4)
    assert found.how["look_back_weeks"] == 20
    assert sums(found.before) == (3_000, 4_000)
    assert sums(found.after) == (1_500, 2_000), "halved within the learning time: not since"


def test_the_level_that_goals_are_held_against_is_that_of_twelve_months() -> None:
    found = made("nrr", world(club(0.8, after=182), after=182))
    assert isinstance(found.level, Level)
    assert found.level.num / found.level.den == pytest.approx([0.35] * found.n0 + [0.28] * 6)


def test_an_export_of_those_who_stayed_cannot_tell() -> None:
    rows = [{**row, "until": None} for row in subscribers()]
    found = made("nrr", world(rows))
    assert found.missing == NotAssessable(code="none_ended", detail={"fact": "subscriptions"})
    rows = [{**row, "monthly": None} for row in subscribers()]
    found = made("nrr", world(rows))
    assert found.missing == NotAssessable(code="no_interval", detail={"fact": "subscriptions"})


def test_what_an_export_of_those_who_stayed_shows_of_earlier_years_is_not_read() -> None:
    """Twenty paid for three years; that any of them left is recorded from half a year before go-live on."""
    start, first = GO_LIVE - 1_100, GO_LIVE - 182
    leaving = {each: first + 40 * each for each in range(14)}
    rows = [subscription(each, each, start, 10_000, leaving.get(each)) for each in range(20)]
    rows += [subscription(40 + each, each, start - 90, 9_000, start) for each in range(20)]  # another price is no loss
    found = made("nrr", world(rows))
    assert found.how["look_back_weeks"] == 24
    assert sums(found.before) == (1_500, 1_900)  # one had left 24 weeks before go-live, five a day before it
    assert sums(found.after) == (600, 1_000)  # ten 24 weeks before the end, fourteen at the end
    assert found.start[0] >= first
    [year] = found.variants
    assert year.before == NotAssessable(code="short_look_back", detail={"side": "before", "weeks": 52, "longest": 24})
    assert sums(year.after) == (600, 1_500)
    few = made("nrr", world(rows[12:20]))  # two losses alone: nobody knows since when
    assert sums(few.before) == (800, 800)


def test_subscriptions_that_begin_at_go_live_have_nothing_before_to_compare() -> None:
    rows = [{**row, "day": max(row["day"], GO_LIVE - 10)} for row in subscribers() if row["until"] != GO_LIVE - 100]
    found = made("grr", world(rows))
    short = NotAssessable(code="short_look_back", detail={"side": "before", "weeks": 4, "longest": 0})
    assert (found.before, found.missing) == (short, short)
    assert isinstance(found.after, Ratio)
