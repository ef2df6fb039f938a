"""Every file of the public corpora through the real intake: ``python benchmarks/intake/corpora.py [--folder F]``.

Each file is read three ways: by ``read_exports`` with the shipped presets, by ``read_exports`` with a preset that knows
the names in its first lines (so that it must be read or refused, not passed over), and text by ``read_table``. Each
must give a result or a clear error (what, and where or what to do): no crash, no traceback, not more than ten seconds,
not more than a gigabyte in the process or its children. Prints a table and writes ``results/corpora.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from score import Child

HERE = Path(__file__).resolve().parent
FOLDER = Path(os.environ.get("CLM_AUDIT_CORPORA", HERE.parents[2] / "shared" / "corpora"))
SECONDS, MEGABYTES = 10.0, 1000
PATIENCE = 40.0  # for the three ways together, before the process is stopped
BAD = ("crash", "traceback", "hang", "memory")
ENDS = ("read", "refused", *BAD)


def ordinary(path: Path, folder: Path) -> str:
    """As a user gives it."""
    return _exports(path, folder, None)


def known(path: Path, folder: Path) -> str:
    """With a preset that knows the names in a text's first record, by any delimiter, and any header of other files."""
    from clm_audit.config.preset import ExportObject, Preset, Recognise, Yield
    from clm_audit.intake.dialect import SEPARATORS, records
    from clm_audit.intake.magic import kind_of

    head = path.read_bytes()[:20_000]
    cells = {cell for mark in SEPARATORS for one in records(head, mark, limit=1) for cell in one.cells}
    binary = kind_of(head[:4096])[0] != "text"
    names = (
        ("re:.*",)
        if binary
        else tuple(sorted(cell for cell in cells if cell.strip() and "\n" not in cell and not cell.startswith("re:")))
    )
    export = ExportObject(
        recognise=Recognise(required=(names or ("nothing",),)),
        yields=(Yield(fact="customers", fields={f"field{n}": (name,) for n, name in enumerate(names[:50])}),),
    )
    return _exports(path, folder, {"corpus": Preset(system="corpus", title="Corpus", objects={"file": export})})


def _exports(path: Path, folder: Path, presets: Mapping[str, Any] | None) -> str:
    from clm_audit.config.plan import AuditPlan, Source
    from clm_audit.intake.read import read_exports

    plan = AuditPlan(sources=(Source(path=path),), root=path.parent)
    for table in read_exports(plan, folder, presets=presets).tables:
        height = table.frame.collect().height
        if height != table.height or table.read != height + table.structure + table.lost:
            raise AssertionError(f"{height} rows where {table.height} were promised")
    return "read"


def text(path: Path, folder: Path) -> str:
    """Blind, as a table of text."""
    from clm_audit.intake.table import read_table

    table = read_table(path, folder)
    height = table.frame.collect().height
    if height != table.height:
        raise AssertionError(f"{height} rows where {table.height} were promised")
    return "read"


WAYS: Mapping[str, Callable[[Path, Path], str]] = {"ordinary": ordinary, "known": known, "text": text}


def outcome(way: Callable[[Path, Path], str], path: Path) -> dict[str, Any]:
    """How one way of reading one file ends, its seconds, and the peak memory of this process and its children."""
    from clm_audit.exits import AuditError

    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    started, why = time.monotonic(), ""
    with tempfile.TemporaryDirectory() as folder:
        try:
            end = way(path, Path(folder))
        except AuditError as error:
            end, why = "refused", str(error)
            if not all(problem.what and (problem.where or problem.hint) for problem in error.problems):
                end = "traceback"
        except BaseException as error:  # noqa: BLE001 - panics of native readers are no Exceptions
            end, why = "traceback", f"{type(error).__name__}: {error}"
    seconds = time.monotonic() - started
    own = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) // 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    if end in ("read", "refused") and seconds > SECONDS:
        end = "hang"
    if end in ("read", "refused") and max(own, children) > MEGABYTES:
        end = "memory"
    return {"end": end, "why": why[:300], "seconds": round(seconds, 3), "peak": max(own, children)}


def work() -> None:
    """Answer paths on standard input until it ends: the child's side."""
    for line in sys.stdin:
        path = Path(line.rstrip("\n"))
        found = {name: outcome(way, path) for name, way in WAYS.items()}
        print(json.dumps(found), flush=True)


class Reader(Child):
    """The child's other side."""

    def start(self) -> subprocess.Popen[bytes]:
        """This script, as a worker."""
        command = [sys.executable, str(Path(__file__).resolve()), "--work"]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def ask(paths: Sequence[Path]) -> list[tuple[Path, dict[str, Any]]]:
    """Every file in turn, by one worker that is started anew after a crash or a heavy file."""
    child, found = Reader("corpora", PATIENCE), []
    try:
        for path in paths:
            started = time.monotonic()
            answer = child.ask(path)
            if "error" in answer:
                seconds = time.monotonic() - started
                end = "hang" if seconds > PATIENCE - 1 else "crash"
                answer = {"all": {"end": end, "why": answer["error"], "seconds": round(seconds, 3), "peak": 0}}
            elif max(one["peak"] for one in answer.values()) > MEGABYTES:
                child.close()
            found.append((path, answer))
    finally:
        child.close()
    return found


def table(found: Sequence[tuple[Path, dict[str, Any]]], folder: Path) -> str:
    """Markdown: one row a corpus."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path, answer in found:
        groups[path.relative_to(folder).parts[0]].append(answer)
    lines = [f"| corpus | files | {' | '.join(ENDS)} | slowest s | peak MB |", "|---|" + "---:|" * (len(ENDS) + 3)]
    for name, answers in sorted(groups.items()):
        each = [one for answer in answers for one in answer.values()]
        ends = Counter(one["end"] for one in each)
        cells = [len(answers), *(ends[end] for end in ENDS)]
        cells += [f"{max(one['seconds'] for one in each):.2f}", max(one["peak"] for one in each)]
        lines.append(f"| {name} | " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def main() -> None:
    """Read everything, print, save; exit 1 when a file ended badly."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--folder", type=Path, default=FOLDER)
    options.add_argument("--only", default="", help="paths that contain this")
    options.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.work:
        work()
        return
    paths = sorted(p for p in chosen.folder.rglob("*") if p.is_file() and chosen.only in str(p))
    with ThreadPoolExecutor(2) as pool:
        found = sorted(one for part in pool.map(ask, (paths[::2], paths[1::2])) for one in part)
    bad = [(path, way, one) for path, answer in found for way, one in answer.items() if one["end"] in BAD]
    print(f"{len(paths)} files, each read {len(WAYS)} ways\n\n{table(found, chosen.folder)}\n")
    for path, way, one in bad:
        print(
            f"{one['end']}: {path.relative_to(chosen.folder)} ({way}): {one['why']} {one['seconds']} s {one['peak']} MB"
        )
    if not chosen.only:
        ends = {str(p.relative_to(chosen.folder)): {w: o["end"] for w, o in a.items()} for p, a in found}
        out = HERE / "results" / "corpora.json"
        out.parent.mkdir(exist_ok=True)
        out.write_text(json.dumps(ends, indent=1) + "\n", encoding="utf-8")
    raise SystemExit(bool(bad))


if __name__ == "__main__":
    main()
