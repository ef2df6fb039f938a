"""The money against hand tables, an independent simulation, and identities that no coefficient can fake."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import CostLine, MetricId
from clm_audit.verdict.money import appraise, worth
from clm_audit.verdict.money_case import Case
from clm_audit.verdict.money_flows import Flows, annuity, present
from clm_audit.verdict.money_model import PRICED, Benefit, LineId, Money, Volume
from clm_audit.verdict.money_spread import Spread, lattice
from tests.verdict import money_world as world

PV3 = 1 / 1.1 + 1 / 1.21 + 1 / 1.331
ALL: dict[MetricId, world.Given | NotAssessable] = {
    "purchase_frequency": (0.08, 0.02, "improved"),
    "transaction_size": (0.02, 0.02, "inconclusive"),
    "service_cost": (-0.15, 0.04, "improved"),
    "campaign_response": (0.30, 0.05, "improved"),
    "acquisition_cost": (0.10, 0.03, "worsened"),
    "retention_cost": NotAssessable(code="missing_fact", detail={"fact": "spend"}),
}


def appraised(
    given: dict[MetricId, world.Given | NotAssessable] | None = None,
    rules: Any = world.RULES,
    withheld: tuple[MetricId, ...] = (),
) -> Money:
    """Metrics that are not named have no effect that could be measured."""
    gone = NotAssessable(code="missing_fact", detail={"fact": "orders"})
    known = {**dict.fromkeys(world.AFTER, gone), **(ALL if given is None else given)}
    findings = [world.finding(metric, one) for metric, one in known.items()]
    found = appraise(world.plan(rules), world.facts(), world.measured(), findings, withheld)
    assert isinstance(found, Money)
    return found


def line(money: Money, name: LineId) -> Benefit:
    return next(one for one in money.benefits if one.line == name)


def test_the_published_table_to_the_dollar() -> None:
    flows = Flows((53_150, 666_715, 636_772, 647_783), (0, 1_606_511, 3_061_331, 4_229_760), 0.10)
    assert round(flows.pv_costs) == 1_672_201
    assert round(flows.pv_benefits) == 7_168_371
    assert round(flows.npv) == 5_496_170
    assert round(flows.roi * 100) == 329


@pytest.mark.parametrize(
    ("costs", "benefits", "months"),
    [
        ((100, 0), (0, 400), 3.0),  # a quarter of the year's benefits
        ((100, 10, 10), (0, 60, 110), 18.0),  # 50 left after a year, 100 in the next
        ((0, 10), (0, 50), 0.0),  # nothing to pay back
        ((100, 0, 0), (0, 40, 40), None),
        ((100, 0), (0, 100), 12.0),
        ((10, 5), (0, 5), None),
        ((0, 10), (0, 5), None),  # nothing at the start, and a loss every year
        ((0, 10, 0), (0, 4, 12), 18.0),  # the loss of the first year is made good in the second
    ],
)
def test_payback_by_interpolation(costs: tuple[float, ...], benefits: tuple[float, ...], months: float | None) -> None:
    assert Flows(costs, benefits, 0.1).payback_months == (None if months is None else pytest.approx(months))


def test_present_values_are_those_of_a_spreadsheet() -> None:
    assert present((100.0, 100.0, 100.0), 0.1) == pytest.approx(100 + 90.9090909 + 82.6446281)
    assert annuity(0.1, 3) == pytest.approx(PV3)
    assert annuity(0.0, 4) == 4.0


def test_the_whole_by_hand() -> None:
    """Volumes of the world: 400,000 of revenue, 50,000 of service, 30,000 of acquisition; margin 40 %."""
    money = appraised()
    before = 400_000 / (math.exp(0.08) * math.exp(0.02))
    f, s = math.expm1(0.08), math.expm1(0.02)
    expected = {
        "more_orders": 0.4 * before * f,
        "larger_orders": 0.4 * before * s,
        "more_and_larger": 0.4 * before * f * s,
        "service_saved": 50_000 * (math.exp(0.15) - 1),
        "acquisition_saved": 30_000 * (math.exp(-0.10) - 1),
        "retention_saved": 0.0,
    }
    assert {one.line: one.yearly.value for one in money.benefits} == pytest.approx(expected)
    yearly = sum(expected.values())
    costs = 15_000 + 6_000 * PV3
    assert money.npv.value == pytest.approx(yearly * PV3 - costs)
    assert money.roi.value == pytest.approx((yearly * PV3 - costs) / costs)
    assert money.attributable == pytest.approx(costs / (yearly * PV3))
    net = yearly - 6_000
    assert money.payback[0] == pytest.approx(12 * 15_000 / net)
    assert [cost.present for cost in money.costs] == pytest.approx([6_000 * PV3, 15_000])
    assert money.flows.costs == (15_000, 6_000, 6_000, 6_000)
    assert money.flows.pv_costs == pytest.approx(costs)


def test_revenue_is_counted_once() -> None:
    """Margin × (revenue after − revenue without the CRM): nothing more, nothing less."""
    money = appraised()
    orders = sum(line(money, name).yearly.value for name in ("more_orders", "larger_orders", "more_and_larger"))
    assert orders == pytest.approx(0.4 * (400_000 - 400_000 / math.exp(0.08 + 0.02)))


@given(
    often=st.floats(-0.5, 0.5), size=st.floats(-0.5, 0.5), known=st.floats(0.1, 1), wide=st.floats(0, 1),
    other=st.floats(0, 1),
)  # fmt: skip
def test_the_identity_holds_group_by_group(often: float, size: float, known: float, wide: float, other: float) -> None:
    """Each customer group's revenue with both, one or neither effect, whatever their shares."""
    volumes: dict[MetricId, Volume] = {
        "purchase_frequency": Volume(4_000.0, 52.0, wide, known),
        "transaction_size": Volume(1_000.0, 52.0, other),
    }
    case = Case(volumes, 1.0, 1, 1, 0.0, 1.0, 0.0, 1.0)
    got = case.yearly({"purchase_frequency": np.asarray(often), "transaction_size": np.asarray(size)})
    expected = 0.0
    cuts = sorted({0.0, wide, other, 1.0})
    for start, end in itertools.pairwise(cuts):
        orders = 1 - known + known * math.exp(-often) if start < wide else 1.0
        value = math.exp(-size) if start < other else 1.0
        expected += 1_000.0 * (end - start) * (1 - orders * value)
    assert float(got) == pytest.approx(expected, abs=1e-6)


