"""What could be found, and when: against the audits that were held once those weeks had come."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan, Control
from clm_audit.inference.control import compared, evidence
from clm_audit.inference.horizon import NEVER
from clm_audit.inference.outlook import WEEKS, foresee, outlook_after, outlook_before
from clm_audit.inference.series import log_series
from inference.regions import company


def cut(totals, num, den, s2, before, after):
    end = before + after
    return totals(num[:end], den[:end], before, s2[:end])


@pytest.mark.parametrize("weeks", WEEKS)
def test_the_reach_told_beforehand_is_that_of_the_audit_that_came(totals, simulate, estimate, weeks):
    """Over companies: the foretold detectable effect is within a quarter of the real one, and right on average."""
    ratios = []
    for seed in range(6):
        num, den, s2 = simulate(np.random.default_rng(seed), 130, 52)
        history = log_series(cut(totals, num, den, s2, 130, 0))
        foretold = {one.weeks: one.detectable for one in outlook_before(history, 0.05).reach}[weeks]
        ratios.append(foretold / estimate(cut(totals, num, den, s2, 130, weeks)).effect.detectable)
    assert 0.9 < np.mean(ratios) < 1.1
    assert 0.75 < min(ratios) <= max(ratios) < 1.33


def test_after_go_live_today_stands_first(totals, simulate, estimate):
    num, den, s2 = simulate(np.random.default_rng(4), 104, 10)
    found = estimate(totals(num, den, 104, s2))
    outlook = outlook_after(found, 0.05)
    assert [one.weeks for one in outlook.reach] == [10, 13, 26, 52]
    assert outlook.reach[0].detectable == pytest.approx(found.effect.detectable, rel=1e-8)  # printed with ten digits


def test_an_effect_is_decided_at_the_first_week_that_reaches_it(totals, simulate):
    num, den, s2 = simulate(np.random.default_rng(1), 130, 0)
    history = log_series(totals(num, den, 130, s2))
    reach = {one.weeks: one.detectable for one in outlook_before(history, 0.05).reach}
    assert outlook_before(history, 1e-6).decided == NEVER
    assert outlook_before(history, 5.0).decided == 2
    between = (reach[4] + reach[8]) / 2
    decided = outlook_before(history, between).decided
    assert (decided in (6, 8)) == (reach[8] < reach[4])
    assert outlook_before(history, max(reach.values()) + 0.01).decided <= 4


def test_more_orders_reach_further(totals):
    rng = np.random.default_rng(9)
    few, many = (rng.poisson(mean, 120).astype(float) for mean in (30, 3000))
    reach = [
        outlook_before(log_series(totals(num, np.full(120, 100.0), 120, 1 / num)), 0.05).reach[2].detectable
        for num in (few, many)
    ]
    assert reach[1] < 0.5 * reach[0]


def test_what_cannot_be_foreseen_has_its_reason(totals, simulate):
    num, den, s2 = simulate(np.random.default_rng(2), 130, 20)
    plan = AuditPlan()
    history = totals(num[:130], den[:130], 130, s2[:130])
    begun = totals(num[:140], den[:140], 130, s2[:140])
    early = totals(num[:132], den[:132], 130, s2[:132])
    brief = totals(num[:9], den[:9], 9, s2[:9])
    lost = replace(history, missing=NotAssessable(code="missing_fact"))
    series = (history, begun, early, brief, lost)
    found = foresee(plan, series, {"purchase_frequency": 0.1})
    assert found[0] == outlook_before(log_series(history), 0.1)
    assert found[1].reach[0].weeks == 10
    assert [one.code for one in found[2:]] == ["too_short_after", "too_short_before", "missing_fact"]


def cut_at_go_live(totals):
    """The same company before go-live."""
    upto = slice(0, totals.n0)
    units = tuple(
        replace(unit, num=unit.num[upto], den=unit.den[upto], events=unit.events[upto], s2=unit.s2[upto])
        for unit in totals.units
    )
    lines = {name: getattr(totals, name)[upto] for name in ("start", "num", "den", "s2")}
    return replace(totals, **lines, units=units)


def test_with_a_control_group_the_plan_foretells_the_difference():
    """What was foretold before go-live is about what the audit then has; and less than its own history would give."""
    totals, _ = company(3)
    plan = AuditPlan(control=Control(segment="region"))
    asked = {"purchase_frequency": 0.05}
    (before,) = foresee(plan, [cut_at_go_live(totals)], asked)
    (alone,) = foresee(AuditPlan(), [cut_at_go_live(totals)], asked)
    (after,) = foresee(plan, [totals], asked)
    assert (before.by_control, after.by_control, alone.by_control) == (True, True, False)
    told = {one.weeks: one.detectable for one in before.reach}
    found = evidence(compared(plan, totals)).effect.detectable
    assert after.reach[0].weeks == 52
    assert after.reach[0].detectable == pytest.approx(found)
    assert 0.5 < told[52] / found < 2.0
    assert told[26] < 0.8 * {one.weeks: one.detectable for one in alone.reach}[26]


def test_a_control_group_that_is_too_small_leaves_the_plan_as_it_is():
    totals, _ = company(3, controls=4)
    history = cut_at_go_live(totals)
    plan = AuditPlan(control=Control(segment="region"))
    assert foresee(plan, [history], {"purchase_frequency": 0.05}) == foresee(
        AuditPlan(), [history], {"purchase_frequency": 0.05}
    )
