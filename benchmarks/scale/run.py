"""What size costs on one machine: ``python benchmarks/scale/run.py --sizes 1,10`` (``100`` needs 10 GB of disk).

Audits a company (``company.py``: orders, tickets, customers) in a process of its own, in at most ``--memory``, beside a
bare scan of the same files and hand-written totals of its orders (``contenders.py``). CPU time, wall time and peak
resident memory are the kernel's, temporary disk is what stood in the run folder at most. What counts are the ratios of
one run, and how CPU time grows with the rows (``exponent``: 1 is as fast as they do). Runs of other sizes, files and
programs stay in ``benchmarks/results/scale.json``, so that a long run need not be made again.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
RESULTS = HERE.parent / "results" / "scale.json"
FORMATS = ("parquet", "csv")
PROGRAMS = ("scan", "audit", "parts", "segments", "links", "files", "keep", "kept", "orders", "duckdb", "pandas")
Columns = Mapping[str, Mapping[str, str]]  # table -> what its columns mean
ORDERS = {"order": "order", "customer": "customer", "date": "date", "amount": "amount"}
PEOPLE = {"customer": "customer", "acquired": "acquired", "region": "region", "crm": "crm"}
COLUMNS: Columns = {
    "orders": ORDERS,
    "tickets": {"ticket": "ticket", "customer": "customer", "created": "created", "cost": "cost"},
    "customers": {"customer": "customer", "acquired": "acquired"},
}
GROUPED: Mapping[str, Columns] = {  # the audits with `segment_by` and `control`
    "segments": {"orders": ORDERS, "tickets": COLUMNS["tickets"], "people": PEOPLE},
    "links": {
        "orders": ORDERS,
        "desk": {"ticket": "ticket", "email": "email", "created": "created", "cost": "cost"},
        "people": {**PEOPLE, "email": "email"},
    },
}
FACTS = {"people": "customers", "desk": "tickets"}  # what tables hold that are not called by it
LIBRARIES = ("clm-audit", "polars", "narwhals", "numpy", "duckdb", "pandas")
FILES = 20  # part files that the orders of `files` stand in
EVERY = 0.2  # seconds between two looks at the run folder
Run = dict[str, Any]


def scan(folder: Path, kind: str) -> Mapping[str, int]:
    """Read and decode every column of the three files: the floor."""
    import polars as pl

    rows = 0
    for name in COLUMNS:
        path = folder / f"{name}.{kind}"
        frame = pl.scan_csv(path, infer_schema=False) if kind == "csv" else pl.scan_parquet(path)
        texts = [pl.col(each).cast(pl.String).str.len_bytes().sum() for each in frame.collect_schema().names()]
        rows += frame.select(pl.len().alias("rows"), *texts).collect(engine="streaming")["rows"].item()
    return {"rows": rows}


def audit(folder: Path, kind: str, memory: int | None, files: int = 0, keep: Path | None = None) -> Mapping[str, int]:
    """The whole audit of the three files, in so much memory; the orders may stand in part files that overlap. What was
    read may be kept."""
    from synthetic import GO_LIVE

    from clm_audit.config.plan import AuditPlan, Source
    from clm_audit.facts.room import Room
    from clm_audit.pipeline import audit as run

    sources = tuple(
        Source(path=path, map={"fact": name, **columns})
        for name, columns in COLUMNS.items()
        for path in exports_of(folder, name, kind, files)
    )
    plan = AuditPlan(go_live=GO_LIVE, currency="USD", sources=sources, root=folder)
    return totals(run(plan, room=None if memory is None else Room(memory), keep=keep))


def grouped(folder: Path, kind: str, memory: int, tables: Columns) -> Mapping[str, int]:
    """The audit with the customers in regions and some of them without the CRM."""
    from synthetic import GO_LIVE

    from clm_audit.config.plan import AuditPlan, Control, Source
    from clm_audit.facts.room import Room
    from clm_audit.pipeline import audit as run

    plan = AuditPlan(
        go_live=GO_LIVE,
        currency="USD",
        segment_by=("region",),
        control=Control(segment="crm", untreated=("no",)),
        sources=tuple(
            Source(path=folder / f"{name}.{kind}", map={"fact": FACTS.get(name, name), **columns})
            for name, columns in tables.items()
        ),
        root=folder,
    )
    return totals(run(plan, room=Room(memory)))


def kept(facts: Path, memory: int) -> Mapping[str, int]:
    """The same audit from the facts that ``keep`` kept."""
    from synthetic import GO_LIVE

    from clm_audit.config.plan import AuditPlan, Source
    from clm_audit.facts.room import Room
    from clm_audit.pipeline import audit as run

    plan = AuditPlan(go_live=GO_LIVE, sources=(Source(path=facts),), root=facts.parent)
    return totals(run(plan, room=Room(memory)))


def totals(report: Any) -> Mapping[str, int]:
    """What of a report tells whether two audits found the same."""
    found = {"rows": sum(file.rows.accepted + file.rows.duplicate for file in report.files)}
    return found | {f"orders_{side}": int(float(totals["orders"].value)) for side, totals in report.totals.items()}


def exports_of(folder: Path, name: str, kind: str, files: int) -> list[Path]:
    """The files of a table."""
    if files and name == "orders":
        return sorted((folder / f"orders_in_{files}").iterdir())
    return [folder / f"{name}.{kind}"]


def one(program: str, folder: Path, kind: str, memory: int) -> Mapping[str, int]:
    """What one program finds; run in a process of its own."""
    if program == "scan":
        return scan(folder, kind)
    if program in ("audit", "parts", "files"):
        return audit(folder, kind, None if program == "audit" else memory, FILES if program == "files" else 0)
    if program in GROUPED:
        return grouped(folder, kind, memory, GROUPED[program])
    facts = folder / f"facts_{kind}"
    if program == "keep":
        shutil.rmtree(facts, ignore_errors=True)
        return audit(folder, kind, memory, keep=facts)
    if program == "kept":
        return kept(facts, memory)
    from contenders import CONTENDERS

    return CONTENDERS["audit" if program == "orders" else program](folder / f"orders.{kind}")


def run(program: str, millions: float, kind: str, memory: int) -> Run:
    """Run one program on one size; raises when it fails."""
    folder = HERE.parent / "data" / f"company_{millions:g}m"
    command = [sys.executable, __file__, "--one", program, "--folder", str(folder), "--formats", kind]
    with tempfile.TemporaryDirectory() as temporary, tempfile.TemporaryFile() as out:
        started, most = time.perf_counter(), 0
        # an installed program has its bytecode: here, too, it is kept from the first run on
        settings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        process = subprocess.Popen(
            [*command, "--memory", str(memory)], stdout=out, env={**settings, "TMPDIR": temporary}
        )
        while True:
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            most = max(most, size_of(Path(temporary)))
            time.sleep(EVERY)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{program} failed on {folder.name}")
        out.seek(0)
        found = json.loads(out.read().splitlines()[-1])
    cpu, wall = used.ru_utime + used.ru_stime, time.perf_counter() - started
    return {
        "millions": millions, "format": kind, "program": program, "cpu": round(cpu, 1), "wall": round(wall, 1),
        "peak": round(used.ru_maxrss / 1024), "disk": round(most / 1e6), "load": round(os.getloadavg()[0], 1),
        "found": found,
    }  # fmt: skip


def size_of(folder: Path) -> int:
    """Bytes of the files below a folder; some go away meanwhile."""
    total = 0
    for place, _, names in os.walk(folder):  # of a folder that is gone already there is nothing
        for name in names:
            with suppress(OSError):
                total += Path(place, name).lstat().st_size
    return total


def merged(before: Sequence[Run], after: Sequence[Run]) -> list[Run]:
    """Earlier runs with new ones in their place."""
    found = {(each["millions"], each["format"], each["program"]): each for each in (*before, *after)}
    return [found[key] for key in sorted(found, key=lambda key: (key[0], key[1], PROGRAMS.index(key[2])))]


def exponent(runs: Sequence[Run], this: Run) -> float | None:
    """By which power of its size a program's CPU time grew since the size before; None for the smallest."""
    same = [each for each in runs if (each["format"], each["program"]) == (this["format"], this["program"])]
    smaller = [each for each in same if each["millions"] < this["millions"]]
    if not smaller:
        return None
    last = max(smaller, key=lambda each: float(each["millions"]))
    return math.log(this["cpu"] / last["cpu"]) / math.log(this["millions"] / last["millions"])


