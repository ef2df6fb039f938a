"""Words for what an observed change is made of."""

from __future__ import annotations

import math
from collections.abc import Iterator

from clm_audit.report.model import PartsReport
from clm_audit.report.numbers import percent

CRM = "go-live"
TOTAL = "observed change"
NOTHING = "There is no plain comparison or no model of this metric to take apart."
CAPTION = (
    "What the observed change is made of. Each part multiplies what stands above it; together they give the observed"
    " change exactly. The rest is passing shocks and noise."
)


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
