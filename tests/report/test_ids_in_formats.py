"""Every format gives the ids of the numbers that it shows: each exists, and is the number that stands there."""

from __future__ import annotations

import math
import re

import pytest

from clm_audit import audit, plan, read_audit
from clm_audit.cli.compare import held_against
from clm_audit.config.shipped import shipped
from clm_audit.report.html import to_html
from clm_audit.report.json_out import to_json
from clm_audit.report.model import AuditReport, Unknown
from clm_audit.report.trace import numbers
from report import worlds
from report.shown_numbers import MINUS, NOTHING, UNSURE, Ids, fits, pairs

HEADLINES = ("before.value", "after.value", "observed_change", "adjusted.effect", "adjusted.low", "adjusted.high")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> AuditReport:
    """The sample company beside an earlier audit of it: everything that a report can hold."""
    folder = tmp_path_factory.mktemp("sample")
    asked = plan(config=shipped("sample_data") / "clm-audit.yaml")
    (folder / "first.json").write_text(to_json(audit(asked)), encoding="utf-8")
    (folder / "second.json").write_text(to_json(audit(held_against(asked, folder / "first.json"))), encoding="utf-8")
    return read_audit(folder / "second.json")


@pytest.fixture(params=["sample", "full", "bare"])
def report(request: pytest.FixtureRequest) -> AuditReport:
    if request.param == "sample":
        found: AuditReport = request.getfixturevalue("sample")
        return found
    return worlds.full_report() if request.param == "full" else worlds.bare_report()


def wrong(name: str, shown: str, values: dict[str, int | float | str]) -> str:
    """What is wrong with a number under an id; empty when it is that number."""
    if shown == NOTHING:
        return f"{name} is known, but not shown" if name in values else ""
    if name not in values:
        return f"{name} does not exist"
    as_told = shown.removeprefix(MINUS) if name.startswith("money.costs.") else shown  # costs are taken away
    return "" if fits(as_told, values[name]) else f"{name} is {values[name]}, not {shown}"


def test_the_numbers_of_the_page_are_those_of_their_ids(report: AuditReport) -> None:
    values, seen, mistakes = numbers(report), set(), []
    for ids, text in Ids(to_html(report)).cells:
        if UNSURE.search(text) or "years" in text or not any(each.isdigit() for each in text):
            continue
        for name, shown in pairs([(ids, text)]):
            exact = values.get(name)
            if ".parts." in name and isinstance(exact, float):  # log points, shown as a share
                values = {**values, name: math.expm1(exact)}
            if why := wrong(name, shown, values):
                mistakes.append(f"{why}: {text}")
            seen.add(name)
    assert mistakes == []
    headlines = {f"metrics.{one.id}.{part}" for one in report.metrics for part in HEADLINES}
    assert headlines & set(values) <= seen
    for part in (
        "lifecycle.",
        "totals.",
        "files.",
        "money.",
        "customer_costs.",
        "goals.",
        "funnel.",
        "scores.",
        "since.",
    ):
        assert any(key.startswith(part) for key in seen) or not any(
            key.startswith(part) and not key.endswith((".bytes", ".header_line")) for key in values
        ), part


def test_the_page_of_the_sample_leaves_room_below_its_limit(sample: AuditReport) -> None:
    """300,000 bytes is the limit of a full audit; a logo, longer names and an earlier audit must still fit."""
    alone = sample.model_copy(update={"since": Unknown(reason="No earlier audit was given (--against).")})
    assert len(to_html(alone).encode()) <= 265_000
    assert len(to_html(sample).encode()) <= 270_000


def test_every_chart_and_table_of_the_page_has_an_anchor(report: AuditReport) -> None:
    page = to_html(report)
    opened = re.findall(r"<(?:figure|table|section)\b[^>]*>", page)
    assert len(opened) > 8
    assert [tag for tag in opened if " id=" not in tag] == []
