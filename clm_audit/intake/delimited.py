"""A delimited file from its bytes to a proved table of text: one way for every reader of one.

Decoded, its dialect and header found, proved from end to end, scanned.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from clm_audit.exits import DataError
from clm_audit.intake.decode import Text
from clm_audit.intake.dialect import SEPARATOR_NAMES, Header, find_header
from clm_audit.intake.limits import HEAD, MAX_COLUMNS
from clm_audit.intake.marks import CR, LF, Rules, header_fault
from clm_audit.intake.model import Layout, Reject
from clm_audit.intake.names import Names
from clm_audit.intake.proof import Structure, prove
from clm_audit.intake.scan import scan, unique_names

_ENDS = {b"\r\n": "CRLF", b"\r": "CR"}
# The headers of a file -> patterns that a total has, by the number of the column
Totals = Callable[[Mapping[str, str]], tuple[tuple[int, re.Pattern[str]], ...]]


@dataclass(frozen=True)
class Delimited:
    """A delimited file, read. ``frame`` is lazy, with the number of the row; fields as in ``RawTable``.

    ``titles`` is the text of each record above the header.
    """

    frame: pl.LazyFrame
    height: int
    structure: int
    headers: Mapping[str, str]
    header_line: int
    dialect: str
    layout: Layout
    lost: int = 0
    faults: tuple[Reject, ...] = ()
    notes: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


def no_totals(_: Mapping[str, str]) -> tuple[tuple[int, re.Pattern[str]], ...]:
    """Of a file that nobody knows, nobody knows its totals."""
    return ()


def read_delimited(
    text: Text, name: str, rows: Path, names: Names, totals: Totals, progress: Callable[[int], None]
) -> Delimited:
    """Read a decoded file; ``rows`` is where a copy of its rows goes when one is needed.

    Raises :class:`DataError` when it cannot be read; ``totals`` may refuse the headers with an error of its own.
    """
    with text.path.open("rb") as file:
        header = find_header(file.read(HEAD), names, text.start)
    if header is None:
        raise DataError("an empty file", where=name, hint="export it again, or remove it")
    record = header.record
    if len(record.cells) > MAX_COLUMNS:
        what = f"{len(record.cells):,} columns; more than {MAX_COLUMNS:,} are not read"
        raise DataError(what, where=f"{name}:{record.line}", hint="export fewer columns")
    headers = unique_names(record.cells)
    is_structure = _structure(totals(headers), header.separator)
    rules = Rules(ord(header.separator), CR if record.end == b"\r" else LF, len(headers))
    _check_header(text.path, name, header, rules)
    proof = prove(text.path, name, rules, record.stop, is_structure, progress)
    return Delimited(
        frame=scan(text.path, rules, proof, headers, rows),
        height=proof.height,
        structure=header.index + 1 + proof.blank + proof.odd,
        headers=headers,
        header_line=record.line,
        dialect=f"{SEPARATOR_NAMES[header.separator]}, {_ENDS.get(record.end, 'LF')}",
        layout=Layout(
            text.path, record.stop, rules.separator, rules.end, rules.width, text.encoding, text.lead, text.nuls
        ),
        notes=(f"{proof.odd} total or footer lines of another width",) if proof.odd else (),
        titles=header.titles,
    )


def _check_header(path: Path, name: str, header: Header, rules: Rules) -> None:
    with path.open("rb") as file:
        file.seek(header.record.start)
        fault = header_fault(file.read(header.record.stop - header.record.start), rules)
    if fault is not None:
        where = f"{name}:{header.record.line}"
        raise DataError(f"the header: {fault}", where=where, hint="mend that line or export the file again")


def _structure(tests: tuple[tuple[int, re.Pattern[str]], ...], separator: str) -> Structure:
    """Whether a record of another width is a total: a cell in a column of `totals` matches its pattern."""

    def is_structure(record: bytes) -> bool:
        cells = next(csv.reader([record.decode("utf-8", "replace")], delimiter=separator), [])
        return any(index < len(cells) and cells[index] and test.search(cells[index]) for index, test in tests)

    return is_structure
