"""Words for what an observed change is made of."""

from __future__ import annotations

import math
from collections.abc import Iterator

from clm_audit.report.model import PartsReport
from clm_audit.report.numbers import percent

CRM = "go-live"
TOTAL = "observed change"
NOTHING = "There is no plain comparison or no model of this metric to take apart."
LESS, LEFT = "less", "left at go-live"
CAPTION = (
    "What season, trend and passing noise (the rest) explain is taken away; what is left came at go-live. The parts"
    " multiply."
)


_IDS = {"season": "season", "trend": "trend", "known breaks": "breaks", "the rest": "rest"}


def id_of(name: str) -> str:
    """What a line of the waterfall is called in the audit JSON, below its metric.

    >>> id_of("less the rest")
    'parts.rest'
    """
    return f"parts.{_IDS[name.removeprefix(f'{LESS} ')]}"


def steps(parts: PartsReport) -> Iterator[tuple[str, float]]:
    """The parts in the order in which they are shown, log points; breaks only where some are known."""
    yield "season", parts.season
    yield "trend", parts.trend
    if parts.breaks:
        yield "known breaks", parts.breaks
    yield CRM, parts.effect
    yield "the rest", parts.rest


def sentence(parts: PartsReport) -> str:
    """The parts in one line."""
    said = ", ".join(f"{name} {percent(math.expm1(size), sign=True)}" for name, size in steps(parts))
    return f"The observed {percent(math.expm1(parts.observed), sign=True)} is made of: {said} (they multiply)."


def waterfall(parts: PartsReport) -> Iterator[tuple[str, float, float, float]]:
    """From observed to adjusted: name, size, and where its bar starts and ends, all in log points.

    >>> parts = PartsReport(season=0.1, trend=0.0, breaks=0.0, effect=0.2, rest=0.0, observed=0.3)
    >>> [name for name, *_ in waterfall(parts)]
    ['observed change', 'less season', 'less trend', 'less the rest', 'left at go-live']
    """
    at = parts.observed
    yield TOTAL, at, 0.0, at
    for name, size in steps(parts):
        if name != CRM:
            yield f"{LESS} {name}", size, at, at - size
            at -= size
    yield LEFT, parts.effect, 0.0, parts.effect
