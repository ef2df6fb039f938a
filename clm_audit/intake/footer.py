"""Which broken records at the end of a file are no data at all: totals, copyright lines, remarks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from clm_audit.intake.detour import Fault
from clm_audit.intake.dialect import SEPARATORS, Dialect
from clm_audit.intake.mend import Mender
from clm_audit.intake.shapes import NUMBER, TEXT, WHOLE, WORD, shape
from clm_audit.intake.strict import StrictReader

MOST = 20  # lines of a footer
MOST_PAGES = 10_000
_PAGES = 3  # headers below the same title that make it that of pages
_SUMS = (WHOLE, NUMBER)
_SHORT = 3  # cells from which a record with a closing word may be one that lost a cell
_SHORT_CELL = 1 << 12  # bytes before a line in which the cell above it begins
TOTAL_WORDS = (
    r"\W*(?:(?:grand|sub|report|overall)[ -]?)?"
    r"(?:totals?\b|sum\b|summe\b|gesamt|insgesamt|somme\b|totale|totaal|suma\b|average\b|count\b)"
)
CLOSING = re.compile(
    TOTAL_WORDS + r"|\W*(?:end of|copyright|©|\(c\)|confidential|generated|created|exported|downloaded|printed|source\b"
    r"|note\b|filters?\b|report\b|page\b|rows?\b|records?\b|\d+ (?:rows|records|lines|entries))",
    re.IGNORECASE,
)


def footers(mender: Mender, tail: Sequence[Fault], *, known: bool = False) -> frozenset[int]:
    """Bytes of the faults, all behind the last row, that are lines of a footer.

    A footer is one cell of text (or a total with its label) that could not stand in the first column, or that
    says what it is; where the system's own footer lines were seen (``known``), any line of one cell is one more: the
    title of the report, the name of the company. A record that is cut off is none, unless it stands below such lines.
    """
    found: list[int] = []
    for fault in tail:
        if fault.repaired or len(tail) > MOST or not _is_footer(mender, fault, known=known, below=bool(found)):
            return frozenset()
        found.append(fault.start)
    return frozenset(found)


def _summing(filled: Sequence[str]) -> bool:
    """Whether most of what follows a label are numbers."""
    numbers = sum(1 for cell in filled[1:] if shape(cell) in _SUMS)
    return 2 * numbers >= len(filled) - 1


def _otherwise_quoted(mender: Mender, text: str) -> bool:
    """Whether a line is as wide as the table by quotes of another kind than its rows have, and has a number in them."""
    for quote in {'"', "'"} - {mender.dialect.quote}:
        read = StrictReader(Dialect(mender.dialect.separator, quote)).record(text)
        if read is not None and len(read.cells) == mender.readings.width:
            return any(held and shape(one) in _SUMS for one, held in zip(read.cells, read.quoted, strict=True))
    return False


def _begun_like_rows(mender: Mender, filled: Sequence[str]) -> bool:
    """Whether a line with a closing word may be what is left of a row: its first column holds text, and other rows
    begin with such words, too, or the cells that follow are no numbers."""
    profile = mender.readings.profile
    column = profile.columns[0]
    if not profile.rows:  # the only row, perhaps
        return not all(shape(cell) in _SUMS for cell in filled[1:])
    several = len(filled) > _SHORT - 1 or (len(filled) > 1 and re.match(TOTAL_WORDS, filled[0], re.IGNORECASE))
    wordy = several and not any(shape(cell) in _SUMS for cell in filled[1:])
    return column.free and bool(wordy or any(map(CLOSING.match, column.values)))


def _rest_of_a_cell(mender: Mender, start: int, text: str) -> bool:
    """Whether a line may be what a line end cut off from the last cell before it: a known value with it, or text that
    goes on in small letters where the last column holds text."""
    last = mender.readings.profile.columns[-1]
    before = mender.read(max(0, start - _SHORT_CELL), start).decode("utf-8", "replace").rstrip("\r\n")
    cell = before[before.rfind(mender.dialect.separator) + 1 :].strip("\"'")
    return any(map(last.knows, (cell + text, f"{cell} {text}"))) or (last.free and text[:1].islower())


def _is_footer(mender: Mender, fault: Fault, *, known: bool, below: bool) -> bool:
    text = mender.line(fault.start)
    cells = [cell.strip().strip("\"'") for cell in text.split(mender.dialect.separator)]
    filled = [cell for cell in cells if cell]
    if not filled or not any(char.isalpha() for char in filled[0]):
        return False
    other = max(text.count(mark) for mark in SEPARATORS if mark != mender.dialect.separator)
    short = len(filled) < _SHORT or 2 * len(cells) <= mender.readings.width
    if CLOSING.match(filled[0]) and (short or _summing(filled) or _otherwise_quoted(mender, text)):
        return not _begun_like_rows(mender, filled)
    if other >= mender.readings.width - 1 > 1:  # a record with another separator
        return False
    if _rest_of_a_cell(mender, fault.start, filled[0]):
        return False
    column = mender.readings.profile.columns[0]
    if any(value.startswith(filled[0]) for value in column.values):  # the beginning of a record that was cut off
        return False
    whole = fault.code != "truncated" or (known and below)
    alone = len(filled) == 1 and whole and shape(filled[0]) in (WORD, TEXT)
    return alone and (known or (column.typed and not column.fits(filled[0])))


def page_titles(
    mender: Mender, faults: Sequence[Fault], headers: Sequence[bytes], titles: Sequence[str]
) -> frozenset[int]:
    """Bytes of the faults that are the title of a page: one cell of text right above the header once more.

    The same text, but for its numbers, must be above the first header or above several others, so that the rest of
    a broken record is none.
    """
    names = {header.decode("utf-8", "replace") for header in headers}
    found: dict[int, str] = {}
    for fault in faults[:MOST_PAGES]:
        if fault.repaired or not names:
            continue
        raw = mender.read(fault.start, fault.start + _SHORT_CELL + 2 * max(map(len, headers)))
        first, *rest = raw.decode("utf-8", "replace").splitlines() or [""]
        below = next((line for line in rest if line.strip()), "")
        if below in names and mender.dialect.separator not in first:
            found[fault.start] = _numberless(first)
    times = Counter(found.values())
    known = set(map(_numberless, titles))
    return frozenset(start for start, text in found.items() if text in known or times[text] >= _PAGES)


def _numberless(text: str) -> str:
    return re.sub(r"\d+", "0", " ".join(text.split()))
