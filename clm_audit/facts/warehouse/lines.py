"""Orders of an engine before they are compared: one row a number of each table, of one row, several rows or items.

``fault``: why none of an order's rows is taken (null for ``sound`` ones), and ``lost`` how many rows that makes beside
those that their own cells disqualify; ``records``: all its rows, ``stands``: for how many of them the order stands;
``unsaid``: 1 or 2 where only a state tells of a refund, of all or a part; ``mixed``: whether its rows name several
customers, or days that no one order has.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from clm_audit.facts.lines import ORDER_DAYS
from clm_audit.facts.money import CENT, MICRO
from clm_audit.facts.warehouse.canonical import Making
from clm_audit.facts.warehouse.cells import half_even
from clm_audit.facts.warehouse.dialect import Dialect
from clm_audit.facts.warehouse.model import PREFIX
from clm_audit.facts.warehouse.selection import Selection

AGAIN = f"{PREFIX}order_again"
FEW = 500_000
"""Numbers that stand several times, up to which only their rows are grouped."""
SAID = ("day", "gross", "refunded", "customer", "currency", "left_out")
_MIXED = f"COALESCE(MIN(customer) <> MAX(customer) OR MAX(day) - MIN(day) > {ORDER_DAYS}, FALSE)"
_SINGLE = "'conflicting_rows'"


def alike(names: Sequence[str]) -> str:
    """Whether all rows of a group say the same in these columns."""
    each = (f"(COUNT({name}) = 0 OR (COUNT({name}) = COUNT(*) AND MIN({name}) = MAX({name})))" for name in names)
    return " AND ".join(each)


def told_of(making: Making, one: Selection) -> str:
    """The orders of a table, as a SELECT; sends what that needs to know."""
    if one.table.fact == "order_lines":
        return _items(making, one)
    return _rows(making, one) if one.source.lines else _numbers(making, one)


def _numbers(making: Making, one: Selection) -> str:
    """Orders by number; a negative amount under one is a refund on its own day, a number of its own.

    Next to all numbers stand once. What stands several times is found by a narrow count, and grouped alone.
    """
    sql = making.sql
    order, gross, day = (f"s.{sql.name_of(name)}" for name in ("order", "amount", "date"))
    text = sql.text
    credit = f"{order} || ' credit ' || CAST({day} AS {text}) || ' ' || CAST({gross} AS {text})"
    refunded = making.column(one, "refunded", pl.Int64())
    columns = {
        "number": f"CASE WHEN {gross} < 0 THEN {credit} ELSE {order} END",
        "day": day,
        "gross": gross,
        "refunded": _given_back(refunded, gross, "s.returned") if one.returned else refunded,
        "currency": making.column(one, "currency", pl.String()),
        "left_out": "s.left_out",
    }
    known = f"s.reason = 0 AND {order} IS NOT NULL"
    again, few = _again(making, one, order, known)

    def rows(where: str) -> str:
        return making.rows(one, ("customer", "email"), columns, f"{known}{where}")

    said = ", ".join(f"MIN({name}) AS {name}" for name in SAID)
    grouped = (
        f"SELECT number, COUNT(*) AS records, COUNT(*) AS lost, {said},"
        f" CASE WHEN NOT ({alike(SAID)}) THEN {_SINGLE} END AS fault, 0 AS unsaid, FALSE AS mixed"
        " FROM ({0}) AS o GROUP BY number"
    )
    alone = (
        f"SELECT number, CAST(1 AS BIGINT) AS records, CAST(1 AS BIGINT) AS lost, {', '.join(SAID)},"
        f" CAST(NULL AS {text}) AS fault, 0 AS unsaid, FALSE AS mixed FROM ({{0}}) AS o"
    )
    if not few:
        return _converted(making, one, grouped.format(rows("")), "1")
    if not again:
        return _converted(making, one, alone.format(rows("")), "1")
    both = (alone.format(rows(f" AND NOT {again}")), grouped.format(rows(f" AND {again}")))
    return _converted(making, one, " UNION ALL ".join(both), "1")


def _again(making: Making, one: Selection, order: str, known: str) -> tuple[str, bool]:
    """Whether the number of a row stands several times, as SQL (empty where none does); and whether few do.

    Of a hash it may say so of a number that stands once, never the other way round.
    """
    name, key = f"{AGAIN}_{one.table.index}", making.sql.hashed.format(order)
    making.session.keep(
        name, f"SELECT {key} AS hashed FROM {one.table.staged} AS s WHERE {known} GROUP BY {key} HAVING COUNT(*) > 1"
    )
    ((found,),) = making.session.rows(f"SELECT COUNT(*) FROM {name}")
    return f"EXISTS (SELECT 1 FROM {name} AS a WHERE a.hashed = {key})" if found else "", found <= FEW


def _given_back(refunded: str, gross: str, returned: str) -> str:
    """The refund: the whole amount where only a state says that the order was given back, and no amount how much."""
    return f"CASE WHEN {returned} = 1 AND {_unsaid(refunded, gross)} THEN {gross} ELSE {refunded} END"


def _unsaid(refunded: str, gross: str) -> str:
    return f"COALESCE({refunded}, 0) = 0 AND {gross} > 0"


def _converted(making: Making, one: Selection, grouped: str, stands: str) -> str:
    """Orders in the audit currency."""
    money = [making.converted(cents, one, "n.currency") for cents in ("n.gross", "COALESCE(n.refunded, 0)")]
    return (
        f"SELECT {one.table.index} AS part, {making.sql.literal(one.table.space)} AS space, n.number, n.day,"
        f" n.customer, n.currency, n.left_out, n.fault IS NULL AS sound, n.fault, n.lost, n.records,"
        f" {stands} AS stands, n.unsaid, n.mixed, {money[0]} AS gross, {money[1]} AS refunded FROM ({grouped}) AS n"
    )


def _grouped(making: Making, one: Selection, columns: dict[str, str], values: str) -> str:
    """The rows of each number as one: ``values`` are aggregates over ``columns`` that end with a comma."""
    order = f"s.{making.sql.name_of('order')}"
    columns = {
        "number": order,
        "day": f"s.{making.sql.name_of('date')}",
        "returned": making.column(one, "returned", pl.Int32()),
        "currency": making.column(one, "currency", pl.String()),
        "left_out": "s.left_out",
        "reason": "s.reason",
    } | columns
    rows = making.rows(one, ("customer", "email"), columns, f"{order} IS NOT NULL")
    return (
        f"SELECT number, COUNT(*) AS records, SUM(CASE WHEN reason = 0 THEN 1 ELSE 0 END) AS readable, {values}"
        f" MIN(day) AS day, MIN(customer) AS customer, MIN(currency) AS currency, {_MIXED} AS mixed,"
        f" MAX(reason) > 0 AS bad FROM ({rows}) AS o GROUP BY number"
    )


def _left(sql: Dialect, one: Selection, when: str = "TRUE") -> str:
    """Of several reasons the first that the rules know; none where the rows are not all (``when``) left out."""
    if not one.left:
        return "MIN(left_out)"
    ranked = [(place, sql.literal(reason)) for place, reason in enumerate(reversed(one.left), start=1)]
    places = " ".join(f"WHEN {reason} THEN {place}" for place, reason in ranked)
    names = " ".join(f"WHEN {place} THEN {reason}" for place, reason in ranked)
    return f"CASE WHEN {when} THEN CASE MAX(CASE left_out {places} END) {names} END END"


def _items(making: Making, one: Selection) -> str:
    """Line items -> orders. An order with a row that cannot be read is rejected whole."""
    sql, wide = making.sql, making.sql.wide.format
    amount = "s.amount"
    if "amount" not in one.columns:
        amount = half_even(sql, f"({wide('s.quantity')} * {wide('s.unit_price')})", wide(MICRO))
    below = wide(MICRO // CENT)
    counts = "SUM(CASE WHEN left_out IS NULL THEN amount END)"
    given = "SUM(CASE WHEN left_out IS NULL AND returned = 1 THEN amount END)"
    gross, refunded = (half_even(sql, wide(f"COALESCE({total}, 0)"), below) for total in (counts, given))
    left = _left(sql, one, "COUNT(left_out) = COUNT(*)")
    values = f"{gross} AS gross, {refunded} AS refunded, {left} AS left_out,"
    found = _grouped(making, one, {"amount": amount}, values)
    grouped = (
        "SELECT w.*, w.readable AS lost, CASE WHEN w.bad THEN 'order_incomplete' END AS fault, 0 AS unsaid"
        f" FROM ({found}) AS w"
    )
    return _converted(making, one, grouped, "n.records")


def _rows(making: Making, one: Selection) -> str:
    """Several rows an order, whose own values stand on one of them, on all, or are to be added up. An order is
    rejected whole when a row of it cannot be read, its totals differ, or no row has one."""
    fields = {"gross": "amount", "refunded": "refunded"}
    added = {name for name, field in fields.items() if one.source.lines.get(field) == "sum"}
    values, clashes = [], ["FALSE"]
    for name in fields:
        values.append(f"CAST({f'COALESCE(SUM({name}), 0)' if name in added else f'MIN({name})'} AS BIGINT) AS {name}")
        clashes += [] if name in added else [f"COALESCE(MIN({name}) <> MAX({name}), FALSE)"]
    columns = {name: making.column(one, field, pl.Int64()) for name, field in fields.items()}
    values += [f"{_left(making.sql, one)} AS left_out", f"MAX(returned) AS back, {' OR '.join(clashes)} AS clash,"]
    unsaid = f"w.left_out IS NULL AND {_unsaid('w.refunded', 'w.gross')}"
    lacking = "w.gross IS NULL AND w.left_out IS NULL"
    grouped = (
        "SELECT w.number, w.records, w.day, w.gross, w.customer, w.currency, w.left_out, w.mixed,"
        f" {_given_back('w.refunded', 'w.gross', 'w.back')} AS refunded,"
        f" CASE WHEN {unsaid} THEN COALESCE(w.back, 0) ELSE 0 END AS unsaid,"
        f" CASE WHEN w.bad THEN 'order_incomplete' WHEN w.clash THEN {_SINGLE}"
        f" WHEN {lacking} THEN 'missing_amount' END AS fault,"
        f" w.readable AS lost FROM ({_grouped(making, one, columns, ', '.join(values))}) AS w"
    )
    return _converted(making, one, grouped, "n.records")
