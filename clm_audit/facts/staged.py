"""What one pass over a file leaves behind: the typed rows of each yield, in the run folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

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
    ``codes`` are fields that are held in memory, by row number, and ``keys`` the row numbers and hashes of the
    keys of good rows; a large file has neither: its codes stand in the Parquet, its keys are hashed when needed.
    """

    table: RawTable
    number: int
    source: Yield
    path: Path
    columns: Mapping[str, Column]
    reasons: tuple[tuple[str, str], ...]
    left: tuple[str, ...]
    segments: Mapping[str, Column]
    stamps: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    returned: bool = False
    sign: str = ""
    codes: Mapping[str, pl.Series] = field(default_factory=dict)
    keys: pl.DataFrame | None = None
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

    def scan(self) -> pl.LazyFrame:
        """The staged rows, lazily."""
        rows = pl.scan_parquet(self.path, glob=False)
        return rows.with_columns(_by_row(codes).alias(name) for name, codes in self.codes.items())

    def keys_of(self, hashes: pl.Series) -> pl.DataFrame:
        """The row numbers of good rows, and their hashes out of those of all rows."""
        good = pl.scan_parquet(self.path, glob=False).filter(pl.col("reason") == 0).select("row")
        rows = good.collect(engine="streaming")["row"]
        return pl.DataFrame({"row": rows, "hash": hashes if len(rows) == len(hashes) else hashes.gather(rows)})


def _by_row(codes: pl.Series) -> pl.Expr:
    def look_up(rows: pl.Series) -> pl.Series:
        return codes.gather(rows)

    return pl.col("row").map_batches(look_up, return_dtype=codes.dtype, is_elementwise=True)
