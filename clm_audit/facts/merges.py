"""Records of a customer export that were merged into others, followed to the one that is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.facts.keys import Keys, Ranks
from clm_audit.facts.names import Names
from clm_audit.facts.pairs import beside, packed, unpacked
from clm_audit.facts.staged import Staged

_HOPS = 16


@dataclass(frozen=True)
class Merged:
    """The merged ids of a name space: ranks ``key``, ascending, and of what is left of each (``target``)."""

    key: Ranks
    target: Ranks

    def followed(self, ranks: Ranks) -> Ranks:
        """The ranks after the merges; others stay, as does -1.

        >>> merged = Merged(np.array([2, 5], dtype=np.int32), np.array([9, 1], dtype=np.int32))
        >>> merged.followed(np.array([5, 2, 3, -1], dtype=np.int32)).tolist()
        [1, 9, 3, -1]
        """
        at = np.minimum(np.searchsorted(self.key, ranks), len(self.key) - 1)
        return np.where(self.key[at] == ranks, self.target[at], ranks)


def find_merges(names: Names, keys: Keys, staged: Sequence[Staged]) -> Mapping[str, Merged]:
    """Name space -> its merged ids; of several that an id was merged into the first by name."""
    found: dict[str, NDArray[np.int64]] = {}
    for one in staged:
        if one.fact == "customers" and "customer" in one.columns:
            for each in (each for name, each in _KINDS.items() if name in one.columns):
                pairs = [packed(key[key != into], into[key != into]) for key, into in each(names, keys, one)]
                known = found.get(one.system, np.zeros(0, dtype=np.int64))
                found[one.system] = np.unique(np.concatenate([known, *pairs]))
    return {space: _follow(pairs) for space, pairs in found.items() if len(pairs)}


def _into(names: Names, keys: Keys, one: Staged) -> Iterator[tuple[Ranks, Ranks]]:
    return beside(names, keys, one, "customer", "merged_into", good=False)


def _from(names: Names, keys: Keys, one: Staged) -> Iterator[tuple[Ranks, Ranks]]:
    """A cell lists the ids that are no more, which may stand nowhere else."""
    rows = one.rows.filter(pl.col("merged_from").is_not_null() & pl.col("customer").is_not_null())
    lists = rows.select("customer", old=pl.col("merged_from").str.split(";")).collect()
    target = keys.of(one.system, names.size(one.system))[names.places(one.system, lists["customer"])]
    exploded = lists.select("old", target=pl.Series(target)).explode("old")
    exploded = exploded.with_columns(old=one.system + ":" + pl.col("old").str.strip_chars())
    yield keys.find(exploded["old"]).astype(np.int32), exploded["target"].to_numpy()


_KINDS = {"merged_into": _into, "merged_from": _from}


def _follow(pairs: NDArray[np.int64]) -> Merged:
    """Chains of merges followed to their end; a circle ends where it began to repeat."""
    key, target = unpacked(pairs)
    first = np.ones(len(key), dtype=np.bool_)
    first[1:] = key[1:] != key[:-1]
    found = Merged(key[first], target[first])
    for _ in range(_HOPS):
        onward = found.followed(found.target)
        step = np.where(onward != found.key, onward, found.target)
        if (onward == found.target).all():
            break
        found = Merged(found.key, step)
    return found


def count_merges(merges: Mapping[str, Merged], names: Names, keys: Keys, staged: Sequence[Staged]) -> dict[str, int]:
    """Merged records that were followed, and those whose surviving record no customer export lists."""
    nowhere = 0
    for space, merged in merges.items():
        listed = np.zeros(keys.count + 1, dtype=np.bool_)
        rank = keys.of(space, names.size(space))
        for one in staged:
            if one.fact == "customers" and "customer" in one.columns and one.system == space:
                rows = one.rows.filter((pl.col("reason") == 0) & pl.col("customer").is_not_null()).select("customer")
                for batch in rows.collect_batches(maintain_order=False):
                    listed[rank[names.places(space, batch["customer"])]] = True
        nowhere += int((~listed[merged.target]).sum())
    return {"customers.merged": sum(len(one.key) for one in merges.values()), "customers.merged_nowhere": nowhere}
