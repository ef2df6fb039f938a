"""One date format and one number locale a column: guessed from the first rows, proved over all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from clm_audit.exits import DataError
from clm_audit.facts import dates, money
from clm_audit.facts.columns import Column, text
from clm_audit.facts.dates import ISO, DateFormat, Shape
from clm_audit.facts.model import ColumnRead, How
from clm_audit.facts.money import Locale, MoneyProfile
from clm_audit.intake.model import RawTable

SAMPLE = 2_000
_DAY_OR_MONTH = "write the dates as YYYY-MM-DD in the export, or add a file of the same export where a day is above 12"
_THOUSAND = "export the column with two decimals, or without thousands separators"


@dataclass
class Formats:
    """What was decided for the columns of one file. ``certain`` columns were proved over all rows."""

    table: RawTable
    dates: dict[str, DateFormat] = field(default_factory=dict)
    money: dict[str, Locale] = field(default_factory=dict)
    certain: set[str] = field(default_factory=set)
    pointed: set[str] = field(default_factory=set)  # columns where a cell proves the decimal point
    open_dates: dict[str, str] = field(default_factory=dict)  # frame column -> separator, day or month first
    notes: list[str] = field(default_factory=list)
    proofs: dict[str, tuple[How, int]] = field(default_factory=dict)  # frame column -> what settled day and month

    def guess(self, day_columns: Sequence[Column], money_columns: Sequence[Column]) -> None:
        """Decide from the first rows what they can decide; ask all rows for the rest."""
        wanted = {column.name: column for column in (*day_columns, *money_columns) if self.is_text(column)}
        if not wanted:
            return
        cells = [text(self.table, column).alias(name) for name, column in wanted.items()]
        head = self.table.frame.head(SAMPLE).select(cells).collect().lazy()
        for column in day_columns:
            if column.name in wanted:
                self._guess_date(column, self._shapes(column, head))
        for column in money_columns:
            if column.name in wanted:
                self._guess_money(column, self._profile(column, head))

    def is_text(self, column: Column) -> bool:
        """Whether the cells need reading (Parquet columns may be typed already)."""
        return self.table.frame.collect_schema()[column.name] == pl.String

    def confirm(self, column: Column, *, is_date: bool) -> bool:
        """Ask all rows about a column whose guess left cells unread; True when the decision changed."""
        if column.name in self.certain or not self.is_text(column):
            return False
        if is_date:
            old_date = self.dates[column.name]
            self._decide_date(column)
            return self.dates.get(column.name) != old_date
        old_locale = self.money[column.name]
        self._decide_money(column)
        return self.money[column.name] != old_locale

    def read(self, day_columns: Sequence[Column], money_columns: Sequence[Column]) -> tuple[ColumnRead, ...]:
        """How each column was read, for the reader of a report."""
        found = []
        for column in day_columns:
            how, rows = self.proofs.get(column.name, ("form", 0))
            form = self.dates[column.name].name if column.name in self.dates else ""
            how = how if self.is_text(column) else "typed"
            found.append(ColumnRead(header=column.header, kind="date", form=form, how=how, rows=rows))
        for column in money_columns:
            how, form = "form" if self.is_text(column) else "typed", self.money.get(column.name, "")
            found.append(ColumnRead(header=column.header, kind="amount", form=form, how=how))
        return tuple(found)

    def _guess_date(self, column: Column, shapes: Sequence[Shape]) -> None:
        best = shapes[0].form if shapes else ISO
        if best.order in ("iso", "zoned", "ymd") and len(shapes) == 1:
            self.dates[column.name] = best
        elif not shapes:
            self.dates[column.name] = ISO
        else:
            self._decide_date(column)

    def _decide_date(self, column: Column) -> None:
        self.certain.add(column.name)
        shapes = self._shapes(column, self._all(column))
        if not shapes:
            self.dates[column.name] = ISO
            return
        best = shapes[0]
        if best.form.order != "dmy" or best.form.separator == ".":
            self.dates[column.name] = best.form
            if best.form.order != "iso":
                self.notes.append(f"{column.header}: dates read as {best.form.name}")
            return
        self._day_or_month(column, best)

    def _day_or_month(self, column: Column, shape: Shape) -> None:
        if shape.day_first and shape.month_first:
            what = f"column {column.header!r} mixes dates with the day first and dates with the month first"
            raise DataError(what, where=self.table.name, hint="write the dates as YYYY-MM-DD in the export")
        if not (shape.day_first or shape.month_first):
            self.open_dates[column.name] = shape.form.separator
            self.dates.pop(column.name, None)
            return
        form = shape.form if shape.day_first else DateFormat("mdy", shape.form.separator)
        self.dates[column.name] = form
        proofs = shape.day_first or shape.month_first
        self.proofs[column.name] = ("proved", proofs)
        self.notes.append(f"{column.header}: dates read as {form.name}, proved by {proofs:,} rows")

    def settle_open(self, column: Column, sibling: DateFormat | None) -> None:
        """Use what another file of the same export proved about day and month, or refuse."""
        if column.name not in self.open_dates:
            return
        if sibling is None or sibling.separator != self.open_dates[column.name]:
            what = f"column {column.header!r}: every date can be read with the day first and with the month first"
            raise DataError(what, where=self.table.name, hint=_DAY_OR_MONTH)
        self.dates[column.name] = sibling
        self.proofs[column.name] = ("sibling", 0)
        self.notes.append(f"{column.header}: dates read as {sibling.name}, as another file of the same export proves")

    def _guess_money(self, column: Column, profile: MoneyProfile) -> None:
        if profile.plain == profile.filled and not profile.three_places:
            self.money[column.name] = "plain"
            if profile.proves_point:
                self.pointed.add(column.name)
        else:
            self._decide_money(column)

    def _decide_money(self, column: Column) -> None:
        self.certain.add(column.name)
        profile = self._profile(column, self._all(column))
        locale = money.locale_of(profile)
        if locale is None:
            example = "1,234" if profile.three_after_comma else "1.234"
            doubt = f"{example} can be a thousand or a unit with three decimals, and no row proves which"
            what = f"column {column.header!r}: {doubt}"
            raise DataError(what, where=self.table.name, hint=_THOUSAND)
        self.money[column.name] = locale
        if locale == "comma":
            self.notes.append(f"{column.header}: numbers read with a decimal comma")

    def _all(self, column: Column) -> pl.LazyFrame:
        return self.table.frame.select(text(self.table, column).alias(column.name))

    def _shapes(self, column: Column, rows: pl.LazyFrame) -> tuple[Shape, ...]:
        given = self.table.object.date_formats if self.table.object else ()
        return dates.read_shapes(_one(rows, dates.shape_exprs(pl.col(column.name), given)), given)

    def _profile(self, column: Column, rows: pl.LazyFrame) -> MoneyProfile:
        """The profile of the cells as they are; of the cells without signs and codes only where some need it."""
        cells = pl.col(column.name)
        counts = _one(rows, money.profile_exprs(cells, cells))
        if counts["plain"] != counts["filled"]:
            counts = _one(rows, money.profile_exprs(cells, money.strip_adornment(cells)))
        return MoneyProfile(**{name: count or 0 for name, count in counts.items()})


def _one(rows: pl.LazyFrame, counts: Mapping[str, pl.Expr]) -> dict[str, int | None]:
    return rows.select(**counts).collect(engine="streaming").row(0, named=True)
