"""The effect on a product of metrics: exact on the log scale, never too sure, whatever the correlation."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from clm_audit.config.plan import AuditPlan
from clm_audit.inference.assess import assess
from clm_audit.inference.model import Effect
from clm_audit.inference.product import product_effect
from clm_audit.inference.students import t_quantile
from clm_audit.measures.model import Calendar, Factor, Measured, MetricTotals, Ratio, Totals

NOTHING = np.zeros(0)


def effect(log_effect: float, se: float, df: int = 30) -> Effect:
    return Effect(
        math.expm1(log_effect), 0, 0, 0, 0, log_effect, se, df, 1.0, 0.5, 0.1, (), 2.0, True, NOTHING, NOTHING, NOTHING
    )


def test_effects_multiply_and_errors_add() -> None:
    found = product_effect([(effect(0.1, 0.02), 1), (effect(0.05, 0.03, 12), 1), (effect(-0.2, 0.01), -1)], 0.95)
    assert found.effect == pytest.approx(math.exp(0.1 + 0.05 + 0.2) - 1)
    assert found.se == pytest.approx(0.06)
    assert found.df == 12
    half = t_quantile(0.975, 12) * 0.06
    assert (found.low, found.high) == pytest.approx((math.expm1(0.35 - half), math.expm1(0.35 + half)))


@pytest.mark.parametrize("correlation", [-0.9, 0.0, 0.9, 1.0])
def test_the_interval_covers_under_any_correlation(correlation: float) -> None:
    """Errors drawn with a correlation that nobody told the program about."""
    draw = np.random.default_rng(7)
    spread = np.array([0.05, 0.08])
    cover = [[1.0, correlation], [correlation, 1.0]] * np.outer(spread, spread)
    errors = draw.multivariate_normal([0.0, 0.0], cover, 400)
    inside = 0
    for one, other in errors:
        found = product_effect([(effect(0.1 + one, 0.05, 200), 1), (effect(0.2 + other, 0.08, 200), -1)], 0.95)
        inside += found.low <= math.expm1(-0.1) <= found.high
    assert inside >= 370  # 95 % of 400 is 380, with room for the draw


def totals(metric: str, level: float, seed: int, step: float = 0.0) -> MetricTotals:
    draw = np.random.default_rng(seed)
    size, n0 = 120, 80
    den = np.full(size, 1_000.0)
    log = math.log(level) + 0.02 * draw.standard_normal(size) + step * (np.arange(size) >= n0)
    start = (np.arange(size) - n0) * 7
    side = Ratio(level, level, 1.0, 52.0)
    return MetricTotals(metric, start, den * np.exp(log), den, None, n0, 52.1775, side, side)


def measured(*lifecycle: MetricTotals, metrics: tuple[MetricTotals, ...] = ()) -> Measured:
    calendar = Calendar(0, (-560, 280), (-280, 0), (0, 280), 52, 0, {}, {}, True)
    return Measured(calendar, Totals({}, {}), metrics, {}, {}, lifecycle=lifecycle)


def product(factors: tuple[Factor, ...]) -> MetricTotals:
    side = Ratio(1.0, 1.0, 1.0, 52.0)
    empty = np.zeros(0)
    return MetricTotals(
        "customer_lifetime_value", np.zeros(0, dtype=np.int64), empty, empty, None, 0, 52.0, side, side, factors=factors
    )


def test_a_product_of_clear_changes_is_found() -> None:
    factors = Factor(totals("transaction_size", 50.0, 1, 0.1), 1), Factor(totals("churn_rate", 0.1, 2, -0.1), -1)
    found = assess(AuditPlan(), measured(product(factors)))[0]
    assert found.value == "improved"
    assert found.effect is not None
    assert found.effect.effect == pytest.approx(math.expm1(0.2), abs=0.05)
    assert found.variations == ()


def test_a_factor_that_cannot_be_told_leaves_the_product_untold() -> None:
    short = totals("churn_rate", 0.1, 2)
    short = replace(short, start=short.start[:84], num=short.num[:82], den=short.den[:82])
    found = assess(AuditPlan(), measured(product((Factor(totals("transaction_size", 50.0, 1), 1), Factor(short, -1)))))[
        0
    ]
    assert found.value == "not assessable"
    assert found.code == "too_short_after"


def test_the_lifecycle_costs_the_five_questions_nothing() -> None:
    """Holm's correction of the five does not know how many metrics of the lifecycle there are."""
    five = tuple(totals(name, 1.0, seed) for seed, name in enumerate(("purchase_frequency", "transaction_size")))
    life = tuple(
        totals(name, 0.3, 20 + seed) for seed, name in enumerate(("churn_rate", "retention_rate", "nrr", "grr"))
    )
    alone = assess(AuditPlan(), measured(metrics=five))
    both = assess(AuditPlan(), measured(*life, metrics=five))
    assert [item.p_holm for item in both[:2]] == [item.p_holm for item in alone]
    assert [item.metric for item in both[2:]] == [item.metric for item in life]
    least = min(item.effect.p for item in both[2:] if item.effect)
    assert min(item.p_holm for item in both[2:] if item.p_holm is not None) == pytest.approx(min(1.0, 4 * least))
