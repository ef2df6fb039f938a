"""What became of those who came: the same integers on every engine, and those of loops over plain rows."""

from __future__ import annotations

import itertools
import random
from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pytest

from clm_audit.config.plan import Activation, AuditPlan
from clm_audit.measures.engines import ENGINES
from clm_audit.measures.measure import measure
from clm_audit.measures.members import month_day
from clm_audit.measures.model import Cells, Measured
from clm_audit.measures.totals import add
from measures.life import subscription
from measures.oracle import Oracle
from measures.world import GO_LIVE, Row, World, company, order, plan, segment_of

CELLS = (
    "entrants", "lives", "spell_days", "spell_months", "spell_entrants", "spell_lives", "spell_money", "activated",
    "activation_days",
)  # fmt: skip
EVENT = "Project created"
Sums = dict[tuple[int, ...], dict[str, int]]


def asked(**changes: Any) -> AuditPlan:
    return plan(activation=Activation(event=EVENT, within=7), **changes)


def made(seed: int = 1) -> World:
    """The believable mess, with subscriptions that overlap, pause and pile up, and events of a product."""
    world, draw = company(seed, after=420), random.Random(seed)
    world.tables["subscriptions"] = [_item(draw, number) for number in range(400)]
    world.tables["events"] = [
        {
            "customer": draw.choice([None, *range(130)]),
            "segment": 0,
            "day": draw.randrange(GO_LIVE - 560, GO_LIVE + 420),
            "event": draw.choice([EVENT, "Log in"]),
        }
        for _ in range(500)
    ]
    return world


def _item(draw: random.Random, number: int) -> Row:
    day = draw.randrange(GO_LIVE - 700, GO_LIVE + 400)
    until = draw.choice([None, day + draw.randrange(-5, 40), day + draw.choice([30, 61, 91]), day + 400])
    row = subscription(number, draw.randrange(130), day, draw.choice([None, 900, 2_500]), until)
    kept = {"left_out": "trial" if draw.random() < 0.1 else None, "recurring": draw.random() < 0.95}
    return {**row, **kept, "cancelled": draw.choice([None, day + 50])}


@pytest.fixture(scope="module")
def world() -> World:
    return made()


@pytest.fixture(scope="module")
def reference(world: World) -> Measured:
    return measure(asked(), world.facts())


@pytest.fixture(scope="module", params=sorted(ENGINES))
def measured(request: pytest.FixtureRequest, world: World, reference: Measured) -> Measured:
    return reference if request.param == "polars" else measure(asked(), world.facts(), ENGINES[request.param])


def plain(part: Cells) -> Sums:
    """Cells as a dictionary, without rows of zeros."""
    keys = list(zip(*(column.tolist() for column in part.keys.values()), strict=True))
    rows = {key: {name: int(column[at]) for name, column in part.values.items()} for at, key in enumerate(keys)}
    return {key: row for key, row in rows.items() if any(row.values())}


def counted(rows: list[tuple[tuple[int, ...], dict[str, int]]]) -> Sums:
    found: dict[tuple[int, ...], Counter[str]] = defaultdict(Counter)
    for key, row in rows:
        found[key].update(row)
    return {key: dict(row) for key, row in found.items() if any(row.values())}


@pytest.mark.parametrize("name", CELLS)
def test_every_engine_gives_the_same(name: str, measured: Measured, reference: Measured) -> None:
    found, expected = measured.totals.cells[name], reference.totals.cells[name]
    assert expected.keys
    assert all(column.size for column in expected.values.values())
    for key, column in expected.keys.items():
        np.testing.assert_array_equal(found.keys[key], column)
    for value, line in expected.values.items():
        np.testing.assert_array_equal(found.values[value], line)


def order_days(world: World, measured: Measured) -> dict[int, list[int]]:
    days: dict[int, set[int]] = defaultdict(set)
    for row in Oracle(world, measured.calendar).orders:
        if row["customer"] is not None:
            days[row["customer"]].add(row["day"])
    return {customer: sorted(found) for customer, found in days.items()}


def last_before_silence(days: list[int], quiet: int) -> int:
    return next((a for a, b in itertools.pairwise(days) if b - a > quiet), days[-1])


def kinds(world: World, measured: Measured) -> dict[int, int]:
    """0 dated within the data, 1 before them, 2 not at all; of nobody where the dates are not believed."""
    start = measured.calendar.coverage["orders"][0]
    dated = {row["customer"]: row["acquired"] for row in world.tables["customers"] if row["acquired"] is not None}
    return {customer: int(day < start) for customer, day in dated.items()}


@pytest.mark.parametrize("weeks", [26, 13, 40])
def test_entrants_by_loops(world: World, weeks: int) -> None:
    measured = measure(asked(inactivity_weeks=weeks), world.facts())
    quiet, kind = 7 * weeks, kinds(world, measured)
    rows = []
    for customer, days in order_days(world, measured).items():
        first, stop = days[0], last_before_silence(days, quiet)
        again = len(days) > 1 and days[1] - first <= 90
        active = stop + quiet > first + 182
        if quiet == 182:
            assert active == any(first < day <= first + 182 for day in days), "an order in the half year"
        key = (segment_of(customer), kind.get(customer, 2), measured.calendar.week(first))
        counts = {"entrants": 1, "again": int(again), "lost": int(stop - first <= 90), "active": int(active)}
        rows.append((key, counts))
    assert plain(measured.totals.cells["entrants"]) == counted(rows)


