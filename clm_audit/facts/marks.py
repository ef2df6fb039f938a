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
_DOLLARS = "AUD BBD BMD BND BSD BZD CAD CLP COP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD TWD USD UYU XCD"
_CROWNS, _RUPEES = frozenset({"SEK", "NOK", "DKK", "ISK"}), frozenset({"INR", "PKR", "LKR", "NPR", "MUR", "SCR"})
OPEN: Mapping[str, frozenset[str]] = {  # signs that several currencies share -> those that they can stand for
    **{"$": frozenset(_DOLLARS.split()), "¥": frozenset({"JPY", "CNY"})},
    **{"kr": _CROWNS, "Kr": _CROWNS, "Rs": _RUPEES, "₨": _RUPEES},
}
NAMES: Mapping[str, str] = {  # as columns of currencies write them out (Dynamics always does), in small letters
    **{"euro": "EUR", "euros": "EUR", "us dollar": "USD", "us dollars": "USD", "u.s. dollar": "USD"},
    **{"united states dollar": "USD", "dólar estadounidense": "USD", "dollar américain": "USD", "dollar us": "USD"},
    **{"pound sterling": "GBP", "british pound": "GBP", "british pound sterling": "GBP", "uk pound": "GBP"},
    **{"uk pound sterling": "GBP", "pfund sterling": "GBP", "britisches pfund": "GBP", "livre sterling": "GBP"},
    **{"libra esterlina": "GBP", "swiss franc": "CHF", "schweizer franken": "CHF", "franc suisse": "CHF"},
    **{"canadian dollar": "CAD", "australian dollar": "AUD", "new zealand dollar": "NZD", "hong kong dollar": "HKD"},
    **{"singapore dollar": "SGD", "kanadischer dollar": "CAD", "dollar canadien": "CAD", "japanese yen": "JPY"},
    **{"chinese yuan": "CNY", "chinese yuan renminbi": "CNY", "yuan renminbi": "CNY", "indian rupee": "INR"},
    **{"danish krone": "DKK", "norwegian krone": "NOK", "swedish krona": "SEK", "dänische krone": "DKK"},
    **{"norwegische krone": "NOK", "schwedische krone": "SEK", "dansk krone": "DKK", "norsk krone": "NOK"},
    **{"svensk krona": "SEK", "polish zloty": "PLN", "polish złoty": "PLN", "złoty": "PLN", "zloty": "PLN"},
    **{"czech koruna": "CZK", "hungarian forint": "HUF", "forint": "HUF", "romanian leu": "RON"},
    **{"bulgarian lev": "BGN", "turkish lira": "TRY", "israeli new shekel": "ILS", "south african rand": "ZAR"},
    **{"mexican peso": "MXN", "peso mexicano": "MXN", "brazilian real": "BRL", "real brasileiro": "BRL"},
    **{"uae dirham": "AED", "united arab emirates dirham": "AED", "saudi riyal": "SAR", "thai baht": "THB"},
    **{"south korean won": "KRW", "indonesian rupiah": "IDR", "malaysian ringgit": "MYR", "philippine peso": "PHP"},
    **{"colombian peso": "COP", "chilean peso": "CLP", "argentine peso": "ARS", "russian ruble": "RUB"},
}
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


def could_be(written: str, code: str) -> bool:
    """Whether a sign that names no currency can stand for this one; of an unknown sign, one that no other stands for.

    >>> could_be("$", "CAD"), could_be("$", "EUR"), could_be("₡", "CRC"), could_be("₡", "EUR")
    (True, False, True, False)
    """
    return code in OPEN[written] if written in OPEN else code not in SIGNS.values()


def currency_in(cells: pl.Expr, written: Mapping[str, str]) -> pl.Expr:
    """The currency code that stands in each cell; ``written``: sign or code -> currency."""
    return mark(cells).replace_strict(written, default=None, return_dtype=pl.String)


def stated(cells: pl.Expr) -> pl.Expr:
    """The code that a column of currencies states: a code, or a sign or name of one currency; null for others."""
    upper = cells.str.to_uppercase()
    words = cells.str.to_lowercase().str.replace_all(r"[\s-]+", " ")
    named = words.replace_strict(NAMES, default=None, return_dtype=pl.String)
    signed = cells.replace_strict(SIGNS, default=None, return_dtype=pl.String)
    return pl.coalesce(signed, named, pl.when(upper.str.contains("^[A-Z]{3}$")).then(upper))
