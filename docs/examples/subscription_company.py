"""An invented subscription company that put a CRM at its centre on 1 January 2024: ``python subscription_company.py``.

Writes ``subscriptions.csv`` and ``referrals.csv`` into this folder, the same bytes every time. Nothing is measured from
a real firm. What is planted: of a hundred subscribers 15 left in a month before go-live and 10.8 after it; of new ones
25 left within their first month and 19.5 after it; on the day of go-live every plan became 14 % cheaper; and 6 of a
hundred named somebody new in half a year, 12 after it.
"""

from __future__ import annotations

import csv
import math
from datetime import date, timedelta
from pathlib import Path
from random import Random

GO_LIVE = date(2024, 1, 1).toordinal()
BURN_IN, FIRST, END = GO_LIVE - 1460, GO_LIVE - 1096, GO_LIVE + 182
MONTH = 30.4375
NEW_A_DAY = 6.0
FIRST_MONTH = (0.25, 0.195)  # share of new subscribers who leave within it, before and after
LATER = (0.1324, 0.0926)  # share of the others who leave in a month
PRICE, CHEAPER = 7000, 0.86  # cents a month on average, and what is left of them from go-live on
TERMS = ("month", "USD")
NAMING = (0.0106, 0.0209)  # share of subscribers who name somebody new in a month


def leaves(rng: Random, start: int) -> int:
    """The day on which a subscriber leaves, day by day; what go-live changed is reached at once."""
    day = start
    while day < END:
        side = int(day >= GO_LIVE)
        monthly = FIRST_MONTH[side] if day - start < MONTH else LATER[side]
        if rng.random() < 1 - (1 - monthly) ** (1 / MONTH):
            return day + 1
        day += 1
    return END + 1


def poisson(rng: Random, mean: float) -> int:
    """A whole number with this mean."""
    limit, number, chance = math.exp(-mean), 0, rng.random()
    while chance > limit:
        chance *= rng.random()
        number += 1
    return number


def iso(day: int) -> str:
    """``2024-01-01``."""
    return (date(1970, 1, 1) + timedelta(days=day - date(1970, 1, 1).toordinal())).isoformat()


def write(name: str, header: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    """One CSV file."""
    with Path(name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def plans(who: str, start: int, end: int, price: int) -> list[tuple[object, ...]]:
    """The subscription of one subscriber; who was there on the day of go-live has one at each price."""
    parts = (("A", start, min(end, GO_LIVE), 1.0), ("B", max(start, GO_LIVE), end, CHEAPER))
    return [
        (f"S{who[1:]}{part}", who, iso(first), iso(last) if last <= END else "", f"{price * share / 100:.2f}", *TERMS)
        for part, first, last, share in parts
        if first < last
    ]


def main() -> None:
    """Simulate and write both exports."""
    rng = Random(15)  # noqa: S311 - a simulation
    subscribers: list[tuple[str, int, int, int]] = []
    for day in range(BURN_IN, END):
        for _ in range(poisson(rng, NEW_A_DAY)):
            price = round(PRICE * (0.6 + 0.8 * rng.random()) / 100) * 100
            subscribers.append((f"U{len(subscribers) + 1:06d}", day, leaves(rng, day), price))
    known = [one for one in subscribers if one[2] > FIRST]
    rows = [row for one in known for row in plans(*one)]
    header = ("subscription", "customer", "start", "end", "amount", "interval", "currency")
    write("subscriptions.csv", header, rows)
    named: list[tuple[object, ...]] = []
    for day in range(FIRST, END):
        there = [who for who, start, end, _ in known if start <= day < end]
        for _ in range(poisson(rng, len(there) * NAMING[day >= GO_LIVE] / MONTH)):
            named.append((there[int(rng.random() * len(there))], f"friend{len(named) + 1:05d}", iso(day)))
    write("referrals.csv", ("referrer", "referred", "date"), named)


if __name__ == "__main__":
    main()
