"""Blind scores of readers over polluted files: ``python benchmarks/intake/score.py [--files N] [--seed S] [--short]``.

Per file ten numbers in the manner of Pollock (VLDB 2023): loaded or not, and precision, recall and F1 of header,
records and cells; their sum is at most 10. The simple score is the mean over files; the weighted one the mean over
families by how often each is met in exports (:data:`WEIGHTS`, our own judgement). Beside them what matters more: files
silently wrong, records lost silently and in all, false alarms on clean files, files refused.

Prints tables and writes ``benchmarks/intake/results/pollution.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pollute import write
from readers import PACKAGES, READERS

HERE = Path(__file__).resolve().parent
SECONDS = 20  # for one file, after which its reader is stopped
FULL, SHORT = 3200, 240
SHORT_READERS = ("clm-audit", "csv", "pandas, sep=None", "Polars", "DuckDB, rejects")
# how often a family is met in exports, in parts of a hundred
WEIGHTS = {
    "clean": 16, "valid oddities": 7, "tiny files": 4, "delimiters": 9, "quotes": 7, "escapes": 3, "record ends": 8,
    "header": 6, "preamble": 6, "footer": 6, "empty rows": 5, "ragged rows": 6, "fused and split cells": 3,
    "encodings": 5, "glued exports": 2, "faulty writers": 2, "random marks": 1, "unusual delimiters": 1,
    "unusual encodings": 1, "several": 2, "big files": 0,
}  # fmt: skip
Row = tuple[str, ...]


@dataclass(frozen=True)
class Score:
    """One reader on one file. ``points`` of 10; ``silent`` = wrong, and nothing was said; ``beyond`` = more wrong than
    was said; ``lost`` records that were right in the file and are not in the result, ``quietly`` those of them that
    nothing listed can stand for; ``alarm`` = rejected or repaired in a clean file."""

    points: float
    header: float
    records: float
    cells: float
    refused: bool
    exact: bool
    silent: bool
    beyond: bool
    lost: int
    quietly: int
    alarm: bool
    unclear: bool


def judge(truth: Mapping[str, Any], found: Mapping[str, Any]) -> Score:
    """Compare what a reader answered with the truth of the file."""
    wanted = [one for one in truth["truth"] if one["readings"] or one["listed"]]
    if "error" in found:
        lost = sum(bool(one["readings"]) for one in wanted)
        return Score(0, 0, 0, 0, True, False, False, False, lost, 0, truth["regular"], not found["clear"])
    listed = found["listed"]
    same = _sameness(truth)
    records = [key for key in map(same, found["records"]) if any(map(str.strip, key))]
    header = _header(truth, found["header"])
    order, missing, extra = _match(wanted, records, same, bool(listed))
    if listed:  # where no reading is right by itself, leaving the record out and saying so is right too
        wanted, missing = _without(wanted, [at for at in missing if not wanted[at]["readings"]], missing)
    slack = sum(one["slack"] for one in truth["truth"] if one["spared"] or (listed and (one["free"] or one["junk"])))
    needs_word = any(one["free"] for one in truth["truth"])
    left = extra[: max(0, len(extra) - slack)]
    hit = len(wanted) - len(missing)
    r = _prf(hit, len(wanted), hit + len(left))
    c = _cells(wanted, missing, left, same)
    exact = not missing and not left and order and header[2] == 1
    wrong = not exact or (needs_word and not listed)
    places = sum(not wanted[at]["shared"] for at in missing)
    surplus = max(places, len(left)) - listed
    return Score(
        points=1 + sum(header) + sum(r) + sum(c),
        header=header[2],
        records=r[1],
        cells=c[1],
        refused=False,
        exact=not wrong,
        silent=wrong and not listed,
        beyond=wrong and (surplus > 0 or not listed),
        lost=len(missing),
        quietly=max(0, places - listed) if listed else len(missing),
        alarm=bool(truth["regular"] and listed),
        unclear=False,
    )


def _sameness(truth: Mapping[str, Any]) -> Any:
    """How cells are compared: line ends within cells are alike; blanks and empty ends as the truth says."""

    def key(cells: Sequence[str]) -> Row:
        made = [cell.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n") for cell in cells]
        if truth["strip"]:
            made = [cell.strip() for cell in made]
        if truth["trail"]:
            while made and not made[-1]:
                made.pop()
        return tuple(made)

    return key


def _header(truth: Mapping[str, Any], found: Sequence[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the names, against the reading that fits best."""
    best = (0.0, 0.0, 0.0)
    names = _names(found, truth["trail"])
    for reading in truth["header"]:
        right = _names(reading, truth["trail"])
        if names == right:
            return 1.0, 1.0, 1.0
        hit = sum((Counter(names) & Counter(right)).values())
        made = _prf(hit, len(right), len(names))
        if made[2] == 1:  # the right names in another order
            made = (0.5, 0.5, 0.5)
        best = max(best, made, key=lambda one: one[2])
    return best


