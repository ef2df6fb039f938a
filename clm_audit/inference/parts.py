"""What the observed change is made of: season, trend, the effect of go-live, and the rest; it adds up exactly.

With the scales at the mode the posterior mean of each component of the model is linear in the data
(Rasmussen & Williams 2006, eq. 2.25, for the sum of kernels ch. 2.7 and 5.4.3). A component's part is its mean over
the after window minus its mean over the before window.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from clm_audit.inference.effect import Estimate
from clm_audit.inference.kernels import background_kernels
from clm_audit.inference.model import Parts
from clm_audit.inference.prior import SCALES
from clm_audit.inference.rounding import rounded
from clm_audit.inference.structural import build_model, known_breaks
from clm_audit.measures.model import MetricTotals, Ratio

Floats = NDArray[np.float64]

SEASON = ("season", "week_of_year")
TREND = ("trend", "walk")


def observed_parts(
    totals: MetricTotals, estimate: Estimate, before: tuple[int, int], after: tuple[int, int]
) -> Parts | None:
    """The parts of the observed change between two windows (day numbers, half-open), log points.

    None when a side has no positive number, or a window holds no observed period.
    """
    first, last = totals.before, totals.after
    if not (isinstance(first, Ratio) and isinstance(last, Ratio) and min(first.value, last.value) > 0.0):
        return None
    series = estimate.series
    start = totals.start[series.first + series.position]
    inside = [(start >= window[0]) & (start < window[1]) for window in (before, after)]
    if not all(window.any() for window in inside):
        return None
    contrast = inside[1] / inside[1].sum() - inside[0] / inside[0].sum()
    moved = _moved(estimate, contrast)
    season, trend = (sum(moved[name] for name in names) for names in (SEASON, TREND))
    observed = math.log(last.value) - math.log(first.value)
    effect = estimate.effect.log_effect
    season, trend, breaks, effect = (rounded(part) for part in (season, trend, moved["breaks"], effect))
    return Parts(season, trend, breaks, effect, rounded(observed - math.fsum((season, trend, breaks, effect))))


def _moved(estimate: Estimate, contrast: Floats) -> dict[str, float]:
    """How much each component moved by the contrast, posterior means at the mode."""
    series = estimate.series
    model = build_model(series)
    root = linalg.cholesky(model.covariance(estimate.mode), lower=True)
    alpha = linalg.cho_solve((root, True), model.residual)
    squares = np.exp(2.0 * estimate.mode[:5])
    kernels = background_kernels(series.years, series.ppy)
    moved = {
        name: float(contrast @ (square * kernel) @ alpha)
        for name, square, kernel in zip(SCALES, squares, kernels, strict=False)
    }
    return moved | {"breaks": float(contrast @ known_breaks(series) @ alpha)}
