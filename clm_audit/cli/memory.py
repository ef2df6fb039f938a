"""The memory that a run may take, as people write it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from clm_audit.exits import UsageError

if TYPE_CHECKING:
    from clm_audit.facts.room import Room

_SIZE = re.compile(r"^(\d+(?:\.\d+)?)\s*([kmgt]i?b?)$", re.IGNORECASE)
_POWERS = "kmgt"
_LEAST = 400_000_000  # libraries, buffers and one part of anything


def room_of(text: str | None) -> Room | None:
    """The room that ``--memory`` asks for; None: half of what is free. Raises :class:`UsageError`.

    >>> room_of("1.5 GB"), room_of("2GiB"), room_of(None)
    (Room(memory=1500000000), Room(memory=2147483648), None)
    """
    from clm_audit.facts.room import Room

    if text is None:
        return None
    match = _SIZE.match(text.strip())
    if match is None:
        raise UsageError("not a size", where=f"option --memory {text}", hint="write it as 1.5GB or 800MB")
    number, unit = match.groups()
    base = 1024 if "i" in unit.lower() else 1000
    size = int(Decimal(number) * base ** (1 + _POWERS.index(unit[0].lower())))
    if size < _LEAST:
        raise UsageError("too little memory", where=f"option --memory {text}", hint="give at least 400MB")
    return Room(size)
