"""Line items -> orders: one row an order, with what its lines come to."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from clm_audit.facts.candidates import VALUES, Candidates
from clm_audit.facts.common import Context, left_name, not_taken, rows_of
from clm_audit.facts.ledger import Entry
from clm_audit.facts.money import CENT, MICRO, half_even
from clm_audit.facts.refunds import WHOLE, count_returned, given_back
from clm_audit.facts.split import split, written
from clm_audit.facts.staged import Staged

_NEEDED = frozenset(
    {
        *("row", "reason", "left", "returned", "order", "customer", "day", "currency"),
        *("amount", "quantity", "unit_price", "refunded"),
    }
)
ORDER_DAYS = 7  # lines of one order may be dated a few days apart, as they are shipped


def grouped(one: Staged, rows: pl.LazyFrame, context: Context) -> Candidates:
    """Line items -> orders. An order with a row that cannot be read is rejected whole.

    Of very many rows those of one order come together in one part, and the parts are looked at one after the other.
    """
    keyed = rows.filter(pl.col("order").is_not_null())
    name = f"{one.table.index}-{one.number}"
    if one.held:
        found = _orders(one, keyed).sort("first").collect(engine="streaming")
        orders, entries = found.lazy(), (*not_taken(one), *_incomplete(one, one.rows, found))
    else:
        folder = context.folder / f"lines-{name}"
        needed = [name for name in keyed.collect_schema().names() if name in _NEEDED]
        key = (pl.col("order").hash() % context.parts).cast(pl.UInt32)
        parts = split(keyed.select(needed), key, context.parts, folder)
        orders, entries = _by_parts(one, parts, context.folder / f"candidates-{name}")
        shutil.rmtree(folder, ignore_errors=True)
    if one.returned and one.fact == "orders":
        count_returned(one, orders, context)
        orders = orders.with_columns(given_back())
    kept = orders.filter(~pl.col("bad") & ~pl.col("clash"))
    _note_mixed(one, kept, context)
    return Candidates(one, kept.select("order", "first", "last", "lines", left_name(one), *VALUES), entries)


def _by_parts(one: Staged, parts: Sequence[pl.LazyFrame], path: Path) -> tuple[pl.LazyFrame, tuple[Entry, ...]]:
    """The orders of all parts, written, and the rows that are rejected with them."""
    entries, files = not_taken(one), []
    for number, part in enumerate(parts):
        orders = _orders(one, part).collect(engine="streaming")
        entries += _incomplete(one, part, orders)
        files.append(written(orders, path.with_name(f"{path.name}-{number}.parquet")))
    return pl.concat(files), entries


def _orders(one: Staged, lines: pl.LazyFrame) -> pl.LazyFrame:
    """One row an order; ``bad``: a row of it cannot be read, ``clash``: its rows contradict one another."""
    counts = pl.col("left") == 0
    amount = pl.col("amount") if "amount" in one.columns else _line_amount()
    if one.fact == "order_lines":
        gross = [pl.when(counts).then(amount).sum().alias("gross"), pl.lit(False).alias("clash")]
        left = pl.when(counts.any()).then(pl.lit(0, dtype=pl.UInt8)).otherwise(pl.col("left").max())
    else:
        gross = [_combined(one, "amount", "gross"), _clash(one)]
        left = pl.col("left").max()
    return lines.group_by("order").agg(
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


def _note_mixed(one: Staged, orders: pl.LazyFrame, context: Context) -> None:
    counted = orders.filter(pl.col("mixed") & (pl.col("left") == 0))
    mixed = counted.select(pl.len()).collect(engine="streaming").item()
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


def _incomplete(one: Staged, lines: pl.LazyFrame, orders: pl.DataFrame) -> tuple[Entry, ...]:
    """Readable rows of orders that are rejected whole."""
    dropped = orders.filter(pl.col("bad") | pl.col("clash")).lazy().select("order", "bad")
    if not dropped.select(pl.len()).collect().item():
        return ()
    rows = (
        lines.filter(pl.col("reason") == 0).join(dropped, on="order").select("row", "bad").collect(engine="streaming")
    )
    header = one.columns["order"].header
    incomplete, clashing = rows_of(rows.filter("bad")), rows_of(rows.filter(~pl.col("bad")))
    amount = one.columns["amount"].header if "amount" in one.columns else header
    return Entry(incomplete, "order_incomplete", header), Entry(clashing, "conflicting_rows", amount)
