"""What is right, in loops over plain rows: no frames, exact numbers only."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from clm_audit.measures.model import Calendar, Cells
from measures.world import Row, World

Table = dict[tuple[int, ...], dict[str, Fraction | int]]
CATEGORIES = ("acquisition", "retention", "service", "other")


def on_side(row: Row, calendar: Calendar, last: int | None = None) -> bool:
    """A file declared for one side counts on that side only."""
    if row["side"] < 0:
        return bool(row["day"] < calendar.go_live)
    if row["side"] > 0:
        return bool((row["day"] if last is None else last) >= calendar.go_live)
    return True


def counts(row: Row, calendar: Calendar) -> bool:
    """On its side, inside the span, not left out."""
    return placed(row, calendar) and row.get("left_out") is None


def placed(row: Row, calendar: Calendar) -> bool:
    """On its side and inside the span."""
    return bool(calendar.span[0] <= row["day"] < calendar.span[1]) and on_side(row, calendar)


def outside(world: World, calendar: Calendar) -> dict[int, int]:
    """Records per file that lie outside the span or on the wrong side."""
    found: Counter[int] = Counter()
    for name in world.tables:
        for row in world.rows(name):
            if name == "customers":
                continue
            last = row.get("until", row["day"] + 1) - 1
            inside = row["day"] < calendar.span[1] and last >= calendar.span[0]
            if not inside or not on_side(row, calendar, last):
                found[row["file"]] += row["rows"]
    return dict(found)


class Oracle:
    """Totals of a world under a calendar."""

    def __init__(self, world: World, calendar: Calendar) -> None:
        self.world, self.calendar = world, calendar
        self.orders = [row for row in world.rows("orders") if counts(row, calendar)]
        self.credits = [
            {**row, "net": -abs(row["gross"])}
            for row in world.rows("orders")
            if placed(row, calendar) and row["left_out"] == "credit_note"
        ]
        self.tickets = [row for row in world.rows("tickets") if counts(row, calendar)]
        self.weeks_of: dict[int, set[int]] = defaultdict(set)
        self.segment_of: dict[int, int] = {}
        for row in self.orders:
            if row["customer"] is not None:
                self.weeks_of[row["customer"]].add(calendar.week(row["day"]))
                self.segment_of[row["customer"]] = row["segment"]

    def period(self, day: int, weeks: int) -> int:
        """The period of ``weeks`` that a day falls in."""
        return (day - self.calendar.go_live) // (7 * weeks)

    def order_periods(self) -> Table:
        """The cells *orders*."""
        weeks = self.calendar.merge["orders"]
        made: Table = defaultdict(lambda: defaultdict(int))
        clusters: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
        for number, row in enumerate(self.orders):
            key = (row["segment"], self.period(row["day"], weeks))
            known = row["customer"] is not None
            made[key]["orders"] += 1
            made[key]["known_orders"] += known
            for name in ("gross", "refunded", "net"):
                made[key][name] += row[name]
            cluster = clusters[(*key, row["customer"] if known else f"alone {number}")]
            cluster[0] += 1
            cluster[1] += row["net"]
        for number, row in enumerate(self.credits):
            key = (row["segment"], self.period(row["day"], weeks))
            made[key]["refunded"] -= row["net"]
            made[key]["net"] += row["net"]
            known = row["customer"] is not None
            clusters[(*key, row["customer"] if known else f"credited {number}")][1] += row["net"]
        for (segment, period, who), (n, x) in clusters.items():
            cell = made[segment, period]
            cell["n2"] += n * n
            cell["x2"] += x * x
            cell["xn"] += x * n
            cell["buyers"] += n > 0 and not isinstance(who, str)
        for who, order_weeks in self.weeks_of.items():
            made[self.segment_of[who], min(order_weeks) // weeks]["first_orders"] += 1
        for (segment, period), retained in self.retained(weeks).items():
            made[segment, period]["retained"] += retained
        return made

    def retained(self, weeks: int) -> Counter[tuple[int, int]]:
        """Customers per segment and period who ordered in it and in the base before its first day."""
        found: Counter[tuple[int, int]] = Counter()
        for who, order_weeks in self.weeks_of.items():
            for period in {week // weeks for week in order_weeks}:
                start = period * weeks
                if any(start - self.calendar.base_weeks <= week < start for week in order_weeks):
                    found[self.segment_of[who], period] += 1
        return found

    def base(self, week: int, segment: int | None = None) -> int:
        """Customers with an order in the base that ends with the week."""
        reach = range(week - self.calendar.base_weeks + 1, week + 1)
        return sum(
            any(each in reach for each in order_weeks)
            for who, order_weeks in self.weeks_of.items()
            if segment is None or self.segment_of[who] == segment
        )

    def ticket_periods(self) -> Table:
        """The cells *tickets*."""
        made: Table = defaultdict(lambda: defaultdict(int))
        for row in self.tickets:
            cell = made[row["segment"], self.period(row["day"], self.calendar.merge["tickets"])]
            cell["tickets"] += 1
            for name, count in (("cost", "costed"), ("seconds", "timed")):
                if row[name] is not None:
                    cell[count] += 1
                    cell[name] += row[name]
                    cell[f"{name}2"] += row[name] ** 2
        return made

    def sends(self) -> dict[tuple[int, int], Row]:
        """Campaign × recipient -> day of the first send, delivered, kinds of response."""
        made: dict[tuple[int, int], Row] = {}
        for row in self.world.rows("sends"):
            if counts(row, self.calendar):
                fresh = {"day": row["day"], "delivered": False, "kinds": set()}
                one = made.setdefault((row["campaign"], row["recipient"]), fresh)
                one["day"] = min(one["day"], row["day"])
                one["delivered"] |= row["delivered"] is not False
        for row in self.world.rows("responses"):
            if counts(row, self.calendar) and (row["campaign"], row["recipient"]) in made:
                made[row["campaign"], row["recipient"]]["kinds"].add(row["kind"])
        return made

    def campaigns(self) -> Table:
        """The cells *campaigns*."""
        made: Table = defaultdict(lambda: defaultdict(int))
        for (campaign, _), sent in self.sends().items():
            cell = made[self.period(sent["day"], self.calendar.merge["sends"]), campaign]
            cell["sent"] += 1
            cell["delivered"] += sent["delivered"]
            for kind in sent["kinds"]:
                cell[kind] += sent["delivered"]
        return made

    def spend_days(self, category: str) -> Counter[int]:
        """Cents per day; the first k of n days of a row get floor(cents · k / n)."""
        found: Counter[int] = Counter()
        for row in self.world.rows("spend"):
            n = row["until"] - row["day"]
            if row["category"] != category:
                continue
            for k in range(n):
                day = row["day"] + k
                if counts({**row, "day": day}, self.calendar):
                    found[day] += row["cents"] * (k + 1) // n - row["cents"] * k // n
        return found

    def wide(self) -> dict[int, dict[str, int]]:
        """The wide customer vector of every customer on file, by identity, with its segment."""
        made: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for row in self.world.rows("customers"):
            made[row["customer"]]["segment"] = row["segment"]
        for side, (start, end) in (("before", self.calendar.before), ("after", self.calendar.after)):
            for row in [*self.orders, *self.tickets, *self.credits]:
                if row["customer"] is None:
                    continue
                one = made[row["customer"]]
                one["segment"] = row["segment"]
                if start <= row["day"] < end:
                    ordered = "net" in row
                    one[f"{'orders' if ordered else 'tickets'}_{side}"] += row["left_out"] is None
                    names = (("revenue", "net"),) if ordered else (("cost", "cost"), ("seconds", "seconds"))
                    for name, column in names:
                        one[f"{name}_{side}"] += row[column] or 0
        return made


def same(cells: Cells, expected: Table) -> None:
    """Every cell and every quantity are the oracle's; what it never touched must be 0."""
    names = list(cells.keys)
    found = {tuple(int(cells.keys[n][i]) for n in names): i for i in range(cells.keys[names[0]].size)}
    assert set(expected) <= set(found)
    for key, row in found.items():
        for name, column in cells.values.items():
            if name == "unreported":
                continue
            value = expected.get(key, {}).get(name, 0)
            if column.dtype == np.int64:
                assert column[row] == value, (key, name)
            else:
                assert column[row] == pytest.approx(float(value), rel=1e-9), (key, name)
    for key, quantities in expected.items():
        assert set(quantities) <= set(cells.values), key
