"""Steps that say where to look: whose goal was missed, and which segment moved otherwise than the others."""

from __future__ import annotations

from collections.abc import Iterator

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import MetricId
from clm_audit.inference.segments import SegmentEffect
from clm_audit.report import words_funnel, words_steps
from clm_audit.report.numbers import percent, points
from clm_audit.report.situation import Situation
from clm_audit.report.words_metrics import in_text, listed, name

Step = tuple[str, MetricId, tuple[str, ...]]
"""A sentence, its metric, and the systems that it names."""


def missed_goals(at: Situation) -> Iterator[Step]:
    """One step for each goal that was missed, with who answers for it."""
    for one in at.goals:
        metric = next((each for each in at.systems if each == one.goal.metric), None)
        if one.result != "missed" or one.value is None or metric is None:
            continue
        systems = at.systems[metric]
        said = words_steps.GOAL_MISSED.format(
            metric=name(metric),
            target=words_funnel.amount(metric, float(one.goal.target), at.currency),
            quarter=words_funnel.quarter(one.start, one.end),
            value=words_funnel.amount(metric, one.value, at.currency),
            owner=f" {one.goal.owner} answers for it." if one.goal.owner else "",
        )
        yield f"{said} {look(metric, systems)}", metric, systems


def moved_segments(at: Situation) -> Iterator[Step]:
    """One step for each segment that is named."""
    for metric, effects in at.segments.items():
        finding = next((one for one in at.findings if one.metric == metric), None)
        for one in effects:
            if one.named and finding is not None and metric not in at.verdict.withheld:
                yield _moved(at, metric, one, finding.points), metric, at.systems.get(metric, ())


def _moved(at: Situation, metric: MetricId, one: SegmentEffect, scale: float | None) -> str:
    size = 0.0 if isinstance(one.change, NotAssessable) else one.change
    return words_steps.SEGMENT.format(
        label=one.label,
        column=one.column,
        metric=in_text(metric),
        change=percent(size, sign=True) if scale is None else points(size * scale, sign=True),
        where=where(at.systems.get(metric, ())),
    )


def look(metric: MetricId, systems: tuple[str, ...]) -> str:
    """What to look at in a metric that is worse than it was, or than it should be."""
    return words_steps.LOOK[metric].format(where=where(systems))


def where(systems: tuple[str, ...]) -> str:
    """The systems as a part of a sentence; empty where none is known.

    >>> where(("Shopify", "Zendesk")), where(())
    (' in Shopify and Zendesk', '')
    """
    return f" in {listed(systems)}" if systems else ""