def test_intervals_against_an_independent_simulation() -> None:
    """Random draws by NumPy's generator of each metric's t distribution, summed by the definition."""
    money = appraised()
    rng = np.random.default_rng(3)
    draws = {
        metric: given[0] + given[1] * rng.standard_t(world.DF, 400_000)
        for metric, given in ALL.items()
        if not isinstance(given, NotAssessable) and metric != "campaign_response"
    }
    yearly = (
        0.4 * 400_000 * (1 - np.exp(-draws["purchase_frequency"] - draws["transaction_size"]))
        + 50_000 * (np.exp(-draws["service_cost"]) - 1)
        + 30_000 * (np.exp(-draws["acquisition_cost"]) - 1)
    )
    npv = yearly * PV3 - money.flows.pv_costs
    low, high = np.quantile(npv, (0.025, 0.975))
    assert money.npv.low == pytest.approx(low, rel=0.02, abs=400)
    assert money.npv.high == pytest.approx(high, rel=0.02, abs=400)
    assert money.probability == pytest.approx(float((npv > 0).mean()), abs=0.004)
    assert money.roi.low == pytest.approx(low / money.flows.pv_costs, abs=0.01)


def test_one_metric_alone_has_the_interval_of_its_effect() -> None:
    money = appraised({"service_cost": (-0.15, 0.04, "improved")})
    half = float(stats.t.ppf(0.975, world.DF)) * 0.04
    saved = line(money, "service_saved").yearly
    assert saved.low == pytest.approx(50_000 * math.expm1(0.15 - half), rel=2e-3)
    assert saved.high == pytest.approx(50_000 * math.expm1(0.15 + half), rel=2e-3)
    fastest, slowest = money.payback[1:]
    assert saved.high - 6_000 > 15_000 / 3
    assert fastest == pytest.approx(12 * 15_000 / (saved.high - 6_000), rel=1e-6)
    assert saved.low < 6_000
    assert slowest is None


def test_an_uneven_interval_is_met_at_both_ends() -> None:
    effect = replace(world.effect(0.0, 0.02), low=math.expm1(-0.02), high=math.expm1(0.08))
    spread = Spread.of(effect, 0.95)
    ends = spread.at(np.array([0.025, 0.5, 0.975]))
    assert ends.tolist() == pytest.approx([-0.02, 0.0, 0.08])


def test_the_lattice_fills_every_pair_of_dimensions_evenly() -> None:
    cube = lattice(len(PRICED))
    for one, other in itertools.combinations(cube, 2):
        counts = np.histogram2d(one, other, bins=8, range=[[0, 1], [0, 1]])[0]
        assert np.abs(counts / counts.mean() - 1).max() < 0.12


