"""The totals of the lifecycle: the same integers on every engine, and those of loops over plain rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from clm_audit.measures.engines import ENGINES
from clm_audit.measures.measure import measure
from clm_audit.measures.model import Cells, Measured
from clm_audit.measures.recurring import YEAR, look_day, looks, pairs
from clm_audit.measures.stages import HORIZON
from measures.life import lifecycle
from measures.world import GO_LIVE, World, plan

NAMES = (
    "stage_days",
    "stages",
    "survey_days",
    "survey_people",
    "survey_latest",
    "subscription_days",
    "recurring",
    "referral_days",
    "referrers",
    "referred",
)
Sums = Mapping[tuple[int, ...], Mapping[str, int]]


@pytest.fixture(scope="module")
def world() -> World:
    return lifecycle()


@pytest.fixture(scope="module", params=sorted(ENGINES))
def measured(request: pytest.FixtureRequest, world: World) -> Measured:
    return measure(plan(), world.facts(), ENGINES[request.param])


@pytest.fixture(scope="module")
def reference(world: World) -> Measured:
    return measure(plan(), world.facts())


def plain(part: Cells) -> dict[tuple[int, ...], dict[str, int]]:
    """Cells as a dictionary."""
    keys = list(zip(*(column.tolist() for column in part.keys.values()), strict=True))
    return {key: {name: int(column[at]) for name, column in part.values.items()} for at, key in enumerate(keys)}


def without_zeros(sums: Sums) -> Sums:
    return {key: dict(row) for key, row in sums.items() if any(row.values())}


@pytest.mark.parametrize("name", NAMES)
def test_every_engine_gives_the_same(name: str, measured: Measured, reference: Measured) -> None:
    found, expected = measured.totals.cells[name], reference.totals.cells[name]
    for key, column in expected.keys.items():
        np.testing.assert_array_equal(found.keys[key], column)
    for value, column in expected.values.items():
        np.testing.assert_array_equal(found.values[value], column)


def test_every_engine_gives_the_same_metrics(measured: Measured, reference: Measured) -> None:
    assert [one.metric for one in measured.lifecycle] == [one.metric for one in reference.lifecycle]
    for found, expected in zip(measured.lifecycle, reference.lifecycle, strict=True):
        assert (found.before, found.after, found.missing) == (expected.before, expected.after, expected.missing)
        np.testing.assert_array_equal(found.num, expected.num)


def test_entries_and_who_moved_on(world: World, measured: Measured) -> None:
    first: dict[int, dict[int, int]] = defaultdict(dict)
    segment: dict[int, int] = {}
    for row in world.tables["stages"]:
        if row["customer"] is not None and row["place"]:
            seen = first[row["customer"]]
            seen[row["place"]] = min(row["day"], seen.get(row["place"], row["day"]))
            segment[row["customer"]] = row["segment"]
    made: dict[tuple[int, ...], Counter[str]] = defaultdict(Counter)
    span = measured.calendar.span
    for customer, days in first.items():
        for place, day in days.items():
            later = [other for at, other in days.items() if at > place]
            if (later and min(later) < day) or not span[0] <= day < span[1]:
                continue
            cell = made[segment[customer], place, (day - GO_LIVE) // 7]
            cell["entered"] += 1
            cell["reached"] += bool(later and min(later) - day <= HORIZON)
    expected = {key: {"entered": row["entered"], "reached": row["reached"]} for key, row in made.items()}
    assert plain(measured.totals.cells["stages"]) == expected


def test_recurring_revenue_of_every_look(world: World, measured: Measured) -> None:
    calendar = measured.calendar
    rows = [row for row in world.tables["subscriptions"] if row["left_out"] is None and row["monthly"] is not None]
    made: dict[tuple[int, ...], Counter[str]] = defaultdict(Counter)
    assert {(at, back) for at in looks(calendar) for back in (1, YEAR)} < set(pairs(calendar))
    for period, back in pairs(calendar):
        paid: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        for row in rows:
            for at, shift in enumerate((0, back)):
                day = look_day(calendar, period - shift)
                if row["day"] <= day and (row["until"] is None or row["until"] > day):
                    paid[row["customer"]][at] += row["monthly"]
        for customer, (now, then) in paid.items():
            if then > 0:
                cell = made[customer % 4, period, back]
                cell.update({"customers": 1, "then": then, "now": now, "kept": min(now, then)})
                cell.update({"now2": now**2, "then2": then**2, "nowthen": now * then})
                cell.update({"kept2": min(now, then) ** 2, "keptthen": min(now, then) * then})
    assert without_zeros(plain(measured.totals.cells["recurring"])) == made


def test_answers_and_latest_answers(world: World, measured: Measured) -> None:
    asked = [row for row in world.tables["surveys"] if row["kind"] == "nps" and row["score"] is not None]
    days = Counter((row["segment"], row["day"], row["score"]) for row in asked)
    assert plain(measured.totals.cells["survey_days"]) == {key: {"answers": count} for key, count in days.items()}
    latest: Counter[tuple[int, ...]] = Counter()
    for code, (start, end) in enumerate((measured.calendar.before, measured.calendar.after)):
        last: dict[int, tuple[int, int]] = {}
        for row in asked:
            if row["customer"] is not None and start <= row["day"] < end:
                said = (row["day"], row["score"])
                last[row["customer"]] = max(said, last.get(row["customer"], said))
        latest.update((customer % 4, code, score) for customer, (_, score) in last.items())
    found = plain(measured.totals.cells["survey_latest"])
    assert found == {key: {"customers": count} for key, count in latest.items()}


def test_what_one_customer_answers_is_one_cluster(world: World, measured: Measured) -> None:
    span = measured.calendar.span
    clusters: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for number, row in enumerate(world.tables["surveys"]):
        if row["kind"] == "nps" and row["score"] is not None and span[0] <= row["day"] < span[1]:
            who = ("nobody", number) if row["customer"] is None else row["customer"]
            one = clusters[row["segment"], (row["day"] - GO_LIVE) // 28, who]
            one[0] += 1
            one[1] += (row["score"] >= 9) + (row["score"] > 6)
    made: dict[tuple[int, ...], Counter[str]] = defaultdict(Counter)
    for (segment, period, _), (n, s) in clusters.items():
        made[segment, period].update({"nn": n * n, "ss": s * s, "ns": n * s})
    assert without_zeros(plain(measured.totals.cells["survey_people"])) == made


def test_new_leads_and_who_referred_them(world: World, measured: Measured) -> None:
    first: dict[int, int] = {}
    for row in world.tables["orders"]:
        first[row["customer"]] = min(row["day"], first.get(row["customer"], row["day"]))
    new = [row for row in world.tables["referrals"] if first.get(row["referred"], row["day"]) >= row["day"]]
    assert 0 < len(new) < len(world.tables["referrals"])
    span = measured.calendar.span
    leads = Counter((row["customer"], (row["day"] - GO_LIVE) // 28) for row in new if span[0] <= row["day"] < span[1])
    made: dict[tuple[int, ...], Counter[str]] = defaultdict(Counter)
    for (customer, period), count in leads.items():
        made[customer % 4, period].update({"referrers": 1, "leads": count})
    assert plain(measured.totals.cells["referrers"]) == made
    calendar = measured.calendar
    days = min(calendar.before[1] - calendar.before[0], calendar.after[1] - calendar.after[0])
    whole: Counter[tuple[int, ...]] = Counter()
    for code, (start, _) in enumerate((calendar.before, calendar.after)):
        whole.update((who % 4, code) for who in {r["customer"] for r in new if start <= r["day"] < start + days})
    assert plain(measured.totals.cells["referred"]) == {key: {"referrers": count} for key, count in whole.items()}
