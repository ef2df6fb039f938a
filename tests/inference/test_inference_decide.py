"""The family logic against plain oracles."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate as quadrature

from clm_audit.inference.decide import CODES, decide, equivalence_p, holm
from clm_audit.inference.model import Effect
from clm_audit.inference.students import t_cdf, t_quantile

SHARES = st.floats(0, 1)


def make(log_effect: float, se: float, df: int = 20) -> Effect:
    half = t_quantile(0.95, df) * se
    nothing = np.zeros(0)
    return Effect(
        effect=math.expm1(log_effect), low=0, high=0,
        low90=math.expm1(log_effect - half), high90=math.expm1(log_effect + half),
        log_effect=log_effect, se=se, df=df, p=2 * t_cdf(-abs(log_effect) / se, df),
        probability_up=t_cdf(log_effect / se, df), detectable=0.1, placebo_z=(), years_before=1.0,
        season_seen=True, expected=nothing, low_band=nothing, high_band=nothing,
    )  # fmt: skip


@given(st.lists(SHARES, min_size=1, max_size=8), st.sampled_from([0.01, 0.05, 0.1]))
def test_holm_rejects_what_stepping_down_rejects(p, alpha):
    """The procedure as Holm states it: smallest first, stop at the first that fails."""
    rejected = set()
    for rank, i in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        if p[i] * (len(p) - rank) >= alpha:
            break
        rejected.add(i)
    assert {i for i, value in enumerate(holm(p)) if value < alpha} == rejected


@given(st.lists(SHARES, min_size=1, max_size=8))
def test_holm_keeps_the_order_and_never_helps(p):
    adjusted = holm(p)
    assert all(a >= raw for a, raw in zip(adjusted, p, strict=True))
    assert max(adjusted) <= 1.0
    for i, left in enumerate(p):
        for j, right in enumerate(p):
            if left <= right:
                assert adjusted[i] <= adjusted[j] or left == right
    assert min(adjusted) <= min(1.0, len(p) * min(p))


@given(st.permutations([0.001, 0.012, 0.04, 0.2, 0.9]))
def test_holm_does_not_care_about_the_order_of_metrics(p):
    by_value = dict(zip(p, holm(p), strict=True))
    assert by_value == dict(zip(sorted(p), holm(sorted(p)), strict=True))


@given(st.floats(-0.3, 0.3), st.floats(0.001, 0.2), st.integers(20, 40), st.floats(0.01, 0.5))
def test_tost_holds_exactly_when_the_90_percent_interval_lies_inside(log_effect, se, df, materiality):
    effect = make(log_effect, se, df)
    inside = effect.low90 > -materiality and effect.high90 < materiality
    margin = min(abs(effect.low90 + materiality), abs(effect.high90 - materiality))
    if margin > 1e-9:
        assert (equivalence_p(log_effect, se, df, materiality) < 0.05) == inside


@pytest.mark.parametrize(("se", "value"), [(0.0289, "no material change"), (0.0292, "inconclusive")])
def test_equivalence_is_asked_at_five_per_cent_on_each_side(se: float, value: str) -> None:
    """No effect, within ±5 % (to log 1.05 = 0.04879): 0.04879 / 0.0289 is above, 0.04879 / 0.0292 below 1.6839, the
    95 % quantile of Student's t with 40 degrees of freedom in any table."""
    found = decide(make(0.0, se, 40), 1.0, "higher", 0.05, 0.05)
    assert found.value == value
    assert found.p_equivalence == pytest.approx(0.05, abs=0.002)


def test_a_materiality_of_one_has_no_lower_limit():
    assert equivalence_p(-3.0, 0.1, 20, 1.0) < 0.05
    assert equivalence_p(-3.0, 0.1, 20, 0.9) > 0.95


def test_a_materiality_of_zero_is_never_equivalent():
    assert equivalence_p(0.0, 0.001, 20, 0.0) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("log_effect", "se", "p_holm", "better", "value", "code", "small"),
    [
        (0.20, 0.03, 0.001, "higher", "improved", "holm_significant", False),
        (0.20, 0.03, 0.001, "lower", "worsened", "holm_significant", False),
        (-0.20, 0.03, 0.001, "higher", "worsened", "holm_significant", False),
        (-0.20, 0.03, 0.001, "lower", "improved", "holm_significant", False),
        (0.02, 0.004, 0.001, "higher", "improved", "holm_significant", True),
        (0.01, 0.01, 0.9, "higher", "no material change", "equivalent", False),
        (0.10, 0.10, 0.9, "higher", "inconclusive", "too_little_information", False),
        (0.20, 0.08, 0.08, "higher", "inconclusive", "alone_only", False),
    ],
)
def test_the_rules_row_by_row(log_effect, se, p_holm, better, value, code, small):
    found = decide(make(log_effect, se), p_holm, better, 0.05, 0.05, break_near=False)
    assert (found.value, found.code, found.below_materiality) == (value, code, small)
    assert found.code in CODES
    assert (found.better_probability > 0.5) == ((log_effect > 0) == (better == "higher"))


def test_a_break_near_go_live_is_the_reason_for_not_knowing():
    effect = make(0.1, 0.1)
    assert decide(effect, 1.0, "higher", 0.05, 0.05, break_near=True).code == "break_near_go_live"
    sure = replace(effect, log_effect=0.5, se=0.01)
    assert decide(sure, 0.0, "higher", 0.05, 0.05, break_near=True).code == "holm_significant"


@pytest.mark.parametrize("df", [20, 23, 31])
def test_student_t_is_the_integral_of_its_density(df):
    scale = math.gamma((df + 1) / 2) / (math.sqrt(df * math.pi) * math.gamma(df / 2))
    share, _ = quadrature.quad(lambda x: scale * (1 + x * x / df) ** (-(df + 1) / 2), 0, 1.3)
    assert t_cdf(1.3, df) == pytest.approx(0.5 + share, abs=1e-10)
    assert t_quantile(t_cdf(1.3, df), df) == pytest.approx(1.3, abs=1e-10)
