"""Simulated companies to which nothing happened, drawn order by order.

Customers arrive in two segments whose mix drifts, buy at rates of their own (gamma), cool down with tenure and drop
out; the whole buys with a trend, a wandering level, shocks that last for weeks, a season and a Christmas. Order
values, ticket costs, response rates and prices of advertising wander likewise, each on its own. Every scale is drawn
anew for each company from ranges that were set before any result was seen and that are not the model's prior: the
shocks last two to ten weeks where the model's fade in four, the shape of Christmas is none of the model's kernels,
counts are overdispersed, and in one company of five the tracking breaks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from firm import Orders, Sends, Spend, Tickets, World
from numpy.typing import NDArray

Array = NDArray[Any]
Rng = np.random.Generator

FIRST_YEAR = "simulated first year"
"""The group of companies that are looked at before a year has passed."""
WEEKS = 182
WARM_WEEKS = 52
"""Weeks that are simulated before the data begin, so that the first customers do not all look new."""
FIRST_DAY = 18_631
YEAR = 365.2425 / 7
FIRST_WEEK_OF_YEAR = 0.4
CHRISTMAS = 50.5
"""Week of the year around which people buy presents."""
QUIET_WEEKS = 10
"""A break in tracking keeps this far from go-live: closer by, no before/after method can tell them apart."""


@dataclass(frozen=True)
class Size:
    """How large a company is and how it grows: customers at the start, new ones a week, growth a year (log)."""

    customers: int
    arrivals: float
    growth: float


def course(rng: Rng, season: float = 1.0) -> Array:
    """The weekly course of one quantity, on the log scale [WEEKS]: everything that is not counting."""
    weeks = np.arange(WEEKS)
    years = weeks / YEAR
    walk = np.cumsum(rng.normal(0.0, scale(rng, 0.05, 0.7) / np.sqrt(YEAR), WEEKS))
    trend = rng.normal(0.0, 0.07) * years
    smooth = season * scale(rng, 0.05, 0.6) * np.sin(2 * np.pi * (years + rng.uniform()))
    smooth += season * scale(rng, 0.02, 0.6) * np.sin(4 * np.pi * (years + rng.uniform()))
    present = season * rng.choice([0.0, rng.uniform(0.05, 0.5)])
    distance = np.abs((weeks + FIRST_WEEK_OF_YEAR - CHRISTMAS + YEAR / 2) % YEAR - YEAR / 2)
    steady: Array = trend + walk + shocks(rng) + smooth + present * np.exp(-((distance / 2.0) ** 2))
    return steady + rng.normal(0, 0.01, WEEKS)


def shocks(rng: Rng) -> Array:
    """Autocorrelated shocks of two to ten weeks; a few are large."""
    stays, size = np.exp(-1.0 / rng.uniform(2.0, 10.0)), scale(rng, 0.025, 0.6)
    drawn = rng.standard_t(5, WEEKS) * size * np.sqrt(1 - stays**2) * np.sqrt(3 / 5)
    found = np.zeros(WEEKS)
    for week in range(1, WEEKS):
        found[week] = stays * found[week - 1] + drawn[week]
    return found


def scale(rng: Rng, median: float, spread: float) -> float:
    """A lognormal scale."""
    return float(median * np.exp(rng.normal(0.0, spread)))


def simulate(seed: int, number: int) -> World:
    """Company ``number`` of a seed: the same arrays every time."""
    rng = np.random.default_rng([seed, number])
    customers = int(min(15_000, scale(rng, 2_500, 0.8)))
    size = Size(customers, customers * rng.uniform(0.006, 0.02), rng.normal(0.08, 0.12))
    joined, segment = _arrivals(rng, size)
    lasts = rng.gamma(0.9, 1.0, joined.size) * rng.uniform(60, 160)
    alive = _alive(joined, lasts)
    orders, broken, told = _orders(rng, joined, segment, alive)
    return World(
        group="simulated",
        cluster=f"company {number}",
        first=FIRST_DAY,
        end=FIRST_DAY + 7 * WEEKS,
        orders=orders,
        tickets=_tickets(rng, alive),
        sends=_sends(rng, alive),
        spend=_spend(rng, joined, alive),
        acquired=_days(rng, joined),
        breaks=(broken,) if told and broken is not None else (),
        labels={"break": broken},
    )


def _arrivals(rng: Rng, size: Size) -> tuple[Array, Array]:
    """The week in which each customer joined (below 0: before the data) and the segment, 0 or 1."""
    weeks = np.arange(-WARM_WEEKS, WEEKS)
    bend = np.concatenate([np.zeros(WARM_WEEKS), course(rng, season=1.5)])
    arrivals = rng.poisson(size.arrivals * np.exp(size.growth * weeks / YEAR + bend))
    joined = np.concatenate([rng.integers(-2 * WARM_WEEKS, -WARM_WEEKS, size.customers), np.repeat(weeks, arrivals)])
    share = 1 / (1 + np.exp(-(rng.normal(0.0, 0.7) + rng.normal(0.0, 0.5) * joined / YEAR)))
    return joined, (rng.uniform(size=joined.size) < share).astype(np.int64)


def _alive(joined: Array, lasts: Array) -> Array:
    """Whether each customer is one in each week, [customers, WEEKS]."""
    weeks = np.arange(WEEKS)
    return (weeks >= joined[:, None]) & (weeks < (joined + lasts)[:, None])


def _orders(rng: Rng, joined: Array, segment: Array, alive: Array) -> tuple[Orders, int | None, bool]:
    """Orders, and the day of a break in tracking with whether the audit is told of it."""
    eager = rng.gamma(rng.uniform(0.8, 2.5), 1.0, joined.size)
    rate = np.array([rng.uniform(0.03, 0.15), rng.uniform(0.02, 0.10)])[segment] * eager / eager.mean()
    tenure = np.maximum(np.arange(WEEKS) - joined[:, None], 0)
    cooled = 0.6 + 0.7 * np.exp(-tenure / rng.uniform(8, 30))
    weekly = np.exp(course(rng)) * rng.gamma(1 / 0.02**2, 0.02**2, WEEKS)
    seen, broken, told = _tracking(rng)
    count = rng.poisson(rate[:, None] * cooled * weekly * seen * alive)
    first = (np.arange(WEEKS) == joined[:, None]) & (rng.uniform(size=alive.shape) < 0.8)
    count += first & alive
    customer, week = (np.repeat(axis, count[count > 0]) for axis in np.nonzero(count))
    level = np.log([rng.uniform(20, 60), rng.uniform(40, 140)])[segment] + rng.normal(0, 0.35, joined.size)
    value = level[customer] + course(rng, season=0.5)[week] + rng.normal(0, rng.uniform(0.3, 0.8), customer.size)
    net = np.maximum(100, np.round(100 * np.exp(value))).astype(np.int64)
    return Orders(customer, _days(rng, week), net), broken, told


def _tracking(rng: Rng) -> tuple[Array, int | None, bool]:
    """The share of orders that is recorded in each week; in one company of five it breaks once."""
    seen, week = np.ones(WEEKS), int(rng.integers(60, WEEKS - 20))
    breaks, told, size = rng.uniform() < 0.2, rng.uniform() < 0.5, rng.uniform(0.75, 0.95)
    if not breaks:
        return seen, None, False
    (seen[:week] if rng.uniform() < 0.5 else seen[week:])[:] = size
    return seen, FIRST_DAY + 7 * week, bool(told)


def _tickets(rng: Rng, alive: Array) -> Tickets:
    weekly = rng.uniform(0.01, 0.04) * np.exp(course(rng))
    count = rng.poisson(alive.sum(axis=0) * weekly * rng.gamma(1 / 0.03**2, 0.03**2, WEEKS))
    week = np.repeat(np.arange(WEEKS), count)
    cost = np.log(rng.uniform(5, 15)) + course(rng, season=0.3)[week] + rng.normal(0, 0.7, week.size)
    cents = np.maximum(1, np.round(100 * np.exp(cost))).astype(np.int64)
    return Tickets(rng.integers(0, alive.shape[0], week.size), _days(rng, week), cents)


def _sends(rng: Rng, alive: Array) -> Sends:
    """A campaign a week to a part of the customers, each with a pull of its own."""
    reach, base = rng.uniform(0.15, 0.5), np.log(rng.uniform(0.02, 0.10))
    pull = base + course(rng, season=0.5) + rng.normal(0, rng.uniform(0.05, 0.25), WEEKS)
    parts = []
    for week in range(WEEKS):
        reached = np.flatnonzero(alive[:, week] & (rng.uniform(size=alive.shape[0]) < reach))
        answered = rng.uniform(size=reached.size) < min(0.6, np.exp(pull[week]))
        parts.append((np.full(reached.size, week), reached, answered))
    campaign, recipient, responded = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Sends(campaign, recipient, FIRST_DAY + 7 * campaign + 2, responded)


def _spend(rng: Rng, joined: Array, alive: Array) -> Spend:
    """What is spent to win and to keep follows those won and kept, at prices that wander; booked twice a week."""
    won = np.bincount(joined[joined >= 0], minlength=WEEKS)
    expected = np.convolve(np.pad(won, (4, 0), mode="edge"), np.ones(5) / 5, mode="valid")[:WEEKS]
    lines = (
        rng.uniform(10, 80) * np.maximum(expected, 1.0) * np.exp(course(rng, season=0.5)),
        rng.uniform(0.2, 2.0) * alive.sum(axis=0) * np.exp(course(rng, season=0.5)),
    )
    halves = np.concatenate([np.repeat(line / 2, 2) for line in lines])
    days = np.tile(FIRST_DAY + 7 * np.repeat(np.arange(WEEKS), 2) + np.tile([1, 4], WEEKS), 2)
    category = np.repeat([0, 1], 2 * WEEKS)
    return Spend(days, np.round(100 * halves).astype(np.int64), category)


def _days(rng: Rng, week: Array) -> Array:
    return FIRST_DAY + 7 * week + rng.integers(0, 7, week.size)


def go_lives(world: World, seed: int, number: int) -> tuple[tuple[int, int], ...]:
    """Two made-up go-lives of a company, each with the day on which the audit looks (13 to 52 weeks later).

    The first lies where a full season was seen, the second where the season is only partly known; none lies within
    ten weeks of a break in tracking.
    """
    rng = np.random.default_rng([seed, number, 1])
    found = (_go_live(world, rng, span, (13, 26, 39, 52)) for span in ((104, 130), (70, 100)))
    return tuple(date for date in found if date is not None)


def first_year(world: World, seed: int, number: int) -> tuple[World, tuple[tuple[int, int], ...]]:
    """The same company with a made-up go-live in its first year: the season of the weeks after it is unknown."""
    rng = np.random.default_rng([seed, number, 2])
    date = _go_live(world, rng, (26, 45), (13, 20, 26))
    return replace(world, group=FIRST_YEAR), () if date is None else (date,)


def _go_live(world: World, rng: Rng, span: tuple[int, int], lengths: tuple[int, ...]) -> tuple[int, int] | None:
    """A date in a span of weeks, and the day of the audit; none near a break in tracking."""
    for _ in range(100):
        week, after = int(rng.integers(*span)), int(rng.choice(lengths))
        day = FIRST_DAY + 7 * week
        broken = world.labels["break"]
        if broken is None or not -7 * QUIET_WEEKS < broken - day < 7 * (after + 1):
            return day, day + 7 * after
    return None
