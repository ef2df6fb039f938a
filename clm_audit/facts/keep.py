"""Canonical facts kept in a folder, so that another audit of the same exports need not read them again.

Kept are whole numbers (codes of customers, days, cents), the labels of segments, and what the ledger says of every
file. The words of lifecycle stages and the names of product events are left out: no number is made of them but of the
event that activates, which alone is kept.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from clm_audit import __version__
from clm_audit.config.plan import AuditPlan, Source
from clm_audit.exits import UsageError
from clm_audit.facts.kept_model import KeptFile, KeptTable, Manifest, digest_of, presets_of, settings_of
from clm_audit.facts.model import Facts, Table
from clm_audit.facts.store import enough_disk
from clm_audit.facts.whether_kept import MANIFEST
from clm_audit.intake.model import Exports


def check_folder(folder: Path) -> None:
    """Refuse, before anything is read, a folder in which facts cannot be kept. Raises :class:`UsageError`."""
    where = f"--keep-facts {folder}"
    if not folder.absolute().parent.is_dir():
        raise UsageError("its folder does not exist", where=where, hint="create the folder first")
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UsageError("is no folder", where=where, hint="name a folder that does not exist yet")
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError("is not empty", where=where, hint="name a folder that does not exist yet, or remove it")


def keep_facts(plan: AuditPlan, exports: Exports, facts: Facts, folder: Path) -> None:
    """Write the facts of an audit into ``folder``: whole, or not at all.

    Raises :class:`UsageError` when they are tables of an engine, which keeps them itself, the folder holds
    anything, or the disk is full.
    """
    if facts.session is not None or plan.engines:
        raise UsageError("the tables of an engine are kept there", where=f"--keep-facts {folder}", hint="leave it out")
    check_folder(folder)
    target = folder.absolute()
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    try:
        with enough_disk(target.parent, "keep the facts where there is more space"):
            rows = tuple(_written(plan, facts, part))
            manifest = _manifest(plan, exports, facts, rows)
            text = manifest.model_copy(update={"hash": manifest.digest()}).model_dump_json(indent=1)
            (part / MANIFEST).write_text(text + "\n", encoding="utf-8")
        if target.exists():
            target.rmdir()
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _written(plan: AuditPlan, facts: Facts, folder: Path) -> Iterator[KeptFile]:
    """Every table as one file, or as one a part."""
    whole: tuple[Mapping[Table, pl.LazyFrame], ...] = (facts.tables,)
    for number, tables in enumerate(facts.parts or whole):
        for name, rows in tables.items():
            path = folder / (f"{name}-{number:03}.parquet" if facts.parts else f"{name}.parquet")
            without_words(plan, name, rows).sink_parquet(path, compression="zstd", statistics=False)
            yield KeptFile(name=path.name, table=name, part=number, sha256=digest_of(path))


def without_words(plan: AuditPlan, name: Table, rows: pl.LazyFrame) -> pl.LazyFrame:
    """The rows without texts of the exports that nothing is made of."""
    if name in ("customers", "stages"):
        return rows.with_columns(stage=pl.lit(None, dtype=pl.String))
    if name == "events":
        wanted = pl.lit(plan.activation.event if plan.activation else None, dtype=pl.String)
        return rows.with_columns(event=pl.when(pl.col("event") == wanted).then("event"))
    return rows


def _manifest(plan: AuditPlan, exports: Exports, facts: Facts, rows: tuple[KeptFile, ...]) -> Manifest:
    named = {
        path: text.replace(f"{plan.root}/", "") if plan.root.is_absolute() else text
        for path, text in plan.origins.items()
    }
    return Manifest(
        version=__version__,
        settings=settings_of(plan),
        origins=named,
        sources=tuple(_without_folder(source, plan.root) for source in plan.sources),
        presets=presets_of(plan),
        exports=tuple(KeptTable.of(table, plan.sources) for table in exports.tables),
        unknown=exports.unknown,
        skipped=exports.skipped,
        files=facts.files,
        rejects=facts.rejects,
        segments=facts.segments,
        currency=facts.currency,
        absent=facts.absent,
        evidence=facts.evidence,
        systems=facts.systems,
        columns=facts.columns,
        parts=len(facts.parts),
        rows=rows,
    )


def _without_folder(source: Source, root: Path) -> Source:
    """The source with its path as the report shows it: below the root relative to it, elsewhere only its name."""
    path = source.path
    if path.is_absolute():
        path = path.relative_to(root) if path.is_relative_to(root) else Path(path.name)
    return source.model_copy(update={"path": path})
