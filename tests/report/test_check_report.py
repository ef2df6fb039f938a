"""`clm-audit check`, from files to its report: what each file was taken for, what each metric would stand on."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

from clm_audit.cli.check import checked
from clm_audit.config.resolve import resolve
from clm_audit.intake.model import silent
from clm_audit.report.json_out import to_json
from clm_audit.report.model_check import CheckOnlyReport, FileReading, MetricSources
from clm_audit.report.terminal_check import print_check
from verdict.shop import GO_LIVE, LAST, World, shop

Read = Callable[..., CheckOnlyReport]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def run(world: World, go_live: str | None = None) -> CheckOnlyReport:
        world.write(tmp_path)
        options = {"go_live": go_live, "timezone": "Europe/Berlin"}
        config = tmp_path / "clm-audit.yaml" if world.config else None
        plan = resolve(list(world.paths), config, options, {}, tmp_path, needs_go_live=False)
        return checked(plan, silent)[0]

    return run


def reading(report: CheckOnlyReport, name: str) -> FileReading:
    return next(one for one in report.readings if one.path == f"exports/{name}")


def metric(report: CheckOnlyReport, name: str) -> MetricSources:
    return next(one for one in report.sources if one.id == name)


def shown(report: CheckOnlyReport, width: int, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    console = Console(file=io.TextIOWrapper(raw, encoding=encoding), width=width)
    print_check(report, console)
    console.file.flush()
    return raw.getvalue().decode(encoding)


def test_each_file_says_what_it_is_and_why(read: Read) -> None:
    world = shop()
    orders, tickets = len(world.rows("orders")), len(world.rows("tickets"))
    report = read(world)
    found = reading(report, "orders.csv")
    assert found.taken_for == "Plain tables: orders"
    assert (found.known, found.headers, found.header_line) == (6, 6, 1)
    assert found.why == "6 of 6 headers known; it has order, date and amount"
    assert found.encoding == "UTF-8"
    assert [(column.header, column.form) for column in found.columns] == [("date", "YYYY-MM-DD")]
    assert [(feed.fact, feed.rows) for feed in found.feeds] == [("orders", orders)]
    assert [feed.rows for feed in reading(report, "tickets.csv").feeds] == [tickets]
    assert found.rows.accepted == orders


def test_day_and_month_are_shown_with_their_proof(read: Read) -> None:
    world = shop()
    spend = world.rows("spend")
    for row in spend:
        row["date"] = "/".join(reversed(row["date"].split("-")))
    above = sum(int(row["date"][:2]) > 12 for row in spend)
    column = reading(read(world), "spend.csv").columns[0]
    assert column.form == "DD/MM/YYYY"
    assert column.evidence == f"proved by {above} rows with a day above 12"


def test_a_file_that_nearly_is_something_else_says_so(read: Read) -> None:
    world = shop()
    world.tables["exports/orders.csv"] = [{**row, "quantity": "1", "item": "x"} for row in world.rows("orders")]
    found = reading(read(world), "orders.csv")
    assert found.taken_for == "Plain tables: order lines"


def test_the_summary_counts_files_rows_and_metrics(read: Read) -> None:
    world = shop()
    rows = sum(map(len, world.tables.values()))
    report = read(world)
    assert report.summary == f"6 files read, {rows:,} rows; 6 of 6 metrics can be measured."
    assert report.next_step.startswith("clm-audit compare exports --go-live YYYY-MM-DD")
    assert read(shop(), GO_LIVE.isoformat()).next_step == f"clm-audit compare exports --go-live {GO_LIVE}"


def test_each_metric_names_its_facts_and_files(read: Read) -> None:
    world = shop()
    orders = len(world.rows("orders"))
    report = read(world)
    (use,) = metric(report, "purchase_frequency").uses
    assert (use.fact, use.rows, use.files) == ("orders", orders, ("exports/orders.csv",))
    assert use.last <= LAST.isoformat()
    assert [use.fact for use in metric(report, "service_cost").uses] == ["service tickets", "orders"]
    assert [use.fact for use in metric(report, "campaign_response").uses] == ["campaign totals"]
    spend = metric(report, "retention_cost").uses[0]
    assert (spend.fact, spend.rows) == (
        "retention spend",
        sum(row["category"] == "retention" for row in world.rows("spend")),
    )


@pytest.mark.parametrize("go_live", [None, GO_LIVE.isoformat()])
@pytest.mark.parametrize(
    ("gone", "metrics", "says"),
    [
        ("campaigns", {"campaign_response"}, "campaign"),
        ("tickets", {"service_cost"}, "service tickets"),
        ("spend", {"acquisition_cost", "retention_cost"}, "spend"),
    ],
)
def test_a_missing_export_names_itself(
    read: Read, gone: str, metrics: set[str], says: str, go_live: str | None
) -> None:
    world = shop()
    world.tables.pop(f"exports/{gone}.csv")
    report = read(world, go_live)
    assert {item.id for item in report.sources if not item.measurable} == metrics
    for name in metrics:
        assert says in metric(report, name).reason
        assert metric(report, name).remedy.startswith("Add")


def test_tickets_without_cost_need_a_rate(read: Read) -> None:
    world = shop()
    for row in world.rows("tickets"):
        row["cost"] = ""
    item = metric(read(world), "service_cost")
    assert not item.measurable
    assert "hourly_rate" in item.remedy


def test_a_metric_that_is_switched_off_is_not_asked_for(read: Read) -> None:
    world = shop()
    world.config = "metrics: {service_cost: {enabled: false}}\n"
    item = metric(read(world), "service_cost")
    assert (item.measurable, item.uses) == (False, ())
    assert "switches this metric off" in item.reason


def test_the_json_has_a_schema_and_says_the_same(read: Read) -> None:
    report = read(shop(), GO_LIVE.isoformat())
    tree = json.loads(to_json(report))
    Draft202012Validator(CheckOnlyReport.model_json_schema()).validate(tree)
    assert tree["summary"] == report.summary
    assert [one["path"] for one in tree["readings"]] == [one["path"] for one in tree["files"]]


@pytest.mark.parametrize("width", [80, 100, 160])
def test_every_width_shows_the_answer_first_and_cuts_nothing(read: Read, width: int) -> None:
    world = shop()
    world.raw["exports/odd.csv"] = b"Speed,Oil\nfast,1\nslow,2\n"
    text = shown(read(world), width)
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    assert lines[0] == "clm-audit check"
    assert lines[1].startswith("6 files read, ")
    at = [
        text.index(part) for part in ("What can be measured", "Data checks", "What each file was", "Ledger:", "Next:")
    ]
    assert at == sorted(at)
    for part in ("1 file is not recognised", "All files lie in exports.", "(orders.csv)", "campaign totals"):
        assert part in " ".join(text.split())


def test_a_plain_console_gets_plain_characters(read: Read) -> None:
    assert shown(read(shop()), 80, "ascii").isascii()


def test_the_folder_of_all_files_is_said_once_and_the_report_for_machines_keeps_whole_paths(read: Read) -> None:
    report = read(shop())
    text = shown(report, 160)
    assert text.count("exports/") == 0
    assert "\norders.csv\n  taken for" in text
    assert {file.path for file in report.files} >= {"exports/orders.csv", "exports/spend.csv"}


def test_names_from_files_cannot_move_the_cursor(read: Read) -> None:
    world = shop()
    rows = world.tables.pop("exports/spend.csv")
    world.tables["exports/\x1b[31mspend\u202e.csv"] = [{**row, "x\x07\u202e": "1"} for row in rows]
    text = shown(read(world), 100)
    assert not set(text) & {"\x1b", "\x07", "\u202e"}
