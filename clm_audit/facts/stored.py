"""The ids of a run that are too many for a dictionary of texts in memory.

Ids of one form (a number after the same text) are found by their number, in a table of all numbers between the least
and the largest. All others stand in files and are found by their hash. That is exact: while the files are made it is
proved that no two texts share a hash, and another hash is taken should they ever do.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.facts.hashed import Ascending
from clm_audit.facts.numbered import Form, Numbers, span
from clm_audit.facts.split import split

Places = NDArray[np.int64]
PART_IDS = 2**21  # cells with an id of one part of a dictionary
_TRIES = 8
_SAMPLE = 1000
_TEXT = pl.col("text")


@dataclass(frozen=True)
class _Files:
    """Texts in files, by the leading bits of the hash, ascending."""

    files: tuple[Path, ...]
    hashes: Ascending
    seed: int

    def find(self, texts: pl.Series) -> Places:
        """The place of each text by its hash, -1 where no text has it."""
        return self.hashes.find(texts.hash(self.seed).to_numpy())

    def texts(self) -> Iterator[pl.Series]:
        """One file after the other."""
        for file in self.files:
            yield pl.read_parquet(file)["text"]


@dataclass(frozen=True)
class _Space:
    """The ids of a name space: first those with a number, in its order, then those in files."""

    numbers: Numbers | None
    files: _Files | None

    @property
    def before(self) -> int:
        return self.numbers.count if self.numbers else 0

    @property
    def size(self) -> int:
        return self.before + (len(self.files.hashes.values) if self.files else 0)

    def texts(self) -> Iterator[pl.Series]:
        if self.numbers:
            for start in range(0, self.before, PART_IDS):
                yield self.numbers.texts(start, start + PART_IDS)
        if self.files:
            yield from self.files.texts()

    def find(self, texts: pl.Series) -> Places:
        """The place of each text, -1 of a null; a text that is not there may be found at one with its hash."""
        found = self.numbers.find(texts) if self.numbers else np.full(len(texts), -1, dtype=np.int64)
        if self.files:
            rest = np.flatnonzero((found < 0) & texts.is_not_null().to_numpy())
            at = self.files.find(texts if len(rest) == len(texts) else texts.gather(rest))
            found[rest] = np.where(at < 0, -1, at + self.before)
        return found


@dataclass(frozen=True)
class StoredNames:
    """Of texts that are found by number or by hash."""

    of_space: Mapping[str, _Space]

    @classmethod
    def of(cls, columns: Mapping[str, Sequence[pl.LazyFrame]], cells: Mapping[str, int], folder: Path) -> StoredNames:
        """``columns``: space -> frames of one text column each; ``cells``: how many cells they have in all."""
        return cls(
            {
                space: _dictionary([_one(each) for each in some], cells[space], folder / f"names-{number}")
                for number, (space, some) in enumerate(columns.items())
            }
        )

    def spaces(self) -> tuple[str, ...]:
        """The name spaces, in the order of first use."""
        return tuple(self.of_space)

    def parts(self, space: str) -> Iterator[pl.Series]:
        """The texts, in as many parts as there are."""
        return self.of_space[space].texts()

    def size(self, space: str) -> int:
        """How many texts there are."""
        return self.of_space[space].size

    def places(self, space: str, cells: pl.Series) -> Places:
        """By number or hash: every cell stands in the dictionary."""
        nobody = self.size(space)
        if cells.null_count() == len(cells):
            return np.full(len(cells), nobody, dtype=np.int64)
        found = self.of_space[space].find(cells)
        return np.where(found < 0, nobody, found) if cells.null_count() else found

    def find(self, space: str, texts: pl.Series) -> Places:
        """By number or hash, and then by text: an unknown text may have the hash of a known one."""
        found = self.of_space[space].find(texts)
        start = 0
        for part in self.parts(space) if (found >= 0).any() else ():
            here = np.flatnonzero((found >= start) & (found < start + len(part)))
            other = part.gather(found[here] - start).ne_missing(texts.gather(here)).to_numpy()
            found[here[other]] = -1
            start += len(part)
        return found


def _one(frame: pl.LazyFrame) -> pl.LazyFrame:
    return frame.select(pl.all().name.map(lambda _: "text"))


def _dictionary(columns: Sequence[pl.LazyFrame], cells: int, folder: Path) -> _Space:
    """The different texts of some columns: those with a number, and the others."""
    numbers = _numbers(columns, cells)
    texts = pl.concat(columns).filter(_TEXT.is_not_null())
    if numbers is None:
        return _Space(None, _files(texts, cells, folder))
    if not numbers.others:
        return _Space(numbers, None)
    return _Space(numbers, _files(texts.filter(numbers.form.number(_TEXT).is_null()), numbers.others, folder))


def _numbers(columns: Sequence[pl.LazyFrame], cells: int) -> Numbers | None:
    """Those of the form that the first cells have, or, where some lack it, of the one that most columns have."""
    guess = _form([each.head(_SAMPLE) for each in columns])
    found = Numbers.of(replace(guess, low=0), columns, cells) if guess else None
    if guess is None or (found is not None and not found.others):
        return found
    form = _form(columns)
    if form is None or (found is not None and form == replace(guess, low=form.low)):
        return found
    other = Numbers.of(form, columns, cells)
    return min((each for each in (found, other) if each), key=lambda each: each.others, default=None)


def _form(columns: Sequence[pl.LazyFrame]) -> Form | None:
    """The form that most cells are likely to have, from the lowest number on."""
    told = pl.concat([each.select(*span(_TEXT), count=_TEXT.count()) for each in columns]).collect(engine="streaming")
    forms, low = Counter[tuple[str, int]](), dict[tuple[str, int], int]()
    for *ends, count in told.iter_rows():
        if form := Form.of(*ends):
            key = form.prefix, form.digits
            forms[key] += count
            low[key] = min(form.low, low.get(key, form.low))
    if not forms:
        return None
    most = max(forms, key=lambda one: (forms[one], one))
    return Form(*most, low[most])


def _files(texts: pl.LazyFrame, cells: int, folder: Path) -> _Files:
    """The different texts in files, ordered by a hash that tells all of them apart."""
    bits = max(0, (cells // PART_IDS).bit_length())
    for seed in range(_TRIES):
        bucket = _TEXT.hash(seed) // pl.lit(2 ** (64 - bits), dtype=pl.UInt64) if bits else pl.lit(0)
        parts = split(texts, bucket.cast(pl.UInt32), 2**bits, folder)
        files, hashes = [], []
        for number, part in enumerate(parts):
            frame = part.unique().with_columns(hash=_TEXT.hash(seed)).sort("hash").collect()
            files.append(folder.with_name(f"{folder.name}-{number}.parquet"))
            frame.select("text").write_parquet(files[-1], compression="lz4", statistics=False)
            hashes.append(frame["hash"].to_numpy())
        shutil.rmtree(folder, ignore_errors=True)
        values = np.concatenate(hashes)
        if not (values[1:] == values[:-1]).any():
            return _Files(tuple(files), Ascending.of(values), seed)
    raise ArithmeticError(f"{_TRIES} hashes did not tell the ids apart")
