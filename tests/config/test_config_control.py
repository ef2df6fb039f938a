"""`control:` in the configuration: what is read, what is refused, what is shown and frozen."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clm_audit.config.plan import AuditPlan, Control
from clm_audit.config.registration import deciding
from clm_audit.config.resolve import resolve
from clm_audit.config.show import show_config
from clm_audit.exits import UsageError

BASE = "go_live: 2024-07-01\nsources: [{path: exports}]\n"


def plan_of(folder: Path, text: str) -> AuditPlan:
    (folder / "exports").mkdir(exist_ok=True)
    (folder / "c.yaml").write_text(BASE + text, encoding="utf-8")
    return resolve([], folder / "c.yaml", {}, {}, folder)


def test_a_control_group_is_read(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        "segment_by: [size]\ncontrol: {segment: region, untreated: [North, 4], go_live: {South: 2024-10-01}}\n",
    )
    assert plan.control == Control(segment="region", untreated=("North", "4"), go_live={"South": date(2024, 10, 1)})
    assert list(plan.segment_columns) == ["size", "region"]
    shown = show_config(plan)
    for line in ("control.segment", "North, 4", "South 2024-10-01", "c.yaml:4:"):
        assert line in shown
    assert "control  " in show_config(AuditPlan())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{segment: region}", "c.yaml:3:1: control: names nobody (add untreated: [North], or go_live: per group)"),
        ("{untreated: [North]}", "control.segment: is missing"),
        ("{segment: region, untreated: North}", "control.untreated: must be a list"),
        ("{segment: region, untreatd: [North]}", "control.untreatd: unknown key (did you mean untreated?)"),
        ("{segment: region, untreated: [North, north]}", "control.untreated[1]: is already in control.untreated"),
        ("{segment: region, go_live: {South: 2024-06-30}}", "control.go_live.South: is before go_live, 2024-07-01"),
        ("{segment: region, go_live: {South: soon}}", "control.go_live.South: must be a date"),
        (
            "{segment: region, untreated: [South], go_live: {South: 2024-10-01}}",
            "control.go_live.South: is untreated as well",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, line: str, expected: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan_of(tmp_path, f"control: {line}\n")
    said = [str(problem) for problem in caught.value.problems]
    assert any(expected in problem for problem in said), said


def test_a_mapped_column_may_stand_in_control(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("ID,Area\n", encoding="utf-8")
    text = "go_live: 2024-07-01\nsources: [{path: c.csv, map: {fact: customers, customer: ID, region: Area}}]\n"
    (tmp_path / "c.yaml").write_text(f"{text}control: {{segment: region, untreated: [North]}}\n", encoding="utf-8")
    plan = resolve([], tmp_path / "c.yaml", {}, {}, tmp_path)
    assert plan.sources[0].map is not None


def test_whom_one_compares_with_is_settled_beforehand() -> None:
    plain, named = deciding(AuditPlan()), deciding(AuditPlan(control=Control(segment="region", untreated=("North",))))
    assert plain["control"] == "none"
    assert (named["control.segment"], named["control.untreated"]) == ("region", "North")
