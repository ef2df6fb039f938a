"""Harbour & Pine's customers beyond their orders: leads, club memberships, the app, surveys and referrals.

Each part draws from a seed of its own, so that the orders, tickets and mails of :mod:`company` stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from company import END, FIRST, GO_LIVE, Company, Customer, count, exponential, ramp, season
from layouts import iso, mail, money, table

STAGES = ("customer", "email", "stage", "entered")
MEMBERSHIPS = ("subscription", "customer", "email", "start", "end", "amount", "interval", "currency", "status")
EVENTS = ("customer", "email", "event", "date")
SURVEYS = ("survey", "customer", "email", "date", "score", "kind")
REFERRALS = ("referrer", "referred", "date")
CLUB_OPENED = FIRST - 420
A_WEEK = 15.55  # new customers, as company.arrivals has them
PRICES = (600, 1200)  # cents a month: club, club plus
Dated = tuple[float, tuple[object, ...]]


@dataclass(frozen=True)
class LifeEffects:
    """What go-live changed; shares unless said otherwise."""

    conversion: float = 0.20
    club_losses: float = -0.30
    activation: float = 0.26
    referrals: float = 0.30
    promoters: float = 0.07  # of all answers, more
    detractors: float = -0.05
    ramp_days: float = 42.0


UNCHANGED = LifeEffects(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def lifted(when: float, level: float, effect: float, effects: LifeEffects) -> float:
    """A level after what has arrived of an effect."""
    return level * (1 + effect * ramp(when, effects.ramp_days))


def named(customer: Customer) -> tuple[str, str]:
    """The number and the address of a customer."""
    return f"HP{customer.number}", mail(customer)


def leads(seed: int, company: Company, effects: LifeEffects) -> list[Dated]:
    """Who asked for a catalogue: three in ten buy within weeks, and more once the CRM reminds them."""
    rng, found = Random(f"{seed}:leads"), []
    for one in company.customers:
        asked = one.acquired - min(exponential(rng, 16.0), 80.0)
        if asked >= FIRST and one.acquired < END:
            found += [(asked, (*named(one), "Lead", iso(int(asked))))]
            found += [(one.acquired, (*named(one), "Customer", iso(int(one.acquired))))]
    number = 0
    for day in range(FIRST, END):
        buy = lifted(day, 0.30, effects.conversion, effects)
        for _ in range(count(rng, A_WEEK / 7 * season(day) * (1 - buy) / buy)):
            number += 1
            name = (f"LD{number}", f"lead{number:05d}@example.org")
            found.append((day + rng.random(), (*name, "Lead", iso(day))))
    return sorted(found)


def memberships(seed: int, company: Company, effects: LifeEffects) -> list[Dated]:
    """A club at 6 dollars a month, 12 with free delivery; dated by its start, with its end where it has one."""
    found: list[Dated] = []
    for one in company.customers:
        rng = Random(f"{seed}:club:{one.number}")
        joins, wait, plus = rng.random() < 0.22, exponential(rng, 40.0), rng.random() < 0.2
        start = int(max(one.acquired + wait, CLUB_OPENED + 300 * rng.random()))
        if not joins or start >= min(one.left, END):
            continue
        end, upgrade = int(min(one.left, END + 1)), END + 1
        for month in range(start + 30, end, 30):
            if rng.random() < lifted(month, 0.045, effects.club_losses, effects):
                end = month
                break
            if not plus and rng.random() < 0.008:
                upgrade = month
                break
        if upgrade < end:
            found.append((start, _member(one, start, upgrade, PRICES[0], "A")))
            found.append((upgrade, _member(one, upgrade, end, PRICES[1], "B")))
        else:
            found.append((start, _member(one, start, end, PRICES[plus], "A")))
    return sorted(found, key=lambda row: (row[0], str(row[1])))


def _member(one: Customer, start: int, end: int, cents: int, part: str) -> tuple[object, ...]:
    gone = end <= END - 1
    name = f"M{one.number}{part}"
    stopped = iso(end) if gone else ""
    return (name, *named(one), iso(start), stopped, money(cents), "month", "USD", "ended" if gone else "active")


def app(seed: int, company: Company, effects: LifeEffects) -> list[Dated]:
    """New customers who register in the app; the most eager within a week of their first order."""
    rng, found = Random(f"{seed}:app"), []
    for one in company.customers:
        chance, wait, late = rng.random(), rng.random(), exponential(rng, 90.0)
        if one.acquired < FIRST:
            continue
        soon = chance < lifted(one.acquired, 0.34, effects.activation, effects)
        when = one.acquired + (6.4 * wait if soon else 8 + late)
        if when < END and (soon or chance < 0.7):
            found.append((when, (*named(one), "App registered", iso(int(when)))))
    return sorted(found)


def answers(seed: int, company: Company, effects: LifeEffects) -> list[Dated]:
    """About eighteen answers a week to *would you recommend us*, from 0 to 10."""
    rng, found = Random(f"{seed}:surveys"), []
    for day in range(FIRST, END):
        present = [one for one in company.customers if one.acquired < day < one.left]
        for _ in range(count(rng, 2.6)):
            who, chance, fine = present[int(rng.random() * len(present))], rng.random(), rng.random()
            share = ramp(day, effects.ramp_days)
            fans, critics = 0.40 + effects.promoters * share, 0.25 + effects.detractors * share
            score = 9 + int(2 * fine) if chance < fans else int(7 * fine) if chance > 1 - critics else 7 + int(2 * fine)
            number = f"S{len(found) + 1:05d}"
            found.append((day + rng.random(), (number, *named(who), iso(day), score, "nps")))
    return found


def referrals(seed: int, company: Company, effects: LifeEffects) -> list[Dated]:
    """Customers who named somebody new; most of the named never buy."""
    rng, found = Random(f"{seed}:referrals"), []
    for day in range(FIRST, END):
        present = [one for one in company.customers if one.acquired < day < one.left]
        mean = len(present) * lifted(day, 0.011, effects.referrals, effects) / 30.4375
        for _ in range(count(rng, mean)):
            who = present[int(rng.random() * len(present))]
            found.append((day + rng.random(), (mail(who), f"friend{len(found) + 1:05d}@example.org", iso(day))))
    return found


def files(seed: int, company: Company, effects: LifeEffects | None = None) -> Mapping[str, str]:
    """File name below the folder -> its text: one file a side, and the club's list as it is a year after go-live."""
    effects = effects or LifeEffects()
    whole = memberships(seed, company, effects)
    made = {"after/memberships.csv": table(MEMBERSHIPS, [row for _, row in whole])}
    parts = {
        "stages": (STAGES, leads(seed, company, effects)),
        "app-events": (EVENTS, app(seed, company, effects)),
        "surveys": (SURVEYS, answers(seed, company, effects)),
        "referrals": (REFERRALS, referrals(seed, company, effects)),
    }
    for name, (header, rows) in parts.items():
        for folder, start, end in (("before", FIRST, GO_LIVE), ("after", GO_LIVE, END)):
            made[f"{folder}/{name}.csv"] = table(header, [row for when, row in rows if start <= when < end])
    return made
