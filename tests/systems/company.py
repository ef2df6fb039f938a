"""One invented company, the same for every system: what truly happened, before any export writes it down.

``make_company(seed=7, months=24, customers=120)`` gives a :class:`Company`. Amounts are ``Decimal`` with two places,
moments are aware UTC datetimes on whole seconds, people are Customer 0001 / customer0001@example.com. A system's
world (``<system>_world.py``) writes a company as that system would export it (``systems.files`` has the helpers for
quirky CSV, part files, gzip and zip) and says with ``systems.expect`` what must come out:

>>> from systems.company import make_company
>>> company = make_company(customers=20, months=3)
>>> sum(order.net for order in company.orders if order.counts) > 0
True

The truth is generous; a system takes what it can hold. ``between(start, end)`` cuts a range of dates (half-open; all
customers acquired before ``end`` stay, as in a migration). The odd ones are spread over every table: orders
without a customer, cancelled, voided, pending and test orders, refunds, discounts, merged and deleted customers and
tickets, bounced sends, anonymous events. E-mail addresses are unique per customer; ``Customer.written`` is the same
address as a careless form stored it (capitals).
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Literal

START = datetime(2023, 1, 1, tzinfo=UTC)
OrderState = Literal["paid", "cancelled", "voided", "pending", "test"]
TicketState = Literal["new", "open", "pending", "solved", "closed", "deleted"]
ResponseKind = Literal["opened", "clicked", "responded", "converted"]
STAGES = ("subscriber", "lead", "opportunity", "customer", "evangelist")
PLATFORMS = ("Google Ads", "Meta Ads", "Loyalty", "Support tools", "Rent")
CATEGORY = dict(zip(PLATFORMS, ("acquisition", "acquisition", "retention", "service", "other"), strict=True))


def cents(amount: Decimal) -> int:
    """Whole hundredths of an amount.

    >>> cents(Decimal("12.30"))
    1230
    """
    return int(amount * 100)


@dataclass(frozen=True)
class Customer:
    """One person. ``merged_into``: the number of the customer that this record was merged into."""

    number: int
    acquired: datetime
    segment: str
    region: str
    merged_into: int | None = None
    deleted: bool = False
    ended: datetime | None = None

    @property
    def id(self) -> str:
        return f"C{self.number:04d}"

    @property
    def name(self) -> str:
        return f"Customer {self.number:04d}"

    @property
    def email(self) -> str:
        return f"customer{self.number:04d}@example.com"

    @property
    def written(self) -> str:
        """The address as a form stored it: every third one with capitals."""
        return self.email if self.number % 3 else f"Customer{self.number:04d}@Example.COM"


@dataclass(frozen=True)
class Line:
    item: str
    quantity: int
    unit_price: Decimal

    @property
    def total(self) -> Decimal:
        return self.quantity * self.unit_price


@dataclass(frozen=True)
class Refund:
    at: datetime
    amount: Decimal


@dataclass(frozen=True)
class Order:
    """``customer`` is a customer's number, or None for a sale to nobody known. Only paid orders count."""

    number: int
    placed: datetime
    customer: int | None
    lines: tuple[Line, ...]
    discount: Decimal = Decimal("0.00")
    refunds: tuple[Refund, ...] = ()
    state: OrderState = "paid"
    currency: str = "USD"

    @property
    def counts(self) -> bool:
        return self.state == "paid"

    @property
    def gross(self) -> Decimal:
        """What was charged: lines less the discount."""
        return sum((line.total for line in self.lines), Decimal("0.00")) - self.discount

    @property
    def refunded(self) -> Decimal:
        return sum((refund.amount for refund in self.refunds), Decimal("0.00"))

    @property
    def net(self) -> Decimal:
        return self.gross - self.refunded


@dataclass(frozen=True)
class Ticket:
    """``seconds``: time that agents spent on it, where it was tracked. ``merged_into``: number of another ticket."""

    number: int
    created: datetime
    customer: int | None
    solved: datetime | None
    seconds: int | None
    state: TicketState
    channel: str
    merged_into: int | None = None

    @property
    def counts(self) -> bool:
        return self.merged_into is None and self.state != "deleted"


@dataclass(frozen=True)
class Campaign:
    number: int
    name: str
    sent: datetime


