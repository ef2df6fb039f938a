"""One metric of the report: its ratios, its effect, its series, its parts and what is said of it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from clm_audit.config.base import Frozen
from clm_audit.config.plan import FindingValue, MetricId
from clm_audit.inference.model import CourseValue
from clm_audit.report.model_base import ChangeUnit, Unknown
from clm_audit.report.model_control import ControlReport, RangeReport


class RatioReport(Frozen):
    """``weeks``: whole weeks that went in. Money-valued numerators are decimal strings."""

    value: float
    numerator: float | str
    denominator: float | str
    weeks: float


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
