"""Orders of an engine: one row each, however many rows and tables tell of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from clm_audit.exits import DataError
from clm_audit.facts.money import CENT, MICRO
from clm_audit.facts.warehouse.canonical import Making
from clm_audit.facts.warehouse.cells import half_even
from clm_audit.facts.warehouse.ledger import Tally, own_rules
from clm_audit.facts.warehouse.model import PREFIX
from clm_audit.facts.warehouse.select import Selection

NUMBERS = f"{PREFIX}order_numbers"
_TOLD, _SHARED = f"{PREFIX}order_told", f"{PREFIX}order_shared"
_SAID = ("day", "gross", "refunded", "customer", "currency", "left_out")


def alike(names: Sequence[str]) -> str:
    """Whether all rows of a group say the same in these columns."""
    each = (f"(COUNT({name}) = 0 OR (COUNT({name}) = COUNT(*) AND MIN({name}) = MAX({name})))" for name in names)
    return " AND ".join(each)


def keep_orders(making: Making, parts: Sequence[Selection]) -> Mapping[int, tuple[Tally, ...]]:
    """Make ``clm_orders``: equal rows of a number count once, and rows that contradict each other are all rejected.

    Raises :class:`DataError` when two tables say different things of one number, or tell of the same sales.
    """
    _refuse_retold(parts)
    told = [(_lines if one.table.fact == "order_lines" else _numbers)(making, one) for one in parts]
    making.session.keep(_TOLD, " UNION ALL ".join(told))
    _keep_leaders(making, parts)
    rows = f"SELECT * FROM {NUMBERS} WHERE sound AND leads AND day IS NOT NULL AND gross IS NOT NULL"
    names = ("customer", "day", "gross", "refunded")
    values = {name: f"f.{name}" for name in names} | {
        "net": "f.gross - f.refunded", "rows": "f.stands",
        "left_out": "CASE WHEN f.left_out IS NULL AND f.gross < 0 THEN 'credit_note' ELSE f.left_out END",
    }  # fmt: skip
    making.keep("orders", rows, values, parts)
    return {one.table.index: _tallies(one) for one in parts}


def _refuse_retold(parts: Sequence[Selection]) -> None:
    kinds = {one.source.sales for one in parts}
    if len(kinds) > 1:
        what = f"orders come from {' and '.join(sorted(kinds))}, which tell of the same sales"
        hint = "keep the table that is trusted most, or give them as files, where sales told twice are found"
        raise DataError(what, where=parts[-1].table.where, hint=hint)


def _tallies(one: Selection) -> tuple[Tally, ...]:
    header, here = one.columns["order"].name, f"part = {one.table.index}"
    if one.table.fact == "order_lines":
        lost = f"CASE WHEN {here} AND NOT sound THEN readable ELSE 0 END"
        again = f"CASE WHEN {here} AND sound AND NOT leads THEN records ELSE 0 END"
        found = (Tally("order_incomplete", header, NUMBERS, lost),)
    else:
        lost = f"CASE WHEN {here} AND NOT sound THEN records ELSE 0 END"
        again = f"CASE WHEN {here} AND sound THEN records - CASE WHEN leads THEN 1 ELSE 0 END ELSE 0 END"
        found = (Tally("conflicting_rows", header, NUMBERS, lost),)
    return (*own_rules(one), *found, Tally("repeated", header, NUMBERS, again, repeated=True))


def _keep_leaders(making: Making, parts: Sequence[Selection]) -> None:
    """Mark the one row of each number that counts; files of both sides may number their orders anew."""
    session = making.session
    if len(parts) == 1:
        session.keep(NUMBERS, f"SELECT *, TRUE AS leads FROM {_TOLD}")
        return
    both = {"before", "after"} <= {one.table.side for one in parts}
    keys = ["space", "number", *(["day"] if both else [])]
    session.keep(
        _SHARED,
        f"SELECT {', '.join(keys)}, MIN(part) AS lead, {alike([*_SAID, 'records'])} AS same FROM {_TOLD}"
        f" WHERE sound GROUP BY {', '.join(keys)} HAVING COUNT(*) > 1",
    )
    ((differing,),) = session.rows(f"SELECT COUNT(*) FROM {_SHARED} WHERE NOT same")
    if differing:
        what = f"{differing:,} order numbers stand in two tables and say different things there"
        hint = "make one view of both, in which each order stands once"
        raise DataError(what, where=parts[-1].table.where, hint=hint)
    joined = " AND ".join(f"t.{name} = d.{name}" for name in keys)
    session.keep(
        NUMBERS,
        f"SELECT t.*, COALESCE(t.part = d.lead, TRUE) AS leads FROM {_TOLD} AS t LEFT JOIN {_SHARED} AS d ON {joined}",
    )


def _numbers(making: Making, one: Selection) -> str:
    """Orders by number; a negative amount under one is a refund on its own day, a number of its own."""
    sql = making.sql
    order, gross, day = (f"s.{sql.name_of(name)}" for name in ("order", "amount", "date"))
    text = sql.text
    credit = f"{order} || ' credit ' || CAST({day} AS {text}) || ' ' || CAST({gross} AS {text})"
    columns = {
        "number": f"CASE WHEN {gross} < 0 THEN {credit} ELSE {order} END",
        "day": day,
        "gross": gross,
        "refunded": _refunded(making, one, gross),
        "currency": making.column(one, "currency", pl.String()),
        "left_out": "s.left_out",
    }
    rows = making.rows(one, ("customer", "email"), columns, f"s.reason = 0 AND {order} IS NOT NULL")
    said = ", ".join(f"MIN({name}) AS {name}" for name in _SAID)
    grouped = f"SELECT number, COUNT(*) AS records, {said}, {alike(_SAID)} AS sound FROM ({rows}) AS o GROUP BY number"
    return _converted(making, one, grouped, "1", "records")


def _refunded(making: Making, one: Selection, gross: str) -> str:
    """The refund: the whole amount where only a state says that the order was given back, and no amount how much."""
    refunded = making.column(one, "refunded", pl.Int64())
    if not one.returned:
        return refunded
    unsaid = f"s.returned = 1 AND COALESCE({refunded}, 0) = 0 AND {gross} > 0"
    return f"CASE WHEN {unsaid} THEN {gross} ELSE {refunded} END"


def _converted(making: Making, one: Selection, grouped: str, stands: str, readable: str) -> str:
    """Orders in the audit currency. ``stands``: for how many records of the table a row stands."""
    money = [making.converted(cents, one, "n.currency") for cents in ("n.gross", "COALESCE(n.refunded, 0)")]
    return (
        f"SELECT {one.table.index} AS part, {making.sql.literal(one.table.space)} AS space, n.number, n.day,"
        f" n.customer, n.currency, n.left_out, n.sound, n.records, {stands} AS stands, {readable} AS readable,"
        f" {money[0]} AS gross, {money[1]} AS refunded FROM ({grouped}) AS n"
    )


def _lines(making: Making, one: Selection) -> str:
    """Line items -> orders. An order with a row that cannot be read is rejected whole."""
    sql, wide = making.sql, making.sql.wide.format
    amount = "s.amount"
    if "amount" not in one.columns:
        amount = half_even(sql, f"({wide('s.quantity')} * {wide('s.unit_price')})", wide(MICRO))
    order = f"s.{sql.name_of('order')}"
    columns = {
        "number": order,
        "day": f"s.{sql.name_of('date')}",
        "amount": amount,
        "returned": making.column(one, "returned", pl.Int32()),
        "currency": making.column(one, "currency", pl.String()),
        "left_out": "s.left_out",
        "reason": "s.reason",
    }
    rows = making.rows(one, ("customer", "email"), columns, f"{order} IS NOT NULL")
    below = wide(MICRO // CENT)
    counts = "SUM(CASE WHEN left_out IS NULL THEN amount END)"
    given = "SUM(CASE WHEN left_out IS NULL AND returned = 1 THEN amount END)"
    gross, refunded = (half_even(sql, wide(f"COALESCE({total}, 0)"), below) for total in (counts, given))
    grouped = (
        "SELECT number, COUNT(*) AS records, SUM(CASE WHEN reason = 0 THEN 1 ELSE 0 END) AS readable,"
        f" MIN(day) AS day, {gross} AS gross, {refunded} AS refunded, MIN(customer) AS customer,"
        " MIN(currency) AS currency, CASE WHEN COUNT(left_out) = COUNT(*) THEN MIN(left_out) END AS left_out,"
        f" MAX(reason) = 0 AS sound FROM ({rows}) AS o GROUP BY number"
    )
    return _converted(making, one, grouped, "n.records", "n.readable")
