"""Persons who belong to a customer, as contacts do to an account: the account buys, the contact reads its mail."""

from __future__ import annotations

import polars as pl

OWNERS = {"key": pl.String, "owner": pl.String}


def owners_of(pairs: pl.DataFrame, merged: pl.DataFrame) -> pl.DataFrame:
    """Person -> the customer it belongs to (key, owner), both after the merges (space, key, target).

    ``pairs``: space, key, owner as the exports say. A person of several customers belongs to the first by name.
    """
    for column in ("key", "owner"):
        onward = merged.select("space", pl.col("key").alias(column), "target")
        joined = pairs.join(onward, on=["space", column], how="left", maintain_order="left")
        pairs = joined.with_columns(pl.coalesce("target", column).alias(column)).drop("target")
    pairs = pairs.select(list(OWNERS)).filter(pl.col("key") != pl.col("owner"))
    return pairs.sort("key", "owner").unique("key", keep="first", maintain_order=True)


def with_customers(keys: pl.DataFrame, linked: pl.DataFrame, owners: pl.DataFrame) -> pl.DataFrame:
    """Adds ``final``, the customer that each key stands for; ``person`` is the one who is named (key or address).

    ``linked``: key -> address. A customer without an address of its own goes by the first one of its persons, and an
    address that persons of one customer alone have stands for that customer in every system.
    """
    if owners.is_empty():
        return keys.with_columns(final="person")
    pairs = owners.join(linked, on="key").select("owner", "address").unique()
    alone = pairs.filter(pl.len().over("address") == 1)
    first = alone.sort("owner", "address").unique("owner", keep="first", maintain_order=True)
    stated = linked.select(owner="key", stated="address")
    named = owners.select("owner").unique().join(stated, on="owner", how="left").join(first, on="owner", how="left")
    named = named.select("owner", of_owner=pl.coalesce("stated", "address", "owner"))
    by_person = owners.join(named, on="owner").select("key", of_person="of_owner")
    by_address = alone.join(named, on="owner").select(person="address", of_address="of_owner")
    by_owner = named.rename({"owner": "key"})
    for found, on in ((by_person, "key"), (by_owner, "key"), (by_address, "person")):
        keys = keys.join(found, on=on, how="left", maintain_order="left")
    final = pl.coalesce("of_person", "of_owner", "of_address", "person")
    return keys.with_columns(final=final).drop("of_person", "of_owner", "of_address")
