"""The question asked a little differently: each variation is the audit of accordingly changed data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np
import pytest

from clm_audit.config.plan import AuditPlan, KnownEvent
from clm_audit.inference.assess import assess
from clm_audit.inference.breaks import near_go_live
from clm_audit.inference.robustness import KINDS, reruns
from clm_audit.measures.model import Alternative, Calendar, Measured, Totals

EPOCH = date(1970, 1, 1)


@pytest.fixture(scope="module")
def lively(totals, simulate):
    num, den, s2 = simulate(np.random.default_rng(5), 104, 40, 0.3)
    return totals(num, den, 104, s2)


def one(plan, series):
    calendar = Calendar(0, (0, 1), (0, 0), (0, 0), 52, 0, {}, {}, True)
    measured = Measured(calendar, Totals({}, {}), (series,), {}, {})
    return assess(plan, measured)[0]


def with_event(series, week, is_break):
    day = EPOCH + timedelta(days=int(series.start[week]))
    return AuditPlan(events=(KnownEvent(date=day, what="price list", is_break=is_break),))


def varied(finding, kind):
    (found,) = [each for each in finding.variations if each.kind == kind]
    return found


def blinded(series, first, count):
    num = series.num.copy()
    num[first : first + count] = np.nan
    return replace(series, num=num)


@pytest.mark.parametrize(("kind", "shift"), [("weeks_before_left_out", -4), ("weeks_after_left_out", 0)])
def test_weeks_left_out_are_the_audit_without_them(lively, kind, shift):
    """The step stays at go-live."""
    direct = one(AuditPlan(), blinded(lively, lively.n0 + shift, 4))
    found = varied(one(AuditPlan(), lively), kind)
    assert (found.effect, found.low, found.high) == (direct.effect.effect, direct.effect.low, direct.effect.high)
    assert found.value == direct.value
    assert found.detail == {"weeks": 4}


def test_of_periods_of_four_weeks_one_is_left_out(totals):
    num = np.random.default_rng(2).poisson(4000, 40).astype(float)
    series = totals(num, np.full(40, 1000.0), 26, 1 / num, weeks=4)
    direct = one(AuditPlan(), blinded(series, 26, 1))
    assert varied(one(AuditPlan(), series), "weeks_after_left_out").effect == direct.effect.effect


def test_of_months_a_whole_one_is_left_out(totals):
    num = np.random.default_rng(2).poisson(4000, 40).astype(float)
    series = totals(num, np.full(40, 1000.0), 26, 1 / num, ppy=12.0)
    direct = one(AuditPlan(), blinded(series, 25, 1))
    assert varied(one(AuditPlan(), series), "weeks_before_left_out").effect == direct.effect.effect


def test_a_break_left_out_is_the_audit_without_it(lively):
    plan = with_event(lively, 60, is_break=True)
    found = varied(one(plan, lively), "break_left_out")
    plain = one(AuditPlan(), lively).effect
    assert (found.effect, found.low, found.high) == (plain.effect, plain.low, plain.high)
    assert found.detail["what"] == "price list"


def test_an_event_left_out_takes_eight_weeks_on_either_side_with_it(lively):
    plan = with_event(lively, 60, is_break=False)
    num = lively.num.copy()
    num[52:68] = np.nan
    blind = one(AuditPlan(), replace(lively, num=num)).effect
    found = varied(one(plan, lively), "event_left_out")
    assert (found.effect, found.low, found.high) == (blind.effect, blind.low, blind.high)


def test_events_outside_the_data_and_shifts_beyond_it_are_no_variations(totals, lively):
    outside = AuditPlan(events=(KnownEvent(date=date(1999, 1, 1), what="fair"),))
    assert {each.kind for each in one(outside, lively).variations} == {"weeks_before_left_out", "weeks_after_left_out"}
    num = np.full(60, 500.0)
    early = totals(num, np.full(60, 100.0), 55, 1 / num)
    assert [each.kind for each in reruns(AuditPlan(), early)] == ["weeks_before_left_out"]  # one after would be left


def test_weeks_that_are_missing_anyway_are_not_left_out_again(lively):
    washed = blinded(lively, lively.n0, 4)
    assert [each.kind for each in reruns(AuditPlan(), washed)] == ["weeks_before_left_out"]


def test_a_lasting_step_is_found_without_the_weeks_around_it_too(totals, simulate):
    """With the step moved by four weeks, half of it would count as history, and most findings would seem to hang by
    a thread."""
    num, den, s2 = simulate(np.random.default_rng(5), 104, 40, 0.3)
    finding = one(AuditPlan(), totals(num, den, 104, s2))
    assert finding.value == "improved"
    assert {each.value for each in finding.variations} == {"improved"}


def test_another_definition_is_the_audit_of_its_totals(lively):
    s2 = lively.s2 * 2
    wider = Alternative("base", {"weeks": 26}, lively.num * 3, lively.den * 2, s2)
    nearly_nothing = np.where(np.arange(lively.num.size) < 3, lively.num, np.nan)
    empty = Alternative("mix_held", {}, nearly_nothing, lively.den, s2)
    finding = one(AuditPlan(), replace(lively, alternatives=(wider, empty)))
    direct = one(AuditPlan(), replace(lively, num=lively.num * 3, den=lively.den * 2, s2=s2))
    found = varied(finding, "base")
    assert (found.effect, found.low, found.high) == (direct.effect.effect, direct.effect.low, direct.effect.high)
    assert (found.value, found.detail) == (direct.value, {"weeks": 26})
    assert "mix_held" not in {each.kind for each in finding.variations}  # too short to be asked


def test_a_definition_without_the_effect_flips_the_finding(lively):
    lost = np.where(np.arange(lively.num.size) >= lively.n0, lively.num / np.exp(0.3), lively.num)
    alone = Alternative("largest_left_out", {}, lost, lively.den, lively.s2)
    finding = one(AuditPlan(), replace(lively, alternatives=(alone,)))
    assert finding.value == "improved"
    assert "largest_left_out" in {each.kind for each in finding.flipped_by}
    assert varied(finding, "largest_left_out").effect < finding.effect.effect / 2


def test_what_would_flip_the_finding_is_named(totals, simulate):
    """A loss in the four weeks before go-live makes the rise after it: without those weeks nothing is left."""
    num, den, s2 = simulate(np.random.default_rng(11), 104, 30)
    num[100:] *= 1.4
    finding = one(AuditPlan(), totals(num, den, 104, s2))
    assert {each.kind for each in finding.variations} <= set(KINDS)
    assert {each.kind for each in finding.flipped_by} == {
        each.kind for each in finding.variations if each.value != finding.value
    }
    assert varied(finding, "weeks_before_left_out").effect > finding.effect.effect


def test_the_other_metrics_of_the_family_count_in_a_variation(lively):
    """Holm's factor is that of the whole family: five hopeless metrics beside it can undo a variation."""
    hopeless = tuple(
        replace(lively, metric=metric, num=np.where(np.arange(144) % 2, lively.num, lively.num * 3), s2=None)
        for metric in ("transaction_size", "service_cost", "campaign_response", "acquisition_cost")
    )
    calendar = Calendar(0, (0, 1), (0, 0), (0, 0), 52, 0, {}, {}, True)
    family = assess(AuditPlan(), Measured(calendar, Totals({}, MappingProxyType({})), (lively, *hopeless), {}, {}))[0]
    alone = one(AuditPlan(), lively)
    assert [(v.kind, v.effect) for v in family.variations] == [(v.kind, v.effect) for v in alone.variations]
    assert family.p_holm > alone.p_holm


def test_events_near_go_live(lively):
    for week, near in ((96, False), (97, True), (111, True), (112, False)):
        for is_break in (True, False):
            plan = with_event(lively, week, is_break)
            assert near_go_live(plan, lively, breaks=is_break) is near
            assert near_go_live(plan, lively, breaks=not is_break) is False
            assert one(plan, lively).event_near is near
