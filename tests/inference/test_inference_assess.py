"""Rule 1, the observed change, breaks, and the way from Measured to findings."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType

import numpy as np
import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan, KnownEvent, MetricPolicy, Policy
from clm_audit.inference import assess as floor
from clm_audit.inference.assess import assess, observed_change
from clm_audit.inference.breaks import break_positions
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.measures.model import Calendar, Measured, Ratio, Totals, to_date

GO_LIVE = 19905


def measured(*metrics):
    calendar = Calendar(GO_LIVE, (0, 1), (0, 1), (0, 1), 52, 0, {}, {}, True)
    return Measured(calendar, Totals({}, {}), metrics, {}, {})


def one(plan, totals):
    (finding,) = assess(plan, measured(totals))
    return finding


@pytest.fixture(scope="module")
def lively(simulate):
    """Two years before, one after, +25 % at go-live."""
    return simulate(np.random.default_rng(17), 104, 52, effect=np.log(1.25))


def test_a_rise_is_better_or_worse_by_the_catalogue(totals, lively):
    num, den, s2 = lively
    found = assess(
        AuditPlan(),
        measured(
            totals(num, den, 104, s2, metric="purchase_frequency"),
            totals(num, den, 104, s2, metric="service_cost"),
        ),
    )
    assert [(f.metric, f.value) for f in found] == [
        ("purchase_frequency", "improved"),
        ("service_cost", "worsened"),
    ]
    assert CATALOGUE["service_cost"].better == "lower"
    assert found[0].better_probability + found[1].better_probability == pytest.approx(1.0)
    assert found[0].p_holm == pytest.approx(2 * found[0].effect.p)
    assert all(f.more_weeks is None for f in found)


def test_metrics_without_an_answer_are_not_in_the_family(totals, lively):
    num, den, s2 = lively
    why = NotAssessable(code="missing_fact", detail={"fact": "tickets"})
    found = assess(
        AuditPlan(),
        measured(
            totals(num, den, 104, s2, metric="service_cost", missing=why, before=why, after=why),
            totals(num, den, 104, s2),
        ),
    )
    first, second = found
    assert (first.value, first.code, first.missing, first.effect) == ("not assessable", "missing_fact", why, None)
    assert first.observed_change == why
    assert first.p_holm is None
    assert second.p_holm == second.effect.p


@pytest.mark.parametrize(
    ("n0", "n1", "weeks", "code", "detail"),
    [
        (12, 20, 1, "too_short_before", {"have": 12, "need": 13, "unit": "weeks", "weeks": 1}),
        (7, 20, 2, "too_short_before", {"have": 7, "need": 8, "unit": "periods", "weeks": 2}),
        (7, 20, 4, "too_short_before", {"have": 7, "need": 8, "unit": "periods", "weeks": 4}),
        (40, 3, 1, "too_short_after", {"have": 3, "need": 4, "unit": "periods", "weeks": 1}),
    ],
)
def test_too_short(totals, n0, n1, weeks, code, detail):
    series = totals(np.full(n0 + n1, 50.0), np.full(n0 + n1, 100.0), n0, weeks=weeks)
    found = one(AuditPlan(), series)
    assert (found.value, found.code, found.missing.detail) == ("not assessable", code, detail)
    assert found.code in floor.CODES
    assert found.observed_change == 0.0


@pytest.mark.parametrize(("n0", "n1", "weeks"), [(13, 4, 1), (8, 4, 2), (8, 4, 4)])
def test_just_long_enough(totals, n0, n1, weeks):
    series = totals(np.full(n0 + n1, 50.0), np.full(n0 + n1, 100.0), n0, weeks=weeks)
    assert one(AuditPlan(), series).effect is not None


def test_three_calendar_months_are_thirteen_weeks_but_three_periods(totals):
    series = totals(np.full(12, 50.0), np.full(12, 100.0), 3, ppy=12.0)
    assert one(AuditPlan(), series).code == "too_short_before"


@pytest.mark.parametrize(
    ("n0", "weeks", "ppy", "seen"),
    [(52, 1, None, True), (51, 1, None, False), (13, 4, None, True), (12, 4, 12.0, True)],
)
def test_a_season_is_seen_after_a_year_of_whole_weeks(totals, n0, weeks, ppy, seen):
    series = totals(np.full(n0 + 6, 50.0), np.full(n0 + 6, 100.0), n0, weeks=weeks, ppy=ppy)
    assert one(AuditPlan(), series).effect.season_seen is seen


def test_missing_periods_are_no_history(totals):
    num = np.full(60, 50.0)
    num[:38] = np.nan
    assert one(AuditPlan(), totals(num, np.full(60, 100.0), 50)).missing.detail["have"] == 12
    num[38:46] = np.nan
    assert one(AuditPlan(), totals(num, np.full(60, 100.0), 50)).missing.detail["have"] == 4
    assert one(AuditPlan(), totals(np.full(60, np.nan), np.full(60, 1.0), 50)).code == "too_short_before"


def test_a_metric_without_any_period_is_too_short(totals):
    nothing = NotAssessable(code="empty_window", detail={"side": "before"})
    found = one(AuditPlan(), totals([], [], 0, before=nothing, after=nothing))
    assert (found.code, found.observed_change) == ("too_short_before", nothing)


def test_history_only_is_too_short_after(totals):
    nothing = NotAssessable(code="empty_window", detail={"side": "after"})
    found = one(AuditPlan(), totals(np.full(60, 5.0), np.full(60, 9.0), 60, after=nothing))
    assert (found.code, found.missing.detail["have"]) == ("too_short_after", 0)


def test_an_audit_ignores_empty_periods_at_the_ends(totals, lively):
    num, den, s2 = lively
    padded = [np.concatenate([np.full(9, np.nan), a, np.full(5, np.nan)]) for a in (num, den, s2)]
    plain = one(AuditPlan(), totals(num, den, 104, s2)).effect
    wide = one(AuditPlan(), totals(padded[0], padded[1], 113, padded[2])).effect
    assert (wide.effect, wide.low, wide.placebo_z) == (plain.effect, plain.low, plain.placebo_z)
    assert np.array_equal(wide.expected[9:-5], plain.expected)


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (2.0, 3.0, 0.5),
        (2.0, 0.0, -1.0),
        (0.0, 3.0, "zero_denominator"),
        (-1.0, 3.0, "negative_total"),
    ],
)
def test_observed_change(totals, before, after, wanted):
    series = totals([1.0], [1.0], 0, before=Ratio(before, before, 1, 1), after=Ratio(after, after, 1, 1))
    found = observed_change(series)
    assert (found.code if isinstance(found, NotAssessable) else found) == wanted
    if isinstance(found, NotAssessable):
        assert found.code in floor.CODES


def test_observed_change_passes_on_why_a_side_has_no_number(totals):
    left, right = NotAssessable(code="empty_window"), NotAssessable(code="no_base")
    some = Ratio(1, 1, 1, 1)
    assert observed_change(totals([1.0], [1.0], 0, before=left, after=right)) is left
    assert observed_change(totals([1.0], [1.0], 0, before=some, after=right)) is right


def events(*days):
    return AuditPlan(events=tuple(KnownEvent(date=to_date(day), what="shop", is_break=True) for day in days))


def test_where_a_break_begins(totals):
    series = totals(np.ones(20), np.ones(20), 10)
    first = int(series.start[0])
    assert break_positions(events(first + 21), series) == ([3], [])
    assert break_positions(events(first + 24), series) == ([4], [3])
    assert break_positions(events(first + 19 * 7 + 3), series) == ([20], [19])
    assert break_positions(events(first - 5, first + 20 * 7), series) == ([], [])
    quiet = AuditPlan(events=(KnownEvent(date=to_date(first + 21), what="fair"),))
    assert break_positions(quiet, series) == ([], [])


def test_a_declared_break_is_not_taken_for_the_effect(totals, simulate):
    """A shop relaunch in week 60 lifts everything by 60 %; nothing happens at go-live in week 104."""
    covered = 0
    for seed in range(8):
        num, den, s2 = simulate(np.random.default_rng(seed), 104, 52)
        num[60:] *= 1.6
        series = totals(num, den, 104, s2)
        unknown = one(AuditPlan(), series).effect
        declared = one(events(int(series.start[60])), series).effect
        assert (declared.placebo_z, declared.df) == ((), 20)
        assert len(unknown.placebo_z) == 1
        assert declared.se < unknown.se
        covered += declared.low < 0.0 < declared.high
    assert covered >= 7


def test_a_break_a_week_after_go_live_leaves_little_to_say(totals, lively):
    num, den, s2 = lively
    series = totals(num, den, 104, s2)
    found = one(events(int(series.start[104]) + 7), series)
    assert (found.value, found.code) == ("inconclusive", "break_near_go_live")
    assert found.effect.se > 1.2 * one(AuditPlan(), series).effect.se


def test_a_break_that_cuts_the_only_period_between_separates_nothing(totals, lively):
    num, den, s2 = lively
    series = totals(num, den, 104, s2)
    found = one(events(int(series.start[104]) - 3), series)
    assert found.effect.se > 1.0
    assert np.isnan(found.effect.expected[103])
    assert found.more_weeks == -1


def test_materiality_and_confidence_come_from_the_plan(totals, lively):
    num, den, s2 = lively
    series = totals(num, den, 104, s2)
    plan = AuditPlan(
        metrics=MappingProxyType({"purchase_frequency": MetricPolicy(materiality=0.5)}),
        policy=Policy(confidence=0.8, materiality=0.01),
    )
    found = one(plan, series)
    usual = one(AuditPlan(), series)
    assert found.materiality == 0.5
    assert found.below_materiality
    assert not usual.below_materiality
    assert usual.effect.low < found.effect.low < found.effect.high < usual.effect.high


def test_one_in_a_family_of_undecided_ones_may_be_significant_alone_only(totals, simulate):
    metrics = ["purchase_frequency", "transaction_size", "service_cost", "campaign_response", "acquisition_cost"]
    for seed in range(40):
        rng = np.random.default_rng(seed)
        series = [totals(*simulate(rng, 40, 8)[:2], 40, metric=m) for m in metrics[1:]]
        num, den, s2 = simulate(rng, 40, 8, effect=0.16)
        found = assess(AuditPlan(), measured(totals(num, den, 40, s2), *series))
        if found[0].effect.p < 0.05 <= found[0].p_holm:
            assert (found[0].value, found[0].code) == ("inconclusive", "alone_only")
            return
    pytest.fail("no such family in 40 tries: the test's own data have changed")


def test_before_and_after_alike_are_never_a_change(totals, simulate):
    """The after year repeats the year before it, period by period."""
    for seed in range(12):
        num, den, s2 = simulate(np.random.default_rng(seed), 104, 52)
        for array in (num, den, s2):
            array[104:] = array[52:104]
        found = one(AuditPlan(), totals(num, den, 104, s2))
        assert found.value in ("no material change", "inconclusive"), seed
    constant = one(AuditPlan(), totals(np.full(100, 7.0), np.full(100, 9.0), 60))
    assert (constant.value, constant.effect.effect) == ("no material change", pytest.approx(0.0, abs=1e-9))


def test_a_trend_that_starts_over_is_no_change_when_the_data_are_a_copy(totals):
    """A year of growth, given twice: the model sees a fall at go-live, the finding must not."""
    num = np.tile(np.round(1000 * np.exp(0.3 * np.arange(52) / 52)), 2)
    copied = one(AuditPlan(), totals(num, np.full(104, 5000.0), 52))
    assert copied.effect.p < 0.05
    assert (copied.value, copied.code) == ("inconclusive", "after_repeats_before")
    assert not copied.below_materiality
    num[-1] += 1
    assert one(AuditPlan(), totals(num, np.full(104, 5000.0), 52)).value == "worsened"


def test_a_copy_may_come_from_any_earlier_block(totals):
    num = np.random.default_rng(1).poisson(500, 60).astype(float)
    den = np.full(60, 100.0)
    num[7] = np.nan
    num[50:] = num[5:15]
    assert floor.after_repeats_before(totals(num, den, 50))
    den[55] += 1
    assert not floor.after_repeats_before(totals(num, den, 50))
    assert not floor.after_repeats_before(totals(num, den, 20))


def test_days_and_dates_agree(totals):
    series = totals(np.ones(4), np.ones(4), 2)
    assert to_date(int(series.start[2])) - to_date(int(series.start[0])) == timedelta(days=14)
