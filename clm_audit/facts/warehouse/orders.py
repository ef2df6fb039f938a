"""Orders and tickets of an engine: one row each, however many rows tell of them."""

from __future__ import annotations

import polars as pl

from clm_audit.facts.money import CENT, MICRO
from clm_audit.facts.warehouse.canonical import Making
from clm_audit.facts.warehouse.cells import half_even
from clm_audit.facts.warehouse.ledger import Tally, own_rules
from clm_audit.facts.warehouse.model import PREFIX
from clm_audit.facts.warehouse.select import Selection

NUMBERS, TICKETS = f"{PREFIX}order_numbers", f"{PREFIX}ticket_numbers"
_SAID = ("day", "gross", "refunded", "customer", "currency", "left_out")


def keep_orders(making: Making, one: Selection) -> tuple[Tally, ...]:
    """Make ``clm_orders``: equal rows of a number count once; rows that contradict each other are all rejected."""
    lines = one.table.fact == "order_lines"
    making.session.keep(NUMBERS, _lines(making, one) if lines else _numbers(making, one))
    gross, refunded = (making.converted(f"n.{name}", one, "n.currency") for name in ("gross", "refunded"))
    rows = (
        f"SELECT n.customer, n.day, n.left_out, n.records, {gross} AS gross, {refunded} AS refunded"
        f" FROM {NUMBERS} AS n WHERE n.sound AND n.day IS NOT NULL AND n.gross IS NOT NULL"
    )
    values = {
        "customer": "f.customer", "day": "f.day", "gross": "f.gross", "refunded": "f.refunded",
        "net": "f.gross - f.refunded", "rows": "f.records" if lines else "1",
        "left_out": "CASE WHEN f.left_out IS NULL AND f.gross < 0 THEN 'credit_note' ELSE f.left_out END",
    }  # fmt: skip
    making.keep("orders", rows, values, one)
    header = one.columns["order"].name
    if lines:
        amount = "SUM(CASE WHEN sound THEN 0 ELSE readable END)"
        return (*own_rules(one), Tally("order_incomplete", header, NUMBERS, amount))
    return (
        *own_rules(one),
        Tally("conflicting_rows", header, NUMBERS, "SUM(CASE WHEN sound THEN 0 ELSE records END)"),
        Tally("repeated", header, NUMBERS, "SUM(CASE WHEN sound THEN records - 1 ELSE 0 END)", repeated=True),
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
    said = ", ".join(f"MIN({name}) AS {name}" for name in _SAID if name != "refunded")
    same = " AND ".join(
        f"(COUNT({name}) = 0 OR (COUNT({name}) = COUNT(*) AND MIN({name}) = MAX({name})))" for name in _SAID
    )
    refunded = "COALESCE(MIN(refunded), 0) AS refunded"
    return f"SELECT number, COUNT(*) AS records, {said}, {refunded}, {same} AS sound FROM ({rows}) AS o GROUP BY number"


def _refunded(making: Making, one: Selection, gross: str) -> str:
    """The refund: the whole amount where only a state says that the order was given back, and no amount how much."""
    refunded = making.column(one, "refunded", pl.Int64())
    if not one.returned:
        return refunded
    unsaid = f"s.returned = 1 AND COALESCE({refunded}, 0) = 0 AND {gross} > 0"
    return f"CASE WHEN {unsaid} THEN {gross} ELSE {refunded} END"


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
    return (
        f"SELECT number, COUNT(*) AS records, SUM(CASE WHEN reason = 0 THEN 1 ELSE 0 END) AS readable,"
        f" MIN(day) AS day, {gross} AS gross, {refunded} AS refunded, MIN(customer) AS customer,"
        " MIN(currency) AS currency, CASE WHEN COUNT(left_out) = COUNT(*) THEN MIN(left_out) END AS left_out,"
        f" MAX(reason) = 0 AS sound FROM ({rows}) AS o GROUP BY number"
    )


def keep_tickets(making: Making, one: Selection) -> tuple[Tally, ...]:
    """Make ``clm_tickets``: a ticket has its first day and its largest cost and time, however many rows tell of it."""
    cost = making.column(one, "cost", pl.Int64())
    columns = {
        "ticket": "s.ticket",
        "day": "s.created",
        "cost": making.converted(cost, one),
        "seconds": making.column(one, "handling_time", pl.Int64()),
        "left_out": "s.left_out",
    }
    rows = making.rows(one, ("customer", "email"), columns, "s.reason = 0 AND s.ticket IS NOT NULL")
    making.session.keep(
        TICKETS,
        "SELECT ticket, COUNT(*) AS records, MIN(customer) AS customer, MIN(day) AS day, MAX(cost) AS cost,"
        f" MAX(seconds) AS seconds, MIN(left_out) AS left_out FROM ({rows}) AS o GROUP BY ticket",
    )
    names = ("customer", "day", "cost", "seconds", "left_out")
    making.keep("tickets", f"SELECT * FROM {TICKETS} WHERE day IS NOT NULL", {n: f"f.{n}" for n in names}, one)
    header = one.columns["ticket"].name
    return (*own_rules(one), Tally("repeated", header, TICKETS, "SUM(records - 1)", repeated=True))
