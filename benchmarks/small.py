"""What a small audit and each ``--help`` cost: ``python benchmarks/small.py``.

Writes a folder of five CSV files (50,000 orders, their customers, tickets, campaigns, spend; from a seed), runs each
program in a process of its own and takes the least CPU time of several runs (the kernel's, children included). What
counts are the ratios of one run, to a start of Python that imports what an audit cannot do without. A profile of the
audit's stages shows where the time goes. Prints tables and writes ``benchmarks/results/small.json``.
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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from synthetic import GO_LIVE, as_export, events

HERE = Path(__file__).resolve().parent
ORDERS, TICKETS, CAMPAIGNS = 50_000, 8_000, 60
COMMANDS = ("", "compare", "check", "plan", "init", "explain", "report", "demo", "schema")
LIBRARIES = "import numpy, polars, narwhals, pydantic, scipy.linalg, scipy.optimize, scipy.special"
READING = ("read_exports",)
STAGES = ("facts_of", "measure", "assess", "judge", "compose")
AIMS = {"audit": 1.5, "help": 0.15}


@dataclass(frozen=True)
class Run:
    """One program: the least ``cpu`` seconds of several runs, and the ``wall`` seconds of the same run."""

    program: str
    cpu: float
    wall: float


def write(folder: Path) -> None:
    """The five files, as a shop and its tools would write them."""
    rng = np.random.default_rng(7)
    found = events(ORDERS)
    as_export(found).sink_csv(folder / "orders.csv")
    first = found.group_by("customer").agg(pl.col("day").min()).sort("customer")
    name = pl.format("c{}", pl.col("customer").cast(pl.String).str.zfill(8)).alias("customer")
    day = pl.col("day").cast(pl.Int32).cast(pl.Date)
    regions = pl.Series(rng.choice(["north", "south", "west"], first.height))
    first.select(name, acquired=day, region=regions).write_csv(folder / "customers.csv")
    asked = found.sample(TICKETS, seed=7).sort("day").with_row_index("ticket")
    spent = pl.Series(rng.integers(200, 4_000, TICKETS) / 100)
    asked.select(pl.format("T{}", "ticket").alias("ticket"), name, created=day, cost=spent).write_csv(
        folder / "tickets.csv"
    )
    start, end = found["day"].min(), found["day"].max()
    sent = rng.integers(1_000, 3_000, CAMPAIGNS)
    spread = pl.Series(np.linspace(start, end, CAMPAIGNS).astype(np.int32)).cast(pl.Date)
    answers = pl.Series(rng.binomial(sent, 0.03))
    campaigns = pl.DataFrame({"campaign": [f"News {number}" for number in range(CAMPAIGNS)], "date": spread})
    campaigns.with_columns(sent=pl.Series(sent), responded=answers).write_csv(folder / "campaigns.csv")
    days = pl.Series(np.arange(start, end + 1, 7, dtype=np.int32)).cast(pl.Date)
    cost = pl.Series(rng.integers(80_000, 120_000, len(days)) / 100)
    pl.DataFrame({"date": days, "amount": cost}).with_columns(category=pl.lit("acquisition")).write_csv(
        folder / "spend.csv"
    )


def installed() -> dict[str, str]:
    """The environment of a program that is installed: its bytecode is kept, as pip compiles it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(program: str, command: Sequence[str], repeat: int) -> Run:
    """The cheapest of several runs; raises when one fails."""
    costs = []
    for _ in range(repeat):
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=installed()
        )
        error = process.stderr.read() if process.stderr else b""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{program} failed: {error.decode()}")
        wall = time.perf_counter() - started
        costs.append((used.ru_utime + used.ru_stime, wall))
    cpu, wall = min(costs)
    return Run(program, round(cpu, 3), round(wall, 3))


def stages(folder: Path) -> dict[str, float]:
    """CPU seconds of each stage of one audit in this process, imports first."""
    import clm_audit.cli.main  # noqa: F401 - its import is what is measured
    from clm_audit import pipeline as audit
    from clm_audit.config.resolve import resolve
    from clm_audit.facts import anywhere as reading
    from clm_audit.report.html import to_html

    spent = {"imports": time.process_time()}

    def timed(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def measured(*given: object, **named: object) -> Any:
            begun = time.process_time()
            result = work(*given, **named)
            spent[name] = time.process_time() - begun
            return result

        return measured

    for module, names in ((reading, READING), (audit, STAGES)):
        for name in names:
            setattr(module, name, timed(name, getattr(module, name)))
    plan = timed("configuration", resolve)([str(folder)], None, {"go_live": GO_LIVE.isoformat()}, {}, folder)
    timed("html", to_html)(audit.audit(plan))
    return {name: round(seconds, 3) for name, seconds in spent.items()}


def table(runs: Sequence[Run], profile: Mapping[str, float]) -> str:
    """Markdown: what was run, and the stages of the audit."""
    floor = next(one.cpu for one in runs if one.program == "libraries")
    lines = ["| program | CPU s | wall s | CPU ÷ libraries |", "|---|---:|---:|---:|"]
    lines += [f"| {one.program} | {one.cpu:.2f} | {one.wall:.2f} | {one.cpu / floor:.2f} |" for one in runs]
    whole = sum(profile.values())
    lines += ["", "| stage | CPU s | share |", "|---|---:|---:|"]
    lines += [f"| {name} | {seconds:.2f} | {seconds / whole:.0%} |" for name, seconds in profile.items()]
    return "\n".join(lines)


def main() -> None:
    """Write the files, run everything, print and save."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--repeat", type=int, default=5, help="runs of each; the one with the least CPU time counts")
    options.add_argument("--out", type=Path, default=HERE / "results" / "small.json")
    options.add_argument("--stages", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.stages:
        print(json.dumps(stages(chosen.stages)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "exports"
        folder.mkdir()
        write(folder)
        audit = [
            "-m",
            "clm_audit",
            "compare",
            str(folder),
            "--go-live",
            GO_LIVE.isoformat(),
            "--currency",
            "USD",
            "--quiet",
        ]
        runs = [run("python", ["-c", ""], chosen.repeat), run("libraries", ["-c", LIBRARIES], chosen.repeat)]
        runs.append(run("audit", audit, chosen.repeat))
        runs.append(run("audit, HTML", [*audit, "--html", f"{name}/report.html"], chosen.repeat))
        for command in COMMANDS:
            words = [*([command] if command else []), "--help"]
            runs.append(run(" ".join(words), ["-m", "clm_audit", *words], chosen.repeat))
        answer = subprocess.run(
            [sys.executable, __file__, "--stages", str(folder)],
            check=True,
            capture_output=True,
            text=True,
            env=installed(),
        )
    profile = json.loads(answer.stdout.splitlines()[-1])
    print(table(runs, profile))
    machine = {"processors": os.cpu_count(), "system": platform.system(), "python": platform.python_version()}
    load = round(os.getloadavg()[0], 1)
    result = {"machine": machine, "load": load, "aims": AIMS, "runs": [asdict(one) for one in runs], "stages": profile}
    chosen.out.parent.mkdir(exist_ok=True)
    chosen.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
