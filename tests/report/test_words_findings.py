"""What is said about a finding is what its numbers say."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import FindingValue, MetricId
from clm_audit.inference.model import Effect, Finding
from clm_audit.report import words_findings, words_verdict
from clm_audit.report.numbers import MINUS
from clm_audit.verdict.model import Answer, PlainAnswer, PlainReading, Verdict

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


def test_observed_predicted_and_left_over() -> None:
    said = words_findings.why_different(finding("inconclusive", "x", effect(0.0275, -0.02, 0.08)))
    assert said == ("Observed: +12 %. Your own history predicted +9.0 % from season and trend; what is left is +2.8 %.")


def test_parts_that_do_not_add_up_are_said_to_multiply() -> None:
    said = words_findings.why_different(finding("improved", "x", effect(-0.19, -0.3, -0.1), observed=-0.32))
    assert said.endswith(
        f"predicted {MINUS}16 % from season and trend; what is left is {MINUS}19 %"
        " (the two multiply: 0.84 \N{MULTIPLICATION SIGN} 0.81 = 0.68)."
    )


@given(observed=st.floats(-0.9, 5), rest=st.floats(-0.9, 5))
def test_a_product_that_is_shown_is_right(observed: float, rest: float) -> None:
    said = words_findings.why_different(finding("improved", "x", effect(rest, rest - 0.1, rest + 0.1), observed))
    shown = re.search(r"([0-9.]+) \N{MULTIPLICATION SIGN} ([0-9.]+) = ([0-9.]+)", said)
    if shown:
        digits = len(shown[3].partition(".")[2])
        assert Decimal(f"{float(shown[1]) * float(shown[2]):.{digits}f}") == Decimal(shown[3])
        assert Decimal(shown[3]) == pytest.approx(Decimal(1 + observed), abs=Decimal(10) ** -digits)
    elif "predicted" in said and "multiply" not in said:
        assert abs((1 + observed) / (1 + rest) - 1 + rest - observed) < 0.005


def test_without_a_full_year_no_season_is_claimed() -> None:
    found = finding("inconclusive", "x", effect(0.03, -0.02, 0.08, season=False))
    said = words_findings.why_different(found)
    assert "trend alone (no full year was left to learn the season from)" in said
    assert "season and trend" not in said
    assert "the first 26 weeks serve to tell who is active" in words_findings.why_different(found, 26)


def test_when_they_agree_it_says_so() -> None:
    said = words_findings.why_different(finding("improved", "x", effect(0.121, 0.05, 0.19)))
    assert said == "Observed: +12 %. Your own history explains next to nothing of it; adjusted: +12 %."


def test_the_interval_is_said_once() -> None:
    found = finding("inconclusive", "too_little_information", effect(0.03, -0.02, 0.08))
    texts = (words_findings.sentence(found), words_findings.reason(found), words_findings.why_different(found))
    said = " ".join((*texts, words_findings.remedy(found)))
    assert said.count(f"{MINUS}2.0 %") == said.count("+8.0 %") == 1


def test_p_values_stand_in_the_method_alone() -> None:
    for code in words_findings.CODES_SAID:
        value: FindingValue = "improved" if code == "holm_significant" else "inconclusive"
        found = finding(value, code, effect(0.08, 0.01, 0.2))
        for said in (
            words_findings.sentence,
            words_findings.reason,
            words_findings.remedy,
            words_findings.why_different,
        ):
            assert "p = " not in said(found)
            assert "Holm" not in said(found)
        assert "p = 0.012" in words_findings.method(found)
        assert "(Holm), p = 0.024" in words_findings.method(found)


def test_inconclusive_says_what_could_have_been_seen_and_what_helps() -> None:
    found = finding("inconclusive", "too_little_information", effect(0.03, -0.02, 0.08), weeks=9)
    assert words_findings.remedy(found) == (
        "Only a rise of about 14 % or a fall of about 12 %, or more, would reliably have shown up here."
        " About 9 weeks more would probably decide it."
    )
    assert "It leans towards better (87 % sure)." in words_findings.sentence(found)
    copied = words_findings.remedy(replace(found, code="after_repeats_before"))
    assert "not the old one" in copied
    never = words_findings.remedy(replace(found, more_weeks=-1))
    assert "Waiting will not settle it." in never
    assert "more orders (another shop's export), or a larger materiality, if 5 % is stricter than needed" in never
    assert "older exports" not in never  # there are two years of history
    assert "weeks more" not in never
    assert "control group" not in never  # none can be made afterwards
    short = replace(found, more_weeks=-1, effect=replace(effect(0.03, -0.02, 0.08), years_before=0.6))
    assert "older exports (31 weeks before go-live were used)" in words_findings.remedy(short)


def test_a_control_group_is_advised_for_the_next_change_only() -> None:
    found = finding("inconclusive", "break_near_go_live", effect(0.03, -0.02, 0.08), weeks=9)
    assert words_findings.more_weeks(found) is None
    assert words_findings.remedy(found).endswith(words_findings.CONTROL_GROUP)


@given(detectable=st.floats(0.001, 50))
def test_no_fall_below_nothing_is_asked_for(detectable: float) -> None:
    said = [float(part.replace(",", "")) for part in re.findall(r"([0-9,.]+) %", words_findings.visible(detectable))]
    assert said[-1] <= 100
    if len(said) == 2:
        assert (1 + said[0] / 100) * (1 - said[1] / 100) == pytest.approx(1, abs=0.01 * (1 + detectable))


@pytest.mark.parametrize(("better", "said"), [(0.2, "worse (80 % sure)"), (0.52, "neither way"), (0.999, "over 99 %")])
def test_leaning(better: float, said: str) -> None:
    found = replace(finding("inconclusive", "x", effect(0.03, -0.02, 0.08)), better_probability=better)
    assert said in words_findings.lean(found)


@pytest.mark.parametrize(
    ("metric", "size", "value", "said"),
    [
        ("purchase_frequency", 0.08, "improved", "improved: 8.0 % above"),
        ("service_cost", -0.08, "improved", "improved: 8.0 % below"),
        ("service_cost", 0.08, "worsened", "worsened: 8.0 % above"),
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


def plain(
    reading: str, better: int, of: int, worse: int = 0, without: int = 0, answers: tuple[PlainAnswer, ...] = ("yes",)
) -> PlainReading:
    return PlainReading(
        answers=tuple(
            Answer(question=5, metric="acquisition_cost", answer=answer, before=1.0, after=2.0, change=1.0)
            for answer in answers
        ),
        better=better, worse=worse, of=of, without_data=without, reading=reading,
    )  # fmt: skip


def undecided(lean: str = "neither") -> Verdict:
    return Verdict(value="inconclusive", row="nothing decided", uncapped="inconclusive", lean=lean)


def test_readings_that_agree_need_no_explanation() -> None:
    verdict = Verdict(value="good fit", row="improved, nothing worse", uncapped="good fit")
    assert words_verdict.difference(plain("good fit", 4, 5), verdict, []) == ""
    assert words_verdict.difference(plain("unclear", 1, 3), undecided(), []) == ""
    assert words_verdict.difference(plain("no data", 0, 0), undecided(), []) == ""


@pytest.mark.parametrize("read", ["good fit", "mixed", "switch", "unclear"])
@pytest.mark.parametrize("value", ["good fit", "mixed", "switch", "inconclusive", "not assessable"])
def test_readings_never_contradict_without_a_sentence(read: str, value: str) -> None:
    row = {"good fit": "improved, nothing worse", "mixed": "improved and worsened", "switch": "no benefit",
           "inconclusive": "nothing decided", "not assessable": "nothing assessable"}[value]  # fmt: skip
    verdict = Verdict(value=value, row=row, uncapped=value)
    found = finding("inconclusive", "too_little_information", effect(0.03, -0.02, 0.08))
    said = words_verdict.difference(plain(read, 1, 3), verdict, [found])
    agree = read == value or (read == "unclear" and value in ("inconclusive", "not assessable"))
    assert (said == "") == agree
    assert ("not proven" in said) == (not agree and value in ("inconclusive", "not assessable"))


def test_readings_that_differ_are_explained_in_counts() -> None:
    found = finding("inconclusive", "too_little_information", effect(0.03, -0.02, 0.08))
    assert words_verdict.difference(plain("good fit", 4, 5), undecided(), [found, found]) == (
        "The plain numbers look like a good fit. With season, trend and chance accounted for, of 2 metrics 2 are not"
        " decided. Whether the CRM did this is not proven."
    )


@pytest.mark.parametrize(
    ("read", "lean", "other"),
    [
        ("good fit", "switch", True),
        ("switch", "good fit", True),
        ("good fit", "good fit", False),
        ("mixed", "switch", False),
    ],
)
def test_the_other_way_is_said(read: str, lean: str, other: bool) -> None:
    said = words_verdict.difference(plain(read, 4, 5), undecided(lean), [])
    assert said.endswith("The defended reading leans the other way.") == other


def test_a_capped_verdict_says_what_it_would_have_been_and_which_check() -> None:
    verdict = Verdict(
        value="inconclusive", row="one decided", uncapped="good fit", capped_by=("currency", "row_cap"), lean="good fit"
    )
    said = words_verdict.verdict(verdict, [finding("improved", "holm_significant", effect(0.08, 0.01, 0.2))])
    assert "Held back by 2 data checks; the findings alone would give: good fit." in said
    differs = words_verdict.difference(plain("good fit", 4, 5), verdict, [])
    assert "One currency" in differs
    assert "Export cut off at a limit" in differs
    assert "failed, so they show nothing" in differs


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (plain("good fit", 4, 5), "4 of 5 better: looks like a good fit."),
        (plain("good fit", 4, 5, 1), "4 of 5 better, 1 worse: looks like a good fit."),
        (plain("good fit", 3, 3, 0, 2), "3 of 3 better, 2 without data: looks like a good fit."),
        (plain("switch", 1, 5, 3), "1 of 5 better, 3 worse: looks like time to switch."),
        (plain("mixed", 2, 5, 2), "2 of 5 better, 2 worse: a mixed picture."),
        (plain("unclear", 1, 3, 0, 2), "No clear picture: 1 better, 2 about the same, 0 worse, 2 without data."),
        (
            plain("unclear", 0, 2, 0, 3, ("no data",)),
            "No change beyond the materiality: 2 about the same, 3 without data.",
        ),
        (
            plain("unclear", 0, 3, 0, 2, ("yes", "no")),
            "No clear picture: 0 better, 2 about the same, 0 worse, 1 better and worse at once, 2 without data.",
        ),
        (plain("no data", 0, 0, 0, 5), "None of the questions has data on both sides of go-live."),
    ],
)  # fmt: skip
def test_readings(read: PlainReading, said: str) -> None:
    assert words_verdict.reading(read) == said


def test_gate_reasons_are_grammatical() -> None:
    assert words_verdict.gate_reason("service_cost:inconclusive") == "cost of customer service is inconclusive"
    assert words_verdict.gate_reason("service_cost:improved") == "cost of customer service improved"


@pytest.mark.parametrize(
    ("z", "alarms", "said"),
    [
        ((0.1, 2.4), 0, "at 2 quiet dates of your own history, where no go-live was, would have called none of them"),
        ((0.1, 2.4), 1, "would have called one of them a change."),
        ((3.0, 3.4, 0.1), 2, "at 3 quiet dates of your own history, where no go-live was, would have called 2 of them"),
        ((0.1,), 0, "at one quiet date of your own history, where no go-live was, would not have called it a change."),
        ((4.1,), 1, "would have called it a change."),
    ],
)
def test_calibration_counts_the_quiet_dates(z: tuple[float, ...], alarms: int, said: str) -> None:
    found = replace(effect(0.0, -0.1, 0.1), placebo_z=z, false_alarms=alarms)
    assert said in words_findings.calibration(found)


def test_without_quiet_dates_that_is_said() -> None:
    none = replace(effect(0.0, -0.1, 0.1), placebo_z=())
    assert "too short" in words_findings.calibration(none)


def test_an_event_near_go_live_takes_the_credit_away() -> None:
    """Only from findings that say something; an undecided one claims nothing that could be taken away."""
    for value, code, said in (
        ("improved", "holm_significant", words_findings.NOT_ALONE),
        ("worsened", "holm_significant", words_findings.NOT_ALONE),
        ("no material change", "equivalent", words_findings.NOT_ALONE_EITHER),
        ("inconclusive", "too_little_information", ""),
    ):
        alone = finding(value, code, effect(0.02, 0.01, 0.03))
        near = words_findings.sentence(replace(alone, event_near=True))
        assert near == f"{words_findings.sentence(alone)} {said}".strip()
        assert "known event" not in words_findings.sentence(alone)
