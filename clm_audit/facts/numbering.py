"""Order numbers that stand in several files: the same order, a corrected one, or another order altogether.

Two statements clash when at least two of day, amount and customer differ (of those that both make). Where
nearly all shared numbers of two files clash, the files number their orders anew; where hardly any does, the
clashing ones were corrected; in between nobody can tell, and the clashing orders are all kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

ANEW, CORRECTED = 0.8, 0.2  # shares of the shared numbers that clash
_APART = 1_000_000  # spaces of single orders that were kept apart


@dataclass(frozen=True)
class Numbering:
    """``rows`` with their number space. ``anew``: part -> shared numbers that stand for other orders there;
    ``unclear``: the same for orders that were kept because nobody can tell."""

    rows: pl.DataFrame
    anew: Mapping[int, int]
    unclear: Mapping[int, int]


@dataclass(frozen=True)
class Spaces:
    """What all numbers that files share tell: which files number ``anew``, of which it is ``unclear`` (part, other),
    and part -> the number ``space`` that it shares with others."""

    anew: pl.DataFrame
    unclear: pl.DataFrame
    space: Mapping[int, int]


def compared(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """How many numbers every two files share among these rows, and how many of them clash; additive over numbers."""
    return _pairs(rows, key).group_by("part", "other").agg(clashes=pl.col("clash").sum(), shared=pl.len())


def decided(comparisons: Sequence[pl.DataFrame], parts: Sequence[int]) -> Spaces:
    """What the comparisons of all numbers come to; ``parts`` are the files."""
    each = pl.concat(comparisons).group_by("part", "other").sum()
    each = each.with_columns(share=pl.col("clashes") / pl.col("shared")).sort("part", "other")
    anew = each.filter(pl.col("share") >= ANEW).select("part", "other")
    unclear = each.filter(pl.col("share").is_between(CORRECTED, ANEW, closed="none")).select("part", "other")
    joined = each.join(anew, on=["part", "other"], how="anti").select("part", "other").rows()
    return Spaces(anew, unclear, _joined(sorted(parts), joined))


def numbered(rows: pl.DataFrame, key: list[str], spaces: Spaces) -> Numbering:
    """Rows with their number space."""
    pairs = _pairs(rows, key)
    clashing = pairs.filter("clash").join(spaces.unclear, on=["part", "other"], how="semi")
    apart = clashing.select(*key, part="other", apart=True).unique()
    rows = rows.join(apart, on=[*key, "part"], how="left").with_columns(
        space=pl.when("apart")
        .then(pl.col("part") + _APART)
        .otherwise(pl.col("part").replace_strict(spaces.space, return_dtype=pl.Int32))
    )
    renumbered = pairs.join(spaces.anew, on=["part", "other"], how="semi").select(*key, part="other").unique()
    return Numbering(rows.drop("apart"), _by_part(renumbered), _by_part(apart))


def _pairs(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Every two statements of different files about one number, and whether they clash."""
    said = rows.select(
        *key,
        "part",
        at=pl.col("day"),
        cents=pl.when(~pl.col("summed")).then("gross"),
        buyer=pl.col("customer"),
    )
    others = said.rename({"part": "other", "at": "at_other", "cents": "cents_other", "buyer": "buyer_other"})
    both = said.join(others, on=key).filter(pl.col("part") < pl.col("other"))
    differ = [pl.col(name) != pl.col(f"{name}_other") for name in ("at", "cents", "buyer")]
    comparable = pl.sum_horizontal(each.is_not_null() for each in differ)
    differing = pl.sum_horizontal(each.fill_null(False) for each in differ)
    clash = (comparable > 0) & (differing >= pl.min_horizontal(comparable, pl.lit(2)))
    return both.select(*key, "part", "other", clash=clash)


def _joined(parts: list[int], pairs: list[tuple[int, int]]) -> dict[int, int]:
    """Part -> the first of the parts that share its numbers."""
    space = {part: part for part in parts}
    for one, other in pairs:
        low, high = sorted((space[one], space[other]))
        space = {part: low if at == high else at for part, at in space.items()}
    return space


def _by_part(rows: pl.DataFrame) -> dict[int, int]:
    return dict(rows.group_by("part").len().sort("part").iter_rows())
