"""Ids of every kind have the codes, texts and places that a plain dictionary gives them."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_audit.facts import alike, numbered, stored
from clm_audit.facts.dictionary import Dictionary
from clm_audit.facts.kinds import kinds
from clm_audit.facts.numbered import Form, span
from clm_audit.facts.stored import StoredNames

PLAIN = st.integers(0, 40).map(str)
PADDED = st.integers(0, 120).map("c{:03}".format)
LARGE = st.integers(10**17 - 3, 10**17 + 3).map("{:018}".format)
ODD = st.one_of(st.text("c01+-٣é\0 ", max_size=4), st.text("ab", min_size=30, max_size=31), st.just("x" * 5000))
COLUMN = st.one_of(*(st.lists(st.one_of(st.none(), each), max_size=30) for each in (PLAIN, PADDED, LARGE, ODD)))
MIXED = st.lists(st.one_of(st.none(), PLAIN, PADDED, LARGE, ODD), max_size=40)
COLUMNS = st.lists(st.one_of(COLUMN, MIXED), min_size=1, max_size=6)


def weak(cells: pl.Series) -> np.ndarray:
    """A hash of two values only."""
    return (cells.str.len_bytes().fill_null(0).to_numpy().astype(np.uint64) % 2) << np.uint64(63)


def series(texts: list[str | None]) -> pl.Series:
    return pl.Series("id", texts, dtype=pl.String)


@pytest.mark.parametrize(("hashes", "sample"), [(alike.hashes, 1000), (weak, 1000), (alike.hashes, 2)])
@given(columns=COLUMNS, asked=MIXED)
@settings(deadline=None)
def test_codes_are_those_of_a_dictionary(
    hashes, sample: int, columns: list[list[str | None]], asked: list[str | None]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alike, "hashes", hashes)
        patch.setattr("clm_audit.facts.kinds._SAMPLE", sample)
        ids, known = Dictionary(), dict[str, int]()
        for texts in columns:
            codes = ids.codes(series(texts))
            assert (codes.dtype, codes.name) == (pl.UInt32, "id")
            for text, code in zip(texts, codes.to_list(), strict=True):
                assert code == (None if text is None else known.setdefault(text, code))
        assert dict(zip(ids.texts.to_list(), range(len(ids.texts)), strict=True)) == known
        assert ids.find(series(asked)).tolist() == [known.get(text, -1) for text in asked]


@given(st.lists(st.one_of(PLAIN, PADDED, LARGE, ODD)) | st.lists(PADDED) | st.lists(PLAIN) | st.lists(LARGE))
def test_each_kind_has_one_text(texts: list[str]) -> None:
    kind, names = kinds(series(texts))
    assert [names[int(each)] for each in kind] == texts
    assert sorted(names.to_list()) == sorted(set(texts))


@given(st.lists(st.one_of(PLAIN, PADDED, LARGE), min_size=1), MIXED)
def test_a_number_stands_for_one_text(texts: list[str], others: list[str | None]) -> None:
    form = Form.of(*series(texts).to_frame("id").select(span(pl.col("id"))).row(0))
    if form is None:
        assert len({re.sub("[0-9]+$", "", text) for text in texts}) > 1
        return
    written = rf"{form.prefix}[0-9]{{{form.digits}}}" if form.digits else rf"{form.prefix}(0|[1-9][0-9]*)"
    cells = series([*texts, *others])
    numbers = cells.to_frame("id").select(form.number(pl.col("id"))).to_series().to_list()
    for text, number in zip(cells.to_list(), numbers, strict=True):
        digits = text is not None and re.fullmatch(written, text) and int(text[len(form.prefix) :])
        above = digits - form.low if digits is not False and digits is not None else -1
        assert number == (above if 0 <= above < 2**32 else None)


@pytest.mark.parametrize(("few", "part", "sample"), [(2**20, 2**21, 1000), (64, 8, 1000), (64, 8, 2)])
@given(columns=COLUMNS, asked=MIXED)
@settings(deadline=None, max_examples=40)
def test_stored_ids_are_found_where_they_stand(
    tmp_path_factory, few: int, part: int, sample: int, columns, asked
) -> None:
    folder = tmp_path_factory.mktemp("ids")
    frames = [series(texts).to_frame().lazy() for texts in columns]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numbered, "_FEW", few)
        patch.setattr(stored, "PART_IDS", part)
        patch.setattr(stored, "_SAMPLE", sample)
        names = StoredNames.of({"s": frames}, {"s": sum(map(len, columns))}, folder)
        known = [text for texts in names.parts("s") for text in texts]
    assert sorted(known) == sorted({text for texts in columns for text in texts if text is not None})
    assert names.size("s") == len(known)
    place = {None: len(known), **{text: at for at, text in enumerate(known)}}
    for texts in columns:
        assert names.places("s", series(texts)).tolist() == [place[text] for text in texts]
    expected = [-1 if text is None else place.get(text, -1) for text in asked]
    assert names.find("s", series(asked)).tolist() == expected


def test_ids_keep_no_column_alive_and_are_not_asked_for_again() -> None:
    """The first column is asked about nothing; later ones find all of theirs in a few arrays."""
    ids = Dictionary()
    for start in range(0, 400, 10):
        ids.codes(series([f"customer with a long name {number}" for number in range(start, start + 20)]))
    ids.find(series(["x"]))
    sizes = [len(level.at) for level in ids._levels]
    assert sum(sizes) == len(ids.texts) == 410
    assert all(after * 2 < before for before, after in pairwise(sizes))
