"""Who buys and how they buy in words, and what a metric shows of a true change: only what was computed."""

from __future__ import annotations

from dataclasses import replace

from clm_audit.config.base import NotAssessable
from clm_audit.inference.model import Mix, Share
from clm_audit.measures.carried import Shown
from clm_audit.report import words_course, words_mix
from report.worlds import calendar, finding_of, totals_of

FINDING = finding_of(totals_of("purchase_frequency", calendar()), "improved", "holm_significant", 0.08, 0.02)
MIX = Mix(Share(-0.02, -0.03, -0.01), Share(0.09, 0.05, 0.13), 1, 52)


def test_both_parts_are_said_with_their_ranges() -> None:
    said = words_mix.split(replace(FINDING, observed_change=0.07, mix=MIX))
    assert said == (
        "Of the observed +7.0 %, who buys (segments and tenure) makes \N{MINUS SIGN}2.0 % [\N{MINUS SIGN}3.0 %, "
        "\N{MINUS SIGN}1.0 %] and how they buy +9.0 % [+5.0 %, +13 %]; the two add up."
    )


def test_a_sample_is_called_one() -> None:
    said = words_mix.split(replace(FINDING, observed_change=0.07, mix=replace(MIX, every=41)))
    assert said.endswith("For this, one customer in 41 was followed.")
    assert "one customer in 41" in words_mix.caption(41, 52)
    assert "one customer" not in words_mix.caption(1, 52)


def test_one_cohort_is_said_and_other_gaps_are_not() -> None:
    assert "cannot be told apart" in words_mix.split(replace(FINDING, mix=NotAssessable(code="one_cohort")))
    assert words_mix.split(replace(FINDING, mix=NotAssessable(code="tenure_unknown", detail={"weeks": 52}))) == ""
    assert words_mix.split(replace(FINDING, mix=None)) == ""


def test_what_is_shown_of_a_change_is_said_of_each_metric_that_follows_orders() -> None:
    assert words_mix.shown(FINDING, None) == ""
    said = words_mix.shown(FINDING, Shown(0.1, -0.076))
    assert said == (
        "Had customers ordered 10 % less since go-live, this metric would show \N{MINUS SIGN}7.6 %: customers who stop"
        " ordering also leave the active base."
    )
    for metric in ("service_cost", "acquisition_cost", "retention_cost"):
        other = words_mix.shown(replace(FINDING, metric=metric), Shown(0.1, 0.026))
        assert "+2.6 % for that alone" in other


def test_they_stand_among_what_a_reader_may_want_to_know() -> None:
    sure = words_course.how_sure(replace(FINDING, mix=MIX), Shown(0.1, -0.076))
    assert any("who buys" in sentence for sentence in sure)
    assert any("ordered 10 % less" in sentence for sentence in sure)