def _names(names: Sequence[str], trail: bool) -> list[str]:
    made = [" ".join(name.split()) for name in names]
    while trail and made and not made[-1]:
        made.pop()
    return made


def _prf(hit: int, right: int, found: int) -> tuple[float, float, float]:
    precision = hit / found if found else float(not right)
    recall = hit / right if right else float(not found)
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _match(
    wanted: Sequence[Mapping[str, Any]], records: Sequence[Row], same: Any, listed: bool
) -> tuple[bool, list[int], list[Row]]:
    """Each record found to the first truth that it can be: whether in order, the truths missing, the records over."""
    places: dict[Row, list[int]] = defaultdict(list)
    for number, truth in enumerate(wanted):
        for reading in (*truth["readings"], *(truth["listed"] if listed else ())):
            places[same(reading)].append(number)
    used, sequence, extra = set(), [], []
    for record in records:
        queue = places.get(record, [])
        while queue and queue[0] in used:
            queue.pop(0)
        if not queue:
            extra.append(record)
            continue
        used.add(queue[0])
        sequence.append(queue.pop(0))
    empty = {number for number, truth in enumerate(wanted) if not any(any(one) for one in truth["readings"][:1])
             and truth["readings"]}  # fmt: skip
    missing = [number for number in range(len(wanted)) if number not in used and number not in empty]
    return sequence == sorted(sequence), missing, extra


def _without(
    wanted: Sequence[Mapping[str, Any]], open_ones: Sequence[int], missing: Sequence[int]
) -> tuple[list[Mapping[str, Any]], list[int]]:
    """The truths without some of the missing ones, and where the others that are missing stand then."""
    gone = set(open_ones)
    kept = [at for at in range(len(wanted)) if at not in gone]
    return [wanted[at] for at in kept], [new for new, at in enumerate(kept) if at in set(missing)]


def _cells(
    wanted: Sequence[Mapping[str, Any]], missing: Sequence[int], extra: Sequence[Row], same: Any
) -> tuple[float, float, float]:
    gone = set(missing)
    total = {number: same((one["readings"] or one["listed"])[0]) for number, one in enumerate(wanted)}
    sound = sum(len(cells) for number, cells in total.items() if number not in gone)
    right = Counter(cell for number in missing for cell in total[number])
    found = Counter(cell for record in extra for cell in record)
    hit = sum((right & found).values())
    return _prf(sound + hit, sound + sum(right.values()), sound + sum(found.values()))


# running


