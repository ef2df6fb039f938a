"""Fuzz the readers: mutated files must give a result whose ledger adds up, or a clear error; nothing else.

    python tests/fuzz/fuzz.py --minutes 10            every kind of file, new dice each time
    python tests/fuzz/fuzz.py --kind xls --seed 5     one kind, from one seed
    python tests/fuzz/fuzz.py --again found/xls-17    one file that was found

A file that breaks this is kept in ``found/`` with the error beside it.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":  # as a script: its own folder gives way to the two above it
    sys.path[:1] = [str(ROOT), str(ROOT / "tests")]

from clm_audit.config.plan import AuditPlan, Source  # noqa: E402
from clm_audit.config.preset import ExportObject, Preset, Recognise, Yield  # noqa: E402
from clm_audit.exits import AuditError  # noqa: E402
from clm_audit.facts.build import build_facts  # noqa: E402
from clm_audit.intake.locate import locate  # noqa: E402
from clm_audit.intake.model import ROW  # noqa: E402
from clm_audit.intake.read import read_exports  # noqa: E402
from fuzz.mutate import mutated, mutated_within  # noqa: E402 - the path is set before
from fuzz.seeds import of_corpora, seeds  # noqa: E402

KINDS = ("csv", "gz", "zip", "xlsx", "xls", "jsonl", "parquet")
SLOW = {"xlsx", "xls", "parquet"}  # a child process each
HANG = 10.0
CORPORA = Path(os.environ.get("CLM_AUDIT_CORPORA", ROOT.parent / "shared" / "corpora"))
FIELDS = ("order", "date", "amount")
ANY = "re:(?s:.*)"


def known(*names: str) -> dict[str, Preset]:
    """A system with one export of these columns."""
    fields = {field: (name,) for field, name in zip(FIELDS, names, strict=False)}
    one = ExportObject(recognise=Recognise(required=(names[0],)), yields=(Yield(fact="orders", fields=fields),))
    return {"shop": Preset(system="shop", title="Shop", objects={"orders": one})}


PRESETS = known(*FIELDS)  # the header of the own seeds
ALL = known(ANY, ANY, ANY)  # whatever the header is


class BrokenError(AssertionError):
    """What a mutated file did and must not do."""


def attempt(data: bytes, kind: str, folder: Path, presets: dict[str, Preset]) -> str:
    """Read one file to its last row. Answers ``read`` or ``refused``; anything else is an exception."""
    home, run = folder / "in", folder / "run"
    for one in (home, run):
        shutil.rmtree(one, ignore_errors=True)
        one.mkdir(parents=True)
    (home / f"f.{'csv.gz' if kind == 'gz' else kind}").write_bytes(data)
    started = used()
    try:
        plan = AuditPlan(sources=(Source(path=home),), root=home)
        exports = read_exports(plan, run, presets=presets)
        for table in exports.tables:
            check(table)
        for file, table in zip(build_facts(plan, exports, run).files, exports.tables, strict=True):
            if not file.rows.adds_up() or file.rows.read != table.read:
                raise BrokenError(f"a ledger that does not add up: {file.rows}")
        return "read"
    except AuditError as error:
        if not all(problem.what and (problem.where or problem.hint) for problem in error.problems):
            raise BrokenError("an error without a place and without a remedy") from error
        if "Traceback" in str(error):
            raise BrokenError("an error that shows a traceback") from error
        return "refused"
    finally:
        if used() - started > HANG:
            raise BrokenError(f"{used() - started:.0f} seconds")


def used() -> float:
    """Seconds of processor time of this process and its ended children: other work on the machine is no hang."""
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def check(table) -> None:  # type: ignore[no-untyped-def] # tests are not typed here
    """The rows that are there are those that were promised, and each has its place."""
    frame = table.frame.collect()
    if frame.height != table.height or frame[ROW].to_list() != list(range(table.height)):
        raise BrokenError(f"{frame.height} rows where {table.height} were promised")
    if table.read != table.height + table.structure + table.lost:
        raise BrokenError("the records do not add up")
    listed = [fault for fault in table.faults if fault.action == "rejected"]
    if len(listed) > table.lost or (len(listed) < table.lost < 1_000):
        raise BrokenError(f"{len(listed)} rejects listed where {table.lost} were counted")
    places = locate(table, range(min(table.height, 500)))
    if any(line < 1 or byte < -1 for line, byte in places.values()):
        raise BrokenError("a row without a place")
    if list(places.values()) != sorted(places.values()):
        raise BrokenError("places that are not in the order of the rows")
    if any(name != ROW and frame[name].null_count() for name in frame.columns if table.encoding != "parquet"):
        raise BrokenError("a null in a table of text")


def mutant(kind: str, own: list[bytes], others: list[bytes], dice: random.Random) -> bytes:
    """The next file: every second one grows from an own seed, others from the corpora."""
    data = dice.choice(own if not others or dice.random() < 0.5 else others)
    within = kind in ("gz", "zip", "xlsx") and dice.random() < 0.7
    return (mutated_within if within else mutated)(data, own, dice)


def fuzz(kind: str, seed: int, seconds: float, most: int, keep: Path | None = None) -> tuple[Counter[str], list[str]]:
    """Mutate files of one kind until the time or the number is used up; the ends, and what was found."""
    dice = random.Random(f"{kind} {seed}")
    own = list(seeds()[kind])
    others = list(of_corpora(CORPORA, kind)) if CORPORA.is_dir() else []
    ends: Counter[str] = Counter()
    found: list[str] = []
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        for number in range(most):
            if time.monotonic() > end:
                break
            data = mutant(kind, own, others, dice)
            try:
                ends[attempt(data, kind, Path(folder), dice.choice((PRESETS, ALL)))] += 1
            except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
                found.append(f"{kind} seed {seed} number {number}\n{traceback.format_exc()}")
                if keep is not None:
                    keep.mkdir(exist_ok=True)
                    (keep / f"{kind}-{seed}-{number}").write_bytes(data)
                    (keep / f"{kind}-{seed}-{number}.txt").write_text(found[-1])
    return ends, found


def _again(path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for presets in (PRESETS, ALL):
            print(attempt(path.read_bytes(), path.name.partition("-")[0], Path(folder), presets))


def main() -> int:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=1.0)
    options.add_argument("--kind", choices=KINDS, action="append")
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("--keep", type=Path, default=Path("found"))
    options.add_argument("--again", type=Path)
    chosen = options.parse_args()
    if chosen.again:
        _again(chosen.again)
        return 0
    kinds = chosen.kind or KINDS
    bad = 0
    for kind in kinds:
        ends, found = fuzz(kind, chosen.seed, 60 * chosen.minutes / len(kinds), sys.maxsize, chosen.keep)
        bad += len(found)
        print(
            f"{kind:8} {ends['read']:7,} read {ends['refused']:7,} refused {len(found):4,} broken (seed {chosen.seed})"
        )
        for text in found[:3]:
            print(text)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
