"""Canonical events -> small additive frames: every metric's totals from one pass, written once.

Only operations of ``permitted.py``. All keys that are divided are made non-negative first, because
engines differ on floor division of negative numbers.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw

from clm_audit.measures.contacts import acquired_frame, aggregate_frame, campaign_frame, ticket_frame
from clm_audit.measures.coverage import acquired_by, day_counts
from clm_audit.measures.daily import CREDIT_NOTE, as_float, flag, inside
from clm_audit.measures.engines import Collected, Columns, Frames
from clm_audit.measures.entrants import comers, entrant_frames, silence
from clm_audit.measures.followed import followed_frames, one_in, second_look
from clm_audit.measures.grid import Grid
from clm_audit.measures.model import Calendar
from clm_audit.measures.runs import in_memory, lazy
from clm_audit.measures.weekly import comers_in_memory, gaps_in_memory, order_weeks, stepped
from clm_audit.measures.wide import customer_frames

Frame = nw.LazyFrame[Any]
Split = tuple[str, ...]  # ("segment",), or nothing where all rows have the same one: then no row carries it along


def placed(calendar: Calendar, found: Columns) -> list[nw.Expr]:
    """Conditions of the rows that lie on their side of go-live and inside the span.

    A condition that the daily counts prove to hold for all rows is not asked again.
    """
    day = nw.col("day")
    conditions: list[nw.Expr] = []
    if found["day"].size and (found["day"].min() < calendar.span[0] or found["day"].max() >= calendar.span[1]):
        conditions.append((day >= calendar.span[0]) & (day < calendar.span[1]))
    if (found["side"] != 0).any():
        side, live = nw.col("side"), calendar.go_live
        conditions.append((side == 0) | ((side < 0) & (day < live)) | ((side > 0) & (day >= live)))
    return conditions


def _counted(tables: Frames, daily: Collected, calendar: Calendar, table: str) -> Frame:
    """The rows that count: where they belong, and not left out."""
    found = daily[table]
    conditions = placed(calendar, found)
    if table in ("orders", "tickets") and (found["counted"] != found["rows"]).any():
        conditions.append(nw.col("left_out").is_null())
    frame = tables[table]
    return frame.filter(*conditions) if conditions else frame


def _credit_notes(tables: Frames, daily: Collected, calendar: Calendar) -> Frame | None:
    """Credit notes: what each gives back (``refunded``) at its own date, and as negative ``net``.

    They are no orders. Some systems write the amount below zero, some above it; both mean the same.
    """
    if not daily["orders"]["credited"].any():
        return None
    noted = tables["orders"].filter(*placed(calendar, daily["orders"]), nw.col("left_out") == CREDIT_NOTE)
    return noted.select("customer", "day", nw.col("segment").fill_null(0), refunded=nw.col("gross").abs()).with_columns(
        net=0 - nw.col("refunded")
    )


def order_frames(
    orders: Frame,
    notes: Frame | None,
    calendar: Calendar,
    split: Split,
    every: int = 1,
    customers: Frame | None = None,
) -> Frames:
    """Orders per day, order values per window, customers per period, gaps between order weeks, the weeks of
    every ``every``-th customer, and what became of those who came. ``customers``: their table, where it says when
    each of them came.

    Credit notes take part in the sums of days and in what a customer did in a period, and nowhere else.
    """
    grid = Grid.of(calendar)
    followed_up = calendar.inactivity_weeks > 0
    weeks = order_weeks(orders, grid, split, dated=followed_up)
    gaps, each = _customers(weeks, grid, calendar, split)
    weekly = weeks.select("at", "n", "x", *split)
    credited = {} if notes is None else {"credit_days": _credit_days(notes)}
    return {
        **credited,
        "order_days": _order_days(orders, split),
        "values": _values(orders, calendar),
        "buyers": _buyers(weekly, notes, calendar.merge["orders"], grid, split),
        "gaps": gaps,
        **(entrant_frames(each, customers, grid, calendar, split) if each is not None else {}),
        **followed_frames(weekly, notes, grid.at(), grid.width, every),
    }


def _customers(weeks: Frame, grid: Grid, calendar: Calendar, split: Split) -> tuple[Frame, Frame | None]:
    """Gaps between order weeks, and one row a customer where somebody asks what became of those who came."""
    followed_up = calendar.inactivity_weeks > 0
    if in_memory(weeks):
        each = lazy(comers_in_memory(weeks, grid, split, silence(calendar))) if followed_up else None
        return lazy(gaps_in_memory(weeks, grid, split)), each
    steps = stepped(weeks, grid, split, dated=followed_up)
    return _gaps(steps, grid, split), comers(steps, grid, calendar, split) if followed_up else None


def _one(split: Split) -> dict[str, nw.Expr]:
    """A customer's segment never changes: any of its rows tells it."""
    return {name: nw.col(name).max() for name in split}


def _known_segment(split: Split) -> list[nw.Expr]:
    return [nw.col(name).fill_null(0) for name in split]


def _order_days(orders: Frame, split: Split) -> Frame:
    """Sums per segment and day; anonymous orders are clusters of one, so their moments are theirs alone.

    The float sums of absolute amounts only prove that no integer sum can have wrapped.
    """
    nameless = nw.when(nw.col("customer").is_null())
    net = as_float("net")
    typed = orders.select(
        "day",
        "gross",
        "refunded",
        "net",
        *_known_segment(split),
        known=flag(~nw.col("customer").is_null()),
        nameless_xn=nameless.then(net).otherwise(nw.lit(0.0)),
        nameless_x2=nameless.then(net * net).otherwise(nw.lit(0.0)),
        size=as_float("gross").abs() + as_float("refunded").abs() + net.abs(),
    )
    names = ("gross", "refunded", "net", "nameless_xn", "nameless_x2", "size")
    return typed.group_by(*split, "day").agg(
        orders=nw.len(), known_orders=nw.col("known").sum(), **{name: nw.col(name).sum() for name in names}
    )


