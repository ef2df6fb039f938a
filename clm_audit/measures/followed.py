"""Which customers are followed week by week, and the rows that this takes from the engine.

All of them where there are few, every k-th in the order of their ids where there are very many: what is made of
these rows (tenure, thinning, intervals by groups of customers) then costs the same at any volume.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw

from clm_audit.measures.engines import Collected, Frames

Frame = nw.LazyFrame[Any]
FOLLOWED_ORDERS = 250_000
"""Up to so many orders every customer is followed; above, one in k, so that about as many orders remain."""
FOLLOWED = "followed"
FOLLOWED_CREDITS = "followed_credits"


def one_in(daily: Collected) -> int:
    """Every how manieth customer is followed; 1 = all of them. Odd, as ids often alternate.

    >>> import numpy as np
    >>> [one_in({"orders": {"counted": np.array([each])}}) for each in (250_000, 250_001, 10_000_000)]
    [1, 3, 41]
    """
    orders = int(daily["orders"]["counted"].sum()) if "orders" in daily else 0
    return -(-orders // FOLLOWED_ORDERS) | 1


def followed_frames(weekly: Frame, notes: Frame | None, at: nw.Expr, width: int, every: int) -> Frames:
    """Orders (n) and net cents (x) per followed customer and week (``at`` = customer × width + week), and what
    credit notes gave back in it."""
    chosen = weekly if every == 1 else weekly.filter(nw.col("at") // width % every == 0)
    frames = {FOLLOWED: chosen}
    if notes is not None:
        known = notes.filter(~nw.col("customer").is_null(), nw.col("customer") % every == 0)
        given = known.select("segment", x=nw.col("net"), at=at).group_by("at")
        frames[FOLLOWED_CREDITS] = given.agg(nw.col("x").sum().cast(nw.Int64), nw.col("segment").max())
    return frames


def largest_frame(wide: Frame) -> Frame:
    """The customer with the largest net revenue in the two windows; of equals the first by id."""
    revenue = (nw.col("revenue_before") + nw.col("revenue_after")).cast(nw.Int64)
    return wide.select("customer", revenue=revenue).sort("revenue", "customer", descending=[True, False]).head(1)


def second_look(orders: Frame, notes: Frame | None, at: nw.Expr, limit: int, largest: int | None) -> Frames:
    """What needs numbers that only the first look gives: per week, what lies above ``limit`` cents an order, and
    what the largest customer did. ``at``: the week of a row."""
    over = orders.filter(nw.col("net") > limit).select(week=at, over=nw.col("net") - limit)
    frames = {"over": over.group_by("week").agg(nw.len().alias("orders"), nw.col("over").sum())}
    if largest is not None:
        frames["largest"] = _weeks_of(orders, largest, at)
        if notes is not None:
            frames["largest_credits"] = _weeks_of(notes, largest, at)
    return frames


def _weeks_of(rows: Frame, customer: int, at: nw.Expr) -> Frame:
    mine = rows.filter(nw.col("customer") == customer).select(week=at, net=nw.col("net"))
    return mine.group_by("week").agg(nw.len().alias("rows"), nw.col("net").sum())
