"""Equal exposure by hand: who counts on which side, what is refused, and what the metrics of the lifecycle come to."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import LIFECYCLE_IDS, Activation, MetricPolicy, Window
from clm_audit.measures.measure import measure
from clm_audit.measures.members import month_day
from clm_audit.measures.model import DAYS_PER_MONTH, Measured, MetricTotals, Ratio, to_date
from measures.life import subscription
from measures.world import GO_LIVE, Row, World, order, plan

YEAR = 364


def metric(measured: Measured, name: str) -> MetricTotals:
    return next(one for one in measured.lifecycle if one.metric == name)


def ratio(side: Ratio | NotAssessable) -> tuple[float, float]:
    assert isinstance(side, Ratio), side
    return side.numerator, side.denominator


def shop(before: int = 3 * YEAR, after: int = 2 * YEAR, *, again: float = 0.4) -> World:
    """Five first-time buyers a day for ever, of whom a fixed share buys again after thirty days."""
    rows: list[Row] = []
    for day in range(GO_LIVE - before, GO_LIVE + after):
        for place in range(5):
            customer = (day - GO_LIVE + before) * 5 + place
            rows.append(order(customer, day, 1_000))
            if customer % 5 < 5 * again and day + 30 < GO_LIVE + after:
                rows.append(order(customer, day + 30, 1_000))
    return World({"orders": rows})


def windows(days: int = YEAR) -> dict[str, Any]:
    return {
        "before": Window(start=to_date(GO_LIVE - days), end=to_date(GO_LIVE)),
        "after": Window(start=to_date(GO_LIVE), end=to_date(GO_LIVE + days)),
        "segment_by": (),
    }


@pytest.fixture(scope="module")
def steady() -> Measured:
    return measure(plan(**windows()), shop().facts())


def test_only_those_who_could_be_watched_inside_a_window_count(steady: Measured) -> None:
    """52 weeks less 90 days in whole weeks: 39 weeks of 35 newcomers, on either side."""
    found = metric(steady, "repeat_purchase_rate")
    for side in (found.before, found.after):
        num, den = ratio(side)
        assert den == 39 * 35
        assert num / den == pytest.approx(0.4, abs=0.01)


def test_those_exposed_to_both_systems_belong_to_no_period(steady: Measured) -> None:
    found = metric(steady, "repeat_purchase_rate")
    weeks = int(found.how["weeks_per_period"])
    for start, num in zip(found.start, found.num, strict=True):
        straddles = start < GO_LIVE < start + 7 * weeks + 90
        assert math.isnan(num) == straddles, start - GO_LIVE
    assert found.start[-1] + 7 * weeks + 90 <= GO_LIVE + YEAR
    assert found.how["straddling"] == 13 * 35
    assert found.missing is None


def test_who_is_first_seen_early_may_be_an_old_customer(steady: Measured) -> None:
    found = metric(steady, "repeat_purchase_rate")
    assert found.how["look_back"] == steady.calendar.base_weeks == 52
    assert found.start[0] >= GO_LIVE - 3 * YEAR + 7 * 51


def test_dates_of_the_system_make_the_look_back_needless() -> None:
    world = shop()
    world.tables["customers"] = [
        {"customer": row["customer"], "acquired": row["day"], "segment": 0} for row in world.tables["orders"]
    ]
    old = {one["customer"] for one in world.tables["customers"] if one["acquired"] < GO_LIVE - 3 * YEAR + 20}
    for row in world.tables["customers"]:
        row["acquired"] -= 900 if row["customer"] in old else 0
    found = metric(measure(plan(**windows()), world.facts()), "repeat_purchase_rate")
    assert found.how["entered_by"] == "first order, acquired"
    assert GO_LIVE - 3 * YEAR <= found.start[0] < GO_LIVE - 3 * YEAR + 28
    first = found.den[np.isfinite(found.den)][0]
    assert first < found.den[np.isfinite(found.den)][3], "who came before the data is no newcomer"


def test_a_horizon_longer_than_the_data_names_the_longest_one() -> None:
    found = metric(measure(plan(segment_by=()), shop(3 * YEAR, 200).facts()), "first_90_day_churn")
    assert found.missing == NotAssessable(code="horizon_too_long", detail={"days": 272, "longest": 196 - 28})
    shorter = metric(
        measure(plan(segment_by=(), inactivity_weeks=11), shop(3 * YEAR, 200).facts()), "first_90_day_churn"
    )
    assert shorter.missing is None
    assert shorter.how["watched"] == 90 + 77 <= 168


def test_a_changed_share_shows_on_the_side_where_it_changed() -> None:
    rows = shop(again=0.4).tables["orders"]
    late = {row["customer"] for row in rows if row["day"] >= GO_LIVE}
    early = {row["customer"] for row in rows if row["day"] < GO_LIVE}
    more = [order(one, row["day"] + 40, 1_000) for row in rows if (one := row["customer"]) in late - early]
    more = [row for row in more if row["day"] < GO_LIVE + 2 * YEAR]
    found = metric(measure(plan(**windows()), World({"orders": [*rows, *more]}).facts()), "repeat_purchase_rate")
    assert [ratio(side)[0] / ratio(side)[1] for side in (found.before, found.after)] == pytest.approx(
        [0.4, 1.0], abs=0.01
    )


def test_lost_is_who_is_silent_for_the_inactivity(steady: Measured) -> None:
    """All come and are lost for good: as many as came in the same number of weeks."""
    found = metric(steady, "churn_rate")
    newcomers = 35 * 26.0
    for side in (found.before, found.after):
        lost, months = ratio(side)
        assert lost == pytest.approx(newcomers, rel=0.01)
        # 26 weeks after the week of the last order, 0.4 of them 30 days later
        assert months / lost == pytest.approx((26 * 7 + 0.4 * 30) / DAYS_PER_MONTH, rel=0.01)
    gone = (found.start >= GO_LIVE) & (found.start < GO_LIVE + 26 * 7)
    assert np.isnan(found.num[gone]).all(), "a silence that began before go-live tells of both systems"


def test_lifetime_value_is_what_all_bring_by_who_is_lost(steady: Measured) -> None:
    """In a steady state: revenue by customers lost, whatever the lifespan."""
    found = metric(steady, "customer_lifetime_value")
    assert isinstance(found.before, Ratio)
    assert found.before.value == pytest.approx(1.4 * 10.0, rel=0.02)
    assert [factor.power for factor in found.factors] == [1, 1, -1]
    product = math.prod(
        factor.totals.before.value**factor.power for factor in found.factors if isinstance(factor.totals.before, Ratio)
    )
    assert product == pytest.approx(found.before.value)
    shown = {one.id: one.before.value for one in found.variants if isinstance(one.before, Ratio)}
    assert shown["lifespan"] * shown["value_per_month"] == pytest.approx(found.before.value)
    assert shown["seen"] < found.before.value


def club(before: int = 30, after: int = 14) -> World:
    """Ten join on the first day of every month; of those of a month, two leave after one month, three after five."""
    rows: list[Row] = []
    for month in range(-before, after):
        day = GO_LIVE + month_day(month)
        for place in range(10):
            stay = {0: 1, 1: 1, 2: 5, 3: 5, 4: 5}.get(place)
            until = None if stay is None or month + stay > after else GO_LIVE + month_day(month + stay)
            rows.append(subscription(len(rows), len(rows), day, 3_000, until))
    return World({"subscriptions": rows})


def test_a_company_of_subscriptions_alone_is_audited() -> None:
    measured = measure(plan(segment_by=()), club().facts())
    churn, value = metric(measured, "churn_rate"), metric(measured, "customer_lifetime_value")
    # whole months of 30.4375 days from go-live: the last one before it ends on its day, and counts
    start, end = measured.calendar.before
    assert end == GO_LIVE
    months = int((end - start) / DAYS_PER_MONTH)
    assert isinstance(churn.before, Ratio)
    assert churn.before.weeks == pytest.approx(months * DAYS_PER_MONTH / 7)
    assert churn.how["lost_by"] == "subscriptions"
    at = int(np.flatnonzero(churn.start == GO_LIVE + month_day(-3))[0])
    month = 30 - 3  # months since the first
    there = 10 + 8 * min(month, 4) + 5 * max(0, month - 4)
    assert (churn.num[at], churn.den[at]) == (2 + 3, there)
    assert isinstance(value.before, Ratio)
    assert value.before.numerator == pytest.approx(30.0)
    assert isinstance(churn.before, Ratio)
    assert value.before.value == pytest.approx(30.0 / churn.before.value)


def test_early_churn_of_subscriptions_by_hand() -> None:
    found = metric(measure(plan(segment_by=()), club().facts()), "first_90_day_churn")
    num, den = ratio(found.before)
    assert num / den == pytest.approx(0.2)
    stay = metric(measure(plan(segment_by=()), club().facts()), "retention_rate")
    num, den = ratio(stay.before)
    assert num / den == pytest.approx(0.5)


def test_a_list_of_those_who_stayed_is_no_retention() -> None:
    world = club()
    for row in world.tables["subscriptions"]:
        row["until"] = None
    found = metric(measure(plan(segment_by=()), world.facts()), "churn_rate")
    assert found.missing is not None
    assert found.missing.code == "no_loss_recorded"


def test_who_leaves_and_is_back_by_the_end_of_the_month_was_not_lost() -> None:
    world = club()
    day = GO_LIVE + month_day(-3)
    world.tables["subscriptions"] += [
        subscription(900, 900, GO_LIVE - 500, 3_000, day + 3),
        subscription(901, 900, day + 9, 3_000, None),
    ]
    churn = metric(measure(plan(segment_by=()), world.facts()), "churn_rate")
    at = int(np.flatnonzero(churn.start == day)[0])
    assert churn.num[at] == 5


def test_activation_by_hand() -> None:
    world = club()
    rows = world.tables["subscriptions"]
    world.tables["events"] = [
        {"customer": row["customer"], "segment": 0, "day": row["day"] + place, "event": "Start"}
        for row in rows
        for place in [(0, 7, 8, 3, 40)[row["customer"] % 5]]
    ]
    made = plan(segment_by=(), activation=Activation(event="Start", within=7))
    found = metric(measure(made, world.facts()), "activation_rate")
    for side in (found.before, found.after):
        num, den = ratio(side)
        assert num / den == pytest.approx(0.6)
    nobody = measure(plan(segment_by=(), activation=Activation(event="start", within=7)), world.facts())
    assert metric(nobody, "activation_rate").missing is not None
    unsaid = metric(measure(plan(segment_by=()), world.facts()), "activation_rate").missing
    assert unsaid is not None
    assert unsaid.code == "no_activation_event"


def test_a_company_without_the_facts_pays_and_says_so() -> None:
    world = World(
        {
            "tickets": [
                {"customer": 1, "segment": 0, "day": GO_LIVE + d, "cost": 5, "seconds": 5} for d in range(-99, 99)
            ]
        }
    )
    measured = measure(plan(segment_by=()), world.facts())
    for found in measured.lifecycle:
        assert found.missing is not None
        assert found.missing.code == "missing_fact", found.metric
    assert not {name for name in measured.totals.cells if name.startswith(("spell", "entrants", "lives"))}


def test_the_lifecycle_switched_off_costs_nothing() -> None:
    off = {name: MetricPolicy(enabled=False) for name in LIFECYCLE_IDS}
    measured = measure(plan(segment_by=(), metrics=off), shop(YEAR, 200).facts())
    assert measured.lifecycle == ()
    assert measured.lives == {}
    assert not {"entrants", "lives"} & set(measured.totals.cells)


def test_a_ready_made_table_of_monthly_churn_is_taken_as_it_stands() -> None:
    rows = []
    for month in range(-24, 13):
        day, until = (GO_LIVE + month_day(at) for at in (month, month + 1))
        share = 0.15 if month < 0 else 0.108
        row = {"metric": "churn_rate", "day": day, "until": until, "segment": 0}
        rows.append({**row, "numerator": 1_000 * share, "denominator": 1_000.0})
    found = metric(measure(plan(segment_by=()), World({"series": rows}).facts()), "churn_rate")
    assert isinstance(found.before, Ratio)
    assert isinstance(found.after, Ratio)
    assert (found.before.value, found.after.value) == pytest.approx((0.15, 0.108))
    assert found.missing is None
