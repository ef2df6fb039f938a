"""What could be found, and when: before go-live from the history alone, afterwards from what came so far.

The posterior variance of the mean effect depends on the times and the scales, not on what will be observed; so
the reach of an audit can be told before its data exist, with the very model, calibration and test of the audit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan, MetricId
from clm_audit.inference.breaks import break_positions
from clm_audit.inference.calibrate import calibrate
from clm_audit.inference.control import compared, evidence, history_difference
from clm_audit.inference.effect import Estimate, detectable, estimate_effect
from clm_audit.inference.horizon import NEVER, future_sd, future_se, future_season
from clm_audit.inference.integrate import find_mode, importance_weights, nodes_around
from clm_audit.inference.prior import fixed_nodes
from clm_audit.inference.rounding import rounded
from clm_audit.inference.series import LogSeries, log_series
from clm_audit.inference.short import too_short, too_short_before
from clm_audit.inference.structural import StructuralModel, history_model
from clm_audit.inference.unseen import Allowance, no_allowance, season_allowance
from clm_audit.measures.model import WEEKS_PER_YEAR, MetricTotals

Floats = NDArray[np.float64]

WEEKS = (4, 8, 13, 26, 52)
TRIED = (2, 4, 6, 8, 10, 13, 16, 20, 26, 32, 39, 52, 65, 78, 104, 130, 156, 208, 260)
"""Weeks after go-live at which it is asked whether an effect would be found."""


@dataclass(frozen=True)
class Reach:
    """With so many weeks after go-live, the smallest rise (share) that would be found with 80 % power."""

    weeks: int
    detectable: float


@dataclass(frozen=True)
class Outlook:
    """The reach of one metric's audit. ``effect``: the share that is asked for; ``decided``: weeks after go-live
    from which it would be found with 80 % power, -1 when five years do not suffice; ``by_control``: whether the
    audit will rest on the difference to a control group."""

    reach: tuple[Reach, ...]
    effect: float
    decided: int
    by_control: bool = False


def outlook_before(
    series: LogSeries, effect: float, confidence: float = 0.95, allowance: Allowance = season_allowance
) -> Outlook:
    """The outlook of a series that ends before go-live (``series.go_live`` is its length).

    The scales are integrated out once, at 26 weeks, and stand at the mode otherwise; the calibration is that of
    fake go-lives with as long an after period as the one that is planned.
    """
    model = history_model(series)
    mode = find_mode(model)
    weeks_per_period = WEEKS_PER_YEAR / series.ppy
    periods = {weeks: max(1, round(weeks / weeks_per_period)) for weeks in (*WEEKS, *TRIED)}
    counts = sorted(set(periods.values()))
    sd = dict(zip(counts, future_sd(series, mode, counts), strict=True))
    wider = _integrated_sd(series, model, mode, periods[26]) / sd[periods[26]]
    season = dict(zip(counts, future_season(series, mode, counts, allowance), strict=True))

    def found_with(weeks: int) -> float:
        width = periods[weeks]
        calibration = calibrate(replace(series, length=series.go_live + width), mode)
        error = math.hypot(calibration.factor * wider * sd[width], season[width])
        return detectable(error, calibration.df, confidence)

    return _outlook(found_with, WEEKS, effect)


def outlook_after(estimate: Estimate, effect: float, confidence: float = 0.95) -> Outlook:
    """The outlook once some weeks were observed: today's calibrated error, shrunk as further weeks will shrink it."""
    series = estimate.series
    weeks_per_period = WEEKS_PER_YEAR / series.ppy
    have = round((series.length - series.go_live) * weeks_per_period)
    further = {weeks: max(0, round((weeks - have) / weeks_per_period)) for weeks in (*WEEKS, have, *TRIED)}
    counts = sorted(set(further.values()))
    error = dict(zip(counts, future_se(estimate, counts), strict=True))

    def found_with(weeks: int) -> float:
        return detectable(error[further[weeks]], estimate.effect.df, confidence)

    return _outlook(found_with, sorted({have, *(weeks for weeks in WEEKS if weeks > have)}), effect, have)


def _outlook(found_with: Callable[[int], float], weeks: Iterable[int], effect: float, have: int = 0) -> Outlook:
    reach = tuple(Reach(each, rounded(found_with(each))) for each in weeks)
    tried = sorted({have, *(each for each in TRIED if each >= have)} - {0})
    decided = next((each for each in tried if found_with(each) <= effect), NEVER)
    return Outlook(reach, effect, decided)


def _integrated_sd(series: LogSeries, model: StructuralModel, mode: Floats, periods: int) -> float:
    """Posterior sd of the mean effect after ``periods``, the scales integrated out: √(Σ w sd²)."""
    points = nodes_around(model, mode)
    weight = importance_weights(-model.effect_at(points)[0], fixed_nodes())
    sd = np.array([future_sd(series, point, [periods])[0] for point in points])
    return float(np.sqrt(weight @ sd**2))


def foresee(
    plan: AuditPlan, metrics: Sequence[MetricTotals], effects: Mapping[MetricId, float]
) -> tuple[Outlook | NotAssessable, ...]:
    """The outlook of each metric, in order, or why there is none; ``effects``: the share asked for, per metric.

    A metric all of whose periods lie before go-live is told from its history, any other from what came so far.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        return tuple(_outlook_of(plan, totals, effects[totals.metric]) for totals in metrics)


def _outlook_of(plan: AuditPlan, totals: MetricTotals, effect: float) -> Outlook | NotAssessable:
    if totals.missing is not None:
        return totals.missing
    confidence = plan.policy.confidence
    beside = _beside(plan, totals, effect)
    if beside is not None:
        return replace(beside, by_control=True)
    series = log_series(totals, *break_positions(plan, totals))
    if totals.n0 < totals.num.size:
        missing = too_short(series)
        if missing is not None:
            return missing
        return outlook_after(estimate_effect(series, totals.num.size, confidence), effect, confidence)
    missing = too_short_before(series)
    return missing if missing is not None else outlook_before(series, effect, confidence)


def _beside(plan: AuditPlan, totals: MetricTotals, effect: float) -> Outlook | None:
    """The outlook of the difference, where the audit will rest on a control group.

    Before go-live the placebos in space are not foretold: the calibration is that of the fake go-lives alone.
    """
    confidence = plan.policy.confidence
    if totals.n0 < totals.num.size:
        estimate = evidence(compared(plan, totals))
        return None if estimate is None else outlook_after(estimate, effect, confidence)
    series = history_difference(plan, totals)
    return None if series is None else outlook_before(series, effect, confidence, no_allowance)
