"""The keys of customers as whole numbers: the rank of each id or address among all different ones.

The key of an id is its e-mail address without case where it is one, else ``space:id``. Ranks follow the order of the
keys' bytes, so that whatever compares or sorts keys can do so by their ranks. Of very many ids the keys are ranked in
ranges, one after the other, each from files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.facts.names import Names
from clm_audit.facts.ranks import ranked

Ranks = NDArray[np.int32]
RANGE = 2**21  # keys that are ranked at once at most
_FINER = 4  # of more keys a range has so much fewer, as what stands of all of them in memory leaves less room
_SAMPLE = 2**16


@dataclass(frozen=True)
class Keys:
    """``start``: space -> the number of its first text, when those of all spaces are counted through; ``rank``: text
    -> rank of its key (-1 for a null); ``address``: rank -> whether the key is an e-mail address. ``cases``: addresses
    that are spelt in several ways. ``sorted``: the different keys in order, in parts."""

    start: Mapping[str, int]
    rank: Ranks
    address: NDArray[np.bool_]
    cases: int
    sorted: tuple[pl.Series | Path, ...]

    @property
    def count(self) -> int:
        """How many different keys there are."""
        return len(self.address)

    def of(self, space: str, size: int) -> Ranks:
        """The ranks of a space's texts, by place."""
        return self.rank[self.start[space] : self.start[space] + size]

    def find(self, keys: pl.Series) -> NDArray[np.int64]:
        """The rank of each key; keys that are not there are numbered on from the last rank."""
        asked = pl.DataFrame({"key": keys.unique(maintain_order=True)})
        rank, before = np.full(asked.height, -1, dtype=np.int64), 0
        for part in self.sorted:
            names = part if isinstance(part, pl.Series) else pl.read_parquet(part)["key"]
            known = pl.DataFrame({"key": names}).with_row_index("rank", offset=before)
            found = asked.join(known, on="key", how="left", maintain_order="left")["rank"].cast(pl.Int64)
            rank = np.where(found.is_not_null().to_numpy(), found.fill_null(-1).to_numpy(), rank)
            before += len(names)
        new = np.flatnonzero(rank < 0)
        rank[new] = self.count + np.arange(len(new))
        known = asked.with_columns(rank=pl.Series(rank))
        return keys.to_frame("key").join(known, on="key", how="left", maintain_order="left")["rank"].to_numpy()


def rank_keys(names: Names, separators: Mapping[str, str], folder: Path) -> Keys:
    """The keys of all texts, ranked. ``separators``: space -> what follows the first id of a cell with several."""
    start, total = {}, 0
    for space in names.spaces():
        start[space] = total
        total += names.size(space)
    parts = _texts(names, separators)
    ranges = _ranges(parts, _splits(names, separators, total), folder) if total > RANGE else iter([pl.concat(parts)])
    rank, address, cases, ordered, before = np.full(total, -1, dtype=np.int32), [], 0, [], 0
    for number, frame in enumerate(ranges):
        codes, different = ranked(frame["key"])
        rank[frame["at"].to_numpy()] = np.where(codes < 0, -1, codes + before)
        address.append(different.str.contains("@", literal=True).to_numpy())
        cases += _cases(frame["text"], codes, len(different))
        before += len(different)
        ordered.append(different if total <= RANGE else _kept(different, folder / f"sorted-{number}.parquet"))
    return Keys(start, rank, np.concatenate(address), cases, tuple(ordered))


def _cases(texts: pl.Series, codes: NDArray[np.int64], count: int) -> int:
    """How many addresses are spelt in several ways: a text of theirs differs from another one."""
    known = np.flatnonzero(texts.is_not_null().to_numpy())
    one = np.zeros(count, dtype=np.int64)
    one[codes[known]] = known
    other = texts.gather(known).ne_missing(texts.gather(one[codes[known]])).to_numpy()
    return len(np.unique(codes[known[other]]))


def _kept(different: pl.Series, path: Path) -> Path:
    different.to_frame("key").write_parquet(path, compression="lz4", statistics=False)
    return path


def _texts(names: Names, separators: Mapping[str, str]) -> Iterator[pl.DataFrame]:
    """Every text: its number (``at``), its key, and itself where it is an address."""
    yield pl.DataFrame(schema={"at": pl.UInt32, "key": pl.String, "text": pl.String})
    before = 0
    for space in names.spaces():
        for texts in names.parts(space):
            frame = pl.DataFrame({"text": texts}).with_row_index("at", offset=before)
            first = first_id(pl.col("text"), separators.get(space))
            key, known = space + ":" + first, first.str.contains("@", literal=True)
            if frame.select(known.any()).item():
                key = pl.when(known).then(first.str.to_lowercase()).otherwise(key)
                yield frame.select("at", key=key, text=pl.when(known).then("text"))
            else:
                yield frame.select("at", key=key, text=pl.lit(None, dtype=pl.String))
            before += len(texts)


def first_id(texts: pl.Expr, separator: str | None) -> pl.Expr:
    """The id that counts of a cell that may hold several."""
    return texts.str.split(separator).list.first().str.strip_chars() if separator else texts


def _splits(names: Names, separators: Mapping[str, str], total: int) -> pl.Series:
    """Keys that cut all of them into ranges of about the same size, from a sample."""
    step = -(-total // _SAMPLE)
    sample = pl.concat(frame["key"].gather_every(step) for frame in _texts(names, separators)).drop_nulls().sort()
    ranges = -(-total * _FINER // RANGE)
    return sample.gather([len(sample) * number // ranges for number in range(1, ranges)])


def _ranges(parts: Iterator[pl.DataFrame], splits: pl.Series, folder: Path) -> Iterator[pl.DataFrame]:
    """The texts by ranges of their keys; each range is in files until its turn comes. A null is in none."""
    files: list[list[Path]] = [[] for _ in range(len(splits) + 1)]
    for number, part in enumerate(parts):
        known = part.filter(pl.col("key").is_not_null())
        at = pl.Series("range", splits.search_sorted(known["key"], side="right"))
        for (place,), rows in known.with_columns(at).partition_by("range", as_dict=True, include_key=False).items():
            files[place].append(folder / f"keys-{place}-{number}.parquet")
            rows.write_parquet(files[place][-1], compression="lz4", statistics=False)
    for some in files:
        if some:
            yield pl.read_parquet(some, glob=False)
        for file in some:
            file.unlink()
