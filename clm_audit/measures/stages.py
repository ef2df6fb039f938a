"""Stage conversion: of those who entered a lifecycle stage, the share that reached a later one within 90 days.

A customer enters a stage once, on the first day on which it is seen there, unless a later stage was reached before:
going back is no entry. Who has been observed for fewer than the 90 days counts in neither number, and who entered so
shortly before go-live that part of the 90 days lies after it belongs to neither window.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan
from clm_audit.config.stages import MOST_STAGES
from clm_audit.facts.places import stage_names
from clm_audit.measures.coverage import IMPORT_LEAST, IMPORT_SHARE, IMPORT_WEEKS, LONGEST_SILENCE
from clm_audit.measures.daily import flag
from clm_audit.measures.engines import Collected, Frames
from clm_audit.measures.exposure import Watch, Watched, share_variance, too_long
from clm_audit.measures.grid import Grid
from clm_audit.measures.model import Calendar, Cells, MetricTotals, SegmentRatio, Totals
from clm_audit.measures.periods import FEWEST, Inputs, Recipe, Segments, blank, codes_by_label, cook
from clm_audit.measures.scheme import SIDES, Line, Scheme, Side
from clm_audit.measures.totals import along, cells, only

HORIZON = 90  # days
WATCH = Watch(ahead=HORIZON)
STEP = 4  # weeks of a period
NEVER = 2**30
LATE = 0.5  # known of those who stayed, beside those who moved on: under this share a column divides by the outcome
KNOWN_LATE = "known_late"
CODES = ("stages_imported", "one_stage", "stage_words_unknown")


def stage_frames(tables: Frames, _: Collected, calendar: Calendar) -> Frames:
    """``stage_days``: rows per segment and day. ``stage_entries``: who entered which stage in which week, and how
    many of them reached a later one within :data:`HORIZON` days."""
    if "stages" not in tables:
        return {}
    known = nw.col("customer").is_null() | nw.col("place").is_null()
    rows = tables["stages"].filter(~known).filter(nw.col("place") > 0).with_columns(nw.col("segment").fill_null(0))
    days = rows.group_by("segment", "day").agg(rows=nw.len())
    return {"stage_days": days, "stage_entries": _entries(rows, Grid.of(calendar), calendar.span)}


def _entries(rows: nw.LazyFrame[Any], grid: Grid, span: tuple[int, int]) -> nw.LazyFrame[Any]:
    """One row a segment, stage and shifted week."""
    places = range(1, MOST_STAGES + 1)
    day = nw.col("day").cast(nw.Int64)
    first = {
        f"first{at}": nw.when(nw.col("place") == at).then(day).otherwise(nw.lit(NEVER)).cast(nw.Int64).min()
        for at in places
    }
    each = rows.group_by("customer").agg(nw.col("segment").max(), **first)
    each = each.with_columns(**{f"later{MOST_STAGES}": nw.lit(NEVER).cast(nw.Int64)})
    for at in reversed(places[:-1]):
        own, later = nw.col(f"first{at + 1}"), nw.col(f"later{at + 1}")
        each = each.with_columns(**{f"later{at}": nw.when(own < later).then(own).otherwise(later)})
    parts = []
    for at in places:
        own, later = nw.col(f"first{at}"), nw.col(f"later{at}")
        inside = (own >= span[0]) & (own < span[1]) & (later >= own)
        parts.append(
            each.filter(inside).select(
                nw.col("segment").cast(nw.Int64),
                stage=nw.lit(at).cast(nw.Int64),
                week=grid.week(own),
                reached=flag(later - own <= HORIZON),
            )
        )
    together = nw.concat(parts, how="vertical")
    return together.group_by("segment", "stage", "week").agg(entered=nw.len(), reached=nw.col("reached").sum())


def stage_cells(collected: Collected, calendar: Calendar) -> Mapping[str, Cells]:
    """``stage_days`` (segment, day): rows; ``stages`` (segment, stage, week): entered, reached."""
    if "stage_entries" not in collected:
        return {}
    days, found = collected["stage_days"], collected["stage_entries"]
    week = found["week"] - Grid.of(calendar).shift
    keys = {"segment": found["segment"], "stage": found["stage"], "week": week}
    return {
        "stage_days": cells({name: days[name] for name in ("segment", "day")}, {"rows": days["rows"]}),
        "stages": cells(keys, {name: found[name] for name in ("entered", "reached")}),
    }


def reaching(days: Cells, calendar: Calendar) -> tuple[int, int]:
    """First day of a fact, and its last + 1; a short silence before the end of the data is no end."""
    seen = days.keys["day"]
    first, last = int(seen.min()), int(seen.max()) + 1
    end = calendar.span[1]
    return max(first, calendar.span[0]), end if end - last <= LONGEST_SILENCE else min(last, end)


def watched(calendar: Calendar, days: Cells) -> Watched:
    """The weeks whose entrants could be watched for the whole horizon, on one side of go-live."""
    return Watched.over(calendar, reaching(days, calendar), STEP, WATCH)


def imported(days: Cells, calendar: Calendar) -> NotAssessable | None:
    """Whether one day near go-live holds so many stages that it is the day of an import, not of a change."""
    seen, place = np.unique(days.keys["day"], return_inverse=True)
    count = np.bincount(place.ravel(), weights=days.values["rows"])
    near = np.abs(seen - calendar.go_live) <= 7 * IMPORT_WEEKS
    if not near.any():
        return None
    most = int(count[near].max())
    if most >= IMPORT_LEAST and most > IMPORT_SHARE * float(count.sum()):
        return NotAssessable(code="stages_imported", detail={"rows": most})
    return None


def transitions(found: Cells) -> tuple[int, ...]:
    """The stages (places) with entrants for which any later stage is ever recorded."""
    seen = np.unique(found.keys["stage"])
    return tuple(int(at) for at in seen[:-1])


def stage_conversion(inputs: Inputs) -> MetricTotals:
    """All stages that have a next one together; each of them is a segment of its own."""
    days, found = inputs.totals.cells.get("stage_days"), inputs.totals.cells.get("stages")
    if days is None or found is None or not days.keys["day"].size:
        unknown = inputs.facts.evidence.get("stages.unknown", 0)
        if unknown:
            return blank("stage_conversion", NotAssessable(code="stage_words_unknown", detail={"rows": unknown}))
        return blank("stage_conversion", inputs.absent("stages"))
    steps = transitions(found)
    refused = (NotAssessable(code="one_stage") if not steps else None) or imported(days, inputs.calendar)
    if refused:
        return blank("stage_conversion", refused)
    scheme, kept = watched(inputs.calendar, days), _kept(found, steps)

    def line(name: str, segments: Segments = None) -> Line:
        return along(kept, name, "week", scheme.units, segments)

    recipe = Recipe(
        "stage_conversion",
        scheme,
        num=lambda segments: line("reached", segments),
        den=lambda segments: line("entered", segments),
        per=(1.0, 1.0),
        s2=share_variance(scheme.fold(line("reached")), scheme.fold(line("entered"))),
        how={"days": HORIZON, "stages": len(steps), **_drop(inputs, scheme, found, steps)},
        split=True,
        undivided="stages",
        behind={side: float(scheme.part(line("entered"), side).sum()) for side in SIDES},
    )
    made = cook(inputs, recipe, too_long(inputs.calendar, reaching(days, inputs.calendar), WATCH, STEP))
    late = known_late(inputs, scheme, line)
    segments = (one for one in made.segments if one.column not in late)
    how = {**made.how, **({KNOWN_LATE: ", ".join(late)} if late else {})}
    return replace(made, segments=(*by_stage(inputs, scheme, found, steps), *segments), how=how)


def known_late(inputs: Inputs, scheme: Scheme, line: Callable[[str, Segments], Line]) -> tuple[str, ...]:
    """The columns that are known mostly of those who moved on: a lead gets an industry when it becomes a customer.

    Divided by such a column nearly everybody moves on, in every segment and in both windows.
    """
    late = []
    for column in inputs.plan.segment_by:
        codes = [code for some in codes_by_label(inputs, column).values() for code in some]
        entered, reached = (_both(scheme, line(name, None)) for name in ("entered", "reached"))
        known, moved = (_both(scheme, line(name, codes)) for name in ("entered", "reached"))
        if (known - moved) * reached < LATE * moved * (entered - reached):
            late.append(column)
    return tuple(late)


def _both(scheme: Scheme, line: Line) -> float:
    return sum(float(scheme.part(line, side).sum()) for side in SIDES)


def _kept(found: Cells, steps: tuple[int, ...]) -> Cells:
    rows = np.isin(found.keys["stage"], steps)
    keys = {name: column[rows] for name, column in found.keys.items()}
    return Cells(keys, {name: column[rows] for name, column in found.values.items()})


def by_stage(inputs: Inputs, scheme: Scheme, found: Cells, steps: tuple[int, ...]) -> tuple[SegmentRatio, ...]:
    """The conversion out of each stage; ``customers``: the smaller of the two windows' entrants."""
    names = stage_names(inputs.plan)
    made = []
    for at in steps:
        part = only(found, stage=at)
        lines = {name: along(part, name, "week", scheme.units) for name in ("entered", "reached")}
        sides = {side: scheme.ratio(lines["reached"], lines["entered"], side) for side in SIDES}
        fewest = min(int(scheme.part(lines["entered"], side).sum()) for side in SIDES)
        made.append(SegmentRatio("stage", names[at - 1], fewest, sides["before"], sides["after"]))
    return tuple(made)


