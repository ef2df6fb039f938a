"""Customers of an engine, and the segments that they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from clm_audit.config.plan import AuditPlan
from clm_audit.exits import DataError
from clm_audit.facts.labels import LABELS, UNITS, refuse_persons, shown
from clm_audit.facts.warehouse.canonical import SEGMENTS, Making
from clm_audit.facts.warehouse.ledger import Tally, own_rules
from clm_audit.facts.warehouse.model import PREFIX, Session
from clm_audit.facts.warehouse.people import PEOPLE, customer
from clm_audit.facts.warehouse.select import Selection

ROWS, _LABELS = f"{PREFIX}customer_rows", f"{PREFIX}labels"
MOST_GROUPS = 10_000  # combinations of labels


def keep_customer_rows(session: Session, one: Selection) -> None:
    """Keep the good rows of the customers' table with the code of each."""
    code, joins = customer(one, ("customer", "email"))
    days = [_column(one, name, "INTEGER") for name in ("acquired", "ended")]
    labels = [f"s.{session.dialect.name_of(f'segment {name}')} AS label_{at}" for at, name in enumerate(one.segments)]
    wanted = ", ".join([*days, _column(one, "stage", session.dialect.text), *labels])
    session.keep(
        ROWS,
        f"SELECT {code} AS customer, s.customer AS id, {wanted}, s.left_out"
        f" FROM {one.table.staged} AS s{joins} WHERE s.reason = 0",
    )


def _column(one: Selection, name: str, kind: str) -> str:
    return f"s.{name}" if name in one.fields else f"CAST(NULL AS {kind}) AS {name}"


def keep_customers(making: Making, one: Selection) -> tuple[Tally, ...]:
    """Make ``clm_customers``: one row an identity that counts."""
    low = making.sql.ordered.format("stage")
    rows = (
        "SELECT customer, MIN(acquired) AS acquired, MAX(ended) AS ended,"
        f" MAX({low}) AS stage, COUNT(*) AS records FROM {ROWS} WHERE left_out IS NULL AND customer IS NOT NULL"
        " GROUP BY customer"
    )
    values = {name: f"f.{name}" for name in ("customer", "acquired", "ended", "stage")}
    making.keep("customers", rows, {**values, "rows": "f.records"}, one)
    header = one.columns["customer"].name
    return (*own_rules(one), Tally("repeated", header, ROWS, "COUNT(id) - COUNT(DISTINCT id)", repeated=True))


def keep_segments(session: Session, plan: AuditPlan, one: Selection | None) -> tuple[Mapping[str, str], ...]:
    """Make ``clm_segments`` (customer -> code) and return the labels of each code; only code 0 where nobody asks.

    Raises :class:`~clm_audit.exits.UsageError` when a column would name persons.
    """
    if one is None or not one.segments:
        return ({},)
    names = list(one.segments)
    low = session.dialect.ordered.format
    labels = [f"label_{at}" for at, _ in enumerate(names)]
    session.keep(
        _LABELS,
        f"SELECT customer, {', '.join(f'MIN({low(label)}) AS {label}' for label in labels)} FROM {ROWS}"
        " WHERE left_out IS NULL AND customer IS NOT NULL GROUP BY customer",
    )
    columns = ", ".join(labels)
    query = f"SELECT {columns}, COUNT(*) AS customers FROM {_LABELS} GROUP BY {columns} LIMIT {MOST_GROUPS + 1}"
    found = session.rows(query)
    if len(found) > MOST_GROUPS:
        what = f"segment_by: more than {MOST_GROUPS:,} combinations of {', '.join(names)}"
        raise DataError(what, where=one.table.where, hint="choose columns that group customers")
    schema = {**dict.fromkeys(names, pl.String()), "": pl.Int64()}
    each = pl.DataFrame(found, schema=schema, orient="row").sort(*names, nulls_last=True)
    codes, segments = _coded(each, plan, names)
    _keep_codes(session, each, codes, names)
    return segments


def _coded(
    each: pl.DataFrame, plan: AuditPlan, names: Sequence[str]
) -> tuple[list[int], tuple[Mapping[str, str], ...]]:
    """The segment code of each combination as it is written, and the labels of the codes as they are shown."""
    columns = {name: setting for name, setting in plan.segment_columns.items() if name in names}
    refuse_persons(each, columns, weight="")
    limits = {"control.segment": UNITS}
    told = each.with_columns(
        shown(each, name, limits.get(setting, LABELS), weight="") for name, setting in columns.items()
    ).select(names)
    labelled = told.filter(~pl.all_horizontal(pl.all().is_null()))
    combos = labelled.unique().sort(*names, nulls_last=True).with_row_index("segment", offset=1)
    joined = told.join(combos, on=list(names), how="left", nulls_equal=True, maintain_order="left")
    named = [{name: row[name] for name in names if row[name] is not None} for row in combos.iter_rows(named=True)]
    return joined["segment"].fill_null(0).to_list(), ({}, *named)


def _keep_codes(session: Session, each: pl.DataFrame, codes: Sequence[int], names: Sequence[str]) -> None:
    """Keep customer -> code; persons who belong to a customer and have no label of their own go by that one's."""
    sql = session.dialect
    written = [
        f"SELECT {', '.join(f'{sql.literal(row[at] or str())} AS label_{at}' for at, _ in enumerate(names))},"
        f" {code} AS segment"
        for row, code in zip(each.iter_rows(), codes, strict=True)
        if code
    ] or [f"SELECT {', '.join(f'{sql.literal(str())} AS label_{at}' for at, _ in enumerate(names))}, 0 AS segment"]
    same = " AND ".join(f"COALESCE(l.label_{at}, '') = c.label_{at}" for at, _ in enumerate(names))
    own = f"SELECT l.customer, c.segment FROM {_LABELS} AS l JOIN ({' UNION ALL '.join(written)}) AS c ON {same}"
    session.keep(
        SEGMENTS,
        f"WITH own AS ({own}) SELECT customer, segment FROM own UNION ALL"
        f" SELECT p.reader AS customer, MIN(o.segment) AS segment FROM {PEOPLE} AS p"
        " JOIN own AS o ON p.customer = o.customer LEFT JOIN own AS r ON p.reader = r.customer"
        " WHERE p.reader <> p.customer AND r.customer IS NULL GROUP BY p.reader",
    )
