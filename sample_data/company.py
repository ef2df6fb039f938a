"""Harbour & Pine, simulated: customers who come, buy, ask and leave, and what the new CRM changed.

Nothing here is measured from a real firm. The buying process is stationary apart from what
:class:`Effects` and :class:`Market` say: customers arrive from eight years before the exports start, so
that the base is settled when they do. Only ``random.Random.random`` is drawn from, because the standard
library promises its sequence for every version of Python.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

FIRST = date(2022, 7, 4).toordinal()
GO_LIVE = date(2024, 7, 1).toordinal()
END = date(2025, 6, 30).toordinal()
BURN_IN = date(2014, 7, 7).toordinal()
YEAR = 365.2425


@dataclass(frozen=True)
class Effects:
    """What go-live changed, as shares. Each is reached after ``ramp_days`` in a straight line."""

    buying_rate: float = 0.16
    handling_time: float = -0.24
    click_rate: float = 0.28
    loyalty_cost: float = -0.22
    ramp_days: float = 42.0


NOTHING = Effects(0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Market:
    """What changes anyway, a year: the traps of a plain before/after comparison."""

    prices: float = 0.06
    cost_of_media: float = 0.08
    opens: float = 0.05
    loyalty: float = 0.02


@dataclass(frozen=True)
class Customer:
    """``number`` names the customer everywhere; ``acquired`` is the (fractional) day of the first order."""

    number: int
    trade: bool
    acquired: float
    left: float
    rate: float


@dataclass(frozen=True)
class Line:
    """One item of an order; ``price`` in cents."""

    sku: int
    quantity: int
    price: int


@dataclass(frozen=True)
class Order:
    """One order; ``customer`` is None at the till. Money in cents."""

    when: float
    customer: Customer | None
    lines: tuple[Line, ...]
    shipping: int
    discount: int
    fate: str
    refunded: int

    @property
    def subtotal(self) -> int:
        """Items less the discount."""
        return sum(line.quantity * line.price for line in self.lines) - self.discount

    @property
    def taxes(self) -> int:
        """6.25 % of the subtotal, half up."""
        return (self.subtotal * 625 + 5000) // 10000

    @property
    def total(self) -> int:
        """What the customer was charged."""
        return self.subtotal + self.shipping + self.taxes


@dataclass(frozen=True)
class Ticket:
    """One question to the service desk; ``seconds`` is the agent's time."""

    when: float
    customer: Customer | None
    seconds: int
    hours_open: float


@dataclass(frozen=True)
class Campaign:
    """One newsletter and what became of it."""

    when: float
    recipients: int
    delivered: int
    opened: int
    clicked: int
    ordered: int


@dataclass(frozen=True)
class Spend:
    """Advertising of one platform and campaign on one day, in cents."""

    day: int
    platform: str
    campaign: str
    cents: int


@dataclass(frozen=True)
class Loyalty:
    """What the loyalty programme cost over ``[start, end)``, in cents."""

    start: int
    end: int
    cents: int


@dataclass(frozen=True)
class Company:
    """Everything that happened, in time order; ``customers`` also holds those from before the exports."""

    customers: tuple[Customer, ...]
    orders: tuple[Order, ...]
    tickets: tuple[Ticket, ...]
    campaigns: tuple[Campaign, ...]
    spend: tuple[Spend, ...]
    loyalty: tuple[Loyalty, ...]


ITEMS = (  # name, price in cents in July 2022, how often
    ("Cedar candle", 2400, 14),
    ("Wool throw", 8900, 9),
    ("Enamel mug", 1600, 14),
    ("Camp stool", 4500, 8),
    ("Lantern, brass", 6200, 8),
    ("Rope doormat", 3900, 9),
    ("Canvas tote", 3200, 10),
    ("Oak board", 5400, 8),
    ("Linen towel", 2800, 12),
    ("Fire bowl", 11900, 3),
    ("Deck chair", 9900, 5),
)


def ramp(when: float, days: float) -> float:
    """How much of an effect has arrived: 0 before go-live, 1 from ``days`` after it."""
    return min(max((when - GO_LIVE) / days, 0.0), 1.0)


def season(when: float) -> float:
    """Demand by the time of the year: gifts in December, gardens in early June, quiet in February."""
    day = (when - FIRST + 185) % YEAR

    def hill(centre: float, width: float) -> float:
        gap = abs(day - centre)
        gap = min(gap, YEAR - gap)
        return math.exp(-0.5 * (gap / width) ** 2)

    return 0.91 + 0.55 * hill(343, 20) + 0.22 * hill(155, 26) - 0.12 * hill(40, 26)


