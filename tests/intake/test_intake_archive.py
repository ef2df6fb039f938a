"""Zip archives: members are read like files of a folder; what no export holds is refused."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.config.preset import ExportObject, Preset, Recognise, Yield
from clm_audit.exits import DataError
from clm_audit.intake.locate import locate
from clm_audit.intake.model import ROW, Exports
from clm_audit.intake.read import read_exports

CUSTOMERS = ExportObject(
    recognise=Recognise(required=("Customer ID", "Email")),
    yields=(Yield(fact="customers", fields={"customer": ("Customer ID",)}),),
)
PRESETS = {"shop": Preset(system="shop", title="Shop", objects={"customers": CUSTOMERS})}
ONE, TWO = "Customer ID,Email\n1,a\n", "Customer ID,Email\n2,b\n\n3,c\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "run").mkdir()
    return tmp_path / "in"


def read(home: Path) -> Exports:
    for old in (home.parent / "run").iterdir():
        old.unlink()
    return read_exports(AuditPlan(sources=(Source(path=home),), root=home), home.parent / "run", presets=PRESETS)


def zipped(path: Path, members: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def book() -> bytes:
    file = io.BytesIO()
    writer = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = writer.add_worksheet("People")
    sheet.write_row(0, 0, ["Customer ID", "Email"])
    sheet.write_row(1, 0, ["4", "d"])
    writer.close()
    return file.getvalue()


def parquet() -> bytes:
    file = io.BytesIO()
    pl.DataFrame({"Customer ID": ["5"], "Email": ["e"]}).write_parquet(file)
    return file.getvalue()


def test_members_of_every_kind_are_tables_of_their_own(home: Path) -> None:
    zipped(
        home / "export.zip",
        {
            "part1.csv": ONE,
            "sub/part2.csv": TWO,
            "people.xlsx": book(),
            "p.parquet": parquet(),
            "events.jsonl": '{"Customer ID": 6, "Email": null}\n',
            "old.csv.gz": gzip.compress(b"Customer ID,Email\n7,g\n"),
            "wide.txt": "Customer ID\tEmail\n8\tk\u00e9\n".encode("utf-16"),
            "empty/": "",
        },
    )
    tables = {table.name: table for table in read(home).tables}
    assert sorted(tables) == [
        "export.zip/events.jsonl",
        "export.zip/old.csv.gz",
        "export.zip/p.parquet",
        "export.zip/part1.csv",
        "export.zip/people.xlsx",
        "export.zip/sub/part2.csv",
        "export.zip/wide.txt",
    ]
    ids = {name: table.frame.collect()["Customer ID"].to_list() for name, table in tables.items()}
    assert sorted(id_ for each in ids.values() for id_ in each) == [str(n) for n in range(1, 9)]
    part = tables["export.zip/sub/part2.csv"]
    assert (part.height, part.structure, part.read, part.bytes) == (2, 2, 4, len(TWO))
    assert locate(part, [1]) == {1: (4, TWO.index("3,c"))}
    assert part.frame.collect()[ROW].to_list() == [0, 1]


def test_the_same_part_inside_and_beside_the_archive_counts_once(home: Path) -> None:
    (home / "a.csv").write_text(ONE)
    zipped(home / "b.zip", {"a.csv": ONE, "b.csv": TWO})
    assert [(table.name, table.duplicate_of) for table in read(home).tables] == [
        ("a.csv", None),
        ("b.zip/a.csv", 0),
        ("b.zip/b.csv", None),
    ]


def test_what_nobody_would_read_is_passed_over_and_listed(home: Path) -> None:
    zipped(
        home / "export.zip",
        {
            "a.csv": ONE,
            "__MACOSX/._a.csv": b"\0\5\x16\7",
            ".DS_Store": b"\0\0\0\1Bud1",
            "readme.txt": "thanks",
            "photo.png": b"\x89PNG",
            "notes": b"\x89PNG",
            "deals.csv": "Deal,Stage\n1,won\n",
        },
    )
    exports = read(home)
    assert [table.name for table in exports.tables] == ["export.zip/a.csv"]
    assert dict(exports.skipped) == {
        "export.zip/__MACOSX/._a.csv": "no data, by the name",
        "export.zip/.DS_Store": "no data, by the name",
        "export.zip/readme.txt": "no data, by the name",
        "export.zip/photo.png": "no table, by its name; it is not read",
    }
    assert [name for name, _ in exports.unknown] == ["export.zip/deals.csv", "export.zip/notes"]
    assert len(list((home.parent / "run").iterdir())) == 1


def test_every_bad_member_is_named(home: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.csv", ONE)
    zipped(home / "x.zip", {"a.csv": ONE, "b.csv": "", "inner.zip": inner.getvalue(), "c.parquet": b"PAR1..."})
    with pytest.raises(DataError) as error:
        read(home)
    assert [problem.where for problem in error.value.problems] == ["x.zip/b.csv", "x.zip/inner.zip", "x.zip/c.parquet"]
    assert "a zip archive in a zip archive (unpack it" in str(error.value)


def member(name: str, *, mode: int = 0) -> bytes:
    """An archive of one good file and one of this name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("good.csv", ONE)
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, TWO)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("../evil.csv", "leads out"),
        ("a/../../evil.csv", "leads out"),
        ("/etc/evil.csv", "leads out"),
        ("..\\evil.csv", "leads out"),
        ("C:\\evil.csv", "leads out"),
        ("c:evil.csv", "leads out"),
        ("x" * 1_001 + ".csv", "1,005 characters"),
        ("good.csv", "the same name"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_no_export_writes_are_refused(home: Path, name: str, fault: str) -> None:
    (home / "x.zip").write_bytes(member(name))
    with pytest.raises(DataError, match=rf"^x\.zip: zip: .*{fault}"):
        read(home)
    assert not list((home.parent / "run").iterdir())


def test_a_zero_byte_in_a_name_is_refused(home: Path) -> None:
    (home / "x.zip").write_bytes(member("evil.csv#.txt").replace(b"evil.csv#", b"evil.csv\0"))
    with pytest.raises(DataError, match="zero byte"):
        read(home)


def test_backslashes_are_folders(home: Path) -> None:
    (home / "x.zip").write_bytes(member("sub\\b.csv"))
    assert [table.name for table in read(home).tables] == ["x.zip/good.csv", "x.zip/sub/b.csv"]


def test_links_devices_and_locked_members_are_listed(home: Path) -> None:
    for mode in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR):
        (home / f"{mode}.zip").write_bytes(member("x.csv", mode=mode | 0o644))
    locked = bytearray(member("x.csv"))
    at = locked.rindex(b"PK\x01\x02")
    locked[at + 8] |= 1
    (home / "locked.zip").write_bytes(bytes(locked))
    reasons = dict(read(home).unknown)
    assert reasons[f"{stat.S_IFLNK}.zip/x.csv"] == "a link in an archive; it is not followed"
    assert reasons[f"{stat.S_IFIFO}.zip/x.csv"] == reasons[f"{stat.S_IFCHR}.zip/x.csv"] == "not a regular file"
    assert reasons["locked.zip/x.csv"].startswith("locked with a password")


