"""Questions 1 and 2: how often customers buy, and how much at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.base import NotAssessable
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.measures.model import DAYS_PER_MONTH, MetricTotals, Ratio, Variant
from clm_audit.measures.periods import MONTH, Inputs, Quantity, Recipe, Segments, blank, cook, too_few
from clm_audit.measures.ranks import median, middle_value, order_statistic, times_hundred
from clm_audit.measures.scheme import SIDES, Line, Scheme, Side, ratio
from clm_audit.measures.spread import frequency_error, size_error
from clm_audit.measures.totals import along, pooled, total

CENTS = 100.0
CAP = 0.99
Whole = NDArray[np.int64]
Both = dict[Side, Ratio | NotAssessable]


def weekly(inputs: Inputs, scheme: Scheme, name: str, table: str = "weeks") -> Quantity:
    """A weekly quantity over the scheme's units, for some segments."""
    return lambda segments: along(inputs.totals.cells.get(table), name, "week", scheme.units, segments)


def buyers_seen(inputs: Inputs) -> int:
    """Known customers with at least one order."""
    return total(inputs.totals.cells.get("gaps"), "customers", gap=0)


def bought(inputs: Inputs) -> dict[Side, int]:
    """Known customers with an order in each window."""
    cell = inputs.totals.cells["windows"]
    return {side: total(cell, "purchasing_customers", window=code) for code, side in enumerate(SIDES)}


def no_customer(inputs: Inputs) -> NotAssessable | None:
    """Whether the orders of all time, or those of one side of go-live, carry no customer at all."""
    weeks = inputs.totals.cells["weeks"]
    early = weeks.keys["week"] < 0
    nameless: list[Side] = []
    for side, rows in zip(SIDES, (early, ~early), strict=True):
        orders, known = (int(weeks.values[name][rows].sum()) for name in ("orders", "known_orders"))
        if orders and not known:
            nameless.append(side)
    if not nameless:
        return None
    counted = total(weeks, "orders")
    if not total(weeks, "known_orders"):
        return NotAssessable(code="no_customer", detail={"orders": counted})
    return NotAssessable(code="no_customer", detail={"orders": counted, "side": nameless[0]})


def windowed(inputs: Inputs, make: Callable[[Side, int, float], Ratio | NotAssessable]) -> Both:
    """A figure of each exact window: ``make(side, code, weeks)``; an empty window gives none."""
    found: Both = {}
    for code, (side, (start, end)) in enumerate(
        zip(SIDES, (inputs.calendar.before, inputs.calendar.after), strict=True)
    ):
        weeks = (end - start) / 7
        missing = NotAssessable(code="empty_window", detail={"side": side})
        found[side] = make(side, code, weeks) if weeks > 0 else missing
    return found


def variant(metric: str, identity: str, both: Both) -> Variant:
    """A variant with the unit that the catalogue declares for it."""
    declared = next(
        each for known in CATALOGUE.values() if known.id == metric for each in known.variants if each.id == identity
    )
    return Variant(identity, declared.unit, both["before"], both["after"])


def purchase_frequency(inputs: Inputs) -> MetricTotals:
    """Orders per active customer and month."""
    if "orders" not in inputs.counts:
        return blank("purchase_frequency", inputs.absent("orders"))
    nameless = no_customer(inputs)
    if nameless and "side" not in nameless.detail:
        return blank("purchase_frequency", nameless)
    few = too_few(buyers_seen(inputs))
    if few:
        return blank("purchase_frequency", few)
    scheme = _scheme(inputs, base=True)
    moments = pooled(inputs.totals.moments)
    error = frequency_error(moments) if moments else None
    how: dict[str, str | int | float] = {"base_weeks": inputs.calendar.base_weeks}
    if error is not None:
        how["observed_se"] = error
    recipe = Recipe(
        "purchase_frequency",
        scheme,
        num=weekly(inputs, scheme, "known_orders"),
        den=weekly(inputs, scheme, "active", "base"),
        per=(1.0, MONTH),
        s2=_frequency_variance(inputs, scheme),
        variants=_frequency_variants(inputs),
        how=how,
        split=True,
        events=weekly(inputs, scheme, "known_orders"),
        s2_of=lambda segments: _frequency_variance(inputs, scheme, segments),
        behind=bought(inputs),
    )
    return cook(inputs, recipe, inputs.one_sided("orders") or nameless)


def _scheme(inputs: Inputs, *, base: bool) -> Scheme:
    calendar = inputs.calendar
    return Scheme.of(calendar, ["orders"], calendar.merge["orders"], first_week=calendar.base_from if base else None)


def _period(inputs: Inputs, scheme: Scheme, name: str, segments: Segments) -> Line:
    return along(inputs.totals.cells["orders"], name, "period", scheme.periods, segments)


def _frequency_variance(inputs: Inputs, scheme: Scheme, segments: Segments = None) -> Line:
    """Σ n² / o² − 1 / base, at least 0.3 / o: sampling variance of the log rate, customers as clusters."""
    orders = _period(inputs, scheme, "known_orders", segments)
    squares = _period(inputs, scheme, "n2", segments) - (_period(inputs, scheme, "orders", segments) - orders)
    first, last = scheme.periods
    ends = (first + 1) * scheme.weeks - 1, last * scheme.weeks
    base = along(inputs.totals.cells["base"], "active", "week", ends, segments)[:: scheme.weeks]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.maximum(squares / orders**2 - 1 / base, 0.3 / orders))


