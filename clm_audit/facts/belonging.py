"""Persons who belong to a customer, as contacts do to an account: the account buys, the contact reads its mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from clm_audit.facts.keys import Keys, Ranks
from clm_audit.facts.merges import Merged
from clm_audit.facts.names import Names
from clm_audit.facts.pairs import beside, blank, lower, packed, unpacked
from clm_audit.facts.staged import Staged


def find_owners(names: Names, keys: Keys, staged: Sequence[Staged], merges: Mapping[str, Merged]) -> Ranks | None:
    """Person -> the customer it belongs to (-1: to none; one entry more, for nulls), both after the merges; None where
    no file says so. A person of several customers belongs to the first by name."""
    telling = [one for one in staged if {"customer", "belongs_to"} <= set(one.columns)]
    if not telling:
        return None
    owner = blank(keys.count)
    for one in telling:
        merged = merges.get(one.system)
        for pair in beside(names, keys, one, "customer", "belongs_to"):
            key, whose = (merged.followed(each) if merged else each for each in pair)
            lower(owner, key[key != whose], whose[key != whose])
    return owner


def customers_of(key: Ranks, person: Ranks, address: Ranks | None, owner: Ranks | None) -> Ranks:
    """The customer that each ``key`` stands for; ``person`` is the one who is named (key or address) and is returned
    itself where nobody belongs to anybody. Ranks of keys, -1 for none.

    ``address``: key -> address, ``owner``: person -> customer (see :func:`find_owners`). A customer without an address
    of its own goes by the first one of its persons, and an address that persons of one customer alone have stands for
    that customer in every system.
    """
    if owner is None or not (owner >= 0).any():
        return person
    count = len(owner) - 1
    address = blank(count) if address is None else address
    alone, of_alone = _alone(address, owner)
    name = blank(count)
    lower(name, of_alone, alone)
    np.copyto(name, address, where=address >= 0)
    np.copyto(name, np.arange(count + 1, dtype=np.int32), where=name < 0)
    table = blank(count)
    table[alone] = name[of_alone]
    final = _where_known(table, person, person)
    table[:] = -1
    is_owner = owner[owner >= 0]
    table[is_owner] = name[is_owner]
    np.copyto(table, name[owner], where=owner >= 0)
    return _where_known(table, key, final)


def _where_known(table: Ranks, of: Ranks, other: Ranks) -> Ranks:
    """What a table says of ranks, where it says anything."""
    said = table[of]
    np.copyto(said, other, where=said < 0)
    return said


def _alone(address: Ranks, owner: Ranks) -> tuple[Ranks, Ranks]:
    """Addresses that persons of one customer alone have, and that customer."""
    both = (address >= 0) & (owner >= 0)
    addresses, owners = unpacked(packed(address[both], owner[both]))
    alone = np.ones(len(addresses), dtype=np.bool_)
    same = addresses[1:] == addresses[:-1]
    alone[1:] &= ~same
    alone[:-1] &= ~same
    return addresses[alone], owners[alone]
