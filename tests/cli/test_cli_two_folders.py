"""What a user gets who gives two folders, by the real program: holes, swaps, one folder for each system."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]
SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
LIVE = date(2024, 1, 1)
ZONE = ("--timezone", "America/New_York")


def table(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def orders(path: Path, first: int, last: int, prefix: str = "o") -> None:
    """Three orders a day, on the days from go-live + first up to go-live + last; 40 customers."""
    rows = [
        [f"{prefix}{day}-{number}", LIVE + timedelta(day), 50 + (day * 7 + number) % 40, f"c{(day * 3 + number) % 40}"]
        for day in range(first, last)
        for number in range(3)
    ]
    table(path, ["order", "date", "amount", "customer"], rows)


def audit(clm_audit: Run, *args: str | Path) -> dict[str, Any]:
    run = clm_audit("compare", *args, "--format", "json", "--quiet")
    assert run.returncode in (0, 4), run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def check(report: dict[str, Any], name: str = "sides") -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in report["checks"] if one["id"] == name)
    return found


def findings(report: dict[str, Any]) -> dict[str, str]:
    return {metric["id"]: metric["finding"] for metric in report["metrics"]}


def test_a_date_other_than_where_the_folders_meet_claims_nothing(clm_audit: Run) -> None:
    report = audit(clm_audit, SAMPLE / "before", SAMPLE / "after", "--go-live", "2024-10-01", *ZONE)
    found = check(report)
    assert found["status"] == "fail"
    assert found["evidence"]["weeks"] == 13
    assert found["evidence"]["lost"] == _dated("2024-07-02", "2024-10-01"), (
        "13 weeks; the old shop has the rest of the first"
    )
    assert {"purchase_frequency", "transaction_size"} <= set(found["metrics"])
    assert {"improved", "worsened"}.isdisjoint(findings(report).values())
    assert report["verdict"]["value"] in ("inconclusive", "not assessable")
    assert found["remedy"] == "Give one folder with everything, or the right go-live date."


def _dated(first: str, last: str) -> int:
    """Orders of the after folder that count and were created from ``first`` on and before ``last``."""
    states: dict[str, tuple[str, str]] = {}
    with (SAMPLE / "after" / "orders_export.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["Financial Status"]:
                live = not row["Cancelled at"] and row["Financial Status"] not in ("voided", "pending")
                states[row["Name"]] = (row["Created at"], "counts" if live else "")
    return sum(1 for created, state in states.values() if state and first <= created < last)


def test_the_same_rows_in_one_folder_leave_no_hole(clm_audit: Run, tmp_path: Path) -> None:
    for side in ("before", "after"):
        shutil.copytree(SAMPLE / side, tmp_path / "all" / side)
    report = audit(clm_audit, "all", "--go-live", "2024-10-01", *ZONE)
    assert check(report)["status"] == "pass"
    assert findings(report)["purchase_frequency"] != "not assessable"


@pytest.mark.parametrize("dated", [True, False])
def test_an_old_export_that_stops_early_is_a_hole(clm_audit: Run, tmp_path: Path, dated: bool) -> None:
    orders(tmp_path / "old" / "orders.csv", -600, -60)
    orders(tmp_path / "new" / "orders.csv", 0, 300, "n")
    given = ("--go-live", str(LIVE)) if dated else ()
    report = audit(clm_audit, "old", "new", *given)
    found = check(report)
    assert (found["status"], found["evidence"]["days"]) == ("fail", 60)
    assert "end 60 days before" in found["message"]
    assert findings(report)["transaction_size"] == "not assessable"


def test_a_new_export_that_starts_late_is_a_hole(clm_audit: Run, tmp_path: Path) -> None:
    orders(tmp_path / "old" / "orders.csv", -600, 0)
    orders(tmp_path / "new" / "orders.csv", 50, 300, "n")
    found = check(audit(clm_audit, "old", "new", "--go-live", str(LIVE)))
    assert (found["status"], found["evidence"]["days"]) == ("fail", 50)
    assert "start 50 days late" in found["message"]
    washed = check(audit(clm_audit, "old", "new", "--go-live", str(LIVE), "--washout", "6 weeks"))
    assert washed["status"] == "pass"


def test_imported_history_is_a_warning_with_its_count(clm_audit: Run, tmp_path: Path) -> None:
    orders(tmp_path / "old" / "orders.csv", -600, 0)
    orders(tmp_path / "new" / "orders.csv", -600, 300, "n")
    report = audit(clm_audit, "old", "new", "--go-live", str(LIVE))
    found = check(report)
    assert (found["status"], found["evidence"]["rows"]) == ("warn", 1800)
    assert findings(report)["transaction_size"] != "not assessable"


def test_the_range_in_outside_the_data_is_that_of_all_rows(clm_audit: Run, tmp_path: Path) -> None:
    orders(tmp_path / "old" / "orders.csv", -600, 0)
    orders(tmp_path / "new" / "orders.csv", 0, 300, "n")
    run = clm_audit("compare", "old", "new", "--go-live", "2030-01-01")
    assert run.returncode == 4
    assert f"{LIVE - timedelta(600)} to {LIVE + timedelta(299)}" in run.stderr


@pytest.mark.parametrize("given", [(), ("--go-live", str(LIVE))])
def test_swapped_folders_are_asked_about(clm_audit: Run, tmp_path: Path, given: tuple[str, ...]) -> None:
    orders(tmp_path / "old" / "orders.csv", -600, 0)
    orders(tmp_path / "new" / "orders.csv", 0, 300, "n")
    run = clm_audit("compare", "new", "old", *given)
    assert run.returncode == 2
    said = f"The second folder's orders start {LIVE - timedelta(600)}, earlier than the first's ({LIVE}): "
    assert said + "are the folders swapped?" in run.stderr


@pytest.mark.parametrize("given", [(), ("--go-live", str(LIVE))])
def test_one_folder_for_each_system_stops_with_what_to_do(
    clm_audit: Run, tmp_path: Path, given: tuple[str, ...]
) -> None:
    orders(tmp_path / "shop" / "orders.csv", -300, 300)
    days = [LIVE + timedelta(day) for day in range(-300, 300)]
    table(tmp_path / "helpdesk" / "t.csv", ["ticket", "created", "cost"], [[f"t{day}", day, 5] for day in days])
    run = clm_audit("compare", "shop", "helpdesk", *given)
    assert run.returncode == 2
    assert "shop/ holds only orders and helpdesk/ only tickets; two folders mean before and after" in run.stderr
    assert "put them in one folder and give --go-live, or name sources in clm-audit.yaml" in run.stderr


def test_check_without_a_date_prints_no_warning_of_python(clm_audit: Run) -> None:
    run = clm_audit("check", SAMPLE / "before", PYTHONWARNINGS="always")
    assert run.returncode == 0
    assert "Warning" not in run.stderr
    assert "Warning:" not in run.stdout


def test_a_wrong_file_is_said_before_the_missing_date(clm_audit: Run, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# About\n\nSome words.\n")
    orders(tmp_path / "orders.csv", -300, 300)
    alone = clm_audit("compare", "README.md")
    assert alone.returncode == 4
    assert "README.md: no header of a known export" in alone.stderr
    assert "go-live" not in alone.stderr
    beside = clm_audit("compare", "README.md", "orders.csv")
    assert beside.returncode == 2
    first, second, _ = beside.stderr.splitlines()
    assert first.startswith("README.md: no header of a known export")
    assert second.startswith("the go-live date is missing")
    (tmp_path / "only").mkdir()
    shutil.copy(tmp_path / "orders.csv", tmp_path / "only")
    assert clm_audit("compare", "only").stderr.startswith("the go-live date is missing")


def test_an_unknown_file_is_listed_with_what_is_missing(clm_audit: Run, tmp_path: Path) -> None:
    orders(tmp_path / "in" / "orders.csv", -300, 300)
    table(tmp_path / "in" / "near.csv", ["order", "datum", "amount"], [["a", LIVE, 3]])
    table(tmp_path / "in" / "far.csv", ["Kunde", "Summe"], [["a", 3]])
    run = clm_audit("check", "in", "--format", "json")
    unknown = dict(json.loads(run.stdout)["unknown_files"])
    lacks = "not recognised: nearest is plain.orders, of which is missing: date; the file has order, datum, amount"
    assert unknown["in/near.csv"] == lacks
    assert unknown["in/far.csv"].endswith("orders, for example, need the columns order, date, amount")
