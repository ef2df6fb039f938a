"""Synthetic control with placebos in space, beside the difference (Abadie, Diamond & Hainmueller 2010).

The treated line is rebuilt from the control units' lines by non-negative weights that sum to one, fitted on the
periods before go-live; levels may differ, so each line is taken from its own mean before. Every control unit is then
treated as if it had got the CRM. The rank of a unit that did get it among them, by how much worse its fit becomes
after go-live, is a p value that needs no model at all.
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
    squared gap before. ``p``: rank of the usual treated unit among ``placebos`` and itself, so never below
    1 / (placebos + 1)."""

    log_effect: float
    weights: tuple[float, ...]
    miss_before: float
    p: float
    placebos: int


def synthetic_control(target: Floats, treated: Floats, donors: Floats, before: int) -> Synthetic | None:
    """The synthetic control of ``target`` [n] from ``donors`` [n, m], ``before`` periods lying before go-live.

    ``treated`` [n, k]: the units that make up the target. A group is calmer than any single unit, and would look
    strange among them for that alone; so each of its units is ranked, and the median is told. Periods in which any
    line is missing are left out. None with fewer than ten donors, or too few periods.
    """
    kept = np.isfinite(target) & np.isfinite(donors).all(axis=1) & np.isfinite(treated).all(axis=1)
    early = int(np.count_nonzero(kept[:before]))
    if donors.shape[1] < LEAST_DONORS or early < 2 or not kept[before:].any():
        return None
    lines, units, others = (_from_own_mean(each[kept], early) for each in (target[:, None], treated, donors))
    weights = simplex_weights(lines[:early, 0], others[:early])
    gap = lines[:, 0] - others @ weights
    placebos = [_strangeness(others[:, at], np.delete(others, at, axis=1), early) for at in range(others.shape[1])]
    strange = [_strangeness(line, others, early) for line in units.T]
    ranks = [(1 + sum(other >= own for other in placebos)) / (len(placebos) + 1) for own in strange]
    return Synthetic(
        log_effect=float(gap[early:].mean()),
        weights=tuple(float(weight) for weight in weights),
        miss_before=float(np.sqrt((gap[:early] ** 2).mean())),
        p=float(np.median(ranks)),
        placebos=len(placebos),
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


def _from_own_mean(lines: Floats, early: int) -> Floats:
    centred: Floats = lines - lines[:early].mean(axis=0)
    return centred


def _strangeness(line: Floats, donors: Floats, early: int) -> float:
    """How much worse a line is followed after go-live than before: root mean squared gap after over before."""
    gap = line - donors @ simplex_weights(line[:early], donors[:early])
    before, after = (float(np.sqrt((part**2).mean())) for part in (gap[:early], gap[early:]))
    return after / max(before, SMALLEST_MISS)
