"""Which paths are read, for which side, and by which mapping."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import get_args

from clm_audit.config.engine_sources import KEYS, check_engine, check_fields, of_engine
from clm_audit.config.file import ConfigFile, SourceFile
from clm_audit.config.plan import EngineSource, Side, Source
from clm_audit.config.preset import FactName
from clm_audit.config.strict_yaml import Loc, dotted
from clm_audit.config.validate import Where
from clm_audit.config.vocabulary import FACTS, did_you_mean
from clm_audit.exits import Problem

NOW: tuple[str, ...] = get_args(FactName)
_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:/")


def from_command_line(paths: Sequence[Path | str], cwd: Path) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    """Paths as given: two folders are *before* and *after*, anything else is split by date."""
    full = [cwd / path for path in paths]
    unreadable = (_unreadable(path, str(given), "", str(given)) for given, path in zip(paths, full, strict=True))
    problems = [problem for problem in unreadable if problem]
    problems += _given_twice(full, lambda index: str(paths[index]))
    two_folders = len(full) == 2 and all(path.is_dir() for path in full)
    sides: Sequence[Side] = ("before", "after") if two_folders else ["both"] * len(full)
    return tuple(Source(path=path, side=side) for path, side in zip(full, sides, strict=True)), tuple(problems)


def from_file(
    file: ConfigFile, root: Path, where: Where, systems: Sequence[str], *, replaced: bool
) -> tuple[tuple[Source, ...], tuple[EngineSource, ...], tuple[Problem, ...]]:
    """The `sources` of the configuration: paths, and tables of engines; relative paths are relative to its folder.

    ``systems`` are the names that `system` may give. ``replaced``: paths of the command line stand in for them, so
    whether they are there is not asked.
    """
    problems: list[Problem] = []
    sources: list[Source] = []
    engines: list[EngineSource] = []
    places: list[str] = []
    columns = (*file.segment_by, *([file.control.segment] if file.control else []))
    for index, entry in enumerate(file.sources):
        loc: Loc = ("sources", index)
        wrong = tuple(check_entry(entry, loc, columns, systems, where))
        problems += wrong
        if entry.engine is not None and not wrong:
            engines.append(of_engine(entry, root))
        if entry.path is None or entry.engine is not None:
            continue
        path, at = root / entry.path, where((*loc, "path"), False)
        unreadable = None if replaced else _unreadable(path, entry.path, f"{dotted((*loc, 'path'))}: ", at)
        if unreadable:
            problems.append(unreadable)
        sources.append(Source(path=path, system=entry.system, side=entry.side, map=_flat(entry.map), dates=entry.dates))
        places.append(where(loc, False))
    problems += _given_twice([source.path for source in sources], lambda index: places[index])
    return tuple(sources), tuple(engines), tuple(problems)


def _flat(mapping: Mapping[str, str | dict[str, str]] | None) -> Mapping[str, str] | None:
    if mapping is None:
        return None
    return {field: header for field, header in mapping.items() if isinstance(header, str)}


def check_entry(
    entry: SourceFile, loc: Loc, segment_by: Sequence[str], systems: Sequence[str], where: Where
) -> Iterator[Problem]:
    """One entry of `sources`, all but whether the path is there."""
    if entry.engine is not None:
        yield from check_engine(entry, loc, segment_by, where)
    else:
        for key in (key for key in KEYS if getattr(entry, key) is not None):
            at = (*loc, key)
            yield Problem(f"{dotted(at)}: is a key of an engine", where(at, True), "add engine: duckdb, spark or ibis")
        if entry.path is None:
            yield Problem(f"{dotted((*loc, 'path'))}: is missing", where(loc, False), "a file or a folder")
    if entry.system is not None and entry.system not in systems:
        at = (*loc, "system")
        hint = did_you_mean(entry.system, systems) or f"known: {', '.join(systems)}; presets: FOLDER adds your own"
        yield Problem(f"{dotted(at)}: there is no system of this name", where(at, False), hint)
    if entry.map is not None and entry.engine is None:
        yield from _check_map(entry.map, (*loc, "map"), segment_by, where)


def _check_map(
    mapping: Mapping[str, str | dict[str, str]], loc: Loc, segment_by: Sequence[str], where: Where
) -> Iterator[Problem]:
    fact = mapping.get("fact")
    nested = [name for name, value in mapping.items() if isinstance(value, dict)]
    if nested:
        at = (*loc, nested[0])
        yield Problem(f"{dotted(at)}: must be text", where(at, False), "only a map of an engine goes by fact")
        return
    if not isinstance(fact, str):
        yield Problem(f"{dotted((*loc, 'fact'))}: is missing", where(loc, False), f"one of {', '.join(NOW)}")
        return
    at = (*loc, "fact")
    if fact not in FACTS:
        hint = did_you_mean(fact, tuple(FACTS)) or f"one of {', '.join(NOW)}"
        yield Problem(f"{dotted(at)}: there is no fact {fact}", where(at, False), hint)
        return
    fields = {name: str(header) for name, header in mapping.items() if name != "fact"}
    yield from check_fields(fact, fields, loc, segment_by, where)


def _unreadable(path: Path, given: str, prefix: str, where: str) -> Problem | None:
    if not given:
        return Problem(f"{prefix}a path is empty", where, "name a file or a folder; . is the folder you are in")
    if path.is_file() or path.is_dir():
        return None
    if _ADDRESS.match(given):
        return Problem(f"{prefix}must be a path on this machine, not an address", where, "download the export first")
    if path.exists():
        return Problem(f"{prefix}is neither a file nor a folder", where)
    siblings = tuple(entry.name for entry in path.parent.iterdir()) if path.parent.is_dir() else ()
    return Problem(f"{prefix}there is no such file or folder", where, did_you_mean(path.name, siblings))


def _given_twice(paths: Sequence[Path], where: Callable[[int], str]) -> Iterator[Problem]:
    seen: set[Path] = set()
    for index, path in enumerate(path.resolve() for path in paths):
        if path in seen:
            yield Problem("the same path is given twice", where(index), "its rows would count twice; name it once")
        seen.add(path)
