"""Which files are read: regular local files below the given paths, in a fixed order, no link followed outside."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.exits import DataError, UsageError

DATA_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".psv", ".gz", ".xlsx", ".xlsm", ".parquet", ".pq"})
_OTHER_SUFFIXES = frozenset(
    (
        *(".md", ".rst", ".py", ".ipynb", ".sql", ".yaml", ".yml", ".toml", ".lock", ".log", ".js", ".css", ".sh"),
        *(".html", ".htm", ".pdf", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".doc", ".docx", ".ppt", ".pptx"),
    )
)
_OTHER_NAMES = ("readme", "license", "thumbs.db", "desktop.ini", "~$")


@dataclass(frozen=True)
class Found:
    """A file to read. ``name`` is how messages and reports call it; ``named``: its source names this very file."""

    path: Path
    source: Source
    name: str
    named: bool

    @property
    def promised(self) -> bool:
        """Whether somebody says that this is data: by naming it, or by its suffix."""
        return self.named or self.path.suffix.lower() in DATA_SUFFIXES


def find_files(plan: AuditPlan) -> tuple[tuple[Found, ...], tuple[tuple[str, str], ...]]:
    """The files of all sources, and those that are not read, with the reason.

    A file below several sources belongs to the most specific one. Raises :class:`UsageError` for a
    path that is not there, :class:`DataError` for one that is no regular file or folder.
    """
    claimed: dict[Path, tuple[int, Found]] = {}
    skipped: dict[str, str] = {}
    for order, source in enumerate(plan.sources):
        top = plan.root / source.path
        for path, reason in _below(top, str(source.path)):
            name = display(path, plan.root)
            if reason:
                skipped[name] = reason
                continue
            real = path.resolve()
            depth = len(top.resolve().parts)
            if real not in claimed or depth > len((plan.root / claimed[real][1].source.path).resolve().parts):
                claimed[real] = (order, Found(path, source, name, path == top))
    files = sorted(claimed.values(), key=lambda item: (item[0], item[1].name))
    return tuple(found for _, found in files), tuple(sorted(skipped.items()))


def display(path: Path, root: Path) -> str:
    """The path relative to the plan's root when below it, with forward slashes."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()


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
    for folder, subfolders, files in os.walk(top, onerror=_unreadable):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for path in (Path(folder) / name for name in subfolders):
            if path.is_symlink():
                yield path, "a link to a folder; it is not followed"
        yield from _of_folder(Path(folder), home, sorted(files))


def _of_folder(folder: Path, home: Path, files: Sequence[str]) -> Iterator[tuple[Path, str]]:
    for name in files:
        path = folder / name
        suffix = path.suffix.lower()
        if name.startswith(".") or suffix in _OTHER_SUFFIXES or name.lower().startswith(_OTHER_NAMES):
            continue
        if path.is_symlink() and not path.resolve().is_relative_to(home):
            yield path, "a link that leads out of the folder; it is not followed"
        elif not path.is_file():
            yield path, "not a regular file"
        else:
            yield path, ""


def _unreadable(error: OSError) -> None:
    raise UsageError("this folder cannot be read", where=str(error.filename), hint="check its permissions") from error
