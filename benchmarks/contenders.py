"""The programs that ``speed.py`` compares, each run in a process of its own: ``contenders.py NAME FILE``.

Each reads the same file and prints the totals that it found as one line of JSON, so that equal work is proved and
not assumed. ``scan`` only reads the needed columns: the floor. ``duckdb`` and ``pandas`` are what one would write by
hand for the same totals, without validation, ledger, statistics or report.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

GO_LIVE = date(2024, 7, 1)
EPOCH = date(1970, 1, 1)
LIVE = (GO_LIVE - EPOCH).days
BEFORE, AFTER = (LIVE - 364, LIVE), (LIVE, LIVE + 364)
BASE_WEEKS = 52
Found = Mapping[str, int]


def scan(path: Path) -> Found:
    """Read every needed column once, decoded and typed."""
    import polars as pl

    if path.suffix == ".csv":
        frame = pl.scan_csv(path, schema_overrides={"date": pl.Date, "amount": pl.Float64})
    else:
        frame = pl.scan_parquet(path)
    sums = frame.select(
        rows=pl.len(),
        bytes=pl.col("order").str.len_bytes().sum() + pl.col("customer").str.len_bytes().sum(),
        last=pl.col("date").max().cast(pl.Int32),
        amount=pl.col("amount").sum().cast(pl.Float64),
    ).collect(engine="streaming")
    return {"rows": sums["rows"].item()}


def audit(path: Path, *, lifecycle: bool = False) -> Found:
    """The whole audit: proof, ledger, facts, totals, model, checks, verdict, report object.

    Without the metrics of the ``lifecycle`` it answers the five questions, for which the others have the totals, too.
    """
    from clm_audit.config.plan import LIFECYCLE_IDS, AuditPlan, MetricPolicy, Source
    from clm_audit.pipeline import audit as run

    columns = {"fact": "orders", "order": "order", "date": "date", "amount": "amount", "customer": "customer"}
    off = {} if lifecycle else {name: MetricPolicy(enabled=False) for name in LIFECYCLE_IDS}
    source = Source(path=path, map=columns)
    plan = AuditPlan(go_live=GO_LIVE, currency="USD", sources=(source,), root=path.parent, metrics=off)
    report = run(plan)
    found = {"rows": sum(file.rows.read for file in report.files)}
    for side, totals in report.totals.items():
        found[f"orders_{side}"] = int(float(totals["orders"].value))
        found[f"cents_{side}"] = round(float(totals["net_revenue"].value) * 100)
        found[f"buyers_{side}"] = int(float(totals["purchasing_customers"].value))
    return found


def lifecycle(path: Path) -> Found:
    """The audit with the metrics of the customer lifecycle, as it runs where nobody says otherwise."""
    return audit(path, lifecycle=True)


QUERIES = {
    "orders": """
        create temp table orders as
        select any_value(customer) as customer, any_value(date)::date - date '1970-01-01' as day,
               any_value(cast(amount as decimal(18, 2)) * 100)::bigint as cents
        from {source} group by "order" """,
    "cells": """
        create temp table cells as
        select customer, cast(floor((day - {live}) / 7.0) as integer) as week, count(*) as n, sum(cents)::bigint as x
        from orders group by all""",
    "weekly": """
        select week, count(*) as buyers, sum(n), sum(n * n), sum(x::double * x), sum(x::double * n)
        from cells group by week order by week""",
    "base": """
        with gaps as (
            select week, lead(week) over (partition by customer order by week) as following from cells),
        steps as (
            select week as spot, 1 as step from gaps
            union all select week + least(coalesce(following - week, {base}), {base}), -1 from gaps)
        select spot, sum(sum(step)) over (order by spot) from steps group by spot order by spot""",
    "retained": """
        with gaps as (select week, week - lag(week) over (partition by customer order by week) as gap from cells)
        select week, count(*) filter (gap is null), count(*) filter (gap <= {base}) from gaps group by week""",
    "windows": """
        select day >= {live} as after, count(*), sum(cents), count(distinct customer)
        from orders where day >= {first} and day < {last} group by 1 order by 1""",
    "wide": """
        with wide as (
            select count(*) filter (day < {live}) as n0, coalesce(sum(cents) filter (day < {live}), 0)::double as x0,
                   count(*) filter (day >= {live}) as n1, coalesce(sum(cents) filter (day >= {live}), 0)::double as x1
            from orders where day >= {first} and day < {last} group by customer)
        select count(*), sum(n0), sum(x0), sum(n1), sum(x1), sum(n0 * n0), sum(n0 * x0), sum(n0 * n1), sum(n0 * x1),
               sum(x0 * x0), sum(x0 * n1), sum(x0 * x1), sum(n1 * n1), sum(n1 * x1), sum(x1 * x1) from wide""",
    "values": """
        select day >= {live} as after, cents, count(*) from orders
        where day >= {first} and day < {last} group by 1, 2""",
}


def duckdb(path: Path) -> Found:
    """Hand-written SQL for the same totals."""
    import duckdb as engine

    types = "{'order': 'varchar', 'customer': 'varchar', 'date': 'date', 'amount': 'decimal(18, 2)'}"
    source = f"read_csv('{path}', columns = {types})" if path.suffix == ".csv" else f"read_parquet('{path}')"
    gaps = {"source": source, "live": LIVE, "base": BASE_WEEKS, "first": BEFORE[0], "last": AFTER[1]}
    connection = engine.connect()
    results = {}
    for name, query in QUERIES.items():
        connection.execute(query.format(**gaps))
        results[name] = connection.fetchall()
    return _answer(results["windows"], sum(row[3] for row in results["weekly"]), len(results["values"]))


def _answer(windows: list[tuple[object, int, int, int]], n2: int, values: int) -> Found:
    found = {"n2": int(n2), "values": int(values)}
    for side, (_, orders, cents, buyers) in zip(("before", "after"), windows, strict=True):
        found |= {f"orders_{side}": int(orders), f"cents_{side}": int(cents), f"buyers_{side}": int(buyers)}
    return found


def pandas(path: Path) -> Found:
    """The same totals with data frames, as an analyst would write them."""
    import pandas as pd

    frame = pd.read_csv(path, parse_dates=["date"]) if path.suffix == ".csv" else pd.read_parquet(path)
    frame = frame.drop_duplicates("order")
    frame["day"] = (pd.to_datetime(frame["date"]) - pd.Timestamp(EPOCH)).dt.days
    frame["cents"] = (frame["amount"].astype("float64") * 100).round().astype("int64")
    frame["customer"] = pd.factorize(frame["customer"])[0]
    frame["week"] = (frame["day"] - LIVE) // 7
    cells = frame.groupby(["customer", "week"])["cents"].agg(["size", "sum"]).reset_index()
    cells["n2"], cells["x2"] = cells["size"] ** 2, cells["sum"].astype("float64") ** 2
    cells["xn"] = cells["size"] * cells["sum"].astype("float64")
    weekly = cells.groupby("week")[["size", "n2", "x2", "xn"]].sum()
    earlier = cells.groupby("customer")["week"].diff()
    cells.assign(first=earlier.isna(), retained=earlier <= BASE_WEEKS).groupby("week")[["first", "retained"]].sum()
    gap = (-cells.groupby("customer")["week"].diff(-1)).fillna(BASE_WEEKS).clip(upper=BASE_WEEKS).astype("int64")
    steps = cells["week"].value_counts().sub((cells["week"] + gap).value_counts(), fill_value=0).sort_index()
    steps.cumsum()
    inside = frame[(frame["day"] >= BEFORE[0]) & (frame["day"] < AFTER[1])].assign(after=lambda f: f["day"] >= LIVE)
    windows = inside.groupby("after").agg(n=("cents", "size"), x=("cents", "sum"), who=("customer", "nunique"))
    wide = inside.groupby(["customer", "after"])["cents"].agg(["size", "sum"]).unstack(fill_value=0).to_numpy("float64")
    wide.T @ wide
    values = inside.groupby(["after", "cents"]).size()
    rows = [(index, row.n, row.x, row.who) for index, row in zip(windows.index, windows.itertuples(), strict=True)]
    return _answer(rows, weekly["n2"].sum(), len(values))


CONTENDERS: Mapping[str, Callable[[Path], Found]] = {
    "scan": scan,
    "audit": audit,
    "lifecycle": lifecycle,
    "duckdb": duckdb,
    "pandas": pandas,
}

if __name__ == "__main__":
    print(json.dumps(CONTENDERS[sys.argv[1]](Path(sys.argv[2]))))
