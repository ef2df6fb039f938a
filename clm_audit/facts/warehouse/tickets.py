"""Tickets of an engine: one row each, however many rows and tables tell of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from clm_audit.exits import DataError
from clm_audit.facts.warehouse.canonical import Making
from clm_audit.facts.warehouse.ledger import Tally, own_rules
from clm_audit.facts.warehouse.lines import alike
from clm_audit.facts.warehouse.model import PREFIX
from clm_audit.facts.warehouse.selection import Selection

_TOLD, _NUMBERS = f"{PREFIX}ticket_told", f"{PREFIX}ticket_numbers"


def keep_tickets(making: Making, parts: Sequence[Selection]) -> Mapping[int, tuple[Tally, ...]]:
    """Make ``clm_tickets``: a ticket has its first day and its largest cost and time (both only grow).

    Raises :class:`DataError` when two tables say different things of one number.
    """
    told = []
    for one in parts:
        columns = {
            "ticket": "s.ticket",
            "day": "s.created",
            "cost": making.converted(making.column(one, "cost", pl.Int64()), one),
            "seconds": making.column(one, "handling_time", pl.Int64()),
            "left_out": "s.left_out",
        }
        rows = making.rows(one, ("customer", "email"), columns, "s.reason = 0 AND s.ticket IS NOT NULL")
        told.append(
            "SELECT space, ticket, part, COUNT(*) AS records, MIN(customer) AS customer, MIN(day) AS day,"
            " MAX(cost) AS cost, MAX(seconds) AS seconds, MIN(left_out) AS left_out"
            f" FROM ({rows}) AS o GROUP BY space, ticket, part"
        )
    session = making.session
    session.keep(_TOLD, " UNION ALL ".join(told))
    both = {"before", "after"} <= {one.table.side for one in parts}
    keys = f"space, ticket{', day' if both else ''}"
    if len(parts) > 1:
        _refuse_other_tickets(making, parts, keys)
    day = "day" if both else "MIN(day) AS day"
    session.keep(
        _NUMBERS,
        f"SELECT space, ticket, {day}, MIN(part) AS part, MIN(customer) AS customer, MAX(cost) AS cost,"
        f" MAX(seconds) AS seconds, MIN(left_out) AS left_out FROM {_TOLD} GROUP BY {keys}",
    )
    names = ("customer", "day", "cost", "seconds", "left_out")
    making.keep("tickets", f"SELECT * FROM {_NUMBERS} WHERE day IS NOT NULL", {n: f"f.{n}" for n in names}, parts)
    return {one.table.index: _tallies(one) for one in parts}


def _tallies(one: Selection) -> tuple[Tally, ...]:
    here = f"CASE WHEN part = {one.table.index} THEN"
    kept = f"(SELECT part, 0 AS told, 1 AS kept FROM {_NUMBERS}"
    rows = f"{kept} UNION ALL SELECT part, records AS told, 0 AS kept FROM {_TOLD}) AS both_{one.table.index}"
    header = one.columns["ticket"].name
    return (*own_rules(one), Tally("repeated", header, rows, f"{here} told - kept ELSE 0 END", repeated=True))


def _refuse_other_tickets(making: Making, parts: Sequence[Selection], keys: str) -> None:
    shared = f"SELECT {alike(['day', 'customer'])} AS same FROM {_TOLD} GROUP BY {keys} HAVING COUNT(*) > 1"
    ((differing,),) = making.session.rows(f"SELECT COUNT(*) FROM ({shared}) AS shared WHERE NOT same")
    if differing:
        what = f"{differing:,} ticket numbers stand in two tables and say different things there"
        hint = "make one view of both, in which each ticket stands once"
        raise DataError(what, where=parts[-1].table.where, hint=hint)
