"""Days from text: one format a column, decided over all of its rows, in the audit's time zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

Order = Literal["iso", "zoned", "ymd", "dmy", "mdy", "compact", "given"]
_TIME = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?"
_CLOCK = rf"(?:[ ,T]+{_TIME}(?: ?[AaPp]\.?[Mm]\.?)?)?$"
_ISO = rf"^\d{{4}}-(?:\d{{2}}-\d{{2}}(?:[ T]+{_TIME})?|\d{{1,2}}-\d{{1,2}})$"
_ZONE = r"(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$"
_ZONED = rf"^\d{{4}}-\d{{2}}-\d{{2}}[ T](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)? ?{_ZONE}"
_TIMED = r"[ ,T](\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?$"  # hours, minutes, morning or not
_FIRST, _LAST = 0, 47846  # 1970-01-01 and 2100-12-31: what lies outside is no business date


@dataclass(frozen=True)
class DateFormat:
    """How a column writes its dates. ``separator`` for three-part dates, ``pattern`` for given ones."""

    order: Order
    separator: str = ""
    pattern: str = ""

    @property
    def zoned(self) -> bool:
        """Whether every stamp names its offset."""
        return self.order == "zoned" or (self.order == "given" and "%z" in self.pattern)

    @property
    def name(self) -> str:
        """The format in the words of a note.

        >>> DateFormat("dmy", "/").name
        'DD/MM/YYYY'
        """
        parts = {"ymd": ("YYYY", "MM", "DD"), "dmy": ("DD", "MM", "YYYY"), "mdy": ("MM", "DD", "YYYY")}
        if self.order in parts:
            return self.separator.join(parts[self.order])
        return {"iso": "YYYY-MM-DD", "zoned": "YYYY-MM-DD with offset", "compact": "YYYYMMDD"}.get(
            self.order, self.pattern
        )


ISO = DateFormat("iso")
ZONED = DateFormat("zoned")


def _three(separator: str, *, year_first: bool) -> str:
    mark = f"\\{separator}"
    year, part = r"(\d{4})", r"(\d{1,2})"
    return "^" + mark.join((year, part, part) if year_first else (part, part, year)) + _CLOCK


def regex(form: DateFormat) -> str:
    """The shape of a cell in a format (not of ``given`` ones)."""
    if form.order == "iso":
        return _ISO
    if form.order == "zoned":
        return _ZONED
    if form.order == "compact":
        return r"^\d{8}$"
    return _three(form.separator, year_first=form.order == "ymd")


@dataclass(frozen=True)
class Shape:
    """How many cells have a shape; for three-part dates how many prove that the day, or the month, is first."""

    form: DateFormat
    cells: int
    day_first: int = 0
    month_first: int = 0


def shapes(given: Sequence[str]) -> tuple[DateFormat, ...]:
    """Every format that a column is asked for; preset formats first."""
    return (
        *(DateFormat("given", pattern=pattern) for pattern in given),
        ISO,
        ZONED,
        *(DateFormat("dmy", separator) for separator in "/.-"),
        *(DateFormat("ymd", separator) for separator in "/."),
        DateFormat("compact"),
    )


def shape_exprs(cells: pl.Expr, given: Sequence[str]) -> dict[str, pl.Expr]:
    """Aggregates that :func:`read_shapes` turns into :class:`Shape` values."""
    counts: dict[str, pl.Expr] = {}
    for number, form in enumerate(shapes(given)):
        if form.order == "given":
            counts[f"{number}"] = _given(cells, form.pattern).is_not_null().sum()
            continue
        counts[f"{number}"] = cells.str.contains(regex(form)).sum()
        if form.order == "dmy":
            first = cells.str.extract(regex(form), 1).cast(pl.Int32, strict=False)
            second = cells.str.extract(regex(form), 2).cast(pl.Int32, strict=False)
            counts[f"{number}d"] = (first.is_between(13, 31) & second.is_between(1, 12)).sum()
            counts[f"{number}m"] = (second.is_between(13, 31) & first.is_between(1, 12)).sum()
    return counts


def read_shapes(row: Mapping[str, int | None], given: Sequence[str]) -> tuple[Shape, ...]:
    """The shapes that occur, most frequent first."""
    found = [
        Shape(form, row[f"{number}"] or 0, row.get(f"{number}d") or 0, row.get(f"{number}m") or 0)
        for number, form in enumerate(shapes(given))
    ]
    return tuple(sorted((shape for shape in found if shape.cells), key=lambda shape: -shape.cells))


def day_of(cells: pl.Expr, form: DateFormat, zone: str, stated_zone: str | None = None) -> pl.Expr:
    """Day number (int32) of each cell in the audit's zone; null where the cell does not fit the format.

    Naive stamps are read as local to ``stated_zone``, or else as local to the audit's zone, where their
    day needs no conversion; a date without a time of day is that day on any clock.
    """
    if form.zoned:
        return _in_zone(_moment(cells, form), zone)
    if stated_zone and stated_zone != zone:
        date = _date(cells, form)
        naive = date.cast(pl.Datetime("us")) + pl.duration(minutes=_minutes(cells))
        moment = naive.dt.replace_time_zone(stated_zone, ambiguous="earliest", non_existent="null")
        return pl.when(cells.str.contains(_TIMED)).then(_in_zone(moment, zone)).otherwise(date.cast(pl.Int32))
    return _date(cells, form).cast(pl.Int32)


def minute_of(cells: pl.Expr) -> pl.Expr:
    """Minutes after midnight of an ISO stamp (int16); 0 for a pure date."""
    return _minutes(cells).cast(pl.Int16)


def in_range(day: pl.Expr) -> pl.Expr:
    """Whether a day lies between 1970 and 2100."""
    return day.is_between(_FIRST, _LAST)


def _minutes(cells: pl.Expr) -> pl.Expr:
    hours = cells.str.extract(_TIMED, 1).cast(pl.Int64, strict=False)
    minutes = cells.str.extract(_TIMED, 2).cast(pl.Int64, strict=False)
    half = cells.str.extract(_TIMED, 3).str.to_lowercase()
    hours = pl.when(half.is_null()).then(hours).otherwise(hours % 12 + pl.when(half == "p").then(12).otherwise(0))
    return (hours * 60 + minutes).fill_null(0)


def _date(cells: pl.Expr, form: DateFormat) -> pl.Expr:
    if form.order == "given":
        return _given(cells, form.pattern).dt.date()
    if form.order == "iso":
        return pl.when(cells.str.contains(_ISO)).then(cells.str.head(10).str.to_date("%Y-%m-%d", strict=False))
    if form.order == "compact":
        return pl.when(cells.str.contains(r"^\d{8}$")).then(cells).str.to_date("%Y%m%d", strict=False)
    pattern = regex(form)
    at = {"ymd": (1, 2, 3), "dmy": (3, 2, 1), "mdy": (3, 1, 2)}[form.order]
    year, month, day = (cells.str.extract(pattern, number).str.zfill(2) for number in at)
    return pl.concat_str([year, month, day], separator="-").str.to_date("%Y-%m-%d", strict=False)


def _given(cells: pl.Expr, pattern: str) -> pl.Expr:
    if "%H" in pattern or "%I" in pattern:
        return cells.str.to_datetime(pattern, strict=False, time_unit="us")
    return cells.str.to_date(pattern, strict=False).cast(pl.Datetime("us"))


def _moment(cells: pl.Expr, form: DateFormat) -> pl.Expr:
    if form.order == "given":
        return _given(cells, form.pattern)
    date = pl.when(cells.str.contains(_ZONED)).then(cells.str.head(10).str.to_date("%Y-%m-%d", strict=False))
    clock = cells.str.slice(11, 2).cast(pl.Int64, strict=False) * 60
    clock = clock + cells.str.slice(14, 2).cast(pl.Int64, strict=False)
    zone = cells.str.extract(_ZONE, 1).str.replace(":", "", literal=True)
    offset = zone.str.slice(1, 2).cast(pl.Int64, strict=False) * 60
    offset = offset + zone.str.slice(3, 2).cast(pl.Int64, strict=False).fill_null(0)
    signed = pl.when(zone.str.starts_with("-")).then(-offset).otherwise(offset).fill_null(0)
    return date.cast(pl.Datetime("us", "UTC")) + pl.duration(minutes=clock - signed)


def _in_zone(moment: pl.Expr, zone: str) -> pl.Expr:
    return moment.dt.convert_time_zone(zone).dt.date().cast(pl.Int32)


def native_day(cells: pl.Expr, dtype: pl.DataType, zone: str) -> pl.Expr | None:
    """Day number of a column that a Parquet file already types as date or stamp; None for other types."""
    if dtype == pl.Date:
        return cells.cast(pl.Int32)
    if not isinstance(dtype, pl.Datetime):
        return None
    return _in_zone(cells, zone) if dtype.time_zone else cells.dt.date().cast(pl.Int32)
