"""Signs and codes of currencies inside of amounts: taken off before the number is read, and read themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from clm_audit.config.vocabulary import CURRENCIES

SIGNS: Mapping[str, str] = {  # as exports write them -> the one currency that they stand for
    **{"€": "EUR", "£": "GBP", "৳": "BDT", "₹": "INR", "₽": "RUB", "₩": "KRW", "₺": "TRY", "₪": "ILS", "฿": "THB"},
    **{"₫": "VND", "₴": "UAH", "₦": "NGN", "₱": "PHP", "R$": "BRL", "US$": "USD", "C$": "CAD", "CA$": "CAD"},
    **{"A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD", "MX$": "MXN", "zł": "PLN", "Kč": "CZK"},
    **{"Ft": "HUF", "лв": "BGN", "руб": "RUB", "TL": "TRY", "Fr": "CHF", "SFr": "CHF", "Tk": "BDT", "lei": "RON"},
}
OPEN = ("$", "¥", "kr", "Kr", "Rs", "₨")  # signs that several currencies share
_MARK = "|".join(
    [
        *(re.escape(sign) for sign in sorted((*SIGNS, *OPEN), key=len, reverse=True)),
        f"(?i:{'|'.join(sorted(CURRENCIES))})",
    ]
)
_AHEAD = rf"^([-+(]*) ?(?:{_MARK}|\p{{Sc}})\.? ?"
_BEHIND = rf" ?(?:{_MARK}|\p{{Sc}})\.?([-)]*)$"
_FOUND = rf"^[-+( ]*({_MARK}|\p{{Sc}})|({_MARK}|\p{{Sc}})\.?[-) ]*$"


def without_mark(cells: pl.Expr) -> pl.Expr:
    """The cells without a sign or code before or after the number."""
    return cells.str.replace(_AHEAD, "${1}").str.replace(_BEHIND, "${1}")


def mark(cells: pl.Expr) -> pl.Expr:
    """The sign or code that stands before or after the number; null where there is none."""
    return pl.coalesce(cells.str.extract(_FOUND, 1), cells.str.extract(_FOUND, 2))


def code_of(written: str) -> str | None:
    """The currency of a sign or code; None where several share the sign.

    >>> code_of("R$"), code_of("chf"), code_of("$")
    ('BRL', 'CHF', None)
    """
    return SIGNS.get(written) or (written.upper() if written.upper() in CURRENCIES else None)


def currency_in(cells: pl.Expr, written: Mapping[str, str]) -> pl.Expr:
    """The currency code that stands in each cell; ``written``: sign or code -> currency."""
    return mark(cells).replace_strict(written, default=None, return_dtype=pl.String)
