"""Segments against the rest: what each contributes to the change, and which moved otherwise than the others.

A hunt through segments finds something in every table. So a segment is named only when its p value, corrected by
Holm over all segments of all metrics of the audit, is under 1 − confidence; what is shown beside it is drawn towards
the others (DerSimonian & Laird 1986, "Meta-analysis in clinical trials"; Morris 1983 on empirical Bayes).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import MetricId
from clm_audit.inference.decide import holm
from clm_audit.inference.rounding import as_share, rounded
from clm_audit.inference.students import t_cdf, t_quantile
from clm_audit.measures.model import Calendar, Measured, MetricTotals, Ratio, SegmentRatio

Floats = NDArray[np.float64]
BLOCK_WEEKS, LEAST_BLOCKS, LEAST_WEEKS = 13, 4, 4
LEAST_CUSTOMERS = 5
LEAST_PLACEBOS = 4
RELATED = 1.25
"""Neighbouring quarters of one segment are related: with a correlation of 0.2 four of them tell the mean with an
error a quarter larger than their scatter says."""
CODES = ("window_too_short_to_split", "too_few_events_in_segment")


@dataclass(frozen=True)
class SegmentEffect:
    """One segment. ``contribution``: its part of the observed change (shares of the value before), which add up to it
    within a column; ``share`` of the numerator after. ``change``: how its metric moved against that of all others,
    drawn towards them, with its interval; ``named``: by more than a hunt through all segments explains."""

    column: str
    label: str
    contribution: float | NotAssessable
    share: float
    change: float | NotAssessable
    low: float
    high: float
    p_holm: float
    named: bool


@dataclass(frozen=True)
class _Tried:
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


Key = tuple[MetricId, str, str]


def segment_effects(measured: Measured, confidence: float) -> dict[MetricId, tuple[SegmentEffect, ...]]:
    """For each metric that can be shown by segment; one Holm family over the whole audit."""
    items = [item for item in measured.metrics if item.segments and item.segments[0].num is not None]
    tried, adjusted = _stepped_down(items, measured.calendar, 1.0 - confidence)
    return {item.metric: tuple(_effects(item, measured.calendar, tried, adjusted, 1.0 - confidence)) for item in items}


def _stepped_down(
    items: Sequence[MetricTotals], calendar: Calendar, alpha: float
) -> tuple[dict[Key, _Tried], dict[Key, float]]:
    """Holm's steps: the surest segment first; once it is named it no longer counts among those that the other segments
    of its column are held against, so that one mover does not make movers of the rest."""
    named: list[Key] = []
    wider = unrest(items, calendar)
    while True:
        tried = {key: replace(one, se=one.se * wider) for key, one in _all_tried(items, calendar, named)}
        left = {key: one.p for key, one in tried.items() if key not in named}
        surest = min(left, key=lambda key: left[key], default=None)
        if surest is None or left[surest] * len(left) >= alpha:
            break
        named.append(surest)
    keys = list(left)
    adjusted = dict(zip(keys, holm([left[key] for key in keys]), strict=True)) if keys else {}
    return tried, {**{key: max(adjusted.get(key, 1.0), alpha) for key in adjusted}, **_named_at(tried, named)}


def unrest(items: Sequence[MetricTotals], calendar: Calendar) -> float:
    """By how much segments drift apart more than their quarters say: from the company's own years before go-live.

    The year before go-live is held against the one before it as if it were the time after; with less history, its
    second half against its first. The median of the squared differences, over what it would be without drift; at
    least 1. 1 as well where fewer than :data:`LEAST_PLACEBOS` segments can be tried.
    """
    live, begin = calendar.go_live, int(calendar.span[0])
    span = 364 if live - begin >= 728 else 182
    moved = replace(calendar, before=(live - 2 * span, live - span), after=(live - span, live))
    found = []
    for item in items:
        for segment in item.segments:
            now, then = _tried(item, segment, calendar), _tried(item, segment, moved)
            if isinstance(now, _Tried) and isinstance(then, _Tried):
                found.append((then.change / now.se) ** 2 / t_quantile(0.75, now.df) ** 2)
    return max(1.0, math.sqrt(float(np.median(found)))) if len(found) >= LEAST_PLACEBOS else 1.0


def _named_at(tried: Mapping[Key, _Tried], named: Sequence[Key]) -> dict[Key, float]:
    """Adjusted p values of the named, in the order in which they were: none under the one before it."""
    found, least = {}, 0.0
    for place, key in enumerate(named):
        least = max(least, tried[key].p * (len(tried) - place))
        found[key] = least
    return found


def _all_tried(items: Sequence[MetricTotals], calendar: Calendar, named: Sequence[Key]) -> Iterator[tuple[Key, _Tried]]:
    for item in items:
        for segment in item.segments:
            key = (item.metric, segment.column, segment.label)
            apart = [
                one
                for one in item.segments
                if one is not segment and one.column == segment.column and (item.metric, one.column, one.label) in named
            ]
            found = _tried(item, segment, calendar, apart)
            if isinstance(found, _Tried):
                yield key, found


def _effects(
    item: MetricTotals, calendar: Calendar, tried: Mapping[Key, _Tried], adjusted: Mapping[Key, float], alpha: float
) -> Iterator[SegmentEffect]:
    for column in dict.fromkeys(segment.column for segment in item.segments):
        mine = [segment for segment in item.segments if segment.column == column]
        known = {one.label: tried[key] for one in mine if (key := (item.metric, column, one.label)) in tried}
        spread, parts = between(list(known.values())), contributions(item, mine)
        for segment in mine:
            one = _effect(item, segment, parts[segment.label], known.get(segment.label), spread)
            why = _tried(item, segment, calendar)
            if isinstance(why, NotAssessable):
                yield replace(one, change=why)
            else:
                p = adjusted[item.metric, column, segment.label]
                yield replace(one, p_holm=rounded(p), named=p < alpha)


def _effect(
    item: MetricTotals, segment: SegmentRatio, part: float | NotAssessable, one: _Tried | None, spread: float
) -> SegmentEffect:
    share = _numerator(segment.after) / _numerator(item.after) if _numerator(item.after) > 0 else 0.0
    if one is None:
        nothing = NotAssessable(code="too_few_events_in_segment")
        return SegmentEffect(segment.column, segment.label, part, rounded(share), nothing, 0.0, 0.0, 1.0, False)
    weight = spread / (spread + one.se**2)
    middle, half = weight * one.change, t_quantile(0.975, one.df) * one.se * math.sqrt(weight)
    low, change, high = (rounded(as_share(each)) for each in (middle - half, middle, middle + half))
    return SegmentEffect(segment.column, segment.label, part, rounded(share), change, low, high, 1.0, False)


def _numerator(found: Ratio | NotAssessable) -> float:
    return 0.0 if isinstance(found, NotAssessable) else found.numerator


def between(tried: Sequence[_Tried]) -> float:
    """τ²: how much segments truly differ, beyond the noise of each (DerSimonian & Laird); 0 when noise explains all."""
    if len(tried) < 2:
        return 0.0
    weights = np.array([1.0 / one.se**2 for one in tried])
    changes = np.array([one.change for one in tried])
    middle = float(weights @ changes / weights.sum())
    excess = float(weights @ (changes - middle) ** 2) - (len(tried) - 1)
    return max(0.0, excess / float(weights.sum() - (weights**2).sum() / weights.sum()))


def _tried(
    item: MetricTotals, segment: SegmentRatio, calendar: Calendar, apart: Sequence[SegmentRatio] = ()
) -> _Tried | NotAssessable:
    """The segment against all others but those set ``apart``, in blocks of weeks that scatter as they do."""
    if segment.num is None or segment.den is None or segment.customers < LEAST_CUSTOMERS:
        return NotAssessable(code="too_few_events_in_segment")
    sides = [_blocks(item, segment, window, apart) for window in (calendar.before, calendar.after)]
    before, after = sides
    if before is None or after is None:
        return NotAssessable(code="window_too_short_to_split", detail={"need": LEAST_BLOCKS * LEAST_WEEKS})
    if not (np.isfinite(before).all() and np.isfinite(after).all()):
        return NotAssessable(code="too_few_events_in_segment")
    df = before.size + after.size - 2
    pooled = (((before - before.mean()) ** 2).sum() + ((after - after.mean()) ** 2).sum()) / df
    se = RELATED * math.sqrt(pooled * (1.0 / before.size + 1.0 / after.size))
    if not se > 0:
        return NotAssessable(code="too_few_events_in_segment")
    return _Tried(item.metric, segment, float(after.mean() - before.mean()), se, df)


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
    sums = []
    for part in np.array_split(rows, count):
        num, den = segment.num[part].sum(), segment.den[part].sum()
        gone = [
            (one.num[part].sum(), one.den[part].sum()) for one in apart if one.num is not None and one.den is not None
        ]
        rest = item.num[part].sum() - num - sum(top for top, _ in gone)
        sums.append((num, den, rest, item.den[part].sum() - den - sum(bottom for _, bottom in gone)))
    table = np.array(sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        line: Floats = np.log(table[:, 0] / table[:, 1]) - np.log(table[:, 2] / table[:, 3])
    return line


def contributions(item: MetricTotals, segments: Sequence[SegmentRatio]) -> dict[str, float | NotAssessable]:
    """Each segment's part of the change, shares of the value before; with all others they add up to it.

    w̄(r₁ − r₀) + (w₁ − w₀)(r̄ − R̄): its own rate, and its weight against the average (Kitagawa 1955).
    """
    if isinstance(item.before, NotAssessable) or isinstance(item.after, NotAssessable):
        why = item.before if isinstance(item.before, NotAssessable) else item.after
        return {one.label: why for one in segments if isinstance(why, NotAssessable)}
    before, after = item.before, item.after
    middle = (before.value + after.value) / 2.0
    found: dict[str, float | NotAssessable] = {}
    for one in segments:
        w0, r0 = _rate(one.before, before)
        w1, r1 = _rate(one.after, after)
        r0, r1 = (r1 if w0 == 0 else r0), (r0 if w1 == 0 else r1)
        part = (w0 + w1) / 2 * (r1 - r0) + (w1 - w0) * ((r0 + r1) / 2 - middle)
        found[one.label] = rounded(part / before.value) if before.value else NotAssessable(code="zero_denominator")
    return found


def _rate(found: Ratio | NotAssessable, whole: Ratio) -> tuple[float, float]:
    """Weight and rate of a segment in one window; nobody there weighs nothing."""
    return (0.0, 0.0) if isinstance(found, NotAssessable) else (found.denominator / whole.denominator, found.value)
