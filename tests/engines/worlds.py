"""Companies in which every total has something to count."""

from __future__ import annotations

import random

from clm_audit.config.plan import Activation, AuditPlan
from measures.life import lifecycle
from measures.world import GO_LIVE, World, company, plan

EVENT = "Project created"
BEFORE, AFTER, CUSTOMERS = 560, 420, 120


def asked() -> AuditPlan:
    """The plan, with a declared event of the product."""
    return plan(washout_weeks=2, activation=Activation(event=EVENT, within=7))


def everything() -> World:
    """Orders, tickets, campaigns, spend and customers, and beside them their subscriptions, stages, answers, events
    and referrals."""
    made, draw = company(1, before=BEFORE, after=AFTER), random.Random(5)
    life = lifecycle(3, before=BEFORE, after=AFTER, customers=CUSTOMERS)
    made.tables |= {name: life.tables[name] for name in ("stages", "subscriptions", "surveys", "referrals")}
    made.tables["events"] = [
        {
            "customer": draw.choice([None, *range(CUSTOMERS)]),
            "segment": 0,
            "day": draw.randrange(GO_LIVE - BEFORE, GO_LIVE + AFTER),
            "event": draw.choice([EVENT, "Log in"]),
        }
        for _ in range(500)
    ]
    return made


def dated() -> World:
    """The customers' table says when each of them came and went; campaigns are one row each."""
    made, draw = company(2, before=BEFORE, after=AFTER), random.Random(6)
    for table in ("sends", "responses"):
        del made.tables[table]
    for row in made.tables["customers"]:
        began = row["acquired"]
        row["ended"] = None if began is None else draw.choice([None, began + draw.randrange(1, 500)])
    made.tables["campaigns"] = [
        {
            "campaign": number,
            "day": day,
            "sent": draw.choice([None, 900]),
            "delivered": draw.choice([None, 850]),
            "opened": draw.choice([None, 300]),
            "clicked": draw.randrange(90),
            "responded": draw.randrange(60),
            "converted": None,
            "cost": 10_000,
        }
        for number, day in enumerate(range(GO_LIVE - BEFORE, GO_LIVE + AFTER, 9))
    ]
    return made
