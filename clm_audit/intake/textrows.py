"""What reading a delimited file gives, for whatever reads one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from clm_audit.intake.dialect import Dialect
from clm_audit.intake.model import Layout, Reject
from clm_audit.intake.proof import Structure
from clm_audit.intake.strict import StrictReader

_LONGEST_TOTAL = 65_536  # bytes of a record
LISTED = 100_000  # faults of a file that are listed one by one; the counts hold all of them
# The headers of a file -> patterns that a total has, by the number of the column
Totals = Callable[[Mapping[str, str]], tuple[tuple[int, re.Pattern[str]], ...]]
Tick = Callable[[int], None]


@dataclass(frozen=True)
class Delimited:
    """A delimited file, read. ``frame`` is lazy, with the number of the row; fields as in ``RawTable``.

    ``titles`` is the text of each record above the header, ``header`` the names as written. Of a file that
    nobody knows ``sums`` are the rows that are totals.
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
    header: tuple[str, ...] = ()
    sums: tuple[int, ...] = ()


def no_totals(_: Mapping[str, str]) -> tuple[tuple[int, re.Pattern[str]], ...]:
    """Of a file that nobody knows, nobody knows its totals."""
    return ()


def structure_of(tests: tuple[tuple[int, re.Pattern[str]], ...], separator: str) -> Structure:
    """Whether a record of another width is a total: a cell in a column of `totals` matches its pattern."""

    reader = StrictReader(Dialect(separator))

    def is_structure(record: bytes) -> bool:
        if not tests or len(record) > _LONGEST_TOTAL:
            return False
        text = record.decode("utf-8", "replace")
        read = reader.record(text)
        cells = read.cells if read is not None else text.split(separator)
        return any(index < len(cells) and cells[index] and test.search(cells[index]) for index, test in tests)

    return is_structure


def counted(odd: int, lost: int, repaired: int) -> tuple[str, ...]:
    """The notes on records that are no rows, that were repaired and rejected."""
    found = (
        f"total, footer or repeated header lines: {odd:,}" if odd else "",
        f"records repaired: {repaired:,}" if repaired else "",
        f"records rejected: {lost:,}" if lost else "",
        f"records of these that are not listed one by one: {lost + repaired - LISTED:,}"
        if lost + repaired > LISTED
        else "",
    )
    return tuple(filter(None, found))
