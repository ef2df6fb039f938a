"""A broken record with a cell of many lines, a letter for example: where it ends, so that it is one and not many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from clm_audit.intake.dialect import SEPARATORS
from clm_audit.intake.limits import MAX_CELL

if TYPE_CHECKING:
    from clm_audit.intake.mend import Mender

UNUSUAL = ("^", "~", "\x1f", "\x01")
_WIDE = 8  # lines with as many separators as a record that may stand in such a text
_LINE = re.compile(r"[^\r\n]*(?:\r{0,2}\n|\r|\Z)")


def end_of_text(mender: Mender, start: int, lines: Sequence[str]) -> int:
    """The byte at which a good record follows the text that begins at ``start`` with these lines; ``start`` itself when
    no quote is opened, the lines hold separators as records do, or no good record follows."""
    mark, most = mender.dialect.separator, mender.readings.width // 2
    opened = lines[0].count(mender.readings.quote) % 2 == 1
    if not opened or not most or any(line.count(mark) >= most for line in lines[1:]):
        return start
    for other in (*SEPARATORS, *UNUSUAL):  # records of another table are no text
        if 2 * sum(line.count(other) >= most for line in lines[1:]) > len(lines):
            return start
    raw = mender.read(start, start + 2 * MAX_CELL)
    text, wide = raw[: max(raw.rfind(b"\n"), raw.rfind(b"\r")) + 1].decode(), 0
    for match in _LINE.finditer(text):
        if not match.start() or match.group().count(mark) < most:
            continue
        if mender.anchor(text, match.start(), start + len(raw) >= mender.size, within=True) > 0:
            return start + len(text[: match.start()].encode())
        wide += 1
        if wide > _WIDE:
            break
    return start
