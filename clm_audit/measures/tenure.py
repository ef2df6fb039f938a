"""Who buys: the active base, its orders and what they brought, by segment and by how long customers have been there.

Tenure is counted in a look back that is equally long in every week: since a customer's first order of the last
``reach`` weeks. Counted since the first order of all the data, everybody would grow older with the data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clm_audit.measures.engines import Collected
from clm_audit.measures.followed import FOLLOWED, FOLLOWED_CREDITS
from clm_audit.measures.grid import Grid
from clm_audit.measures.model import Calendar, Cells
from clm_audit.measures.panel import GROUPS, Panel, Whole, group_of, panel_of, tenure

BOUNDARIES = (4, 13, 26, 51)
"""Last weeks of the classes of tenure: 0–4, 5–13, 14–26, 27–51, 52 and more, as far as the base reaches."""
NAMELESS = len(BOUNDARIES) + 1
"""The class of orders without a customer."""
LONG_REACH = 104
"""Weeks of the look back where the history allows it; else it is as long as the base."""


def reach_of(calendar: Calendar) -> int:
    """Weeks in which a customer's first order is looked for: two years where the window before allows that."""
    seen = (calendar.before[0] - calendar.go_live) // 7 - _first_week(calendar) + 1
    return LONG_REACH if seen >= LONG_REACH else calendar.base_weeks


def first_told(calendar: Calendar) -> int:
    """The first week in which tenure is known: its look back lies wholly in the data."""
    return _first_week(calendar) + reach_of(calendar) - 1


def _first_week(calendar: Calendar) -> int:
    return calendar.base_from - calendar.base_weeks + 1


def boundaries(calendar: Calendar) -> tuple[int, ...]:
    """The classes of tenure that the base can tell apart."""
    return tuple(each for each in BOUNDARIES if each < calendar.base_weeks)


def mix_cells(collected: Collected, calendar: Calendar) -> Cells:
    """(group, segment, week, tenure): active customers, their orders and net cents; class 5 has no customer.

    Weeks before :func:`first_told` are left out. Additive over disjoint customers.
    """
    grid = Grid.of(calendar)
    panel = panel_of(collected[FOLLOWED], grid)
    space = _Space.of(collected, calendar)
    space.active(panel)
    space.count(panel, panel)
    if FOLLOWED_CREDITS in collected:
        space.count(panel, panel_of(collected[FOLLOWED_CREDITS], grid))
    space.nameless(collected)
    return space.cells()


@dataclass(frozen=True)
class _Space:
    """Dense sums [group, segment, week, tenure]; ``seen``: whether anything happened there."""

    calendar: Calendar
    segments: Whole
    weeks: tuple[int, int]
    sums: dict[str, Whole]

    @classmethod
    def of(cls, collected: Collected, calendar: Calendar) -> _Space:
        names = (FOLLOWED, FOLLOWED_CREDITS, "order_days", "credit_days")
        found = [collected[name]["segment"] for name in names if "segment" in collected.get(name, {})]
        segments = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *found])) if found else np.zeros(1, np.int64)
        last = (calendar.span[1] - calendar.go_live - 1) // 7 + 1
        weeks = first_told(calendar), max(last, first_told(calendar))
        shape = (GROUPS, segments.size, weeks[1] - weeks[0], NAMELESS + 1)
        sums = {name: np.zeros(shape, dtype=np.int64) for name in ("active", "orders", "net", "seen")}
        return cls(calendar, segments, weeks, sums)

    def active(self, panel: Panel) -> None:
        """Tenure up to b weeks at w: an order in the ``reach`` ending with w, none in those ending b + 1 before."""
        reach, told = reach_of(self.calendar), boundaries(self.calendar)
        everybody = self._with_order(panel, self.calendar.base_weeks)
        within = self._with_order(panel, reach)
        upto = [within - self._with_order(panel, reach - last - 1, later=last + 1) for last in told]
        younger = np.zeros_like(everybody)
        for place, many in enumerate([*upto, everybody]):
            self.sums["active"][..., place] += many - younger
            younger = many

    def _with_order(self, panel: Panel, reach: int, later: int = 0) -> Whole:
        """Customers with an order in the ``reach`` weeks that end ``later`` weeks before each week."""
        shape = self.sums["active"].shape[:3]
        week, gap = panel.week - self.weeks[0] + later, panel.gap
        start = week + np.where(gap > 0, np.maximum(reach - gap, 0), 0)
        unit = panel.group * shape[1] + np.searchsorted(self.segments, panel.segment)
        change = np.zeros(shape[0] * shape[1] * (shape[2] + 1), dtype=np.int64)
        for place, step in ((start, 1), (week + reach, -1)):
            spot = unit * (shape[2] + 1) + np.clip(place, 0, shape[2])
            change += step * np.bincount(spot, minlength=change.size)
        return np.asarray(np.cumsum(change.reshape(*shape[:2], shape[2] + 1), axis=2)[..., :-1])

    def count(self, panel: Panel, rows: Panel) -> None:
        """Orders and net cents of ``rows`` by the tenure of their customers."""
        age = tenure(panel, rows.at, reach_of(self.calendar))
        place = np.searchsorted(boundaries(self.calendar), age)
        self._add(rows.group, rows.segment, rows.week, place, orders=rows.orders, net=rows.cents)

    def nameless(self, collected: Collected) -> None:
        """Orders and credit notes without a customer, in groups of days."""
        for name in ("order_days", "credit_days"):
            if name not in collected:
                continue
            found = collected[name]
            day = found["day"]
            orders = found["orders"] - found["known_orders"] if name == "order_days" else np.zeros_like(day)
            net = found["nameless_xn" if name == "order_days" else "nameless_net"].astype(np.int64)
            segment = found.get("segment", np.zeros_like(day))
            some = (orders > 0) | (net != 0)
            week = (day - self.calendar.go_live) // 7
            rows = (group_of(day), segment, week, np.full(day.size, NAMELESS))
            self._add(*(row[some] for row in rows), orders=orders[some], net=net[some])

    def _add(self, group: Whole, segment: Whole, week: Whole, place: Whole, **values: Whole) -> None:
        kept = (week >= self.weeks[0]) & (week < self.weeks[1])
        whole = (group, np.searchsorted(self.segments, segment), week - self.weeks[0], place)
        spot = tuple(each[kept] for each in whole)
        for name, column in values.items():
            np.add.at(self.sums[name], spot, column[kept])
        self.sums["seen"][spot] = 1

    def cells(self) -> Cells:
        group, segment, week, place = np.nonzero((self.sums["seen"] > 0) | (self.sums["active"] > 0))
        spot = (group, segment, week, place)
        keys = {"group": group, "segment": self.segments[segment], "week": week + self.weeks[0], "tenure": place}
        return Cells(keys, {name: self.sums[name][spot] for name in ("active", "orders", "net")})
