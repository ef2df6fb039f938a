"""The run folder: private, on disk, gone when the run ends, however it ends."""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import polars as pl

from clm_audit.exits import UsageError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FAULTY = frozenset({errno.EIO, errno.EROFS, errno.ENODEV, errno.ENXIO, errno.ESTALE})
_FAILS = "check the disk, or use another one"
_ELSEWHERE = "set TMPDIR to a folder that can be written"
_NUMBER = re.compile(r"\(os error (\d+)\)")
_NAME = re.compile(r"^clm-audit-(\d+)-")


@contextmanager
def run_folder() -> Iterator[Path]:
    """A new folder that only this user can read (0700), removed when the block ends.

    Folders of this user whose process was killed are removed at the start. Raises :class:`UsageError` when there is no
    place for it, the disk is full, or it fails.
    """
    base = _base()
    _remove_orphans(base)
    folder = Path(tempfile.mkdtemp(prefix=f"clm-audit-{os.getpid()}-", dir=base))
    try:
        with enough_disk(base, "free some space, or set TMPDIR to a folder that has more: about 50 bytes a row"):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _base() -> Path:
    """The folder for temporary files; one that was asked for is not replaced by another one."""
    asked = os.environ.get("TMPDIR")
    if asked and not os.access(asked, os.W_OK | os.X_OK):
        raise UsageError("no folder that can be written", where=f"TMPDIR={asked}", hint=_ELSEWHERE)
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError as error:
        raise UsageError("no folder for temporary files can be written", hint=_ELSEWHERE) from error


@contextmanager
def enough_disk(folder: Path, hint: str) -> Iterator[None]:
    """Say :class:`UsageError` where the disk below a folder is full or fails, whoever noticed it.

    The frames' library tells of it as of a damaged file, with the number of the system's error in its text.
    """
    try:
        yield
    except (pl.exceptions.PolarsError, OSError) as error:
        named = error.filename if isinstance(error, OSError) else None
        elsewhere = named is not None and not Path(os.fsdecode(named)).is_relative_to(folder)
        number = _number(error)
        if elsewhere or number not in _FULL | _FAULTY:
            raise
        if number in _FULL:
            raise UsageError("the disk is full", where=str(folder), hint=hint) from error
        raise UsageError(f"the disk fails: {os.strerror(number).lower()}", where=str(folder), hint=_FAILS) from error


def _number(error: Exception) -> int | None:
    """The number of the system's error, if there is one."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    match = _NUMBER.search(str(error))
    return int(match.group(1)) if match else None


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
