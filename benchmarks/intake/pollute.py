"""Polluted exports with exact truth: ``python benchmarks/intake/pollute.py --files 3200 --seed 1``.

Clean tables of CRM shape (``sources.py``) are damaged the way that real exports are: one change at a time at the
first, middle or last row, and several at once. What a careful person would read is known for each file; where nobody
could say, the truth says so. The same seed gives the same files, another one others of the same families.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

import more  # noqa: F401 - enters its pollutions
from draft import Draft, Style, Truth
from files import BLOCKS, STYLES
from rows import LAST_ONLY, ROWS
from sources import SOURCES, clean

DATA = Path(__file__).resolve().parents[1] / "data"
POSITIONS = ("first", "middle", "last")
NARROW = {"cp1252", "latin-1", "cp1251", "shift_jis"}
SEVERAL = 0.4  # share of the files with several pollutions
# nothing is wrong with such a file: a reader that rejects or repairs there raises a false alarm
REGULAR = {"clean", "valid oddities", "tiny files"}
STEADY_STYLES = {"delimiters", "record ends", "quotes", "encodings"}


@dataclass(frozen=True)
class Change:
    """One pollution: ``stage`` says where it acts (style, row, block), ``position`` which row."""

    stage: str
    family: str
    name: str
    position: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.position})" if self.position else self.name


@dataclass(frozen=True)
class Polluted:
    """A file with its truth. ``regular`` = a clean file in some dialect: any complaint is a false alarm."""

    name: str
    source: str
    family: str
    changes: tuple[Change, ...]
    regular: bool
    header: list[tuple[str, ...]]
    truth: list[Truth]
    strip: bool
    trail: bool
    content: bytes


BIG, FAULTS = "big files", 60
NEEDS = {
    "one row in UTF-8 in a cp1252 file": Change("style", "encodings", "file in cp1252"),
    "nothing is ever quoted": Change("style", "faulty writers", "no quotes"),
}


def catalogue() -> list[Change]:
    """Every single pollution there is."""
    needed = {one.name for one in NEEDS.values() if one.family == "faulty writers"}  # only with what needs them
    found = [Change("style", family, name) for family, names in STYLES.items() for name in names if name not in needed]
    for family, names in ROWS.items():
        for name in names:
            positions = ("last",) if name in LAST_ONLY else POSITIONS
            found += [Change("row", family, name, position) for position in positions]
    return found + [Change("block", family, name) for family, names in BLOCKS.items() for name in names]


def polluted(name: str, source: str, changes: Sequence[Change], rng: random.Random, family: str) -> Polluted | None:
    """The file with these changes; None when they do not apply to this source."""
    needed = {NEEDS[one.name] for one in changes if one.name in NEEDS}
    changes = (
        *(one for one in needed if one.family not in {c.family for c in changes if c.stage == "style"}),
        *changes,
    )
    encodings = [one.name.removeprefix("file in ") for one in changes if one.name.startswith("file in ")]
    narrow = bool(NARROW & set(encodings))
    western = narrow or any(one.name == "second part in cp1252" for one in changes)
    table = clean(source, rng, (encodings[0] if narrow else "cp1252") if western else "utf-8")
    draft = Draft(table, Style(delimiter=table.delimiter, end=table.end), rng)
    if not all(STYLES[one.family][one.name](draft) for one in changes if one.stage == "style"):
        return None
    draft.build()
    if not all(_touch(draft, one) for one in changes if one.stage == "row"):
        return None
    if not all(BLOCKS[one.family][one.name](draft) for one in changes if one.stage == "block"):
        return None
    try:
        content = draft.content()
    except UnicodeEncodeError:
        return None
    regular = family in REGULAR or all(one.stage == "style" and one.family in STEADY_STYLES for one in changes)
    return Polluted(
        name, source, family, tuple(changes), regular, draft.header_readings, draft.truth(), draft.strip, draft.trail,
        content,
    )  # fmt: skip


def _touch(draft: Draft, change: Change) -> bool:
    """Apply a row pollution near its position: at the first of forty rows that it fits."""
    alter = ROWS[change.family][change.name]
    for _, index in zip(range(40), draft.near(change.position), strict=False):
        if alter(draft, draft.data[index]):
            draft.touched.add(index)
            return True
    return False


def several(rng: random.Random) -> list[Change]:
    """Two to five pollutions that can stand in one file: some of style, some rows, some lines around."""
    found: dict[tuple[str, str], Change] = {}
    kinds = rng.choice(("row row", "row row row", "style row", "style block", "style row block", "block row row",
                        "block block", "style style row", "style style block row row", "block block row"))  # fmt: skip
    everything = [one for one in catalogue() if one.family != "unusual encodings"]
    for number, stage in enumerate(kinds.split()):
        change = rng.choice([one for one in everything if one.stage == stage])
        family = change.family
        key = (stage, family if stage != "row" else str(number))
        found.setdefault(key, change)
    return sorted(found.values(), key=lambda one: ("style", "row", "block").index(one.stage))


def generate(files: int, seed: int, family: str | None = None) -> Iterator[Polluted]:
    """The files of a seed. All families take part however few files there are; ``family`` gives only that one."""
    rng = random.Random(f"plan {seed}")
    singles = [one for one in product(catalogue(), SOURCES) if family in (None, one[0].family)]
    rng.shuffle(singles)
    singles = _by_turns(singles)
    kept = len(singles) if family else round(files * (1 - SEVERAL))
    made = 0
    if family in (None, "clean"):
        for source in list(SOURCES)[: max(2, files // 20)]:
            if (one := polluted(f"{made:05}", source, (), _stream(seed, made), "clean")) is not None:
                yield one
                made += 1
    for number, (change, source) in enumerate(singles):
        if made >= min(files, kept):
            break
        one = polluted(f"{made:05}", source, (change,), _stream(seed, f"one {number}"), change.family)
        if one is not None:
            yield one
            made += 1
    number = 0
    while made < files and family in (None, "several"):
        number += 1
        stream = _stream(seed, f"several {number}")
        one = polluted(f"{made:05}", stream.choice(list(SOURCES)), several(stream), stream, "several")
        if one is not None:
            yield one
            made += 1


def big(files: int, seed: int, size: int = 60_000) -> Iterator[Polluted]:
    """Files of some megabytes with faults at many places: :data:`FAULTS` of them, some where readers cut their work."""
    for made in range(files):
        rng = _stream(seed, f"{BIG} {made}")
        table = clean(rng.choice(list(SOURCES)), rng, size=size)
        draft = Draft(table, Style(delimiter=table.delimiter, end=table.end), rng)
        draft.build()
        changes = []
        for index in [*_borders(draft), *rng.sample(range(len(draft.data)), FAULTS)]:
            family = rng.choice(sorted(set(ROWS) - {"encodings"}))
            name = rng.choice(sorted(set(ROWS[family]) - LAST_ONLY))
            free = draft.data[index].cells is not None and not any(abs(index - one) < 8 for one in draft.touched)
            if free and ROWS[family][name](draft, draft.data[index]):
                draft.touched.add(index)
                changes.append(Change("row", family, name))
        yield Polluted(
            f"{made:05}", table.name, BIG, tuple(changes), False, draft.header_readings, draft.truth(), False, False,
            draft.content(),
        )  # fmt: skip


def _borders(draft: Draft) -> list[int]:
    """The records that lie across whole megabytes of the file."""
    at, found = 0, []
    for index, piece in enumerate(draft.data):
        length = len(piece.text.encode()) + len(draft.style.end)
        if at >> 20 != at + length >> 20:
            found.append(index)
        at += length
    return found


def _stream(seed: int, what: object) -> random.Random:
    return random.Random(f"{seed} {what}")


def _by_turns(singles: Sequence[tuple[Change, str]]) -> list[tuple[Change, str]]:
    """Ordered so that all families come first, and any first part has every pollution about equally often."""
    seen: dict[Change, int] = {}
    families: set[str] = set()
    keyed = []
    for change, source in singles:
        seen[change] = seen.get(change, 0) + 1
        keyed.append((seen[change] if change.family in families else 0, change, source))
        families.add(change.family)
    return [(change, source) for _, change, source in sorted(keyed, key=lambda one: one[0])]


def write(folder: Path, files: int, seed: int, family: str | None = None) -> int:
    """Write the files and ``truth.jsonl`` to an emptied folder; how many."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    count = 0
    with (folder / "truth.jsonl").open("w", encoding="utf-8") as out:
        for one in big(files, seed) if family == BIG else generate(files, seed, family):
            (folder / f"{one.name}.csv").write_bytes(one.content)
            truth = {key: value for key, value in asdict(one).items() if key != "content"}
            out.write(json.dumps(truth) + "\n")
            count += 1
    return count


def main() -> None:
    """Write one set of files."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--files", type=int, default=3200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--family")
    chosen = options.parse_args()
    folder = DATA / f"pollution-{chosen.seed}"
    print(f"{write(folder, chosen.files, chosen.seed, chosen.family)} files in {folder}")


if __name__ == "__main__":
    main()
