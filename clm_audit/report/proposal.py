"""What `clm-audit init` found out about a folder, before it becomes the text of a configuration."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.config.preset import Preset
from clm_audit.facts.model import Facts
from clm_audit.facts.survey import SegmentColumn, SpendWord, segment_columns, spend_words
from clm_audit.intake.guess import Guess, guess_file
from clm_audit.intake.model import Exports, RawTable
from clm_audit.measures.model import to_date
from clm_audit.report.words_reading import taken_for

CURRENCY = "currency.seen."
LATE_START = 56  # days after the first record from which the start of a file may be the start of a system
MOST_UNKNOWN = 20


@dataclass(frozen=True)
class SourceFound:
    """One path of ``sources``. ``system`` is given where all of its files are of one; ``files``: what they are."""

    path: str
    side: str
    system: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class UnknownFile:
    """A file that nobody recognised: why, and what its headers look like."""

    path: str
    reason: str
    guess: Guess | None


@dataclass(frozen=True)
class Start:
    """A file whose records begin well after the first of all: go-live may be near."""

    day: str
    path: str


@dataclass(frozen=True)
class Proposal:
    """Everything that the configuration is written from. ``problem`` says why the facts could not be built."""

    sources: tuple[SourceFound, ...]
    unknown: tuple[UnknownFile, ...]
    go_live: str = ""
    two_sides: bool = False
    starts: tuple[Start, ...] = ()
    timezone: str = ""
    naive: int = 0
    currency: str = ""
    currencies: Mapping[str, int] | None = None
    stated: bool = False
    spend: tuple[SpendWord, ...] = ()
    segments: tuple[SegmentColumn, ...] = ()
    timed: int = 0
    costed: int = 0
    first: str = ""
    last: str = ""
    presets: str = ""
    problem: str = ""


def propose(plan: AuditPlan, exports: Exports, facts: Facts | None, base: Path, folder: Path) -> Proposal:
    """Look at what was read; paths become relative to ``base``, rewritten copies go to ``folder``.

    ``facts`` is None when they could not be built: then only the files themselves are told.
    """
    evidence = facts.evidence if facts else {}
    given = plan.origins.get("currency", "default") != "default"
    zone = plan.timezone if plan.origins.get("timezone", "default") != "default" else ""
    seen = {name.removeprefix(CURRENCY): count for name, count in evidence.items() if name.startswith(CURRENCY)}
    stated = facts.currency if facts and isinstance(facts.currency, str) else ""
    days = [[count for name, count in evidence.items() if name.endswith(f".{end}_day")] for end in ("first", "last")]
    return Proposal(
        sources=tuple(_source(plan, source, exports, base) for source in plan.sources),
        unknown=tuple(_unknown(plan, exports, base, folder)),
        go_live=plan.go_live.isoformat() if plan.go_live else "",
        two_sides={"before", "after"} <= {source.side for source in plan.sources},
        starts=tuple(_starts(exports, evidence)),
        timezone=zone,
        naive=evidence.get("dates.naive", 0),
        currency=(plan.currency or "") if given else stated,
        currencies={code: count for code, count in sorted(seen.items()) if count},
        stated=bool(seen),
        spend=spend_words(exports.tables),
        segments=segment_columns(exports.tables),
        timed=evidence.get("tickets.timed", 0),
        costed=evidence.get("tickets.costed", 0),
        first=to_date(min(days[0])).isoformat() if days[0] else "",
        last=to_date(max(days[1])).isoformat() if days[1] else "",
        presets=relative(plan.presets_folder, base) if plan.presets_folder else "",
    )


def _source(plan: AuditPlan, source: Source, exports: Exports, base: Path) -> SourceFound:
    mine = [table for table in exports.tables if table.source == source]
    kinds = Counter((table.system, table.object_name) for table in mine)
    systems = {table.system for table in mine}
    whole = len(systems) == 1 and not _strangers(plan, source, exports)
    only = next(iter(systems), None) if whole else None
    presets = plan.presets
    files = tuple(
        f"{taken_for(system, name, _title(presets, system))} ({_files(count)}, {_rows(mine, system, name)})"
        for (system, name), count in sorted(kinds.items(), key=lambda item: (str(item[0][0]), str(item[0][1])))
    )
    return SourceFound(relative(plan.root / source.path, base), source.side, only or "", files)


def _title(presets: Mapping[str, Preset], system: str | None) -> str:
    return presets[system].title if system and system in presets else ""


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _rows(tables: Sequence[RawTable], system: str | None, name: str | None) -> str:
    rows = sum(table.height for table in tables if (table.system, table.object_name) == (system, name))
    return f"{rows:,} row{'' if rows == 1 else 's'}"


def _strangers(plan: AuditPlan, source: Source, exports: Exports) -> bool:
    """Whether files below the source were not recognised: they may be of another system."""
    top = relative(plan.root / source.path, plan.root)
    return any(name == top or name.startswith(f"{top}/") or top == "." for name, _ in exports.unknown)


def _unknown(plan: AuditPlan, exports: Exports, base: Path, folder: Path) -> Iterator[UnknownFile]:
    for number, (name, reason) in enumerate(exports.unknown[:MOST_UNKNOWN]):
        path = plan.root / name
        copies = folder / f"guess-{number}"
        copies.mkdir()
        guess = guess_file(path, copies) if path.is_file() else None
        yield UnknownFile(relative(path, base) if path.exists() else name, reason, guess)


def _starts(exports: Exports, evidence: Mapping[str, int]) -> Iterator[Start]:
    """Files whose first record comes well after the first of all: a new system may begin there."""
    first: dict[int, int] = {}
    for name, day in evidence.items():
        fact, _, rest = name.partition(".first_day.")
        if fact and rest.isdigit():
            first[int(rest)] = min(day, first.get(int(rest), day))
    begin = min(first.values(), default=0)
    late = sorted((day, index) for index, day in first.items() if day >= begin + LATE_START)
    names = {table.index: table.name for table in exports.tables}
    said: set[int] = set()
    for day, index in late:
        if day not in said and index in names:
            said.add(day)
            yield Start(to_date(day).isoformat(), names[index])


def relative(path: Path, base: Path) -> str:
    """A path as it stands in a configuration in ``base``."""
    return os.path.relpath(path, base).replace(os.sep, "/")