SEASON_MAX = 1.5


def normal(rng: Random) -> float:
    """A standard normal number (Box and Muller)."""
    return math.sqrt(-2 * math.log(1 - rng.random())) * math.cos(2 * math.pi * rng.random())


def exponential(rng: Random, mean: float) -> float:
    """An exponential number with this mean."""
    return -mean * math.log(1 - rng.random())


def count(rng: Random, mean: float) -> int:
    """A whole number near ``mean``: Poisson when small, its normal limit when large."""
    if mean > 12:
        return max(0, round(mean + math.sqrt(mean) * normal(rng)))
    number, left = 0, math.exp(-mean)
    chance = rng.random()
    while chance > left and left > 1e-15:
        chance -= left
        number += 1
        left *= mean / number
    return number


def at_work(rng: Random, day: int) -> float:
    """A moment of that day between 8:00 and 22:00."""
    return day + (8 + 14 * rng.random()) / 24


def arrivals(rng: Random) -> tuple[Customer, ...]:
    """New customers, day by day; the trade is few, faithful and buys in quantity."""
    found = []
    for day in range(BURN_IN, END):
        for trade, a_week, rate, years in ((False, 15.2, 1.5, 2.4), (True, 0.35, 5.0, 4.0)):
            for _ in range(count(rng, a_week / 7 * season(day))):
                shape = 0.7 + 0.3 * exponential(rng, 1.0) if not trade else 1.0
                own = rate * shape
                when = at_work(rng, day)
                found.append(Customer(len(found) + 1, trade, when, when + exponential(rng, years * YEAR), own))
    return tuple(sorted(found, key=lambda customer: customer.acquired))


def purchases(rng: Random, customer: Customer, effects: Effects) -> list[float]:
    """When one customer orders: at once, and then at random while a customer."""
    most = customer.rate * SEASON_MAX * 1.5 / YEAR
    moments, when = [customer.acquired], customer.acquired
    while True:
        when += exponential(rng, 1 / most)
        keep, hour = rng.random(), rng.random()
        if when >= min(customer.left, END):
            return moments
        lifted = 1 + effects.buying_rate * ramp(when, effects.ramp_days)
        if keep * most < customer.rate / YEAR * season(when) * lifted:
            moments.append(int(when) + (8 + 14 * hour) / 24)


def basket(rng: Random, when: float, trade: bool, market: Market) -> tuple[Line, ...]:
    """What is in one order, at the prices of that month."""
    month = math.floor((when - FIRST) / YEAR * 12) / 12
    level = (1 + market.prices) ** month
    gift = 0.25 * max(0.0, season(when) - 1)
    number = 1 + count(rng, (0.5 if not trade else 1.2) + gift)
    weights = sum(item[2] for item in ITEMS)
    lines: dict[int, Line] = {}
    for _ in range(min(number, 5)):
        pick, sku = rng.random() * weights, 0
        while pick >= ITEMS[sku][2]:
            pick -= ITEMS[sku][2]
            sku += 1
        quantity = 1 + count(rng, 0.25) if not trade else 2 + count(rng, 0.7)
        lines[sku] = Line(sku, quantity, round(ITEMS[sku][1] * level / 5) * 5)
    return tuple(lines.values())


def order(rng: Random, when: float, customer: Customer | None, market: Market) -> Order:
    """One order and its fate; refunds, voids and cancellations strike at the same rate at all times."""
    lines = basket(rng, when, customer is not None and customer.trade, market)
    goods = sum(line.quantity * line.price for line in lines)
    discount = goods // 10 if rng.random() < 0.12 else 0
    shipping = 0 if customer is None or goods >= 9000 else 795
    chance, fate, refunded = rng.random(), "paid", 0
    share = 0.2 + 0.5 * rng.random()
    for limit, name in ((0.010, "voided"), (0.022, "cancelled"), (0.027, "pending"), (0.047, "refunded"),
                        (0.077, "partially_refunded")):  # fmt: skip
        if chance < limit:
            fate = name
            break
    bare = Order(when, customer, lines, shipping, discount, fate, 0)
    if fate in ("refunded", "cancelled"):
        refunded = bare.total
    elif fate == "partially_refunded":
        refunded = round(bare.total * share)
    return Order(when, customer, lines, shipping, discount, fate, refunded)


