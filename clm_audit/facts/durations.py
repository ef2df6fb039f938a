"""Handling times from text to whole seconds."""

from __future__ import annotations

import re
from typing import Literal

import polars as pl

from clm_audit.facts.money import PLAIN

Unit = Literal["seconds", "minutes", "hours", "hms"]
_SECONDS: dict[Unit, int] = {"seconds": 1, "minutes": 60, "hours": 3600, "hms": 1}
CLOCK = r"^\d{1,6}:[0-5]\d(:[0-5]\d)?$"


def unit_of(header: str, declared: Unit | None) -> Unit:
    """The unit of a duration column: as declared, else as its header says, else seconds.

    >>> unit_of("handling_time_minutes", None), unit_of("Total time spent (sec)", None)
    ('minutes', 'seconds')
    """
    if declared:
        return declared
    words = set(re.findall(r"[a-z]+", header.casefold()))
    if words & {"minute", "minutes", "min", "mins"}:
        return "minutes"
    if words & {"hour", "hours", "hr", "hrs"}:
        return "hours"
    return "seconds"


def seconds(cells: pl.Expr, unit: Unit) -> pl.Expr:
    """Seconds as int64; ``H:MM`` and ``H:MM:SS`` are read as a clock; what is neither is null.

    Numbers are rounded half-even to whole seconds. A negative number stays negative for the row rule. Where the
    unit is ``hms`` no number but 0 says how long (a spreadsheet writes a fraction of a day): others are null.

    >>> cells = pl.DataFrame({"t": ["103:22:10", "0:05", "0", "0.0208"]})
    >>> cells.select(seconds(pl.col("t"), "hms"))["t"].to_list()
    [372130, 300, 0, None]
    """
    number = pl.when(cells.str.contains(PLAIN)).then(cells).cast(pl.Decimal(38, 18), strict=False)
    plain = (number * _SECONDS[unit]).round(0, mode="half_to_even").cast(pl.Int64, strict=False)
    if unit == "hms":
        plain = pl.when(number == 0).then(plain)
    hours = cells.str.extract(r"^(\d{1,6}):").cast(pl.Int64, strict=False)
    minutes = cells.str.extract(r"^\d{1,6}:([0-5]\d)").cast(pl.Int64, strict=False)
    rest = cells.str.extract(r"^\d{1,6}:\d\d:([0-5]\d)$").cast(pl.Int64, strict=False).fill_null(0)
    return pl.when(cells.str.contains(CLOCK)).then(hours * 3600 + minutes * 60 + rest).otherwise(plain)
