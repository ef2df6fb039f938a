"""Customers of an engine: one row an identity, however many rows and tables tell of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clm_audit.facts.warehouse.canonical import Making
from clm_audit.facts.warehouse.ledger import Tally, own_rules
from clm_audit.facts.warehouse.model import PREFIX, Session
from clm_audit.facts.warehouse.people import customer
from clm_audit.facts.warehouse.selection import Selection

ROWS = f"{PREFIX}customer_rows"
_IDS = f"{PREFIX}customer_ids"
_WIDTH = 4  # digits of the part in front of a text: of several tables the first, or the last, that says something


def keep_customer_rows(session: Session, parts: Sequence[Selection], names: Sequence[str]) -> None:
    """Keep the good rows of the customers' tables with the code of each, and their labels ``label_<n>``."""
    selects = []
    for one in parts:
        code, joins = customer(one, ("customer", "email"))
        days = [_column(one, name, "INTEGER") for name in ("acquired", "ended")]
        labels = [_label(session, one, name, at) for at, name in enumerate(names)]
        wanted = ", ".join([*days, _column(one, "stage", session.dialect.text), *labels])
        selects.append(
            f"SELECT {one.table.index} AS part, {session.dialect.literal(one.table.space)} AS space,"
            f" {code} AS customer, s.customer AS id, {wanted}, s.left_out"
            f" FROM {one.table.staged} AS s{joins} WHERE s.reason = 0"
        )
    session.keep(ROWS, " UNION ALL ".join(selects))


def _column(one: Selection, name: str, kind: str) -> str:
    return f"s.{name}" if name in one.fields else f"CAST(NULL AS {kind}) AS {name}"


def _label(session: Session, one: Selection, name: str, at: int) -> str:
    sql = session.dialect
    column = f"s.{sql.name_of(f'segment {name}')}" if name in one.segments else f"CAST(NULL AS {sql.text})"
    return f"{column} AS label_{at}"


def by_part(session: Session, text: str, which: str) -> str:
    """The text of the first (``MIN``) or last (``MAX``) table of a group that has one; of several of its rows the
    first or last in the order of their bytes."""
    sql = session.dialect
    placed = f"lpad(CAST(part AS {sql.text}), {_WIDTH}, '0') || {text}"
    return f"substr({which}(CASE WHEN {text} IS NOT NULL THEN {sql.ordered.format(f'({placed})')} END), {_WIDTH + 1})"


def keep_customers(making: Making, parts: Sequence[Selection]) -> Mapping[int, tuple[Tally, ...]]:
    """Make ``clm_customers``."""
    rows = (
        "SELECT customer, MIN(part) AS part, MIN(acquired) AS acquired, MAX(ended) AS ended,"
        f" {by_part(making.session, 'stage', 'MAX')} AS stage, COUNT(*) AS records FROM {ROWS}"
        " WHERE left_out IS NULL AND customer IS NOT NULL GROUP BY customer"
    )
    values = {name: f"f.{name}" for name in ("customer", "acquired", "ended", "stage")}
    making.keep("customers", rows, {**values, "rows": "f.records"}, parts)
    making.session.keep(
        _IDS,
        f"SELECT space, id, part, COUNT(*) AS records, MIN(part) OVER (PARTITION BY space, id) AS first FROM {ROWS}"
        " WHERE id IS NOT NULL GROUP BY space, id, part",
    )
    return {one.table.index: (*own_rules(one), _repeated(one)) for one in parts}


def _repeated(one: Selection) -> Tally:
    again = f"CASE WHEN part = {one.table.index} THEN records - CASE WHEN first = part THEN 1 ELSE 0 END ELSE 0 END"
    return Tally("repeated", one.columns["customer"].name, _IDS, again, repeated=True)
