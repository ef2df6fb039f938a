"""Proved bytes -> a lazy Polars frame of text, with the number of the row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import polars as pl

from clm_audit.intake.limits import CHUNK
from clm_audit.intake.marks import CR, Rules
from clm_audit.intake.model import ROW
from clm_audit.intake.proved import Proof


def unique_names(headers: Sequence[str]) -> dict[str, str]:
    """Frame column -> header as written: trimmed, blank ones numbered, repeated ones counted.

    >>> unique_names(["Name", " Name", "", "Total"])
    {'Name': 'Name', 'Name (2)': ' Name', 'column 3': '', 'Total': 'Total'}
    """
    names: dict[str, str] = {}
    trimmed = [header.replace("\ufeff", "").strip() for header in headers]
    taken = {*trimmed, ROW}
    for number, header in enumerate(headers, start=1):
        plain = trimmed[number - 1] or f"column {number}"
        if plain == "*" or (plain[0] == "^" and plain[-1] == "$"):  # Polars would take these for several columns
            plain = f"({plain})"
        name, copy = plain, 1
        while name in names or (copy > 1 and name in taken) or name == ROW:
            copy += 1
            name = f"{plain} ({copy})"
        names[name] = header
    return names


def empty(columns: Iterable[str]) -> pl.LazyFrame:
    """A frame without rows."""
    return pl.LazyFrame(schema={ROW: pl.UInt32(), **{name: pl.String() for name in columns}})


def scan(content: Path, rules: Rules, proof: Proof, headers: Mapping[str, str], copy_to: Path) -> pl.LazyFrame:
    """The data rows of a proved file as text; empty cells are ``""``, never null.

    The file is read in place, unless something else stands between its rows or some were repaired: then
    the rows alone are copied to ``copy_to`` first.
    """
    if not proof.height:
        return empty(headers)
    skip = 0
    path = content
    if proof.drops or proof.odd_after or proof.detours or not _after_end(content, proof.first, rules.end):
        path = _copy_rows(content, proof, copy_to)
    else:
        skip = _line_ends(content, proof.first, rules.end)
    return pl.scan_csv(
        path,
        has_header=False,
        schema={name: pl.String() for name in headers},
        separator=chr(rules.separator),
        quote_char=chr(rules.quote) if rules.quote else None,
        eol_char="\r" if rules.end == CR else "\n",
        skip_lines=skip,
        n_rows=proof.height,
        infer_schema=False,
        empty_string_is_null=False,
        row_index_name=ROW,
        glob=False,
    )


def _after_end(path: Path, start: int, end: int) -> bool:
    """Whether the data begin behind a line end of the usual kind; what is above them may end with another."""
    with path.open("rb") as file:
        file.seek(max(start - 1, 0))
        return not start or file.read(1) == bytes([end])


def _line_ends(path: Path, stop: int, end: int) -> int:
    mark, count, at = bytes([end]), 0, 0
    with path.open("rb") as file:
        while at < stop and (piece := file.read(min(CHUNK, stop - at))):
            count += piece.count(mark)
            at += len(piece)
    return count


def _copy_rows(content: Path, proof: Proof, target: Path) -> Path:
    """Everything in ``[first, last)`` but the drops, and the rows of faulty regions as they were repaired."""
    mended = {(one.start, one.stop): b"".join(row.text for row in one.rows) for one in proof.detours if one.rows}
    at = proof.first
    with content.open("rb") as source, target.open("xb") as out:
        for start, stop in (*sorted((*proof.drops, *mended)), (proof.last, proof.last)):
            source.seek(at)
            left = start - at
            while left > 0 and (piece := source.read(min(CHUNK, left))):
                out.write(piece)
                left -= len(piece)
            out.write(mended.get((start, stop), b""))
            at = stop
    return target
