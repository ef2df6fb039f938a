"""A company whose regions share every shock, half of them with the CRM: from the files to all outputs."""

from __future__ import annotations

import csv
import io
import json
import math
import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from clm_audit.config.plan import AuditPlan, Control, KnownEvent, Source
from clm_audit.pipeline import audit
from clm_audit.report.html import to_html
from clm_audit.report.json_out import to_json
from clm_audit.report.markdown import to_markdown
from clm_audit.report.model import AuditReport, ControlReport, MetricReport, Unknown
from clm_audit.report.terminal import print_report

GO_LIVE = date(2024, 1, 1)
REGIONS = [f"Region {letter}" for letter in "ABCDEFGHIJKLMNOP"]
UNTREATED = tuple(REGIONS[5:])
LIFT = 0.25


def write(folder: Path) -> Path:
    """Sixteen regions, the first five with the CRM; everybody's rate swings by a half within a year."""
    draw = random.Random(11)
    customers = [(f"c{at}", REGIONS[at % 16]) for at in range(800)]
    with (folder / "customers.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("customer", "region"), *customers, ("none", "")])
    rows: list[tuple[object, ...]] = [("order", "date", "amount", "customer", "currency")]
    shock = 0.0
    for week in range(-156, 40):
        shock = 0.9 * shock + draw.gauss(0.0, 0.08)
        for who, region in customers:
            lift = LIFT if week >= 0 and region in REGIONS[:5] else 0.0
            if draw.random() < 0.2 * math.exp(shock + lift):
                day = GO_LIVE + timedelta(days=7 * week + draw.randrange(7))
                rows.append((f"o{len(rows)}", day, f"{draw.randrange(1_000, 9_000) / 100:.2f}", who, "USD"))
    with (folder / "orders.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("regions"))


def run(folder: Path, **settings: object) -> AuditReport:
    plan = AuditPlan(go_live=GO_LIVE, sources=(Source(path=folder),), root=folder.parent)
    return audit(plan.model_copy(update=settings))


@pytest.fixture(scope="module")
def report(exports: Path) -> AuditReport:
    near = KnownEvent(date=GO_LIVE + timedelta(days=9), what="price list changed")
    return run(exports, control=Control(segment="region", untreated=UNTREATED), events=(near,))


def metric(report: AuditReport, name: str) -> MetricReport:
    return next(one for one in report.metrics if one.id == name)


def control(report: AuditReport, name: str = "purchase_frequency") -> ControlReport:
    found = metric(report, name).control
    assert isinstance(found, ControlReport)
    return found


def test_the_finding_rests_on_the_difference(report: AuditReport) -> None:
    found, whole = control(report), metric(report, "purchase_frequency")
    assert found.used
    assert found.controls == 11
    assert not isinstance(found.with_control, Unknown)
    assert not isinstance(found.without_control, Unknown)
    assert found.with_control.low < math.expm1(LIFT) < found.with_control.high
    assert whole.finding == "improved"
    assert not isinstance(whole.adjusted, Unknown)
    assert whole.adjusted.effect == found.with_control.effect
    assert "what those without the CRM show" in whole.finding_sentence
    assert "Those without the CRM changed by" in whole.why_different
    assert sum(unit.weight for unit in found.units if unit.treated) == pytest.approx(1.0)
    names = " ".join(unit.name for unit in found.units)
    assert all(region in names for region in REGIONS)


def test_it_is_narrower_than_the_history_of_the_treated_and_says_so(report: AuditReport) -> None:
    found = control(report)
    assert not isinstance(found.with_control, Unknown)
    assert not isinstance(found.without_control, Unknown)
    width, alone = (math.log1p(one.high) - math.log1p(one.low) for one in (found.with_control, found.without_control))
    assert width < alone
    assert f"its range is {1 - width / alone:.0%} narrower".replace("%", " %") in found.better


def test_what_has_no_segment_stays_as_it_was(report: AuditReport) -> None:
    spend = metric(report, "acquisition_cost").control
    assert isinstance(spend, Unknown)
    assert spend.reason


def test_an_event_that_both_groups_met_does_not_hold_the_credit_back(report: AuditReport, exports: Path) -> None:
    events = {check.id: check for check in report.checks}["events"]
    assert events.status == "pass"
    alone = run(exports, events=(KnownEvent(date=GO_LIVE + timedelta(days=9), what="price list changed"),))
    assert {check.id: check for check in alone.checks}["events"].status == "unknown"


def test_every_output_shows_both(report: AuditReport) -> None:
    found = control(report)
    console = Console(record=True, width=120, file=io.StringIO())
    print_report(report, console)
    said = " ".join(console.export_text().split())
    assert "Control group: against 11 values of region without the CRM" in said
    page = to_html(report)
    for part in ("With and without the CRM", "100 = mean before go-live", "Who is compared", "Region P", "synthetic"):
        assert part in page
    assert "Control group" in to_markdown(report)
    saved = json.loads(to_json(report))
    kept = next(one for one in saved["metrics"] if one["id"] == "purchase_frequency")["control"]
    assert kept["used"] is True
    assert kept["better"] == found.better
    assert len(kept["series"]) == len(found.series)
    assert ControlReport.model_validate(kept) == found
    assert any(item.what == "Without the CRM, by region" for item in report.assumptions)


def test_four_regions_are_shown_and_make_no_finding(exports: Path) -> None:
    few = run(exports, control=Control(segment="region", untreated=UNTREATED[:4]))
    found = control(few)
    assert not found.used
    assert found.better == ""
    assert "too small to rest a finding on: 4 of its values" in found.sentence
    assert "the finding is without" in found.sentence
    plain = metric(run(exports), "purchase_frequency")
    assert metric(few, "purchase_frequency").adjusted == plain.adjusted
    assert isinstance(plain.control, Unknown)
