"""Who buys and how they buy: the observed change of a rate taken apart over segment × tenure, with intervals.

With p the cells' shares of the denominator and r their rates, before (0) and after (1), the change of Σ p r is
Σ (p₁ − p₀)(r₀ + r₁)/2 + Σ (r₁ − r₀)(p₀ + p₁)/2 (Kitagawa 1955). Customers are the clusters: the errors come from
leaving out one of 32 groups of them at a time (the delete-a-group jackknife; Kott 2001).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.base import NotAssessable
from clm_audit.inference.model import Mix, Share
from clm_audit.inference.rounding import rounded
from clm_audit.inference.students import t_quantile
from clm_audit.measures.model import MetricTotals, MixTotals

Floats = NDArray[np.float64]
LEAST_GROUPS = 8
"""Groups of customers with anything in them that an interval needs."""


def mix(totals: MetricTotals, observed: float | NotAssessable, confidence: float) -> Mix | NotAssessable | None:
    """Both parts of the ``observed`` change, shares that add up to it; why there are none; None where not asked.

    Where only some customers were followed, *who* is theirs and *how* is what the observed change of all leaves.
    """
    made = totals.mix
    if made is None or isinstance(made, NotAssessable):
        return made
    if isinstance(observed, NotAssessable):
        return observed
    num, den = made.num.sum(axis=0), made.den.sum(axis=0)
    who = who_buys(num, den)
    groups = np.flatnonzero((made.num != 0).any(axis=(1, 2)) | (made.den != 0).any(axis=(1, 2)))
    errors = None if who is None or groups.size < LEAST_GROUPS else _errors(made, groups)
    if who is None or errors is None:
        return NotAssessable(code="too_few_to_split", detail={"needed": 50})
    reach = t_quantile((1.0 + confidence) / 2.0, groups.size - 1)
    whose, hows = (
        Share(rounded(value), rounded(value - reach * error), rounded(value + reach * error))
        for value, error in zip((who[0], observed - who[0]), errors, strict=True)
    )
    return Mix(whose, hows, made.every, made.weeks)


def who_buys(num: Floats, den: Floats) -> tuple[float, float] | None:
    """The part of *who*, and the whole change, as shares of the rate before; ``num``, ``den`` [2, cells].

    A cell that is empty on one side has no rate there; that of the other side stands in, so that all it does is
    counted as *who*. None without a positive rate before.

    >>> who_buys(np.array([[10.0, 90.0], [20.0, 80.0]]), np.array([[10.0, 30.0], [20.0, 20.0]]))
    (-0.25, 0.0)
    """
    whole = den.sum(axis=1)
    if not (whole > 0).all() or not num[0].sum() > 0:
        return None
    rate = np.divide(num, den, out=np.full(num.shape, np.nan), where=den > 0)
    rate = np.where(np.isnan(rate), rate[::-1], rate)
    share = den / whole[:, None]
    who = float(np.nansum((share[1] - share[0]) * rate.sum(axis=0)) / 2.0)
    before, after = (float(side) for side in num.sum(axis=1) / whole)
    return who / before, after / before - 1.0


def _errors(made: MixTotals, groups: NDArray[np.int64]) -> tuple[float, float] | None:
    """Standard errors of *who* and *how*. Of *how* = change − *who*, of which the change is that of all customers:
    f Var(change) + Var(who) − 2 f Cov, f the share that was followed."""
    num, den = made.num.sum(axis=0), made.den.sum(axis=0)
    left = [who_buys(num - made.num[group], den - made.den[group]) for group in groups]
    known = [each for each in left if each is not None]
    if len(known) < len(left):
        return None
    spread = np.array(known) - np.mean(known, axis=0)
    covariance = spread.T @ spread * (len(known) - 1) / len(known)
    followed = 1.0 / made.every
    who = covariance[0, 0]
    how = followed * covariance[1, 1] + who - 2.0 * followed * covariance[0, 1]
    return math.sqrt(max(who, 0.0)), math.sqrt(max(how, 0.0))
