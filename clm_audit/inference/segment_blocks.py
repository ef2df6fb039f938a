"""One segment against the others of its column, in blocks of weeks that scatter as they do, and how far segments of
this company drift apart by themselves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import MetricId
from clm_audit.inference.students import t_cdf, t_quantile
from clm_audit.measures.model import Calendar, MetricTotals, SegmentRatio

Floats = NDArray[np.float64]
BLOCK_WEEKS, LEAST_BLOCKS, LEAST_WEEKS = 13, 4, 4
LEAST_CUSTOMERS = 5
LEAST_PLACEBOS = 4
RELATED = 1.25
"""Neighbouring quarters of one segment are related: with a correlation of 0.2 four of them tell the mean with an
error a quarter larger than their scatter says."""
CODES = ("window_too_short_to_split", "too_few_events_in_segment")


@dataclass(frozen=True)
class Tried:
    """A segment on its way: log change against the others, its standard error, degrees of freedom."""

    metric: MetricId
    segment: SegmentRatio
    change: float
    se: float
    df: int

    @property
    def p(self) -> float:
        """Two-sided."""
        return 2.0 * t_cdf(-abs(self.change) / self.se, self.df)


def unrest(items: Sequence[MetricTotals], calendar: Calendar) -> float:
    """By how much segments drift apart more than their quarters say: from the company's own years before go-live.

    The year before go-live is held against the one before it as if it were the time after; with less history, its
    second half against its first. The median of the squared differences, over what it would be without drift, and its
    own error on top (of n of them about 2 / sqrt(n)), as a lucky year would else make all errors too small; at least 1.
    1 as well where fewer than :data:`LEAST_PLACEBOS` segments can be tried.
    """
    live, begin = calendar.go_live, int(calendar.span[0])
    span = 364 if live - begin >= 728 else 182
    moved = replace(calendar, before=(live - 2 * span, live - span), after=(live - span, live))
    found = []
    for item in items:
        for segment in item.segments:
            now, then = against_others(item, segment, calendar), against_others(item, segment, moved)
            if isinstance(now, Tried) and isinstance(then, Tried):
                found.append((then.change / now.se) ** 2 / t_quantile(0.75, now.df) ** 2)
    if len(found) < LEAST_PLACEBOS:
        return 1.0
    return max(1.0, math.sqrt(float(np.median(found)) * (1.0 + 2.0 / math.sqrt(len(found)))))


def against_others(
    item: MetricTotals, segment: SegmentRatio, calendar: Calendar, apart: Sequence[SegmentRatio] = ()
) -> Tried | NotAssessable:
    """The segment against all others but those set ``apart``, in blocks of weeks that scatter as they do."""
    if segment.num is None or segment.den is None or segment.customers < LEAST_CUSTOMERS:
        return NotAssessable(code="too_few_events_in_segment")
    sides = [_blocks(item, segment, window, apart) for window in (calendar.before, calendar.after)]
    before, after = sides
    if before is None or after is None:
        return NotAssessable(code="window_too_short_to_split", detail={"need": LEAST_BLOCKS * LEAST_WEEKS})
    if not (np.isfinite(before).all() and np.isfinite(after).all()):
        return NotAssessable(code="too_few_events_in_segment")
    df, times = before.size + after.size - 2, item.flow.times if item.flow else 1
    pooled = (((before - before.mean()) ** 2).sum() + ((after - after.mean()) ** 2).sum()) / df
    se = times * RELATED * math.sqrt(pooled * (1.0 / before.size + 1.0 / after.size))
    if not se > 0:
        return NotAssessable(code="too_few_events_in_segment")
    return Tried(item.metric, segment, times * float(after.mean() - before.mean()), se, df)


def _blocks(
    item: MetricTotals, segment: SegmentRatio, window: tuple[int, int], apart: Sequence[SegmentRatio]
) -> Floats | None:
    """log(segment / others) in each block of the window; None when the window is too short."""
    if segment.num is None or segment.den is None:
        return None
    rows = np.flatnonzero((item.start >= window[0]) & (item.start < window[1]) & np.isfinite(item.num))
    count = max(LEAST_BLOCKS, (window[1] - window[0]) // (7 * BLOCK_WEEKS))
    if rows.size < count or window[1] - window[0] < 7 * LEAST_BLOCKS * LEAST_WEEKS:
        return None
    whole = item.flow or item
    sums = []
    for part in np.array_split(rows, count):
        num, den = segment.num[part].sum(), segment.den[part].sum()
        gone = [
            (one.num[part].sum(), one.den[part].sum()) for one in apart if one.num is not None and one.den is not None
        ]
        rest = whole.num[part].sum() - num - sum(top for top, _ in gone)
        sums.append((num, den, rest, whole.den[part].sum() - den - sum(bottom for _, bottom in gone)))
    table = np.array(sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        line: Floats = np.log(table[:, 0] / table[:, 1]) - np.log(table[:, 2] / table[:, 3])
    return line
