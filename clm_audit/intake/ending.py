"""Whether the last record of a file may have been cut off within its last cell: it keeps every rule, and yet."""

from __future__ import annotations

import re
from collections import Counter

from clm_audit.intake.mend import Mender
from clm_audit.intake.shapes import BLANK, WHOLE, Column, form_of

_ENOUGH = 20  # cells from which a column says how its cells are written
_FIRST = re.compile("9+")
_ID = 4  # digits of a whole number that may be an id
_MAIN = 0.6  # share of the cells of a column with the form that the last one is the beginning of


def cut_off(mender: Mender, last: int) -> bool:
    """Whether the record at byte ``last`` ends the file without a line end, and its last cell is the beginning of what
    the others of its column are: `2024-07-1` below days of two digits, a blank where there is none, half a known word.
    """
    raw = mender.read(last, mender.size).decode("utf-8", "replace")
    if raw.endswith(("\n", "\r")) or mender.dialect.wrapped:
        return False
    record = mender.strict.record(raw)
    profile = mender.readings.profile
    if record is None or len(record.cells) != profile.width or record.quoted[-1]:
        return False
    return _begun(record.cells[-1].strip(), profile.columns[-1])


def _begun(cell: str, column: Column) -> bool:
    """Whether a cell, the last of its column, is the beginning of what the others are."""
    if column.filled < _ENOUGH:
        return False
    if not cell:  # where other rows leave it blank, too, it is as whole as they are
        return column.shapes[BLANK] <= 1
    if column.forms[form_of(cell)] > 1:
        return _half_a_word(cell, column)
    if column.shapes[WHOLE] == column.filled:  # shorter numbers are as good as long ones, shorter ids are not
        main, count = column.forms.most_common(1)[0]
        return count >= column.filled - 1 and len(main) >= _ID and len(cell) < len(main)
    forms: Counter[str] = Counter()
    for one, times in column.forms.items():
        forms[_outline(one)] += times
    main, count = forms.most_common(1)[0]
    own = _outline(form_of(cell))
    return column.typed and count >= _MAIN * column.filled and forms[own] <= 1 and main != own and main.startswith(own)


def _outline(form: str) -> str:
    """A form without the length of its first number, which is of no meaning in `5.00` and `125.00`."""
    return _FIRST.sub("#", form, count=1)


def _half_a_word(cell: str, column: Column) -> bool:
    """Whether a column of few values holds this one here only, and a known one begins like it."""
    few = len(column.values) * _ENOUGH <= 4 * column.filled
    return few and column.values[cell] <= 1 and any(value != cell and value.startswith(cell) for value in column.values)
