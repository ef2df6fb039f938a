"""The same sale in two systems: a shop's order that a payment, a deal or a mail event tells of again.

A yield says who tells of its orders (``sales`` in the preset), in the order of trust: the shop, the CRM, the
payment system, the books, the mail tool. On the days that more trusted orders cover, each order of a less
trusted system is looked for among them: by the order's number (``order`` or ``reference`` on either side, at most
a week apart), else by customer and amount within a day, each order once. What is found is a duplicate. If at least
one in twenty is found, the systems tell of the same sales: an order of the same customer within a day but with
another amount is a duplicate too, and the rest of those days is left out as ``unmatched``, since adding it could
count it twice. If hardly any is found though both sides know the addresses of their customers, the systems sell
apart and all other orders count. A mail tool never sells, and its refunds on the covered days are duplicates. Outside
the covered days what is not found counts, so that a migration counts on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

import polars as pl

from clm_audit.config.preset import Sales
from clm_audit.facts.common import Context
from clm_audit.facts.money import CENT, MICRO, half_even
from clm_audit.facts.twins import Candidates, Twins

TRUST: Mapping[str, int] = {name: rank for rank, name in enumerate(get_args(Sales))}
APART = 0.05  # share of orders found elsewhere up to which two systems sell different things
KNOWN = 0.5  # share of orders whose customer has an address, without which nothing can be found
WEEK = 7
_NUMBER = r"^(?:order|bestellung|auftrag|commande|pedido|ordine)?[\s:_-]*(?:no\.?|nr\.?|number)?[\s#:]*"


@dataclass
class Retold:
    """By position of the file's candidates: the orders (``first`` rows) that other files tell of, and those that
    nobody found there and that are left out."""

    found: dict[int, pl.DataFrame] = field(default_factory=dict)
    unmatched: dict[int, pl.DataFrame] = field(default_factory=dict)


def find_retold(candidates: Sequence[Candidates], twins: Twins, context: Context) -> Retold:
    """Find the orders that count elsewhere. Costs nothing where all files are trusted alike."""
    retold = Retold()
    ranks = [TRUST[candidate.one.source.sales] for candidate in candidates]
    if len(set(ranks)) < 2:
        return retold
    told = [_told(number, candidate, twins, context) for number, candidate in enumerate(candidates)]
    base = pl.concat([rows for rows, rank in zip(told, ranks, strict=True) if rank == min(ranks)])
    for rank in sorted(set(ranks))[1:]:
        mine = pl.concat([rows for rows, own in zip(told, ranks, strict=True) if own == rank])
        kept = _settle(retold, mine, base, context, mail=rank == TRUST["mail"]) if base.height else mine
        if rank == TRUST["mail"] and base.height:
            _give_back_once(retold, candidates, twins, base)
        base = pl.concat([base, kept])
    _say(retold, candidates, context)
    return retold


def _give_back_once(retold: Retold, candidates: Sequence[Candidates], twins: Twins, base: pl.DataFrame) -> None:
    """Refunds that a mail tool tells of, on days whose sales others know with their own refunds, are duplicates."""
    low, high = base["day"].min(), base["day"].max()
    for number, candidate in enumerate(candidates):
        if candidate.one.source.sales != "mail" or number in retold.found:
            continue
        rows = pl.concat(twins.orders(number, candidate)).filter(
            (pl.col("gross") < 0) & pl.col("day").is_between(low, high)
        )
        found = rows.select("first", "order", "day").collect(engine="streaming")
        retold.found[number], retold.unmatched[number] = found, found.clear()


def _told(number: int, candidate: Candidates, twins: Twins, context: Context) -> pl.DataFrame:
    """The orders of one file that count so far, with what they can be found by."""
    one = candidate.one
    gross = half_even(pl.col("gross"), MICRO // CENT) if one.fact == "order_lines" else pl.col("gross")
    rows = pl.concat(twins.orders(number, candidate)).filter(
        pl.col("left_out").is_null() & pl.col("day").is_not_null() & (pl.col("gross") > 0)
    )
    rows = rows.with_columns(cents=context.currency.convert(gross, one))
    if "reference" in one.columns:
        rows = rows.join(one.rows.select(pl.col("row").alias("first"), "reference"), on="first", how="left")
    else:
        rows = rows.with_columns(reference=pl.lit(None, dtype=pl.String))
    numbers = [_bare(pl.col("order")).alias("number"), _bare(pl.col("reference")).alias("reference")]
    part = pl.lit(number, dtype=pl.Int32).alias("part")
    return rows.select(part, "first", "order", *numbers, "customer", "day", "cents").collect(engine="streaming")


def _bare(number: pl.Expr) -> pl.Expr:
    """An order number as it is compared: ``Order #1001`` is ``1001``."""
    bare = number.str.to_lowercase().str.replace(_NUMBER, "").str.strip_chars()
    return pl.when(bare != "").then(bare)


