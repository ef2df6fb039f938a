"""The real tables as worlds: the whole, each segment, each store, with made-up go-lives at which nothing happened.

The three tables with enough weeks are read here as plainly as can be; what becomes of them afterwards is the
product's code. The service desk's eleven weeks are too short for any before/after method: the product refuses them,
and they are in no row.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from firm import Orders, Sends, World
from numpy.typing import NDArray

from clm_audit.measures.model import day_number

Array = NDArray[Any]
LEAST_ORDERS = {"segment": 400, "store": 1_500}
"""Smaller groups have mostly empty weeks: the product says *not assessable*, and there is nothing to compare."""
BEFORE_WEEKS, AFTER_WEEKS, STEP_WEEKS = 26, 12, 2
WEEK = 7


def real_worlds(folder: Path) -> Iterator[World]:
    """Every unit of every table."""
    yield from complete_journey(folder / "complete_journey")
    yield from online_retail(folder / "online_retail")
    yield from cdnow(folder / "cdnow")


def go_lives(world: World) -> tuple[tuple[int, int], ...]:
    """Made-up dates every two weeks: half a year or more before them and twelve weeks or more after."""
    first = world.first + WEEK * BEFORE_WEEKS
    return tuple((day, world.end) for day in range(first, world.end - WEEK * AFTER_WEEKS + 1, WEEK * STEP_WEEKS))


def complete_journey(folder: Path) -> Iterator[World]:
    """Grocery households of 2017: by age, by income, by store."""
    baskets = _csv(folder / "baskets.csv.gz").with_columns(
        day=_day("timestamp", pl.col("transaction_timestamp").str.slice(0, 10)), net=_cents("sales_value")
    )
    sends = _sends(folder)
    people = _csv(folder / "demographics.csv.gz")
    span = day_number(date(2017, 1, 2)), day_number(date(2018, 1, 1))
    whole = _world("complete journey", "whole", baskets, "household_id", span)
    yield replace(whole, sends=_some(sends, None))
    for column in ("age", "income"):
        for (label,), group in sorted(people.group_by(column)):
            chosen = group["household_id"]
            found = _world("complete journey", "segment", baskets, "household_id", span, chosen, f"{column} {label}")
            if found.orders.day.size >= LEAST_ORDERS["segment"]:
                yield replace(found, sends=_some(sends, chosen))
    for (store,), group in sorted(baskets.group_by("store_id")):
        if group.height >= LEAST_ORDERS["store"]:
            yield _world("complete journey", "store", group, "household_id", span, name=f"store {store}")


def _sends(folder: Path) -> pl.DataFrame:
    keys = ["campaign_id", "household_id"]
    redeemed = _csv(folder / "coupon_redemptions.csv.gz").select(keys).unique().with_columns(responded=pl.lit(True))
    sent = _csv(folder / "campaign_sends.csv.gz").with_columns(day=_day("date", pl.col("start_date")))
    return (
        sent.join(redeemed, on=keys, how="left").with_columns(pl.col("responded").fill_null(False)).sort("day", *keys)
    )


def _some(sends: pl.DataFrame, households: pl.Series | None) -> Sends:
    kept = sends if households is None else sends.filter(pl.col("household_id").is_in(households.implode()))
    columns = ("campaign_id", "household_id", "day", "responded")
    return Sends(*(kept[name].to_numpy() for name in columns))


def online_retail(folder: Path) -> Iterator[World]:
    """A British shop for gifts, half of it wholesale: by country, and named customers by their usual order."""
    lines = _csv(folder / "online_retail.csv.gz", {"CustomerID": pl.Float64, "InvoiceNo": pl.String})
    invoices = (
        lines.group_by("InvoiceNo")
        .agg(
            day=_day("date", pl.col("InvoiceDate").min().str.slice(0, 10)),
            customer=pl.col("CustomerID").min().fill_null(-1).cast(pl.Int64),
            country=pl.col("Country").first(),
            net=(pl.col("Quantity") * pl.col("UnitPrice")).sum().mul(100).round().cast(pl.Int64),
        )
        .sort("day", "InvoiceNo")
    )
    span = day_number(date(2010, 12, 6)), day_number(date(2011, 12, 5))
    yield _world("online retail", "whole", invoices, "customer", span)
    for (country,), group in sorted(invoices.group_by("country")):
        if group.height >= LEAST_ORDERS["segment"]:
            yield _world("online retail", "segment", group, "customer", span, name=str(country))
    usual = invoices.filter((pl.col("customer") >= 0) & (pl.col("net") > 0))
    usual = usual.group_by("customer").agg(usual=pl.col("net").median())
    edges = [float(usual["usual"].quantile(share) or 0.0) for share in (0.0, 0.25, 0.5, 0.75)]
    for number, low in enumerate(edges):
        high = edges[number + 1] if number < 3 else float("inf")
        chosen = usual.filter((pl.col("usual") >= low) & (pl.col("usual") < high))["customer"]
        yield _world(
            "online retail", "segment", invoices, "customer", span, chosen, f"usual order, quarter {number + 1}"
        )


def cdnow(folder: Path) -> Iterator[World]:
    """One acquisition cohort: everybody cools down at every date. By the month of the first purchase."""
    with gzip.open(folder / "CDNOW_master.txt.gz", "rt") as file:
        rows = [line.split() for line in list(file)[1:]]
    orders = pl.DataFrame(
        {"customer": [int(row[0]) for row in rows], "at": [row[1] for row in rows], "paid": [row[3] for row in rows]}
    )
    orders = orders.with_columns(day=_day("plain", pl.col("at")), net=_cents("paid")).sort("day", "customer")
    span = day_number(date(1997, 1, 6)), day_number(date(1998, 6, 29))
    yield _world("CDNOW", "whole", orders, "customer", span)
    first = orders.group_by("customer").agg(month=pl.col("at").min().str.slice(0, 6))
    for (month,), group in sorted(first.group_by("month")):
        yield _world("CDNOW", "segment", orders, "customer", span, group["customer"], f"first bought {month}")


def _world(
    table: str,
    level: str,
    orders: pl.DataFrame,
    customer: str,
    span: tuple[int, int],
    chosen: pl.Series | None = None,
    name: str = "whole",
) -> World:
    """A world from a frame with ``day`` and ``net``; ``chosen`` customers only."""
    kept = orders.filter((pl.col("day") >= span[0]) & (pl.col("day") < span[1]))
    if chosen is not None:
        kept = kept.filter(pl.col(customer).is_in(chosen.implode()))
    columns = (kept[column].to_numpy().astype(np.int64) for column in (customer, "day", "net"))
    return World(f"{table}, {level}", f"{table}, {name}", *span, Orders(*columns))


def _csv(path: Path, types: dict[str, Any] | None = None) -> pl.DataFrame:
    return pl.read_csv(path, schema_overrides=types or {"sales_value": pl.String})


def _day(kind: str, text: pl.Expr) -> pl.Expr:
    pattern = "%Y%m%d" if kind == "plain" else "%Y-%m-%d"
    return text.str.to_date(pattern).to_physical().cast(pl.Int64)


def _cents(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Float64).mul(100).round().cast(pl.Int64)
