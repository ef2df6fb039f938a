"""Of several statements about one order: which of them counts, and what the others are to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl


def open_total() -> pl.Expr:
    """Whether an order lacks what it needs to count, which another file may say."""
    return (pl.col("gross").is_null() | pl.col("day").is_null()) & pl.col("left_out").is_null()


def ranked(unique: pl.DataFrame, key: list[str], ends: Callable[[], Mapping[int, int]]) -> pl.DataFrame:
    """Whether an order was corrected (``revised``), and if so how far each file reaches (``reach``; ``ends`` tells
    the newest day of each)."""
    whole = ~open_total() & ~pl.col("summed")
    several = pl.lit(False)
    for name in ("day", "gross", "refunded", "customer", "currency"):
        value = pl.col(name).fill_null(0) if name == "refunded" else pl.col(name)
        several = several | (pl.when(whole).then(value).drop_nulls().n_unique() > 1)
    states = pl.when(whole).then(pl.col("left_out").fill_null("")).drop_nulls().n_unique()
    unique = unique.with_columns(revised=(several | (states > 1)).over(key) & whole)
    if not unique["revised"].any():
        return unique.with_columns(reach=pl.lit(0, dtype=pl.Int32))
    reach = pl.col("part").replace_strict(ends(), return_dtype=pl.Int32)
    return unique.with_columns(reach=pl.when("revised").then(reach).otherwise(0))


def led(unique: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """One leader an order; followers repeat it, or are other lines of it that stand in another part file."""
    rows = unique.with_columns(lacks=open_total())
    rows = rows.sort("lacks", "summed", "reach", "part", "first", descending=[False, False, True, False, False])
    compared = ("part", "first", "last", "end", "lines", "gross", "summed")
    rows = rows.with_columns(pl.col(name).first().over(key).alias(f"lead_{name}") for name in compared)
    leads = (pl.col("part") == pl.col("lead_part")) & (pl.col("first") == pl.col("lead_first"))
    after = (pl.col("lead_last") == pl.col("lead_end")) & (pl.col("first") == 0)
    before = (pl.col("last") == pl.col("end")) & (pl.col("lead_first") == 0)
    equal = (pl.col("lines") == pl.col("lead_lines")) & (pl.col("gross") == pl.col("lead_gross"))
    both_summed = pl.col("summed") & pl.col("lead_summed")
    more = pl.col("by_line") & pl.col("gross").is_null()
    is_part = pl.when(both_summed).then(after | before | ~equal).otherwise(more)
    rows = rows.with_columns(leads=leads, repeats=~leads & ~is_part.fill_null(False))
    parts = pl.when(~pl.col("repeats") & both_summed).then("gross")
    total = pl.when(pl.col("summed")).then(parts.sum().over(key)).otherwise("gross")
    merged = pl.when(pl.col("leads"))
    return rows.with_columns(
        gross=merged.then(pl.when(pl.col("gross").is_null()).then("gross").otherwise(total)).otherwise("gross"),
        customer=merged.then(pl.coalesce("customer", pl.col("customer").min().over(key))).otherwise("customer"),
    )
