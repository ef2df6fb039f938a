"""The different texts of a column, and which of them each cell holds: exact, without a dictionary of all cells."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.facts import alike
from clm_audit.facts.numbered import Form, span
from clm_audit.facts.ranks import ranked

Kinds = NDArray[np.uint32]
SPARSE = 4  # numbers may be spread over so many times as many as there are cells
_NOWHERE = 2**32 - 1


def kinds(cells: pl.Series) -> tuple[Kinds, pl.Series]:
    """The kind of each cell (none is null), and the text of each kind, in an order that depends on the cells alone.

    >>> kinds(pl.Series(["c2", "c1", "c2"]))[1].to_list()
    ['c1', 'c2']
    """
    found = _by_number(cells)
    return _by_hash(cells) if found is None else found


def _by_number(cells: pl.Series) -> tuple[Kinds, pl.Series] | None:
    """Where all cells have one form, and their numbers lie close together, a table of the numbers tells."""
    frame = cells.to_frame("text")
    form = Form.of(*frame.select(span(pl.col("text"))).row(0))
    numbers = None if form is None else frame.select(form.number(pl.col("text"))).to_series()
    if numbers is None or numbers.null_count():
        return None
    place = numbers.to_numpy()
    size = int(place.max()) + 1
    if size > SPARSE * len(place):
        return None
    holder = np.full(size, _NOWHERE, dtype=np.uint32)  # of each number a cell that has it
    holder[place] = np.arange(len(place), dtype=np.uint32)
    held = holder != _NOWHERE
    number = np.cumsum(held, dtype=np.uint32) - np.uint32(1)
    return number[place], cells.gather(holder[held])


def _by_hash(cells: pl.Series) -> tuple[Kinds, pl.Series]:
    """Texts are brought together by hash; each is then compared with the first of its kind, and is of a kind of its
    own where they differ."""
    if cells.is_empty():
        return np.zeros(0, dtype=np.uint32), cells
    places, first = alike.together(alike.hashes(cells))
    kind = np.empty(len(cells), dtype=np.uint32)
    kind[places] = np.cumsum(first, dtype=np.uint32) - np.uint32(1)
    texts = cells.gather(places[first])
    other = texts.gather(kind).ne(cells).arg_true()
    if not len(other):
        return kind, texts
    ranks, more = ranked(cells.gather(other))
    kind[other.to_numpy()] = ranks + len(texts)
    return kind, pl.concat([texts, more])
