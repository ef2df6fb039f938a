"""Texts brought together by hash give what a dictionary of all texts gives, whatever the hashes."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_audit.facts import alike
from clm_audit.facts.pools import Pools

TEXTS = st.lists(st.one_of(st.none(), st.text("abé", max_size=4), st.text("xy", min_size=13, max_size=14)), max_size=60)


def same_everywhere(cells: pl.Series) -> np.ndarray:
    return np.full(len(cells), 2**64 - 1, dtype=np.uint64)


def told_apart(texts: list[str | None], cells: pl.Series) -> None:
    pools = Pools()
    codes = pools.code_ids("x", cells).to_list()
    named = pools.ids["x"].texts.to_list()
    assert [None if code is None else named[code] for code in codes] == texts


@given(TEXTS)
def test_each_text_has_its_own_code(texts: list[str | None]) -> None:
    told_apart(texts, pl.Series("id", texts, dtype=pl.String))


@given(TEXTS)
def test_texts_of_one_hash_are_told_apart(texts: list[str | None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alike, "hashes", same_everywhere)
        told_apart(texts, pl.Series("id", texts, dtype=pl.String))


@given(st.lists(st.integers(0, 9), max_size=80))
def test_repeated_values_are_found(values: list[int]) -> None:
    found = alike.repeated(np.array(values, dtype=np.uint64) << np.uint64(32))
    assert found.tolist() == [place for place, value in enumerate(values) if values.count(value) > 1]


ORDERS = "order_id,date,amount,customer_id,email\n"


@pytest.mark.parametrize("held", [0, 2**24])
def test_large_and_small_files_give_the_same_facts(build, monkeypatch: pytest.MonkeyPatch, held: int) -> None:
    monkeypatch.setattr("clm_audit.facts.room.HELD", held)
    built = build(
        {
            "orders-1.csv": ORDERS + "1,2024-01-05,10.00,c2,\n2,2024-01-06,,c1,\n3,2024-08-01,7.00,,b@x.org\n",
            "orders-2.csv": ORDERS + "1,2024-01-05,10.00,c2,\n4,2024-09-01,5.00,c1,\n4,2024-09-01,5.00,c1,\n",
        }
    )
    assert sorted(built.rows("orders", "customer", "day", "net")) == [
        (0, 19936, 700),
        (1, 19967, 500),
        (2, 19727, 1000),
    ]
    assert built.codes() == [
        ("missing_amount", "amount", "rejected"),
        ("repeated", "order_id", "duplicate"),
        ("repeated", "order_id", "duplicate"),
    ]
    assert built.facts.evidence["orders.duplicate_rows"] == 2