def test_lives_by_loops(world: World, measured: Measured) -> None:
    calendar, quiet, kind = measured.calendar, 182, kinds(world, measured)
    windows = (calendar.before, (calendar.after[0], min(calendar.after[1], calendar.coverage["orders"][1])))
    rows = []
    for customer, days in order_days(world, measured).items():
        for cohort, (start, end) in enumerate(windows):
            if not start <= days[0] < end:
                continue
            stop = last_before_silence(days, quiet)
            lost = stop + quiet < end
            seen = (stop + quiet if lost else end - 1) - days[0]
            late = int(calendar.week(days[0]) >= calendar.base_from)
            rows.append(((cohort, kind.get(customer, 2), late, seen), {"lost": int(lost), "watched": 1}))
    assert plain(measured.totals.cells["lives"]) == counted(rows)


def spells(world: World) -> dict[int, list[tuple[int, int]]]:
    """Half-open spells of each customer, day by day."""
    far = GO_LIVE + 5_000
    running: dict[int, set[int]] = defaultdict(set)
    for row in world.tables["subscriptions"]:
        if row["left_out"] is None and row["recurring"]:
            running[row["customer"]].update(range(row["day"], far if row["until"] is None else row["until"]))
    found = {}
    for customer, days in running.items():
        if not days:
            continue  # its end was not after its beginning
        begins = sorted(day for day in days if day - 1 not in days)
        ends = sorted(day + 1 for day in days if day + 1 not in days)
        found[customer] = list(zip(begins, ends, strict=True))
    return found


def test_months_by_loops(world: World, measured: Measured) -> None:
    """Who is there on the first day of each month, and who of them is not on that of the next."""
    part = measured.totals.cells["spell_months"]
    every = spells(world)
    for month in range(-18, 13):
        start, end = GO_LIVE + month_day(month), GO_LIVE + month_day(month + 1)

        def there(day: int) -> set[int]:
            return {one for one, found in every.items() if any(a <= day < b for a, b in found)}

        until = part.keys["month"] <= month
        came, left = (int(part.values[name][until].sum()) for name in ("came", "left"))
        following = part.keys["month"] == month + 1
        lost = int((part.values["left"] - part.values["back"])[following].sum())
        assert came - left == len(there(start)), month
        assert lost == len(there(start) - there(end)), month


def test_revenue_by_loops(world: World, measured: Measured) -> None:
    part = measured.totals.cells["spell_money"]
    for month in range(-18, 13):
        day = GO_LIVE + month_day(month)
        expected = 0
        for row in world.tables["subscriptions"]:
            end = row["until"]
            if row["left_out"] is None and row["recurring"] and row["day"] <= day and (end is None or day < end):
                expected += row["monthly"] or 0
        until = part.keys["month"] <= month
        assert int((part.values["came"] - part.values["left"])[until].sum()) == expected, month


def test_newcomers_of_subscriptions_by_loops(world: World, measured: Measured) -> None:
    rows = []
    for customer, found in spells(world).items():
        stayed = found[0][1] - found[0][0]
        key = (segment_of(customer), (found[0][0] - GO_LIVE) // 7)
        rows.append((key, {"entrants": 1, "lost": int(stayed <= 90), "active": int(stayed > 182)}))
    assert plain(measured.totals.cells["spell_entrants"]) == counted(rows)


def test_activation_by_loops(world: World, measured: Measured) -> None:
    done: dict[int, int] = {}
    for row in world.tables["events"]:
        if row["event"] == EVENT and row["customer"] is not None:
            done[row["customer"]] = min(done.get(row["customer"], row["day"]), row["day"])
    rows, waits = [], []
    calendar = measured.calendar
    for customer, found in spells(world).items():
        first = found[0][0]
        wait = max(0, done[customer] - first) if customer in done else None
        key = (segment_of(customer), (first - GO_LIVE) // 7)
        rows.append((key, {"entrants": 1, "activated": int(wait is not None and wait <= 7)}))
        for cohort, (start, end) in enumerate((calendar.before, calendar.after)):
            if start <= first < end:
                seen = wait is not None and first + wait < end
                days = wait if seen and wait is not None else end - 1 - first
                waits.append(((cohort, days), {"done": int(seen), "watched": 1}))
    assert plain(measured.totals.cells["activated"]) == counted(rows)
    assert plain(measured.totals.cells["activation_days"]) == counted(waits)


def test_the_totals_of_disjoint_customers_add_up() -> None:
    world = World({"orders": [order(each % 40, GO_LIVE - 500 + 7 * each, 1_000) for each in range(120)]})
    ends = [order(None, GO_LIVE - 520, 1), order(None, GO_LIVE + 400, 1)]  # the same span for every part
    parts = []
    for rest in (0, 1, None):
        rows = [row for row in world.tables["orders"] if rest is None or row["customer"] % 2 == rest]
        parts.append(measure(plan(), World({"orders": [*rows, *ends]}).facts()).totals)
    both = add(parts[0], parts[1])
    for name in ("entrants", "lives"):
        assert plain(both.cells[name]) == plain(parts[2].cells[name])


def test_orders_of_one_week_keep_their_days() -> None:
    """A second order within the week of the first is one; a second one on the same day is not."""
    same = [order(1, GO_LIVE, 100), order(1, GO_LIVE, 100)]
    week = [order(2, GO_LIVE, 100), order(2, GO_LIVE + 6, 100)]
    quarter = [order(3, GO_LIVE, 100), order(3, GO_LIVE + 90, 100)]
    beyond = [order(4, GO_LIVE, 100), order(4, GO_LIVE + 91, 100)]
    history = [order(9, day, 100) for day in range(GO_LIVE - 560, GO_LIVE + 300, 9)]
    found = measure(plan(), World({"orders": [*same, *week, *quarter, *beyond, *history]}).facts())
    part = found.totals.cells["entrants"]
    assert int(part.values["again"][part.keys["week"] == 0].sum()) == 2
