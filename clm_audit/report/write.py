"""Reports reach the disk whole or not at all, and never on top of something else."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from clm_audit.exits import UsageError
from clm_audit.report.rejects import HEADER

_SNIFF = 4096
_NEW_NAME = "name another file, or move this one away"
_REMNANT = re.compile(r"\..+\.[0-9a-f]{12}\.part")
REJECTS = "a list of rejects"
CONFIG = "a configuration"
_OTHER = "something else"
# Our own marks, not the first characters of a format: `{` and `#` begin package.json and a shell script, too.
_MARKS = {
    "HTML": re.compile(rb'<!doctype html>.*?<meta name="generator" content="clm-audit ', re.DOTALL | re.IGNORECASE),
    "JSON": re.compile(rb'\{\s*"schema_version":\s*"[^"]*",\s*"tool":\s*\{\s*"name":\s*"clm-audit"'),
    "Markdown": re.compile(rb"<!-- clm-audit report -->"),
    "JUnit": re.compile(rb'<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="clm-audit"'),
    "a step summary": re.compile(rb"<!-- clm-audit step summary -->"),
    CONFIG: re.compile(rb"# clm-audit configuration"),
    REJECTS: re.compile(re.escape(",".join(HEADER).encode()) + rb"\r?\n"),
}
# The last bytes of formats that are not text: no program that saves such a file anew keeps them, so that what
# somebody has worked on since is not taken for ours.
TAILS = {
    "PDF": b"\n% clm-audit PDF report\n",
    "XLSX": b"clm-audit XLSX report",
    "PPTX": b"clm-audit PPTX report",
}


class Target(NamedTuple):
    """What is to be written, and where."""

    path: Path
    data: bytes


def write_text(path: Path, text: str, inputs: Iterable[Path] = (), *, force: bool = False) -> None:
    """Write ``text`` as UTF-8 to ``path``, as :func:`write_all` writes bytes."""
    write_all([Target(path, text.encode("utf-8"))], inputs, force=force)


def write_all(targets: Sequence[Target], inputs: Iterable[Path] = (), *, force: bool = False) -> None:
    """Write every target: all under temporary names in their folders, flushed to the disk, and only then renamed.

    ``inputs`` are the files the audit read; ``force`` replaces a regular file whatever it holds. Raises
    :class:`UsageError` when a path is a link, a folder or a device, is one of the inputs, holds anything but an
    earlier output of this program of the same kind, or cannot be written. What stood there before is then
    untouched, and of the other targets, too, unless a rename fails.
    """
    for path, data in targets:
        check_target(path, kind_of(data[:_SNIFF], data[-_SNIFF:]), inputs, force=force)
    with contextlib.ExitStack() as temporaries:
        ready = [(_stored(path, data, temporaries), path) for path, data in targets]
        for temporary, path in ready:
            with _said_of(path):
                temporary.replace(path)
        temporaries.pop_all()  # all have their names: nothing is left to be removed


def append(target: Target) -> None:
    """Add to a file that another program reads, as CI does the summary of a step: all of it or nothing.

    Raises as :func:`write_all`.
    """
    with _said_of(target.path), target.path.open("ab", buffering=0) as out:
        end = out.tell()
        try:
            written = out.write(target.data)
            while written < len(target.data):
                written += out.write(target.data[written:])
        except OSError:
            out.truncate(end)
            raise


def is_remnant(name: str) -> bool:
    """Whether a file has the name of one that a run was writing when it was killed: nobody's, and in nobody's way.

    >>> is_remnant(".report.html.0123456789ab.part"), is_remnant("report.part")
    (True, False)
    """
    return _REMNANT.fullmatch(name) is not None


def check_target(path: Path, kind: str, inputs: Iterable[Path] = (), *, force: bool = False) -> None:
    """Raise what :func:`write_all` would raise for an output of this ``kind``, before there is one."""
    with _said_of(path):
        _refuse(path, kind, inputs, force=force)
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise UsageError("cannot write: no permission in this folder", where=str(path), hint="name another folder")


def kind_of(head: bytes, tail: bytes = b"") -> str:
    """Which output of this program a file is, by the marks near its start and at its end.

    >>> kind_of(b"<!-- clm-audit report -->"), kind_of(b"# Notes"), kind_of(b"%PDF-1.7", TAILS["PDF"])
    ('Markdown', 'something else', 'PDF')
    """
    for kind, mark in TAILS.items():
        if tail.endswith(mark) and head.startswith((b"%PDF-", b"PK\x03\x04")):
            return kind
    return next((kind for kind, mark in _MARKS.items() if mark.match(head)), _OTHER)


@contextlib.contextmanager
def _said_of(path: Path) -> Iterator[None]:
    """What the system refuses, said as a problem of the file that was named."""
    try:
        yield
    except OSError as error:
        hint = "create the folder first" if isinstance(error, FileNotFoundError) else ""
        raise UsageError(f"cannot write: {error.strerror or error}", where=str(path), hint=hint) from error


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
        file.seek(max(0, file.seek(0, os.SEEK_END) - _SNIFF))
        old = kind_of(head, file.read())
    if head and not force and (old != kind or old == _OTHER):
        what = "was not written by clm-audit" if old == _OTHER else f"is {old}, not {kind}"
        raise UsageError(f"exists and {what}", where=str(path), hint=_NEW_NAME)


def _stored(path: Path, data: bytes, temporaries: contextlib.ExitStack) -> Path:
    """``data`` on the disk under a new name beside ``path``, which is gone again when ``temporaries`` are closed."""
    with _said_of(path):
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o666)
        temporaries.callback(temporary.unlink, missing_ok=True)
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        return temporary
