"""Files declared for one side: what the rows left out leave behind, by hand-made days."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clm_audit.config.plan import Source
from clm_audit.exits import DataError, UsageError
from clm_audit.measures.measure import measure
from clm_audit.measures.model import Measured, SideRows, to_date
from measures.world import GO_LIVE, World, order, plan

Row = dict[str, Any]


def orders(first: int, last: int, side: int, per_day: int = 1) -> list[Row]:
    """Orders on the days from go-live + first up to go-live + last."""
    return [order(day % 20, GO_LIVE + day, 100, side=side) for day in range(first, last) for _ in range(per_day)]


def measured(rows: list[Row], **changes: Any) -> Measured:
    return measure(plan(**changes), World({"orders": rows}).facts())


def sides(rows: list[Row], **changes: Any) -> SideRows:
    return measured(rows, **changes).calendar.sides["orders"]


def held(found: Measured) -> list[str]:
    return [item.metric for item in found.metrics if item.missing and item.missing.code == "hole_at_go_live"]


def test_rows_of_whole_folders_are_of_no_side() -> None:
    assert measured(orders(-400, 300, 0)).calendar.sides == {}


def test_folders_that_meet_at_go_live_leave_nothing() -> None:
    found = measured(orders(-400, 0, -1) + orders(0, 300, 1))
    assert found.calendar.sides == {"orders": SideRows(0, 0, 0, 0, 0, 14)}
    assert held(found) == []


def test_the_day_of_go_live_is_after() -> None:
    """One order more on either side of go-live, in the files of either side: those on the wrong side do not count."""
    found = measured(orders(-300, 0, -1) + orders(0, 300, 1))
    more = [order(0, GO_LIVE + day, 100, side=side) for day in (-1, 0) for side in (-1, 1)]
    added = measured(orders(-300, 0, -1) + orders(0, 300, 1) + more)
    for side in (0, 1):
        assert added.window_totals["orders"][side] == found.window_totals["orders"][side] + 1
    assert sum(added.outside.values()) == sum(found.outside.values()) + 2


def test_a_later_go_live_leaves_a_hole_before_it() -> None:
    found = measured(orders(-400, -91, -1) + orders(-91, 300, 1, 2))
    assert found.calendar.sides["orders"] == SideRows(182, 182, 13, 91, 0, 14)
    assert {"purchase_frequency", "transaction_size"} <= set(held(found))


def test_an_earlier_go_live_leaves_a_hole_after_it() -> None:
    found = sides(orders(-400, 70, -1) + orders(70, 400, 1))
    assert found == SideRows(70, 70, 10, 0, 70, 14)


def test_imported_history_that_the_old_export_covers_leaves_no_hole() -> None:
    found = measured(orders(-400, 0, -1) + orders(-400, 300, 1))
    assert found.calendar.sides["orders"] == SideRows(400, 0, 0, 0, 0, 14)
    assert held(found) == []


def test_imported_history_older_than_the_old_export_leaves_no_hole() -> None:
    assert sides(orders(-400, 0, -1) + orders(-800, 300, 1)) == SideRows(800, 0, 0, 0, 0, 14)


def test_a_few_stray_rows_do_not_cover_weeks() -> None:
    stray = [order(1, GO_LIVE + day, 100, side=-1) for day in range(-90, 0, 10)]
    found = sides(orders(-400, -91, -1) + stray + orders(-91, 300, 1, 4))
    assert found.lost >= 80 * 4
    assert found.gap_before == 9


@pytest.mark.parametrize(("days", "holed"), [(14, False), (15, True)])
def test_two_weeks_of_silence_before_go_live_are_borne(days: int, holed: bool) -> None:
    found = measured(orders(-400, -days, -1) + orders(0, 300, 1))
    assert found.calendar.sides["orders"].gap_before == days
    assert bool(held(found)) is holed


@pytest.mark.parametrize(("days", "holed"), [(28 + 14, False), (28 + 15, True)])
def test_silence_in_the_wash_out_is_not_asked(days: int, holed: bool) -> None:
    found = measured(orders(-400, 0, -1) + orders(days, 300, 1), washout_weeks=4)
    assert found.calendar.sides["orders"].gap_after == days - 28
    assert bool(held(found)) is holed


def test_what_comes_monthly_may_be_silent_for_longer() -> None:
    mails = [
        {"campaign": 1, "day": GO_LIVE + day, "side": -1 if day < 0 else 1, "sent": 100, "delivered": 90, "clicked": 9}
        for day in range(-390, 300, 30)
    ]
    world = World({"orders": orders(-400, 0, -1) + orders(0, 300, 1), "campaigns": mails})
    found = measure(plan(), world.facts())
    assert found.calendar.sides["campaigns"].gap_before == 29
    assert "campaign_response" not in held(found)


def test_monthly_books_cover_the_days_up_to_their_end() -> None:
    def book(first: int, side: int) -> Row:
        return {"day": first, "until": first + 30, "cents": 100, "category": "retention", "side": side}

    early = [book(GO_LIVE + day, -1) for day in range(-390, 0, 30)]
    late = [book(GO_LIVE + day, 1) for day in range(0, 300, 30)]
    whole = {"orders": orders(-400, 0, -1) + orders(0, 300, 1)}
    found = measure(plan(), World({**whole, "spend": early + late}).facts()).calendar.sides
    assert found["spend.retention"] == SideRows(0, 0, 0, 0, 0, 14)
    holed = measure(plan(), World({**whole, "spend": early[:-1] + late}).facts())
    assert holed.calendar.sides["spend.retention"].gap_before == 30
    assert "retention_cost" in held(holed)
    assert "purchase_frequency" not in held(holed)


def test_the_range_of_the_message_is_that_of_all_rows() -> None:
    with pytest.raises(DataError) as caught:
        measured(orders(-400, 0, -1) + orders(0, 300, 1), go_live=to_date(GO_LIVE + 900))
    assert f"{to_date(GO_LIVE - 400)} to {to_date(GO_LIVE + 299)}" in str(caught.value)


def test_a_side_without_a_row_of_its_own_is_said() -> None:
    with pytest.raises(DataError, match="lies on or after go-live"):
        measured(orders(-400, 300, -1) + orders(-100, -50, 1))
    with pytest.raises(DataError, match="lies before go-live"):
        measured(orders(20, 300, -1) + orders(-100, -50, 1) + orders(10, 400, 1))


def test_a_fact_that_only_the_wrong_side_holds_is_a_hole_and_not_said_to_be_missing() -> None:
    """One help desk with one export, put beside the new shop: its old tickets are there, but do not count."""
    tickets = [
        {"customer": day % 20, "segment": 0, "day": GO_LIVE + day, "cost": 100, "side": 1} for day in range(-400, 300)
    ]
    found = measure(plan(), World({"orders": orders(-400, 0, -1) + orders(0, 300, 1), "tickets": tickets}).facts())
    assert found.calendar.sides["tickets"].lost == 400
    assert held(found) == ["service_cost"]


@pytest.mark.parametrize("go_live", [None, to_date(GO_LIVE)])
def test_swapped_sides_are_asked_about(go_live: object) -> None:
    with pytest.raises(UsageError) as caught:
        measured(orders(0, 300, -1) + orders(-400, 0, 1), go_live=go_live)
    said = str(caught.value)
    assert f"start {to_date(GO_LIVE - 400)}, earlier than the first's ({to_date(GO_LIVE)})" in said
    assert "swapped?" in said


def test_imported_history_needs_a_date_but_is_not_taken_for_swapped() -> None:
    rows = orders(-400, 0, -1) + orders(-800, 300, 1)
    assert measured(rows).calendar.go_live == GO_LIVE
    with pytest.raises(UsageError, match="swapped"):
        measured(rows, go_live=None)
    with pytest.raises(UsageError, match="cannot be told"):
        measured(orders(-400, 0, -1) + orders(-400, 300, 1), go_live=None)


@pytest.mark.parametrize("go_live", [None, to_date(GO_LIVE)])
def test_one_folder_for_each_system_stops_early(go_live: object, tmp_path: Path) -> None:
    for name in ("shop", "desk"):
        (tmp_path / name).mkdir()
    tickets = [{"customer": 1, "segment": 0, "day": GO_LIVE + day, "side": 1} for day in range(-200, 200)]
    world = World({"orders": orders(-200, 200, -1), "tickets": tickets})
    sources = (Source(path=tmp_path / "shop", side="before"), Source(path=tmp_path / "desk", side="after"))
    with pytest.raises(UsageError, match="shop/ holds only orders and desk/ only tickets; two folders mean before"):
        measure(plan(go_live=go_live, sources=sources, root=tmp_path), world.facts())
