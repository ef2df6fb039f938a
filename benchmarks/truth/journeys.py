"""Companies drawn customer by customer, told as the facts of the lifecycle: subscriptions or orders, and beside them
events, stages, answers to surveys and referrals.

Nothing happened to them. Customers come in two segments whose mix drifts, stay and act at paces of their own, and
every pace and price wanders as everything does in ``simulated.py``: trend, walk, autocorrelated shocks, season,
Christmas. An effect multiplies the paces of what is good from go-live on and divides those of leaving; customers keep
their patience, so that the company with the effect and the one without are twins. Half of the companies with
subscriptions show those alone who were left when the data begin, as after a change of systems; half bill by the month.
Half of them change all prices on one day now and then: a quarter on the same day of every year, a quarter at any time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import polars as pl
from firm import table
from numpy.typing import NDArray
from simulated import FIRST_DAY, WEEKS, YEAR, course, scale

from clm_audit.config.plan import LIFECYCLE_IDS, Activation, AuditPlan, MetricPolicy
from clm_audit.facts.model import Facts
from clm_audit.measures.model import to_date

Array = NDArray[Any]
Rng = np.random.Generator
WARM = 7 * 104
"""Days that are drawn before the data begin."""
DAYS = WARM + 7 * WEEKS
ZERO = FIRST_DAY - WARM
"""The day number of the first day drawn; all days here count from it."""
MOST = 1.25
"""More is drawn than happens, so that an effect up to this factor only has to keep more of it."""
YOUNG = 60
MONTH = 30.4375
KINDS = ("subscriptions", "shop")
ACTIVATED = "activated"
SEGMENTS: tuple[dict[str, str], ...] = ({}, {"tier": "small"}, {"tier": "large"})


@dataclass(frozen=True)
class Wait:
    """How long something takes: unit exponentials of ``patience`` from ``start`` [n] at a log ``pace`` a day [DAYS],
    which is ``1 + early`` times as high in the first :data:`YOUNG` days."""

    start: Array
    patience: Array
    pace: Array
    early: float = 0.0

    def over(self, factor: Array) -> Array:
        """The day on which it happens with the pace multiplied; :data:`DAYS` when it does not."""
        reached = np.concatenate([[0.0], np.cumsum(np.exp(self.pace) * factor)])
        young = reached[np.minimum(self.start + YOUNG, DAYS)] - reached[self.start]
        soon = self.patience <= (1 + self.early) * young
        steps = np.where(soon, self.patience / (1 + self.early), self.patience - self.early * young)
        day = np.searchsorted(reached, reached[self.start] + steps) - 1
        return np.asarray(np.clip(day, self.start, DAYS))


@dataclass(frozen=True)
class Marks:
    """Things that may happen: to ``who``, on which ``day``, and how easily (``mark`` 0 to 1)."""

    who: Array
    day: Array
    mark: Array

    def kept(self, factor: Array, joined: Array, gone: Array) -> tuple[Array, Array]:
        """Who and when, of those who were customers."""
        happens = self.mark < factor[self.day] / MOST
        happens &= (self.day >= joined[self.who]) & (self.day < gone[self.who])
        return self.who[happens], self.day[happens]


@dataclass(frozen=True)
class Company:
    """One company. ``loss`` and ``start`` (of using the product) of its members, ``changes`` [2, n] days on which
    they pay another of three ``amounts`` [3, n]; ``lists``: days on which all prices change, and by what they are
    multiplied from then on; ``marks``: orders, answers, referrals; ``leads``: two waits."""

    number: int
    kind: str
    monthly: bool
    survivors: bool
    dated: bool
    joined: Array
    segment: Array
    loss: Wait
    start: Wait
    changes: Array
    amounts: Array
    lists: tuple[Array, Array]
    net: Array
    marks: dict[str, Marks]
    opinion: Array
    leads: tuple[Array, Array, Array, Array]
    lead_pace: tuple[Array, Array]


def daily(rng: Rng, season: float = 1.0) -> Array:
    """The log course of a pace by day [DAYS], at rest before the data begin."""
    weekly = course(rng, season)
    return np.concatenate([np.full(WARM, weekly[0]), np.repeat(weekly, 7)])


def draw(seed: int, number: int) -> Company:
    """Company ``number`` of a seed; even ones live of subscriptions, odd ones are shops."""
    rng = np.random.default_rng([seed, number, 7])
    kind = KINDS[number % 2]
    joined, segment, weekly = _members(rng)
    size = joined.size
    shop = kind == "shop"
    leaving = 1 / (7 * rng.uniform(60, 160)) if shop else rng.uniform(0.012, 0.05) / MONTH
    apart = np.array([1.0, rng.uniform(0.5, 1.5)])[segment]
    patience = rng.exponential(size=size) / rng.gamma(3.0, 1 / 3, size) / apart
    loss = Wait(joined, patience, np.log(leaving) + daily(rng, 0.5), 0.0 if shop else rng.uniform(0.0, 2.0))
    eager = rng.exponential(size=size) / rng.gamma(1.5, 1 / 1.5, size)
    start = Wait(joined, eager, np.log(-np.log1p(-rng.uniform(0.25, 0.8)) / 7) + daily(rng, 0.5))
    changes = joined + np.cumsum(np.ceil(rng.exponential(rng.uniform(200, 600), (2, size))), axis=0).astype(np.int64)
    price = np.log(rng.uniform(30, 200)) + daily(rng, 0.2)[joined] + rng.normal(0, 0.7, size)
    steps = np.cumsum(rng.normal(0.08, 0.3, (2, size)), axis=0)
    amounts = np.maximum(1, np.round(100 * np.exp(price + np.vstack([np.zeros(size), steps])))).astype(np.int64)
    marks = {
        "surveys": _events(rng, joined, weekly * rng.uniform(0.02, 0.1), spread=0.0),
        "referrals": _events(rng, joined, weekly * rng.uniform(0.002, 0.01)),
    }
    if shop:
        marks["orders"] = _events(rng, joined, weekly * rng.uniform(0.03, 0.12), cools=rng.uniform(8, 30))
    count = marks["orders"].who.size if shop else 0
    value = np.log(rng.uniform(20, 80)) + rng.normal(0, 0.4, size)[marks["orders"].who] if shop else np.zeros(0)
    drift = daily(rng, 0.5)[marks["orders"].day] if shop else np.zeros(0)
    net = np.round(100 * np.exp(value + drift + rng.normal(0, 0.5, count))).astype(np.int64)
    opinion = rng.normal(0, 0.8, size)[marks["surveys"].who] + rng.normal(rng.uniform(-0.3, 0.5), 0.8)
    opinion = opinion + daily(rng)[marks["surveys"].day] + rng.normal(0, 0.7, marks["surveys"].who.size)
    flags = rng.uniform(size=3) < 0.5
    leads, lead_pace = _leads(rng)
    return Company(
        number, kind, *map(bool, flags), joined, segment, loss, start, changes, amounts, _lists(seed, number), net,
        marks, opinion, leads, lead_pace,
    )  # fmt: skip


def _lists(seed: int, number: int) -> tuple[Array, Array]:
    """The days on which a company changes its prices, and the levels from then on; of its own draws."""
    rng = np.random.default_rng([seed, number, 9])
    habit, years = rng.uniform(), np.arange(DAYS // 365)
    yearly = rng.integers(0, 365) + 365 * years
    days = yearly if habit < 0.25 else np.sort(rng.integers(0, DAYS, rng.poisson(years.size / 2)))
    days = days if habit < 0.5 else days[:0]
    return days, np.exp(np.cumsum(rng.normal(0.04, 0.04, days.size)))


def _members(rng: Rng) -> tuple[Array, Array, Array]:
    """Day of joining and segment of each, and the members who would be there in each week at a third lost a year."""
    size = int(min(9_000, scale(rng, 2_500, 0.8)))
    weeks = np.arange(WEEKS)
    coming = size * rng.uniform(0.008, 0.02) * np.exp(rng.normal(0.08, 0.12) * weeks / YEAR + course(rng, 1.5))
    week = np.repeat(weeks, rng.poisson(coming))
    later = WARM + 7 * week + rng.integers(0, 7, week.size)
    joined = np.concatenate([rng.integers(0, WARM, size), later])
    share = 1 / (1 + np.exp(-(rng.normal(0, 0.7) + rng.normal(0, 0.4) * (joined - WARM) / 365)))
    return joined, (rng.uniform(size=joined.size) < share).astype(np.int64), np.ones(WEEKS)


def _events(rng: Rng, joined: Array, rate: Array, spread: float = 1.5, cools: float = 0.0) -> Marks:
    """Things that customers do at ``rate`` a week [WEEKS], each at a pace of their own unless ``spread`` is 0, slower
    with the weeks of their tenure where it ``cools``."""
    eager = rng.gamma(spread, 1 / spread, joined.size) if spread else np.ones(joined.size)
    tenure = np.maximum(np.arange(WEEKS) - (joined[:, None] - WARM) / 7, 0)
    cooled = 0.6 + 0.8 * np.exp(-tenure / cools) if cools else np.ones((1, 1))
    weekly = rate * np.exp(course(rng)) * rng.gamma(1 / 0.02**2, 0.02**2, WEEKS)
    here = (np.arange(WEEKS) + 1) * 7 + WARM > joined[:, None]
    count = rng.poisson(MOST * eager[:, None] * cooled * weekly * here)
    who, week = (np.repeat(axis, count[count > 0]) for axis in np.nonzero(count))
    day = WARM + 7 * week + rng.integers(0, 7, week.size)
    return Marks(who, day, rng.uniform(size=day.size))


def _leads(rng: Rng) -> tuple[tuple[Array, Array, Array, Array], tuple[Array, Array]]:
    """Day of each lead, its segment, its patience for the second stage and for the third, and the paces of both."""
    arrivals = scale(rng, 90, 0.8) * np.exp(course(rng, 1.5))
    week = np.repeat(np.arange(WEEKS), rng.poisson(arrivals))
    day = WARM + 7 * week + rng.integers(0, 7, week.size)
    share = 1 / (1 + np.exp(-(rng.normal(0, 0.7) + rng.normal(0, 0.4) * (day - WARM) / 365)))
    patience = rng.exponential(size=(2, day.size)) / rng.gamma(1.5, 1 / 1.5, (2, day.size))
    paces = (np.log(-np.log1p(-rng.uniform(0.15, 0.6)) / 90) + daily(rng) for _ in range(2))
    return (day, (rng.uniform(size=day.size) < share).astype(np.int64), *patience), (next(paces), next(paces))


def plan(live: int, only: Collection[str] = ()) -> AuditPlan:
    """The plan of an audit with go-live on a day: the defaults, the event, and a quarter of silence; of the metrics of
    the lifecycle ``only`` some."""
    off = {metric: MetricPolicy(enabled=False) for metric in LIFECYCLE_IDS if only and metric not in only}
    return AuditPlan(
        go_live=to_date(ZERO + live),
        currency="USD",
        activation=Activation(event=ACTIVATED),
        inactivity_weeks=13,
        metrics=off,
    )


def facts(company: Company, factor: Array, end: int) -> Facts:
    """What the systems of the company hold on the day ``end``, every pace times ``factor`` [DAYS]."""
    gone = company.loss.over(1 / factor)
    if company.kind == "subscriptions" and company.monthly:
        gone = company.joined + np.ceil(np.ceil((gone - company.joined) / MONTH) * MONTH).astype(np.int64)
    gone = np.maximum(gone, company.joined + 1)
    tables = {
        "events": _used(company, factor, gone, end),
        "stages": _stages(company, factor, end),
        "surveys": _answers(company, factor, gone, end),
        "referrals": _happened(company, "referrals", factor, gone, end),
    }
    if company.kind == "subscriptions":
        tables["subscriptions"] = _subscriptions(company, gone, end)
    else:
        tables["orders"] = _orders(company, factor, gone, end)
        if company.dated:
            seen = company.joined < end
            came = {"customer": np.flatnonzero(seen), "acquired": ZERO + company.joined[seen]}
            tables["customers"] = table("customers", {**came, "segment": company.segment[seen] + 1})
    return Facts(tables, (), (), SEGMENTS, "USD")


def _named(name: str, company: Company, who: Array, day: Array, end: int, **more: Array) -> pl.LazyFrame:
    kept = day < end
    columns = {"customer": who, "day": ZERO + day, "segment": company.segment[who] + 1, **more}
    return table(name, {key: column[kept] for key, column in columns.items()})


def _words(word: str, size: int) -> Array:
    return np.full(size, word, dtype=object)


def _used(company: Company, factor: Array, gone: Array, end: int) -> pl.LazyFrame:
    """The event of each new customer in the data, if it came in time."""
    day = company.start.over(factor)
    who = np.flatnonzero((company.joined >= WARM) & (day < np.minimum(gone, DAYS)))
    return _named("events", company, who, day[who], end, event=_words(ACTIVATED, who.size))


def _stages(company: Company, factor: Array, end: int) -> pl.LazyFrame:
    """Leads (codes above those of all customers) and the stages that they reached."""
    day, segment, *patience = company.leads
    code = company.joined.size + np.arange(day.size)
    second = Wait(day, patience[0], company.lead_pace[0]).over(factor)
    third = Wait(np.minimum(second, DAYS - 1), patience[1], company.lead_pace[1]).over(factor)
    third = np.where(second < DAYS, third, DAYS)
    frames = []
    for place, (on, word) in enumerate(zip((day, second, third), ("lead", "trial", "deal"), strict=True)):
        seen = on < end
        columns = {"customer": code[seen], "segment": segment[seen] + 1, "day": ZERO + on[seen]}
        count = int(seen.sum())
        frames.append(table("stages", {**columns, "stage": _words(word, count), "place": np.full(count, place + 1)}))
    return pl.concat(frames)


def _answers(company: Company, factor: Array, gone: Array, end: int) -> pl.LazyFrame:
    """Answers to the question of the NPS; an effect moves the opinion of whoever answers."""
    marks = company.marks["surveys"]
    there = (marks.mark < 1 / MOST) & (marks.day >= company.joined[marks.who]) & (marks.day < gone[marks.who])
    who, day = marks.who[there], marks.day[there]
    felt = company.opinion[there] + np.log(factor[day])
    score = np.select([felt < -0.6, felt < 0.3], [4, 8], 10)
    return _named("surveys", company, who, day, end, kind=_words("nps", who.size), score=score)


def _happened(company: Company, name: str, factor: Array, gone: Array, end: int) -> pl.LazyFrame:
    return _named(name, company, *company.marks[name].kept(factor, company.joined, gone), end)


def _orders(company: Company, factor: Array, gone: Array, end: int) -> pl.LazyFrame:
    """Everybody's first order, and what came after."""
    marks = company.marks["orders"]
    first = np.flatnonzero(company.joined >= WARM)
    happens = marks.mark < factor[marks.day] / MOST
    happens &= (marks.day >= company.joined[marks.who]) & (marks.day < gone[marks.who])
    who = np.concatenate([first, marks.who[happens]])
    day = np.concatenate([company.joined[first], marks.day[happens]])
    net = np.concatenate([company.amounts[0][first], company.net[happens]])
    number = np.arange(who.size)
    return _named("orders", company, who, day, end, order=number, gross=net, net=net, refunded=np.zeros_like(net))


