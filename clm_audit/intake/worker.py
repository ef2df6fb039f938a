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
from clm_audit.intake.limits import ADDRESS_SPACE, HEAD_RECORDS, MAX_COLUMNS, MAX_SHEETS, PLAIN_CELLS
from clm_audit.intake.names import Names, normal
from clm_audit.intake.workbookfacts import WorkbookFacts

LINE = "__line"  # sheet row of a data row in the written file
_KEPT = (pl.String, pl.Boolean, pl.Date, pl.Datetime, pl.Categorical, pl.Enum, pl.Null)
_EARLY = r"^(1899-12-3[01]|19(00|04)-\d\d-\d\d) \d\d:\d\d:\d\d"  # a duration, or a time of day
_LONG_NUMBER = r"^-?[0-9.]{17,}$"  # longer than the 15 digits a spreadsheet keeps: binary noise


def limit(memory: int, seconds: int) -> None:
    """Limit processor time, and refuse absurd single allocations: address space beyond ``memory`` × ADDRESS_SPACE.

    Allocators reserve far more than they use, so the real memory is watched by the parent.
    """
    if sys.platform != "linux":
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    space = pages * resource.getpagesize() + memory * ADDRESS_SPACE
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read_workbook(path: str, out: str, names: Names) -> dict[str, Any]:
    """Write the rows of each sheet that holds any cell to ``out`` and its number (Parquet, text).

    Answers, for each of them, its name and number, whether it is visible, the header cells and their columns,
    the row of the header, the text of the rows above it, the number of data rows and of the others, and the cells
    with an error value; and whether dates count from 1904.
    """
    import fastexcel

    try:
        reader = fastexcel.read_excel(Path(path).read_bytes())  # by its bytes: the suffix may be wrong
    except fastexcel.FastExcelError as error:
        locked = "password" in str(error).lower() or "encrypted" in str(error).lower()
        return {"refused": "it is locked with a password" if locked else "it is damaged, or no workbook at all"}
    if len(reader.sheet_names) > MAX_SHEETS:
        return {"refused": f"{len(reader.sheet_names):,} sheets; more than {MAX_SHEETS} are not read"}
    facts = WorkbookFacts.of(Path(path))
    zero = r"1899-12-3[01]" if facts.from_1904 is False else r"(?:1899-12-3[01]|1904-01-01)"
    sheets = []
    for number, name in enumerate(reader.sheet_names):
        try:
            sheet = reader.load_sheet(number, header_row=None, skip_rows=0, dtypes="string")
        except fastexcel.FastExcelError:
            continue  # a sheet of charts or macros
        if sheet.height and sheet.width:
            about = {"name": name, "number": number + 1, "visible": sheet.visible == "visible"}
            about["errors"] = facts.errors.get(name, 0)
            sheets.append(about | _written(sheet, reader, number, names, f"{out}-{number}", zero))
    return {"sheets": sheets, "from_1904": facts.from_1904}


def _written(sheet: Any, reader: Any, number: int, names: Names, out: str, zero: str) -> dict[str, Any]:
    """One sheet: what is known of it, once its rows stand in ``out``."""
    if sheet.width > MAX_COLUMNS:
        return {"refused": f"{sheet.width:,} columns; more than {MAX_COLUMNS:,} are not read"}
    frame = sheet.to_polars()
    frame.columns = [f"c{number}" for number in range(frame.width)]
    rows = [[cell or "" for cell in row] for row in frame.head(HEAD_RECORDS).iter_rows()]
    index, matches = best_row(rows, names)
    if index < 0:
        return {"refused": f"no text in its first {HEAD_RECORDS} rows"}
    below = frame.with_row_index(LINE, offset=1).slice(index + 1).with_columns(pl.col(pl.String).fill_null(""))
    kept = [n for n, text in enumerate(rows[index]) if normal(text) or (below[f"c{n}"] != "").any()]
    filled = pl.any_horizontal(pl.col(f"c{n}") != "" for n in kept)
    full = below.filter(filled).select(LINE, *(f"c{n}" for n in kept))
    spans = _spans(full, reader, sheet, number, index + 1)
    full = full.with_columns(_tidy(full[f"c{n}"], zero) for n in kept if f"c{n}" not in spans)
    if spans:
        places = full[LINE] - index - 2
        full = full.with_columns(cells.gather(places).alias(name) for name, cells in spans.items())
    full.write_parquet(out, compression="lz4", statistics=False)
    return {
        "header": [rows[index][n] for n in kept],
        "columns": kept,
        "header_row": index + 1,
        "matches": matches,
        "titles": [" ".join(cell.strip() for cell in row if cell.strip()) for row in rows[:index]],
        "height": full.height,
        "structure": frame.height - full.height,
        "file": out,
    }


