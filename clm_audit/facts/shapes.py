"""What the dates of a column look like: how many cells have which shape, and how many prove day or month first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from clm_audit.facts import dates
from clm_audit.facts.dates import ISO, ZONED, DateFormat

_SEPARATORS = "/.-"


@dataclass(frozen=True)
class Shape:
    """How many cells have a shape; for three-part dates how many prove that the day, or the month, is first, and
    how many different values the three parts have (asked of years of two digits only). ``day_first`` of year-first
    dates counts days above 12: a spreadsheet that took days for months leaves none."""

    form: DateFormat
    cells: int
    day_first: int = 0
    month_first: int = 0
    parts: tuple[int, int, int] = (0, 0, 0)
    late: int = 0  # years above 31, which are no days

    @property
    def year_is_last(self) -> bool:
        """Whether the last of three parts of two digits proves to be the year: above 31, or hardly changing."""
        days = self.parts[0] if self.day_first else self.parts[1]
        return self.late > 0 or (days > 1 and 2 * self.parts[2] <= days)


def known_forms(given: Sequence[str], zero: date | None) -> tuple[DateFormat, ...]:
    """Every format that a column is asked for; given ones first. ``zero``: the day 0 of a workbook."""
    serial = (DateFormat("serial", pattern=zero.isoformat()),) if zero else ()
    return (
        *(DateFormat("given", pattern=pattern) for pattern in given),
        ISO,
        ZONED,
        DateFormat("mail"),
        *(DateFormat("dmy", separator) for separator in _SEPARATORS),
        *(DateFormat("ymd", separator) for separator in ("/", ".", dates.KANJI)),
        DateFormat("compact"),
        DateFormat("named dmy"),
        DateFormat("named mdy"),
        *(DateFormat("epoch", unit) for unit in ("s", "ms", "us")),
        *(DateFormat("dmy", separator, digits=2) for separator in _SEPARATORS),
        DateFormat("named dmy", digits=2),
        DateFormat("named mdy", digits=2),
        *serial,
    )


def shape_exprs(cells: pl.Expr, forms: Sequence[DateFormat]) -> dict[str, pl.Expr]:
    """Aggregates that :func:`read_shapes` turns into :class:`Shape` values."""
    counts = {"filled": cells.is_not_null().sum()}
    for number, form in enumerate(forms):
        counts[f"{number}"] = dates.fits(cells, form).sum()
        if form == ISO:
            day = cells.str.extract(r"^\d{4}-\d{1,2}-(\d{1,2})", 1).cast(pl.Int32, strict=False)
            counts[f"{number}d"] = (dates.fits(cells, form) & (day > 12)).sum()
        if form.order == "dmy":
            pattern = dates.regex(form)
            first, second, third = (cells.str.extract(pattern, at).cast(pl.Int32, strict=False) for at in (1, 2, 3))
            counts[f"{number}d"] = (first.is_between(13, 31) & second.is_between(1, 12)).sum()
            counts[f"{number}m"] = (second.is_between(13, 31) & first.is_between(1, 12)).sum()
            if form.digits == 2:
                counts[f"{number}l"] = (third > 31).sum()
                counts |= {f"{number}u{at}": part.n_unique() for at, part in enumerate((first, second, third))}
    return counts


def read_shapes(row: Mapping[str, int | None], forms: Sequence[DateFormat]) -> tuple[Shape, ...]:
    """The shapes that occur, most frequent first (of equals the one that is asked first)."""

    def count(name: str) -> int:
        return row.get(name) or 0

    found = []
    for n, form in enumerate(forms):
        parts = (count(f"{n}u0"), count(f"{n}u1"), count(f"{n}u2"))
        found.append(Shape(form, count(f"{n}"), count(f"{n}d"), count(f"{n}m"), parts, count(f"{n}l")))
    return tuple(sorted((shape for shape in found if shape.cells), key=lambda shape: -shape.cells))