def test_undecided_metrics_bring_their_interval_and_not_a_hope() -> None:
    sure = {"service_cost": (-0.15, 0.04, "improved")}
    money = appraised({**sure, "transaction_size": (0.02, 0.05, "inconclusive")})
    alone = appraised(sure)
    size = line(money, "larger_orders")
    assert not size.proven
    assert size.yearly.low < 0 < size.yearly.high
    assert money.npv.high - money.npv.low > 1.5 * (alone.npv.high - alone.npv.low)
    assert money.proven == alone.npv
    assert line(money, "service_saved").proven
    assert appraised({"transaction_size": (0.02, 0.05, "inconclusive")}).proven.value == pytest.approx(
        -money.flows.pv_costs
    )


def test_what_cannot_be_assessed_brings_nothing_and_says_so() -> None:
    kept = line(appraised(), "retention_saved")
    assert kept.missing is not None
    assert kept.missing.code == "missing_fact"
    assert (kept.yearly.value, kept.yearly.low, kept.yearly.high) == (0.0, 0.0, 0.0)
    both = line(appraised({"service_cost": (-0.1, 0.02, "improved")}), "more_and_larger")
    assert both.missing is not None


def test_responses_are_not_sold_a_second_time() -> None:
    without = {metric: one for metric, one in ALL.items() if metric != "campaign_response"}
    assert appraised(without).npv == appraised().npv


def test_a_failed_check_takes_the_money_of_its_metrics() -> None:
    money = appraised(withheld=("service_cost",))
    assert line(money, "service_saved").missing == NotAssessable(code="withheld")
    assert money.npv == appraised({m: g for m, g in ALL.items() if m != "service_cost"}).npv
    doubtful = appraised(withheld=("transaction_size",))
    for name in ("more_orders", "larger_orders", "more_and_larger"):
        assert line(doubtful, name).yearly.value == 0.0
    assert line(doubtful, "more_orders").missing == NotAssessable(code="no_revenue")


def test_nothing_to_count_is_no_zero() -> None:
    gone = NotAssessable(code="missing_fact", detail={"fact": "orders"})
    findings = [world.finding(metric, gone) for metric in world.AFTER]
    got = appraise(world.plan(), world.facts(), world.measured(), findings, ())
    assert got == NotAssessable(code="nothing_priced")
    assert appraise(world.plan(None), world.facts(), world.measured(), findings, ()) == NotAssessable(
        code="no_costs_given"
    )


@pytest.mark.parametrize(
    ("audit", "costs", "rates", "expected"),
    [
        ("USD", None, {}, ("USD", 1.0)),
        ("USD", "USD", {}, ("USD", 1.0)),
        ("USD", "EUR", {"EUR": Decimal("1.25")}, ("USD", 1.25)),
        ("USD", "EUR", {}, "costs_in_other_currency"),
        (NotAssessable(code="currency_not_stated"), "EUR", {}, ("EUR", 1.0)),
        (NotAssessable(code="mixed_currencies"), "EUR", {}, "currencies_mixed"),
    ],
)
def test_costs_in_another_currency(audit: Any, costs: str | None, rates: dict[str, Decimal], expected: object) -> None:
    plan = world.plan(world.RULES.model_copy(update={"currency": costs}), rates=rates)
    findings = [world.finding("service_cost", (-0.15, 0.04, "improved"))]
    got = appraise(plan, world.facts(audit), world.measured(), findings, ())
    if isinstance(got, NotAssessable):
        assert got.code == expected
        return
    assert (got.currency, got.rate) == expected
    assert got.flows.pv_costs == pytest.approx(got.rate * (15_000 + 6_000 * PV3))


def test_a_control_group_speaks_of_those_with_the_crm_alone() -> None:
    """A quarter of the service cost is of those who got it: the saving is of that quarter."""
    item = world.totals("service_cost", treated=0.25)
    found = world.finding("service_cost", (-0.15, 0.04, "improved"), control=world.beside())
    plan = world.plan()
    money = appraise(plan, world.facts(), world.measured(item), [found], ())
    assert isinstance(money, Money)
    assert line(money, "service_saved").yearly.value == pytest.approx(0.25 * 50_000 * math.expm1(0.15))
    own = replace(found, control=None)
    everybody = appraise(plan, world.facts(), world.measured(item), [own], ())
    assert isinstance(everybody, Money)
    assert line(everybody, "service_saved").yearly.value == pytest.approx(50_000 * math.expm1(0.15))


def test_orders_without_a_customer_are_neither_more_nor_less_frequent() -> None:
    """Half of the orders carry a customer: only those would have been fewer."""
    often = replace(world.totals("purchase_frequency"))
    after = often.after
    assert not isinstance(after, NotAssessable)
    often = replace(often, after=replace(after, numerator=after.numerator / 2))
    found = world.finding("purchase_frequency", (0.08, 0.02, "improved"))
    money = appraise(world.plan(), world.facts(), world.measured(often, world.totals("transaction_size")), [found], ())
    assert isinstance(money, Money)
    assert line(money, "more_orders").yearly.value == pytest.approx(0.4 * 400_000 * (1 - (0.5 + 0.5 * math.exp(-0.08))))