class Child:
    """A reader in its own process, started anew after a crash or when its time is up."""

    def __init__(self, name: str, seconds: float = SECONDS) -> None:
        self.name, self.seconds = name, seconds
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """The process that answers paths."""
        command = [sys.executable, str(HERE / "readers.py"), self.name]
        quiet = {**os.environ, "POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=quiet
        )

    def ask(self, path: Path) -> dict[str, Any]:
        """The answer for one file; a crash or a hang is an (unclear) error."""
        if self.process is None:
            self.process = self.start()
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{path}\n".encode())
            self.process.stdin.flush()
            line = self._line()
        except BrokenPipeError:
            line = b""
        if line.endswith(b"\n"):
            answer: dict[str, Any] = json.loads(line)
            return answer
        self.close()
        return {"error": "crashed or took too long", "clear": False}

    def _line(self) -> bytes:
        assert self.process is not None
        assert self.process.stdout is not None
        until, parts = time.monotonic() + self.seconds, b""
        with selectors.DefaultSelector() as wait:
            wait.register(self.process.stdout, selectors.EVENT_READ)
            while not parts.endswith(b"\n") and (left := until - time.monotonic()) > 0:
                if wait.select(left):
                    part = os.read(self.process.stdout.fileno(), 1 << 20)
                    if not part:
                        break
                    parts += part
        return parts

    def close(self) -> None:
        """Stop the process."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None


def run(name: str, folder: Path) -> list[tuple[dict[str, Any], Score, dict[str, Any]]]:
    """One reader over all files of a folder."""
    child, found = Child(name), []
    try:
        for truth in truths(folder):
            answer = child.ask(folder / f"{truth['name']}.csv")
            score = judge(truth, answer)
            short = {key: truth[key] for key in ("name", "source", "family", "changes", "regular")}
            found.append((short, score, {k: v for k, v in answer.items() if k != "records"}))
    finally:
        child.close()
    return found


def truths(folder: Path) -> Iterator[dict[str, Any]]:
    """What each file holds."""
    with (folder / "truth.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


# tables


def summary(rows: Sequence[tuple[Mapping[str, Any], Score, Any]]) -> dict[str, float]:
    """A reader's numbers over files."""
    scores = [score for _, score, _ in rows]
    families: dict[str, list[float]] = defaultdict(list)
    for truth, score, _ in rows:
        families[truth["family"]].append(score.points)
    weight = sum(WEIGHTS[one] for one in families)
    parts = (WEIGHTS[one] * sum(points) / len(points) for one, points in families.items())
    weighted = sum(parts) / weight if weight else 0.0
    count = len(scores)
    return {
        "files": count,
        "simple": round(sum(one.points for one in scores) / count, 3),
        "weighted": round(weighted, 3),
        "header": round(sum(one.header for one in scores) / count, 4),
        "records": round(sum(one.records for one in scores) / count, 4),
        "cells": round(sum(one.cells for one in scores) / count, 4),
        "exact": sum(one.exact for one in scores),
        "silent": sum(one.silent for one in scores),
        "beyond": sum(one.beyond for one in scores),
        "lost_silently": sum(one.quietly for one in scores),
        "lost": sum(one.lost for one in scores),
        "alarms": sum(one.alarm for one in scores),
        "clean": sum(truth["regular"] for truth, _, _ in rows),
        "refused": sum(one.refused for one in scores),
        "unclear": sum(one.unclear for one in scores),
    }


COLUMNS = {
    "simple": "simple", "weighted": "weighted", "header": "header", "records": "records", "cells": "cells",
    "silent": "silently wrong", "beyond": "more wrong than said", "lost_silently": "lost silently", "lost": "lost",
    "alarms": "false alarms", "refused": "refused",
}  # fmt: skip


def table(found: Mapping[str, Mapping[str, float]], first: str) -> str:
    """Markdown: one row a reader (or family)."""
    lines = ["| " + " | ".join((first, *COLUMNS.values())) + " |", "|---|" + "---:|" * len(COLUMNS)]
    for name, numbers in found.items():
        cells = [f"{numbers[key]:,}" if isinstance(numbers[key], int) else f"{numbers[key]:.3f}" for key in COLUMNS]
        lines.append("| " + " | ".join((name, *cells)) + " |")
    return "\n".join(lines)


