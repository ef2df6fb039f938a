"""How an effect moves and what would flip it, in words; and each sentence only under its condition."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from clm_audit.config.plan import FindingValue
from clm_audit.config.registration import freeze
from clm_audit.inference.control import KINDS as CONTROL_KINDS
from clm_audit.inference.model import CourseValue, Finding, PathPoint, Variation
from clm_audit.inference.robustness import KINDS
from clm_audit.report import words_course
from clm_audit.report.words_plan import planned
from report.worlds import calendar, finding_of, plan, totals_of

METRIC = totals_of("purchase_frequency", calendar())


def found(value: FindingValue = "improved", **changes: object) -> Finding:
    finding = finding_of(METRIC, value, "holm_significant", 0.08, 0.02)
    return replace(finding, **changes)


def test_every_course_and_every_variation_has_its_words() -> None:
    assert set(words_course.COURSES) == set(get_args(CourseValue))
    assert set(words_course.ASKED) == {*KINDS, *CONTROL_KINDS}


def test_the_points_are_said_with_their_ranges() -> None:
    effect = replace(found().effect, path=(PathPoint(3, 0.02, -0.01, 0.05), PathPoint(6, 0.1, 0.04, 0.16)))
    said = words_course.course(found(effect=effect))
    assert said == (
        "The effect over time: 3 months on +2.0 % [\N{MINUS SIGN}1.0 %, +5.0 %], 6 months on +10 % [+4.0 %, +16 %]."
        " It is still growing."
    )


@pytest.mark.parametrize("value", ["inconclusive", "no material change"])
def test_where_it_is_heading_is_not_said_of_an_effect_that_was_not_found(value: FindingValue) -> None:
    said = words_course.course(found(value))
    assert said.startswith("The effect over time")
    assert not any(heading in said for heading in words_course.COURSES.values())


def test_before_three_months_nothing_is_said_of_time() -> None:
    assert words_course.course(found(effect=replace(found().effect, path=()))) == ""
    assert words_course.how_sure(found(effect=None)) == ()


def test_what_would_flip_it_is_named_with_its_numbers() -> None:
    said = words_course.flips(found())
    assert said == (
        "What would flip it: without the 4 weeks after go-live it would be inconclusive"
        " (+4.2 % [\N{MINUS SIGN}2.0 %, +6.0 %])."
    )


def test_a_finding_that_stands_is_said_to_stand() -> None:
    same = tuple(replace(each, value="improved") for each in found().variations)
    said = words_course.flips(found(variations=same))
    assert (
        said == "The finding would be the same without the 4 weeks before go-live or without the 4 weeks after go-live."
    )
    assert words_course.flips(found(variations=())) == ""


@pytest.mark.parametrize("kind", ["event_left_out", "break_left_out"])
def test_an_event_is_named_with_its_day(kind: str) -> None:
    variation = Variation(kind, {"what": "price list changed", "day": 19_967}, 0.1, 0.0, 0.2, "improved")
    said = words_course.asked(variation)
    assert "price list changed" in said
    assert "2024" in said


def test_a_plan_that_was_kept_is_said_to_be_kept() -> None:
    as_planned = plan(go_live=date(2024, 7, 1))
    frozen = freeze(as_planned, date(2024, 6, 20))
    kept = planned(as_planned.model_copy(update={"registration": frozen}), calendar())
    assert kept.status == "planned"
    assert kept.differences == ()
    assert kept.sentence.startswith("Planned:")
    late = freeze(as_planned, date(2024, 7, 1))
    told = planned(as_planned.model_copy(update={"registration": late}), calendar())
    assert told.status == "chosen after seeing data"
    assert "not before" in told.sentence


def test_a_plan_that_was_not_kept_names_what_differs() -> None:
    frozen = freeze(plan(washout_weeks=4), date(2024, 6, 20))
    told = planned(plan().model_copy(update={"registration": frozen}), calendar())
    assert told.status == "chosen after seeing data"
    assert told.differences == ("windows.washout was 4 weeks, is 0 weeks",)
    assert "1 setting differs" in told.sentence


def test_without_a_plan_it_was_chosen_after_seeing_data() -> None:
    assert planned(plan(), calendar()).status == "chosen after seeing data"
