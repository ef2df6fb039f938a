"""Which columns of a file are read: for the fields of each fact, as segments, and to find the rows that are totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from clm_audit.config.preset import Yield
from clm_audit.exits import DataError
from clm_audit.facts.columns import Column, Finder
from clm_audit.facts.fields import FIELDS
from clm_audit.intake.model import RawTable
from clm_audit.intake.names import total_columns


def field_columns(table: RawTable, finder: Finder, source: Yield) -> dict[str, Column]:
    """Field -> column; nothing where a needed column is missing in a file that may do without this fact.

    Raises :class:`DataError` where the file was recognised by the column that is missing.
    """
    found = finder.fields(source)
    if source.fact == "order_lines" and "amount" in found:
        found = {name: column for name, column in found.items() if name not in ("quantity", "unit_price")}
    lacking = lacking_fields(source, found)
    if lacking and not source.where:
        raise DataError(
            f"no column for {', '.join(lacking)} of {source.fact}",
            where=table.name,
            hint=f"looked for {', '.join(source.fields.get(lacking[0], (lacking[0],)))}",
        )
    return {} if lacking else found


def lacking_fields(source: Yield, found: Mapping[str, Column]) -> list[str]:
    """The needed fields of a yield that no column was found for."""
    lacking = [
        name
        for name, spec in FIELDS[source.fact].items()
        if spec.missing and name in source.fields and name not in found and name not in source.constants
    ]
    if source.fact == "order_lines":
        either = {"amount", "quantity", "unit_price"}
        lacking = [name for name in lacking if name not in either]
        if "amount" not in found and not {"quantity", "unit_price"} <= set(found):
            lacking.append("amount")
    return lacking


def segment_columns(yields: Sequence[Yield], finder: Finder, segment_by: Sequence[str]) -> dict[str, Column]:
    """Segment -> the column of a customer export that has it."""
    found: dict[str, Column] = {}
    for name in segment_by:
        for source in yields:
            column = finder.rule(source, name) if source.fact == "customers" else None
            if column:
                found[name] = column
    return found


def needed_columns(
    table: RawTable, yields: Sequence[Yield], columns: Sequence[Mapping[str, Column]], finder: Finder
) -> list[Column]:
    """Every column that a field or a rule reads, or that a total may be known by."""
    needed = [column for found in columns for column in found.values()]
    for source in yields:
        keys = {
            *source.where,
            *source.counted,
            *source.known,
            *source.returned,
            *(key for rule in source.sign.values() for key in rule),
            *source.returned_partly,
            *(key for rule in source.left_out.values() for key in rule),
        }
        needed.extend(column for key in sorted(keys) if (column := finder.rule(source, key)))
    return [*needed, *(column for column, _ in columns_of_totals(table))]


def columns_of_totals(table: RawTable) -> list[tuple[Column, str]]:
    """The columns in which a total says that it is one, and the pattern of that."""
    totals = table.object.totals if table.object else {}
    headers = table.headers
    return [
        (Column(name, headers[name]), pattern)
        for key, pattern in totals.items()
        for name in total_columns(headers, key)
    ]


def is_total(
    table: RawTable, yields: Sequence[Yield], columns: Sequence[Mapping[str, Column]], sums: pl.Series
) -> pl.Expr:
    """Whether a row repeats the sum of others; a pattern may also ask for a blank cell. ``sums``: those known to.

    A row with an id in another column is a record, though its account be called Total.
    """
    hit = pl.lit(False)
    keys = {
        found[name].name
        for source, found in zip(yields, columns, strict=True)
        for name, spec in FIELDS[source.fact].items()
        if name in found and spec.missing in ("missing_id", "missing_recipient")
    }
    for column, pattern in columns_of_totals(table):
        ids = [pl.col(name).is_not_null() for name in sorted(keys - {column.name})]
        named = pl.col(column.name).fill_null("").str.contains(pattern)
        hit = hit | (named & ~pl.any_horizontal(*ids, pl.lit(False)))
    return hit | pl.col("row").is_in(sums.implode()) if len(sums) else hit
