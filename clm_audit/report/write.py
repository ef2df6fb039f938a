"""Reports reach the disk whole or not at all, and never on top of something else."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterable
from pathlib import Path

from clm_audit.exits import UsageError
from clm_audit.report.rejects import HEADER

_SNIFF = 512
_NEW_NAME = "name another file, or move this one away"


def write_text(path: Path, text: str, inputs: Iterable[Path] = ()) -> None:
    """Write ``text`` as UTF-8 to ``path``: a temporary name in the same folder, flushed, then renamed.

    ``inputs`` are the files the audit read. Raises :class:`UsageError` when ``path`` is a link, a folder or
    a device, is one of the inputs, holds another kind of file (by its first bytes), or cannot be written;
    what stood there before is then untouched.
    """
    data = text.encode("utf-8")
    try:
        _refuse(path, data, inputs)
        _replace(path, data)
    except OSError as error:
        hint = "create the folder first" if isinstance(error, FileNotFoundError) else ""
        raise UsageError(f"cannot write: {error.strerror or error}", where=str(path), hint=hint) from error


def kind_of(head: bytes) -> str:
    """What a file is, by its first bytes.

    >>> kind_of(b"<!DOCTYPE html><html>"), kind_of(b"order,date")
    ('HTML', 'something else')
    """
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    signatures = (
        ("HTML", (b"<!doctype html", b"<html")),
        ("JSON", (b"{",)),
        ("XML", (b"<?xml",)),
        ("Markdown", (b"<!-- clm-audit", b"#")),
        ("a list of rejects", (",".join(HEADER).encode(),)),
        ("a text report", (b"clm-audit",)),
    )
    return next((name for name, marks in signatures if start.startswith(marks)), "something else")


def _refuse(path: Path, data: bytes, inputs: Iterable[Path]) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(mode):
        raise UsageError("is a link; reports are never written through one", where=str(path), hint=_NEW_NAME)
    if not stat.S_ISREG(mode):
        raise UsageError("is not a regular file", where=str(path), hint="name a file")
    if any(source.exists() and path.samefile(source) for source in inputs):
        raise UsageError("is one of the files that were read", where=str(path), hint=_NEW_NAME)
    with path.open("rb") as old:
        head = old.read(_SNIFF)
    if head and (kind_of(head) != kind_of(data[:_SNIFF]) or kind_of(head) == "something else"):
        raise UsageError(
            f"exists and is {kind_of(head)}, not {kind_of(data[:_SNIFF])}", where=str(path), hint=_NEW_NAME
        )


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
