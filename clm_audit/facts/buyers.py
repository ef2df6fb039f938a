"""Who orders: how many customers are known, and how many order before and after go-live."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from clm_audit.facts.common import Context

EPOCH = date(1970, 1, 1)


def count_customers(orders: pl.LazyFrame, context: Context, *, listed: bool) -> None:
    """Who orders: how many are known, and how many order before and after go-live.

    ``listed``: whether there is a customer export to know them by.
    """
    counted = orders.filter(pl.col("left_out").is_null())
    go_live = _go_live(counted, context)
    limit = pl.lit(go_live, dtype=pl.Int32)
    rows = counted.select(
        "customer",
        before=((pl.col("side") <= 0) & (pl.col("day") < limit)).fill_null(False),
        after=((pl.col("side") >= 0) & (pl.col("day") >= limit)).fill_null(False),
    )
    seen = {name: np.zeros(context.who.customers, dtype=np.bool_) for name in ("before", "after")}
    of_all = named = unlisted = blurred = 0
    any_blurred = bool(context.who.blurred.any())
    for batch in rows.collect_batches(maintain_order=False):
        of_all += batch.height
        known = batch.drop_nulls("customer")
        named += known.height
        customers = known["customer"].to_numpy()
        for name, mark in seen.items():
            mark[customers[known[name].to_numpy()]] = True
        if any_blurred:
            blurred += int(context.who.blurred[customers].sum())
        if listed:
            unlisted += int((~context.who.known[customers]).sum())
    context.evidence["orders.with_customer"] = named
    context.evidence["orders.without_customer"] = of_all - named
    context.evidence["orders.blurred_customer"] = blurred
    if listed:
        context.evidence["orders.unknown_customer"] = unlisted
    if go_live is not None:
        context.evidence["customers.seen_before"] = int(seen["before"].sum())
        context.evidence["customers.seen_both_sides"] = int((seen["before"] & seen["after"]).sum())


def _go_live(orders: pl.LazyFrame, context: Context) -> int | None:
    if context.plan.go_live:
        return (context.plan.go_live - EPOCH).days
    first: int | None = orders.filter(pl.col("side") == 1).select(pl.col("day").min()).collect().item()
    return first
