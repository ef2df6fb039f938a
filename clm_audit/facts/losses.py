"""Rows of several files that a fact does not take, noted part by part, and entered into the books at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.facts.common import Context, not_taken, served
from clm_audit.facts.ledger import Entry, Rows
from clm_audit.facts.staged import Staged


@dataclass(frozen=True)
class Places:
    """The rows of several files counted through, file after file; ``starts``: the place of the first row of each."""

    staged: Sequence[Staged]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, staged: Sequence[Staged]) -> Places:
        """Of these files."""
        return cls(staged, np.cumsum([0, *(one.table.height for one in staged)], dtype=np.int64))

    @property
    def count(self) -> int:
        """How many places there are."""
        return int(self.starts[-1])

    def at(self, number: int) -> pl.Expr:
        """The place (``at``) of a row of one file."""
        return (pl.col("row").cast(pl.Int64) + int(self.starts[number])).alias("at")


@dataclass
class Losses:
    """Rows by file, code, header and whether they repeat others."""

    places: Places
    found: dict[tuple[int, str, str, bool], list[Rows]] = field(default_factory=dict)

    def lose(self, number: int, code: str, header: str, at: pl.Series, *, repeated: bool = False) -> None:
        """Note rows of one file, by their places."""
        if len(at):
            rows = at.to_numpy() - self.places.starts[number]
            self.found.setdefault((number, code, header, repeated), []).append(rows)

    def book(self, context: Context, fact: str) -> pl.Expr:
        """Enter everything, and count what repeats others. Returns how many records (``rows``) a row with a place
        ``at`` stands for: none where an earlier fact of its file has taken it."""
        fresh = np.zeros(self.places.count, dtype=np.bool_)
        for number, one in enumerate(self.places.staged):
            book = context.books[one.table.index]
            fresh[self.places.starts[number] : self.places.starts[number + 1]] = book.fresh()
            entries = [
                Entry(np.sort(np.concatenate(rows)), code, header, repeated=repeated)
                for (file, code, header, repeated), rows in self.found.items()
                if file == number
            ]
            entries.sort(key=lambda entry: entry.repeated)
            book.enter(served(one), [*not_taken(one), *entries])
            context.count(f"{fact}.duplicate_rows", sum(len(entry.rows) for entry in entries if entry.repeated))
        if fresh.all():
            return pl.lit(1, dtype=pl.Int32).alias("rows")
        return (
            pl.col("at")
            .map_batches(
                lambda places: pl.Series("rows", fresh[places.to_numpy()].astype(np.int32)),
                return_dtype=pl.Int32,
                is_elementwise=True,
            )
            .alias("rows")
        )
