"""Google Ads reports, read without any configuration."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clm_audit.exits import DataError
from systems import google_ads_world
from systems.company import make_company
from systems.expect import Expected, Rows, assert_world, day_number
from systems.files import write_csv
from systems.sheets import as_workbooks

COSTS = [("Brand", "100.25"), ("Generic, broad", "50.00")]


@pytest.mark.parametrize("how", [{}, {"utf16": True}, {"german": True}])
def test_spend_by_day_without_the_totals_that_repeat_it(tmp_path: Path, how: dict[str, bool]) -> None:
    company = make_company()
    facts = assert_world(tmp_path, google_ads_world.write(company, tmp_path, **how))
    assert facts.currency == "USD"


def test_the_report_as_a_workbook(tmp_path: Path) -> None:
    expected = google_ads_world.write(make_company(customers=10, months=9), tmp_path)
    assert_world(tmp_path, as_workbooks(tmp_path, expected))


@pytest.mark.parametrize("workbook", [True, False])
@pytest.mark.parametrize(
    "period",
    [
        "July 8, 2023 - September 30, 2023",
        "Jul 8, 2023 – Sep 30, 2023",
        "8 Jul 2023 - 30 Sep 2023",
        "8. Juli 2023 - 30. September 2023",
        "2023-07-08 - 2023-09-30",
    ],
)
def test_a_report_without_days_covers_the_period_above_it(tmp_path: Path, period: str, workbook: bool) -> None:
    google_ads_world.write_undated(tmp_path, period, COSTS)
    first, last = day_number(date(2023, 7, 8)), day_number(date(2023, 9, 30))
    totals = {"rows": 2, "cents": 15025, "day": 2 * first, "until": 2 * (last + 1), "cents.acquisition": 15025}
    expected = Expected(
        {"undated.csv": Rows(2, structure=7)},
        {f"spend.{name}": count for name, count in totals.items()},
        {"undated.csv": "google_ads.undated_report"},
    )
    expected = as_workbooks(tmp_path, expected) if workbook else expected
    [file] = assert_world(tmp_path, expected, go_live=date(2024, 1, 1)).files
    assert any("2023-07-08 to 2023-09-30" in note for note in file.notes)


def test_a_period_across_go_live_is_on_neither_side(tmp_path: Path) -> None:
    google_ads_world.write_undated(tmp_path, "July 8, 2023 - September 30, 2023", COSTS)
    expected = Expected({"undated.csv": Rows(0, rejected=2, structure=7)}, {})
    facts = assert_world(tmp_path, expected, go_live=date(2023, 8, 1))
    assert {one.code for one in facts.rejects} == {"period_crosses_go_live"}


@pytest.mark.parametrize(
    "period", ["All time", "August 31, 2023 - July 8, 2023", "February 30, 2023", "07/08/2023 - 09/10/2023"]
)
def test_a_report_without_any_day_says_so(tmp_path: Path, period: str) -> None:
    google_ads_world.write_undated(tmp_path, period, COSTS)
    with pytest.raises(DataError, match="segment the report by day"):
        assert_world(tmp_path, Expected({}, {}))


@pytest.mark.parametrize(
    ("header", "day", "length"),
    [("Week", "2023-07-03", 7), ("Woche", "2023-07-03", 7), ("Month", "2023-07-01", 31), ("Mes", "2023-07-01", 31)],
)
def test_weeks_and_months_are_spread_over_their_days(tmp_path: Path, header: str, day: str, length: int) -> None:
    write_csv(tmp_path / "g.csv", ["Campaign", header, "Cost"], [["Brand", day, "7.00"]], before=("Report", "All time"))
    first = day_number(date.fromisoformat(day))
    totals = {"spend.rows": 1, "spend.cents": 700, "spend.day": first, "spend.until": first + length}
    assert_world(tmp_path, Expected({"g.csv": Rows(1, structure=3)}, totals))


def test_the_same_spend_by_day_by_week_and_undated_counts_once(tmp_path: Path) -> None:
    company = make_company(customers=10, months=2)
    expected = google_ads_world.write(company, tmp_path)
    google_ads_world.write_undated(tmp_path, "January 1, 2023 - January 20, 2023", COSTS)
    assert_world(tmp_path, expected | Expected({"undated.csv": Rows(0, duplicate=2, structure=7)}, {}))


def test_a_row_without_a_cost_costs_nothing_and_a_blank_one_is_rejected(tmp_path: Path) -> None:
    header = ("Campaign", "Day", "Currency code", "Cost")
    rows = [("A", "2024-01-01", "USD", "1,234.50"), ("B", "2024-01-01", "USD", " --"), ("C", "2024-01-01", "USD", "")]
    write_csv(tmp_path / "ads.csv", header, rows)
    expected = Expected({"ads.csv": Rows(2, rejected=1)}, {"spend.rows": 1, "spend.cents": 123_450})
    facts = assert_world(tmp_path, expected)
    assert facts.evidence["spend.left_out.no_cost"] == 1
