"""Counts that the checks of identity ask for, of people in an engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clm_audit.facts.links import SHARED
from clm_audit.facts.model import Table
from clm_audit.facts.warehouse.canonical import Making
from clm_audit.facts.warehouse.cells import COLON
from clm_audit.facts.warehouse.dialect import Dialect
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
    floats = sql.matches.format("key", sql.literal("^[^:@]*:[0-9]([.,][0-9]+)?[Ee][+][0-9]+$"))
    zeros = sql.matches.format("key", sql.literal("^[^:@]*:0+[1-9][0-9]{0,16}$"))
    tests = (floats, zeros, f"{_of_either_length(sql)} AND length({sql.part.format('key', COLON, 2)}) = 15")
    sums = ", ".join(f"SUM(CASE WHEN {test} THEN 1 ELSE 0 END)" for test in tests)
    found = [int(count or 0) for count in rows(f"SELECT {sums} FROM {PEOPLE}")[0]]
    damage = {"excel_float": found[0], "excel_zeros": _zeros(making, zeros) if found[1] else 0}
    for name, count in damage.items():
        making.count(f"ids.{name}", count)
    making.evidence["ids.excel_damage"] = sum(damage.values())
    _cases(making, [one for parts in of.values() for one in parts])
    making.evidence.update({"ids.two_lengths": 0, "ids.short_alone": 0})
    if found[2]:
        _lengths(making)
    _merges(making, of.get("customers", ()))
    _shared(making)


def _zeros(making: Making, zeros: str) -> int:
    """Ids with zeros in front that also stand without them."""
    sql = making.sql
    space, text = (sql.part.format("key", COLON, part) for part in (1, 2))
    short = f"{space} || ':' || CAST({sql.attempt.format(text, 'BIGINT')} AS {sql.text})"
    query = (
        f"SELECT COUNT(*) FROM (SELECT {short} AS short FROM {PEOPLE} WHERE {zeros}) AS z"
        f" JOIN {PEOPLE} AS p ON z.short = p.key"
    )
    return int(making.session.rows(query)[0][0])


def _cases(making: Making, selections: Sequence[Selection]) -> None:
    """Addresses that are written in capitals here and without there; without any capitals there are none."""
    sql = making.sql
    if not _has_capitals(making, selections):
        making.evidence["customers.email_case"] = 0
        return
    cells = {
        (one.table.frm, one.columns[name].name): clean(sql, one.table.cells[one.columns[name].name], one.table)
        for one in selections
        for name in ids_of(one)
        if name in one.columns and one.table.cells[one.columns[name].name].kind == "text"
    }
    at = sql.position.format("written", "'@'")
    texts = " UNION ALL ".join(f"SELECT {cell} AS written FROM {frm}" for (frm, _), cell in cells.items())
    query = (
        f"SELECT COUNT(*) FROM (SELECT LOWER(written) AS address FROM ({texts}) AS texts"
        f" WHERE {at} > 0"
        " GROUP BY LOWER(written) HAVING COUNT(DISTINCT written) > 1) AS cases"
    )
    making.evidence["customers.email_case"] = int(making.session.rows(query)[0][0])


def _has_capitals(making: Making, selections: Sequence[Selection]) -> bool:
    """Whether any address holds a capital, or nobody looked at every row of a table of addresses."""
    parts = [one for one in selections if one.texts]
    if any(not one.whole for one in parts):
        return True
    texts = " UNION ALL ".join(f"SELECT capitals FROM {one.table.staged} WHERE capitals" for one in parts)
    return bool(texts) and bool(making.session.rows(f"SELECT COUNT(*) FROM ({texts}) AS texts")[0][0])


def _of_either_length(sql: Dialect) -> str:
    """Whether a key is an id of 15 or 18 letters and digits, not of digits alone."""
    shape = sql.matches.format("key", sql.literal("^[^:@]*:[a-zA-Z0-9]{15}([A-Z0-5]{3})?$"))
    letter = sql.matches.format(sql.part.format("key", COLON, 2), sql.literal("[a-zA-Z]"))
    return f"{shape} AND {letter}"


def _lengths(making: Making) -> None:
    """Ids of 15 characters where the same system also has some of 18, spelt both ways or in one way only."""
    sql = making.sql
    space, text = (sql.part.format("key", COLON, part) for part in (1, 2))
    name = f"{PREFIX}id_lengths"
    making.session.keep(
        name,
        f"SELECT {space} AS space, substr({text}, 1, 15) AS stem,"
        f" CASE WHEN length({text}) = 18 THEN 1 ELSE 0 END AS long_id FROM {PEOPLE} WHERE {_of_either_length(sql)}",
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
