"""The different texts of a column, and which of them each cell holds: exact, without a dictionary of all cells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.facts import alike
from clm_audit.facts.numbered import Form, span
from clm_audit.facts.ranks import ranked

Kinds = NDArray[np.uint32]
SPARSE = 4  # numbers may be spread over so many times as many as there are cells
_SAMPLE = 1000
_TEXT = pl.col("text")


def kinds(cells: pl.Series) -> tuple[Kinds, pl.Series]:
    """The kind of each cell (none is null), and the text of each kind, in an order that depends on the cells alone.

    >>> kinds(pl.Series(["c2", "c1", "c2"]))[1].to_list()
    ['c1', 'c2']
    """
    found = _by_number(cells)
    return _by_hash(cells) if found is None else found


def _by_number(cells: pl.Series) -> tuple[Kinds, pl.Series] | None:
    """Where all cells have one form, and their numbers lie close together, a table of the numbers tells.

    The form is guessed from a few cells, and looked for among all of them where some have another one.
    """
    frame = cells.to_frame("text")
    form = _form(frame.head(_SAMPLE))
    if form is None:
        return None
    form = replace(form, low=0)
    numbers = frame.select(form.number(_TEXT)).to_series()
    if numbers.null_count() and (form := _form(frame)) is not None:
        numbers = frame.select(form.number(_TEXT)).to_series()
    return None if form is None or numbers.null_count() else _tabled(form, numbers.to_numpy())


def _form(frame: pl.DataFrame) -> Form | None:
    return Form.of(*frame.select(span(_TEXT)).row(0))


def _tabled(form: Form, numbers: Kinds) -> tuple[Kinds, pl.Series] | None:
    low, high = int(numbers.min()), int(numbers.max())
    if high - low >= SPARSE * len(numbers):
        return None
    numbers = numbers - np.uint32(low) if low else numbers
    seen = np.zeros(high - low + 1, dtype=np.bool_)
    seen[numbers] = True
    kind = np.cumsum(seen, dtype=np.uint32) - np.uint32(1)
    return kind[numbers], form.texts(np.flatnonzero(seen) + low)


def _by_hash(cells: pl.Series) -> tuple[Kinds, pl.Series]:
    """Texts are brought together by hash; each is then compared with the first of its kind, and is of a kind of its
    own where they differ."""
    if cells.is_empty():
        return np.zeros(0, dtype=np.uint32), cells
    places, first = alike.together(alike.hashes(cells))
    kind = np.empty(len(cells), dtype=np.uint32)
    kind[places] = np.cumsum(first, dtype=np.uint32) - np.uint32(1)
    texts = cells.gather(places[first]) + ""  # a copy: a long text would keep the column alive that it stands in
    other = texts.gather(kind).ne(cells).arg_true()
    if not len(other):
        return kind, texts
    ranks, more = ranked(cells.gather(other))
    kind[other.to_numpy()] = ranks + len(texts)
    return kind, pl.concat([texts, more])
