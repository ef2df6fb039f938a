"""The frozen HistoryReport: the run of every metric over the saved audits of a folder, all that its formats read."""

from __future__ import annotations

from datetime import date
from typing import Literal

from clm_audit.config.base import Frozen
from clm_audit.config.plan import FindingValue, MetricId, VerdictValue
from clm_audit.report.model import Tool
from clm_audit.report.model_base import ChangeUnit, Unknown
from clm_audit.report.model_brand import Brand

GoalOutcome = Literal["met", "missed", "undecided", "not assessable"]


class HistoryEffect(Frozen):
    """The adjusted effect that an audit found, with its 95 % interval: shares, or points where ``unit`` says so."""

    effect: float
    low: float
    high: float
    unit: ChangeUnit


class HistoryAudit(Frozen):
    """One saved audit. ``quarter``: that of the after window's last day; ``label``: the quarter, or the last day where
    two audits are of one quarter; ``start``, ``end``: the after window, half-open; ``sha256``: of the file;
    ``better`` of ``of``: the plain reading; ``changed``: whether the verdict is another than in the audit before."""

    file: str
    sha256: str
    version: str
    title: str
    label: str
    quarter: str
    start: date
    end: date
    weeks: float
    verdict: VerdictValue
    better: int
    of: int
    changed: bool


class HistoryPoint(Frozen):
    """A metric in one audit, the ``audit``-th of the report (from 0). ``before``, ``after``: the observed values in the
    windows; ``changed``: whether the finding is another than in the audit before."""

    audit: int
    before: float | Unknown
    after: float | Unknown
    adjusted: HistoryEffect | Unknown
    finding: FindingValue
    changed: bool


class HistoryMetric(Frozen):
    """One metric, a point for each audit in their order. ``question_number``: 0 for a metric of the lifecycle;
    ``materiality``: of the last audit, in ``change_unit``."""

    id: MetricId
    question_number: int
    name: str
    unit: str
    better: Literal["higher", "lower"]
    materiality: float
    change_unit: ChangeUnit
    sentence: str
    points: tuple[HistoryPoint, ...]


class HistoryGoalPoint(Frozen):
    """What one audit said of a goal."""

    audit: int
    result: GoalOutcome
    value: float | Unknown
    low: float | Unknown
    high: float | Unknown


class HistoryGoal(Frozen):
    """A goal of one metric and quarter; another target is another goal. ``owner``, ``sentence``: of the last audit that
    had it."""

    metric: str
    name: str
    unit: str
    quarter: str
    target: float
    owner: str | None
    sentence: str
    points: tuple[HistoryGoalPoint, ...]


class HistoryChange(Frozen):
    """A verdict or a finding that is another than in the audit before. ``metric``: None for the verdict."""

    audit: int
    metric: MetricId | None
    was: str
    now: str
    sentence: str


class LeftOut(Frozen):
    """A file of the folder that is no part of the run, and why."""

    file: str
    reason: str


class HistoryReport(Frozen):
    """``audits``: by the end of their window; ``never``: names of the metrics that no audit could assess; ``notes``:
    what stands in the way of reading the run as one, such as other settings."""

    schema_version: Literal["1"] = "1"
    tool: Tool
    title: str
    client: str | None
    brand: Brand = Brand()
    go_live: date
    currency: str | Unknown
    sentence: str
    next_step: str
    audits: tuple[HistoryAudit, ...]
    changes: tuple[HistoryChange, ...]
    metrics: tuple[HistoryMetric, ...]
    never: tuple[str, ...]
    goals: tuple[HistoryGoal, ...]
    notes: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
