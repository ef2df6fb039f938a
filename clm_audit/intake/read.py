"""All exports of a plan, each proved or refused: bytes -> raw text tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.config.preset import Preset
from clm_audit.exits import DataError, Problem
from clm_audit.intake.above import completed
from clm_audit.intake.archive import Archive, Member, open_archive
from clm_audit.intake.decode import decompress, digest
from clm_audit.intake.guarded import open_parquet
from clm_audit.intake.job import Content, Job, UnknownExportError
from clm_audit.intake.jsonfile import read_json
from clm_audit.intake.limits import HEAD_BYTES
from clm_audit.intake.magic import Kind, kind_of
from clm_audit.intake.model import ROW, Exports, Progress, RawTable, silent
from clm_audit.intake.names import Names, column_of
from clm_audit.intake.open import EMPTY, Found, find_files, is_text, passed_over
from clm_audit.intake.recognise import Candidate, known_names, objects_for, winner
from clm_audit.intake.scan import unique_names
from clm_audit.intake.textfile import read_text
from clm_audit.intake.workbook import read_workbook


def read_exports(
    plan: AuditPlan,
    folder: Path,
    progress: Progress = silent,
    presets: Mapping[str, Preset] | None = None,
    *,
    none_will_do: bool = False,
) -> Exports:
    """Read every file of the plan's sources; rewritten copies go to ``folder``.

    A file may give several tables: the members of an archive, the sheets of a workbook. ``presets`` stand in
    for those of the plan. Raises one :class:`DataError` that lists every file that cannot be proved, or that
    is promised to be data and is none; also when no file is recognised, unless ``none_will_do``.
    """
    files, skipped, passed = find_files(plan)
    reading = _Reading(folder, plan.presets if presets is None else presets, list(skipped), list(passed))
    for found, step in zip(files, _steps(files, progress), strict=True):
        reading.take(found, step)
    if reading.problems:
        raise DataError(problems=tuple(reading.problems))
    if not reading.tables and not none_will_do:
        raise DataError(problems=_nothing(reading.unknown, reading.passed))
    return Exports(tuple(reading.tables), tuple(sorted(reading.unknown)), tuple(reading.passed))


@dataclass
class _Reading:
    """What has become of the files so far."""

    folder: Path
    presets: Mapping[str, Preset]
    unknown: list[tuple[str, str]]
    passed: list[tuple[str, str]]
    tables: list[RawTable] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    jobs: int = 0
    source: Source | None = None
    objects: tuple[Candidate, ...] = ()
    names: Names = field(default_factory=lambda: Names(frozenset()))

    def take(self, found: Found, progress: Progress) -> None:
        """Read one file: its tables, or the reason why there is none."""
        if not is_text(str(found.path)):  # not every reader can open such a name
            link = self.folder / f"link-{self.jobs}"
            link.symlink_to(found.path.resolve())
            found = replace(found, path=link)
        if self.source is not found.source:  # the files of a folder are of one source
            objects = objects_for(found.source, self.presets)
            self.source, self.objects, self.names = found.source, objects, known_names(objects)
        job = Job(found, self.jobs, self.objects, self.names, self.folder, progress)
        self.jobs += 1
        with self._told(job):
            kind, what, hint = _kind(found.path)
            if kind == "zip":
                with _promised(job):
                    self._zip(job)
            elif kind == "xls":
                with _promised(job):
                    self._book(job, "xls")
            else:
                self.tables.append(_settle(_table(job, _content(job, kind, what, hint)), self.tables))

    @contextmanager
    def _told(self, job: Job) -> Iterator[None]:
        """Note what went wrong with a file, and go on with the next."""
        try:
            yield
        except UnknownExportError as reason:
            self.unknown.append((job.name, str(reason)))
        except DataError as error:
            self.problems.extend(error.problems)
        except OSError as error:
            self.problems.append(Problem("the file cannot be read", job.name, error.strerror or ""))

    def _zip(self, job: Job) -> None:
        """A workbook, or an archive whose members are read like the files of a folder."""
        with open_archive(job.found.path, job.name) as archive:
            if archive.is_workbook:
                archive.check_workbook()
                self._book(job, "xlsx")
                return
            archive.check_paths()
            before = len(self.tables) + len(self.unknown) + len(self.problems)
            whole, done = max(sum(member.info.file_size for member in archive.members), 1), 0
            for member in archive.members:
                self._member(job, archive, member, _share(job.progress, done, member.info.file_size, whole))
                done += member.info.file_size
        if before == len(self.tables) + len(self.unknown) + len(self.problems):
            raise UnknownExportError("a zip archive without any file that could be an export")

    def _book(self, job: Job, encoding: str) -> None:
        """The sheets of a workbook; those that are no export are listed."""
        book = read_workbook(job, encoding)
        for page in book.pages:
            if page.passed:
                self.passed.append((page.job.name, page.passed))
                continue
            with self._told(page.job):
                self.tables.append(_settle(_table(page.job, book.content(page)), self.tables))

    def _member(self, job: Job, archive: Archive, member: Member, progress: Progress) -> None:
        """One file of an archive: passed over, listed, or unpacked and read."""
        name = f"{job.name}/{member.name}"
        reason = passed_over(member.parts)
        if reason:
            self.passed.append((name, reason))
            return
        if member.odd:
            self.unknown.append((name, member.odd))
            return
        target = self.folder / f"member-{self.jobs}"
        found = Found(target, job.found.source, name, named=False)
        kind, what, hint = kind_of(archive.head(member, HEAD_BYTES))
        if kind == "zip" and member.info.filename.lower().endswith(".zip"):
            self.problems.append(Problem("a zip archive in a zip archive", name, "unpack it and give the folder"))
            return
        if kind in ("refused", "empty") and not found.promised:
            self.unknown.append((name, f"{what}; {hint}"))
            return
        archive.unpack(member, target)
        read = len(self.tables)
        self.take(found, progress)
        if read == len(self.tables):
            target.unlink()


@contextmanager
def _promised(job: Job) -> Iterator[None]:
    """A container that cannot be opened is an error only where somebody says that it holds data."""
    try:
        yield
    except DataError as error:
        raise job.refusal(error.problems[0].what, error.problems[0].hint) from error


def _share(progress: Progress, before: int, size: int, whole: int) -> Progress:
    """The progress of an archive, from that of one member."""

    def step(what: str, done: int, of: int) -> None:
        progress(what, before + (size * min(done, of) // of if of else 0), whole)

    return step


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
    hint = "put the missing headers back, or let `clm-audit init` write a configuration with a map: to fill in"
    listed = tuple(Problem(reason, name) for name, reason in (*sorted(unknown), *passed))
    if unknown and all(reason == EMPTY for _, reason in unknown):
        hint = "give the folder that holds the exports"
    return (Problem("no export was recognised in the given paths", "", hint), *listed)


def _settle(table: RawTable, before: Sequence[RawTable]) -> RawTable:
    """Number the table among its peers, and tell whether the very same bytes were read already."""
    table = replace(table, index=len(before))
    same = [one for one in before if (one.sha256, one.sheet) == (table.sha256, table.sheet)]
    here = [one for one in same if one.source == table.source]
    if here:
        return replace(table, duplicate_of=here[0].index, notes=(*table.notes, f"the same bytes as {here[0].name}"))
    if same:
        return replace(table, notes=(*table.notes, f"the same bytes as {same[0].name} of another source"))
    return table


def _table(job: Job, content: Content) -> RawTable:
    """One file, proved and recognised."""
    path = job.found.path
    status, checksum = path.stat(), digest(path)
    chosen = _choose(job, content)
    content = completed(content, chosen.export)
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
        sheet=content.sheet,
        serial_zero=content.serial_zero,
        mixed=content.mixed,
    )


def _kind(path: Path) -> tuple[Kind, str, str]:
    with path.open("rb") as file:
        return kind_of(file.read(HEAD_BYTES))


def _content(job: Job, kind: Kind, what: str, hint: str) -> Content:
    """The reader that the first bytes call for."""
    path, notes = job.found.path, tuple[str, ...]()
    if kind == "gzip":
        path, notes = decompress(path, job.copy("unpacked"), job.name), ("unpacked from gzip",)
        kind, what, hint = _kind(path)
        if kind not in ("text", "json"):
            raise DataError(f"gzip of {what or f'a {kind} file'}", where=job.name, hint=hint or "unpack it first")
    if kind == "json":
        return read_json(job, path, notes)
    if kind == "parquet":
        return _parquet(job)
    if kind == "text":
        return read_text(job, path, notes)
    raise job.refusal(what, hint)


def _parquet(job: Job) -> Content:
    out = job.copy("columns")
    columns = open_parquet(job.found.path, out, job.name)
    headers = unique_names(columns.header)
    renamed = [pl.col(f"c{number}").alias(name) for number, name in enumerate(headers)]
    written = pl.scan_ipc(out, glob=False) if columns.plain else pl.scan_parquet(out, glob=False)
    frame = written.select(renamed).with_row_index(ROW)
    notes = (f"columns of a kind that no field can hold, left out: {columns.left}",) if columns.left else ()
    return Content(frame, columns.height, 0, headers, 0, "parquet", "parquet", None, job.fitting(headers), notes)


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
