"""How often a verdict is wrong, and what it can find: ``python benchmarks/truth/run.py``.

Companies to which nothing happened, simulated (``simulated.py``) and real (``realtables.py``), are audited at made-up
go-lives, as they are and with effects put into their rows (``effects.py``), by the product and by what people use
instead (``contenders.py``). Prints the tables and writes ``results/truth.json``. The real tables are looked for in
``$CLM_AUDIT_REAL_DATA``, else in ``../shared/data`` beside the repository.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import platform
import time
from collections.abc import Iterator, Sequence, Set
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import realtables
import simulated
from contenders import available
from firm import World
from rates import summary
from show import tables
from statements import statements
from trial import Records, Row, Said, try_world

HERE = Path(__file__).resolve().parent
LIBRARIES = ("clm-audit", "numpy", "scipy", "polars", "statsmodels", "bsts-causalimpact")
SHORT_COMPANIES, FULL_COMPANIES = 6, 150
EFFECTS_EVERY = 3
"""Dates of a real unit lie two weeks apart and share nearly all their rows: effects go in at every third."""
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "POLARS_MAX_THREADS")


class Task(NamedTuple):
    """One company: simulated by its number (``young``: looked at in its first year), or a real one with its rows."""

    number: int
    world: World | None = None
    young: bool = False


def real_folder() -> Path:
    """Where the real tables are expected."""
    return Path(os.environ.get("CLM_AUDIT_REAL_DATA") or HERE.parents[2] / "shared" / "data").resolve()


def tasks(companies: int, folder: Path | None, short: bool) -> Iterator[Task]:
    """The real units, then simulated companies; in short only the whole real tables."""
    if folder is not None:
        worlds = (world for world in realtables.real_worlds(folder) if not short or world.group.endswith("whole"))
        yield from (Task(10_000 + number, world) for number, world in enumerate(worlds))
    for number in range(companies):
        yield Task(number)
        yield Task(number, young=True)


def work(seed: int, short: bool, task: Task) -> Records:
    """Everything about one company."""
    if task.world is None:
        world = simulated.simulate(seed, task.number)
        dates = simulated.go_lives(world, seed, task.number)
        if task.young:
            world, dates = simulated.first_year(world, seed, task.number)
    else:
        world, dates = task.world, realtables.go_lives(task.world)
        dates = dates[:: max(1, len(dates) // 2)] if short else dates
    every = 1 if task.world is None else EFFECTS_EVERY
    return try_world(world, dates, available(), (seed, task.number), every=every)


def run(chosen: Sequence[Task], seed: int, short: bool, workers: int, minutes: float = math.inf) -> Records:
    """All tasks, in their order whatever the number of workers; none is begun after so many ``minutes``."""
    records = Records([], [])
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # one process a core; the children read it as they start
    started, batch = time.monotonic(), 4 * workers
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for done in range(0, len(chosen), batch):
            if time.monotonic() - started > 60 * minutes:
                print(f"time is up: {len(chosen) - done} companies and units were left out")
                break
            for found in pool.map(partial(work, seed, short), chosen[done : done + batch], chunksize=1):
                records.rows.extend(found.rows)
                records.said.extend(found.said)
            print(f"{min(done + batch, len(chosen))} of {len(chosen)} companies and units", flush=True)
    return records


def known(path: Path | None) -> Records:
    """The single tests of an earlier run, as :func:`save_records` left them; none where there is no file."""
    import polars as pl

    if path is None or not path.with_name(f"{path.name}_said.parquet").is_file():
        return Records([], [])
    rows, said = (pl.read_parquet(path.with_name(f"{path.name}_{name}.parquet")) for name in ("rows", "said"))
    return Records(
        [Row(**one) for one in rows.iter_rows(named=True)],
        [Said(**{**one, "flips": tuple(one["flips"])}) for one in said.iter_rows(named=True)],
    )


def done(task: Task, clusters: Set[tuple[bool, str]]) -> bool:
    """Whether an earlier run tried this company."""
    cluster = f"company {task.number}" if task.world is None else task.world.cluster
    return (task.young, cluster) in clusters


def result(records: Records, seed: int, seconds: float) -> dict[str, object]:
    """Everything that ``truth.json`` holds."""
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "absent"
    return {
        "seed": seed,
        "companies": len({row.cluster for row in records.rows if row.group == "simulated"}),
        "minutes": round(seconds / 60, 1),
        "machine": {"processors": os.cpu_count(), "system": platform.system(), "python": platform.python_version()},
        "versions": versions,
        "groups": summary(records.rows),
        "statements": statements(records.said),
    }


def save_records(records: Records, path: Path) -> None:
    """The single tests, for whoever wants to look closer: two Parquet files beside ``path``."""
    import polars as pl

    path.parent.mkdir(parents=True, exist_ok=True)
    for name, kept in (("rows", records.rows), ("said", records.said)):
        pl.DataFrame([one._asdict() for one in kept]).write_parquet(path.with_name(f"{path.name}_{name}.parquet"))


def main() -> None:
    """Run, print and save."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--companies", type=int, help=f"simulated companies (default {FULL_COMPANIES})")
    options.add_argument("--short", action="store_true", help="a look in two minutes: few companies, whole tables only")
    options.add_argument("--real", action=argparse.BooleanOptionalAction, default=True, help="with the real tables")
    options.add_argument("--seed", type=int, default=2026)
    options.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options.add_argument("--minutes", type=float, default=math.inf, help="begin no company after so many minutes")
    options.add_argument("--out", type=Path, default=HERE / "results" / "truth.json")
    options.add_argument("--records", type=Path, help="also write every single test here (Parquet)")
    options.add_argument("--resume", action="store_true", help="go on from the tests that are in --records already")
    chosen = options.parse_args()
    companies = (
        chosen.companies if chosen.companies is not None else SHORT_COMPANIES if chosen.short else FULL_COMPANIES
    )
    folder = real_folder() if chosen.real else None
    if folder is not None and not folder.is_dir():
        print(f"the real tables are not at {folder}: left out (set CLM_AUDIT_REAL_DATA)")
        folder = None
    started = time.perf_counter()
    earlier = known(chosen.records if chosen.resume else None)
    clusters = {(row.group == simulated.FIRST_YEAR, row.cluster) for row in earlier.rows}
    todo = [task for task in tasks(companies, folder, chosen.short) if not done(task, clusters)]
    records = run(todo, chosen.seed, chosen.short, chosen.workers, chosen.minutes)
    records = Records([*earlier.rows, *records.rows], [*earlier.said, *records.said])
    found = result(records, chosen.seed, time.perf_counter() - started)
    print(tables(found))
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if chosen.records:
        save_records(records, chosen.records)


if __name__ == "__main__":
    main()
