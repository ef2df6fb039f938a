"""Segments in words: a segment is named only when the numbers name it, small ones are shown, and parts add up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import LIFECYCLE_IDS, METRIC_IDS, AuditPlan, MetricId
from clm_audit.inference.segments import SegmentEffect, looks
from clm_audit.report import words_segments
from clm_audit.report.compose_segments import with_segments
from clm_audit.report.html import to_html
from clm_audit.report.model import RangeReport, Unknown
from tests.report import worlds

FEW = NotAssessable(code="too_few_events_in_segment")
NORTH = SegmentEffect("region", "North", 0.09, 0.8, -0.12, -0.20, -0.04, 0.003, True)
SOUTH = SegmentEffect("region", "South", 0.03, 0.2, 0.01, -0.05, 0.07, 1.0, False)


def said(*effects: SegmentEffect, observed: float | NotAssessable = 0.12) -> str:
    return " ".join(words_segments.notes(effects, observed, 12))


@pytest.mark.parametrize(
    ("effects", "named", "none"),
    [
        ((NORTH, SOUTH), True, False),
        ((replace(NORTH, named=False), SOUTH), False, True),
        ((replace(SOUTH, change=FEW),), False, False),
    ],
)
def test_naming_and_its_opposite(effects: tuple[SegmentEffect, ...], named: bool, none: bool) -> None:
    text = said(*effects)
    name = "region North moved otherwise than the others: −12 % against them (−20 % to −4.0 %), more than chance"
    assert (name in text) == named
    assert ("No segment is shown to have moved" in text) == none
    assert "South moved otherwise" not in text


def test_the_largest_parts_of_the_change_come_first() -> None:
    assert "Of the observed +12 %, by region: North +9.0 %, South +3.0 %." in said(SOUTH, NORTH)
    assert "Of the observed" not in said(NORTH, observed=FEW)
    assert "Of the observed" not in said(replace(NORTH, contribution=FEW))


def test_the_report_carries_them_and_leaves_small_groups_out() -> None:
    report = worlds.full_report()
    metric = report.metrics[0]
    item = worlds.totals_of("purchase_frequency", worlds.calendar())
    finding = worlds.finding_of(item, *worlds.EFFECTS["purchase_frequency"])
    tiny = replace(NORTH, label="Tiny")
    found = {finding.metric: (NORTH, tiny)}
    made = with_segments(metric, item, finding, found, AuditPlan(segment_by=("region",)))
    assert (looks(found, METRIC_IDS), looks(found, LIFECYCLE_IDS)) == (2, 0)
    north = next(one for one in made.segments if one.label == "North")
    assert north.named
    assert north.against_others == RangeReport(effect=-0.12, low=-0.20, high=-0.04)
    assert north.contribution == 0.09
    assert "Tiny" not in " ".join(made.segment_notes)
    assert all(one.label != "Tiny" for one in made.segments)
    others = [one for one in made.segments if one.label != "North"]
    assert all(isinstance(one.contribution, Unknown) for one in others)
    page = to_html(report.model_copy(update={"metrics": (made, *report.metrics[1:])}))
    assert "moved otherwise than the others" in page
    assert "+9.0 %" in page


def test_without_lines_by_period_nothing_is_claimed() -> None:
    metric = worlds.full_report().metrics[0]
    assert metric.segment_notes == ()
    assert not any(one.named for one in metric.segments)


@pytest.mark.parametrize(
    ("metric", "how", "words"),
    [
        ("acquisition_cost", {}, "no export says for which customers the money was spent"),
        ("retention_cost", {}, "no export says for which customers the money was spent"),
        ("campaign_response", {"source": "campaigns"}, "the campaigns come as totals"),
        ("service_cost", {"source": "series"}, "a ready-made series"),
        ("service_cost", {"known_late": "region"}, "Not by region: the value is known mostly of those who moved on"),
        ("service_cost", {}, "nobody who counts here carries a value of region and size"),
    ],
)
def test_where_no_segments_can_be_told_stands_why(metric: MetricId, how: dict[str, str], words: str) -> None:
    report = next(one for one in worlds.full_report().metrics if one.id == metric)
    report = report.model_copy(update={"segments": (), "segment_notes": ()})
    item = replace(worlds.totals_of("purchase_frequency", worlds.calendar()), metric=metric, how=how)
    finding = worlds.finding_of(item, *worlds.EFFECTS["purchase_frequency"])
    asked, unasked = AuditPlan(segment_by=("region", "size")), AuditPlan()
    [note] = with_segments(report, item, finding, {}, asked).segment_notes
    assert words in note
    assert with_segments(report, item, finding, {}, unasked).segment_notes == ()
    nothing = replace(item, before=FEW, after=FEW)
    assert with_segments(report, nothing, finding, {}, asked).segment_notes == ()


def test_a_column_left_out_is_named_beside_those_that_are_told() -> None:
    item = replace(worlds.totals_of("purchase_frequency", worlds.calendar()), how={"known_late": "industry"})
    finding = worlds.finding_of(item, *worlds.EFFECTS["purchase_frequency"])
    asked = AuditPlan(segment_by=("region", "industry"))
    *told, last = with_segments(
        worlds.full_report().metrics[0], item, finding, {finding.metric: (NORTH,)}, asked
    ).segment_notes
    assert told
    assert "Not by industry" in last


def test_changes_of_a_score_are_told_in_points() -> None:
    """A part of +9 % of the share p of 0.6 before, told at 200 points a whole: +10.8 points at a scale of 120."""
    text = " ".join(words_segments.notes((NORTH, SOUTH), 0.12, 12, scale=120.0))
    assert "−14.4 points against them (−24.0 points to −4.8 points)" in text
    assert "Of the observed +14.4 points, by region: North +10.8 points, South +3.6 points." in text
