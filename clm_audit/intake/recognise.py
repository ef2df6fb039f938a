"""Which system and object an export is, by its headers; or the user's own mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import get_args

from clm_audit.config.plan import Source
from clm_audit.config.preset import ExportObject, FactName, Preset, Recognise, Yield
from clm_audit.config.vocabulary import FACTS
from clm_audit.exits import DataError
from clm_audit.intake.model import RawTable
from clm_audit.intake.names import Names, column_of, normal
from clm_audit.intake.shapes import TEXT, WORD, shape

CUSTOM = "custom"
_LIKE, _LEAST_LIKE = 0.8, 4  # how alike a misspelt header is, and the letters that it has at least
_NAMED, _LONGEST_NAME = 12, 60  # headers of an unknown file that are named, and how long such a name is
_NEAR = 0.75  # share of the required headers from which another object is worth a word


@dataclass(frozen=True)
class Candidate:
    """An export object that a file could be. ``score``: its columns found, then its required entries."""

    system: str
    name: str
    export: ExportObject
    nulls: tuple[str, ...]
    score: tuple[int, int] = (0, 0)

    def __str__(self) -> str:
        return f"{self.system}.{self.name}"


def objects_for(source: Source, presets: Mapping[str, Preset]) -> tuple[Candidate, ...]:
    """The objects that files of a source may be: its own map, its system's, or all systems'."""
    if source.map is not None:
        return (_custom(source.map),)
    chosen = [presets[source.system]] if source.system is not None else list(presets.values())
    return tuple(
        Candidate(preset.system, name, export, tuple(dict.fromkeys((*preset.nulls, *export.nulls))))
        for preset in chosen
        for name, export in preset.objects.items()
    )


def aliases_of(export: ExportObject) -> set[str]:
    """Every header that an export object speaks of."""
    names = set(export.segments) | set(export.totals) | set(export.recognise.nonblank)
    for entry in export.recognise.required:
        names.update((entry,) if isinstance(entry, str) else entry)
    for rows in export.yields:
        for aliases in rows.fields.values():
            names.update(aliases)
        names.update(rows.where, rows.counted)
        for columns in rows.left_out.values():
            names.update(columns)
    return names


def known_names(objects: Sequence[Candidate]) -> Names:
    """Every header that one of the objects speaks of."""
    return Names.of(alias for candidate in objects for alias in aliases_of(candidate.export))


def _custom(mapping: Mapping[str, str]) -> Candidate:
    """An object from `map:`; what is no field of the fact is a segment column."""
    fact: FactName = next(name for name in get_args(FactName) if name == mapping["fact"])
    fields = {field: (header,) for field, header in mapping.items() if field != "fact"}
    known = FACTS[fact].names
    export = ExportObject(
        recognise=Recognise(required=tuple(aliases[0] for aliases in fields.values())),
        yields=(Yield(fact=fact, fields=fields),),
        segments=tuple(aliases[0] for field, aliases in fields.items() if field not in known),
    )
    return Candidate(CUSTOM, fact, export, ("",))


def missing(candidate: Candidate, headers: Mapping[str, str]) -> tuple[str, ...]:
    """Required headers that are not there (the first alternative stands for an entry)."""
    entries = ((entry,) if isinstance(entry, str) else entry for entry in candidate.export.recognise.required)
    return tuple(aliases[0] for aliases in entries if column_of(headers, aliases) is None)


def candidates(objects: Sequence[Candidate], headers: Mapping[str, str]) -> tuple[Candidate, ...]:
    """The objects that these headers fit, best first."""
    fitting = []
    for one in objects:
        rule = one.export.recognise
        if missing(one, headers) or any(column_of(headers, (alias,)) for alias in rule.absent):
            continue
        found = Names.of(aliases_of(one.export)).count(headers.values())
        fitting.append(Candidate(one.system, one.name, one.export, one.nulls, (found, len(rule.required))))
    return tuple(sorted(fitting, key=lambda one: (-one.score[0], -one.score[1], one.system, one.name)))


def winner(fitting: Sequence[Candidate], where: str) -> Candidate:
    """The one object with most known columns; two equally good ones are the user's to choose between."""
    tied = [one for one in fitting if one.score == fitting[0].score]
    if len(tied) > 1:
        names = ", ".join(str(one) for one in tied)
        hint = "set `system:` for this path in `sources`, or give a `map:`"
        raise DataError(f"the headers fit several exports equally well: {names}", where=where, hint=hint)
    return fitting[0]