def _credit_days(notes: Frame) -> Frame:
    """The same sums of credit notes; a nameless one is a cluster of its own, with 0 orders."""
    net = as_float("net")
    typed = notes.select(
        "segment",
        "day",
        "refunded",
        "net",
        nameless_net=nw.when(nw.col("customer").is_null()).then(nw.col("net")).otherwise(nw.lit(0)),
        nameless_x2=nw.when(nw.col("customer").is_null()).then(net * net).otherwise(nw.lit(0.0)),
        size=as_float("refunded") + net.abs(),
    )
    names = ("refunded", "net", "nameless_net", "nameless_x2", "size")
    return typed.group_by("segment", "day").agg(**{name: nw.col(name).sum() for name in names})


def _values(orders: Frame, calendar: Calendar) -> Frame:
    """The exact histogram of net order values in the two windows."""
    before, after = inside(calendar.before), inside(calendar.after)
    placed = orders.filter(before | after).select(window=flag(after), cents=nw.col("net"))
    return placed.group_by("window", "cents").agg(orders=nw.len())


def _buyers(weekly: Frame, notes: Frame | None, weeks: int, grid: Grid, split: Split) -> Frame:
    """Customers who ordered, and second moments of what each did in a period, per segment and period."""
    names = ("at", *split, "n", "x")
    periodic = weekly.with_columns(nw.col("at") // weeks)
    if notes is not None:
        known = notes.filter(~nw.col("customer").is_null())
        given = known.with_columns(n=nw.lit(0).cast(nw.Int64), x=nw.col("net"), at=grid.at() // weeks)
        periodic = nw.concat([periodic.select(*names), given.select(*names)], how="vertical")
    if weeks > 1 or notes is not None:
        periodic = periodic.group_by("at").agg(nw.col("n").sum(), nw.col("x").sum(), **_one(split))
    products = periodic.select(
        *split,
        period=nw.col("at") % (grid.width // weeks),
        buyers=flag(nw.col("n") > 0),
        n2=nw.col("n") * nw.col("n"),
        x2=as_float("x") * as_float("x"),
        xn=as_float("x") * as_float("n"),
    )
    return products.group_by(*split, "period").agg(
        **{name: nw.col(name).sum() for name in ("buyers", "n2", "x2", "xn")}
    )


def _gaps(weeks: Frame, grid: Grid, split: Split) -> Frame:
    """Customers per segment, order week and weeks since their order week before it (0 = their first).

    Base, retained, first-time and lost customers of any period follow from this table alone.
    """
    keyed = weeks.select(*split, at=nw.col("packed") // 64, before=nw.col("before") // 64)
    before = keyed.with_columns(week=nw.col("at") % grid.width)
    gap = nw.col("at") - nw.col("before")
    same = (~nw.col("before").is_null()) & (gap <= nw.col("week"))
    bridged = nw.when(gap < grid.older).then(gap).otherwise(nw.lit(grid.older))
    typed = before.select(*split, "week", gap=nw.when(same).then(bridged).otherwise(nw.lit(0)).cast(nw.Int64))
    return typed.group_by(*split, "week", "gap").agg(customers=nw.len())


def total_frames(tables: Frames, daily: Collected, calendar: Calendar, *, segments: int = 2) -> Frames:
    """Every frame of totals that the tables allow, lazy; run them together.

    ``segments``: how many codes of segments there are; with a single one nothing is split by it.
    """
    split: Split = ("segment",) if segments > 1 else ()
    frames: dict[str, Frame] = {}
    counted = {
        name: _counted(tables, daily, calendar, name)
        for name in ("orders", "tickets", "sends", "responses", "campaigns")
        if name in tables and daily[name]["day"].size
    }
    orders, tickets, customers = counted.get("orders"), counted.get("tickets"), tables.get("customers")
    notes = None if orders is None else _credit_notes(tables, daily, calendar)
    if orders is not None and "orders" in calendar.merge:
        dated = acquired_by(day_counts(daily, calendar.go_live), calendar.go_live) == "system"
        frames.update(order_frames(orders, notes, calendar, split, one_in(daily), customers if dated else None))
    if tickets is not None:
        frames["ticket_days"] = ticket_frame(tickets)
    if "sends" in counted:
        frames["campaign_days"] = campaign_frame(counted["sends"], counted.get("responses"), split)
    elif "campaigns" in counted:
        frames["campaign_days"] = aggregate_frame(counted["campaigns"])
    if customers is not None and "acquired" in calendar.coverage:
        frames["acquired_days"] = acquired_frame(customers, calendar)
    if any(part is not None for part in (orders, tickets, customers)):
        dated = acquired_by(day_counts(daily, calendar.go_live), calendar.go_live) == "system"
        frames.update(customer_frames(orders, notes, tickets, customers, calendar, split, dated=dated))
    return frames


def again_frames(tables: Frames, daily: Collected, calendar: Calendar, limit: int, largest: int | None) -> Frames:
    """The second look at orders (see :func:`second_look`), under the conditions of the first."""
    orders = _counted(tables, daily, calendar, "orders")
    week = Grid.of(calendar).week(nw.col("day"))
    return second_look(orders, _credit_notes(tables, daily, calendar), week, limit, largest)
