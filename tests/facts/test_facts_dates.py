from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_audit.exits import DataError
from clm_audit.facts.clocks import clock_changes, stamp_counts
from clm_audit.facts.dates import ISO, ZONED, DateFormat, day_of, native_day
from clm_audit.facts.shapes import read_shapes, shape_exprs

EPOCH = date(1970, 1, 1)
STAMPS = st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2099, 12, 30))
ZONES = st.sampled_from(["UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Europe/Berlin"])


def days(texts: list[str], form: DateFormat, zone: str = "UTC", stated: str | None = None) -> list[int | None]:
    frame = pl.DataFrame({"t": texts}, schema={"t": pl.String})
    return frame.select(day_of(pl.col("t"), form, zone, stated)).to_series().to_list()


def number(day: date) -> int:
    return (day - EPOCH).days


@given(STAMPS, ZONES)
@settings(max_examples=60, deadline=None)
def test_naive_stamps_keep_their_own_day(stamp: datetime, zone: str) -> None:
    texts = [
        f"{stamp:%Y-%m-%d}",
        f"{stamp:%Y-%m-%d %H:%M}",
        f"{stamp:%Y-%m-%dT%H:%M:%S}",
        f"{stamp:%Y-%m-%d %H:%M:%S.%f}",
    ]
    assert days(texts, ISO, zone) == [number(stamp.date())] * 4


@given(STAMPS, st.integers(-14 * 60, 14 * 60), ZONES)
@settings(max_examples=80, deadline=None)
def test_stamps_with_an_offset_are_moved_to_the_audits_zone(stamp: datetime, minutes: int, zone: str) -> None:
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    offset = f"{sign}{hours:02}{rest:02}"
    colon = f"{sign}{hours:02}:{rest:02}"
    moment = (stamp - timedelta(minutes=minutes)).replace(tzinfo=UTC)
    expected = number(moment.astimezone(ZoneInfo(zone)).date())
    texts = [
        f"{stamp:%Y-%m-%d %H:%M:%S} {offset}",
        f"{stamp:%Y-%m-%dT%H:%M}{colon}",
        f"{stamp:%Y-%m-%d %H:%M:%S.%f}{offset}",
    ]
    assert days(texts, ZONED, zone) == [expected] * 3
    utc = number(stamp.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date())
    assert days([f"{stamp:%Y-%m-%dT%H:%M:%S}Z", f"{stamp:%Y-%m-%d %H:%M:%S} UTC"], ZONED, zone) == [utc, utc]


@given(STAMPS, st.sampled_from("/.-"), st.sampled_from(["", " 01:16", ", 1:16:09 PM", "T01:16"]))
@settings(max_examples=60, deadline=None)
def test_three_part_dates(stamp: datetime, separator: str, clock: str) -> None:
    d, m, y = stamp.day, stamp.month, f"{stamp.year:04}"
    expected = [number(stamp.date())]
    assert days([separator.join((str(d), str(m), y)) + clock], DateFormat("dmy", separator)) == expected
    assert days([separator.join((f"{m:02}", f"{d:02}", y)) + clock], DateFormat("mdy", separator)) == expected
    assert days([separator.join((y, f"{m:02}", f"{d:02}")) + clock], DateFormat("ymd", separator)) == expected
    assert days([f"{stamp:%Y%m%d}"], DateFormat("compact")) == expected


@pytest.mark.parametrize(
    "text", ["2024-02-30", "2024-13-01", "2024-01-01 25:00", "2024-01-01x", "24-01-01", "yesterday", ""]
)
def test_what_is_no_date_is_null(text: str) -> None:
    assert days([text], ISO) == [None]


def test_a_zone_named_in_the_header_is_converted() -> None:
    assert days(["2024-03-05 23:30"], ISO, "UTC", "America/New_York") == [number(date(2024, 3, 6))]


@pytest.mark.parametrize(
    ("text", "day_first", "month_first"),
    [("12/12/2024", 0, 0), ("13/12/2024", 1, 0), ("12/13/2024", 0, 1), ("31/1/2024", 1, 0), ("13/13/2024", 0, 0)],
)
def test_only_a_part_above_twelve_proves_the_order(text: str, day_first: int, month_first: int) -> None:
    forms = [DateFormat("dmy", "/")]
    counts = pl.DataFrame({"t": [text]}).select(**shape_exprs(pl.col("t"), forms)).row(0, named=True)
    (shape,) = read_shapes(counts, forms)
    assert (shape.cells, shape.day_first, shape.month_first) == (1, day_first, month_first)


