"""A credit note gives money back on its own date. It is no order, and whoever gets one has not bought."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.measures.engines import ENGINES, Engine
from clm_audit.measures.measure import measure
from clm_audit.measures.model import Measured, MetricTotals, Ratio
from measures.world import GO_LIVE, Row, World, credit, order, plan

DAYS = range(GO_LIVE - 728, GO_LIVE + 364)
BOUGHT = [order(day % 20, day, 1000 + day % 7) for day in DAYS]


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    return ENGINES[request.param]


def measured(rows: list[Row], engine: Engine) -> Measured:
    return measure(plan(), World({"orders": rows}).facts(), engine)


def metric(found: Measured, name: str) -> MetricTotals:
    return next(each for each in found.metrics if each.metric == name)


def test_it_changes_money_and_nothing_else(engine: Engine) -> None:
    """500 for a buyer, 300 for somebody who never bought, 200 for nobody known, 70 written above zero."""
    given = [(3, 10, 500), (99, 11, 300), (None, 12, 200), (4, 13, -70)]
    without = measured(BOUGHT, engine)
    found = measured([*BOUGHT, *(credit(who, GO_LIVE + day, cents) for who, day, cents in given)], engine)
    moved = {"refunds": 1070, "net_revenue": -1070}
    assert found.window_totals["customers"] == (21, 21)  # one more is on file
    for name, (before, after) in found.window_totals.items():
        if name != "customers":
            assert before == without.window_totals[name][0], name
            difference = moved.get(name, 0)
            expected = without.window_totals[name][1]
            assert after == (expected if isinstance(expected, NotAssessable) else expected + difference), name
    for name in ("gaps", "base", "values"):
        one, other = found.totals.cells[name], without.totals.cells[name]
        for group, expected in ((one.keys, other.keys), (one.values, other.values)):
            for key, column in group.items():
                np.testing.assert_array_equal(column, expected[key])
    frequency, plain = metric(found, "purchase_frequency"), metric(without, "purchase_frequency")
    assert (frequency.before, frequency.after) == (plain.before, plain.after)
    np.testing.assert_array_equal(frequency.s2, plain.s2)


def test_size_is_net_of_it(engine: Engine) -> None:
    found = metric(measured([*BOUGHT, credit(3, GO_LIVE + 30, 100_000)], engine), "transaction_size")
    plain = metric(measured(BOUGHT, engine), "transaction_size")
    assert found.before == plain.before
    assert isinstance(found.after, Ratio)
    assert isinstance(plain.after, Ratio)
    assert found.after.numerator == pytest.approx(plain.after.numerator - 1000)
    assert found.after.denominator == plain.after.denominator == 364
    shown = {each.id: each.after for each in found.variants}
    assert shown == {each.id: each.after for each in plain.variants}  # gross, median, capped: of single orders


def test_a_period_in_which_more_is_given_back_than_sold_is_missing(engine: Engine) -> None:
    found = metric(measured([*BOUGHT, credit(3, GO_LIVE + 30, 10_000_000)], engine), "transaction_size")
    weeks = int(found.how["weeks_per_period"])
    gone = (found.start - GO_LIVE) // (7 * weeks) == 30 // (7 * weeks)
    assert gone.sum() == 1
    assert np.isnan(found.num[gone]).all()
    assert not np.isnan(found.num[~gone]).any()
    assert found.s2 is not None
    assert not np.isnan(found.s2[~gone]).any()


def test_the_days_of_credit_notes_alone_are_no_coverage(engine: Engine) -> None:
    late = [credit(3, DAYS.stop + 200, 500), credit(3, DAYS.start - 200, 500)]
    found, plain = measured([*BOUGHT, *late], engine), measured(BOUGHT, engine)
    assert found.calendar == plain.calendar
    assert found.window_totals == plain.window_totals
    assert sum(found.outside.values()) == 2


def test_the_error_of_size_knows_who_was_given_something_back(engine: Engine) -> None:
    """Against the plain sum over customers of squared influences; nameless notes are clusters of their own."""
    random = np.random.default_rng(5)
    bought = [
        order(int(who), int(day), int(random.lognormal(7, 1)))
        for who, day in zip(
            random.integers(0, 80, 1500), random.integers(GO_LIVE - 364, GO_LIVE + 364, 1500), strict=True
        )
    ]
    given: list[Row] = [
        credit(None if each % 3 == 0 else each % 80, GO_LIVE - 350 + 7 * each, 900 + 50 * each) for each in range(100)
    ]
    ends = [order(1, GO_LIVE - 364, 1000), order(1, GO_LIVE + 363, 1000)]
    found = metric(measured([*bought, *ends, *given], engine), "transaction_size")
    assert found.how["observed_se"] == pytest.approx(_influence([*bought, *ends], given), rel=0.01)


def _influence(orders: list[Row], given: list[Row]) -> float:
    sums: dict[Any, list[float]] = {}
    for number, (row, one) in enumerate([*((row, 1) for row in orders), *((row, 0) for row in given)]):
        who = sums.setdefault(f"alone {number}" if row["customer"] is None else row["customer"], [0, 0, 0, 0])
        side = int(row["day"] >= GO_LIVE)
        who[side] += row["net"]
        who[2 + side] += one
    x0, x1, n0, n1 = (sum(one[i] for one in sums.values()) for i in range(4))
    return math.sqrt(sum((b / x1 - d / n1 - a / x0 + c / n0) ** 2 for a, b, c, d in sums.values()))