def _settle(retold: Retold, mine: pl.DataFrame, base: pl.DataFrame, context: Context, *, mail: bool) -> pl.DataFrame:
    """Decide about the orders of one trust; returns those that count beside the more trusted ones."""
    low, high = base["day"].min(), base["day"].max()
    covered = pl.col("day").is_between(low, high)
    same, free = _by_number(mine, base)
    rest = mine.join(same, on=["part", "first"], how="anti")
    alike, free = _by_customer(rest, free)
    rest = rest.join(alike, on=["part", "first"], how="anti")
    near = _near(rest, free)
    matched = pl.concat([same, alike, near])
    compared = mine.filter(covered)
    few = matched.filter(covered).height <= APART * compared.height
    apart = not mail and few and all(_addressed(rows, context) for rows in (mine, base))
    others = rest.filter(covered).join(near, on=["part", "first"], how="anti")
    if apart:
        matched = pl.concat([same, alike])
    for part in mine["part"].unique().sort().to_list():
        retold.found[part] = matched.filter(pl.col("part") == part)
        retold.unmatched[part] = others.filter((pl.col("part") == part) & (not apart))
    context.count("orders.retold_compared", compared.height)
    context.count("orders.retold", matched.height)
    context.count("orders.retold_near", 0 if apart else near.height)
    context.count("orders.retold_unmatched", 0 if apart else others.height)
    context.count("orders.retold_unmatched_cents", 0 if apart else int(others["cents"].sum()))
    context.count("orders.retold_apart", rest.filter(covered).height if apart else 0)
    return rest if apart else rest.filter(~covered).join(near, on=["part", "first"], how="anti")


def _by_number(mine: pl.DataFrame, base: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Orders whose number stands on the other side, and the orders there that nobody has named yet."""
    named = [_numbers(rows).rename({"day": f"day_{side}"}) for side, rows in enumerate((mine, base))]
    both = named[0].join(named[1], on="number", suffix="_base")
    both = both.filter((pl.col("day_0") - pl.col("day_1")).abs() <= WEEK)
    found = both.select("part", "first").unique()
    taken = both.select(part="part_base", first="first_base").unique()
    keys = ["part", "first"]
    return mine.join(found, on=keys, how="semi"), base.join(taken, on=keys, how="anti")


def _numbers(rows: pl.DataFrame) -> pl.DataFrame:
    each = [rows.select("part", "first", "day", number=name) for name in ("number", "reference")]
    return pl.concat(each).drop_nulls("number")


def _by_customer(mine: pl.DataFrame, base: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Orders of the same customer and amount on the same day, or the day before or after: one for one."""
    keys, found = ["part", "first"], []
    key = ["customer", "cents", "day"]
    for offset in (0, 1, -1):
        left, right = (_nth(rows.drop_nulls("customer"), key) for rows in (mine, base))
        shifted = right.with_columns(pl.col("day") + offset)
        pairs = left.join(shifted, on=[*key, "nth"], suffix="_base")
        found.append(mine.join(pairs.select(keys), on=keys, how="semi"))
        mine = mine.join(pairs.select(keys), on=keys, how="anti")
        base = base.join(pairs.select(part="part_base", first="first_base"), on=keys, how="anti")
    return pl.concat(found), base


def _nth(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    return rows.sort("part", "first").with_columns(nth=pl.int_range(pl.len(), dtype=pl.UInt32).over(key))


def _near(mine: pl.DataFrame, base: pl.DataFrame) -> pl.DataFrame:
    """Orders of a customer who has another order, of another amount, within a day."""
    days = [base.drop_nulls("customer").select("customer", pl.col("day") + offset) for offset in (-1, 0, 1)]
    return mine.join(pl.concat(days).unique(), on=["customer", "day"], how="semi")


def _addressed(rows: pl.DataFrame, context: Context) -> bool:
    """Whether most orders belong to a customer with an e-mail address, by which two systems can meet."""
    codes = rows["customer"].drop_nulls().to_numpy()
    return bool(rows.height and context.who.addressed[codes].sum() >= KNOWN * rows.height)


def _say(retold: Retold, candidates: Sequence[Candidates], context: Context) -> None:
    for number, rows in retold.found.items():
        notes = context.books[candidates[number].one.table.index].notes
        if rows.height:
            notes.append(f"orders that a more trusted system also tells of, counted there: {rows.height:,}")