@pytest.mark.parametrize(("stated", "expected"), [("UTC", 6), (None, 5)])
def test_typed_stamps_with_a_zone_are_moved_and_those_without_are_not(stated: str | None, expected: int) -> None:
    frame = pl.DataFrame({"t": [datetime(2024, 3, 5, 23, 30)]}).cast(pl.Datetime("us", stated))
    found = native_day(pl.col("t"), frame.schema["t"], "Europe/Berlin")
    assert found is not None
    assert frame.select(found).item() == number(date(2024, 3, expected))


def test_an_hour_that_a_clock_repeats_is_taken_as_the_first() -> None:
    """01:30 in New York on that day is 05:30 or 06:30 in Greenwich, and 23:30 or 00:30 in Costa Rica."""
    found = days(["2024-11-03 01:30"], ISO, "America/Costa_Rica", "America/New_York")
    assert found == [number(date(2024, 11, 2))]


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe"])
def test_gaps_and_overlaps_agree_with_the_zone_itself(zone: str) -> None:
    gaps, overlaps = clock_changes(zone)
    info = ZoneInfo(zone)
    for spans, is_gap in ((gaps, True), (overlaps, False)):
        assert spans
        for start, end in spans:
            inside = start + (end - start) / 2
            early, late = inside.replace(tzinfo=info, fold=0), inside.replace(tzinfo=info, fold=1)
            assert early.utcoffset() != late.utcoffset()
            back = early.astimezone(UTC).astimezone(info).replace(tzinfo=None)
            assert (back != inside) == is_gap
            edge = (start - timedelta(minutes=1)).replace(tzinfo=info)
            assert edge.utcoffset() == edge.replace(fold=1).utcoffset()


def test_stamps_inside_clock_changes_are_counted() -> None:
    texts = ["2024-03-10 02:30", "2024-03-10 03:00", "2024-11-03 01:15:00", "2024-11-03 02:00", "2024-06-01", None]
    row = pl.DataFrame({"t": texts}).select(**stamp_counts(pl.col("t"), "America/New_York")).row(0, named=True)
    assert row == {"naive": 4, "dst_gap": 1, "dst_overlap": 1}


def orders(*dates: str) -> str:
    return "order,date,amount\n" + "".join(f"o{n},{text},1\n" for n, text in enumerate(dates))


def test_day_first_is_proved_by_any_row_of_the_file(build) -> None:
    built = build({"a.csv": orders(*["03/04/2024"] * 2500, "13/04/2024")})
    assert built.tables["orders"]["day"][0] == number(date(2024, 4, 3))
    assert built.file("a.csv").notes[0] == "date: dates read as DD/MM/YYYY, because 1 row has a day above 12"


def test_ambiguous_days_are_refused_with_the_remedy(build) -> None:
    with pytest.raises(DataError, match=r"a.csv: column 'date': every date can be read .*YYYY-MM-DD"):
        build({"a.csv": orders("03/04/2024", "05/06/2024")})


def test_contradicting_days_are_refused(build) -> None:
    with pytest.raises(DataError, match="mixes dates"):
        build({"a.csv": orders("13/04/2024", "04/13/2024")})


def test_another_part_of_the_same_export_decides(build) -> None:
    built = build({"a.csv": orders("03/04/2024"), "b.csv": "order,date,amount\np,04/13/2024,1\n"})
    assert built.tables["orders"]["day"][0] == number(date(2024, 3, 4))


def test_one_format_a_column_and_the_rest_is_rejected(build) -> None:
    built = build({"a.csv": orders("2024-01-05", "2024-01-06 10:00", "05.01.2024", "", "0001-01-01")})
    assert built.tables["orders"]["day"].to_list() == [number(date(2024, 1, 5)), number(date(2024, 1, 6))]
    assert [code for code, *_ in built.codes()] == ["bad_date", "impossible_date", "missing_date"]


def test_naive_stamps_are_noted_when_nobody_chose_a_zone(build) -> None:
    built = build({"a.csv": orders("2024-01-05 10:00", "2024-01-06")})
    assert built.facts.evidence["dates.naive"] == 1
    assert built.file("a.csv").notes == ("stamps without a zone are read as UTC, because no timezone is set",)
    chosen = build({"a.csv": orders("2024-01-05 10:00")}, timezone="Europe/Berlin", origins={"timezone": "option"})
    assert chosen.file("a.csv").notes == ()
