"""Counts that the checks of identity ask for, of people in an engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clm_audit.facts.links import SHARED
from clm_audit.facts.model import Table
from clm_audit.facts.warehouse.canonical import Making
from clm_audit.facts.warehouse.model import PREFIX
from clm_audit.facts.warehouse.people import CODES, LINKED, PAIRS, PEOPLE, ids_of
from clm_audit.facts.warehouse.selection import Selection
from clm_audit.facts.warehouse.texts import clean

Of = Mapping[Table, Sequence[Selection]]


def count_people(making: Making, of: Of) -> None:
    """What the checks of identity ask for; see ``facts/damage.py`` and ``facts/identity.py``."""
    sql, rows = making.sql, making.session.rows
    at = sql.position.format("name", "'@'")
    query = f"SELECT COUNT(*) FROM {CODES} WHERE {at} > 0"
    making.count("customers.by_email", int(rows(query)[0][0]))
    float_id = sql.matches.format("key", sql.literal("^[^:@]*:[0-9]([.,][0-9]+)?[Ee][+][0-9]+$"))
    zeros = sql.matches.format("key", sql.literal("^[^:@]*:0+[1-9][0-9]{0,16}$"))
    space, text = (sql.part.format("key", "':'", part) for part in (1, 2))
    short = f"{space} || ':' || CAST({sql.attempt.format(text, 'BIGINT')} AS {sql.text})"
    query = (
        f"SELECT COUNT(*) FROM (SELECT {short} AS short FROM {PEOPLE} WHERE {zeros}) AS z"
        f" JOIN {PEOPLE} AS p ON z.short = p.key"
    )
    damage = {
        "excel_float": int(rows(f"SELECT COUNT(*) FROM {PEOPLE} WHERE {float_id}")[0][0]),
        "excel_zeros": int(rows(query)[0][0]),
    }
    for name, count in damage.items():
        making.count(f"ids.{name}", count)
    making.evidence["ids.excel_damage"] = sum(damage.values())
    _cases(making, [one for parts in of.values() for one in parts])
    _lengths(making)
    _merges(making, of.get("customers", ()))
    _shared(making)


def _cases(making: Making, selections: Sequence[Selection]) -> None:
    """Addresses that are written in capitals here and without there."""
    sql = making.sql
    cells = {
        (one.table.frm, one.columns[name].name): clean(sql, one.table.cells[one.columns[name].name], one.table)
        for one in selections
        for name in ids_of(one)
        if name in one.columns and one.table.cells[one.columns[name].name].kind == "text"
    }
    if not cells:
        return
    at = sql.position.format("written", "'@'")
    texts = " UNION ALL ".join(f"SELECT {cell} AS written FROM {frm}" for (frm, _), cell in cells.items())
    query = (
        f"SELECT COUNT(*) FROM (SELECT LOWER(written) AS address FROM ({texts}) AS texts"
        f" WHERE {at} > 0"
        " GROUP BY LOWER(written) HAVING COUNT(DISTINCT written) > 1) AS cases"
    )
    making.evidence["customers.email_case"] = int(making.session.rows(query)[0][0])


def _lengths(making: Making) -> None:
    """Ids of 15 characters where the same system also has some of 18, spelt both ways or in one way only."""
    sql = making.sql
    space, text = (sql.part.format("key", "':'", part) for part in (1, 2))
    shape = sql.matches.format("key", sql.literal("^[^:@]*:[a-zA-Z0-9]{15}([A-Z0-5]{3})?$"))
    letter = sql.matches.format(text, sql.literal("[a-zA-Z]"))
    name = f"{PREFIX}id_lengths"
    making.session.keep(
        name,
        f"SELECT {space} AS space, substr({text}, 1, 15) AS stem,"
        f" CASE WHEN length({text}) = 18 THEN 1 ELSE 0 END AS long_id FROM {PEOPLE} WHERE {shape} AND {letter}",
    )
    query = (
        f"SELECT SUM(CASE WHEN l.stem IS NULL THEN 0 ELSE 1 END), COUNT(*) FROM {name} AS s"
        f" JOIN (SELECT DISTINCT space FROM {name} WHERE long_id = 1) AS both_kinds ON s.space = both_kinds.space"
        f" LEFT JOIN (SELECT DISTINCT space, stem FROM {name} WHERE long_id = 1) AS l"
        " ON s.space = l.space AND s.stem = l.stem WHERE s.long_id = 0"
    )
    both, every = (int(count or 0) for count in making.session.rows(query)[0])
    making.evidence["ids.two_lengths"], making.evidence["ids.short_alone"] = both, every - both


def _merges(making: Making, parts: Sequence[Selection]) -> None:
    """Merged records that were followed, and those whose surviving record no table of customers lists."""
    making.evidence.update({"customers.merged": 0, "customers.merged_nowhere": 0})
    if not making.merged:
        return
    listed = " UNION ALL ".join(
        f"SELECT customer AS key FROM {one.table.staged} WHERE reason = 0 AND customer IS NOT NULL" for one in parts
    )
    query = (
        "SELECT COUNT(*), COUNT(CASE WHEN l.key IS NULL THEN m.key END)"
        f" FROM {making.merged} AS m LEFT JOIN (SELECT DISTINCT key FROM ({listed}) AS each) AS l ON m.target = l.key"
    )
    merged, nowhere = making.session.rows(query)[0]
    making.evidence["customers.merged"], making.evidence["customers.merged_nowhere"] = int(merged), int(nowhere)


def _shared(making: Making) -> None:
    """Ids that stand for several addresses, and addresses that many ids of one system stand for."""
    names = ("ids_with_several_emails", "shared_addresses", "ids_at_shared_addresses", "most_ids_at_one_address")
    making.evidence.update({f"customers.{name}": 0 for name in names})
    if not making.linked:
        return
    rows, space = making.session.rows, making.sql.part.format("key", "':'", 1)
    query = (
        f"SELECT COUNT(*) FROM (SELECT key FROM {PAIRS} WHERE rank = 0 GROUP BY key"
        " HAVING COUNT(DISTINCT address) > 1) AS several"
    )
    found = [rows(query)[0][0]]
    each = f"SELECT address, COUNT(*) AS n FROM {LINKED} GROUP BY address, {space} HAVING COUNT(*) >= {SHARED}"
    found += rows(f"SELECT COUNT(DISTINCT address), SUM(n), MAX(n) FROM ({each}) AS each_address")[0]
    for name, count in zip(names, found, strict=True):
        making.evidence[f"customers.{name}"] = int(count or 0)
