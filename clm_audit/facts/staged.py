"""What one pass over a file leaves behind: the typed rows of each yield, in memory or in the run folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from clm_audit.config.preset import FactName, Yield
from clm_audit.facts.columns import Column
from clm_audit.facts.model import ColumnRead
from clm_audit.facts.readers import name_space
from clm_audit.intake.model import RawTable


@dataclass(frozen=True)
class Staged:
    """The typed rows of one yield of one file. ``columns`` are the fields that the file has.

    ``stamps`` (counts of naive and zoned stamps, and of ``rounded`` amounts), ``notes`` and ``read`` are of the file,
    on its first yield.
    ``returned``: whether there is a column ``returned`` that marks orders given back whole.
    ``sign``: the sign beside its amounts (``$``) where nothing says which of its currencies it stands for.
    ``rows``: those of a file that is not large are ``held`` in memory, those of a large one stand in a Parquet.
    """

    table: RawTable
    number: int
    source: Yield
    rows: pl.LazyFrame
    columns: Mapping[str, Column]
    reasons: tuple[tuple[str, str], ...]
    left: tuple[str, ...]
    segments: Mapping[str, Column]
    stamps: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    returned: bool = False
    sign: str = ""
    held: bool = False
    read: tuple[ColumnRead, ...] = ()

    @property
    def fact(self) -> FactName:
        """The fact that the rows belong to."""
        return self.source.fact

    @property
    def system(self) -> str:
        """The name space of the ids in this file."""
        return name_space(self.table)

    @property
    def by_line(self) -> bool:
        """Whether several rows make one order."""
        return bool(self.source.lines) or self.fact == "order_lines"
