"""Persons who belong to a customer, as contacts do to an account: the account buys, the contact reads its mail."""

from __future__ import annotations

import numpy as np
import polars as pl

from clm_audit.facts.keys import Ranks

OWNERS = ("key", "owner")


def owners_of(pairs: pl.DataFrame, merged: pl.DataFrame) -> pl.DataFrame:
    """Person -> the customer it belongs to (key, owner), both after the merges (space, key, target).

    ``pairs``: space, key, owner as the exports say. A person of several customers belongs to the first by name.
    """
    for column in ("key", "owner"):
        onward = merged.select("space", pl.col("key").alias(column), "target")
        joined = pairs.join(onward, on=["space", column], how="left", maintain_order="left")
        pairs = joined.with_columns(pl.coalesce("target", column).alias(column)).drop("target")
    pairs = pairs.select(OWNERS).filter(pl.col("key") != pl.col("owner"))
    return pairs.sort("key", "owner").unique("key", keep="first", maintain_order=True)


def customers_of(key: Ranks, person: Ranks, linked: pl.DataFrame, owners: pl.DataFrame, count: int) -> Ranks:
    """The customer that each ``key`` stands for; ``person`` is the one who is named (key or address) and is returned
    itself where nobody belongs to anybody. Ranks of ``count`` keys, -1 for none.

    ``linked``: key -> address. A customer without an address of its own goes by the first one of its persons, and an
    address that persons of one customer alone have stands for that customer in every system.
    """
    if owners.is_empty():
        return person
    pairs = owners.join(linked, on="key").select("owner", "address").unique()
    alone = pairs.filter(pl.len().over("address") == 1)
    first = alone.sort("owner", "address").unique("owner", keep="first", maintain_order=True)
    stated = linked.select(owner="key", stated="address")
    named = owners.select("owner").unique().join(stated, on="owner", how="left").join(first, on="owner", how="left")
    named = named.select("owner", of_owner=pl.coalesce("stated", "address", "owner"))
    by_person = owners.join(named, on="owner").select(old="key", new="of_owner")
    by_address = alone.join(named, on="owner").select(old="address", new="of_owner")
    by_owner = named.select(old="owner", new="of_owner")
    final = person
    for found, of in ((by_address, person), (by_owner, key), (by_person, key)):  # the last one that knows is believed
        table = np.full(count + 1, -1, dtype=np.int32)
        table[found["old"].to_numpy()] = found["new"].to_numpy()
        table[-1] = -1
        final = np.where(table[of] >= 0, table[of], final)
    return final
