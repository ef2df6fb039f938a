"""What cannot be said is said so: never 0 for *don't know*, never NaN in a ratio."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import METRIC_IDS, MetricPolicy, Window
from clm_audit.exits import DataError
from clm_audit.facts.model import SCHEMAS
from clm_audit.measures.engines import ENGINES
from clm_audit.measures.measure import CODES, measure
from clm_audit.measures.model import Measured, MetricTotals, Ratio
from clm_audit.measures.scheme import Side
from measures.world import GO_LIVE, Row, World, company, frame, order, plan, segment_of, to_date


def metric(measured: Measured, name: str) -> MetricTotals:
    return next(found for found in measured.metrics if found.metric == name)


def spend(category: str, cents: int = 700, days: range | None = None) -> list[Row]:
    days = days or range(GO_LIVE - 500, GO_LIVE + 200)
    return [{"day": day, "until": day + 1, "cents": cents, "category": category} for day in days]


def orders(days: range | None = None, customers: int = 20) -> list[Row]:
    days = days or range(GO_LIVE - 500, GO_LIVE + 200)
    return [order((day * 7 + each) % customers, day, 1000 + day % 50) for day in days for each in range(3)]


def tickets(**columns: Any) -> list[Row]:
    made = []
    for day in range(GO_LIVE - 500, GO_LIVE + 200):
        row = {name: value(day) if callable(value) else value for name, value in columns.items()}
        made.append({"customer": day % 20, "segment": segment_of(day % 20), "day": day, **row})
    return made


def sane(measured: Measured) -> None:
    """Every figure is finite or says why there is none, by a code that is listed."""
    figures: list[Any] = [side for pair in measured.window_totals.values() for side in pair]
    for found in measured.metrics:
        figures += [found.before, found.after]
        figures += [side for each in (*found.variants, *found.segments) for side in (each.before, each.after)]
        if found.missing:
            figures.append(found.missing)
        assert found.num.size == found.den.size == found.start.size
        assert found.s2 is None or found.s2.size == found.num.size
        assert 0 <= found.n0 <= found.num.size
        assert found.missing or 0 < found.n0 < found.num.size
        whole = ~np.isnan(found.num)
        assert (found.num[whole] > 0).all()
        assert np.isfinite(found.den[whole]).all()
    for each in figures:
        if isinstance(each, NotAssessable):
            assert each.code in CODES
        elif isinstance(each, Ratio):
            assert all(math.isfinite(part) for part in (each.value, each.numerator, each.denominator, each.weeks))
            assert each.denominator > 0
            assert each.weeks > 0
        else:
            assert math.isfinite(each)


@pytest.mark.parametrize(
    ("metric_id", "fact"),
    [
        ("service_cost", "tickets"),
        ("campaign_response", "sends"),
        ("acquisition_cost", "spend"),
        ("retention_cost", "spend"),
    ],
)
def test_a_missing_fact_names_the_export_that_would_carry_it(metric_id: str, fact: str) -> None:
    found = measure(plan(), World({"orders": orders()}, absent={fact: "export it"}).facts())
    sane(found)
    missing = metric(found, metric_id).missing
    assert missing is not None
    assert (missing.code, missing.detail["fact"], missing.detail["export"]) == ("missing_fact", fact, "export it")


def test_five_days_after_go_live() -> None:
    found = measure(plan(), World({"orders": orders(range(GO_LIVE - 500, GO_LIVE + 5))}).facts())
    sane(found)
    size = metric(found, "transaction_size")
    assert isinstance(size.before, Ratio)
    assert isinstance(size.after, NotAssessable)
    assert size.after.code == "too_short_after"
    assert size.missing is not None
    assert found.window_totals["orders"][1] == 15


def test_one_customer_is_never_shown() -> None:
    found = measure(plan(), World({"orders": orders(customers=1)}).facts())
    sane(found)
    for name in ("purchase_frequency", "transaction_size"):
        each = metric(found, name)
        assert isinstance(each.before, NotAssessable)
        assert each.before.code == "too_few_customers"


def test_orders_without_customers_still_have_a_size() -> None:
    rows = [order(None, day, 1000) for day in range(GO_LIVE - 300, GO_LIVE + 200)]
    found = measure(plan(), World({"orders": rows}).facts())
    sane(found)
    missing = metric(found, "purchase_frequency").missing
    assert missing is not None
    assert missing.code == "no_customer"
    size = metric(found, "transaction_size").before
    assert isinstance(size, Ratio)
    assert size.value == 10.0


def test_one_sided_orders() -> None:
    world = World({"orders": orders(range(GO_LIVE - 500, GO_LIVE - 5)), "spend": spend("retention")})
    found = measure(plan(), world.facts())
    sane(found)
    missing = metric(found, "transaction_size").missing
    assert missing == NotAssessable(code="one_side_only", detail={"fact": "orders", "side": "before"})
    assert isinstance(metric(found, "transaction_size").after, NotAssessable)
    assert isinstance(found.window_totals["orders"][1], NotAssessable)


@pytest.mark.parametrize(
    ("first", "days", "before", "after"),
    [
        (-182, (-400, 0), None, "before"),  # the day before the window after begins
        (-182, (-400, 1), None, None),
        (-182, (0, 200), "after", None),
        (-182, (-1, 200), None, None),
        (-182, (-900, -800), "before", "before"),  # too old for either window is nothing of the new system's
        (-500, (-100, 200), "after", None),  # begun between the windows
    ],
)
def test_a_total_is_of_a_window_that_its_rows_reach(
    first: int, days: tuple[int, int], before: Side | None, after: Side | None
) -> None:
    rows = [{"customer": day % 20, "segment": 0, "day": GO_LIVE + day} for day in range(*days)]
    start, stop, live, end = (to_date(GO_LIVE + day) for day in (first, first + 182, 0, 182))
    audit = plan(before=Window(start=start, end=stop), after=Window(start=live, end=end))
    world = World({"orders": orders(range(GO_LIVE - 900, GO_LIVE + 200)), "tickets": rows})
    for side, told in zip((before, after), measure(audit, world.facts()).window_totals["tickets"], strict=True):
        if side is None:
            assert isinstance(told, int)
        else:
            assert told == NotAssessable(code="one_side_only", detail={"fact": "tickets", "side": side})


def test_a_window_that_the_wash_out_leaves_empty_has_no_totals() -> None:
    totals = measure(plan(washout_weeks=40), World({"orders": orders(), "tickets": tickets()}).facts()).window_totals
    for name in ("orders", "tickets", "customers", "net_revenue"):
        assert totals[name][1] == NotAssessable(code="empty_window", detail={"side": "after"})
        assert isinstance(totals[name][0], int)


def test_what_is_recorded_from_go_live_on_has_no_total_before() -> None:
    world = company()
    later = [row for row in world.tables["tickets"] if row["day"] >= GO_LIVE]
    world.tables["tickets"] = [{**later[0], "day": GO_LIVE}, *later[1:]]
    before, after = measure(plan(), world.facts()).window_totals["tickets"]
    assert before == NotAssessable(code="one_side_only", detail={"fact": "tickets", "side": "after"})
    assert isinstance(after, int)


def test_everybody_may_respond() -> None:
    world = company()
    world.tables["sends"] = [{**row, "delivered": True} for row in world.tables["sends"]]
    world.tables["responses"] = [
        {"campaign": row["campaign"], "recipient": row["recipient"], "kind": "clicked", "day": row["day"]}
        for row in world.tables["sends"]
    ]
    found = metric(measure(plan(), world.facts()), "campaign_response")
    assert found.missing is None
    assert [side.value for side in (found.before, found.after) if isinstance(side, Ratio)] == [1.0, 1.0]


def test_go_live_on_the_first_day() -> None:
    found = measure(plan(), World({"orders": orders(range(GO_LIVE, GO_LIVE + 200))}).facts())
    sane(found)
    assert all(each.missing for each in found.metrics)


def test_mixed_currencies_stop_money_and_nothing_else() -> None:
    world = company()
    world.currency = NotAssessable(code="mixed_currencies")
    found = measure(plan(), world.facts())
    sane(found)
    blocked = {each.metric for each in found.metrics if each.missing and each.missing.code == "mixed_currencies"}
    assert blocked == {"transaction_size", "service_cost", "acquisition_cost", "retention_cost"}
    assert isinstance(found.window_totals["net_revenue"][0], NotAssessable)
    assert isinstance(found.window_totals["orders"][0], int)


def test_an_unstated_currency_stops_nothing() -> None:
    world = company()
    world.currency = NotAssessable(code="currency_not_stated")
    assert not any(each.missing for each in measure(plan(), world.facts()).metrics)


@pytest.mark.parametrize(
    ("columns", "extra", "rate", "expected"),
    [
        ({"cost": 500, "seconds": 60}, [], 30, "recorded"),
        ({"seconds": 60}, [], 30, "handling_time"),
        ({"seconds": 60}, spend("service"), 30, "spend"),
        ({"cost": lambda day: 5 if day > GO_LIVE else None, "seconds": 60}, [], 30, "handling_time"),
        ({"seconds": lambda day: 60 if day >= GO_LIVE else None}, [], 30, "handling_time_one_side"),
        ({"cost": lambda day: 60 if day >= GO_LIVE else None}, [], None, "one_side_only"),
        ({"seconds": 60}, [], None, "no_cost_basis"),
        ({}, [], 30, "no_cost_basis"),
    ],
)
def test_where_the_cost_of_service_comes_from(columns: Row, extra: list[Row], rate: int | None, expected: str) -> None:
    tables = {"orders": orders(), "tickets": tickets(**columns)} | ({"spend": extra} if extra else {})
    found = measure(plan(hourly_rate=rate), World(tables).facts())
    sane(found)
    cost = metric(found, "service_cost")
    if cost.missing:
        assert cost.missing.code == expected
        return
    assert cost.how["cost_source"] == expected
    assert isinstance(cost.before, Ratio)
    per_day = {"recorded": 5.0, "spend": 7.0, "handling_time": 60 / 3600 * 30}[expected]
    assert cost.before.numerator == pytest.approx(per_day * cost.before.weeks * 7)


def test_a_kind_of_response_that_one_side_records_is_no_variant() -> None:
    days = range(GO_LIVE - 400, GO_LIVE + 200)
    sends = [{"campaign": day, "recipient": who, "segment": 0, "day": day} for day in days for who in range(9)]
    answers = [{"campaign": day, "recipient": 1, "day": day, "kind": "clicked"} for day in days]
    answers += [{"campaign": day, "recipient": 1, "day": day, "kind": "opened"} for day in days if day >= GO_LIVE]
    found = metric(measure(plan(), World({"sends": sends, "responses": answers}).facts()), "campaign_response")
    assert found.missing is None
    assert {each.id for each in found.variants} == {"click", "per_sent"}


def test_service_from_the_books_alone() -> None:
    found = metric(measure(plan(), World({"orders": orders(), "spend": spend("service")}).facts()), "service_cost")
    assert found.missing is None
    assert found.s2 is None
    assert found.variants == ()


def _dated(kind: str) -> list[Row]:
    days = {
        "spread": [GO_LIVE - 450 + each for each in range(600)],
        "imported": [GO_LIVE + 3] * 400 + [GO_LIVE - 450 + 3 * each for each in range(200)],
        "late": [GO_LIVE + each % 150 for each in range(600)],
    }[kind]
    return [{"customer": each, "acquired": day, "segment": segment_of(each)} for each, day in enumerate(days)]


@pytest.mark.parametrize(
    ("kind", "expected"), [("spread", "system"), ("imported", "first order seen"), ("late", "first order seen")]
)
def test_an_import_day_is_not_an_acquisition(kind: str, expected: str) -> None:
    rows = [order(100 + day % 1000, day, 1000) for day in range(GO_LIVE - 700, GO_LIVE + 200)]
    days = range(GO_LIVE - 700, GO_LIVE + 200)
    tables = {"orders": rows, "customers": _dated(kind), "spend": spend("acquisition", days=days)}
    found = metric(measure(plan(), World(tables).facts()), "acquisition_cost")
    assert found.how["acquired_by"] == expected
    if expected == "system" or kind == "imported":
        assert isinstance(found.before, Ratio)


@pytest.mark.parametrize(
    ("kinds", "wanted", "expected"),
    [
        (["responded", "clicked", "converted"], None, "responded"),
        (["clicked", "converted", "opened"], None, "converted"),
        (["clicked", "opened"], None, "clicked"),
        (["clicked", "opened"], "opened", "opened"),
        (["opened"], None, "missing_fact"),
        (["clicked"], "converted", "missing_fact"),
    ],
)
def test_which_response_counts(kinds: list[str], wanted: str | None, expected: str) -> None:
    world = company(5)
    sends = world.tables["sends"]
    world.tables["responses"] = [
        {"campaign": each["campaign"], "recipient": each["recipient"], "day": each["day"], "kind": kind}
        for each in sends[::3]
        for kind in kinds
    ]
    found = metric(measure(plan(response=wanted), world.facts()), "campaign_response")
    if found.missing:
        assert found.missing.code == expected
    else:
        assert found.how["response"] == expected


def test_responses_that_begin_at_go_live_are_no_improvement() -> None:
    world = company(5)
    world.tables["responses"] = [row for row in world.tables["responses"] if row["day"] >= GO_LIVE]
    found = metric(measure(plan(), world.facts()), "campaign_response")
    assert found.missing is not None
    assert (found.missing.code, found.missing.detail["side"]) == ("one_side_only", "after")
    assert isinstance(found.before, NotAssessable)


def test_campaign_aggregates_stand_in_for_sends() -> None:
    rows = [
        {
            "campaign": n,
            "day": day,
            "sent": 110,
            "delivered": None if n % 2 else 100,
            "clicked": 9 + n % 3,
            "opened": 40,
        }
        for n, day in enumerate(range(GO_LIVE - 400, GO_LIVE + 200, 5))
    ]
    found = measure(plan(), World({"campaigns": rows, "orders": orders()}).facts())
    sane(found)
    response = metric(found, "campaign_response")
    assert response.how["response"] == "clicked"
    assert response.how["delivery_unreported"] == pytest.approx(0.5, abs=0.01)
    assert isinstance(response.before, Ratio)
    start, end = found.calendar.before
    mine = [row for row in rows if start <= row["day"] < end]
    assert found.window_totals["delivered"][0] == sum(row["delivered"] or row["sent"] for row in mine)
    assert found.window_totals["clicked"][0] == sum(row["clicked"] for row in mine)
    assert isinstance(found.window_totals["responded"][0], NotAssessable)


def test_disabled_metrics_are_left_out() -> None:
    off = {"service_cost": MetricPolicy(enabled=False)}
    found = measure(plan(metrics=off), company().facts())
    assert tuple(each.metric for each in found.metrics) == tuple(name for name in METRIC_IDS if name != "service_cost")


def test_amounts_that_could_wrap_are_refused() -> None:
    rows = [order(each, GO_LIVE + each - 5, 9 * 10**17) for each in range(10)]
    with pytest.raises(DataError, match="too large"):
        measure(plan(), World({"orders": rows}).facts())


def test_empty_tables_are_missing_facts() -> None:
    facts = World({"orders": orders()}).facts()
    tables = {name: frame(name, []) for name in SCHEMAS} | dict(facts.tables)
    found = measure(plan(), type(facts)(tables, (), (), facts.segments, "USD"))
    sane(found)
    assert {each.metric for each in found.metrics if not each.missing} == {"purchase_frequency", "transaction_size"}


def test_no_revenue_at_all_is_not_a_size() -> None:
    rows = [order(day % 9, day, 0) for day in range(GO_LIVE - 300, GO_LIVE + 200)]
    found = measure(plan(), World({"orders": rows}).facts())
    sane(found)
    assert np.isnan(metric(found, "transaction_size").num).all()


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_tickets_alone_are_of_customers_who_always_were_on_file(engine: str) -> None:
    found = measure(plan(), World({"tickets": tickets(cost=200, seconds=60)}).facts(), ENGINES[engine])
    sane(found)
    assert found.window_totals["customers"] == (20, 20)


def test_the_only_campaign_of_a_period_is_not_certain() -> None:
    """One campaign has no residual; its recipients are still a draw."""
    sends = [
        {"campaign": each, "recipient": who, "segment": 0, "day": GO_LIVE - 397 + 28 * each, "delivered": True}
        for each in range(24)
        for who in range(60)
    ]
    responses = [{**row, "kind": "responded"} for row in sends if (row["recipient"] + row["campaign"]) % 4 == 0]
    found = metric(measure(plan(), World({"sends": sends, "responses": responses}).facts()), "campaign_response")
    seen = ~np.isnan(found.num)
    assert found.s2 is not None
    assert seen.sum() >= 20
    rate = found.num[seen] / found.den[seen]
    np.testing.assert_allclose(found.s2[seen], (1 - rate) / found.num[seen])
