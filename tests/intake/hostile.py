"""Files that no export is: built small, meant to explode. Each is written by a function that bears its name."""

from __future__ import annotations

import gzip
import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import xlsxwriter
import xlwt

MIB = 1 << 20
ORDERS = b"order,date,amount\n1,2024-01-02,10.00\n2,2024-01-03,12.50\n"
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


def gz(path: Path, piece: bytes, times: int) -> None:
    with gzip.open(path, "wb", compresslevel=6) as file:
        for _ in range(times):
            file.write(piece)


def workbook(cells: Mapping[tuple[int, int], object]) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    for (row, column), value in cells.items():
        sheet.write(row, column, value)
    book.close()
    return file.getvalue()


def patched(data: bytes, members: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """A zip file with some members rewritten."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, members.get(info.filename, lambda text: text)(old.read(info)))
    return file.getvalue()


def gzip_of_line_ends(folder: Path) -> None:
    gz(folder / "f.csv.gz", b"\n" * MIB, 200)


def gzip_of_line_ends_below_the_ratio(folder: Path) -> None:
    gz(folder / "f.csv.gz", b"\n" * MIB, 63)


def gzip_of_header_and_line_ends(folder: Path) -> None:
    with gzip.open(folder / "f.csv.gz", "wb") as file:
        file.write(ORDERS)
        for _ in range(62):
            file.write(b"\n" * MIB)


def gzip_of_header_and_short_records(folder: Path) -> None:
    with gzip.open(folder / "f.csv.gz", "wb") as file:
        file.write(ORDERS)
        for _ in range(62):
            file.write(b",\n" * (MIB // 2))


def gzip_of_separators(folder: Path) -> None:
    gz(folder / "f.csv.gz", b"," * MIB, 63)


def gzip_of_quotes(folder: Path) -> None:
    with gzip.open(folder / "f.csv.gz", "wb") as file:
        file.write(ORDERS)
        for _ in range(62):
            file.write(b'"' * MIB)


def gzip_of_open_quote(folder: Path) -> None:
    with gzip.open(folder / "f.csv.gz", "wb") as file:
        file.write(ORDERS + b'"')
        for _ in range(62):
            file.write(b"x" * MIB)


def gzip_of_many_members(folder: Path) -> None:
    (folder / "f.csv.gz").write_bytes(gzip.compress(b"") * 200_000)


def gzip_in_gzip(folder: Path) -> None:
    (folder / "f.csv.gz").write_bytes(gzip.compress(gzip.compress(b"\0" * 60 * MIB)))


def zip_of_zeros(folder: Path) -> None:
    with zipfile.ZipFile(folder / "f.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"{number}.csv", b"0" * 20 * MIB)


def zip_that_lies_about_its_sizes(folder: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * 60 * MIB)
    size = struct.pack("<L", 60 * MIB)
    (folder / "f.zip").write_bytes(file.getvalue().replace(size, struct.pack("<L", 100)))


def zip_of_overlapping_members(folder: Path) -> None:
    """Thousands of entries that name one and the same packed megabytes."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(b"0" * 20 * MIB) + packed.flush()
    crc = zlib.crc32(b"0" * 20 * MIB)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 33, crc, len(body), 20 * MIB, 5, 0) + b"a.csv"
    entries = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 33, crc, len(body), 20 * MIB, 8, 0, 0, 0, 0, 0, 0)
        + b"%04d.csv" % number
        for number in range(5_000)
    )
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 5_000, 5_000, len(entries), len(local) + len(body), 0)
    (folder / "f.zip").write_bytes(local + body + entries + end)


def zip_in_zip_in_zip(folder: Path) -> None:
    data = b"0" * 10 * MIB
    for depth in range(5):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(4):
                archive.writestr(f"{number}.{'zip' if depth else 'csv'}", data)
        data = file.getvalue()
    (folder / "f.zip").write_bytes(data)


def zip_of_too_many_members(folder: Path) -> None:
    with zipfile.ZipFile(folder / "f.zip", "w") as archive:
        for number in range(20_000):
            archive.writestr(f"{number}.csv", b"")


def zip_with_paths_outside(folder: Path) -> None:
    with zipfile.ZipFile(folder / "f.zip", "w") as archive:
        archive.writestr("../../../../tmp/evil.csv", ORDERS)


