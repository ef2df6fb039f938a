"""A third way to pollute files: ``python benchmarks/intake/systems_polluted.py --seed 1 --rounds 2``.

Clean are not invented tables but the exports of the test worlds (every system that has a preset) and the heads of real
tables, with their own titles, totals, encodings and dialects. Each gets two to four damages at once, at the first, the
middle, the last or any record, some of them across several records. The bytes are damaged, not the cells, and what is
asked is only what became of the records that nobody touched: each must be there as it was, or something listed must
stand for it. Every file is read twice: with the presets, as an audit does, and blind.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from clm_audit.config.plan import AuditPlan, Source  # noqa: E402 - the repository's own tests are no package
from clm_audit.exits import DataError  # noqa: E402
from clm_audit.intake.model import ROW  # noqa: E402
from clm_audit.intake.read import read_exports  # noqa: E402
from clm_audit.intake.table import read_table  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
MOST, HEAD = 150, 400  # records of a world's file, and of a real table's head
MARKS = (",", ";", "\t", "|")
Key = tuple[str, ...]


@dataclass
class File:
    """A clean file in parts: what stands above the records, each record as written, what stands below."""

    name: str
    mark: str
    end: str
    encoding: str
    header: list[str]
    above: str
    records: list[str]
    below: str
    touched: set[int] = field(default_factory=set)
    inserted: int = 0
    raw: dict[int, bytes] = field(default_factory=dict)
    also: list[Key] = field(default_factory=list)  # what is right as well
    cut: bool = False
    done: list[str] = field(default_factory=list)

    def cells(self, at: int) -> Key:
        """The cells of a record as it was."""
        return key(next(csv.reader(io.StringIO(self.records[at], newline=""), delimiter=self.mark)))

    def line(self, cells: Sequence[str], quoting: int = csv.QUOTE_MINIMAL) -> str:
        """Cells as a record without its end."""
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=self.mark, lineterminator="", quoting=quoting).writerow(cells)  # type: ignore[arg-type]
        return out.getvalue()


def key(cells: Sequence[str]) -> Key:
    """Cells as they are compared: line ends within them alike, without blanks around and blank ones at the end."""
    made = [
        cell.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff \u00a0\n")
        for cell in cells
    ]
    while made and not made[-1]:
        made.pop()
    return tuple(made)


def clean_files(seed: int, folder: Path) -> Iterator[File]:
    """Every delimited file of every world, and the heads of the real tables."""
    csv.field_size_limit(1 << 24)
    from systems.company import make_company

    company = make_company(seed=seed)
    for module in sorted((ROOT / "tests" / "systems").glob("*_world.py")):
        target = folder / module.stem
        target.mkdir()
        import_module(f"systems.{module.stem}").write(company, target)
        for path in sorted(target.rglob("*")):
            if path.suffix.lower() in (".csv", ".tsv", ".txt") and path.is_file():
                yield from _parted(f"{module.stem}/{path.name}", path.read_bytes(), MOST)
    for path in sorted(DATA.glob("*/*.csv.gz")):
        with gzip.open(path) as source:
            yield from _parted(path.name, b"".join(source.readline() for _ in range(HEAD)), HEAD)


def _parted(name: str, content: bytes, most: int) -> Iterator[File]:
    """The file taken apart by Python's csv, where that is beyond doubt."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return  # mixed or in another encoding on purpose
    end = "\r\n" if "\r\n" in text else "\n"
    if text.count("\n") < 8 or "\0" in text:
        return
    mark = max(MARKS, key=lambda one: max(len(row) for row in _rows(text, one)))
    rows = list(_pieces(text, mark))
    width = Counter(len(cells) for cells, _ in rows).most_common(1)[0][0]
    body = [at for at, (cells, _) in enumerate(rows) if len(cells) == width]
    if width < 3 or len(body) < 8:
        return
    first, last = body[0], body[-1]
    records = [raw.removesuffix("\n").removesuffix("\r") for _, raw in rows[first + 1 : last + 1]]
    if last - first + 1 != len(body) or any(not record.strip(f"{mark} ") for record in records):
        return
    above, below = ("".join(raw for _, raw in part) for part in (rows[: first + 1], rows[last + 1 :]))
    yield File(name, mark, end, encoding, rows[first][0], above, records[:most], below)


