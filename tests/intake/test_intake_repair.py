"""Broken files whose truth the test knows, because it broke them itself; and clean ones against csv and DuckDB."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.config.preset import ExportObject, Preset, Recognise, Yield
from clm_audit.exits import DataError
from clm_audit.intake.locate import locate
from clm_audit.intake.model import ROW, RawTable
from clm_audit.intake.read import read_exports
from clm_audit.intake.table import TextTable, read_table

HEADER = "id,name,day,amount,state,note"
STATES = ("paid", "open", "refunded")
ROWS = [
    [
        f"C-{1000 + n}",
        f"Customer {n:04}",
        f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}",
        f"{n * 3.5:.2f}",
        STATES[n % 3],
        "" if n % 2 else f"note {n}",
    ]
    for n in range(40)
]
PLACES = (0, 20, 39)
FEW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def lines() -> list[str]:
    return [",".join(row) for row in ROWS]


def read(folder: Path, content: bytes | str) -> TextTable:
    run = folder / "run"
    run.mkdir(exist_ok=True)
    for old in run.iterdir():
        old.unlink()
    path = folder / "f.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path, run)


def rows(table: TextTable) -> list[list[str]]:
    found = [list(row) for row in table.frame.collect().rows()]
    assert len(found) == table.height
    return found


def codes(table: TextTable) -> list[str]:
    return [one.code for one in (*table.repaired, *table.rejected)]


BROKEN = "C-2000,Customer 9,2024-03-04,7.50,paid,"
RIGHT = ["C-2000", "Customer 9", "2024-03-04", "7.50", "paid", ""]


def right(**changed: str) -> list[str]:
    names = HEADER.split(",")
    return [changed.get(name, cell) for name, cell in zip(names, RIGHT, strict=True)]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("line", "expected", "code"),
    [
        ('C-2000,Cust"omer 9,2024-03-04,7.50,paid,', right(name='Cust"omer 9'), "bare_quote"),
        ('C-2000,"Customer "the" 9",2024-03-04,7.50,paid,', right(name='Customer "the" 9'), "undoubled_quote"),
        ('C-2000,"Customer, "the" 9",2024-03-04,7.50,paid,', right(name='Customer, "the" 9'), "undoubled_quote"),
        ('C-2000,Customer 9,2024-03-04,7.50",paid,', RIGHT, "missing_opening_quote"),
        ('C-2000,Customer 9,"2024-03-04,7.50,paid,x y', right(note="x y"), "missing_closing_quote"),
        ('C-2000,"Customer, 9,2024-03-04,7.50,paid,', right(name="Customer, 9"), "missing_closing_quote"),
        ('C-2000,Customer, 9",2024-03-04,7.50,paid,', right(name="Customer, 9"), "missing_opening_quote"),
        ('C-2000,"Customer \\"the\\" 9",2024-03-04,7.50,paid,', right(name='Customer "the" 9'), None),
        ("C-2000;Customer 9;2024-03-04;7.50;paid;", RIGHT, "other_separator"),
        ("C-2000,Customer 9;2024-03-04,7.50,paid,", RIGHT, "other_separator"),
        (BROKEN + ",,", RIGHT, "extra_blank_cells"),
        (BROKEN.removesuffix(","), RIGHT, "missing_blank_cells"),
        ("C-2000,'Customer, 9',2024-03-04,7.50,paid,", right(name="Customer, 9"), "other_quotes"),
        ('"' + BROKEN + '"', RIGHT, "wrapped_record"),
        (BROKEN.replace(",", ",,"), RIGHT, "doubled_separators"),
        (BROKEN + "\r", RIGHT, None),
        ('C-2000,"Customer 9""2024-03-04",7.50,paid,', RIGHT, "missing_separator"),
    ],
)
def test_a_certain_repair_is_made_and_listed(
    tmp_path: Path, place: int, line: str, expected: list[str], code: str | None
) -> None:
    broken = lines()
    broken[place] = line
    table = read(tmp_path, "\n".join([HEADER, *broken, ""]))
    wanted = [*ROWS[:place], expected, *ROWS[place + 1 :]]
    assert rows(table) == wanted
    assert table.header == tuple(HEADER.split(","))
    assert not table.rejected
    assert (table.height, table.structure) == (40, 1)
    if code:
        assert [(one.line, one.code, one.action) for one in table.repaired] == [(place + 2, code, "repaired")]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "line",
    [
        "C-2000,Cust,omer 9,2024-03-04,7.50,paid,",  # split
        "C-2000,Customer 92024-03-04,7.50,paid,",  # fused
        "C-2000,Customer 9",  # only the first cells
        "C-2000,Customer 9,2024-03-04,7.50,paid,,x",  # content beyond the header
        'C-2000,Customer 9",2024-03-04,7.50,paid,',  # text, or text and a quote?
        'C-2000,""Customer 9",2024-03-04,7.50,paid,',
    ],
)
def test_what_is_not_certain_is_rejected_alone(tmp_path: Path, place: int, line: str) -> None:
    broken = lines()
    broken[place] = line
    table = read(tmp_path, "\n".join([HEADER, *broken, ""]))
    assert rows(table) == [*ROWS[:place], *ROWS[place + 1 :]]
    assert [(one.line, one.action) for one in table.rejected] == [(place + 2, "rejected")]
    assert table.rejected[0].byte == len("\n".join([HEADER, *broken[:place], ""]))
    assert not table.repaired


def test_a_stray_quote_deep_in_a_large_file_costs_one_row(tmp_path: Path) -> None:
    many = [f'{n},2024-01-{n % 28 + 1:02},"text, {n}"' for n in range(150_005)]
    many[150_001] = '150001,2024-01-05,"text, 1" and more'
    many[70_000] = '70000,2024-01-05,"text'
    table = read(tmp_path, "\n".join(["id,day,text", *many, ""]))
    assert table.height + len(table.rejected) == 150_005
    assert len(codes(table)) == 2
    ids = table.frame.collect()["id"].cast(pl.Int64).to_list()
    assert set(range(150_005)) - set(ids) <= {150_001, 70_000}
    assert ids == sorted(ids)


@pytest.mark.parametrize("gap", [1, 3])
def test_quotes_that_swallow_records_are_not_believed(tmp_path: Path, gap: int) -> None:
    broken = lines()
    broken[10] += '"alpha'
    broken[10 + gap] = broken[10 + gap].rstrip("abcdefghijklmnopqrstuvwxyz 0123456789") + 'beta"'
    table = read(tmp_path, "\n".join([HEADER, *broken, ""]))
    untouched = [row for n, row in enumerate(ROWS) if n not in (10, 10 + gap)]
    assert [row for row in rows(table) if row in untouched] == untouched
    assert table.height + len(table.rejected) == 40
    assert codes(table)


@pytest.mark.parametrize(
    "tail", ['C-2000,"Cust', "C-2000,Customer 9,2024-0", 'C-2000,Customer 9,2024-03-04,7.50,paid,"x']
)
def test_a_file_that_is_cut_loses_its_last_record_only(tmp_path: Path, tail: str) -> None:
    table = read(tmp_path, "\n".join([HEADER, *lines(), tail]))
    assert rows(table) == ROWS
    assert [(one.line, one.code) for one in table.rejected] == [(42, "truncated")]


def test_lines_around_the_table_are_structure(tmp_path: Path) -> None:
    content = [
        "Report of the year",
        "",
        HEADER,
        *lines()[:20],
        "",
        HEADER,
        *lines()[20:],
        "",
        "Total,,,100",
        "Copyright 2024",
    ]
    table = read(tmp_path, "\n".join([*content, ""]))
    assert rows(table) == ROWS
    assert (table.header_line, codes(table)) == (3, [])
    assert table.read == len(content)


@pytest.mark.parametrize("label", ["Total", "Grand total", "Summe"])
def test_a_total_as_wide_as_the_table_is_structure(tmp_path: Path, label: str) -> None:
    table = read(tmp_path, "\n".join([HEADER, *lines(), f"{label},,,2730.00,,", ""]))
    assert rows(table) == ROWS
    assert table.read == 42


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda text: text, 1),
        (lambda text: text.replace(",", ";"), 1),
        (lambda text: text.replace(",", "\t"), 1),
        (lambda text: text.replace(",", "|"), 1),
        (lambda text: text.replace(",", "^"), 1),
        (lambda text: text.replace(",", "||"), 1),
        (lambda text: text.replace(",", ", "), 1),
        (lambda text: text.replace("\n", "\r\n"), 1),
        (lambda text: text.replace("\n", "\r"), 1),
        (lambda text: text.replace("\n", "\r\r\n"), 1),
        (lambda text: "sep=;\n" + text.replace(",", ";"), 2),
        (lambda text: "\n".join(f'"{line}"' for line in text.splitlines()) + "\n", 1),
        (lambda text: text.encode("utf-16"), 1),
        (lambda text: text.encode("utf-8-sig"), 1),
        (lambda text: text.encode("utf-16-be"), 1),
        (lambda text: text.encode() + b"\0" * 300, 1),
        (lambda text: "\n".join(line + "," for line in text.splitlines()) + "\n", 1),
    ],
)
def test_any_dialect_is_found_blind(tmp_path: Path, change: Callable[[str], bytes | str], line: int) -> None:
    table = read(tmp_path, change("\n".join([HEADER, *lines(), ""])))
    found = [row[:6] for row in rows(table)]
    assert found == ROWS
    assert [name.strip() for name in table.header[:6]] == HEADER.split(",")
    assert (table.header_line, codes(table)) == (line, [])


def test_backslashes_that_escape_are_found(tmp_path: Path) -> None:
    some = [f'C-{n},"say \\"{n}\\" \\\\ or not",2024-01-02' for n in range(10)]
    table = read(tmp_path, "\n".join(["id,text,day", *some, ""]))
    assert rows(table) == [[f"C-{n}", f'say "{n}" \\ or not', "2024-01-02"] for n in range(10)]


@pytest.mark.parametrize("names", ["2019,2020,2021,2022", "a,b,c,d", "id,1st,2nd,3rd"])
def test_headers_of_many_kinds(tmp_path: Path, names: str) -> None:
    body = [f"C-{n},{n}.5,{n}.25,{n}.75" for n in range(30)]
    table = read(tmp_path, "\n".join([names, *body, ""]))
    assert table.header == tuple(names.split(","))
    assert table.height == 30


def test_without_a_header_no_row_is_taken_for_one(tmp_path: Path) -> None:
    table = read(tmp_path, "\n".join([*lines(), ""]))
    assert rows(table) == ROWS
    assert (table.header, table.header_line) == ((), 0)


def test_a_row_in_another_encoding_spoils_no_other(tmp_path: Path) -> None:
    body = [f"C-{n},Köln {n},2024-01-02".encode() for n in range(20)]
    body[7] = "C-7,Köln 7,2024-01-02".encode("cp1252")
    body[9] = b"\xef\xbb\xbf" + body[9]
    content = b"\n".join([b"id,city,day", *body, b""])
    table = read(tmp_path, content)
    assert rows(table) == [[f"C-{n}", f"Köln {n}", "2024-01-02"] for n in range(20)]
    assert [(one.line, one.code) for one in table.repaired] == [(9, "other_encoding"), (11, "byte_order_mark")]
    assert content[table.repaired[0].byte :].startswith(body[7])


@pytest.mark.parametrize(
    "content",
    ["", "\n\n", HEADER + "\n" + "1,2,3\n1,2\n1,2,3,4\n" * 30, HEADER + "\n" + 'x"y,"\n' * 30],
)
def test_nothing_is_made_of_what_cannot_be_defended(tmp_path: Path, content: str) -> None:
    with pytest.raises(DataError) as error:
        read(tmp_path, content)
    assert all(problem.where and problem.hint for problem in error.value.problems)


def test_rows_below_a_second_header_are_read_by_its_names(tmp_path: Path) -> None:
    other = ",".join(reversed(HEADER.split(",")))
    turned = [",".join(reversed(line.split(","))) for line in lines()]
    table = read(tmp_path, "\n".join([HEADER, *lines(), other, *turned, ""]))
    assert rows(table) == [*ROWS, *ROWS]
    assert [(one.line, one.code, one.action) for one in table.repaired] == [(42, "other_header", "repaired")]
    assert (table.structure, table.read) == (2, 82)


# Properties

CELL = st.text(alphabet=st.sampled_from("ab\",;\n é\\'"), max_size=8)
TABLE = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width - 1, max_size=width - 1), min_size=1, max_size=15)
)


def clean(table: list[list[str]], always: bool) -> tuple[str, list[list[str]]]:
    """A clean file with a typed first column, and its rows."""
    body = [[f"2024-01-{n % 28 + 1:02}", *row] for n, row in enumerate(table)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL if always else csv.QUOTE_MINIMAL)
    writer.writerows([["day", *(f"column_{n}" for n in range(len(table[0])))], *body])
    return out.getvalue(), body


@FEW
@given(TABLE, st.booleans())
def test_a_clean_file_is_read_as_csv_and_duckdb_read_it(tmp_path: Path, table: list[list[str]], always: bool) -> None:
    text, body = clean(table, always)
    presets = {"s": preset("day", "column_0")}
    found = known(tmp_path, text.encode(), presets)
    assert [list(row) for row in found.frame.drop(ROW).collect().rows()] == body
    assert [list(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True)][1:] == body
    assert (found.faults, found.lost) == ((), 0)
    names = ", ".join(f"'{name}': 'VARCHAR'" for name in text.split("\n")[0].replace('"', "").split(","))
    options = "header=true, auto_detect=false, delim=',', quote='\"', escape='\"', strict_mode=true, new_line='\\n'"
    query = f"select * from read_csv('{tmp_path / 'f.csv'}', {options}, columns={{{names}}})"
    with duckdb.connect() as connection:
        strict = connection.execute(query).fetchall()
    assert [["" if cell is None else cell for cell in row] for row in strict] == body


def preset(*headers: str) -> Preset:
    export = ExportObject(
        recognise=Recognise(required=headers),
        yields=(Yield(fact="customers", fields={name: (name,) for name in headers}),),
    )
    return Preset(system="s", title="S", objects={"o": export})


def known(folder: Path, content: bytes, presets: dict[str, Preset]) -> RawTable:
    run = folder / "run"
    run.mkdir(exist_ok=True)
    for old in run.iterdir():
        old.unlink()
    path = folder / "f.csv"
    path.write_bytes(content)
    plan = AuditPlan(sources=(Source(path=path),), root=folder)
    (table,) = read_exports(plan, run, presets=presets).tables
    return table


def drop_quote(line: str, at: int) -> str:
    place = line.find('"', at % len(line))
    return line if place < 0 else line[:place] + line[place + 1 :]


MUTATIONS: tuple[Callable[[str, int], str], ...] = (
    lambda line, at: line[: at % len(line)] + '"' + line[at % len(line) :],
    lambda line, at: line[: at % len(line)] + "," + line[at % len(line) :],
    lambda line, at: line.replace(",", "", at % 3),
    lambda line, at: line.replace(",", ";", at),
    lambda line, at: line + "," * (at % 4),
    lambda line, at: line[: at % len(line)],
    lambda line, at: line[: at % len(line)] + "\r" + line[at % len(line) :],
    lambda line, at: line[: at % 2],
    drop_quote,
)


@FEW
@given(
    st.lists(st.tuples(st.integers(0, 39), st.sampled_from(MUTATIONS), st.integers(0, 60)), max_size=4),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    st.booleans(),
)
def test_mutated_files_keep_their_ledger_and_all_other_rows(
    tmp_path: Path, changes: list[tuple[int, Callable[[str, int], str], int]], end: str, encoding: str, always: bool
) -> None:
    body = [",".join(f'"{cell}"' if always else cell for cell in (*row[:5], f"Köln {n}")) for n, row in enumerate(ROWS)]
    touched = {place for place, _, _ in changes}
    for place, change, at in changes:
        body[place] = change(body[place], at) if body[place] else ""
    text = end.join([HEADER, *body, ""])
    table = known(tmp_path, text.encode(encoding), {"s": preset("id", "name", "day")})
    found = [list(row) for row in table.frame.drop(ROW).collect().rows()]
    untouched = [[*row[:5], f"Köln {n}"] for n, row in enumerate(ROWS) if n not in touched]
    assert [row for row in found if row in untouched] == untouched
    assert len(found) == table.height
    assert table.read == table.height + table.structure + table.lost
    assert table.lost == sum(1 for fault in table.faults if fault.action == "rejected")
    # Two broken neighbours can make one record that keeps every rule; nothing else may vanish.
    assert table.read >= 41 - len(changes) - text.count("\r" if end == "\n" else "\0")
    plain = text.encode(encoding)
    places = locate(table, range(table.height))
    starts = {byte for _, byte in places.values()}
    for fault in table.faults:
        before = plain[: fault.byte].decode(encoding, "ignore")
        assert fault.line == before.count("\n") + 1
        assert not before or before[-1] in "\r\n\ufeff"
        assert fault.action == "rejected" or fault.byte in starts or fault.code == "other_encoding"
    for number, row in enumerate(found):
        if row in untouched:
            raw = plain[places[number][1] :].decode(
                encoding.removesuffix("-sig") if encoding != "utf-16" else "utf-16-le"
            )
            assert next(csv.reader(io.StringIO(raw, newline=""))) == row


@pytest.mark.parametrize("place", [0, 1])
def test_a_cell_that_was_torn_in_a_file_without_quotes_is_whole(tmp_path: Path, place: int) -> None:
    """Its quotes are text and wrap nothing, and the line end that was mended needs quotes all the same."""
    body = [f'C"-{n},Customer {n},2024-01-{n + 1:02},{n}.50' for n in range(20)]
    body[place] = body[place].replace(",C", ",C\r")
    table = known(tmp_path, "\n".join(["id,name,day,sum", *body, ""]).encode(), {"s": preset("id", "name", "day")})
    rows = [list(row) for row in table.frame.drop(ROW).collect().rows()]
    assert [[cell.replace("\n", "\r") for cell in row] for row in rows] == [line.split(",") for line in body]
    assert [(one.line, one.code) for one in table.faults] == [(place + 2, "unquoted_line_end")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "cp1252"])
def test_rows_of_a_rewritten_file_are_found_in_the_original(tmp_path: Path, encoding: str) -> None:
    body = [f'C-{n},"Köln \\"{n}\\"\nand more",2024-01-02' for n in range(12)]
    body[5] = "C-5,too,many,2024-01-02"
    parts = ["id,name,day", *body, ""]
    content = "\n".join(parts).encode(encoding)
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    table = known(tmp_path, mark + content, {"s": preset("id", "name", "day")})
    assert (table.height, table.lost) == (11, 1)
    places = locate(table, range(11))
    for row, number in enumerate(n for n in range(12) if n != 5):
        start = len(mark) + len("\n".join([*parts[: number + 1], ""]).encode(encoding))
        assert places[row] == (2 + 2 * number - (number > 5), start)
    assert table.faults[0].byte == len(mark) + len("\n".join([*parts[:6], ""]).encode(encoding))


@pytest.mark.parametrize("broken", [3, 4, 5, 6])
def test_chunks_change_nothing(tmp_path: Path, broken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from clm_audit.intake import proof

    body = lines()
    for n in range(0, 40, broken):
        body[n] = body[n].replace("Customer", 'Cust"omer')
    content = "\n".join([HEADER, *body, ""])
    expected = rows(read(tmp_path, content))
    for size in (7, 64, 100):
        defaults = proof.prove.__defaults__
        monkeypatch.setattr(proof.prove, "__defaults__", (*(defaults or ())[:-1], size))
        assert rows(read(tmp_path, content)) == expected


@pytest.mark.parametrize("at", [0, 3])
def test_a_broken_record_that_holds_a_letter_is_one_record(tmp_path: Path, at: int) -> None:
    letter = "\n".join(["Dear all,", "thanks, and", "", "on it"] * 200)
    body = [f'{n},2024-01-{n % 28 + 1:02},"Re: {n}\n{letter}",C{n % 7},paid' for n in range(40)]
    body[at] = body[at].replace('"Re', 'x"Re', 1)
    found = known(tmp_path, ("order,date,note,customer,state\n" + "\n".join(body) + "\n").encode(), presets())
    assert found.height == 39
    assert [(one.code, one.action) for one in found.faults] == [("broken_quotes", "rejected")]


def presets() -> dict[str, Preset]:
    return {"s": preset("order", "date", "note", "customer", "state")}
