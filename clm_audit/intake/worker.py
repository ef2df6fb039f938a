"""The child process that opens spreadsheets and Parquet: a hostile one ends this process, not the audit.

Reads one JSON request from stdin and writes one JSON answer to stdout. It limits its own memory
after loading its libraries; a crash, an abort or a kill is an answer too, for the parent.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from clm_audit.intake.dialect import best_row
from clm_audit.intake.limits import ADDRESS_SPACE, HEAD_RECORDS, MAX_COLUMNS
from clm_audit.intake.names import Names, normal

LINE = "__line"  # sheet row of a data row in the written file
_ANOTHER = "another header"
_LONG_NUMBER = r"^-?[0-9.]{17,}$"  # longer than the 15 digits a spreadsheet keeps: binary noise


def limit_memory(extra: int) -> None:
    """Refuse absurd single allocations: address space beyond ``extra`` × :data:`ADDRESS_SPACE` bytes.

    Allocators reserve far more than they use, so the real memory is watched by the parent.
    """
    if sys.platform != "linux":
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + extra * ADDRESS_SPACE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@dataclass(frozen=True)
class Part:
    """One sheet: its name, its place in the workbook, and where its header is (``index`` from 0)."""

    name: str
    number: int
    index: int
    matches: int
    frame: pl.DataFrame

    @property
    def named(self) -> tuple[str, ...]:
        """The header cells in the form in which they are compared, without blank ones."""
        return tuple(filter(None, (normal(cell or "") for cell in self.frame.row(self.index))))


def read_workbook(path: str, out: str, names: Names) -> dict[str, Any]:
    """Write the rows of the first visible sheet with a known header, and of all visible ones with the very same
    header, to ``out`` (Parquet, text).

    Answers the header cells, its row in the first of these sheets, the number of known names in it, blank and
    title rows, the rows of each sheet that was read, and the others that hold anything, each with the reason.
    """
    import fastexcel

    reader = fastexcel.read_excel(path)
    parts: list[Part] = []
    others: list[tuple[str, str]] = []
    for number, name in enumerate(reader.sheet_names):
        sheet = reader.load_sheet(number, header_row=None, skip_rows=0, dtypes="string")
        if not sheet.height:
            continue
        if sheet.visible != "visible":
            others.append((name, "hidden"))
            continue
        if sheet.width > MAX_COLUMNS:
            return {"refused": f"{sheet.width:,} columns; more than {MAX_COLUMNS:,} are not read"}
        frame = sheet.to_polars()
        rows = [[cell or "" for cell in row] for row in frame.head(HEAD_RECORDS).iter_rows()]
        index, matches = best_row(rows, names)
        if index < 0:
            continue
        part = Part(name, number + 1, index, matches, frame)
        if not parts or min(matches, 2) > min(parts[0].matches, 2):
            others.extend((old.name, _ANOTHER) for old in parts)
            parts = [part]
        elif part.named == parts[0].named:
            parts.append(part)
        else:
            others.append((name, _ANOTHER))
    if not parts:
        return {"refused": "no visible sheet holds any cell"}
    first = parts[0]
    answer = {"sheet": first.number, "others": others, "matches": first.matches, "header_row": first.index + 1}
    return answer | _write_rows(parts, out)


def _write_rows(parts: Sequence[Part], out: str) -> dict[str, Any]:
    """The rows of all parts below each other; the columns are those of the first one.

    A column without a header in another part than the first has nothing to be read for, and goes.
    """
    header, kept, full = _rows(parts[0])
    columns = [f"c{number}" for number in kept]
    names = [column for column, text in zip(columns, header, strict=True) if normal(text)]
    frames = [full]
    for part in parts[1:]:
        texts, _, more = _rows(part)
        named = [column for column, text in zip(more.columns[1:], texts, strict=True) if normal(text)]
        frame = more.select(LINE, *(pl.col(old).alias(new) for old, new in zip(named, names, strict=True)))
        blank = [pl.lit("").alias(column) for column in columns if column not in names]
        frames.append(frame.with_columns(blank).select(frames[0].columns))
    structure = sum(part.frame.height - frame.height for part, frame in zip(parts, frames, strict=True))
    full = pl.concat(frames)
    full.write_parquet(out, compression="lz4", statistics=False)
    read = [(part.name, frame.height) for part, frame in zip(parts, frames, strict=True)]
    return {"header": header, "columns": kept, "height": full.height, "structure": structure, "read": read}


def _rows(part: Part) -> tuple[list[str], list[int], pl.DataFrame]:
    """Header cells and places of the columns that hold anything, and the rows below, with the row of the sheet."""
    frame = part.frame.rename({name: f"c{number}" for number, name in enumerate(part.frame.columns)})
    header = [cell or "" for cell in frame.row(part.index)]
    below = frame.with_row_index(LINE, offset=1).slice(part.index + 1).with_columns(pl.col(pl.String).fill_null(""))
    kept = [n for n, text in enumerate(header) if normal(text) or (below[f"c{n}"] != "").any()]
    filled = pl.any_horizontal(pl.col(f"c{number}") != "" for number in kept)
    full = below.filter(filled) if kept else below.clear()
    return [header[n] for n in kept], kept, full.select(LINE, *(_tidy(full[f"c{number}"]) for number in kept))


def _tidy(column: pl.Series) -> pl.Series:
    """Numbers as a spreadsheet shows them (15 digits), times of day without the 1899 they are stored with."""
    column = column.str.replace(r"^1899-12-3[01] (\d\d:\d\d:\d\d)", "${1}")
    noisy = column.filter(column.str.contains(_LONG_NUMBER) & column.str.contains(".", literal=True)).unique()
    return column.replace({text: _shortest(text) for text in noisy}) if len(noisy) else column


def _shortest(text: str) -> str:
    try:
        return format(Decimal(f"{float(text):.15g}"), "f")
    except ValueError:
        return text


def read_parquet(path: str) -> dict[str, Any]:
    """Decode every page once, batch by batch, so that damage shows here and not in the audit."""
    schema = pl.read_parquet_schema(path)
    if len(schema) > MAX_COLUMNS:
        return {"refused": f"{len(schema):,} columns; more than {MAX_COLUMNS:,} are not read"}
    frame = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    height = sum(batch.height for batch in frame.collect_batches())
    return {"header": list(schema), "height": height}


def main() -> None:
    """Answer one request."""
    request = json.load(sys.stdin)
    limit_memory(request["memory"])
    if request["kind"] == "workbook":
        names = Names(frozenset(request["exact"]), tuple(request["patterns"]))
        answer = read_workbook(request["path"], request["out"], names)
    else:
        answer = read_parquet(request["path"])
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
