"""Orders: one row an order, line items grouped, repeated orders of several files counted once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from clm_audit.facts.common import Context, count_left_out, left_name, not_taken, rows_of, served, side_of
from clm_audit.facts.ledger import Entry
from clm_audit.facts.money import CENT, MICRO, half_even
from clm_audit.facts.retold import Retold, find_retold
from clm_audit.facts.staged import Staged
from clm_audit.facts.twins import Candidates, Twins, all_rows, find_twins

EPOCH = date(1970, 1, 1)
WHOLE, PARTLY = 1, 2  # what of an order was given back, as its state says
ORDER_DAYS = 7  # lines of one order may be dated a few days apart, as they are shipped
_FINAL = ("first", "customer", "segment", "day", "gross", "refunded", "left_out", "lines")
_SAME = {
    "lines": pl.lit(1, dtype=pl.UInt32),
    "refunded": pl.lit(0, dtype=pl.Int64),
    "left_out": pl.lit(None, dtype=pl.String),
    "segment": pl.lit(0, dtype=pl.Int32),
}
_VALUES = {"gross": pl.Int64, "refunded": pl.Int64, "customer": pl.Int64, "day": pl.Int32, "currency": pl.UInt32}


def build_orders(staged: Sequence[Staged], context: Context) -> list[pl.LazyFrame]:
    """The orders of every file."""
    candidates = [_candidates(one, context) for one in staged]
    twins = find_twins(candidates)
    retold = find_retold(candidates, twins, context)
    tables = []
    for number, candidate in enumerate(candidates):
        tables.append(_final(candidate, number, twins, retold, context))
        entries = [*candidate.entries, *twins.entries.get(number, ())]
        if number in retold.found:
            header = candidate.one.columns["order"].header
            entries.append(Entry(all_rows(candidate, retold.found[number]), "retold", header, repeated=True))
        context.books[candidate.one.table.index].enter(served(candidate.one), entries)
        context.count("orders.duplicate_rows", sum(len(entry.rows) for entry in entries if entry.repeated))
    context.count("orders.split_over_files", twins.split_orders)
    _count_twins(twins, candidates, context)
    return tables


def _count_twins(twins: Twins, candidates: Sequence[Candidates], context: Context) -> None:
    """Say which order numbers stand in several files and do not say the same there."""
    context.count("orders.revised", twins.revised)
    context.count("orders.ids_excel_float", twins.damaged)
    for name, found in (("anew", twins.anew), ("unclear", twins.unclear)):
        context.count(f"orders.numbers_{name}", sum(found.values()))
        for number, count in found.items():
            note = f"order numbers that stand for other orders in another file, both counted: {count:,}"
            context.books[candidates[number].one.table.index].notes.append(note)


def _candidates(one: Staged, context: Context) -> Candidates:
    rows = one.rows.with_columns(customer=context.who.customer(one, tuple(one.columns)))
    for name, dtype in _VALUES.items():
        source = {"day": "date", "gross": "amount"}.get(name, name)
        has = source in one.columns or name == "customer"
        rows = rows.with_columns((pl.col(source) if has else pl.lit(None, dtype=dtype)).alias(name))
    if one.returned and not one.by_line:
        _count_returned(one, rows.filter(pl.col("reason") == 0), context)
        rows = rows.with_columns(_given_back())
    if one.by_line:
        return _grouped(one, rows, context)
    kept = rows.filter(pl.col("reason") == 0).select(
        _own_number(one),
        pl.col("row").alias("first"),
        pl.col("row").alias("last"),
        pl.lit(1, dtype=pl.UInt32).alias("lines"),
        left_name(one),
        *_VALUES,
    )
    return Candidates(one, kept, not_taken(one), _unsaid(one, context))


def _unsaid(one: Staged, context: Context) -> frozenset[str]:
    """What no order of a file with one row an order says: columns that are null throughout, and of lines always 1."""
    said = {
        "refunded": "refunded" in one.columns or one.returned,
        "left_out": bool(one.left),
        "segment": bool(context.segment_of.any()),
    }
    return frozenset(["lines", *(name for name, holds in said.items() if not holds)])


def _own_number(one: Staged) -> pl.Expr:
    """The order's number; of a negative row under it, a refund on its own day, one that says so."""
    below = pl.col("amount") < 0
    if "amount" not in one.columns or not one.rows.select(below.any()).collect(engine="streaming").item():
        return pl.col("order")
    credit = pl.format("{} credit {} {}", "order", "day", "gross")
    return pl.when(pl.col("gross") < 0).then(credit).otherwise("order").alias("order")


def _given_back() -> pl.Expr:
    """The refund: the whole amount where only a state says that the order was given back, and no amount how much."""
    unsaid = (pl.col("returned") == WHOLE) & (pl.col("refunded").fill_null(0) == 0) & (pl.col("gross") > 0)
    return pl.when(unsaid).then("gross").otherwise("refunded").alias("refunded")


