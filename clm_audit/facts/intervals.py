"""How often a subscription is charged: words of many systems -> one word, and what that makes a month."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from clm_audit.facts.money import half_even

ONCE = "once"
MONTHS: Mapping[str, tuple[int, int]] = {  # intervals a month, as an exact fraction
    "day": (365, 12),
    "week": (52, 12),
    "2 weeks": (26, 12),
    "month": (1, 1),
    "2 months": (1, 2),
    "quarter": (1, 3),
    "4 months": (1, 4),
    "half-year": (1, 6),
    "year": (1, 12),
    "2 years": (1, 24),
    "3 years": (1, 36),
    "4 years": (1, 48),
    "5 years": (1, 60),
    ONCE: (0, 1),
}
_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("day", "daily", "1 day", "p1d"), "day"),
    **dict.fromkeys(("week", "weekly", "1 week", "p1w", "p7d"), "week"),
    **dict.fromkeys(("2 weeks", "biweekly", "bi-weekly", "fortnight", "fortnightly", "p2w"), "2 weeks"),
    **dict.fromkeys(("month", "months", "monthly", "1 month", "p1m", "mo", "monatlich", "mensuel", "mensual"), "month"),
    **dict.fromkeys(("2 months", "bimonthly", "bi-monthly", "every 2 months", "p2m"), "2 months"),
    **dict.fromkeys(("quarter", "quarterly", "3 months", "every 3 months", "p3m", "vierteljährlich"), "quarter"),
    **dict.fromkeys(("4 months", "every 4 months", "p4m"), "4 months"),
    **dict.fromkeys(
        ("half-year", "6 months", "every 6 months", "semiannual", "semi-annual", "per_six_months"), "half-year"
    ),
    **dict.fromkeys(
        ("semiannually", "semi-annually", "half-yearly", "half yearly", "p6m", "halbjährlich"), "half-year"
    ),
    **dict.fromkeys(("year", "years", "yearly", "annual", "annually", "1 year", "12 months", "every year"), "year"),
    **dict.fromkeys(("p1y", "p12m", "jährlich", "annuel", "anual"), "year"),
    **dict.fromkeys(("2 years", "24 months", "biennial", "biennially", "per_two_years", "p2y", "p24m"), "2 years"),
    **dict.fromkeys(("3 years", "36 months", "triennial", "per_three_years", "p3y", "p36m"), "3 years"),
    **dict.fromkeys(("4 years", "48 months", "per_four_years", "p4y", "p48m"), "4 years"),
    **dict.fromkeys(("5 years", "60 months", "per_five_years", "p5y", "p60m"), "5 years"),
    **dict.fromkeys(("once", "one-time", "one time", "one_time", "onetime", "none", "single"), ONCE),
}


def normal(cells: pl.Expr) -> pl.Expr:
    """The interval as one of the words of :data:`MONTHS`; what is none of them is null.

    >>> frame = pl.DataFrame({"i": ["Monthly", "every 1 year", "P3M", "now and then"]})
    >>> frame.select(normal(pl.col("i")))["i"].to_list()
    ['month', 'year', 'quarter', None]
    """
    word = cells.str.to_lowercase().str.strip_prefix("per ").str.replace("^every 1 ", "")
    return word.replace_strict(_WORDS, default=None, return_dtype=pl.String)


def monthly(amount: pl.Expr, interval: pl.Expr) -> pl.Expr:
    """The amount (int64) of an interval a month, rounded half to even; null where the interval is null."""
    above = {name: share[0] for name, share in MONTHS.items()}
    below = {name: share[1] for name, share in MONTHS.items()}
    top = interval.replace_strict(above, default=None, return_dtype=pl.Int128)
    bottom = interval.replace_strict(below, default=None, return_dtype=pl.Int128)
    return half_even(amount.cast(pl.Int128) * top, bottom).cast(pl.Int64)
