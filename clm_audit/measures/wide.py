"""The wide customer vector: what each customer did in both windows, reduced to sums and all pairs of products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw

from clm_audit.measures.daily import as_float, flag, inside
from clm_audit.measures.engines import Frames
from clm_audit.measures.followed import largest_frame
from clm_audit.measures.model import Calendar
from clm_audit.measures.runs import NEVER, beside, held, in_memory, in_windows, lazy

Frame = nw.LazyFrame[Any]
SIDES = ("before", "after")


def customer_frames(
    orders: Frame | None,
    notes: Frame | None,
    tickets: Frame | None,
    customers: Frame | None,
    calendar: Calendar,
    split: tuple[str, ...],
    *,
    dated: bool = False,
) -> Frames:
    """``customers``: the wide customer vector per segment, as sums and all pairs of products, and customers by what
    they did; and, with orders, which of them has the ``largest`` revenue.

    ``dated``: the system says who became a customer and when, so that a record without that date and without
    an order is not a customer (yet). A credit note takes from its customer's revenue and says nothing else.
    ``split`` is empty when all rows have the same segment.
    """
    parts: list[Frame] = []
    if orders is not None:
        parts.append(_order_part(orders, calendar, split))
    if notes is not None:
        parts.append(_credit_part(notes, calendar))
    if tickets is not None:
        parts.append(_ticket_part(tickets, calendar))
    if customers is not None:
        parts.append(_file_part(customers, calendar, dated))
    names = wide_names(orders is not None, tickets is not None)
    marks = [f"{name}_{side}" for name in ("active", "prior") for side in SIDES] if orders is not None else []
    wide = parts[0] if len(parts) == 1 else _together(parts, [*names, *marks])
    sums = _moments(wide, names, calendar, orders is not None, dated)
    frames = {"customers": _by_segment(wide, sums, split)}
    return frames if orders is None else {**frames, "largest": largest_frame(wide)}


def _together(parts: Sequence[Frame], sums: list[str]) -> Frame:
    """One row a customer out of parts that each have one."""
    days, of = ("first", "since"), ("segment",)
    if in_memory(parts[0]):
        return lazy(beside([part.to_native().collect() for part in parts], sums, days, of))
    both = nw.concat([_widened(part, sums) for part in parts], how="vertical")
    most = {name: nw.col(name).max() for name in of} | {name: nw.col(name).min() for name in days}
    return both.group_by("customer").agg(**most, **{name: nw.col(name).sum() for name in sums})


def names_of(frame: Frame) -> list[str]:
    """The columns of a lazy frame."""
    return frame.collect_schema().names()


def wide_names(orders: bool, tickets: bool) -> list[str]:
    """The quantities of the wide customer vector, in order."""
    quantities = (["orders", "revenue"] if orders else []) + (["tickets", "cost", "seconds"] if tickets else [])
    return [f"{quantity}_{side}" for quantity in quantities for side in SIDES]


def _widened(part: Frame, names: list[str]) -> Frame:
    held = set(names_of(part))
    filled = {name: nw.col(name).cast(nw.Int64) if name in held else nw.lit(0).cast(nw.Int64) for name in names}
    days = {name: nw.col(name).cast(nw.Int64) if name in held else nw.lit(NEVER) for name in ("first", "since")}
    days = {name: day.cast(nw.Int64) for name, day in days.items()}
    return part.select("customer", nw.col("segment").cast(nw.Int64), **days, **filled)


def _file_part(customers: Frame, calendar: Calendar, dated: bool) -> Frame:
    """Customers on file, and the day since when they are known to be there (a file of *before* proves it)."""
    proved = nw.when(nw.col("side") < 0).then(nw.lit(calendar.before[1] - 1)).otherwise(nw.lit(NEVER))
    since = nw.col("acquired").cast(nw.Int64).fill_null(NEVER) if dated else proved.cast(nw.Int64)
    typed = customers.select("customer", nw.col("segment").fill_null(0), since=since)
    return typed.group_by("customer").agg(nw.col("segment").max(), nw.col("since").min())


def _mark(condition: nw.Expr) -> nw.Expr:
    """A narrow flag: one customer's sums of it stay far below 2^31, and narrow columns are faster."""
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int32)


