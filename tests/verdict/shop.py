"""A small shop in the documented plain layout that passes every data check, and ways to spoil it.

Three years around go-live, naive stamps of Berlin, amounts in EUR. ``World`` is what a spoiler changes: the tables,
further raw files, the options of the command line and the text of a configuration.
"""

from __future__ import annotations

import copy
import csv
import io
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

GO_LIVE = date(2024, 7, 1)
FIRST, LAST = date(2022, 7, 1), date(2025, 6, 29)
WEEKS = (LAST - FIRST).days // 7
ZONE = "Europe/Berlin"
Row = dict[str, str]


@dataclass
class World:
    """``tables``: file name -> rows as dicts; ``raw``: further files; ``options`` as on the command line;
    ``config``: text of a clm-audit.yaml; ``paths``: what is given instead of the whole folder."""

    tables: dict[str, list[Row]]
    raw: dict[str, bytes] = field(default_factory=dict)
    options: dict[str, str | None] = field(default_factory=dict)
    config: str = ""
    paths: tuple[str, ...] = ("exports",)

    def rows(self, name: str) -> list[Row]:
        return self.tables[f"exports/{name}.csv"]

    def move(self, name: str, to: str) -> None:
        """Give a table another file name."""
        self.tables[f"exports/{to}.csv"] = self.tables.pop(f"exports/{name}.csv")

    def split(self) -> None:
        """Two folders, before and after, instead of one."""
        tables, self.tables = self.tables, {}
        for name, rows in tables.items():
            file = Path(name).name
            day = next((key for key in ("date", "created") if key in rows[0]), "")
            for folder, late in (("before", False), ("after", True)):
                self.tables[f"{folder}/{file}"] = [
                    dict(row) for row in rows if not day or (row[day][:10] >= GO_LIVE.isoformat()) == late
                ]
        self.paths = ("before", "after")

    def write(self, folder: Path) -> None:
        for name, rows in self.tables.items():
            self.put(folder / name, text(rows).encode())
        for name, content in self.raw.items():
            self.put(folder / name, content)
        if self.config:
            self.put(folder / "clm-audit.yaml", self.config.encode())

    @staticmethod
    def put(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def text(rows: list[Row]) -> str:
    """Rows as CSV."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def shop() -> World:
    """A fresh copy of the shop."""
    return World(copy.deepcopy(_tables()), options={"go_live": GO_LIVE.isoformat(), "timezone": ZONE})


@cache
def _tables() -> dict[str, list[Row]]:
    rng = random.Random(5)
    customers: list[Row] = []
    orders: list[tuple[date, str, int]] = []
    for number in range(400):
        start = 7 * rng.randrange(int(WEEKS * 0.9) if number % 3 else 40)
        weeks = min(WEEKS - start // 7, rng.randrange(40, 220))
        known = f"customer{number:04d}"
        days = [start + 7 * week + rng.randrange(7) for week in range(weeks) if not week or rng.random() < 0.06]
        orders += [(FIRST + timedelta(days=day), known, rng.randrange(2_000, 9_000)) for day in days]
        acquired = (FIRST + timedelta(days=days[0])).isoformat()
        gone = start // 7 + weeks < WEEKS
        ended = (FIRST + timedelta(days=start + 7 * weeks)).isoformat() if gone else ""
        customers.append(
            {"customer": known, "email": f"{known}@example.com", "acquired": acquired, "ended": ended,
             "region": rng.choice(("North", "South")), "merged_into": ""}
        )  # fmt: skip
    merged = {"customer": "old0001", "email": "", "acquired": "", "ended": "", "region": "North"}
    customers.append({**merged, "merged_into": "customer0001"})
    orders.sort()
    return {
        "exports/customers.csv": customers,
        "exports/orders.csv": [_order(number, *one, rng) for number, one in enumerate(orders, start=1)],
        "exports/tickets.csv": _tickets(rng),
        "exports/campaigns.csv": _campaigns(rng),
        "exports/spend.csv": _spend(rng),
        "exports/stages.csv": _stages(customers),
    }


def _stages(customers: list[Row]) -> list[Row]:
    """Each customer was a lead a week before the first order."""
    made = []
    for row in customers:
        if row["acquired"]:
            first = date.fromisoformat(row["acquired"])
            made += [
                {"customer": row["customer"], "stage": "lead", "entered": (first - timedelta(days=7)).isoformat()},
                {"customer": row["customer"], "stage": "customer", "entered": first.isoformat()},
            ]
    return made


def _order(number: int, day: date, customer: str, cents: int, rng: random.Random) -> Row:
    stamp = f"{day} {rng.randrange(8, 20):02d}:{rng.randrange(60):02d}:00"
    return {"order": f"A{number:05d}", "date": stamp, "amount": f"{cents / 100:.2f}", "customer": customer,
            "currency": "EUR", "status": "paid"}  # fmt: skip


def _tickets(rng: random.Random) -> list[Row]:
    made = []
    for week in range(WEEKS):
        for _ in range(4):
            day = FIRST + timedelta(days=7 * week + rng.randrange(7))
            customer = f"customer{rng.randrange(400):04d}"
            cost = f"{rng.randrange(300, 900) / 100:.2f}"
            made.append({"created": f"{day} 12:00:00", "customer": customer, "cost": cost, "currency": "EUR"})
    return [{"ticket": f"T{number}", **row} for number, row in enumerate(made)]


def _campaigns(rng: random.Random) -> list[Row]:
    return [
        {"campaign": f"Newsletter {week}", "date": (FIRST + timedelta(days=7 * week + 2)).isoformat(), "sent": "210",
         "delivered": "200", "clicked": str(rng.randrange(8, 16))}
        for week in range(WEEKS)
    ]  # fmt: skip


def _spend(rng: random.Random) -> list[Row]:
    made = []
    for week in range(WEEKS):
        for day, category in ((1, "acquisition"), (3, "retention")):
            dated = (FIRST + timedelta(days=7 * week + day)).isoformat()
            amount = f"{rng.randrange(900, 1_200) / 10:.2f}"
            made.append({"date": dated, "amount": amount, "category": category, "currency": "EUR"})
    return made
