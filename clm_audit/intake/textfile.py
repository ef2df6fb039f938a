"""Delimited text exports: recognised by the header that the reading finds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from clm_audit.exits import DataError
from clm_audit.intake.decode import Text, decode, decompress
from clm_audit.intake.delimited import read_delimited
from clm_audit.intake.job import Content, Job, UnknownExportError
from clm_audit.intake.magic import kind_of
from clm_audit.intake.names import column_of
from clm_audit.intake.recognise import Candidate


def read_gzip(job: Job) -> Content:
    """A gzip file that holds one text export."""
    path = decompress(job.found.path, job.copy("unpacked"), job.name)
    with path.open("rb") as file:
        kind, what, hint = kind_of(file.read(4096))
    if kind != "text":
        raise DataError(f"gzip of {what or f'a {kind} file'}", where=job.name, hint=hint or "unpack it first")
    return read_text(job, path, ("unpacked from gzip",))


def read_text(job: Job, path: Path, notes: tuple[str, ...] = ()) -> Content:
    """A delimited text file. Raises :class:`DataError` when no reading of it can be defended."""
    text = _decoded(job, path)
    size = max(text.path.stat().st_size, 1)
    fitting: list[Candidate] = []

    def totals(headers: Mapping[str, str]) -> tuple[tuple[int, re.Pattern[str]], ...]:
        fitting.extend(job.fitting(headers))
        return _totals(fitting, headers)

    def tick(done: int) -> None:
        job.progress(job.name, (size + done) // 2, size)

    try:
        found = read_delimited(text, job.name, job.copy("rows"), job.names, totals, tick)
    except DataError as error:
        if fitting or job.found.promised:
            raise
        raise UnknownExportError(error.problems[0].what) from error
    return Content(
        frame=found.frame,
        height=found.height,
        structure=found.structure,
        headers=found.headers,
        header_line=found.header_line,
        encoding=text.encoding,
        dialect=found.dialect,
        layout=found.layout,
        fitting=tuple(fitting),
        notes=(*notes, *text.notes, *found.notes),
        titles=found.titles,
    )


def _decoded(job: Job, path: Path) -> Text:
    """The first half of the progress is for decoding, the second for the proof."""
    size = max(path.stat().st_size, 1)
    try:
        return decode(path, job.copy("text"), job.name, lambda done: job.progress(job.name, done // 2, size))
    except DataError as error:
        if job.found.promised:
            raise
        raise UnknownExportError(error.problems[0].what) from error


def _totals(fitting: list[Candidate], headers: Mapping[str, str]) -> tuple[tuple[int, re.Pattern[str]], ...]:
    """Number of a column, and the pattern that a total has there."""
    columns = list(headers)
    tests: list[tuple[int, re.Pattern[str]]] = []
    for column, pattern in {pair for one in fitting for pair in one.export.totals.items()}:
        name = column_of(headers, (column,))
        if name is not None:
            tests.append((columns.index(name), re.compile(pattern)))
    return tuple(tests)
