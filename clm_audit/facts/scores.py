"""Answers to surveys: whole points from text, and which scale they are points of."""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

NPS, GOOD_BAD = "nps", "good_bad"
KINDS: Mapping[str, str] = {
    **dict.fromkeys(("nps", "net promoter score", "relational nps", "transactional nps", "enps"), NPS),
    **dict.fromkeys(("csat", "customer satisfaction", "satisfaction"), "csat"),
    **dict.fromkeys(("ces", "customer effort", "customer effort score"), "ces"),
    **dict.fromkeys(("rating", "stars"), "rating"),
    **dict.fromkeys(("good_bad", "good/bad", "thumbs"), GOOD_BAD),
}
_WORDS = {"good": 1, "bad": 0, "thumbs up": 1, "thumbs down": 0}
_POINTS = r"^[+-]?\d{1,4}$"


def points(cells: pl.Expr) -> pl.Expr:
    """Whole points (int32); *good* and *bad* are 1 and 0; what is neither is null."""
    whole = cells.str.replace(r"[.,]0+$", "")
    number = pl.when(whole.str.contains(_POINTS)).then(whole).cast(pl.Int32, strict=False)
    return pl.coalesce(number, word_points(cells))


def word_points(cells: pl.Expr) -> pl.Expr:
    """1 and 0 for answers that are words; null for all others."""
    word = cells.str.to_lowercase().str.extract(r"^(good|bad|thumbs up|thumbs down)\b", 1)
    return word.replace_strict(_WORDS, default=None, return_dtype=pl.Int32)


def kind_of_header(header: str) -> str | None:
    """The kind of survey that the header of a column of scores names.

    >>> kind_of_header("Last NPS survey rating"), kind_of_header("score")
    ('nps', None)
    """
    words = set(re.findall(r"[a-z]+", header.casefold()))
    for word, kind in (("nps", NPS), ("promoter", NPS), ("csat", "csat"), ("satisfaction", "csat"), ("ces", "ces")):
        if word in words:
            return kind
    return None


def in_scale(score: pl.Expr, kind: pl.Expr) -> pl.Expr:
    """Whether a score is possible: NPS from 0 to 10, good or bad 1 or 0, no other below zero."""
    top = kind.replace_strict({NPS: 10, GOOD_BAD: 1}, default=None, return_dtype=pl.Int32)
    return (score >= 0) & (score <= top).fill_null(True)
