"""Cells of one file -> typed values: one expression a field, and the rules that reject its row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from clm_audit.config.preset import IdForm
from clm_audit.exits import DataError
from clm_audit.facts import dates, durations, intervals, marks, money, scores
from clm_audit.facts.clocks import moment_counts, stamp_counts, zone_named
from clm_audit.facts.columns import BLANKS, Column, Finder, text
from clm_audit.facts.dates import DateFormat
from clm_audit.facts.decide import Formats
from clm_audit.facts.fields import FIELDS, Field
from clm_audit.facts.idforms import one_form
from clm_audit.facts.pools import Pools
from clm_audit.facts.runs import once_a_run
from clm_audit.intake.model import ROW, RawTable
from clm_audit.intake.recognise import CUSTOM

Rule = tuple[str, str, pl.Expr]  # reject code, header, whether a row breaks it
FLOAT_CENTS = 1e13  # below it a float still tells every hundredth apart
FLOAT_DUST = 0.005  # hundredths: more than the distance of a float from the decimal that it stands for
LARGEST = 10**money.DIGITS
_FALSE = ("0", "0.0", "false", "no", "n", "f", "never", "none")
_NATIVE = "native "
_GROUP = r"[,'’\s\u00a0\u202f]"
_THOUSANDS = rf"^[+-]?\d{{1,3}}(?:{_GROUP}\d{{3}})+(?:\.0+)?$"


def name_space(table: RawTable) -> str:
    """Whose ids a file speaks: its system's; hand-made tables and mapped files share one name space."""
    return name_space_of(table.system)


def name_space_of(system: str | None) -> str:
    """The same for a system."""
    return "plain" if system in (None, CUSTOM) else str(system)


