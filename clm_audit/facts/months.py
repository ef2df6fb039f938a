"""Names of months in the languages that exports are written in."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

_NAMES = (
    "jan january januar janv janvier enero ene gennaio gen januari janeiro jän jänner",
    "feb february februar févr fevr février fevrier febrero febbraio februari fevereiro fev",
    "mar march mär märz mrz mars marzo maart março marco mrt",
    "apr april avr avril abr abril aprile",
    "may mai mayo mag maggio mei maio",
    "jun june juni juin junio giu giugno junho",
    "jul july juli juil juillet julio lug luglio julho",
    "aug august août aout agosto ago augustus",
    "sep sept september septembre septiembre set settembre setembro",
    "oct october okt oktober octobre octubre ott ottobre outubro out",
    "nov november novembre noviembre novembro",
    "dec december dez dezember déc décembre decembre dic diciembre dicembre dezembro",
)
NUMBERS: Mapping[str, int] = {name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()}


def number_of(names: pl.Expr) -> pl.Expr:
    """1 to 12 for the name of a month, short or whole, in any case; null for other words.

    >>> pl.DataFrame({"m": ["Mar", "MÄRZ", "déc", "x"]}).select(number_of(pl.col("m")))["m"].to_list()
    [3, 3, 12, None]
    """
    return names.str.to_lowercase().replace_strict(NUMBERS, default=None, return_dtype=pl.Int32)
