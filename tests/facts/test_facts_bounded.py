"""What joins ids, groups customers and tells whose an order is: the same in any number of parts."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_audit.config.plan import Control
from clm_audit.facts import links, merges, pairs
from clm_audit.facts.belonging import customers_of
from facts.joined import two_systems
from facts.parted import divided, said

PARTS = (1, 2, 5)


def test_parts_know_the_same_customers(build, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for parts in PARTS:
        with monkeypatch.context() as patch:
            divided(patch, parts)
            built = build(
                two_systems(3),
                segment_by=("Industry", "region"),
                control=Control(segment="Type", untreated=("old",)),
                timezone="Europe/Berlin",
            )
        found.append(said(built))
    whole = found[0]
    assert whole["evidence"]["customers.merged"] > 10
    assert whole["evidence"]["sends.duplicate_rows"] >= 30
    assert whole["evidence"]["responses.duplicate_rows"] > 0
    bought = [row for row in whole["tables"]["stages"] if not row.startswith("(None")]
    assert 0 < len(bought) < len(whole["tables"]["stages"])
    assert len(whole["segments"]) > 6
    for parts, other in zip(PARTS[1:], found[1:], strict=True):
        for what, expected in whole.items():
            assert other[what] == expected, (parts, what)


RANKS = st.integers(0, 9)
PAIRS = st.lists(st.lists(st.tuples(RANKS, RANKS), max_size=8), max_size=4)


@given(PAIRS, PAIRS, st.frozensets(RANKS))
@settings(deadline=None, max_examples=60)
def test_an_id_stands_for_the_first_address_of_those_who_are_believed(told, ordered, addresses) -> None:
    """Batches of pairs of customer exports and of others, against dictionaries of sets."""
    batches = [("customers", told), ("orders", ordered)]
    staged = [SimpleNamespace(fact=fact, columns={"customer": 1, "email": 1}) for fact, _ in batches]
    rows = dict(zip(map(id, staged), (some for _, some in batches), strict=True))
    keys = SimpleNamespace(
        count=10, address=np.isin(np.arange(10), list(addresses)), of=lambda *_: np.arange(10, dtype=np.int32)
    )
    names = SimpleNamespace(spaces=lambda: ("s",), size=lambda _: 10)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            links,
            "beside",
            lambda *more: (np.array(each, dtype=np.int32).reshape(-1, 2).T for each in rows[id(more[2])]),
        )
        patch.setattr(links, "SHARED", 2)
        address, several = links.find_links(names, keys, staged)
        shared = links.count_shared(address, names, keys)
    said_by = [{}, {}]
    for which, (_, some) in enumerate(batches):
        for key, other in (pair for batch in some for pair in batch):
            if other in addresses and key not in addresses:
                said_by[which].setdefault(key, set()).add(other)
    expected = {key: min(some) for which in (1, 0) for key, some in said_by[which].items()}
    assert address.tolist() == [*(expected.get(key, -1) for key in range(10)), -1]
    assert several == sum(len(some) > 1 for some in said_by[0].values())
    many = {other: count for other, count in Counter(expected.values()).items() if count > 1}
    assert list(shared.values()) == [len(many), sum(many.values()), max(many.values(), default=0)]
    assert links.linked_to(np.array([*range(10), -1]), address).tolist() == [
        *(expected.get(n, n) for n in range(10)),
        -1,
    ]


@given(st.dictionaries(RANKS, RANKS), st.dictionaries(RANKS, RANKS))
@settings(deadline=None, max_examples=60)
def test_a_customer_goes_by_an_address_of_its_own_or_of_its_persons(owner, address) -> None:
    owner = {person: whose for person, whose in owner.items() if person != whose}
    tables = [pairs.blank(10), pairs.blank(10)]
    for table, known in zip(tables, (address, owner), strict=True):
        for at, rank in known.items():
            table[at] = rank
    of_address: dict[int, set[int]] = {}
    for who, whose in owner.items():
        if who in address:
            of_address.setdefault(address[who], set()).add(whose)
    alone = {one: next(iter(some)) for one, some in of_address.items() if len(some) == 1}
    named = {
        whose: address.get(whose, min((one for one, firm in alone.items() if firm == whose), default=whose))
        for whose in owner.values()
    }
    key = np.array([*range(10), -1], dtype=np.int32)
    person = links.linked_to(key, tables[0])
    expected = []
    for who, reader in zip(key.tolist(), person.tolist(), strict=True):
        final = named[alone[reader]] if reader in alone else reader
        expected.append(named[owner[who]] if who in owner else named.get(who, final))
    assert customers_of(key, person, *tables).tolist() == expected
    assert customers_of(key, person, None, None) is person


@given(st.dictionaries(RANKS, RANKS, min_size=1))
@settings(deadline=None, max_examples=60)
def test_merged_ids_are_followed_to_what_is_left(into: dict[int, int]) -> None:
    into = {key: target for key, target in into.items() if key != target} or {0: 1}
    merged = merges._follow(pairs.packed(np.array(list(into)), np.array(list(into.values()))))
    found = dict(zip(range(10), merged.followed(np.arange(10, dtype=np.int32)).tolist(), strict=True))
    for key in range(10):
        seen, at = [key], key
        while at in into and into[at] not in seen:
            at = into[at]
            seen.append(at)
        if at not in into:  # no circle
            assert found[key] == at
        else:
            assert found[key] in into
    assert pl.Series(merged.key).is_sorted()
