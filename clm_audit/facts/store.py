"""The run folder: private, on disk, gone when the run ends, however it ends."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_NAME = re.compile(r"^clm-audit-(\d+)-")


@contextmanager
def run_folder() -> Iterator[Path]:
    """A new folder that only this user can read (0700), removed when the block ends.

    Folders of this user whose process was killed are removed at the start.
    """
    base = Path(tempfile.gettempdir())
    _remove_orphans(base)
    folder = Path(tempfile.mkdtemp(prefix=f"clm-audit-{os.getpid()}-", dir=base))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_orphans(base: Path) -> None:
    for entry in base.glob("clm-audit-*-*"):
        match = _NAME.match(entry.name)
        with suppress(OSError):
            if match and not entry.is_symlink() and _is_orphan(entry, int(match.group(1))):
                shutil.rmtree(entry, ignore_errors=True)


def _is_orphan(folder: Path, process: int) -> bool:
    if not hasattr(os, "getuid") or folder.stat().st_uid != os.getuid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