def why_unknown(objects: Sequence[Candidate], headers: Mapping[str, str]) -> str:
    """What kept a file from being recognised: the nearest object, what it lacks or must not have, and the file's own
    headers, where they are headers without doubt, with the known ones that they resemble."""
    ranked = sorted(objects, key=lambda one: (_nearness(one, headers), str(one)))
    nearest = ranked[0] if ranked else None
    if nearest is None or _nearness(nearest, headers) == (0.0, 0):
        names = known_names(objects)
        near = {name: like for name in headers.values() if (like := _like(name, names))}
        why = "no header of a known export in the first 50 records"
        return f"{why}{_own(headers, near) if near else ''}{_plainest(objects)}"
    lacks = missing(nearest, headers)
    if lacks:
        wanted = Names.of(alias for alias in lacks)
        near = {name: like for name in headers.values() if (like := _like(name, wanted))}
        return f"not recognised: nearest is {nearest}, of which is missing: {', '.join(lacks)}{_own(headers, near)}"
    present = [alias for alias in nearest.export.recognise.absent if column_of(headers, (alias,))]
    return f"not recognised: nearest is {nearest}, which has no column {', '.join(present)}"


def _like(header: str, names: Names) -> str:
    """The known header that one resembles as a slip of the hand does; empty for none."""
    written = normal(header)
    if len(written) < _LEAST_LIKE or names.knows(header):
        return ""
    return next(iter(get_close_matches(written, sorted(names.exact), n=1, cutoff=_LIKE)), "")


def _own(headers: Mapping[str, str], near: Mapping[str, str]) -> str:
    """The headers of a file in words; none that does not look like a name, as it may be a value."""
    named = [header.strip() for header in headers.values() if header.strip()]
    if not named or not all(shape(header) in (WORD, TEXT) and len(header) <= _LONGEST_NAME for header in named):
        return ""
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    likes = ", ".join(f"{header.strip()} resembles {like}" for header, like in near.items())
    return f"; the file has {', '.join(named[:_NAMED])}{more}{f' ({likes})' if likes else ''}"


def _nearness(one: Candidate, headers: Mapping[str, str]) -> tuple[float, int]:
    """Smaller is nearer: minus the share of required headers found, minus the columns known."""
    required = len(one.export.recognise.required)
    found = required - len(missing(one, headers))
    return -found / required, -Names.of(aliases_of(one.export)).count(headers.values())


def _plainest(objects: Sequence[Candidate]) -> str:
    """The columns that orders of any system could be brought with, when nothing else is near."""
    plain = next((one for one in objects if str(one) == "plain.orders"), None)
    return f"; orders, for example, need the columns {', '.join(missing(plain, {}))}" if plain else ""


@dataclass(frozen=True)
class Recognised:
    """Why a file is what it was taken for: the headers its object speaks of, those that had to be there, and the next
    best object with the required headers that it ``lacks`` (none: it fits as well, and knows fewer headers)."""

    known: tuple[str, ...]
    headers: int
    deciding: tuple[str, ...]
    nearest: str = ""
    lacks: tuple[str, ...] = ()


def recognition(table: RawTable, presets: Mapping[str, Preset]) -> Recognised:
    """Why a table was taken for its object, and what else it nearly is."""
    headers = {column: header for column, header in table.headers.items() if header.strip()}
    if table.object is None:
        return Recognised((), len(headers), ())
    names = Names.of(aliases_of(table.object))
    entries = ((entry,) if isinstance(entry, str) else entry for entry in table.object.recognise.required)
    columns = (column_of(headers, aliases) for aliases in entries)
    deciding = tuple(dict.fromkeys(headers[column] for column in columns if column is not None))
    known = tuple(header for header in headers.values() if names.knows(header))
    others = [
        one
        for one in objects_for(Source(path=table.path), presets)
        if (one.system, one.name) != (table.system, table.object_name)
        and not any(column_of(headers, (alias,)) for alias in one.export.recognise.absent)
    ]
    ranked = sorted(others, key=lambda one: (_nearness(one, headers), str(one)))
    if not ranked or -_nearness(ranked[0], headers)[0] < _NEAR:
        return Recognised(known, len(headers), deciding)
    return Recognised(known, len(headers), deciding, str(ranked[0]), missing(ranked[0], headers))
