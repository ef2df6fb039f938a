"""Parts of a file with headers of their own, read one by one and brought under the first header by their names."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from clm_audit.exits import DataError
from clm_audit.intake.dialect import Dialect, Record
from clm_audit.intake.glued import Headers, first_lines, other_headers
from clm_audit.intake.locate import places_of, starts_of
from clm_audit.intake.marks import CR, LF, Offsets
from clm_audit.intake.model import ROW, Layout, Reject
from clm_audit.intake.names import Names, normal
from clm_audit.intake.text import Text
from clm_audit.intake.textrows import LISTED, Delimited, Totals

Reader = Callable[[Text, Path, Names, Totals, tuple[bytes, ...]], Delimited]
_PIECE = 1 << 20
_Found = tuple[Dialect, Record | None, Headers]


@dataclass(frozen=True)
class _Part:
    """One part: byte of the decoded file at which it begins, its table, and the byte of each of its rows."""

    start: int
    table: Delimited
    starts: Offsets


def glued_table(
    text: Text,
    name: str,
    rows: Path,
    head: bytes,
    found: _Found,
    names: Names,
    totals: Totals,
    read: Reader,
) -> Delimited | None:
    """The table of all parts, None for a file of one part or one whose parts cannot be read by themselves."""
    dialect, record, others = found
    if not others.starts:
        dialect, record, others = _from_the_top(text, head, dialect, record)
    if not others.starts or record is None:
        return None
    known = Names(names.exact | Names.of(record.cells).exact, names.patterns)
    first_tests: dict[str, re.Pattern[str]] = {}
    parts: list[_Part] = []
    try:
        for number, (start, part) in enumerate(_cut(text, others.starts, rows)):
            tests = _same_tests(first_tests) if number else _first_tests(totals, first_tests)
            target = rows.with_name(f"{rows.stem}-{number}{rows.suffix}")
            table = read(part, target, known, tests, others.writings)
            if not table.header_line:
                return None
            parts.append(_Part(start, table, starts_of(table.layout, name, table.height) + start))
    except DataError:  # then the file as a whole is looked at, and says what is wrong
        return None
    return _joined(parts, text, name, rows, names, CR if dialect.end == "\r" else LF)


def _from_the_top(text: Text, head: bytes, dialect: Dialect, record: Record | None) -> _Found:
    """The same as if the first line of words, or one of the next above the header that was found, were the header."""
    for own, first in first_lines(head, text.start):
        again = record is not None and first.start == record.start and own.separator == dialect.separator
        if again or (record is not None and first.start > record.start):
            break
        others = other_headers(text.path, first, own)
        if others.starts or (record is not None and first.start == record.start):
            return own, first, others
    return dialect, record, Headers()


def _first_tests(totals: Totals, kept: dict[str, re.Pattern[str]]) -> Totals:
    """Ask about the totals of the first part, and keep what they are by the name of their column."""

    def tests(headers: Mapping[str, str]) -> tuple[tuple[int, re.Pattern[str]], ...]:
        found = totals(headers)
        written = list(headers.values())
        kept.update({normal(written[index]): pattern for index, pattern in found})
        return found

    return tests


def _same_tests(kept: Mapping[str, re.Pattern[str]]) -> Totals:
    """The same totals in another part, wherever their columns stand there."""
    return lambda headers: tuple(
        (index, kept[normal(header)]) for index, header in enumerate(headers.values()) if normal(header) in kept
    )


def _cut(text: Text, at: Sequence[int], rows: Path) -> list[tuple[int, Text]]:
    """The file cut at these bytes: where each part begins, and a copy of it."""
    found = []
    with text.path.open("rb") as source:
        edges = [0, *at, text.path.stat().st_size]
        for number, (start, stop) in enumerate(itertools.pairwise(edges)):
            path = rows.with_name(f"{rows.name}.part{number}")
            with path.open("xb") as out:
                place = source.seek(start)
                while place < stop and (piece := source.read(min(_PIECE, stop - place))):
                    place += out.write(piece)
            spots = tuple((spot - start, code) for spot, code in text.spots if start <= spot < stop)
            found.append((start, Text(path, "utf-8", 0 if number else text.start, spots=spots)))
    return found


def _joined(parts: Sequence[_Part], text: Text, name: str, rows: Path, names: Names, end: int) -> Delimited:
    """All rows under the header of the first part; what another part has beyond it is listed."""
    first = parts[0].table
    headers = dict(first.headers)
    for part in parts[1:]:  # columns that somebody knows are kept, though the first part lacks them
        mine = {normal(header) for header in headers.values()}
        headers |= {
            column: header
            for column, header in part.table.headers.items()
            if column not in headers and normal(header) not in mine and names.knows(header)
        }
    frames, faults, notes = [], [], list(first.notes)
    below = 0
    for number, part in enumerate(parts):
        own = _columns(part.table.headers)
        frames.append(
            part.table.frame.select(
                pl.col(own[normal(header)]).alias(column) if normal(header) in own
                else pl.col(column).alias(column) if number == 0 and column in part.table.headers
                else pl.lit("").alias(column)
                for column, header in headers.items()
            )
        )  # fmt: skip
        faults += [(part.start + fault.byte, fault) for fault in part.table.faults]
        if number:
            header = Reject(file=name, line=0, byte=0, column="", code="other_header", action="repaired")
            faults.append((part.start, header))
            faults += _left_out(part, headers, name)
        below += part.table.height
    target, places = rows.with_name(f"{rows.name}.glued"), rows.with_name(f"{rows.name}.places")
    pl.concat(frames).sink_parquet(target)
    starts = np.concatenate([part.starts for part in parts])
    pl.DataFrame(places_of(text, end, starts), schema={"line": pl.Int64, "byte": pl.Int64}, orient="row").write_parquet(
        places
    )
    listed = _placed(faults, text, end)
    lines = ", ".join(f"{fault.line:,}" for fault in listed if fault.code == "other_header")
    notes.append(f"other headers among the rows, with columns brought in the order of the first: line {lines}")
    return replace(
        first,
        frame=pl.scan_parquet(target, glob=False).with_row_index(ROW),
        height=below,
        structure=sum(part.table.structure for part in parts),
        headers=headers,
        layout=Layout(positions=places),
        lost=sum(part.table.lost for part in parts),
        faults=listed,
        notes=tuple(notes),
        sums=_sums(parts),
    )


def _columns(headers: Mapping[str, str]) -> dict[str, str]:
    """Normal form of a header -> the first column of a frame that has it; blank ones are nobody's."""
    return {normal(header): column for column, header in reversed(list(headers.items())) if normal(header)}


