"""This audit against an earlier one: by hand, and how often it is wrong where the truth is known."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from clm_audit.config.plan import AuditPlan, Earlier, EarlierEffect, RatchetValue, Window
from clm_audit.inference.model import Finding
from clm_audit.measures.model import Calendar, to_date
from clm_audit.verdict.ratchet import difference, ratchet
from report import worlds


def interval(log_effect: float, half: float) -> EarlierEffect:
    return EarlierEffect(
        effect=math.expm1(log_effect), low=math.expm1(log_effect - half), high=math.expm1(log_effect + half)
    )


def plain(effect: float, half: float) -> EarlierEffect:
    return EarlierEffect(effect=effect, low=effect - half, high=effect + half)


def earlier_of(calendar: Calendar, effect: EarlierEffect | None, *, weeks_less: int = 8, **changes: object) -> Earlier:
    before = Window(start=to_date(calendar.before[0]), end=to_date(calendar.before[1]))
    after = Window(start=to_date(calendar.after[0]), end=to_date(calendar.after[1]) - timedelta(weeks=weeks_less))
    effects = {} if effect is None else {"service_cost": effect, "purchase_frequency": effect}
    told = {"file": "last.json", "sha256": "0" * 64, "go_live": to_date(calendar.go_live), "before": before,
            "after": after, "effects": effects}  # fmt: skip
    return Earlier.model_validate(told | changes)


def finding(metric: str, log_effect: float, half: float) -> Finding:
    item = worlds.totals_of(metric, worlds.calendar())
    made = worlds.finding_of(item, "inconclusive", "too_little_information", log_effect, half / 2)
    assert made.effect is not None
    one = interval(log_effect, half)
    return replace(made, effect=replace(made.effect, effect=one.effect, low=one.low, high=one.high))


@pytest.mark.parametrize(
    ("metric", "change", "value"),
    [("service_cost", 0.30, "worse"), ("service_cost", -0.30, "better"), ("purchase_frequency", -0.30, "worse"),
     ("purchase_frequency", 0.30, "better"), ("service_cost", 0.08, "undecided"), ("service_cost", 0.0, "undecided")],
)  # fmt: skip
def test_apart_audits_are_told_by_both_intervals(metric: str, change: float, value: RatchetValue) -> None:
    calendar = worlds.calendar()
    elsewhere = Window(start=date(2020, 1, 6), end=date(2021, 1, 4))
    plan = AuditPlan(against=earlier_of(calendar, interval(0.1, 0.08), before=elsewhere))
    (one,) = ratchet(plan, calendar, [finding(metric, 0.1 + change, 0.06)])
    assert one.value == value
    assert not one.nested
    # Both are symmetric and independent: the half-widths add up as squares, 0.08 and 0.06 to 0.10.
    assert one.low == pytest.approx(math.expm1(change - 0.10))
    assert one.high == pytest.approx(math.expm1(change + 0.10))


def test_narrow_intervals_around_the_same_effect_are_the_same() -> None:
    calendar = worlds.calendar()
    plan = AuditPlan(
        against=earlier_of(calendar, interval(0.10, 0.02), before=Window(start=date(2020, 1, 6), end=date(2021, 1, 4)))
    )
    (one,) = ratchet(plan, calendar, [finding("service_cost", 0.11, 0.02)])
    assert one.value == "same"


def test_the_same_audit_again_is_the_same_however_wide() -> None:
    calendar = worlds.calendar()
    plan = AuditPlan(against=earlier_of(calendar, interval(0.2, 0.9), weeks_less=0))
    (one,) = ratchet(plan, calendar, [finding("service_cost", 0.2, 0.9)])
    assert (one.value, one.nested) == ("same", True)


@pytest.mark.parametrize(("weeks_less", "nested"), [(8, True), (0, True), (-1, False)])
def test_only_what_ended_no_later_is_part_of_this_audit(weeks_less: int, nested: bool) -> None:
    calendar = worlds.calendar()
    plan = AuditPlan(against=earlier_of(calendar, interval(0.1, 0.1), weeks_less=weeks_less))
    (one,) = ratchet(plan, calendar, [finding("service_cost", 0.1, 0.08)])
    assert one.nested is nested


def test_a_few_weeks_more_of_the_same_are_held_closer() -> None:
    """sqrt(0.10² + 0.09² − 2 · 0.9 · 0.10 · 0.09) = 0.0436: what the later weeks alone could have added."""
    change, low, high = difference(plain(0.1, 0.09), plain(0.1, 0.10), nested=True)
    assert change == pytest.approx(0.0)
    assert (low, high) == (pytest.approx(-0.04359, abs=1e-5), pytest.approx(0.04359, abs=1e-5))


def test_each_end_takes_the_facing_ends_of_uneven_intervals() -> None:
    """Down by sqrt(0.10² + 0.20²) = 0.2236, up by sqrt(0.15² + 0.08²) = 0.17."""
    now = EarlierEffect(effect=0.30, low=0.20, high=0.45)
    before = EarlierEffect(effect=0.10, low=0.02, high=0.30)
    assert difference(now, before, nested=False) == pytest.approx((0.20, -0.02360680, 0.37))


@pytest.mark.parametrize(("change", "value"), [(0.0387, "same"), (0.0395, "worse")])
def test_the_materiality_is_a_share_where_effects_are_logarithms(change: float, value: RatchetValue) -> None:
    """5 % is 0.0488 on the scale of logarithms: up to 0.0487 it is the same, up to 0.0495 (5.07 %) it is not."""
    calendar = worlds.calendar()
    elsewhere = Window(start=date(2020, 1, 6), end=date(2021, 1, 4))
    plan = AuditPlan(against=earlier_of(calendar, interval(0.1, 0.008), before=elsewhere))
    (one,) = ratchet(plan, calendar, [finding("service_cost", 0.1 + change, 0.006)])
    assert one.value == value


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"go_live": date(2020, 1, 1)}, "another_go_live"), ({"effects": {}}, "no_earlier_effect")],
)
def test_nothing_follows_without_two_effects_of_the_same_thing(changes: dict[str, object], code: str) -> None:
    calendar = worlds.calendar()
    plan = AuditPlan(against=earlier_of(calendar, interval(0.0, 0.01), **changes))
    (one,) = ratchet(plan, calendar, [finding("service_cost", 0.9, 0.01)])
    assert (one.value, one.code) == ("undecided", code)


def test_an_effect_that_is_gone_is_undecided() -> None:
    calendar = worlds.calendar()
    plan = AuditPlan(against=earlier_of(calendar, interval(0.0, 0.01)))
    gone = replace(finding("service_cost", 0.0, 0.01), effect=None)
    assert ratchet(plan, calendar, [gone])[0].code == "no_effect_now"


def test_without_an_earlier_audit_there_is_no_ratchet() -> None:
    assert ratchet(AuditPlan(), worlds.calendar(), [finding("service_cost", 0.0, 0.1)]) == ()


@pytest.mark.parametrize("nested", [False, True])
def test_where_nothing_changed_it_says_better_or_worse_rarely(nested: bool) -> None:
    """4,000 pairs of audits of one constant effect: means of 40 and 60 weeks, the first 40 shared or not."""
    random = np.random.default_rng(5)
    weeks = random.normal(0.0, 1.0, (4_000, 100))
    first = weeks[:, :40].mean(axis=1) * 0.3
    later = (weeks[:, :60] if nested else weeks[:, 40:]).mean(axis=1) * 0.3
    halves = [1.96 * 0.3 / math.sqrt(many) for many in (60, 40)]
    moved = 0
    for old, new in zip(first, later, strict=True):
        _, low, high = difference(plain(new, halves[0]), plain(old, halves[1]), nested=nested)
        moved += not low <= 0 <= high
    assert 0.035 < moved / 4_000 < 0.065


def test_a_score_is_compared_in_points() -> None:
    """A change of one whole is 40 points: from +20 ± 2 points to +4 ± 1.5, 16 ± 2.5 less."""
    calendar = worlds.calendar()
    elsewhere = Window(start=date(2020, 1, 6), end=date(2021, 1, 4))
    before = EarlierEffect(effect=20.0, low=18.0, high=22.0)
    plan = AuditPlan(against=earlier_of(calendar, None, before=elsewhere, effects={"nps": before}))
    made = finding("purchase_frequency", 0.0, 0.1)
    assert made.effect is not None
    own = replace(made.effect, effect=0.1, low=0.0625, high=0.1375)
    (one,) = ratchet(plan, calendar, [replace(made, metric="nps", effect=own, points=40.0)])
    assert (one.value, one.change) == ("worse", pytest.approx(-16.0))
    assert (one.low, one.high) == (pytest.approx(-18.5), pytest.approx(-13.5))
