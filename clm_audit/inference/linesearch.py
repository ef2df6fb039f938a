"""How far to go along a direction of descent: the search of Moré and Thuente (1994, ACM TOMS 20, 286-307).

A step is taken once it lowers the function enough and flattens its slope: the strong Wolfe conditions. Until then a
cubic or a quadratic through what is known of two steps says which one to try next.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

LOWERED, FLATTENED, NARROWED = 1e-3, 0.9, 0.1
"""Share of the first slope by which the function must fall, to which the slope must flatten, and of the largest step
to which an interval may shrink."""
_ROUNDING_AWAY = 0.66  # of its width before last: an interval that shrinks less is halved
_NEARER, _FARTHER = 1.1, 4.0  # how far beyond the best step the next one is sought while nothing brackets a minimum


@dataclass(frozen=True)
class Point:
    """A step with the function's value and slope there."""

    step: float
    value: float
    slope: float

    def tilted(self, slope: float) -> Point:
        """The same of the function less a line of that slope."""
        return Point(self.step, self.value - self.step * slope, self.slope - slope)


class LineSearch:
    """One search. Ask for ``step``, evaluate there, and :meth:`tell` what was found until it is :attr:`done`."""

    def __init__(self, start: Point, step: float, largest: float) -> None:
        self.step, self._largest, self.done = step, largest, False
        self._start = self._best = self._other = start
        self._bracketed, self._falling = False, True
        self._width, self._width_before = largest, 2.0 * largest
        self._low, self._high = 0.0, step + _FARTHER * step

    def tell(self, value: float, slope: float) -> None:
        """What the function is at :attr:`step`; the next step, or the end of the search, follows from it."""
        here, wanted = Point(self.step, value, slope), LOWERED * self._start.slope
        enough = self._start.value + here.step * wanted
        if self._falling and value <= enough and slope >= 0.0:
            self._falling = False
        outside = here.step <= self._low or here.step >= self._high
        narrow = self._high - self._low <= NARROWED * self._high
        at_the_end = here.step == self._largest and value <= enough and slope <= wanted
        flat = value <= enough and abs(slope) <= FLATTENED * -self._start.slope
        if (self._bracketed and (outside or narrow)) or at_the_end or flat:
            self.done = True
            return
        if self._falling and enough < value <= self._best.value:
            best, other, here = (each.tilted(wanted) for each in (self._best, self._other, here))
            best, other = self._next(best, other, here)
            self._best, self._other = best.tilted(-wanted), other.tilted(-wanted)
        else:
            self._best, self._other = self._next(self._best, self._other, here)
        self._narrow()

    def _narrow(self) -> None:
        """Keep the next step within what is left of the interval."""
        near, far = self._best.step, self._other.step
        if self._bracketed:
            if abs(far - near) >= _ROUNDING_AWAY * self._width_before:
                self.step = near + 0.5 * (far - near)
            self._width_before, self._width = self._width, abs(far - near)
            self._low, self._high = min(near, far), max(near, far)
        else:
            self._low = self.step + _NEARER * (self.step - near)
            self._high = self.step + _FARTHER * (self.step - near)
        self.step = min(max(self.step, 0.0), self._largest)
        outside = self.step <= self._low or self.step >= self._high
        if self._bracketed and (outside or self._high - self._low <= NARROWED * self._high):
            self.step = near

    def _next(self, best: Point, other: Point, here: Point) -> tuple[Point, Point]:
        """The ends of the next interval; the step to try next is set."""
        opposite = here.slope * math.copysign(1.0, best.slope) < 0.0
        if here.value > best.value:
            found = _above(best, here)
            self._bracketed = True
        elif opposite:
            found = _turned(best, here)
            self._bracketed = True
        elif abs(here.slope) < abs(best.slope):
            found = self._flatter(best, other, here)
        elif self._bracketed:
            cubic = _cubic(here, other)
            found = here.step + cubic * (other.step - here.step)
        else:
            found = self._high if here.step > best.step else self._low
        self.step = found
        if here.value > best.value:
            return best, here
        return here, best if opposite else other

    def _flatter(self, best: Point, other: Point, here: Point) -> float:
        """Lower than before, with a flatter slope of the same sign: the minimum may lie beyond."""
        theta, gamma = _through(best, here)
        if here.step > best.step:
            gamma = -gamma
        share = (gamma - here.slope + theta) / (gamma + (best.slope - here.slope) + gamma)
        if share < 0.0 and gamma != 0.0:
            cubic = here.step + share * (best.step - here.step)
        else:
            cubic = self._high if here.step > best.step else self._low
        secant = here.step + here.slope / (here.slope - best.slope) * (best.step - here.step)
        nearer = abs(cubic - here.step) < abs(secant - here.step)
        if not self._bracketed:
            return max(self._low, min(self._high, secant if nearer else cubic))
        found = cubic if nearer else secant
        limit = here.step + _ROUNDING_AWAY * (other.step - here.step)
        return min(limit, found) if here.step > best.step else max(limit, found)


def _through(one: Point, two: Point) -> tuple[float, float]:
    """θ and γ of the cubic that has the values and slopes of two points; γ is zero where it has no minimum."""
    theta = 3.0 * (one.value - two.value) / (two.step - one.step) + one.slope + two.slope
    scale = max(abs(theta), abs(one.slope), abs(two.slope))
    inside = (theta / scale) ** 2 - (one.slope / scale) * (two.slope / scale)
    return theta, scale * math.sqrt(max(0.0, inside))


def _above(best: Point, here: Point) -> float:
    """Higher than before, so that a minimum lies between: a cubic's, or between it and a quadratic's."""
    theta, gamma = _through(best, here)
    if here.step < best.step:
        gamma = -gamma
    share = (gamma - best.slope + theta) / (gamma - best.slope + gamma + here.slope)
    width = here.step - best.step
    cubic = best.step + share * width
    quadratic = best.step + best.slope / ((best.value - here.value) / width + best.slope) / 2.0 * width
    if abs(cubic - best.step) < abs(quadratic - best.step):
        return cubic
    return cubic + (quadratic - cubic) / 2.0


def _turned(best: Point, here: Point) -> float:
    """Lower than before, and the slope has turned: the farther of a cubic's and a secant's minimum."""
    theta, gamma = _through(best, here)
    if here.step > best.step:
        gamma = -gamma
    share = (gamma - here.slope + theta) / (gamma - here.slope + gamma + best.slope)
    width = best.step - here.step
    cubic, secant = here.step + share * width, here.step + here.slope / (here.slope - best.slope) * width
    return cubic if abs(cubic - here.step) > abs(secant - here.step) else secant


def _cubic(here: Point, other: Point) -> float:
    """The share of the way to the other end at which the cubic through both has its minimum."""
    theta, gamma = _through(other, here)
    if here.step > other.step:
        gamma = -gamma
    return (gamma - here.slope + theta) / (gamma - here.slope + gamma + other.slope)