def _left_out(part: _Part, headers: Mapping[str, str], name: str) -> list[tuple[int, Reject]]:
    """The rows of a part that hold something in a column which the table does not have."""
    mine = {normal(header) for header in headers.values()}
    found: list[tuple[int, Reject]] = []
    for column, header in part.table.headers.items():
        if normal(header) in mine:
            continue
        filled = pl.col(column).str.strip_chars() != ""
        hits = part.table.frame.filter(filled).select(ROW).head(LISTED).collect()[ROW].to_list()
        reject = Reject(file=name, line=0, byte=0, column=header, code="extra_columns", action="repaired")
        found += [(int(part.starts[row]), reject) for row in hits]
    return found


def _placed(faults: Sequence[tuple[int, Reject]], text: Text, end: int) -> tuple[Reject, ...]:
    """The faults in the order of the file, with line and byte there."""
    ordered = sorted(faults, key=lambda one: one[0])[:LISTED]
    places = places_of(text, end, np.array([offset for offset, _ in ordered], dtype=np.int64))
    return tuple(
        fault.model_copy(update={"line": line, "byte": byte})
        for (_, fault), (line, byte) in zip(ordered, places, strict=True)
    )


def _sums(parts: Sequence[_Part]) -> tuple[int, ...]:
    found: list[int] = []
    before = 0
    for part in parts:
        found += [before + row for row in part.table.sums]
        before += part.table.height
    return tuple(found)
