"""Ready-made KPI tables (the fact ``series``): monthly or weekly numerators and denominators as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import ALL_METRIC_IDS, MetricId
from clm_audit.measures.coverage import LONG_ROW
from clm_audit.measures.model import (
    WEEKS_PER_YEAR,
    Calendar,
    Cells,
    MetricTotals,
    Ratio,
    SegmentRatio,
    day_number,
    to_date,
)
from clm_audit.measures.periods import FEWEST, Inputs, blank
from clm_audit.measures.scheme import SIDES, Line, Side, ratio
from clm_audit.measures.totals import only

Days = NDArray[np.int64]
CODES = ("overlapping_rows",)


@dataclass(frozen=True)
class Rows:
    """One metric's rows, one a period, in time order."""

    start: Days
    until: Days
    num: Line
    den: Line

    @property
    def length(self) -> int:
        """Days of the usual row."""
        return int(np.median(self.until - self.start))


def ready_made(inputs: Inputs, metric: MetricId) -> MetricTotals | None:
    """The metric from its ready-made rows; None when there are none.

    Rows of segment 0 are the whole; without such rows the segments add up to it. A period with go-live
    in its middle, and those that touch the wash-out, are missing.
    """
    part = inputs.totals.cells.get("series")
    found = only(part, metric=ALL_METRIC_IDS.index(metric)) if part else None
    if found is None or not found.keys["start"].size:
        return None
    whole = only(found, segment=0)
    rows = _rows(whole if whole.keys["start"].size else found)
    if rows is None:
        return blank(metric, NotAssessable(code="overlapping_rows", detail={"fact": "series"}))
    calendar = inputs.calendar
    filled, ppy = _filled(rows)
    live, learnt = calendar.go_live, calendar.go_live + 7 * calendar.washout_weeks
    gone = (filled.start < learnt) & (filled.until > live)
    gone |= ~(filled.num > 0) | ~(filled.den > 0)
    n0 = int((filled.start < live).sum())
    missing = None
    if n0 in (0, filled.start.size):
        side = "after" if n0 == 0 else "before"
        missing = NotAssessable(code="one_side_only", detail={"fact": "series", "side": side})
    sides = [_ratio(rows, calendar, side) for side in SIDES]
    return MetricTotals(
        metric=metric,
        start=filled.start,
        num=np.where(gone, np.nan, filled.num),
        den=np.where(gone, np.nan, filled.den),
        s2=None,
        n0=n0,
        ppy=ppy,
        before=sides[0],
        after=sides[1],
        segments=_segments(inputs, found),
        how={"source": "series", "days_per_period": rows.length, **_spans(rows, calendar)},
        missing=missing,
    )


def _rows(part: Cells) -> Rows | None:
    """Sums per period; None when periods overlap."""
    spans, place = np.unique(np.stack([part.keys["start"], part.keys["until"]]), axis=1, return_inverse=True)
    sums = [np.bincount(place.ravel(), weights=part.values[name]) for name in ("numerator", "denominator")]
    if (spans[0][1:] < spans[1][:-1]).any():
        return None
    return Rows(spans[0], spans[1], np.asarray(sums[0]), np.asarray(sums[1]))


def _month(day: int) -> int:
    found = to_date(day)
    return found.year * 12 + found.month - 1


def _filled(rows: Rows) -> tuple[Rows, float]:
    """The rows with a missing one (NaN) for each period that the table leaves out, and periods per year."""
    if rows.length >= LONG_ROW:
        # a month belongs to where its middle lies, so that reports dated by month end count as well
        index = np.array([_month((a + b) // 2) for a, b in zip(rows.start, rows.until, strict=True)], dtype=np.int64)
        ppy = 12.0
    else:
        index = (rows.start - rows.start[0] + rows.length // 2) // rows.length
        ppy = 7 * WEEKS_PER_YEAR / rows.length
    if np.unique(index).size < index.size:
        index = np.arange(index.size, dtype=np.int64)
    index = index - index[0]
    size = int(index[-1]) + 1
    start, until = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    num, den = np.full(size, np.nan), np.full(size, np.nan)
    start[index], until[index], num[index], den[index] = rows.start, rows.until, rows.num, rows.den
    for hole in np.setdiff1d(np.arange(size), index):
        start[hole] = until[hole - 1]
        until[hole] = _next_month(int(start[hole])) if ppy == 12.0 else start[hole] + rows.length
    return Rows(start, until, num, den), ppy


def _next_month(day: int) -> int:
    """The same day of the next month (the 28th at most)."""
    found = to_date(day)
    year, month = divmod(found.year * 12 + found.month, 12)
    return day_number(date(year, month + 1, min(found.day, 28)))


def _spans(rows: Rows, calendar: Calendar) -> dict[str, str | int | float]:
    """The first and the last day of the rows that each window sums."""
    found: dict[str, str | int | float] = {}
    for side in SIDES:
        kept = _inside(rows, calendar, side)
        if kept.any():
            found[f"{side}_from"] = to_date(int(rows.start[kept].min())).isoformat()
            found[f"{side}_to"] = to_date(int(rows.until[kept].max()) - 1).isoformat()
    return found


def _inside(rows: Rows, calendar: Calendar, side: Side) -> NDArray[np.bool_]:
    """The rows whose middle lies in the window and that do not reach over go-live."""
    start, end = calendar.before if side == "before" else calendar.after
    middle = (rows.start + rows.until - 1) / 2
    kept: NDArray[np.bool_] = (middle >= start) & (middle < end)
    return kept & ((rows.until <= calendar.go_live) | (rows.start >= calendar.go_live))


def _ratio(rows: Rows, calendar: Calendar, side: Side) -> Ratio | NotAssessable:
    """Over the rows of a window."""
    kept = _inside(rows, calendar, side)
    if not kept.any():
        return NotAssessable(code="empty_window", detail={"side": side})
    weeks = float((rows.until - rows.start)[kept].sum()) / 7
    return ratio(float(rows.num[kept].sum()), float(rows.den[kept].sum()), weeks, side)


def _segments(inputs: Inputs, part: Cells) -> tuple[SegmentRatio, ...]:
    """Segment rows of the table; how many customers stand behind them is not known, so they are shown."""
    found: list[SegmentRatio] = []
    for column in inputs.plan.segment_by:
        labels = sorted({labels[column] for labels in inputs.facts.segments if labels.get(column)})
        for label in labels:
            codes = [code for code, labels_ in enumerate(inputs.facts.segments) if labels_.get(column) == label]
            kept = np.isin(part.keys["segment"], codes)
            if not kept.any():
                continue
            keys = {name: line[kept] for name, line in part.keys.items()}
            rows = _rows(Cells(keys, {name: line[kept] for name, line in part.values.items()}))
            if rows is not None:
                sides = [_ratio(rows, inputs.calendar, side) for side in SIDES]
                found.append(SegmentRatio(column, label, FEWEST, sides[0], sides[1]))
    return tuple(found)
