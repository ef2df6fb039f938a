"""The frozen AuditReport: the audit JSON, and the only thing that the output formats read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from clm_audit.config.base import Frozen
from clm_audit.config.plan import FindingValue, MetricId, VerdictValue
from clm_audit.inference.model import CourseValue
from clm_audit.intake.model import FileRecord, Reject
from clm_audit.report.model_base import Assumption as Assumption
from clm_audit.report.model_base import ChangeUnit
from clm_audit.report.model_base import Unknown as Unknown
from clm_audit.report.model_brand import Brand
from clm_audit.report.model_funnel import FunnelReport, GoalReport, ScoresReport
from clm_audit.report.model_lifecycle import LifecycleView
from clm_audit.report.model_money import CustomerCostsReport, MoneyReport, WorthReport
from clm_audit.report.model_next import Recommendation
from clm_audit.report.model_ratchet import SinceReport
from clm_audit.verdict.model import CheckStatus, Gate, PlainAnswer


class Figure(Frozen):
    """A known number. Money is a decimal string with its ``currency``."""

    value: float | int | str
    currency: str | None = None


class RatioReport(Frozen):
    """``weeks``: whole weeks that went in. Money-valued numerators are decimal strings."""

    value: float
    numerator: float | str
    denominator: float | str
    weeks: float


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


class PathPointReport(Frozen):
    """The effect so many months after go-live, with its interval; shares."""

    months: int
    effect: float
    low: float
    high: float


class Adjusted(Frozen):
    """``effect``, ``low``, ``high``, ``detectable``: shares (0.07 = +7 %); low/high: 95 % interval.
    ``false_alarms``: of the quiet dates behind ``placebo_z``, how many this method would have called a change.
    ``unit``: where it is ``points``, the four and those of ``path`` are points of a score, not shares.
    ``unseen_season``: share of the time after go-live in weeks of the year that the history before does not show;
    ``season_sd``: what their season adds to the standard error on the log scale, in squares."""

    effect: float
    low: float
    high: float
    p: float
    p_holm: float
    detectable: float
    years_before: float
    season_seen: bool
    unseen_season: float = 0.0
    season_sd: float = 0.0
    placebo_z: tuple[float, ...]
    false_alarms: int = 0
    path: tuple[PathPointReport, ...] = ()
    course: CourseValue = "unclear"
    unit: ChangeUnit = "share"


class Lean(Frozen):
    """Which way an undecided metric leans, and how surely."""

    direction: Literal["better", "worse"]
    probability: float


class VariantReport(Frozen):
    """A variant of a metric, both sides."""

    id: str
    label: str
    unit: str
    before: float | Unknown
    after: float | Unknown
    change: float | Unknown


class RangeReport(Frozen):
    """An effect with its interval; shares."""

    effect: float
    low: float
    high: float


class SegmentReport(Frozen):
    """A metric in one segment value; groups under 5 customers never get here. ``share`` of the numerator after;
    ``contribution``: its part of the observed change (shares of the value before; those of a column add up to it);
    ``against_others``: how it moved beside them, drawn towards them; ``named``: more than a hunt explains."""

    column: str
    label: str
    before: float | Unknown
    after: float | Unknown
    change: float | Unknown
    share: float | Unknown = Unknown(reason="It is not told by period.")
    contribution: float | Unknown = Unknown(reason="It is not told by period.")
    against_others: RangeReport | Unknown = Unknown(reason="It is not told by period.")
    named: bool = False


class Point(Frozen):
    """One model period: first day, observed value (None = missing period) and the expected range had
    nothing changed at go-live."""

    period: date
    value: float | None
    expected: float | None
    low: float | None
    high: float | None


class PartsReport(Frozen):
    """What the observed change is made of, in log points that add up to ``observed`` = log(after / before)."""

    season: float
    trend: float
    breaks: float
    effect: float
    rest: float
    observed: float


class ShareReport(Frozen):
    """A part of an observed change with its interval; shares of the value before."""

    value: float
    low: float
    high: float


class MixReport(Frozen):
    """The observed change as the sum of who buys and how they buy, over segment × tenure. ``followed``: one customer
    in so many (1 = all); ``tenure_weeks``: the look back in which tenure is counted."""

    who_buys: ShareReport
    how_they_buy: ShareReport
    followed: int
    tenure_weeks: int


class SensitivityReport(Frozen):
    """What the metric would show (``change``) had customers ordered ``fewer`` less since go-live; shares."""

    fewer: float
    change: float


class VariationReport(Frozen):
    """The same question asked a little differently: how (``kind``, ``what`` in words), and what would be found."""

    kind: str
    what: str
    effect: float
    low: float
    high: float
    finding: FindingValue
    flips: bool


class GroupUnitReport(Frozen):
    """A unit of the comparison; ``name``: its label, or what was pooled. ``weight``: its share of its group;
    ``synthetic``: its weight in the synthetic control."""

    name: str
    treated: bool
    weight: float
    synthetic: float | Unknown


class CohortReport(Frozen):
    """Those who got the CRM on one day, against ``controls`` values that had not got it."""

    go_live: date
    labels: int
    share: float
    controls: int
    effect: RangeReport | Unknown


class SyntheticReport(Frozen):
    """The synthetic control; ``p`` by rank among ``placebos``; ``miss``: its root mean squared distance before."""

    effect: float
    p: float
    placebos: int
    miss: float
    sentence: str


class GroupPoint(Frozen):
    """One period of the comparison: each group's index, 100 = its mean before go-live; None = missing period."""

    period: date
    treated: float | None
    control: float | None


