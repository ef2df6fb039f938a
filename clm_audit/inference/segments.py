"""Segments against the rest: what each contributes to the change, and which moved otherwise than the others.

A hunt through segments finds something in every table. So a segment is named only when its p value, corrected by
Holm over all segments of all metrics of its family, is under 1 − confidence; what is shown beside it is drawn towards
the others (DerSimonian & Laird 1986, "Meta-analysis in clinical trials"; Morris 1983 on empirical Bayes).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import MetricId
from clm_audit.inference.decide import holm
from clm_audit.inference.rounding import as_share, rounded
from clm_audit.inference.segment_blocks import Tried, against_others, unrest
from clm_audit.inference.students import t_quantile
from clm_audit.measures.model import Calendar, Measured, MetricTotals, Ratio, SegmentRatio


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


Key = tuple[MetricId, str, str]


def segment_effects(measured: Measured, confidence: float) -> dict[MetricId, tuple[SegmentEffect, ...]]:
    """For each metric that can be shown by segment. Those of the five questions and those of the lifecycle are a Holm
    family each, as the metrics themselves are."""
    found: dict[MetricId, tuple[SegmentEffect, ...]] = {}
    for family in (measured.metrics, measured.lifecycle):
        items = [item for item in map(_divisible, family) if item.segments]
        tried, adjusted = _stepped_down(items, measured.calendar, 1.0 - confidence)
        for item in items:
            found[item.metric] = tuple(_effects(item, measured.calendar, tried, adjusted, 1.0 - confidence))
    return found


def looks(found: Mapping[MetricId, Sequence[SegmentEffect]], family: Sequence[MetricId]) -> int:
    """How many segments of a family of metrics were held against the others."""
    each = (one for metric in family for one in found.get(metric, ()))
    return sum(not isinstance(one.change, NotAssessable) for one in each)


def _divisible(item: MetricTotals) -> MetricTotals:
    """The metric with those of its segments that have periods of their own."""
    return replace(item, segments=tuple(one for one in item.segments if one.num is not None))


def _stepped_down(
    items: Sequence[MetricTotals], calendar: Calendar, alpha: float
) -> tuple[dict[Key, Tried], dict[Key, float]]:
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


def _named_at(tried: Mapping[Key, Tried], named: Sequence[Key]) -> dict[Key, float]:
    """Adjusted p values of the named, in the order in which they were: none under the one before it."""
    found, least = {}, 0.0
    for place, key in enumerate(named):
        least = max(least, tried[key].p * (len(tried) - place))
        found[key] = least
    return found


def _all_tried(items: Sequence[MetricTotals], calendar: Calendar, named: Sequence[Key]) -> Iterator[tuple[Key, Tried]]:
    for item in items:
        for segment in item.segments:
            key = (item.metric, segment.column, segment.label)
            apart = [
                one
                for one in item.segments
                if one is not segment and one.column == segment.column and (item.metric, one.column, one.label) in named
            ]
            found = against_others(item, segment, calendar, apart)
            if isinstance(found, Tried):
                yield key, found


def _effects(
    item: MetricTotals, calendar: Calendar, tried: Mapping[Key, Tried], adjusted: Mapping[Key, float], alpha: float
) -> Iterator[SegmentEffect]:
    for column in dict.fromkeys(segment.column for segment in item.segments):
        mine = [segment for segment in item.segments if segment.column == column]
        known = {one.label: tried[key] for one in mine if (key := (item.metric, column, one.label)) in tried}
        spread, parts = between(list(known.values())), contributions(item, mine)
        for segment in mine:
            one = _effect(item, segment, parts[segment.label], known.get(segment.label), spread)
            why = against_others(item, segment, calendar)
            if isinstance(why, NotAssessable):
                yield replace(one, change=why)
            else:
                p = adjusted[item.metric, column, segment.label]
                yield replace(one, p_holm=rounded(p), named=p < alpha)


def _effect(
    item: MetricTotals,
    segment: SegmentRatio,
    part: float | NotAssessable,
    one: Tried | None,
    spread: tuple[float, float],
) -> SegmentEffect:
    share = _numerator(segment.after) / _numerator(item.after) if _numerator(item.after) > 0 else 0.0
    if one is None:
        nothing = NotAssessable(code="too_few_events_in_segment")
        return SegmentEffect(segment.column, segment.label, part, rounded(share), nothing, 0.0, 0.0, 1.0, False)
    likely, most = (1.0 if math.isinf(each) else each / (each + one.se**2) for each in spread)
    middle, half = likely * one.change, t_quantile(0.975, one.df) * one.se * math.sqrt(most)
    low, change, high = (rounded(as_share(each)) for each in (middle - half, middle, middle + half))
    return SegmentEffect(segment.column, segment.label, part, rounded(share), change, low, high, 1.0, False)


def _numerator(found: Ratio | NotAssessable) -> float:
    return 0.0 if isinstance(found, NotAssessable) else found.numerator


def between(tried: Sequence[Tried]) -> tuple[float, float]:
    """τ², how much segments truly differ beyond the noise of each (DerSimonian & Laird), 0 when noise explains all; and
    the same with its own error on top: by the first the changes are drawn together, by the second they are unsure, as
    a τ² of 0 is an estimate, too. One alone is drawn nowhere."""
    if len(tried) < 2:
        return math.inf, math.inf
    weights = np.array([1.0 / one.se**2 for one in tried])
    changes = np.array([one.change for one in tried])
    middle, free = float(weights @ changes / weights.sum()), len(tried) - 1
    excess = max(0.0, float(weights @ (changes - middle) ** 2) - free)
    scale = float(weights.sum() - (weights**2).sum() / weights.sum())
    return excess / scale, (excess + math.sqrt(2.0 * free)) / scale


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
