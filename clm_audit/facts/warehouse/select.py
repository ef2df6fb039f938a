"""One table of an engine -> its typed rows with a reason each, as one SELECT: what ``facts/stage.py`` does to files.

The rows have the fields of the fact, ``left_out`` (why a row is understood and does not count) and ``reason``: 0, or
1 + the place of the first rule that the row breaks.
"""

from __future__ import annotations

from clm_audit.exits import DataError
from clm_audit.facts import durations, intervals, marks, statuses
from clm_audit.facts.columns import Column, Finder
from clm_audit.facts.fields import FIELDS, Field
from clm_audit.facts.sought import lacking_fields
from clm_audit.facts.warehouse import cells
from clm_audit.facts.warehouse.forms import one_form
from clm_audit.facts.warehouse.model import PREFIX, Cell, Session, SourceTable
from clm_audit.facts.warehouse.selection import Selection
from clm_audit.facts.warehouse.stated import zone_of
from clm_audit.facts.warehouse.texts import clean, in_capitals, key_of
from clm_audit.facts.warehouse.words import Words

Rule = tuple[str, str, str]  # reject code, column, whether a row breaks it (SQL)
_ID_KINDS = ("id", "key", "campaign")
_FROM_1970_TO_2100 = "BETWEEN 0 AND 47846"


