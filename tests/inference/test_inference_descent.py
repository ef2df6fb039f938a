"""The bounded minimiser against SciPy's, step for step: the same points to rounding, with as many evaluations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import optimize

from clm_audit.inference.descent import minimum

Floats = NDArray[np.float64]
Objective = Callable[[Floats], tuple[float, Floats]]


def both(objective: Objective, start: Floats, low: Floats, high: Floats) -> tuple[Floats, int, Floats, int]:
    """Our minimum, with how often we asked, and SciPy's."""
    asked = 0

    def counted(at: Floats) -> tuple[float, Floats]:
        nonlocal asked
        asked += 1
        return objective(at)

    ours = minimum(counted, start, low, high, most=60, enough=1e-7)
    own, asked = asked, 0
    theirs = optimize.minimize(
        counted,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=optimize.Bounds(low, high),
        options={"maxiter": 60, "ftol": 1e-7},
    )
    return ours, own, np.asarray(theirs.x), asked


def valley(at: Floats) -> tuple[float, Floats]:
    """Rosenbrock's curved valley, in any number of dimensions."""
    return float(optimize.rosen(at)), np.asarray(optimize.rosen_der(at))


@pytest.mark.parametrize("high", [2.0, 0.9, 0.4])
def test_a_curved_valley_is_walked_as_scipy_walks_it(high: float) -> None:
    ours, asked, theirs, asked_theirs = both(valley, np.array([-1.2, 0.3]), np.full(2, -2.0), np.full(2, high))
    assert ours == pytest.approx(theirs, abs=1e-6)
    assert asked == asked_theirs


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_smooth_functions_within_bounds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(1, 7))
    root = rng.normal(size=(size, size))
    matrix, centre, wave = root @ root.T + 0.1 * np.eye(size), rng.normal(size=size), rng.uniform(0.0, 0.5)

    def bowl(at: Floats) -> tuple[float, Floats]:
        away = at - centre
        value = 0.5 * away @ matrix @ away + wave * np.cos(away).sum()
        return float(value), np.asarray(matrix @ away - wave * np.sin(away))

    low = centre - rng.uniform(-0.5, 2.0, size)
    high = low + rng.uniform(0.1, 3.0, size)
    ours, _, theirs, _ = both(bowl, rng.uniform(low, high), low, high)
    assert ((low <= ours) & (ours <= high)).all()
    value, found = bowl(ours)[0], bowl(theirs)[0]
    assert value <= found + 2e-7 * max(1.0, abs(found)), "as deep as SciPy gets, to the share that ends the search"


def test_it_stays_where_nothing_can_be_gained() -> None:
    assert minimum(lambda _: (1.0, np.zeros(2)), np.array([5.0, 0.5]), np.zeros(2), np.ones(2), 60, 1e-7).tolist() == [
        1.0,
        0.5,
    ]


def test_a_wrong_gradient_ends_the_search() -> None:
    ours = minimum(lambda at: (float(at @ at), -2.0 * at), np.array([0.5, 0.5]), -np.ones(2), np.ones(2), 60, 1e-7)
    assert (np.abs(ours) <= 1.0).all()
