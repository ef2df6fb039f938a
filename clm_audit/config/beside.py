"""What is made from a source file and kept beside it, as Python keeps its bytecode: taken only for that very source.

Where nothing can be written, or Python is told to keep none (``PYTHONDONTWRITEBYTECODE``), it is made anew each time.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from contextlib import suppress
from pathlib import Path

_SUM = hashlib.sha256().digest_size


def kept(name: Path, made_from: str) -> bytes | None:
    """What was kept under ``name``; None unless it was made from exactly this."""
    with suppress(OSError):
        found = _place(name).read_bytes()
        if found[:_SUM] == _sum(made_from, found[_SUM:]):
            return found[_SUM:]
    return None


def keep(name: Path, made_from: str, content: bytes) -> None:
    """Keep what was made, whole or not at all."""
    if sys.dont_write_bytecode:
        return
    place = _place(name)
    part = place.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(_sum(made_from, content) + content)
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)


def _place(name: Path) -> Path:
    """Where Python would keep a module of that name: beside it, or below the user's own prefix."""
    return Path(importlib.util.cache_from_source(f"{name}.py"))


def _sum(made_from: str, content: bytes) -> bytes:
    """Of the source and of what was made from it, so that a damaged file is known as well."""
    return hashlib.sha256(hashlib.sha256(made_from.encode()).digest() + content).digest()
