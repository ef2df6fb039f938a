"""Simulated companies whose regions share season, trend and shocks: the truth that a control group is held to."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from clm_audit.measures.model import WEEKS_PER_YEAR, Calendar, MetricTotals, Ratio, UnitTotals

GO_LIVE = 19_905


def company(
    seed: int,
    *,
    treated: int = 6,
    controls: int = 8,
    before: int = 104,
    after: int = 52,
    effect: float = 0.0,
    buyers: tuple[float, float] = (750.0, 3_000.0),
    own: float = 1.0,
    later: Mapping[int, int] | None = None,
) -> tuple[MetricTotals, Calendar]:
    """Weekly purchase frequency by region. Everybody shares trend, walk, season and passing shocks; each region has
    ``own`` times a trend of 2 % a year, a walk of 3 % and shocks of its own. ``effect``: log points from go-live on,
    of the treated; ``later``: region -> weeks by which its go-live is later."""
    draw = np.random.default_rng(seed)
    week = np.arange(-before, after)
    shared = _path(draw, week, trend=0.06, walk=0.05, shock=0.03)
    shared += draw.uniform(0.05, 0.12) * np.sin(2 * np.pi * (week / WEEKS_PER_YEAR + draw.uniform()))
    units = []
    for region in range(treated + controls):
        delay = (later or {}).get(region, 0)
        live = GO_LIVE + 7 * delay if region < treated else None
        mine = own * _path(draw, week, trend=0.02, walk=0.03, shock=0.01)
        lift = np.where(week >= delay, effect, 0.0) if live is not None else 0.0
        base = np.full(week.size, np.exp(draw.uniform(*np.log(buyers))))
        orders = draw.poisson(0.2 * base * np.exp(shared + mine + lift)).astype(float)
        with np.errstate(divide="ignore"):
            s2 = np.where(orders > 0, 1.0 / orders, np.nan)
        units.append(UnitTotals(f"Region {region:02}", int(base[0]), live, orders, base, orders, s2))
    start = (GO_LIVE + 7 * week).astype(np.int64)
    calendar = Calendar(
        GO_LIVE,
        (int(start[0]), int(start[-1]) + 7),
        (GO_LIVE - 364, GO_LIVE),
        (GO_LIVE, GO_LIVE + 364),
        52,
        0,
        {},
        {},
        True,
    )
    return whole(units, start, before), calendar


def whole(units: list[UnitTotals], start: np.ndarray, before: int) -> MetricTotals:
    """The metric of all regions together."""
    num, den = (np.sum([getattr(unit, name) for unit in units], axis=0) for name in ("num", "den"))
    sides = [
        Ratio(float(num[part].sum() / den[part].sum()), float(num[part].sum()), float(den[part].sum()), num[part].size)
        for part in (slice(0, before), slice(before, None))
    ]
    gone = num <= 0
    num, den = np.where(gone, np.nan, num), np.where(gone, np.nan, den)
    return MetricTotals(
        "purchase_frequency", start, num, den, 1 / num, before, WEEKS_PER_YEAR, sides[0], sides[1], units=tuple(units)
    )


def _path(draw: np.random.Generator, week: np.ndarray, *, trend: float, walk: float, shock: float) -> np.ndarray:
    """A straight line, a random walk (per √year) and shocks that fade by a fifth a week."""
    steps, noise = draw.normal(0.0, walk / np.sqrt(WEEKS_PER_YEAR), week.size), draw.normal(0.0, shock, week.size)
    fading = np.zeros(week.size)
    for at in range(1, week.size):
        fading[at] = 0.8 * fading[at - 1] + noise[at]
    line: np.ndarray = draw.normal(0.0, trend) * week / WEEKS_PER_YEAR + np.cumsum(steps) + fading
    return line
