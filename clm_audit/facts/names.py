"""The ids of a run: which texts a name space has, and where each stands among them.

Where everything is held in memory, staged rows carry codes that are those places (:class:`Pools`). Of more rows than
that the ids stay texts, and a text is found by its hash. That is exact: while the dictionary is made it is proved that
no two texts share a hash, and another hash is taken should they ever do.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.facts.pools import IDS, Pools
from clm_audit.facts.split import split

Places = NDArray[np.int64]
PART_IDS = 2**21  # cells with an id of one part of a dictionary
_TRIES = 8


class Names(Protocol):
    """The texts of each name space, in parts, and the place of a staged column's cells among them."""

    def spaces(self) -> tuple[str, ...]:
        """The name spaces, in order."""

    def parts(self, space: str) -> Iterator[pl.Series]:
        """The texts of a space in the order of their places."""

    def size(self, space: str) -> int:
        """How many texts a space has."""

    def places(self, space: str, cells: pl.Series) -> Places:
        """The place of each staged cell; of a null the size of the space."""

    def find(self, space: str, texts: pl.Series) -> Places:
        """The place of each text, -1 where the space does not have it."""


@dataclass(frozen=True)
class HeldNames:
    """Of codes in memory; asked once all files are staged, so that no space grows any more."""

    pools: Pools
    _texts: dict[str, pl.Series] = field(default_factory=dict)  # of each space: written out once, as that takes long

    def spaces(self) -> tuple[str, ...]:
        """The name spaces, in the order of first use."""
        return tuple(name.removeprefix(IDS) for name in self.pools.names() if name.startswith(IDS))

    def parts(self, space: str) -> Iterator[pl.Series]:
        """All texts at once."""
        yield self._all(space)

    def size(self, space: str) -> int:
        """How many texts there are."""
        return len(self._all(space))

    def places(self, space: str, cells: pl.Series) -> Places:
        """The codes themselves."""
        return cells.fill_null(self.size(space)).to_numpy().astype(np.int64)

    def find(self, space: str, texts: pl.Series) -> Places:
        """By a join with all texts."""
        known = pl.DataFrame({"text": self._all(space)}).with_row_index("place")
        asked = pl.DataFrame({"text": texts}).join(known, on="text", how="left", maintain_order="left")
        return asked["place"].cast(pl.Int64).fill_null(-1).to_numpy()

    def _all(self, space: str) -> pl.Series:
        if space not in self._texts:
            self._texts[space] = self.pools.texts(IDS + space)
        return self._texts[space]


@dataclass(frozen=True)
class _Hashes:
    """Ascending hashes of the texts of a space; ``first``: where those begin that share their leading bits."""

    values: NDArray[np.uint64]
    first: NDArray[np.uint32]
    shift: np.uint64
    seed: int

    @classmethod
    def of(cls, values: NDArray[np.uint64], seed: int) -> _Hashes:
        bits = max(1, (len(values) - 1).bit_length())
        shift = np.uint64(64 - bits)
        edges = np.arange(2**bits, dtype=np.uint64) << shift
        return cls(values, np.searchsorted(values, edges).astype(np.uint32), shift, seed)

    def find(self, texts: pl.Series) -> Places:
        """The place of each text by its hash, -1 where no text has it; steps on from the first with its bits."""
        wanted = texts.hash(self.seed).to_numpy()
        place = self.first[(wanted >> self.shift).astype(np.int64)].astype(np.int64)
        last = len(self.values) - 1
        open_ = np.flatnonzero(self.values[np.minimum(place, last)] < wanted)
        while len(open_):
            place[open_] += 1
            open_ = open_[(place[open_] <= last) & (self.values[np.minimum(place[open_], last)] < wanted[open_])]
        hit = (place <= last) & (self.values[np.minimum(place, last)] == wanted)
        return np.where(hit, place, -1)


@dataclass(frozen=True)
class StoredNames:
    """Of texts in files, each space in parts by the leading bits of the hash, ascending."""

    files: Mapping[str, tuple[Path, ...]]
    hashes: Mapping[str, _Hashes]

    @classmethod
    def of(cls, columns: Mapping[str, Sequence[pl.LazyFrame]], cells: Mapping[str, int], folder: Path) -> StoredNames:
        """``columns``: space -> frames of one text column each; ``cells``: how many cells they have in all."""
        made = {
            space: _dictionary(pl.concat([_one(each) for each in some]), cells[space], folder / f"names-{number}")
            for number, (space, some) in enumerate(columns.items())
        }
        return cls({space: files for space, (files, _) in made.items()}, {space: h for space, (_, h) in made.items()})

    def spaces(self) -> tuple[str, ...]:
        """The name spaces, in the order of first use."""
        return tuple(self.files)

    def parts(self, space: str) -> Iterator[pl.Series]:
        """One file after the other."""
        for file in self.files[space]:
            yield pl.read_parquet(file)["text"]

    def size(self, space: str) -> int:
        """How many texts there are."""
        return len(self.hashes[space].values)

    def places(self, space: str, cells: pl.Series) -> Places:
        """By hash: every cell stands in the dictionary."""
        if cells.null_count() == len(cells):
            return np.full(len(cells), self.size(space), dtype=np.int64)
        found = self.hashes[space].find(cells)
        return np.where(cells.is_null().to_numpy(), self.size(space), found) if cells.null_count() else found

    def find(self, space: str, texts: pl.Series) -> Places:
        """By hash, and then by text: an unknown text may have the hash of a known one."""
        if not self.size(space) or not len(texts):
            return np.full(len(texts), -1, dtype=np.int64)
        found = np.where(texts.is_null().to_numpy(), -1, self.hashes[space].find(texts))
        start = 0
        for part in self.parts(space) if (found >= 0).any() else ():
            here = np.flatnonzero((found >= start) & (found < start + len(part)))
            other = part.gather(found[here] - start).ne_missing(texts.gather(here)).to_numpy()
            found[here[other]] = -1
            start += len(part)
        return found


def _one(frame: pl.LazyFrame) -> pl.LazyFrame:
    return frame.select(pl.all().name.map(lambda _: "text"))


def _dictionary(texts: pl.LazyFrame, cells: int, folder: Path) -> tuple[tuple[Path, ...], _Hashes]:
    """The different texts in files, ordered by a hash that tells all of them apart."""
    bits = max(0, (cells // PART_IDS).bit_length())
    known = texts.filter(pl.col("text").is_not_null())
    for seed in range(_TRIES):
        bucket = pl.col("text").hash(seed) // pl.lit(2 ** (64 - bits), dtype=pl.UInt64) if bits else pl.lit(0)
        parts = split(known, bucket.cast(pl.UInt32), 2**bits, folder)
        files, hashes = [], []
        for number, part in enumerate(parts):
            frame = part.unique().with_columns(hash=pl.col("text").hash(seed)).sort("hash").collect()
            files.append(folder.with_name(f"{folder.name}-{number}.parquet"))
            frame.select("text").write_parquet(files[-1], compression="lz4", statistics=False)
            hashes.append(frame["hash"].to_numpy())
        shutil.rmtree(folder, ignore_errors=True)
        values = np.concatenate(hashes)
        if not (values[1:] == values[:-1]).any():
            return tuple(files), _Hashes.of(values, seed)
    raise ArithmeticError(f"{_TRIES} hashes did not tell the ids apart")
