"""Every way in which the exports write dates: a table of spellings, read through the whole floor."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.config.resolve import resolve
from clm_audit.exits import DataError, UsageError
from clm_audit.facts.build import build_facts
from clm_audit.facts.dates import DateFormat, day_of
from clm_audit.facts.store import run_folder
from clm_audit.intake.read import read_exports

EPOCH = date(1970, 1, 1)


def number(text: str) -> int:
    return (date.fromisoformat(text) - EPOCH).days


def orders(cells: list[str], header: str = "date") -> str:
    return f"order;{header};amount\n" + "".join(f"o{n};{cell};1\n" for n, cell in enumerate(cells))


NY = {"timezone": "America/New_York", "origins": {"timezone": "option"}}
# what is written -> the days that a calendar has, in New York
SPELLINGS = {
    "hubspot": (["2023-11-15 20:09", "2023-11-16 00:00"], ["2023-11-15", "2023-11-16"]),
    "excel saved again": (["4/7/2025 13:07", "4/17/2025 1:07"], ["2025-04-07", "2025-04-17"]),
    "salesforce api": (["2024-01-23T03:26:08.000+0000", "2024-01-23T13:26:08.000+0000"], ["2024-01-22", "2024-01-23"]),
    "shopify": (["2025-12-06 23:37:33 -0800", "2025-07-06 10:37:33 -0400"], ["2025-12-07", "2025-07-06"]),
    "klaviyo": (["2024-05-05T01:00:00+00:00", "2024-05-05T09:00:00Z"], ["2024-05-04", "2024-05-05"]),
    "french offset": (["2024-05-05T01:00:00,123+02", "2024-05-05T09:00:00+02"], ["2024-05-04", "2024-05-05"]),
    "german": (["05.01.2024", "06.01.2024 10:00"], ["2024-01-05", "2024-01-06"]),
    "dashes": (["05-01-2024", "13-01-2024"], ["2024-01-05", "2024-01-13"]),
    "year first": (["2024/01/05", "2024/01/06 10:00"], ["2024-01-05", "2024-01-06"]),
    "compact": (["20240105", "20240106"], ["2024-01-05", "2024-01-06"]),
    "short": (["Jan 5, 2024", "Dec 6, 2024"], ["2024-01-05", "2024-12-06"]),
    "long": (["January 5, 2024 at 11:30 PM", "December 6, 2024 1:00 am"], ["2024-01-05", "2024-12-06"]),
    "weekday": (["Friday, January 5, 2024", "Sun, Jan 7, 2024"], ["2024-01-05", "2024-01-07"]),
    "british": (["5 Jan 2024", "6 December 2024 14:00"], ["2024-01-05", "2024-12-06"]),
    "oracle": (["05-JAN-2024", "06-Dec-2024"], ["2024-01-05", "2024-12-06"]),
    "german months": (["5. Januar 2024", "6. März 2024"], ["2024-01-05", "2024-03-06"]),
    "french months": (["5 févr. 2024", "6 août 2024"], ["2024-02-05", "2024-08-06"]),
    "spanish months": (["5 de enero de 2024", "6 de dic de 2024"], ["2024-01-05", "2024-12-06"]),
    "epoch seconds": (["1704430800", "1704517199"], ["2024-01-05", "2024-01-05"]),
    "epoch milliseconds": (["1704430800000", "1704430799999"], ["2024-01-05", "2024-01-04"]),
    "epoch microseconds": (["1704430800000000", "1704430799999999"], ["2024-01-05", "2024-01-04"]),
    "epoch of days": (["1704412800000", "1704499200000"], ["2024-01-05", "2024-01-06"]),
    "days in greenwich": (["2024-01-05T00:00:00.000Z", "2024-01-06T00:00:00.000Z"], ["2024-01-05", "2024-01-06"]),
    "two digits, month first": (["1/13/24", "12/31/99", "2/1/24"], ["2024-01-13", "1999-12-31", "2024-02-01"]),
    "mail": (["Fri, 05 Jan 2024 01:00:00 +0000", "6 Jan 2024 10:00:00 GMT"], ["2024-01-04", "2024-01-06"]),
    "mail, summer and comment": (
        ["Mon, 01 Jul 2024 05:59:59 +0200 (CEST)", "01 Jul 2024 06:00 CEST"],
        ["2024-06-30", "2024-07-01"],
    ),
    "iso in middle europe": (["2024-01-05 05:30:00 CET", "2024-07-05 06:00:00 CEST"], ["2024-01-04", "2024-07-05"]),
    "days in middle europe": (["2024-01-05 00:00 CET", "2024-07-05 00:00 CEST"], ["2024-01-05", "2024-07-05"]),
    "pacific": (["2024-07-05 22:00:00 PDT", "2024-07-05 20:00:00 PDT"], ["2024-07-06", "2024-07-05"]),
    "japanese": (["2024年7月1日", "2024年12月31日 23:50"], ["2024-07-01", "2024-12-31"]),
    "iso with a half": (["2024-01-05 11:30 PM", "2024-01-06 01:30 AM"], ["2024-01-05", "2024-01-06"]),
}


SPELLINGS |= {
    "with and without offset": (
        ["2024-07-01", "2024-07-01T03:30:00Z", "2024-07-02 09:00", "2024-07-02T23:30:00+02:00"],
        ["2024-07-01", "2024-06-30", "2024-07-02", "2024-07-02"],
    ),
    "days with and without midnight": (
        ["2024-07-01", "2024-07-02T00:00:00Z", "2024-07-03T00:00:00Z"],
        ["2024-07-01", "2024-07-02", "2024-07-03"],
    ),
    "month first and year first": (
        ["10/01/2026", "2026-11-15", "10/28/2026", "2026-11-02"],
        ["2026-10-01", "2026-11-15", "2026-10-28", "2026-11-02"],
    ),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_each_spelling_is_its_day(build, name: str) -> None:
    cells, days = SPELLINGS[name]
    built = build({"o.csv": orders(cells)}, **NY)
    assert built.codes() == []
    assert built.tables["orders"]["day"].to_list() == [number(day) for day in days]


def test_a_clock_in_the_header_or_the_preset_is_kept(build) -> None:
    text = "id,Created (UTC),Amount,Currency,Customer Email,Status\np,2024-01-05 02:00:00,1.00,usd,a@x.org,Paid\n"
    mapping = {"fact": "orders", "order": "id", "date": "re:Created \\((?P<tz>[A-Za-z/_]+)\\)", "amount": "Amount"}
    built = build({"p.csv": text}, sources=[Source(path="p.csv", map=mapping)], **NY)
    assert built.tables["orders"]["day"].to_list() == [number("2024-01-04")]
    days = text.replace("02:00:00", "00:00:00")
    whole = build({"p.csv": days}, sources=[Source(path="p.csv", map=mapping)], **NY)
    assert whole.tables["orders"]["day"].to_list() == [number("2024-01-05")]
    assert "Created (UTC): midnight throughout, read as days" in whole.file("p.csv").notes


def test_clock_changes_are_counted_in_every_format(build) -> None:
    cells = ["10/03/2024 02:30", "10/03/2024 03:00", "03/11/2024 01:15", "03/11/2024 02:00", "14/06/2024"]
    built = build({"o.csv": orders(cells)}, **NY)
    counts = built.facts.evidence
    assert (counts["dates.dst_gap"], counts["dates.dst_overlap"], counts["dates.naive"]) == (1, 1, 4)
    assert built.tables["orders"]["day"][0] == number("2024-03-10")


@pytest.mark.parametrize(
    ("said", "days"),
    [("day first", ["2024-04-03", "2024-06-05"]), ("month first", ["2024-03-04", "2024-05-06"])],
)
def test_what_nobody_can_know_the_user_says(build, said: str, days: list[str]) -> None:
    text = {"o.csv": orders(["03/04/2024", "05/06/2024"])}
    built = build(text, sources=[Source(path="o.csv", dates=said)])
    assert built.tables["orders"]["day"].to_list() == [number(day) for day in days]
    assert any(note.endswith("as the configuration says") for note in built.file("o.csv").notes)
    with pytest.raises(DataError, match="every date can be read"):
        build(text)


def test_what_the_user_says_is_checked_against_the_rows(build) -> None:
    text = {"o.csv": orders(["13/04/2024", "05/06/2024"])}
    with pytest.raises(
        DataError, match=r"`dates: month first` cannot be, because 1 rows have a day above 12 in the first"
    ):
        build(text, sources=[Source(path="o.csv", dates="month first")])


def test_a_pattern_of_the_user_is_taken(build) -> None:
    text = {"o.csv": orders(["24-01-05", "24-01-06"])}
    built = build(text, sources=[Source(path="o.csv", dates="%y-%m-%d")])
    assert built.tables["orders"]["day"].to_list() == [number("2024-01-05"), number("2024-01-06")]


@pytest.mark.parametrize("cells", [["01/02/24", "02/03/24"], ["13/02/24", "14/03/25"]])
def test_years_of_two_digits_need_a_proof(build, cells: list[str]) -> None:
    with pytest.raises(DataError, match=r"every date can be read|no row proves which of the three parts"):
        build({"o.csv": orders(cells)})


def test_years_that_hardly_change_prove_themselves(build) -> None:
    cells = [f"{day:02}.{month:02}.23" for day in range(1, 29) for month in (3, 11)]
    built = build({"o.csv": orders(cells)})
    assert built.tables["orders"]["day"].to_list() == [number(f"2023-{c[3:5]}-{c[:2]}") for c in cells]
    (note,) = built.file("o.csv").notes
    assert (
        note == "date: dates read as DD.MM.YY, because 32 rows have a day above 12; years below 70 as of this century"
    )


def test_numbers_of_days_are_read_where_the_user_or_a_workbook_says_so(build) -> None:
    text = {"o.csv": orders(["45292", "45292.5", "45293.999"])}
    built = build(text, sources=[Source(path="o.csv", dates="excel")])
    assert built.tables["orders"]["day"].to_list() == [number("2024-01-01")] * 2 + [number("2024-01-02")]
    later = build(text, sources=[Source(path="o.csv", dates="excel 1904")])
    assert later.tables["orders"]["day"][0] == number("2024-01-01") + 1462
    unsaid = build(text)
    assert [code for code, *_ in unsaid.codes()] == ["bad_date"] * 3


def test_typed_numbers_of_a_parquet_file_are_dates_too(tmp_path) -> None:
    frame = pl.DataFrame({"order": ["a", "b"], "date": [1704430800, 1704517199], "amount": [1, 2]})
    path = tmp_path / "orders.parquet"
    frame.write_parquet(path)
    plan = AuditPlan(go_live=date(2024, 7, 1), sources=(Source(path=path),), root=tmp_path, **NY)
    with run_folder() as folder:
        days = build_facts(plan, read_exports(plan, folder), folder).tables["orders"].collect()["day"].to_list()
    assert days == [number("2024-01-05"), number("2024-01-05")]


@given(st.datetimes(datetime(1971, 1, 2), datetime(2069, 1, 1)), st.sampled_from(["UTC", "Asia/Tokyo", "America/Lima"]))
@settings(max_examples=80, deadline=None)
def test_spellings_against_the_calendar(stamp: datetime, zone: str) -> None:
    moment = stamp.replace(tzinfo=UTC, microsecond=0)
    there = (moment.astimezone(ZoneInfo(zone)).date() - EPOCH).days
    naive = (stamp.date() - EPOCH).days
    cases = {
        f"{int(moment.timestamp()):010}": (DateFormat("epoch", "s"), there),
        f"{int(moment.timestamp()) * 1000:013}": (DateFormat("epoch", "ms"), there),
        f"{stamp:%d %B %Y %H:%M}": (DateFormat("named dmy"), naive),
        f"{stamp:%b %d, %Y, %I:%M:%S %p}": (DateFormat("named mdy"), naive),
        f"{stamp:%d-%b-%y}": (DateFormat("named dmy", digits=2), naive),
        f"{stamp:%m/%d/%y %H:%M}": (DateFormat("mdy", "/", digits=2), naive),
        f"{(stamp.replace(microsecond=0) - datetime(1899, 12, 30)) / timedelta(days=1):.10f}": (
            DateFormat("serial", pattern="1899-12-30"),
            naive,
        ),
    }
    for cell, (form, expected) in cases.items():
        if form.order == "epoch" and not 10**9 <= moment.timestamp() < 3 * 10**9:
            continue
        assert pl.DataFrame({"t": [cell]}).select(day_of(pl.col("t"), form, zone)).item() == expected, cell


@pytest.mark.parametrize("written", ["day frist", "%d %H", "2024", "%Y-%m"])
def test_what_is_no_way_to_write_dates_is_refused(tmp_path, written: str) -> None:
    (tmp_path / "o.csv").write_text("order,date,amount\n")
    config = tmp_path / "clm-audit.yaml"
    config.write_text(f'go_live: 2024-07-01\nsources: [{{path: o.csv, dates: "{written}"}}]\n')
    with pytest.raises(UsageError, match="says nothing about dates"):
        resolve([], config, {}, {}, tmp_path)


def test_dates_that_a_spreadsheet_may_have_turned_are_not_believed(build) -> None:
    # 5 July and 7 July, read by a spreadsheet as 7 May and 7 July; 13 and 20 July it left alone
    built = build({"o.csv": orders(["13/07/2024", "2024-05-07", "20/07/2024", "2024-07-07"])})
    assert built.codes() == [("bad_date", "date", "rejected")] * 2


def test_offsets_deep_in_a_file_are_found_and_counted(build) -> None:
    cells = ["2024-07-01 10:00"] * 2_500 + ["2024-07-01T23:30:00-05:00"] * 3
    built = build({"o.csv": orders(cells)}, timezone="UTC")
    assert built.codes() == []
    assert built.tables["orders"]["day"].to_list() == [number("2024-07-01")] * 2_500 + [number("2024-07-02")] * 3
    assert (built.facts.evidence["dates.naive"], built.facts.evidence["dates.zoned"]) == (2_500, 3)


@pytest.mark.parametrize("zone", ["CST", "IST", "BST", "XYZ"])
def test_an_abbreviation_of_several_zones_is_no_date(zone: str) -> None:
    cells = pl.DataFrame({"c": [f"2024-01-05 10:00:00 {zone}", f"05 Jan 2024 10:00:00 {zone}"]})
    forms = (DateFormat("zoned"), DateFormat("mail"))
    assert [cells.select(day_of(pl.col("c"), form, "UTC"))["c"].to_list() for form in forms] == [[None, None]] * 2
