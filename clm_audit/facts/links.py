"""Ids that stand for an e-mail address: 4 bytes a key, however many rows say so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from clm_audit.facts.keys import Keys, Ranks
from clm_audit.facts.names import Names
from clm_audit.facts.pairs import beside, blank, lower
from clm_audit.facts.staged import Staged

SHARED = 5  # ids of one system at one address: a household is smaller, a till or a test inbox larger


def find_links(names: Names, keys: Keys, staged: Sequence[Staged]) -> tuple[Ranks | None, int]:
    """Key -> the rank of the address that it stands for (-1: of none; one entry more, for nulls), None where no file
    has both; and how many ids have several in customer exports.

    Customer exports are believed first, then the smallest address.
    """
    both = [one for one in staged if {"customer", "email"} <= set(one.columns)]
    if not both:
        return None, 0
    address, several = blank(keys.count), np.zeros(keys.count + 1, dtype=np.bool_)
    for one in both:
        for key, other in _linked(names, keys, one) if one.fact == "customers" else ():
            before = address[key]
            lower(address, key, other)
            after = address[key]
            several[key[(other != after) | ((before >= 0) & (before != after))]] = True
    believed = address >= 0
    for one in both:
        for key, other in _linked(names, keys, one) if one.fact != "customers" else ():
            open_ = ~believed[key]
            lower(address, key[open_], other[open_])
    return address, int(several.sum())


def _linked(names: Names, keys: Keys, one: Staged) -> Iterator[tuple[Ranks, Ranks]]:
    """Ids that are no addresses themselves, and the addresses beside them."""
    for key, other in beside(names, keys, one, "customer", "email"):
        kept = keys.address[other] & ~keys.address[key]
        yield key[kept], other[kept]


def linked_to(ranks: Ranks, address: Ranks) -> Ranks:
    """Each rank, or that of the address which it stands for."""
    table = np.arange(len(address), dtype=np.int32)
    table[-1] = -1
    np.copyto(table, address, where=address >= 0)
    return table[ranks]


def count_shared(address: Ranks | None, names: Names, keys: Keys) -> Mapping[str, int]:
    """Addresses that :data:`SHARED` or more ids of one system stand for, and the ids that they join."""
    shared, ids, most = np.zeros(0, dtype=np.int32), 0, 0
    stands_for = np.zeros(0, dtype=np.int32) if address is None else address[:-1]
    for space in names.spaces() if len(stands_for) else ():
        here = np.zeros(keys.count, dtype=np.bool_)
        here[keys.of(space, names.size(space))] = True
        found = np.sort(stands_for[here & (stands_for >= 0)])
        ends = found[SHARED - 1 :]
        addresses, more = np.unique(ends[ends == found[: len(ends)]], return_counts=True)
        shared, sizes = np.union1d(shared, addresses), more + SHARED - 1
        ids, most = ids + int(sizes.sum()), max(most, int(sizes.max(initial=0)))
    return {
        "customers.shared_addresses": len(shared),
        "customers.ids_at_shared_addresses": ids,
        "customers.most_ids_at_one_address": most,
    }