def _spans(full: pl.DataFrame, reader: Any, sheet: Any, number: int, skip: int) -> dict[str, pl.Series]:
    """Columns of durations (``[h]:mm``) as hours, minutes and seconds: as text they look like days of 1900."""
    import fastexcel

    places = [column.absolute_index for column in sheet.available_columns()]  # the first one need not be A
    found = {}
    for name in full.columns[1:]:
        early = full[name].str.contains(_EARLY)
        if not early.any() or not (early | (full[name] == "")).all():
            continue
        column = [places[int(name[1:])]]
        try:
            typed = reader.load_sheet(number, header_row=None, skip_rows=skip, use_columns=column).to_polars()
        except fastexcel.FastExcelError:
            continue  # durations and dates in one column: nothing that a field could read
        cells = typed.to_series()
        if isinstance(cells.dtype, pl.Duration):
            clock = [_clock(seconds) for seconds in cells.dt.total_seconds()]
            found[name] = pl.Series(name, clock, dtype=pl.String)
    return found


def _clock(seconds: int | None) -> str:
    """Hours, minutes and seconds, as many hours as there are.

    >>> _clock(151_261)
    '42:01:01'
    """
    return "" if seconds is None else f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _tidy(column: pl.Series, zero: str) -> pl.Series:
    """Numbers as a spreadsheet shows them (15 digits), times of day without the day ``zero`` they are stored with."""
    column = column.str.replace(rf"^{zero} (\d\d:\d\d:\d\d)", "${1}")
    noisy = column.filter(column.str.contains(_LONG_NUMBER) & column.str.contains(".", literal=True)).unique()
    return column.replace({text: _shortest(text) for text in noisy}) if len(noisy) else column


def _shortest(text: str) -> str:
    try:
        return format(Decimal(f"{float(text):.15g}"), "f")
    except ValueError:
        return text


def read_parquet(path: str, out: str) -> dict[str, Any]:
    """Write what a Parquet file holds to ``out``, column i as ``c{i}``, so that nobody else reads the file itself.

    Answers the names of the columns and the height; columns of a kind that no field can hold are ``left`` out.
    ``out`` is ``plain`` (Arrow IPC: to write and to read it costs next to nothing), or Parquet where it would be large.
    """
    schema = pl.read_parquet_schema(path)
    if len(schema) > MAX_COLUMNS:
        return {"refused": f"{len(schema):,} columns; more than {MAX_COLUMNS:,} are not read"}
    frame = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    texts = _texts(frame, [name for name, dtype in schema.items() if dtype == pl.Binary])
    kept = [name for name, dtype in schema.items() if dtype.is_numeric() or isinstance(dtype, _KEPT) or name in texts]
    as_text = [name for name in kept if isinstance(schema[name], (pl.Categorical, pl.Enum, pl.Null)) or name in texts]
    cells = (pl.col(name).cast(pl.String) if name in as_text else pl.col(name) for name in kept)
    rows = frame.select(cell.alias(f"c{number}") for number, cell in enumerate(cells))
    plain = frame.select(pl.len()).collect().item() * len(kept) <= PLAIN_CELLS
    if plain:
        rows.sink_ipc(out, compression="uncompressed")
    else:
        rows.sink_parquet(out, compression="lz4", statistics=False)
    height = (pl.scan_ipc if plain else pl.scan_parquet)(out, glob=False).select(pl.len()).collect().item()
    return {"header": kept, "height": height, "left": len(schema) - len(kept), "plain": plain}


def _texts(frame: pl.LazyFrame, columns: list[str]) -> set[str]:
    """Which columns of bytes are text that was not marked as such."""
    if not columns:
        return set()
    lost = [
        (pl.col(name).cast(pl.String, strict=False).is_null() & pl.col(name).is_not_null()).any() for name in columns
    ]
    row = frame.select(lost).collect(engine="streaming").row(0)
    return {name for name, is_lost in zip(columns, row, strict=True) if not is_lost}


def main() -> None:
    """Answer one request."""
    request = json.load(sys.stdin)
    limit(request["memory"], request["seconds"])
    if request["kind"] == "workbook":
        names = Names(frozenset(request["exact"]), tuple(request["patterns"]))
        answer = read_workbook(request["path"], request["out"], names)
    else:
        answer = read_parquet(request["path"], request["out"])
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
