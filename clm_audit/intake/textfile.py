"""Delimited text exports: recognised by the header that the reading finds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from clm_audit.exits import DataError
from clm_audit.intake.decode import decode
from clm_audit.intake.delimited import read_delimited
from clm_audit.intake.job import Content, Job, UnknownExportError
from clm_audit.intake.keyvalue import read_key_value
from clm_audit.intake.names import total_columns
from clm_audit.intake.recognise import Candidate
from clm_audit.intake.text import Text


def read_text(job: Job, path: Path, notes: tuple[str, ...] = ()) -> Content:
    """A delimited text file. Raises :class:`DataError` when no reading of it can be defended."""
    text = _decoded(job, path)
    report = read_key_value(job, text)
    if report is not None:
        return replace(report, notes=(*notes, *report.notes))
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
        lost=found.lost,
        faults=found.faults,
        mixed=text.mixed,
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
    return tuple(
        (columns.index(name), re.compile(pattern))
        for key, pattern in {pair for one in fitting for pair in one.export.totals.items()}
        for name in total_columns(headers, key)
    )
