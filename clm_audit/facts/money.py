"""Money from text, exactly: one locale a column, decided over all rows; never a float.

Plain numbers are read as decimals of 18 places. Adorned ones (currency signs, thousands, parentheses)
are first rewritten as plain text, by the locale that the whole column proves.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import polars as pl

from clm_audit.facts import marks as currencies

Locale = Literal["plain", "point", "comma"]
PLAIN = r"^[+-]?(\d{1,15}(\.\d{0,18})?|\.\d{1,18})$"
_SPACES = r"[\s\u00a0\u202f\u2007\u2009'’`´]+"
_MINUS = r"[−–‒]"
_GROUPED = r"^[+-]?\d{1,3}( \d{3})+([.,]\d+)?$"
_INDIAN = r"\d{1,2}(,\d{2})+,\d{3}"
_POINT = rf"^[+-]?(\d{{1,3}}(,\d{{3}})+|{_INDIAN}|\d{{1,15}})?(\.\d{{1,18}})?$"
_COMMA = r"^[+-]?(\d{1,3}(\.\d{3})+|\d{1,15})?(,\d{1,18})?$"
SUFFIXES = {"k": 10**3, "tsd": 10**3, "m": 10**6, "mio": 10**6, "mn": 10**6, "bn": 10**9, "b": 10**9}
_SUFFIX = r"(?i)^([+-]?[\d.,]+) ?(k|tsd|mio|mn|m|bn|b)\.?$"
CENT = 100
DIGITS = 17  # of an amount in its units, at most
MICRO = 1_000_000


@dataclass(frozen=True)
class MoneyProfile:
    """What a column shows over all of its rows: how many cells, and how many prove a locale."""

    filled: int
    plain: int
    point: int
    comma: int
    proves_point: int
    proves_comma: int
    three_places: int
    three_after_comma: int
    ungrouped: int
    suffixed: int = 0


def profile_exprs(cells: pl.Expr, bare: pl.Expr) -> dict[str, pl.Expr]:
    """The counts of :class:`MoneyProfile`, one aggregate each; ``bare``: the cells without adornment."""
    grouped = r"^[+-]?\d{1,3}([.]\d{3})+$"
    return {
        "filled": cells.is_not_null().sum(),
        "plain": cells.str.contains(PLAIN).sum(),
        "point": bare.str.contains(_POINT).sum(),
        "comma": bare.str.contains(_COMMA).sum(),
        "proves_point": (
            bare.str.contains(r"\.\d{1,2}$|\.\d{4,}$|,\d{3}\.|,\d{3},|\d,\d{2},\d{3}")
            | bare.str.contains(r"^[+-]?(0\.\d{3}|\d{4,}\.\d+)$")
        ).sum(),
        "proves_comma": bare.str.contains(r",\d{1,2}$|,\d{4,}$|\.\d{3},|\.\d{3}\.|^[+-]?(0,\d{3}|\d{4,},\d+)$").sum(),
        "three_places": bare.str.contains(grouped).sum(),
        "three_after_comma": bare.str.contains(r"^[+-]?[1-9]\d{0,2},\d{3}$").sum(),
        "ungrouped": bare.str.contains(r"^[+-]?\d{4,}(\.\d+)?$").sum(),
        "suffixed": cells.str.contains(r"(?i)\d ?(k|tsd|mio|mn|m|bn|b)\.?$").sum(),
    }


def locale_of(profile: MoneyProfile) -> Locale | None:
    """The locale that a column proves; None when ``1.234`` or ``1,234`` could be a thousand or a unit throughout.

    Whole numbers of four digits without a separator prove a point to be decimal; a comma needs a plainer proof. As many
    proofs of the one as of the other prove nothing.
    """
    if profile.proves_comma > profile.proves_point:
        return "comma"
    open_ = profile.proves_comma == profile.proves_point
    if open_ and ((profile.three_places and not profile.ungrouped) or profile.three_after_comma):
        return None
    return "plain" if profile.plain == profile.filled else "point"


def strip_adornment(cells: pl.Expr) -> pl.Expr:
    """Without currency signs and codes and blanks between thousands; ``(12)`` and ``12-`` become ``-12``.

    A blank elsewhere stays and makes the cell no number. What ``45k`` is short for is not looked at here.
    """
    bare = cells.str.replace_all(_SPACES, " ").str.replace_all(_MINUS, "-")
    bare = currencies.without_mark(bare)
    bare = bare.str.replace(r"^([+-]?) ?\( ?([^()]+?) ?\)$", "-${2}").str.replace(r"^([\d., ]*\d) ?-$", "-${1}")
    bare = currencies.without_mark(bare).str.replace(r"^([+-]) ", "${1}").str.replace(_SUFFIX, "${1}")
    return pl.when(bare.str.contains(_GROUPED)).then(bare.str.replace_all(" ", "", literal=True)).otherwise(bare)


def factor(cells: pl.Expr) -> pl.Expr:
    """What an amount is short for: 1,000 for ``45k`` and so on, 1 for others (int64)."""
    word = cells.str.replace(r"[)\s]+$", "").str.to_lowercase().str.extract(r"\d ?(k|tsd|mio|mn|m|bn|b)\.?$", 1)
    return word.replace_strict(SUFFIXES, default=1, return_dtype=pl.Int64)


def to_plain(cells: pl.Expr, locale: Locale) -> pl.Expr:
    """Cells rewritten as plain decimals; what does not fit the locale is null."""
    if locale == "plain":
        return pl.when(cells.str.contains(PLAIN)).then(cells)
    bare = strip_adornment(cells)
    if locale == "point":
        plain = pl.when(bare.str.contains(_POINT)).then(bare.str.replace_all(",", "", literal=True))
    else:
        swapped = bare.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
        plain = pl.when(bare.str.contains(_COMMA)).then(swapped)
    return pl.when(plain.str.contains(PLAIN)).then(plain)


def scaled(plain: pl.Expr, scale: int) -> pl.Expr:
    """Plain decimal text -> int64 in 1/``scale`` units, half-even; null stays null, and so large that sums could leave
    int64 becomes null: what needs more than :data:`DIGITS` digits."""
    places = len(str(scale)) - 1
    return plain.cast(pl.Decimal(DIGITS, places), strict=False).to_physical().cast(pl.Int64)


def scaled_by(plain: pl.Expr, scale: int, times: pl.Expr) -> pl.Expr:
    """The same for mantissas that stand for ``times`` as much (int64), exactly up to nine decimals."""
    units = plain.cast(pl.Decimal(38, 9), strict=False).to_physical() * times.cast(pl.Int128)
    return half_even(units, pl.lit(10**9 // scale, dtype=pl.Int128)).cast(pl.Int64, strict=False)


def rounds(plain: pl.Expr) -> pl.Expr:
    """Whether a plain decimal loses something when it is rounded to hundredths."""
    return plain.str.contains(r"^[+-]?\d*\.\d\d0*[1-9]\d*$").fill_null(False)


def more_places(plain: pl.Expr) -> pl.Expr:
    """Whether a plain decimal is written with more than two places."""
    return plain.str.contains(r"\.\d\d\d").fill_null(False)


def half_even(value: pl.Expr, divisor: pl.Expr | int) -> pl.Expr:
    """``value / divisor`` rounded half to even, in the integer type of ``value``; divisor > 0.

    >>> pl.DataFrame({"v": [5, 15, -5, -15, 14]}).select(half_even(pl.col("v"), 10))["v"].to_list()
    [0, 2, 0, -2, 1]
    """
    quotient = value // divisor
    twice = (value - quotient * divisor) * 2
    up = (twice > divisor) | ((twice == divisor) & (quotient % 2 != 0))
    return quotient + up.cast(pl.Int64)


def rated(cents: pl.Expr, rate: Decimal) -> pl.Expr:
    """Hundredths times an exact rate, rounded half-even to hundredths; int64.

    >>> pl.DataFrame({"c": [100, 250, 125]}).select(rated(pl.col("c"), Decimal("1.02")))["c"].to_list()
    [102, 255, 128]
    """
    numerator, denominator = rate.as_integer_ratio()
    wide = cents.cast(pl.Int128) * pl.lit(numerator, dtype=pl.Int128)
    bottom = pl.lit(denominator, dtype=pl.Int128)
    quotient = wide // bottom
    twice = (wide - quotient * bottom) * 2
    up = (twice > bottom) | ((twice == bottom) & (quotient % 2 != 0))
    return (quotient + up.cast(pl.Int128)).cast(pl.Int64)