def _rows(text: str, mark: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=mark))


def _pieces(text: str, mark: str) -> Iterator[tuple[list[str], str]]:
    """Each record with its text."""
    lines: list[str] = []

    def told() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            lines.append(line)
            yield line

    for cells in csv.reader(told(), delimiter=mark):
        yield cells, "".join(lines)
        lines.clear()


Damage = Callable[[File, int, random.Random], bool]
DAMAGES: dict[str, Damage] = {}


def damage(name: str) -> Callable[[Damage], Damage]:
    """Enter a damage: it says whether the record suits it, and marks what it touches."""

    def enter(change: Damage) -> Damage:
        DAMAGES[name] = change
        return change

    return enter


def _write(file: File, at: int, text: str, *more: int) -> bool:
    file.records[at] = text
    file.touched.update((at, *more))
    return True


@damage("a quote put anywhere")
def stray(file: File, at: int, dice: random.Random) -> bool:
    text = file.records[at]
    place = dice.randrange(len(text) + 1)
    return _write(file, at, text[:place] + '"' + text[place:])


@damage("a quote taken away")
def unquoted(file: File, at: int, dice: random.Random) -> bool:
    text = file.records[at]
    places = [place for place, char in enumerate(text) if char == '"']
    if not places:
        return False
    place = dice.choice(places)
    return _write(file, at, text[:place] + text[place + 1 :])


@damage("a separator put anywhere")
def split(file: File, at: int, dice: random.Random) -> bool:
    text = file.records[at]
    place = dice.randrange(len(text) + 1)
    within = text[:place].count('"') % 2 == 1  # there it is text as any other
    return not within and _write(file, at, text[:place] + file.mark + text[place:])


@damage("a separator taken away")
def fused(file: File, at: int, dice: random.Random) -> bool:
    text = file.records[at]
    place = dice.choice([place for place, char in enumerate(text) if char == file.mark])
    return _write(file, at, text[:place] + text[place + 1 :])


@damage("a line end put anywhere")
def torn(file: File, at: int, dice: random.Random) -> bool:
    text = file.records[at]
    place = dice.randrange(1, len(text))
    within = text[:place].count('"') % 2 == 1  # there it is text as any other
    return not within and _write(file, at, text[:place] + file.end + text[place:])


@damage("two records run together")
def joined(file: File, at: int, _: random.Random) -> bool:
    if at + 1 >= len(file.records) or at + 1 in file.touched:
        return False
    file.raw[at] = b""
    return _write(file, at, file.records[at], at + 1)


@damage("a block lost from one record into a later one")
def lost_block(file: File, at: int, dice: random.Random) -> bool:
    stop = at + dice.choice((1, 1, 2, 3))
    if stop >= len(file.records) or any(one in file.touched for one in range(at, stop + 1)):
        return False
    first, last = file.records[at], file.records[stop]
    kept = first[: dice.randrange(1, len(first))] + last[dice.randrange(1, len(last)) :]
    if [len(cells) for cells in _rows(kept, file.mark)] == [len(file.header)]:
        return False  # a record like any other: nobody could tell
    for one in range(at + 1, stop + 1):
        file.records[one] = "\0gone"
    return _write(file, at, kept, *range(at, stop + 1))


@damage("a record written over the next")
def overlaid(file: File, at: int, dice: random.Random) -> bool:
    if at + 1 >= len(file.records) or at + 1 in file.touched:
        return False
    text = file.records[at]
    half = text[: dice.randrange(1, len(text))]
    return _write(file, at, half, at) and _write(file, at, text + file.end + half)


