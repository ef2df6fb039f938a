"""The metrics by unit of a control group, against brute force over the rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import numpy as np
import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import Control
from clm_audit.measures.measure import measure
from clm_audit.measures.model import Measured, MetricTotals, UnitTotals, day_number, to_date
from measures.oracle import Oracle
from measures.world import GO_LIVE, SEGMENTS, company, plan

WORLD = company(3)
CONTROL = Control(segment="region", untreated=("North",), go_live={"South": to_date(GO_LIVE) + timedelta(days=20)})
CODES = {
    label: [at for at, labels in enumerate(SEGMENTS) if labels.get("region") == label] for label in ("North", "South")
}


@pytest.fixture(scope="module")
def measured() -> Measured:
    return measure(plan(segment_by=(), control=CONTROL), WORLD.facts())


@pytest.fixture(scope="module")
def oracle(measured: Measured) -> Oracle:
    return Oracle(WORLD, measured.calendar)


def metric(measured: Measured, name: str) -> MetricTotals:
    return next(found for found in measured.metrics if found.metric == name)


def unit(measured: Measured, name: str, label: str) -> UnitTotals:
    units = metric(measured, name).units
    assert not isinstance(units, NotAssessable)
    return next(one for one in units if one.label == label)


def test_who_got_it_when(measured: Measured) -> None:
    assert unit(measured, "purchase_frequency", "North").go_live is None
    assert unit(measured, "purchase_frequency", "South").go_live == GO_LIVE + 20
    named = measure(plan(segment_by=(), control=Control(segment="region", untreated=("North",))), WORLD.facts())
    assert unit(named, "purchase_frequency", "South").go_live == GO_LIVE
    assert day_number(CONTROL.go_live["South"]) == GO_LIVE + 20


@pytest.mark.parametrize("label", ["North", "South"])
def test_orders_and_base_of_a_unit(measured: Measured, oracle: Oracle, label: str) -> None:
    found, one = metric(measured, "purchase_frequency"), unit(measured, "purchase_frequency", label)
    weeks = int(found.how["weeks_per_period"])
    first = int(found.start[0] - GO_LIVE) // (7 * weeks)
    rows = [row for row in oracle.orders if row["segment"] in CODES[label] and row["customer"] is not None]
    month = 30.4375 / 7
    for at in range(found.num.size):
        mine = [row for row in rows if oracle.period(row["day"], weeks) == first + at]
        span = range((first + at) * weeks, (first + at + 1) * weeks)
        base = [sum(oracle.base(week, code) for code in CODES[label]) for week in span]
        assert one.num[at] == one.events[at] == len(mine)
        assert one.den[at] == pytest.approx(sum(base) / month)
        if mine:
            each: dict[int, int] = defaultdict(int)
            for row in mine:
                each[row["customer"]] += 1
            squares = sum(count**2 for count in each.values()) / len(mine) ** 2 - 1 / base[-1]
            assert one.s2[at] == pytest.approx(max(squares, 0.3 / len(mine)))


@pytest.mark.parametrize("label", ["North", "South"])
def test_revenue_of_a_unit(measured: Measured, oracle: Oracle, label: str) -> None:
    found, one = metric(measured, "transaction_size"), unit(measured, "transaction_size", label)
    weeks = int(found.how["weeks_per_period"])
    first = int(found.start[0] - GO_LIVE) // (7 * weeks)
    for at in range(found.num.size):
        inside = [
            (row["net"], many)
            for rows, many in ((oracle.orders, 1), (oracle.credits, 0))
            for row in rows
            if row["segment"] in CODES[label] and oracle.period(row["day"], weeks) == first + at
        ]
        assert one.num[at] == pytest.approx(sum(net for net, _ in inside) / 100)
        assert one.den[at] == one.events[at] == sum(many for _, many in inside)


@pytest.mark.parametrize("name", ["purchase_frequency", "transaction_size", "service_cost"])
def test_units_and_the_rest_are_the_whole(measured: Measured, name: str) -> None:
    """Customers without a label belong to no unit, and nobody to two."""
    found = metric(measured, name)
    assert not isinstance(found.units, NotAssessable)
    # revenue may be negative where somebody without a label was given money back, a count never is
    part = "den" if name == "transaction_size" else "num"
    together, whole = sum(getattr(one, part) for one in found.units), getattr(found, part)
    known = np.isfinite(whole)
    assert (together[known] <= whole[known] + 1e-9).all()
    assert together[known].sum() > 0.5 * whole[known].sum()


@pytest.mark.parametrize(
    ("name", "fact"), [("campaign_response", "campaigns"), ("acquisition_cost", "spend"), ("retention_cost", "spend")]
)
def test_what_has_no_segment_says_so(measured: Measured, name: str, fact: str) -> None:
    assert metric(measured, name).units == NotAssessable(code="no_units", detail={"fact": fact})


def test_without_a_control_group_there_are_no_units() -> None:
    assert all(found.units == () for found in measure(plan(), WORLD.facts()).metrics)


def test_the_metric_is_the_same_with_a_control_group(measured: Measured) -> None:
    plain = measure(plan(segment_by=()), WORLD.facts())
    for one, two in zip(plain.metrics, measured.metrics, strict=True):
        np.testing.assert_array_equal(one.num, two.num)
        np.testing.assert_array_equal(one.den, two.den)
        assert (one.before, one.after) == (two.before, two.after)
