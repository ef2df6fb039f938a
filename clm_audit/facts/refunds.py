"""Orders that were given back: what only a state tells of them."""

from __future__ import annotations

import polars as pl

from clm_audit.facts.common import Context
from clm_audit.facts.staged import Staged

WHOLE, PARTLY = 1, 2  # what of an order was given back, as its state says


def given_back() -> pl.Expr:
    """The refund: the whole amount where only a state says that the order was given back, and no amount how much."""
    unsaid = (pl.col("returned") == WHOLE) & (pl.col("refunded").fill_null(0) == 0) & (pl.col("gross") > 0)
    return pl.when(unsaid).then("gross").otherwise("refunded").alias("refunded")


def count_returned(one: Staged, rows: pl.LazyFrame, context: Context) -> None:
    """Say how many refunds only a state tells of: whole ones are taken as such, of parts nobody knows how much."""
    unsaid = rows.filter((pl.col("returned") > 0) & (pl.col("left") == 0) & (pl.col("gross") > 0))
    unsaid = unsaid.filter(pl.col("refunded").fill_null(0) == 0)
    counts = dict(unsaid.group_by("returned").len().collect(engine="streaming").iter_rows())
    notes = context.books[one.table.index].notes
    for code, name, what in (
        (WHOLE, "refund_from_state", "refunded by their state, without a refund amount, taken as refunded whole"),
        (PARTLY, "refund_unsaid", "refunded in part by their state, without a refund amount, counted in full"),
    ):
        context.count(f"orders.{name}", counts.get(code, 0))
        if code in counts:
            notes.append(f"orders {what}: {counts[code]:,}")
