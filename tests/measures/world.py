"""One small company as plain rows, and the same rows as Facts. Every engine and the oracle read it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import polars as pl

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan, SpendRules
from clm_audit.facts.model import BOOKKEEPING, SCHEMAS, Facts
from clm_audit.measures.model import to_date

GO_LIVE = 19_000
Row = dict[str, Any]
SEGMENTS: tuple[Mapping[str, str], ...] = (
    {},
    {"region": "North", "size": "small"},
    {"region": "South", "size": "small"},
    {"region": "South", "size": "large"},
)
MARK: Row = {"file": 0, "side": 0, "rows": 1}


@dataclass
class World:
    """Rows per fact; ``facts()`` types them, filling the bookkeeping columns in."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    currency: str | NotAssessable = "USD"
    absent: Mapping[str, str] = field(default_factory=dict)

    def rows(self, table: str) -> list[Row]:
        """The rows of a fact, with their bookkeeping."""
        return [{**MARK, **row} for row in self.tables.get(table, [])]

    def facts(self) -> Facts:
        """The world as the facts floor would hand it on."""
        tables = {name: frame(name, self.rows(name)) for name in self.tables}
        return Facts(tables, (), (), SEGMENTS, self.currency, self.absent)


def frame(table: str, rows: Sequence[Row]) -> pl.LazyFrame:
    """Canonical rows as a typed lazy frame."""
    schema = {**SCHEMAS[table], **BOOKKEEPING}
    return pl.LazyFrame({name: [row.get(name) for row in rows] for name in schema}, schema=schema)


def plan(**changes: Any) -> AuditPlan:
    """The plan of the world's audit."""
    settings: dict[str, Any] = {
        "go_live": to_date(GO_LIVE),
        "segment_by": ("region",),
        "hourly_rate": Decimal("30"),
        "spend": SpendRules(),
    }
    return AuditPlan(**{**settings, **changes})


def segment_of(customer: int) -> int:
    """A customer's segment is joined once, so it never changes."""
    return customer % len(SEGMENTS)


def order(customer: int | None, day: int, net: int, refunded: int = 0, **extra: Any) -> Row:
    """One order of ``net`` hundredths after refunds."""
    segment = 0 if customer is None else segment_of(customer)
    amounts = {"gross": net + refunded, "refunded": refunded, "net": net}
    return {"order": 0, "customer": customer, "segment": segment, "day": day, **amounts, "left_out": None, **extra}


def credit(customer: int | None, day: int, cents: int, **extra: Any) -> Row:
    """One credit note that gives ``cents`` hundredths back."""
    return order(customer, day, -cents, left_out="credit_note", **extra)


def company(seed: int = 1, *, before: int = 560, after: int = 217, customers: int = 60) -> World:
    """A believable mess: anonymous orders, refunds, credit notes, cancelled orders, wrong sides, repeated sends."""
    draw = random.Random(seed)
    start, end = GO_LIVE - before, GO_LIVE + after
    made = World(absent={"tickets": "the ticket export would carry it"})
    made.tables = {
        "orders": [
            *(_order(draw, start, end, customers) for _ in range(1500)),
            *_credits(random.Random(f"credits {seed}"), start, end, customers),
        ],
        "tickets": [_ticket(draw, start, end, customers) for _ in range(700)],
        "sends": _sends(draw, start, end, customers),
        "spend": _spend(draw, start, end),
        "customers": [
            {
                "customer": each,
                "acquired": draw.choice([None, draw.randrange(start - 400, end)]),
                "segment": segment_of(each),
            }
            for each in range(customers + 60)
        ],
    }
    made.tables["responses"] = _responses(draw, made.tables["sends"])
    return made


def _placed(draw: random.Random, day: int) -> Row:
    """Mostly files for both sides; some for one, and then sometimes on the wrong one."""
    side = draw.choice([0, 0, 0, 0, -1 if day < GO_LIVE else 1])
    if draw.random() < 0.02:
        side = draw.choice([-1, 1])
    return {"day": day, "side": side, "file": side + 1, "rows": draw.choice([1, 1, 1, 3])}


def _order(draw: random.Random, start: int, end: int, customers: int) -> Row:
    who = None if draw.random() < 0.1 else min(int(draw.expovariate(0.05)), customers - 1)
    net = int(draw.lognormvariate(8, 1))
    refunded = net // 3 if draw.random() < 0.1 else 0
    left_out = "voided" if draw.random() < 0.05 else None
    return {**order(who, 0, net, refunded), "left_out": left_out, **_placed(draw, draw.randrange(start, end))}


def _credits(draw: random.Random, start: int, end: int, customers: int) -> list[Row]:
    """Credit notes of both signs, some without a customer, and some of customers who are never seen to buy."""
    rows = [
        credit(draw.choice([None, draw.randrange(customers + 5)]), 0, draw.choice([1, 1, -1]) * draw.randrange(9_000))
        for _ in range(150)
    ]
    return [{**row, **_placed(draw, draw.randrange(start, end))} for row in rows]


def _ticket(draw: random.Random, start: int, end: int, customers: int) -> Row:
    who = None if draw.random() < 0.1 else draw.randrange(customers)
    return {
        "customer": who,
        "segment": 0 if who is None else segment_of(who),
        "cost": draw.choice([None, draw.randrange(100, 5000)]),
        "seconds": draw.choice([None, draw.randrange(60, 7200)]),
        "left_out": "spam" if draw.random() < 0.03 else None,
        **_placed(draw, draw.randrange(start, end)),
    }


def _sends(draw: random.Random, start: int, end: int, customers: int) -> list[Row]:
    sends: list[Row] = []
    for campaign, day in enumerate(range(start + 3, end - 10, 9)):
        for who in draw.sample(range(customers), 25):
            delivered = draw.choices([True, False, None], [8, 1, 1])[0]
            row = {"campaign": campaign, "recipient": who, "segment": segment_of(who), "delivered": delivered}
            sends += [{**row, "day": day + late} for late in ((0, 2) if draw.random() < 0.1 else (0,))]
    return sends


def _responses(draw: random.Random, sends: list[Row]) -> list[Row]:
    found: list[Row] = []
    for sent in sends:
        for kind, chance in (("opened", 0.5), ("clicked", 0.25), ("responded", 0.15)):
            if draw.random() < chance:
                row = {"campaign": sent["campaign"], "recipient": sent["recipient"], "kind": kind}
                found += [{**row, "day": sent["day"] + draw.randrange(6)} for _ in range(draw.choice([1, 1, 2]))]
    found.append({"campaign": 10_000, "recipient": 1, "day": sends[0]["day"], "kind": "responded"})
    return found


def _spend(draw: random.Random, start: int, end: int) -> list[Row]:
    def rows(category: str, every: int, days: int, least: int, most: int) -> list[Row]:
        return [
            {"day": day, "until": day + days, "cents": draw.randrange(least, most), "category": category}
            for day in range(start - days // 2, end, every)
        ]

    return [
        *rows("acquisition", 2, 1, 1, 90_000),
        *rows("retention", 11, 11, -500, 90_000),
        *rows("other", 7, 3, 1, 9_000),
    ]
