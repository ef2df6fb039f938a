"""What the cells of a column look like: the evidence by which a repair is judged.

A shape is coarse on purpose (a date by its punctuation, a whole number by its length), so that
a cell in the wrong column shows and a new value in the right one does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

BLANK, WHOLE, NUMBER, WORD, TEXT, LINES = "blank", "whole", "number", "word", "text", "lines"
_FREE = (WORD, TEXT, LINES)
_FREE_SHARE = 0.05  # a column with more free text than this takes any text
_BLANK_SHARE = 0.05  # a column with fewer blanks is never blank but in totals and faults
_WHOLE = re.compile(r"[-+]?\d+")
_NUMBER = re.compile(
    r"[-+(]{0,2}[$€£¥]?\s?[-+]?(?:\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+|\d+)?(?:[.,]\d+)?(?:[eE][-+]?\d+)?\s?[$€£¥%]?\)?"
)
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?(?: ?(?:Z|UTC|GMT|[-+]\d{2}:?\d{2}))?"
_DATE = re.compile(rf"\d{{1,4}}([-/.])\d{{1,2}}\1\d{{1,4}}(?:(?:T|,? ){_CLOCK})?")
_TIME = re.compile(_CLOCK)
_MAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_DIGIT, _LETTERS = re.compile(r"\d"), re.compile(r"[^\W\d_]+")
_FORMS = 8  # forms up to which a column shows how its cells are written
_RUN = re.compile(r"[^\W\d_]+|\d+")


@lru_cache(maxsize=65_536)
def shape(cell: str) -> str:
    """The shape of a cell.

    >>> [shape(cell) for cell in (" ", "007", "-1,234.50", "2024-01-05", "1/5/24 9:00", "A-17", "paid", "not yet")]
    ['blank', 'whole', 'number', 'date Y-d-d', 'date d/d/d t', 'code A-9', 'word', 'text']
    """
    text = cell.strip()
    if not text:
        return BLANK
    if "\n" in text or "\r" in text:
        return LINES
    if any(char.isdigit() for char in text):
        return _with_digits(text)
    if _MAIL.fullmatch(text):
        return "mail"
    if _LINK.fullmatch(text):
        return "link"
    return WORD if text.isalpha() else TEXT


def _with_digits(text: str) -> str:
    if _WHOLE.fullmatch(text):
        return WHOLE
    if date := _DATE.fullmatch(text):
        groups = re.findall(r"\d+", text.split(":")[0])[:3]
        clock = " t" if ":" in text else ""
        return "date " + date.group(1).join("Y" if len(part) == 4 else "d" for part in groups) + clock
    if _NUMBER.fullmatch(text):
        return NUMBER
    if _TIME.fullmatch(text):
        return "time"
    if _MAIL.fullmatch(text):
        return "mail"
    if _LINK.fullmatch(text):
        return "link"
    if any(char.isspace() for char in text) or len(text) > 64:
        return TEXT
    return "code " + _RUN.sub(lambda run: "9" if run.group()[0].isdigit() else "A", text)


def form_of(cell: str) -> str:
    """A cell with each digit as 9 and each run of letters as A."""
    return _LETTERS.sub("A", _DIGIT.sub("9", cell))


class Column:
    """The shapes that proved cells of one column have."""

    def __init__(self, cells: Iterable[str]) -> None:
        kept = list(cells)
        self.size = len(kept)
        self.shapes = Counter(map(shape, kept))
        self.filled = self.size - self.shapes[BLANK]
        wholes = [len(cell.strip()) for cell in kept if shape(cell) == WHOLE]
        self.whole_range = (min(wholes, default=0), max(wholes, default=-1))
        self.longest = max(map(len, kept), default=0)
        self.forms = Counter(map(form_of, kept))
        self.values = Counter(cell for cell in kept if cell.strip())
        free = sum(self.shapes[kind] for kind in _FREE)
        self.free = free > _FREE_SHARE * max(self.filled, 1)
        self.typed = self.filled > 0 and not self.free
        self.never_blank = self.shapes[BLANK] <= _BLANK_SHARE * self.size

    @property
    def rigid(self) -> bool:
        """Whether all cells are written alike to the digit, and not as numbers, which are as long as they are."""
        return len(self.forms) == 1 and not {WHOLE, NUMBER} & set(self.shapes)

    def fits(self, cell: str) -> bool:
        """Whether proved cells of this column look like that: the same shape, and not far longer.

        A column without any proved cell takes all that stands in one line.
        """
        kind = shape(cell)
        if not self.size:
            return kind != LINES
        if kind == WHOLE:
            low, high = self.whole_range
            return (low - 1 <= len(cell.strip()) <= high + 1) if self.shapes[WHOLE] else NUMBER in self.shapes
        if kind in self.shapes:
            return kind == BLANK or len(cell) <= 3 * self.longest + 40
        if not self.free or kind in (BLANK, LINES, NUMBER):
            return False
        return (kind in (WORD, TEXT) or kind.startswith("code")) and len(cell) <= 3 * self.longest + 40

    def matches(self, cell: str) -> bool:
        """Like :meth:`fits`, to the digit where the cells of the column have few forms."""
        return self.fits(cell) and (len(self.forms) > _FORMS or form_of(cell) in self.forms)

    def contradicts(self, cell: str) -> bool:
        """Whether this is a typed column, and the cell of a kind that next to none of its cells is."""
        kind = shape(cell)
        rare = kind in _FREE and self.shapes[kind] <= _FREE_SHARE * self.filled
        return self.typed and (rare or not self.fits(cell))

    def typed_but(self, cell: str) -> bool:
        """Whether no cell but this one is free text, and this one is."""
        free = sum(self.shapes[kind] for kind in _FREE)
        return shape(cell) in _FREE and free <= 1 and self.filled > 1

    def knows(self, cell: str) -> bool:
        """Whether this very value has been seen."""
        return cell in self.values


class Profile:
    """The columns of a table, from records beyond doubt; ``quoted`` is the share of quoted cells of each."""

    def __init__(self, rows: Sequence[Sequence[str]], width: int, quoted: Sequence[float] = ()) -> None:
        self.width = width
        self.rows = len(rows)
        self.columns = tuple(Column(row[index] for row in rows) for index in range(width))
        self.quoted = tuple(quoted) or (0.0,) * width
        self.typed = sum(1 for column in self.columns if column.typed)

    @property
    def telling(self) -> bool:
        """Whether the only typed column is one that text does not imitate: addresses, dates, codes."""
        typed = [column for column in self.columns if column.typed]
        return len(typed) == 1 and typed[0].never_blank and not {WHOLE, NUMBER} & set(typed[0].shapes)

    @property
    def quotes(self) -> bool:
        """Whether anything is quoted at all."""
        return any(self.quoted)

    def fits(self, cells: Sequence[str]) -> bool:
        """Whether each cell could stand in its column."""
        return len(cells) == self.width and all(
            column.fits(cell) for column, cell in zip(self.columns, cells, strict=True)
        )

    def placed(self, cells: Sequence[str]) -> int:
        """How many typed columns have a cell that fits."""
        pairs = zip(self.columns, cells, strict=True)
        return sum(1 for column, cell in pairs if column.typed and cell.strip() and column.fits(cell))

    def misfits(self, cells: Sequence[str]) -> int:
        """How many typed columns a record contradicts with a cell that is no blank."""
        pairs = zip(self.columns, cells, strict=False)
        return sum(1 for column, cell in pairs if cell.strip() and column.contradicts(cell))
