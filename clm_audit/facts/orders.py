"""Orders: one row an order, line items grouped, repeated orders of several files counted once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from clm_audit.facts.candidates import VALUES, Candidates, Twins, all_rows
from clm_audit.facts.common import Context, count_left_out, left_name, not_taken, served, side_of
from clm_audit.facts.fates import has
from clm_audit.facts.inorder import by_customer
from clm_audit.facts.ledger import Entry
from clm_audit.facts.lines import grouped
from clm_audit.facts.money import CENT, MICRO, half_even
from clm_audit.facts.refunds import count_returned, given_back
from clm_audit.facts.retold import FOUND, UNMATCHED, Retold, find_retold
from clm_audit.facts.split import Shelved, shelve
from clm_audit.facts.staged import Staged
from clm_audit.facts.twins import find_twins

_FINAL = ("first", "customer", "segment", "day", "gross", "refunded", "left_out", "lines")
_SAME = {
    "lines": pl.lit(1, dtype=pl.UInt32),
    "refunded": pl.lit(0, dtype=pl.Int64),
    "left_out": pl.lit(None, dtype=pl.String),
    "segment": pl.lit(0, dtype=pl.Int32),
}


def build_orders(staged: Sequence[Staged], context: Context) -> list[Shelved]:
    """The orders of every file."""
    candidates = [_candidates(one, context) for one in staged]
    twins = find_twins(candidates, context.folder)
    retold = find_retold(candidates, twins, context)
    tables = []
    for number, candidate in enumerate(candidates):
        tables.append(_final(candidate, number, twins, retold, context))
        entries = [*candidate.entries, *twins.entries.get(number, ())]
        if number in retold.fates:
            header = candidate.one.columns["order"].header
            found = all_rows(candidate, retold.fates[number], FOUND, context.folder)
            entries.append(Entry(found, "retold", header, repeated=True))
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
    for name, dtype in VALUES.items():
        source = {"day": "date", "gross": "amount"}.get(name, name)
        has = source in one.columns or name == "customer"
        rows = rows.with_columns((pl.col(source) if has else pl.lit(None, dtype=dtype)).alias(name))
    if one.returned and not one.by_line:
        count_returned(one, rows.filter(pl.col("reason") == 0), context)
        rows = rows.with_columns(given_back())
    if one.by_line:
        return grouped(one, rows, context)
    kept = rows.filter(pl.col("reason") == 0).select(
        _own_number(one),
        pl.col("row").alias("first"),
        pl.col("row").alias("last"),
        pl.lit(1, dtype=pl.UInt32).alias("lines"),
        left_name(one),
        *VALUES,
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


def _final(candidate: Candidates, number: int, twins: Twins, retold: Retold, context: Context) -> Shelved:
    """The orders of one file in their final form, counted on the way."""
    one = candidate.one
    rows = pl.concat(twins.orders(number, candidate))
    unsaid = candidate.unsaid
    if number in retold.fates:
        fates = retold.fates[number]
        unmatched = pl.when(has(fates, UNMATCHED)).then(pl.lit("unmatched")).otherwise("left_out")
        rows = rows.filter(~has(fates, FOUND)).with_columns(left_out=unmatched)
        unsaid = unsaid - {"left_out"}
    refunded = context.currency.convert(pl.col("refunded").fill_null(0), one)
    gross = half_even(pl.col("gross"), MICRO // CENT) if one.fact == "order_lines" else pl.col("gross")
    rows = rows.with_columns(gross=context.currency.convert(gross, one), refunded=refunded, segment=context.segment())
    rows = rows.filter(pl.col("day").is_not_null() & pl.col("gross").is_not_null()).select(_FINAL)
    if one.held:
        found = Shelved(_held(rows, one, unsaid))
    else:
        folder = context.folder / f"orders-{one.table.index}-{one.number}"
        found = _shelved(rows, one, unsaid, folder, context.parts)
    _count(candidate, found.whole.select(**_seen()).collect(engine="streaming").row(0, named=True), context)
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


def _shelved(rows: pl.LazyFrame, one: Staged, unsaid: frozenset[str], folder: Path, parts: int) -> Shelved:
    """In files, without what follows from the rest: that is made when it is asked for."""
    same = {name: value for name, value in _SAME.items() if name in unsaid}
    found = shelve([rows.select(name for name in _FINAL if name not in same)], folder, parts, "customer")
    whole, *divided = (_typed(each.with_columns(**same), one) for each in (found.whole, *found.parts))
    return Shelved(whole, tuple(divided))


def _held(rows: pl.LazyFrame, one: Staged, unsaid: frozenset[str]) -> pl.LazyFrame:
    """In memory, without the columns that are the same in all rows: those are made when they are asked for."""
    same = {name: value for name, value in _SAME.items() if name in unsaid}
    found = rows.select(name for name in _FINAL if name not in same).collect(engine="streaming")
    found = by_customer(found)
    typed = _typed(found.lazy().with_columns(**same), one)
    if "left_out" not in same or (found["gross"] < 0).any():
        return typed
    return typed.with_columns(left_out=same["left_out"])


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
