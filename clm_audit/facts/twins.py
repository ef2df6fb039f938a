"""The same order in several rows or files: repeated, split over part files, or contradictory.

Orders are compared within the name space of their system. Ids may start anew in another system's
export, so when one side of go-live has its own files a repeated order must also have the same day; files
whose shared ids say different things are told apart (:mod:`clm_audit.facts.numbering`). When a few orders
were corrected, what the export says counts whose newest order is the latest (the first of equals).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from clm_audit.facts import alike
from clm_audit.facts.common import rows_of
from clm_audit.facts.damage import FLOAT
from clm_audit.facts.ledger import Entry, Rows
from clm_audit.facts.numbering import number_spaces
from clm_audit.facts.split import split
from clm_audit.facts.staged import Staged

HASHES = 2**23  # of order numbers that are sorted at once
VALUES = {"gross": pl.Int64, "refunded": pl.Int64, "customer": pl.Int64, "day": pl.Int32, "currency": pl.UInt32}
_SAID = (*VALUES, "left_out")


@dataclass(frozen=True)
class Candidates:
    """The orders of one file before other files are looked at.

    ``orders`` has order, first and last (row numbers), lines, day, gross, refunded, customer,
    currency, left_out; money in hundredths, of line items (whose orders may go on in another file) in
    millionths. ``entries`` are the rows that are rejected for their own cells or order. ``unsaid``: columns (segment,
    too) of which it is known that they say nothing.
    """

    one: Staged
    orders: pl.LazyFrame
    entries: tuple[Entry, ...]
    unsaid: frozenset[str] = frozenset()


@dataclass
class Twins:
    """What became of orders that stand more than once, by position of the file's candidates.

    ``shared``: row numbers (``first``) that were looked at; ``kept``: the orders among them that count.
    """

    shared: dict[int, pl.DataFrame] = field(default_factory=dict)
    kept: dict[int, pl.DataFrame] = field(default_factory=dict)
    entries: dict[int, list[Entry]] = field(default_factory=dict)
    split_orders: int = 0
    damaged: int = 0  # repeated order numbers that a spreadsheet wrote with an exponent
    revised: int = 0  # orders that a later export corrects
    anew: dict[int, int] = field(default_factory=dict)  # ids that stand for another order in an earlier file
    unclear: dict[int, int] = field(default_factory=dict)  # ids of which nobody can tell

    def orders(self, number: int, candidates: Candidates) -> list[pl.LazyFrame]:
        """The orders of a file that count, in one or two parts."""
        if number not in self.shared:
            return [candidates.orders]
        rest = candidates.orders.filter(~pl.col("first").is_in(self.shared[number]["first"].implode()))
        columns = ("order", "first", "last", "lines", *_SAID)
        return [rest.select(columns), self.kept[number].lazy().select(columns)]


def find_twins(candidates: Sequence[Candidates], folder: Path) -> Twins:
    """Find and settle every order that stands more than once; hashes that do not fit into memory go to ``folder``."""
    twins = Twins()
    for space in sorted({one.one.system for one in candidates}):
        members = [(number, one) for number, one in enumerate(candidates) if one.one.system == space]
        rows = _shared(members, folder)
        if rows.height:
            _settle(twins, rows, dict(members))
    return twins


def _shared(members: Sequence[tuple[int, Candidates]], folder: Path) -> pl.DataFrame:
    """The orders whose id may stand more than once (found by hash, compared by text later), or lack a total."""
    keys = [one.one.keys for _, one in members]
    held = [key for key in keys if key is not None]
    found = _by_held_keys(members, held) if len(held) == len(keys) else _by_scan(members, folder)
    return pl.concat([rows.collect(engine="streaming") for rows in found])


def _open_total() -> pl.Expr:
    return pl.col("gross").is_null() & pl.col("left_out").is_null()


def _by_held_keys(members: Sequence[tuple[int, Candidates]], keys: Sequence[pl.DataFrame]) -> list[pl.LazyFrame]:
    """Of files with one row an order, where no good row lacks a total."""
    places = alike.repeated(np.concatenate([key["hash"].to_numpy() for key in keys]))
    found, start = [], 0
    for (number, one), key in zip(members, keys, strict=True):
        low, high = np.searchsorted(places, (start, start + key.height))
        rows = key["row"].gather(places[low:high] - np.uint32(start))
        found.append(_described(number, one, one.orders.filter(pl.col("first").is_in(rows.implode()))))
        start += key.height
    return found


def _by_scan(members: Sequence[tuple[int, Candidates]], folder: Path) -> list[pl.LazyFrame]:
    marked = [(number, one, one.orders.with_columns(hash=pl.col("order").hash())) for number, one in members]
    if len(members) == 1 and members[0][1].one.by_line:
        return [_described(number, one, rows.filter(_open_total())) for number, one, rows in marked]
    hashes = pl.concat([rows.select("hash") for _, _, rows in marked])
    twice = _twice(hashes, sum(one.one.table.height for _, one in members), folder)
    found = []
    for number, one, rows in marked:
        asked = rows.select("first", "hash", open=_open_total())
        wanted = asked.filter(pl.col("open") | pl.col("hash").is_in(twice.implode())).select("first")
        firsts = wanted.collect(engine="streaming")["first"]
        found.append(_described(number, one, one.orders.filter(pl.col("first").is_in(firsts.implode()))))
    return found


def _twice(hashes: pl.LazyFrame, rows: int, folder: Path) -> pl.Series:
    """The hashes that stand more than once; of very many each part by their leading bits for itself, from files."""
    bits = (rows // HASHES).bit_length()
    key = pl.col("hash") // pl.lit(2 ** (64 - bits), dtype=pl.UInt64) if bits else pl.lit(0)
    found = [pl.Series("hash", [], dtype=pl.UInt64)]
    for part in split(hashes, key.cast(pl.UInt32), 2**bits, folder / "hashes"):
        values = np.sort(part.collect(engine="streaming")["hash"].to_numpy())
        found.append(pl.Series("hash", values[1:][values[1:] == values[:-1]]).unique())
    shutil.rmtree(folder / "hashes", ignore_errors=True)
    return pl.concat(found)


def _described(number: int, candidates: Candidates, rows: pl.LazyFrame) -> pl.LazyFrame:
    one = candidates.one
    return rows.select(
        pl.col("order", "first", "last", "lines", *_SAID),
        part=pl.lit(number, dtype=pl.Int32),
        by_line=pl.lit(one.by_line),
        summed=pl.lit(one.fact == "order_lines"),
        end=pl.lit(one.table.height - 1, dtype=pl.Int64),
    )


def _settle(twins: Twins, rows: pl.DataFrame, members: dict[int, Candidates]) -> None:
    sides = {one.one.table.side for one in members.values()}
    key = ["order", "day"] if {"before", "after"} <= sides else ["order"]
    within = [*key, "part"]
    twins.damaged += rows.filter(pl.col("order").str.contains(FLOAT)).height
    rows = rows.with_columns(
        kinds=pl.struct(_SAID).n_unique().over(within),
        nth=pl.col("first").rank("ordinal").over(within),
    )
    clashing = rows.filter(pl.col("kinds") > 1)
    again = rows.filter((pl.col("kinds") == 1) & (pl.col("nth") > 1))
    unique = rows.filter((pl.col("kinds") == 1) & (pl.col("nth") == 1))
    numbering = number_spaces(unique, key)
    twins.anew |= numbering.anew
    twins.unclear |= numbering.unclear
    key = [*key, "space"]
    led = _led(_ranked(numbering.rows, key, members), key)
    for number, one in members.items():
        here = pl.col("part") == number
        header = one.one.columns["order"].header
        mine = led.filter(here)
        lost = mine.filter(pl.col("leads") & _open())
        columns = ["order", "first"]
        repeats = mine.filter(pl.col("repeats") & ~pl.col("revised")).select(columns)
        repeated = pl.concat([repeats, again.filter(here).select(columns)])
        superseded = mine.filter(pl.col("repeats") & pl.col("revised"))
        twins.shared[number] = rows.filter(here).select("first")
        kept = mine.filter(pl.col("leads") & ~_open())
        twins.kept[number] = kept.select("order", "first", "last", "lines", *_SAID)
        twins.entries[number] = [
            Entry(rows_of(clashing.filter(here), "first"), "conflicting_rows", header),
            Entry(all_rows(one, lost), "missing_amount", header),
            Entry(all_rows(one, repeated), "repeated", header, repeated=True),
            Entry(all_rows(one, superseded), "superseded", header, repeated=True),
        ]
    twins.revised += led.filter(pl.col("leads") & pl.col("revised")).height
    twins.split_orders += led.filter(~pl.col("leads") & ~pl.col("repeats")).height


def _open() -> pl.Expr:
    return (pl.col("gross").is_null() | pl.col("day").is_null()) & pl.col("left_out").is_null()


def _ranked(unique: pl.DataFrame, key: list[str], members: dict[int, Candidates]) -> pl.DataFrame:
    """Whether an order was corrected (``revised``), and if so how far each file reaches (``reach``)."""
    whole = ~_open() & ~pl.col("summed")
    several = pl.lit(False)
    for name in ("day", "gross", "refunded", "customer", "currency"):
        value = pl.col(name).fill_null(0) if name == "refunded" else pl.col(name)
        several = several | (pl.when(whole).then(value).drop_nulls().n_unique() > 1)
    states = pl.when(whole).then(pl.col("left_out").fill_null("")).drop_nulls().n_unique()
    unique = unique.with_columns(revised=(several | (states > 1)).over(key) & whole)
    if not unique["revised"].any():
        return unique.with_columns(reach=pl.lit(0, dtype=pl.Int32))
    ends = {part: one.orders.select(pl.col("day").max()).collect().item() or 0 for part, one in members.items()}
    reach = pl.col("part").replace_strict(ends, return_dtype=pl.Int32)
    return unique.with_columns(reach=pl.when("revised").then(reach).otherwise(0))


def _led(unique: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """One leader an order; followers repeat it, or are other lines of it that stand in another part file."""
    ranked = unique.with_columns(lacks=_open())
    ranked = ranked.sort("lacks", "summed", "reach", "part", "first", descending=[False, False, True, False, False])
    compared = ("part", "first", "last", "end", "lines", "gross", "summed")
    ranked = ranked.with_columns(pl.col(name).first().over(key).alias(f"lead_{name}") for name in compared)
    leads = (pl.col("part") == pl.col("lead_part")) & (pl.col("first") == pl.col("lead_first"))
    after = (pl.col("lead_last") == pl.col("lead_end")) & (pl.col("first") == 0)
    before = (pl.col("last") == pl.col("end")) & (pl.col("lead_first") == 0)
    equal = (pl.col("lines") == pl.col("lead_lines")) & (pl.col("gross") == pl.col("lead_gross"))
    both_summed = pl.col("summed") & pl.col("lead_summed")
    more = pl.col("by_line") & pl.col("gross").is_null()
    is_part = pl.when(both_summed).then(after | before | ~equal).otherwise(more)
    ranked = ranked.with_columns(leads=leads, repeats=~leads & ~is_part.fill_null(False))
    parts = pl.when(~pl.col("repeats") & both_summed).then("gross")
    total = pl.when(pl.col("summed")).then(parts.sum().over(key)).otherwise("gross")
    merged = pl.when(pl.col("leads"))
    return ranked.with_columns(
        gross=merged.then(pl.when(pl.col("gross").is_null()).then("gross").otherwise(total)).otherwise("gross"),
        customer=merged.then(pl.coalesce("customer", pl.col("customer").min().over(key))).otherwise("customer"),
    )


def all_rows(candidates: Candidates, orders: pl.DataFrame) -> Rows:
    """Every row of the file that belongs to these orders (of one-row orders: the row itself)."""
    if not candidates.one.by_line:
        return rows_of(orders, "first")
    wanted = orders.lazy().select("order").unique()
    return rows_of(candidates.one.rows.join(wanted, on="order", how="semi").select("row").collect())
