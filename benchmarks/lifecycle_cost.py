"""What the metrics of the lifecycle cost: ``python benchmarks/lifecycle_cost.py --millions 10``.

A company with so many million orders, a fifth as many tickets, twice as many sends with their responses, and customers,
subscriptions, events, stages, answers and referrals in proportion, all as Parquet, is audited whole: for the five
questions alone, from the files that these need (``five``) and from all files (``five of all``), and for everything
(``all``). Each audit runs in a process of its own, in turns; CPU time, wall time and peak resident memory are the
kernel's. What counts are the ratios of one run. Prints a table and writes ``results/lifecycle_cost.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from synthetic import CUSTOMERS_PER_ORDER, DATA, DAYS, FIRST, GO_LIVE, write

HERE = Path(__file__).resolve().parent
OFFSET = FIRST.toordinal() - 719_163
CONTENDERS = ("five", "five of all", "all")
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "orders": {"order": "order", "customer": "customer", "date": "date", "amount": "amount"},
    "tickets": {"ticket": "ticket", "customer": "customer", "created": "created", "cost": "cost"},
    "sends": {"campaign": "campaign", "recipient": "recipient", "sent": "sent"},
    "responses": {"campaign": "campaign", "recipient": "recipient", "date": "date", "kind": "kind"},
    "customers": {"customer": "customer", "acquired": "acquired"},
    "subscriptions": {
        "subscription": "subscription", "customer": "customer", "start": "start", "end": "end", "amount": "amount",
        "interval": "interval",
    },
    "events": {"customer": "customer", "event": "event", "date": "date"},
    "stages": {"customer": "customer", "stage": "stage", "entered": "entered"},
    "surveys": {"customer": "customer", "date": "date", "score": "score", "kind": "kind"},
    "referrals": {"referrer": "referrer", "referred": "referred", "date": "date"},
}  # fmt: skip
OF_FIVE = ("orders", "tickets", "sends", "responses")
WORDS = ("subscriber", "lead", "opportunity", "customer")
Columns = Mapping[str, Any]


def drawn(millions: float, seed: int = 2) -> Mapping[str, Columns]:
    """Every table but the orders, as numbers: ``c_…`` customers, ``d_…`` days, ``m_…`` cents, ``k_…`` other ids."""
    rng = np.random.default_rng(seed)
    orders = int(millions * 1_000_000)
    customers = max(10, int(orders * CUSTOMERS_PER_ORDER))

    def who(count: int) -> Any:
        return rng.integers(0, customers, count, dtype=np.int32)

    def day(count: int) -> Any:
        return np.sort(rng.integers(0, DAYS, count, dtype=np.int32))

    campaign = np.repeat(np.arange(DAYS // 7, dtype=np.int32), 2 * orders // (DAYS // 7))
    reached = (campaign.astype(np.int64) * 104_729 + np.arange(campaign.size)) % customers
    answered = np.flatnonzero(rng.random(campaign.size) < 0.06)
    sub = np.flatnonzero(rng.random(customers) < 0.7).astype(np.int32)
    start = rng.integers(0, DAYS, sub.size)
    until = start + np.ceil(rng.exponential(600, sub.size)).astype(np.int32)
    lead = np.repeat(who(customers), 3)
    moved = np.repeat(rng.integers(0, DAYS, customers), 3) + np.tile([0, 20, 60], customers)
    stage = np.tile([0, 1, 2], customers)
    seen = (moved < DAYS) & (rng.random(moved.size) < np.tile([1.0, 0.6, 0.3], customers))
    many = orders // 5
    return {
        "tickets": {"ticket": np.arange(many), "c_customer": who(many), "d_created": day(many),
                    "m_cost": rng.integers(200, 4000, many)},
        "sends": {"k_campaign": campaign, "c_recipient": reached, "d_sent": 7 * campaign + 1},
        "responses": {"k_campaign": campaign[answered], "c_recipient": reached[answered],
                      "d_date": 7 * campaign[answered] + 2,
                      "w_kind": np.where(rng.random(answered.size) < 0.3, "clicked", "opened")},
        "customers": {"c_customer": np.arange(customers), "d_acquired": rng.integers(0, DAYS, customers)},
        "subscriptions": {"subscription": np.arange(sub.size), "c_customer": sub, "d_start": start,
                          "d_end": np.where(until < DAYS, until, -1), "m_amount": rng.integers(500, 20_000, sub.size),
                          "w_interval": np.full(sub.size, "month")},
        "events": {"c_customer": who(many), "w_event": rng.choice(np.array(["login", "published"]), many),
                   "d_date": day(many)},
        "stages": {"c_customer": lead[seen], "w_stage": np.array(WORDS)[stage[seen]], "d_entered": moved[seen]},
        "surveys": {"c_customer": who(many // 2), "d_date": day(many // 2),
                    "score": rng.integers(0, 11, many // 2), "w_kind": np.full(many // 2, "nps")},
        "referrals": {"c_referrer": who(many // 10), "c_referred": who(many // 10), "d_date": day(many // 10)},
    }  # fmt: skip


def as_export(columns: Columns) -> pl.LazyFrame:
    """The columns as systems write them: text ids, dates, amounts with two decimals."""
    frame = pl.LazyFrame({name: pl.Series(column) for name, column in columns.items()})
    made = []
    for name in columns:
        mark, _, rest = name.partition("_")
        value = pl.col(name)
        if mark == "c" and rest:
            made.append(pl.format("c{}", value.cast(pl.String).str.zfill(8)).alias(rest))
        elif mark == "d" and rest:
            dated = (value.cast(pl.Int32) + OFFSET).cast(pl.Date)
            made.append(pl.when(value >= 0).then(dated).alias(rest))
        elif mark == "m" and rest:
            made.append((value.cast(pl.Decimal(18, 2)) / 100).cast(pl.Decimal(18, 2)).alias(rest))
        elif mark in ("k", "w") and rest:
            made.append(value.cast(pl.String).alias(rest))
        else:
            made.append(value.cast(pl.String).alias(name))
    return frame.select(made)


def folder_of(millions: int) -> Path:
    """Where the tables of a size lie; written when absent."""
    orders, _ = write(millions)
    folder = DATA / f"lifecycle_{millions}m"
    if not (folder / "referrals.parquet").exists():
        folder.mkdir(exist_ok=True)
        for name, columns in drawn(millions).items():
            as_export(columns).sink_parquet(folder / f"{name}.parquet")
    link = folder / "orders.parquet"
    if not link.exists():
        link.symlink_to(orders)
    return folder


def audit(contender: str, folder: Path) -> Mapping[str, Any]:
    """One whole audit; what it found, so that equal work is proved."""
    from clm_audit.config.plan import LIFECYCLE_IDS, Activation, AuditPlan, MetricPolicy, Source
    from clm_audit.pipeline import audit as run

    names = OF_FIVE if contender == "five" else tuple(COLUMNS)
    sources = tuple(Source(path=folder / f"{name}.parquet", map={"fact": name, **COLUMNS[name]}) for name in names)
    off = {} if contender == "all" else {name: MetricPolicy(enabled=False) for name in LIFECYCLE_IDS}
    plan = AuditPlan(
        go_live=GO_LIVE,
        currency="USD",
        sources=sources,
        root=folder,
        metrics=off,
        activation=Activation(event="published") if contender == "all" else None,
    )
    report = run(plan)
    told = {one.id: one.finding for one in (*report.metrics, *report.lifecycle)}
    orders = {side: int(float(totals["orders"].value)) for side, totals in report.totals.items()}
    return {"rows": sum(file.rows.read for file in report.files), "orders": orders, "findings": told}


def run(contender: str, folder: Path) -> dict[str, Any]:
    """One contender in its own process; raises when it fails."""
    with tempfile.TemporaryFile() as out:
        started = time.perf_counter()
        command = [sys.executable, str(Path(__file__).resolve()), "--one", contender, "--folder", str(folder)]
        process = subprocess.Popen(command, stdout=out, cwd=HERE.parent)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{contender} failed")
        out.seek(0)
        found = json.loads(out.read())
    cpu = round(used.ru_utime + used.ru_stime, 2)
    peak = round(used.ru_maxrss / 1024)
    return {
        "contender": contender,
        "cpu": cpu,
        "wall": round(wall, 2),
        "peak": peak,
        "load": os.getloadavg()[0],
        **found,
    }


def best(runs: list[dict[str, Any]], contender: str) -> dict[str, Any]:
    """The run of a contender with the least CPU time."""
    return min((one for one in runs if one["contender"] == contender), key=lambda one: float(one["cpu"]))


def table(runs: list[dict[str, Any]]) -> str:
    """Markdown: each contender's best run, over ``five`` and over ``five of all``."""
    lines = [
        "| audit | rows | CPU s | wall s | peak MB | ÷ five | ÷ five of all |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    chosen = [best(runs, name) for name in CONTENDERS if any(one["contender"] == name for one in runs)]
    for one in chosen:
        over = [
            f"{one['cpu'] / best(runs, name)['cpu']:.2f}" if any(x["contender"] == name for x in runs) else ""
            for name in CONTENDERS[:2]
        ]
        lines.append(
            f"| {one['contender']} | {one['rows']:,} | {one['cpu']:.1f} | {one['wall']:.1f} | {one['peak']} |"
            f" {over[0]} | {over[1]} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Write the tables where they are absent, run everything, print and save."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--millions", type=int, default=1, help="millions of orders")
    options.add_argument("--repeat", type=int, default=2, help="runs of each; the one with the least CPU time counts")
    options.add_argument("--one", help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--out", type=Path, default=HERE / "results" / "lifecycle_cost.json")
    chosen = options.parse_args()
    if chosen.one:
        print(json.dumps(audit(chosen.one, chosen.folder)))
        return
    folder = folder_of(chosen.millions)
    runs = [run(name, folder) for _ in range(chosen.repeat) for name in CONTENDERS]
    if len({str(one["orders"]) for one in runs}) > 1:
        raise SystemExit("the audits disagree on the orders")
    print(table(runs))
    machine = {"processors": os.cpu_count(), "system": platform.system(), "python": platform.python_version()}
    versions = {name: version(name) for name in ("clm-audit", "polars", "narwhals", "numpy", "scipy")}
    result = {"machine": machine, "versions": versions, "millions": chosen.millions, "runs": runs}
    chosen.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
