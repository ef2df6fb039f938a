"""An audit that starts from kept facts: they are checked, and take the place of the exports that they are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from clm_audit import __version__
from clm_audit.config.plan import AuditPlan
from clm_audit.exits import DataError, Problem, UsageError
from clm_audit.facts.kept_model import SETTINGS, Manifest, digest_of, presets_of, settings_of
from clm_audit.facts.model import Facts, Table
from clm_audit.facts.whether_kept import MANIFEST
from clm_audit.intake.model import Exports

_AGAIN = "keep them anew: clm-audit compare EXPORTS --keep-facts FOLDER"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of kept facts. Raises :class:`DataError` when it is not as it was written."""
    path = folder / MANIFEST
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        where = f"{folder.name}/{MANIFEST}"
        raise DataError("no manifest of kept facts that this version reads", where=where, hint=_AGAIN) from error
    if manifest.digest() != manifest.hash:
        raise DataError("was changed after it was written", where=f"{folder.name}/{MANIFEST}", hint=_AGAIN)
    if manifest.version != __version__:
        what = f"facts kept by clm-audit {manifest.version}, and this is {__version__}"
        raise DataError(what, where=folder.name, hint=_AGAIN)
    return manifest


def settled_as_kept(plan: AuditPlan, manifest: Manifest) -> AuditPlan:
    """The plan with the sources of the kept facts and every setting that they were made with.

    Raises :class:`UsageError` with each setting that the plan says otherwise.
    """
    said, kept, defaults = settings_of(plan), manifest.settings, settings_of(AuditPlan())
    other = [name for name in sorted(SETTINGS) if said[name] not in (defaults[name], kept[name])]
    if presets_of(plan) not in ("", manifest.presets):
        other.append("presets")
    if plan.report.redact:
        hint = "read the exports: a redacted report is searched for what stands in them"
        raise UsageError("kept facts cannot be redacted", where="report.redact", hint=hint)
    if other:
        hint = "leave it out, or read the exports"
        raise UsageError(problems=tuple(Problem("facts were kept with another value", name, hint) for name in other))
    taken = AuditPlan.model_validate(dict(kept))
    update: dict[str, Any] = {name: getattr(taken, name) for name in SETTINGS}
    heads = {*SETTINGS, "sources"}
    mine = {path: origin for path, origin in plan.origins.items() if _head(path) not in heads}
    theirs = {path: origin for path, origin in manifest.origins.items() if _head(path) in heads}
    return plan.model_copy(update={**update, "sources": manifest.sources, "origins": {**mine, **theirs}})


def _head(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def exports_kept(manifest: Manifest) -> Exports:
    """The exports that the facts were made of, without their rows."""
    tables = tuple(table.table(manifest.sources) for table in manifest.exports)
    return Exports(tables, manifest.unknown, manifest.skipped)


def facts_kept(folder: Path, manifest: Manifest) -> Facts:
    """The facts of a folder. Raises :class:`DataError` with every file that is missing, changed or none of theirs."""
    problems = tuple(_problems(folder, manifest))
    if problems:
        raise DataError(problems=problems)
    parts: list[dict[Table, pl.LazyFrame]] = [{} for _ in range(max(1, manifest.parts))]
    for file in manifest.rows:
        parts[file.part][file.table] = pl.scan_parquet(folder / file.name, glob=False)
    return Facts(
        tables=_whole(parts),
        files=manifest.files,
        rejects=manifest.rejects,
        segments=manifest.segments,
        currency=manifest.currency,
        absent=manifest.absent,
        evidence=manifest.evidence,
        systems=manifest.systems,
        columns=manifest.columns,
        parts=tuple(parts) if manifest.parts else (),
    )


def _whole(parts: list[dict[Table, pl.LazyFrame]]) -> Mapping[Table, pl.LazyFrame]:
    return {name: pl.concat(part[name] for part in parts if name in part) for name in parts[0]}


def _problems(folder: Path, manifest: Manifest) -> Iterator[Problem]:
    there = {path.name for path in folder.iterdir()}
    for file in manifest.rows:
        if file.name not in there:
            yield Problem("a file of the kept facts is missing", f"{folder.name}/{file.name}", _AGAIN)
        elif digest_of(folder / file.name) != file.sha256:
            yield Problem("was changed after it was written", f"{folder.name}/{file.name}", _AGAIN)
    for name in sorted(there - {file.name for file in manifest.rows} - {MANIFEST}):
        yield Problem("is none of the kept facts", f"{folder.name}/{name}", "move it elsewhere")
