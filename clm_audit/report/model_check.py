"""The frozen report of `clm-audit check`: what each file was taken for, what each metric would stand on, no verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from clm_audit.config.base import Frozen
from clm_audit.config.plan import MetricId
from clm_audit.intake.model import FileRecord, Reject, RowCounts
from clm_audit.report.model import CheckReport, Tool
from clm_audit.report.model_brand import Brand


class ColumnReading(Frozen):
    """How a date column was read: ``form`` as DD/MM/YYYY, ``evidence`` what settled it, in words."""

    header: str
    form: str
    evidence: str


class FactRows(Frozen):
    """Rows of a fact that count; ``fact`` in words."""

    fact: str
    rows: int


class FileReading(Frozen):
    """What one file was taken for, and why. ``known`` of ``headers`` headers are those of the object;
    ``nearest`` is the next best object and what speaks against it, or empty."""

    path: str
    system: str | None
    object: str | None
    taken_for: str
    why: str
    known: int
    headers: int
    nearest: str
    encoding: str
    dialect: str
    header_line: int
    columns: tuple[ColumnReading, ...]
    feeds: tuple[FactRows, ...]
    rows: RowCounts
    repaired: int
    warnings: tuple[str, ...] = ()


class FactSource(Frozen):
    """A fact that a metric uses: rows that count, their first and last day (empty: not dated), and their files."""

    fact: str
    rows: int
    first: str
    last: str
    files: tuple[str, ...]


class MetricSources(Frozen):
    """Whether a metric can be measured, from what, or why not and what would help."""

    id: MetricId
    name: str
    question: str
    measurable: bool
    uses: tuple[FactSource, ...]
    reason: str = ""
    remedy: str = ""


class CheckOnlyReport(Frozen):
    """What `clm-audit check` prints. ``summary`` is the answer in one sentence, ``next_step`` the next command."""

    schema_version: Literal["1"] = "1"
    tool: Tool
    brand: Brand = Brand()
    summary: str
    next_step: str
    plan: Mapping[str, Mapping[str, Any]] = {}
    files: tuple[FileRecord, ...]
    unknown_files: tuple[tuple[str, str], ...]
    rejects: tuple[Reject, ...]
    reject_count: int
    readings: tuple[FileReading, ...] = ()
    sources: tuple[MetricSources, ...] = ()
    checks: tuple[CheckReport, ...]
