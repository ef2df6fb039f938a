"""Windows, weeks, coverage and periods, each rule by hand-made days."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from clm_audit.config.plan import Window
from clm_audit.exits import DataError, UsageError
from clm_audit.measures.calendar import season_aligned, weeks_per_period
from clm_audit.measures.measure import measure
from clm_audit.measures.model import Calendar, to_date
from measures.world import GO_LIVE, World, order, plan


def calendar(days_before: int, days_after: int, **changes: Any) -> Calendar:
    """Of one order a day, from so many days before go-live until so many after it."""
    days = range(GO_LIVE - days_before, GO_LIVE + days_after)
    return measure(plan(**changes), World({"orders": [order(1, day, 100) for day in days]}).facts()).calendar


def test_whole_years_on_both_sides() -> None:
    found = calendar(7 * 60, 7 * 52)
    assert (found.before, found.after) == ((GO_LIVE - 364, GO_LIVE), (GO_LIVE, GO_LIVE + 364))
    assert found.season_aligned
    assert found.span == (GO_LIVE - 420, GO_LIVE + 364)


@pytest.mark.parametrize("quarters", [5, 6, 7])
def test_in_the_second_year_the_latest_four_quarters_are_held_against_the_year_before(quarters: int) -> None:
    """Every quarter of new data moves the window after, and the model reads all of it."""
    end = GO_LIVE + 91 * quarters
    found = calendar(7 * 110, 91 * quarters, washout_weeks=4)
    assert (found.before, found.after) == ((GO_LIVE - 364, GO_LIVE), (end - 364, end))
    assert found.season_aligned
    assert found.span == (GO_LIVE - 770, end)


def test_two_years_on_both_sides_are_two_years() -> None:
    found = calendar(7 * 110, 7 * 120)
    assert found.before == (GO_LIVE - 728, GO_LIVE)
    assert found.after == (GO_LIVE + 7 * 16, GO_LIVE + 7 * 120)


def test_the_same_weeks_a_year_earlier() -> None:
    found = calendar(7 * 60, 7 * 20 + 3)
    assert found.after == (GO_LIVE, GO_LIVE + 140)
    assert found.before == (GO_LIVE - 364, GO_LIVE - 224)
    assert found.season_aligned


def test_washout_moves_the_after_window_only() -> None:
    found = calendar(7 * 60, 7 * 20, washout_weeks=4)
    assert found.after == (GO_LIVE + 28, GO_LIVE + 140)
    assert found.before == (GO_LIVE + 28 - 364, GO_LIVE + 140 - 364)


def test_a_year_to_the_day_is_a_year_whatever_the_washout() -> None:
    found = calendar(7 * 52, 7 * 56, washout_weeks=4)
    assert found.before == (GO_LIVE - 364, GO_LIVE)
    assert found.after == (GO_LIVE + 28, GO_LIVE + 28 + 364)


def test_washout_never_lets_the_windows_meet_in_the_other_year() -> None:
    found = calendar(7 * 60, 7 * 54, washout_weeks=4)
    assert found.before[1] <= GO_LIVE
    assert found.before[1] - found.before[0] == found.after[1] - found.after[0]


def test_short_history_gives_equal_spans_that_are_not_aligned() -> None:
    found = calendar(7 * 30 + 2, 7 * 20)
    assert (found.before, found.after) == ((GO_LIVE - 140, GO_LIVE), (GO_LIVE, GO_LIVE + 140))
    assert not found.season_aligned


def test_five_days_after_go_live_are_kept_as_a_window() -> None:
    found = calendar(7 * 60, 5)
    assert found.after == (GO_LIVE, GO_LIVE + 5)
    assert found.before == (GO_LIVE - 364, GO_LIVE)


def test_windows_of_the_plan_stand() -> None:
    after = Window(start=to_date(GO_LIVE + 10), end=to_date(GO_LIVE + 60))
    before = Window(start=to_date(GO_LIVE - 70), end=to_date(GO_LIVE - 20))
    found = calendar(100, 90, before=before, after=after)
    assert (found.before, found.after) == ((GO_LIVE - 70, GO_LIVE - 20), (GO_LIVE + 10, GO_LIVE + 60))
    mirrored = calendar(400, 90, after=after)
    assert mirrored.before == (GO_LIVE + 10 - 364, GO_LIVE + 60 - 364)
    other = calendar(400, 90, before=before)
    assert other.after == (GO_LIVE, GO_LIVE + 49)


@pytest.mark.parametrize(("weeks", "base"), [(78, 52), (77, 26), (52, 26), (51, 13), (10, 13)])
def test_base_leaves_half_a_year(weeks: int, base: int) -> None:
    found = calendar(7 * weeks + 3, 70)
    assert found.base_weeks == base
    assert found.base_from == -weeks + base - 1


def test_go_live_from_the_first_day_of_the_after_files() -> None:
    rows = [order(1, GO_LIVE + day, 100, side=-1 if day < 0 else 1) for day in range(-100, 100)]
    rows.append(order(1, GO_LIVE - 50, 100, side=1, left_out="voided"))
    found = measure(plan(go_live=None), World({"orders": rows}).facts()).calendar
    assert found.go_live == GO_LIVE
    assert found.derived_go_live


def test_no_go_live_is_said() -> None:
    with pytest.raises(UsageError, match="no go-live"):
        calendar(100, 100, go_live=None)


@pytest.mark.parametrize("go_live", [GO_LIVE - 200, GO_LIVE - 101, GO_LIVE + 100, GO_LIVE + 200])
def test_go_live_outside_the_data_names_both_days(go_live: int) -> None:
    with pytest.raises(DataError) as caught:
        calendar(100, 100, go_live=to_date(go_live))
    assert "lies outside the data" in str(caught.value)
    assert str(to_date(GO_LIVE - 100)) in str(caught.value)
    assert str(to_date(GO_LIVE + 99)) in str(caught.value)


@pytest.mark.parametrize("rows", [[], [order(1, GO_LIVE, 100, left_out="voided")]])
def test_nothing_dated_is_an_error(rows: list[dict[str, Any]]) -> None:
    with pytest.raises(DataError, match="no row with a date"):
        measure(plan(), World({"orders": rows}).facts())


def test_a_silence_as_long_as_those_inside_is_not_an_end() -> None:
    rows = [order(1, day, 100) for day in range(GO_LIVE - 200, GO_LIVE + 200)]
    tickets = [{"customer": 1, "segment": 1, "day": day, "cost": 1} for day in range(GO_LIVE - 195, GO_LIVE + 190, 14)]
    late = [{"campaign": 1, "recipient": 1, "segment": 1, "day": day} for day in range(GO_LIVE - 100, GO_LIVE + 50)]
    found = measure(plan(), World({"orders": rows, "tickets": tickets, "sends": late}).facts()).calendar
    assert found.coverage["tickets"] == (GO_LIVE - 200, found.span[1])
    assert found.coverage["sends"] == (GO_LIVE - 100, GO_LIVE + 50)


@pytest.mark.parametrize(("per_week", "weeks"), [(28, 1), (14, 2), (7, 4), (1, 4)])
def test_periods_hold_25_events(per_week: int, weeks: int) -> None:
    day = np.repeat(np.arange(GO_LIVE - 70, GO_LIVE + 70, 7), per_week)
    assert weeks_per_period(day, np.ones(day.size), GO_LIVE, (1, 2, 4)) == weeks


@pytest.mark.parametrize(("clicks", "weeks"), [(2, 2), (1, 4)])
def test_campaign_periods_count_the_responses_that_count(clicks: int, weeks: int) -> None:
    days = range(GO_LIVE - 100, GO_LIVE + 100)
    sends = [{"campaign": day, "recipient": who, "segment": 0, "day": day} for day in days for who in range(9)]
    kinds = ["opened"] * 9 + ["clicked"] * clicks
    answers = [
        {"campaign": day, "recipient": who % 9, "day": day, "kind": kind}
        for day in days
        for who, kind in enumerate(kinds)
    ]
    found = measure(plan(), World({"sends": sends, "responses": answers}).facts()).calendar
    assert found.merge["sends"] == weeks


@pytest.mark.parametrize(
    ("before", "after", "aligned"),
    [
        ((0, 364), (364, 728), True),
        ((0, 140), (364, 504), True),
        ((0, 140), (140, 280), False),
        ((0, 365), (365, 1096), True),
        ((0, 364), (364, 504), False),
        ((0, 180), (365, 545), True),
    ],
)
def test_season_alignment(before: tuple[int, int], after: tuple[int, int], aligned: bool) -> None:
    assert season_aligned(before, after) is aligned


def test_weeks_begin_at_go_live() -> None:
    found = calendar(100, 100)
    assert [found.week(GO_LIVE + day) for day in (-8, -7, -1, 0, 6, 7)] == [-2, -1, -1, 0, 0, 1]
    assert to_date(found.go_live) == date(2022, 1, 8)
