"""Figures that would be true of too few, of nobody, or of another length of time are not given as if they were true."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import Window
from clm_audit.exits import UsageError
from clm_audit.measures.measure import measure
from clm_audit.measures.model import Measured, MetricTotals, Ratio, to_date
from measures.world import GO_LIVE, Row, World, order, plan

DAYS = range(GO_LIVE - 728, GO_LIVE + 364)


def metric(measured: Measured, name: str) -> MetricTotals:
    return next(found for found in measured.metrics if found.metric == name)


def spend(category: str, cents: int = 700) -> list[Row]:
    return [{"day": day, "until": day + 1, "cents": cents, "category": category} for day in DAYS]


def regulars(customers: int = 20, every: int = 1) -> list[Row]:
    return [order((day // every) % customers, day, 1000) for day in DAYS if day % every == 0]


def code(figure: Ratio | NotAssessable | float | None) -> str:
    assert isinstance(figure, NotAssessable), figure
    return figure.code


def test_what_one_new_customer_cost_is_not_shown() -> None:
    """Twenty customers on file from the start; one came in the year before go-live, thirty after it."""
    new = [order(100, GO_LIVE - 200, 1000), *(order(200 + each, GO_LIVE + 10 * each, 1000) for each in range(30))]
    found = measure(plan(), World({"orders": [*regulars(), *new], "spend": spend("acquisition")}).facts())
    cost = metric(found, "acquisition_cost")
    assert code(cost.before) == code(cost.missing) == "too_few_customers"
    assert isinstance(cost.after, Ratio)
    assert code(cost.variants[0].before) == "too_few_customers"


def test_a_window_with_four_buyers_shows_no_order_value() -> None:
    rows = [row for row in regulars() if row["day"] < GO_LIVE or row["customer"] < 4]
    found = measure(plan(), World({"orders": rows, "spend": spend("retention")}).facts())
    for name in ("purchase_frequency", "transaction_size", "retention_cost"):
        item = metric(found, name)
        assert isinstance(item.before, Ratio), name
        assert code(item.after) == code(item.missing) == "too_few_customers", name
        for each in item.variants:
            assert isinstance(each.after, NotAssessable), (name, each.id)


def test_orders_without_customers_say_so() -> None:
    rows = [order(None, day, 1000) for day in DAYS]
    tables = {"orders": rows, "spend": [*spend("acquisition"), *spend("retention")]}
    found = measure(plan(), World(tables).facts())
    for name in ("purchase_frequency", "acquisition_cost", "retention_cost"):
        assert code(metric(found, name).missing) == "no_customer", name
    for name in ("purchasing_customers", "active_customers", "retained_customers", "new_customers"):
        assert [code(side) for side in found.window_totals[name]] == ["no_customer"] * 2, name
    assert found.window_totals["orders"] == (364, 364)


def test_customers_on_one_side_only_say_so() -> None:
    rows = [{**row, **({"customer": None, "segment": 0} if row["day"] < GO_LIVE else {})} for row in regulars()]
    found = measure(plan(), World({"orders": rows}).facts())
    missing = metric(found, "purchase_frequency").missing
    assert missing is not None
    assert (missing.code, missing.detail["side"]) == ("no_customer", "before")
    assert code(found.window_totals["purchasing_customers"][0]) == "no_customer"
    assert found.window_totals["purchasing_customers"][1] == 20
    assert isinstance(metric(found, "transaction_size").before, Ratio)


@pytest.mark.parametrize("copies", [1, 20])
def test_retention_cost_does_not_depend_on_how_many_customers_there_are(copies: int) -> None:
    """The same company, once and twenty times over: the cost per customer is the same number."""
    rows = [order(20 * copy + day % 20, day, 1000) for copy in range(copies) for day in DAYS]
    found = measure(plan(), World({"orders": rows, "spend": spend("retention", 700 * copies)}).facts())
    cost = metric(found, "retention_cost")
    assert isinstance(cost.before, Ratio)
    assert cost.how["weeks_per_period"] == 4
    assert cost.how["base_weeks"] == found.calendar.base_weeks
    assert math.isclose(cost.before.value, 28 * 7 / 20)  # 20 customers, each there in every 4 weeks of 28 days


def test_a_customer_of_a_before_file_is_on_file_at_the_end_of_before() -> None:
    """Who first ordered after go-live, but stands in a file of *before*, was on file when that window ended."""
    late = [*regulars(), order(50, GO_LIVE + 20, 1000)]
    for side, customers in ((-1, (21, 21)), (0, (20, 21))):
        listed = [{"customer": 50, "segment": 0, "acquired": None, "side": side, "file": 1}]
        found = measure(plan(), World({"orders": late, "customers": listed}).facts())
        assert found.window_totals["customers"] == customers


def test_a_row_on_the_day_after_the_last_window_day_is_outside() -> None:
    """Windows are half-open: the row counts one day earlier, and is outside on the day itself."""
    end = GO_LIVE + 182
    windows = {
        "before": Window(start=to_date(GO_LIVE - 182), end=to_date(GO_LIVE)),
        "after": Window(start=to_date(GO_LIVE), end=to_date(end)),
    }
    rows = [row for row in regulars() if row["day"] < end - 1]
    for day, counted in ((end - 1, 1), (end, 0)):
        found = measure(plan(**windows), World({"orders": [*rows, order(3, day, 1000, file=7)]}).facts())
        assert found.window_totals["orders"][1] == 181 + counted
        assert found.outside.get(7, 0) == 1 - counted


def test_customers_on_file_are_those_of_the_end_of_the_window() -> None:
    """Ten bought in the year before go-live, ten more in the year after; one more has no order and no date."""
    rows = [order(day % 10, day, 1000) for day in DAYS] + [
        order(10 + day % 10, day, 900) for day in range(GO_LIVE, GO_LIVE + 364)
    ]
    customers = [{"customer": each, "acquired": None, "segment": 0} for each in range(21)]
    found = measure(plan(), World({"orders": rows, "customers": customers}).facts())
    assert found.window_totals["customers"] == (11, 21)
    per_head = next(each for each in metric(found, "purchase_frequency").variants if each.id == "orders_per_customer")
    assert isinstance(per_head.before, Ratio)
    assert math.isclose(per_head.before.denominator, 11 * 364 / 30.4375)


def test_leads_are_not_customers_when_the_system_says_who_became_one() -> None:
    rows = [order(day % 10, day, 1000) for day in DAYS]
    dates = [None if each >= 15 else GO_LIVE - 600 + 80 * each for each in range(30)]
    customers = [{"customer": each, "acquired": day, "segment": 0} for each, day in enumerate(dates)]
    found = measure(plan(), World({"orders": rows, "customers": customers}).facts())
    assert found.window_totals["customers"] == (10, 13)  # three became customers in the year after


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ((-9000, -8000), (0, 364), f"windows.before is .* data reach from {to_date(DAYS[0])} to {to_date(DAYS[-1])}"),
        ((-800, -728), (0, 364), f"windows.before is .* data reach from {to_date(DAYS[0])} to {to_date(DAYS[-1])}"),
        ((-364, 0), (2000, 2364), f"windows.after is .* data reach from {to_date(DAYS[0])} to {to_date(DAYS[-1])}"),
        ((-364, 0), (364, 400), f"windows.after is .* data reach from {to_date(DAYS[0])} to {to_date(DAYS[-1])}"),
        ((7, 100), (100, 364), f"windows.before is .* does not lie before go-live {to_date(GO_LIVE)}"),
        ((0, 100), (100, 364), f"windows.before is .* does not lie before go-live {to_date(GO_LIVE)}"),
        ((-364, -100), (-100, -7), f"windows.after is .* does not lie after go-live {to_date(GO_LIVE)}"),
        ((-364, -100), (-100, 0), f"windows.after is .* does not lie after go-live {to_date(GO_LIVE)}"),
    ],
)
def test_windows_that_the_data_do_not_reach_are_refused(
    before: tuple[int, int], after: tuple[int, int], why: str
) -> None:
    spans = [Window(start=to_date(GO_LIVE + start), end=to_date(GO_LIVE + end)) for start, end in (before, after)]
    with pytest.raises(UsageError, match=why):
        measure(plan(before=spans[0], after=spans[1]), World({"orders": regulars()}).facts())


MIXED = NotAssessable(code="mixed_currencies", detail={"currencies": "EUR, USD"})


def in_currencies(**seen: int) -> Measured:
    world = World({"orders": regulars(), "spend": spend("acquisition")}, currency=MIXED)
    new = [order(100 + each, GO_LIVE - 360 + 7 * each, 1000) for each in range(100)]
    world.tables["orders"] += new
    evidence = {f"currency.by_fact.{name.replace('__', '.')}": count for name, count in seen.items()}
    return measure(plan(), replace(world.facts(), evidence=evidence))


def test_only_metrics_of_mixed_facts_are_refused() -> None:
    found = in_currencies(orders__USD=900, spend__EUR=10)
    size, cost = metric(found, "transaction_size"), metric(found, "acquisition_cost")
    assert isinstance(size.before, Ratio)
    assert isinstance(cost.before, Ratio)
    assert (size.how["currency"], cost.how["currency"]) == ("USD", "EUR")
    assert found.currencies["net_revenue"] == "USD"
    assert found.currencies["acquisition_spend"] == "EUR"
    assert found.window_totals["net_revenue"][0] > 0


def test_a_fact_in_two_currencies_is_refused_alone() -> None:
    found = in_currencies(orders__USD=900, spend__EUR=10, spend__USD=10)
    assert isinstance(metric(found, "transaction_size").before, Ratio)
    assert metric(found, "acquisition_cost").missing == MIXED
    assert found.window_totals["acquisition_spend"] == (MIXED, MIXED)
    assert metric(in_currencies(), "transaction_size").missing == MIXED  # nobody counted: all may be mixed


def windowed(rows: list[Row], start: int, length: int = 182) -> Measured:
    """Forty weeks of history (a base of 13 weeks), and windows from so many days before go-live and from go-live."""
    regular = [order(day % 20, day, 1000) for day in range(GO_LIVE - 280, GO_LIVE + 200)]
    spans = ((start, 0), (0, length))
    before, after = (Window(start=to_date(GO_LIVE + a), end=to_date(GO_LIVE + b)) for a, b in spans)
    return measure(plan(before=before, after=after), World({"orders": [*regular, *rows]}).facts())


@pytest.mark.parametrize(
    ("days", "retained"),
    [((-182,), 0), ((-183, -182), 1), ((-183, -1), 1), ((-183, 0), 0), ((-273, -1), 1), ((-274, -1), 0)],
)
def test_retained_bought_in_the_base_before_the_window_and_in_it(days: tuple[int, ...], retained: int) -> None:
    found = windowed([order(50, GO_LIVE + day, 1000) for day in days], -182)
    assert found.calendar.base_weeks == 13
    assert found.window_totals["retained_customers"][0] == 20 + retained


@pytest.mark.parametrize(("day", "active"), [(-92, 0), (-91, 1), (-1, 1), (0, 0)])
def test_active_at_the_end_of_a_window_bought_in_the_base_before_it(day: int, active: int) -> None:
    assert windowed([order(50, GO_LIVE + day, 1000)], -182).window_totals["active_customers"][0] == 20 + active


@pytest.mark.parametrize(("day", "new"), [(-183, (0, 0)), (-182, (1, 0)), (-1, (1, 0)), (0, (0, 1)), (181, (0, 1))])
def test_new_customers_belong_to_the_window_of_their_first_order(day: int, new: tuple[int, int]) -> None:
    rows = [order(50, GO_LIVE + day, 1000), order(50, GO_LIVE + 190, 1000)]
    assert windowed(rows, -182).window_totals["new_customers"] == new


@pytest.mark.parametrize(
    ("name", "start", "known"),
    [
        ("retained_customers", -189, True),
        ("retained_customers", -190, False),
        ("new_customers", -196, True),
        ("new_customers", -197, False),
    ],
)
def test_a_base_that_is_observed_to_the_day_is_enough(name: str, start: int, known: bool) -> None:
    found = windowed([], start).window_totals[name][0]
    assert known or code(found) == "no_base"
    assert known == (not isinstance(found, NotAssessable))


def test_the_cost_of_retaining_begins_with_the_first_period_after_a_whole_base() -> None:
    """The base is whole at the end of week -28; the 4 weeks that begin with that week have a base of 12 weeks."""
    regular = [order(day % 20, day, 1000) for day in range(GO_LIVE - 280, GO_LIVE + 200)]
    before, after = (Window(start=to_date(GO_LIVE + a), end=to_date(GO_LIVE + a + 196)) for a in (-196, 0))
    facts = World({"orders": regular, "spend": spend("retention")}).facts()
    cost = metric(measure(plan(before=before, after=after), facts), "retention_cost")
    assert isinstance(cost.before, Ratio)
    assert (cost.before.weeks, cost.before.denominator) == (24, 6 * 20)


@pytest.mark.parametrize(("weeks", "retained"), [(16, 1), (17, 0)])
def test_a_base_reaches_back_from_the_begin_of_the_period_and_not_from_the_order(weeks: int, retained: int) -> None:
    """An order in the last of 4 weeks; the 13 weeks before those 4 begin 16 weeks before its own week."""
    regular = [order(day % 20, day, 1000) for day in range(GO_LIVE - 280, GO_LIVE + 200)]
    regular += [order(50, GO_LIVE - 7, 1000), order(50, GO_LIVE - 7 - 7 * weeks, 1000)]
    before, after = (Window(start=to_date(GO_LIVE + a), end=to_date(GO_LIVE + a + 28)) for a in (-28, 0))
    facts = World({"orders": regular, "spend": spend("retention")}).facts()
    cost = metric(measure(plan(before=before, after=after), facts), "retention_cost")
    assert isinstance(cost.before, Ratio)
    assert cost.before.denominator == 20 + retained
