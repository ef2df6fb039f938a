"""Figures of those who stay and those who are lost agree with each other: by hand, at one horizon, of one cohort."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import Activation
from clm_audit.inference.survival import Survival, survival
from clm_audit.measures.measure import measure
from clm_audit.measures.model import Cells, Measured, Ratio
from clm_audit.measures.stages import funnel
from clm_audit.measures.totals import only
from measures.life import lifecycle, stage, subscription
from measures.test_measures_exposure import YEAR, club, metric, ratio, shop, windows
from measures.world import GO_LIVE, Row, World, order, plan

SIDES = ("before", "after")


def curve(measured: Measured, side: str, days: int, *, of: str = "retention", ended: str = "lost") -> Survival:
    """One point of a curve."""
    part: Cells = only(measured.lives[of], cohort=SIDES.index(side))
    lost, watched = (part.values[name].astype(np.int64) for name in (ended, "watched"))
    [point] = survival(part.keys["days"], lost, watched, [days])
    return point


def share(measured: Measured, name: str, side: str) -> float:
    found = metric(measured, name)
    one = found.before if side == "before" else found.after
    assert isinstance(one, Ratio), one
    return one.value


def early_birds() -> World:
    """Ten new a week in the first ten weeks of each window, and nobody later, so that all are watched in full.

    Of ten: 4 order once, 2 again after 60 days, 1 after 100, 1 after 170, 2 every 60 days for ever.
    """
    rows: list[Row] = []
    fillers = [order(1, day, 100) for day in range(GO_LIVE - 3 * YEAR, GO_LIVE + YEAR, 30)]
    again = {4: [60], 5: [60], 6: [100], 7: [170], 8: range(60, YEAR, 60), 9: range(60, YEAR, 60)}
    number = 10
    for start in (GO_LIVE - YEAR, GO_LIVE):
        for week in range(10):
            for place in range(10):
                days = [0, *again.get(place, ())]
                rows += [order(number, start + 7 * week + day, 1_000) for day in days]
                number += 1
    return World({"orders": [*fillers, *rows]})


def members(weeks: int = 20) -> World:
    """Ten join a week in the first ``weeks`` of each of three windows; two of ten leave after 45 days, three after 150,
    as far as the data reach."""
    rows: list[Row] = []
    for start in (GO_LIVE - 2 * YEAR, GO_LIVE - YEAR, GO_LIVE):
        for week in range(weeks):
            for place in range(10):
                stay = {0: 45, 1: 45, 2: 150, 3: 150, 4: 150}.get(place)
                day = start + 7 * week
                until = None if stay is None or day + stay >= GO_LIVE + YEAR else day + stay
                rows.append(subscription(len(rows), len(rows), day, 3_000, until))
    rows.append(subscription(len(rows), len(rows), GO_LIVE + YEAR - 1, 3_000))
    return World({"subscriptions": rows})


@pytest.fixture(scope="module")
def birds() -> Measured:
    return measure(plan(**windows()), early_birds().facts())


@pytest.mark.parametrize("side", SIDES)
def test_retention_is_what_the_curve_has_left_after_half_a_year(birds: Measured, side: str) -> None:
    """Four of ten did not order within 182 days."""
    assert share(birds, "retention_rate", side) == pytest.approx(0.6)
    assert curve(birds, side, 182).share == pytest.approx(share(birds, "retention_rate", side))
    assert curve(birds, side, 181).share == 1.0, "nobody is lost before the silence has passed"


@pytest.mark.parametrize("side", SIDES)
def test_early_churn_is_what_the_curve_has_lost_when_its_silence_has_passed(birds: Measured, side: str) -> None:
    """Four and two of ten ordered for the last time within 90 days."""
    days = metric(birds, "first_90_day_churn").how["lost_after"]
    assert days == 90 + 182
    assert share(birds, "first_90_day_churn", side) == pytest.approx(0.6)
    assert 1 - curve(birds, side, int(days)).share == pytest.approx(0.6)


@pytest.mark.parametrize("weeks", [4, 13, 26])
def test_the_curve_and_the_rates_agree_at_any_inactivity(weeks: int) -> None:
    measured = measure(plan(**windows(), inactivity_weeks=weeks), early_birds().facts())
    for side in SIDES:
        assert curve(measured, side, 182).share == pytest.approx(share(measured, "retention_rate", side))
        lost = 1 - curve(measured, side, 90 + 7 * weeks).share
        assert lost == pytest.approx(share(measured, "first_90_day_churn", side))


def test_nobody_is_kept_by_a_silence_longer_than_the_horizon() -> None:
    found = metric(measure(plan(**windows(), inactivity_weeks=30), early_birds().facts()), "retention_rate")
    assert found.missing == NotAssessable(code="nobody_lost_so_soon", detail={"days": 182, "weeks": 30})
    assert found.before == found.after == found.missing


def test_a_steady_shop_keeps_at_its_churn_rate() -> None:
    """With everybody watched alike, the curve at half a year is the retention rate, censoring or not."""
    measured = measure(plan(**windows()), shop().facts())
    for side in SIDES:
        assert curve(measured, side, 182).share == pytest.approx(share(measured, "retention_rate", side), abs=1e-9)


@pytest.mark.parametrize("side", SIDES)
def test_of_subscriptions_lost_and_kept_are_the_whole_at_one_horizon(side: str) -> None:
    """Of ten a week two leave after 45 days, three after 150: 0.2 lost by 90 days, half kept by 182."""
    measured = measure(plan(**windows()), members().facts())
    assert share(measured, "first_90_day_churn", side) == pytest.approx(0.2)
    assert share(measured, "retention_rate", side) == pytest.approx(0.5)
    assert 1 - curve(measured, side, 90).share == pytest.approx(0.2)
    assert curve(measured, side, 182).share == pytest.approx(0.5)


def test_who_came_before_losses_were_recorded_is_in_neither() -> None:
    """A system that forgot all who left until 20 weeks before go-live: its survivors are no retention."""
    world = members(weeks=45)
    for row in world.tables["subscriptions"]:
        if row["until"] is not None and row["until"] < GO_LIVE - 140:
            row["until"] = None
    measured = measure(plan(**windows()), world.facts())
    part = only(measured.lives["retention"], cohort=0)
    first = min(row["until"] for row in world.tables["subscriptions"] if row["until"] is not None)
    begin = GO_LIVE - 7 * ((GO_LIVE - first) // 7)
    came = sum(begin <= row["day"] < GO_LIVE for row in world.tables["subscriptions"])
    assert 0 < part.values["watched"].sum() == came
    assert 1 - curve(measured, "before", 90).share == pytest.approx(share(measured, "first_90_day_churn", "before"))


def test_activation_is_what_the_curve_has_reached_after_a_week() -> None:
    """Half of the customers do the event on their third day; events are recorded from 200 days before go-live on."""
    world = club()
    rows = [row for row in world.tables["subscriptions"] if row["customer"] % 2 and row["day"] >= GO_LIVE - 200]
    world.tables["events"] = [
        {"customer": row["customer"], "segment": 0, "day": row["day"] + 2, "event": "Done"} for row in rows
    ]
    measured = measure(plan(segment_by=(), activation=Activation(event="Done", within=7)), world.facts())
    for side in SIDES:
        reached = 1 - curve(measured, side, 7, of="activation", ended="done").share
        assert reached == pytest.approx(share(measured, "activation_rate", side)) == pytest.approx(0.5)


@given(st.integers(0, 10_000))
@settings(max_examples=4, deadline=None)
def test_expansion_never_lowers_retention(seed: int) -> None:
    measured = measure(plan(segment_by=()), lifecycle(seed, customers=60).facts())
    net, gross = metric(measured, "nrr"), metric(measured, "grr")
    for one, other in ((net.before, gross.before), (net.after, gross.after)):
        if isinstance(one, Ratio) and isinstance(other, Ratio):
            assert one.value >= other.value
            assert other.value <= 1.0
    seen = np.isfinite(net.num) & np.isfinite(gross.num)
    assert (net.num[seen] >= gross.num[seen] - 1e-9).all()


def test_lifespan_is_one_by_the_churn_rate() -> None:
    for world in (early_birds(), club()):
        measured = measure(plan(segment_by=()), world.facts())
        shown = {one.id: one for one in metric(measured, "customer_lifetime_value").variants}
        for side in SIDES:
            lifespan = getattr(shown["lifespan"], side)
            assert isinstance(lifespan, Ratio)
            assert lifespan.value == pytest.approx(1 / share(measured, "churn_rate", side))
            monthly = getattr(shown["value_per_month"], side).value
            assert share(measured, "customer_lifetime_value", side) == pytest.approx(lifespan.value * monthly)


def test_one_subscription_of_two_lines_is_one_customer_kept() -> None:
    """A customer who drops one of two items is kept, and its revenue is not."""
    lines = [subscription(number, number // 2, GO_LIVE - 700, 1_000) for number in range(20)]
    for row in lines[::2]:
        row["until"] = GO_LIVE - 300
    others = [
        subscription(100 + each, 100 + each, GO_LIVE - 800 + 30 * each, 1_000, GO_LIVE - 650 + 30 * each)
        for each in range(40)
    ]
    both, alone = (
        measure(plan(segment_by=()), World({"subscriptions": [*rows, *others]}).facts())
        for rows in (lines, lines[1::2])
    )
    assert share(both, "churn_rate", "before") == share(alone, "churn_rate", "before")
    assert share(both, "grr", "before") < share(alone, "grr", "before")


def test_what_nobody_ever_did_is_no_change() -> None:
    """Every customer orders once: the share of those who came again is a true zero, and nothing to judge."""
    once = World({"orders": [order(day, day, 1_000) for day in range(GO_LIVE - 3 * YEAR, GO_LIVE + YEAR)]})
    measured = measure(plan(**windows()), once.facts())
    found = metric(measured, "repeat_purchase_rate")
    assert found.missing == NotAssessable(code="never_seen")
    assert share(measured, "repeat_purchase_rate", "before") == 0.0
    assert share(measured, "first_90_day_churn", "after") == 1.0
    assert share(measured, "customer_lifetime_value", "before") == pytest.approx(10.0, rel=0.01), "one order each"


@pytest.mark.parametrize("seed", [1, 2])
def test_stages_add_up_to_the_conversion_and_are_those_of_the_funnel(seed: int) -> None:
    """Leads of three years who move on, or not, after a few days or after too many."""
    draw, rows = random.Random(seed), []
    for customer in range(600):
        day = draw.randrange(GO_LIVE - 2 * YEAR, GO_LIVE + YEAR)
        for place in range(1, 5):
            rows.append(stage(customer, place, day))
            day += draw.choice([3, 30, 89, 90, 91, 150])
            if draw.random() < 0.5 or day >= GO_LIVE + YEAR:
                break
    audit = plan(**windows())
    orders = [order(1, day, 100) for day in range(GO_LIVE - 2 * YEAR, GO_LIVE + YEAR, 7)]
    measured = measure(audit, World({"orders": orders, "stages": rows}).facts())
    whole, counts = metric(measured, "stage_conversion"), funnel(audit, measured.calendar, measured.totals)
    for side in SIDES:
        known = [one for part in whole.segments if isinstance(one := getattr(part, side), Ratio)]
        sums = sum(one.numerator for one in known), sum(one.denominator for one in known)
        assert sums == ratio(getattr(whole, side))
        moving = [one for one in counts[side] if one.reached is not None]
        assert (sum(one.reached or 0 for one in moving), sum(one.entered for one in moving)) == sums
