"""A header that was found: its names brought to the width of the rows below it."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clm_audit.exits import DataError
from clm_audit.intake.dialect import Record, body_width
from clm_audit.intake.misnamed import numbered_apart

_SEVERAL = 3  # rows from which their width is that of the table, whatever the header says
_MOST = 0.9
MONEY = re.compile(
    r"(?i)amount|price|total|cost|revenue|value|\bmrr\b|\barr\b|fee|\bsum\b|paid|spen[dt]|budget|sales|tax|discount|refund"
    r"|balance|charge|betrag|summe|umsatz|preis|kosten|wert|\bnet\b|gross|montant|prix|importe|precio|importo|prezzo|valor"
)
_MARKS = "export the numbers without marks between thousands, or in quotes"
_HEAD, _REST = re.compile(r"[-+(]?[$€£]?[1-9]\d{0,2}"), re.compile(r"\d{3}(?:\.\d+)?\)?")


class HalvesError(DataError):
    """Commas within numbers make more columns than the header has; ``record`` is that header."""

    def __init__(self, what: str, where: str, hint: str, record: Record) -> None:
        super().__init__(what, where=where, hint=hint)
        self.record = record


@dataclass(frozen=True)
class Heading:
    """The header of a file, and where its data begin.

    ``names`` are as many as the rows have cells; ``spare`` of them at the end have no name and should be blank in every
    row. ``record`` is None without a header. ``stop`` is the byte at which data begin, ``above`` counts the
    records before it, ``titles`` is the text of those above the header, ``width`` that of the header itself;
    ``wider`` says that names and rows of a wider table stand among those above, ``doubtful`` are the bytes of
    those that may be rows.
    """

    names: tuple[str, ...]
    record: Record | None
    stop: int
    above: int
    width: int
    spare: int = 0
    titles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    wider: bool = False
    doubtful: tuple[int, ...] = ()

    @property
    def written(self) -> tuple[str, ...]:
        """The names as written; fewer or more than columns where nobody can say which is whose."""
        if self.record is None:
            return ()
        return self.names[: len(self.names) - self.spare] if any(self.names) else self.record.cells

    @property
    def line(self) -> int:
        """Physical line of the header, 0 without one."""
        return self.record.line if self.record else 0


def titles_of(rows: Sequence[Record]) -> tuple[str, ...]:
    """The text of each line, its filled cells joined by blanks."""
    return tuple(" ".join(cell.strip() for cell in one.cells if cell.strip()) for one in rows)


def placed(
    found: Sequence[Record],
    index: int,
    after: int,
    where: str,
    *,
    blind: Sequence[str] | None = None,
    last: Callable[[], Sequence[Sequence[str]]] = tuple,
) -> Heading:
    """The header at ``index`` with data from ``after`` on, its names brought to the width of the rows.

    ``blind``: the notes on a header that was found without a known name. ``last`` gives the records at the
    end of the file, which are asked for only where header and rows differ.
    """
    record = found[index]
    names, spare, note = list(record.cells), 0, ""
    rows = [one.cells for one in found[after:] if not one.blank]
    width = len(names)
    alike = sum(1 for row in rows if len(row) == width)
    if len(rows) > 1 and 2 * alike < len(rows):
        width = body_width(found[after:])
        if blind is None and (width == 1 or _borne_out(width=len(names), rows=(*rows, *last()))):
            width = len(names)  # known names are columns, whatever lines of a broken cell say
    if width == len(names):
        _refuse_unnamed(names, [row for row in rows if len(row) == width], f"{where}:{record.line}", record)
    if width != len(names):
        rows = [row for row in rows if len(row) == width]
        names, spare, note = _fitted(names, rows, width, f"{where}:{record.line}", record, blind is not None)
    lines = f"{after - index} header lines" if after - index > 1 else ""
    return Heading(
        names=tuple(names),
        record=record,
        stop=found[after - 1].stop,
        above=after,
        width=len(record.cells),
        spare=spare,
        titles=titles_of(found[:index]),
        notes=tuple(filter(None, (note, lines, *(blind or ())))),
    )


def _borne_out(*, width: int, rows: Sequence[Sequence[str]]) -> bool:
    """Whether most of the rows that are not far narrower have this width."""
    widths = Counter(len(row) for row in rows if 2 * len(row) > width)
    return bool(widths) and widths.most_common(1)[0][0] == width


def _fitted(
    names: list[str], rows: Sequence[Sequence[str]], width: int, where: str, record: Record, blind: bool
) -> tuple[list[str], int, str]:
    """Names for rows of another width, where only one way exists; how many columns they leave at the end."""
    lack = width - len(names)
    blanks = [i for i, name in enumerate(names) if not name.strip()]
    if lack < 0 and not any(name.strip() for name in names[width:]):
        return names[:width], 0, "blank names at the end of the header left out"
    if lack < 0 and len(blanks) == -lack:
        return [name for i, name in enumerate(names) if i not in blanks], 0, "blank names in the header left out"
    ends = next((at for at, name in enumerate(reversed(names)) if name.strip()), 0)
    if lack > 0 and ends and all(not cell.strip() for row in rows for cell in row[-ends:]):
        # a separator ends each line: what lies between header and rows lies before it
        inner = [row[:-ends] for row in rows]
        fitted, spare, note = _fitted(names[:-ends], inner, width - ends, where, record, blind)
        return [*fitted, *[""] * ends], spare + ends, note
    if lack > 0 and all(not cell.strip() for row in rows for cell in row[-lack:]):
        return [*names, *[""] * lack], lack, f"rows end with {lack} blank cells more than the header"
    if lack == 1 and names[0].strip() and numbered([row[0] for row in rows]) and numbered_apart(names, rows):
        return ["", *names], 0, "the first column numbers the rows and has no name"
    what = f"the header has {len(names)} names, the rows below have {width} cells"
    if lack == 1:
        _refuse_halves(names, rows, where, record)
    if blind and len(rows) < _SEVERAL:  # one or two rows of another width are broken ones
        return names, 0, ""
    if _thousands(rows):
        what += ", two of which seem to be the parts of one number"
        raise HalvesError(what, where, _MARKS, record)
    if blind:  # the rows are what they are, and the names are handed on as written
        return [""] * width, 0, f"{what}: nobody can say which name is whose"
    raise DataError(what, where=where, hint="give every column a name and export the file again")


def _refuse_unnamed(names: Sequence[str], rows: Sequence[Sequence[str]], where: str, record: Record) -> None:
    """Raise :class:`HalvesError` where the first or last name is blank, its column is not, and commas within numbers
    explain why the rows are as wide as the header all the same."""
    blank = [at for at, name in enumerate(names) if not name.strip()]
    if blank not in ([0], [len(names) - 1]) or len(names) == 1:
        return
    column = [row[blank[0]] for row in rows]
    if not any(map(str.strip, column)) or (blank == [0] and all(map(str.isdecimal, column))):  # numbers of the rows
        return
    _refuse_halves(names, rows, where, record)
    if _thousands(rows):
        raise HalvesError("a name is blank, and two cells seem to be the parts of one number", where, _MARKS, record)


def _refuse_halves(names: Sequence[str], rows: Sequence[Sequence[str]], where: str, record: Record) -> None:
    """Raise :class:`HalvesError` where decimal commas make two columns of one: the second of two neighbouring columns
    of whole numbers always has two digits. Beside a name that is blank, the first one must be named as money is."""
    named = [name for name in names if name.strip()]
    for at, (left, right) in enumerate(itertools.pairwise(zip(*rows, strict=True))):
        filled = [(a, b) for a, b in zip(left, right, strict=True) if a.strip() or b.strip()]
        halves = all(a.lstrip("-").isdecimal() and len(b) == 2 and b.isdecimal() for a, b in filled)
        money = len(rows[0]) > len(names) or (
            MONEY.search(named[at]) and not MONEY.search("".join(named[at + 1 : at + 2]))
        )
        if len(filled) > 2 and halves and money:
            what = f"the header has {len(named)} names, the rows below have {len(rows[0])} cells"
            what += ", two of which seem to be the halves of one number"
            raise HalvesError(what, where, "export the numbers with a decimal point, or in quotes", record)


def _thousands(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the second of two neighbouring columns always has three digits, some of them zeros at the front, and the
    first one three at most: marks between thousands."""
    for left, right in itertools.pairwise(zip(*rows, strict=True)):
        filled = [(a.strip(), b.strip()) for a, b in zip(left, right, strict=True) if a.strip() and b.strip()]
        parts = [pair for pair in filled if _HEAD.fullmatch(pair[0]) and _REST.fullmatch(pair[1])]
        zeros = any(b.startswith("0") for _, b in parts)
        if len(parts) >= max(_SEVERAL, _MOST * len(filled)) and zeros:
            return True
    return False


def numbered(cells: Sequence[str]) -> bool:
    """Whether cells count up by one.

    >>> numbered(["7", "8", "9"]), numbered(["7", "9"])
    (True, False)
    """
    if len(cells) < 2 or not all(cell.isdecimal() for cell in cells):
        return False
    numbers = [int(cell) for cell in cells]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
