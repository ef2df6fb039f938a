"""Effects put into the raw rows of a company: orders copied or dropped, amounts scaled, answers added or withdrawn.

One injection changes every metric at once, each by the same share and the same shape. What truly changed is then not
taken from the share that was asked for but measured: the untouched twin has the same rows except for the effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from firm import Orders, Sends, Spend, World
from numpy.typing import NDArray

from clm_audit.measures.model import MetricTotals

Array = NDArray[Any]
Rng = np.random.Generator

SHAPES: Mapping[str, Callable[[Array], Array]] = {
    "step": lambda _: np.ones(1),
    "ramp": lambda passed: np.minimum(2 * passed, 1.0),
    "fade": lambda passed: 1.0 - passed,
    "late": lambda passed: (passed >= 0.5) * 1.0,
}
"""Share of the full effect, by the part of the after period that has passed (0 to 1)."""


@dataclass(frozen=True)
class Effect:
    """``size``: full effect as a share (0.1 = +10 %). ``good``: costs fall by as much as all else rises, or the
    other way round when ``size`` is below zero; else every metric rises or falls alike."""

    size: float = 0.0
    shape: str = "step"
    good: bool = False

    @property
    def name(self) -> str:
        """How the results name it.

        >>> Effect().name, Effect(-0.1).name, Effect(0.1, "ramp").name
        ('none', 'step -10 %', 'ramp +10 %')
        """
        if self.good:
            return "all better" if self.size > 0 else "all worse"
        return f"{self.shape} {100 * self.size:+.0f} %" if self.size else "none"

    def factor(self, day: Array, go_live: int, end: int, cost: bool = False) -> Array:
        """What a rate (or a ``cost``) is multiplied by on each day."""
        passed = np.clip((day - go_live) / (end - go_live), 0.0, 1.0)
        factor = np.where(day >= go_live, 1.0 + self.size * SHAPES[self.shape](passed), 1.0)
        return np.asarray(1.0 / factor if cost and self.good else factor)


NONE = Effect()
STEPS = tuple(Effect(size) for size in (0.03, 0.05, 0.10, 0.20, -0.10))
PATHS = tuple(Effect(0.10, shape) for shape in ("ramp", "fade", "late"))
JUDGED = (Effect(0.10, good=True), Effect(-0.10, good=True))
ARMS = (NONE, *STEPS, *PATHS, *JUDGED)


def inject(world: World, effect: Effect, go_live: int, rng: Rng) -> World:
    """The company as it would have been with the effect; the company itself without one."""
    if not effect.size:
        return world

    def factor(day: Array, cost: bool = False) -> Array:
        return effect.factor(day, go_live, world.end, cost)

    changed: dict[str, Any] = {"orders": _orders(world.orders, factor(world.orders.day), rng)}
    if world.tickets is not None:
        cost = np.round(world.tickets.cost * factor(world.tickets.day, True)).astype(np.int64)
        changed["tickets"] = replace(world.tickets, cost=cost)
    if world.sends is not None:
        changed["sends"] = _answers(world.sends, factor(world.sends.day), rng)
    if world.spend is not None:
        changed["spend"] = _spend(world.spend, factor(world.spend.day, True))
    return replace(world, **changed)


def _orders(orders: Orders, factor: Array, rng: Rng) -> Orders:
    """Each order as often as its factor says on average, and its amount times the factor."""
    times = np.floor(factor + rng.uniform(size=factor.size)).astype(np.int64)
    rows = np.repeat(np.arange(factor.size), times)
    net = np.round(orders.net * factor).astype(np.int64)
    return Orders(orders.customer[rows], orders.day[rows], net[rows])


def _answers(sends: Sends, factor: Array, rng: Rng) -> Sends:
    """Answers withdrawn below a factor of one; above it, the silent ones answer until the share is what it says."""
    drawn = rng.uniform(size=factor.size)
    kept = sends.responded & (drawn < factor)
    rate = np.bincount(sends.campaign, sends.responded) / np.maximum(np.bincount(sends.campaign), 1)
    share = rate[sends.campaign]
    more = ~sends.responded & (drawn < np.maximum(factor - 1.0, 0.0) * share / np.maximum(1.0 - share, 0.01))
    return replace(sends, responded=kept | more)


def _spend(spend: Spend, factor: Array) -> Spend:
    return replace(spend, cents=np.round(spend.cents * factor).astype(np.int64))


def true_change(touched: MetricTotals, untouched: MetricTotals, usable: Array) -> float:
    """Mean over the usable after periods of the log of what the effect did to the metric."""
    with np.errstate(invalid="ignore", divide="ignore"):
        path = np.log(touched.num / touched.den) - np.log(untouched.num / untouched.den)
    after = usable & (np.arange(path.size) >= touched.n0) & np.isfinite(path)
    return float(path[after].mean()) if after.any() else float("nan")
