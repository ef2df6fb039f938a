"""The generator of polluted files: its truth by hand, its seeds, its clean tables."""

from __future__ import annotations

import csv
import io
import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from draft import Draft, Style, Truth
from files import BLOCKS, STYLES
from pollute import BIG, FAULTS, Change, big, catalogue, generate, polluted, write
from rows import ROWS
from sources import SOURCES, Clean, Column, clean

TABLE = Clean(
    "small",
    (Column("id", "id"), Column("note", "text"), Column("day", "date"), Column("amount", "money", blank=0.1)),
    tuple((f"A-{n:03}", f"note {n}", "2024-03-01", f"{n}.50") for n in range(1, 8)),
)


def draft(style: Style | None = None) -> Draft:
    made = Draft(TABLE, style or Style(), random.Random(1))
    made.build()
    return made


def hit(family: str, name: str, at: int = 2) -> tuple[Draft, str, list[Truth]]:
    """The small table with one record polluted: the draft, the record's text and truths."""
    made = draft()
    assert ROWS[family][name](made, made.data[at])
    return made, made.data[at].text, made.data[at].truths


@pytest.mark.parametrize("name", SOURCES)
def test_each_cell_of_a_clean_table_fits_its_column(name: str) -> None:
    for seed in range(5):
        for encoding in ("utf-8", "cp1252", "latin-1"):
            table = clean(name, random.Random(seed), encoding)
            assert 40 <= len(table.rows) <= 200
            for row in table.rows:
                misfits = [(c.name, cell) for c, cell in zip(table.columns, row, strict=True) if not c.fits(cell)]
                assert not misfits


@pytest.mark.parametrize("name", SOURCES)
def test_a_clean_file_is_what_csv_reads(name: str) -> None:
    one = polluted("x", name, (), random.Random(3), "clean")
    assert one is not None
    assert one.regular
    lines = io.StringIO(one.content.decode(), newline="")
    rows = list(csv.reader(lines, delimiter=clean(name, random.Random(3)).delimiter, strict=True))
    top = rows.index(list(one.header[0]))
    found = [tuple(row) for row in rows[top + 1 :]]
    right = [truth.readings[0] for truth in one.truth]
    assert found[: len(right)] == right
    assert len(found) - len(right) in (0, 2)  # the totals of the ad report


def test_same_seed_same_files_other_seed_others(tmp_path: Path) -> None:
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        assert write(tmp_path / folder, 60, seed) == 60
    first, again, other = ({p.name: p.read_bytes() for p in (tmp_path / one).iterdir()} for one in "abc")
    assert first == again
    assert not set(first.values()) & set(other.values())
    truth = [json.loads(line) for line in (tmp_path / "a" / "truth.jsonl").read_text().splitlines()]
    assert [one["name"] for one in truth] == [f"{n:05}" for n in range(60)]


def test_all_families_take_part_and_every_change_applies_somewhere() -> None:
    assert {one.family for one in generate(300, 5)} == {*STYLES, *ROWS, *BLOCKS, "clean", "several"}
    for change in catalogue():
        tries = (polluted("x", name, (change,), random.Random(n), "x") for n in range(4) for name in SOURCES)
        assert any(tries), change


def styles() -> list[tuple[str, str]]:
    """Those that Python's csv can be told of."""
    families = ("delimiters", "quotes", "escapes", "encodings", "record ends", "tiny files", "unusual delimiters")
    found = [(family, name) for family in families for name in STYLES[family]]
    return [one for one in found if one[1] not in ("file with two pipes", "file with CR CR LF")]


@pytest.mark.parametrize(("family", "name"), styles())
def test_a_file_in_another_style_is_what_csv_reads_when_told(family: str, name: str) -> None:
    table = replace(TABLE, rows=tuple((a, f'{b}, "{b}"; it\'s\n{b} é | x^y~:\t', c, d) for a, b, c, d in TABLE.rows))
    made = Draft(table, Style(), random.Random(1))
    assert STYLES[family][name](made) == (name not in ("file with comma", "file with LF"))
    made.build()
    text = made.content().decode(made.style.encoding).removeprefix("\ufeff")
    escape = "\\" if made.style.escape == "backslash" else None
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=made.style.delimiter,
        quotechar=made.style.quote,
        doublequote=escape is None,
        escapechar=escape,
        skipinitialspace=made.strip,
        strict=True,
    )
    header, *rows = [tuple(row) for row in reader]
    assert header == TABLE.header
    assert rows == [truth.readings[0] for truth in made.truth()]
    assert {"a header only": 0, "a header and one row": 1, "a header and two rows": 2, "a header and four rows": 4}.get(
        name, len(TABLE.rows)
    ) == len(rows)


@pytest.mark.parametrize("name", ROWS["valid oddities"])
def test_a_valid_oddity_is_what_csv_reads(name: str) -> None:
    made, _, _ = hit("valid oddities", name)
    text = made.content().decode()
    rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
    assert rows[1:] == [truth.readings[0] for truth in made.truth()]


@pytest.mark.parametrize(
    ("family", "name"),
    [(f, n) for f in ("quotes", "ragged rows", "fused and split cells", "record ends") for n in ROWS[f]],
)
def test_a_fault_shows_to_a_strict_reader(family: str, name: str) -> None:
    """Either csv refuses, or finds a record of another width, or reads something that may not go unsaid."""
    made = draft()
    if not ROWS[family][name](made, made.data[2]):
        assert name in (
            "one record ends with LF",
            "only the first cells",
            "empty cells at the end left out",
            "line end in the last cell without quotes",
        )
        return
    try:
        text = made.content().decode()
        rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True)][1:]
    except csv.Error:
        return
    same = [truth.readings[0] if truth.readings else () for truth in made.truth()]
    harmless = name.startswith(("one record ends", "stray quote within", "two stray", "blank"))
    assert harmless or rows != same


