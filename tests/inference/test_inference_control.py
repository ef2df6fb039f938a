"""Control groups: units, the difference, cohorts, synthetic control, and when a finding rests on them."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan, Control, KnownEvent
from clm_audit.inference import control as floor
from clm_audit.inference.assess import assess
from clm_audit.inference.beside import comparison
from clm_audit.inference.calibrate import calibration_of
from clm_audit.inference.control import compared
from clm_audit.inference.difference import cohorts, difference_series, laid_over
from clm_audit.inference.model import Comparison
from clm_audit.inference.structural import without_effect
from clm_audit.inference.synthetic import simplex_weights, synthetic_control
from clm_audit.inference.units import Grid, Unit, pooled, sound_units
from clm_audit.measures.model import Measured, Totals, UnitTotals, to_date
from inference.regions import GO_LIVE, company

PLAN = AuditPlan(control=Control(segment="region", untreated=("Region 06",)))


def finding(plan, totals, calendar):
    (found,) = assess(plan, Measured(calendar, Totals({}, {}), (totals,), {}, {}))
    return found


@pytest.fixture(scope="module")
def lifted():
    """Fourteen regions, the first six lifted by 6 log points at go-live."""
    return company(4, effect=0.06)


@pytest.fixture(scope="module")
def judged(lifted):
    return finding(PLAN, *lifted)


def test_the_difference_is_the_weighted_logs_of_one_group_less_those_of_the_other(lifted):
    totals, _ = lifted
    found = compared(PLAN, totals)
    sums = {label: sum(unit.num[:104]) for unit in totals.units for label in [unit.label]}
    for treated in (True, False):
        group = [unit for unit in totals.units if (unit.go_live is not None) == treated]
        volume = sum(sums[unit.label] for unit in group)
        for at in (0, 50, 103, 104, 155):
            line = math.fsum(sums[u.label] / volume * math.log(u.num[at] / u.den[at]) for u in group)
            assert (found.lines.treated if treated else found.lines.control)[at] == pytest.approx(line, abs=1e-12)
        at = 80
        variance = math.fsum(
            (sums[u.label] / volume) ** 2 * sorted(u.s2 * u.den)[77:79][0] / u.den[at] for u in group
        )  # den is constant here, so the median of s² · den lies between these two
        sampling = (found.lines.treated_sampling if treated else found.lines.control_sampling)[at]
        assert sampling == pytest.approx(variance, rel=0.02)
    np.testing.assert_allclose(found.series.log_ratio, found.lines.treated - found.lines.control)
    assert (found.series.go_live, found.series.length, found.grid.weeks) == (104, 156, 1)


def test_what_meets_everybody_is_not_in_the_difference(lifted):
    totals, _ = lifted
    shock = np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.2, 156)))
    units = tuple(replace(unit, num=unit.num * shock) for unit in totals.units)
    plain, shaken = compared(PLAN, totals), compared(PLAN, replace(totals, units=units))
    # the weights move a little, as the shock changes who bought when before go-live; with equal weights nothing does
    alike = [replace(unit, num=totals.units[0].num * factor) for factor, unit in enumerate(totals.units, start=1)]
    both = [
        compared(PLAN, replace(totals, units=tuple(replace(u, num=u.num * by) for u in alike))) for by in (1, shock)
    ]
    np.testing.assert_allclose(both[0].series.log_ratio, both[1].series.log_ratio, atol=1e-12)
    assert shaken.together.effect.log_effect == pytest.approx(plain.together.effect.log_effect, abs=0.02)


@pytest.mark.parametrize("by", [-0.2, 0.1, 0.4])
def test_a_step_of_the_treated_moves_the_estimate_by_as_much(lifted, by):
    totals, _ = lifted
    units = tuple(
        replace(unit, num=np.where(np.arange(156) >= 104, unit.num * math.exp(by), unit.num)) if unit.go_live else unit
        for unit in totals.units
    )
    moved, plain = compared(PLAN, replace(totals, units=units)), compared(PLAN, totals)
    assert moved.together.effect.log_effect - plain.together.effect.log_effect == pytest.approx(by, abs=0.002)


def test_small_units_are_pooled_and_nothing_is_lost():
    totals, _ = company(9, buyers=(5.0, 60.0), treated=5, controls=15)
    assert any((unit.num == 0).any() for unit in totals.units)
    grid, units = sound_units(totals, totals.units)
    assert grid.weeks == 4
    assert (grid.n0, grid.start[grid.n0]) == (26, GO_LIVE)
    assert {len(unit.labels) for unit in units} > {1}
    assert all(unit.stands_alone for unit in units)
    assert sorted(label for unit in units for label in unit.labels) == sorted(unit.label for unit in totals.units)
    for treated in (True, False):
        raw = sum(unit.num.sum() for unit in totals.units if (unit.go_live is not None) == treated)
        assert sum(unit.num.sum() for unit in units if (unit.go_live is not None) == treated) == raw
    found = compared(PLAN, totals)
    assert np.isfinite(found.series.log_ratio).all()


def test_pools_mix_no_two_days_of_go_live():
    totals, _ = company(9, buyers=(5.0, 20.0), treated=8, controls=8, later={0: 8, 1: 8, 2: 8, 3: 8})
    days = {unit.label: unit.go_live for unit in totals.units}
    _, units = sound_units(totals, totals.units)
    assert all({days[label] for label in unit.labels} == {unit.go_live} for unit in units)


def _unit(name: str, events: list[float], go_live: int | None = None) -> Unit:
    line = np.array(events)
    return Unit((name,), (9,), go_live, line, np.full(line.size, 100.0), line, 1 / np.maximum(line, 1))


def test_what_is_left_of_the_small_ones_joins_the_smallest():
    big, middle, late = _unit("big", [90.0] * 4), _unit("middle", [40.0] * 4), _unit("late", [0.0, 0.0, 9.0, 9.0])
    assert {unit.labels for unit in pooled([late, big, middle])} == {("big",), ("middle", "late")}
    assert [unit.labels for unit in pooled([late])] == [("late",)]  # alone, and then not everywhere known
    assert np.isnan(pooled([late])[0].log_ratio[:2]).all()


@given(seed=st.integers(0, 10_000), donors=st.integers(2, 12))
def test_the_weights_are_the_best_on_the_simplex(seed, donors):
    """Against another algorithm: sequential least squares programming with the constraint said outright."""
    draw = np.random.default_rng(seed)
    lines = draw.normal(0.0, 0.1, (40, donors))
    target = lines @ draw.dirichlet(np.ones(donors)) + draw.normal(0.0, 0.03, 40)
    weights = simplex_weights(target, lines)
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1.0)
    found = optimize.minimize(
        lambda w: ((target - lines @ w) ** 2).sum(),
        np.full(donors, 1 / donors),
        bounds=[(0, 1)] * donors,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert ((target - lines @ weights) ** 2).sum() <= found.fun * (1 + 1e-6) + 1e-12
    np.testing.assert_allclose(weights, found.x, atol=2e-3)


def test_a_synthetic_control_finds_who_the_treated_are_made_of():
    draw = np.random.default_rng(3)
    donors = np.cumsum(draw.normal(0.0, 0.05, (80, 12)), axis=0)
    target = 2.0 + 0.7 * donors[:, 2] + 0.3 * donors[:, 9]
    target[60:] += 0.1
    found = synthetic_control(target, target[:, None], donors, 60)
    assert found.weights[2] == pytest.approx(0.7, abs=1e-3)
    assert found.weights[9] == pytest.approx(0.3, abs=1e-3)
    assert found.log_effect == pytest.approx(0.1, abs=1e-3)
    assert (found.p, found.placebos) == (1 / 13, 12)
    quiet = synthetic_control(donors[:, 0], donors[:, :1], donors[:, 1:], 60)
    assert quiet.p > 1 / 12
    assert synthetic_control(target, target[:, None], donors[:, :9], 60) is None


def test_its_p_value_is_the_rank_among_the_placebos():
    draw = np.random.default_rng(8)
    lines = np.cumsum(draw.normal(0.0, 0.05, (50, 12)), axis=0)

    def strange(place: int, among: list[int]) -> float:
        level = lines - lines[:35].mean(axis=0)
        weights = simplex_weights(level[:35, place], level[:35][:, among])
        gap = level[:, place] - level[:, among] @ weights
        return float(np.sqrt(np.mean(gap[35:] ** 2)) / np.sqrt(np.mean(gap[:35] ** 2)))

    everybody = list(range(1, 12))
    own = strange(0, everybody)
    others = [strange(place, [each for each in everybody if each != place]) for place in everybody]
    expected = (1 + sum(each >= own for each in others)) / 12
    assert synthetic_control(lines[:, 0], lines[:, :1], lines[:, 1:], 35).p == expected


def test_a_finding_rests_on_five_controls_and_not_on_four():
    for controls, used in ((5, True), (4, False)):
        totals, calendar = company(4, controls=controls, effect=0.06)
        found = finding(PLAN, totals, calendar)
        assert found.by_control is used
        plain = finding(AuditPlan(), totals, calendar)
        assert (found.effect.effect == plain.effect.effect) is not used
        assert found.control.together is not None
        assert found.control.missing == (
            None if used else NotAssessable(code="too_few_controls", detail={"have": 4, "need": 5})
        )


def test_the_chart_of_all_customers_keeps_what_their_history_expected(lifted, judged):
    plain = finding(AuditPlan(), *lifted)
    assert plain.control is None
    assert judged.by_control
    for name in ("expected", "low_band", "high_band"):
        np.testing.assert_array_equal(getattr(judged.effect, name), getattr(plain.effect, name))
    assert judged.parts == plain.parts
    assert judged.observed_change == plain.observed_change
    assert judged.effect.effect == judged.control.together.effect


def test_with_and_without(judged):
    found = judged.control
    assert isinstance(found, Comparison)
    assert found.narrower
    assert found.together.low < math.expm1(0.06) < found.together.high
    weights = [[unit.weight for unit in found.units if unit.treated is side] for side in (True, False)]
    assert [len(side) for side in weights] == [6, 8]
    assert [sum(side) for side in weights] == pytest.approx([1.0, 1.0])
    assert found.treated[:104].mean() == pytest.approx(100.0, abs=1.0)
    windows = [slice(52, 104), slice(104, 156)]
    for line, change in ((found.treated, found.treated_change), (found.control, found.control_change)):
        logs = [np.log(line[window]).mean() for window in windows]
        assert change == pytest.approx(math.expm1(logs[1] - logs[0]), abs=1e-9)
    assert [each.kind for each in judged.variations] == [
        "weeks_before_left_out",
        "weeks_after_left_out",
        *reversed(floor.KINDS),
    ]


def test_a_break_at_go_live_that_both_groups_met_does_not_lower_the_claim(lifted):
    totals, calendar = lifted
    near = KnownEvent(date=to_date(GO_LIVE) + timedelta(days=20), what="price list", is_break=True)
    found = finding(PLAN.model_copy(update={"events": (near,)}), totals, calendar)
    assert found.by_control
    assert not found.event_near
    assert found.code != "break_near_go_live"
    assert found.effect.log_effect == finding(PLAN, totals, calendar).effect.log_effect
    without = finding(AuditPlan(events=(near,)), totals, calendar)
    assert without.event_near


@pytest.mark.parametrize(
    ("units", "code"),
    [
        (NotAssessable(code="no_units", detail={"fact": "spend"}), "no_units"),
        ((), "no_treated"),
        ("controls", "no_treated"),
        ("treated", "too_few_controls"),
    ],
)
def test_without_two_groups_the_finding_stays_as_it_is(lifted, units, code):
    totals, calendar = lifted
    if isinstance(units, str):
        units = tuple(unit for unit in totals.units if (unit.go_live is not None) == (units == "treated"))
    found = finding(PLAN, replace(totals, units=units), calendar)
    assert found.control.code == code
    assert not found.by_control
    assert found.effect.effect == finding(AuditPlan(), totals, calendar).effect.effect


def test_what_could_not_be_measured_is_not_compared(lifted):
    totals, calendar = lifted
    why = NotAssessable(code="missing_fact", detail={"fact": "orders"})
    assert finding(PLAN, replace(totals, missing=why, before=why, after=why), calendar).control is None


def test_too_short_a_time_after_go_live():
    totals, calendar = company(4, after=3)
    found = finding(PLAN, totals, calendar)
    assert found.value == "not assessable"
    assert not found.by_control


def test_each_cohort_is_compared_with_those_who_had_not_got_it_yet():
    """Three days of go-live and nobody who never got it: the last cohort has nobody to be compared with."""
    totals, _ = company(
        2, treated=16, controls=0, later={**dict.fromkeys(range(5, 10), 13), **dict.fromkeys(range(10, 16), 30)}
    )
    grid, units = sound_units(totals, totals.units)
    first, second = cohorts(grid, units)
    assert (first.live, second.live) == (104, 117)
    # eleven are left for the first until week 13, or six until week 30: the longer comparison wins
    assert set(first.control.labels) == {f"Region {n:02}" for n in range(10, 16)}
    assert (first.end, second.end) == (134, 134)
    assert set(second.control.labels) == set(first.control.labels)
    lines = laid_over(grid, (first, second), 0)
    assert (lines.before, lines.treated.size) == (104, 104 + 17)
    share = first.volume / (first.volume + second.volume)
    for step in (-104, -1, 0, 16):
        expected = share * first.treated.line[104 + step] + (1 - share) * second.treated.line[117 + step]
        assert lines.treated[104 + step] == pytest.approx(expected, abs=1e-12)


def test_cohorts_of_a_staggered_go_live_find_the_effect():
    totals, calendar = company(3, effect=0.08, later={3: 13, 4: 13, 5: 20})
    found = finding(PLAN, totals, calendar)
    assert found.by_control
    assert [each.day for each in found.control.cohorts] == [GO_LIVE, GO_LIVE + 91, GO_LIVE + 140]
    assert sum(each.share for each in found.control.cohorts) == pytest.approx(1.0)
    assert all(each.range.low < math.expm1(0.08) < each.range.high for each in found.control.cohorts)
    assert found.control.together.low < math.expm1(0.08) < found.control.together.high
    assert found.control.synthetic is None


def test_a_period_that_a_go_live_cuts_in_two_belongs_to_neither_side():
    totals, _ = company(3)
    moved = [replace(unit, go_live=unit.go_live + 3) if unit.go_live else unit for unit in totals.units]
    grid, units = sound_units(totals, moved)
    (cohort,) = cohorts(grid, units)
    assert cohort.live == 105
    lines = laid_over(grid, (cohort,), washout_weeks=2)
    assert np.flatnonzero(np.isnan(lines.treated)).tolist() == [104, 105, 106]
    series = difference_series(lines, grid.ppy)
    assert (series.go_live, series.periods_before, series.periods_after) == (105, 104, 49)


def test_a_go_live_after_the_data_is_none():
    grid = Grid(np.arange(60, dtype=np.int64) * 7, 30, 1)
    units = [_unit("a", [50.0] * 60, 210), *(_unit(f"c{n}", [50.0] * 60, 9_999) for n in range(5))]
    (cohort,) = cohorts(grid, units)
    assert (cohort.day, cohort.end, len(cohort.control.units)) == (210, 60, 5)


def test_ten_controls_make_a_synthetic_one():
    totals, calendar = company(6, controls=11, effect=0.08)
    shown = comparison(compared(PLAN, totals), calendar)
    assert shown.synthetic.placebos == 11
    assert math.log1p(shown.synthetic.effect) == pytest.approx(0.08, abs=0.05)
    weights = [unit.synthetic for unit in shown.units if not unit.treated]
    assert sum(weights) == pytest.approx(1.0)
    assert all(unit.synthetic is None for unit in shown.units if unit.treated)


def test_placebos_in_space_are_control_units_forecast_against_the_others(lifted):
    """One of them by hand: its own line less the weighted rest, its scales as much larger as one unit wanders more."""
    found = compared(PLAN, lifted[0])
    (cohort,) = found.cohorts
    est = found.together
    assert len(est.effect.space_z) == 8
    place = int(np.argmax(cohort.control.weights))
    rest = np.delete(cohort.control.weights, place)
    rest = rest / rest.sum()
    lines = np.array([unit.log_ratio for unit in cohort.control.units])
    line = lines[place] - rest @ np.delete(lines, place, axis=0)
    sampling = np.array([unit.sampling for unit in cohort.control.units])
    noise = sampling[place] + rest**2 @ np.delete(sampling, place, axis=0)
    series = replace(found.series, log_ratio=line, sampling=noise)
    own = (cohort.treated.weights**2).sum() + (cohort.control.weights**2).sum()
    scales = est.mode + 0.5 * np.log((1 + (rest**2).sum()) / own)
    early = slice(0, 104)
    cover = without_effect(series, scales) + np.diag(noise + np.exp(2 * scales[5]))
    level = line[early].mean()
    gain = cover[104:, early].mean(axis=0) @ np.linalg.inv(cover[early, early] + 1e-10 * np.eye(104))
    error = line[104:].mean() - level - gain @ (line[early] - level)
    spread = np.sqrt(cover[104:, 104:].mean() - gain @ cover[early, 104:].mean(axis=1))
    assert est.effect.space_z[0] == pytest.approx(error / spread, rel=1e-5)


def test_placebos_in_space_count_one_less_than_there_are_and_widen_what_was_too_sure():
    assert calibration_of((1.0, 2.0), ()).df == 22
    both = calibration_of((1.0, 2.0), (2.0, 2.0, 3.0))
    assert both.df == 24
    assert both.factor == pytest.approx(math.sqrt((20 + 5 + 17 * 2 / 3) / 24))


def test_a_lucky_history_narrows_the_interval_by_a_fifth_at_most():
    assert calibration_of((0.0,) * 5).factor == pytest.approx(math.sqrt(20 / 25))
    assert calibration_of((0.0,) * 30).factor == 0.8


def test_it_is_the_same_every_time(lifted):
    one, two = (finding(PLAN, *lifted) for _ in range(2))
    assert one.effect.effect == two.effect.effect
    assert one.control.units == two.control.units


def test_no_false_alarms_and_a_narrower_range_on_companies_whose_regions_share_shocks():
    """Thirty companies without an effect, ten with 8 log points; the large numbers stand in docs/methods.md."""
    alarms, narrower = 0, []
    for seed in range(30):
        found = compared(PLAN, company(seed)[0])
        alarms += found.together.effect.p < 0.05
        width, alone = (np.log1p(e.high) - np.log1p(e.low) for e in (found.together.effect, found.alone.effect))
        narrower.append(width / alone)
    assert alarms <= 4  # 5 % of thirty: more than four come once in fifty
    assert np.median(narrower) < 0.7
    effects = [compared(PLAN, company(100 + seed, effect=0.08)[0]).together.effect for seed in range(10)]
    assert sum(effect.p < 0.05 for effect in effects) >= 8
    assert sum(effect.low < math.expm1(0.08) < effect.high for effect in effects) >= 9


def test_units_of_one_metric_do_not_change_when_another_is_added(lifted):
    totals, _ = lifted
    one = UnitTotals("Nowhere", 3, None, np.zeros(156), np.zeros(156), np.zeros(156), np.full(156, np.nan))
    found = compared(PLAN, replace(totals, units=(*totals.units, one)))
    assert np.isfinite(found.series.log_ratio).all()
    assert found.together.effect.log_effect == pytest.approx(
        compared(PLAN, totals).together.effect.log_effect, abs=1e-9
    )
