"""Orders of an engine: one row each, however many rows and tables tell of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clm_audit.exits import DataError
from clm_audit.facts.warehouse.canonical import Making
from clm_audit.facts.warehouse.ledger import Tally, own_rules
from clm_audit.facts.warehouse.lines import SAID, alike, told_of
from clm_audit.facts.warehouse.model import PREFIX
from clm_audit.facts.warehouse.selection import Selection

NUMBERS = f"{PREFIX}order_numbers"
_TOLD, _SHARED = f"{PREFIX}order_told", f"{PREFIX}order_shared"


def keep_orders(making: Making, parts: Sequence[Selection]) -> Mapping[int, tuple[Tally, ...]]:
    """Make ``clm_orders``: equal rows of a number count once, and rows that contradict each other are all rejected.

    Raises :class:`DataError` when two tables say different things of one number, or tell of the same sales.
    """
    _refuse_retold(parts)
    _keep_numbers(making, parts)
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
    amount = one.columns["amount"].name if "amount" in one.columns else header
    if one.by_line:
        faults = {"order_incomplete": header, "conflicting_rows": amount, "missing_amount": header}
        again = "records"
    else:
        faults = {"conflicting_rows": header}
        again = "records - CASE WHEN leads THEN 1 ELSE 0 END"
    lost = (
        Tally(code, column, NUMBERS, f"CASE WHEN {here} AND fault = '{code}' THEN lost ELSE 0 END")
        for code, column in faults.items()
    )
    unled = " AND NOT leads" if one.by_line else ""
    repeated = f"CASE WHEN {here} AND sound{unled} THEN {again} ELSE 0 END"
    return (*own_rules(one), *lost, Tally("repeated", header, NUMBERS, repeated, repeated=True))


def _keep_numbers(making: Making, parts: Sequence[Selection]) -> None:
    """Keep ``clm_order_numbers``, and mark the one row of each number that counts: of several tables of one system the
    first has it. Tables of both sides may number their orders anew."""
    session, told = making.session, " UNION ALL ".join(told_of(making, one) for one in parts)
    if len({one.table.space for one in parts}) == len(parts):
        session.keep(NUMBERS, f"SELECT t.*, TRUE AS leads FROM ({told}) AS t")
        return
    session.keep(_TOLD, told)
    both = {"before", "after"} <= {one.table.side for one in parts}
    keys = ["space", "number", *(["day"] if both else [])]
    session.keep(
        _SHARED,
        f"SELECT {', '.join(keys)}, MIN(part) AS lead, {alike([*SAID, 'records'])} AS same FROM {_TOLD}"
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
