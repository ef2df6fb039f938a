"""All exports of a plan, each proved or refused: bytes -> raw text tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from clm_audit.config.plan import AuditPlan
from clm_audit.config.preset import Preset, load_presets
from clm_audit.exits import DataError, Problem
from clm_audit.intake.decode import digest
from clm_audit.intake.guarded import open_parquet, open_workbook
from clm_audit.intake.job import Content, Job, UnknownExportError
from clm_audit.intake.magic import kind_of
from clm_audit.intake.model import ROW, Exports, Layout, Progress, RawTable, silent
from clm_audit.intake.names import column_of
from clm_audit.intake.open import EMPTY, Found, find_files
from clm_audit.intake.recognise import Candidate, known_names, objects_for, winner
from clm_audit.intake.scan import empty, unique_names
from clm_audit.intake.textfile import read_gzip, read_text


def read_exports(
    plan: AuditPlan, folder: Path, progress: Progress = silent, presets: Mapping[str, Preset] | None = None
) -> Exports:
    """Read every file of the plan's sources; rewritten copies go to ``folder``.

    ``presets`` stand in for the shipped ones. Raises one :class:`DataError` that lists every file that
    cannot be proved, or that is promised to be data and is none; also when no file is recognised.
    """
    presets = load_presets() if presets is None else presets
    files, skipped, passed = find_files(plan)
    tables: list[RawTable] = []
    unknown = list(skipped)
    problems: list[Problem] = []
    steps = _steps(files, progress)
    for index, (found, step) in enumerate(zip(files, steps, strict=True)):
        objects = objects_for(found.source, presets)
        job = Job(found, index, objects, known_names(objects), folder, step)
        try:
            tables.append(_settle(_table(job), tables))
        except UnknownExportError as reason:
            unknown.append((found.name, str(reason)))
        except DataError as error:
            problems.extend(error.problems)
    if problems:
        raise DataError(problems=tuple(problems))
    if not tables:
        raise DataError(problems=_nothing(unknown, passed))
    return Exports(tuple(tables), tuple(sorted(unknown)), passed)


def _steps(files: Sequence[Found], progress: Progress) -> Iterator[Progress]:
    """For each file, as its turn comes, a progress that counts the bytes of all files."""
    sizes = [_size(found.path) for found in files]
    total = max(sum(sizes), 1)
    for number, (found, size) in enumerate(zip(files, sizes, strict=True)):
        what = f"reading file {number + 1} of {len(files)}: {found.name}"
        before = sum(sizes[:number])

        def step(_: str, done: int, of: int, what: str = what, before: int = before, size: int = size) -> None:
            progress(what, before + (size * min(done, of) // of if of else 0), total)

        step("", 0, size)
        yield step
        step("", size, size)


def _size(path: Path) -> int:
    """Bytes of a file; one that cannot be read is reported when its turn comes."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _nothing(unknown: Sequence[tuple[str, str]], passed: Sequence[tuple[str, str]]) -> tuple[Problem, ...]:
    hint = "name its `system:`, or map its columns with `map:` in `sources`"
    listed = tuple(Problem(reason, name) for name, reason in (*sorted(unknown), *passed))
    if unknown and all(reason == EMPTY for _, reason in unknown):
        hint = "give the folder that holds the exports"
    return (Problem("no export was recognised in the given paths", "", hint), *listed)


def _settle(table: RawTable, before: Sequence[RawTable]) -> RawTable:
    """Number the table among its peers, and tell whether the very same bytes were read already."""
    table = replace(table, index=len(before))
    same = [one for one in before if one.sha256 == table.sha256]
    here = [one for one in same if one.source == table.source]
    if here:
        return replace(table, duplicate_of=here[0].index, notes=(*table.notes, f"the same bytes as {here[0].name}"))
    if same:
        return replace(table, notes=(*table.notes, f"the same bytes as {same[0].name} of another source"))
    return table


def _table(job: Job) -> RawTable:
    """One file, proved and recognised."""
    path = job.found.path
    try:
        content = _content(job)
        status, checksum = path.stat(), digest(path)
    except OSError as error:
        raise DataError("the file cannot be read", where=job.name, hint=error.strerror or "") from error
    chosen = _choose(job, content)
    return RawTable(
        index=job.index,
        source=job.found.source,
        path=path,
        name=job.name,
        frame=content.frame,
        height=content.height,
        structure=content.structure,
        headers=content.headers,
        header_line=content.header_line,
        sha256=checksum,
        bytes=status.st_size,
        encoding=content.encoding,
        dialect=content.dialect,
        system=chosen.system,
        object_name=chosen.name,
        object=chosen.export,
        nulls=chosen.nulls,
        notes=content.notes if content.height else (*content.notes, "no data rows below the header"),
        layout=content.layout,
        lost=content.lost,
        faults=content.faults,
    )


def _content(job: Job) -> Content:
    """The reader that the first bytes call for."""
    with job.found.path.open("rb") as file:
        kind, what, hint = kind_of(file.read(4096))
    if kind == "gzip":
        return read_gzip(job)
    if kind == "parquet":
        return _parquet(job)
    if kind == "workbook":
        return _workbook(job)
    if kind == "text":
        return read_text(job, job.found.path)
    if job.found.promised:
        raise DataError(what, where=job.name, hint=hint)
    raise UnknownExportError(f"{what}; {hint}")


def _workbook(job: Job) -> Content:
    if not job.found.promised:
        raise UnknownExportError("a zip archive; unpack it first")
    out = job.copy("sheet")
    sheet = open_workbook(job.found.path, out, job.name, job.names)
    headers = unique_names(sheet.header)
    fitting = job.fitting(headers)
    renamed = [pl.col(f"c{number}").alias(name) for number, name in zip(sheet.columns, headers, strict=True)]
    frame = pl.scan_parquet(out, glob=False).select(renamed).with_row_index(ROW) if sheet.height else empty(headers)
    return Content(
        frame=frame,
        height=sheet.height,
        structure=sheet.structure,
        headers=headers,
        header_line=sheet.header_row,
        encoding="xlsx",
        dialect=f"sheet {sheet.number}" if len(sheet.read) == 1 else f"{len(sheet.read)} sheets",
        layout=Layout(content=out),
        fitting=fitting,
        notes=sheet.notes,
    )


def _parquet(job: Job) -> Content:
    written, height = open_parquet(job.found.path, job.name)
    headers = unique_names(written)
    renamed = [pl.col(old).alias(new) for new, old in headers.items()]
    frame = pl.scan_parquet(job.found.path, glob=False, hive_partitioning=False).select(renamed).with_row_index(ROW)
    return Content(frame, height, 0, headers, 0, "parquet", "parquet", None, job.fitting(headers))


def _choose(job: Job, content: Content) -> Candidate:
    """The winner among the fitting objects, once the columns that must hold a value were looked at."""
    needed = {alias for one in content.fitting for alias in one.export.recognise.nonblank}
    columns = {alias: column_of(content.headers, (alias,)) for alias in needed}
    blank = {alias for alias, column in columns.items() if column is None or not content.holds_value(column)}
    if not content.height:
        blank = set()
    left = [one for one in content.fitting if blank.isdisjoint(one.export.recognise.nonblank)]
    if not left:
        names = ", ".join(sorted(blank))
        raise UnknownExportError(f"looks like {content.fitting[0]}, but {names} is blank in every row")
    return winner(left, job.name)