@dataclass(frozen=True)
class Send:
    campaign: int
    customer: int
    at: datetime
    bounced: bool

    @property
    def delivered(self) -> bool:
        return not self.bounced


@dataclass(frozen=True)
class Response:
    """Each customer has at most one response of a kind to a campaign."""

    campaign: int
    customer: int
    at: datetime
    kind: ResponseKind


@dataclass(frozen=True)
class Spend:
    """What one campaign or ledger account of a platform cost on one day."""

    day: date
    platform: str
    account: str
    amount: Decimal

    @property
    def category(self) -> str:
        return CATEGORY[self.platform]


@dataclass(frozen=True)
class Subscription:
    """``amount`` is charged each ``interval``; ``cancelled`` is when the end was asked for."""

    number: int
    customer: int
    start: datetime
    amount: Decimal
    interval: Literal["month", "year"]
    cancelled: datetime | None = None
    ended: datetime | None = None
    currency: str = "USD"


@dataclass(frozen=True)
class Event:
    """A product event; ``customer`` is None for a device that never signed in."""

    number: int
    customer: int | None
    device: str
    name: str
    at: datetime
    revenue: Decimal | None = None


@dataclass(frozen=True)
class Survey:
    """One answer: NPS 0 to 10, CSAT 1 to 5."""

    number: int
    customer: int
    at: datetime
    kind: Literal["nps", "csat"]
    score: int
    ticket: int | None = None


@dataclass(frozen=True)
class StageChange:
    customer: int
    stage: str
    at: datetime