@damage("other separators")
def other_mark(file: File, at: int, dice: random.Random) -> bool:
    other = dice.choice([one for one in MARKS if one != file.mark])
    return _write(file, at, file.records[at].replace(file.mark, other))


@damage("in quotes as a whole")
def wrapped(file: File, at: int, _: random.Random) -> bool:
    return _write(file, at, '"' + file.records[at].replace('"', '""') + '"')


@damage("backslashes before quotes")
def slashed(file: File, at: int, _: random.Random) -> bool:
    cells = list(file.cells(at))
    places = [place for place, cell in enumerate(cells) if cell.isalpha()]
    if not places:
        return False
    fields = [file.line([cell]) for cell in cells]
    fields[places[-1]] = f'"{cells[places[-1]]} \\"so\\" it{file.mark} is"'
    cells[places[-1]] += f' "so" it{file.mark} is'
    file.also.append(key(cells))
    return _write(file, at, file.mark.join(fields))


@damage("separators at the end")
def trailing(file: File, at: int, dice: random.Random) -> bool:
    return _write(file, at, file.records[at] + file.mark * dice.randint(1, 4))


@damage("a byte of another encoding")
def other_byte(file: File, at: int, dice: random.Random) -> bool:
    if file.encoding != "utf-8" or sum(not text.isascii() for text in file.records) < 2:
        return False  # a single one makes a file of that encoding
    text = file.records[at].encode()
    place = dice.randrange(len(text))
    file.raw[at] = text[:place] + b"\xe9" + text[place:] + file.end.encode()
    file.touched.add(at)
    return True


@damage("zero bytes")
def zeros(file: File, at: int, dice: random.Random) -> bool:
    text = file.records[at]
    place = dice.randrange(len(text))
    return file.encoding == "utf-8" and _write(file, at, text[:place] + "\0\0" + text[place:])


@damage("a line of another program between")
def noise(file: File, at: int, dice: random.Random) -> bool:
    line = dice.choice(("Page 2", "--- more ---", "Warning: connection lost, retrying", "", f"{file.mark * 3}", "NULL"))
    file.inserted += 1
    return _write(file, at, line + file.end + file.records[at])


@damage("the header again")
def again(file: File, at: int, dice: random.Random) -> bool:
    if any(one.startswith("the rest in another order") for one in file.done):
        return False
    quoting = dice.choice((csv.QUOTE_ALL, csv.QUOTE_MINIMAL))
    names = [name.upper() for name in file.header] if dice.random() < 0.3 else file.header
    file.records[at] = file.line(names, quoting) + file.end + file.records[at]
    file.inserted += 1
    return True


@damage("the rest in another order, below its header")
def turned(file: File, at: int, dice: random.Random) -> bool:
    order = list(range(len(file.header)))
    dice.shuffle(order)
    names = file.header
    if (
        len(set(names)) < len(names)
        or not all(names)
        or any(one in file.touched for one in range(at, len(file.records)))
    ):
        return False
    for one in range(at, len(file.records)):
        cells = [*next(csv.reader(io.StringIO(file.records[one], newline=""), delimiter=file.mark))]
        file.records[one] = file.line([cells[i] for i in order])
    file.records[at] = file.line([names[i] for i in order]) + file.end + file.records[at]
    file.inserted += 1
    return True


@damage("the file cut off within its last record")
def cut_off(file: File, _: int, dice: random.Random) -> bool:
    last = len(file.records) - 1
    if file.cut or last in file.touched:
        return False
    file.cut, file.below, text = True, "", file.records[last]
    return _write(file, last, text[: dice.randrange(1, len(text))])


