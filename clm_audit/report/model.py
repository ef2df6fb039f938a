"""The frozen AuditReport: the audit JSON, and the only thing that the output formats read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from clm_audit.config.base import Frozen
from clm_audit.config.plan import MetricId, VerdictValue
from clm_audit.intake.model import FileRecord, Reject
from clm_audit.report.model_base import Assumption as Assumption
from clm_audit.report.model_base import Unknown as Unknown
from clm_audit.report.model_brand import Brand
from clm_audit.report.model_control import CohortReport as CohortReport
from clm_audit.report.model_control import ControlReport as ControlReport
from clm_audit.report.model_control import GroupPoint as GroupPoint
from clm_audit.report.model_control import GroupUnitReport as GroupUnitReport
from clm_audit.report.model_control import RangeReport as RangeReport
from clm_audit.report.model_control import SyntheticReport as SyntheticReport
from clm_audit.report.model_funnel import FunnelReport, GoalReport, ScoresReport
from clm_audit.report.model_lifecycle import LifecycleView
from clm_audit.report.model_metric import Adjusted as Adjusted
from clm_audit.report.model_metric import Lean as Lean
from clm_audit.report.model_metric import MetricReport as MetricReport
from clm_audit.report.model_metric import MixReport as MixReport
from clm_audit.report.model_metric import PartsReport as PartsReport
from clm_audit.report.model_metric import PathPointReport as PathPointReport
from clm_audit.report.model_metric import Point as Point
from clm_audit.report.model_metric import RatioReport as RatioReport
from clm_audit.report.model_metric import SegmentReport as SegmentReport
from clm_audit.report.model_metric import SensitivityReport as SensitivityReport
from clm_audit.report.model_metric import ShareReport as ShareReport
from clm_audit.report.model_metric import VariantReport as VariantReport
from clm_audit.report.model_metric import VariationReport as VariationReport
from clm_audit.report.model_metric import YearReport as YearReport
from clm_audit.report.model_money import CustomerCostsReport, MoneyReport, WorthReport
from clm_audit.report.model_next import Recommendation
from clm_audit.report.model_ratchet import SinceReport
from clm_audit.verdict.model import CheckStatus, Gate, PlainAnswer


class Figure(Frozen):
    """A known number. Money is a decimal string with its ``currency``."""

    value: float | int | str
    currency: str | None = None


class Span(Frozen):
    """Half-open [from, to)."""

    start: date
    end: date
    weeks: float


class Windows(Frozen):
    """The two windows and what lies around them."""

    before: Span
    after: Span
    washout_weeks: int
    season_aligned: bool
    go_live: date
    go_live_derived: bool
    history_from: date


class CheckReport(Frozen):
    """A data check in words."""

    id: str
    title: str
    status: CheckStatus
    metrics: tuple[MetricId, ...]
    message: str
    remedy: str
    evidence: Mapping[str, str | int | float]


class AnswerReport(Frozen):
    """One of the five questions answered from the observed numbers."""

    question_number: int
    question: str
    metric: MetricId
    answer: PlainAnswer
    before: float | Unknown
    after: float | Unknown
    change: float | Unknown


class PlainReport(Frozen):
    """The plain reading in words."""

    answers: tuple[AnswerReport, ...]
    better: int
    of: int
    reading: str
    sentence: str


class VerdictReport(Frozen):
    """``difference``: one sentence on why plain and defended reading differ, or empty."""

    value: VerdictValue
    sentence: str
    row: str
    lean: str
    because: tuple[str, ...]
    capped_by: tuple[str, ...]
    difference: str
    next_step: str


class EventReport(Frozen):
    """A known dated event."""

    date: date
    what: str
    is_break: bool


class Planned(Frozen):
    """Whether metrics, margins and windows were settled before the results were seen: a frozen plan, verified.

    ``differences``: settings that are not as they were frozen, in words; ``data_until``: the last day that had been
    seen, and ``hash`` of the frozen plan; both None without one.
    """

    status: Literal["planned", "chosen after seeing data"]
    sentence: str
    differences: tuple[str, ...] = ()
    data_until: date | None = None
    hash: str | None = None


class Tool(Frozen):
    """Which program wrote this."""

    name: Literal["clm-audit"] = "clm-audit"
    version: str


class AuditReport(Frozen):
    """The whole audit. ``plan``: resolved config as {dotted path: {value, origin}}. ``rejects`` holds
    the first 100, ``reject_count`` all; ``sha256``: over all the rest, put in when it is written as JSON.
    Top-level names are those of the published schema."""

    schema_version: Literal["1"] = "1"
    tool: Tool
    created: str | None = None
    title: str
    client: str | None = None
    author: str | None = None
    brand: Brand = Brand()
    currency: str | Unknown
    plan: Mapping[str, Mapping[str, Any]]
    files: tuple[FileRecord, ...]
    unknown_files: tuple[tuple[str, str], ...]
    rejects: tuple[Reject, ...]
    reject_count: int
    windows: Windows
    totals: Mapping[Literal["before", "after"], Mapping[str, Figure | Unknown]]
    metrics: tuple[MetricReport, ...]
    lifecycle: tuple[MetricReport, ...] = ()
    lifecycle_view: LifecycleView = LifecycleView()
    funnel: FunnelReport | Unknown = Unknown(reason="No export says when customers entered which stage.")
    scores: ScoresReport | Unknown = Unknown(reason="No export holds answers to the question of recommending.")
    goals: tuple[GoalReport, ...] = ()
    checks: tuple[CheckReport, ...]
    plain: PlainReport
    verdict: VerdictReport
    gate: Gate
    since: SinceReport | Unknown = Unknown(reason="No earlier audit was given (--against).")
    money: MoneyReport | Unknown = Unknown(reason="The costs of the CRM were not given.")
    worth: WorthReport | Unknown = Unknown(reason="The volumes of a year are not known.")
    customer_costs: CustomerCostsReport | Unknown = Unknown(reason="Neither cost could be measured.")
    recommendations: tuple[Recommendation, ...] = ()
    events: tuple[EventReport, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    planned: Planned
    sha256: str = ""
