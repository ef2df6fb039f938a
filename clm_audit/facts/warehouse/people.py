"""Who is who, in an engine: the rules of ``facts/identity.py`` as SQL.

``clm_people`` has a row for each key that any table holds: ``customer``, the exact code of who it stands for, and
``reader``, the code of the person itself. Codes number the sorted names, as they do for files.
"""

from __future__ import annotations

from collections.abc import Sequence

from clm_audit.facts.fields import FIELDS
from clm_audit.facts.warehouse.merges import keep_merges
from clm_audit.facts.warehouse.model import PREFIX, Session
from clm_audit.facts.warehouse.selection import Selection

PEOPLE = f"{PREFIX}people"
_TEXTS, _FINALS, CODES = (f"{PREFIX}{name}" for name in ("texts", "finals", "codes"))
PAIRS, LINKED = f"{PREFIX}pairs", f"{PREFIX}linked"


def ids_of(one: Selection) -> tuple[str, ...]:
    """The fields of a table that name customers."""
    return tuple(name for name, spec in FIELDS[one.table.fact].items() if spec.kind == "id" and name in one.fields)


def keep_people(session: Session, selections: Sequence[Selection]) -> tuple[bool, str]:
    """Make ``clm_people``; whether ids are linked to addresses (``clm_linked``), and the table of merged ids."""
    sql = session.dialect
    every = [
        f"SELECT {sql.name_of(name)} AS key FROM {one.table.staged}" for one in selections for name in ids_of(one)
    ] or [f"SELECT CAST(NULL AS {sql.text}) AS key"]
    texts = f"FROM ({' UNION ALL '.join(every)}) AS every_key WHERE key IS NOT NULL"
    merged = keep_merges(session, selections)
    linked = _linked(session, selections)
    if not (merged or linked or any("belongs_to" in one.fields for one in selections)):
        session.keep_codes(CODES, f"SELECT DISTINCT key AS name {texts}")
        code = "CAST(code AS BIGINT)"
        session.view(PEOPLE, f"SELECT name AS key, {code} AS customer, {code} AS reader, name FROM {CODES}")
        return False, ""
    session.keep(_TEXTS, f"SELECT DISTINCT key {texts}")
    followed = (
        f"SELECT t.key AS written, COALESCE(m.target, t.key) AS key FROM {_TEXTS} AS t"
        f" LEFT JOIN {merged} AS m ON t.key = m.key"
        if merged
        else f"SELECT key AS written, key FROM {_TEXTS}"
    )
    persons = (
        f"SELECT f.written, f.key, COALESCE(l.address, f.key) AS person FROM followed AS f"
        f" LEFT JOIN {linked} AS l ON f.key = l.key"
        if linked
        else "SELECT written, key, key AS person FROM followed"
    )
    owners = _owners(selections, session, merged, linked)
    session.keep(_FINALS, f"WITH followed AS ({followed}), persons AS ({persons}){owners} SELECT * FROM finals")
    both = f"SELECT final AS name FROM {_FINALS} UNION ALL SELECT person AS name FROM {_FINALS}"
    session.keep_codes(CODES, f"SELECT DISTINCT name FROM ({both}) AS every_one")
    session.keep(
        PEOPLE,
        "SELECT f.written AS key, CAST(c.code AS BIGINT) AS customer, CAST(r.code AS BIGINT) AS reader, f.final AS name"
        f" FROM {_FINALS} AS f JOIN {CODES} AS c ON f.final = c.name JOIN {CODES} AS r ON f.person = r.name",
    )
    return bool(linked), merged


