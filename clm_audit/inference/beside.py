"""What the report shows of a control group: both groups' lines, the weights, the effect with it and without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from clm_audit.inference.control import Compared
from clm_audit.inference.difference import Cohort
from clm_audit.inference.effect import Estimate
from clm_audit.inference.model import CohortEffect, Comparison, GroupUnit, Range, SyntheticEffect
from clm_audit.inference.rounding import as_share, rounded, rounded_array
from clm_audit.inference.synthetic import Synthetic, synthetic_control
from clm_audit.measures.model import Calendar

Floats = NDArray[np.float64]


def comparison(found: Compared, calendar: Calendar) -> Comparison:
    """The comparison in numbers. With several cohorts the days are those of the first."""
    lines, first = found.lines, found.cohorts[0].live - found.lines.before
    start = found.grid.start[first : first + lines.treated.size]
    windows = [(start >= begin) & (start < end) for begin, end in (calendar.before, calendar.after)]
    synthetic = _synthetic(found)
    return Comparison(
        missing=found.missing,
        controls=found.controls,
        together=_range(found.together),
        alone=_range(found.alone),
        treated_change=_change(lines.treated, windows),
        control_change=_change(lines.control, windows),
        units=_units(found.cohorts, synthetic),
        cohorts=tuple(_cohort(found, cohort) for cohort in found.cohorts),
        synthetic=None if synthetic is None else _shown(synthetic),
        start=start,
        treated=_index(lines.treated, lines.before),
        control=_index(lines.control, lines.before),
        weeks=found.grid.weeks,
    )


def _synthetic(found: Compared) -> Synthetic | None:
    """Beside the difference, where one day of go-live and ten controls allow it."""
    if len(found.cohorts) > 1:
        return None
    (cohort,) = found.cohorts
    rows = slice(cohort.live - found.lines.before, cohort.end)
    treated, donors = (
        np.array([unit.log_ratio[rows] for unit in side.units]).T for side in (cohort.treated, cohort.control)
    )
    return synthetic_control(found.lines.treated, treated, donors, found.lines.before)


def _shown(synthetic: Synthetic) -> SyntheticEffect:
    effect, miss = as_share(synthetic.log_effect), as_share(synthetic.miss_before)
    return SyntheticEffect(rounded(effect), rounded(synthetic.p), synthetic.placebos, rounded(miss))


def _units(found: Sequence[Cohort], synthetic: Synthetic | None) -> tuple[GroupUnit, ...]:
    """Every unit with its share of its group, the cohorts by their volume; the largest first."""
    volume = sum(cohort.volume for cohort in found)
    made: dict[tuple[bool, tuple[str, ...]], GroupUnit] = {}
    for cohort in found:
        for treated, side in ((True, cohort.treated), (False, cohort.control)):
            known = synthetic.weights if synthetic and not treated else [None] * len(side.units)
            for unit, weight, other in zip(side.units, side.weights.tolist(), known, strict=True):
                before = made[treated, unit.labels].weight if (treated, unit.labels) in made else 0.0
                share = rounded(before + weight * cohort.volume / volume)
                rebuilt = None if other is None else rounded(other)
                made[treated, unit.labels] = GroupUnit(unit.labels, unit.customers, treated, share, rebuilt)
    return tuple(sorted(made.values(), key=lambda unit: (not unit.treated, -unit.weight, unit.labels)))


def _cohort(found: Compared, cohort: Cohort) -> CohortEffect:
    """One cohort on its own; a single one is the whole."""
    whole = sum(each.volume for each in found.cohorts)
    own = found if len(found.cohorts) == 1 else replace(found, cohorts=(cohort,))
    share, controls = rounded(cohort.volume / whole), len(cohort.control.labels)
    return CohortEffect(cohort.day, cohort.treated.labels, share, controls, _range(own.together))


def _range(estimate: Estimate | None) -> Range | None:
    effect = None if estimate is None else estimate.effect
    return None if effect is None else Range(effect.effect, effect.low, effect.high)


def _change(line: Floats, windows: Sequence[NDArray[np.bool_]]) -> float | None:
    """The plain change of a line between the windows, a share; None when one holds no period."""
    known = [line[window & np.isfinite(line)] for window in windows]
    if not all(part.size for part in known):
        return None
    return rounded(as_share(float(known[1].mean() - known[0].mean())))


def _index(line: Floats, before: int) -> Floats:
    """100 = the mean of the known periods before go-live; all missing when there are none."""
    early = line[:before][np.isfinite(line[:before])]
    return rounded_array(100.0 * np.exp(line - early.mean())) if early.size else np.full(line.size, np.nan)
