"""Sentences about control groups say what the numbers say, and no more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.inference.model import Comparison, Finding, GroupUnit, Range, SyntheticEffect
from clm_audit.report import explain, words_control, words_findings
from report.worlds import calendar, finding_of, totals_of

METRIC = totals_of("purchase_frequency", calendar())
NONE = np.zeros(0)
FOUND = Comparison(
    missing=None,
    controls=8,
    together=Range(0.08, 0.05, 0.11),
    alone=Range(0.06, -0.02, 0.15),
    treated_change=0.13,
    control_change=0.05,
    units=(GroupUnit(("North",), (40,), False, 1.0),),
    cohorts=(),
    synthetic=None,
    start=NONE.astype(np.int64),
    treated=NONE,
    control=NONE,
    weeks=1,
)
FEW = NotAssessable(code="too_few_controls", detail={"have": 3, "need": 5})


def found(value: str = "improved", **changes: object) -> Finding:
    finding = finding_of(METRIC, value, "holm_significant", 0.08, 0.02)
    return replace(finding, control=replace(FOUND, **changes))


def test_with_and_without_in_one_line() -> None:
    assert words_control.sentence(found(), "region") == (
        "Control group: against 8 values of region without the CRM the effect on those with it is +8.0 % [+5.0 %,"
        " +11 %]; by their own history alone it would be +6.0 % [\N{MINUS SIGN}2.0 %, +15 %]."
    )
    small = words_control.sentence(found(missing=FEW, controls=3), "region")
    assert "too small to rest a finding on: 3 of its values" in small
    assert "Against 3 values of region without the CRM the effect would be +8.0 %" in small
    assert small.endswith("the finding is without.")
    assert words_control.sentence(found(together=None, missing=FEW), "region").count(".") >= 1


@pytest.mark.parametrize(
    ("together", "alone", "said"),
    [
        (Range(0.08, 0.05, 0.11), Range(0.06, -0.02, 0.15), "narrower"),
        (Range(0.08, 0.02, 0.14), Range(0.20, 0.18, 0.22), "counts it as the CRM's doing"),
        (Range(0.08, 0.02, 0.14), Range(0.07, 0.05, 0.09), ""),
        (Range(0.08, 0.02, 0.14), None, ""),
    ],
)
def test_it_is_called_better_only_where_the_numbers_show_it(together: Range, alone: Range | None, said: str) -> None:
    better = words_control.better(found(together=together, alone=alone))
    assert (said in better) if said else better == ""
    assert words_control.better(found(together=together, alone=alone, missing=FEW)) == ""


def test_a_finding_by_a_control_group_never_speaks_of_its_own_history() -> None:
    said = words_findings.sentence(found())
    assert "what those without the CRM show" in said
    assert "own history" not in said
    why = words_findings.why_different(found())
    assert "Those without the CRM changed by +5.0 %, those with it by +13 %" in why
    assert "Your own history predicted" not in why
    assert "own history predicts" in words_findings.sentence(found(missing=FEW))


def test_a_control_group_is_advised_where_one_could_help_and_none_is_named() -> None:
    named = replace(found("inconclusive", missing=FEW), more_weeks=-1)
    unnamed = replace(named, control=None)
    assert "named under control in clm-audit.yaml" in words_findings.remedy(unnamed)
    assert "under control" not in words_findings.remedy(named)
    spend = finding_of(totals_of("acquisition_cost", calendar()), "inconclusive", "too_little_information", 0.05, 0.05)
    assert "under control" not in words_findings.remedy(replace(spend, more_weeks=-1))


def test_small_groups_are_not_named() -> None:
    unit = GroupUnit(("North", "Ann's customers"), (40, 4), False, 0.2)
    assert words_control.unit(unit) == "North and 1 small one, pooled"
    assert words_control.unit(GroupUnit(("Tiny",), (2,), True, 0.2)) == "1 small one"


def test_the_smallest_possible_p_is_said() -> None:
    said = words_control.synthetic(SyntheticEffect(0.07, 1 / 13, 12, 0.01))
    assert "+7.0 %" in said
    assert "(the smallest possible is 0.077)" in said


def test_it_is_explained() -> None:
    for name in ("control group", "synthetic_control", "too_few_controls", "no_units", "no_treated"):
        assert explain.explain(name)
    assert "cannot read" not in (explain.explain("control_group") or "")
