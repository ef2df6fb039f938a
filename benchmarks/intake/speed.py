"""Speed and memory of the whole intake beside plain readers: ``python benchmarks/intake/speed.py --sizes 1,10``.

The same orders once clean and once with 1,000 broken rows spread evenly (a quote that is never closed, a stray quote,
a cell too many, a cell missing, a record cut in two lines). Every contender runs in a process of its own, one after
the other; CPU time, wall time and peak resident memory are the kernel's (``wait4``). ``clm-audit`` proves, repairs or
rejects, recognises, and reads every cell; the others read every cell as text and nothing more, leniently where they
otherwise refuse the file. What counts are the ratios of one run. Writes ``results/speed.json``.
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
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "data"
BROKEN = 1000
STATES = ("clean", "broken")
COLUMNS = {"fact": "orders", "order": "order", "date": "date", "amount": "amount", "customer": "customer"}
Found = Mapping[str, int]


# the contenders: each reads every cell and says how many rows it has, and how many it listed as bad


def clm_audit(path: Path) -> Found:
    """The intake: proof, repair, recognition; then every cell is read once."""
    from clm_audit.config.plan import AuditPlan, Source
    from clm_audit.intake.read import read_exports

    plan = AuditPlan(sources=(Source(path=path, map=COLUMNS),), root=path.parent)
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        (table,) = read_exports(plan, Path(folder)).tables
        return {"rows": _cells(table.frame), "listed": len(table.faults), "read": table.read}


def _cells(frame: object) -> int:
    """Touch every cell; the number of rows."""
    import polars as pl

    assert isinstance(frame, pl.LazyFrame)
    sums = frame.select(pl.len(), pl.col(pl.String).str.len_bytes().sum().name.prefix("n_"))
    return int(sums.collect(engine="streaming")["len"].item())


def polars(path: Path) -> Found:
    """A plain read into memory; with what makes it lenient where it must be."""
    import polars as pl

    try:
        return {"rows": pl.read_csv(path, infer_schema=False).height, "listed": 0, "lenient": 0}
    except pl.exceptions.PolarsError:
        options = {"infer_schema": False, "ignore_errors": True, "extra_columns": "ignore", "missing_columns": "insert"}
        frame = pl.read_csv(path, quote_char=None, **options)  # otherwise an unclosed quote takes the rest of the file
        return {"rows": frame.height, "listed": 0, "lenient": 1}


def duckdb(path: Path) -> Found:
    """Everything found by itself, rejects stored."""
    import duckdb as engine

    with engine.connect() as connection:
        source = f"read_csv('{path}', all_varchar = true, store_rejects = true)"
        query = f"select count(*), sum(strlen(columns(*))) from {source}"
        rows = connection.execute(query).fetchall()[0][0]
        listed = connection.execute("select count(distinct (file_id, line)) from reject_errors").fetchall()[0][0]
    return {"rows": rows, "listed": listed}


def pandas(path: Path) -> Found:
    """A plain read; bad lines skipped where it must be."""
    import pandas as pd

    try:
        return {"rows": len(pd.read_csv(path, dtype=str)), "listed": 0, "lenient": 0}
    except pd.errors.ParserError:
        return {"rows": len(pd.read_csv(path, dtype=str, on_bad_lines="skip")), "listed": 0, "lenient": 1}


CONTENDERS: Mapping[str, Callable[[Path], Found]] = {
    "polars": polars,
    "clm-audit": clm_audit,
    "duckdb": duckdb,
    "pandas": pandas,
}


# the files


def make(millions: int, state: str) -> Path:
    """The file of a size and state; written once."""
    clean = DATA / f"orders_{millions}m.csv"
    if not clean.exists():
        subprocess.run([sys.executable, str(HERE.parent / "synthetic.py"), "--sizes", str(millions)], check=True)
    if state == "clean":
        return clean
    path = DATA / f"orders_{millions}m_broken.csv"
    if not path.exists():
        with clean.open("rb") as source:
            rows = sum(1 for _ in source) - 1
        step, unfinished = rows // BROKEN, path.with_suffix(".part")
        with clean.open("rb") as source, unfinished.open("wb") as target:
            for number, line in enumerate(source):
                hit = number > 0 and number % step == step // 2 and number // step < BROKEN
                target.write(broken(line, number // step) if hit else line)
        unfinished.rename(path)
    return path


def broken(line: bytes, kind: int) -> bytes:
    """A row, broken in one of five ways."""
    order, customer, day, amount = line.rstrip(b"\n").split(b",")
    return (
        b",".join((order, b'"' + customer, day, amount)),
        b",".join((order, customer[:2] + b'"' + customer[2:], day, amount)),
        b",".join((order, customer, day, amount, b"extra")),
        b",".join((order, customer, day)),
        b",".join((order, customer + b"\n", day, amount)),
    )[kind % 5] + b"\n"


# running


@dataclass(frozen=True)
class Run:
    """One process: ``cpu`` and ``wall`` in seconds, ``peak`` resident memory in megabytes."""

    millions: int
    state: str
    contender: str
    cpu: float
    wall: float
    peak: float
    found: Mapping[str, int]


def run(millions: int, state: str, contender: str) -> Run:
    """Run one contender in its own process; one that fails has found nothing."""
    command = [sys.executable, str(Path(__file__).resolve()), "--run", contender, str(make(millions, state))]
    with tempfile.TemporaryFile() as out:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, cwd=HERE.parents[1])
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        found = json.loads(out.read()) if not process.returncode else {"failed": process.returncode}
    cpu = used.ru_utime + used.ru_stime
    return Run(millions, state, contender, round(cpu, 2), round(wall, 2), round(used.ru_maxrss / 1024), found)


def table(runs: Sequence[Run]) -> str:
    """Markdown: one row a run, over the plain Polars read of the same file."""
    lines = [
        "| rows | file | program | CPU s | wall s | peak MB | CPU ÷ Polars | wall ÷ Polars | rows read | listed |",
        "|---:|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in runs:
        floor = next(
            (x for x in runs if (x.millions, x.state, x.contender) == (one.millions, one.state, "polars")), one
        )
        over = f"{one.cpu / floor.cpu:.2f} | {one.wall / floor.wall:.2f}"
        rows = f"{one.found['rows']:,} | {one.found['listed']:,}" if "rows" in one.found else "failed | "
        lines.append(
            f"| {one.millions} M | {one.state} | {one.contender} | {one.cpu:.2f} | {one.wall:.2f} | {one.peak:.0f} |"
            f" {over} | {rows} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Write the files where they are absent, run everything, print and save."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sizes", default="1", help="millions of rows, comma-separated (1, 10, …)")
    options.add_argument("--only", default=",".join(CONTENDERS), help="contenders, comma-separated")
    options.add_argument("--repeat", type=int, default=1, help="runs of each; the one with the least CPU time counts")
    options.add_argument("--out", type=Path, default=HERE / "results" / "speed.json")
    options.add_argument("--run", nargs=2, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.run:
        print(json.dumps(CONTENDERS[chosen.run[0]](Path(chosen.run[1]))))
        return
    DATA.mkdir(exist_ok=True)
    runs = []
    for millions in map(int, chosen.sizes.split(",")):
        for state in STATES:
            for name in chosen.only.split(","):
                same = [run(millions, state, name) for _ in range(chosen.repeat)]
                runs.append(min(same, key=lambda one: one.cpu))
    print(table(runs))
    machine = {"processors": os.cpu_count(), "system": platform.system(), "python": platform.python_version()}
    versions = {name: version(name) for name in ("clm-audit", "polars", "duckdb", "pandas")}
    result = {"machine": machine, "versions": versions, "repeat": chosen.repeat, "runs": [asdict(one) for one in runs]}
    chosen.out.parent.mkdir(exist_ok=True)
    chosen.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
