"""Net and gross revenue retention: what the customers of twelve months ago pay now, by what they paid then.

Recurring revenue is looked at on one day in four weeks, the last of each period. The plain reading compares the last
such day of a window with the day 52 weeks before it. Twelve months overlap from one look to the next, and those that
reach back over go-live would mix both systems: so the model reads the retention of each four weeks on its own, at its
yearly pace (to the power of 13), which a change at go-live moves at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import numpy as np

from clm_audit.config.base import NotAssessable
from clm_audit.config.vocabulary import LifecycleId
from clm_audit.measures.coverage import LONGEST_SILENCE
from clm_audit.measures.engines import Collected, Frames
from clm_audit.measures.exposure import FEWEST_LOST
from clm_audit.measures.model import WEEKS_PER_YEAR, Calendar, Cells, MetricTotals, Ratio, SegmentRatio
from clm_audit.measures.orders import CENTS
from clm_audit.measures.periods import Inputs, Segments, blank, codes_by_label, too_few
from clm_audit.measures.scheme import SIDES, Line, Side, ratio
from clm_audit.measures.totals import along, cells

Frame = nw.LazyFrame[Any]
STEP = 4  # weeks between two looks
YEAR = 13  # looks
MOST_LOOKS = 104  # eight years; older history says nothing about this go-live
LOOKS = {"year": YEAR, "pace": 1}
COUNTS = ("customers", "then", "now", "kept")
SQUARES = ("now2", "kept2", "then2", "nowthen", "keptthen")
CODES = ("no_interval", "none_ended", "short_look_back")


def looks(calendar: Calendar) -> range:
    """The periods of four weeks (0 begins at go-live) whose last day lies in the span, and a year before them."""
    size = 7 * STEP
    first = -((calendar.go_live - calendar.span[0]) // size) - 1
    last = (calendar.span[1] - calendar.go_live) // size
    return range(max(first, last - MOST_LOOKS), last)


def look_day(calendar: Calendar, period: int) -> int:
    """The day on which the recurring revenue of a period is looked at: its last."""
    return calendar.go_live + 7 * STEP * (period + 1) - 1


def subscription_frames(tables: Frames, _: Collected, calendar: Calendar) -> Frames:
    """``subscription_days``: items that began, and that ended, by day; ``recurring``: one row a segment, with sums
    over customers for each look back of a year and of four weeks (``year_then_0`` …, ``pace_then_0`` …)."""
    if "subscriptions" not in tables:
        return {}
    rows = tables["subscriptions"].filter(nw.col("left_out").is_null(), ~nw.col("customer").is_null())
    rows = rows.with_columns(
        nw.col("segment").fill_null(0).cast(nw.Int64),
        # the same end as that of a customer's spell: of a subscription whose end nobody wrote, the day it was cancelled
        until=nw.when(nw.col("until").is_null()).then(nw.col("cancelled")).otherwise(nw.col("until")),
    )
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
    for at in range(len(span)):
        for name, back in LOOKS.items():
            sums |= _pair(f"{name}_", at, nw.col(f"m{at + YEAR}"), nw.col(f"m{at + YEAR - back}"))
    return each.group_by("segment").agg(**sums)


def _pair(prefix: str, at: int, now: nw.Expr, then: nw.Expr) -> dict[str, nw.Expr]:
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
    return {f"{prefix}{name}_{at}": value.sum() for name, value in made.items()}


def subscription_cells(collected: Collected, calendar: Calendar) -> Mapping[str, Cells]:
    """``subscription_days`` (segment, day): began, ended. ``recurring`` (segment, period, back): :data:`COUNTS` and
    :data:`SQUARES` in cents, ``back`` being the looks between *then* and *now*, 13 or 1."""
    if "recurring" not in collected:
        return {}
    days, wide = collected["subscription_days"], collected["recurring"]
    span, segment = looks(calendar), wide["segment"]
    made = []
    for name, back in LOOKS.items():
        for at, period in enumerate(span):
            keys = {"segment": segment, "period": np.full(segment.size, period), "back": np.full(segment.size, back)}
            made.append((keys, {what: wide[f"{name}_{what}_{at}"] for what in (*COUNTS, *SQUARES)}))
    keys = {name: np.concatenate([one[name] for one, _ in made]) for name in ("segment", "period", "back")}
    values = {name: np.concatenate([one[name] for _, one in made]) for name in (*COUNTS, *SQUARES)}
    return {
        "subscription_days": cells(
            {name: days[name] for name in ("segment", "day")}, {name: days[name] for name in ("began", "ended")}
        ),
        "recurring": cells(keys, values),
    }


def paid_days(inputs: Inputs) -> tuple[int, int]:
    """First day of any subscription, and the day after the last on which one began or ended (not in the future)."""
    found = inputs.totals.cells["subscription_days"].keys["day"]
    end = inputs.calendar.span[1]
    inside = found[found < end]
    last = int(inside.max()) + 1 if inside.size else end
    return int(found.min()), end if end - last <= LONGEST_SILENCE else last


def told_days(inputs: Inputs) -> tuple[int, int]:
    """The same from the first recorded loss of a customer on: what came before was only kept in the export if it
    stayed, and would show revenue that nobody ever took away. A few losses do not say since when they are recorded."""
    first, end = paid_days(inputs)
    found = inputs.totals.cells.get("spell_days")
    if found is None:
        return first, end
    day, ended = found.keys["day"], found.values["ended"]
    inside = (ended > 0) & (day < end)
    return (max(first, int(day[inside].min())), end) if ended[inside].sum() >= FEWEST_LOST else (first, end)


def paid_in(inputs: Inputs) -> tuple[str, ...]:
    """The currencies of the subscriptions, which may be others than those of the orders; none when nobody says."""
    prefix = "subscriptions.currency."
    return tuple(name.removeprefix(prefix) for name in sorted(inputs.facts.evidence) if name.startswith(prefix))


def refused(inputs: Inputs) -> NotAssessable | None:
    """Why subscriptions cannot tell how revenue is kept."""
    found = inputs.totals.cells.get("subscription_days")
    if found is None or not found.keys["day"].size:
        return inputs.absent("subscriptions")
    currencies = paid_in(inputs)
    if len(currencies) > 1:
        return NotAssessable(code="mixed_currencies", detail={"currencies": ", ".join(currencies)})
    if not inputs.totals.cells["recurring"].values["then"].any():
        return NotAssessable(code="no_interval", detail={"fact": "subscriptions"})
    if not found.values["ended"].any():
        return NotAssessable(code="none_ended", detail={"fact": "subscriptions"})
    return None


def nrr(inputs: Inputs) -> MetricTotals:
    """With expansion."""
    return _retention(inputs, "nrr", "now")


def grr(inputs: Inputs) -> MetricTotals:
    """Without expansion: nobody counts for more than then."""
    return _retention(inputs, "grr", "kept")


def _retention(inputs: Inputs, metric: LifecycleId, what: str) -> MetricTotals:
    why = refused(inputs)
    if why:
        return blank(metric, why)
    calendar, span = inputs.calendar, looks(inputs.calendar)
    first, end = told_days(inputs)
    usable = [at for at in span if look_day(calendar, at - 1) >= first and look_day(calendar, at) < end]
    if not usable:
        return blank(metric, NotAssessable(code="too_short_before", detail={"side": "before"}))
    periods = (usable[0], usable[-1] + 1)
    num, den, s2 = _pace(inputs, what, periods)
    n0 = max(0, min(-periods[0], periods[1] - periods[0]))
    starts = calendar.go_live + 7 * STEP * np.arange(*periods, dtype=np.int64)
    gone = (starts >= calendar.go_live) & (starts < calendar.go_live + 7 * calendar.washout_weeks)
    gone |= ~(num > 0) | ~(den > 0)
    sides = {side: _window(inputs, what, side, None) for side in SIDES}
    missing = next((side for side in sides.values() if isinstance(side, NotAssessable)), None)
    return MetricTotals(
        metric=metric,
        start=starts,
        num=np.where(gone, np.nan, num),
        den=np.where(gone, np.nan, den),
        s2=np.where(gone, np.nan, s2),
        n0=n0,
        ppy=WEEKS_PER_YEAR / STEP,
        before=sides["before"],
        after=sides["after"],
        segments=_segments(inputs, what),
        how={
            "weeks_per_period": STEP,
            "look_back_weeks": STEP * YEAR,
            "mixed_weeks": max(0, STEP * YEAR - _weeks_after(inputs)),
        },
        missing=missing,
        units=NotAssessable(code="no_units", detail={"fact": "subscriptions"}) if inputs.plan.control else (),
    )


def _pace(inputs: Inputs, what: str, periods: tuple[int, int]) -> tuple[Line, Line, Line]:
    """Numerator, denominator and variance of the log of four weeks' retention at its yearly pace."""
    part = _looking(inputs, 1)
    then, now = (along(part, name, "period", periods) for name in ("then", what))
    squares = {name: along(part, name, "period", periods) for name in ("then2", f"{what}2", f"{what}then")}
    with np.errstate(divide="ignore", invalid="ignore"):
        kept = now / then
        spread = squares[f"{what}2"] - 2 * kept * squares[f"{what}then"] + kept**2 * squares["then2"]
        return then * kept**YEAR / CENTS, then / CENTS, YEAR**2 * np.maximum(spread, 0.0) / now**2


