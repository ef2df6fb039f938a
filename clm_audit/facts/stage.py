"""One file -> typed rows with a reason each, in one pass over the file.

For every yield of a file a Parquet is written with the row number, the typed fields, ``left`` (0, or
1 + position in ``Staged.left``) and ``reason`` (0, or 1 + position in ``Staged.reasons``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from clm_audit.config.preset import FactName, Yield
from clm_audit.exits import DataError
from clm_audit.facts import dates, durations, money
from clm_audit.facts.clocks import stamp_counts
from clm_audit.facts.columns import Column, Finder, one_of, text
from clm_audit.facts.decide import Formats
from clm_audit.facts.fields import FIELDS, Field
from clm_audit.facts.pools import Pools
from clm_audit.facts.statuses import with_default_states
from clm_audit.intake.model import ROW, RawTable
from clm_audit.intake.recognise import CUSTOM

FLOAT_CENTS = 1e13  # below it a float still tells every hundredth apart
LARGEST = 10**17
_FALSE = ("0", "0.0", "false", "no", "n", "f", "never", "none")


def name_space(table: RawTable) -> str:
    """Whose ids a file speaks: its system's; hand-made tables and mapped files share one name space."""
    return "plain" if table.system in (None, CUSTOM) else str(table.system)


@dataclass(frozen=True)
class Staged:
    """The typed rows of one yield of one file. ``columns`` are the fields that the file has.

    ``stamps`` (counts of naive and zoned stamps) and ``notes`` are of the file, on its first yield.
    """

    table: RawTable
    number: int
    source: Yield
    path: Path
    columns: Mapping[str, Column]
    reasons: tuple[tuple[str, str], ...]
    left: tuple[str, ...]
    segments: Mapping[str, Column]
    stamps: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def fact(self) -> FactName:
        """The fact that the rows belong to."""
        return self.source.fact

    @property
    def system(self) -> str:
        """The name space of the ids in this file."""
        return name_space(self.table)

    @property
    def by_line(self) -> bool:
        """Whether several rows make one order."""
        return bool(self.source.lines) or self.fact == "order_lines"

    def scan(self) -> pl.LazyFrame:
        """The staged rows, lazily."""
        return pl.scan_parquet(self.path, glob=False)