def by_family(rows: Sequence[tuple[Mapping[str, Any], Score, Any]]) -> dict[str, dict[str, float]]:
    """The numbers of each family."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for one in rows:
        groups[one[0]["family"]].append(one)
    return {family: summary(groups[family]) for family in WEIGHTS if family in groups}


def by_change(rows: Sequence[tuple[Mapping[str, Any], Score, Any]]) -> str:
    """The single changes that are not always read right, the worst first."""
    groups: dict[str, list[Score]] = defaultdict(list)
    for truth, score, _ in rows:
        if len(truth["changes"]) <= 1:
            groups[f"{truth['family']}: {truth['changes'][0]['name'] if truth['changes'] else ''}"].append(score)
    lines = ["| change | files | exact | silently wrong | refused | lost | false alarms |", "|---|" + "---:|" * 6]
    order = sorted(groups.items(), key=lambda one: (-sum(s.silent for s in one[1]), sum(s.points for s in one[1])))
    for name, scores in order:
        numbers = [len(scores), *(sum(getattr(s, key) for s in scores) for key in ("exact", "silent", "refused"))]
        numbers += [sum(s.lost for s in scores), sum(s.alarm for s in scores)]
        if numbers[0] != numbers[1] or numbers[-1]:
            lines.append(f"| {name} | " + " | ".join(map(str, numbers)) + " |")
    return "\n".join(lines)


def worst(rows: Sequence[tuple[Mapping[str, Any], Score, Mapping[str, Any]]], most: int) -> str:
    """The files of one reader that are silently wrong, then those with the fewest points; each with its changes."""
    lines = []
    order = sorted(rows, key=lambda one: (not one[1].silent, not one[1].beyond, not one[1].alarm, one[1].points))
    for truth, score, answer in order[:most]:
        if score.exact and not score.alarm:
            break
        words = [word for word in ("silent", "beyond", "alarm", "refused") if getattr(score, word)]
        changes = "; ".join(
            f"{one['name']}{' ' + one['position'] if one['position'] else ''}" for one in truth["changes"][:5]
        )
        said = answer.get("error") or f"{answer['listed']} listed, lost {score.lost}"
        lines.append(
            f"  {truth['name']} {truth['source']:13} {score.points:6.3f} {','.join(words) or '-':15}"
            f" {truth['family']}: {changes} [{said[:110]}]"
        )
    return "\n".join(lines)


def main() -> None:
    """Make the files, run the readers, print and save."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--files", type=int, help=f"how many ({FULL}; {SHORT} with --short)")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--family", help="this family only; `big files` for some of megabytes")
    options.add_argument("--only", help="readers, separated by `;`")
    options.add_argument("--short", action="store_true", help="a minute's worth: fewer files and readers")
    options.add_argument("--worst", type=int, default=0, help="show so many of clm-audit's worst files")
    options.add_argument("--changes", action="store_true", help="show the changes that clm-audit does not always get")
    options.add_argument("--keep", type=Path, help="write the files here (default: a temporary folder)")
    options.add_argument("--out", type=Path, help="JSON to write (default: results/pollution.json for a full run)")
    chosen = options.parse_args()
    files = chosen.files or (SHORT if chosen.short else FULL)
    names = chosen.only.split(";") if chosen.only else list(SHORT_READERS if chosen.short else READERS)
    with tempfile.TemporaryDirectory() as scratch:
        folder = (chosen.keep or Path(scratch)) / f"pollution-{chosen.seed}"
        count = write(folder, files, chosen.seed, chosen.family)
        with ThreadPoolExecutor(2) as pool:
            found = dict(zip(names, pool.map(lambda name: run(name, folder), names), strict=True))
    totals = {name: summary(rows) for name, rows in found.items()}
    print(f"{count} files, seed {chosen.seed}\n\n{table(totals, 'reader')}")
    for name in names[:1]:
        print(f"\n{name} by family\n\n{table(by_family(found[name]), 'family')}")
        if chosen.changes:
            print(f"\n{name} by change, where not always right\n\n{by_change(found[name])}")
        if chosen.worst:
            print(f"\nworst of {name}\n{worst(found[name], chosen.worst)}")
    full = not (chosen.files or chosen.only or chosen.short or chosen.family)
    out = chosen.out or (HERE / "results" / "pollution.json" if full else None)
    if out:
        save(out, count, chosen.seed, found, totals)


def save(path: Path, files: int, seed: int, found: Mapping[str, Any], totals: Mapping[str, Any]) -> None:
    """The numbers as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    result = {
        "files": files,
        "seed": seed,
        "weights": WEIGHTS,
        "versions": {name: version(name) for name in PACKAGES},
        "readers": totals,
        "families": {name: by_family(rows) for name, rows in found.items()},
        "silent": {
            name: [{**truth, "score": asdict(score)} for truth, score, _ in rows if score.silent][:50]
            for name, rows in found.items()
            if name == "clm-audit"
        },
    }
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