def test_break_even_effects_and_share_make_it_worth_nothing() -> None:
    money = appraised()
    for one in money.breakevens:
        assert one.effect is not None
        moved = dict(ALL)
        given = moved[one.metric]
        assert not isinstance(given, NotAssessable)
        moved[one.metric] = (math.log1p(one.effect), given[1], given[2])
        assert appraised(moved).npv.value == pytest.approx(0.0, abs=1e-3)
    assert money.attributable is not None
    halved = world.RULES.model_copy(update={"attributable": money.attributable})
    assert appraised(rules=halved).npv.value == pytest.approx(0.0, abs=1e-3)


def test_benefits_end_where_they_stop_lasting_and_costs_go_on() -> None:
    flows = Case({}, 0.4, 3, 2, 0.1, 1.0, 100.0, 10.0).flows(50.0)
    assert flows.benefits == (0.0, 50.0, 50.0, 0.0)
    assert flows.costs == (100.0, 10.0, 10.0, 10.0)


def test_no_share_is_enough_for_a_loss() -> None:
    money = appraised({"service_cost": (0.2, 0.04, "worsened")})
    assert money.attributable is None
    assert money.payback == (None, None, None)
    assert money.probability < 0.001


def test_the_tornado_moves_one_thing_at_a_time() -> None:
    money = appraised()
    swings = [abs(swing.npv[1] - swing.npv[0]) for swing in money.tornado]
    assert swings == sorted(swings, reverse=True)
    by_name = {swing.what: swing for swing in money.tornado}
    assert set(by_name) == {
        "purchase_frequency", "transaction_size", "service_cost", "acquisition_cost",
        "margin", "attributable", "discount", "horizon", "lasting", "costs",
    }  # fmt: skip
    margin = world.RULES.model_copy(update={"margin": 0.45})
    assert by_name["margin"].npv[1] == pytest.approx(appraised(rules=margin).npv.value)
    longer = world.RULES.model_copy(update={"horizon": 4})
    assert by_name["horizon"].npv[1] == pytest.approx(appraised(rules=longer).npv.value)
    assert by_name["costs"].npv[0] == pytest.approx(money.npv.value + 0.2 * money.flows.pv_costs)
    yearly = sum(one.yearly.value for one in money.benefits)
    assert by_name["lasting"].npv[0] == pytest.approx(yearly / 1.1 - money.flows.pv_costs)
    assert by_name["lasting"].npv[1] == pytest.approx(money.npv.value)


def test_all_at_their_worse_end_is_wider_than_the_interval() -> None:
    money = appraised()
    assert money.together[0] < money.npv.low < money.npv.high < money.together[1]


def test_more_attributable_more_money_and_a_longer_horizon_too() -> None:
    base = appraised().npv.value
    assert appraised(rules=world.RULES.model_copy(update={"attributable": 0.5})).npv.value < base
    assert appraised(rules=world.RULES.model_copy(update={"discount": 0.0})).npv.value > base
    only = (CostLine(what="licences", initial=Decimal(1)),)
    assert appraised(rules=world.RULES.model_copy(update={"costs": only})).npv.value > base


def test_what_one_per_cent_is_worth() -> None:
    findings = [world.finding(metric, one) for metric, one in ALL.items()]
    found = worth(world.plan(None), world.facts(), world.measured(), findings)
    assert {one.metric: (one.yearly, one.of_margin) for one in found} == {
        "purchase_frequency": (4_000.0, True),
        "transaction_size": (4_000.0, True),
        "service_cost": (500.0, False),
        "acquisition_cost": (300.0, False),
        "retention_cost": (80.0, False),
    }


def test_half_a_year_is_taken_for_a_whole_one() -> None:
    item = world.totals("service_cost")
    after = item.after
    assert not isinstance(after, NotAssessable)
    item = replace(item, after=replace(after, numerator=25_000.0, weeks=after.weeks / 2))
    found = [world.finding("service_cost", (-0.15, 0.04, "improved"))]
    money = appraise(world.plan(), world.facts(), world.measured(item), found, ())
    assert isinstance(money, Money)
    assert line(money, "service_saved").yearly.value == pytest.approx(50_000 * math.expm1(0.15))


SCRIPT = """
from tests.verdict.test_money import appraised
print(repr(appraised()))
"""


@pytest.mark.parametrize("threads", ["1", "3"])
def test_the_same_bytes_whatever_the_threads(threads: str) -> None:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS")
    env = {"PATH": "/usr/bin", "PYTHONPATH": ".", **dict.fromkeys(names, threads)}
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=env, check=True)
    assert done.stdout.strip() == repr(appraised())
