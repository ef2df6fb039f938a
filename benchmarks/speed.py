"""Whole-process cost of the audit beside a bare scan and hand-written totals: ``python benchmarks/speed.py``.

Every contender runs in a process of its own, one after the other, on the same file; CPU time, wall time and peak
resident memory are the kernel's (``wait4``). They must find the same totals. What counts are the ratios of one run:
the machine's seconds are its own. Prints a table and writes ``benchmarks/results/speed.json``.
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
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import combinations
from pathlib import Path

HERE = Path(__file__).resolve().parent
CONTENDERS = ("scan", "audit", "lifecycle", "duckdb", "pandas")
FORMATS = ("parquet", "csv")
LIBRARIES = ("clm-audit", "polars", "narwhals", "duckdb", "pandas", "numpy", "scipy")


@dataclass(frozen=True)
class Run:
    """One process: ``cpu`` and ``wall`` in seconds, ``peak`` resident memory in megabytes."""

    millions: int
    format: str
    contender: str
    cpu: float
    wall: float
    peak: float
    found: Mapping[str, int]


def run(millions: int, kind: str, contender: str) -> Run:
    """Run one contender in its own process; raises when it fails."""
    path = HERE / "data" / f"orders_{millions}m.{kind}"
    command = [sys.executable, str(HERE / "contenders.py"), contender, str(path)]
    with tempfile.TemporaryFile() as out:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, cwd=HERE.parent)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{contender} failed on {path.name}")
        out.seek(0)
        found = json.loads(out.read())
    cpu = used.ru_utime + used.ru_stime
    return Run(millions, kind, contender, round(cpu, 2), round(wall, 2), round(used.ru_maxrss / 1024, 0), found)


def agree(runs: Sequence[Run]) -> None:
    """Every total that two contenders report must be equal; raises otherwise."""
    for one, other in combinations(runs, 2):
        for name in sorted(set(one.found) & set(other.found) - {"rows"}):
            if one.found[name] != other.found[name]:
                found = f"{one.found[name]}, {other.found[name]}"
                raise SystemExit(f"{one.contender} and {other.contender} disagree on {name}: {found}")


def best(runs: Sequence[Run]) -> Run:
    """The run with the least CPU time."""
    return min(runs, key=lambda one: one.cpu)


def table(runs: Sequence[Run]) -> str:
    """Markdown: one row a run, its CPU time over the scan's of the same file."""
    lines = [
        "| orders | format | program | CPU s | wall s | peak MB | CPU ÷ scan | CPU ÷ audit |",
        "|---:|---|---|---:|---:|---:|---:|---:|",
    ]
    for one in runs:
        same = {x.contender: x for x in runs if (x.millions, x.format) == (one.millions, one.format)}
        over = [f"{one.cpu / same[name].cpu:.2f}" if name in same else "" for name in ("scan", "audit")]
        lines.append(
            f"| {one.millions} M | {one.format} | {one.contender} | {one.cpu:.2f} | {one.wall:.2f} | {one.peak:.0f} |"
            f" {over[0]} | {over[1]} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Write the data where they are absent, run everything, print and save."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sizes", default="1", help="millions of orders, comma-separated (1, 10, …)")
    options.add_argument("--formats", default=",".join(FORMATS))
    options.add_argument("--only", default=",".join(CONTENDERS), help="contenders, comma-separated")
    options.add_argument("--repeat", type=int, default=1, help="runs of each; the one with the least CPU time counts")
    options.add_argument("--out", type=Path, default=HERE / "results" / "speed.json")
    chosen = options.parse_args()
    subprocess.run([sys.executable, str(HERE / "synthetic.py"), "--sizes", chosen.sizes], check=True)
    runs = []
    for millions in map(int, chosen.sizes.split(",")):
        for kind in chosen.formats.split(","):
            same = [best([run(millions, kind, name) for _ in range(chosen.repeat)]) for name in chosen.only.split(",")]
            agree(same)
            runs += same
    print(table(runs))
    machine = {"processors": os.cpu_count(), "system": platform.system(), "python": platform.python_version()}
    result = {
        "machine": machine,
        "load": round(os.getloadavg()[0], 1),
        "versions": {name: version(name) for name in LIBRARIES},
        "repeat": chosen.repeat,
        "runs": [asdict(one) for one in runs],
    }
    chosen.out.parent.mkdir(exist_ok=True)
    chosen.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
