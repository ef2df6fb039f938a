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
class Finding:
    """The answer for one metric. ``code`` is the reason (a key of ``report/words.py``), e.g.
    ``holm_significant``, ``equivalent``, ``too_little_information``, ``too_short_before``.

    ``better_probability``: P(the metric got better). ``p_holm``: None when not in the family.
    ``below_materiality``: significant, yet TOST holds as well. ``more_weeks``: weeks after now until
    this file's own rate would decide; None = already decided; -1 = never at this volume.
    ``event_near``: a known event or break lies within eight weeks of go-live, so that a change may be its doing.
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
    event_near: bool = False

    @property
    def flipped_by(self) -> tuple[Variation, ...]:
        """The variations under which the finding would be another."""
        return tuple(one for one in self.variations if one.value != self.value)
