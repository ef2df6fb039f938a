"""With and without a control group: the comparison of one metric, and whether a finding may rest on it.

Whether it may is settled by the configuration and the counts alone, never by which of the two results is narrower.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan
from clm_audit.inference.calibrate import after_z
from clm_audit.inference.difference import (
    LEAST_CONTROLS,
    Cohort,
    Lines,
    cohorts,
    difference_series,
    group,
    laid_over,
    treated_series,
)
from clm_audit.inference.effect import Estimate, estimate_effect
from clm_audit.inference.robustness import AROUND_WEEKS, Rerun, around_go_live
from clm_audit.inference.series import LogSeries
from clm_audit.inference.short import LEAST_PERIODS_AFTER, too_short, too_short_before
from clm_audit.inference.units import MERGES, Grid, sound_units
from clm_audit.inference.unseen import no_allowance
from clm_audit.measures.model import MetricTotals

Floats = NDArray[np.float64]

CODES = ("too_few_controls", "no_treated")
"""Why a finding does not rest on the control group; ``detail`` of the first: have, need."""
MOST_PLACEBOS = 24
"""Control units that are tried as placebos in space: each takes as long as one fake go-live."""
KINDS = ("without_control", "largest_control_left_out")
"""Variations of a finding that rests on a control group, beside the weeks around go-live."""


@dataclass(frozen=True)
class Compared:
    """Both groups of one metric, laid out for the model."""

    grid: Grid
    cohorts: tuple[Cohort, ...]
    washout_weeks: int
    confidence: float

    @cached_property
    def lines(self) -> Lines:
        """The groups' lines around go-live."""
        return laid_over(self.grid, self.cohorts, self.washout_weeks)

    @cached_property
    def series(self) -> LogSeries:
        """Treated less control."""
        return difference_series(self.lines, self.grid.ppy)

    @property
    def controls(self) -> int:
        """Labels compared with: those of the cohort that has the fewest."""
        return min(len(cohort.control.labels) for cohort in self.cohorts)

    @property
    def missing(self) -> NotAssessable | None:
        """Why no finding may rest on it: too short, or too few labels to compare with."""
        if self.controls < LEAST_CONTROLS:
            return NotAssessable(code="too_few_controls", detail={"have": self.controls, "need": LEAST_CONTROLS})
        return too_short(self.series)

    @cached_property
    def together(self) -> Estimate | None:
        """The effect by the difference, calibrated in time and in space."""
        return self.estimated(self.series)

    @cached_property
    def alone(self) -> Estimate | None:
        """The effect on the treated by their own history."""
        return self.estimated(treated_series(self.lines, self.grid.ppy), alone=True)

    def estimated(self, series: LogSeries, *, alone: bool = False) -> Estimate | None:
        """The effect on a series; None when it is too short. ``alone``: by its own history, not as a difference."""
        if too_short(series) is not None:
            return None
        if alone:
            return estimate_effect(series, self.lines.treated.size, self.confidence)
        return estimate_effect(series, self.lines.treated.size, self.confidence, self.space_misses, no_allowance)

    def space_misses(self, log_scales: Floats) -> tuple[float, ...]:
        """Control units, the largest first, each taken for one that got the CRM and forecast against the others.

        All on the day of the largest cohort. One unit wanders more than a group: the model's scales grow with
        √Σw², the weights of both sides.
        """
        largest = max(self.cohorts, key=lambda cohort: cohort.volume)
        group_of = largest.control
        ranked = sorted(zip(group_of.weights.tolist(), range(len(group_of.units)), strict=True), reverse=True)
        own = self._wandering
        found: list[float] = []
        for _, place in ranked[:MOST_PLACEBOS] if len(ranked) > 1 else ():
            unit = group_of.units[place]
            rest = group([each for each in group_of.units if each is not unit], largest.live)
            swapped = replace(self, cohorts=(replace(largest, treated=group([unit], largest.live), control=rest),))
            found.extend(after_z(swapped.series, log_scales + 0.5 * np.log(swapped._wandering / own)))
        return tuple(found)

    @property
    def _wandering(self) -> float:
        """Variance of the difference where each unit's own has the variance 1."""
        volume = np.array([cohort.volume for cohort in self.cohorts])
        squares = np.array([[(side.weights**2).sum() for side in (one.treated, one.control)] for one in self.cohorts])
        return float((volume / volume.sum()) ** 2 @ squares[:, 0] + squares[:, 1].mean())

    def without_largest(self) -> Compared | None:
        """The same without the control unit of the greatest weight; None when one is all there is."""
        if any(len(cohort.control.units) < 2 for cohort in self.cohorts):
            return None
        first = self.cohorts[0].control
        largest = first.units[int(np.argmax(first.weights))]
        rest = [
            replace(each, control=group([unit for unit in each.control.units if unit is not largest], each.live))
            for each in self.cohorts
        ]
        return replace(self, cohorts=tuple(rest))


