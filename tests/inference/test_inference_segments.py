"""Segments: contributions add up, the hunt does not cry wolf, a true mover is found, and small tables by hand."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import MetricId
from clm_audit.inference.segment_blocks import Tried, unrest
from clm_audit.inference.segments import SegmentEffect, between, contributions, segment_effects
from clm_audit.measures.model import (
    Calendar,
    Measured,
    MetricTotals,
    Ratio,
    SegmentRatio,
    Totals,
    day_number,
)

LIVE = day_number(date(2024, 7, 1))
CALENDAR = Calendar(
    LIVE, (LIVE - 728, LIVE + 364), (LIVE - 364, LIVE), (LIVE, LIVE + 364), 52, -52, {}, {}, True
)  # fmt: skip
START = LIVE + 7 * np.arange(-104, 52)
METRICS: tuple[MetricId, ...] = ("purchase_frequency", "transaction_size", "service_cost")


def ratio(num: np.ndarray, den: np.ndarray, side: int) -> Ratio | NotAssessable:
    rows = slice(52, 104) if side == 0 else slice(104, 156)
    top, bottom = float(num[rows].sum()), float(den[rows].sum())
    return Ratio(top / bottom, top, bottom, 52.0) if bottom > 0 else NotAssessable(code="zero_denominator")


def metric_of(name: MetricId, num: np.ndarray, den: np.ndarray, column: str = "region") -> MetricTotals:
    """Lines [segments, 156 weeks] of a metric; the last row has no label."""
    segments = tuple(
        SegmentRatio(column, f"s{at}", 50, ratio(num[at], den[at], 0), ratio(num[at], den[at], 1), num[at], den[at])
        for at in range(len(num) - 1)
    )
    whole, base = num.sum(axis=0), den.sum(axis=0)
    before, after = ratio(whole, base, 0), ratio(whole, base, 1)
    return MetricTotals(name, START, whole, base, None, 104, 52.18, before, after, segments=segments)


def measured(*items: MetricTotals) -> Measured:
    return Measured(CALENDAR, Totals({}, {}), items, {}, {})


def company(
    rng: np.random.Generator, segments: int = 8, moved: float = 0.0, related: float = 0.7, noise_sd: float = 0.05
) -> Measured:
    """Poisson orders of segments of very unequal size, a common season, trend and effect of go-live, and in each
    segment a drift of its own that comes back (``related`` from week to week). ``moved``: what only the first did."""
    items = []
    for name in METRICS:
        size = rng.lognormal(5.0, 1.0, segments + 1)
        years = (START - LIVE) / 365.25
        common = 0.2 * np.sin(2 * math.pi * years) + 0.05 * years + 0.08 * (years >= 0)
        own = np.zeros((segments + 1, START.size))
        noise = rng.normal(0, noise_sd, own.shape)
        for week in range(1, START.size):
            own[:, week] = related * own[:, week - 1] + noise[:, week]
        own[0] += moved * (years >= 0)
        den = np.repeat(size[:, None], START.size, axis=1)
        num = rng.poisson(den * 0.5 * np.exp(common + own)).astype(float)
        items.append(metric_of(name, num, den))
    return measured(*items)


def effects(found: Measured) -> list[SegmentEffect]:
    return [one for each in segment_effects(found, 0.95).values() for one in each]


@pytest.mark.parametrize(("related", "noise_sd"), [(0.0, 0.05), (0.7, 0.05), (0.9, 0.03), (0.97, 0.02)])
def test_without_a_true_difference_at_most_one_audit_in_twenty_names_a_segment(related: float, noise_sd: float) -> None:
    """150 companies of three metrics and eight segments, 24 looks each, every one with season, trend and effect."""
    rng = np.random.default_rng(11)
    audits = [effects(company(rng, related=related, noise_sd=noise_sd)) for _ in range(150)]
    assert {len(audit) for audit in audits} == {24}
    named = sum(any(one.named for one in audit) for audit in audits)
    assert stats.binomtest(named, 150, 0.05, alternative="greater").pvalue > 0.05, named


def test_segments_that_always_drift_apart_widen_their_own_intervals() -> None:
    """What the years before go-live are used for: quiet segments keep theirs, wandering ones do not."""
    rng = np.random.default_rng(16)
    quiet = [unrest(company(rng, related=0.0).metrics, CALENDAR) for _ in range(10)]
    restless = [unrest(company(rng, related=0.97, noise_sd=0.03).metrics, CALENDAR) for _ in range(10)]
    assert np.median(quiet) < 1.25 < np.median(restless)
    assert unrest((), CALENDAR) == 1.0


def test_plain_tests_of_the_same_companies_would_cry_wolf() -> None:
    """What is guarded against: 5 % for each of 24 segments names one in most audits."""
    rng = np.random.default_rng(12)
    audits = [effects(company(rng)) for _ in range(40)]
    plain = sum(any(one.p_holm < 0.99 for one in audit) for audit in audits)
    assert plain > 10


def test_a_segment_that_truly_moved_is_named_and_the_others_are_not() -> None:
    rng = np.random.default_rng(13)
    hits = false = 0
    for _ in range(20):
        for one in effects(company(rng, moved=-0.5)):
            hits += one.named and one.label == "s0"
            false += one.named and one.label != "s0"
    assert hits >= 40  # of 60
    assert false <= 6


def test_the_shown_change_is_drawn_towards_the_others() -> None:
    """Where segments differ by noise alone, nearly nothing is left of what they seem to differ."""
    rng = np.random.default_rng(14)
    shown = [abs(one.change) for one in effects(company(rng)) if not isinstance(one.change, NotAssessable)]
    assert np.median(shown) < 0.02


def test_the_spread_between_segments_by_hand() -> None:
    """Three segments of equal precision: τ² = variance of their changes − their noise, never below 0; its error is that
    of a χ² of two degrees of freedom, 2, over the same scale of two by the noise."""
    segment = SegmentRatio("region", "s", 50, Ratio(1, 1, 1, 52), Ratio(1, 1, 1, 52))
    tried = [Tried("service_cost", segment, change, 0.1, 6) for change in (-0.3, 0.0, 0.3)]
    assert between(tried) == pytest.approx((0.09 - 0.01, 0.09 - 0.01 + 2 / 200))
    noise = [Tried("service_cost", segment, change, 0.5, 6) for change in (-0.3, 0.0, 0.3)]
    assert between(noise) == pytest.approx((0.0, 2 / 8))
    assert between(tried[:1]) == (math.inf, math.inf)


@pytest.mark.parametrize("apart", [0.0, 0.05, 0.1, 0.3])
def test_the_interval_of_a_segment_holds_its_true_change(apart: float) -> None:
    """However much segments truly differ; nobody is shown with an interval of no width."""
    rng = np.random.default_rng(21)
    held, looked = 0, 0
    for _ in range(60):
        truth = rng.normal(0, apart, 6)
        num, den = np.ones((7, START.size)), np.ones((7, START.size))
        years = START >= LIVE
        num[:6] = np.exp(truth[:, None] * years + rng.normal(0, 0.25, (6, START.size)))
        num[6] = 1e6  # the rest, so large that nobody moves it
        den[6] = 1e6
        for one, true in zip(effects(measured(metric_of("service_cost", num, den))), truth, strict=True):
            assert one.low < one.high
            held += one.low <= math.expm1(true) <= one.high
            looked += 1
    assert stats.binomtest(held, looked, 0.95, alternative="less").pvalue > 0.01, held / looked


@given(st.lists(st.tuples(*[st.floats(1, 1_000)] * 4), min_size=2, max_size=6))
def test_contributions_add_up_to_the_change(parts: list[tuple[float, float, float, float]]) -> None:
    table = np.array(parts)
    num0, den0, num1, den1 = table.sum(axis=0)
    before, after = Ratio(num0 / den0, num0, den0, 52.0), Ratio(num1 / den1, num1, den1, 52.0)
    segments = [
        SegmentRatio("region", f"s{at}", 9, Ratio(a / b, a, b, 52.0), Ratio(c / d, c, d, 52.0))
        for at, (a, b, c, d) in enumerate(parts)
    ]
    item = MetricTotals("transaction_size", START, table[:, 0], table[:, 1], None, 1, 52.0, before, after)
    found = contributions(item, segments)
    total = sum(one for one in found.values() if not isinstance(one, NotAssessable))
    assert total == pytest.approx(after.value / before.value - 1, rel=1e-6, abs=1e-6)


def test_contributions_by_hand() -> None:
    """Two halves; one doubles its rate: (1 + 1)/2 → (2 + 1)/2, all of +50 % is its doing."""
    item = MetricTotals(
        "transaction_size",
        START,
        START * 1.0,
        START * 1.0,
        None,
        1,
        52.0,
        Ratio(1.0, 20, 20, 52),
        Ratio(1.5, 30, 20, 52),
    )
    found = contributions(
        item,
        [
            SegmentRatio("region", "up", 9, Ratio(1, 10, 10, 52), Ratio(2, 20, 10, 52)),
            SegmentRatio("region", "same", 9, Ratio(1, 10, 10, 52), Ratio(1, 10, 10, 52)),
        ],
    )
    assert found == {"up": pytest.approx(0.5), "same": pytest.approx(0.0)}


def test_a_segment_that_came_only_after_go_live_counts_by_its_weight() -> None:
    item = MetricTotals(
        "transaction_size",
        START,
        START * 1.0,
        START * 1.0,
        None,
        1,
        52.0,
        Ratio(1.0, 10, 10, 52),
        Ratio(2.0, 40, 20, 52),
    )
    gone = NotAssessable(code="zero_denominator", detail={"side": "before"})
    found = contributions(
        item,
        [
            SegmentRatio("region", "old", 9, Ratio(1, 10, 10, 52), Ratio(1, 10, 10, 52)),
            SegmentRatio("region", "new", 9, gone, Ratio(3, 30, 10, 52)),
        ],
    )
    total = sum(one for one in found.values() if not isinstance(one, NotAssessable))
    assert total == pytest.approx(1.0)


def test_what_is_too_small_or_too_short_says_so_and_is_never_named() -> None:
    rng = np.random.default_rng(15)
    den = np.full((4, START.size), 100.0)
    num = rng.poisson(den * 0.5).astype(float)
    num[0] = 0.0  # a segment without a single order
    found = segment_effects(measured(metric_of("purchase_frequency", num, den)), 0.95)["purchase_frequency"]
    assert isinstance(found[0].change, NotAssessable)
    assert not found[0].named
    assert not isinstance(found[1].change, NotAssessable)
    short = Calendar(LIVE, (LIVE - 70, LIVE + 70), (LIVE - 70, LIVE), (LIVE, LIVE + 70), 52, -52, {}, {}, True)
    item = metric_of("purchase_frequency", num, den)
    [first, *_] = segment_effects(Measured(short, Totals({}, {}), (item,), {}, {}), 0.95)["purchase_frequency"]
    assert isinstance(first.change, NotAssessable)
    assert first.change.code == "window_too_short_to_split"
