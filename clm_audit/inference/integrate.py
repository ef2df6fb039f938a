"""Integrating the six scales out: mode, curvature, 128 fixed nodes, importance weights.

A grid laid out by the curvature at the mode follows Rue, Martino & Chopin 2009 (INLA, doi
10.1111/j.1467-9868.2008.00700.x); here the points are quasi-random and weighted, so that a skewed
posterior is met as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from clm_audit.inference.prior import fixed_nodes
from clm_audit.inference.structural import StructuralModel

Floats = NDArray[np.float64]

BOUND_SPREADS = 4.0
"""The mode is sought within four prior standard deviations of the prior's centre."""
MOST_STEPS, FLAT_ENOUGH = 60, 1e-7
"""The search ends when a step lowers the objective by less than this share of it."""
CURVATURE_STEP = 0.05
WIDEN = 1.15
"""The nodes are spread a little wider than the curvature says: tails cost less than gaps."""
LARGEST_WEIGHT = 8.0
"""No node may weigh more than eight times the mean."""
WIDEST_NODE = 1.5
"""Where the data say nothing, the nodes reach 1.5 × the widest prior, no further."""


@dataclass(frozen=True)
class Posterior:
    """The mixture over the nodes: ``mode`` of the log scales [6], and for each node its ``weight`` (sum 1),
    and ``mean`` and ``sd`` of θ̄ given the node, each [128]."""

    mode: Floats
    weight: Floats
    mean: Floats
    sd: Floats


def integrate(model: StructuralModel) -> Posterior:
    """Posterior of the mean effect, the scales integrated out."""
    mode = find_mode(model)
    height, mean, sd = model.effect_at(nodes_around(model, mode))
    return Posterior(mode, importance_weights(-height, fixed_nodes()), mean, sd)


def nodes_around(model: StructuralModel, mode: Floats) -> Floats:
    """The fixed nodes, laid out by the curvature at the mode: log scales, [128, 6]."""
    return np.asarray(mode + WIDEN * fixed_nodes() @ curvature_axes(model, mode).T, dtype=np.float64)


def find_mode(model: StructuralModel) -> Floats:
    """The most probable log scales, by L-BFGS-B from the prior's centre with the analytic gradient, [6]."""
    centre, reach = model.prior.centre, BOUND_SPREADS * model.prior.spread
    found = optimize.minimize(
        model.objective,
        centre,
        jac=True,
        method="L-BFGS-B",
        bounds=optimize.Bounds(centre - reach, centre + reach),
        options={"maxiter": MOST_STEPS, "ftol": FLAT_ENOUGH},
    )
    return np.asarray(found.x, dtype=np.float64)


def curvature_axes(model: StructuralModel, mode: Floats) -> Floats:
    """Columns: directions in which one standard normal unit is one posterior standard deviation, [6, 6].

    From the eigenvectors of the Hessian, taken by forward differences of the gradient.
    """
    at_mode = model.objective(mode)[1]
    steps = CURVATURE_STEP * np.eye(mode.size)
    rows = np.array([(model.objective(mode + shift)[1] - at_mode) / CURVATURE_STEP for shift in steps])
    values, vectors = np.linalg.eigh((rows + rows.T) / 2.0)
    least = 1.0 / (WIDEST_NODE * float(model.prior.spread.max())) ** 2
    return np.asarray(vectors / np.sqrt(np.maximum(values, least)), dtype=np.float64)


def importance_weights(log_posterior: Floats, standard: Floats) -> Floats:
    """Target over proposal at each node, capped at 8 × their mean, summing to one, [128]."""
    log_weight = log_posterior + 0.5 * (standard**2).sum(axis=1)
    weight = np.exp(log_weight - log_weight.max())
    weight = np.minimum(weight, LARGEST_WEIGHT * weight.mean())
    return np.asarray(weight / weight.sum(), dtype=np.float64)
