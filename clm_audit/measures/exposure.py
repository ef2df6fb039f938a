"""Equal exposure: everybody who counts was watched for the same number of days, all of them on one side of go-live.

A customer counts in the period in which the watching begins (``ahead``: who came) or ends (``behind``: who was lost
after a silence). Whose days lie partly before and partly after go-live was exposed to both systems and belongs to
neither side; whose days have not all passed does not count yet. The same holds within each window of the plain
reading, so that both lose the same part of their seasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import MetricId
from clm_audit.measures.calendar import weeks_per_period
from clm_audit.measures.model import Calendar, Cells, MetricTotals
from clm_audit.measures.periods import Inputs, Quantity, Recipe, Segments, blank, cook, too_few
from clm_audit.measures.scheme import SIDES, Line, Scheme
from clm_audit.measures.totals import along

LEAST_BEFORE, LEAST_AFTER = 13, 4  # weeks, and periods, that a finding needs on either side
FEWEST_LOST = 5  # losses that an export must record before it is believed to record them
CODES = ("horizon_too_long", "nobody_watched", "no_loss_recorded", "never_seen")
Span = tuple[int, int]


@dataclass(frozen=True)
class Watch:
    """How long each customer is watched, in days: from the day it came on, or up to the day it was lost."""

    ahead: int = 0
    behind: int = 0

    @property
    def days(self) -> int:
        """Days in all."""
        return self.ahead + self.behind


@dataclass(frozen=True)
class Watched(Scheme):
    """Units in which everybody was watched in full; periods whose customers straddle go-live are missing."""

    watch: Watch = Watch()

    @classmethod
    def over(cls, calendar: Calendar, span: Span, weeks: int, watch: Watch, first_week: int | None = None) -> Watched:
        """Units of days in ``span``, from ``first_week`` on."""
        cut = replace(
            calendar,
            before=_within(calendar.before, watch),
            after=_within(calendar.after, watch),
            coverage={"watched": (span[0] + watch.behind, max(span[0] + watch.behind, span[1] - watch.ahead))},
        )
        made = cls.of(cut, ["watched"], weeks, first_week=first_week)
        return cls(cut, made.units, made.step, made.weeks, made.late, watch)

    @property
    def washed(self) -> NDArray[np.bool_]:
        """Periods of the wash-out, and those with anybody who was exposed to both systems."""
        live, first = self.calendar.go_live, self.starts
        last = first + 7 * self.weeks
        early = (first < live) & (last + self.watch.ahead > live)
        late = (first >= live) & (first - self.watch.behind < live)
        inside: NDArray[np.bool_] = (first >= live) & (first < live + 7 * self.calendar.washout_weeks)
        return early | late | inside


def _within(window: Span, watch: Watch) -> Span:
    start = window[0] + watch.behind
    return start, max(start, window[1] - watch.ahead)


def too_long(calendar: Calendar, span: Span, watch: Watch, weeks: int) -> NotAssessable | None:
    """Why customers cannot be watched for so long, naming the longest time that leaves enough of them on each side,
    if any does."""
    live = calendar.go_live
    before = live - span[0] - 7 * LEAST_BEFORE
    after = span[1] - live - 7 * calendar.washout_weeks - 7 * LEAST_AFTER * weeks
    longest = min(before, after)
    if watch.days <= longest:
        return None
    if longest < 1:
        return NotAssessable(code="nobody_watched", detail={"days": watch.days})
    return NotAssessable(code="horizon_too_long", detail={"days": watch.days, "longest": longest})


def share_variance(reached: Line, entered: Line) -> Line:
    """Var log(reached / entered) of a share, (1 − p) / reached; at least that of half a customer who did not."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.maximum(1.0 - reached / entered, 0.5 / entered) / reached)


@dataclass(frozen=True)
class Share:
    """A share of customers: ``num`` of ``den`` in a table of ``cells`` by segment and week.

    ``span``: days covered; ``per``: what the sums are divided by; ``first_week``: the first that counts.
    """

    metric: MetricId
    cells: Cells
    num: str
    den: str
    span: Span
    watch: Watch
    first_week: int | None = None
    per: tuple[float, float] = (1.0, 1.0)
    how: Mapping[str, str | int | float] | None = None

    def weeks(self, calendar: Calendar) -> int:
        """Weeks per period, by how many customers did it."""
        week, count = self.cells.keys["week"], self.cells.values[self.num]
        kept = np.ones(week.size, dtype=bool) if self.first_week is None else week >= self.first_week
        kept &= count > 0
        day = calendar.go_live + 7 * week[kept]
        return weeks_per_period(day, count[kept], calendar.go_live, (1, 2, 4))


def measured(inputs: Inputs, share: Share, missing: NotAssessable | None = None) -> MetricTotals:
    """The metric of a share, with what was left out in ``how``: ``straddling`` and ``too_young``, in customers."""
    calendar = inputs.calendar
    weeks = share.weeks(calendar)
    span = share.span
    if share.first_week is not None:
        span = max(span[0], calendar.go_live + 7 * share.first_week - share.watch.behind), span[1]
    scheme = Watched.over(calendar, share.span, weeks, share.watch, share.first_week)

    def line(name: str) -> Quantity:
        return lambda segments: along(share.cells, name, "week", scheme.units, segments)

    def variance(segments: Segments) -> Line:
        return share_variance(*(scheme.fold(line(name)(segments)) for name in (share.num, share.den)))

    den = line(share.den)(None)
    behind = {side: float(scheme.part(den, side).sum()) for side in SIDES}
    few = too_few(float(den.sum()))
    if few:
        return blank(share.metric, too_long(calendar, span, share.watch, weeks) or few)
    recipe = Recipe(
        share.metric,
        scheme,
        num=line(share.num),
        den=line(share.den),
        per=share.per,
        s2=variance(None),
        how={"watched": share.watch.days, **_left_out(share, scheme), **(share.how or {})},
        split=True,
        events=line(share.num),
        s2_of=variance,
        behind=behind,
    )
    nobody = None if line(share.num)(None).any() else NotAssessable(code="never_seen")
    return cook(inputs, recipe, missing or too_long(calendar, span, share.watch, weeks) or nobody)


def _left_out(share: Share, scheme: Watched) -> dict[str, str | int | float]:
    """Customers who count on no side: exposed to both systems, or not watched for long enough yet."""
    if not share.watch.ahead:
        return {}
    calendar, week = scheme.calendar, share.cells.keys["week"]
    day = calendar.go_live + 7 * week
    both = (day < calendar.go_live) & (day + 7 + share.watch.ahead > calendar.go_live)
    young = (day >= calendar.go_live) & (week >= scheme.units[1])
    count = share.cells.values[share.den]
    return {"straddling": int(count[both].sum()), "too_young": int(count[young].sum())}
