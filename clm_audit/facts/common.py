"""What the builders of all facts share: the context of a run, and small expressions on staged rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.config.plan import AuditPlan
from clm_audit.facts.currency import Currency
from clm_audit.facts.identity import Identity, gather
from clm_audit.facts.ledger import Book, Entry, Rows
from clm_audit.facts.segments import Small
from clm_audit.facts.staged import Staged
from clm_audit.intake.model import RawTable

SIDES = {"before": -1, "both": 0, "after": 1}


@dataclass(frozen=True)
class Context:
    """All that building a fact needs. ``segment_of``: customer code -> segment code (one entry more, 0).
    ``parts``: into how many parts the rows of a fact are divided by their customer.

    ``evidence`` is filled by the builders.
    """

    plan: AuditPlan
    who: Identity
    currency: Currency
    books: Mapping[int, Book]
    folder: Path
    segment_of: Small
    parts: int = 1
    evidence: dict[str, int] = field(default_factory=dict)

    def segment(self, customer: str = "customer") -> pl.Expr:
        """The segment code (int32) of a customer column; 0 for nobody."""
        if not self.segment_of.any():
            return pl.lit(0, dtype=pl.Int32).alias("segment")
        return gather(pl.col(customer), self.segment_of).fill_null(0).cast(pl.Int32).alias("segment")

    def count(self, name: str, more: int) -> None:
        """Add to a named count."""
        self.evidence[name] = self.evidence.get(name, 0) + more


def side_of(table: RawTable) -> pl.Expr:
    """The side of go-live that the rows of a file may count for (int8)."""
    return pl.lit(SIDES[table.side], dtype=pl.Int8)


def left_name(one: Staged) -> pl.Expr:
    """Why a staged row does not count, as text; null for rows that count."""
    name = pl.lit(None, dtype=pl.String)
    for position, reason in enumerate(one.left, start=1):
        name = pl.when(pl.col("left") == position).then(pl.lit(reason)).otherwise(name)
    return name.alias("left_out")


def not_taken(one: Staged) -> tuple[Entry, ...]:
    """The rows that their own cells disqualify, by reason."""
    if not one.reasons:
        return ()
    rows = one.rows.filter(pl.col("reason") > 0).select("row", "reason").collect(engine="streaming")
    entries = []
    for position, (code, header) in enumerate(one.reasons, start=1):
        here = rows.filter(pl.col("reason") == position)["row"].to_numpy().astype(np.int64)
        if len(here):
            entries.append(Entry(here, code, header))
    return tuple(entries)


def count_left_out(context: Context, one: Staged, fact: str, counts: Mapping[str, int]) -> None:
    """Note in the file's book how many rows or orders are understood and not counted, and why."""
    for reason, count in sorted(counts.items()):
        context.count(f"{fact}.left_out.{reason}", count)
        what = f"{fact} not counted because {reason.replace('_', ' ')}"
        if reason == "credit_note":
            what = "credit notes, counted as refunds on their own date"
        tallies = context.books[one.table.index].tallies
        tallies[what] = tallies.get(what, 0) + count


def served(one: Staged) -> NDArray[np.bool_] | None:
    """Which rows of the file a yield was asked to take (None = all of them)."""
    if not one.source.where:
        return None
    asked = np.zeros(one.table.height, dtype=np.bool_)
    for batch in one.rows.select("row").collect_batches(maintain_order=False):
        asked[batch["row"].to_numpy()] = True
    return asked


def rows_of(frame: pl.DataFrame, column: str = "row") -> Rows:
    """A column of row numbers as int64."""
    return frame[column].to_numpy().astype(np.int64)
