"""Small invented companies in the documented plain layout, for tests of the whole way."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

GO_LIVE = date(2024, 1, 1)


@dataclass(frozen=True)
class Order:
    """One order; ``cents`` is its amount in hundredths."""

    order: str
    day: date
    customer: str
    cents: int


def steady_orders(
    seed: int, customers: int = 300, weeks_before: int = 104, weeks_after: int = 40, lift: float = 1.0
) -> list[Order]:
    """A panel that buys at a constant rate; from go-live on at ``lift`` times that rate."""
    rng = random.Random(seed)
    orders: list[Order] = []
    for week in range(-weeks_before, weeks_after):
        for customer in range(customers):
            if rng.random() < 0.12 * (lift if week >= 0 else 1.0):
                day = GO_LIVE + timedelta(days=7 * week + rng.randrange(7))
                orders.append(Order(f"o{len(orders)}", day, f"c{customer}", rng.randrange(1_000, 20_000)))
    return orders


def mirrored_orders(seed: int, customers: int = 200, weeks: int = 52) -> list[Order]:
    """The very same 52 weeks three times, the last time after go-live: nothing can have changed."""
    year = steady_orders(seed, customers, weeks_before=0, weeks_after=weeks)
    return [
        Order(
            f"{order.order}-{copy}",
            order.day - timedelta(days=7 * weeks * (2 - copy)) + timedelta(0),
            order.customer,
            order.cents,
        )
        for copy in range(3)
        for order in year
    ]


def write_orders(path: Path, orders: Iterable[Order], *, money_scale: int = 1, delimiter: str = ",") -> Path:
    """Write the plain orders layout; ``money_scale`` multiplies every amount."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerow(["order", "date", "amount", "customer", "currency"])
        for order in orders:
            cents = order.cents * money_scale
            writer.writerow(
                [order.order, order.day.isoformat(), f"{cents // 100}.{cents % 100:02d}", order.customer, "USD"]
            )
    return path


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """Write any table as CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path
