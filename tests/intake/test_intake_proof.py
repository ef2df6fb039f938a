"""The proof pass against two oracles: Python's strict csv reader, and a state machine written out by hand."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from clm_audit.exits import DataError
from clm_audit.facts.columns import BLANKS
from clm_audit.intake.detour import Detour, Fault
from clm_audit.intake.marks import CR, LF, Records, Rules, gathered, is_tight, marks, regular
from clm_audit.intake.proof import prove
from clm_audit.intake.proved import Proof
from clm_audit.intake.scan import scan

ALPHABET = st.sampled_from([b",", b'"', b'"', b"\n", b"\r\n", b"\r", b"a", b" ", b"\xc3\xa9", b"7"])
CONTENT = st.lists(ALPHABET, max_size=40).map(b"".join)
FEW = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def by_hand(data: bytes, width: int, end: str) -> list[list[str]] | None:
    """All data rows, or None when the file breaks a rule: one character after the other, nothing clever."""
    text = data.decode()
    if end == "\n":
        text = text + "\n" if text.endswith("\r") else text
    rows: list[list[str]] = []
    row: list[str] = []
    cell, state, i = "", "start", 0
    if text and not text.endswith(end):
        text += end
    raw = ""
    while i < len(text):
        char = text[i]
        if state == "quoted":
            if char == '"' and text[i + 1 : i + 2] == '"':
                cell, i = cell + '"', i + 1
            elif char == '"':
                state = "closed"
            else:
                cell += char
            raw += char
        elif char == '"':
            if state != "start":
                return None
            state, raw = "quoted", raw + char
        elif char == ",":
            row, cell, state, raw = [*row, cell], "", "start", raw + char
        elif char == end:
            row.append(cell)
            blank = not raw.strip(" ,")
            if not blank:
                rows.append(row)
            row, cell, state, raw = [], "", "start", ""
        elif char == "\r" and end == "\n" and text[i + 1 : i + 2] == "\n":
            pass
        elif char in "\r\n" or state == "closed":
            return None
        else:
            cell, state, raw = cell + char, "plain", raw + char
        i += 1
    if state == "quoted":
        return None
    return rows if all(len(row) == width for row in rows) else None


def proved(path: Path, data: bytes, width: int, end: int, chunk: int) -> Proof | None:
    path.write_bytes(data)
    try:
        return prove(path, "f.csv", Rules(ord(","), end, width), 0, chunk=chunk)
    except DataError:
        return None


@FEW
@given(CONTENT, st.integers(1, 4), st.sampled_from([LF, CR]), st.sampled_from([1, 2, 3, 7, 1 << 20]))
@example(b'"a","b\n', 2, LF, 1)
@example(b'""","', 1, LF, 3)
@example(b"\n\n", 1, LF, 1)
@example(b"a\r", 1, LF, 1)
def test_proof_agrees_with_the_state_machine(tmp_path: Path, data: bytes, width: int, end: int, chunk: int) -> None:
    expected = by_hand(data, width, chr(end))
    found = proved(tmp_path / "f.csv", data, width, end, chunk)
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert found.height == len(expected)


@FEW
@given(CONTENT, st.integers(1, 4), st.sampled_from([2, 5, 1 << 20]))
def test_what_is_proved_is_read_alike_by_csv_strict(tmp_path: Path, data: bytes, width: int, chunk: int) -> None:
    found = proved(tmp_path / "f.csv", data, width, LF, chunk)
    if found is None:
        return
    rows = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
    rows = [row for row in rows if row and (len(row) == width or any(cell.strip(" ") for cell in row))]
    assert all(len(row) == width for row in rows)
    filled = [row for row in rows if any(cell.strip(" ") for cell in row)]  # csv does not tell `"",""` from `,`
    assert len(filled) <= found.height <= len(rows)


CELL = st.text(alphabet=st.sampled_from('a",;\n\r \té\u00a0'), max_size=6)
TABLE = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=12)
)


def written(row: list[str], separator: str, always: bool) -> str:
    """One record; a cell is quoted when it has to be, or always."""
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in row]
    needs = [always or row == [""] or any(char in cell for char in f'{separator}"\r\n') for cell in row]
    return separator.join(safe if need else cell for cell, safe, need in zip(row, quoted, needs, strict=True))


