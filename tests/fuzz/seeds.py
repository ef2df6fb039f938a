"""Small good files of each kind, from which fuzzing starts; files of the test corpora join them when they are there."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl
import xlsxwriter
import xlwt

ROWS = (
    ("order", "date", "amount", "customer", "note"),
    ("1001", "2024-01-02", "10.00", "C1", 'said "yes", twice'),
    ("1002", "2024-02-29", "1,250.50", "C2", "Köln"),
    ("1003", "2024-03-31", "-3.00", "", "two\nlines"),
    ("1004", "2024-12-31", "0.10", "C1", ""),
)
MAX_SEED = 60_000  # bytes, also unpacked; larger files of a corpus are not mutated


def delimited(separator: str = ",", end: str = "\n", *, quoted: bool = False) -> str:
    def cell(text: str) -> str:
        needs = quoted or any(mark in text for mark in (separator, '"', "\n"))
        return f'"{text.replace(chr(34), chr(34) * 2)}"' if needs else text

    return end.join(separator.join(map(cell, row)) for row in ROWS) + end


def lines() -> str:
    records = [dict(zip(ROWS[0], row, strict=True)) | {"props": {"a": [1, 2.50]}} for row in ROWS[1:]]
    return "".join(json.dumps(record) + "\n" for record in records)


def workbook() -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name in ("Orders", "More"):
        sheet = book.add_worksheet(name)
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row)
        sheet.write_number(2, 1, 45_000, day)
        sheet.write_formula(3, 2, "=1/0", None, "#DIV/0!")
    book.close()
    return file.getvalue()


def old_workbook() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Orders")
    for number, row in enumerate(ROWS):
        for column, text in enumerate(row):
            sheet.write(number, column, text)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def parquet() -> bytes:
    file = io.BytesIO()
    columns = {name: [row[at] for row in ROWS[1:]] for at, name in enumerate(ROWS[0])}
    pl.DataFrame(columns).write_parquet(file)
    return file.getvalue()


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("part1.csv", delimited())
        target.writestr("sub/part2.jsonl", lines())
        target.writestr("part3.csv.gz", gzip.compress(delimited(";").encode()))
    return file.getvalue()


def seeds() -> Mapping[str, tuple[bytes, ...]]:
    """Kind -> good files of it."""
    titles = "Report of orders\n2024-01-01 - 2024-12-31\n\n"
    footer = 'Grand Totals (4 records)\n"Copyright (c) 2000-2024"\n'
    text = (
        delimited(),
        delimited(";", "\r\n", quoted=True),
        delimited("\t", "\r"),
        titles + delimited("|") + footer,
    )
    return {
        "csv": (*(one.encode() for one in text), text[0].encode("utf-16"), text[0].encode("cp1252")),
        "gz": (gzip.compress(text[0].encode()), gzip.compress(lines().encode())),
        "zip": (archive(),),
        "xlsx": (workbook(),),
        "xls": (old_workbook(),),
        "jsonl": (lines().encode(), b"[" + lines().strip().replace("\n", ",\n").encode() + b"]"),
        "parquet": (parquet(),),
    }


_FOLDERS = {
    "csv": (("csv-spectrum", ".csv"), ("duckdb-csv", ".csv"), ("clevercsv-tests", ".csv"), ("messytables", ".csv")),
    "jsonl": (("JSONTestSuite", ".json"),),
    "xlsx": (("calamine", ".xlsx"), ("messytables", ".xlsx")),
    "xls": (("calamine", ".xls"), ("messytables", ".xls")),
    "zip": (("messytables", ".zip"),),
    "gz": (("duckdb-csv", ".gz"),),
    "parquet": (("parquet-testing", ".parquet"),),
}


def of_corpora(folder: Path, kind: str) -> Iterator[bytes]:
    """Files of one kind from the test corpora, in a fixed order."""
    for name, suffix in _FOLDERS[kind]:
        for path in sorted((folder / name).rglob(f"*{suffix}")):
            if path.is_file() and path.stat().st_size <= MAX_SEED and _unpacked(path) <= MAX_SEED:
                yield path.read_bytes()


def _unpacked(path: Path) -> int:
    if path.suffix != ".gz":
        return 0
    with gzip.open(path) as file:
        try:
            return len(file.read(MAX_SEED + 1))
        except (OSError, EOFError):
            return 0
