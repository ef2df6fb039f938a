"""This audit against an earlier one, as the audit JSON has it; changes of effects are shares."""

from __future__ import annotations

from datetime import date

from clm_audit.config.base import Frozen
from clm_audit.config.plan import MetricId, RatchetValue
from clm_audit.report.model_base import Unknown


class Since(Frozen):
    """One metric: the effect that the earlier audit had, how the effect has changed since, and the interval of that."""

    id: MetricId
    name: str
    result: RatchetValue
    earlier: float | Unknown
    change: float | Unknown
    low: float | Unknown
    high: float | Unknown
    sentence: str


class SinceReport(Frozen):
    """``file``, ``sha256``: the earlier audit; ``until``: its last day; ``nested``: whether its weeks are part of
    this one's."""

    file: str
    sha256: str
    until: date
    nested: bool
    sentence: str
    metrics: tuple[Since, ...]
