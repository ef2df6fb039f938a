"""What Narwhals costs on Polars: ``python benchmarks/scale/native.py --millions 10``.

Sums of days, the histogram of order values and the wide customer vector, as the audit runs them (through Narwhals) and
written by hand for Polars, on the same canonical facts in one process, in turns. Both must find the same numbers. What
counts is the ratio of their CPU times (the process, all threads). Prints a table and writes
``benchmarks/results/scale_native.json``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
RESULTS = HERE.parent / "results" / "scale_native.json"
FRAMES = ("order_days", "values", "customers")
KEYS = ("day", "window", "cents")
LIBRARIES = ("clm-audit", "narwhals", "polars")
Found = Mapping[str, Mapping[str, Any]]


def native(orders: pl.LazyFrame, calendar: Any) -> Mapping[str, pl.LazyFrame]:
    """The three frames as one would write them for Polars, where all orders count and none has a segment."""
    day, net, known = pl.col("day"), pl.col("net"), pl.col("customer").is_not_null()
    real = net.cast(pl.Float64)
    nameless, sizes = pl.when(known), ("gross", "refunded", "net")
    days = orders.group_by("day").agg(
        pl.len().alias("orders"),
        known.sum().alias("known_orders"),
        *(pl.col(name).sum() for name in sizes),
        nameless.then(0.0).otherwise(real).sum().alias("nameless_xn"),
        nameless.then(0.0).otherwise(real * real).sum().alias("nameless_x2"),
        pl.sum_horizontal(pl.col(name).cast(pl.Float64).abs() for name in sizes).sum().alias("size"),
    )
    spans = {"before": calendar.before, "after": calendar.after}
    inside = {side: day.is_between(*span, closed="left") for side, span in spans.items()}
    values = (
        orders.filter(inside["before"] | inside["after"])
        .group_by(inside["after"].cast(pl.Int64).alias("window"), net.alias("cents"))
        .agg(pl.len().alias("orders"))
    )
    return {"order_days": days, "values": values, "customers": _wide(orders, calendar)}


def _wide(orders: pl.LazyFrame, calendar: Any) -> pl.LazyFrame:
    """The wide customer vector: sums, all pairs of products, and customers by what they did."""
    day, reach = pl.col("day"), 7 * calendar.base_weeks
    windows = {"before": calendar.before, "after": calendar.after}

    def between(start: int, end: int) -> pl.Expr:
        return day.is_between(start, end, closed="left")

    columns = {}
    for side, (start, end) in windows.items():
        columns[f"orders_{side}"] = between(start, end).sum().cast(pl.Int64)
        columns[f"revenue_{side}"] = pl.when(between(start, end)).then(pl.col("net")).otherwise(0).sum()
        columns[f"active_{side}"] = between(end - reach, end).sum()
        columns[f"prior_{side}"] = between(start - reach, start).sum()
    wide = orders.filter(pl.col("customer").is_not_null()).group_by("customer").agg(day.min().alias("first"), **columns)
    names = [f"{quantity}_{side}" for quantity in ("orders", "revenue") for side in windows]
    floats = {name: pl.col(name).cast(pl.Float64) for name in names}
    products = {
        f"product_{i}_{j}": (floats[a] * floats[b]).sum()
        for i, a in enumerate(names)
        for j, b in enumerate(names)
        if i <= j
    }
    marks = {}
    for side, (start, end) in windows.items():
        bought = pl.col(f"orders_{side}") > 0
        marks[f"known_{side}"] = (pl.col("first") < end).sum()
        marks[f"purchasing_{side}"] = bought.sum()
        marks[f"active_{side}"] = (pl.col(f"active_{side}") > 0).sum()
        marks[f"retained_{side}"] = (bought & (pl.col(f"prior_{side}") > 0)).sum()
        marks[f"first_{side}"] = pl.col("first").is_between(start, end, closed="left").sum()
    return wide.select(pl.len().alias("customers"), **{f"sum_{n}": pl.col(n).sum() for n in names}, **products, **marks)


def prepared(millions: int) -> tuple[Mapping[str, pl.LazyFrame], Callable[[], Found], Callable[[], Found]]:
    """The canonical facts of the orders, and both programs."""
    from synthetic import GO_LIVE

    from clm_audit.config.plan import LIFECYCLE_IDS, AuditPlan, MetricPolicy, Source
    from clm_audit.facts.room import Room
    from clm_audit.facts.store import run_folder
    from clm_audit.intake.model import silent
    from clm_audit.measures import runs
    from clm_audit.measures.calendar import resolve
    from clm_audit.measures.daily import daily_frames
    from clm_audit.measures.engines import POLARS
    from clm_audit.measures.reduction import total_frames
    from clm_audit.pipeline import read

    runs.IN_MEMORY = ()  # the reduction that engines run, not what stands beside it for rows in memory
    path = HERE.parent / "data" / f"orders_{millions}m.parquet"
    columns = {"fact": "orders", "order": "order", "date": "date", "amount": "amount", "customer": "customer"}
    off = {name: MetricPolicy(enabled=False) for name in LIFECYCLE_IDS}
    source = Source(path=path, map=columns)
    plan = AuditPlan(go_live=GO_LIVE, currency="USD", sources=(source,), root=path.parent, metrics=off)
    with run_folder() as folder, read(plan, folder, silent, Room(16_000_000_000)) as (plan, _, facts):
        tables = {"orders": facts.tables["orders"].collect().lazy()}
    with POLARS.open(tables) as frames:
        daily = POLARS.collect(daily_frames(frames))
        calendar = resolve(plan, daily)

    def through_narwhals() -> Found:
        with POLARS.open(tables) as frames:
            wanted = total_frames(frames, daily, calendar, segments=1)
            return POLARS.collect({name: wanted[name] for name in FRAMES})

    def by_hand() -> Found:
        lazy = native(tables["orders"], calendar)
        results = pl.collect_all([lazy[name] for name in FRAMES], engine="streaming")
        return {
            name: {column.name: column.to_numpy() for column in each}
            for name, each in zip(FRAMES, results, strict=True)
        }

    return tables, through_narwhals, by_hand


def same(ours: Found, theirs: Found) -> None:
    """Raises where a column that both have differs."""
    for name in FRAMES:
        keys = [key for key in KEYS if key in ours[name] and key in theirs[name]]
        orders = [np.lexsort([each[name][key] for key in keys]) if keys else slice(None) for each in (ours, theirs)]
        shared = ours[name].keys() & theirs[name].keys()
        if shared < theirs[name].keys():
            raise SystemExit(f"{name}: {sorted(theirs[name].keys() - shared)} are only in the one by hand")
        for column in shared:
            one, other = (
                np.asarray(each[name][column])[order] for each, order in zip((ours, theirs), orders, strict=True)
            )
            if not np.allclose(one.astype(float), other.astype(float), rtol=1e-9, atol=0):
                raise SystemExit(f"{name}.{column} differs")


def main() -> None:
    """Run both in turns, prove that they agree, print and write."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--millions", type=int, default=10)
    options.add_argument("--pairs", type=int, default=7)
    options.add_argument("--out", type=Path, default=RESULTS)
    asked = options.parse_args()
    _, ours, theirs = prepared(asked.millions)
    same(ours(), theirs())
    spent: dict[str, list[float]] = {"narwhals": [], "native": []}
    for _ in range(asked.pairs):
        for name, program in (("narwhals", ours), ("native", theirs)):
            started = time.process_time()
            program()
            spent[name].append(round(time.process_time() - started, 3))
    ratios = [a / b for a, b in zip(spent["narwhals"], spent["native"], strict=True)]
    print("| M orders | Narwhals, CPU s | native Polars, CPU s | ratio (least to most) |\n|---:|---:|---:|---|")
    middle = {name: statistics.median(each) for name, each in spent.items()}
    print(
        f"| {asked.millions} | {middle['narwhals']:.2f} | {middle['native']:.2f} |"
        f" {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) |"
    )
    versions = {name: version(name) for name in LIBRARIES}
    result = {
        "millions": asked.millions,
        "versions": versions,
        "cpu": spent,
        "ratio": round(statistics.median(ratios), 3),
    }
    asked.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
