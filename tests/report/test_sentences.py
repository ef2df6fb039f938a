"""Every sentence about a finding appears exactly when its numbers say so: a walk over thousands of findings."""

from __future__ import annotations

import itertools
import math
import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import FindingValue, MetricId
from clm_audit.inference.decide import decide
from clm_audit.inference.model import (
    Comparison,
    CourseValue,
    Effect,
    Finding,
    Mix,
    PathPoint,
    Range,
    Share,
    Variation,
)
from clm_audit.measures.carried import Shown
from clm_audit.report import words_control, words_course, words_findings, words_mix
from report import cost_sentence_table, verdict_sentence_table
from report.sentence_table import DIVIDED, MATERIAL, PLACES, ROWS, Case, Row, as_markdown, t_quantile, t_share

DOCS = Path(__file__).resolve().parents[2] / "docs" / "sentences.md"
NONE = np.array([], dtype=np.float64)
SIZES = (-0.25, -0.06, -0.021, -0.001, 0.004, 0.03, 0.12, 0.3)
ERRORS = (0.004, 0.012, 0.03, 0.12)
COURSES: tuple[CourseValue, ...] = ("rising", "flat", "fading", "unclear")
VALUES: tuple[FindingValue, ...] = ("improved", "worsened", "no material change", "inconclusive")
BETTER = {"purchase_frequency": True, "service_cost": False, "campaign_response": True, "retention_cost": False}
DF = 24
MISSING = NotAssessable(code="missing_fact", detail={"fact": "orders"})
GROUP = Comparison(None, 6, None, None, 0.1, 0.02, (), (), None, NONE.astype(np.int64), NONE, NONE, 1)
FEW = NotAssessable(code="too_few_controls", detail={"have": 3, "need": 5})
TOGETHER = Range(0.03, 0.01, 0.05)
GROUPS = (
    replace(GROUP, together=TOGETHER),
    replace(GROUP, together=TOGETHER, alone=Range(0.04, -0.05, 0.13)),
    replace(GROUP, together=TOGETHER, alone=Range(0.04, 0.03, 0.05)),
    replace(GROUP, together=TOGETHER, alone=Range(0.09, 0.085, 0.095)),
)
MIXES = (
    None,
    Mix(Share(0.01, -0.01, 0.03), Share(0.02, 0.0, 0.04), 1, 52),
    Mix(Share(0.01, -0.01, 0.03), Share(0.02, 0.0, 0.04), 4, 52),
    NotAssessable(code="one_cohort"),
    NotAssessable(code="too_few_to_split", detail={"needed": 50}),
)


@cache
def walk() -> tuple[Case, ...]:
    """Effects × errors × family sizes × metrics, each with many draws of everything else."""
    rng = random.Random(9)
    cases = []
    for size, se, family, metric in itertools.product(SIZES, ERRORS, (1, 3, 6), BETTER):
        cases += [_case(rng, size, se, family, metric) for _ in range(6)]
    return (*cases, *(_unassessable(metric, observed) for metric in BETTER for observed in (0.1, MISSING)))


def _case(rng: random.Random, size: float, se: float, family: int, metric: MetricId) -> Case:
    repeated = rng.random() < 0.1
    by_control = metric in DIVIDED and rng.random() < 0.25
    break_near = not by_control and rng.random() < 0.2
    effect = _effect(rng, size, se, space=by_control)
    better = BETTER[metric]
    decision = decide(
        effect, min(1.0, effect.p * family), "higher" if better else "lower", MATERIAL, 0.05,
        break_near=break_near, repeated=repeated,
    )  # fmt: skip
    observed = rng.choice([0.0, effect.effect, effect.effect + 0.003, -0.2, 0.35, NO_PLAIN])
    finding = Finding(
        metric=metric,
        value=decision.value,
        code=decision.code,
        effect=effect,
        observed_change=observed,
        materiality=MATERIAL,
        p_holm=decision.p_holm,
        p_equivalence=decision.p_equivalence,
        below_materiality=decision.below_materiality,
        better_probability=decision.better_probability,
        more_weeks=rng.choice([-1, 0, 1, 9, 520, 521]) if decision.value == "inconclusive" else None,
        variations=_variations(rng, decision.value),
        event_near=break_near or (not by_control and rng.random() < 0.3),
        control=rng.choice(GROUPS if by_control else OTHERWISE),
        mix=rng.choice(MIXES),
    )
    shown = rng.choice([None, Shown(0.1, -0.06)]) if metric in words_mix.SIDE_EFFECT else None
    return Case(finding, size, se, DF, family, better, repeated, break_near, by_control, shown)


