"""What is listed of a delimited file: its faults with line and byte, its foreign bytes, its doubtful rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from clm_audit.intake.detour import Fault
from clm_audit.intake.doubts import Doubt
from clm_audit.intake.limits import MIB
from clm_audit.intake.locate import places_of, rows_at
from clm_audit.intake.mend import Mender
from clm_audit.intake.model import Layout, Reject
from clm_audit.intake.text import Text
from clm_audit.intake.textrows import LISTED
from clm_audit.intake.transcode import UNSURE


def spots(text: Text, mender: Mender, first: int, faults: Sequence[Fault]) -> list[Fault]:
    """Records, from byte ``first`` on, with bytes of another encoding and the like that have no other fault."""
    known = {fault.start for fault in faults}
    found: dict[int, str] = {}
    for at, code in text.spots[:LISTED]:
        before = mender.read(max(at - 2 * MIB, 0), at)
        start = at - len(before) + max(before.rfind(b"\n"), before.rfind(b"\r")) + 1
        if start >= first and start not in known:
            found.setdefault(start, code)
    return [Fault(start, code, -1, True, kept=code == UNSURE) for start, code in found.items()]


def rejects(faults: Sequence[Fault], headers: Mapping[str, str], text: Text, end: int, name: str) -> tuple[Reject, ...]:
    """Faults with line, byte and column."""
    columns = list(headers.values())
    places = places_of(text, end, np.array([fault.start for fault in faults], dtype=np.int64))
    return tuple(
        Reject(
            file=name, line=line, byte=byte, column=columns[fault.column] if fault.column >= 0 else "",
            code=fault.code, action=fault.action,
        )
        for fault, (line, byte) in zip(faults, places, strict=True)
    )  # fmt: skip


def kept(layout: Layout, height: int, name: str, doubted: Sequence[Doubt]) -> list[Reject]:
    """The rows that are kept and doubtful, each once."""
    codes: dict[int, str] = {}
    for one in doubted:
        for row in one.rows[:LISTED] if one.code else ():
            codes.setdefault(row, one.code)
    places = rows_at(layout, name, height, sorted(codes))
    return [
        Reject(file=name, line=line, byte=byte, column="", code=codes[row], action="kept")
        for row, (line, byte) in places.items()
    ]
