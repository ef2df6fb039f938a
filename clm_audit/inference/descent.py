"""The minimum of a smooth function of a few variables within bounds: L-BFGS-B, with its matrices written out.

Byrd, Lu, Nocedal & Zhu 1995 (SIAM J. Sci. Comput. 16, 1190-1208), and the subspace step of Morales & Nocedal 2011 (ACM
TOMS 38, 7). The library that has it takes as long to load as fifty of our minima to find.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from clm_audit.inference.linesearch import LineSearch, Point

Floats = NDArray[np.float64]
Objective = Callable[[Floats], tuple[float, Floats]]

MEMORY = 10
FLAT = 1e-5
"""A projected gradient that is nowhere larger ends the search."""
MOST_TRIES = 20
_EPSILON = float(np.finfo(np.float64).eps)


@dataclass
class Curvature:
    """What the last steps and the changes of the gradient along them say of the second derivatives."""

    steps: list[Floats] = field(default_factory=list)
    changes: list[Floats] = field(default_factory=list)
    scale: float = 1.0

    def learn(self, step: Floats, change: Floats, along: float) -> None:
        """Take in one more step; ``along``: the product of both."""
        self.steps, self.changes = [*self.steps, step][-MEMORY:], [*self.changes, change][-MEMORY:]
        self.scale = float(change @ change) / along

    def matrix(self, size: int) -> Floats:
        """The compact form of the BFGS matrix (eq. 3.2 of Byrd et al.), written out."""
        plain = np.zeros((size, size))
        plain.flat[:: size + 1] = self.scale
        if not self.steps:
            return plain
        count = len(self.steps)
        wide = np.array([*self.changes, *self.steps])
        steps, products = wide[count:], wide[count:] @ wide.T
        middle = np.zeros((2 * count, 2 * count))
        for row in range(count):
            middle[row, row] = -products[row, row]
            middle[count + row, :row] = middle[:row, count + row] = products[row, :row]
        middle[count:, count:] = self.scale * products[:, count:]
        steps *= self.scale
        return np.asarray(plain - wide.T @ np.linalg.solve(middle, wide), dtype=np.float64)


def minimum(objective: Objective, start: Floats, low: Floats, high: Floats, most: int, enough: float) -> Floats:
    """Where the function is least between ``low`` and ``high``, all [n].

    ``objective``: value and gradient at a point. It ends after ``most`` steps, with a step that lowers the value by
    less than the share ``enough`` of it (of 1 where it is smaller), or where the gradient is flat.
    """
    at = np.clip(start, low, high)
    value, gradient = objective(at)
    known = Curvature()
    for taken in range(most):
        if np.abs(np.clip(at - gradient, low, high) - at).max() <= FLAT:
            break
        aim = _aim(at, gradient, low, high, known)
        direction = aim - at
        slope = float(gradient @ direction)
        found = _along(objective, at, aim, Point(0.0, value, slope), _largest(at, direction, low, high, taken))
        if found is None:
            if not known.steps:
                break
            known = Curvature()
            continue
        step, lowered, turned, ending = found
        fell = value - lowered
        moved = step * direction
        along = (ending - slope) * step
        if along > _EPSILON * -slope * step:
            known.learn(moved, turned - gradient, along)
        before, value, gradient = value, lowered, turned
        at = aim if step == 1.0 else at + moved
        if fell <= enough * max(abs(before), abs(value), 1.0):
            break
    return at


def _along(
    objective: Objective, at: Floats, aim: Floats, start: Point, largest: float
) -> tuple[float, float, Floats, float] | None:
    """The step, the value and gradient there, and the slope along the way; None where none lowers the value."""
    if start.slope >= 0.0:
        return None
    search = LineSearch(start, 1.0, largest)
    for _ in range(MOST_TRIES):
        step = search.step
        value, gradient = objective(aim if step == 1.0 else at + step * (aim - at))
        slope = float(gradient @ (aim - at))
        search.tell(value, slope)
        if search.done:
            return step, value, gradient, slope
    return None


def _largest(at: Floats, direction: Floats, low: Floats, high: Floats, taken: int) -> float:
    """The longest step within the bounds; the first one is no longer than what it aims at."""
    if taken == 0:
        return 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.where(direction < 0.0, low - at, high - at) / direction
    return float(min(1e10, np.where(direction == 0.0, np.inf, room).min()))


def _aim(at: Floats, gradient: Floats, low: Floats, high: Floats, known: Curvature) -> Floats:
    """Where the quadratic model is least: first along the bent path of steepest descent, then among what is free."""
    matrix = known.matrix(at.size)
    point, free = _bent(at, gradient, low, high, matrix)
    if not known.steps or not free.any():
        return point
    rest = -(gradient + matrix @ (point - at))[free]
    move = np.zeros(at.size)
    move[free] = np.linalg.solve(matrix[np.ix_(free, free)], rest)
    there = np.where(free, np.clip(point + move, low, high), point)
    inside = bool(((there > low) & (there < high))[free].all())
    if inside or float((there - at) @ gradient) <= 0.0:
        return there
    return _cut(point, move, low, high)


def _bent(at: Floats, gradient: Floats, low: Floats, high: Floats, matrix: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """The first minimum of the model along the projected gradient, and which variables have met no bound by then."""
    held = ((at <= low) & (gradient >= 0.0)) | ((at >= high) & (gradient <= 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        meets = np.where(gradient < 0.0, (at - high) / gradient, (at - low) / gradient)
    meets = np.where(gradient == 0.0, np.inf, meets)
    direction, moved, free = np.where(held, 0.0, -gradient), np.zeros(at.size), ~held
    point, passed = at.copy(), 0.0
    bent = matrix @ direction
    curve = float(direction @ bent)
    least, ideal = _EPSILON * curve, -float(direction @ gradient) / curve if curve > 0.0 else 0.0
    for place in np.argsort(meets, kind="stable").tolist():
        if not free[place]:
            continue
        if ideal < meets[place] - passed:
            break
        moved += (meets[place] - passed) * direction
        passed = float(meets[place])
        point[place] = high[place] if direction[place] > 0.0 else low[place]
        moved[place] = point[place] - at[place]
        direction[place], free[place] = 0.0, False
        bent = matrix @ direction
        curve = max(float(direction @ bent), least)
        ideal = -float(direction @ gradient + bent @ moved) / curve
    moved += max(ideal, 0.0) * direction
    return np.where(free, at + moved, point), free


def _cut(point: Floats, move: Floats, low: Floats, high: Floats) -> Floats:
    """As far along the move as the first bound."""
    share, first = 1.0, -1
    for place in np.flatnonzero(move):
        room = (low if move[place] < 0.0 else high)[place] - point[place]
        if room / move[place] < share:
            share, first = max(0.0, float(room / move[place])), int(place)
    there = point + share * move
    if first >= 0:
        there[first] = low[first] if move[first] < 0.0 else high[first]
    return there
