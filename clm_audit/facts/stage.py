"""One file -> typed rows with a reason each, in one pass over the file.

Every yield of a file gives rows with the row number, the typed fields, ``left`` (0, or 1 + position in
``Staged.left``) and ``reason`` (0, or 1 + position in ``Staged.reasons``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from clm_audit.config.preset import Yield
from clm_audit.exits import DataError
from clm_audit.facts import money, statuses
from clm_audit.facts.asked import Asked, doubtful
from clm_audit.facts.columns import Column, Finder, one_of
from clm_audit.facts.decide import Formats
from clm_audit.facts.fields import FIELDS
from clm_audit.facts.ledger import Entry, Rows
from clm_audit.facts.model import ColumnRead
from clm_audit.facts.pools import Pools
from clm_audit.facts.readers import Reader, Rule, name_space, reason_of
from clm_audit.facts.sought import columns_of_totals, field_columns, is_total, needed_columns, segment_columns
from clm_audit.facts.staged import Staged
from clm_audit.facts.sums import find_sums
from clm_audit.intake.model import RawTable


class Stager:
    """Reads one file; ``totals`` are the rows that sum others up, known after :meth:`run`."""

    def __init__(
        self, table: RawTable, pools: Pools, zone: str, folder: Path, segment_by: Sequence[str], *, in_memory: bool
    ) -> None:
        self.table, self.pools, self.folder = table, pools, folder
        self.in_memory = in_memory  # whether the rows are held (see Staged)
        self.finder = Finder.of(table)
        self.formats = Formats(table)
        self.reader = Reader(table, pools, zone, self.formats)
        self.yields = (
            tuple(statuses.with_default_states(source) for source in table.object.yields) if table.object else ()
        )
        self.columns = [field_columns(table, self.finder, source) for source in self.yields]
        self.segments = segment_columns(self.yields, self.finder, segment_by)
        self._long = self._doubted = False
        self._staged: tuple[Staged, ...] = ()
        self.totals: Rows = np.zeros(0, dtype=np.int64)
        self.kept: list[Entry] = []  # rows that are taken, and doubtful
        self.sums = pl.Series("row", [], dtype=pl.UInt32)  # rows that say of themselves that they are totals
        self.formats.guess(self._of_kind("day"), self._of_kind("cents", "micros"), self._of_kind("number"))
        self._find_currencies()

    def day_columns(self) -> tuple[Column, ...]:
        """Columns that hold dates."""
        return tuple(self._of_kind("day"))

    def columns_read(self) -> tuple[ColumnRead, ...]:
        """How the date and amount columns were read; known after :meth:`run`."""
        return self.formats.read(self.day_columns(), self._of_kind("cents", "micros"))

    def run(self) -> tuple[Staged, ...]:
        """Read the file; read it again when all its rows disagree with what the first ones promised."""
        staged = self._pass()
        self.sums = find_sums(self.table, staged)
        changed = self._confirm(staged)
        if changed:
            self._find_currencies()
        if changed or len(self.sums):
            staged = self._pass()
        return staged

    def _find_currencies(self) -> None:
        """Where no column states the currency of an amount, take the signs and codes in its own cells.

        A sign that several currencies share names none of them; it is kept to be held against what others state.
        """
        self.signs = [""] * len(self.yields)
        for number, (source, columns) in enumerate(zip(self.yields, self.columns, strict=True)):
            stated = "currency" in columns or "currency" in source.constants
            for name in ("amount", "cost", "unit_price"):
                column = columns.get(name)
                if column and not stated and "currency" in FIELDS[source.fact] and "currency" not in column.captured:
                    if self.formats.currencies(column):
                        columns["currency"] = replace(column, inside=True)
                    self.signs[number] = next(iter(self.formats.open_signs(column)), "")
                    break

    def _of_kind(self, *kinds: str) -> list[Column]:
        found: dict[str, Column] = {}
        for source, columns in zip(self.yields, self.columns, strict=True):
            for name, column in columns.items():
                spec = FIELDS[source.fact].get(name)
                if spec and spec.kind in kinds:
                    found[column.name] = column
        return list(found.values())

    def _pass(self) -> tuple[Staged, ...]:
        needed = needed_columns(self.table, self.yields, self.columns, self.finder)
        base = self.reader.base([*needed, *self.segments.values()])
        plans = [self._plan(number, base) for number, columns in enumerate(self.columns) if columns]
        ids = sorted({column.name for one in plans for column in self._ids(one).values()})
        cells = base.select(ids) if ids else base.select("row").head(0)
        totals = base.filter(is_total(self.table, self.yields, self.columns, self.sums)).select("row")
        # every query starts at ``base``: only then is the file read once for all of them
        queries = [*map(self._written, plans), base.select(**self._counts()), totals, cells, self._other_ids(base)]
        *found, counts, summed, whole, _ = pl.collect_all(queries, engine="streaming")
        self.totals = summed["row"].to_numpy().astype(np.int64)
        numbers = self._numbers(counts)
        codes = {name: self.pools.code_ids(name_space(self.table), whole[name]) for name in ids}
        staged = [self._kept(one, rows, codes) for one, rows in zip(plans, found, strict=True)]
        asked = Asked(self.table, self.finder, self.columns, base)
        self.kept = asked.kept(doubtful(self.columns, self.formats)) if self._doubted else []
        notes = tuple(dict.fromkeys([*self.formats.notes, *asked.namesakes(), *asked.states(staged)]))
        self._staged = tuple(staged)
        if not staged:
            return ()
        return (replace(staged[0], stamps=numbers, notes=notes, read=self.columns_read()), *staged[1:])

    def id_columns(self) -> list[pl.LazyFrame]:
        """Every id of the file, of which staged rows keep the texts: frames of one column; known after :meth:`run`."""
        if self.in_memory:
            return []
        if self._drops():
            return [pl.scan_parquet(self._path("ids"), glob=False).select(name) for name in self._id_names()]
        of = {column.name: (one, name) for one in self._staged for name, column in self._id_fields(one).items()}
        return [one.rows.select(name) for one, name in of.values()]

    def _id_names(self) -> list[str]:
        return sorted(
            {
                column.name
                for source, columns in zip(self.yields, self.columns, strict=True)
                for name, column in columns.items()
                if name in FIELDS[source.fact] and FIELDS[source.fact][name].kind == "id"
            }
        )

    def _drops(self) -> bool:
        """Whether a yield may lack some rows of the file."""
        return bool(columns_of_totals(self.table)) or len(self.sums) > 0 or any(one.where for one in self.yields)

    def _other_ids(self, base: pl.LazyFrame) -> pl.LazyFrame:
        """The ids of all rows, written where no yield has all rows and their ids are not held in memory."""
        if self.in_memory or not self._drops() or not self._id_names():
            return base.select("row").head(0)
        return base.select(self._id_names()).sink_parquet(self._path("ids"), lazy=True, compression="lz4")

    def _written(self, one: Staged) -> pl.LazyFrame:
        if one.held:
            return one.rows
        return one.rows.sink_parquet(self._path(one.number), lazy=True, compression="lz4", statistics=False)

    def _path(self, number: int | str) -> Path:
        return self.folder / f"staged-{self.table.index}-{number}.parquet"

    def _kept(self, one: Staged, rows: pl.DataFrame, codes: Mapping[str, pl.Series]) -> Staged:
        """With its rows; those that are held get the codes of their ids, which are known for all rows of the file."""
        if not one.held:
            return replace(one, rows=pl.scan_parquet(self._path(one.number), glob=False))
        own = {name: codes[column.name] for name, column in self._ids(one).items()}
        if rows.height != self.table.height:
            own = {name: each.gather(rows["row"]) for name, each in own.items()}
        return replace(one, rows=rows.with_columns(**own).lazy())

    def _numbers(self, counts: pl.DataFrame) -> dict[str, int]:
        """The counts of stamps; raises when the rows are not those that were proved."""
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
        self._long = numbers.pop("places", 0) > 0
        self._doubted = numbers.pop("doubtful", 0) > 0
        return numbers

    def _ids(self, one: Staged) -> dict[str, Column]:
        """The fields whose codes are looked up for the whole file at once: the ids of one that is not large."""
        return self._id_fields(one) if self.in_memory else {}

    def _id_fields(self, one: Staged) -> dict[str, Column]:
        fields = FIELDS[one.fact]
        return {name: each for name, each in one.columns.items() if name in fields and fields[name].kind == "id"}

    def _counts(self) -> dict[str, pl.Expr]:
        """Counts over the whole file: rows, stamps, rounded amounts, and three decimals that could be thousands."""
        counts = {"rows": pl.len()}
        for number, column in enumerate(self.day_columns()):
            counts.update(self.reader.stamps(number, column))
        counts |= {f"rounded/{n}": self.reader.rounded(column) for n, column in enumerate(self._of_kind("cents"))}
        hits = doubtful(self.columns, self.formats).values()
        counts |= {f"doubtful/{number}": hit.sum() for number, hit in enumerate(hits)}
        for number, column in enumerate(self._unproved()):
            counts[f"places/{number}"] = money.more_places(pl.col(column.name)).sum()
        return counts

    def _unproved(self) -> list[Column]:
        """Number columns taken as plain whose decimal point nothing has proved yet."""
        settled = self.formats.certain | self.formats.pointed
        columns = self._of_kind("cents", "micros")
        return [c for c in columns if self.formats.money.get(c.name) == "plain" and c.name not in settled]

    def _plan(self, number: int, base: pl.LazyFrame) -> Staged:
        """A yield whose rows are yet to be read."""
        source, columns = self.yields[number], self.columns[number]
        values: list[pl.Expr] = []
        rules: list[Rule] = []
        names: list[str] = []
        for name, spec in FIELDS[source.fact].items():
            target = f"value {name}"
            if name in columns:
                value, found = self.reader.read(columns[name], spec, target, optional=name in source.lines)
                if name == "amount" and source.sign:
                    value = self._signed(value, source).alias(target)
                rules.extend(found)
                if self.in_memory and spec.kind == "id":
                    continue
                values.append(value)
            elif name in source.constants:
                values.append(pl.lit(source.constants[name]).alias(target))
            else:
                continue
            names.append(name)
        for name, column in self.segments.items() if source.fact == "customers" else ():
            values.append(self.pools.code(f"segment {name}", pl.col(column.name)).alias(f"value segment {name}"))
            names.append(f"segment {name}")
        back = statuses.returned(source, lambda key: self.finder.rule(source, key))
        if back is not None:
            values.append(back.alias("value returned"))
            names.append("returned")
        if source.fact == "events":
            values.append(pl.col(columns["date"].name).hash().alias("value stamp"))
            names.append("stamp")
        left_names, left = statuses.left_out(source, lambda key: self.finder.rule(source, key))
        rows = (
            self._where(source, base)
            .with_columns(*values, left.alias("left"))
            .select(
                "row",
                "left",
                reason_of(rules).alias("reason"),
                *(pl.col(f"value {name}").alias(name) for name in names),
            )
        )
        reasons = tuple((code, header) for code, header, _ in rules)
        return Staged(
            self.table, number, source, rows, columns, reasons, left_names, self.segments,
            returned=back is not None, sign=self.signs[number], held=self.in_memory,
        )  # fmt: skip

    def _signed(self, amount: pl.Expr, source: Yield) -> pl.Expr:
        """The amount with the sign that its row's words give it."""
        for direction, words in source.sign.items():
            for key, values in words.items():
                if column := self.finder.rule(source, key):
                    size = amount.abs() if direction == "plus" else -amount.abs()
                    amount = pl.when(one_of(pl.col(column.name), values)).then(size).otherwise(amount)
        return amount

    def _where(self, source: Yield, rows: pl.LazyFrame) -> pl.LazyFrame:
        if columns_of_totals(self.table) or len(self.sums):
            rows = rows.filter(~is_total(self.table, self.yields, self.columns, self.sums))
        for key, allowed in source.where.items():
            column = self.finder.rule(source, key)
            rows = rows.filter(one_of(pl.col(column.name), allowed) if column else pl.lit("" in allowed))
        return rows

    def _confirm(self, staged: Sequence[Staged]) -> bool:
        """Whether a column's format changed once all rows were asked about what could not be read."""
        changed = False
        for one in staged:
            counts = dict(one.rows.group_by("reason").len().collect(engine="streaming").iter_rows())
            for position, (code, header) in enumerate(one.reasons, start=1):
                if counts.get(position) and code in ("bad_date", "bad_amount", "bad_number"):
                    column = next(column for column in one.columns.values() if column.header == header)
                    changed |= self.formats.confirm(column, is_date=code == "bad_date")
        if self._long:
            for column in self._unproved():
                changed |= self.formats.confirm(column, is_date=False)
        return changed
