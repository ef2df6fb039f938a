"""Who buys, and what if they bought less: loops over customers and weeks against the tables, on every engine."""

from __future__ import annotations

from collections import defaultdict
from math import prod

import numpy as np
import pytest

from clm_audit.measures.engines import ENGINES
from clm_audit.measures.followed import one_in
from clm_audit.measures.measure import measure
from clm_audit.measures.model import Calendar, Measured
from clm_audit.measures.panel import GROUPS, group_of
from clm_audit.measures.tenure import NAMELESS, first_told, reach_of
from clm_audit.measures.thinning import FEWER
from clm_audit.measures.totals import along, only, total
from measures.oracle import Oracle, Table
from measures.test_measures_totals import same
from measures.world import GO_LIVE, World, company, order, plan

WORLDS = {"two years": company(3, before=760), "four years": company(4, before=1500, customers=40)}
CLASSES = ((0, 4), (5, 13), (14, 26), (27, 51), (52, 10_000))


@pytest.fixture(scope="module", params=[(engine, world) for engine in sorted(ENGINES) for world in WORLDS])
def case(request: pytest.FixtureRequest) -> tuple[Measured, Oracle]:
    engine, name = request.param
    measured = measure(plan(washout_weeks=2), WORLDS[name].facts(), ENGINES[engine])
    return measured, Oracle(WORLDS[name], measured.calendar)


def class_of(weeks: set[int], week: int, calendar: Calendar) -> int:
    """By the first order of the look back; whoever has none in it was there before."""
    back = [each for each in weeks if week - reach_of(calendar) < each <= week]
    told = [i for i, (low, high) in enumerate(CLASSES) if high < calendar.base_weeks]
    if not back:
        return len(told)
    found = next(i for i, (low, high) in enumerate(CLASSES) if low <= week - min(back) <= high)
    return min(found, len(told))


def who_buys(oracle: Oracle, span: range) -> Table:
    calendar = oracle.calendar
    made: Table = defaultdict(lambda: {"active": 0, "orders": 0, "net": 0})
    for who, weeks in oracle.weeks_of.items():
        group = int(group_of(np.array([who]))[0])
        for week in span:
            if any(week - calendar.base_weeks < each <= week for each in weeks):
                key = (group, oracle.segment_of[who], week, class_of(weeks, week, calendar))
                made[key]["active"] += 1
    for row in [*oracle.orders, *oracle.credits]:
        week = calendar.week(row["day"])
        if week not in span:
            continue
        who = row["customer"]
        key = (
            int(group_of(np.array([row["day"] if who is None else who]))[0]),
            row["segment"],
            week,
            NAMELESS if who is None else class_of(oracle.weeks_of[who], week, calendar),
        )
        made[key]["orders"] += row["left_out"] is None
        made[key]["net"] += row["net"]
    return made


def test_who_buys(case: tuple[Measured, Oracle]) -> None:
    measured, oracle = case
    calendar = measured.calendar
    found = measured.totals.cells["mix"]
    span = range(first_told(calendar), calendar.week(calendar.span[1] - 1) + 1)
    expected = who_buys(oracle, span)
    same(found, {key: value for key, value in expected.items() if any(value.values())})
    assert set(found.keys["tenure"].tolist()) >= {0, 1, 2, 3, NAMELESS}


def test_the_look_back_is_two_years_where_there_are_two(case: tuple[Measured, Oracle]) -> None:
    calendar = case[0].calendar
    history = (calendar.go_live - calendar.span[0]) // 7
    assert reach_of(calendar) == (104 if history > 200 else 52)
    oldest = max(only(case[0].totals.cells["mix"], group=0).keys["tenure"].tolist())
    assert oldest in (3, 4, NAMELESS)


def test_it_adds_up_to_the_totals_of_every_week(case: tuple[Measured, Oracle]) -> None:
    cells, calendar = case[0].totals.cells, case[0].calendar
    span = (first_told(calendar), calendar.week(calendar.span[1]))
    for name, table in (("active", "base"), ("orders", "weeks"), ("net", "weeks")):
        np.testing.assert_array_equal(along(cells["mix"], name, "week", span), along(cells[table], name, "week", span))


def thinned(oracle: Oracle, week: int, *, fewer: float) -> float:
    """The expected base: a customer is out of it when every order of theirs in it happens to be left out."""
    calendar = oracle.calendar
    found = 0.0
    for who in oracle.weeks_of:
        mine = [calendar.week(row["day"]) for row in oracle.orders if row["customer"] == who]
        inside = [each for each in mine if week - calendar.base_weeks < each <= week]
        found += 1 - prod(fewer if each >= 0 else 0.0 for each in inside) if inside else 0
    return found


