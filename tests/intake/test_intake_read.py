"""From files to raw tables: what is read, what it is called, and that every line is counted."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.config.preset import ExportObject, Preset, Recognise, Yield
from clm_audit.exits import DataError, UsageError
from clm_audit.intake.model import ROW, Exports, RawTable
from clm_audit.intake.read import read_exports


def _object(
    fact: str, *required: str, nonblank: tuple[str, ...] = (), totals: dict[str, str] | None = None
) -> ExportObject:
    return ExportObject(
        recognise=Recognise(required=required, nonblank=nonblank),
        yields=(Yield(fact=fact, fields={name: (name,) for name in required}),),
        totals=totals or {},
    )


PRESETS = {
    "shop": Preset(
        system="shop",
        title="Shop",
        nulls=("", "-"),
        objects={
            "orders": _object("orders", "Name", "Created at", "Total", "Status", nonblank=("Status",)),
            "customers": _object("customers", "Customer ID", "Email"),
        },
    ),
    "ads": Preset(
        system="ads",
        title="Ads",
        objects={
            "report": _object("spend", "Campaign", "Day", "re:cost( \\([a-z]{3}\\))?", totals={"Campaign": "^Total: "})
        },
    ),
    "twin": Preset(system="twin", title="Twin", objects={"contacts": _object("customers", "Customer ID", "Email")}),
}
ORDERS = "Name,Created at,Total,Status\n#1,2024-01-02,10.00,paid\n#2,2024-01-03,,\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "run").mkdir()
    return tmp_path / "in"


def read(home: Path, *sources: Source) -> Exports:
    presets = {name: PRESETS[name] for name in ("shop", "ads")}
    plan = AuditPlan(sources=sources or (Source(path=home),), root=home)
    for old in (home.parent / "run").iterdir():
        old.unlink()
    return read_exports(plan, home.parent / "run", presets=presets)


def only(home: Path, content: bytes | str, name: str = "f.csv") -> RawTable:
    (home / name).write_bytes(content.encode() if isinstance(content, str) else content)
    (table,) = read(home).tables
    return table


def rows(table: RawTable) -> list[tuple[object, ...]]:
    frame = table.frame.collect()
    assert frame.height == table.height
    assert frame[ROW].to_list() == list(range(table.height))
    return frame.drop(ROW).rows()


def test_a_plain_file_is_read_where_it_stands(home: Path) -> None:
    table = only(home, ORDERS)
    assert rows(table) == [("#1", "2024-01-02", "10.00", "paid"), ("#2", "2024-01-03", "", "")]
    assert (table.system, table.object_name, table.nulls) == ("shop", "orders", ("", "-"))
    assert (table.encoding, table.dialect, table.header_line) == ("utf-8", "comma, LF", 1)
    assert table.height + table.structure == ORDERS.count("\n")
    assert table.bytes == len(ORDERS)
    assert not list((home.parent / "run").iterdir())


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_dialects_and_encodings(home: Path, separator: str, encoding: str, end: str) -> None:
    text = '"Customer ID",Email,City\n1,a@example.com,Köln\n2,,"x\ny"\n'.replace(",", separator).replace("\n", end)
    table = only(home, text.encode(encoding))
    assert rows(table) == [("1", "a@example.com", "Köln"), ("2", "", f"x{end}y")]
    assert list(table.headers) == ["Customer ID", "Email", "City"]
    ends = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}
    assert table.dialect.endswith(ends[end])
    assert bool(table.notes) == (encoding in ("utf-16", "utf-16-be", "cp1252"))


def test_title_lines_totals_and_blank_lines_are_structure(home: Path) -> None:
    text = (
        'Campaign report\n"July 8, 2025 - July 31, 2025"\n\nCampaign,Day,Cost (EUR)\n'
        'A,2025-07-08,1\n\nB,2025-07-09,"2"\nTotal: Account\nTotal: Search, --,3\n\n'
    )
    table = only(home, text)
    assert rows(table) == [("A", "2025-07-08", "1"), ("B", "2025-07-09", "2"), ("Total: Search", " --", "3")]
    assert table.header_line == 4
    assert table.height + table.structure == text.count("\n")
    assert table.notes == ("total, footer or repeated header lines: 1",)


def test_the_separator_line_of_a_spreadsheet_is_structure(home: Path) -> None:
    table = only(home, "sep=;\nCustomer ID;Email\n1;x\n")
    assert (table.header_line, table.height, table.structure) == (2, 1, 2)


def test_headers_are_made_unique_and_kept(home: Path) -> None:
    table = only(home, "Customer ID , Email,Email,,Email (2)\n1,2,3,4,5\n")
    assert list(table.headers) == ["Customer ID", "Email", "Email (3)", "column 4", "Email (2)"]
    assert list(table.headers.values()) == ["Customer ID ", " Email", "Email", "", "Email (2)"]
    assert rows(table) == [("1", "2", "3", "4", "5")]


def test_decomposed_headers_match_composed_names(home: Path) -> None:
    (home / "f.csv").write_text("De\u0301bit,Datum\n5,2024-01-01\n", encoding="utf-8")
    source = Source(path=home / "f.csv", map={"fact": "spend", "date": "datum", "amount": "Débit"})
    (table,) = read(home, source).tables
    assert (table.system, table.object_name) == ("custom", "spend")
    assert table.object is not None
    assert table.object.yields[0].fields == {"date": ("datum",), "amount": ("Débit",)}


def test_a_header_alone_is_kept_with_a_note(home: Path) -> None:
    for text in ("Customer ID,Email\n", "Customer ID,Email", "Customer ID,Email\r\n\r\n"):
        table = only(home, text)
        assert (rows(table), table.notes) == ([], ("no data rows below the header",))


def test_gzip_and_nul_bytes(home: Path) -> None:
    table = only(
        home,
        gzip.compress(b"Customer ID,Email\n1,a\0b\n" * 1, mtime=0) + gzip.compress(b"2,c" + b"d" * 30 + b"\n"),
        "f.csv.gz",
    )
    assert rows(table) == [("1", "ab"), ("2", "c" + "d" * 30)]
    assert table.notes == ("unpacked from gzip", "1 zero bytes removed")


def test_the_name_decides_nothing(home: Path) -> None:
    pl.DataFrame({"Customer ID": [1], "Email": ["x"]}).write_parquet(home / "f.csv")
    (table,) = read(home).tables
    assert table.encoding == "parquet"
    assert rows(table) == [(1, "x")]


def test_parquet_keeps_its_types(home: Path) -> None:
    frame = pl.DataFrame({"Customer ID": [1, 2], "Email": ["x", None], "Since": [date(2024, 1, 2)] * 2})
    frame.write_parquet(home / "f.parquet")
    (table,) = read(home).tables
    assert table.frame.drop(ROW).collect().equals(frame)
    assert (table.height, table.structure) == (2, 0)


def test_the_same_bytes_twice_in_a_source_are_a_duplicate(home: Path) -> None:
    (home / "a.csv").write_text(ORDERS)
    (home / "b.csv").write_text(ORDERS)
    first, second = read(home).tables
    assert (first.duplicate_of, second.duplicate_of) == (None, 0)
    assert second.height == 2
    (home / "sub").mkdir()
    (home / "sub" / "c.csv").write_text(ORDERS)
    nested = read(home, Source(path=home), Source(path=home / "sub", side="after")).tables
    assert [(t.name, t.side, t.duplicate_of) for t in nested] == [
        ("a.csv", "both", None),
        ("b.csv", "both", 0),
        ("sub/c.csv", "after", None),
    ]
    assert nested[2].notes == ("the same bytes as a.csv of another source",)


def test_unknown_files_say_what_was_missing(home: Path) -> None:
    (home / "a.csv").write_text(ORDERS)
    (home / "deals.csv").write_text("Name,Created at,Total\n1,2,3\n")
    (home / "notes.txt").write_text('hello "you\nand, you\n')
    (home / "README.md").write_text("Customer ID,Email\n1,x\n")
    (home / ".hidden.csv").write_text(ORDERS)
    (home / "carts.csv").write_text("Name,Created at,Total,Status\n#1,2024-01-02,10.00, \n")
    exports = read(home)
    assert [table.name for table in exports.tables] == ["a.csv"]
    assert exports.unknown == (
        ("carts.csv", "looks like shop.orders, but Status is blank in every row"),
        (
            "deals.csv",
            "not recognised: nearest is shop.orders, of which is missing: Status; the file has Name, Created at, Total",
        ),
        ("notes.txt", "no header of a known export in the first 50 records"),
    )


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("Name,Created at,Total,Statsu", "; the file has Name, Created at, Total, Statsu (Statsu resembles status)"),
        ("Creatd at,Totl", "; the file has Creatd at, Totl (Creatd at resembles created at, Totl resembles total)"),
        ("Name,Created at,customer0001@example.com", "of which is missing: Total, Status"),
        ("Name,Created at,4711", "of which is missing: Total, Status"),
    ],
)
def test_the_headers_of_an_unknown_file_are_named_unless_they_may_be_values(home: Path, header: str, says: str) -> None:
    (home / "a.csv").write_text(ORDERS)
    (home / "x.csv").write_text(f"{header}\n#1,2024-01-02,10.00\n")
    ((_, reason),) = read(home).unknown
    assert reason.endswith(says)


def test_files_that_nobody_would_read_are_listed_and_never_unknown(home: Path) -> None:
    (home / "a.csv").write_text(ORDERS)
    (home / "sub").mkdir()
    (home / ".git").mkdir()
    (home / ".git" / "b.csv").write_text(ORDERS)
    names = ("sub/README.md", "clm-audit.yaml", "make.py", ".gitkeep", "License", "z.py", "y.py")
    for name in ("offer.pdf", "notes.md", ".hidden.csv", "~$a.xlsx", *names):
        (home / name).write_text("x")
    exports = read(home)
    assert [table.name for table in exports.tables] == ["a.csv"]
    assert exports.unknown == ()
    assert exports.skipped == (
        (".hidden.csv", "a hidden file; it is not read"),
        ("notes.md", "no table, by its name; it is not read"),
        ("offer.pdf", "no table, by its name; it is not read"),
        ("~$a.xlsx", "left by a program that has the workbook open; it is not read"),
        (".git, .gitkeep, License, clm-audit.yaml, make.py and 3 more", "no data, by the name"),
    )
    named = read(home, Source(path=home), Source(path=home / ".hidden.csv", map={"fact": "spend", "date": "x"}))
    assert ".hidden.csv" not in dict(named.skipped)


def test_an_empty_folder_is_said_to_hold_no_files(home: Path) -> None:
    (home / "new" / "deeper").mkdir(parents=True)
    with pytest.raises(DataError, match=r"new: a folder that holds no files") as error:
        read(home, Source(path=home / "new"))
    assert error.value.problems[0].hint == "give the folder that holds the exports"
    (home / "old").mkdir()
    (home / "old" / "a.csv").write_text(ORDERS)
    exports = read(home, Source(path=home / "old", side="before"), Source(path=home / "new", side="after"))
    assert exports.unknown == (("new", "a folder that holds no files"),)
    (home / "new" / "offer.pdf").write_text("x")
    with pytest.raises(DataError, match=r"new/offer\.pdf: no table, by its name"):
        read(home, Source(path=home / "new"))


def test_two_equally_good_systems_are_the_users_choice(home: Path) -> None:
    (home / "f.csv").write_text("Customer ID,Email\n1,x\n")
    run = home.parent / "run"
    plan = AuditPlan(sources=(Source(path=home),), root=home)
    with pytest.raises(DataError, match=r"shop\.customers, twin\.contacts.*`system:`"):
        read_exports(plan, run, presets=PRESETS)
    chosen = AuditPlan(sources=(Source(path=home, system="twin"),), root=home)
    (table,) = read_exports(chosen, run, presets=PRESETS).tables
    assert table.system == "twin"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("f.csv", b"", "f.csv: an empty file"),
        ("f.csv", b"\xef\xbb\xbf\n\n", "f.csv: an empty file"),
        ("f.csv", b"<!DOCTYPE html><html>login</html>", "f.csv: a web page"),
        ("f.csv", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "f.csv: a Git LFS pointer"),
        ("f.csv", b"%PDF-1.7", "f.csv: a PDF document"),
        ("f.csv", b"\0\1\2\3" * 100, "f.csv: binary data"),
        ("f.csv", b'Customer ID,Email\n1,"x\n', "f.csv:2: 1 of 1 records cannot be read"),
        ("f.csv", b"Customer ID,Email\n1,x\n2\n3\n", "f.csv:3: 2 of 3 records cannot be read"),
        ("f.csv.gz", gzip.compress(b"Customer ID,Email\n" * 50, mtime=0)[:-9], "f.csv.gz: gzip: the file is truncated"),
        ("f.csv.gz", b"\x1f\x8b\x08\x00garbage", "f.csv.gz: gzip: the file is"),
        ("f.csv.gz", gzip.compress(b"PAR1", mtime=0), "f.csv.gz: gzip of a parquet file"),
        ("f.parquet", b"PAR1" + b"\0" * 40, "f.parquet: Parquet: the file is cut"),
        (
            "f.parquet",
            b"PAR1" + b"\0" * 40 + (9).to_bytes(4, "little") + b"PAR1",
            "f.parquet: this Parquet file cannot",
        ),
        ("f.xlsx", b"PK\x03\x04" + b"\0" * 40, "f.xlsx: zip: the archive is damaged or cut"),
        ("f.xls", b"\xd0\xcf\x11\xe0", "f.xls: this workbook is not read: it is damaged"),
        (
            "f.csv",
            b"Customer ID,Email\n1,x\n".replace(b"\n", b",\n").replace(b"l,", b"l," * 5001),
            "f.csv:1: 5,003 columns",
        ),
    ],
)
def test_what_cannot_be_proved_is_refused(home: Path, name: str, content: bytes, message: str) -> None:
    (home / name).write_bytes(content)
    with pytest.raises(DataError) as error:
        read(home)
    assert str(error.value).startswith(message)
    assert "example.com" not in str(error.value)


def test_all_refusals_are_listed_at_once(home: Path) -> None:
    (home / "a.csv").write_text(ORDERS)
    (home / "b.csv").write_bytes(b"")
    (home / "c.csv").write_text("Customer ID,Email\n1\n")
    with pytest.raises(DataError) as error:
        read(home)
    assert [problem.where for problem in error.value.problems] == ["b.csv", "c.csv:2"]


def test_a_map_that_does_not_fit_names_the_columns(home: Path) -> None:
    (home / "f.csv").write_text("Date,Amount\n1,2\n")
    with pytest.raises(DataError, match="not in the header: Cost"):
        read(home, Source(path=home / "f.csv", map={"fact": "spend", "date": "Date", "amount": "Cost"}))


def test_links_out_of_the_folder_are_not_followed(home: Path) -> None:
    outside = home.parent / "secret.csv"
    outside.write_text(ORDERS)
    (home / "a.csv").write_text(ORDERS)
    (home / "b.csv").symlink_to(outside)
    (home / "c.csv").symlink_to(home / "a.csv")
    os.mkfifo(home / "d.csv")
    (home.parent / "other").mkdir()
    (home / "e").symlink_to(home.parent / "other")
    exports = read(home)
    assert [table.path.name for table in exports.tables] == ["a.csv"]
    assert exports.unknown == (
        ("b.csv", "a link that leads out of the folder; it is not followed"),
        ("d.csv", "not a regular file"),
        ("e", "a link to a folder; it is not followed"),
    )


def test_paths_that_are_no_exports(home: Path) -> None:
    with pytest.raises(UsageError, match="download the export first"):
        read(home, Source(path=Path("https://example.com/orders.csv")))
    with pytest.raises(DataError, match="neither a file nor a folder"):
        read(home, Source(path=Path("/dev/null")))


def test_a_gzip_bomb_is_refused(home: Path) -> None:
    with gzip.open(home / "f.csv.gz", "wb", compresslevel=9) as file:
        for _ in range(300):
            file.write(b"\n" * (1 << 20))
    with pytest.raises(DataError, match="unpack to more than"):
        read(home)


def bomb_sheet(path: Path) -> None:
    """A workbook of a kilobyte whose used range has 17 thousand million cells."""
    book = io.BytesIO()
    writer = xlsxwriter.Workbook(book, {"in_memory": True})
    sheet = writer.add_worksheet()
    sheet.write(0, 0, "Customer ID")
    sheet.write(1_048_575, 16_383, 1)
    writer.close()
    path.write_bytes(book.getvalue())


def test_a_used_range_without_end_is_refused(home: Path) -> None:
    bomb_sheet(home / "f.xlsx")
    with pytest.raises(DataError, match=r"f\.xlsx: this workbook"):
        read(home)


def test_a_workbook_that_unpacks_to_absurd_sizes_is_refused(home: Path) -> None:
    with zipfile.ZipFile(home / "f.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as file:
            for _ in range(300):
                file.write(b"\0" * (1 << 20))
    with pytest.raises(DataError, match="unpack to 314"):
        read(home)


def test_progress_reaches_the_end(home: Path) -> None:
    for name in ("f.csv", "g.csv"):
        (home / name).write_text(ORDERS)
    seen: list[tuple[str, int, int]] = []
    plan = AuditPlan(sources=(Source(path=home),), root=home)
    read_exports(plan, home.parent / "run", lambda *step: seen.append(step), presets=PRESETS)
    assert seen[-1] == ("reading file 2 of 2: g.csv", 2 * len(ORDERS), 2 * len(ORDERS))
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
    assert list(dict.fromkeys(what for what, _, _ in seen)) == [
        f"reading file {number} of 2: {name}" for number, name in ((1, "f.csv"), (2, "g.csv"))
    ]


def test_the_header_of_an_export_in_another_language_below_the_first_is_listed(tmp_path: Path) -> None:
    english = ["Record ID,Deal Name,Deal Stage,Amount,Currency,Close Date", "1,A,closedwon,10.00,USD,2024-01-05"]
    spanish = [
        "ID de registro,Nombre del negocio,Etapa del negocio,Valor,Moneda,Fecha de cierre",
        "2,B,closedwon,5.00,USD,2024-01-06",
    ]
    (tmp_path / "run").mkdir()
    (tmp_path / "deals.csv").write_text("\n".join([*english, *spanish, ""]), encoding="utf-8")
    (table,) = read_exports(AuditPlan(sources=(Source(path=tmp_path),), root=tmp_path), tmp_path / "run").tables
    assert [(one.line, one.code, one.action) for one in table.faults] == [(3, "other_table", "kept")]
    assert table.height == 3
