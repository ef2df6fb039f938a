"""What each metric makes of a true change: the active base if customers had ordered a tenth less after go-live.

Nothing is drawn by lot: each order after go-live is left out with a chance of one in ten, and what follows on average
is computed. Of n orders in a week at least one remains with chance 1 − 0.1ⁿ.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clm_audit.measures.calendar import RETAINED_WEEKS
from clm_audit.measures.engines import Collected
from clm_audit.measures.followed import FOLLOWED
from clm_audit.measures.grid import Grid
from clm_audit.measures.model import Calendar, Cells
from clm_audit.measures.panel import Panel, Whole, panel_of
from clm_audit.measures.totals import significant

Floats = NDArray[np.float64]
FEWER = 0.10
"""The share of orders after go-live that is left out."""
_LEAST = 1e-12  # chances below count for nothing


def thinned_cells(collected: Collected, calendar: Calendar) -> Cells:
    """(week): the followed customers of the active base, as they are (``active``) and as they would be on average
    (``thinned``); likewise first-time customers (``first``, ``first_thinned``) and, in the first week of each period
    of four, those retained (``retained``, ``retained_thinned``). Additive over disjoint customers."""
    panel = panel_of(collected[FOLLOWED], Grid.of(calendar))
    last = max(calendar.base_from, (calendar.span[1] - calendar.go_live - 1) // 7 + 1)
    weeks = calendar.base_from, last
    none = np.zeros(panel.at.size)
    lost = np.where(panel.week >= 0, FEWER**panel.orders, 0.0)
    found = {
        "active": _active(panel, none, calendar.base_weeks, weeks),
        "thinned": _active(panel, lost, calendar.base_weeks, weeks),
        "first": _first(panel, none, weeks),
        "first_thinned": _first(panel, lost, weeks),
        "retained": _retained(panel, none, calendar.base_weeks, weeks),
        "retained_thinned": _retained(panel, lost, calendar.base_weeks, weeks),
    }
    return Cells({"week": np.arange(*weeks)}, {name: significant(line) for name, line in found.items()})


def _active(panel: Panel, lost: Floats, reach: int, weeks: tuple[int, int]) -> Floats:
    """Customers with a remaining order in the ``reach`` weeks ending with each week, on average.

    The latest remaining order is that of a row when it remains and those of all later rows do not.
    """
    week = panel.week
    following = np.where(panel.followed_up, np.append(week[1:], 0), weeks[1])
    steps = np.zeros(weeks[1] - weeks[0] + 1)
    row, now, chance = np.arange(week.size), np.arange(week.size), 1.0 - lost
    while row.size:
        end = np.minimum(following[now], week[row] + reach)
        for place, step in ((week[now], chance), (np.maximum(end, week[now]), -chance)):
            steps += np.bincount(np.clip(place - weeks[0], 0, steps.size - 1), step, minlength=steps.size)
        chance = chance * np.append(lost[1:], 0.0)[now]
        row, now, chance = _next(panel, row, now, chance)
    return np.asarray(np.cumsum(steps)[:-1])


def _first(panel: Panel, lost: Floats, weeks: tuple[int, int]) -> Floats:
    """Customers whose first remaining order lies in each week, on average."""
    found = np.zeros(weeks[1] - weeks[0])
    row = np.flatnonzero(panel.gap == 0)
    now, chance = row, np.ones(row.size)
    while row.size:
        place = panel.week[now] - weeks[0]
        inside = (place >= 0) & (place < found.size)
        found += np.bincount(place[inside], (chance * (1.0 - lost[now]))[inside], minlength=found.size)
        row, now, chance = _next(panel, row, now, chance * lost[now])
    return found


def _retained(panel: Panel, lost: Floats, reach: int, weeks: tuple[int, int]) -> Floats:
    """Customers with a remaining order in each period and in the ``reach`` weeks before it, on average; what remains
    in one says nothing of the other."""
    found = np.zeros(weeks[1] - weeks[0])
    start = panel.week // RETAINED_WEEKS * RETAINED_WEEKS
    opening = panel.at - panel.week + start
    begins = np.append(True, opening[1:] != opening[:-1])[: panel.at.size]
    opening, start = opening[begins], start[begins]
    before = np.searchsorted(panel.at, np.maximum(opening - reach, opening - start - panel.shift))
    inside, end = (np.searchsorted(panel.at, opening + weeks_on) for weeks_on in (0, RETAINED_WEEKS))
    chance = _any_left(panel, lost, before, inside) * _any_left(panel, lost, inside, end)
    place = start - weeks[0]
    kept = (place >= 0) & (place < found.size)
    np.add.at(found, place[kept], chance[kept])
    return found


def _any_left(panel: Panel, lost: Floats, first: Whole, last: Whole) -> Floats:
    """The chance that any order of the rows from ``first`` up to ``last`` remains."""
    sure, orders = (np.append(0, np.cumsum(line)) for line in (lost == 0.0, panel.orders))
    none_left = np.where(sure[last] > sure[first], 0.0, FEWER ** (orders[last] - orders[first]))
    return np.asarray(1.0 - none_left)


def _next(panel: Panel, row: Whole, now: Whole, chance: Floats) -> tuple[Whole, Whole, Floats]:
    """One row of the same customer on, where the chance is still worth it."""
    kept = panel.followed_up[now] & (chance > _LEAST)
    return row[kept], now[kept] + 1, chance[kept]
