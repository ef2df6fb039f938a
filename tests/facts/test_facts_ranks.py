"""Ranks of texts are those that a sort of their bytes gives, whatever the texts hold."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_audit.facts import ranks

IDS = st.text("ab01:@.", max_size=20)
BEGUN = IDS.map("a long beginning:".__add__)
LONG = st.text("xy", min_size=60, max_size=70)
ODD = st.one_of(st.text("a\0", max_size=9), st.text("aé日\U0001f600", max_size=9), LONG)


def expected(texts: list[str | None]) -> tuple[list[int], list[str]]:
    names = sorted({text for text in texts if text is not None}, key=lambda text: text.encode())
    place = {name: number for number, name in enumerate(names)}
    return [-1 if text is None else place[text] for text in texts], names


@given(
    st.lists(st.one_of(st.none(), IDS, ODD), max_size=40)
    | st.lists(st.one_of(st.none(), IDS), max_size=40)
    | st.lists(BEGUN)
)
def test_ranks_follow_the_bytes(texts: list[str | None]) -> None:
    codes, names = ranks.ranked(pl.Series("name", texts, dtype=pl.String))
    assert (codes.tolist(), names.to_list()) == expected(texts)


@pytest.mark.parametrize("size", [1, 7, 8, 9, 63, 64, 65])
def test_each_length_is_ranked_to_its_last_byte(size: int) -> None:
    texts: list[str | None] = ["a" * size, "a" * (size - 1) + "b", "a" * (size - 1), None, "a" * (size - 1) + "b"]
    codes, names = ranks.ranked(pl.Series("name", texts, dtype=pl.String))
    assert (codes.tolist(), names.to_list()) == expected(texts)


@pytest.mark.parametrize(("text", "as_numbers"), [("c1", True), ("é", False), ("a\0", False), ("", True)])
def test_only_short_plain_texts_are_compared_as_numbers(text: str, as_numbers: bool) -> None:
    assert (ranks._words(pl.Series([text, text + "b"])) is not None) == as_numbers