@FEW
@given(
    TABLE, st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), st.sampled_from([",", ";", "\t", "|"]), st.booleans()
)
def test_polars_reads_a_proved_file_as_it_was_written(
    tmp_path: Path, table: list[list[str]], end: str, blank_lines: bool, separator: str, always: bool
) -> None:
    path, copy = tmp_path / "f.csv", tmp_path / "copy"
    copy.unlink(missing_ok=True)
    text = "".join(written(row, separator, always) + end * (1 + blank_lines) for row in table)
    path.write_bytes(text.encode())
    rules = Rules(ord(separator), CR if end == "\r" else LF, len(table[0]))
    proof = prove(path, "f.csv", rules, 0, chunk=64)
    headers = {f"c{number}": "" for number in range(rules.width)}
    frame = scan(path, rules, proof, headers, copy).collect()
    # A line of separators and blanks only is an empty line; with quotes it is a row.
    rows = [tuple(row) for row in table if written(row, separator, always).strip(f"{separator} ")]
    assert (proof.height, proof.blank) == (len(rows), len(table) * (1 + blank_lines) - len(rows))
    assert frame.drop("__row").rows() == rows
    assert frame["__row"].to_list() == list(range(len(rows)))
    assert not proof.tight or all(cell == cell.strip(BLANKS) for row in rows for cell in row)


@pytest.mark.parametrize(
    ("data", "tight"),
    [
        (b"a,b c\r\nd,\r\n", True),
        (b"x,\xc3\xa9t\xc3\xa9s\n", False),  # no ASCII at an edge may be a blank
        (b"x, y\n", False),
        (b"x,y\t\n", False),
        (b" x,y\n", False),
        (b'"x","y"\n', False),  # nobody asks
        (b"a,b\nx\n", False),  # a record was mended
    ],
)
@pytest.mark.parametrize("chunk", [1, 2, 3, 1 << 20])
def test_cells_without_blanks_at_their_edges_are_proved(tmp_path: Path, data: bytes, tight: bool, chunk: int) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(data)

    def mend(start: int) -> Detour:
        return Detour(start, len(data), faults=(Fault(start, "ragged", -1, False),))

    assert prove(path, "f.csv", Rules(ord(","), LF, 2), 0, mend=mend, chunk=chunk).tight == tight


@pytest.mark.parametrize(
    ("data", "line", "what"),
    [
        (b'1,2\n3,4"\n', 2, "a quote inside an unquoted field"),
        (b'1,2\n"3"x,4\n', 2, "text after a closing quote"),
        (b'1,2\n"a\nb",2\n3\n', 4, "1 field where the header has 2"),
        (b"1,2\n1,2,3\n", 2, "3 fields where the header has 2"),
        (b'1,2\n3,"4\n5,6\n', 2, "the file ends inside a quoted field"),
        (b"1,2\n3\r4,5\n", 2, "a carriage return without a line feed outside quotes"),
        (b'1,2\n3, "4"\n', 2, "a quote inside an unquoted field"),
    ],
)
def test_a_refusal_names_line_and_rule(tmp_path: Path, data: bytes, line: int, what: str) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(data)
    for chunk in (1, 3, 1 << 20):
        with pytest.raises(DataError) as error:
            prove(path, "f.csv", Rules(ord(","), LF, 2), 0, chunk=chunk)
        (problem,) = error.value.problems
        assert problem.where == f"f.csv:{line}"
        assert problem.what.startswith(what)
        assert problem.hint


def test_a_total_right_after_the_last_row_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"1,2\n3,4\nTotal\n")
    rules = Rules(ord(","), LF, 2)
    proof = prove(path, "f.csv", rules, 0, is_structure=lambda record: record == b"Total")
    assert (proof.height, proof.odd, proof.drops, proof.odd_after) == (2, 1, (), True)
    frame = scan(path, rules, proof, {"a": "a", "b": "b"}, tmp_path / "copy").collect()
    assert frame.drop("__row").rows() == [("1", "2"), ("3", "4")]


