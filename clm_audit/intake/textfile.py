"""Delimited text: decoded, its header found, proved from end to end, scanned."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from clm_audit.exits import DataError
from clm_audit.intake.decode import Text, decode, decompress
from clm_audit.intake.dialect import SEPARATOR_NAMES, Header, find_header
from clm_audit.intake.job import Content, Job, UnknownExportError
from clm_audit.intake.limits import HEAD, MAX_COLUMNS
from clm_audit.intake.magic import kind_of
from clm_audit.intake.marks import CR, LF, Rules, header_fault
from clm_audit.intake.model import Layout
from clm_audit.intake.names import column_of
from clm_audit.intake.proof import Proof, Structure, prove
from clm_audit.intake.recognise import Candidate
from clm_audit.intake.scan import scan, unique_names

_ENDS = {b"\r\n": "CRLF", b"\r": "CR"}


def read_gzip(job: Job) -> Content:
    """A gzip file that holds one text export."""
    path = decompress(job.found.path, job.copy("unpacked"), job.name)
    with path.open("rb") as file:
        kind, what, hint = kind_of(file.read(4096))
    if kind != "text":
        raise DataError(f"gzip of {what or f'a {kind} file'}", where=job.name, hint=hint or "unpack it first")
    return read_text(job, path, ("unpacked from gzip",))


def read_text(job: Job, path: Path, notes: tuple[str, ...] = ()) -> Content:
    """A delimited text file. Raises :class:`DataError` at the first line that cannot be proved."""
    text = _decoded(job, path)
    with text.path.open("rb") as file:
        header = find_header(file.read(HEAD), job.names, text.start)
    if header is None:
        raise DataError("an empty file", where=job.name, hint="export it again, or remove it")
    if len(header.record.cells) > MAX_COLUMNS:
        what = f"{len(header.record.cells):,} columns; more than {MAX_COLUMNS:,} are not read"
        if not job.found.promised:
            raise UnknownExportError(what)
        raise DataError(what, where=f"{job.name}:{header.record.line}", hint="export fewer columns")
    headers = unique_names(header.record.cells)
    fitting = job.fitting(headers)
    rules = Rules(ord(header.separator), CR if header.record.end == b"\r" else LF, len(headers))
    _check_header(job, text, header, rules)
    proof = _proved(job, text, header, rules, _structure(fitting, headers, header.separator))
    record = header.record
    return Content(
        frame=scan(text.path, rules, proof, headers, job.copy("rows")),
        height=proof.height,
        structure=header.index + 1 + proof.blank + proof.odd,
        headers=headers,
        header_line=record.line,
        encoding=text.encoding,
        dialect=f"{SEPARATOR_NAMES[header.separator]}, {_ENDS.get(record.end, 'LF')}",
        layout=Layout(
            text.path, record.stop, rules.separator, rules.end, rules.width, text.encoding, text.lead, text.nuls
        ),
        fitting=fitting,
        notes=(*notes, *text.notes, *((f"{proof.odd} total or footer lines of another width",) if proof.odd else ())),
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


def _proved(job: Job, text: Text, header: Header, rules: Rules, is_structure: Structure) -> Proof:
    size = max(text.path.stat().st_size, 1)
    return prove(
        text.path,
        job.name,
        rules,
        header.record.stop,
        is_structure,
        lambda done: job.progress(job.name, (size + done) // 2, size),
    )


def _check_header(job: Job, text: Text, header: Header, rules: Rules) -> None:
    with text.path.open("rb") as file:
        file.seek(header.record.start)
        fault = header_fault(file.read(header.record.stop - header.record.start), rules)
    if fault is not None:
        where = f"{job.name}:{header.record.line}"
        raise DataError(f"the header: {fault}", where=where, hint="mend that line or export the file again")


def _structure(fitting: Sequence[Candidate], headers: Mapping[str, str], separator: str) -> Structure:
    """Whether a record of another width is a total: a cell in a column of `totals` matches its pattern."""
    columns = list(headers)
    tests: list[tuple[int, re.Pattern[str]]] = []
    for column, pattern in {pair for one in fitting for pair in one.export.totals.items()}:
        name = column_of(headers, (column,))
        if name is not None:
            tests.append((columns.index(name), re.compile(pattern)))

    def is_structure(record: bytes) -> bool:
        cells = next(csv.reader([record.decode("utf-8", "replace")], delimiter=separator), [])
        return any(index < len(cells) and cells[index] and test.search(cells[index]) for index, test in tests)

    return is_structure
