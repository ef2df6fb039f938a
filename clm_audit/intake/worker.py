"""The child process that opens spreadsheets and Parquet: a hostile one ends this process, not the audit.

Reads one JSON request from stdin and writes one JSON answer to stdout. It limits its own memory
after loading its libraries; a crash, an abort or a kill is an answer too, for the parent.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from clm_audit.intake.dialect import best_row
from clm_audit.intake.limits import ADDRESS_SPACE, HEAD_RECORDS, MAX_COLUMNS
from clm_audit.intake.names import Names

LINE = "__line"  # sheet row of a data row in the written file
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


def read_workbook(path: str, out: str, names: Names) -> dict[str, Any]:
    """Write the rows below the header of the first visible sheet that has one to ``out`` (Parquet, text).

    Answers the header cells, its sheet row, the number of known names in it, blank and title rows,
    and how many sheets there are. Without any known header nothing is written.
    """
    import fastexcel

    reader = fastexcel.read_excel(path)
    best: tuple[int, int, int, pl.DataFrame] | None = None
    for number in range(len(reader.sheet_names)):
        sheet = reader.load_sheet(number, header_row=None, skip_rows=0, dtypes="string")
        if sheet.visible != "visible" or not sheet.height:
            continue
        if sheet.width > MAX_COLUMNS:
            return {"refused": f"{sheet.width:,} columns; more than {MAX_COLUMNS:,} are not read"}
        frame = sheet.to_polars()
        rows = [[cell or "" for cell in row] for row in frame.head(HEAD_RECORDS).iter_rows()]
        index, matches = best_row(rows, names)
        if index >= 0 and (best is None or min(matches, 2) > min(best[0], 2)):
            best = (matches, number, index, frame)
        if matches >= 2:
            break
    if best is None:
        return {"refused": "no visible sheet holds any cell"}
    matches, number, index, frame = best
    answer = {"sheet": number + 1, "sheets": len(reader.sheet_names), "matches": matches, "header_row": index + 1}
    return answer | _write_rows(frame, index, out)


def _write_rows(frame: pl.DataFrame, index: int, out: str) -> dict[str, Any]:
    frame = frame.rename({name: f"c{number}" for number, name in enumerate(frame.columns)})
    header = [cell or "" for cell in frame.row(index)]
    above = frame.head(index)
    rows = frame.with_row_index(LINE, offset=1).slice(index + 1).with_columns(pl.col(pl.String).fill_null(""))
    cells = [name for name in rows.columns if name != LINE]
    kept = [name for name, text in zip(cells, header, strict=True) if text.strip() or (rows[name] != "").any()]
    full = rows.filter(pl.any_horizontal(pl.col(name) != "" for name in kept)) if kept else rows.clear()
    full = full.select(LINE, *(_tidy(full[name]) for name in kept))
    full.write_parquet(out, compression="lz4", statistics=False)
    return {
        "header": [header[cells.index(name)] for name in kept],
        "columns": [cells.index(name) for name in kept],
        "height": full.height,
        "structure": above.height + 1 + rows.height - full.height,
    }


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
