"""Which orders of one side stand on the other side, too: by number, by customer and amount, or nearly.

``at`` names an order in all frames, in the order of files and rows. What is found of one number, or of one customer,
does not depend on others, so that sides may be compared part by part.
"""

from __future__ import annotations

import polars as pl

WEEK = 7


def by_number(mine: pl.DataFrame, base: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Orders whose number stands on the other side at most a week apart, and the orders there that are named so."""
    both = mine.join(base, on="number", suffix="_base")
    both = both.filter((pl.col("day") - pl.col("day_base")).abs() <= WEEK)
    return both.select("at").unique(), both.select(at="at_base").unique()


def by_customer(mine: pl.DataFrame, base: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Orders of the same customer and amount on the same day, or the day before or after: one for one; and those of the
    other side that are still free."""
    found = []
    key = ["customer", "cents", "day"]
    for offset in (0, 1, -1):
        left, right = (_nth(rows.drop_nulls("customer"), key) for rows in (mine, base))
        shifted = right.with_columns(pl.col("day") + offset)
        pairs = left.join(shifted, on=[*key, "nth"], suffix="_base")
        found.append(mine.join(pairs.select("at"), on="at", how="semi"))
        mine = mine.join(pairs.select("at"), on="at", how="anti")
        base = base.join(pairs.select(at="at_base"), on="at", how="anti")
    return pl.concat(found), base


def _nth(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    return rows.sort("at").with_columns(nth=pl.int_range(pl.len(), dtype=pl.UInt32).over(key))


def near(mine: pl.DataFrame, base: pl.DataFrame) -> pl.DataFrame:
    """Orders of a customer who has another order, of another amount, within a day."""
    days = [base.drop_nulls("customer").select("customer", pl.col("day") + offset) for offset in (-1, 0, 1)]
    return mine.join(pl.concat(days).unique(), on=["customer", "day"], how="semi")