def test_totals_of_another_width_are_structure_only_when_they_match(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"1,2\nTotal\n3,4\n\nTotal\n")
    rules = Rules(ord(","), LF, 2)
    proof = prove(path, "f.csv", rules, 0, is_structure=lambda record: record == b"Total")
    assert (proof.height, proof.blank, proof.odd, proof.odd_after) == (2, 1, 2, True)
    frame = scan(path, rules, proof, {"a": "a", "b": "b"}, tmp_path / "copy").collect()
    assert frame.drop("__row").rows() == [("1", "2"), ("3", "4")]
    with pytest.raises(DataError, match=r"f\.csv:2"):
        prove(path, "f.csv", rules, 0)


def test_a_huge_cell_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b'1,2\n3,"' + b"x" * (21 << 20) + b'"\n')
    with pytest.raises(DataError, match=r"f\.csv:2: a cell of more than 16 MB"):
        prove(path, "f.csv", Rules(ord(","), LF, 2), 0)


def test_many_rows_with_quoted_line_ends_keep_their_height(tmp_path: Path) -> None:
    """Polars splits large files at line ends; quoted ones must not become rows."""
    draw = np.random.default_rng(7)
    texts = ["plain", "two\nlines", 'a ""quote""', "", "comma, here", "\n\n\n", '""\n""']
    rows = [f'{i},"{texts[k]}","{texts[j]}"' for i, (k, j) in enumerate(draw.integers(0, len(texts), (60_000, 2)))]
    path = tmp_path / "f.csv"
    path.write_bytes(("\n".join(rows) + "\n").encode())
    rules = Rules(ord(","), LF, 3)
    proof = prove(path, "f.csv", rules, 0)
    frame = scan(path, rules, proof, {"a": "a", "b": "b", "c": "c"}, tmp_path / "copy")
    ids = frame.select(pl.col("a").cast(pl.Int64)).collect()["a"]
    assert proof.height == 60_000
    assert ids.to_list() == list(range(60_000))


PLAIN_LINE = st.lists(st.sampled_from([b"a", b"7", b"", b" ", b"\xc3\xa9", b"\t"]), max_size=3).map(b"".join)


@FEW
@given(
    st.lists(st.one_of(st.lists(PLAIN_LINE, min_size=3, max_size=3), st.lists(PLAIN_LINE, max_size=4)), max_size=5),
    st.sampled_from([b"\n", b"\r\n", b"\r"]), st.sampled_from([b"", b"\r", b'"', b"\n"]), st.data(),
)  # fmt: skip
def test_a_regular_chunk_has_the_records_that_are_found_mark_by_mark(
    lines: list[list[bytes]], end: bytes, odd: bytes, data: st.DataObject
) -> None:
    whole = b"".join(b",".join(cells) + end for cells in lines)
    at = data.draw(st.integers(0, len(whole)))
    whole = end[-1:] + whole[:at] + odd + whole[at:] + end[-1:]
    start = data.draw(st.integers(1, max(1, len(whole) - 1)))
    stop = data.draw(st.integers(start, max(start, len(whole) - 1)))
    rules = Rules(ord(","), CR if end == b"\r" else LF, 3)
    raw, begun = whole[start - 1 : stop + 1], data.draw(st.integers(0, 3))
    window = np.frombuffer(raw, dtype=np.uint8)
    slow = gathered(marks(window, start, rules, quoted=False), begun)
    found = regular(raw, start, rules, begun)
    if found is not None:
        assert [one.tolist() for one in (found.at, found.separators)] == [
            one.tolist() for one in (slow.at, slow.separators)
        ]
        assert (found.rest, found.edges, slow.fault, slow.quoted) == (slow.rest, slow.edges, None, False)
        assert is_tight(window[1:-1], rules) or not found.bare


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("cut", range(1, 12))
def test_ordinary_records_are_found_together(end: bytes, cut: int) -> None:
    whole = end[-1:] + b"".join(b"a%d,,c" % number + end for number in range(9))
    rules = Rules(ord(","), CR if end == b"\r" else LF, 3)
    found = regular(whole[cut - 1 :] + b"a", cut, rules, whole[1:cut].split(end[-1:])[-1].count(b","))
    assert isinstance(found, Records)
    assert found.bare
