"""Find the column of a file that holds a field: header aliases, case, composition and regular expressions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from clm_audit.config.preset import Yield
from clm_audit.intake.model import RawTable
from clm_audit.intake.names import column_of, same

PATTERN = "re:"
_STAMP = r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}"
BLANKS = " \t\r\n\u00a0\u202f\u2007\ufeff"


@dataclass(frozen=True)
class Column:
    """One column: its name in the frame, its header as written, and what a ``re:`` alias captured. ``inside``: a
    currency that stands in the cells of an amount."""

    name: str
    header: str
    captured: Mapping[str, str] = field(default_factory=dict)
    inside: bool = False


@dataclass(frozen=True)
class Finder:
    """Looks up the columns of one file."""

    headers: Mapping[str, str]

    @classmethod
    def of(cls, table: RawTable) -> Finder:
        """The finder of a raw table."""
        return cls(table.headers)

    def find(self, aliases: Sequence[str]) -> Column | None:
        """The column of the first alias that matches a header, or None."""
        for alias in aliases:
            name = column_of(self.headers, (alias,))
            if name is not None:
                return Column(name, self.headers[name], _captured(alias, self.headers[name]))
        return None

    def fields(self, source: Yield) -> dict[str, Column]:
        """Every field of a yield that this file has."""
        found = {name: column for name, aliases in source.fields.items() if (column := self.find(aliases))}
        amount = found.get("amount")
        for header, currencies in source.currency_of.items():
            if amount and same(header, amount.header):
                stated = self.find(currencies)
                rest = {name: column for name, column in found.items() if name != "currency"}
                return {**rest, "currency": stated} if stated else rest
        return found

    def rule(self, source: Yield, key: str) -> Column | None:
        """The column that a rule names: by a field of the yield, or else by its header."""
        return self.find(source.fields[key]) if key in source.fields else self.find([key])


def _captured(alias: str, header: str) -> Mapping[str, str]:
    if not alias.startswith(PATTERN):
        return {}
    written = " ".join(unicodedata.normalize("NFC", header).split())
    match = re.fullmatch(alias.removeprefix(PATTERN), written, re.IGNORECASE)
    return {key: value for key, value in match.groupdict().items() if value} if match else {}


def text(table: RawTable, column: Column) -> pl.Expr:
    """The cells of a column as trimmed text; null tokens and blanks are null.

    Whole floats of a Parquet file lose their ``.0``: they are ids or counts that passed through a float.
    """
    dtype = table.frame.collect_schema()[column.name]
    cells = pl.col(column.name)
    if dtype.is_float():
        whole = cells.cast(pl.Int64, strict=False)
        cells = pl.when(whole == cells).then(whole.cast(pl.String)).otherwise(cells.cast(pl.String))
    elif dtype != pl.String:
        cells = cells.cast(pl.String)
    elif not (table.layout and table.layout.tight):
        cells = cells.str.strip_chars(BLANKS)
    prefix = table.object.strip_prefix if table.object else None
    if prefix:
        cells = cells.str.strip_prefix(prefix)
    if table.object and dtype == pl.String and any(same(header, column.header) for header in table.object.days):
        cells = pl.when(cells.str.contains(_STAMP)).then(cells.str.head(10)).otherwise(cells)
    tokens = sorted({token.strip(BLANKS) for token in (*table.nulls, *_nulls(table))} | {""})
    null = pl.lit(False)
    for token in tokens:
        null = null | (cells == token)
    return pl.when(null).then(None).otherwise(cells)


def _nulls(table: RawTable) -> tuple[str, ...]:
    return table.object.nulls if table.object else ()


def one_of(cells: pl.Expr, values: Iterable[str]) -> pl.Expr:
    """Whether a cell holds one of the values (``"*"`` = any, ``""`` = none, ``re:`` = a pattern); never null."""
    hit = pl.lit(False)
    plain: list[str] = []
    for value in values:
        if value == "*":
            return cells.is_not_null()
        if not value:
            hit = hit | cells.is_null()
            continue
        if value.startswith(PATTERN):
            hit = hit | cells.str.contains(value[len(PATTERN) :])
        else:
            plain.append(value.strip(BLANKS).casefold())
    if plain:
        hit = hit | cells.str.to_lowercase().is_in(plain)
    return hit.fill_null(False)