def table(runs: Sequence[Run]) -> str:
    """Markdown: one row a run."""
    lines = [
        "| M orders | format | program | CPU s | wall s | peak MB | disk MB | CPU ÷ scan | exponent |",
        "|---:|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for each in runs:
        floor = [
            x for x in runs if (x["millions"], x["format"], x["program"]) == (each["millions"], each["format"], "scan")
        ]
        over = f"{each['cpu'] / floor[0]['cpu']:.1f}" if floor else ""
        grown = exponent(runs, each)
        lines.append(
            f"| {each['millions']:g} | {each['format']} | `{each['program']}` | {each['cpu']:.1f} |"
            f" {each['wall']:.0f} | {each['peak']} | {each['disk']} | {over} |"
            f" {'' if grown is None else f'{grown:.2f}'} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Write the companies where they are absent, run what was asked for, print everything and save."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sizes", default="1", help="millions of orders, comma-separated (1, 10, 100)")
    options.add_argument("--formats", default=",".join(FORMATS))
    options.add_argument("--only", default=",".join(PROGRAMS), help="programs, comma-separated")
    options.add_argument("--memory", type=int, default=1_500_000_000, help="bytes that `parts` may take")
    options.add_argument("--out", type=Path, default=RESULTS)
    options.add_argument("--one", help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        print(json.dumps(one(chosen.one, chosen.folder, chosen.formats, chosen.memory)))
        return
    runs: list[Run] = json.loads(chosen.out.read_text())["runs"] if chosen.out.exists() else []
    for millions in map(float, chosen.sizes.split(",")):
        make = [sys.executable, str(HERE / "company.py"), "--millions", f"{millions:g}"]
        more = [] if "parquet" in chosen.formats else ["--no-parquet"]
        asked = chosen.only.split(",")
        more += ["--files", str(FILES)] if "files" in asked else []
        more += ["--people"] if set(asked) & set(GROUPED) else []
        subprocess.run([*make, *more], check=True)
        for kind in chosen.formats.split(","):
            names = [name for name in asked if kind == "csv" or name != "files"]
            runs = merged(runs, [run(name, millions, kind, chosen.memory) for name in names])
    print(table(runs))
    versions = {name: version(name) for name in LIBRARIES}
    result = {"memory": chosen.memory, "processors": os.cpu_count(), "versions": versions, "runs": runs}
    chosen.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
