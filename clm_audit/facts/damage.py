"""Ids that a spreadsheet took for numbers: written with an exponent or decimals, shortened, or without their zeros."""

from __future__ import annotations

import polars as pl

FLOAT = r"^\d([.,]\d+)?[Ee]\+\d+$"
_DECIMAL = r"^\d+[.,]0+$"
_ZEROS = r"^0+[1-9]\d*$"
_NUMBER = r"^\d+$"
_DIGITS = 15  # a spreadsheet keeps so many and writes zeros for the rest
_FEW, _MOST = 3, 0.9


def count_damage(texts: pl.DataFrame) -> dict[str, int]:
    """Distinct ids by the harm that was done to them; ``texts`` has space and text, one row an id.

    ``ids.excel_float``: ``1.05E+11``. ``ids.excel_decimal``: ``117.0`` where ``117`` is an id, too.
    ``ids.excel_zeros``: ids that also stand there without their leading zeros. ``ids.excel_rounded``: ids of more
    than 15 digits whose further ones are all zero, where nearly all long ids of the system are like that.
    ``ids.excel_damage`` is their sum.
    """
    ids = texts.filter(~pl.col("is_email")).select("space", "text")
    counts = {
        "ids.excel_float": ids.filter(is_blurred(pl.col("text"))).height,
        "ids.excel_decimal": _twice(ids.filter(pl.col("text").str.ends_with("0")), ids, _DECIMAL, r"[.,]0+$"),
        "ids.excel_zeros": _twice(ids.filter(pl.col("text").str.starts_with("0")), ids, _ZEROS, "^0+"),
        "ids.excel_rounded": _rounded(ids),
    }
    return {"ids.excel_damage": sum(counts.values()), **counts}


def is_blurred(texts: pl.Expr) -> pl.Expr:
    """Whether a text is a number with an exponent, which stands for many ids."""
    return texts.str.contains("+", literal=True) & texts.str.contains(FLOAT)


def _twice(some: pl.DataFrame, ids: pl.DataFrame, shape: str, lost: str) -> int:
    """Some ids of a shape that also stand there without what a spreadsheet would add or lose."""
    bare = some.filter(pl.col("text").str.contains(shape)).with_columns(pl.col("text").str.replace(lost, ""))
    return bare.join(ids, on=["space", "text"], how="semi").height


def _rounded(ids: pl.DataFrame) -> int:
    long = ids.filter(pl.col("text").str.len_bytes() > _DIGITS).filter(pl.col("text").str.contains(_NUMBER))
    zeros = pl.col("text").str.slice(_DIGITS).str.contains("^0+$").sum()
    each = long.group_by("space").agg(zeros=zeros, ids=pl.len())
    return int(each.filter((pl.col("zeros") >= _FEW) & (pl.col("zeros") >= _MOST * pl.col("ids")))["zeros"].sum())
