"""Other definitions of the orders' metrics, each against the audit or the loops that it stands for."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np
import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.measures.alternatives import KINDS, cap_of
from clm_audit.measures.engines import ENGINES
from clm_audit.measures.measure import measure
from clm_audit.measures.model import Alternative, Measured, MetricTotals, MixTotals, Ratio
from clm_audit.measures.periods import MONTH
from clm_audit.measures.tenure import NAMELESS, first_told
from clm_audit.measures.totals import only
from measures.oracle import Oracle
from measures.test_measures_tenure import who_buys
from measures.world import GO_LIVE, World, company, order, plan

WORLD = company(2, before=760, customers=80)


@pytest.fixture(scope="module", params=sorted(ENGINES))
def measured(request: pytest.FixtureRequest) -> Measured:
    return measure(plan(), WORLD.facts(), ENGINES[request.param])


@pytest.fixture(scope="module")
def oracle(measured: Measured) -> Oracle:
    return Oracle(WORLD, measured.calendar)


def totals(measured: Measured, metric: str) -> MetricTotals:
    return next(each for each in measured.metrics if each.metric == metric)


def other(found: MetricTotals, kind: str, **detail: object) -> Alternative:
    (one,) = [each for each in found.alternatives if each.kind == kind and each.detail == detail]
    return one


def test_every_definition_is_there_once(measured: Measured) -> None:
    kinds = [each.kind for metric in measured.metrics for each in metric.alternatives]
    assert Counter(kinds) == {"mix_held": 2, "base": 4, "capped": 1, "largest_left_out": 2}
    assert set(kinds) == set(KINDS)


@pytest.mark.parametrize("weeks", [26, 13])
def test_another_base(measured: Measured, weeks: int) -> None:
    """The same orders over another base, on the same periods."""
    found = totals(measured, "purchase_frequency")
    made = other(found, "base", weeks=weeks)
    np.testing.assert_array_equal(made.num, found.num)
    shorter = Oracle(WORLD, replace(measured.calendar, base_weeks=weeks))
    step = measured.calendar.merge["orders"]
    for at, start in enumerate(found.start):
        first = measured.calendar.week(int(start))
        expected = sum(shorter.base(week) for week in range(first, first + step)) / MONTH
        assert np.isnan(made.den[at]) or made.den[at] == pytest.approx(expected)
    assert np.isfinite(made.den).sum() > 5


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_without_the_largest_customer_is_the_audit_of_all_others(engine: str) -> None:
    found = measure(plan(), WORLD.facts(), ENGINES[engine])
    revenue: Counter[int] = Counter()
    spans = (found.calendar.before, found.calendar.after)
    oracle = Oracle(WORLD, found.calendar)
    for row in [*oracle.orders, *oracle.credits]:
        if row["customer"] is not None and any(start <= row["day"] < end for start, end in spans):
            revenue[row["customer"]] += row["net"]
    largest = max(revenue, key=lambda who: (revenue[who], -who))
    kept = [{**row, "left_out": "test"} if row["customer"] == largest else row for row in WORLD.rows("orders")]
    rest = measure(plan(), World({**WORLD.tables, "orders": kept}).facts(), ENGINES[engine])
    for metric in ("purchase_frequency", "transaction_size"):
        mine, theirs = other(totals(found, metric), "largest_left_out"), totals(rest, metric)
        at = np.isfinite(mine.num)
        same = np.isin(totals(found, metric).start, theirs.start)
        assert at.sum() > 10
        place = np.searchsorted(theirs.start, totals(found, metric).start[at & same])
        for name in ("num", "den", "s2"):
            np.testing.assert_allclose(getattr(mine, name)[at & same], getattr(theirs, name)[place], rtol=1e-9)


def test_large_orders_cut_off(measured: Measured, oracle: Oracle) -> None:
    found = totals(measured, "transaction_size")
    made = other(found, "capped", share=0.99)
    limit = cap_of(measured.totals)
    before = sorted(
        r["net"] for r in oracle.orders if measured.calendar.before[0] <= r["day"] < measured.calendar.before[1]
    )
    assert limit == before[-(-99 * len(before) // 100) - 1]
    step = measured.calendar.merge["orders"]
    sums: dict[int, int] = defaultdict(int)
    for row in [*oracle.orders, *oracle.credits]:
        sums[oracle.period(row["day"], step)] += min(row["net"], limit)
    for at, start in enumerate(found.start):
        if np.isfinite(made.num[at]):
            assert made.num[at] == pytest.approx(sums[oracle.period(int(start), step)] / 100)
    np.testing.assert_array_equal(made.den, found.den)
    assert (made.s2[np.isfinite(made.s2)] < found.s2[np.isfinite(made.s2)]).all()


@pytest.mark.parametrize(
    ("metric", "sums"), [("purchase_frequency", ("orders", "active")), ("transaction_size", ("net", "orders"))]
)
def test_customers_made_up_as_after_go_live(
    measured: Measured, oracle: Oracle, metric: str, sums: tuple[str, str]
) -> None:
    """Each period's cells weighted as those of all periods after go-live."""
    found = totals(measured, metric)
    made = other(found, "mix_held")
    step, first = measured.calendar.merge["orders"], first_told(measured.calendar)
    table = who_buys(oracle, range(first, measured.calendar.week(measured.calendar.span[1] - 1) + 1))
    cells: dict[int, dict[tuple[int, int], list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
    weight: Counter[tuple[int, int]] = Counter()
    shown = {measured.calendar.week(int(day)) // step for day in found.start[np.isfinite(found.num)]}
    for (_, segment, week, age), row in table.items():
        if age == NAMELESS and metric == "purchase_frequency":
            continue
        cell = cells[week // step][segment, age]
        for place, name in enumerate(sums):
            cell[place] += float(row[name])
        if week >= 0 and week // step in shown:
            weight[segment, age] += float(row[sums[1]])
    compared = 0
    for at, start in enumerate(found.start):
        period = measured.calendar.week(int(start)) // step
        mine = {key: cell for key, cell in cells[period].items() if cell[1] > 0}
        if not np.isfinite(made.num[at]) or period * step < first:
            continue
        rate = sum(weight[key] * n / d for key, (n, d) in mine.items()) / sum(weight[key] for key in mine)
        crude = sum(n for n, _ in cells[period].values()) / sum(d for _, d in cells[period].values())
        assert made.num[at] / found.num[at] == pytest.approx(rate / crude)
        compared += 1
    assert compared > 10


@pytest.mark.parametrize("metric", ["purchase_frequency", "transaction_size"])
def test_who_bought_adds_up_to_the_metric(measured: Measured, metric: str) -> None:
    found = totals(measured, metric)
    assert isinstance(found.mix, MixTotals)
    per = (1.0, MONTH) if metric == "purchase_frequency" else (100.0, 1.0)
    for side, whole in enumerate((found.before, found.after)):
        assert isinstance(whole, Ratio)
        assert found.mix.num[:, side].sum() / per[0] == pytest.approx(whole.numerator, rel=1e-12)
        assert found.mix.den[:, side].sum() / per[1] == pytest.approx(whole.denominator, rel=1e-12)


def test_one_acquisition_cohort_is_not_taken_apart() -> None:
    draw = np.random.default_rng(1)
    rows = [
        order(who, GO_LIVE - 560 + int(day), 100) for who in range(90) for day in (who % 60, *draw.integers(60, 900, 9))
    ]
    found = totals(measure(plan(), World({"orders": rows}).facts()), "purchase_frequency")
    assert isinstance(found.mix, NotAssessable)
    assert found.mix.code == "one_cohort"
    assert "mix_held" not in {each.kind for each in found.alternatives}


def test_a_window_that_begins_with_the_data_cannot_tell_who_is_new() -> None:
    world = company(3, before=364, after=364, customers=120)
    size = totals(measure(plan(), world.facts()), "transaction_size")
    assert isinstance(size.mix, NotAssessable)
    assert size.mix.code == "tenure_unknown"


def test_a_handful_is_not_taken_apart() -> None:
    days = range(0, 1100, 20)
    rows = [order(who, GO_LIVE - 760 + day, 100) for who in range(40) for day in days if 20 * who <= day]
    found = totals(measure(plan(), World({"orders": rows}).facts()), "purchase_frequency")
    assert isinstance(found.mix, NotAssessable)
    assert found.mix.code == "too_few_to_split"


def test_what_a_metric_shows_of_a_true_change(measured: Measured) -> None:
    """Of a tenth less, frequency shows a little less than a tenth: those who stop leave the base, too."""
    table = only(measured.totals.cells["thinned"])
    week = table.keys["week"]
    first, last = (measured.calendar.week(day) for day in measured.calendar.after)
    inside = (week >= first) & (week < last)
    times = table.values["active"][inside].sum() / table.values["thinned"][inside].sum()
    shown = totals(measured, "purchase_frequency").shown
    assert shown is not None
    assert shown.change == pytest.approx(0.9 * times - 1)
    assert -0.1 < shown.change < -0.05
    service = totals(measured, "service_cost").shown
    assert service is not None
    assert service.change == pytest.approx(times - 1)
    assert totals(measured, "transaction_size").shown is None
