"""One date format and one number locale a column: guessed from the first rows, proved over all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from clm_audit.exits import DataError
from clm_audit.facts import dates, daymonth, marks, money, shapes
from clm_audit.facts.columns import Column, text
from clm_audit.facts.dates import ISO, ZONED, DateFormat
from clm_audit.facts.daymonth import Decision
from clm_audit.facts.model import ColumnRead, How
from clm_audit.facts.money import Locale, MoneyProfile
from clm_audit.facts.shapes import Shape
from clm_audit.intake.model import RawTable

Rows = pl.DataFrame | pl.LazyFrame
SAMPLE = 2_000
FIRST = (ISO, ZONED)  # what is asked before all other forms
_THOUSAND = "export the column with two decimals, or without thousands separators"


@dataclass
class Formats:
    """What was decided for the columns of one file. ``certain`` columns were proved over all rows."""

    table: RawTable
    dates: dict[str, DateFormat] = field(default_factory=dict)
    money: dict[str, Locale] = field(default_factory=dict)
    certain: set[str] = field(default_factory=set)
    shares: set[str] = field(default_factory=set)  # columns of numbers that may be percentages
    suffixed: set[str] = field(default_factory=set)  # columns with amounts such as 45k
    marks: dict[str, tuple[str, ...]] = field(default_factory=dict)  # frame column -> signs and codes in its cells
    pointed: set[str] = field(default_factory=set)  # columns where a cell proves the decimal point
    open_dates: dict[str, Shape] = field(default_factory=dict)  # frame column -> day or month first
    notes: list[str] = field(default_factory=list)
    proofs: dict[str, tuple[How, int]] = field(default_factory=dict)  # frame column -> what settled day and month

    def guess(
        self, day_columns: Sequence[Column], money_columns: Sequence[Column], shares: Sequence[Column] = ()
    ) -> None:
        """Decide from the first rows what they can decide; ask all rows for the rest. ``shares`` are numbers that
        may be written as a percentage."""
        self.shares.update(column.name for column in shares)
        money_columns = [*money_columns, *shares]
        wanted = {column.name: column for column in money_columns if self.is_text(column)}
        wanted |= {column.name: column for column in day_columns if self.is_text(column) or self._is_number(column)}
        if not wanted:
            return
        cells = [self._cells(column).alias(name) for name, column in wanted.items()]
        head = self.table.frame.head(SAMPLE).select(cells).collect()
        for column in day_columns:
            if column.name in wanted:
                self._guess_date(column, head)
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
            self.settle_open(column, None)
            self._ask_for_midnight(column, self._head(column))
            return self.dates.get(column.name) != old_date
        old_locale = self.money.get(column.name)
        if old_locale is None:
            return False
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

    def _guess_date(self, column: Column, head: pl.DataFrame) -> None:
        forms = self._forms()
        plain = FIRST if forms[: len(FIRST)] == FIRST else ()
        found, filled = self._shapes(column, head, plain)
        if not found or found[0].cells != filled:  # nearly every export writes its days in one of the first two forms
            found, filled = self._shapes(column, head, forms)
        best = found[0].form if found else ISO
        if not found or (best.order in ("iso", "zoned", "ymd", "epoch") and found[0].cells == filled):
            self._set(column, Decision(best))
        else:
            self._decide_date(column)
        if column.name in self.dates:
            self._ask_for_midnight(column, head)

    def _decide_date(self, column: Column) -> None:
        """Ask all rows; about the forms of the first rows alone, unless these do not explain every cell."""
        self.certain.add(column.name)
        rows = self._all(column)
        some, _ = self._shapes(column, self._head(column), self._forms())
        found, filled = self._shapes(column, rows, [shape.form for shape in some])
        if sum(shape.cells for shape in found) != filled:
            found, _ = self._shapes(column, rows, self._forms())
        self._set(column, daymonth.decide(column.header, found, self.table.source.dates, self.table.name))

    def _set(self, column: Column, decision: Decision) -> None:
        if decision.form is None:
            self.dates.pop(column.name, None)
            if decision.shape:
                self.open_dates[column.name] = decision.shape
            return
        self.dates[column.name] = decision.form
        if decision.how != "form":
            self.proofs[column.name] = (decision.how, decision.rows)
        if decision.note:
            self.notes.append(decision.note)

    def _ask_for_midnight(self, column: Column, head: pl.DataFrame) -> None:
        """Stamps that are midnight throughout are days, which no difference of clocks may move."""
        first, *others = [self._as_days(column, head, part) for part in self.dates[column.name].parts]
        self.dates[column.name] = replace(first, beside=others[0]) if others else first

    def _as_days(self, column: Column, head: pl.DataFrame, form: DateFormat) -> DateFormat:
        stated = "tz" in column.captured or bool(self.table.object and self.table.object.timezone)
        if form.order not in ("zoned", "epoch") and not (stated and form.order != "given"):
            return form
        cells = pl.col(column.name)
        asked = {"midnight": dates.is_midnight(cells, form).all(), "timed": dates.timed(cells, form).any()}
        first = _one(head.filter(dates.fits(cells, form)), asked)
        if first["midnight"] and (first["timed"] or form.zoned):
            rows = self._all(column).filter(dates.fits(cells, form))
            if _one(rows, asked)["midnight"]:
                self.notes.append(f"{column.header}: midnight throughout, read as days")
                return replace(form, days=True)
        return form

    def settle_open(self, column: Column, sibling: DateFormat | None) -> None:
        """Use what another file of the same export proved about day and month, or refuse."""
        if column.name in self.open_dates:
            shape = self.open_dates.pop(column.name)
            self._set(column, daymonth.settle_open(column.header, shape, sibling, self.table.name))

    def _forms(self) -> tuple[DateFormat, ...]:
        """Every format that the dates of this file may have."""
        said = self.table.source.dates or ""
        given = (*((said,) if "%" in said else ()), *(self.table.object.date_formats if self.table.object else ()))
        return shapes.known_forms(given, daymonth.ZEROS.get(said, self.table.serial_zero))

    def _is_number(self, column: Column) -> bool:
        return self.table.frame.collect_schema()[column.name].is_numeric()

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
            doubt = f"{example} can be a thousand or a unit with three decimals, and the rows do not prove which"
            what = f"column {column.header!r}: {doubt}"
            raise DataError(what, where=self.table.name, hint=_THOUSAND)
        self.money[column.name] = locale
        if locale == "comma":
            self.notes.append(f"{column.header}: numbers read with a decimal comma")
        if profile.suffixed:
            self.suffixed.add(column.name)
            self.notes.append(
                f"{column.header}: amounts such as 45k or 1.2M, taken as they stand: {profile.suffixed:,}"
            )
        if locale != "plain":
            found = self._all(column).select(marks.mark(pl.col(column.name)).unique())
            self.marks[column.name] = tuple(found.collect(engine="streaming").to_series().drop_nulls().sort())

    def currencies(self, column: Column) -> Mapping[str, str]:
        """Sign or code in the cells of an amount -> currency; empty where no cell names one.

        Raises :class:`DataError` when a sign that several currencies share stands beside another one.
        """
        found = self.marks.get(column.name, ())
        codes = {written: code for written in found if (code := marks.code_of(written))}
        unclear = self.open_signs(column)
        if unclear and len(set(codes.values())) + len({marks.OPEN.get(sign, sign) for sign in unclear}) > 1:
            what = f"column {column.header!r} writes several currencies, of which {', '.join(unclear)}"
            hint = "export a column with the code of each amount's currency"
            raise DataError(f"{what} could be more than one", where=self.table.name, hint=hint)
        return codes

    def open_signs(self, column: Column) -> tuple[str, ...]:
        """The signs in the cells of an amount that name no one currency."""
        return tuple(sign for sign in self.marks.get(column.name, ()) if marks.code_of(sign) is None)

    def _all(self, column: Column) -> pl.LazyFrame:
        return self.table.frame.select(self._cells(column).alias(column.name))

    def _head(self, column: Column) -> pl.DataFrame:
        return self._all(column).head(SAMPLE).collect()

    def _cells(self, column: Column) -> pl.Expr:
        cells = text(self.table, column)
        return cells.str.strip_suffix("%") if column.name in self.shares else cells

    def _shapes(self, column: Column, rows: Rows, forms: Sequence[DateFormat]) -> tuple[tuple[Shape, ...], int]:
        """The shapes among some forms, and how many cells are filled."""
        counts = _one(rows, shapes.shape_exprs(pl.col(column.name), forms))
        return shapes.read_shapes(counts, forms), counts["filled"] or 0

    def _profile(self, column: Column, rows: Rows) -> MoneyProfile:
        """The profile of the cells as they are; of the cells without signs and codes only where some need it."""
        cells = pl.col(column.name)
        counts = _one(rows, money.profile_exprs(cells, cells))
        if counts["plain"] != counts["filled"]:
            counts = _one(rows, money.profile_exprs(cells, money.strip_adornment(cells)))
        return MoneyProfile(**{name: count or 0 for name, count in counts.items()})


def _one(rows: Rows, counts: Mapping[str, pl.Expr]) -> dict[str, int | None]:
    """The first rows are asked where they are: to start the threads of a stream costs more than their answer."""
    found = rows.select(**counts)
    return (found if isinstance(found, pl.DataFrame) else found.collect(engine="streaming")).row(0, named=True)
