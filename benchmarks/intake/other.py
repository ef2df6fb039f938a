"""A second generator of polluted files, written apart from the first: ``python benchmarks/intake/other.py``.

A reader that is mended with one generator learns that generator. This one shares no source table, no corruption and no
code with it: it writes bytes by hand, damages them by line and offset, and judges by what is left of each record.
Prints, for each kind of damage, how many files were read exactly, said to be doubtful, wrong in silence, or refused.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from readers import READERS, answer

Row = list[str]
CITIES = ("Lyon", "Graz", "Turin", "Bergen", "Gent", "Porto", "Brno", "Cork")
NOTES = (
    "asked about the annual plan", "wants an invoice by post", "called twice, no answer", 'said "later"', "",
    "moved; new address follows", "ok", "paid in cash, see note", "pack of 12", "first order",
)  # fmt: skip


@dataclass
class Case:
    """A file being made: names, rows, and what is written. ``listed``: something must be said; ``open``: rows that may
    be missing or read otherwise if so; ``clean``: nothing may be said."""

    names: Row
    rows: list[Row]
    mark: str = ","
    end: str = "\n"
    encoding: str = "utf-8"
    lines: list[str] = field(default_factory=list)
    clean: bool = False
    listed: bool = False
    open: set[int] = field(default_factory=set)
    either: dict[int, list[Row]] = field(default_factory=dict)

    def line(self, cells: Sequence[str]) -> str:
        """Cells as a line, quoted where they must be."""
        return self.mark.join(
            '"' + c.replace('"', '""') + '"' if any(m in c for m in (self.mark, '"', "\n", "\r")) else c for c in cells
        )

    def write(self) -> None:
        """All lines, the header first."""
        self.lines = [self.line(self.names), *map(self.line, self.rows)]

    def content(self) -> bytes:
        """The bytes of the file."""
        return "".join(line + self.end for line in self.lines).encode(self.encoding)


def invoices(dice: random.Random) -> Case:
    """Invoices: ids, days, amounts."""
    rows = [
        [f"INV{2000 + n}", f"{dice.randint(1, 28):02}/{dice.randint(1, 12):02}/2024", f"K-{dice.randint(100, 999)}",
         f"{dice.uniform(3, 900):.2f}", dice.choice(("open", "paid", "void")), dice.choice(NOTES)]
        for n in range(dice.randint(25, 90))
    ]  # fmt: skip
    return Case(["Invoice", "Issued", "Account", "Net", "State", "Remark"], rows)


def visits(dice: random.Random) -> Case:
    """Visits: times, pages, numbers."""
    rows = [
        [f"2024-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}T{dice.randint(0, 23):02}:15:00Z",
         f"/shop/{dice.choice(('home', 'cart', 'pay'))}/{dice.randint(1, 99)}", str(dice.randint(1, 400)),
         f"{dice.random():.3f}"]
        for _ in range(dice.randint(30, 120))
    ]  # fmt: skip
    return Case(["when", "page", "seconds", "share"], rows)


def members(dice: random.Random) -> Case:
    """Members: addresses and text in two columns of words."""
    rows = [
        [f"customer{n:04}@example.com", f"Customer {n:04}", dice.choice(CITIES), dice.choice(NOTES),
         str(dice.randint(0, 40))]
        for n in dice.sample(range(1, 9999), dice.randint(25, 80))
    ]  # fmt: skip
    return Case(["mail", "name", "city", "about", "points"], rows)


def pairs(dice: random.Random) -> Case:
    """Two columns only."""
    rows = [[f"SKU-{n:05}", str(dice.randint(0, 900))] for n in dice.sample(range(1, 99999), dice.randint(20, 60))]
    return Case(["sku", "stock"], rows)


def words(dice: random.Random) -> Case:
    """Nothing but words."""
    kinds, moods = ("bug", "wish", "praise"), ("calm", "cross", "glad", "tired")
    rows = [
        [dice.choice(kinds), dice.choice(moods), dice.choice(CITIES), f"{dice.choice(moods)} on {dice.choice(CITIES)}"]
        for _ in range(dice.randint(25, 60))
    ]
    return Case(["Kind", "Mood", "Town", "Words"], rows)


TABLES: tuple[Callable[[random.Random], Case], ...] = (invoices, visits, members, pairs, words)
Damage = Callable[[Case, random.Random], bool]
DAMAGES: dict[str, Damage] = {}


def damage(name: str) -> Callable[[Damage], Damage]:
    """Enter a damage."""

    def enter(change: Damage) -> Damage:
        DAMAGES[name] = change
        return change

    return enter


def anywhere(case: Case, dice: random.Random) -> int:
    """A row: the first, the last or one between."""
    return dice.choice((0, len(case.rows) - 1, dice.randrange(len(case.rows))))


@damage("clean")
def clean(case: Case, _: random.Random) -> bool:
    case.write()
    case.clean = True
    return True


for _label, _mark in {"semicolons": ";", "tabs": "\t", "pipes": "|"}.items():

    @damage(f"clean, {_label}")
    def marked(case: Case, _: random.Random, mark: str = _mark) -> bool:
        case.mark, case.clean = mark, True
        case.write()
        return True


@damage("clean, all quoted, CRLF")
def quoted(case: Case, _: random.Random) -> bool:
    case.lines = [case.mark.join('"' + c.replace('"', '""') + '"' for c in row) for row in (case.names, *case.rows)]
    case.end, case.clean = "\r\n", True
    return True


@damage("clean, cells of several lines")
def many_lines(case: Case, dice: random.Random) -> bool:
    if len(case.names) < 4:
        return False
    for at in dice.sample(range(len(case.rows)), 5):
        case.rows[at][-2 if case.names[-1] in ("points", "share") else -1] = "Dear all,\nthanks, and\n\nregards"
    if case.names[-2] in ("seconds",):
        return False
    case.clean = True
    case.write()
    return True


TEXTS = {
    "cp1252": ("Besançon", "Málaga", "Tromsø", "Göteborg", "“quoted”"), "cp1250": ("Łódź", "Plzeň", "Győr", "Poznań"),
    "cp1251": ("Казань", "Москва, центр", "Самара"), "cp1253": ("Αθήνα", "Πάτρα κέντρο"),
    "cp1254": ("İzmir", "Muş", "Ağrı Dağı"), "shift_jis": ("大阪市", "名古屋", "お届け先"),
    "gb18030": ("上海市", "广州分公司", "深圳"), "euc-kr": ("부산광역시", "대구", "인천 지점"),
    "big5": ("高雄市", "臺中分店"),
    "utf-16": ("Köln", "Łódź"), "utf-8-sig": ("Köln", "大阪市"), "koi8-r": ("Казань", "Москва центр"),
    "iso-8859-2": ("Łódź", "Żywiec", "Brzeg"), "euc-jp": ("大阪市", "おおさか", "カナダ"),
}  # fmt: skip
for _code, _texts in TEXTS.items():

    @damage(f"file in {_code}")
    def encoded(case: Case, dice: random.Random, code: str = _code, texts: tuple[str, ...] = _texts) -> bool:
        at = {"Invoice": 5, "mail": 2, "Kind": 2}.get(case.names[0])
        if at is None:
            return False
        for row in case.rows:
            row[at] = dice.choice(texts)
        case.encoding = code
        case.clean = code in ("cp1252", "utf-16", "utf-8-sig")
        case.write()
        return True


@damage("comma in a cell without quotes")
def bare_comma(case: Case, dice: random.Random) -> bool:
    at = anywhere(case, dice)
    case.write()
    case.lines[at + 1] = case.mark.join([*case.rows[at][:-1], "one, two"])
    case.listed, case.open = True, {at}
    return True


@damage("a row without its first cell")
def beheaded(case: Case, dice: random.Random) -> bool:
    at = anywhere(case, dice)
    case.write()
    case.lines[at + 1] = case.line(case.rows[at][1:])
    case.listed, case.open = True, {at}
    return len(case.names) > 2


@damage("quote opened and never closed")
def opened(case: Case, dice: random.Random) -> bool:
    at, column = anywhere(case, dice), dice.randrange(len(case.names))
    case.write()
    cells = case.rows[at]
    if not cells[column] or any(m in "".join(cells) for m in (case.mark, '"')):
        return False
    case.lines[at + 1] = case.mark.join([*cells[:column], '"' + cells[column], *cells[column + 1 :]])
    case.listed, case.open = True, {at}
    return True


@damage("inches in a cell")
def inches(case: Case, dice: random.Random) -> bool:
    at = anywhere(case, dice)
    case.rows[at][-1] = '5" wide'
    if case.names[-1] in ("share", "stock", "points"):
        return False
    case.write()
    case.lines[at + 1] = case.mark.join(case.rows[at][:-1]) + case.mark + '5" wide'
    case.listed = True
    return not any(m in "".join(case.rows[at][:-1]) for m in (case.mark, '"'))


@damage("line broken in two amid a cell")
def torn(case: Case, dice: random.Random) -> bool:
    at = anywhere(case, dice)
    case.write()
    line = case.lines[at + 1]
    if '"' in line:
        return False
    cut = dice.randrange(2, len(line) - 1)
    case.lines[at + 1 : at + 2] = [line[:cut], line[cut:]]
    case.listed, case.open = True, {at}
    return True


@damage("two lines run together")
def joined(case: Case, dice: random.Random) -> bool:
    at = dice.randrange(len(case.rows) - 1)
    case.write()
    case.lines[at + 1 : at + 3] = [case.lines[at + 1] + case.lines[at + 2]]
    case.listed, case.open = True, {at, at + 1}
    return True


@damage("file cut off")
def cut_off(case: Case, dice: random.Random) -> bool:
    case.write()
    last = case.lines[-1]
    case.lines[-1] = last[: dice.randrange(1, max(2, last.rfind(case.mark)))]
    case.listed, case.open, case.end = True, {len(case.rows) - 1}, "\n"
    return True


@damage("title and blank line above")
def titled(case: Case, _: random.Random) -> bool:
    case.write()
    case.lines[:0] = ["Quarterly list", ""]
    return True


@damage("pairs of settings above")
def settings(case: Case, _: random.Random) -> bool:
    case.write()
    case.lines[:0] = [f"User{case.mark}Customer 0001", f"Printed{case.mark}01/05/2024", ""]
    return len(case.names) > 2


@damage("total below")
def total(case: Case, _: random.Random) -> bool:
    case.write()
    case.lines.append(case.mark.join(["Total", *[""] * (len(case.names) - 2), "4711"]))
    return case.names[-1] in ("points", "stock", "share")


@damage("remark below, after a gap")
def remark(case: Case, _: random.Random) -> bool:
    case.write()
    case.lines += ["", "* figures are provisional"]
    return True


@damage("another small table below")
def other_table(case: Case, _: random.Random) -> bool:
    case.write()
    width = len(case.names)
    names = ["Team", "Lead", "Seat", "Since", "Room", "Floor"][:width]
    case.lines += ["", case.mark.join(names)]
    case.lines += [case.mark.join([f"T{n}", *["x"] * (width - 1)]) for n in range(4)]
    case.listed = True
    return True


@damage("same header again in the middle")
def again(case: Case, _: random.Random) -> bool:
    case.write()
    case.lines.insert(len(case.rows) // 2, case.lines[0])
    return True


@damage("second part in another order")
def turned(case: Case, dice: random.Random) -> bool:
    case.write()
    half, order = len(case.rows) // 2, list(range(len(case.names)))
    dice.shuffle(order)
    if order == sorted(order) or len(order) < 3:
        return False
    case.lines[half + 1 :] = [case.line([row[i] for i in order]) for row in (case.names, *case.rows[half:])]
    case.listed = True
    return True


@damage("second part without its header, a column less")
def narrower(case: Case, _: random.Random) -> bool:
    case.write()
    half = len(case.rows) - len(case.rows) // 3
    case.lines[half + 1 :] = [case.line(row[:-1]) for row in case.rows[half:]]
    case.listed, case.open = True, set(range(half, len(case.rows)))
    return len(case.names) > 2


@damage("semicolons in the second half")
def half_marks(case: Case, _: random.Random) -> bool:
    case.write()
    half, own = len(case.rows) // 2, case.mark
    case.mark = ";"
    case.lines[half + 1 :] = [case.line(row) for row in case.rows[half:]]
    case.mark, case.listed = own, True
    return True


@damage("backticks as quotes")
def backticks(case: Case, _: random.Random) -> bool:
    case.lines = [case.mark.join(f"`{cell}`" for cell in row) for row in (case.names, *case.rows)]
    return not any("`" in cell for row in case.rows for cell in row)


@damage("apostrophes as quotes")
def apostrophes(case: Case, _: random.Random) -> bool:
    case.lines = [case.mark.join(f"'{cell}'" for cell in row) for row in (case.names, *case.rows)]
    return not any("'" in cell for row in case.rows for cell in row)


@damage("row numbers in front")
def numbered(case: Case, _: random.Random) -> bool:
    case.write()
    case.lines[1:] = [f"{n}{case.mark}{line}" for n, line in enumerate(case.lines[1:], start=1)]
    case.rows = [[str(n), *row] for n, row in enumerate(case.rows, start=1)]
    case.names = ["", *case.names]
    case.listed = False
    return True


@damage("decimal comma, one column, commas between")
def decimals(case: Case, _: random.Random) -> bool:
    if "Net" not in case.names:
        return False
    at = case.names.index("Net")
    for row in case.rows:
        row[at] = row[at].replace(".", ",")
    case.lines = [case.mark.join(case.names), *(",".join(row) for row in case.rows)]
    case.listed, case.open = True, set(range(len(case.rows)))
    return not any("," in cell or '"' in cell for row in case.rows for cell in (*row[:at], *row[at + 1 :]))


@damage("header and one row")
def lonely(case: Case, _: random.Random) -> bool:
    case.rows = case.rows[:1]
    case.write()
    case.clean = True
    return True


@damage("header, one row, a subtotal")
def lonely_total(case: Case, _: random.Random) -> bool:
    case.rows = case.rows[:1]
    case.write()
    case.lines.append(case.mark.join(["Subtotal", *[""] * (len(case.names) - 2), case.rows[0][-1]]))
    return case.names[-1] in ("points", "stock", "share") and len(case.names) > 2


@damage("one row and a header of another table")
def lonely_other(case: Case, _: random.Random) -> bool:
    case.rows = case.rows[:1]
    case.write()
    case.lines += ["", case.mark.join(["Team", "Lead", "Seat", "Since", "Room", "Floor"][: len(case.names)])]
    case.listed = True
    return True


@damage("no header")
def headless(case: Case, _: random.Random) -> bool:
    case.write()
    case.lines, case.names = case.lines[1:], []
    return any(c.isdigit() for c in case.rows[0][0])


@damage("trailing separators on data rows")
def trailing(case: Case, _: random.Random) -> bool:
    case.write()
    case.lines[1:] = [line + case.mark for line in case.lines[1:]]
    case.listed = False
    return True


@damage("old Mac line ends")
def returns(case: Case, _: random.Random) -> bool:
    case.end, case.clean = "\r", True
    case.write()
    return True


@damage("blank line after each row")
def spaced(case: Case, _: random.Random) -> bool:
    case.write()
    case.lines = [line for pair in ((one, "") for one in case.lines) for line in pair]
    return True


def verdict(case: Case, found: dict[str, object]) -> str:
    """exact, said (wrong, and something is listed), silent, alarm, or refused."""
    if "error" in found:
        return "alarm" if case.clean else "refused"
    records = Counter(_key(row) for row in found["records"])
    right = Counter(_key(row) for at, row in enumerate(case.rows) if at not in case.open)
    names = [name for name in (n.strip() for n in found["header"]) if name]
    missing, extra = right - records, records - right
    exact = not missing and extra.total() <= 2 * len(case.open) and names == [name for name in case.names if name]
    said = bool(found["listed"])
    if case.clean and said:
        return "alarm"
    if exact and (said or not case.listed or not case.open):
        return "exact"
    return "said" if said else "silent"


def _key(row: Sequence[str]) -> tuple[str, ...]:
    cells = [cell.replace("\r\n", "\n").strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def main() -> None:
    """Make files, ask a reader blind, print what came of each damage."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=4, help="files of each damage and table")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", default="clm-audit", help="the reader")
    options.add_argument("--keep", type=Path, help="keep the files that are wrong in silence here")
    chosen = options.parse_args()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    with tempfile.TemporaryDirectory() as folder:
        for name, change in DAMAGES.items():
            for number, table in enumerate(TABLES * chosen.rounds):
                dice = random.Random(f"{chosen.seed} {name} {number}")
                case = table(dice)
                if not change(case, dice):
                    continue
                path = Path(folder) / f"{len(counts):03}-{number:03}.csv"
                path.write_bytes(case.content())
                came = verdict(case, answer(READERS[chosen.only], path))
                counts[name][came] += 1
                if came in ("silent", "alarm") and chosen.keep:
                    chosen.keep.mkdir(parents=True, exist_ok=True)
                    (chosen.keep / f"{came} {name} {table.__name__} {number}.csv".replace(", ", " ")).write_bytes(
                        case.content()
                    )
    kinds = ("exact", "said", "silent", "alarm", "refused")
    print(f"| {chosen.only}, seed {chosen.seed} | " + " | ".join(kinds) + " |\n|---|" + "---:|" * len(kinds))
    for name, count in [*counts.items(), ("all", sum(counts.values(), Counter()))]:
        print(f"| {name} | " + " | ".join(str(count[kind]) for kind in kinds) + " |")
    sys.exit(0)


if __name__ == "__main__":
    main()
