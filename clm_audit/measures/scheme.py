"""Whole weeks of the windows, and the periods of the model that they make up: where a metric's lines may be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.base import NotAssessable
from clm_audit.measures.model import Calendar, Ratio

Line = NDArray[np.float64]
Side = Literal["before", "after"]
SIDES: tuple[Side, Side] = ("before", "after")


def ratio(numerator: float, denominator: float, weeks: float, side: Side) -> Ratio | NotAssessable:
    """numerator / denominator, or why there is none.

    >>> ratio(3.0, 0.0, 1.0, "after").code
    'zero_denominator'
    """
    if not denominator > 0:
        return NotAssessable(code="zero_denominator", detail={"side": side})
    return Ratio(numerator / denominator, numerator, denominator, weeks)


@dataclass(frozen=True)
class Scheme:
    """Which whole units of ``step`` weeks a metric may use, and how many weeks make a period of the model.

    ``units`` is half-open and anchored at go-live; it holds the units in which all of the metric's facts
    are covered and, where it needs one, the base is fully observed. ``late`` says that the base, not the
    facts, sets its begin.
    """

    calendar: Calendar
    units: tuple[int, int]
    step: int
    weeks: int
    late: bool = False

    @classmethod
    def of(
        cls, calendar: Calendar, facts: Sequence[str], weeks: int, *, step: int = 1, first_week: int | None = None
    ) -> Scheme:
        """Units in which all ``facts`` are covered, from ``first_week`` on."""
        covered = [calendar.coverage[fact] for fact in facts]
        begin, end = max(a for a, _ in covered), min(b for _, b in covered)
        size = 7 * step
        start = -((calendar.go_live - begin) // size)
        floor = start if first_week is None else -(-first_week // step)
        return cls(calendar, (max(start, floor), (end - calendar.go_live) // size), step, weeks, floor > start)

    def window(self, side: Side) -> tuple[int, int]:
        """The whole units of a window that may be used."""
        start, end = self.calendar.before if side == "before" else self.calendar.after
        size = 7 * self.step
        first = max(-((self.calendar.go_live - start) // size), self.units[0])
        return first, max(first, min((end - self.calendar.go_live) // size, self.units[1]))

    def unusable(self, side: Side) -> NotAssessable | None:
        """Why a window has no unit to compute from."""
        first, last = self.window(side)
        if last > first:
            return None
        start, end = self.calendar.before if side == "before" else self.calendar.after
        if end <= start or end <= self.calendar.span[0]:
            return NotAssessable(code="empty_window", detail={"side": side})
        if self.late and side == "before":
            return NotAssessable(code="no_base", detail={"side": side, "weeks": self.calendar.base_weeks})
        return NotAssessable(code=f"too_short_{side}", detail={"side": side, "days": end - start})

    def part(self, line: Line, side: Side) -> Line:
        """The units of a window, of a line over ``units``."""
        first, last = self.window(side)
        return line[first - self.units[0] : last - self.units[0]]

    def ratio(self, num: Line, den: Line, side: Side, per: tuple[float, float] = (1.0, 1.0)) -> Ratio | NotAssessable:
        """Σ num / per[0] over Σ den / per[1], in the whole units of a window."""
        refused = self.unusable(side)
        if refused:
            return refused
        first, last = self.window(side)
        sums = float(self.part(num, side).sum()) / per[0], float(self.part(den, side).sum()) / per[1]
        return ratio(*sums, float(last - first) * self.step, side)

    @property
    def periods(self) -> tuple[int, int]:
        """Whole model periods within the units, half-open, anchored at go-live."""
        many = self.weeks // self.step
        first, last = -(-self.units[0] // many), self.units[1] // many
        return first, max(first, last)

    def fold(self, line: Line) -> Line:
        """A line of units summed to model periods."""
        many = self.weeks // self.step
        first, last = self.periods
        at = first * many - self.units[0]
        folded: Line = line[at : at + (last - first) * many].reshape(last - first, many).sum(axis=1)
        return folded

    @property
    def starts(self) -> NDArray[np.int64]:
        """The first day of each model period."""
        return self.calendar.go_live + 7 * self.weeks * np.arange(*self.periods, dtype=np.int64)

    @property
    def washed(self) -> NDArray[np.bool_]:
        """Periods that begin in the wash-out."""
        live = self.calendar.go_live
        inside: NDArray[np.bool_] = (self.starts >= live) & (self.starts < live + 7 * self.calendar.washout_weeks)
        return inside