def _drop(inputs: Inputs, scheme: Scheme, found: Cells, steps: tuple[int, ...]) -> dict[str, str | int | float]:
    """``drop_<side>``: the stage out of which the smallest share moves on, and that ``drop_<side>_share``."""
    made: dict[str, str | int | float] = {}
    for side in SIDES:
        shares = _shares(inputs, scheme, found, steps, side)
        if shares:
            share, name = min(shares)
            made |= {f"drop_{side}": name, f"drop_{side}_share": share}
    return made


def _shares(
    inputs: Inputs, scheme: Scheme, found: Cells, steps: tuple[int, ...], side: Side
) -> list[tuple[float, str]]:
    """Conversion and name of each stage that five or more entered."""
    each = by_stage(inputs, scheme, found, steps)
    sides = [(one.before if side == "before" else one.after, one) for one in each]
    return [
        (ratio.value, one.label)
        for ratio, one in sides
        if not isinstance(ratio, NotAssessable) and one.customers >= FEWEST
    ]


@dataclass(frozen=True)
class StageCount:
    """One stage in one window: who entered it, and how many of them reached a later one in time (None of the last)."""

    name: str
    place: int
    entered: int
    reached: int | None


def funnel(plan: AuditPlan, calendar: Calendar, totals: Totals) -> dict[Side, tuple[StageCount, ...]]:
    """Every stage that is recorded, from first to last, in both windows; empty where there are no stages.

    The windows are those of the metric: who could not be watched for long enough is in neither number.
    """
    days, found = totals.cells.get("stage_days"), totals.cells.get("stages")
    if days is None or found is None or not days.keys["day"].size:
        return {}
    scheme = watched(calendar, days)
    names, moving = stage_names(plan), transitions(found)
    made: dict[Side, tuple[StageCount, ...]] = {}
    for side in SIDES:
        counts = []
        for at in np.unique(found.keys["stage"]).tolist():
            lines = (along(only(found, stage=at), name, "week", scheme.units) for name in ("entered", "reached"))
            entered, reached = (int(scheme.part(line, side).sum()) for line in lines)
            counts.append(StageCount(names[at - 1], at, entered, reached if at in moving else None))
        made[side] = tuple(counts)
    return made