def test_truth_of_a_missing_closing_quote() -> None:
    _, text, (truth,) = hit("quotes", "closing quote missing")
    identity, note, day, amount = text.split(",")
    assert note.startswith('"')
    assert truth.readings == [(identity, note[1:], day, amount)]
    assert truth.listed == [(identity, note, day, amount)]


def test_truth_of_a_bare_inner_quote_before_a_delimiter() -> None:
    _, text, (truth,) = hit("quotes", "inner quote before a delimiter")
    assert text.count('"') == 4
    assert text.startswith('A-003,"the "')
    assert truth.readings[0][1] == text[len('A-003,"') : -len('",2024-03-01,3.50')]
    assert truth.readings[0][1].endswith('", again')


def test_truth_of_a_delimiter_in_a_bare_cell_is_certain_only_where_one_reading_fits() -> None:
    _, text, (truth,) = hit("fused and split cells", "delimiter in a cell without quotes")
    assert text.count(",") == 4
    assert truth.readings == [("A-003", text[len("A-003,") : -len(",2024-03-01,3.50")], "2024-03-01", "3.50")]
    table = Clean("two texts", (TABLE.columns[0], *TABLE.columns[1:2] * 2), (("A-001", "x", "y"),))
    made = Draft(table, Style(), random.Random(1))
    made.build()
    assert ROWS["fused and split cells"]["delimiter in a cell without quotes"](made, made.data[0])
    assert made.data[0].truths == [Truth(free=True)]


def test_truth_of_fused_cells() -> None:
    made = draft()
    parts = ("A-003", "note 3", "2024-03-013.50")
    assert made.splits(parts) == [("A-003", "note 3", "2024-03-01", "3.50")]
    assert made.joins(("A-003", "a", "b", "2024-03-01", "3.50"), ",") == [("A-003", "a,b", "2024-03-01", "3.50")]


def test_truth_of_two_records_in_a_line() -> None:
    _, text, truths = hit("fused and split cells", "two records in a line")
    cells = text.split(",")
    assert [truth.readings for truth in truths] == [[tuple(cells[:4])], [tuple(cells[4:])]]


def test_truth_of_a_short_record() -> None:
    made, text, (truth,) = hit("ragged rows", "last cell missing")
    assert text == "A-003,note 3,2024-03-01"
    assert truth == Truth(free=True)
    made.data[0].cells = (*TABLE.rows[0][:3], "")
    assert ROWS["ragged rows"]["last cell missing"](made, made.data[0])
    assert made.data[0].truths == [Truth([("A-001", "note 1", "2024-03-01", "")])]


def test_truth_of_a_wrapped_record() -> None:
    made = draft()
    made.settle(made.data[0], "", Truth())
    made.data[0].cells, made.data[0].text = ("A-001", 'a "b"', "2024-03-01", "1.50"), 'A-001,"a ""b""",2024-03-01,1.50'
    assert ROWS["quotes"]["whole record in quotes"](made, made.data[0])
    assert made.data[0].text == '"A-001,""a """"b"""""",2024-03-01,1.50"'
    assert made.data[0].truths[0].readings == [("A-001", 'a "b"', "2024-03-01", "1.50")]


def test_truth_of_headers() -> None:
    made = draft()
    assert BLOCKS["header"]["missing"](made)
    assert made.header_readings == [()]
    assert made.content().startswith(b"A-001,note 1,")
    made = draft()
    assert BLOCKS["header"]["first name missing"](made)
    assert made.top[0].text == "note,day,amount"
    assert ("", "note", "day", "amount") in made.header_readings


def test_other_quotes_delimiters_and_encodings_are_written_right() -> None:
    cells = ("A;1", "it's \\ it", 'say "x"', "é")
    style = Style(delimiter=";", quote="'", encoding="utf-16-le")
    assert style.join([style.field(cell) for cell in cells]) == "'A;1';'it''s \\ it';say \"x\";é"
    style = Style(escape="backslash", quoting="all")
    assert style.join([style.field(cell) for cell in cells]) == '"A;1","it\'s \\\\ it","say \\"x\\"","é"'
    one = polluted("x", "contacts", (Change("style", "encodings", "file in utf-16-be"),), random.Random(1), "encodings")
    assert one is not None
    assert one.regular
    assert one.content.startswith(b"\xfe\xff")
    assert '"Record ID","Name"' in one.content.decode("utf-16")


def test_a_row_in_another_encoding_leaves_the_rest_alone() -> None:
    one = polluted("x", "tickets", (Change("row", "encodings", "one row in cp1252", "middle"),), random.Random(1), "x")
    assert one is not None
    broken = [line for line in one.content.split(b"\n") if b"\xfc" in line]
    assert len(broken) == 1
    assert any("Büro" in cell for truth in one.truth for cell in truth.readings[0] if "naïve" in cell)


def test_a_big_file_is_polluted_where_a_megabyte_ends() -> None:
    (one,) = big(1, 4, size=25_000)
    assert one.family == BIG
    assert FAULTS // 2 < len(one.changes) <= FAULTS + len(one.content) // (1 << 20)
    untouched = [truth for truth in one.truth if truth.readings]
    assert len(untouched) > 24_900
    assert len(one.content) > 1 << 20


def test_what_is_put_in_at_random_spares_only_its_record() -> None:
    for name in ROWS["random marks"]:
        made, text, (truth,) = hit("random marks", name)
        assert truth == Truth(spared=True, slack=3)
        assert text != "A-003,note 3,2024-03-01,3.50"
        assert [one.truths[0].readings for at, one in enumerate(made.data) if at != 2] == [
            [row] for at, row in enumerate(TABLE.rows) if at != 2
        ]