class Selector:
    """Composes the SELECT of one table."""

    def __init__(self, session: Session, table: SourceTable, zone: str, segment_by: tuple[str, ...]) -> None:
        self.session, self.table, self.zone = session, table, zone
        self.sql = session.dialect
        self.finder = Finder({name: name for name in table.cells})
        self.source = statuses.with_default_states(table.source)
        self.columns = self._columns()
        found = {name: self.finder.rule(self.source, name) for name in segment_by if table.fact == "customers"}
        self.segments = {name: column for name, column in found.items() if column}
        self.words = Words(session, self._base(), table.where)

    def selection(self) -> Selection:
        """The finished SELECT."""
        values, rules = self._values()
        reasons = self._left_out()
        left = self._case(reasons)
        back = statuses_returned(self)
        names = tuple(values)
        typed = ", ".join(f"{value} AS {self.sql.name_of(name)}" for name, value in values.items())
        texts = tuple(name for name in self.columns if self._is_address(name))
        extra = [*([f"{back} AS returned"] if back else []), f"{left} AS left_out"]
        written = [self.text(self.columns[name]) for name in texts]
        extra += [f"{' OR '.join(in_capitals(self.sql, text) for text in written)} AS capitals"] if texts else []
        inner = f"SELECT *, {', '.join([typed, *extra])} FROM {self._base()}{self._where()}"
        outer = [self.sql.name_of(name) for name in names] + (["returned"] if back else []) + ["left_out"]
        outer += ["capitals"] if texts else []
        cases = " ".join(f"WHEN {test} THEN {number}" for number, (_, _, test) in enumerate(rules, start=1))
        reason = f"CASE WHEN left_out IS NOT NULL THEN 0 {cases} ELSE 0 END AS reason"
        return Selection(
            self.table,
            self.source,
            self.columns,
            self.segments,
            tuple((code, column) for code, column, _ in rules),
            f"SELECT {', '.join([*outer, reason])} FROM ({inner}{self.sql.fence}) AS valued",
            returned=back is not None,
            fields=names,
            left=tuple(reason for _, reason in reasons),
            listing=self._listing(inner, rules),
            texts=texts,
        )

    def _is_address(self, name: str) -> bool:
        """Whether a field may hold an e-mail address."""
        spec = FIELDS[self.source.fact].get(name)
        return spec is not None and spec.kind == "id" and self.table.cells[self.columns[name].name].kind == "text"

    def _listing(self, inner: str, rules: list[Rule]) -> str:
        cases = " ".join(f"WHEN {test} THEN {self.sql.literal(code)}" for code, _, test in rules)
        names = list(self.table.cells)
        cells = [f"t_{names.index(name)} AS {self.sql.name_of(name)}" for name in names if name in self._asked()]
        code = f"CASE WHEN left_out IS NULL THEN CASE {cases} END END AS {PREFIX}code"
        rows = f"SELECT {', '.join([code, *cells])} FROM ({inner}{self.sql.fence}) AS valued"
        return f"SELECT * FROM ({rows}) AS coded WHERE {PREFIX}code IS NOT NULL" if rules else ""

    def _columns(self) -> dict[str, Column]:
        found = self.finder.fields(self.source)
        if self.source.fact == "order_lines" and "amount" in found:
            found = {name: column for name, column in found.items() if name not in ("quantity", "unit_price")}
        if lacking := lacking_fields(self.source, found):
            hint = f"looked for {', '.join(self.source.fields.get(lacking[0], (lacking[0],)))}"
            what = f"{self.table.name}: no column for {', '.join(lacking)} of {self.source.fact}"
            raise DataError(what, where=self.table.where, hint=hint)
        for name, column in found.items():
            if self.table.cells[column.name].kind == "other" and name in FIELDS[self.source.fact]:
                what = f"{self.table.name}: column {column.name} has a type that no field can hold"
                raise DataError(what, where=self.table.where, hint="cast it in a view")
        return found

    def _asked(self) -> dict[str, Column]:
        """Every column that a field, a segment or a rule reads."""
        keys = {
            *self.source.where, *self.source.counted, *self.source.known, *self.source.returned,
            *self.source.returned_partly,
            *(key for columns in self.source.left_out.values() for key in columns),
            *(key for columns in self.source.sign.values() for key in columns),
        }  # fmt: skip
        ruled = [column for key in sorted(keys) if (column := self.finder.rule(self.source, key))]
        named = [column for name, column in self.columns.items() if name in FIELDS[self.source.fact]]
        return {column.name: column for column in (*named, *self.segments.values(), *ruled)}

    def _base(self) -> str:
        """The table with clean texts ``t_<n>`` and typed cells ``n_<n>`` of the columns that are asked for."""
        parts, formed, form, ids = [], [], self.table.object.id_form, self._ids()
        for number, name in enumerate(self.table.cells):
            if name in self._asked():
                cell = self.table.cells[name]
                parts.append(f"{clean(self.sql, cell, self.table)} AS t_{number}")
                formed.append(
                    f"{one_form(self.sql, f't_{number}', form)} AS t_{number}"
                    if form and name in ids
                    else f"t_{number}"
                )
                if cell.kind != "text":
                    parts.append(f"{self.sql.name_of(name)} AS n_{number}")
                    formed.append(f"n_{number}")
        cells = f"(SELECT {', '.join(parts)} FROM {self.table.frm}{self.sql.fence}) AS cells"
        return f"(SELECT {', '.join(formed)} FROM {cells}{self.sql.fence}) AS formed" if form and ids else cells

    def _ids(self) -> set[str]:
        """The columns that hold ids, which some systems write in several forms."""
        specs = FIELDS[self.source.fact]
        return {one.name for name, one in self.columns.items() if name in specs and specs[name].kind in _ID_KINDS}

    def text(self, column: Column) -> str:
        """The clean text of a column."""
        return f"t_{list(self.table.cells).index(column.name)}"

    def native(self, column: Column) -> str:
        """The cell as the engine types it; the clean text of text columns."""
        is_text = self.table.cells[column.name].kind == "text"
        return self.text(column) if is_text else f"n_{list(self.table.cells).index(column.name)}"

    def _values(self) -> tuple[dict[str, str], list[Rule]]:
        values: dict[str, str] = {}
        rules: list[Rule] = []
        for name, spec in FIELDS[self.source.fact].items():
            if name in self.columns:
                column = self.columns[name]
                value = self._value(column, spec, name)
                if name == "amount":
                    value = self._signed(value)
                values[name] = value
                rules += self._rules(column, spec, self.sql.name_of(name), optional=name in self.source.lines)
            elif name in self.source.constants:
                values[name] = self.sql.literal(self.source.constants[name])
        for name, column in self.segments.items():
            values[f"segment {name}"] = self.text(column)
        if self.source.fact == "events":
            values["stamp"] = self.text(self.columns["date"])
        return values, rules

    def _rules(self, column: Column, spec: Field, value: str, *, optional: bool) -> list[Rule]:
        cell, header = self.native(column), column.name
        rules: list[Rule] = []
        if spec.missing and not optional:
            rules.append((spec.missing, header, f"{cell} IS NULL"))
        if spec.bad:
            rules.append((spec.bad, header, f"{cell} IS NOT NULL AND {value} IS NULL"))
        if spec.kind == "day":
            rules.append(("impossible_date", header, f"NOT COALESCE({value} {_FROM_1970_TO_2100}, TRUE)"))
        if spec.negative:
            rules.append((spec.negative, header, f"COALESCE({value} < 0, FALSE)"))
        return rules

    def _value(self, column: Column, spec: Field, name: str) -> str:
        text, kind = self.text(column), self.table.cells[column.name].kind
        if spec.kind in ("key", "word"):
            return text
        if spec.kind == "id":
            return key_of(self.sql, text, self.table, address=name == "email")
        if spec.kind == "campaign":
            return f"{self.sql.literal(self.table.space + ':')} || {text}"
        if spec.kind == "currency":
            return self.words.translated(text, column.name, marks.stated)
        if spec.kind == "interval":
            return self.words.translated(text, column.name, intervals.normal)
        if spec.kind == "score":
            return cells.points(self.sql, text)
        if spec.kind == "flag":
            return f"NOT (LOWER({text}) IN ({', '.join(map(self.sql.literal, cells.FALSE))}))"
        if spec.kind == "day":
            return self._day(column)
        if spec.kind == "seconds":
            unit = durations.unit_of(column.name, self.table.object.duration_unit)
            return cells.seconds(self.sql, text, unit)
        places = {"cents": 2, "micros": 6}.get(spec.kind)
        if places is None:
            raise DataError(
                f"{self.table.fact}.{name} cannot be read from a table of an engine", where=self.table.where
            )
        return self._units(self.table.cells[column.name], self.native(column), places, kind)

    def _units(self, cell: Cell, native: str, places: int, kind: str) -> str:
        if kind == "integer":
            return cells.units_of_integer(native, places)
        if kind == "float":
            return cells.units_of_float(native, places)
        if kind == "decimal":
            return cells.units_of_decimal(self.sql, native, cell.places, places)
        if kind != "text":
            what = f"{self.table.name}: column {cell.name} holds neither numbers nor texts"
            raise DataError(what, where=self.table.where, hint="cast it to a number in a view")
        return cells.units_of_text(self.sql, native, places)

    def _day(self, column: Column) -> str:
        kind, cell = self.table.cells[column.name].kind, self.native(column)
        if kind == "date":
            return self.sql.day.format(cell)
        if kind == "naive":
            return self.sql.day.format(self.sql.date.format(cell))
        if kind == "zoned":
            return self.sql.day.format(self.sql.local.format(cell, self.sql.literal(self.zone)))
        if kind == "text":
            return cells.iso_day(self.sql, cell, self.zone, zone_of(self.table, column, self.zone))
        what = f"{self.table.name}: column {column.name} holds numbers, not dates"
        raise DataError(what, where=self.table.where, hint="cast it to a date in a view")

    def _signed(self, amount: str) -> str:
        for direction, words in self.source.sign.items():
            for key, values in words.items():
                if column := self.finder.rule(self.source, key):
                    size = f"ABS({amount})" if direction == "plus" else f"-ABS({amount})"
                    hit = self.words.holds(self.text(column), column.name, values)
                    amount = f"CASE WHEN {hit} THEN {size} ELSE {amount} END"
        return amount

    def holds(self, key: str, values: tuple[str, ...]) -> str | None:
        """Whether the column that a rule names holds one of its values; None when there is no such column."""
        column = self.finder.rule(self.source, key)
        return self.words.holds(self.text(column), column.name, values) if column else None

    def _where(self) -> str:
        tests = [
            (self.holds(key, values) or ("TRUE" if "" in values else "FALSE"))
            for key, values in self.source.where.items()
        ]
        return f" WHERE {' AND '.join(tests)}" if tests else ""

    def _left_out(self) -> list[tuple[str, str]]:
        """Why a row does not count, by what tells it: the reasons of the preset, an unknown state, or that it is not
        won."""
        cases = []
        for reason, columns in self.source.left_out.items():
            tests = [test for key, values in columns.items() if (test := self.holds(key, values))]
            if tests:
                cases.append((" OR ".join(tests), reason))
        if unknown := self._unknown():
            cases.append((unknown, statuses.UNKNOWN))
        if counted := self._counted():
            cases.append((f"NOT ({counted})", "not_won"))
        return cases

    def _case(self, cases: list[tuple[str, str]]) -> str:
        if not cases:
            return f"CAST(NULL AS {self.sql.text})"
        return f"CASE {' '.join(f'WHEN {test} THEN {self.sql.literal(reason)}' for test, reason in cases)} END"

    def _unknown(self) -> str | None:
        tests = []
        for key, values in self.source.known.items():
            if column := self.finder.rule(self.source, key):
                cell = self.text(column)
                known = self.words.holds(cell, column.name, (*values, *self.source.counted.get(key, ())))
                tests.append((cell, f"({cell} IS NOT NULL AND NOT {known})"))
        if not tests:
            return None
        if not self.source.counted:
            return " OR ".join(test for _, test in tests)
        return f"CASE {' '.join(f'WHEN {cell} IS NOT NULL THEN {test}' for cell, test in tests)} ELSE FALSE END"

    def _counted(self) -> str | None:
        cases = []
        for key, values in self.source.counted.items():
            if column := self.finder.rule(self.source, key):
                cell = self.text(column)
                cases.append(f"WHEN {cell} IS NOT NULL THEN {self.words.holds(cell, column.name, values)}")
        return f"CASE {' '.join(cases)} ELSE FALSE END" if cases else None


def statuses_returned(selector: Selector) -> str | None:
    """1 where a state says that an order was given back whole, 2 in part, else 0; None when nothing says so."""
    cases = []
    for code, columns in ((1, selector.source.returned), (2, selector.source.returned_partly)):
        tests = [test for key, values in columns.items() if (test := selector.holds(key, values))]
        if tests:
            cases.append(f"WHEN {' OR '.join(tests)} THEN {code}")
    return f"CASE {' '.join(cases)} ELSE 0 END" if cases else None
