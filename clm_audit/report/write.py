"""Reports reach the disk whole or not at all, and never on top of something else."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterable
from pathlib import Path

from clm_audit.exits import UsageError
from clm_audit.report.rejects import HEADER

_SNIFF = 4096
_NEW_NAME = "name another file, or move this one away"
REJECTS = "a list of rejects"
CONFIG = "a configuration"
_OTHER = "something else"
# Our own marks, not the first characters of a format: `{` and `#` begin package.json and a shell script, too.
_MARKS = {
    "HTML": re.compile(rb'<!doctype html>.*?<meta name="generator" content="clm-audit ', re.DOTALL | re.IGNORECASE),
    "JSON": re.compile(rb'\{\s*"schema_version":\s*"[^"]*",\s*"tool":\s*\{\s*"name":\s*"clm-audit"'),
    "Markdown": re.compile(rb"<!-- clm-audit report -->"),
    CONFIG: re.compile(rb"# clm-audit configuration"),
    REJECTS: re.compile(re.escape(",".join(HEADER).encode()) + rb"\r?\n"),
}


def write_text(path: Path, text: str, inputs: Iterable[Path] = (), *, force: bool = False) -> None:
    """Write ``text`` as UTF-8 to ``path``: a temporary name in the same folder, flushed, then renamed.

    ``inputs`` are the files the audit read; ``force`` replaces a regular file whatever it holds. Raises
    :class:`UsageError` when ``path`` is a link, a folder or a device, is one of the inputs, holds anything but an
    earlier output of this program of the same kind, or cannot be written; what stood there before is then untouched.
    """
    data = text.encode("utf-8")
    check_target(path, kind_of(data[:_SNIFF]), inputs, force=force)
    try:
        _replace(path, data)
    except OSError as error:
        raise _unwritable(path, error) from error


def check_target(path: Path, kind: str, inputs: Iterable[Path] = (), *, force: bool = False) -> None:
    """Raise what :func:`write_text` would raise for a text of this ``kind``, before there is one."""
    try:
        _refuse(path, kind, inputs, force=force)
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise UsageError("cannot write: no permission in this folder", where=str(path), hint="name another folder")
    except OSError as error:
        raise _unwritable(path, error) from error


def kind_of(head: bytes) -> str:
    """Which output of this program a file is, by the marks near its start.

    >>> kind_of(b"<!-- clm-audit report -->"), kind_of(b"# Notes")
    ('Markdown', 'something else')
    """
    return next((kind for kind, mark in _MARKS.items() if mark.match(head)), _OTHER)


def _unwritable(path: Path, error: OSError) -> UsageError:
    hint = "create the folder first" if isinstance(error, FileNotFoundError) else ""
    return UsageError(f"cannot write: {error.strerror or error}", where=str(path), hint=hint)


def _refuse(path: Path, kind: str, inputs: Iterable[Path], *, force: bool) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        path.parent.stat()
        return
    if stat.S_ISLNK(mode):
        raise UsageError("is a link; reports are never written through one", where=str(path), hint=_NEW_NAME)
    if not stat.S_ISREG(mode):
        raise UsageError("is not a regular file", where=str(path), hint="name a file")
    if any(source.exists() and path.samefile(source) for source in inputs):
        raise UsageError("is one of the files that were read", where=str(path), hint=_NEW_NAME)
    with path.open("rb") as file:
        head = file.read(_SNIFF)
    old = kind_of(head)
    if head and not force and (old != kind or old == _OTHER):
        what = "was not written by clm-audit" if old == _OTHER else f"is {old}, not {kind}"
        raise UsageError(f"exists and {what}", where=str(path), hint=_NEW_NAME)


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o666)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
