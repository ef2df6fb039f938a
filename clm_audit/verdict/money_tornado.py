"""What moves the net present value: one input at a time to either end, and the effects at which it is nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from clm_audit.config.plan import MetricId
from clm_audit.inference.rounding import as_share, rounded
from clm_audit.verdict.money_case import Case
from clm_audit.verdict.money_inputs import Priced
from clm_audit.verdict.money_model import BreakEven, Swing

Floats = NDArray[np.float64]
Effects = Mapping[MetricId, Floats]
POINTS_OF_MARGIN, POINTS_OF_DISCOUNT = 0.05, 0.05
COSTS = 0.2  # costs a fifth lower and a fifth higher
FARTHEST = math.log(10.0)
"""A break-even effect is sought between a tenth and ten times the metric."""


def tornado(case: Case, inputs: Priced, estimates: Effects, confidence: float) -> tuple[Swing, ...]:
    """One line for each input, the one that moves the most first. Each metric goes to both ends of its interval."""
    found = [*_effects(case, inputs, estimates, confidence), *_settings(case, estimates)]
    return tuple(sorted(found, key=lambda swing: (-abs(swing.npv[1] - swing.npv[0]), swing.what)))


def _effects(case: Case, inputs: Priced, estimates: Effects, confidence: float) -> Iterator[Swing]:
    tail = (1.0 - confidence) / 2.0
    for metric, spread in inputs.spreads.items():
        ends = [float(spread.at(np.asarray(share))) for share in (tail, 1.0 - tail)]
        low, high = (_npv(case, {**estimates, metric: np.asarray(end)}) for end in ends)
        yield Swing(metric, (rounded(as_share(ends[0])), rounded(as_share(ends[1]))), (low, high))


def _settings(case: Case, estimates: Effects) -> Iterator[Swing]:
    moved: dict[str, tuple[tuple[float, float], tuple[Case, Case]]] = {}

    def both(what: str, ends: tuple[float, float], low: Case, high: Case) -> None:
        if ends[0] != ends[1]:
            moved[what] = ends, (low, high)

    margins = max(case.margin - POINTS_OF_MARGIN, 0.0), min(case.margin + POINTS_OF_MARGIN, 1.0)
    both("margin", margins, *(replace(case, margin=each) for each in margins))
    shares = case.attributable / 2.0, 1.0
    both("attributable", shares, *(replace(case, attributable=each) for each in shares))
    rates = max(case.discount - POINTS_OF_DISCOUNT, 0.0), case.discount + POINTS_OF_DISCOUNT
    both("discount", rates, *(replace(case, discount=each) for each in rates))
    years = max(case.years - 1, 1), case.years + 1
    both("horizon", years, *(replace(case, years=each, lasting=each) for each in years))
    both("lasting", (1, case.years), replace(case, lasting=1), case)
    times = 1.0 - COSTS, 1.0 + COSTS
    costs = (replace(case, initial=case.initial * each, running=case.running * each) for each in times)
    both("costs", times, *costs)
    for what, (ends, cases) in moved.items():
        low, high = (_npv(each, estimates) for each in cases)
        yield Swing(what, (rounded(ends[0]), rounded(ends[1])), (low, high))


def _npv(case: Case, effects: Effects) -> float:
    return rounded(float(case.npv(effects)))


def breakevens(case: Case, estimates: Effects) -> tuple[BreakEven, ...]:
    """For each metric that counts, the effect at which the whole is worth nothing."""
    return tuple(BreakEven(metric, _breakeven(case, estimates, metric)) for metric in estimates)


def _breakeven(case: Case, estimates: Effects, metric: MetricId) -> float | None:
    def worth(log_effect: float) -> float:
        return float(case.npv({**estimates, metric: np.asarray(log_effect)}))

    if worth(-FARTHEST) * worth(FARTHEST) > 0:
        return None
    return rounded(as_share(float(optimize.brentq(worth, -FARTHEST, FARTHEST))))
