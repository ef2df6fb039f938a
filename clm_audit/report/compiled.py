"""Templates compiled once and kept beside their sources: to compile those of a page takes as long as to fill it often.

What is kept is taken only for the very source and the very settings that it was made from.
"""

from __future__ import annotations

import marshal
from importlib.util import MAGIC_NUMBER
from pathlib import Path

from jinja2.bccache import Bucket, BytecodeCache

from clm_audit.config.beside import keep, kept


class Compiled(BytecodeCache):
    """The compiled templates of a folder. ``made_with``: all that shapes the code beside the template's text."""

    def __init__(self, folder: Path, made_with: str) -> None:
        self._folder = folder
        self._made_with = made_with

    def get_source_checksum(self, source: str) -> str:
        """Everything that the code is made from."""
        return "\0".join((MAGIC_NUMBER.hex(), str(self._folder), self._made_with, source))

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the bucket its code, where code of the same source is kept."""
        content = kept(self._folder / f"template_{bucket.key}", bucket.checksum)
        if content is not None:
            bucket.code = marshal.loads(content)  # noqa: S302 - as it was written, says its sum

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code."""
        keep(self._folder / f"template_{bucket.key}", bucket.checksum, marshal.dumps(bucket.code))
