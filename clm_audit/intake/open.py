"""Which files are read: regular local files below the given paths, in a fixed order, no link followed outside."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.exits import DataError, UsageError

DATA_SUFFIXES = frozenset(
    (
        *(".csv", ".tsv", ".tab", ".psv", ".jsonl", ".ndjson", ".gz", ".zip"),
        *(".xlsx", ".xlsm", ".xls", ".parquet", ".pq"),
    )
)
_OTHER_SUFFIXES = frozenset(
    (
        *(".md", ".rst", ".py", ".ipynb", ".sql", ".yaml", ".yml", ".toml", ".lock", ".log", ".js", ".css", ".sh"),
        *(".html", ".htm", ".pdf", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".doc", ".docx", ".ppt", ".pptx"),
    )
)
_HOUSEKEEPING = ("readme", "license", "clm-audit.y", "thumbs.db", "desktop.ini")
_FOLDED = 5  # names in the one line about housekeeping
EMPTY = "a folder that holds no files"
_HIDDEN = "a hidden file; it is not read"
_LOCK = "left by a program that has the workbook open; it is not read"
_NO_TABLE = "no table, by its name; it is not read"
_HOUSE = "no data, by the name"
_QUIET = frozenset({_HIDDEN, _LOCK, _NO_TABLE, _HOUSE})
Reasons = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Found:
    """A file to read. ``name`` is how messages and reports call it; ``named``: its source names this very file;
    ``sheet``: it is one of several sheets of a workbook."""

    path: Path
    source: Source
    name: str
    named: bool
    sheet: bool = False

    @property
    def promised(self) -> bool:
        """Whether somebody says that this is data: by naming it, or by its suffix."""
        return self.named or self.sheet or Path(self.name).suffix.lower() in DATA_SUFFIXES


def find_files(plan: AuditPlan) -> tuple[tuple[Found, ...], Reasons, Reasons]:
    """The files of all sources, those that cannot be read and those that nobody would read, with the reason.

    A file below several sources belongs to the most specific one. Raises :class:`UsageError` for a
    path that is not there, :class:`DataError` for one that is no regular file or folder.
    """
    claimed: dict[Path, tuple[int, Found]] = {}
    skipped: dict[str, str] = {}
    passed: dict[str, str] = {}
    for order, source in enumerate(plan.sources):
        top = plan.root / source.path
        for path, reason in _below(top, str(source.path)):
            name = display(path, plan.root)
            if reason:
                (passed if reason in _QUIET else skipped)[name] = reason
                continue
            real = path.resolve()
            depth = len(top.resolve().parts)
            if real not in claimed or depth > len((plan.root / claimed[real][1].source.path).resolve().parts):
                claimed[real] = (order, Found(path, source, name, path == top))
    files = sorted(claimed.values(), key=lambda item: (item[0], item[1].name))
    read = {found.name for _, found in files}  # a passed one may be named by another source
    left = {name: reason for name, reason in sorted(passed.items()) if name not in read}
    return tuple(found for _, found in files), tuple(sorted(skipped.items())), _folded(left)


def _folded(passed: Mapping[str, str]) -> Reasons:
    """What nobody would read, housekeeping in one line."""
    house = [name for name, reason in passed.items() if reason == _HOUSE]
    if not house:
        return tuple(passed.items())
    more = f" and {len(house) - _FOLDED} more" if len(house) > _FOLDED else ""
    line = (", ".join(house[:_FOLDED]) + more, _HOUSE)
    return (*((name, reason) for name, reason in passed.items() if reason != _HOUSE), line)


def display(path: Path, root: Path) -> str:
    r"""The path relative to the plan's root when below it, with forward slashes.

    Bytes of a name that are not UTF-8 are shown as ``\xff``; nothing could write them otherwise.
    """
    try:
        name = path.relative_to(root).as_posix()
    except ValueError:
        name = path.as_posix()
    return name if is_text(name) else os.fsencode(name).decode("utf-8", "backslashreplace")


def is_text(name: str) -> bool:
    """Whether a name is made of whole characters."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _below(top: Path, given: str) -> Iterator[tuple[Path, str]]:
    """(path, why it is not read or "") for a file or every file of a folder."""
    try:
        mode = top.stat().st_mode
    except OSError as error:
        hint = "addresses are not read: download the export first" if ":/" in given else "check the path"
        raise UsageError("there is no such file or folder", where=given, hint=hint) from error
    if stat.S_ISREG(mode):
        yield top, ""
        return
    if not stat.S_ISDIR(mode):
        raise DataError("neither a file nor a folder", where=given, hint="give a file or a folder of exports")
    home = top.resolve()
    empty = True
    for folder, subfolders, files in os.walk(top, onerror=_unreadable):
        empty = empty and not files
        yield from ((Path(folder) / name, _HOUSE) for name in subfolders if name.startswith("."))
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for path in (Path(folder) / name for name in subfolders):
            if path.is_symlink():
                yield path, "a link to a folder; it is not followed"
        yield from _of_folder(Path(folder), home, sorted(files))
    if empty:
        yield top, EMPTY


def _of_folder(folder: Path, home: Path, files: Sequence[str]) -> Iterator[tuple[Path, str]]:
    for name in files:
        path = folder / name
        reason = _passed_over(name)
        if reason:
            yield path, reason
        elif path.is_symlink() and not _leads_into(path, home):
            yield path, "a link that leads out of the folder; it is not followed"
        elif not path.is_file():
            yield path, "not a regular file"
        else:
            yield path, ""


def passed_over(parts: Sequence[str]) -> str:
    """Why nobody would read a member of an archive that stands in these folders; empty for the others.

    >>> passed_over(("__MACOSX", "._orders.csv")), passed_over(("2024", "orders.csv"))
    ('no data, by the name', '')
    """
    folders, name = parts[:-1], parts[-1]
    return _HOUSE if any(one.startswith(".") or one == "__MACOSX" for one in folders) else _passed_over(name)


def _leads_into(link: Path, home: Path) -> bool:
    """Whether a link ends below a folder; one that leads in a circle ends nowhere."""
    try:
        return link.resolve().is_relative_to(home)
    except (OSError, RuntimeError):  # a circle is the one or the other, by the version of Python
        return False


def _passed_over(name: str) -> str:
    """Why nobody would read a file of this name; empty for the others."""
    suffix = Path(name).suffix.lower()
    if name.startswith("~$"):
        return _LOCK
    if suffix == ".py" or name.lower().startswith(_HOUSEKEEPING):
        return _HOUSE
    if name.startswith("."):
        return _HIDDEN if suffix in DATA_SUFFIXES else _HOUSE
    return _NO_TABLE if suffix in _OTHER_SUFFIXES else ""


def _unreadable(error: OSError) -> None:
    raise UsageError("this folder cannot be read", where=str(error.filename), hint="check its permissions") from error
