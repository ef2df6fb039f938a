"""The same order in several rows or files: repeated, split over part files, or contradictory.

Orders are compared within the name space of their system. Ids may start anew in another system's
export, so when one side of go-live has its own files a repeated order must also have the same day; files
whose shared ids say different things are told apart (:mod:`clm_audit.facts.numbering`). When a few orders
were corrected, what the export says counts whose newest order is the latest (the first of equals).

Numbers that stand twice are found by their hashes, of very many part by part, and so are they settled: of each order
only a byte is held, and what counts of those that were looked at is written.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from clm_audit.facts import alike
from clm_audit.facts.candidates import COLUMNS, LOOKED_AT, Candidates, Twins, pieces
from clm_audit.facts.fates import Fates, has, mark
from clm_audit.facts.ledger import Rows
from clm_audit.facts.settle import Settling
from clm_audit.facts.split import split

HASHES = 2**23  # of order numbers that are sorted at once


def find_twins(candidates: Sequence[Candidates], folder: Path) -> Twins:
    """Find and settle every order that stands more than once; what does not fit into memory goes to ``folder``."""
    twins = Twins()
    for space in sorted({one.one.system for one in candidates}):
        members = {number: one for number, one in enumerate(candidates) if one.one.system == space}
        fates = _looked_at(members, folder)
        looked = {number: some for number, some in fates.items() if some.any()}
        if looked:
            parts = _parts(members, looked, folder / f"twins-{min(members)}")
            Settling(twins, members, looked, folder / f"kept-{min(members)}").settle(parts)
    return twins


def _looked_at(members: Mapping[int, Candidates], folder: Path) -> dict[int, Fates]:
    """Marks the orders whose id may stand more than once (found by hash, compared by text later), or lack a total."""
    starts = np.cumsum([0, *(one.one.table.height for one in members.values())])
    fates = np.zeros(starts[-1], dtype=np.uint8)
    found = {number: fates[start:end] for number, start, end in zip(members, starts[:-1], starts[1:], strict=True)}
    if all(one.one.held and not one.one.by_line for one in members.values()):
        _mark_held(list(found.values()), [_numbers(one) for one in members.values()])
        return found
    for number, one in members.items():
        if one.one.by_line:  # the total of an order with one row is never missing
            mark(found[number], one.orders.filter(_no_total()).select("first").collect(engine="streaming"), LOOKED_AT)
    if len(members) > 1 or not any(one.one.by_line for one in members.values()):
        for places in _repeated(members, starts, folder / "hashes"):
            fates[places] = LOOKED_AT
    return found


def _numbers(one: Candidates) -> pl.DataFrame:
    """Row and number of each order of a file that is held, with one row an order."""
    rows = one.one.rows.select("row", "reason", "order").collect()
    return rows.filter(pl.col("reason") == 0) if (rows["reason"] > 0).any() else rows


def _mark_held(fates: Sequence[Fates], orders: Sequence[pl.DataFrame]) -> None:
    """Of files with one row an order, where no good row lacks a total: what is held is looked at once."""
    places = alike.repeated(np.concatenate([alike.hashes(rows["order"]) for rows in orders]))
    start = 0
    for own, rows in zip(fates, orders, strict=True):
        low, high = np.searchsorted(places, (start, start + rows.height))
        own[rows["row"].gather(places[low:high] - np.uint32(start)).to_numpy()] = LOOKED_AT
        start += rows.height


def _no_total() -> pl.Expr:
    return pl.col("gross").is_null() & pl.col("left_out").is_null()


def _repeated(members: Mapping[int, Candidates], starts: Rows, folder: Path) -> Iterator[Rows]:
    """Places (rows of all files counted through) of numbers with one hash; of very many each part by their leading
    bits for itself, from files."""
    place = [pl.col("first").cast(pl.Int64) + int(start) for start in starts[:-1]]
    small = pl.UInt32 if starts[-1] < 2**32 else pl.Int64
    hashed = [
        one.orders.select(hash=pl.col("order").hash(), at=at.cast(small))
        for one, at in zip(members.values(), place, strict=True)
    ]
    bits = (int(starts[-1]) // HASHES).bit_length()
    key = pl.col("hash") // pl.lit(2 ** (64 - bits), dtype=pl.UInt64) if bits else pl.lit(0)
    for part in split(pl.concat(hashed), key.cast(pl.UInt32), 2**bits, folder):
        rows = part.collect(engine="streaming")
        yield rows["at"].to_numpy()[alike.repeated(rows["hash"].to_numpy())]
    shutil.rmtree(folder, ignore_errors=True)


def _parts(members: Mapping[int, Candidates], looked: Mapping[int, Fates], folder: Path) -> list[pl.LazyFrame]:
    """The orders that were marked; of very many those of one number come together in one part, in a file."""
    rows = pl.concat(
        _described(number, members[number], members[number].orders.filter(has(fates, LOOKED_AT)))
        for number, fates in looked.items()
    )
    if all(one.one.held for one in members.values()):
        return [rows.collect(engine="streaming").lazy()]
    parts = pieces(sum(int(np.count_nonzero(fates)) for fates in looked.values()))
    found = split(rows, (pl.col("order").hash() % parts).cast(pl.UInt32), parts, folder)
    return found if parts > 1 else [rows.collect(engine="streaming").lazy()]


def _described(number: int, candidates: Candidates, rows: pl.LazyFrame) -> pl.LazyFrame:
    one = candidates.one
    return rows.select(
        pl.col(COLUMNS),
        part=pl.lit(number, dtype=pl.Int32),
        by_line=pl.lit(one.by_line),
        summed=pl.lit(one.fact == "order_lines"),
        end=pl.lit(one.table.height - 1, dtype=pl.Int64),
    )
