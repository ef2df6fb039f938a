"""Tables of one to four rows, where nothing but the rows themselves says what they are: read, or listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from clm_audit.intake.table import TextTable, read_table

NAMES = "Campaign,Recipient,Sent At,Opens,Clicks,Bounced"
ROW = "call again,customer0001@example.com,2024-03-01T10:00:00Z,2,0,no"


def read(folder: Path, *lines: str | bytes) -> TextTable:
    (folder / "run").mkdir()
    path = folder / "f.csv"
    path.write_bytes(b"\n".join(one.encode() if isinstance(one, str) else one for one in (*lines, b"")))
    return read_table(path, folder / "run")


def rows(table: TextTable) -> list[tuple[str, ...]]:
    return table.frame.collect().rows()


def listed(table: TextTable) -> set[int]:
    return {one.line for one in (*table.rejected, *table.repaired, *table.doubted)}


def test_the_only_row_lacks_a_cell_and_begins_like_a_total(tmp_path: Path) -> None:
    table = read(tmp_path, NAMES, ROW.replace("call again", "Total call").removesuffix(",no"))
    assert [one.line for one in table.rejected] == [2]


def test_one_row_without_a_header_is_doubtful(tmp_path: Path) -> None:
    assert listed(read(tmp_path, ROW)) == {1}


@pytest.mark.parametrize("body", [[ROW], [ROW, ROW.replace("0001", "0002")], []])
def test_subtotals_of_a_tiny_table_are_no_rows(tmp_path: Path, body: list[str]) -> None:
    total = "Subtotal,123.45,,,,"
    table = read(tmp_path, NAMES, *(line for row in body or [total] for line in (total, row)))
    assert rows(table) == [tuple(row.split(",")) for row in body]
    assert table.header == tuple(NAMES.split(","))


def test_a_row_of_words_above_a_total_is_no_second_header(tmp_path: Path) -> None:
    table = read(tmp_path, "Title,Author,Summary,Tags", "day new,Customer 1,thanks box,", "Total,,,123456.78")
    assert rows(table) == [("day new", "Customer 1", "thanks box", "")]


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_rows_with_colons(tmp_path: Path, count: int) -> None:
    body = [f"{n:07}:customer:2024-02-0{n + 1}:0::false" for n in range(count)]
    table = read(tmp_path, "Contact:Stage:Entered:Manual:Reason:IsDeleted", *body)
    assert rows(table) == [tuple(line.split(":")) for line in body]
    assert len(table.header) == 6


@pytest.mark.parametrize("row", [ROW, f"{ROW},extra", ROW.replace("call again", 'call, again"')])
@pytest.mark.parametrize("names", [NAMES, NAMES.replace("Bounced", "Recipient")])
def test_a_wider_table_above_a_longer_narrow_one_is_listed(tmp_path: Path, row: str, names: str) -> None:
    table = read(tmp_path, names, row, "", "Region,Manager", *(f"R{n},Customer {n:04}" for n in range(1, 6)))
    assert listed(table) >= {2} | set(range(5, 10)) or rows(table)[0][0] == "call again"


def test_the_header_once_more_below_the_only_row(tmp_path: Path) -> None:
    wide = ROW + "," * 6
    table = read(
        tmp_path,
        NAMES + "".join(f",Field {n}" for n in "abcdef"),
        wide,
        NAMES + ",Field a,Field b,Field c,Field d,Field e,Field f",
    )
    assert rows(table) == [tuple(wide.split(","))]


def test_a_character_cut_at_the_end_of_ascii_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(f"{NAMES}\n{ROW}\n{ROW} \u00e9".encode()[:-1])
    assert listed(read_table(path, tmp_path)) == {3}


def test_a_title_as_wide_as_a_header_of_small_letters(tmp_path: Path) -> None:
    body = [f'ev_{n},u-{n},2024-10-2{n} 11:50:26,"{{""a"": {n}}}",Peru' for n in range(2)]
    table = read(tmp_path, "and,so,on,and,so", "event_id,user_id,event_time,properties,country", *body)
    assert (table.header[0], table.height) == ("event_id", 2)


def test_two_pipes_and_one_of_them_alone_within_quotes(tmp_path: Path) -> None:
    body = ["RE-1||14.09.2024||Rent||50,28||EUR", 'RE-2||01.03.2024||"one | or two"||143,76||EUR']
    table = read(tmp_path, "No||Day||Text||Net||Currency", *body)
    assert rows(table) == [tuple(line.replace('"', "").split("||")) for line in body]


@pytest.mark.parametrize("units", [",,(UTC),,,", ",,(UTC),(n),(n),", "---,---,---,---,---,---"])
def test_units_between_the_header_and_the_only_row_are_no_row(tmp_path: Path, units: str) -> None:
    assert rows(read(tmp_path, NAMES, units, ROW)) == [tuple(ROW.split(","))]


@pytest.mark.parametrize("names", ["Title,Author,Summary,Tags", "email,score,comment,day"])
def test_names_below_a_line_of_small_words_are_doubtful(tmp_path: Path, names: str) -> None:
    table = read(tmp_path, "and,so,on,an", names)
    assert table.header == tuple(names.split(",")) or listed(table) == {2}


def test_names_in_one_column_below_a_title_with_half_a_quote_are_doubtful(tmp_path: Path) -> None:
    table = read(tmp_path, '"""Report of the quarter"', '""', f'"{NAMES}"')
    assert len(table.header) == 6 or 3 in listed(table)


def test_colons_fewer_in_the_row_than_in_the_header_are_doubtful(tmp_path: Path) -> None:
    table = read(tmp_path, "email:score:comment:Extra", "customer0001@example.com:5:call again")
    assert len(table.frame.collect_schema()) > 1 or listed(table) == {2}


@pytest.mark.parametrize("mark", [":", ",", "^"])
def test_pieces_of_an_only_row_below_two_names_are_doubtful(tmp_path: Path, mark: str) -> None:
    table = read(tmp_path, f"Email Address{mark}Reason", "customer", f"0001@example.com{mark}call again")
    assert listed(table) >= {2} or len(table.header) == 2


@pytest.mark.parametrize("fault", [",", ";"])
def test_four_rows_one_of_them_broken_below_many_lines_of_a_key_and_its_value(tmp_path: Path, fault: str) -> None:
    body = [f"ev_{n},u-{n},Log In,2024-02-0{n + 1} 10:00:00,Peru" for n in range(4)]
    body[0] = body[0].replace(",u-", f"{fault}u-").replace("u-0", "u-0," if fault == "," else "u-0")
    above = [f"Condition {n}: none" for n in range(40)]
    table = read(tmp_path, *above, "event_id,user_id,event_type,event_time,country", *body)
    assert table.header == ("event_id", "user_id", "event_type", "event_time", "country")
    assert rows(table)[-3:] == [tuple(line.split(",")) for line in body[1:]]
    assert listed(table) == {42}