@dataclass(frozen=True)
class Reader:
    """Reads the cells of one file, by the formats that were decided for its columns."""

    table: RawTable
    pools: Pools
    zone: str
    formats: Formats

    def base(self, columns: Iterable[Column]) -> pl.LazyFrame:
        """The columns as clean text under their own names; typed ones also as they are."""
        cells = []
        ids, form = self._ids()
        for name, column in {column.name: column for column in columns}.items():
            cell = text(self.table, column)
            cells.append((one_form(cell, form) if form and name in ids else cell).alias(name))
            if not self.formats.is_text(column):
                cells.append(pl.col(name).alias(_NATIVE + name))
        return self.table.frame.select(pl.col(ROW).cast(pl.UInt32).alias("row"), *cells)

    def _ids(self) -> tuple[frozenset[str], IdForm | None]:
        """The columns that hold ids, and the form they are brought to (None: they stay as they are)."""
        form = self.table.object.id_form if self.table.object else None
        if not self.table.object or not form:
            return frozenset(), None
        finder = Finder.of(self.table)
        found = [(FIELDS[one.fact], finder.fields(one)) for one in self.table.object.yields]
        ids = (fields[name].name for specs, fields in found for name in fields if _is_id(specs.get(name)))
        return frozenset(ids), form

    def read(self, column: Column, spec: Field, name: str, *, optional: bool) -> tuple[pl.Expr, list[Rule]]:
        """The typed value of a field, and the rules on it, which look at the value under ``name``."""
        value = pl.col(name)
        cells = pl.col(column.name if self.formats.is_text(column) else _NATIVE + column.name)
        rules: list[Rule] = []
        if spec.missing and not optional:
            rules.append((spec.missing, column.header, cells.is_null()))
        if spec.bad and not column.inside:
            rules.append((spec.bad, column.header, cells.is_not_null() & value.is_null()))
        if spec.kind == "day":
            rules.append(("impossible_date", column.header, ~dates.in_range(value).fill_null(True)))
        if spec.negative:
            rules.append((spec.negative, column.header, (value < 0).fill_null(False)))
        return self._value(column, spec).alias(name), rules

    def pool(self, kind: str) -> str:
        """The pool of the texts of a kind (``id``, ``campaign``) in this file."""
        return f"{kind} {name_space(self.table)}"

    def stamps(self, number: int, column: Column) -> dict[str, pl.Expr]:
        """Counts of stamps with and without a zone in a date column: ``naive/0``, ``zoned/1`` …"""
        dtype = self._dtype(column)
        if isinstance(dtype, pl.Datetime):
            stamps = pl.col(_NATIVE + column.name)
            if dtype.time_zone:
                return {f"zoned/{number}": stamps.count()}
            midnight = (stamps == stamps.dt.truncate("1d")).all()
            return {f"naive/{number}": pl.when(midnight).then(0).otherwise(stamps.count())}
        if not self.formats.is_text(column):
            return {}
        found: dict[str, pl.Expr] = {}
        form, cells = self.formats.dates[column.name], pl.col(column.name)
        for part in form.parts:
            own = pl.when(dates.fits(cells, part)).then(cells) if form.beside else cells
            for name, count in self._stamps_of(part, own, self._stated_zone(column)).items():
                found[f"{name}/{number}"] = found.get(f"{name}/{number}", pl.lit(0)) + count
        return found

    def _stamps_of(self, form: DateFormat, cells: pl.Expr, stated: str | None) -> Mapping[str, pl.Expr]:
        if form.days:
            return {"naive": pl.lit(0)}
        if form.zoned:
            return {"zoned": cells.count()}
        if stated or form.order != "iso":
            day, minute = dates.day_of(cells, form, self.zone), dates.minutes(cells, form)
            timed, midnight = (what(cells, form) for what in (dates.timed, dates.is_midnight))
            counts = moment_counts(day, minute, timed.fill_null(False), midnight, stated or self.zone)
            return counts | ({"zoned": counts.pop("naive")} if stated else {})
        return stamp_counts(cells, self.zone)

    def rounded(self, column: Column) -> pl.Expr:
        """How many amounts of a column are no whole hundredths (of floats: by the first four decimals)."""
        dtype, native = self._dtype(column), pl.col(_NATIVE + column.name)
        if isinstance(dtype, pl.Decimal):
            unit = pl.lit(10 ** max(0, dtype.scale - 2), dtype=pl.Int128)
            return (native.to_physical() % unit != 0).sum() if dtype.scale > 2 else pl.lit(0)
        if dtype.is_float():
            cents = native.cast(pl.Float64) * money.CENT
            return ((cents - cents.round(mode="half_to_even")).abs() > FLOAT_DUST).sum()
        if not self.formats.is_text(column):
            return pl.lit(0)
        locale = self.formats.money.get(column.name, "plain")
        cells = pl.col(column.name)
        lost = money.rounds(cells if locale == "plain" else money.to_plain(cells, locale))
        return (lost & (money.factor(cells) == 1)).sum() if column.name in self.formats.suffixed else lost.sum()

    def _dtype(self, column: Column) -> pl.DataType:
        return self.table.frame.collect_schema()[column.name]

    def _value(self, column: Column, spec: Field) -> pl.Expr:
        cells = pl.col(column.name)
        if spec.kind in ("key", "word"):
            return cells
        if spec.kind in ("id", "campaign"):
            return self.pools.code(self.pool(spec.kind), cells)
        if spec.kind == "currency":
            if column.inside:
                return self.pools.code("currency", marks.currency_in(cells, self.formats.currencies(column)))
            return self.pools.code("currency", marks.stated(cells))
        if spec.kind == "score":
            return scores.points(cells)
        if spec.kind == "interval":
            return intervals.normal(cells)
        if spec.kind == "flag":
            return ~cells.str.to_lowercase().is_in(_FALSE)
        if spec.kind == "day":
            return self._day(column)
        if spec.kind == "seconds":
            declared = self.table.object.duration_unit if self.table.object else None
            return durations.seconds(cells, durations.unit_of(column.header, declared))
        if spec.kind == "number":
            return self._number(column)
        if spec.kind == "count":
            whole = cells.str.replace(r"\s*\([\d.,]+\s?%\)$", "")  # 350 (35.2%)
            bare = pl.when(whole.str.contains(_THOUSANDS)).then(whole.str.replace_all(_GROUP, "")).otherwise(whole)
            whole = bare.str.replace(r"\.0+$", "")
            return pl.when(whole.str.contains(r"^[+-]?\d{1,15}$")).then(whole).cast(pl.Int64, strict=False)
        return self._amount(column, money.CENT if spec.kind == "cents" else money.MICRO)

    def _number(self, column: Column) -> pl.Expr:
        """A float; a percentage is its hundredth part."""
        cells = pl.col(column.name)
        bare = cells.str.strip_suffix("%").str.strip_chars(BLANKS)
        plain = money.to_plain(bare, self.formats.money.get(column.name, "plain")).cast(pl.Float64, strict=False)
        return pl.when(cells.str.ends_with("%")).then(plain / 100).otherwise(plain)

    def _day(self, column: Column) -> pl.Expr:
        dtype = self._dtype(column)
        native = dates.native_day(pl.col(_NATIVE + column.name), dtype, self.zone)
        if native is not None:
            return native
        other = dates.DateFormat("compact") if dtype.is_integer() else dates.ISO
        form = self.formats.dates.get(column.name, other)
        stated = self._stated_zone(column)
        return once_a_run(pl.col(column.name), lambda cells: dates.day_of(cells, form, self.zone, stated), pl.Int32)

    def _stated_zone(self, column: Column) -> str | None:
        """The clock of stamps without a zone: as the column's header says, or as the system always writes them."""
        if "tz" not in column.captured:
            return self.table.object.timezone if self.table.object else None
        zone = zone_named(column.captured["tz"])
        if zone is None:
            hint = "export with a zone of the IANA list, as in (America/New_York)"
            raise DataError(f"column {column.header!r}: there is no such time zone", where=self.table.name, hint=hint)
        return zone

    def _amount(self, column: Column, scale: int) -> pl.Expr:
        dtype = self._dtype(column)
        native = pl.col(_NATIVE + column.name)
        if dtype.is_integer():
            whole = native.cast(pl.Int64)
            return pl.when(whole.abs() < LARGEST // money.MICRO).then(whole * scale)
        if dtype.is_float():
            return _from_float(native, scale)
        if isinstance(dtype, pl.Decimal):
            return _within(_from_decimal(native, dtype.scale, scale))
        cells = pl.col(column.name)
        plain = money.to_plain(cells, self.formats.money.get(column.name, "plain"))
        if column.name in self.formats.suffixed:
            return _within(money.scaled_by(plain, scale, money.factor(cells)))
        return money.scaled(plain, scale)


def _is_id(spec: Field | None) -> bool:
    return spec is not None and spec.kind in ("id", "key", "campaign")


def _from_decimal(native: pl.Expr, places: int, scale: int) -> pl.Expr:
    """The whole number behind a decimal of so many places, in 1/``scale`` units, half-even."""
    units, unit = native.to_physical(), 10**places
    if unit > scale:
        return money.half_even(units, pl.lit(unit // scale, dtype=pl.Int128)).cast(pl.Int64, strict=False)
    whole = units.cast(pl.Int64, strict=False)
    return pl.when(whole.abs() < LARGEST // (scale // unit)).then(whole * (scale // unit)) if scale > unit else whole


def _from_float(native: pl.Expr, scale: int) -> pl.Expr:
    """A float that is the nearest one to a decimal of two places is that decimal.

    Others are rounded by the product of the float, not by the digits that it prints: 1.015, which a float can only
    hold as a little less, becomes 1.01 here and 1.02 as text or decimal. Their number is in the file's notes.
    """
    number = native.cast(pl.Float64)
    units = (number * scale).round(mode="half_to_even")
    safe = number.is_finite() & (number.abs() < FLOAT_CENTS / (scale / money.CENT))
    return pl.when(safe).then(units.cast(pl.Int64, strict=False))


def _within(units: pl.Expr) -> pl.Expr:
    """Null where amounts are so large that their sums could leave int64."""
    return pl.when(units.abs() < LARGEST).then(units)


def reason_of(rules: Sequence[Rule]) -> pl.Expr:
    """1 + position of the first rule that a row breaks; 0 for good rows and for rows that do not count."""
    reason = pl.lit(0, dtype=pl.UInt8)
    for position, (_, _, broken) in reversed(list(enumerate(rules, start=1))):
        reason = pl.when(broken).then(pl.lit(position, dtype=pl.UInt8)).otherwise(reason)
    return pl.when(pl.col("left") > 0).then(pl.lit(0, dtype=pl.UInt8)).otherwise(reason)