@dataclass(frozen=True)
class Company:
    start: datetime
    end: datetime
    customers: tuple[Customer, ...]
    orders: tuple[Order, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    sends: tuple[Send, ...] = ()
    responses: tuple[Response, ...] = ()
    spend: tuple[Spend, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    events: tuple[Event, ...] = ()
    surveys: tuple[Survey, ...] = ()
    stages: tuple[StageChange, ...] = ()
    _by_number: dict[int, Customer] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_number.update({one.number: one for one in self.customers})

    @property
    def go_live(self) -> date:
        """The first day of the second half."""
        return (self.start + (self.end - self.start) / 2).date()

    def customer(self, number: int) -> Customer:
        return self._by_number[number]

    def email(self, number: int | None) -> str:
        """The address of a customer, blank for nobody."""
        return "" if number is None else self._by_number[number].email

    def person(self, number: int | None) -> int | None:
        """Who a customer number stands for once the merges are followed."""
        while number is not None and self._by_number[number].merged_into is not None:
            number = self._by_number[number].merged_into
        return number

    def between(self, start: datetime, end: datetime) -> Company:
        """What happened in ``[start, end)``, with every customer acquired before ``end``.

        A customer whom only a later record took over was not merged yet.
        """

        def inside(moment: datetime) -> bool:
            return start <= moment < end

        known = {one.number: one for one in self.customers if one.acquired < end}
        return replace(
            self,
            start=start,
            end=end,
            customers=tuple(
                replace(one, merged_into=one.merged_into if one.merged_into in known else None)
                for one in known.values()
            ),
            orders=tuple(one for one in self.orders if inside(one.placed)),
            tickets=tuple(one for one in self.tickets if inside(one.created)),
            campaigns=tuple(one for one in self.campaigns if inside(one.sent)),
            sends=tuple(one for one in self.sends if inside(one.at)),
            responses=tuple(one for one in self.responses if inside(one.at)),
            spend=tuple(one for one in self.spend if start.date() <= one.day < end.date()),
            subscriptions=tuple(one for one in self.subscriptions if inside(one.start)),
            events=tuple(one for one in self.events if inside(one.at)),
            surveys=tuple(one for one in self.surveys if inside(one.at)),
            stages=tuple(one for one in self.stages if inside(one.at)),
        )


def make_company(seed: int = 7, months: int = 24, customers: int = 120) -> Company:
    """A company of ``customers`` people over ``months`` months of 30 days; the same for the same seed."""
    return _Maker(random.Random(seed), START, START + timedelta(days=30 * months), customers).make()


class _Maker:
    """Draws a company; each table after the other, so that a change to one leaves those before it alone."""

    def __init__(self, rng: random.Random, start: datetime, end: datetime, customers: int) -> None:
        self.rng, self.start, self.end = rng, start, end
        self.people = [self._customer(number, customers) for number in range(1, customers + 1)]

    def make(self) -> Company:
        orders, tickets = self._orders(), self._tickets()
        campaigns, sends, responses = self._campaigns()
        return Company(
            self.start,
            self.end,
            tuple(self.people),
            orders,
            tickets,
            campaigns,
            sends,
            responses,
            self._spend(),
            self._subscriptions(),
            self._events(),
            self._surveys(tickets),
            self._stages(),
        )

    def _moment(self, after: datetime | None = None, within: timedelta | None = None) -> datetime:
        after = after or self.start
        span = min(within or self.end - after, self.end - after)
        return after + timedelta(seconds=self.rng.randrange(max(1, int(span.total_seconds()))))

    def _customer(self, number: int, customers: int) -> Customer:
        """Every 20th record was merged into the one before it, every 25th was deleted, every 15th left."""
        acquired = self._moment(within=(self.end - self.start) * 0.75)
        merged = number - 1 if number % 20 == 0 and number < customers else None
        gone = number % 15 == 0 and merged is None
        return Customer(
            number,
            acquired,
            segment=self.rng.choice(("Retail", "Wholesale", "Public")),
            region=self.rng.choice(("North", "South")),
            merged_into=merged,
            deleted=number % 25 == 0 and merged is None and not gone,
            ended=self._moment(acquired) if gone else None,
        )

    def _numbered(self, moments: Iterable[tuple[datetime, int | None]]) -> list[tuple[int, datetime, int | None]]:
        ordered = sorted(moments, key=lambda one: (one[0], one[1] or 0))
        return [(number, at, customer) for number, (at, customer) in enumerate(ordered, start=1001)]

    def _activity(self, per_month: float, anonymous: float) -> list[tuple[int, datetime, int | None]]:
        """Moments of something that customers do, a share of it by nobody known."""
        drawn: list[tuple[datetime, int | None]] = []
        for one in self.people:
            days = (self.end - one.acquired).days
            for _ in range(int(days / 30 * per_month + self.rng.random())):
                nobody = self.rng.random() < anonymous
                drawn.append((self._moment(one.acquired), None if nobody else one.number))
        return self._numbered(drawn)

    def _orders(self) -> tuple[Order, ...]:
        orders = []
        for number, at, customer in self._activity(per_month=0.6, anonymous=0.03):
            lines = tuple(
                Line(f"Item {self.rng.randrange(1, 30):02d}", self.rng.randrange(1, 4), self._amount(300, 9_000))
                for _ in range(self.rng.choice((1, 1, 2, 3)))
            )
            state: OrderState = self.rng.choices(("paid", "cancelled", "voided", "pending", "test"), (90, 4, 2, 2, 2))[
                0
            ]
            order = Order(number, at, customer, lines, state=state)
            if self.rng.random() < 0.2:
                order = replace(order, discount=(order.gross / 10).quantize(Decimal("0.01")))
            if state == "paid" and self.rng.random() < 0.08:
                share = self.rng.choice((Decimal(1), Decimal("0.5")))
                amount = (order.gross * share).quantize(Decimal("0.01"))
                order = replace(order, refunds=(Refund(self._moment(at, timedelta(days=20)), amount),))
            orders.append(order)
        return tuple(orders)

    def _amount(self, low: int, high: int) -> Decimal:
        return Decimal(self.rng.randrange(low, high)).scaleb(-2)

    def _tickets(self) -> tuple[Ticket, ...]:
        tickets: list[Ticket] = []
        for number, at, customer in self._activity(per_month=0.3, anonymous=0.04):
            solved = self._moment(at, timedelta(days=6)) if self.rng.random() < 0.93 else None
            state: TicketState = (
                self.rng.choice(("solved", "closed")) if solved else self.rng.choice(("open", "pending"))
            )
            merged = tickets[-1].number if tickets and self.rng.random() < 0.04 else None
            if merged is None and self.rng.random() < 0.02:
                state = "deleted"
            tickets.append(
                Ticket(
                    number,
                    at,
                    customer,
                    solved,
                    seconds=self.rng.randrange(60, 7_200) if self.rng.random() < 0.9 else None,
                    state="closed" if merged else state,
                    channel=self.rng.choice(("email", "chat", "phone")),
                    merged_into=merged,
                )
            )
        return tuple(tickets)

    def _campaigns(self) -> tuple[tuple[Campaign, ...], tuple[Send, ...], tuple[Response, ...]]:
        """A mailing every 30 days to three customers in four; responses within five days of it."""
        campaigns, sends, responses = [], [], []
        for number in range(1, (self.end - self.start).days // 30 + 1):
            sent = self.start + timedelta(days=30 * number - 15, hours=9)
            campaigns.append(Campaign(number, f"Newsletter {number:02d}", sent))
            for one in self.people:
                if one.acquired >= sent or self.rng.random() < 0.25:
                    continue
                at = sent + timedelta(seconds=self.rng.randrange(600))
                sends.append(Send(number, one.number, at, bounced=self.rng.random() < 0.03))
                if sends[-1].delivered:
                    responses += self._responses(number, one.number, at)
        return tuple(campaigns), tuple(sends), tuple(responses)

    def _responses(self, campaign: int, customer: int, at: datetime) -> list[Response]:
        """Opened, then perhaps clicked, then perhaps answered or bought, each later than the one before."""
        found: list[Response] = []
        steps: tuple[tuple[ResponseKind, float], ...] = (
            ("opened", 0.45), ("clicked", 0.4), ("responded", 0.3), ("converted", 0.5),
        )  # fmt: skip
        for kind, chance in steps:
            if self.rng.random() >= chance:
                break
            at = at + timedelta(seconds=self.rng.randrange(60, 100_000))
            found.append(Response(campaign, customer, at, kind))
        return found

    def _spend(self) -> tuple[Spend, ...]:
        """Two campaigns of each ad platform a day, the other accounts on the first of a month."""
        spend = []
        for number in range((self.end - self.start).days):
            day = (self.start + timedelta(days=number)).date()
            for platform in PLATFORMS[:2]:
                spend += [Spend(day, platform, name, self._amount(500, 9_000)) for name in ("Brand", "Generic, broad")]
            if day.day == 1:
                spend += [Spend(day, name, name, self._amount(20_000, 90_000)) for name in PLATFORMS[2:]]
        return tuple(spend)

    def _subscriptions(self) -> tuple[Subscription, ...]:
        drawn = self._numbered((self._moment(one.acquired), one.number) for one in self.people if one.number % 2)
        found = []
        for number, start, customer in drawn:
            ends = self.rng.random() < 0.3
            cancelled = self._moment(start, timedelta(days=200)) if ends else None
            ended = cancelled + timedelta(days=14) if cancelled and cancelled + timedelta(days=14) < self.end else None
            interval: Literal["month", "year"] = self.rng.choice(("month", "month", "year"))
            amount = self._amount(900, 9_900) * (10 if interval == "year" else 1)
            found.append(Subscription(number, customer or 0, start, amount, interval, cancelled, ended))
        return tuple(found)

    def _events(self) -> tuple[Event, ...]:
        found = []
        for number, at, customer in self._activity(per_month=1.2, anonymous=0.1):
            name = self.rng.choice(("session_start", "Project Created", "Report Shared", "Purchase"))
            revenue = self._amount(500, 20_000) if name == "Purchase" else None
            device = f"device-{customer:04d}" if customer else f"device-{number}"
            found.append(Event(number, customer, device, name, at, revenue))
        return tuple(found)

    def _surveys(self, tickets: tuple[Ticket, ...]) -> tuple[Survey, ...]:
        """NPS answers of customers, CSAT answers about solved tickets."""
        nps = [(at, who) for _, at, who in self._activity(per_month=0.08, anonymous=0.0)]
        found = [
            Survey(number, customer or 0, at, "nps", self.rng.choice((3, 6, 7, 8, 9, 9, 10, 10)))
            for number, at, customer in self._numbered(nps)
        ]
        for ticket in tickets:
            if ticket.solved and ticket.customer and ticket.counts and self.rng.random() < 0.4:
                score = self.rng.choice((1, 3, 4, 5, 5))
                found.append(
                    Survey(50_000 + ticket.number, ticket.customer, ticket.solved, "csat", score, ticket.number)
                )
        return tuple(found)

    def _stages(self) -> tuple[StageChange, ...]:
        found = []
        for one in self.people:
            at = one.acquired
            for stage in STAGES[: self.rng.randrange(1, len(STAGES) + 1)]:
                found.append(StageChange(one.number, stage, at))
                at = self._moment(at, timedelta(days=60))
        return tuple(found)