def test_the_base_of_customers_who_order_less(case: tuple[Measured, Oracle]) -> None:
    measured, oracle = case
    cells = measured.totals.cells["thinned"]
    for week in (measured.calendar.base_from, -1, 0, 1, 7, 20, 30):
        rows = only(cells, week=week)
        assert rows.values["active"][0] == oracle.base(week)
        assert rows.values["thinned"][0] == pytest.approx(thinned(oracle, week, fewer=FEWER), rel=1e-9)


def test_first_orders_of_customers_who_order_less(case: tuple[Measured, Oracle]) -> None:
    measured, oracle = case
    cells, calendar = measured.totals.cells["thinned"], measured.calendar
    expected: dict[int, float] = defaultdict(float)
    for who in oracle.weeks_of:
        chance = 1.0
        for week in sorted(calendar.week(row["day"]) for row in oracle.orders if row["customer"] == who):
            lost = FEWER if week >= 0 else 0.0
            expected[week] += chance * (1 - lost)
            chance *= lost
    for week, first, less in zip(
        *(cells.keys["week"], *(cells.values[n] for n in ("first", "first_thinned"))), strict=True
    ):
        assert first == total(measured.totals.cells["gaps"], "customers", week=int(week), gap=0)
        assert less == pytest.approx(expected[int(week)], rel=1e-9, abs=1e-12)


def test_retained_of_customers_who_order_less(case: tuple[Measured, Oracle]) -> None:
    measured, oracle = case
    cells, calendar = measured.totals.cells["thinned"], measured.calendar
    now = oracle.retained(4)
    for start in (-8, 0, 4, 16, 24):
        expected = 0.0
        for who in oracle.weeks_of:
            mine = [calendar.week(row["day"]) for row in oracle.orders if row["customer"] == who]
            chances = [
                1 - prod(FEWER if week >= 0 else 0.0 for week in mine if week in span)
                for span in (range(start, start + 4), range(start - calendar.base_weeks, start))
            ]
            expected += prod(chances)
        rows = only(cells, week=start).values
        assert rows["retained"][0] == sum(count for (_, period), count in now.items() if 4 * period == start)
        assert rows["retained_thinned"][0] == pytest.approx(expected, rel=1e-9)


def test_what_is_expected_is_what_lots_would_give() -> None:
    """One order in ten left out by lot, many times: on average the base is what the table says."""
    draw = np.random.default_rng(5)
    rows = [order(who, int(day), 100) for who in range(60) for day in draw.integers(GO_LIVE - 400, GO_LIVE + 300, 4)]
    measured = measure(plan(), World({"orders": rows}).facts())
    week = 35
    expected = only(measured.totals.cells["thinned"], week=week).values["thinned"][0]
    kept = []
    for _ in range(300):
        left = [row for row in rows if row["day"] < GO_LIVE or draw.random() >= FEWER]
        oracle = Oracle(World({"orders": left}), measured.calendar)
        kept.append(oracle.base(week))
    assert expected < Oracle(World({"orders": rows}), measured.calendar).base(week)
    assert np.mean(kept) == pytest.approx(expected, abs=4 * np.std(kept) / 300**0.5)


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_of_very_many_customers_every_third_is_followed(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world = company(6)
    counted = sum(row["left_out"] is None for row in world.tables["orders"])
    monkeypatch.setattr("clm_audit.measures.followed.FOLLOWED_ORDERS", counted // 2)
    sampled = measure(plan(), world.facts(), ENGINES[engine])
    orders = [row for row in world.tables["orders"] if row["customer"] is None or row["customer"] % 3 == 0]
    third = Oracle(World({"orders": orders}), sampled.calendar)
    span = range(first_told(sampled.calendar), sampled.calendar.week(sampled.calendar.span[1] - 1) + 1)
    expected = who_buys(third, span)
    same(sampled.totals.cells["mix"], {key: value for key, value in expected.items() if any(value.values())})
    assert only(sampled.totals.cells["thinned"], week=5).values["active"][0] == third.base(5)


def test_how_many_are_followed() -> None:
    assert one_in({}) == 1
    assert group_of(np.arange(10_000)).max() == GROUPS - 1
    sizes = np.bincount(group_of(np.arange(32_000)), minlength=GROUPS)
    assert 800 < sizes.min() < sizes.max() < 1200
