"""Subscriptions of an engine: one row an item; of several tables the one counts that reaches the latest day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from clm_audit.facts.intervals import MONTHS, ONCE
from clm_audit.facts.money import MICRO
from clm_audit.facts.warehouse.canonical import Making, header_currency
from clm_audit.facts.warehouse.cells import half_even
from clm_audit.facts.warehouse.ledger import Tally, own_rules
from clm_audit.facts.warehouse.model import PREFIX
from clm_audit.facts.warehouse.selection import Selection

ROWS, _NAMES = f"{PREFIX}subscription_rows", f"{PREFIX}subscription_names"
_TOLD = f"{PREFIX}subscription_told"
_SAID = ("day", "until", "cancelled", "amount", "currency", "interval_word", "left_out")


def keep_subscriptions(making: Making, parts: Sequence[Selection]) -> Mapping[int, tuple[Tally, ...]]:
    """Make ``clm_subscriptions``: equal rows count once, and rows of one that differ are its items or its periods."""
    session = making.session
    session.keep(_TOLD, " UNION ALL ".join(_rows(making, one) for one in parts))
    session.keep_codes(_NAMES, f"SELECT DISTINCT space || ' ' || name AS name FROM {_TOLD} WHERE name IS NOT NULL")
    said = f"space, name, customer, {', '.join(_SAID)}"
    session.keep(
        ROWS,
        "SELECT t.*, n.code AS subscription,"
        f" ROW_NUMBER() OVER (PARTITION BY {_of('t', said)} ORDER BY t.part) AS again,"
        f" MAX({_rank(making, parts)}) OVER (PARTITION BY t.space, t.name) - {_rank(making, parts)} AS older,"
        " CASE WHEN t.until < t.day THEN 1 ELSE 0 END AS reversed"
        f" FROM {_TOLD} AS t LEFT JOIN {_NAMES} AS n ON t.space || ' ' || t.name = n.name",
    )
    names = ("subscription", "customer", "day", "cancelled", "amount", "currency", "left_out")
    values = {name: f"f.{name}" for name in names} | {
        "until": _end(making, parts),
        "interval": "f.interval_word",
        "recurring": f"(f.interval_word <> '{ONCE}')",
        "monthly": _monthly(making),
    }
    kept = f"SELECT * FROM {ROWS} WHERE reversed = 0 AND again = 1 AND older = 0"
    making.keep("subscriptions", kept, values, parts)
    return {one.table.index: _tallies(one) for one in parts}


def _end(making: Making, parts: Sequence[Selection]) -> str:
    """The end of a subscription: of a table that writes no end at all, the day on which it was asked for."""
    asked = {one.table.index for one in parts if "cancelled" in one.fields}
    if not asked:
        return "f.until"
    written = making.session.rows(f"SELECT DISTINCT part FROM {_TOLD} WHERE until IS NOT NULL")
    endless = ", ".join(map(str, sorted(asked - {int(part) for (part,) in written})))
    return f"CASE WHEN f.part IN ({endless}) THEN f.cancelled ELSE f.until END" if endless else "f.until"


def _of(alias: str, names: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in names.split(", "))


def _rows(making: Making, one: Selection) -> str:
    sql, wide = making.sql, making.sql.wide.format
    amount = "s.amount"
    if "quantity" in one.fields:
        amount = half_even(sql, f"({wide('s.amount')} * {wide(f'COALESCE(s.quantity, {MICRO})')})", wide(MICRO))
    interval = making.column(one, "interval", pl.String())
    columns = {
        "name": "s.subscription",
        "day": f"s.{sql.name_of('start')}",
        "until": making.column(one, "end", pl.Int32()),
        "cancelled": making.column(one, "cancelled", pl.Int32()),
        "amount": making.converted(amount, one),
        "currency": _currency(making, one),
        "interval_word": interval,
        "left_out": "s.left_out",
    }
    return making.rows(one, ("customer", "email"), columns)


def _currency(making: Making, one: Selection) -> str:
    """The currency of amounts after the conversion: the audit's, or their own where no rate applies."""
    sql = making.sql
    audit = making.currency.audit if isinstance(making.currency.audit, str) else None
    own = sql.literal(audit) if audit else f"CAST(NULL AS {sql.text})"
    if stated := header_currency(one):
        return own if stated in making.currency.rates else sql.literal(stated)
    if "currency" not in one.fields:
        return own
    rated = ", ".join(sql.literal(name) for name in sorted(making.currency.rates))
    converted = f"WHEN s.currency IN ({rated}) THEN {own} " if rated else ""
    return f"CASE WHEN s.currency IS NULL THEN {own} {converted}ELSE s.currency END"


def _rank(making: Making, parts: Sequence[Selection]) -> str:
    """The rank of a row's table by the latest day that it reaches; the first of equals ranks highest."""
    if len(parts) == 1:
        return "0"
    latest = "CASE WHEN cancelled IS NULL OR {0} > cancelled THEN {0} ELSE cancelled END"
    day = "CASE WHEN until IS NULL OR day > until THEN day ELSE until END"
    found = making.session.rows(f"SELECT part, MAX({latest.format(f'({day})')}) FROM {_TOLD} GROUP BY part")
    ordered = sorted(found, key=lambda row: (row[1] if row[1] is not None else -1, -row[0]))
    cases = " ".join(f"WHEN {part} THEN {rank}" for rank, (part, _) in enumerate(ordered))
    return f"CASE t.part {cases} ELSE 0 END"


def _monthly(making: Making) -> str:
    """The amount of an interval a month; null where the interval is."""
    sql, wide = making.sql, making.sql.wide.format
    cases = [
        f"WHEN {sql.literal(word)} THEN " + half_even(sql, f"({wide('f.amount')} * {wide(above)})", wide(below))
        for word, (above, below) in MONTHS.items()
    ]
    return f"CASE f.interval_word {' '.join(cases)} END"


def _tallies(one: Selection) -> tuple[Tally, ...]:
    header, start = one.columns["subscription"].name, one.columns["start"].name
    here = f"CASE WHEN part = {one.table.index} AND"
    return (
        *own_rules(one),
        Tally("period_is_empty", start, ROWS, f"{here} reversed = 1 THEN 1 ELSE 0 END"),
        Tally("repeated", header, ROWS, f"{here} reversed = 0 AND again > 1 THEN 1 ELSE 0 END", repeated=True),
        Tally(
            "superseded", header, ROWS, f"{here} reversed = 0 AND again = 1 AND older > 0 THEN 1 ELSE 0 END",
            repeated=True,
        ),
    )  # fmt: skip
