"""Clean texts of cells, and the keys of customers, as SQL."""

from __future__ import annotations

from clm_audit.facts.columns import BLANKS
from clm_audit.facts.warehouse.cells import fits
from clm_audit.facts.warehouse.dialect import Dialect
from clm_audit.facts.warehouse.model import Cell, SourceTable
from clm_audit.intake.names import same

AT = "'@'"
_STAMP = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}"


def clean(sql: Dialect, cell: Cell, table: SourceTable) -> str:
    """A cell as trimmed text; null tokens and blanks are null. Whole floats (ids or counts) lose their point."""
    name = sql.name_of(cell.name)
    if cell.kind == "float":
        whole = f"CAST(CAST({name} AS BIGINT) AS {sql.text})"
        is_whole = f"ABS({name}) < 9000000000000000000 AND FLOOR({name}) = {name}"
        return f"CASE WHEN {is_whole} THEN {whole} ELSE CAST({name} AS {sql.text}) END"
    if cell.kind != "text":
        return f"CAST({name} AS {sql.text})"
    bare = sql.trim.format(f"CAST({name} AS {sql.text})", f"({sql.blanks})")
    if prefix := table.object.strip_prefix:
        starts = f"substr({bare}, 1, {len(prefix)}) = {sql.literal(prefix)}"
        bare = f"CASE WHEN {starts} THEN substr({bare}, {len(prefix) + 1}) ELSE {bare} END"
    if any(same(header, cell.name) for header in table.object.days):
        bare = f"CASE WHEN {fits(sql, bare, _STAMP)} THEN substr({bare}, 1, 10) ELSE {bare} END"
    tokens = sorted({token.strip(BLANKS) for token in (*table.nulls, *table.object.nulls)} | {""})
    return f"CASE WHEN {bare} IN ({', '.join(map(sql.literal, tokens))}) THEN NULL ELSE {bare} END"


def key_of(sql: Dialect, text: str, table: SourceTable, *, address: bool) -> str:
    """The key of a customer: an e-mail address without case, else ``system:id`` (null with ``address``)."""
    first = text
    if separator := table.object.id_separator:
        first = f"TRIM({sql.part.format(text, sql.literal(separator), 1)})"
    mail = f"CASE WHEN {sql.position.format(text, AT)} > 0 THEN LOWER({first})"
    return f"{mail} END" if address else f"{mail} ELSE {sql.literal(table.space + ':')} || {first} END"


def in_capitals(sql: Dialect, text: str) -> str:
    """Whether a text is an e-mail address with a capital letter; never null."""
    return f"COALESCE({sql.position.format(text, AT)} > 0 AND LOWER({text}) <> {text}, FALSE)"