NO_PLAIN = NotAssessable(code="zero_denominator", detail={"side": "before"})


OTHERWISE = (None, NotAssessable(code="no_treated"), replace(GROUPS[0], missing=FEW, controls=3))


def _effect(rng: random.Random, size: float, se: float, *, space: bool) -> Effect:
    def end(level: float, sign: int) -> float:
        return math.expm1(size + sign * t_quantile((1 + level) / 2, DF) * se)

    up = t_share(size / se, DF)
    season = 0.0 if space else se * rng.choice([0.0, 0.3, 0.8])
    known = t_share(size / math.sqrt(se**2 - season**2), DF)
    tries = rng.choice([0, 1, 2, 5])
    path = tuple(PathPoint(months, size, size - se, size + se) for months in (3, 6, 12)[: rng.randrange(4)])
    return Effect(
        effect=math.expm1(size), low=end(0.95, -1), high=end(0.95, 1), low90=end(0.9, -1), high90=end(0.9, 1),
        log_effect=size, se=se, df=DF, p=2 * min(up, 1 - up), probability_up=up, detectable=math.expm1(2.9 * se),
        placebo_z=(0.1,) * tries, years_before=rng.choice([0.5, 1.74, 1.75, 3.0]), season_seen=rng.random() < 0.5,
        expected=NONE, low_band=NONE, high_band=NONE, path=path, course=rng.choice(COURSES),
        false_alarms=rng.randrange(min(tries, 2) + 1), space_z=(0.1, 0.2) if space and rng.random() < 0.5 else (),
        unseen=rng.choice([0.4, 1.0]) if season else 0.0, season_sd=season, p_season_known=2 * min(known, 1 - known),
    )  # fmt: skip


def _variations(rng: random.Random, value: FindingValue) -> tuple[Variation, ...]:
    other = rng.choice([each for each in VALUES if each != value])
    earlier = Variation("weeks_before_left_out", {"weeks": 4}, 0.01, -0.02, 0.03, value)
    later = Variation("weeks_after_left_out", {"weeks": 4}, 0.01, -0.02, 0.03, rng.choice([value, other]))
    return rng.choice([(), (earlier, later)])


def _unassessable(metric: MetricId, observed: float | NotAssessable) -> Case:
    finding = Finding(metric, "not assessable", MISSING.code, None, observed, MATERIAL, missing=MISSING)
    return Case(finding, 0.0, 1.0, DF, 1, BETTER[metric], repeated=False, break_near=False, by_control=False)


def texts(finding: Finding, shown: Shown | None = None) -> Mapping[str, str]:
    """All that the report says of a finding, by place."""
    return {
        "finding": words_findings.sentence(finding),
        "reason": words_findings.reason(finding),
        "remedy": words_findings.remedy(finding),
        "difference": words_findings.why_different(finding),
        "how sure": " ".join(words_course.how_sure(finding, shown)),
        "control group": f"{words_control.sentence(finding, 'region')} {words_control.better(finding)}",
    }


