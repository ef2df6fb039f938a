"""Seeded order tables for the benchmarks: ``python benchmarks/synthetic.py --sizes 1,10``.

Writes ``benchmarks/data/orders_<n>m.parquet`` and ``.csv`` with the columns order, customer, date, amount: three
years of orders, 0.12 customers an order whose rates are skewed (a gamma of shape 0.6), who come and leave, a season,
and one order in a thousand exported twice. The same seed and size give the same rows.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

DATA = Path(__file__).resolve().parent / "data"
FIRST, GO_LIVE, END = date(2022, 7, 4), date(2024, 7, 1), date(2025, 6, 30)
DAYS = (END - FIRST).days
CUSTOMERS_PER_ORDER = 0.12
TWICE = 0.001


def events(orders: int, seed: int = 1) -> pl.DataFrame:
    """order, customer, day (since 1970), cents, in date order; ``orders`` of them are different."""
    rng = np.random.default_rng(seed)
    customers = max(10, int(orders * CUSTOMERS_PER_ORDER))
    rate = np.cumsum(rng.gamma(0.6, 1.0, customers) + 0.05)
    who = np.searchsorted(rate, rng.random(orders) * rate[-1]).astype(np.int32)
    arrived = rng.uniform(-1.5 * DAYS, 0.95 * DAYS, customers)
    stay = rng.exponential(1.2 * DAYS, customers) + 30
    gone = arrived + stay < 1
    arrived[gone] = rng.uniform(0, 0.95 * DAYS, int(gone.sum()))
    start = np.clip(arrived, 0, DAYS - 1)[who]
    end = np.clip(arrived + stay, 1, DAYS)[who]
    day = start + rng.random(orders) * np.maximum(end - start, 1)
    december = (day % 365.25 > 140) & (day % 365.25 < 172)
    day = np.where(december | (rng.random(orders) < 0.9), day, rng.random(orders) * DAYS)
    day = np.clip(day, 0, DAYS - 1).astype(np.int32)
    cents = np.maximum(50, np.exp(rng.normal(8.1, 0.7, orders))).astype(np.int32)
    place = np.argsort(day, kind="stable")
    frame = pl.DataFrame({"order": np.arange(orders), "customer": who[place], "day": day[place], "cents": cents[place]})
    again = np.sort(rng.choice(orders, int(orders * TWICE), replace=False))
    offset = (FIRST - date(1970, 1, 1)).days
    return pl.concat([frame, frame[again]]).with_columns(pl.col("day") + offset)


def as_export(frame: pl.DataFrame) -> pl.LazyFrame:
    """The columns as a shop writes them: text ids, a date, an amount with two decimals."""
    units, cents = pl.col("cents") // 100, pl.col("cents") % 100
    return frame.lazy().select(
        order=pl.format("S{}", pl.col("order").cast(pl.String).str.zfill(9)),
        customer=pl.format("c{}", pl.col("customer").cast(pl.String).str.zfill(8)),
        date=pl.col("day").cast(pl.Int32).cast(pl.Date),
        amount=pl.format("{}.{}", units, cents.cast(pl.String).str.zfill(2)),
    )


def write(millions: int) -> tuple[Path, Path]:
    """The Parquet and the CSV file of this size; written only when absent."""
    DATA.mkdir(exist_ok=True)
    parquet, csv = DATA / f"orders_{millions}m.parquet", DATA / f"orders_{millions}m.csv"
    if not (parquet.exists() and csv.exists()):
        export = as_export(events(millions * 1_000_000))
        export.sink_csv(csv)
        export.with_columns(pl.col("amount").cast(pl.Decimal(18, 2))).sink_parquet(parquet)
    return parquet, csv


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sizes", default="1,10", help="millions of orders, comma-separated")
    for size in options.parse_args().sizes.split(","):
        for path in write(int(size)):
            print(f"{path.name}: {path.stat().st_size / 1e6:.0f} MB")
