"""What to do next, in the report."""

from __future__ import annotations

from typing import Literal

from clm_audit.config.base import Frozen
from clm_audit.config.plan import MetricId

StepKind = Literal["mend", "look", "record", "again", "set"]
"""Mend the exports · look at something in a system · record or add data · audit again · settle a setting."""


class Recommendation(Frozen):
    """One step. ``id``: its rule in docs/recommendations.md; ``metrics`` and ``checks`` that ask for it, ``systems`` to
    look into. The most urgent stand first."""

    id: str
    kind: StepKind
    sentence: str
    metrics: tuple[MetricId, ...] = ()
    checks: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
