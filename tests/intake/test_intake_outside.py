"""Families of damage that a benchmark from outside showed: what a record or a header lost, or has too much of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from clm_audit.intake.model import Reject
from clm_audit.intake.table import TextTable, read_table

NAMES = ("Sold on", "Ref", "Amount", "Item", "Page URL", "Note")


def sale(n: int) -> tuple[str, ...]:
    page = f"https://shop.example.com/item/{n}"
    return f"2024-03-{n:02}", f"AB-{n:04}", f"{n}.50", f"green lamp {'large' if n % 3 else 'small'}", page, ""


SALES = [sale(n) for n in range(1, 29)]


def read(folder: Path, lines: Sequence[str], end: str = "\n") -> TextTable:
    (folder / "run").mkdir()
    path = folder / "f.csv"
    path.write_bytes("".join(line + end for line in lines).encode())
    return read_table(path, folder / "run")


def rows(table: TextTable) -> list[tuple[str, ...]]:
    return table.frame.collect().rows()


def spots(faults: Sequence[Reject]) -> list[tuple[int, str]]:
    return [(one.line, one.code) for one in faults]


@pytest.mark.parametrize("at", range(1, 5))
def test_a_header_that_lost_a_separator_above_a_last_column_of_blanks_is_doubtful(tmp_path: Path, at: int) -> None:
    names = [*NAMES[: at - 1], NAMES[at - 1] + NAMES[at], *NAMES[at + 1 :]]
    table = read(tmp_path, [",".join(names), *map(",".join, SALES)])
    assert spots(table.doubted) == [(1, "header_names")]
    assert (rows(table), table.rejected) == (SALES, ())


def test_names_in_quotes_that_run_into_each_other_are_doubtful(tmp_path: Path) -> None:
    header = 'Sold on,Ref,Amount,"Item""Page URL",Note'
    assert spots(read(tmp_path, [header, *map(",".join, SALES)]).doubted) == [(1, "header_names")]


def test_rows_that_end_with_a_separator_more_than_the_header_are_no_doubt(tmp_path: Path) -> None:
    table = read(tmp_path, [",".join(NAMES[:5]), *map(",".join, SALES)])
    assert (table.doubted, table.repaired, table.header) == ((), (), NAMES[:5])
    assert [row[:5] for row in rows(table)] == [sale[:5] for sale in SALES]


def test_a_header_with_blanks_instead_of_separators_is_read_and_listed(tmp_path: Path) -> None:
    header = '"Sold on" Ref Amount Item "Page URL" Note'
    table = read(tmp_path, [header, *map(",".join, SALES)])
    assert (table.header, rows(table)) == (NAMES, SALES)
    assert [one.line for one in table.repaired] == [1]


@pytest.mark.parametrize("title", ["Sales of the northern shops 2024", "sales of our six shops up north"])
def test_a_title_of_as_many_words_as_columns_is_no_header(tmp_path: Path, title: str) -> None:
    table = read(tmp_path, [title, *map(",".join, SALES)])
    assert (table.header, rows(table)) == ((), SALES)


PARTS = ("Day", "Clock", "Pieces", "Ref", "Item", "Remark", "Page", "Left")


def part(n: int) -> tuple[str, ...]:
    item = f"lamp {'red' if n % 2 else 'blue'}, tall" if n % 3 == 0 else "plain lamp"
    remark = (
        f'made for rooms, {"halls" if n % 2 else "stairs"} and 5" pipes'
        if n % 4 == 0
        else "made, as ever, by hand and never twice alike"
    )
    return f"2024-03-{n:02}", f"{n % 12 + 8:02}:15", str(n % 14), f"AB-{n:04}", item, remark, sale(n)[4], ""


STOCK = [part(n) for n in range(1, 29)]


def raw_cells(row: Sequence[str]) -> list[str]:
    """The cells of a row as they are written: the remark always in quotes, another one where it must be."""
    doubled = [cell.replace('"', '""') for cell in row]
    return [f'"{cell}"' if at == 5 or "," in cell else cell for at, cell in enumerate(doubled)]


def with_line(at: int, line: str) -> list[str]:
    lines = [",".join(raw_cells(row)) for row in (PARTS, *STOCK)]
    return [*lines[: at + 1], line, *lines[at + 2 :]]


@pytest.mark.parametrize("at", [0, 13, 27])
@pytest.mark.parametrize("gap", [0, 1, 2, 3, 4, 6, 7])
def test_a_separator_too_many_is_left_out_where_no_text_can_own_it(tmp_path: Path, at: int, gap: int) -> None:
    cells = raw_cells(STOCK[at])
    table = read(tmp_path, with_line(at, ",".join([*cells[:gap], "", *cells[gap:]])))
    assert rows(table) == STOCK
    assert spots(table.repaired) == [(at + 2, "stray_separator")]


def test_a_separator_too_many_behind_text_may_be_its_comma(tmp_path: Path) -> None:
    cells = raw_cells(STOCK[12])
    table = read(tmp_path, with_line(12, ",".join([*cells[:5], "", *cells[5:]])))
    assert spots(table.rejected) == [(14, "too_many_cells")]
    assert rows(table) == [*STOCK[:12], *STOCK[13:]]


def test_a_blank_that_may_stand_in_two_places_is_rejected(tmp_path: Path) -> None:
    body = [(f"2024-03-{n:02}", "" if n % 2 else str(n), "" if n % 3 else str(n), "yes") for n in range(1, 29)]
    lines = ["Day,Calls,Mails,Done", *map(",".join, body), "2024-04-01,,5,,yes"]
    assert spots(read(tmp_path, lines).rejected) == [(30, "too_many_cells")]


@pytest.mark.parametrize("at", [0, 13, 27])
@pytest.mark.parametrize("lost", [1, 2, 3, 5, 6])
def test_a_separator_too_few_is_put_back_where_one_place_fits(tmp_path: Path, at: int, lost: int) -> None:
    cells = raw_cells(STOCK[at])
    table = read(
        tmp_path, with_line(at, ",".join([*cells[: lost - 1], cells[lost - 1] + cells[lost], *cells[lost + 1 :]]))
    )
    assert rows(table) == STOCK
    assert spots(table.repaired) == [(at + 2, "missing_separator")]
    assert table.repaired[0].column == PARTS[lost - 1]


def test_two_numbers_that_run_into_each_other_are_rejected(tmp_path: Path) -> None:
    body = [(f"2024-03-{n:02}", str(n), str(n * 3), "yes") for n in range(1, 29)]
    lines = ["Day,Calls,Mails,Done", *map(",".join, body), "2024-04-01,1234,yes"]
    assert spots(read(tmp_path, lines).rejected) == [(30, "too_few_cells")]


def test_inches_in_a_record_that_lacks_another_cell_do_not_part_it(tmp_path: Path) -> None:
    short = '2024-03-13,09:15,4,plain lamp,"made for 5"" pipes",https://shop.example.com/item/13,'
    assert [one.line for one in read(tmp_path, with_line(12, short)).rejected] == [14]


@pytest.mark.parametrize("at", [0, 13, 26])
@pytest.mark.parametrize("column", [5, 6])
def test_a_quote_too_many_before_a_quoted_cell_costs_no_record(tmp_path: Path, at: int, column: int) -> None:
    cells = raw_cells(STOCK[at])
    cells[column] = f'""{cells[column].strip(chr(34))}"' if column == 5 else f'"{cells[column]}'
    found = read(tmp_path, with_line(at, ",".join(cells)))
    kept = rows(found)
    assert [one.line for one in found.repaired] == [at + 2]
    assert kept[at][column].strip('"') == STOCK[at][column].strip('"')
    assert [row for n, row in enumerate(kept) if n != at] == [row for n, row in enumerate(STOCK) if n != at]


@pytest.mark.parametrize(("every", "listed"), [(12, True), (5, False)])
def test_sentences_among_addresses_are_doubtful_while_they_are_few(tmp_path: Path, every: int, listed: bool) -> None:
    body = [sale(n % 28 + 1) for n in range(60)]
    odd = [at for at in range(60) if at % every == 3]
    for at in odd:
        body[at] = (*body[at][:4], "made for rooms of every size", "https://shop.example.com")
    table = read(tmp_path, [",".join(NAMES), *map(",".join, body)])
    found = [at - 2 for at, code in spots(table.doubted) if code == "unlike_column"]
    assert found == (odd if listed else [])


@pytest.mark.parametrize("first", [("1", "2", "3", "4"), ("7", "11", "12", "13"), ("Ann", "3", "4", "5")])
def test_a_first_row_of_numbers_that_count_up_is_no_header_and_not_lost(tmp_path: Path, first: tuple[str, ...]) -> None:
    body = [first, *((f"{n}", f"{n * 7 % 11}", f"{n * 3 % 8}", f"{n % 5}") for n in range(5, 20)), first]
    if first[0] == "Ann":
        body = [first, *((f"Name{chr(65 + n)}", f"{n * 7 % 11}", f"{n * 3 % 8}", f"{n % 5}") for n in range(15))]
    table = read(tmp_path, list(map(",".join, body)))
    assert (table.header, rows(table)) == ((), body)


@pytest.mark.parametrize("names", [("Region", "2021", "2022", "2023"), ("Region", "1", "2", "3")])
def test_years_and_months_are_names(tmp_path: Path, names: tuple[str, ...]) -> None:
    body = [(f"Name{chr(65 + n)}", f"{n * 7 + 300}", f"{n * 3 + 410}", f"{n + 505}") for n in range(15)]
    table = read(tmp_path, list(map(",".join, [names, *body])))
    assert (table.header, rows(table)) == (names, body)


def test_words_above_a_row_that_counts_up_are_the_header(tmp_path: Path) -> None:
    table = read(tmp_path, ["one|two|three|four", "1|2|3|4"])
    assert (table.header, rows(table)) == (("one", "two", "three", "four"), [("1", "2", "3", "4")])


@pytest.mark.parametrize(
    "titles", [["Sales,,,,,"] * 2, ["Sales,,,,,"] * 3, ["Shop,,,,,", "North,,,,,"], [",,Sales,,,"] * 2]
)
@pytest.mark.parametrize("gap", [[], [",,,,,"], [""]])
def test_title_rows_as_wide_as_the_table_are_no_header(tmp_path: Path, titles: list[str], gap: list[str]) -> None:
    table = read(tmp_path, [*titles, *gap, ",".join(NAMES), *map(",".join, SALES)])
    assert (table.header, rows(table)) == (NAMES, SALES)


def test_every_row_of_remarks_below_a_table_is_doubtful(tmp_path: Path) -> None:
    table = read(tmp_path, [",".join(NAMES), *map(",".join, SALES), *["see the shop's own list,,,,,"] * 3])
    assert [line for line, _ in spots(table.doubted)] == [30, 31, 32]


def test_names_in_other_quotes_than_the_cells_are_doubtful(tmp_path: Path) -> None:
    header = ",".join([*NAMES[:3], f"'{NAMES[3]}'", *NAMES[4:]])
    table = read(tmp_path, [header, *(",".join(raw_cells(row)) for row in SALES)])
    assert spots(table.doubted)[:1] == [(1, "header_quotes")]


def test_a_title_and_a_setting_as_wide_as_the_table_are_no_header(tmp_path: Path) -> None:
    titles = ["Export of all sales,,,,,", "From,2024-03-01,,,,"]
    table = read(tmp_path, [*titles, ",".join(NAMES), *map(",".join, SALES)])
    assert (table.header, rows(table)) == (NAMES, SALES)


def test_a_setting_above_three_columns_is_no_header(tmp_path: Path) -> None:
    body = [(f"customer{n:04}@example.com", str(n % 11), "kind" if n % 3 else "") for n in range(1, 29)]
    names = ("email", "score", "comment")
    lines = ["Export of all answers,,", "From,2024-03-01,", *map(",".join, (names, *body))]
    assert read(tmp_path, lines).header == names


def test_the_line_of_a_markdown_table_is_no_header(tmp_path: Path) -> None:
    drawn = [f"| {' | '.join(row)} |" for row in (NAMES[:4], *(sale[:4] for sale in SALES))]
    table = read(tmp_path, [drawn[0], "|---|---|---|---|", *drawn[1:]])
    assert tuple(name.strip() for name in table.header if name.strip()) == NAMES[:4]