def sales(seed: int, customers: tuple[Customer, ...], effects: Effects, market: Market) -> tuple[Order, ...]:
    """All orders of the exported years, the till included, in time order."""
    found = []
    for customer in customers:
        rng = Random(f"{seed}:orders:{customer.number}")
        for when in purchases(rng, customer, effects):
            if when >= FIRST:
                luck = Random(f"{seed}:basket:{customer.number}:{when:.6f}")
                found += [order(luck, when, customer, market)]
    rng = Random(f"{seed}:till")
    for day in range(FIRST, END):
        found += [order(rng, at_work(rng, day), None, market) for _ in range(count(rng, 0.25 * season(day)))]
    return tuple(sorted(found, key=lambda one: one.when))


def service(seed: int, customers: tuple[Customer, ...], effects: Effects) -> tuple[Ticket, ...]:
    """Tickets: so many for each customer at the time; handling time is skewed and falls from go-live."""
    rng, found = Random(f"{seed}:tickets"), []
    for day in range(FIRST, END):
        present = [one for one in customers if one.acquired < day < one.left]
        for _ in range(count(rng, len(present) * 0.0049 * (0.75 + 0.25 * season(day)))):
            who = present[int(rng.random() * len(present))] if rng.random() > 0.04 else None
            when = at_work(rng, day)
            minutes = 14.5 * math.exp(0.45 * normal(rng) - 0.5 * 0.45**2)
            minutes *= 1 + effects.handling_time * ramp(when, effects.ramp_days)
            found.append(Ticket(when, who, max(40, round(60 * minutes)), exponential(rng, 19.0)))
    return tuple(found)


def newsletters(seed: int, effects: Effects, market: Market) -> tuple[Campaign, ...]:
    """One newsletter each Tuesday at 10:00; mail proxies open more of them every year, people do not."""
    rng, found = Random(f"{seed}:newsletters"), []
    for week in range((END - FIRST) // 7):
        when = FIRST + 7 * week + 1 + 10 / 24
        recipients = count(rng, 3900 + 2.0 * week)
        delivered = recipients - count(rng, recipients * 0.012)
        opens = 0.36 * (1 + market.opens) ** ((when - FIRST) / YEAR) * math.exp(0.06 * normal(rng))
        luck = math.exp(0.12 * normal(rng)) * (0.85 + 0.15 * season(when))
        clicks = 0.027 * luck * (1 + effects.click_rate * ramp(when, effects.ramp_days))
        clicked = count(rng, delivered * clicks)
        found.append(Campaign(when, recipients, delivered, count(rng, delivered * opens), clicked,
                              min(clicked, count(rng, clicked * 0.09))))  # fmt: skip
    return tuple(found)


CHANNELS = (
    ("google_ads", "Search - home", 4700),
    ("google_ads", "Search - outdoor", 2900),
    ("meta_ads", "Prospecting", 3900),
    ("meta_ads", "Lookalike", 1900),
)


def advertising(seed: int, market: Market) -> tuple[Spend, ...]:
    """Daily spend: follows demand, and costs more every year for the same new customers."""
    rng, found = Random(f"{seed}:ads"), []
    mood = 0.0
    for day in range(FIRST, END):
        mood = 0.9 * mood + 0.02 * normal(rng)
        dear = (1 + market.cost_of_media) ** ((day - FIRST) / YEAR) * season(day) * math.exp(mood)
        for platform, campaign, cents in CHANNELS:
            paused = campaign == "Lookalike" and rng.random() < 0.08
            amount = 0 if paused else round(cents * dear * math.exp(0.10 * normal(rng)))
            found.append(Spend(day, platform, campaign, amount))
    return tuple(found)


def loyalty(effects: Effects, market: Market) -> tuple[Loyalty, ...]:
    """The loyalty programme by calendar month: dearer every year, cheaper once rewards go to those who need them."""
    found = []
    start = FIRST
    while start < END:
        following = (date.fromordinal(start).replace(day=1) + timedelta(days=32)).replace(day=1).toordinal()
        end = min(following, END)
        level = 2050 * (1 + market.loyalty) ** ((start - FIRST) / YEAR)
        level *= 1 + effects.loyalty_cost * ramp((start + end) / 2, effects.ramp_days)
        found.append(Loyalty(start, end, round((end - start) * level)))
        start = end
    return tuple(found)


def simulate(seed: int, effects: Effects, market: Market) -> Company:
    """The company from this seed. The same seed with other effects has the same customers and luck."""
    customers = arrivals(Random(f"{seed}:customers"))
    return Company(
        customers,
        sales(seed, customers, effects, market),
        service(seed, customers, effects),
        newsletters(seed, effects, market),
        advertising(seed, market),
        loyalty(effects, market),
    )
