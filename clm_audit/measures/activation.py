"""Activation: new customers who did the declared event of the product within the declared days.

New means the first subscription, else the system's own date, else the first order seen. Who did the event before that
day was active from the first day on.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import narwhals as nw

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import Activation
from clm_audit.measures.coverage import acquired_by, day_counts
from clm_audit.measures.daily import flag
from clm_audit.measures.engines import Collected, Frames
from clm_audit.measures.exposure import Share, Watch, measured
from clm_audit.measures.model import Calendar, Cells, MetricTotals
from clm_audit.measures.periods import Inputs, blank
from clm_audit.measures.runs import NEVER
from clm_audit.measures.spells import first_spells, reach, watched
from clm_audit.measures.totals import cells

Frame = nw.LazyFrame[Any]
CODES = ("no_activation_event", "event_never_seen")


def entered_by(tables: Collection[str], daily: Collected, calendar: Calendar) -> str | None:
    """What says when somebody became a customer: ``subscriptions``, ``acquired``, or ``first order``."""
    if "subscriptions" in tables:
        return "subscriptions"
    if "customers" in tables:
        by = acquired_by(day_counts(daily, calendar.go_live), calendar.go_live)
        if by == "system" and "customers" in daily and daily["customers"]["acquired"].size:
            return "acquired"
    return "first order" if "orders" in tables else None


def activation_frames(activation: Activation | None, tables: Frames, daily: Collected, calendar: Calendar) -> Frames:
    """``activated``: newcomers by week, and how many did the event in time; ``activation_days``: days until they did,
    of those who came in a window."""
    source = entered_by(tables, daily, calendar)
    if activation is None or source is None or "events" not in tables:
        return {}
    done = tables["events"].filter(nw.col("event") == activation.event, ~nw.col("customer").is_null())
    done = done.group_by("customer").agg(done=nw.col("day").min())
    each = _newcomers(source, tables, calendar).join(done, on="customer", how="left")
    never = nw.col("done").is_null()
    after = nw.when(nw.col("done") > nw.col("start")).then(nw.col("done") - nw.col("start")).otherwise(nw.lit(0))
    each = each.select("segment", "start", days=nw.when(never).then(nw.lit(NEVER)).otherwise(after).cast(nw.Int64))
    shift = 7 * (calendar.go_live // 7)
    typed = each.select(
        "segment",
        week=(nw.col("start") - calendar.go_live + shift) // 7,
        activated=flag(nw.col("days") <= activation.within),
    ).filter(nw.col("week") >= 0)
    windows = _since(first_week(daily, calendar), watched(calendar, reach(daily["events"]["day"], calendar)), calendar)
    return {
        "activated": typed.group_by("segment", "week").agg(entrants=nw.len(), activated=nw.col("activated").sum()),
        "activation_days": _waits(each, windows),
    }


def first_week(daily: Collected, calendar: Calendar) -> int:
    """The first whole week in which events of the product are recorded."""
    return -((calendar.go_live - max(int(daily["events"]["day"].min()), calendar.span[0])) // 7)


def _since(
    week: int, windows: tuple[tuple[int, int], tuple[int, int]], calendar: Calendar
) -> tuple[tuple[int, int], ...]:
    """The windows, without what came before a week."""
    begin = calendar.go_live + 7 * week
    return tuple((max(start, begin), end) for start, end in windows)


def _newcomers(source: str, tables: Frames, calendar: Calendar) -> Frame:
    """``customer``, ``segment``, ``start``: the day on which each became a customer. By orders alone only those count
    who are first seen after the weeks of the base: the others may be old."""
    if source == "subscriptions":
        return first_spells(tables["subscriptions"]).select("customer", "segment", "start")
    table, day = ("customers", "acquired") if source == "acquired" else ("orders", "day")
    rows = tables[table].filter(~nw.col("customer").is_null(), ~nw.col(day).is_null())
    if table == "orders":
        rows = rows.filter(nw.col("left_out").is_null())
    each = rows.group_by("customer").agg(start=nw.col(day).min(), segment=nw.col("segment").fill_null(0).max())
    each = each.select("customer", nw.col("segment").cast(nw.Int64), nw.col("start").cast(nw.Int64))
    return each if table != "orders" else each.filter(nw.col("start") >= calendar.go_live + 7 * calendar.base_from)


def _waits(each: Frame, windows: tuple[tuple[int, int], ...]) -> Frame:
    """Days until the event of those who came in a window, seen from within it: ``done``, or watched to its end."""
    parts = []
    for cohort, (start, end) in enumerate(windows):
        mine = each.filter(nw.col("start") >= start, nw.col("start") < end)
        done = nw.col("start") + nw.col("days") < end
        days = nw.when(done).then(nw.col("days")).otherwise(nw.lit(end - 1) - nw.col("start"))
        parts.append(mine.select(cohort=nw.lit(cohort).cast(nw.Int64), days=days, done=flag(done)))
    both = nw.concat(parts, how="vertical").group_by("cohort", "days")
    return both.agg(nw.col("done").sum(), watched=nw.len())


def activation_cells(collected: Collected, calendar: Calendar) -> dict[str, Cells]:
    """``activated`` (segment, week): entrants, activated. ``activation_days`` (cohort, days): done, watched."""
    if "activated" not in collected:
        return {}
    came, waits = collected["activated"], collected["activation_days"]
    keys = {"segment": came["segment"], "week": came["week"] - calendar.go_live // 7}
    ages = {name: waits[name] for name in ("cohort", "days")}
    return {
        "activated": cells(keys, {name: came[name] for name in ("entrants", "activated")}),
        "activation_days": cells(ages, {name: waits[name] for name in ("done", "watched")}),
    }


def activation_rate(inputs: Inputs) -> MetricTotals:
    """New customers who did the event in time; they count from the first recorded event of the product on."""
    activation = inputs.plan.activation
    if activation is None:
        return blank("activation_rate", NotAssessable(code="no_activation_event", detail={"fact": "events"}))
    found = inputs.totals.cells.get("activated")
    source = entered_by(inputs.facts.tables, inputs.daily, inputs.calendar)
    if found is None or source is None:
        return blank("activation_rate", inputs.absent("customers"))
    if not found.values["activated"].any():
        return blank("activation_rate", NotAssessable(code="event_never_seen", detail={"within": activation.within}))
    calendar, days = inputs.calendar, inputs.daily["events"]["day"]
    span = max(int(days.min()), calendar.span[0]), reach(days, calendar)
    first = first_week(inputs.daily, calendar)
    how: dict[str, str | int | float] = {"within": activation.within, "entered_by": source}
    if source == "first order":
        first = max(first, calendar.base_from)
        how["look_back"] = calendar.base_weeks
    share = Share(
        "activation_rate", found, "activated", "entrants", span, Watch(ahead=activation.within), first, how=how
    )
    return measured(inputs, share)
