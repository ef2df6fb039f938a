"""Whether a record is a line of names above others: judged by what its cells and those below them look like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from clm_audit.intake.footer import TOTAL_WORDS
from clm_audit.intake.heading import numbered
from clm_audit.intake.limits import MAX_COLUMNS
from clm_audit.intake.shapes import BLANK, LINES, NUMBER, TEXT, WHOLE, WORD, shape

_WORDS = (WORD, TEXT, LINES)
_RARE = 20  # one cell among so many does not say what a column looks like
_YEARS = range(1900, 2200)
_TWINS = 4  # names among which one may come twice in a table of words
_ADDRESS_END = re.compile(r"@?[\w.-]*\.[a-z]{2,}")
_MOSTLY = 0.7  # share of a column's cells that must be no words for it to speak against words


def is_slip(cells: Sequence[str], families: Sequence[frozenset[str]]) -> bool:
    """Whether a line below a header holds codes, or the end of an address above others: a record with a slip, not a
    second line of names."""
    codes = any(shape(cell).startswith("code") and not cell.strip().startswith("(") for cell in cells)
    pairs = zip(cells, families, strict=False)
    return codes or any("mail" in family and _ADDRESS_END.fullmatch(cell.strip()) for cell, family in pairs)


def lettered(cells: Sequence[str]) -> set[str]:
    """The different names in a line."""
    return {cell for cell in cells if any(char.isalnum() for char in cell) and not cell.strip().startswith("(")}


def is_remark(cells: Sequence[str]) -> bool:
    """Whether a line under the names underlines them, or says what is in brackets below each: units, kinds."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return is_underline(cells) or (bool(filled) and all(cell[0] in "([" and cell[-1] in ")]" for cell in filled))


def is_underline(cells: Sequence[str]) -> bool:
    """Whether a line under the names does nothing but underline them, with the marks of Markdown for their sides.

    >>> is_underline(["---", ":--:", ""]), is_underline(["-", "---"])
    (True, False)
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and all(len(cell) > 1 and cell.strip(":") and not cell.strip("-=_:") for cell in filled)


def families_of(rows: Sequence[Sequence[str]]) -> list[frozenset[str]]:
    """For each column the shapes of its cells where words are the exception; none where they are not. No table has more
    columns than are looked at."""
    families = []
    for column in zip(*(row[:MAX_COLUMNS] for row in rows), strict=True):
        shapes = Counter(map(shape, column))
        shapes.pop(BLANK, None)
        total = shapes.total()
        words = sum(shapes[kind] for kind in _WORDS)
        typed = total and words <= (1 - _MOSTLY) * total
        common = {kind for kind, count in shapes.items() if count * _RARE >= total and kind not in _WORDS}
        families.append(frozenset(common if typed else ()))
    return families


def is_header(cells: Sequence[str], families: Sequence[frozenset[str]], below: Sequence[Sequence[str]]) -> bool:
    """Whether a record is a header above the others."""
    against = agree = 0
    for cell, family in zip(cells, families, strict=False):
        kind = shape(cell)
        if kind != BLANK and family:
            odd = kind in _WORDS or (kind.startswith("code") and kind not in family)
            against, agree = against + odd, agree + (kind in family or kind == "whole")
    if _years(cells) and not any(_years(row) for row in below[:3]):
        return True
    if against or agree:
        return against > agree
    filled = [cell for cell in cells if cell.strip()]
    used = [i for i in range(len(cells)) if cells[i].strip() or any(row[i].strip() for row in below)]
    if not below:
        return all(shape(cell) in _WORDS or shape(cell).startswith("code") for cell in filled)
    seen = any(cell.strip() and any(row[i] == cell for row in below) for i, cell in enumerate(cells))
    return len(filled) - len(set(filled)) <= len(filled) // _TWINS and 2 * len(filled) > len(used) and not seen


def _years(cells: Sequence[str]) -> bool:
    """Whether the names are years, or months by their number behind a word: three at least, counting up by one."""
    numbers = [cell.strip() for cell in cells[1:] if cell.strip().isdecimal()]
    if len(numbers) < 3 or len(numbers) < len(cells) - 2 or not numbered(numbers):
        return False
    return int(numbers[0]) in _YEARS or (int(numbers[0]) < 2 and not cells[0].strip().isdecimal())


def is_narrow(cells: Sequence[str], width: int) -> bool:
    """Whether a record of another width, right above the data, is a header all the same."""
    filled = [cell for cell in cells if cell.strip()]
    words = all(shape(cell) in _WORDS or shape(cell).startswith("code") for cell in filled)
    return len(filled) >= 2 and words and width / 2 <= len(cells) <= 2 * width


def in_places(cells: Sequence[str], families: Sequence[frozenset[str]]) -> bool:
    """Whether cells are in their places where columns are no words, at least one of them."""
    told = [shape(cell) in family for cell, family in zip(cells, families, strict=False) if family and cell.strip()]
    return bool(told) and all(told)


def is_total(cells: Sequence[str]) -> bool:
    """Whether a row has a label of totals first, and then nothing but blanks and numbers."""
    label, *rest = [cell for cell in cells if cell.strip()] or [""]
    numbers = all(shape(cell) in (WHOLE, NUMBER) for cell in rest)
    return numbers and len(rest) < len(cells) - 1 and re.match(TOTAL_WORDS, label, re.IGNORECASE) is not None