def test_an_archive_of_nothing(home: Path) -> None:
    (home / "a.csv").write_text(ONE)
    zipped(home / "x.zip", {})
    zipped(home / "y.zip", {".DS_Store": "x"})
    zipped(home / "z.zip", {"empty/": ""})
    exports = read(home)
    sentence = "a zip archive without any file that could be an export"
    assert exports.unknown == (("x.zip", sentence), ("y.zip", sentence), ("z.zip", sentence))


@pytest.mark.parametrize("cut", [10, 60, 100, 200])
def test_a_cut_archive_is_named(home: Path, cut: int) -> None:
    zipped(home / "x.zip", {"a.csv": ONE * 1, "b.csv": TWO})
    whole = (home / "x.zip").read_bytes()
    (home / "x.zip").write_bytes(whole[:-cut])
    with pytest.raises(DataError, match=r"^x\.zip: zip: the archive is damaged or cut"):
        read(home)


def test_damaged_content_is_named_by_member(home: Path) -> None:
    zipped(home / "x.zip", {"a.csv": ONE * 1, "b.csv": TWO}, zipfile.ZIP_STORED)
    (home / "x.zip").write_bytes((home / "x.zip").read_bytes().replace(b"3,c", b"3,d"))
    with pytest.raises(DataError, match=r"^x\.zip: zip: the archive is damaged"):
        read(home)


def overlapping() -> bytes:
    """Two entries of the directory that name the same bytes."""
    whole = bytearray(member("b.csv"))
    first, second = whole.index(b"PK\x01\x02"), whole.rindex(b"PK\x01\x02")
    whole[second + 42 : second + 46] = whole[first + 42 : first + 46]
    return bytes(whole)


def test_overlapping_members_are_refused(home: Path) -> None:
    (home / "x.zip").write_bytes(overlapping())
    with pytest.raises(DataError, match=r"members overlap"):
        read(home)


def test_ratios_and_numbers_that_no_export_has_are_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zipped(home / "x.zip", {f"{n}.csv": b"\n" * (10 << 20) for n in range(8)})
    with pytest.raises(DataError, match=r"unpack to 83,886,080, which no export does"):
        read(home)
    monkeypatch.setattr("clm_audit.intake.archive.MAX_MEMBERS", 7)
    with pytest.raises(DataError, match=r"8 members; more than 7 are not read"):
        read(home)


def test_a_directory_of_its_own_size_is_refused(home: Path) -> None:
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, 9 << 20, 4, 0)
    (home / "x.zip").write_bytes(b"PK\3\4" + b"\0" * (9 << 20) + end)
    with pytest.raises(DataError, match=r"x\.zip: zip: a directory of 9,437,184 bytes"):
        read(home)
