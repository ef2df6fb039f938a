"""`report.redact` for tables of an engine: of their personal values only those come home that an output may hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import polars as pl

from clm_audit.exits import DataError
from clm_audit.facts.columns import Column
from clm_audit.facts.personal import SHORTEST, personal_columns
from clm_audit.facts.warehouse.build import EngineExports
from clm_audit.facts.warehouse.model import MOST_SMALL, Session, SourceTable
from clm_audit.facts.warehouse.texts import clean
from clm_audit.intake.model import Exports, RawTable

WORDS = "$words"
_WORD = re.compile("[0-9a-z]+")


def sought(exports: Exports, outputs: Mapping[str, str]) -> Exports:
    """Exports in whose tables :func:`~clm_audit.facts.personal.leaks` finds what it would find in all their rows.

    A value that stands in a text on its own begins there with a whole word of its. So of each column those values are
    fetched whose first plain word (letters and digits of ASCII) is one of the outputs', or that have none.
    """
    if not isinstance(exports, EngineExports) or exports.session is None:
        return exports
    session, texts = exports.session, [text.lower() for text in outputs.values()]
    words = sorted({word for text in texts for word in _WORD.findall(text)} | {""})
    listed = ", ".join(map(session.dialect.literal, words))
    there = {table.index: table for table in exports.there}
    found = [
        _with_values(session, raw, there[raw.index], listed) if raw.index in there else raw for raw in exports.tables
    ]
    return Exports(tuple(found), exports.unknown, exports.skipped)


def searches(exports: Exports) -> Iterator[str]:
    """The queries of :func:`sought`, with ``$words`` for those of the outputs."""
    if isinstance(exports, EngineExports) and exports.session is not None:
        there = {table.index: table for table in exports.there}
        for raw in exports.tables:
            if raw.index in there:
                for column in personal_columns(raw):
                    yield _query(exports.session, there[raw.index], column, WORDS)


def _with_values(session: Session, raw: RawTable, table: SourceTable, words: str) -> RawTable:
    columns = []
    for column in personal_columns(raw):
        values = [str(value) for (value,) in session.rows(_query(session, table, column, words))]
        if len(values) > MOST_SMALL:
            what = (
                f"{table.name}: more than {MOST_SMALL:,} values of column {column.name} would have to be searched for"
            )
            raise DataError(what, where=table.where, hint="leave the column out in a view")
        columns.append(pl.DataFrame({column.name: pl.Series(values, dtype=pl.String)}))
    schema = pl.DataFrame(schema=dict.fromkeys(table.cells, pl.String()))
    return replace(raw, frame=pl.concat([schema, *columns], how="diagonal").lazy())


def _query(session: Session, table: SourceTable, column: Column, words: str) -> str:
    sql = session.dialect
    value = f"LOWER({clean(sql, table.cells[column.name], table)})"
    rows = f"SELECT DISTINCT {value} AS value FROM {table.frm}"
    first = f"COALESCE({sql.first_word.format('value')}, '') IN ({words})"
    return f"SELECT value FROM ({rows}) AS v WHERE length(value) >= {SHORTEST} AND {first} LIMIT {MOST_SMALL + 1}"
