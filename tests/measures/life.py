"""A company's lifecycle as plain rows: stages, subscriptions, NPS answers and referrals beside its orders."""

from __future__ import annotations

import random
from typing import Any

from measures.world import GO_LIVE, Row, World, order, segment_of

PLACES = ("subscriber", "lead", "opportunity", "customer", "evangelist")


def stage(customer: int | None, place: int | None, day: int, **extra: Any) -> Row:
    """A stage that a customer was seen in; ``place`` None is a word that nobody knows."""
    word = PLACES[place - 1] if place else "?"
    segment = 0 if customer is None else segment_of(customer)
    return {"customer": customer, "segment": segment, "day": day, "stage": word, "place": place, **extra}


def subscription(number: int, customer: int, day: int, monthly: int | None, until: int | None = None) -> Row:
    """One item, in hundredths a month; its end was asked for two weeks before."""
    return {
        "subscription": number, "customer": customer, "segment": segment_of(customer), "day": day,
        "until": until, "cancelled": None if until is None else until - 14, "amount": monthly, "currency": "USD",
        "interval": "month", "recurring": True, "monthly": monthly, "left_out": None,
    }  # fmt: skip


def answer(customer: int | None, day: int, score: int | None, kind: str | None = "nps") -> Row:
    """An answer to a survey."""
    segment = 0 if customer is None else segment_of(customer)
    return {"customer": customer, "segment": segment, "day": day, "kind": kind, "score": score}


def referral(customer: int, day: int, referred: int | None) -> Row:
    """A customer who referred somebody."""
    return {"customer": customer, "segment": segment_of(customer), "day": day, "referred": referred}


def lifecycle(seed: int = 3, *, before: int = 560, after: int = 420, customers: int = 120) -> World:
    """A believable mess: stages seen twice, skipped and gone back to, several items a customer, answers of nobody."""
    draw = random.Random(seed)
    start, end = GO_LIVE - before, GO_LIVE + after
    made = World()
    made.tables = {
        "orders": [order(draw.randrange(customers), draw.randrange(start, end), 5_000) for _ in range(900)],
        "stages": [
            stage(
                draw.choice([None, *range(2 * customers)]),
                draw.choice([None, 0, 1, 1, 2, 2, 3, 4, 5]),
                draw.randrange(start - 200, end),
            )
            for _ in range(2_500)
        ],
        "subscriptions": [_item(draw, number, start, end, customers) for number in range(260)],
        "surveys": [
            answer(
                draw.choice([None, *range(customers)]),
                draw.randrange(start, end),
                draw.choice([None, *range(11)]),
                draw.choice(["nps", "nps", "csat", None]),
            )
            for _ in range(1_400)
        ],
        "referrals": [
            referral(draw.randrange(customers), draw.randrange(start, end), draw.choice([None, *range(2 * customers)]))
            for _ in range(300)
        ],
    }
    return made


def _item(draw: random.Random, number: int, start: int, end: int, customers: int) -> Row:
    day = draw.randrange(start - 500, end)
    until = draw.choice([None, day + draw.randrange(1, 700)])
    row = subscription(number, draw.randrange(customers), day, draw.choice([None, 0, 900, 2_500, 12_000]), until)
    return {**row, "left_out": "trial" if draw.random() < 0.05 else None}
