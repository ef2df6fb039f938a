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

from clm_audit.facts.belonging import customers_of, find_owners
from clm_audit.facts.damage import count_damage, count_lengths, is_blurred
from clm_audit.facts.keys import Keys, Ranks, rank_keys
from clm_audit.facts.links import count_shared, find_links, linked_to
from clm_audit.facts.merges import Merged, count_merges, find_merges
from clm_audit.facts.names import Names
from clm_audit.facts.pairs import packed, unpacked
from clm_audit.facts.staged import Staged

Codes = NDArray[np.int64] | NDArray[np.int32]


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
    address, several = find_links(names, keys, staged)
    reader, final = _persons(names, keys, merged, address, find_owners(names, keys, staged, merged))
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
        **count_shared(address, names, keys),
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
    names: Names, keys: Keys, merged: Mapping[str, Merged], address: Ranks | None, owner: Ranks | None
) -> tuple[Ranks, Ranks]:
    """The rank of the person that each text names, and of the customer it stands for; the same array where all are."""
    rank = keys.rank
    for space, some in merged.items():
        rank = rank.copy() if rank is keys.rank else rank
        here = _slice(keys, names, space)
        rank[here] = some.followed(rank[here])
    person = rank if address is None else linked_to(rank, address)
    return person, customers_of(rank, person, address, owner)


def _by_email(names: Names, keys: Keys, space: str, codes: Codes, staged: Sequence[Staged]) -> Codes:
    """The codes of the texts of a space that are addresses; all of them where nobody asks for an address."""
    if not any("email" in one.columns and one.system == space for one in staged):
        return codes
    rank = keys.of(space, names.size(space))
    return np.append(np.where((rank >= 0) & keys.address[rank], codes[:-1], -1).astype(np.int32), np.int32(-1))


def _owned(number: Ranks, reader: Ranks, final: Ranks) -> tuple[Codes, Codes]:
    """The different pairs of a person and the other customer that it belongs to, in order."""
    apart = np.flatnonzero(reader != final) if reader is not final else np.zeros(0, dtype=np.int64)
    return unpacked(packed(number[reader[apart]], number[final[apart]]))


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