def _frequency_variants(inputs: Inputs) -> tuple[Variant, ...]:
    cell = inputs.totals.cells["windows"]

    def per(customers: Callable[[int], int]) -> Both:
        def make(side: Side, code: int, weeks: float) -> Ratio | NotAssessable:
            months = weeks * 7 / DAYS_PER_MONTH
            return ratio(total(cell, "known_orders", window=code), customers(code) * months, weeks, side)

        return windowed(inputs, make)

    return (
        variant(
            "purchase_frequency", "orders_per_buyer", per(lambda code: total(cell, "purchasing_customers", window=code))
        ),
        variant("purchase_frequency", "orders_per_customer", per(lambda code: total(cell, "customers", window=code))),
    )


def transaction_size(inputs: Inputs) -> MetricTotals:
    """Net revenue per order."""
    if "orders" not in inputs.counts:
        return blank("transaction_size", inputs.absent("orders"))
    if refused := inputs.no_money("orders"):
        return blank("transaction_size", refused)
    cells = inputs.totals.cells
    nameless = total(cells["weeks"], "orders") - total(cells["weeks"], "known_orders")
    few = too_few(buyers_seen(inputs) + nameless)
    if few:
        return blank("transaction_size", few)
    scheme = _scheme(inputs, base=False)
    moments = pooled(inputs.totals.moments)
    error = size_error(moments, _nameless(inputs)) if moments else None
    recipe = Recipe(
        "transaction_size",
        scheme,
        num=weekly(inputs, scheme, "net"),
        den=weekly(inputs, scheme, "orders"),
        per=(CENTS, 1.0),
        s2=_size_variance(inputs, scheme),
        variants=_size_variants(inputs),
        how={
            "not_positive": _not_positive(inputs, scheme),
            **inputs.own_currency("orders"),
            **({} if error is None else {"observed_se": error}),
        },
        split=True,
        events=weekly(inputs, scheme, "orders"),
        s2_of=lambda segments: _size_variance(inputs, scheme, segments),
        behind={side: known + _nameless(inputs)[side][0] for side, known in bought(inputs).items()},
    )
    return cook(inputs, recipe, inputs.one_sided("orders") or _units_differ(inputs))


def _nameless(inputs: Inputs) -> dict[str, tuple[float, float, float, float]]:
    """What has no customer in each window: orders, Σ net with and without credit notes, Σ net²."""
    cell, moments = inputs.totals.cells["windows"], pooled(inputs.totals.moments)
    found: dict[str, tuple[float, float, float, float]] = {}
    for code, side in enumerate(SIDES):
        count = total(cell, "orders", window=code) - total(cell, "known_orders", window=code)
        rows = cell.keys["window"] == code
        known = int(moments.sums[moments.names.index(f"revenue_{side}")]) if moments else 0
        found[side] = (
            float(count),
            float(total(cell, "net", window=code) - known),
            float(cell.values["nameless_xn"][rows].sum()),
            float(cell.values["nameless_x2"][rows].sum()),
        )
    return found


def _units_differ(inputs: Inputs) -> NotAssessable | None:
    """Pounds on one side of go-live and pence on the other: not a change of what customers spend."""
    values = inputs.totals.cells["values"]
    times = times_hundred(*(middle_value(values, window) for window in (0, 1)))
    return None if times is None else NotAssessable(code="units_differ", detail={"times": round(times)})


def _not_positive(inputs: Inputs, scheme: Scheme) -> int:
    """Periods in the windows that have orders and yet no net revenue."""
    net, orders = (scheme.fold(weekly(inputs, scheme, name)(None)) for name in ("net", "orders"))
    inside = np.zeros(net.size, dtype=bool)
    for start, end in (inputs.calendar.before, inputs.calendar.after):
        inside |= (scheme.starts >= start) & (scheme.starts < end)
    return int((inside & (orders > 0) & (net <= 0)).sum())


def _size_variance(inputs: Inputs, scheme: Scheme, segments: Segments = None) -> Line:
    """Σ_i (Σ_j (x_ij − r))² / num², from the customers' Σx², Σxn, Σn²."""
    net, orders = (_period(inputs, scheme, name, segments) for name in ("net", "orders"))
    x2, xn, n2 = (_period(inputs, scheme, name, segments) for name in ("x2", "xn", "n2"))
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = net / orders
        return np.asarray(np.maximum(x2 - 2 * rate * xn + rate**2 * n2, 0.0) / net**2)


def _size_variants(inputs: Inputs) -> tuple[Variant, ...]:
    cell, values = inputs.totals.cells["windows"], inputs.totals.cells["values"]
    histograms = {
        code: (values.keys["cents"][rows], values.values["orders"][rows])
        for code in (0, 1)
        for rows in [values.keys["window"] == code]
    }

    def gross(side: Side, code: int, weeks: float) -> Ratio | NotAssessable:
        return ratio(total(cell, "gross", window=code) / CENTS, total(cell, "orders", window=code), weeks, side)

    def middle(side: Side, code: int, weeks: float) -> Ratio | NotAssessable:
        cents, orders = histograms[code]
        if not orders.size:
            return NotAssessable(code="zero_denominator", detail={"side": side})
        return ratio(median(cents, orders) / CENTS, 1.0, weeks, side)

    def capped(side: Side, code: int, weeks: float) -> Ratio | NotAssessable:
        if not histograms[0][1].size:
            return NotAssessable(code="zero_denominator", detail={"side": "before"})
        limit = order_statistic(*histograms[0], CAP)
        cents, orders = histograms[code]
        return ratio(int((np.minimum(cents, limit) * orders).sum()) / CENTS, int(orders.sum()), weeks, side)

    made = {"gross": gross, "median": middle, "capped": capped}
    return tuple(variant("transaction_size", name, windowed(inputs, make)) for name, make in made.items())