def _count_returned(one: Staged, rows: pl.LazyFrame, context: Context) -> None:
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


def _grouped(one: Staged, rows: pl.LazyFrame, context: Context) -> Candidates:
    """Line items -> orders. An order with a row that cannot be read is rejected whole."""
    keyed = rows.filter(pl.col("order").is_not_null())
    counts = pl.col("left") == 0
    amount = pl.col("amount") if "amount" in one.columns else _line_amount()
    if one.fact == "order_lines":
        gross = [pl.when(counts).then(amount).sum().alias("gross"), pl.lit(False).alias("clash")]
        left = pl.when(counts.any()).then(pl.lit(0, dtype=pl.UInt8)).otherwise(pl.col("left").max())
    else:
        gross = [_combined(one, "amount", "gross"), _clash(one)]
        left = pl.col("left").max()
    groups = keyed.group_by("order").agg(
        pl.col("row").min().alias("first"),
        pl.col("row").max().alias("last"),
        pl.len().alias("lines").cast(pl.UInt32),
        *gross,
        *([_returned(one, amount)] if one.fact == "order_lines" else [_combined(one, "refunded", "refunded")]),
        *([pl.col("returned").max()] if one.returned else []),
        pl.col("day").min(),
        pl.col("customer").min(),
        pl.col("currency").min(),
        left.alias("left"),
        (pl.col("reason") > 0).any().alias("bad"),
        _mixed().alias("mixed"),
    )
    orders = groups.sort("first").collect(engine="streaming")
    if one.returned and one.fact == "orders":
        _count_returned(one, orders.lazy(), context)
        orders = orders.with_columns(_given_back())
    dropped = orders.filter("bad" if one.fact == "order_lines" else pl.col("bad") | pl.col("clash"))
    kept = orders.filter(~pl.col("bad") & ~pl.col("clash"))
    _note_mixed(one, kept, context)
    found = kept.select("order", "first", "last", "lines", left_name(one), *_VALUES)
    entries = (*not_taken(one), *_incomplete(one, dropped))
    if one.held:
        return Candidates(one, found.lazy(), entries)
    path = context.folder / f"candidates-{one.table.index}-{one.number}.parquet"
    found.write_parquet(path)
    return Candidates(one, pl.scan_parquet(path, glob=False), entries)


