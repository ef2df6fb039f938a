"""From the raw units of a control group to units whose logarithm can be trusted: merged periods, pooled units.

The logarithm of a small count is noisy, biased and, at zero, not there at all. So periods are merged to at most four
weeks until the usual unit has 25 events in one, and what is still smaller is pooled with its like.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clm_audit.inference.series import sampling_variance
from clm_audit.inference.short import LEAST_PERIODS_AFTER, LEAST_PERIODS_BEFORE
from clm_audit.measures.model import WEEKS_PER_YEAR, MetricTotals, UnitTotals

Floats = NDArray[np.float64]

LEAST_EVENTS = 25.0
"""Events of a usual period from which a unit stands alone; as for the periods of a metric."""
LONGEST_WEEKS = 4
MERGES = (1, 2, 4)


@dataclass(frozen=True)
class Unit:
    """One label, or several small ones pooled: sums per period, and the sampling variance of log(num/den), [n].

    ``go_live``: the day on which it got the CRM, None when it never did.
    """

    labels: tuple[str, ...]
    customers: tuple[int, ...]
    go_live: int | None
    num: Floats
    den: Floats
    events: Floats
    s2: Floats

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Periods that have a logarithm, [n]."""
        return (self.num > 0) & (self.den > 0)

    @property
    def stands_alone(self) -> bool:
        """Enough events in the usual period, and no period without a logarithm."""
        return bool(np.median(self.events) >= LEAST_EVENTS and self.usable.all())

    @property
    def log_ratio(self) -> Floats:
        """log(num/den), NaN where there is none, [n]."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.usable, np.log(self.num) - np.log(self.den), np.nan)

    @property
    def sampling(self) -> Floats:
        """Its smoothed sampling variance, as that of a metric, [n]."""
        return sampling_variance(self.s2, self.den, np.arange(self.den.size))


@dataclass(frozen=True)
class Grid:
    """Periods of ``weeks`` weeks: ``start`` their first days [n], ``n0`` of them before the audit's go-live."""

    start: NDArray[np.int64]
    n0: int
    weeks: int

    @property
    def ppy(self) -> float:
        """Periods in a year."""
        return WEEKS_PER_YEAR / self.weeks


def sound_units(totals: MetricTotals, raw: Sequence[UnitTotals]) -> tuple[Grid, tuple[Unit, ...]]:
    """The units on merged periods, the small ones pooled with others of the same go-live."""
    weeks = max(1, round(WEEKS_PER_YEAR / totals.ppy))
    units = [Unit((u.label,), (u.customers,), u.go_live, u.num, u.den, u.events, u.s2) for u in raw]
    merge = _merge(units, totals, weeks)
    first = totals.n0 % merge
    last = totals.num.size - (totals.num.size - first) % merge
    grid = Grid(totals.start[first:last:merge], totals.n0 // merge, weeks * merge)
    merged = [_merged(unit, slice(first, last), merge) for unit in units]
    days = sorted({unit.go_live for unit in merged}, key=lambda day: (day is None, day))
    return grid, tuple(one for day in days for one in pooled(unit for unit in merged if unit.go_live == day))


def pooled(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Units that stand alone, and pools of the small ones, filled from the largest down until each does.

    What is left at the end joins the smallest of the others. A group that is small as a whole stays one unit.
    """
    ranked = sorted(units, key=lambda unit: (-float(unit.events.sum()), unit.labels))
    found = [unit for unit in ranked if unit.stands_alone]
    pool: list[Unit] = []
    for unit in ranked:
        if not unit.stands_alone:
            pool.append(unit)
            together = _together(pool)
            if together.stands_alone:
                found.append(together)
                pool = []
    if pool and found:
        smallest = min(found, key=lambda unit: float(unit.events.sum()))
        found[found.index(smallest)] = _together([smallest, *pool])
    elif pool:
        found.append(_together(pool))
    return tuple(found)


def _merge(units: Sequence[Unit], totals: MetricTotals, weeks: int) -> int:
    """How many periods make one: the fewest with 25 events of the usual unit, as far as enough periods are left."""
    if not units:
        return 1
    usual = float(np.median([np.median(unit.events) for unit in units]))
    after = totals.num.size - totals.n0
    fit = [
        merge
        for merge in MERGES
        if weeks * merge <= LONGEST_WEEKS
        and totals.n0 // merge >= LEAST_PERIODS_BEFORE
        and after // merge >= LEAST_PERIODS_AFTER
    ]
    return next((merge for merge in fit if usual * merge >= LEAST_EVENTS), fit[-1] if fit else 1)


def _merged(unit: Unit, inside: slice, merge: int) -> Unit:
    """Sums over ``merge`` periods each, taken as independent: s² = Σ num² s² / (Σ num)²."""
    num, den, events = (line[inside].reshape(-1, merge).sum(axis=1) for line in (unit.num, unit.den, unit.events))
    spread = _spread(unit)[inside].reshape(-1, merge).sum(axis=1)
    return Unit(unit.labels, unit.customers, unit.go_live, num, den, events, _relative(spread, num))


def _together(units: Sequence[Unit]) -> Unit:
    """Disjoint customers added up."""
    num, den, events = (np.sum([getattr(unit, name) for unit in units], axis=0) for name in ("num", "den", "events"))
    spread = np.sum([_spread(unit) for unit in units], axis=0)
    labels = tuple(label for unit in units for label in unit.labels)
    customers = tuple(count for unit in units for count in unit.customers)
    return Unit(labels, customers, units[0].go_live, num, den, events, _relative(spread, num))


def _spread(unit: Unit) -> Floats:
    """Variance of num, given den; a period without a known one adds none."""
    return np.nan_to_num(unit.num**2 * unit.s2, nan=0.0, posinf=0.0)


def _relative(spread: Floats, num: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(num > 0, spread / num**2, np.nan)
