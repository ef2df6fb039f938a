"""Rows of a query -> files by a key, in one pass and in the memory of a few row groups."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

FEW = 2**17  # rows of which no column takes much memory
_GROUP = 2**15  # rows of a row group: every part holds one until it is written


def sink(rows: pl.LazyFrame, key: pl.Expr, folder: Path) -> None:
    """Write the rows to ``folder/key=<k>/*.parquet``; ``key`` gives whole numbers from 0 on."""
    target = pl.PartitionBy(folder, key={"key": key}, include_key=False, approximate_bytes_per_file=None)
    rows.sink_parquet(target, compression="lz4", statistics=False, row_group_size=_GROUP, mkdir=True)


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A folder for what is needed until a fact is written."""
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def part_of(folders: Sequence[Path], number: int, schema: pl.Schema) -> pl.LazyFrame:
    """The rows of one key in all these folders; of none an empty frame."""
    files = sorted(file for folder in folders for file in (folder / f"key={number}").glob("*.parquet"))
    return pl.scan_parquet(files, glob=False) if files else pl.LazyFrame(schema=schema)


def split(rows: pl.LazyFrame, key: pl.Expr, parts: int, folder: Path) -> list[pl.LazyFrame]:
    """The rows in so many parts by a key from 0 on; one part is the rows themselves."""
    if parts == 1:
        return [rows]
    shutil.rmtree(folder, ignore_errors=True)
    sink(rows, key, folder)
    schema = rows.collect_schema()
    return [part_of([folder], number, schema) for number in range(parts)]


@dataclass(frozen=True)
class Shelved:
    """The rows of a fact where they were written: all of them, and in ``parts`` by their customer (none: undivided)."""

    whole: pl.LazyFrame
    parts: tuple[pl.LazyFrame, ...] = ()


def shelve(rows: Sequence[pl.LazyFrame], folder: Path, parts: int, owner: str) -> Shelved:
    """Write rows (queries of one schema) into ``folder``, divided by the customer in the column ``owner``; a single
    part is held in memory.

    Rows of nobody are spread by their day: nothing is summed over them but by day.
    """
    schema = rows[0].collect_schema()
    if parts == 1:
        return Shelved(held(pl.concat(rows)))
    day = pl.col("day") if "day" in schema.names() else pl.lit(0)
    key = pl.coalesce(pl.col(owner), day.cast(pl.Int64), pl.lit(0)) % parts
    folders = [folder / f"{number}" for number in range(len(rows))]
    for each, target in zip(rows, folders, strict=True):
        sink(each, key.cast(pl.UInt32), target)
    divided = tuple(part_of(folders, number, schema) for number in range(parts))
    return Shelved(pl.concat(divided), divided)


def held(rows: pl.LazyFrame, arranged: Callable[[pl.DataFrame], pl.DataFrame] | None = None) -> pl.LazyFrame:
    """The rows in memory, of many without the columns that say the same in all of them: those are made when they are
    asked for. ``arranged`` puts many rows in order, by ``customer`` and ``day``."""
    table = rows.collect(engine="streaming")
    if table.height <= FEW:
        return table.lazy()
    told = {each.name: each for each in table if each.name not in ("customer", "day")}
    same = {name: pl.lit(each[0], dtype=each.dtype) for name, each in told.items() if _says_one(each)}
    kept = table.drop(same)
    if not kept.width:
        return table.lazy()
    return (arranged(kept) if arranged else kept).lazy().with_columns(**same).select(table.columns)


def _says_one(column: pl.Series) -> bool:
    missing = column.null_count()
    return missing == len(column) or (not missing and bool(column.min() == column.max()))


def together(found: Sequence[Shelved]) -> Shelved:
    """The rows of several files as one fact."""
    divided = zip(*(one.parts for one in found), strict=True)
    return Shelved(pl.concat(one.whole for one in found), tuple(pl.concat(some) for some in divided))


def undivided(table: pl.DataFrame, folder: Path) -> Shelved:
    """Write a fact that belongs to no customer."""
    return Shelved(written(table, folder.with_suffix(".parquet")))


def written(table: pl.DataFrame, path: Path) -> pl.LazyFrame:
    """A table in a file."""
    table.write_parquet(path, compression="lz4", statistics=False)
    return pl.scan_parquet(path, glob=False)