def compared(plan: AuditPlan, totals: MetricTotals) -> Compared | NotAssessable | None:
    """The groups of one metric; None when the plan names none or the metric could not be measured at all."""
    if plan.control is None or totals.missing is not None:
        return None
    if isinstance(totals.units, NotAssessable):
        return totals.units
    days = {unit.go_live for unit in totals.units}
    if days <= {None}:
        return NotAssessable(code="no_treated")
    grid, units = sound_units(totals, totals.units)
    found = cohorts(grid, units)
    if not found:
        return NotAssessable(code="too_few_controls", detail={"have": 0, "need": LEAST_CONTROLS})
    return Compared(grid, found, plan.washout_weeks, plan.policy.confidence)


def history_difference(plan: AuditPlan, totals: MetricTotals) -> LogSeries | None:
    """Those who are to get the CRM less those who are not, over a history that lies wholly before go-live; None where
    an audit would not rest on the difference: no control group, too few labels in it, or too short a history.

    The periods are merged as for the shortest audit, four of them after go-live.
    """
    if plan.control is None or totals.missing is not None or isinstance(totals.units, NotAssessable):
        return None
    size = totals.num.size
    once = [replace(unit, go_live=None if unit.go_live is None else int(totals.start[-1])) for unit in totals.units]
    shortest = replace(totals, n0=max(0, size - MERGES[-1] * LEAST_PERIODS_AFTER))
    grid, units = sound_units(shortest, once)
    sides = [[unit for unit in units if (unit.go_live is None) == control] for control in (False, True)]
    if not all(sides) or sum(len(unit.labels) for unit in sides[1]) < LEAST_CONTROLS:
        return None
    treated, control = (group(side, grid.start.size) for side in sides)
    lines = Lines(grid.start.size, treated.line, control.line, treated.sampling, control.sampling)
    series = difference_series(lines, grid.ppy)
    return series if too_short_before(series) is None else None


def evidence(found: Compared | NotAssessable | None) -> Estimate | None:
    """The estimate that a finding may rest on."""
    return found.together if isinstance(found, Compared) and found.missing is None else None


def control_reruns(found: Compared) -> Iterator[Rerun]:
    """The same question asked a little differently, of the difference."""
    periods = round(AROUND_WEEKS / found.grid.weeks)
    for kind, near in around_go_live(found.lines.before, periods):
        gone = np.zeros(found.lines.treated.size, dtype=bool)
        gone[max(0, near.start) : near.stop] = True
        lines = replace(found.lines, treated=np.where(gone, np.nan, found.lines.treated))
        series = difference_series(lines, found.grid.ppy)
        yield from _rerun(kind, {"weeks": AROUND_WEEKS}, found.estimated(series))
    rest = found.without_largest()
    yield from _rerun("largest_control_left_out", {}, rest.together if rest else None)
    yield from _rerun("without_control", {}, found.alone)


def _rerun(kind: str, detail: Mapping[str, str | int | float], estimate: Estimate | None) -> Iterator[Rerun]:
    if estimate is not None:
        yield Rerun(kind, detail, estimate.effect)
