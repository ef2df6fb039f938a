"""A broken record with a cell of many lines, a letter for example: where it ends, so that it is one and not many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from clm_audit.intake.limits import MAX_CELL

if TYPE_CHECKING:
    from clm_audit.intake.mend import Mender

_WIDE = 8  # lines with as many separators as a record that may stand in such a text
_LINE = re.compile(r"[^\r\n]*(?:\r{0,2}\n|\r|\Z)")


def end_of_text(mender: Mender, start: int, lines: Sequence[str]) -> int:
    """The byte at which a good record follows the text that begins at ``start`` with these lines; ``start`` itself when
    the lines are no text, because they hold separators as records do, or none follows."""
    mark, most = mender.dialect.separator, mender.readings.width // 2
    if not most or any(line.count(mark) >= most for line in lines[1:]):
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
