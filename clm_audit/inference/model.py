"""What inference answers: an effect with its interval, and a finding. No prose: codes and numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import FindingValue, MetricId

CourseValue = Literal["rising", "flat", "fading", "unclear"]


@dataclass(frozen=True)
class PathPoint:
    """The effect so many months after go-live, with its interval; shares."""

    months: int
    effect: float
    low: float
    high: float


@dataclass(frozen=True)
class Effect:
    """The adjusted effect of one metric. Shares: 0.07 = +7 %. ``log_*`` are on the log scale.

    ``expected``/``low_band``/``high_band``: the model's expected value of the metric for each period
    had there been no go-live (before go-live: the fit), with its 95 % range; NaN where missing.
    ``path``: the effect 3, 6 and 12 months on, as far as the data reach; ``course``: whether its size still rises.
    ``space_z``: standardised errors of control units, each taken for one that got the CRM.
    ``unseen``: share of the periods after go-live in weeks of the year that the history before does not show;
    ``season_sd``: what their season adds to ``se`` (in squares), 0 when it was seen; ``p_season_known``: p without it.
    ``false_alarms``: how many of the quiet dates behind ``placebo_z`` this method would have called a change.
    """

    effect: float
    low: float
    high: float
    low90: float
    high90: float
    log_effect: float
    se: float
    df: int
    p: float
    probability_up: float
    detectable: float
    placebo_z: tuple[float, ...]
    years_before: float
    season_seen: bool
    expected: NDArray[np.float64]
    low_band: NDArray[np.float64]
    high_band: NDArray[np.float64]
    path: tuple[PathPoint, ...] = ()
    course: CourseValue = "unclear"
    false_alarms: int = 0
    space_z: tuple[float, ...] = ()
    unseen: float = 0.0
    season_sd: float = 0.0
    p_season_known: float = 1.0


class Parts(NamedTuple):
    """What the observed change is made of, in log points that add up to log(after / before): the season, trend and
    slow drift, known breaks, the effect as printed, and the rest (passing shocks, noise, windows of uneven weeks)."""

    season: float
    trend: float
    breaks: float
    effect: float
    rest: float

    @property
    def observed(self) -> float:
        """The observed change that they add up to, log points."""
        return math.fsum(self)


class Share(NamedTuple):
    """A part of an observed change with its interval; shares of the value before."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Mix:
    """The observed change as *who buys* plus *how they buy* (``inference/kitagawa.py``); they add up to it exactly.

    ``every``: how manieth customer was followed, 1 = all. ``weeks``: the look back in which tenure is counted.
    """

    who: Share
    how: Share
    every: int
    weeks: int


@dataclass(frozen=True)
class Variation:
    """The same question asked a little differently (``inference/robustness.py``): ``kind`` and ``detail`` say how,
    ``value`` what the finding would be. Shares."""

    kind: str
    detail: Mapping[str, str | int | float]
    effect: float
    low: float
    high: float
    value: FindingValue


@dataclass(frozen=True)
class Range:
    """An effect with its interval; shares."""

    effect: float
    low: float
    high: float


@dataclass(frozen=True)
class GroupUnit:
    """One unit of a comparison: a label, or several small ones pooled, with the ``customers`` of each.

    ``weight``: its share of its group; ``synthetic``: its weight in the synthetic control, where there is one.
    """

    labels: tuple[str, ...]
    customers: tuple[int, ...]
    treated: bool
    weight: float
    synthetic: float | None = None


@dataclass(frozen=True)
class CohortEffect:
    """Those who got the CRM on one ``day`` against ``controls`` labels without it; ``share`` of the treated volume."""

    day: int
    labels: tuple[str, ...]
    share: float
    controls: int
    range: Range | None


@dataclass(frozen=True)
class SyntheticEffect:
    """The synthetic control beside it: ``effect`` (share), ``p`` by rank among ``placebos``, ``miss``: how far it lies
    from the treated before go-live, root mean square (share)."""

    effect: float
    p: float
    placebos: int
    miss: float


@dataclass(frozen=True)
class Comparison:
    """A metric of those who got the CRM beside that of those who did not (``inference/control.py``).

    ``missing``: why the finding does not rest on it; None when it does. ``controls``: labels compared with.
    ``together`` the effect by the difference, ``alone`` that of the treated against their own history; the
    ``*_change`` are plain, between the windows. ``start``, ``treated``, ``control``: the periods and each group's
    index, 100 = its mean before; NaN where missing. ``weeks`` make a period; with several cohorts the periods
    are counted from the own go-live of each.
    """

    missing: NotAssessable | None
    controls: int
    together: Range | None
    alone: Range | None
    treated_change: float | None
    control_change: float | None
    units: tuple[GroupUnit, ...]
    cohorts: tuple[CohortEffect, ...]
    synthetic: SyntheticEffect | None
    start: NDArray[np.int64]
    treated: NDArray[np.float64]
    control: NDArray[np.float64]
    weeks: int

    @property
    def narrower(self) -> bool:
        """Whether the control group made the interval narrower, on the log scale."""
        if self.together is None or self.alone is None:
            return False
        with_, without = (math.log1p(one.high) - math.log1p(one.low) for one in (self.together, self.alone))
        return with_ < without


@dataclass(frozen=True)
class Finding:
    """The answer for one metric. ``code`` is the reason (a key of ``report/words.py``), e.g.
    ``holm_significant``, ``equivalent``, ``too_little_information``, ``too_short_before``.

    ``better_probability``: P(the metric got better). ``p_holm``: None when not in the family.
    ``control``: the comparison with those who did not get the CRM, or why there is none; None: nobody was named.
    ``below_materiality``: significant, yet TOST holds as well. ``more_weeks``: weeks after now until
    this file's own rate would decide; None = already decided; -1 = never at this volume.
    ``event_near``: a known event or break lies within eight weeks of go-live, so that a change may be its doing.
    ``points``: how many points of its score a change of one whole is, for a metric that is told in points; every share
    of the finding times this is what people read, as a score has no per cent.
    """

    metric: MetricId
    value: FindingValue
    code: str
    effect: Effect | None
    observed_change: float | NotAssessable
    materiality: float
    p_holm: float | None = None
    p_equivalence: float | None = None
    below_materiality: bool = False
    better_probability: float | None = None
    more_weeks: int | None = None
    missing: NotAssessable | None = None
    variations: tuple[Variation, ...] = ()
    parts: Parts | None = None
    mix: Mix | NotAssessable | None = None
    event_near: bool = False
    control: Comparison | NotAssessable | None = None
    points: float | None = None

    @property
    def by_control(self) -> bool:
        """Whether the finding rests on a control group: what happened to everybody is then not in its effect."""
        return isinstance(self.control, Comparison) and self.control.missing is None

    @property
    def flipped_by(self) -> tuple[Variation, ...]:
        """The variations under which the finding would be another."""
        return tuple(one for one in self.variations if one.value != self.value)
