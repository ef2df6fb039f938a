"""Collected frames -> Totals: weeks, periods, windows and the active base, in numpy on small tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clm_audit.exits import DataError
from clm_audit.measures.calendar import settled
from clm_audit.measures.coverage import DayCounts
from clm_audit.measures.daily import CATEGORIES, KINDS, in_span, on_its_side
from clm_audit.measures.engines import Collected, Columns
from clm_audit.measures.grid import Grid
from clm_audit.measures.model import Calendar, Cells, Moments, Totals
from clm_audit.measures.tenure import mix_cells
from clm_audit.measures.thinning import thinned_cells
from clm_audit.measures.totals import cells, empty, join, significant
from clm_audit.measures.wide import SIDES, wide_names

Array = NDArray[Any]
SAFE = 2.0**62
ORDER_SUMS = ("orders", "gross", "refunded", "net", "known_orders")
CREDIT_SUMS = ("refunded", "net")
TICKET_SUMS = ("tickets", "costed", "cost", "timed", "seconds")
SEND_SUMS = ("sent", "delivered", "unreported", *KINDS)


def finish(
    collected: Collected, daily: Collected, counts: Mapping[str, DayCounts], calendar: Calendar
) -> tuple[Totals, Calendar]:
    """The totals of an audit, and the calendar with the periods that only they can tell.

    Raises :class:`DataError` when amounts are too large to be summed exactly.
    """
    _prove_no_wrap(collected)
    made: dict[str, Cells] = {}
    if "gaps" in collected:
        made["gaps"] = gap_cells(collected["gaps"], Grid.of(calendar))
    calendar = settled(calendar, daily, counts, made.get("gaps"))
    if "order_days" in collected:
        made["base"] = base_cells(made["gaps"], calendar)
        made["orders"] = _order_periods(collected, made["gaps"], calendar)
        values = collected["values"]
        made["mix"] = mix_cells(collected, calendar)
        made["thinned"] = thinned_cells(collected, calendar)
        made["values"] = cells({key: values[key] for key in ("window", "cents")}, {"orders": values["orders"]})
    if "ticket_days" in collected:
        made["tickets"] = _by_period(
            collected["ticket_days"], (*TICKET_SUMS, "cost2", "seconds2"), calendar, calendar.merge["tickets"]
        )
    if "campaign_days" in collected:
        found = collected["campaign_days"]
        period = (found["day"] - calendar.go_live) // (7 * calendar.merge["sends"])
        made["campaigns"] = cells({"period": period, "campaign": found["campaign"]}, {n: found[n] for n in SEND_SUMS})
    if "acquired_days" in collected:
        made["acquired"] = _by_period(collected["acquired_days"], ("new",), calendar, calendar.merge["acquired"])
    spent = spend_days(daily["spend"], calendar) if "spend" in daily else None
    if spent is not None:
        made["spend"] = _spend_weeks(spent, calendar)
    if "series" in daily:
        made["series"] = _series(daily["series"], calendar)
    parts = [_week_sums(columns, names, calendar) for columns, names in _dated(collected)]
    if parts:
        made["weeks"] = join(parts)
    made["windows"] = join(_windows(collected, spent, calendar))
    return Totals(dict(sorted(made.items())), _moments(collected.get("customers"))), calendar


def _prove_no_wrap(collected: Collected) -> None:
    """Integer sums wrap in silence; the float sum of the absolute amounts says whether one can have."""
    for name in ("order_days", "credit_days", "ticket_days"):
        if name in collected and float(collected[name]["size"].sum()) > SAFE:
            raise DataError("amounts are too large to be summed exactly", hint="look for amounts in the wrong unit")


def _dated(collected: Collected) -> list[tuple[Columns, tuple[str, ...]]]:
    """Frames per day with what they sum."""
    wanted = {
        "order_days": ORDER_SUMS,
        "credit_days": CREDIT_SUMS,
        "ticket_days": TICKET_SUMS,
        "campaign_days": SEND_SUMS,
        "acquired_days": ("new",),
    }
    return [(collected[name], names) for name, names in wanted.items() if name in collected]


def _segment(columns: Columns) -> Array:
    """Aggregates of campaigns have no segment, nor has a table where none were asked for: 0, *not known*."""
    return columns.get("segment", np.zeros(next(iter(columns.values())).size, dtype=np.int64))


def _week_sums(columns: Columns, names: tuple[str, ...], calendar: Calendar) -> Cells:
    week = (columns["day"] - calendar.go_live) // 7
    return cells({"segment": _segment(columns), "week": week}, {name: columns[name] for name in names})


def _by_period(columns: Columns, names: tuple[str, ...], calendar: Calendar, weeks: int) -> Cells:
    period = (columns["day"] - calendar.go_live) // (7 * weeks)
    return cells({"segment": _segment(columns), "period": period}, {name: columns[name] for name in names})


def gap_cells(columns: Columns, grid: Grid) -> Cells:
    """(segment, week, gap): customers who ordered in the week, ``gap`` weeks after their order week before it.

    0: the first week in which they were seen; the largest gap stands for all longer ones.
    """
    keys = {"segment": _segment(columns), "week": columns["week"] - grid.shift, "gap": columns["gap"]}
    return cells(keys, {"customers": columns["customers"]})


def base_cells(gaps: Cells, calendar: Calendar) -> Cells:
    """(segment, week): customers with an order week among the ``base_weeks`` that end with the week.

    Each order week adds 1 from itself on, until the next one takes over or the base has passed.
    """
    reach = calendar.base_weeks
    last = (calendar.span[1] - calendar.go_live - 1) // 7
    rows = [empty("segment", "week")]
    for segment in np.unique(gaps.keys["segment"]):
        mine = gaps.keys["segment"] == segment
        week, gap, customers = gaps.keys["week"][mine], gaps.keys["gap"][mine], gaps.values["customers"][mine]
        first = int(week.min())
        change = np.zeros(max(last, int(week.max())) - first + reach + 2, dtype=np.int64)
        np.add.at(change, week - first, customers)
        np.add.at(change, week - first + reach, -customers)
        taken = (gap > 0) & (gap <= reach)
        np.add.at(change, (week - first)[taken], -customers[taken])
        np.add.at(change, (week - gap - first + reach)[taken], customers[taken])
        weeks = np.arange(max(first, calendar.base_from), last + 1)
        active = np.cumsum(change)[weeks - first]
        rows.append(cells({"segment": np.full(weeks.size, segment), "week": weeks}, {"active": active}))
    return join(rows)


def retained_cells(gaps: Cells, calendar: Calendar, weeks: int) -> Cells:
    """(segment, period of ``weeks``): customers who ordered in it and in the base before its first day."""
    week, gap = gaps.keys["week"], gaps.keys["gap"]
    period = week // weeks
    into = week - period * weeks
    kept = (gap > into) & (gap <= calendar.base_weeks + into)
    keys = {"segment": gaps.keys["segment"][kept], "period": period[kept]}
    return cells(keys, {"retained": gaps.values["customers"][kept]})


def _order_periods(collected: Collected, gaps: Cells, calendar: Calendar) -> Cells:
    weeks = calendar.merge["orders"]
    grid = Grid.of(calendar)
    days = _by_period(collected["order_days"], (*ORDER_SUMS, "nameless_xn", "nameless_x2"), calendar, weeks)
    nameless = days.values["orders"] - days.values["known_orders"]
    alone = {"n2": nameless, "x2": days.values["nameless_x2"], "xn": days.values["nameless_xn"]}
    sums = Cells(days.keys, {name: days.values[name] for name in ORDER_SUMS})
    found = collected["buyers"]
    bought = cells(
        {"segment": _segment(found), "period": found["period"] - grid.shift // weeks},
        {name: found[name] for name in ("buyers", "n2", "x2", "xn")},
    )
    first = gaps.keys["gap"] == 0
    newly = cells(
        {"segment": gaps.keys["segment"][first], "period": gaps.keys["week"][first] // weeks},
        {"first_orders": gaps.values["customers"][first]},
    )
    parts = [sums, Cells(days.keys, alone), bought, newly, retained_cells(gaps, calendar, weeks)]
    if "credit_days" in collected:
        noted = _by_period(collected["credit_days"], (*CREDIT_SUMS, "nameless_x2"), calendar, weeks)
        given = {"x2": noted.values["nameless_x2"], **{name: noted.values[name] for name in CREDIT_SUMS}}
        parts.append(Cells(noted.keys, given))
    return join(parts)


def spend_days(columns: Columns, calendar: Calendar) -> NDArray[np.int64]:
    """Cents per category and day of the span [4, days]; a row's amount is spread evenly over its days.

    The first k of n days get floor(cents · k / n), so that every cent falls on a day, once.
    """
    spent = np.zeros((len(CATEGORIES), calendar.span[1] - calendar.span[0]), dtype=np.int64)
    kept = on_its_side(columns, calendar.go_live) & in_span(columns, calendar.span)
    rows = zip(*(columns[name][kept].tolist() for name in ("side", "day", "until", "category", "cents")), strict=True)
    for side, day, until, category, cents in rows:
        days = until - day
        first = max(day, calendar.span[0], calendar.go_live if side > 0 else day)
        last = min(until, calendar.span[1], calendar.go_live if side < 0 else until)
        passed = np.arange(first - day, last - day + 1, dtype=np.int64)
        spent[category, first - calendar.span[0] : last - calendar.span[0]] += np.diff(cents * passed // days)
    return spent


def _spend_weeks(spent: NDArray[np.int64], calendar: Calendar) -> Cells:
    category, day = np.indices(spent.shape)
    week = (day + calendar.span[0] - calendar.go_live) // 7
    return cells({"category": category.ravel(), "week": week.ravel()}, {"cents": spent.ravel()})


def _series(columns: Columns, calendar: Calendar) -> Cells:
    kept = on_its_side(columns, calendar.go_live) & in_span(columns, calendar.span) & (columns["metric"] >= 0)
    names = ("metric", "segment", "day", "until", "numerator", "denominator")
    order = np.lexsort([columns[name][kept] for name in names])
    rows = {name: columns[name][kept][order] for name in names}
    keys = {"metric": rows["metric"], "segment": rows["segment"], "start": rows["day"], "until": rows["until"]}
    return cells(keys, {name: rows[name].astype(np.float64) for name in ("numerator", "denominator")})


def _windows(collected: Collected, spent: NDArray[np.int64] | None, calendar: Calendar) -> list[Cells]:
    parts: list[Cells] = []
    for code, (side, window) in enumerate(zip(SIDES, (calendar.before, calendar.after), strict=True)):
        for columns, names in _dated(collected):
            names = (*names, *(name for name in ("nameless_xn", "nameless_x2") if name in columns))
            inside = (columns["day"] >= window[0]) & (columns["day"] < window[1])
            segment = _segment(columns)[inside]
            keys = {"segment": segment, "window": np.full(segment.size, code)}
            parts.append(cells(keys, {name: columns[name][inside] for name in names}))
        if "customers" in collected:
            parts.append(_window_customers(collected["customers"], side, code))
        if spent is not None:
            days = spent[:, max(0, window[0] - calendar.span[0]) : max(0, window[1] - calendar.span[0])].sum(axis=1)
            sums: Mapping[str, Array] = {f"{name}_spend": days[i : i + 1] for i, name in enumerate(CATEGORIES)}
            parts.append(cells({"segment": np.zeros(1), "window": np.full(1, code)}, sums))
    return parts or [cells({"segment": np.zeros(0), "window": np.zeros(0)}, {})]


def _window_customers(columns: Columns, side: str, code: int) -> Cells:
    names = {
        "customers": f"known_{side}",
        "purchasing_customers": f"purchasing_{side}",
        "active_customers": f"active_{side}",
        "retained_customers": f"retained_{side}",
        "first_orders": f"first_{side}",
    }
    keys = {"segment": columns["segment"], "window": np.full(columns["segment"].size, code)}
    return cells(keys, {name: columns[source] for name, source in names.items() if source in columns})


def _moments(columns: Columns | None) -> dict[int, Moments]:
    if columns is None:
        return {}
    names = wide_names("sum_orders_before" in columns, "sum_tickets_before" in columns)
    made: dict[int, Moments] = {}
    for row in np.argsort(columns["segment"]):
        products = np.zeros((len(names), len(names)))
        for i in range(len(names)):
            for j in range(i, len(names)):
                products[i, j] = products[j, i] = columns[f"product_{i}_{j}"][row]
        sums = np.array([columns[f"sum_{name}"][row] for name in names], dtype=np.int64)
        made[int(columns["segment"][row])] = Moments(
            tuple(names), int(columns["customers"][row]), sums, significant(products)
        )
    return made
