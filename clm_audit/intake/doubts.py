"""What a reading keeps and cannot vouch for, said in notes: cells unlike their column, rows of another table.

Nothing is taken away here. A record can keep every rule and yet hold what the writer never meant: a quote opened
in one record of two cells and closed in the next, a second table of the same width, the title of a group in a
table of one column. Only for tables that no preset knows; where one does, the facts judge the values.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

import polars as pl

from clm_audit.intake.dialect import SEPARATOR_NAMES, SEPARATORS, Dialect
from clm_audit.intake.footer import CLOSING
from clm_audit.intake.limits import MIB
from clm_audit.intake.lone import bare, marked, of_marks
from clm_audit.intake.model import ROW
from clm_audit.intake.shapes import BLANK, LINES, NUMBER, TEXT, WHOLE, WORD, Profile, shape
from clm_audit.intake.turned import form, kind, turned_from

_WHOLE_FILE = 4 * MIB  # bytes of a file up to which all its rows are looked at
_PART = 20_000  # rows at the beginning, in the middle and at the end of longer ones
_RARE = 0.05  # share of a column's cells that may be odd; beyond, the column is just mixed
_LESS_RARE = 0.1  # the same among addresses, where nothing else is at home
_FEW = 2  # such cells are odd in a short column, too
_MAIN = 0.5  # share that one kind must have for others to be odd
_LOOKED = 500  # cells that say which kind a column has
_REGULAR = 0.9  # share of the cells of one column that hold a mark equally often where it may separate cells
_MANY_MARKS = 5  # commas in a cell that is no text
_CLOCK = 2  # colons in a time of the day
_RUN = 3  # rows of another kind that follow each other up to the end: another table
_LONG = 6  # digits from which a whole number twice as long as all others is odd
_QUOTED = r"""^\s*(?:'.+'|".+"|`.+`|[“”„«»].*[“”«»])\s*$"""
_TITLE = r"^[A-ZÄÖÜÉ][A-Za-zÄÖÜäöüßéèáàñç]*(?: [A-Za-zÄÖÜäöüßéèáàñç]+){0,2}$"
_IDS = re.compile(r"\d+(?:[;|] ?\d+)+")
_LONG_IDS = re.compile(r"\d{4,}(?:[;|] ?\d{4,})+")
_ADDRESS = r"^\s*(?:https?://\S+|[^@\s]+@[^@\s]+)\s*$"
_FEW_NAMED = 0.02


@dataclass(frozen=True)
class Doubt:
    """What is kept and may be wrong: a note, and the rows that are listed with a code (none: the note is all)."""

    note: str
    code: str = ""
    rows: tuple[int, ...] = ()


def doubts(
    frame: pl.LazyFrame, height: int, size: int, dialect: Dialect, header: Sequence[str], profile: Profile
) -> Iterator[Doubt]:
    """Doubts about the rows of a table (with the number of the row) from a file of ``size`` bytes."""
    reach = frame
    if size > _WHOLE_FILE:
        row, half = pl.col(ROW), height // 2
        reach = frame.filter((row < _PART) | (row >= height - _PART) | row.is_between(half, half + _PART))
    rows = reach.collect()
    columns = [name for name in rows.columns if name != ROW]
    odd, other = _unlike(rows, columns)
    if odd:
        what = f"rows with cells unlike the others of their column: {len(odd):,} (the first is row {min(odd) + 1:,})"
        yield Doubt(what, "unlike_column", tuple(sorted(odd)))
    turned = turned_from(frame, height, columns)
    if turned >= 0:
        what = f"from row {turned + 1:,} on the columns hold what others hold above: perhaps another export"
        yield Doubt(what, "other_table", tuple(frame.filter(pl.col(ROW) >= turned).select(ROW).collect()[ROW]))
    elif other >= 0:
        what = f"from row {other + 1:,} on the cells are unlike those above: perhaps another table"
        yield Doubt(what, "other_table", tuple(rows.filter(pl.col(ROW) >= other)[ROW]))
    if len(columns) > 1 and of_marks(rows, columns):
        yield Doubt("a column holds nothing but a separator or quote", "other_table", tuple(rows[ROW]))
    for what, code, test in _suspects(columns, dialect):
        hits = rows.filter(test).select(ROW, *columns)
        if hits.height:
            listed = [int(row[0]) for row in hits.rows() if code and _listed(code, row[1:], dialect, profile)]
            yield Doubt(f"{what}: {hits.height:,} (the first is row {hits[ROW][0] + 1:,})", code, tuple(listed))
    used = [name for name in columns if (rows[name].str.strip_chars() != "").any()]
    if len(columns) == 1:
        yield Doubt("one column only: a line break within a cell, or one that is missing, does not show")
    quoted = profile.quoted[columns.index(used[0])] if len(used) == 1 else 0.0
    if len(used) == 1 and (mark := _regular_mark(rows[used[0]] if quoted < _MAIN else bare(rows[used[0]]))):
        what = f"one column, and yet nearly every row holds {SEPARATOR_NAMES[mark]} as often as the others"
        yield Doubt(what, "other_table", tuple(rows[ROW]))
    elif len(used) == 1 and (held := marked(rows[used[0]], header, quoted)):
        what = "one column, and yet rows hold several marks as they stand between cells"
        yield Doubt(what, "other_table", tuple(rows[ROW].gather(held)))
    last = rows.tail(1).select(ROW, *columns).row(0) if rows.height > 1 else (0, "")
    if CLOSING.match(last[1]) and shape(last[1]) == TEXT and not any(cell.strip() for cell in last[2:]):
        yield Doubt("the last row may be a footer", "footer_perhaps", (int(last[0]),) if len(columns) > 1 else ())
    elif rows.height <= _RUN and _bare_sums(end := rows.tail(1).select(ROW, *columns).row(0)):
        yield Doubt("the last row holds numbers only: perhaps sums", "footer_perhaps", (int(end[0]),))
    if again := _named(rows, columns, header):
        what = f"rows that look like a header: {len(again):,} (the first is row {again[0] + 1:,})"
        yield Doubt(what, "other_table", tuple(again))


def rival_separator(frame: pl.LazyFrame, dialect: Dialect, titles: Sequence[str]) -> Iterator[Doubt]:
    """All rows of a table without a header if a line of words above has another mark as often as most of them."""
    for mark in (one for one in (";", "|", "\t", ":", "^", "~", ",") if one != dialect.separator):
        told = {title.count(mark) for title in titles if not any(map(str.isdigit, title))} - {0, 1}
        if not told:
            continue
        cells = pl.concat_str(pl.all().exclude(ROW), separator=dialect.separator)
        rows = frame.select(ROW, told=cells.str.count_matches(mark, literal=True).is_in(sorted(told))).collect()
        if 2 * rows["told"].sum() >= rows.height:
            what = f"a line above the rows holds {SEPARATOR_NAMES[mark]} as often as they do: perhaps the separator"
            yield Doubt(what, "other_table", tuple(rows[ROW]))
            return


def _bare_sums(row: Sequence[str]) -> bool:
    """Whether a row (its number first) has nothing in its first column, and in few others numbers only."""
    cells = row[1:]
    filled = [cell for cell in cells if cell.strip()]
    few = len(cells) > 2 and not cells[0].strip() and 2 * len(filled) <= len(cells)
    return few and bool(filled) and all(shape(cell) in (WHOLE, NUMBER) for cell in filled)


def _regular_mark(cells: pl.Series) -> str:
    """The separator that nearly all cells of the only column hold equally often; none, or one comma each: text."""
    if cells.str.contains(r"^\s*[\[{]").any():  # JSON, and no row of a table
        return ""
    for mark, least in ((",", 2), (";", 1), ("|", 1), ("\t", 1), ("^", 1), ("~", 1), ("\x1f", 1), ("\x01", 1)):
        counts = Counter(cells.str.count_matches(mark, literal=True).to_list())
        most, rows = counts.most_common(1)[0]
        wide = sum(count for times, count in counts.items() if times >= _MANY_MARKS)
        if (most >= least and rows >= max(_RUN, _REGULAR * cells.len())) or wide >= max(_RUN, _REGULAR * cells.len()):
            return mark
    kinds = {shape(cell.split(":", 1)[0]) for cell in cells.head(_LOOKED) if ":" in cell}
    times = cells.str.count_matches(":", literal=True)
    if (times > _CLOCK).sum() >= max(_RUN, _REGULAR * cells.len()):
        return ":"
    colons = int((times > 0).sum())
    told = len(kinds) == 1 and not kinds & {WORD, TEXT, LINES, WHOLE, BLANK, "link"}  # no labels, no times of a day
    return ":" if told and colons >= max(_RUN, _REGULAR * cells.len()) else ""


def _listed(code: str, cells: Sequence[str], dialect: Dialect, profile: Profile) -> bool:
    """Whether a suspect is listed row by row: lines within a cell only where one has typed cells in their places."""
    if code == "quoted_otherwise":  # typographic quotes are text
        return any(cell.strip()[:1] in "'\"`" for cell in cells if cell.strip())
    if code != "lines_within":
        return True
    lines = [line.split(dialect.separator) for cell in cells for line in re.split(r"\r?\n|\r", cell)[1:]]
    wide = [line for line in lines if len(line) == profile.width]
    return not profile.typed or any(profile.placed(line) for line in wide)


def _named(rows: pl.DataFrame, columns: Sequence[str], header: Sequence[str]) -> list[int]:
    """Rows that look like names of columns, where the header does and next to no other row."""
    if 1 < rows.height <= _RUN and len(columns) > 1:
        cells = rows.select(ROW, *columns).rows()
        return [int(one[0]) for one in cells if any(_named_like(one[1:], other[1:]) for other in cells)]
    if rows.height == 1 and len(columns) > 1 and not _titled(header):
        only = rows.select(columns).row(0)
        alike = len(set(only)) == len(only) and all(shape(cell) == WORD for cell in only)
        if alike or _titled(only):
            return [int(rows[ROW][0])]
    if len(columns) < 2 or not _titled(header):
        return []
    capital = pl.all_horizontal([pl.col(name).str.contains(_TITLE) for name in columns])
    found = [int(row[0]) for row in rows.filter(capital).select(ROW, *columns).rows() if _titled(row[1:])]
    return found if len(found) <= max(1, _FEW_NAMED * rows.height) and rows.height > _RUN else []


def _named_like(cells: Sequence[str], other: Sequence[str]) -> bool:
    """Whether a row has different short words throughout, and another one something typed below or above them."""
    words = all(shape(cell) == WORD for cell in cells) and len(set(cells)) == len(cells)
    typed = (shape(cell) not in (BLANK, WORD, TEXT, LINES) for cell in other)
    return words and (any(typed) or (_titled(cells) and not _titled(other)))


def _titled(cells: Sequence[str]) -> bool:
    """Whether cells look like names of columns: different, all filled, short and capitalised, without digits."""
    return len(set(cells)) == len(cells) and all(re.match(_TITLE, cell) for cell in cells)


def _unlike(rows: pl.DataFrame, columns: Sequence[str]) -> tuple[set[int], int]:
    """Rows with a rare cell of another kind than its column, and the row from which on a column has another kind."""
    odd: set[int] = set()
    other = rows.height
    for name in columns:
        numbers, filled = _misfits(rows, name)
        addresses = 2 * rows[name].str.contains(_ADDRESS).sum() > filled if numbers else False
        begin = _run(rows, numbers)
        if begin >= 0 and len(numbers) >= _RUN:
            other = min(other, begin)
        elif numbers and len(numbers) <= max(_FEW, (_LESS_RARE if addresses else _RARE) * filled):
            odd.update(numbers)
    return odd, int(rows[ROW][other]) if other < rows.height else -1


def _misfits(rows: pl.DataFrame, name: str) -> tuple[list[int], int]:
    """The rows whose cell is of another kind than most of the column, and how many are filled."""
    cells = rows[name]
    step = max(cells.len() // _LOOKED, 1)
    kinds = Counter(map(kind, cells.gather_every(step)))
    kinds.pop(BLANK, None)
    main, most = kinds.most_common(1)[0] if kinds else (BLANK, 0)
    if most < 2 or most <= _MAIN * kinds.total():
        return [], 0
    if main == "words":  # a word may stand anywhere among words; only the end of the table can tell
        tail = rows.tail(_LOOKED)
        found = [(row, kind(cell)) for row, cell in tail.select(ROW, name).iter_rows()]
        ends = list(itertools.takewhile(lambda one: one[1] not in ("words", BLANK), reversed(found)))
        alike = len({what for _, what in ends}) == 1 and sum(1 for _, what in found if what != "words") == len(ends)
        return [row for row, _ in reversed(ends)] if alike and len(ends) >= _RUN else [], len(found)
    groups = rows.select(ROW, name, form(name).alias(" bare")).group_by(" bare").agg(pl.col(name).first(), pl.col(ROW))
    longest = sorted({len(cell) for cell in groups[name] if shape(cell) == WHOLE})[-2:]
    listed = main == "code" and sum(1 for cell in cells.head(_LOOKED) if _IDS.fullmatch(cell)) > _MAIN * most
    wholes = {len(cell) for cell in cells.head(_LOOKED) if shape(cell) == WHOLE}
    several = main == "number" and any(_long_ids(cell, wholes) for cell in groups[name])
    numbers: list[int] = []
    for cell, members in groups.select(name, ROW).iter_rows():
        if (listed and shape(cell) == WHOLE) or (several and _IDS.fullmatch(cell)):
            continue  # a list of one, or a list where most are of one
        huge = len(longest) == 2 and len(cell) == longest[1] >= max(_LONG, 2 * longest[0]) and shape(cell) == WHOLE
        if kind(cell) not in (main, BLANK) or (huge and len(members) == 1):
            numbers.extend(members)
    return sorted(numbers), int((cells.str.strip_chars() != "").sum())


def _long_ids(cell: str, lengths: Set[int]) -> bool:
    """Whether a cell is a list of numbers of four digits or more, each as long as others of the column are."""
    return bool(_LONG_IDS.fullmatch(cell)) and all(len(part) in lengths for part in re.split("[;|] ?", cell))


def _run(rows: pl.DataFrame, numbers: Sequence[int]) -> int:
    """Where the rows of these numbers begin if they are the end of the table without a gap, else -1."""
    if not numbers or numbers[-1] != rows[ROW][-1] or numbers[-1] - numbers[0] + 1 != len(numbers):
        return -1
    return rows.height - len(numbers)


def _suspects(columns: Sequence[str], dialect: Dialect) -> Iterator[tuple[str, str, pl.Expr]]:
    """What a stray mark may have made, the code under which its rows are listed, and where it is seen."""
    width = len(columns)
    cells = [pl.col(name) for name in columns]
    rare = [_seldom(cell.str.contains(_QUOTED), width) for cell in cells]
    yield "cells in other quotes than the file's", "quoted_otherwise", pl.any_horizontal(rare)
    breaks = [cell.str.count_matches(r"\r{0,2}\n|\r") for cell in cells]
    marks = [cell.str.count_matches(dialect.separator, literal=True) for cell in cells]
    alike = [(ends > 0) & (inside == ends * (width - 1)) for ends, inside in zip(breaks, marks, strict=True)]
    yield "cells whose lines may be records of their own", "lines_within", pl.any_horizontal(alike)
    if width <= 2:
        others = "|".join(re.escape(mark) for mark in SEPARATORS if mark != dialect.separator)
        seldom = [_seldom(cell.str.contains(others), 1) for cell in cells]
        yield "cells with another separator", "", pl.any_horizontal(seldom)
    if width > 1:
        blank = pl.all_horizontal([cell.str.starts_with(" ") | (cell == "") for cell in cells[1:]])
        yield "rows with a blank before each cell", "", _seldom(blank & cells[1].str.starts_with(" "), 1)


def _seldom(test: pl.Expr, width: int) -> pl.Expr:
    """A test that holds for few rows only; in a table of several columns for any number."""
    return test if width > 1 else test & ((test.sum() <= 1) | (test.mean() <= _RARE))
