"""Recurring revenue on one day in four weeks, the last of each period: sums over customers of what they pay on one such
day and paid on an earlier one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import numpy as np

from clm_audit.measures.engines import Collected, Frames
from clm_audit.measures.model import Calendar, Cells
from clm_audit.measures.scheme import SIDES, Side
from clm_audit.measures.totals import cells

Frame = nw.LazyFrame[Any]
STEP = 4  # weeks between two looks
YEAR = 13  # looks
MOST_LOOKS = 104  # eight years; older history says nothing about this go-live
COUNTS = ("customers", "then", "now", "kept")
SQUARES = ("now2", "kept2", "then2", "nowthen", "keptthen")


def looks(calendar: Calendar) -> range:
    """The periods of four weeks (0 begins at go-live) whose last day lies in the span, and a year before them."""
    size = 7 * STEP
    first = -((calendar.go_live - calendar.span[0]) // size) - 1
    last = (calendar.span[1] - calendar.go_live) // size
    return range(max(first, last - MOST_LOOKS), last)


def look_day(calendar: Calendar, period: int) -> int:
    """The day on which the recurring revenue of a period is looked at: its last."""
    return calendar.go_live + 7 * STEP * (period + 1) - 1


def first_look(calendar: Calendar) -> int:
    """The earliest look whose customers have met nothing but the new system since: the last of the wash-out."""
    return -(-calendar.washout_weeks // STEP) - 1


def last_look(calendar: Calendar, side: Side, end: int) -> int:
    """The last look of a window, in data that end before the day ``end``."""
    stop = min((calendar.before if side == "before" else calendar.after)[1], end)
    return (stop - calendar.go_live) // (7 * STEP) - 1


def pairs(calendar: Calendar) -> tuple[tuple[int, int], ...]:
    """(look, looks back) of all that is compared: four weeks and a year at every look; since go-live at the looks of
    the first year after it; and everything between at the last look of either window."""
    span, last = looks(calendar), [last_look(calendar, side, calendar.span[1]) for side in SIDES]
    made: list[tuple[int, int]] = []
    for at in span:
        between = range(2, YEAR) if at in last else range(at - first_look(calendar), at - first_look(calendar) + 1)
        made += [(at, back) for back in (1, *(each for each in between if 1 < each < YEAR), YEAR)]
    return tuple(made)


def subscription_frames(tables: Frames, _: Collected, calendar: Calendar) -> Frames:
    """``subscription_days``: items that began, and that ended, by day; ``recurring``: one row a segment, with sums
    over customers for each of :func:`pairs` (``then_0`` …)."""
    if "subscriptions" not in tables:
        return {}
    rows = tables["subscriptions"].filter(nw.col("left_out").is_null(), ~nw.col("customer").is_null())
    rows = rows.with_columns(nw.col("segment").fill_null(0).cast(nw.Int64))
    one = nw.lit(1).cast(nw.Int64)
    zero = nw.lit(0).cast(nw.Int64)
    began = rows.select("segment", day=nw.col("day").cast(nw.Int64), began=one, ended=zero)
    ended = rows.filter(~nw.col("until").is_null())
    ended = ended.select("segment", day=nw.col("until").cast(nw.Int64), began=zero, ended=one)
    days = nw.concat([began, ended], how="vertical").group_by("segment", "day")
    return {
        "subscription_days": days.agg(nw.col("began").sum(), nw.col("ended").sum()),
        "recurring": _recurring(rows, calendar),
    }


def _recurring(rows: Frame, calendar: Calendar) -> Frame:
    """Monthly revenue of each customer on every look day, and from it the sums of all pairs of looks."""
    span = looks(calendar)
    days = {at: look_day(calendar, at) for at in range(span.start - YEAR, span.stop)}
    start, until, monthly = nw.col("day"), nw.col("until"), nw.col("monthly")
    amounts = {
        f"m{at - span.start + YEAR}": nw.when((start <= day) & (until.is_null() | (until > day)))
        .then(monthly)
        .otherwise(nw.lit(0))
        .cast(nw.Int64)
        .sum()
        for at, day in days.items()
    }
    each = rows.filter(~monthly.is_null()).group_by("customer").agg(nw.col("segment").max(), **amounts)
    sums: dict[str, nw.Expr] = {}
    for place, (at, back) in enumerate(pairs(calendar)):
        now = at - span.start + YEAR
        sums |= _pair(place, nw.col(f"m{now}"), nw.col(f"m{now - back}"))
    return each.group_by("segment").agg(**sums)


def _pair(place: int, now: nw.Expr, then: nw.Expr) -> dict[str, nw.Expr]:
    """Sums over the customers who paid then; kept: what they pay now, as far as they paid it then."""
    zero = nw.lit(0)
    present = nw.when(then > 0)
    still = present.then(now).otherwise(zero)
    kept = nw.when(now < then).then(now).otherwise(then)
    kept = nw.when(kept > 0).then(kept).otherwise(zero)
    f_now, f_then, f_kept = (column.cast(nw.Float64) for column in (still, present.then(then).otherwise(zero), kept))
    made = {
        "customers": present.then(nw.lit(1)).otherwise(zero).cast(nw.Int64),
        "then": present.then(then).otherwise(zero).cast(nw.Int64),
        "now": still.cast(nw.Int64),
        "kept": kept.cast(nw.Int64),
        "now2": f_now * f_now,
        "kept2": f_kept * f_kept,
        "then2": f_then * f_then,
        "nowthen": f_now * f_then,
        "keptthen": f_kept * f_then,
    }
    return {f"{name}_{place}": value.sum() for name, value in made.items()}


def subscription_cells(collected: Collected, calendar: Calendar) -> Mapping[str, Cells]:
    """``subscription_days`` (segment, day): began, ended. ``recurring`` (segment, period, back): :data:`COUNTS` and
    :data:`SQUARES` in cents, ``back`` being the looks between *then* and *now*."""
    if "recurring" not in collected:
        return {}
    days, wide = collected["subscription_days"], collected["recurring"]
    segment = wide["segment"]
    made = []
    for place, (at, back) in enumerate(pairs(calendar)):
        keys = {"segment": segment, "period": np.full(segment.size, at), "back": np.full(segment.size, back)}
        made.append((keys, {what: wide[f"{what}_{place}"] for what in (*COUNTS, *SQUARES)}))
    keys = {name: np.concatenate([one[name] for one, _ in made]) for name in ("segment", "period", "back")}
    values = {name: np.concatenate([one[name] for _, one in made]) for name in (*COUNTS, *SQUARES)}
    return {
        "subscription_days": cells(
            {name: days[name] for name in ("segment", "day")}, {name: days[name] for name in ("began", "ended")}
        ),
        "recurring": cells(keys, values),
    }
