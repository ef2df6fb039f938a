"""Synthetic control with placebos in space, beside the difference (Abadie, Diamond & Hainmueller 2010).

The treated line is rebuilt from the control units' lines by non-negative weights that sum to one, fitted on the
periods before go-live; levels may differ, so each line is taken from its own mean before. Every control unit is then
treated as if it had got the CRM. The rank of the true one among them, by how much worse its fit becomes after
go-live, is a p value that needs no model at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

Floats = NDArray[np.float64]

LEAST_DONORS = 10
TIE = 1e-4
"""A trace of a ridge: of equally good weights the most even ones are taken."""
SMALLEST_MISS = 1e-9


@dataclass(frozen=True)
class Synthetic:
    """``log_effect``: mean gap after go-live; ``weights`` one a donor, in their order; ``miss_before``: root mean
    squared gap before. ``p``: rank among ``placebos`` + 1, so never below 1 / (placebos + 1)."""

    log_effect: float
    weights: tuple[float, ...]
    miss_before: float
    p: float
    placebos: int


def synthetic_control(target: Floats, donors: Floats, before: int) -> Synthetic | None:
    """The synthetic control of ``target`` [n] from ``donors`` [n, m], ``before`` periods lying before go-live.

    Periods in which any line is missing are left out. None with fewer than ten donors, or too few periods.
    """
    kept = np.isfinite(target) & np.isfinite(donors).all(axis=1)
    early = int(np.count_nonzero(kept[:before]))
    if donors.shape[1] < LEAST_DONORS or early < 2 or not kept[before:].any():
        return None
    lines = np.column_stack([target, donors])[kept]
    lines = lines - lines[:early].mean(axis=0)
    weights = simplex_weights(lines[:early, 0], lines[:early, 1:])
    gap = lines[:, 0] - lines[:, 1:] @ weights
    strange = _strangeness(gap, early)
    others = [_placebo(lines[:, 1:], place, early) for place in range(donors.shape[1])]
    rank = 1 + sum(other >= strange for other in others)
    return Synthetic(
        log_effect=float(gap[early:].mean()),
        weights=tuple(float(weight) for weight in weights),
        miss_before=float(np.sqrt((gap[:early] ** 2).mean())),
        p=rank / (len(others) + 1),
        placebos=len(others),
    )


def simplex_weights(target: Floats, donors: Floats) -> Floats:
    """The weights λ ≥ 0, Σλ = 1 with the least ‖target − donors·λ‖, [m].

    As Σλ = 1, the miss is ‖Gλ‖ with G = donors − target in each column. Without the constraint on the sum, the
    minimum of ‖Gμ‖² + (Σμ − 1)² over μ ≥ 0 lies at a multiple of λ: for any direction the best scale leaves
    q / (1 + q), which rises with q = ‖Gλ‖². So one non-negative least-squares problem gives λ exactly.
    """
    size = donors.shape[1]
    rows = np.vstack([donors - target[:, None], TIE * np.eye(size), np.ones(size)])
    found, _ = optimize.nnls(rows, np.append(np.zeros(rows.shape[0] - 1), 1.0))
    return np.asarray(found / found.sum(), dtype=np.float64)


def _placebo(lines: Floats, place: int, early: int) -> float:
    """How strange one control unit looks, rebuilt from the others."""
    rest = np.delete(lines, place, axis=1)
    gap = lines[:, place] - rest @ simplex_weights(lines[:early, place], rest[:early])
    return _strangeness(gap, early)


def _strangeness(gap: Floats, early: int) -> float:
    """Root mean squared gap after over before."""
    misses = [float(np.sqrt((part**2).mean())) for part in (gap[:early], gap[early:])]
    return misses[1] / max(misses[0], SMALLEST_MISS)
