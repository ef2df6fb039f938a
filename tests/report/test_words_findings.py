"""What is said about a finding is what its numbers say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import FindingValue, MetricId
from clm_audit.inference.model import Effect, Finding
from clm_audit.report import words_findings, words_verdict
from clm_audit.report.numbers import MINUS
from clm_audit.verdict.model import Answer, PlainReading, Verdict

NONE = np.array([], dtype=np.float64)


def effect(size: float, low: float, high: float, *, season: bool = True) -> Effect:
    return Effect(
        effect=size, low=low, high=high, low90=low * 0.8, high90=high * 0.8, log_effect=0.0, se=0.02, df=20, p=0.012,
        probability_up=0.9, detectable=0.14, placebo_z=(0.1, 2.4), years_before=2.0, season_seen=season,
        expected=NONE, low_band=NONE, high_band=NONE,
    )  # fmt: skip


def finding(value: FindingValue, code: str, size: Effect, observed: float = 0.12, weeks: int | None = None) -> Finding:
    return Finding(
        "purchase_frequency", value, code, size, observed, 0.05, p_holm=0.024, better_probability=0.87, more_weeks=weeks
    )


def test_the_example_of_the_brief() -> None:
    said = words_findings.why_different(finding("inconclusive", "x", effect(0.0275, -0.02, 0.08)))
    assert said == (
        "The plain comparison says +12 %. Your own history predicted +9.0 % from season and trend; what is left is"
        f" +2.8 % [{MINUS}2.0 %, +8.0 %]."
    )


def test_without_a_full_year_no_season_is_claimed() -> None:
    said = words_findings.why_different(finding("inconclusive", "x", effect(0.03, -0.02, 0.08, season=False)))
    assert "trend alone" in said
    assert "season and trend" not in said


def test_when_they_agree_it_says_so() -> None:
    said = words_findings.why_different(finding("improved", "x", effect(0.121, 0.05, 0.19)))
    assert "explains next to nothing" in said


def test_inconclusive_says_what_could_have_been_seen_and_what_helps() -> None:
    found = finding("inconclusive", "too_little_information", effect(0.03, -0.02, 0.08), weeks=9)
    assert words_findings.remedy(found) == (
        "This audit could have seen a change of \N{PLUS-MINUS SIGN}14 % or more."
        " About 9 weeks more, or a control group, would decide it."
    )
    assert "It leans towards better (87 % sure)." in words_findings.sentence(found)
    copied = words_findings.remedy(replace(found, code="after_repeats_before"))
    assert "not the old one" in copied
    never = words_findings.remedy(replace(found, more_weeks=-1))
    assert "waiting will not decide it" in never
    assert "control group" in never
    assert "weeks more" not in never


@pytest.mark.parametrize(("better", "said"), [(0.2, "worse (80 % sure)"), (0.52, "neither way"), (0.999, "over 99 %")])
def test_leaning(better: float, said: str) -> None:
    found = replace(finding("inconclusive", "x", effect(0.03, -0.02, 0.08)), better_probability=better)
    assert said in words_findings.lean(found)


@pytest.mark.parametrize(
    ("metric", "size", "value", "said"),
    [
        ("purchase_frequency", 0.08, "improved", "improved: it rose by 8.0 %"),
        ("service_cost", -0.08, "improved", "improved: it fell by 8.0 %"),
        ("service_cost", 0.08, "worsened", "worsened: it rose by 8.0 %"),
    ],
)
def test_direction_words(metric: MetricId, size: float, value: FindingValue, said: str) -> None:
    low, high = sorted((size / 2, size * 1.5))
    found = replace(finding(value, "holm_significant", effect(size, low, high)), metric=metric)
    assert said in words_findings.sentence(found)


def test_below_materiality_is_said() -> None:
    found = replace(finding("improved", "holm_significant", effect(0.02, 0.01, 0.03)), below_materiality=True)
    assert "smaller than what counts as material" in words_findings.sentence(found)


def test_no_effect_and_dont_know_read_differently() -> None:
    none = words_findings.sentence(finding("no material change", "equivalent", effect(0.0, -0.02, 0.02)))
    open_ = words_findings.sentence(finding("inconclusive", "too_little_information", effect(0.0, -0.2, 0.2)))
    assert "no material change" in none
    assert "not decided" in open_
    assert words_findings.remedy(finding("no material change", "equivalent", effect(0.0, -0.02, 0.02))) == ""


def test_without_plain_numbers_nothing_is_compared() -> None:
    missing = NotAssessable(code="zero_denominator", detail={"side": "before"})
    found = replace(finding("improved", "holm_significant", effect(0.08, 0.01, 0.2)), observed_change=missing)
    assert words_findings.why_different(found).startswith("There is no plain comparison: there is nothing to divide by")


def plain(reading: str, better: int, of: int) -> PlainReading:
    answer = Answer(question=1, metric="purchase_frequency", answer="yes", before=1.0, after=2.0, change=1.0)
    return PlainReading(answers=(answer,), better=better, of=of, reading=reading)  # type: ignore[arg-type]


def test_readings_that_agree_need_no_explanation() -> None:
    verdict = Verdict(value="good fit", row="improved, nothing worse", uncapped="good fit")
    assert words_verdict.difference(plain("good fit", 4, 5), verdict, []) == ""


def test_readings_that_differ_are_explained_in_counts() -> None:
    found = finding("inconclusive", "too_little_information", effect(0.03, -0.02, 0.08))
    verdict = Verdict(value="inconclusive", row="nothing decided", uncapped="inconclusive")
    said = words_verdict.difference(plain("good fit", 4, 5), verdict, [found])
    assert said.startswith("The plain numbers read as a good fit (4 of 5 better)")
    assert "of 1 metric 1 cannot be told from chance" in said
    assert "not proven" in said


def test_a_capped_verdict_names_the_check_and_what_it_would_have_been() -> None:
    verdict = Verdict(
        value="inconclusive", row="one decided", uncapped="good fit", capped_by=("currency", "row_cap"), lean="good fit"
    )
    said = words_verdict.verdict(verdict, [finding("improved", "holm_significant", effect(0.08, 0.01, 0.2))])
    assert "One currency" in said
    assert "Export cut off at a limit" in said
    assert "otherwise it would be: good fit" in said


def test_readings() -> None:
    assert words_verdict.reading(plain("good fit", 4, 5)) == "4 of 5 better: looks like a good fit."
    assert words_verdict.reading(plain("switch", 1, 5)) == "1 of 5 better: looks like time to switch."
    assert words_verdict.reading(plain("good fit", 1, 1)).endswith("Only one question has data.")


def test_calibration_counts_the_fakes() -> None:
    assert "1 of 2 looked like a change" in words_findings.calibration(effect(0.0, -0.1, 0.1))
    none = replace(effect(0.0, -0.1, 0.1), placebo_z=())
    assert "too short" in words_findings.calibration(none)