def _subscriptions(company: Company, gone: Array, end: int) -> pl.LazyFrame:
    """One item for each amount that a customer paid."""
    shown = gone > WARM if company.survivors else np.ones(gone.size, dtype=bool)
    lists = zip((0, *company.lists[0]), (*company.lists[0], 2 * DAYS), (1.0, *company.lists[1]), strict=True)
    bounds = (company.joined, *company.changes, np.full(gone.size, 2 * DAYS))
    frames = []
    for (listed, unlisted, level), place in product(lists, range(len(company.amounts))):
        since = np.maximum(bounds[place], listed)
        last = np.minimum(np.minimum(bounds[place + 1], unlisted), gone)
        kept = np.flatnonzero(shown & (last > since) & (since < end))
        cents = np.maximum(1, np.round(company.amounts[place][kept] * level)).astype(np.int64)
        columns = {
            "customer": kept, "subscription": kept, "segment": company.segment[kept] + 1, "day": ZERO + since[kept],
            "until": ZERO + last[kept], "amount": cents, "monthly": cents,
            "currency": _words("USD", kept.size), "interval": _words("month", kept.size),
            "recurring": np.ones(kept.size, dtype=bool),
        }  # fmt: skip
        running = pl.when(pl.col("until") < ZERO + end).then(pl.col("until"))
        frames.append(table("subscriptions", columns).with_columns(until=running))
    return pl.concat(frames)
