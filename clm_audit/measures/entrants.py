"""What became of those who came: customers by the week of their first order, from orders alone.

One row a customer follows from the sorted order weeks that the base is made of: the day of the first order, of the
second, and the last one before the first long silence. A customer is lost on the day on which that silence has passed;
coming back after it does not undo the loss. Days are exact although the rows are weeks: a week holds its first and its
last order day, and no rule here is shorter than a week.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np

from clm_audit.measures.catalogue_lifecycle import HALF_YEAR, QUARTER
from clm_audit.measures.daily import flag
from clm_audit.measures.engines import Collected, Frames
from clm_audit.measures.grid import DAYS, Grid
from clm_audit.measures.model import Calendar, Cells
from clm_audit.measures.runs import NEVER
from clm_audit.measures.totals import cells

Frame = nw.LazyFrame[Any]
Split = tuple[str, ...]
DATED, OLDER, UNDATED = 0, 1, 2
"""``kind``: the system dates the customer within the data, before them, or not at all."""
SUMS = ("entrants", "again", "lost", "active")


def entrant_frames(each: Frame, dated: Frame | None, grid: Grid, calendar: Calendar, split: Split) -> Frames:
    """``entrants``: those who came in a week, by kind, and how many of them bought again within 90 days, ordered last
    within 90 days, were not lost after 182; ``lives``: after how many days those of the windows were lost.

    ``each``: one row a customer (:func:`comers`). ``dated``: the customers' table where the system says when each of
    them came.
    """
    each = _kinds(each, dated, calendar)
    return {"entrants": _entrants(each, calendar, split), "lives": _lives(each, grid, calendar)}


def silence(calendar: Calendar) -> int:
    """Days without an order after which a customer counts as lost."""
    return 7 * calendar.inactivity_weeks


def comers(stepped: Frame, grid: Grid, calendar: Calendar, split: Split) -> Frame:
    """One row a customer: day of the ``first`` order, of the next on another day (``again``), and of the last before
    the first long silence or the end (``stop``), counted from the first day of the grid.

    ``stepped``: packed order weeks, each with the one before it (:func:`clm_audit.measures.grid.steps`).
    """
    at, before = nw.col("packed") // (DAYS * DAYS), nw.col("before") // (DAYS * DAYS)
    rows = stepped.select(
        *split,
        customer=at // grid.width,
        week=at % grid.width,
        gap=at - before,
        low=nw.col("packed") // DAYS % DAYS,
        high=nw.col("packed") % DAYS,
        ended=nw.col("before") % DAYS,
    )
    same = (~nw.col("gap").is_null()) & (nw.col("gap") <= nw.col("week"))
    low, high = nw.col("week") * 7 + nw.col("low"), nw.col("week") * 7 + nw.col("high")
    last = (nw.col("week") - nw.col("gap")) * 7 + nw.col("ended")
    never = nw.lit(NEVER)
    later = nw.when(same).then(low).otherwise(nw.when(high > low).then(high).otherwise(never))
    stop = nw.when(same & (low - last > silence(calendar))).then(last).otherwise(never)
    typed = rows.select(*split, "customer", first=low, again=later, stop=stop, last=high)
    each = typed.group_by("customer").agg(
        nw.col("first").min(),
        nw.col("again").min(),
        nw.col("stop").min(),
        nw.col("last").max(),
        **{name: nw.col(name).max() for name in split},
    )
    stop = nw.when(nw.col("stop") < nw.col("last")).then(nw.col("stop")).otherwise(nw.col("last"))
    return each.with_columns(stop=stop)


def _kinds(each: Frame, dated: Frame | None, calendar: Calendar) -> Frame:
    """With ``kind``: whether the system dates the customer within the data of the orders."""
    if dated is None:
        return each.with_columns(kind=nw.lit(UNDATED).cast(nw.Int64))
    known = dated.filter(~nw.col("acquired").is_null()).group_by("customer").agg(nw.col("acquired").min())
    joined = each.join(known, on="customer", how="left")
    older = nw.when(nw.col("acquired") < calendar.coverage["orders"][0]).then(nw.lit(OLDER)).otherwise(nw.lit(DATED))
    kind = nw.when(nw.col("acquired").is_null()).then(nw.lit(UNDATED)).otherwise(older)
    return joined.with_columns(kind=kind.cast(nw.Int64))


def _entrants(each: Frame, calendar: Calendar, split: Split) -> Frame:
    """Sums per week of the first order. Nothing here asks whether the horizon has passed: the calendar does."""
    since, stayed = nw.col("again") - nw.col("first"), nw.col("stop") - nw.col("first")
    typed = each.select(
        *split,
        "kind",
        week=nw.col("first") // 7,
        again=flag(since <= QUARTER),
        lost=flag(stayed <= QUARTER),
        active=flag(stayed + silence(calendar) > HALF_YEAR),
    )
    sums = {name: nw.col(name).sum() for name in SUMS[1:]}
    return typed.group_by(*split, "kind", "week").agg(entrants=nw.len(), **sums)


def _lives(each: Frame, grid: Grid, calendar: Calendar) -> Frame:
    """Days from the first order to the end of the first silence, of those who came in a window; seen from within it."""
    base, quiet = grid.first_day, silence(calendar)
    parts = []
    for cohort, window in enumerate(watched(calendar, "orders")):
        start, end = (day - base for day in window)
        mine = each.filter(nw.col("first") >= start, nw.col("first") < end)
        passed = nw.col("stop") + quiet
        gone = passed < end
        seen = nw.when(gone).then(passed).otherwise(nw.lit(end - 1)) - nw.col("first")
        late = flag(nw.col("first") >= 7 * (calendar.base_from + grid.shift))
        parts.append(mine.select("kind", days=seen, late=late, cohort=nw.lit(cohort).cast(nw.Int64), lost=flag(gone)))
    known = nw.concat(parts, how="vertical")
    return known.group_by("cohort", "kind", "late", "days").agg(nw.col("lost").sum(), watched=nw.len())


def watched(calendar: Calendar, fact: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Days in which those who came before, and those who came after, can be watched: the windows, as far as a fact
    reaches. What happens to the former after go-live tells of both systems and is not looked at."""
    first, end = calendar.coverage[fact]
    (start, live), after = calendar.before, calendar.after
    return (max(start, first), min(live, end)), (after[0], max(after[0], min(after[1], end)))


def entrant_cells(collected: Collected, calendar: Calendar) -> dict[str, Cells]:
    """``entrants`` (segment, kind, week): :data:`SUMS`. ``lives`` (cohort, kind, late, days): lost, watched; cohort 0
    came before go-live, ``late``: after the weeks that tell who is new."""
    if "entrants" not in collected:
        return {}
    found, lives, shift = collected["entrants"], collected["lives"], Grid.of(calendar).shift
    segment = found.get("segment", np.zeros(found["week"].size, dtype=np.int64))
    keys = {"segment": segment, "kind": found["kind"], "week": found["week"] - shift}
    ages = {name: lives[name] for name in ("cohort", "kind", "late", "days")}
    return {
        "entrants": cells(keys, {name: found[name] for name in SUMS}),
        "lives": cells(ages, {name: lives[name] for name in ("lost", "watched")}),
    }