def wrong(case: Case) -> Iterator[str]:
    """Each sentence that appears without its condition, or does not although it holds, or stands in no table."""
    for place, text in texts(case.finding, case.shown).items():
        left = text
        for row in sorted(in_place(place), key=lambda row: -len(row.words)):
            if bool(row.pattern.search(text)) != expected(row, place, case):
                yield f"{row.words.strip()!r} in {text!r}"
            left = row.pattern.sub("", left)
        if left.strip(" ."):
            yield f"{left!r} of {text!r} stands in no table"


def in_place(place: str) -> list[Row]:
    return [row for row in ROWS if place in row.place.split(", ")]


def expected(row: Row, place: str, case: Case) -> bool:
    return place in row.place and row.holds(case)


def test_every_sentence_appears_exactly_when_its_condition_holds() -> None:
    found = [one for case in walk() for one in wrong(case)]
    assert not found, f"{len(found)} of {len(walk())}: {found[:3]}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.words.strip()[:60])
def test_the_walk_meets_each_condition_and_its_opposite(row: Row) -> None:
    assert {row.holds(case) for case in walk()} == {True, False}


def test_no_word_claims_more_than_the_numbers() -> None:
    """The few rules that matter most, said once more without the table."""
    for case in walk():
        said = " ".join(texts(case.finding).values())
        low, high = case.interval(1 - 0.05 / case.family)
        claims_change = f" {case.finding.value}: " in said and case.finding.value in ("improved", "worsened")
        if case.estimated and low <= 0 <= high:
            assert not claims_change, said
        if " no material change." in said:
            low90, high90 = (math.expm1(end) for end in case.interval(0.90))
            assert -MATERIAL < low90 < high90 < MATERIAL
        if "still growing" in said or "is fading" in said or "holds steady" in said:
            assert claims_change
        if case.finding.event_near and claims_change:
            assert "not credited to the CRM alone" in said


SWAPS = [
    *(("COURSES", pair) for pair in itertools.combinations(COURSES, 2)),
    *(("CODES_SAID", pair) for pair in itertools.combinations(words_findings.CODES_SAID, 2)),
]


@pytest.mark.parametrize(("table", "pair"), SWAPS, ids=lambda one: one if isinstance(one, str) else "-".join(one))
def test_two_templates_that_change_places_are_seen(
    table: str, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = words_course if table == "COURSES" else words_findings
    said = dict(getattr(module, table))
    said[pair[0]], said[pair[1]] = said[pair[1]], said[pair[0]]
    monkeypatch.setattr(module, table, said)
    assert any(next(wrong(case), "") for case in walk())


@pytest.mark.parametrize(
    ("first", "second"), [("NOT_ALONE", "NOT_ALONE_EITHER"), ("WAITING", "CONTROL_GROUP"), ("WAITING", "NOT_ALONE")]
)
def test_two_sentences_that_change_places_are_seen(first: str, second: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = getattr(words_findings, first), getattr(words_findings, second)
    monkeypatch.setattr(words_findings, first, two)
    monkeypatch.setattr(words_findings, second, one)
    assert any(next(wrong(case), "") for case in walk())


def test_a_finding_that_its_numbers_do_not_bear_is_seen() -> None:
    """The words follow the finding; the table follows the numbers."""
    case = next(case for case in walk() if case.open and case.finding.code == "too_little_information")
    for value, code in (("improved", "holm_significant"), ("no material change", "equivalent")):
        claimed = replace(case, finding=replace(case.finding, value=value, code=code))
        assert list(wrong(claimed))


def test_the_page_shows_the_table() -> None:
    text = DOCS.read_text(encoding="utf-8") if DOCS.exists() else ""
    tables = (as_markdown(), verdict_sentence_table.as_markdown(), cost_sentence_table.as_markdown())
    if os.environ.get("CLM_AUDIT_UPDATE_GOLDEN"):
        head = text.partition("\n## ")[0].rstrip()
        DOCS.write_text("\n\n".join((head, *tables)) + "\n", encoding="utf-8")
    for table in tables:
        assert table in DOCS.read_text(encoding="utf-8")
    assert {row.place for row in ROWS} == set(PLACES)
