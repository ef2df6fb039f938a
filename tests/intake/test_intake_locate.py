"""`locate` against files whose offsets are known because the test wrote them record by record."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.config.preset import ExportObject, Preset, Recognise, Yield
from clm_audit.intake import proof
from clm_audit.intake import text as decoded
from clm_audit.intake.locate import locate
from clm_audit.intake.model import RawTable
from clm_audit.intake.read import read_exports

EXPORT = ExportObject(
    recognise=Recognise(required=("Customer", "Note")),
    yields=(Yield(fact="customers", fields={"customer": ("Customer",)}),),
    totals={"Customer": "^Total$"},
)
PRESETS = {"s": Preset(system="s", title="S", objects={"o": EXPORT})}
NOTE = st.sampled_from(["", "plain", "Köln", "two\nlines", 'a ""quote""', "\n\n", "é;ö", "x,y"])
BETWEEN = st.sampled_from(["", "", "\n", "Total\n", "  \n", ",\n"])
ROWS = st.lists(st.tuples(NOTE, BETWEEN), min_size=1, max_size=30)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16-le", "utf-16-be", "utf-32-le"])
TITLE = st.sampled_from(["", "Report of the year\n", '"July 8, 2025"\n\n'])
MARKS = {"utf-32-le": b"\xff\xfe\0\0", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff", "utf-8-sig": b"\xef\xbb\xbf"}


def read(path: Path, run: Path) -> RawTable:
    run.mkdir(exist_ok=True)
    for old in run.iterdir():
        old.unlink()
    plan = AuditPlan(sources=(Source(path=path),), root=path.parent)
    (table,) = read_exports(plan, run, presets=PRESETS).tables
    return table


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, ENCODINGS, TITLE, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_lines_and_bytes_are_those_of_the_original(
    tmp_path: Path, rows: list[tuple[str, str]], encoding: str, title: str, end: str, packed: bool
) -> None:
    plain = encoding.removesuffix("-sig")
    data = MARKS.get(encoding, b"")
    expected: dict[int, tuple[int, int]] = {}
    line = 1
    for number, text in enumerate(
        [title + "Customer,Note\n", *(f'"{i}","{note}"\n' for i, (note, _) in enumerate(rows))]
    ):
        if number:
            expected[number - 1] = (line, len(data))
            text += rows[number - 1][1]
        data += text.replace("\n", end).encode(plain)
        line += text.count("\n")
    path = tmp_path / ("f.csv.gz" if packed else "f.csv")
    (tmp_path / "f.csv").unlink(missing_ok=True)
    path.write_bytes(gzip.compress(data) if packed else data)
    table = read(path, tmp_path / "run")
    assert locate(table, range(len(rows))) == expected
    assert table.height + table.structure == line - 1 - sum(note.count("\n") for note, _ in rows)
    assert table.frame.collect()["Note"].to_list() == [note.replace("\n", end).replace('""', '"') for note, _ in rows]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(["plain", "", "x y", "Köln"]), min_size=1, max_size=30),
    ENCODINGS,
    TITLE,
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([1, 3, 50, 1 << 20]),
    st.data(),
)
def test_rows_of_one_line_each_are_found_by_their_line_ends(
    tmp_path: Path, notes: list[str], encoding: str, title: str, end: str, size: int, data: st.DataObject
) -> None:
    plain = encoding.removesuffix("-sig")
    head = (title + "Customer,Note\n").replace("\n", end)
    lines = [f"{number},{note}{end}" for number, note in enumerate(notes)]
    path = tmp_path / "f.csv"
    path.write_bytes(MARKS.get(encoding, b"") + (head + "".join(lines)).encode(plain))
    table = read(path, tmp_path / "run")
    assert table.layout is not None
    assert table.layout.even
    expected, at = {}, len(MARKS.get(encoding, b"") + head.encode(plain))
    for number, line in enumerate(lines):
        expected[number] = (head.count(end) + number + 1, at)
        at += len(line.encode(plain))
    wanted = data.draw(st.sets(st.sampled_from(range(len(lines)))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoded, "WINDOW", size)
        assert locate(table, sorted(wanted)) == {number: expected[number] for number in wanted}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_characters_beyond_the_basic_plane_take_four_bytes(tmp_path: Path, encoding: str) -> None:
    data = MARKS.get(encoding, b"") + 'Customer,Note\n1,"😀 €😀"\n2,x\n'.encode(encoding)
    (tmp_path / "f.csv").write_bytes(data)
    table = read(tmp_path / "f.csv", tmp_path / "run")
    assert locate(table, [1]) == {1: (3, len(data) - len("2,x\n".encode(encoding)))}


def test_bytes_are_right_where_zero_bytes_were_removed(tmp_path: Path) -> None:
    filler = "".join(f"{i},{'y' * 30}\n" for i in range(50))
    data = f"Customer,Note\n{filler}".encode() + b"A\0,x\n\0B,y\0\0\nC,z\n"
    path = tmp_path / "f.csv"
    path.write_bytes(data)
    table = read(path, tmp_path / "run")
    at = locate(table, [52, 51, 50])
    assert [at[row][0] for row in (50, 51, 52)] == [52, 53, 54]
    assert at[50][1] == data.index(b"A\0")
    assert at[51][1] in (data.index(b"\0B"), data.index(b"B,y"))
    assert at[52][1] == data.index(b"C,z")


def test_chunk_borders_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes("Customer,Note\n".encode("cp1252") + 'ö,"Ä\nÖ"\n'.encode("cp1252") * 9)
    table = read(path, tmp_path / "run")
    expected = locate(table, range(9))
    assert expected[8] == (18, 14 + 8 * 8)
    for size in (1, 2, 5, 11):
        monkeypatch.setattr(decoded, "WINDOW", size)
        monkeypatch.setattr(proof.prove, "__defaults__", (*proof.prove.__defaults__[:-1], size))
        assert locate(table, range(9)) == expected


def test_rows_that_are_not_there(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("Customer,Note\n1,2\n")
    table = read(path, tmp_path / "run")
    assert locate(table, []) == {}
    with pytest.raises(IndexError):
        locate(table, [1])


def test_parquet_gives_the_row_number(tmp_path: Path) -> None:
    pl.DataFrame({"Customer": [1, 2], "Note": ["a", "b"]}).write_parquet(tmp_path / "f.parquet")
    table = read(tmp_path / "f.parquet", tmp_path / "run")
    assert locate(table, [1, 0]) == {0: (1, -1), 1: (2, -1)}