class ControlReport(Frozen):
    """Those who got the CRM beside those who did not. ``used``: whether the finding rests on it; ``with_control`` and
    ``without_control``: the effect on those who got it by the difference, and by their own history alone;
    ``better``: why the first beats the second, or empty. ``*_change``: plain, between the windows."""

    segment: str
    used: bool
    sentence: str
    better: str
    controls: int
    with_control: RangeReport | Unknown
    without_control: RangeReport | Unknown
    treated_change: float | Unknown
    control_change: float | Unknown
    units: tuple[GroupUnitReport, ...]
    cohorts: tuple[CohortReport, ...]
    synthetic: SyntheticReport | Unknown
    weeks_per_period: int
    series: tuple[GroupPoint, ...]


class YearReport(Frozen):
    """The plain change against the same weeks a year before (a share), and how many weeks after go-live had one."""

    change: float
    weeks: int


class MetricReport(Frozen):
    """One metric. ``question_number``: 0 for a metric of the lifecycle, which answers none of the five questions.
    ``why_different``: one sentence on why observed and adjusted differ, or empty; ``method``: its statistics in words
    (p-values, calibration), for the method section alone. ``change_unit``: how ``observed_change``, ``materiality`` and
    the changes of variants, segments and variations are told. ``uses``: the facts whose rows it is made of, spend by
    its category (``spend.service``)."""

    id: MetricId
    question: str
    question_number: int
    name: str
    unit: str
    better: Literal["higher", "lower"]
    before: RatioReport | Unknown
    after: RatioReport | Unknown
    observed_change: float | Unknown
    year_over_year: YearReport | Unknown
    adjusted: Adjusted | Unknown
    finding: FindingValue
    finding_sentence: str
    lean: Lean | Unknown
    reason: str
    remedy: str
    why_different: str
    materiality: float
    definition: str
    variants: tuple[VariantReport, ...] = ()
    segments: tuple[SegmentReport, ...] = ()
    segment_notes: tuple[str, ...] = ()
    weeks_per_period: int
    series: tuple[Point, ...] = ()
    method: str = ""
    how_sure: tuple[str, ...] = ()
    variations: tuple[VariationReport, ...] = ()
    parts: PartsReport | Unknown
    mix: MixReport | Unknown
    sensitivity: SensitivityReport | Unknown
    control: ControlReport | Unknown
    change_unit: ChangeUnit = "share"
    uses: tuple[str, ...] = ()


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
