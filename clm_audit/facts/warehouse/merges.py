"""Records that were merged into others, in an engine: the rules of ``facts/merges.py`` as SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clm_audit.exits import DataError
from clm_audit.facts.warehouse.model import PREFIX, Session
from clm_audit.facts.warehouse.selection import Selection

PAIRS = f"{PREFIX}merges"
"""``key`` -> ``merged_into``, as the tables of customers tell it."""
MOST = 1_000  # ids that one cell lists
_HOPS = 16


def keep_merges(session: Session, selections: Sequence[Selection]) -> str:
    """Merged id -> the id that it was merged into, chains followed to their end: the name of that table (``key``,
    ``target``); empty where nothing tells of merges."""
    pairs = [
        pair
        for one in selections
        if one.table.fact == "customers" and "customer" in one.fields
        for pair in _pairs(session, one)
    ]
    if not pairs:
        return ""
    session.keep(PAIRS, f"SELECT key, merged_into FROM ({' UNION ALL '.join(pairs)}) AS told WHERE key <> merged_into")
    low = session.dialect.ordered.format("merged_into")
    name = f"{PREFIX}merged_0"
    session.keep(name, f"SELECT key, MIN({low}) AS target FROM {PAIRS} GROUP BY key")
    for hop in range(1, _HOPS + 1):
        further = session.rows(f"SELECT COUNT(*) FROM {name} AS m JOIN {name} AS f ON m.target = f.key")[0][0]
        if not further:
            break
        step = f"{PREFIX}merged_{hop}"
        session.keep(
            step,
            "SELECT m.key, COALESCE(CASE WHEN f.target <> m.key THEN f.target END, m.target) AS target"
            f" FROM {name} AS m LEFT JOIN {name} AS f ON m.target = f.key",
        )
        name = step
    return name


def _pairs(session: Session, one: Selection) -> Iterator[str]:
    told = "WHERE {0} IS NOT NULL AND s.customer IS NOT NULL"
    if "merged_into" in one.fields:
        where = told.format("s.merged_into")
        yield f"SELECT s.customer AS key, s.merged_into AS merged_into FROM {one.table.staged} AS s {where}"
    if "merged_from" in one.fields:
        sql, where = session.dialect, told.format("s.merged_from")
        listed = "length(s.merged_from) - length(replace(s.merged_from, ';', '')) + 1"
        most = int(session.rows(f"SELECT MAX({listed}) FROM {one.table.staged} AS s {where}")[0][0] or 0)
        if most > MOST:
            column = one.columns["merged_from"].name
            what = f"{one.table.name}: a cell of column {column} lists more than {MOST:,} ids"
            raise DataError(what, where=one.table.where, hint="leave the column out in a view, or list fewer")
        numbers = " UNION ALL ".join(f"SELECT {number} AS nth" for number in range(1, most + 1))
        if numbers:
            old = f"TRIM({sql.part.format('s.merged_from', sql.literal(';'), 'n.nth')})"
            yield (
                f"SELECT {sql.literal(one.table.space + ':')} || {old} AS key, s.customer AS merged_into"
                f" FROM {one.table.staged} AS s JOIN ({numbers}) AS n ON n.nth <= {listed} {where}"
            )
