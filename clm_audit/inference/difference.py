"""The difference between those who got the CRM and those who did not, as one series around go-live.

    d_t = Σ w_u log y_u (treated) − Σ w_u log y_u (control),   w_u = share of its group's numerator before go-live

What both groups met (season, trend, prices, a pandemic) is not in d. Weights are fixed before go-live, so that a
group that grows cannot pull the series. Groups that got the CRM later are cohorts of their own: each is compared
with units that did not have it yet, and the cohorts are laid over each other at their own go-lives, weighted by
volume, so that one model and one calibration serve them all (the comparison group is that of Callaway & Sant'Anna
2021, doi 10.1016/j.jeconom.2020.12.001).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clm_audit.inference.series import LogSeries
from clm_audit.inference.short import LEAST_PERIODS_AFTER
from clm_audit.inference.units import Grid, Unit

Floats = NDArray[np.float64]

LEAST_CONTROLS = 5
"""Labels without the CRM from which their difference counts as evidence: with fewer, one of them having a good year
looks like an effect, and nothing in the data would say so."""


@dataclass(frozen=True)
class Group:
    """Units seen as one: ``weights`` sum to 1; ``line`` Σ w log y, NaN where a unit has none, [n]; ``sampling`` its
    variance from counting alone, [n]."""

    units: tuple[Unit, ...]
    weights: Floats
    line: Floats
    sampling: Floats

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label in it."""
        return tuple(label for unit in self.units for label in unit.labels)


@dataclass(frozen=True)
class Cohort:
    """Those who got the CRM on one ``day``, and whom they are compared with until period ``end``. ``live``: the first
    whole period with the CRM; ``volume``: their numerator before it."""

    day: int
    live: int
    end: int
    volume: float
    treated: Group
    control: Group


@dataclass(frozen=True)
class Lines:
    """Cohorts laid over each other, in periods from ``-before`` on: each group's log line and sampling variance."""

    before: int
    treated: Floats
    control: Floats
    treated_sampling: Floats
    control_sampling: Floats


def group(units: Sequence[Unit], live: int) -> Group:
    """The units weighted by their share of the numerator before period ``live``."""
    volume = np.array([float(unit.num[:live].sum()) for unit in units])
    weights = volume / volume.sum() if volume.sum() > 0 else np.full(len(units), 1.0 / len(units))
    lines = np.array([unit.log_ratio for unit in units])
    sampling = np.array([unit.sampling for unit in units])
    return Group(tuple(units), weights, weights @ lines, weights**2 @ sampling)


def cohorts(grid: Grid, units: Sequence[Unit], least: int = LEAST_CONTROLS) -> tuple[Cohort, ...]:
    """One for each day on which units got the CRM, as far as somebody was there to compare with for long enough.

    Compared with are those who never got it, and, when these are fewer than ``least`` labels, those who got it
    later as well, until the first of them does.
    """
    days = sorted({unit.go_live for unit in units if unit.go_live is not None})
    found = []
    for day in days:
        live = _index(grid, day)
        controls, end = _controls(grid, units, day, least)
        if not controls or live == 0 or end - live < LEAST_PERIODS_AFTER:
            continue
        treated = [unit for unit in units if unit.go_live == day]
        volume = float(sum(unit.num[:live].sum() for unit in treated))
        found.append(Cohort(day, live, end, volume, group(treated, live), group(controls, live)))
    return tuple(found)


def _index(grid: Grid, day: int) -> int:
    """The first period that begins on the day or later."""
    return int(np.searchsorted(grid.start, day, side="left"))


def _controls(grid: Grid, units: Sequence[Unit], day: int, least: int) -> tuple[list[Unit], int]:
    """The units to compare with, and the period at which the comparison ends.

    Of all choices with enough labels the longest comparison wins; with too few labels, the most labels do.
    """
    later = sorted({unit.go_live for unit in units if unit.go_live is not None and unit.go_live > day}, reverse=True)
    choices = []
    for until in (None, *later):
        chosen = [unit for unit in units if unit.go_live is None or (until is not None and unit.go_live >= until)]
        end = grid.start.size if until is None else int((grid.start + 7 * grid.weeks <= until).sum())
        if chosen and end - _index(grid, day) >= LEAST_PERIODS_AFTER:
            choices.append((sum(len(unit.labels) for unit in chosen), chosen, end))
    enough = [choice for choice in choices if choice[0] >= least]
    if not choices:
        return [], 0
    _, chosen, end = enough[0] if enough else max(choices, key=lambda choice: choice[0])
    return chosen, end


def laid_over(grid: Grid, found: Sequence[Cohort], washout_weeks: int) -> Lines:
    """The cohorts' lines at their own go-lives, weighted by volume, over the periods that all of them have."""
    before = min(cohort.live for cohort in found)
    after = min(cohort.end - cohort.live for cohort in found)
    share = np.array([cohort.volume for cohort in found])
    share = share / share.sum()
    rows = [slice(cohort.live - before, cohort.live + after) for cohort in found]
    washed = -(-washout_weeks // grid.weeks)

    def total(name: str, side: str, power: int = 1) -> Floats:
        lines = [getattr(getattr(cohort, side), name)[row] for cohort, row in zip(found, rows, strict=True)]
        summed: Floats = share**power @ np.array(lines)
        return summed

    treated, control = total("line", "treated"), total("line", "control")
    gone = np.zeros(treated.size, dtype=bool)
    gone[before : before + washed] = True
    gone[before - 1] |= any(grid.start[cohort.live] != cohort.day for cohort in found)
    gone |= ~np.isfinite(treated) | ~np.isfinite(control)
    return Lines(
        before,
        np.where(gone, np.nan, treated),
        np.where(gone, np.nan, control),
        total("sampling", "treated", 2),
        total("sampling", "control", 2),
    )


def difference_series(lines: Lines, ppy: float) -> LogSeries:
    """Treated less control, ready for the model."""
    return _series(lines.treated - lines.control, lines.treated_sampling + lines.control_sampling, lines.before, ppy)


def treated_series(lines: Lines, ppy: float) -> LogSeries:
    """The treated alone, as a before/after comparison sees them."""
    return _series(lines.treated, lines.treated_sampling, lines.before, ppy)


def _series(line: Floats, sampling: Floats, before: int, ppy: float) -> LogSeries:
    index = np.flatnonzero(np.isfinite(line))
    first = int(index[0]) if index.size else 0
    return LogSeries(
        log_ratio=line[index],
        years=(index - before) / ppy,
        position=(index - first).astype(np.int64),
        sampling=sampling[index],
        go_live=before - first,
        length=int(index[-1]) - first + 1 if index.size else 0,
        ppy=ppy,
        first=first,
    )
