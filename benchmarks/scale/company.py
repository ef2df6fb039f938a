"""A seeded company of any size as CSV and Parquet: ``python benchmarks/scale/company.py --millions 1``.

Writes ``orders``, ``tickets`` (a fifth as many) and ``customers`` (0.12 an order) to ``benchmarks/data/company_<n>m/``,
each as ``.csv`` and, unless ``--no-parquet``, ``.parquet``. The customers are those of ``synthetic.py``: rates skewed,
coming and leaving, a season, one order in a thousand exported twice. Orders are drawn in pieces of five million, so
that any size fits into memory; every piece reaches over all customers and days. The same seed and size give the same
rows. ``--people`` adds ``people`` (the customers with a region, whether they got the CRM, and an e-mail address) and
``desk`` (the tickets of a desk that knows addresses alone).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from synthetic import CUSTOMERS_PER_ORDER, DATA, DAYS, FIRST, TWICE

PIECE = 5_000_000
TICKETS_PER_ORDER = 0.2
OVERLAP = 0.05  # of a part file's rows stand in the one before as well
OFFSET = FIRST.toordinal() - 719_163
TABLES = ("orders", "tickets", "customers")
REGIONS = 12
UNTREATED = 5  # every fifth customer stays without the CRM


@dataclass(frozen=True)
class People:
    """Who there is: cumulated rates of ordering, and first and last day of each."""

    rate: NDArray[np.float64]
    start: NDArray[np.float32]
    end: NDArray[np.float32]

    @classmethod
    def drawn(cls, customers: int, rng: np.random.Generator) -> People:
        """As in ``synthetic.events``."""
        rate = np.cumsum(rng.gamma(0.6, 1.0, customers) + 0.05)
        arrived = rng.uniform(-1.5 * DAYS, 0.95 * DAYS, customers).astype(np.float32)
        stay = (rng.exponential(1.2 * DAYS, customers) + 30).astype(np.float32)
        gone = arrived + stay < 1
        arrived[gone] = rng.uniform(0, 0.95 * DAYS, int(gone.sum()))
        return cls(rate, np.clip(arrived, 0, DAYS - 1), np.clip(arrived + stay, 1, DAYS))

    def somebody(self, count: int, rng: np.random.Generator) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """A customer and one of its days, so many times."""
        who = np.searchsorted(self.rate, np.sort(rng.random(count)) * self.rate[-1]).astype(np.int32)
        rng.shuffle(who)
        day = self.start[who] + rng.random(count, dtype=np.float32) * np.maximum(self.end[who] - self.start[who], 1)
        december = (day % 365.25 > 140) & (day % 365.25 < 172)
        day = np.where(december | (rng.random(count) < 0.9), day, rng.random(count) * DAYS)
        return who, np.clip(day, 0, DAYS - 1).astype(np.int32)


def _customer(name: str) -> pl.Expr:
    return pl.format("c{}", pl.col(name).cast(pl.String).str.zfill(8)).alias("customer")


def _day(name: str) -> pl.Expr:
    return (pl.col(name).cast(pl.Int32) + OFFSET).cast(pl.Date)


def _money(name: str) -> pl.Expr:
    return pl.format("{}.{}", pl.col(name) // 100, (pl.col(name) % 100).cast(pl.String).str.zfill(2))


def orders(people: People, count: int, first: int, rng: np.random.Generator) -> pl.DataFrame:
    """So many orders from a number on, in the order of their days; some of them twice."""
    who, day = people.somebody(count, rng)
    cents = np.maximum(50, np.exp(rng.normal(8.1, 0.7, count))).astype(np.int32)
    place = np.argsort(day, kind="stable")
    numbers = np.arange(first, first + count)
    frame = pl.DataFrame({"order": numbers, "customer": who[place], "day": day[place], "cents": cents[place]})
    frame = pl.concat([frame, frame[np.sort(rng.choice(count, int(count * TWICE), replace=False))]])
    number = pl.format("S{}", pl.col("order").cast(pl.String).str.zfill(9)).alias("order")
    return frame.select(number, _customer("customer"), date=_day("day"), amount=_money("cents"))


def tickets(people: People, count: int, first: int, rng: np.random.Generator) -> pl.DataFrame:
    """So many tickets from a number on, with what each cost."""
    who, day = people.somebody(count, rng)
    frame = pl.DataFrame({"ticket": np.arange(first, first + count), "customer": who, "day": day})
    frame = frame.with_columns(cents=pl.Series(rng.integers(200, 4000, count)))
    return frame.select(
        pl.format("T{}", "ticket").alias("ticket"), _customer("customer"), created=_day("day"), cost=_money("cents")
    )


def pieces(table: str, count: int, people: People, seed: int) -> Iterator[pl.DataFrame]:
    """The rows of a table, some millions at a time."""
    for number, first in enumerate(range(0, count, PIECE)):
        rng = np.random.default_rng([seed, TABLES.index(table), number])
        many = min(PIECE, count - first)
        if table == "customers":
            frame = pl.DataFrame(
                {"customer": np.arange(first, first + many), "day": people.start[first : first + many]}
            )
            yield frame.select(_customer("customer"), acquired=_day("day"))
        else:
            yield {"orders": orders, "tickets": tickets}[table](people, many, first, rng)


def write(millions: float, *, parquet: bool = True, seed: int = 1) -> Path:
    """The folder of this size; what is absent is written."""
    many = int(millions * 1_000_000)
    counts = {
        "orders": many,
        "tickets": int(many * TICKETS_PER_ORDER),
        "customers": max(10, int(many * CUSTOMERS_PER_ORDER)),
    }
    folder = DATA / f"company_{millions:g}m"
    folder.mkdir(parents=True, exist_ok=True)
    people = None
    for table in TABLES:
        target = folder / f"{table}.csv"
        if not target.exists():
            people = people or People.drawn(counts["customers"], np.random.default_rng(seed))
            with target.with_suffix(".part").open("wb") as file:
                for number, piece in enumerate(pieces(table, counts[table], people, seed)):
                    piece.write_csv(file, include_header=number == 0)
            target.with_suffix(".part").rename(target)
        if parquet and not target.with_suffix(".parquet").exists():
            money = {"orders": "amount", "tickets": "cost"}.get(table)
            types = {} if money is None else {money: pl.Decimal(18, 2)}
            pl.scan_csv(target, try_parse_dates=True, schema_overrides=types).sink_parquet(
                target.with_suffix(".parquet")
            )
    return folder


def with_people(folder: Path, *, parquet: bool = True) -> None:
    """The customers of a company with what groups them and joins them, and the tickets of a desk that knows them by
    their addresses; what is absent is written."""
    number, customer = pl.col("customer").str.slice(1).cast(pl.Int64), pl.col("customer").str.slice(1)
    email = pl.format("customer{}@example.com", customer).alias("email")
    region = pl.format("region {}", number * 7 % 1009 % REGIONS + 1).alias("region")
    crm = pl.when(number * 11 % 1013 % UNTREATED == 0).then(pl.lit("no")).otherwise(pl.lit("yes")).alias("crm")
    made = {
        "people": ("customers", ("customer", "acquired", region, crm, email)),
        "desk": ("tickets", ("ticket", email, "created", "cost")),
    }
    for name, (table, columns) in made.items():
        target = folder / f"{name}.csv"
        if not target.exists():
            rows = pl.scan_csv(folder / f"{table}.csv", infer_schema=False).select(*columns)
            rows.sink_csv(target.with_suffix(".part"))
            target.with_suffix(".part").rename(target)
        if parquet and not target.with_suffix(".parquet").exists():
            types = {"cost": pl.Decimal(18, 2)} if name == "desk" else {}
            pl.scan_csv(target, try_parse_dates=True, schema_overrides=types).sink_parquet(
                target.with_suffix(".parquet")
            )


def in_files(folder: Path, files: int) -> Path:
    """The orders of a company as a shop exports them piece by piece: so many CSV files, each of which begins with rows
    that the one before ends with; what is absent is written."""
    target = folder / f"orders_in_{files}"
    whole = pl.scan_csv(folder / "orders.csv", infer_schema=False)
    if not target.exists():
        part = target.with_suffix(".part")
        part.mkdir(exist_ok=True)
        rows = whole.select(pl.len()).collect().item()
        cuts = [rows * number // files for number in range(files + 1)]
        for number, (start, end) in enumerate(pairwise(cuts)):
            again = int(OVERLAP * (end - start)) if number else 0
            piece = whole.slice(start - again, end - start + again)
            piece.sink_csv(part / f"orders_{number + 1:03}.csv")
        part.rename(target)
    return target


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--millions", type=float, default=1, help="millions of orders")
    options.add_argument("--no-parquet", action="store_true")
    options.add_argument("--files", type=int, default=0, help="write the orders in so many files, too")
    options.add_argument("--people", action="store_true", help="write people and desk, too")
    chosen = options.parse_args()
    written = write(chosen.millions, parquet=not chosen.no_parquet)
    if chosen.people:
        with_people(written, parquet=not chosen.no_parquet)
    if chosen.files:
        in_files(written, chosen.files)
    for path in sorted(written.rglob("*.*")):
        print(f"{path.relative_to(written)}: {path.stat().st_size / 1e6:.0f} MB")
