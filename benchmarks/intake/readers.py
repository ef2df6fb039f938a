"""The readers that ``score.py`` compares, blind: each gets a path and nothing else.

Each runs in a process of its own (``readers.py NAME``), takes one path a line on standard input and answers one line
of JSON: ``error``, or ``header``, ``records`` and ``listed`` (how many rejects and repairs it owned up to). What is
common knowledge about a library is granted to it: text columns, no made-up missing values, its renamed duplicates and
invented names are turned back.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Row = tuple[str, ...]
SAMPLE = 1 << 16


@dataclass(frozen=True)
class Read:
    """What a reader made of a file; ``listed`` = rejects and repairs with a place."""

    header: Row
    records: list[Row]
    listed: int = 0
    notes: list[str] = field(default_factory=list)


def _text(rows: Iterable[Iterable[object]]) -> list[Row]:
    """Every cell as text; what is missing is empty."""
    return [tuple("" if cell is None or cell != cell else str(cell) for cell in row) for row in rows]


def clm_audit(path: Path) -> Read:
    """This project's intake."""
    from clm_audit.intake.table import read_table

    with tempfile.TemporaryDirectory() as folder:
        table = read_table(path, Path(folder))
        records = _text(table.frame.collect().rows())
    header = table.header if table.header_line else ()
    return Read(header, records, len(table.rejected) + len(table.repaired) + len(table.doubted), list(table.notes))


def csv_plain(path: Path) -> Read:
    """Python's csv with its defaults."""
    import csv

    csv.field_size_limit(1 << 30)
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = [tuple(row) for row in csv.reader(file) if row]
    return Read(header, rows)


def csv_sniff(path: Path) -> Read:
    """Python's csv with its sniffer for dialect and header."""
    import csv

    csv.field_size_limit(1 << 30)
    with path.open(encoding="utf-8", newline="") as file:
        sample = file.read(SAMPLE)
        file.seek(0)
        dialect = csv.Sniffer().sniff(sample)
        rows = [tuple(row) for row in csv.reader(file, dialect) if row]
    if csv.Sniffer().has_header(sample):
        return Read(rows[0], rows[1:])
    return Read((), rows)


def _pandas(path: Path, **options: object) -> Read:
    import pandas as pd

    frame = pd.read_csv(path, dtype=str, keep_default_na=False, **options)
    if not isinstance(frame.index, pd.RangeIndex):  # cells beyond the header became an index
        frame = frame.reset_index()
    names = ["" if re.fullmatch(r"Unnamed: \d+|level_\d+|index", str(n)) else str(n) for n in frame.columns]
    return Read(_single(names, r"\.\d+$"), _text(frame.itertuples(index=False, name=None)))


def pandas_default(path: Path) -> Read:
    """pandas with its defaults."""
    return _pandas(path)


def pandas_sniff(path: Path) -> Read:
    """pandas, finding the separator."""
    return _pandas(path, sep=None, engine="python")


def _polars(path: Path, **options: object) -> Read:
    import polars as pl

    frame = pl.read_csv(path, infer_schema=False, empty_string_is_null=False, **options)
    names = ["" if re.fullmatch(r"_duplicated_\d+|column_\d+", n) else n for n in frame.columns]
    return Read(_single(names, r"_duplicated_\d+$"), _text(frame.rows()))


def polars_default(path: Path) -> Read:
    """Polars with its defaults, every column as text."""
    return _polars(path)


def polars_lenient(path: Path) -> Read:
    """Polars with all that makes it lenient."""
    return _polars(path, encoding="utf8-lossy", extra_columns="ignore", missing_columns="insert", ignore_errors=True)


def _duckdb(path: Path, rejects: bool) -> Read:
    import duckdb

    with duckdb.connect() as connection:
        options = ", store_rejects = true" if rejects else ""
        found = connection.execute(f"from read_csv($path, all_varchar = true{options})", {"path": str(path)})
        names = [one[0] for one in found.description]
        rows = _text(found.fetchall())
        listed = 0
        if rejects:
            query = "select count(distinct (file_id, line)) from reject_errors"
            listed = connection.execute(query).fetchone()[0]
    invented = [bool(re.fullmatch(r"column\d+", name)) for name in names]
    header = () if all(invented) else tuple("" if one else name for one, name in zip(invented, names, strict=True))
    return Read(_single(header, r"_\d+$"), rows, listed)


def duckdb_auto(path: Path) -> Read:
    """DuckDB, finding everything itself."""
    return _duckdb(path, rejects=False)


def duckdb_rejects(path: Path) -> Read:
    """DuckDB, finding everything itself and storing rejects."""
    return _duckdb(path, rejects=True)


def clevercsv(path: Path) -> Read:
    """CleverCSV: encoding and dialect detected."""
    import clevercsv as library

    rows = [tuple(row) for row in library.read_table(str(path)) if row]
    return Read(rows[0], rows[1:])


def _single(names: Iterable[str], suffix: str) -> Row:
    """Names as they stood in the file: the library's numbering of duplicates is taken off."""
    names = list(names)
    return tuple(re.sub(suffix, "", name) if re.sub(suffix, "", name) in names[:at] else name
                 for at, name in enumerate(names))  # fmt: skip


READERS: Mapping[str, Callable[[Path], Read]] = {
    "clm-audit": clm_audit,
    "csv": csv_plain,
    "csv, sniffing": csv_sniff,
    "pandas": pandas_default,
    "pandas, sep=None": pandas_sniff,
    "Polars": polars_default,
    "Polars, lenient": polars_lenient,
    "DuckDB": duckdb_auto,
    "DuckDB, rejects": duckdb_rejects,
    "CleverCSV": clevercsv,
}
PACKAGES = ("clm-audit", "pandas", "polars", "duckdb", "clevercsv")


def answer(reader: Callable[[Path], Read], path: Path) -> dict[str, object]:
    """One file's answer. Whatever the library raises is its way to refuse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = reader(path)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        clear = type(error).__name__ == "DataError"
        return {"error": f"{type(error).__name__}: {error}"[:300], "clear": clear}
    return {"header": found.header, "records": found.records, "listed": found.listed, "notes": found.notes}


def main() -> None:
    """Answer paths until standard input ends; whatever a library prints goes nowhere."""
    reader = READERS[sys.argv[1]]
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        with contextlib.redirect_stdout(sys.stderr):
            found = answer(reader, Path(line.rstrip("\n")))
        out.write(json.dumps(found) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