def _order_part(orders: Frame, calendar: Calendar, split: tuple[str, ...]) -> Frame:
    spans = {f"{name}_{side}": span for side in SIDES for name, span in _spans(calendar, side).items()}
    if in_memory(orders):
        rows = held(orders, "day", "net", *(nw.col(name).fill_null(0) for name in split))
        bought = in_windows(rows, spans, _sums(calendar, revenue="net"), split)
        return lazy(bought if split else bought.with_columns(segment=0))
    known = orders.filter(~nw.col("customer").is_null())
    first = {span: name for name, span in reversed(spans.items())}  # equal spans are counted once
    columns = {name: _mark(inside(span)) for span, name in first.items()}
    for side, window in zip(SIDES, (calendar.before, calendar.after), strict=True):
        columns[f"revenue_{side}"] = nw.when(inside(window)).then(nw.col("net")).otherwise(nw.lit(0))
    typed = known.select("customer", "day", *(nw.col(name).fill_null(0) for name in split), **columns)
    sums = {name: nw.col(name).sum() for name in columns} | {name: nw.col(name).max() for name in split}
    found = typed.group_by("customer").agg(first=nw.col("day").min(), **sums)
    copies = {name: nw.col(first[span]) for name, span in spans.items()}
    return found.with_columns(**copies, **({} if split else {"segment": nw.lit(0)}))


def _spans(calendar: Calendar, side: str) -> dict[str, tuple[int, int]]:
    """The days in which an order makes a customer a buyer of a window, active at its end, or known before it."""
    start, end = calendar.before if side == "before" else calendar.after
    reach = 7 * calendar.base_weeks
    return {"orders": (start, end), "active": (end - reach, end), "prior": (start - reach, start)}


def _sums(calendar: Calendar, **sources: str) -> dict[str, tuple[str, tuple[int, int]]]:
    """For each quantity of both windows its column and the window."""
    windows = zip(SIDES, (calendar.before, calendar.after), strict=True)
    return {f"{name}_{side}": (source, window) for side, window in windows for name, source in sources.items()}


def _credit_part(notes: Frame, calendar: Calendar) -> Frame:
    known = notes.filter(~nw.col("customer").is_null())
    columns = {
        f"revenue_{side}": nw.when(inside(window)).then(nw.col("net")).otherwise(nw.lit(0))
        for side, window in zip(SIDES, (calendar.before, calendar.after), strict=True)
    }
    typed = known.select("customer", "segment", **columns)
    return typed.group_by("customer").agg(
        segment=nw.col("segment").max(), **{name: nw.col(name).sum() for name in columns}
    )


def _ticket_part(tickets: Frame, calendar: Calendar) -> Frame:
    if in_memory(tickets):
        rows = held(tickets, "day", *(nw.col(name).fill_null(0) for name in ("segment", "cost", "seconds")))
        counts = {f"tickets_{side}": span for side, span in zip(SIDES, (calendar.before, calendar.after), strict=True)}
        found = in_windows(rows, counts, _sums(calendar, cost="cost", seconds="seconds"), ["segment"])
        return lazy(found.drop("first"))
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


def _known(held: set[str], end: int, dated: bool) -> nw.Expr:
    """How many customers were on file before a day; those of whom no file says since when always were."""
    if not held & {"first", "since"}:
        return nw.len()
    known = nw.lit(False)
    for name in ("first", "since"):
        if name in held:
            known = known | (nw.col(name) < end)
    if not dated:
        known = known | (nw.col("first") == NEVER if "first" in held else nw.lit(True))
    return flag(known).sum()


def _by_segment(wide: Frame, sums: Mapping[str, nw.Expr], split: tuple[str, ...]) -> Frame:
    """The sums per segment; in memory rows of one segment are summed without asking each for it."""
    if split or not in_memory(wide):
        return wide.group_by("segment").agg(customers=nw.len(), **sums)
    whole = wide.select(nw.col("segment").max(), customers=nw.len(), **sums)
    return whole.filter(nw.col("customers") > 0)


def _moments(wide: Frame, names: list[str], calendar: Calendar, ordered: bool, dated: bool) -> Mapping[str, nw.Expr]:
    sums = {f"sum_{name}": nw.col(name).cast(nw.Int64).sum() for name in names}
    products = {
        f"product_{i}_{j}": (as_float(a) * as_float(b)).sum()
        for i, a in enumerate(names)
        for j, b in enumerate(names)
        if i <= j
    }
    held = set(names_of(wide))
    marks: dict[str, nw.Expr] = {
        f"known_{side}": _known(held, window[1], dated)
        for side, window in zip(SIDES, (calendar.before, calendar.after), strict=True)
    }
    if ordered:
        for side, window in zip(SIDES, (calendar.before, calendar.after), strict=True):
            bought = nw.col(f"orders_{side}") > 0
            first = (nw.col("first") >= window[0]) & (nw.col("first") < window[1])
            marks[f"purchasing_{side}"] = flag(bought).sum()
            marks[f"active_{side}"] = flag(nw.col(f"active_{side}") > 0).sum()
            marks[f"retained_{side}"] = flag(bought & (nw.col(f"prior_{side}") > 0)).sum()
            marks[f"first_{side}"] = flag(first).sum()
    return {**sums, **products, **marks}
