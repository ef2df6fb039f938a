"""Whose an order is, for the rows of a system's exports that name an order and no customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from clm_audit.facts.common import Context
from clm_audit.facts.split import split, written
from clm_audit.facts.staged import Staged

_KEY = pl.col("order").hash()


@dataclass(frozen=True)
class Buyers:
    """The orders that tell of their customers. Of very many rows those of an order come together in one part, in
    ``folder``, and the parts are joined one after the other."""

    orders: Sequence[Staged]
    context: Context
    folder: Path
    _divided: dict[str, list[pl.LazyFrame]] = field(default_factory=dict)  # of each system: it may have several files

    def beside(self, one: Staged, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Rows of a file with ``order``, and the ``buyer`` of each; of several parts in no order."""
        if "order" not in one.columns:
            return rows.with_columns(order=pl.lit(None, dtype=pl.String), buyer=pl.lit(None, dtype=pl.Int64))
        if self.context.parts == 1:
            return rows.join(_first(self._known(one.system)), on="order", how="left", maintain_order="left")
        target = self.folder / f"told-{one.table.index}-{one.number}"
        target.mkdir(parents=True)
        told = split(rows, (_KEY % self.context.parts).cast(pl.UInt32), self.context.parts, target / "rows")
        joined = [
            written(
                some.join(_first(known.sort("file", "row")), on="order", how="left").collect(engine="streaming"),
                target / f"{at}.parquet",
            )
            for at, (some, known) in enumerate(zip(told, self._parts(one.system), strict=True))
        ]
        return pl.concat(joined)

    def _parts(self, system: str) -> list[pl.LazyFrame]:
        if system not in self._divided:
            key = (_KEY % self.context.parts).cast(pl.UInt32)
            folder = self.folder / f"buyers-{len(self._divided)}"
            self._divided[system] = split(self._known(system), key, self.context.parts, folder)
        return self._divided[system]

    def _known(self, system: str) -> pl.LazyFrame:
        """Every row of an order of a system that somebody is known to have bought, whatever became of it."""
        found = [pl.LazyFrame(schema={"order": pl.String, "buyer": pl.Int64, "file": pl.Int32, "row": pl.UInt32})]
        for number, one in enumerate(self.orders):
            if one.system == system:
                buyer = self.context.who.customer(one, tuple(one.columns)).alias("buyer")
                file = pl.lit(number, dtype=pl.Int32).alias("file")
                found.append(one.rows.select("order", buyer, file, "row").drop_nulls())
        return pl.concat(found)


def _first(known: pl.LazyFrame) -> pl.LazyFrame:
    """One row an order: the first of them."""
    return known.unique("order", keep="first", maintain_order=True).select("order", "buyer")
