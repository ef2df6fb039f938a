"""The manifest of kept facts: what stands beside their tables so that an audit can start from them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import polars as pl

from clm_audit.config.base import Frozen, NotAssessable
from clm_audit.config.plan import AuditPlan, Source
from clm_audit.config.preset import ExportObject
from clm_audit.facts.model import ColumnRead, Table
from clm_audit.intake.model import FileRecord, RawTable, Reject

SETTINGS = frozenset(
    {"timezone", "currency", "rates", "spend", "stages", "segment_by", "control", "go_live", "activation"}
)
"""Settings that facts are made with; another value asks for other facts."""


class KeptTable(Frozen):
    """An export as it was read, without its rows; ``source``: which of the sources it belongs to."""

    source: int
    index: int
    name: str
    height: int
    structure: int
    header_line: int
    sha256: str
    bytes: int
    encoding: str
    dialect: str
    system: str | None
    object_name: str | None
    object: ExportObject | None
    nulls: tuple[str, ...]
    notes: tuple[str, ...]
    duplicate_of: int | None
    lost: int
    faults: tuple[Reject, ...]
    mixed: int
    sheet: int

    @classmethod
    def of(cls, table: RawTable, sources: tuple[Source, ...]) -> KeptTable:
        """The same of a table in an audit."""
        own = {name: getattr(table, name) for name in cls.model_fields if name != "source"}
        return cls(source=sources.index(table.source), **own)

    def table(self, sources: tuple[Source, ...]) -> RawTable:
        """The table as the checks and the report ask for it; it has no rows."""
        own = {name: getattr(self, name) for name in type(self).model_fields if name != "source"}
        return RawTable(source=sources[self.source], path=Path(self.name), frame=pl.LazyFrame(), headers={}, **own)


class KeptFile(Frozen):
    """A file of rows: part ``part`` of ``table`` (0 where it is undivided)."""

    name: str
    table: Table
    part: int
    sha256: str


class Manifest(Frozen):
    """Everything about kept facts but their rows. ``settings`` and ``origins``: those of the plan that the facts
    depend on; ``presets``: a hash of the user's own ones. ``hash`` is over all the rest."""

    clm_audit_facts: Literal[1] = 1
    version: str
    settings: Mapping[str, Any]
    origins: Mapping[str, str]
    sources: tuple[Source, ...]
    presets: str
    exports: tuple[KeptTable, ...]
    unknown: tuple[tuple[str, str], ...]
    skipped: tuple[tuple[str, str], ...]
    files: tuple[FileRecord, ...]
    rejects: tuple[Reject, ...]
    segments: tuple[Mapping[str, str], ...]
    currency: str | NotAssessable
    absent: Mapping[Table, str]
    evidence: Mapping[str, int]
    systems: tuple[str, ...]
    columns: Mapping[int, tuple[ColumnRead, ...]]
    parts: int
    rows: tuple[KeptFile, ...]
    hash: str = ""

    def digest(self) -> str:
        """SHA-256 over everything but the hash itself, whatever the order and spacing of the file."""
        content = self.model_dump(mode="json", exclude={"hash"})
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def settings_of(plan: AuditPlan) -> dict[str, Any]:
    """The settings of a plan that its facts depend on, as JSON has them."""
    return plan.model_dump(mode="json", include=set(SETTINGS))


def presets_of(plan: AuditPlan) -> str:
    """A hash of the user's own presets; empty where there are none."""
    if not plan.own_presets:
        return ""
    content = {name: preset.model_dump(mode="json") for name, preset in plan.own_presets.items()}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
