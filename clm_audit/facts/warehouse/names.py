"""Names of tables as a configuration writes them: parts between points, in quotes where a part holds one."""

from __future__ import annotations

import re

from clm_audit.exits import UsageError
from clm_audit.facts.warehouse.dialect import Dialect

_PART = re.compile(r'"((?:[^"]|"")+)"|`((?:[^`]|``)+)`|([^."`]+)')


def parts_of(table: str) -> tuple[str, ...]:
    """The parts of a name.

    >>> parts_of('sales.orders'), parts_of('"my.shop"."or""ders"')
    (('sales', 'orders'), ('my.shop', 'or"ders'))
    """
    parts: list[str] = []
    at = 0
    while match := _PART.match(table, at):
        double, back, bare = match.groups()
        parts.append(bare if bare is not None else (double or "").replace('""', '"') or back.replace("``", "`"))
        at = match.end()
        if at == len(table):
            return tuple(parts)
        if table[at] != ".":
            break
        at += 1
    raise UsageError(
        f"{table!r} is no name of a table", hint='write schema.table, and in quotes what holds a point: "my.schema".t'
    )


def quoted(sql: Dialect, table: str) -> str:
    """A name with every part quoted."""
    return ".".join(sql.name_of(part) for part in parts_of(table))