def _linked(session: Session, selections: Sequence[Selection]) -> str:
    """Id -> e-mail address; customers' tables are believed first, then the smallest address."""
    sql = session.dialect
    at = sql.position.format("customer", "'@'")
    pairs = [
        f"SELECT customer AS key, email AS address, {0 if one.table.fact == 'customers' else 1} AS rank"
        f" FROM {one.table.staged} WHERE reason = 0 AND customer IS NOT NULL AND email IS NOT NULL AND {at} = 0"
        for one in selections
        if {"customer", "email"} <= set(one.fields)
    ]
    if not pairs:
        return ""
    session.keep(PAIRS, f"SELECT DISTINCT key, address, rank FROM ({' UNION ALL '.join(pairs)}) AS pairs")
    order = f"ORDER BY rank, {sql.ordered.format('address')}"
    session.keep(
        LINKED,
        f"SELECT key, address FROM (SELECT key, address, ROW_NUMBER() OVER (PARTITION BY key {order}) AS nth"
        f" FROM {PAIRS}) AS ranked WHERE nth = 1",
    )
    return LINKED


def _owners(selections: Sequence[Selection], session: Session, merged: str, linked: str) -> str:
    """The CTEs that end in ``finals``: whom each person belongs to, as in ``facts/belonging.py``."""
    low = session.dialect.ordered
    pairs = [
        f"SELECT customer AS key, belongs_to AS owner FROM {one.table.staged}"
        " WHERE reason = 0 AND customer IS NOT NULL AND belongs_to IS NOT NULL"
        for one in selections
        if {"customer", "belongs_to"} <= set(one.fields)
    ]
    if not pairs:
        return ", finals AS (SELECT written, person, person AS final FROM persons)"
    said = f"SELECT DISTINCT key, owner FROM ({' UNION ALL '.join(pairs)}) AS said"
    onward = (
        f"SELECT COALESCE(a.target, s.key) AS key, COALESCE(b.target, s.owner) AS owner FROM ({said}) AS s"
        f" LEFT JOIN {merged} AS a ON s.key = a.key LEFT JOIN {merged} AS b ON s.owner = b.key"
        if merged
        else said
    )
    text = session.dialect.text
    links = linked or f"(SELECT CAST(NULL AS {text}) AS key, CAST(NULL AS {text}) AS address)"
    return (
        f", owners AS (SELECT key, MIN({low.format('owner')}) AS owner FROM ({onward}) AS onward"
        " WHERE key <> owner GROUP BY key)"
        f", places AS (SELECT DISTINCT o.owner, l.address FROM owners AS o JOIN {links} AS l ON o.key = l.key)"
        f", alone AS (SELECT MIN({low.format('owner')}) AS owner, address FROM places GROUP BY address"
        " HAVING COUNT(*) = 1)"
        f", firsts AS (SELECT owner, MIN({low.format('address')}) AS address FROM alone GROUP BY owner)"
        ", named AS (SELECT o.owner, COALESCE(l.address, f.address, o.owner) AS final"
        f" FROM (SELECT DISTINCT owner FROM owners) AS o LEFT JOIN {links} AS l ON l.key = o.owner"
        " LEFT JOIN firsts AS f ON f.owner = o.owner)"
        ", finals AS (SELECT p.written, p.person, COALESCE(a.final, b.final, c.final, p.person) AS final"
        " FROM persons AS p LEFT JOIN owners AS o ON o.key = p.key LEFT JOIN named AS a ON a.owner = o.owner"
        " LEFT JOIN named AS b ON b.owner = p.key LEFT JOIN alone AS e ON e.address = p.person"
        " LEFT JOIN named AS c ON c.owner = e.owner)"
    )


def customer(one: Selection, fields: Sequence[str], rows: str = "s") -> tuple[str, str]:
    """The code of the first of the fields that is known (SQL), and the joins that it needs."""
    columns, joins = [], []
    for name in fields:
        if name in one.fields:
            alias = f"p_{name}"
            columns.append(f"{alias}.{'reader' if name == 'recipient' else 'customer'}")
            joins.append(f" LEFT JOIN {PEOPLE} AS {alias} ON {rows}.{name} = {alias}.key")
    if not columns:
        return "CAST(NULL AS BIGINT)", ""
    return f"COALESCE({', '.join(columns)})" if len(columns) > 1 else columns[0], "".join(joins)