def _looking(inputs: Inputs, back: int) -> Cells:
    found = inputs.totals.cells["recurring"]
    rows = found.keys["back"] == back
    keys = {name: column[rows] for name, column in found.keys.items()}
    return Cells(keys, {name: column[rows] for name, column in found.values.items()})


def _last_look(inputs: Inputs, side: Side) -> int:
    """The last period that ends within a window."""
    calendar = inputs.calendar
    end = min((calendar.before if side == "before" else calendar.after)[1], paid_days(inputs)[1])
    return (end - calendar.go_live) // (7 * STEP) - 1


def _weeks_after(inputs: Inputs) -> int:
    """Whole weeks from go-live to the last look of the window after it."""
    return STEP * (_last_look(inputs, "after") + 1)


def _window(inputs: Inputs, what: str, side: Side, segments: Segments) -> Ratio | NotAssessable:
    """Now by then at the last look of a window; both must lie in the data."""
    calendar, at = inputs.calendar, _last_look(inputs, side)
    first = told_days(inputs)[0]
    if at not in looks(calendar) or (side == "after" and at < 0):
        return NotAssessable(code="empty_window", detail={"side": side})
    if look_day(calendar, at - YEAR) < first:
        weeks = max(0, (look_day(calendar, at) - first) // 7)
        return NotAssessable(code="short_look_back", detail={"side": side, "weeks": STEP * YEAR, "longest": weeks})
    part = _looking(inputs, YEAR)
    sums = {name: float(along(part, name, "period", (at, at + 1), segments)[0]) for name in ("customers", "then", what)}
    few = too_few(sums["customers"], side) if sums["customers"] else None
    return few or ratio(sums[what] / CENTS, sums["then"] / CENTS, float(STEP * YEAR), side)


def _segments(inputs: Inputs, what: str) -> tuple[SegmentRatio, ...]:
    """By label of each column of ``segment_by``; ``customers``: those of a year before the last look."""
    made = []
    part = _looking(inputs, YEAR)
    at = _last_look(inputs, "after")
    for column in inputs.plan.segment_by:
        for label, codes in codes_by_label(inputs, column).items():
            behind = int(along(part, "customers", "period", (at, at + 1), codes)[0])
            sides = [_window(inputs, what, side, codes) for side in SIDES]
            made.append(SegmentRatio(column, label, behind, sides[0], sides[1]))
    return tuple(made)
