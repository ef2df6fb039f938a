"""One fixture, every engine, a plain oracle: counts and money identical, floats within 1e-9."""

from __future__ import annotations

import numpy as np
import pytest

from clm_audit.measures.engines import ENGINES
from clm_audit.measures.finish import retained_cells
from clm_audit.measures.measure import measure
from clm_audit.measures.model import Measured
from clm_audit.measures.totals import total
from measures.oracle import Oracle, Table, outside, same
from measures.world import GO_LIVE, company, plan, segment_of

WORLD = company()


@pytest.fixture(scope="module", params=sorted(ENGINES))
def measured(request: pytest.FixtureRequest) -> Measured:
    return measure(plan(washout_weeks=2), WORLD.facts(), ENGINES[request.param])


@pytest.fixture(scope="module")
def oracle(measured: Measured) -> Oracle:
    return Oracle(WORLD, measured.calendar)


def test_orders_per_period(measured: Measured, oracle: Oracle) -> None:
    same(measured.totals.cells["orders"], oracle.order_periods())


def test_tickets_per_period(measured: Measured, oracle: Oracle) -> None:
    same(measured.totals.cells["tickets"], oracle.ticket_periods())


def test_campaigns_per_period(measured: Measured, oracle: Oracle) -> None:
    same(measured.totals.cells["campaigns"], oracle.campaigns())


@pytest.mark.parametrize("segment", [0, 1, 2, 3])
def test_campaigns_by_the_segment_of_those_who_were_reached(measured: Measured, oracle: Oracle, segment: int) -> None:
    mine = [sent for (_, who), sent in oracle.sends().items() if segment_of(who) == segment]
    weeks = measured.totals.cells["weeks"]
    assert total(weeks, "sent", [segment]) == len(mine)
    assert total(weeks, "delivered", [segment]) == sum(sent["delivered"] for sent in mine)
    for kind in ("opened", "clicked", "responded", "converted"):
        assert total(weeks, kind, [segment]) == sum(sent["delivered"] for sent in mine if kind in sent["kinds"]), kind


def test_base_of_every_observed_week(measured: Measured, oracle: Oracle) -> None:
    base = measured.totals.cells["base"]
    weeks = sorted(set(base.keys["week"].tolist()))
    assert weeks == list(range(measured.calendar.base_from, measured.calendar.week(measured.calendar.span[1] - 1) + 1))
    for week in weeks:
        assert total(base, "active", week=week) == oracle.base(week)
        assert total(base, "active", [1], week=week) == oracle.base(week, 1)


@pytest.mark.parametrize("weeks", [1, 2, 4])
def test_retained_of_any_period(measured: Measured, oracle: Oracle, weeks: int) -> None:
    cells = retained_cells(measured.totals.cells["gaps"], measured.calendar, weeks)
    same(cells, {key: {"retained": count} for key, count in oracle.retained(weeks).items()})


def test_spend_loses_no_cent(measured: Measured, oracle: Oracle) -> None:
    for code, category in enumerate(("acquisition", "retention", "service", "other")):
        days = oracle.spend_days(category)
        by_week: dict[int, int] = {}
        for day, cents in days.items():
            by_week[measured.calendar.week(day)] = by_week.get(measured.calendar.week(day), 0) + cents
        for week in range(-90, 40):
            assert total(measured.totals.cells["spend"], "cents", category=code, week=week) == by_week.get(week, 0)


def test_customer_moments(measured: Measured, oracle: Oracle) -> None:
    customers = oracle.wide()
    for segment, moments in measured.totals.moments.items():
        mine = [row for row in customers.values() if row["segment"] == segment]
        assert moments.customers == len(mine)
        for i, a in enumerate(moments.names):
            assert moments.sums[i] == sum(row[a] for row in mine)
            for j, b in enumerate(moments.names):
                assert moments.products[i, j] == pytest.approx(sum(row[a] * row[b] for row in mine), rel=1e-9)
    assert "revenue_after" in measured.totals.moments[0].names


def test_histogram_of_order_values(measured: Measured, oracle: Oracle) -> None:
    expected: Table = {}
    for code, (start, end) in enumerate((measured.calendar.before, measured.calendar.after)):
        for row in oracle.orders:  # a credit note is no order
            if start <= row["day"] < end:
                cell = expected.setdefault((code, row["net"]), {"orders": 0})
                cell["orders"] += 1
    same(measured.totals.cells["values"], expected)


def test_rows_outside_per_file(measured: Measured) -> None:
    assert dict(measured.outside) == outside(WORLD, measured.calendar)
    assert sum(measured.outside.values()) > 0


def test_window_totals(measured: Measured, oracle: Oracle) -> None:
    calendar = measured.calendar
    found = measured.window_totals
    for code, (start, end) in enumerate((calendar.before, calendar.after)):
        orders = [row for row in oracle.orders if start <= row["day"] < end]
        assert found["orders"][code] == len(orders)
        given_back = sum(-row["net"] for row in oracle.credits if start <= row["day"] < end)
        assert given_back > 0
        assert found["net_revenue"][code] == sum(row["net"] for row in orders) - given_back
        assert found["refunds"][code] == sum(row["refunded"] for row in orders) + given_back
        assert found["gross_revenue"][code] == sum(row["gross"] for row in orders)
        buyers = {row["customer"] for row in orders} - {None}
        assert found["purchasing_customers"][code] == len(buyers)
        reach = [row for row in oracle.orders if end - 7 * calendar.base_weeks <= row["day"] < end]
        assert found["active_customers"][code] == len({row["customer"] for row in reach} - {None})
        prior = {row["customer"] for row in oracle.orders if start - 7 * calendar.base_weeks <= row["day"] < start} - {
            None
        }
        if code == 1:
            assert found["retained_customers"][code] == len(prior & buyers)
        sent = [one for one in oracle.sends().values() if start <= one["day"] < end]
        assert found["sent"][code] == len(sent)
        assert found["delivered"][code] == sum(one["delivered"] for one in sent)
        assert found["responded"][code] == sum(one["delivered"] and "responded" in one["kinds"] for one in sent)
        spend = oracle.spend_days("acquisition")
        assert found["acquisition_spend"][code] == sum(spend[day] for day in range(start, end))
        tickets = [row for row in oracle.tickets if start <= row["day"] < end]
        assert found["tickets"][code] == len(tickets)
        assert found["service_cost"][code] == sum(row["cost"] or 0 for row in tickets)
        assert found["handling_hours"][code] == sum(row["seconds"] or 0 for row in tickets) / 3600
        dated = [row["acquired"] for row in WORLD.tables["customers"] if row["acquired"] is not None]
        assert found["new_customers"][code] == sum(start <= day < end for day in dated)


def test_the_engines_agree_to_the_last_bit_on_integers() -> None:
    first, second = (measure(plan(), WORLD.facts(), engine) for engine in ENGINES.values())
    assert first.calendar == second.calendar
    assert first.window_totals == second.window_totals
    for name, cells in first.totals.cells.items():
        for key, column in cells.keys.items():
            np.testing.assert_array_equal(column, second.totals.cells[name].keys[key])
        for value, column in cells.values.items():
            other = second.totals.cells[name].values[value]
            assert column.dtype == other.dtype
            np.testing.assert_allclose(column, other, rtol=0 if column.dtype == np.int64 else 1e-9)


def test_go_live_is_where_the_world_puts_it(measured: Measured) -> None:
    assert measured.calendar.go_live == GO_LIVE
