"""The wide customer vector: what each customer did in both windows, reduced to sums and all pairs of products."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from clm_audit.measures.daily import as_float, flag, inside
from clm_audit.measures.model import Calendar

Frame = nw.LazyFrame[Any]
SIDES = ("before", "after")
NEVER = 2**31 - 1  # a day later than all days


def customer_frame(orders: Frame | None, tickets: Frame | None, customers: Frame | None, calendar: Calendar) -> Frame:
    """The wide customer vector per segment: sums and all pairs of products, and customers by what they did."""
    parts: list[Frame] = []
    if orders is not None:
        parts.append(_order_part(orders, calendar))
    if tickets is not None:
        parts.append(_ticket_part(tickets, calendar))
    if customers is not None:
        parts.append(customers.group_by("customer").agg(segment=nw.col("segment").fill_null(0).max()))
    names = wide_names(orders is not None, tickets is not None)
    marks = [f"{name}_{side}" for name in ("active", "prior") for side in SIDES] if orders is not None else []
    wide = parts[0]
    if len(parts) > 1:
        wide = nw.concat(
            [_widened(part, [*names, *marks], "first" in names_of(part)) for part in parts], how="vertical"
        )
        wide = wide.group_by("customer").agg(
            nw.col("segment").max(), nw.col("first").min(), **{name: nw.col(name).sum() for name in [*names, *marks]}
        )
    return _moments(wide, names, calendar, orders is not None)


def names_of(frame: Frame) -> list[str]:
    """The columns of a lazy frame."""
    return frame.collect_schema().names()


def wide_names(orders: bool, tickets: bool) -> list[str]:
    """The quantities of the wide customer vector, in order."""
    quantities = (["orders", "revenue"] if orders else []) + (["tickets", "cost", "seconds"] if tickets else [])
    return [f"{quantity}_{side}" for quantity in quantities for side in SIDES]


def _widened(part: Frame, names: list[str], dated: bool) -> Frame:
    held = set(names_of(part))
    filled = {name: nw.col(name).cast(nw.Int64) if name in held else nw.lit(0).cast(nw.Int64) for name in names}
    first = nw.col("first").cast(nw.Int64) if dated else nw.lit(NEVER).cast(nw.Int64)
    return part.select("customer", nw.col("segment").cast(nw.Int64), first=first, **filled)


def _mark(condition: nw.Expr) -> nw.Expr:
    """A narrow flag: one customer's sums of it stay far below 2^31, and narrow columns are faster."""
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int32)


def _order_part(orders: Frame, calendar: Calendar) -> Frame:
    known = orders.filter(~nw.col("customer").is_null())
    columns: dict[str, nw.Expr] = {}
    for side, window in zip(SIDES, (calendar.before, calendar.after), strict=True):
        reach = 7 * calendar.base_weeks
        columns[f"orders_{side}"] = _mark(inside(window))
        columns[f"revenue_{side}"] = nw.when(inside(window)).then(nw.col("net")).otherwise(nw.lit(0))
        columns[f"active_{side}"] = _mark(inside((window[1] - reach, window[1])))
        columns[f"prior_{side}"] = _mark(inside((window[0] - reach, window[0])))
    typed = known.select("customer", "day", nw.col("segment").fill_null(0), **columns)
    return typed.group_by("customer").agg(
        segment=nw.col("segment").max(), first=nw.col("day").min(), **{name: nw.col(name).sum() for name in columns}
    )


def _ticket_part(tickets: Frame, calendar: Calendar) -> Frame:
    known = tickets.filter(~nw.col("customer").is_null())
    columns: dict[str, nw.Expr] = {}
    for side, window in zip(SIDES, (calendar.before, calendar.after), strict=True):
        columns[f"tickets_{side}"] = flag(inside(window))
        for name in ("cost", "seconds"):
            value = nw.when(inside(window)).then(nw.col(name).fill_null(0)).otherwise(nw.lit(0))
            columns[f"{name}_{side}"] = value
    typed = known.select("customer", nw.col("segment").fill_null(0), **columns)
    return typed.group_by("customer").agg(
        segment=nw.col("segment").max(), **{name: nw.col(name).sum() for name in columns}
    )


def _moments(wide: Frame, names: list[str], calendar: Calendar, ordered: bool) -> Frame:
    sums = {f"sum_{name}": nw.col(name).cast(nw.Int64).sum() for name in names}
    products = {
        f"product_{i}_{j}": (as_float(a) * as_float(b)).sum()
        for i, a in enumerate(names)
        for j, b in enumerate(names)
        if i <= j
    }
    marks: dict[str, nw.Expr] = {}
    if ordered:
        for side, window in zip(SIDES, (calendar.before, calendar.after), strict=True):
            bought = nw.col(f"orders_{side}") > 0
            first = (nw.col("first") >= window[0]) & (nw.col("first") < window[1])
            marks[f"purchasing_{side}"] = flag(bought).sum()
            marks[f"active_{side}"] = flag(nw.col(f"active_{side}") > 0).sum()
            marks[f"retained_{side}"] = flag(bought & (nw.col(f"prior_{side}") > 0)).sum()
            marks[f"first_{side}"] = flag(first).sum()
    return wide.group_by("segment").agg(customers=nw.len(), **sums, **products, **marks)
