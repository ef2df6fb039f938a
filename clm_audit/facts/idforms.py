"""Ids that one system writes in several forms -> the one form in which they join.

``salesforce``: 15 characters whose case matters, or the same with three more that say which of them are capitals.
``guid``: with or without braces, in any case.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from clm_audit.config.preset import IdForm

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHORT, _LONG = r"^[0-9A-Za-z]{15}$", r"^[0-9A-Za-z]{15}[A-Za-z0-5]{3}$"
_GUID = r"^\{?[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\}?$"


def one_form(cells: pl.Expr, form: IdForm) -> pl.Expr:
    """Id cells in the one form of their system; what is no such id stays as it is."""
    if form == "guid":
        bare = cells.str.strip_chars("{}").str.to_lowercase()
        return pl.when(cells.str.contains(_GUID)).then(bare).otherwise(cells)
    return cells.map_batches(salesforce, return_dtype=pl.String, is_elementwise=True)


def salesforce(cells: pl.Series) -> pl.Series:
    """Salesforce ids with 18 characters, each letter in the case that the last three tell.

    >>> salesforce(pl.Series(["0018a00001Abcde", "0018A00001ABCDEAAV", "Example Ltd", None])).to_list()
    ['0018a00001AbcdeAAB', '0018a00001AbCdEAAV', 'Example Ltd', None]
    """
    short = cells.str.contains(_SHORT).arg_true()
    if len(short):
        ids = cells.gather(short)
        cells = cells.scatter(short, ids + _endings(ids))
    long = cells.str.contains(_LONG).arg_true()
    if not len(long):
        return cells
    ids = cells.gather(long)
    bent = (_endings(ids.str.head(15)) != ids.str.tail(3)).arg_true()
    return cells.scatter(long.gather(bent), pl.Series([_unbent(one) for one in ids.gather(bent)], dtype=pl.String))


def _endings(ids: pl.Series) -> pl.Series:
    """The last three characters of ids of 15: of each five characters, which are capitals."""
    text = "".join(ids.to_list()).encode("ascii")
    characters = np.frombuffer(text, dtype=np.uint8).reshape(-1, 3, 5)
    capital = (characters >= ord("A")) & (characters <= ord("Z"))
    numbers = capital @ np.array([1, 2, 4, 8, 16])
    return _every_ending().gather(numbers @ np.array([1024, 32, 1]))


@cache
def _every_ending() -> pl.Series:
    return pl.Series([a + b + c for a in _ALPHABET for b in _ALPHABET for c in _ALPHABET], dtype=pl.String)


def _unbent(one: str) -> str:
    """An id of 18 characters whose case something changed; one whose ending cannot be true stays as it is."""
    numbers = [_ALPHABET.index(letter) for letter in one[15:].upper()]
    wanted = [bool(numbers[at // 5] >> at % 5 & 1) for at in range(15)]
    if any(want and not letter.isalpha() for letter, want in zip(one, wanted, strict=False)):
        return one
    letters = (letter.upper() if want else letter.lower() for letter, want in zip(one, wanted, strict=False))
    return "".join(letters) + one[15:].upper()