class Stager:
    """Reads one file. Built once a file; :meth:`run` may be repeated when a guess did not hold."""

    def __init__(self, table: RawTable, pools: Pools, zone: str, folder: Path, segment_by: Sequence[str]) -> None:
        self.table, self.pools, self.zone, self.folder = table, pools, zone, folder
        self.finder = Finder.of(table)
        self.formats = Formats(table)
        self.yields = tuple(with_default_states(source) for source in table.object.yields) if table.object else ()
        self.columns = [self._columns(source) for source in self.yields]
        self.segments = self._segments(segment_by)
        self.formats.guess(self._of_kind("day"), self._of_kind("cents", "micros"))

    def day_columns(self) -> tuple[Column, ...]:
        """Columns that hold dates."""
        return tuple(self._of_kind("day"))

    def run(self) -> tuple[Staged, ...]:
        """Read the file; read it again when all its rows disagree with what the first ones promised."""
        staged = self._pass()
        if self._confirm(staged):
            staged = self._pass()
        return staged

    def _columns(self, source: Yield) -> dict[str, Column]:
        found = self.finder.fields(source)
        if source.fact == "order_lines" and "amount" in found:
            found = {name: column for name, column in found.items() if name not in ("quantity", "unit_price")}
        lacking = [
            name
            for name, spec in FIELDS[source.fact].items()
            if spec.missing and name in source.fields and name not in found and name not in source.constants
        ]
        if source.fact == "order_lines":
            either = {"amount", "quantity", "unit_price"}
            lacking = [name for name in lacking if name not in either]
            if "amount" not in found and not {"quantity", "unit_price"} <= set(found):
                lacking.append("amount")
        if lacking and not source.where:
            raise DataError(
                f"no column for {', '.join(lacking)} of {source.fact}",
                where=self.table.name,
                hint=f"looked for {', '.join(source.fields.get(lacking[0], (lacking[0],)))}",
            )
        return {} if lacking else found

    def _segments(self, segment_by: Sequence[str]) -> dict[str, Column]:
        found: dict[str, Column] = {}
        for name in segment_by:
            for source in self.yields:
                column = self.finder.rule(source, name) if source.fact == "customers" else None
                if column:
                    found[name] = column
        return found

    def _of_kind(self, *kinds: str) -> list[Column]:
        found: dict[str, Column] = {}
        for source, columns in zip(self.yields, self.columns, strict=True):
            for name, column in columns.items():
                spec = FIELDS[source.fact].get(name)
                if spec and spec.kind in kinds:
                    found[column.name] = column
        return list(found.values())

    def _pass(self) -> tuple[Staged, ...]:
        used = [number for number, columns in enumerate(self.columns) if columns]
        staged = [self._plan(number) for number in used]
        jobs = [rows.sink_parquet(one.path, lazy=True, compression="lz4") for one, rows in staged]
        counting = self.table.frame.select(pl.len().alias("rows"), **self._stamps())
        *_, counts = pl.collect_all([*jobs, counting], engine="streaming")
        numbers = {name.split("/")[0]: 0 for name in counts.columns}
        for name, count in counts.row(0, named=True).items():
            numbers[name.split("/")[0]] += count or 0
        rows = numbers.pop("rows")
        if rows != self.table.height:
            raise DataError(
                f"{rows:,} rows were read where {self.table.height:,} were proved",
                where=self.table.name,
                hint="the file changed while it was read; run again",
            )
        notes = tuple(dict.fromkeys(self.formats.notes))
        return tuple(
            replace(one, stamps={} if number else numbers, notes=() if number else notes)
            for number, (one, _) in enumerate(staged)
        )

    def _stamps(self) -> dict[str, pl.Expr]:
        """Counts of stamps with and without a zone, over the date columns: ``naive/0``, ``zoned/1`` …"""
        found: dict[str, pl.Expr] = {}
        for number, column in enumerate(self.day_columns()):
            dtype = self.table.frame.collect_schema()[column.name]
            if isinstance(dtype, pl.Datetime):
                found[f"{'zoned' if dtype.time_zone else 'naive'}/{number}"] = pl.col(column.name).count()
            elif self.formats.is_text(column) and self.formats.dates[column.name].zoned:
                found[f"zoned/{number}"] = text(self.table, column).count()
            elif self.formats.is_text(column):
                counts = stamp_counts(text(self.table, column), self.zone)
                found.update({f"{name}/{number}": count for name, count in counts.items()})
        return found

    def _plan(self, number: int) -> tuple[Staged, pl.LazyFrame]:
        source, columns = self.yields[number], self.columns[number]
        left_names, left = self._left_out(source)
        values: dict[str, pl.Expr] = {}
        rules: list[tuple[str, str, pl.Expr]] = []
        for name, spec in FIELDS[source.fact].items():
            if name in columns:
                value, found = self._read(columns[name], spec, optional=name in source.lines)
                values[name] = value
                rules.extend(found)
            elif name in source.constants:
                values[name] = pl.lit(source.constants[name])
        for name, column in self.segments.items():
            if source.fact == "customers":
                values[f"segment {name}"] = self.pools.code(f"segment {name}", text(self.table, column))
        reason = pl.lit(0, dtype=pl.UInt8)
        for position, (_, _, broken) in reversed(list(enumerate(rules, start=1))):
            reason = pl.when(broken).then(pl.lit(position, dtype=pl.UInt8)).otherwise(reason)
        reason = pl.when(left > 0).then(pl.lit(0, dtype=pl.UInt8)).otherwise(reason)
        rows = self.table.frame
        for key, allowed in source.where.items():
            where = self.finder.rule(source, key)
            rows = rows.filter(one_of(text(self.table, where), allowed) if where else pl.lit(False))
        path = self.folder / f"staged-{self.table.index}-{number}.parquet"
        reasons = tuple((code, header) for code, header, _ in rules)
        one = Staged(self.table, number, source, path, columns, reasons, left_names, self.segments)
        return one, rows.select(pl.col(ROW).cast(pl.UInt32).alias("row"), left=left, reason=reason, **values)

    def _left_out(self, source: Yield) -> tuple[tuple[str, ...], pl.Expr]:
        names: list[str] = []
        left = pl.lit(0, dtype=pl.UInt8)
        counted = self._counted(source)
        if counted is not None:
            names.append("not_won")
            left = pl.when(counted).then(left).otherwise(pl.lit(1, dtype=pl.UInt8))
        for name, columns in reversed(list(source.left_out.items())):
            hit = pl.lit(False)
            for key, values in columns.items():
                column = self.finder.rule(source, key)
                if column:
                    hit = hit | one_of(text(self.table, column), values)
            names.append(name)
            left = pl.when(hit).then(pl.lit(len(names), dtype=pl.UInt8)).otherwise(left)
        return tuple(names), left

    def _counted(self, source: Yield) -> pl.Expr | None:
        """Whether a row counts by the first of the ``counted`` columns that holds a value; no value, no count."""
        known = [(self.finder.rule(source, key), values) for key, values in source.counted.items()]
        present = [(text(self.table, column), values) for column, values in known if column]
        if not present:
            return None
        answer = pl.lit(False)
        for cells, values in reversed(present):
            answer = pl.when(cells.is_not_null()).then(one_of(cells, values)).otherwise(answer)
        return answer

    def _read(self, column: Column, spec: Field, *, optional: bool) -> tuple[pl.Expr, list[tuple[str, str, pl.Expr]]]:
        """The typed value of a field, and the conditions that reject its row: (code, header, broken)."""
        cells = text(self.table, column)
        value = self._value(column, spec, cells)
        rules: list[tuple[str, str, pl.Expr]] = []
        blank = pl.col(column.name).is_null() if not self.formats.is_text(column) else cells.is_null()
        if spec.missing and not optional:
            rules.append((spec.missing, column.header, blank))
        if spec.bad:
            rules.append((spec.bad, column.header, ~blank & value.is_null()))
        if spec.kind == "day":
            rules.append(("impossible_date", column.header, ~dates.in_range(value).fill_null(True)))
        if spec.negative:
            rules.append((spec.negative, column.header, (value < 0).fill_null(False)))
        return value, rules

    def _value(self, column: Column, spec: Field, cells: pl.Expr) -> pl.Expr:
        if spec.kind in ("key", "word"):
            return cells
        if spec.kind == "id":
            return self.pools.code(f"id {name_space(self.table)}", cells)
        if spec.kind == "campaign":
            return self.pools.code(f"campaign {name_space(self.table)}", cells)
        if spec.kind == "currency":
            upper = cells.str.to_uppercase()
            return self.pools.code("currency", pl.when(upper.str.contains("^[A-Z]{3}$")).then(upper))
        if spec.kind == "flag":
            return ~cells.str.to_lowercase().is_in(_FALSE)
        if spec.kind == "day":
            return self._day(column, cells)
        if spec.kind == "seconds":
            declared = self.table.object.duration_unit if self.table.object else None
            return durations.seconds(cells, durations.unit_of(column.header, declared))
        if spec.kind == "number":
            plain = money.to_plain(cells, "plain")
            return plain.cast(pl.Float64, strict=False)
        if spec.kind == "count":
            whole = cells.str.replace_all(",", "", literal=True).str.replace(r"\.0+$", "")
            return pl.when(whole.str.contains(r"^[+-]?\d{1,15}$")).then(whole).cast(pl.Int64, strict=False)
        return self._amount(column, cells, money.CENT if spec.kind == "cents" else money.MICRO)

    def _day(self, column: Column, cells: pl.Expr) -> pl.Expr:
        dtype = self.table.frame.collect_schema()[column.name]
        native = dates.native_day(pl.col(column.name), dtype, self.zone)
        if native is not None:
            return native
        form = self.formats.dates.get(column.name, dates.DateFormat("compact") if dtype.is_integer() else dates.ISO)
        return dates.day_of(cells, form, self.zone, column.captured.get("tz"))

    def _amount(self, column: Column, cells: pl.Expr, scale: int) -> pl.Expr:
        dtype = self.table.frame.collect_schema()[column.name]
        if dtype.is_integer():
            whole = pl.col(column.name).cast(pl.Int64)
            return pl.when(whole.abs() < 10**12).then(whole * scale)
        if dtype.is_float():
            return self._from_float(column, scale)
        if dtype.is_decimal():
            number = pl.col(column.name).cast(pl.Decimal(38, 18), strict=False)
            return (number.round(len(str(scale)) - 1, mode="half_to_even") * scale).cast(pl.Int64, strict=False)
        plain = money.to_plain(cells, self.formats.money.get(column.name, "plain"))
        return _within(money.scaled(plain, scale))

    def _from_float(self, column: Column, scale: int) -> pl.Expr:
        """A float that is the nearest one to a decimal of two places is that decimal; others are rounded."""
        number = pl.col(column.name).cast(pl.Float64)
        units = (number * scale).round(mode="half_to_even")
        safe = number.is_finite() & (number.abs() < FLOAT_CENTS / (scale / 100))
        return pl.when(safe).then(units.cast(pl.Int64, strict=False))

    def _confirm(self, staged: Sequence[Staged]) -> bool:
        """Whether a column's format changed once all rows were asked about what could not be read."""
        changed = False
        for one in staged:
            counts = dict(one.scan().group_by("reason").len().collect(engine="streaming").iter_rows())
            for position, (code, header) in enumerate(one.reasons, start=1):
                if counts.get(position) and code in ("bad_date", "bad_amount"):
                    column = next(column for column in one.columns.values() if column.header == header)
                    changed |= self.formats.confirm(column, is_date=code == "bad_date")
        for column in self._of_kind("cents", "micros"):
            if self.formats.money.get(column.name) == "plain" and column.name not in self.formats.certain:
                changed |= self._has_more_places(column)
        return changed

    def _has_more_places(self, column: Column) -> bool:
        cells = text(self.table, column)
        seen = self.table.frame.select(money.more_places(cells).any()).collect(engine="streaming").item()
        return bool(seen) and self.formats.confirm(column, is_date=False)



def _within(units: pl.Expr) -> pl.Expr:
    """Null where amounts are so large that their sums could leave int64."""
    return pl.when(units.abs() < LARGEST).then(units)
