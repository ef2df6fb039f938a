"""The segments of an engine's customers: labels -> codes, by the rules that files go through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from clm_audit.config.plan import AuditPlan
from clm_audit.config.vocabulary import did_you_mean
from clm_audit.exits import DataError, UsageError
from clm_audit.facts.control import check_labels
from clm_audit.facts.labels import LABELS, UNITS, refuse_persons, shown
from clm_audit.facts.warehouse.canonical import SEGMENTS
from clm_audit.facts.warehouse.customers import ROWS, by_part
from clm_audit.facts.warehouse.model import PREFIX, Session
from clm_audit.facts.warehouse.people import PEOPLE
from clm_audit.facts.warehouse.selection import Selection

_LABELS = f"{PREFIX}labels"
MOST_GROUPS = 10_000  # combinations of labels


def keep_segments(session: Session, plan: AuditPlan, parts: Sequence[Selection]) -> tuple[Mapping[str, str], ...]:
    """Make ``clm_segments`` (customer -> code) and return the labels of each code; only code 0 where nobody asks.

    Raises :class:`~clm_audit.exits.UsageError` when a column would name persons.
    """
    names = list(plan.segment_columns)
    if not names:
        return ({},)
    _check_columns(plan, parts)
    labels = [f"label_{at}" for at, _ in enumerate(names)]
    first = ", ".join(f"{by_part(session, label, 'MIN')} AS {label}" for label in labels)
    session.keep(
        _LABELS,
        f"SELECT customer, {first} FROM {ROWS} WHERE left_out IS NULL AND customer IS NOT NULL GROUP BY customer",
    )
    columns = ", ".join(labels)
    query = f"SELECT {columns}, COUNT(*) AS customers FROM {_LABELS} GROUP BY {columns} LIMIT {MOST_GROUPS + 1}"
    found = session.rows(query)
    if len(found) > MOST_GROUPS:
        what = f"segment_by: more than {MOST_GROUPS:,} combinations of {', '.join(names)}"
        raise DataError(what, where=parts[0].table.where, hint="choose columns that group customers")
    schema = {**dict.fromkeys(names, pl.String()), "": pl.Int64()}
    each = pl.DataFrame(found, schema=schema, orient="row").sort(*names, nulls_last=True)
    codes, segments = _coded(each, plan, names)
    if plan.control is not None:
        check_labels(plan, plan.control, _sizes(each[""], codes, segments, plan.control.segment))
    _keep_codes(session, each, codes, names)
    return segments


def _check_columns(plan: AuditPlan, parts: Sequence[Selection]) -> None:
    found = {name for one in parts for name in one.segments}
    offered = sorted({name for one in parts for name in one.table.cells})
    for name, setting in plan.segment_columns.items():
        if name not in found:
            hint = did_you_mean(name, offered) or f"offered: {', '.join(offered) or 'none'}"
            what = f"{setting}: no table of customers has a column {name}"
            raise UsageError(what, where=plan.origins.get(setting, ""), hint=hint)


def _sizes(
    customers: pl.Series, codes: Sequence[int], segments: Sequence[Mapping[str, str]], column: str
) -> Mapping[str, int]:
    """Label of a column -> customers, most first."""
    sizes: dict[str, int] = {}
    for count, code in zip(customers.to_list(), codes, strict=True):
        if column in segments[code]:
            label = segments[code][column]
            sizes[label] = sizes.get(label, 0) + int(count)
    return dict(sorted(sizes.items(), key=lambda item: (-item[1], item[0])))


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
    combos = labelled.unique().sort(*names, nulls_last=True).with_row_index("", offset=1)
    joined = told.join(combos, on=list(names), how="left", nulls_equal=True, maintain_order="left")
    named = [{name: row[name] for name in names if row[name] is not None} for row in combos.iter_rows(named=True)]
    return joined[""].fill_null(0).to_list(), ({}, *named)


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
