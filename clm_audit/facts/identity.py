"""Who is who: ids and e-mail addresses of all systems -> one exact integer a customer.

An id stands for the e-mail address that a row beside it gives (customer exports first). The key of a
customer is the address without case when it is known, else ``system:id``; codes number the sorted keys.
All of it is reckoned with the ranks of the keys (:mod:`clm_audit.facts.keys`), never with their texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.facts.belonging import customers_of, owners_of
from clm_audit.facts.damage import count_damage, count_lengths, is_blurred
from clm_audit.facts.keys import Keys, Ranks, mapped, rank_keys
from clm_audit.facts.merges import count_merges, find_merges
from clm_audit.facts.names import Names
from clm_audit.facts.pairs import ranked_pairs
from clm_audit.facts.staged import Staged

Codes = NDArray[np.int64] | NDArray[np.int32]
SHARED = 5  # ids of one system at one address: a household is smaller, a till or a test inbox larger


@dataclass(frozen=True)
class Identity:
    """``ids``/``emails``: name space -> customer code of each text's place (-1 = nobody; one entry more for null).

    ``persons``: the same as ``ids`` for recipients, who stay themselves where they belong to a customer; ``owned`` are
    the codes of such persons and of their customers.
    ``known`` marks the customers that a customer export lists, ``addressed`` those with an e-mail address,
    ``blurred`` those whose id a spreadsheet wrote with an exponent: many customers have the same one.
    """

    names: Names
    ids: Mapping[str, Codes]
    persons: Mapping[str, Codes]
    owned: tuple[Codes, Codes]
    emails: Mapping[str, Codes]
    customers: int
    known: NDArray[np.bool_]
    addressed: NDArray[np.bool_]
    blurred: NDArray[np.bool_]
    evidence: Mapping[str, int]

    def customer(self, one: Staged, columns: Sequence[str]) -> pl.Expr:
        """The customer code (int64) of staged rows, by the first of the columns: an id, or else the address."""
        found: list[pl.Expr] = []
        for field in ("customer", "recipient", "referrer", "referred", "email"):
            if field in columns:
                roles = {"email": self.emails, "recipient": self.persons}
                values = roles.get(field, self.ids)[one.system]
                found.append(gather(pl.col(field), values, lambda cells: self.names.places(one.system, cells)))
        return pl.coalesce(found) if found else pl.lit(None, dtype=pl.Int64)


def gather(
    codes: pl.Expr, values: NDArray[np.integer[Any]], places: Callable[[pl.Series], NDArray[np.int64]] | None = None
) -> pl.Expr:
    """``values[code]`` for a column of codes (or of what ``places`` finds the place of); null codes and negative values
    give null."""
    last = len(values) - 1

    def look_up(column: pl.Series) -> pl.Series:
        at = column.fill_null(last).to_numpy() if places is None else places(column)
        return pl.Series(column.name, values[at].astype(np.int64, copy=False))

    found = codes.map_batches(look_up, return_dtype=pl.Int64, is_elementwise=True)
    return pl.when(found >= 0).then(found)


def resolve(names: Names, staged: Sequence[Staged], folder: Path) -> Identity:
    """Resolve every id and address that the staged files hold; what does not fit into memory goes to ``folder``."""
    keys = rank_keys(names, _separators(staged), folder)
    merged = find_merges(names, keys, staged)
    linked, several = _links(names, keys, staged)
    owners = owners_of(_belonging(names, keys, staged), merged)
    reader, final = _persons(names, keys, merged, linked, owners)
    used = np.zeros(keys.count + 1, dtype=np.bool_)
    used[reader] = used[final] = True
    used[-1] = False  # where nulls point to
    number = np.cumsum(used, dtype=np.int32) - np.int32(1)
    number[-1] = -1
    customers = int(used.sum())
    addressed = keys.address[used[:-1]]
    ids = {space: np.append(number[final[_slice(keys, names, space)]], np.int32(-1)) for space in names.spaces()}
    persons = ids
    if final is not reader:
        persons = {s: np.append(number[reader[_slice(keys, names, s)]], np.int32(-1)) for s in names.spaces()}
    emails = {space: _by_email(names, keys, space, ids[space], staged) for space in names.spaces()}
    nobody = np.array([-1], dtype=np.int32)
    for one in staged:
        for roles in (ids, persons, emails):
            roles.setdefault(one.system, nobody)
    evidence = {
        "customers.email_case": keys.cases,
        "customers.by_email": int(addressed.sum()),
        "customers.ids_with_several_emails": several,
        **count_damage(names),
        **count_merges(merged, names, keys, staged),
        **_count_shared(linked, names, keys),
        **count_lengths(names),
    }
    pairs = _owned(number, reader, final)
    known, blurred = _known(names, ids, customers, staged), _blurred(names, ids, customers)
    return Identity(names, ids, persons, pairs, emails, customers, known, addressed, blurred, evidence)


def _slice(keys: Keys, names: Names, space: str) -> slice:
    return slice(keys.start[space], keys.start[space] + names.size(space))


def _separators(staged: Sequence[Staged]) -> dict[str, str]:
    """Space -> what separates several ids in one of its cells."""
    return {
        one.system: one.table.object.id_separator
        for one in staged
        if one.table.object and one.table.object.id_separator
    }


def _persons(
    names: Names, keys: Keys, merged: pl.DataFrame, linked: pl.DataFrame, owners: pl.DataFrame
) -> tuple[Ranks, Ranks]:
    """The rank of the person that each text names, and of the customer it stands for; the same array where all are."""
    rank = keys.rank
    for (space,), some in merged.partition_by("space", as_dict=True).items():
        rank = rank.copy() if rank is keys.rank else rank
        here = _slice(keys, names, str(space))
        rank[here] = mapped(rank[here], some["key"].to_numpy(), some["target"].to_numpy(), keys.count)
    person = rank
    if linked.height:
        person = mapped(rank, linked["key"].to_numpy(), linked["address"].to_numpy(), keys.count)
    return person, customers_of(rank, person, linked, owners, keys.count)


def _by_email(names: Names, keys: Keys, space: str, codes: Codes, staged: Sequence[Staged]) -> Codes:
    """The codes of the texts of a space that are addresses; all of them where nobody asks for an address."""
    if not any("email" in one.columns and one.system == space for one in staged):
        return codes
    rank = keys.of(space, names.size(space))
    return np.append(np.where((rank >= 0) & keys.address[rank], codes[:-1], -1).astype(np.int32), np.int32(-1))


def _owned(number: Ranks, reader: Ranks, final: Ranks) -> tuple[Codes, Codes]:
    """The different pairs of a person and the other customer that it belongs to."""
    apart = np.flatnonzero(reader != final) if reader is not final else np.zeros(0, dtype=np.int64)
    both = pl.DataFrame({"reader": number[reader[apart]], "customer": number[final[apart]]}).unique()
    return both["reader"].to_numpy().astype(np.int64), both["customer"].to_numpy().astype(np.int64)


def _links(names: Names, keys: Keys, staged: Sequence[Staged]) -> tuple[pl.DataFrame, int]:
    """id key -> e-mail address; customer exports are believed first, then the smallest address."""
    found = [pl.DataFrame(schema={"key": pl.Int32, "address": pl.Int32, "rank": pl.Int32})]
    for one in staged:
        if {"customer", "email"} <= set(one.columns):
            pairs = ranked_pairs(names, keys, one, "customer", "email")
            kept = keys.address[pairs["other"].to_numpy()] & ~keys.address[pairs["key"].to_numpy()]
            rank = pl.lit(0 if one.fact == "customers" else 1, dtype=pl.Int32)
            found.append(pairs.filter(pl.Series(kept)).select("key", address="other", rank=rank))
    links = pl.concat(found).unique().sort("key", "rank", "address")
    several = links.filter(pl.col("rank") == 0).group_by("key").len().filter(pl.col("len") > 1).height
    return links.unique("key", keep="first", maintain_order=True).select("key", "address"), several


def _belonging(names: Names, keys: Keys, staged: Sequence[Staged]) -> pl.DataFrame:
    """Person -> the customer it belongs to, as exports say: space, key, owner."""
    found = [pl.DataFrame(schema={"space": pl.String, "key": pl.Int32, "owner": pl.Int32})]
    for one in staged:
        if {"customer", "belongs_to"} <= set(one.columns):
            pairs = ranked_pairs(names, keys, one, "customer", "belongs_to")
            found.append(pairs.select(pl.lit(one.system).alias("space"), "key", owner="other"))
    return pl.concat(found)


def _count_shared(linked: pl.DataFrame, names: Names, keys: Keys) -> dict[str, int]:
    """Addresses that :data:`SHARED` or more ids of one system stand for, and the ids that they join."""
    space = np.zeros(keys.count if linked.height else 0, dtype=np.int16)
    for number, name in enumerate(names.spaces() if linked.height else ()):
        space[keys.of(name, names.size(name))] = number
    here = linked.with_columns(space=pl.Series(space[linked["key"].to_numpy()]))
    each = here.group_by("address", "space").len().filter(pl.col("len") >= SHARED)
    most = each["len"].max() if each.height else 0
    return {
        "customers.shared_addresses": each["address"].n_unique(),
        "customers.ids_at_shared_addresses": int(each["len"].sum()),
        "customers.most_ids_at_one_address": int(most) if isinstance(most, int) else 0,
    }


def _known(names: Names, ids: Mapping[str, Codes], customers: int, staged: Sequence[Staged]) -> NDArray[np.bool_]:
    known = np.zeros(customers, dtype=np.bool_)
    for one in staged:
        if one.fact == "customers" and "customer" in one.columns:
            rows = one.rows.filter((pl.col("reason") == 0) & pl.col("customer").is_not_null())
            for batch in rows.select("customer").collect_batches(maintain_order=False):
                known[ids[one.system][names.places(one.system, batch["customer"])]] = True
    return known


def _blurred(names: Names, ids: Mapping[str, Codes], customers: int) -> NDArray[np.bool_]:
    blurred = np.zeros(customers, dtype=np.bool_)
    for space in names.spaces():
        start = 0
        for texts in names.parts(space):
            hit = texts.to_frame("text").select(is_blurred(pl.col("text")).fill_null(False)).to_series().to_numpy()
            codes = ids[space][start : start + len(texts)][hit]
            blurred[codes[codes >= 0]] = True
            start += len(texts)
    return blurred
