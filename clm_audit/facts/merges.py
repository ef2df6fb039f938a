"""Records of a customer export that were merged into others, followed to the one that is left."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from clm_audit.facts.keys import Keys
from clm_audit.facts.names import Names
from clm_audit.facts.pairs import ranked_pairs
from clm_audit.facts.staged import Staged

_HOPS = 16
SCHEMA = {"space": pl.String, "key": pl.Int32, "target": pl.Int32}


def find_merges(names: Names, keys: Keys, staged: Sequence[Staged]) -> pl.DataFrame:
    """Merged id -> the id that is left of it: ``space``, and the ranks ``key`` and ``target``."""
    found = [pl.DataFrame(schema=SCHEMA)]
    for one in staged:
        if one.fact == "customers" and "customer" in one.columns:
            found += [each(names, keys, one) for name, each in _KINDS.items() if name in one.columns]
    merges = pl.concat(found).filter(pl.col("key") != pl.col("target"))
    return _follow(merges.sort("space", "key", "target").unique(["space", "key"], keep="first", maintain_order=True))


def _into(names: Names, keys: Keys, one: Staged) -> pl.DataFrame:
    pairs = ranked_pairs(names, keys, one, "customer", "merged_into", good=False)
    return pairs.select(_space(one), "key", target="other")


def _from(names: Names, keys: Keys, one: Staged) -> pl.DataFrame:
    """A cell lists the ids that are no more, which may stand nowhere else."""
    rows = one.rows.filter(pl.col("merged_from").is_not_null() & pl.col("customer").is_not_null())
    lists = rows.select("customer", old=pl.col("merged_from").str.split(";")).collect()
    target = keys.of(one.system, names.size(one.system))[names.places(one.system, lists["customer"])]
    exploded = lists.select("old", target=pl.Series(target)).explode("old")
    exploded = exploded.with_columns(old=one.system + ":" + pl.col("old").str.strip_chars())
    return exploded.select(_space(one), key=pl.Series(keys.find(exploded["old"])).cast(pl.Int32), target="target")


_KINDS = {"merged_into": _into, "merged_from": _from}


def _space(one: Staged) -> pl.Expr:
    return pl.lit(one.system).alias("space")


def _follow(merges: pl.DataFrame) -> pl.DataFrame:
    """Chains of merges followed to their end; a circle ends where it began to repeat."""
    if merges.is_empty():
        return merges
    for _ in range(_HOPS):
        further = merges.select("space", target="key", onward="target")
        step = merges.join(further, on=["space", "target"], how="left")
        if step["onward"].is_null().all():
            break
        onward = pl.when(pl.col("onward") != pl.col("key")).then("onward")
        merges = step.select("space", "key", target=pl.coalesce(onward, "target"))
    return merges


def count_merges(merged: pl.DataFrame, names: Names, keys: Keys, staged: Sequence[Staged]) -> dict[str, int]:
    """Merged records that were followed, and those whose surviving record no customer export lists."""
    nowhere = 0
    for (space,), some in merged.partition_by("space", as_dict=True).items():
        listed = np.zeros(keys.count + 1, dtype=np.bool_)
        rank = keys.of(str(space), names.size(str(space)))
        for one in staged:
            if one.fact == "customers" and "customer" in one.columns and one.system == space:
                rows = one.rows.filter((pl.col("reason") == 0) & pl.col("customer").is_not_null()).select("customer")
                for batch in rows.collect_batches(maintain_order=False):
                    listed[rank[names.places(str(space), batch["customer"])]] = True
        nowhere += int((~listed[some["target"].to_numpy()]).sum())
    return {"customers.merged": merged.height, "customers.merged_nowhere": nowhere}
