"""What reading a delimited file gives, for whatever reads one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from clm_audit.intake.model import Layout, Reject

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