def zip_of_lzma(folder: Path) -> None:
    with zipfile.ZipFile(folder / "f.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.csv", ORDERS)


def sheet_without_end(folder: Path) -> None:
    (folder / "f.xlsx").write_bytes(workbook({(0, 0): "order", (1_048_575, 16_383): 1}))


def sheet_of_a_gigabyte_when_dense(folder: Path) -> None:
    (folder / "f.xlsx").write_bytes(workbook({(0, 0): "order", (40_000, 900): 1}))


def many_sparse_sheets(folder: Path) -> None:
    book = xlsxwriter.Workbook(folder / "f.xlsx")
    for _ in range(100):
        sheet = book.add_worksheet()
        sheet.write(0, 0, "order")
        sheet.write(5_000, 900, 1)
    book.close()


def sheet_of_empty_cells(folder: Path) -> None:
    cells = b'<row r="1">' + b"<c/>" * (15 * MIB) + b"</row>"

    def rewrite(text: bytes) -> bytes:
        start, stop = text.index(b"<sheetData>") + 11, text.index(b"</sheetData>")
        return text[:start] + cells + text[stop:]

    (folder / "f.xlsx").write_bytes(patched(workbook({(0, 0): "order"}), {"xl/worksheets/sheet1.xml": rewrite}))


def sheet_of_laughs(folder: Path) -> None:
    """Entities that stand for ten others each, ten levels deep."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))

    def rewrite(text: bytes) -> bytes:
        head, rest = text.split(b"?>", 1)
        return head + f"?><!DOCTYPE x [{entities}]>".encode() + rest.replace(b"<t>order</t>", b"<t>&l9;</t>")

    data = workbook({(0, 0): "order", (0, 1): "date", (0, 2): "amount", (1, 0): "1"})
    names = ("xl/sharedStrings.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml")
    (folder / "f.xlsx").write_bytes(patched(data, dict.fromkeys(names, rewrite)))


def workbook_of_many_strings(folder: Path) -> None:
    strings = b"<sst>" + b"<si/>" * (12 * MIB) + b"</sst>"
    data = workbook({(0, 0): "order"})
    (folder / "f.xlsx").write_bytes(patched(data, {"xl/sharedStrings.xml": lambda _: strings}))


def workbook_of_too_many_sheets(folder: Path) -> None:
    book = xlsxwriter.Workbook(folder / "f.xlsx")
    for _ in range(600):
        book.add_worksheet()
    book.close()


def workbook_cut(folder: Path) -> None:
    data = workbook({(row, 0): f"order {row}" for row in range(500)})
    (folder / "f.xlsx").write_bytes(data[: len(data) // 2])


def _xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("orders")
    for row in range(200):
        for column, text in enumerate(("order", "date", "amount")):
            sheet.write(row, column, f"{text} {row}")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xls_cut(folder: Path) -> None:
    data = _xls()
    (folder / "f.xls").write_bytes(data[: len(data) // 2])


def xls_with_a_chain_in_a_circle(folder: Path) -> None:
    """Every sector of the allocation table leads back to the first one."""
    data = bytearray(_xls())
    sector = struct.unpack_from("<L", data, 76)[0]
    at = 512 + sector * 512
    data[at : at + 512] = struct.pack("<L", 0) * 128
    (folder / "f.xls").write_bytes(bytes(data))


def xls_of_huge_numbers(folder: Path) -> None:
    data = bytearray(_xls())
    data[44:76] = b"\xff" * 32
    (folder / "f.xls").write_bytes(bytes(data))


def xls_with_a_cell_far_away(folder: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("orders")
    for row, column in ((0, 0), (65_535, 255)):
        sheet.write(row, column, "order")
    book.save(str(folder / "f.xls"))


def parquet_cut(folder: Path) -> None:
    file = io.BytesIO()
    pl.DataFrame({"order": range(10_000), "date": ["2024-01-01"] * 10_000}).write_parquet(file)
    (folder / "f.parquet").write_bytes(file.getvalue()[:-100])


def parquet_of_noise(folder: Path) -> None:
    noise = random.Random(5).randbytes(20_000)
    (folder / "f.parquet").write_bytes(b"PAR1" + noise + struct.pack("<L", 15_000) + b"PAR1")


def parquet_of_one_value(folder: Path) -> None:
    """Twelve million equal rows in some kilobytes."""
    one = pl.DataFrame({"order": ["x"]}).select(pl.all().repeat_by(12_000_000).explode())
    one.write_parquet(folder / "f.parquet", row_group_size=12_000_000, statistics=False)


def parquet_of_one_huge_value(folder: Path) -> None:
    pl.DataFrame({"order": ["x" * (500 * MIB)]}).write_parquet(folder / "f.parquet", compression="zstd")


def hundred_thousand_columns(folder: Path) -> None:
    header = ",".join(f"c{number}" for number in range(100_000))
    (folder / "f.csv").write_text(f"{header}\n" + "," * 99_999 + "\n")


def hundred_thousand_columns_below_a_header(folder: Path) -> None:
    (folder / "f.csv").write_bytes(ORDERS + b"," * 100_000 + b"\n" + ORDERS[18:])


def hundred_thousand_keys(folder: Path) -> None:
    (folder / "f.jsonl").write_text(json.dumps({f"k{number}": number for number in range(100_000)}) + "\n")


def hundred_thousand_columns_of_parquet(folder: Path) -> None:
    pl.DataFrame({f"c{number}": [1] for number in range(100_000)}).write_parquet(folder / "f.parquet")


def json_of_brackets(folder: Path) -> None:
    (folder / "f.jsonl").write_bytes(b'{"order": ' + b"[" * 30 * MIB)


def json_of_closed_brackets(folder: Path) -> None:
    deep = b'{"order": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001
    (folder / "f.jsonl").write_bytes(b'{"order": 1}\n' + deep + b"\n")


def json_of_empty_lists(folder: Path) -> None:
    (folder / "f.json").write_bytes(b'[{"order": [' + b"[]," * 10 * MIB + b"[]]}]")


def json_of_a_million_short_records(folder: Path) -> None:
    (folder / "f.json").write_bytes(b"[" + b"1," * 3 * MIB + b'{"order": 1}]')


def json_of_huge_numbers(folder: Path) -> None:
    (folder / "f.jsonl").write_bytes(b'{"order": ' + b"9" * 20 * MIB + b', "amount": 1e999999999}\n')


def text_that_ends_in_zeros(folder: Path) -> None:
    with (folder / "f.csv").open("wb") as file:
        file.write(ORDERS)
        file.truncate(20 << 30)


def one_line_without_end(folder: Path) -> None:
    with (folder / "f.csv").open("wb") as file:
        for _ in range(200):
            file.write(b"x" * MIB)


HOSTILE: tuple[Callable[[Path], None], ...] = (
    gzip_of_line_ends,
    gzip_of_line_ends_below_the_ratio,
    gzip_of_header_and_line_ends,
    gzip_of_header_and_short_records,
    hundred_thousand_columns_below_a_header,
    gzip_of_separators,
    gzip_of_quotes,
    gzip_of_open_quote,
    gzip_of_many_members,
    gzip_in_gzip,
    zip_of_zeros,
    zip_that_lies_about_its_sizes,
    zip_of_overlapping_members,
    zip_in_zip_in_zip,
    zip_of_too_many_members,
    zip_with_paths_outside,
    zip_of_lzma,
    sheet_without_end,
    sheet_of_a_gigabyte_when_dense,
    many_sparse_sheets,
    sheet_of_empty_cells,
    sheet_of_laughs,
    workbook_of_many_strings,
    workbook_of_too_many_sheets,
    workbook_cut,
    xls_cut,
    xls_with_a_chain_in_a_circle,
    xls_of_huge_numbers,
    xls_with_a_cell_far_away,
    parquet_cut,
    parquet_of_noise,
    parquet_of_one_value,
    parquet_of_one_huge_value,
    hundred_thousand_columns,
    hundred_thousand_keys,
    hundred_thousand_columns_of_parquet,
    json_of_brackets,
    json_of_closed_brackets,
    json_of_empty_lists,
    json_of_a_million_short_records,
    json_of_huge_numbers,
    text_that_ends_in_zeros,
    one_line_without_end,
)
