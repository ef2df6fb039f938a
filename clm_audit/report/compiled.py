"""Templates compiled once and kept beside their sources, as Python keeps its own modules.

To compile the templates of a page takes as long as to fill it ten times. What is kept is taken only for the very
source and the very settings that it was made from; where nothing can be written, templates are compiled anew.
"""

from __future__ import annotations

import hashlib
import importlib.util
import marshal
import os
import sys
from contextlib import suppress
from pathlib import Path
from types import CodeType

from jinja2.bccache import Bucket, BytecodeCache

_SUM = hashlib.sha256().digest_size


class Compiled(BytecodeCache):
    """The compiled templates of a folder. ``made_with``: all that shapes the code beside the template's text."""

    def __init__(self, folder: Path, made_with: str) -> None:
        self._folder = folder
        self._made_with = made_with

    def get_source_checksum(self, source: str) -> str:
        """The SHA-256 of everything that the code is made from."""
        made_from = "\0".join((str(self._folder), self._made_with, source))
        return hashlib.sha256(made_from.encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the bucket its code, where code of the same sum is kept."""
        with suppress(OSError, EOFError, ValueError, TypeError):
            kept = self._place(bucket.key).read_bytes()
            code = marshal.loads(kept[_SUM:]) if kept[:_SUM].hex() == bucket.checksum else None  # noqa: S302 - our own
            bucket.code = code if isinstance(code, CodeType) else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code, whole or not at all; nowhere when Python is told to keep none."""
        if sys.dont_write_bytecode or bucket.code is None:
            return
        place = self._place(bucket.key)
        part = place.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                part.write_bytes(bytes.fromhex(bucket.checksum) + marshal.dumps(bucket.code))
                part.replace(place)
            finally:
                part.unlink(missing_ok=True)

    def _place(self, key: str) -> Path:
        """Where Python would keep a module of that name: beside it, or below the user's own prefix."""
        return Path(importlib.util.cache_from_source(str(self._folder / f"template_{key}.py")))
