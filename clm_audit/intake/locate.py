"""Where a data row stands in its file; found again only when somebody asks, in one more pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from clm_audit.intake.marks import Offsets, Rules
from clm_audit.intake.model import Layout, RawTable
from clm_audit.intake.proof import prove
from clm_audit.intake.text import Text, original_offsets, pieces
from clm_audit.intake.worker import LINE


def locate(table: RawTable, rows: Sequence[int]) -> Mapping[int, tuple[int, int]]:
    """Data-row number -> (physical line, 1-based; byte offset of the record's start in the original).

    Offsets are those of the decompressed file. Spreadsheets give the sheet row and -1, Parquet the
    row number from 1 and -1. Raises :class:`IndexError` for rows that the table does not have.
    """
    return rows_at(table.layout, table.name, table.height, rows)


def rows_at(layout: Layout | None, name: str, height: int, rows: Sequence[int]) -> Mapping[int, tuple[int, int]]:
    """The same for rows of a table of this layout and height."""
    wanted = np.unique(np.asarray(rows, dtype=np.int64))
    if len(wanted) and not 0 <= wanted[0] <= wanted[-1] < height:
        raise IndexError(f"rows beyond the {height} of {name}")
    if not len(wanted):
        return {}
    if layout is not None and layout.positions is not None:
        places = pl.scan_parquet(layout.positions, glob=False).select(pl.all().gather(wanted.tolist())).collect()
        return {int(row): place for row, place in zip(wanted, places.select("line", "byte").iter_rows(), strict=True)}
    if layout is None or layout.content is None:
        return {int(row): (int(row) + 1, -1) for row in wanted}
    if not layout.width:
        lines = pl.scan_parquet(layout.content, glob=False).select(pl.col(LINE).gather(wanted.tolist())).collect()
        return {int(row): (int(line), -1) for row, line in zip(wanted, lines[LINE], strict=True)}
    text = Text(layout.content, layout.encoding, lead=layout.lead, nuls=layout.nuls, patches=layout.patches)
    if layout.even:
        return dict(zip(map(int, wanted), _placed(text, *_even(layout, layout.content, wanted)), strict=True))
    starts = _starts(layout, layout.content, wanted, name)
    return dict(zip(map(int, wanted), places_of(text, layout.end, starts), strict=True))


def starts_of(layout: Layout, name: str, height: int) -> Offsets:
    """Byte in the original of each row of a delimited table, ascending."""
    if layout.positions is not None:
        return pl.read_parquet(layout.positions, columns=["byte"])["byte"].to_numpy().astype(np.int64)
    if not height or layout.content is None:
        return np.zeros(0, dtype=np.int64)
    return _starts(layout, layout.content, np.arange(height, dtype=np.int64), name)


def places_of(text: Text, end: int, starts: Offsets) -> list[tuple[int, int]]:
    """(physical line, byte in the original) of ascending byte offsets in a decoded text."""
    if not len(starts):
        return []
    return _placed(text, _lines(text.path, starts, end), starts)


def _placed(text: Text, lines: Offsets, starts: Offsets) -> list[tuple[int, int]]:
    offsets = original_offsets(text, starts)
    return [(int(line), int(at)) for line, at in zip(lines, offsets, strict=True)]


def _starts(layout: Layout, content: Path, wanted: Offsets, name: str) -> Offsets:
    """Byte offsets, in the proved text, of the records behind the wanted rows."""
    found: list[Offsets] = []
    seen = 0

    def keep(starts: Offsets) -> None:
        nonlocal seen
        here = wanted[(wanted >= seen) & (wanted < seen + len(starts))]
        found.append(starts[here - seen])
        seen += len(starts)

    rules = Rules(layout.separator, layout.end, layout.width, layout.quote)
    headers, detours = layout.headers, layout.detours
    prove(content, name, rules, layout.start, lambda _: True, on_rows=keep, headers=headers, detours=detours)
    return np.concatenate(found)


def _even(layout: Layout, content: Path, wanted: Offsets) -> tuple[Offsets, Offsets]:
    """Physical lines and byte offsets of ascending rows where every line from the first row on is one row."""
    starts = np.full(len(wanted), layout.start, dtype=np.int64)
    at = seen = above = 0  # bytes before the piece, line ends before it, those of them above the rows
    for piece in pieces(content):
        breaks = np.flatnonzero(np.frombuffer(piece, dtype=np.uint8) == layout.end) + at
        above += int(np.searchsorted(breaks, layout.start))
        ends = wanted + above - 1  # the line end before each row, counted from 0
        here = slice(*np.searchsorted(ends, (max(seen, above), seen + len(breaks))))
        starts[here] = breaks[ends[here] - seen] + 1
        at, seen = at + len(piece), seen + len(breaks)
    return wanted + above + 1, starts


def _lines(content: Path, offsets: Offsets, end: int) -> Offsets:
    """Physical line of each ascending offset: record-end bytes before it, quoted ones too, plus one."""
    lines = np.ones(len(offsets), dtype=np.int64)
    at = before = 0
    for piece in pieces(content):
        breaks = np.flatnonzero(np.frombuffer(piece, dtype=np.uint8) == end) + at
        here = (offsets >= at) & (offsets < at + len(piece))
        lines[here] += before + np.searchsorted(breaks, offsets[here])
        at, before = at + len(piece), before + len(breaks)
    return lines
