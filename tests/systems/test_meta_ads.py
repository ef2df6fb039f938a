"""Meta Ads exports, read without any configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from systems import google_ads_world, meta_ads_world
from systems.company import make_company
from systems.expect import Expected, Rows, assert_world
from systems.files import write_csv
from systems.sheets import as_workbooks


def test_lifetime_daily_and_breakdown_exports_are_never_added(tmp_path: Path) -> None:
    facts = assert_world(tmp_path, meta_ads_world.write(make_company(), tmp_path))
    assert facts.currency == "USD"


def test_the_exports_as_workbooks(tmp_path: Path) -> None:
    expected = meta_ads_world.write(make_company(customers=10, months=4), tmp_path)
    assert_world(tmp_path, as_workbooks(tmp_path, expected))


def test_a_french_export(tmp_path: Path) -> None:
    assert_world(tmp_path, meta_ads_world.write_french(make_company(), tmp_path))


def test_one_export_a_month(tmp_path: Path) -> None:
    assert_world(tmp_path, meta_ads_world.write_months(make_company(), tmp_path))


def test_two_platforms_with_campaigns_of_one_name_are_both_counted(tmp_path: Path) -> None:
    company = make_company(customers=10, months=3)
    google = google_ads_world.write(company, tmp_path / "g")
    meta = meta_ads_world.write(company, tmp_path / "m")
    files = {f"g/{name}": rows for name, rows in google.files.items()}
    files |= {f"m/{name}": rows for name, rows in meta.files.items()}
    both = Expected({}, google.totals) | Expected({}, meta.totals)
    assert_world(tmp_path, Expected(files, both.totals))


@pytest.mark.parametrize("named", [True, False])
def test_two_accounts_may_have_campaigns_of_one_name(tmp_path: Path, named: bool) -> None:
    """Where every export names its account, the same campaign of two accounts is two; where not, nothing is added."""
    for account, amount in (("Shop A", "10.00"), ("Shop B", "7.00")):
        header = ["Day", "Campaign name", "Amount spent (EUR)", *(["Account name"] if named else [])]
        write_csv(tmp_path / f"{account}.csv", header, [["2024-01-05", "Brand", amount, *([account] if named else [])]])
    rows = {"Shop A.csv": Rows(1), "Shop B.csv": Rows(1) if named else Rows(0, duplicate=1)}
    cents = 1700 if named else 1000
    assert_world(tmp_path, Expected(rows, {"spend.rows": 1 + named, "spend.cents": cents}))


def test_a_summary_row_and_a_localised_header(tmp_path: Path) -> None:
    header = ["Día", "Nombre de la campaña", "Importe gastado (EUR)"]
    write_csv(
        tmp_path / "m.csv", header, [["2024-01-05", "", "30,50"], ["2024-01-05", "Marca", "30,50"]], delimiter=";"
    )
    assert_world(tmp_path, Expected({"m.csv": Rows(1, structure=2)}, {"spend.rows": 1, "spend.cents": 3050}))
