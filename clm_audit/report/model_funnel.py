"""What the lifecycle draws beside its metrics: the funnel, the scores of the survey; and what became of the goals."""

from __future__ import annotations

from datetime import date
from typing import Literal

from clm_audit.config.base import Frozen
from clm_audit.report.model_base import Unknown


class StageSide(Frozen):
    """A stage in one window: who entered it, and the ``share`` of them that reached a later one in time."""

    entered: int | Unknown
    share: float | Unknown


class StageReport(Frozen):
    """One stage of the funnel, and who owns it."""

    name: str
    owner: str | None
    before: StageSide
    after: StageSide


class FunnelReport(Frozen):
    """Stages from first to last. ``days``: how long entrants were watched; ``sentence`` names the largest drop-off."""

    days: int
    stages: tuple[StageReport, ...]
    sentence: str


class ScoresReport(Frozen):
    """Answers to the question of recommending by score, from 0 to 10, as shares of a window's answers."""

    before: tuple[float, ...]
    after: tuple[float, ...]
    answers_before: int
    answers_after: int
    sentence: str


class GoalReport(Frozen):
    """One goal. ``target``, ``value``, ``low``, ``high`` in the unit of the metric; ``start`` to ``end``, half-open."""

    metric: str
    name: str
    unit: str
    better: Literal["higher", "lower"]
    target: float
    owner: str | None
    start: date
    end: date
    quarter: str
    result: Literal["met", "missed", "undecided", "not assessable"]
    value: float | Unknown
    low: float | Unknown
    high: float | Unknown
    sentence: str