def _returned(one: Staged, amount: pl.Expr) -> pl.Expr:
    """What lines that were given back amount to, in hundredths; null where no state could say so."""
    if not one.returned:
        return pl.lit(None, dtype=pl.Int64).alias("refunded")
    given = pl.when((pl.col("left") == 0) & (pl.col("returned") == WHOLE)).then(amount).sum()
    return half_even(given, MICRO // CENT).alias("refunded")


def _mixed() -> pl.Expr:
    """Whether the lines of an order name several customers, or days that no one order has."""
    several = pl.col("customer").min() != pl.col("customer").max()
    return several.fill_null(False) | (pl.col("day").max() - pl.col("day").min() > ORDER_DAYS).fill_null(False)


def _note_mixed(one: Staged, orders: pl.DataFrame, context: Context) -> None:
    mixed = int((orders["mixed"] & orders["left"].eq(0)).sum())
    context.count("orders.mixed_lines", mixed)
    if mixed:
        note = f"orders whose lines have different customers, or days more than a week apart: {mixed:,}"
        context.books[one.table.index].notes.append(note)


def _line_amount() -> pl.Expr:
    """Quantity × unit price in millionths, half-even from their exact product."""
    product = pl.col("quantity").cast(pl.Int128) * pl.col("unit_price").cast(pl.Int128)
    return half_even(product, pl.lit(MICRO, dtype=pl.Int128)).cast(pl.Int64)


def _combined(one: Staged, field: str, name: str) -> pl.Expr:
    values = pl.col(field)
    if name not in one.columns and name == "refunded":
        return pl.lit(None, dtype=pl.Int64).alias(name)
    return (values.sum() if one.source.lines.get(field) == "sum" else values.drop_nulls().min()).alias(name)


def _clash(one: Staged) -> pl.Expr:
    """Whether a total that stands on several rows of an order is not the same on all of them."""
    taken = [name for name in ("amount", "refunded") if name in one.columns and one.source.lines.get(name) != "sum"]
    clash = pl.lit(False)
    for name in taken:
        clash = clash | (pl.col(name).min() != pl.col(name).max()).fill_null(False)
    return clash.alias("clash")


def _incomplete(one: Staged, dropped: pl.DataFrame) -> list[Entry]:
    """Readable rows of orders that are rejected whole."""
    if dropped.is_empty():
        return []
    orders = dropped.lazy().select("order", "bad")
    rows = one.rows.filter(pl.col("reason") == 0).join(orders, on="order").select("row", "bad").collect()
    header = one.columns["order"].header
    incomplete, clashing = rows_of(rows.filter("bad")), rows_of(rows.filter(~pl.col("bad")))
    amount = one.columns["amount"].header if "amount" in one.columns else header
    return [Entry(incomplete, "order_incomplete", header), Entry(clashing, "conflicting_rows", amount)]


def _final(candidate: Candidates, number: int, twins: Twins, retold: Retold, context: Context) -> pl.LazyFrame:
    """The orders of one file in their final form, counted on the way."""
    one = candidate.one
    rows = pl.concat(twins.orders(number, candidate))
    unsaid = candidate.unsaid
    if number in retold.found:
        first, unmatched = pl.col("first"), retold.unmatched[number]["first"].implode()
        rows = rows.filter(~first.is_in(retold.found[number]["first"].implode()))
        rows = rows.with_columns(
            pl.when(first.is_in(unmatched)).then(pl.lit("unmatched")).otherwise("left_out").alias("left_out")
        )
        unsaid = unsaid - {"left_out"}
    refunded = context.currency.convert(pl.col("refunded").fill_null(0), one)
    gross = half_even(pl.col("gross"), MICRO // CENT) if one.fact == "order_lines" else pl.col("gross")
    rows = rows.with_columns(gross=context.currency.convert(gross, one), refunded=refunded, segment=context.segment())
    rows = rows.filter(pl.col("day").is_not_null() & pl.col("gross").is_not_null()).select(_FINAL)
    found = _held(rows, one, unsaid) if one.held else _stored(_typed(rows, one), one, context)
    _count(candidate, found.select(**_seen()).collect(engine="streaming").row(0, named=True), context)
    return found


def _typed(rows: pl.LazyFrame, one: Staged) -> pl.LazyFrame:
    """Orders as the facts have them; those below zero are credit notes."""
    credit = pl.col("left_out").is_null() & (pl.col("gross") < 0)
    return rows.select(
        (pl.lit(one.table.index * 2**32, dtype=pl.Int64) + pl.col("first").cast(pl.Int64)).alias("order"),
        "customer",
        "segment",
        "day",
        "gross",
        "refunded",
        (pl.col("gross") - pl.col("refunded")).alias("net"),
        pl.when(credit).then(pl.lit("credit_note")).otherwise("left_out").alias("left_out"),
        pl.lit(one.table.index, dtype=pl.Int32).alias("file"),
        side_of(one.table).alias("side"),
        pl.col("lines").cast(pl.Int32).alias("rows"),
    )


def _held(rows: pl.LazyFrame, one: Staged, unsaid: frozenset[str]) -> pl.LazyFrame:
    """In memory, without the columns that are the same in all rows: those are made when they are asked for."""
    same = {name: value for name, value in _SAME.items() if name in unsaid}
    found = rows.select(name for name in _FINAL if name not in same).collect(engine="streaming")
    typed = _typed(found.lazy().with_columns(**same), one)
    if "left_out" not in same or (found["gross"] < 0).any():
        return typed
    return typed.with_columns(left_out=same["left_out"])


def _stored(typed: pl.LazyFrame, one: Staged, context: Context) -> pl.LazyFrame:
    path = context.folder / f"orders-{one.table.index}-{one.number}.parquet"
    typed.sink_parquet(path, compression="lz4", statistics=False)
    return pl.scan_parquet(path, glob=False)


def _seen() -> dict[str, pl.Expr]:
    counted = pl.col("left_out").is_null()
    return {
        "rows": counted.sum(),
        "refund_over_amount": (counted & (pl.col("gross") >= 0) & (pl.col("refunded") > pl.col("gross"))).sum(),
        "zero_amount": (counted & (pl.col("net") == 0)).sum(),
        "credit_note": (pl.col("left_out") == "credit_note").sum(),
        "unmatched": (pl.col("left_out") == "unmatched").sum(),
    }


def _count(candidate: Candidates, numbers: dict[str, int], context: Context) -> None:
    """Named counts of one file's orders, for the checks and the file's notes."""
    reasons: dict[str, int] = {}
    if candidate.one.left:
        left = candidate.orders.filter(pl.col("left_out").is_not_null()).group_by("left_out").len()
        reasons = dict(left.collect(engine="streaming").iter_rows())
    if unmatched := numbers.pop("unmatched") or 0:
        reasons["unmatched"] = unmatched
    credit_notes = numbers.pop("credit_note") or 0
    if credit_notes:
        reasons["credit_note"] = credit_notes
    count_left_out(context, candidate.one, "orders", reasons)
    for name, count in numbers.items():
        context.count(f"orders.{name}", count or 0)
    if numbers["refund_over_amount"]:
        note = f"orders refunded by more than their amount, taken as they are: {numbers['refund_over_amount']:,}"
        context.books[candidate.one.table.index].notes.append(note)


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
    for batch in rows.collect_batches(maintain_order=False):
        of_all += batch.height
        known = batch.drop_nulls("customer")
        named += known.height
        customers = known["customer"].to_numpy()
        for name, mark in seen.items():
            mark[customers[known[name].to_numpy()]] = True
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
