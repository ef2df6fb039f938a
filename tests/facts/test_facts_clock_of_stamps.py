"""Stamps without a zone of their own: whose clock they are read on."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_audit.facts.dates import ISO, DateFormat, day_of

MDY = DateFormat("mdy", "/")


def _days(cells: list[str], form: DateFormat, zone: str, stated: str | None) -> list[int | None]:
    return pl.DataFrame({"at": cells}).select(day_of(pl.col("at"), form, zone, stated))["at"].to_list()


@given(
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2037, 1, 1)),
    st.sampled_from(["UTC", "Asia/Tokyo", "Pacific/Auckland", "America/Los_Angeles"]),
    st.sampled_from(["UTC", "America/New_York", "Europe/Berlin"]),
)
def test_a_stamp_falls_on_the_day_that_the_audit_has_then(moment: datetime, stated: str, zone: str) -> None:
    moment = moment.replace(microsecond=0)
    there = moment.replace(tzinfo=ZoneInfo(stated))
    if there.astimezone(ZoneInfo("UTC")).astimezone(ZoneInfo(stated)).replace(tzinfo=None) != moment:
        return  # a time that the clock of that zone skipped
    day = (there.astimezone(ZoneInfo(zone)).date() - datetime(1970, 1, 1).date()).days
    assert _days([moment.strftime("%Y-%m-%d %H:%M:%S")], ISO, zone, stated) == [day]
    assert _days([moment.strftime("%m/%d/%Y %I:%M %p")], MDY, zone, stated) == [day]
    named = DateFormat("given", pattern="%b %d, %Y %I:%M %p")
    assert _days([moment.strftime("%b %d, %Y %I:%M %p")], named, zone, stated) == [day]


@pytest.mark.parametrize(("cell", "form"), [("2024-01-05", ISO), ("1/5/2024", MDY)])
def test_a_date_without_a_time_is_that_day_on_any_clock(cell: str, form: DateFormat) -> None:
    assert _days([cell], form, "America/New_York", "UTC") == _days([cell], form, "UTC", None) == [19727]


def test_a_time_that_the_clock_skipped_is_taken_as_one_hour_later() -> None:
    assert _days(["2024-03-31 02:30:00"], ISO, "UTC", "Europe/Berlin") == [19813]
