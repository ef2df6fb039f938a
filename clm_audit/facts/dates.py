"""Days from text: one format a column, in the audit's time zone. Which one is decided in :mod:`decide`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import polars as pl

from clm_audit.facts import months

Order = Literal[
    "iso", "zoned", "mail", "ymd", "dmy", "mdy", "named dmy", "named mdy", "compact", "epoch", "serial", "given"
]
_TIME = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?"
_HALF = r"(?: ?[AaPp]\.?[Mm]\.?)?"
_CLOCK = rf"(?:[ ,T]+(?:at |um |à )?{_TIME}{_HALF})?$"
_ISO = rf"^\d{{4}}-(?:\d{{2}}-\d{{2}}(?:[ T]+{_TIME}{_HALF})?|\d{{1,2}}-\d{{1,2}})$"
_MINUTES = {  # abbreviations that mean one offset wherever they are written (CST, IST and BST mean several)
    "CET": 60, "CEST": 120, "MEZ": 60, "MESZ": 120, "WET": 0, "WEST": 60, "EET": 120, "EEST": 180, "JST": 540,
    "KST": 540, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780, "EDT": -240, "CDT": -300, "MDT": -360, "PDT": -420,
}  # fmt: skip
_ZONE = rf"(Z|z|UTC|GMT|[+-]\d{{2}}(?::?\d{{2}})?|{'|'.join(_MINUTES)})$"
_ZONED = rf"^\d{{4}}-\d{{2}}-\d{{2}}[ T](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)? ?{_ZONE}"
# 5 Jan 2024 10:00:00 +0100, as mails are dated (RFC 5322), with the day of the week or without
_MAIL = (
    r"^(?:\p{L}{3},? )?(\d{1,2})[ -](\p{L}{3})[ -](\d{4}),? ([01]\d|2[0-3]):([0-5]\d)(?::[0-5]\d)? "
    + _ZONE.replace("$", r"(?: \([A-Z]{1,5}\))?$")
)
_TIMED = r"[ ,T](\d{1,2}):(\d{2})(?::\d{2}(?:[.,]\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?$"  # hours, minutes, morning or not
_AT_MIDNIGHT = r"[ ,T](?:0?0:00(?::00(?:[.,]0+)?)?|12:00(?::00)? ?[Aa]\.?[Mm]\.?)$"
_WEEKDAY = r"^(?:\p{L}{2,10}\.?,? )?"
_MONTH = r"(?:de )?(\p{L}{3,10})\.?"
KANJI = "年"  # the first of the three signs of 2024年7月1日
_FIRST, _LAST = 0, 47846  # 1970-01-01 and 2100-12-31: what lies outside is no business date
_CENTURY = 70  # two digits below it are of this century
_EXAMPLE = {  # by the letters of a pattern, in English whatever the locale
    "a": "Wed", "A": "Wednesday", "b": "Jan", "B": "January", "d": "31", "e": "31", "m": "01", "y": "24", "Y": "2024",
    "H": "17", "I": "5", "M": "09", "S": "00", "p": "PM", "f": "000000", "z": "+01:00", "%": "%", "j": "031",
    "h": "Jan", "T": "17:09:00", "F": "2024-01-31", "D": "01/31/24", "R": "17:09",
}  # fmt: skip
_TICKS = {"s": (r"^[12]\d{9}(\.\d{1,9})?$", 10**6), "ms": (r"^[12]\d{12}$", 10**3), "us": (r"^[12]\d{15}$", 1)}
_SERIAL = r"^[1-9]\d{4}(\.\d{1,17})?$"
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class DateFormat:
    """How a column writes its dates. ``separator`` for three-part dates, and the unit of an ``epoch`` (s, ms, us);
    ``pattern`` for given ones, and the ISO date of the number 0 for day numbers of a spreadsheet (``serial``);
    ``digits`` of the year in three-part and named dates; ``days``: midnight throughout, so that no clock matters.
    ``beside``: the year-first form of cells that cannot be mistaken for the others of their column."""

    order: Order
    separator: str = ""
    pattern: str = ""
    digits: int = 4
    days: bool = False
    beside: DateFormat | None = None

    @property
    def parts(self) -> tuple[DateFormat, ...]:
        """The forms that the cells have, each of them alone."""
        return (replace(self, beside=None), self.beside) if self.beside else (self,)

    @property
    def zoned(self) -> bool:
        """Whether every stamp names its offset."""
        return self.order in ("zoned", "mail", "epoch") or (self.order == "given" and "%z" in self.pattern)

    @property
    def name(self) -> str:
        """The format in the words of a note.

        >>> DateFormat("dmy", "/").name, DateFormat("mdy", "/", digits=2).name, DateFormat("epoch", "ms").name
        ('DD/MM/YYYY', 'MM/DD/YY', 'milliseconds since 1970')
        """
        if self.beside:
            return " and ".join(part.name for part in self.parts)
        year = "Y" * self.digits
        parts = {"ymd": (year, "MM", "DD"), "dmy": ("DD", "MM", year), "mdy": ("MM", "DD", year)}
        if self.separator == KANJI:
            return "YYYY年MM月DD日"
        if self.order in parts:
            return self.separator.join(parts[self.order])
        units = {"s": "seconds", "ms": "milliseconds", "us": "microseconds"}
        names = {
            "iso": "YYYY-MM-DD",
            "zoned": "YYYY-MM-DD with offset",
            "mail": "DD Mon YYYY with offset",
            "named dmy": f"DD Month {year}",
            "named mdy": f"Month DD {year}",
            "compact": "YYYYMMDD",
            "epoch": f"{units.get(self.separator, '')} since 1970",
            "serial": f"days after {self.pattern}",
        }
        return names.get(self.order) or example(self.pattern)


def example(pattern: str) -> str:
    """The 31st of January 2024, nine minutes past five in the afternoon, as a given pattern writes it.

    >>> example("%b %d, %Y %I:%M %p"), example("%d.%m.%y")
    ('Jan 31, 2024 5:09 PM', '31.01.24')
    """
    return re.sub(r"%-?(.)", lambda part: _EXAMPLE.get(part[1], part[0]), pattern)


ISO = DateFormat("iso")
ZONED = DateFormat("zoned")


def regex(form: DateFormat) -> str:
    """The shape of a cell in a format (not of ``given`` ones)."""
    fixed = {"iso": _ISO, "zoned": _ZONED, "mail": _MAIL, "compact": r"^\d{8}$", "serial": _SERIAL}
    if form.order in fixed:
        return fixed[form.order]
    if form.order == "epoch":
        return _TICKS[form.separator][0]
    year, part = rf"(\d{{{form.digits}}})", r"(\d{1,2})"
    if form.order == "named dmy":
        return rf"{_WEEKDAY}{part}(?:\.|st|nd|rd|th|er)?[ /-]+{_MONTH},?[ /-]+(?:de )?{year}{_CLOCK}"
    if form.order == "named mdy":
        return rf"{_WEEKDAY}{_MONTH}[ /-]+{part}(?:st|nd|rd|th)?,?[ /-]+{year}{_CLOCK}"
    if form.separator == KANJI:
        return rf"^{year}年 ?{part}月 ?{part}日{_CLOCK}"
    mark = re.escape(form.separator)
    return "^" + mark.join((year, part, part) if form.order == "ymd" else (part, part, year)) + _CLOCK


def fits(cells: pl.Expr, form: DateFormat) -> pl.Expr:
    """Whether a cell has the shape of a format; of given and named ones, whether it is a date."""
    if form.beside:
        return pl.any_horizontal(fits(cells, part) for part in form.parts)
    if form.order == "given":
        return _given(cells, form.pattern).is_not_null()
    shaped = cells.str.contains(regex(form))
    if form.order == "mail" or form.order.startswith("named"):
        return shaped & months.number_of(cells.str.extract(regex(form), _at(form)[1])).is_not_null()
    return shaped


def day_of(cells: pl.Expr, form: DateFormat, zone: str, stated_zone: str | None = None) -> pl.Expr:
    """Day number (int32) of each cell in the audit's zone; null where the cell does not fit the format.

    Naive stamps are read as local to ``stated_zone``, or else as local to the audit's zone, where their
    day needs no conversion; a date without a time of day is that day on any clock. A time that the clock of the
    stated zone skips is taken as one hour later, one that it repeats as the first.
    """
    if form.beside:
        return pl.coalesce(day_of(cells, part, zone, stated_zone) for part in form.parts)
    if form.zoned:
        moment = _moment(cells, form)
        return _in_zone(moment, "UTC" if form.days else zone)
    if form.days or not stated_zone or stated_zone == zone:
        return _date(cells, form).cast(pl.Int32)
    day = _date(cells, form)
    naive = day.cast(pl.Datetime("us")) + pl.duration(minutes=minutes(cells, form))
    moment = pl.coalesce(_local(naive, stated_zone), _local(naive + pl.duration(hours=1), stated_zone))
    return pl.when(timed(cells, form)).then(_in_zone(moment, zone)).otherwise(day.cast(pl.Int32))


def in_range(day: pl.Expr) -> pl.Expr:
    """Whether a day lies between 1970 and 2100."""
    return day.is_between(_FIRST, _LAST)


def timed(cells: pl.Expr, form: DateFormat) -> pl.Expr:
    """Whether a cell has a time of day."""
    if form.order == "given":
        return pl.lit(_clocked(form.pattern))
    if form.order == "mail":
        return pl.lit(True)
    if form.order == "serial":
        return cells.str.contains(".", literal=True)
    return cells.str.contains(_TIMED)


def minutes(cells: pl.Expr, form: DateFormat) -> pl.Expr:
    """Minutes after midnight (int64) of naive stamps; 0 where there is no time of day."""
    if form.order == "given":
        stamp = _given(cells, form.pattern)
        return (stamp.dt.hour().cast(pl.Int64) * 60 + stamp.dt.minute()).fill_null(0)
    if form.order == "serial":
        part = cells.str.extract(r"(\.\d+)$").cast(pl.Float64, strict=False).fill_null(0)
        return (part * 1440).round(mode="half_to_even").cast(pl.Int64).clip(0, 1439)
    hours = cells.str.extract(_TIMED, 1).cast(pl.Int64, strict=False)
    past = cells.str.extract(_TIMED, 2).cast(pl.Int64, strict=False)
    half = cells.str.extract(_TIMED, 3).str.to_lowercase()
    hours = pl.when(half.is_null()).then(hours).otherwise(hours % 12 + pl.when(half == "p").then(12).otherwise(0))
    return (hours * 60 + past).fill_null(0)


def is_midnight(cells: pl.Expr, form: DateFormat) -> pl.Expr:
    """Whether a cell is a day: midnight on its own clock (of an epoch: in Greenwich), or without a time."""
    if form.order == "epoch":
        return _moment(cells, form).dt.truncate("1d") == _moment(cells, form)
    if form.order in ("zoned", "mail"):
        return cells.str.contains(rf"[ T]00:00(:00([.,]0+)?)? ?{_ZONE}")
    if form.order in ("given", "serial"):
        return minutes(cells, form) == 0
    return cells.str.contains(_AT_MIDNIGHT) | ~cells.str.contains(":", literal=True)


def _at(form: DateFormat) -> tuple[int, int, int]:
    """Which group of the regular expression is the year, the month and the day."""
    order = "dmy" if form.order == "mail" else form.order.removeprefix("named ")
    return {"ymd": (1, 2, 3), "dmy": (3, 2, 1), "mdy": (3, 1, 2)}[order]


def _date(cells: pl.Expr, form: DateFormat) -> pl.Expr:
    if form.order == "given":
        return _given(cells, form.pattern).dt.date()
    if form.order == "iso":
        return pl.when(cells.str.contains(_ISO)).then(cells.str.head(10).str.to_date("%Y-%m-%d", strict=False))
    if form.order == "compact":
        return pl.when(cells.str.contains(r"^\d{8}$")).then(cells).str.to_date("%Y%m%d", strict=False)
    if form.order == "serial":
        whole = pl.when(cells.str.contains(_SERIAL)).then(cells).str.extract(r"^(\d+)").cast(pl.Int32, strict=False)
        return (whole + (date.fromisoformat(form.pattern) - EPOCH).days).cast(pl.Date)
    return _written(cells, form)


def _written(cells: pl.Expr, form: DateFormat) -> pl.Expr:
    """The date of cells that write year, month and day one by one."""
    pattern, (at_year, at_month, at_day) = regex(form), _at(form)
    year, month, day = (cells.str.extract(pattern, at) for at in (at_year, at_month, at_day))
    if form.order == "mail" or form.order.startswith("named"):
        month = months.number_of(month).cast(pl.String)
    if form.digits == 2:
        century = pl.when(year.cast(pl.Int32, strict=False) < _CENTURY).then(pl.lit("20")).otherwise(pl.lit("19"))
        year = century + year
    written = pl.concat_str([year, month.str.zfill(2), day.str.zfill(2)], separator="-")
    return written.str.to_date("%Y-%m-%d", strict=False)


def _clocked(pattern: str) -> bool:
    return any(code in pattern for code in ("%H", "%I", "%T", "%R", "%X"))


def _given(cells: pl.Expr, pattern: str) -> pl.Expr:
    if "%z" in pattern:
        return cells.str.to_datetime(pattern, strict=False, time_unit="us", time_zone="UTC")
    if _clocked(pattern):
        return cells.str.to_datetime(pattern, strict=False, time_unit="us")
    return cells.str.to_date(pattern, strict=False).cast(pl.Datetime("us"))


def _moment(cells: pl.Expr, form: DateFormat) -> pl.Expr:
    if form.order == "given":
        return _given(cells, form.pattern)
    if form.order == "epoch":
        shape, micros = _TICKS[form.separator]
        ticks = pl.when(cells.str.contains(shape)).then(cells).str.extract(r"^(\d+)").cast(pl.Int64, strict=False)
        return (ticks * micros).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    if form.order == "mail":
        date_ = pl.when(fits(cells, form)).then(_written(cells, form))
        clock = [cells.str.extract(_MAIL, at).cast(pl.Int64, strict=False) for at in (4, 5)]
        zone = cells.str.extract(_MAIL, 6)
    else:
        date_ = pl.when(cells.str.contains(_ZONED)).then(cells.str.head(10).str.to_date("%Y-%m-%d", strict=False))
        clock = [cells.str.slice(at, 2).cast(pl.Int64, strict=False) for at in (11, 14)]
        zone = cells.str.extract(_ZONE, 1)
    if form.days:
        return date_.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    minutes = clock[0] * 60 + clock[1] - _offset(zone)
    return date_.cast(pl.Datetime("us", "UTC")) + pl.duration(minutes=minutes)


def _offset(zone: pl.Expr) -> pl.Expr:
    """Minutes that a zone is ahead of Greenwich: ``+01:00``, ``+0100``, ``+01``, ``CET``; 0 for others."""
    bare = zone.str.replace(":", "", literal=True)
    size = bare.str.slice(1, 2).cast(pl.Int64, strict=False) * 60
    size = size + bare.str.slice(3, 2).cast(pl.Int64, strict=False).fill_null(0)
    named = zone.replace_strict(_MINUTES, default=0, return_dtype=pl.Int64)
    signed = pl.when(bare.str.starts_with("-")).then(-size).when(bare.str.starts_with("+")).then(size)
    return signed.otherwise(named)


def _local(naive: pl.Expr, zone: str) -> pl.Expr:
    return naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")


def _in_zone(moment: pl.Expr, zone: str) -> pl.Expr:
    return moment.dt.convert_time_zone(zone).dt.date().cast(pl.Int32)


def native_day(cells: pl.Expr, dtype: pl.DataType, zone: str) -> pl.Expr | None:
    """Day number of a column that a Parquet file already types as date or stamp; None for other types."""
    if dtype == pl.Date:
        return cells.cast(pl.Int32)
    if not isinstance(dtype, pl.Datetime):
        return None
    return _in_zone(cells, zone) if dtype.time_zone else cells.dt.date().cast(pl.Int32)
