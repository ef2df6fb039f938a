"""The orders' metrics by other definitions, and what they show of a true change.

The totals are additive, so that another definition is the same metric of slightly other totals: with a shorter base,
without the largest customer, with large orders cut off, or with the mix of customers held fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from clm_audit.config.plan import MetricId
from clm_audit.measures.carried import Shown
from clm_audit.measures.finish import base_cells
from clm_audit.measures.mix import SUMS, mix_totals, standardised
from clm_audit.measures.model import Alternative, Calendar, Cells, MetricTotals, Totals
from clm_audit.measures.orders import CAP, CENTS
from clm_audit.measures.periods import Inputs
from clm_audit.measures.ranks import order_statistic
from clm_audit.measures.scheme import Line, Scheme
from clm_audit.measures.thinning import FEWER
from clm_audit.measures.totals import cells, join

KINDS = ("mix_held", "base", "capped", "largest_left_out")
"""``detail``: ``weeks`` of the base, ``share`` of the cap."""
BASES = (52, 26, 13)
Maker = Callable[[Inputs], MetricTotals]


def explained(inputs: Inputs, make: Maker) -> MetricTotals:
    """A metric with who bought, its other definitions, and what it shows of a true change."""
    totals = make(inputs)
    if totals.missing is not None or "mix" not in inputs.totals.cells:
        return totals
    scheme = orders_scheme(inputs, totals.metric)
    return replace(
        totals,
        mix=mix_totals(inputs, totals, scheme) if totals.metric in SUMS else None,
        alternatives=tuple(_alternatives(inputs, make, totals, scheme)),
        shown=shown(inputs, totals),
    )


def orders_scheme(inputs: Inputs, metric: MetricId) -> Scheme:
    """The weeks and periods of the orders; all but order values need the base."""
    calendar = inputs.calendar
    first = None if metric == "transaction_size" else calendar.base_from
    return Scheme.of(calendar, ["orders"], calendar.merge["orders"], first_week=first)


def cap_of(totals: Totals) -> int | None:
    """The 99th percentile of order values before, in cents."""
    values = totals.cells["values"]
    before = values.keys["window"] == 0
    if not values.values["orders"][before].sum():
        return None
    return order_statistic(values.keys["cents"][before], values.values["orders"][before].astype(np.int64), CAP)


def _alternatives(inputs: Inputs, make: Maker, totals: MetricTotals, scheme: Scheme) -> Iterator[Alternative]:
    lean = replace(inputs, plan=inputs.plan.model_copy(update={"segment_by": (), "control": None}))
    if totals.metric in SUMS:
        held = standardised(inputs, totals, scheme)
        if held is not None:
            yield Alternative("mix_held", {}, held, totals.den, totals.s2)
    if totals.metric in ("purchase_frequency", "service_cost"):
        for weeks in BASES:
            if weeks < inputs.calendar.base_weeks:
                yield _aligned("base", {"weeks": weeks}, totals, make(with_base(lean, weeks)))
    if totals.metric == "transaction_size" and "over" in inputs.again and inputs.again["over"]["week"].size:
        yield _capped(inputs, totals, scheme)
    if totals.metric in SUMS and "largest" in inputs.again:
        yield _aligned("largest_left_out", {}, totals, make(_without_largest(lean)))


def _aligned(kind: str, detail: dict[str, str | int | float], totals: MetricTotals, other: MetricTotals) -> Alternative:
    """Another definition on the periods of the first one."""
    place = np.searchsorted(other.start, totals.start)
    there = np.isin(totals.start, other.start) & np.isfinite(totals.num)
    lines = [
        np.where(there, line[np.minimum(place, line.size - 1)], np.nan) if line is not None and line.size else None
        for line in (other.num, other.den, other.s2)
    ]
    nothing = np.full(totals.num.size, np.nan)
    num, den = (nothing if line is None else line for line in lines[:2])
    return Alternative(kind, detail, num, den, lines[2])


def with_base(inputs: Inputs, weeks: int) -> Inputs:
    """The same with a base of so many weeks."""
    calendar: Calendar = replace(
        inputs.calendar,
        base_weeks=weeks,
        base_from=inputs.calendar.base_from - inputs.calendar.base_weeks + weeks,
    )
    return _with(replace(inputs, calendar=calendar), base=base_cells(inputs.totals.cells["gaps"], calendar))


def _with(inputs: Inputs, **made: Cells) -> Inputs:
    return replace(inputs, totals=replace(inputs.totals, cells={**inputs.totals.cells, **made}))


def _without_largest(inputs: Inputs) -> Inputs:
    """The totals less those of one customer."""
    calendar, found = inputs.calendar, inputs.totals.cells
    bought_in, given = inputs.again["largest"], inputs.again.get("largest_credits")
    parts = [cells({"week": bought_in["week"]}, {"orders": bought_in["rows"], "net": bought_in["net"]})]
    if given is not None:
        parts.append(cells({"week": given["week"]}, {"net": given["net"]}))
    mine = join(parts)
    week, orders, net = mine.keys["week"], mine.values["orders"], mine.values["net"]
    nobody = np.zeros(week.size, dtype=np.int64)
    gone = {"orders": -orders, "known_orders": -orders, "net": -net}
    period, place = np.unique(week // calendar.merge["orders"], return_inverse=True)
    n, x = (np.bincount(place, line, minlength=period.size) for line in (orders, net))
    squares = {"n2": -(n * n).astype(np.int64), "x2": -x * x, "xn": -x * n}
    weeks = np.unique(found["base"].keys["week"])
    active = [bool(((week > each - calendar.base_weeks) & (week <= each) & (orders > 0)).any()) for each in weeks]
    none = {"segment": np.zeros(weeks.size, dtype=np.int64), "week": weeks}
    less = {
        "weeks": Cells({"segment": nobody, "week": week}, gone),
        "orders": Cells({"segment": nobody, "period": week // calendar.merge["orders"]}, gone),
        "base": Cells(none, {"active": -np.array(active, dtype=np.int64)}),
    }
    made = {name: join([found[name], part]) for name, part in less.items()}
    apart = {"segment": np.zeros(period.size, dtype=np.int64), "period": period}
    return _with(inputs, **{**made, "orders": join([made["orders"], Cells(apart, squares)])})


def _capped(inputs: Inputs, totals: MetricTotals, scheme: Scheme) -> Alternative:
    """Order values cut off at the 99th percentile of before; their variance falls as that of the orders does."""
    over = inputs.again["over"]
    line = np.zeros(scheme.units[1] - scheme.units[0])
    at = over["week"] - scheme.units[0]
    inside = (at >= 0) & (at < line.size)
    np.add.at(line, at[inside], over["over"][inside].astype(np.float64))
    num = totals.num - scheme.fold(line) / CENTS
    calmer = _calmer(inputs.totals.cells["values"], cap_of(inputs.totals) or 0)
    s2 = None if totals.s2 is None else totals.s2 * calmer
    return Alternative("capped", {"share": CAP}, np.where(num > 0, num, np.nan), totals.den, s2)


def _calmer(values: Cells, limit: int) -> float:
    """Squared coefficient of variation of the order values cut off at ``limit``, over that of all."""
    cents, orders = values.keys["cents"].astype(np.float64), values.values["orders"].astype(np.float64)

    def variation(amounts: Line) -> float:
        mean = float(amounts @ orders) / float(orders.sum())
        return float((amounts - mean) ** 2 @ orders) / float(orders.sum()) / mean**2 if mean > 0 else 0.0

    whole = variation(cents)
    return variation(np.minimum(cents, limit)) / whole if whole > 0 else 1.0


def shown(inputs: Inputs, totals: MetricTotals) -> Shown | None:
    """How far the metric would lie elsewhere had customers left out one order in ten since go-live."""
    table = inputs.totals.cells["thinned"]
    first, last = orders_scheme(inputs, "purchase_frequency").window("after")
    rows = (table.keys["week"] >= first) & (table.keys["week"] < last)
    sums = {name: float(line[rows].sum()) for name, line in table.values.items()}
    if totals.metric in ("purchase_frequency", "service_cost") and sums["thinned"] > 0:
        times = 1.0 - FEWER if totals.metric == "purchase_frequency" else 1.0
        return Shown(FEWER, times * sums["active"] / sums["thinned"] - 1.0)
    if totals.metric == "acquisition_cost" and totals.how.get("acquired_by") != "system" and sums["first_thinned"] > 0:
        return Shown(FEWER, sums["first"] / sums["first_thinned"] - 1.0)
    if totals.metric == "retention_cost" and sums["retained_thinned"] > 0:
        return Shown(FEWER, sums["retained"] / sums["retained_thinned"] - 1.0)
    return None