def polluted(file: File, dice: random.Random) -> tuple[bytes, list[Key]]:
    """Two to four damages; the bytes, and the records as they were."""
    truth = [file.cells(at) for at in range(len(file.records))]
    names = [*dice.sample(sorted(DAMAGES), dice.randint(2, 4))]
    names.sort(key=lambda name: (name == "the header again", name))
    for name in names:
        for _ in range(20):
            size = len(file.records)
            at = dice.choice((0, size // 2, size - 1, dice.randrange(size)))
            if at not in file.touched and "\0gone" not in file.records[at] and DAMAGES[name](file, at, dice):
                file.done.append(f"{name} at {at}")
                break
    parts = [file.above.encode(file.encoding)]
    code = file.encoding.replace("utf-16", "utf-16-le")
    for at, text in enumerate(file.records):
        if text == "\0gone":
            continue
        final = file.cut and at == len(file.records) - 1
        raw = file.raw.get(at)
        parts.append(raw if raw else (text + ("" if final or raw == b"" else file.end)).encode(code))
    return b"".join((*parts, file.below.encode(code))), truth


def verdict(file: File, truth: Sequence[Key], rows: Sequence[Sequence[str]], listed: int) -> str:
    """right, said, more (more wrong than is listed), or silent."""
    found = Counter(map(key, rows))
    whole = Counter(one for at, one in enumerate(truth) if at not in file.touched)
    missing = (whole - found).total()
    extra = (found - Counter([*truth, *file.also])).total()
    gone = (Counter(truth) - found).total() - len(file.also)
    if not missing and not extra and gone <= 0:
        return "right"
    if not listed:
        return "silent"
    return "more" if missing > listed or extra > 3 * listed + file.inserted else "said"


def read(path: Path, folder: Path, *, blind: bool) -> tuple[list[Key], int]:
    """The rows that the product reads, and how many places it lists."""
    folder.mkdir()
    if blind:
        table = read_table(path, folder)
        return table.frame.collect().rows(), len(table.rejected) + len(table.repaired) + len(table.doubted)
    exports = read_exports(AuditPlan(sources=(Source(path=path),), root=path.parent), folder)
    (one,) = exports.tables
    return one.frame.drop(ROW).collect().rows(), len(one.faults)


def main() -> None:
    """Pollute, read, print what came of it."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--rounds", type=int, default=2, help="polluted files of each clean one")
    options.add_argument("--keep", type=Path, help="keep the files that are silent or more wrong than said here")
    options.add_argument("--refusals", action="store_true", help="say why files are refused")
    chosen = options.parse_args()
    counts: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        clean = list(clean_files(chosen.seed, Path(scratch)))
        for number, (round_, one) in enumerate((n, file) for n in range(chosen.rounds) for file in clean):
            dice = random.Random(f"{chosen.seed} {round_} {one.name}")
            file = File(one.name, one.mark, one.end, one.encoding, one.header, one.above, [*one.records], one.below)
            content, truth = polluted(file, dice)
            path = Path(scratch) / f"{number:04}-{Path(one.name).stem}.csv"
            path.write_bytes(content)
            for blind in (False, True):
                came, listed = "refused", 0
                try:
                    rows, listed = read(path, Path(scratch) / f"run-{number}-{blind}", blind=blind)
                    came = verdict(file, truth, rows, listed)
                except DataError as error:
                    if chosen.refusals:
                        print(f"refused {'blind' if blind else 'presets'} {one.name}: {file.done} {str(error)[:200]}")
                counts["blind" if blind else "presets", came] += 1
                if came in ("silent", "more"):
                    how = "blind" if blind else "presets"
                    print(f"{came:7}{how:8}{number:04} {one.name}: {file.done} [{listed} listed]")
                    if chosen.keep:
                        chosen.keep.mkdir(parents=True, exist_ok=True)
                        (chosen.keep / path.name).write_bytes(content)
    kinds = ("right", "said", "more", "silent", "refused")
    print(f"| {len(clean)} clean files, seed {chosen.seed} | " + " | ".join(kinds) + " |\n|---|" + "---:|" * len(kinds))
    for how in ("presets", "blind"):
        print(f"| {how} | " + " | ".join(str(counts[how, kind]) for kind in kinds) + " |")


if __name__ == "__main__":
    main()
