"""What every canonical table of an engine has in common: its columns and types, who, which segment, which currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import polars as pl

from clm_audit.config.plan import AuditPlan
from clm_audit.facts.currency import Currency
from clm_audit.facts.model import BOOKKEEPING, SCHEMAS, Table
from clm_audit.facts.warehouse.cells import half_even, side
from clm_audit.facts.warehouse.dialect import Dialect
from clm_audit.facts.warehouse.model import PREFIX, Session
from clm_audit.facts.warehouse.people import customer
from clm_audit.facts.warehouse.selection import Selection

SEGMENTS = f"{PREFIX}segments"


@dataclass(frozen=True)
class Making:
    """What building the facts of an engine needs. ``segmented``: whether ``clm_segments`` (customer -> segment) is
    there; ``linked``: whether ``clm_linked`` is; ``merged``: the table of merged ids, if any; ``orders``: the tables of
    orders, which tell whose an order is. ``evidence`` and ``notes`` (by table) are filled by the builders."""

    session: Session
    plan: AuditPlan
    currency: Currency
    segmented: bool
    linked: bool
    merged: str = ""
    orders: Sequence[Selection] = ()
    evidence: dict[str, int] = field(default_factory=dict)
    notes: dict[int, list[str]] = field(default_factory=dict)

    @property
    def sql(self) -> Dialect:
        """How SQL is written there."""
        return self.session.dialect

    def keep(
        self, fact: Table, rows: str, values: Mapping[str, str], parts: Sequence[Selection], who: str = "customer"
    ) -> None:
        """Keep the canonical table of a fact over ``rows`` (a SELECT, called ``f``, with the ``part`` of each row):
        column -> SQL; segment and bookkeeping are filled in, and other columns of the schema are null."""
        sides = {one.table.side for one in parts}
        cases = " ".join(f"WHEN {one.table.index} THEN {side(self.sql, one.table.side)}" for one in parts)
        own = {
            "file": "f.part", "side": f"CASE f.part {cases} END" if len(sides) > 1 else side(self.sql, *sides),
            "rows": "1", "segment": "0",
        }  # fmt: skip
        join = ""
        if self.segmented and "segment" in SCHEMAS[fact]:
            own["segment"] = "COALESCE(g.segment, 0)"
            join = f" LEFT JOIN {SEGMENTS} AS g ON f.{who} = g.customer"
        columns = []
        for name, kind in {**SCHEMAS[fact], **BOOKKEEPING}.items():
            value = values.get(name) or own.get(name) or "NULL"
            columns.append(f"CAST({value} AS {type_of(self.sql, kind)}) AS {self.sql.name_of(name)}")
        self.session.keep(table_of(fact), f"SELECT {', '.join(columns)} FROM ({rows}) AS f{join}")

    def rows(
        self,
        one: Selection,
        who: Sequence[str],
        columns: Mapping[str, str],
        where: str = "s.reason = 0",
        also: Sequence[str] = (),
    ) -> str:
        """Staged rows as a SELECT: their part and name space, the code of ``customer`` by the first of the fields
        ``who``, and further columns, which may name the customers of the fields ``also``."""
        (code, _), (_, joins) = customer(one, who), customer(one, (*who, *also))
        space = self.sql.literal(one.table.space)
        listed = "".join(f", {value} AS {name}" for name, value in columns.items())
        return (
            f"SELECT {one.table.index} AS part, {space} AS space, {code} AS customer{listed}"
            f" FROM {one.table.staged} AS s{joins} WHERE {where}"
        )

    def column(self, one: Selection, name: str, kind: pl.DataType) -> str:
        """A staged column, or null where the table has none."""
        known = name in one.fields or (name == "returned" and one.returned)
        return f"s.{self.sql.name_of(name)}" if known else f"CAST(NULL AS {type_of(self.sql, kind)})"

    def converted(self, cents: str, one: Selection, currency: str = "s.currency") -> str:
        """Hundredths in the audit currency, as ``facts/currency.py`` has it."""
        stated = header_currency(one)
        if stated:
            return self._rated(cents, self.currency.rates[stated]) if stated in self.currency.rates else cents
        if "currency" not in one.fields:
            return cents
        cases = [
            f"WHEN {currency} = {self.sql.literal(name)} THEN {self._rated(cents, rate)}"
            for name, rate in sorted(self.currency.rates.items())
            if name in self.currency.names
        ]
        return f"CASE {' '.join(cases)} ELSE {cents} END" if cases else cents

    def _rated(self, cents: str, rate: Decimal) -> str:
        above, below = rate.as_integer_ratio()
        wide = self.sql.wide.format
        return half_even(self.sql, f"({wide(cents)} * {wide(above)})", wide(below))

    def count(self, name: str, more: int) -> None:
        """Add to a named count."""
        self.evidence[name] = self.evidence.get(name, 0) + more

    def note(self, table: int, sentence: str) -> None:
        """Say something of a table in the ledger."""
        self.notes.setdefault(table, []).append(sentence)


def table_of(fact: Table) -> str:
    """The name of a canonical table in the engine."""
    return f"{PREFIX}{fact}"


def type_of(sql: Dialect, kind: pl.DataType) -> str:
    """The engine's type for a column of the facts."""
    names = {
        pl.Int64(): "BIGINT",
        pl.Int32(): "INTEGER",
        pl.Int8(): sql.small,
        pl.String(): sql.text,
        pl.Float64(): sql.double,
        pl.Boolean(): "BOOLEAN",
    }
    return names[kind]


def header_currency(one: Selection) -> str | None:
    """The currency that the name of the amount's column says."""
    for name in ("amount", "cost", "unit_price"):
        column = one.columns.get(name)
        if column and "currency" in column.captured:
            return column.captured["currency"].upper()
    return None
