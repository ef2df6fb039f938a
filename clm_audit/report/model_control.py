"""Those who got the CRM beside those who did not, in the report."""

from __future__ import annotations

from datetime import date

from clm_audit.config.base import Frozen
from clm_audit.report.model_base import Unknown


class RangeReport(Frozen):
    """An effect with its interval; shares."""

    effect: float
    low: float
    high: float


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
