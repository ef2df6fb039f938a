"""Ids that a spreadsheet took for numbers: written with an exponent or decimals, shortened, or without their zeros."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clm_audit.facts.names import Names

FLOAT = r"^\d([.,]\d+)?[Ee]\+\d+$"
_DECIMAL = r"^\d+[.,]0+$"
_ZEROS = r"^0+[1-9]\d*$"
_NUMBER = r"^\d+$"
_DIGITS = 15  # a spreadsheet keeps so many and writes zeros for the rest
_FEW, _MOST = 3, 0.9
_ENDS_IN_ZERO, _BEGINS_WITH_ZERO = pl.col("text").str.ends_with("0"), pl.col("text").str.starts_with("0")
_WRITTEN_TWO_WAYS = r"^[a-zA-Z0-9]{15}([A-Z0-5]{3})?$"  # 15 characters, or the same with a check of their case
_SHORT, _LONG = 15, 18


def count_damage(names: Names) -> dict[str, int]:
    """Distinct ids by the harm that was done to them.

    ``ids.excel_float``: ``1.05E+11``. ``ids.excel_decimal``: ``117.0`` where ``117`` is an id, too.
    ``ids.excel_zeros``: ids that also stand there without their leading zeros. ``ids.excel_rounded``: ids of more
    than 15 digits whose further ones are all zero, where nearly all long ids of the system are like that.
    ``ids.excel_damage`` is their sum.
    """
    counts = dict.fromkeys(("ids.excel_float", "ids.excel_decimal", "ids.excel_zeros", "ids.excel_rounded"), 0)
    for space in names.spaces():
        long = zeros = 0
        for texts in names.parts(space):
            ids = texts.to_frame("text")
            counts["ids.excel_float"] += int(ids.select(is_blurred(pl.col("text")).sum()).item())
            ending, leading = (ids.filter(hit) for hit in (_ENDS_IN_ZERO, _BEGINS_WITH_ZERO))
            counts["ids.excel_decimal"] += _twice(names, space, ending, _DECIMAL, r"[.,]0+$")
            counts["ids.excel_zeros"] += _twice(names, space, leading, _ZEROS, "^0+")
            found = ids.filter(pl.col("text").str.len_bytes() > _DIGITS).filter(pl.col("text").str.contains(_NUMBER))
            long += found.height
            zeros += int(found["text"].str.slice(_DIGITS).str.contains("^0+$").sum())
        counts["ids.excel_rounded"] += zeros if zeros >= _FEW and zeros >= _MOST * long else 0
    return {"ids.excel_damage": sum(counts.values()), **counts}


def is_blurred(texts: pl.Expr) -> pl.Expr:
    """Whether a text is a number with an exponent, which stands for many ids."""
    return texts.str.contains("+", literal=True) & texts.str.contains(FLOAT)


def _twice(names: Names, space: str, some: pl.DataFrame, shape: str, lost: str) -> int:
    """Some ids of a shape that also stand there without what a spreadsheet would add or lose."""
    bare = some.filter(pl.col("text").str.contains(shape))["text"].str.replace(lost, "")
    return int((names.find(space, bare) >= 0).sum()) if len(bare) else 0


def count_lengths(names: Names) -> dict[str, int]:
    """Ids of 15 characters where the same system also has some of 18: spelt both ways, or in one way only."""
    both = alone = 0
    for space in names.spaces():
        stems: dict[bool, list[NDArray[np.uint64]]] = {False: [], True: []}  # hashes of short ones, and of long ones
        for texts in names.parts(space):
            ids = texts.to_frame("text").filter(
                pl.col("text").str.contains(_WRITTEN_TWO_WAYS) & pl.col("text").str.contains("[a-zA-Z]")
            )
            for long, found in stems.items():
                some = ids.filter((pl.col("text").str.len_chars() == _LONG) == long)["text"]
                found.append(some.str.head(_SHORT).hash().to_numpy())
        short, long_ones = (np.concatenate([np.zeros(0, dtype=np.uint64), *stems[long]]) for long in (False, True))
        if len(short) and len(long_ones):
            same = int(np.isin(short, long_ones).sum())
            both, alone = both + same, alone + len(short) - same
    return {"ids.two_lengths": both, "ids.short_alone": alone}
