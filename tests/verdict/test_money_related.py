"""Errors that hang together: correlations against NumPy's, and the interval against a simulation of its own."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from clm_audit.config.plan import MetricId
from clm_audit.measures.model import MetricTotals
from clm_audit.report.words_money_assumptions import money_assumptions
from clm_audit.verdict.money import appraise
from clm_audit.verdict.money_model import PRICED, Money
from clm_audit.verdict.money_related import DOUBT, correlations, hung_together, related
from clm_audit.verdict.money_spread import lattice
from verdict import money_world as world

OFTEN, SIZE = "purchase_frequency", "transaction_size"
WEEKS = 52


def shaken(metric: MetricId, shocks: np.ndarray) -> MetricTotals:
    """The metric with a level that rises steadily, and shocks [52] in the weeks before go-live."""
    item = world.totals(metric)
    line = np.concatenate([np.exp(shocks + 0.01 * np.arange(WEEKS)), np.ones(WEEKS)])
    return replace(item, num=item.num * line)


def pair(correlation: float, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    draws = np.random.default_rng(seed).multivariate_normal([0, 0], [[1, correlation], [correlation, 1]], WEEKS) * 0.1
    return draws[:, 0], draws[:, 1]


@pytest.mark.parametrize("correlation", [-0.8, 0.0, 0.6])
def test_the_correlation_is_that_of_the_changes_from_week_to_week(correlation: float) -> None:
    one, other = pair(correlation)
    moves = [np.diff(each) + 0.01 for each in (one, other)]
    pairs = WEEKS - 1
    expected = moves[0] @ moves[1] / math.sqrt((moves[0] @ moves[0]) * (moves[1] @ moves[1])) * pairs / (pairs + DOUBT)
    assert related(shaken(OFTEN, one), shaken(SIZE, other)) == pytest.approx(expected)


def test_weeks_and_months_are_compared_by_the_month() -> None:
    one, _ = pair(0.0)
    weekly, folded = shaken(OFTEN, one), shaken("service_cost", one)
    four = folded.num.reshape(-1, 4).sum(axis=1), folded.den.reshape(-1, 4).sum(axis=1)
    monthly = replace(folded, num=four[0], den=four[1], n0=13, ppy=folded.ppy / 4, start=folded.start[::4])
    assert related(weekly, monthly) == related(monthly, weekly) == pytest.approx(12 / (12 + DOUBT))


def test_what_was_seen_together_too_seldom_hangs_together_by_nothing() -> None:
    one, other = pair(0.9)
    item = shaken(OFTEN, one)
    gaps = np.where(np.arange(item.num.size) % 2 == 0, np.nan, item.num)
    assert related(replace(item, num=gaps), shaken(SIZE, other)) == 0.0
    assert related(world.totals(OFTEN), world.totals(SIZE)) == 0.0
    assert np.array_equal(correlations({OFTEN: item}, PRICED), np.eye(len(PRICED)))


def test_points_that_hang_together_stay_even_in_each_metric() -> None:
    wanted = np.eye(len(PRICED))
    wanted[0, 1] = wanted[1, 0] = 0.6
    wanted[1, 2] = wanted[2, 1] = -0.4
    cube = lattice(len(PRICED))
    assert hung_together(cube, np.eye(len(PRICED))) is cube
    made = hung_together(cube, wanted)
    assert np.corrcoef(stats.norm.ppf(made)) == pytest.approx(wanted, abs=0.01)
    for line in made:
        assert stats.kstest(line, "uniform").statistic < 0.005


def test_correlations_that_contradict_each_other_are_made_possible() -> None:
    """Three metrics of which two pairs move together and the third pair apart, each seen in other weeks."""
    shock = np.random.default_rng(8).normal(0, 0.1, WEEKS)
    third = np.arange(WEEKS) < WEEKS // 2
    items = {
        OFTEN: shaken(OFTEN, shock),
        SIZE: shaken(SIZE, np.where(third, shock, np.nan)),
        "service_cost": shaken("service_cost", np.where(third, np.nan, shock)),
    }
    found = correlations(items, PRICED)
    assert np.linalg.eigvalsh(found).min() > -1e-9
    assert np.diag(found) == pytest.approx(1.0)


def appraised(correlation: float) -> Money:
    shocks = dict(zip((OFTEN, SIZE), pair(correlation), strict=True))
    items = [shaken(metric, shocks.get(metric, np.zeros(WEEKS))) for metric in world.AFTER]
    given = {OFTEN: (0.05, 0.03, "improved"), SIZE: (0.04, 0.03, "improved")}
    findings = [world.finding(metric, one) for metric, one in given.items()]
    found = appraise(world.plan(), world.facts(), world.measured(*items), findings, ())
    assert isinstance(found, Money)
    return found


@pytest.mark.parametrize("correlation", [-0.8, 0.8])
def test_the_interval_is_that_of_draws_that_hang_together(correlation: float) -> None:
    money = appraised(correlation)
    [(one, other, size)] = money.related
    assert {one, other} == {OFTEN, SIZE}
    rng = np.random.default_rng(4)
    normal = rng.multivariate_normal([0, 0], [[1, size], [size, 1]], 300_000)
    draws = 0.03 * stats.t.ppf(stats.norm.cdf(normal), world.DF) + [0.05, 0.04]
    npv = 0.4 * 400_000 * (1 - np.exp(-draws.sum(axis=1))) * sum(1.1**-year for year in (1, 2, 3))
    low, high = np.quantile(npv - money.flows.pv_costs, (0.025, 0.975))
    assert (money.npv.low, money.npv.high) == pytest.approx((low, high), rel=0.02, abs=600)
    wide, apart = money.npv.high - money.npv.low, money.apart[1] - money.apart[0]
    assert (wide > 1.1 * apart) if correlation > 0 else (wide < 0.8 * apart)
    assert money.together[0] < money.npv.low < money.npv.high < money.together[1]


def test_the_register_says_how_the_errors_hang_together() -> None:
    money = appraised(0.8)
    said = {one.what: one for one in money_assumptions(world.plan(), world.RULES, money)}["Errors of the metrics"]
    size = f"{money.related[0][2]:+.2f}"
    assert said.value == (
        "as the metrics moved together before go-live: purchase frequency and transaction size at a correlation of"
        f" {size}"
    )
    assert said.consequence.startswith("Were they independent of each other, the interval of the net present value")
