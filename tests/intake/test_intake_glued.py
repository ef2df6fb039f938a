"""Exports glued together, encodings told by their letters, and rows that are kept with a doubt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clm_audit.intake.charsets import charset_of
from clm_audit.intake.table import TextTable, read_table

ROWS = [(f"K-{100 + n}", f"2024-03-{n + 1:02}", f"{n}.50", "paid") for n in range(12)]
HEADER = ("order", "day", "amount", "state")


def read(folder: Path, content: str, encoding: str = "utf-8") -> TextTable:
    run = folder / "run"
    run.mkdir()
    path = folder / "f.csv"
    path.write_bytes(content.encode(encoding))
    return read_table(path, run)


def lines(*rows: tuple[str, ...], mark: str = ",") -> str:
    return "".join(mark.join(row) + "\n" for row in rows)


def test_a_second_part_with_a_column_more_keeps_the_first_header_and_lists_its_rows(tmp_path: Path) -> None:
    more = [(*row, "x") for row in ROWS[6:]]
    table = read(tmp_path, lines(HEADER, *ROWS[:6], (*HEADER, "added"), *more))
    assert table.frame.collect().rows() == ROWS
    assert table.header == HEADER
    assert [(one.line, one.code) for one in table.repaired] == [
        (8, "other_header"),
        *((line, "extra_columns") for line in range(9, 15)),
    ]


def test_a_second_part_in_another_order_and_with_another_separator(tmp_path: Path) -> None:
    turned = [row[::-1] for row in (HEADER, *ROWS[6:])]
    table = read(tmp_path, lines(HEADER, *ROWS[:6]) + lines(*turned, mark=";"))
    assert table.frame.collect().rows() == ROWS
    assert table.read == len(ROWS) + 2


def test_a_row_of_ordinary_words_is_no_second_header(tmp_path: Path) -> None:
    rows = [("amber", "birch", "cedar"), ("birch", "amber", "cedar"), ("cedar", "birch", "amber")] * 4
    table = read(tmp_path, lines(("Wood", "Tint", "Shop"), *rows))
    assert table.frame.collect().rows() == rows
    assert not table.repaired


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Łódź, Gdańsk, Zażółć gęślą jaźń", "cp1250"),
        ("Dvořák, Příliš žluťoučký kůň", "cp1250"),
        ("Москва, центр; Казань", "cp1251"),
        ("Θεσσαλονίκη, Πάτρα κέντρο", "cp1253"),
        ("Çağrı Işık Yılmaz, İzmir", "cp1254"),
        ("株式会社サンプル, 大阪市北区", "shift_jis"),
        ("北京市朝阳区, 广州分公司, 深圳", "gb18030"),
        ("台北市信義區, 訂單", "big5"),
        ("Besançon, Málaga, Tromsø, “quoted”", "cp1252"),
        ("São Paulo, Coração; Crème brûlée", "cp1252"),
    ],
)
def test_the_letters_tell_the_encoding(text: str, encoding: str) -> None:
    found = charset_of(text.encode(encoding))
    assert text.encode(encoding).decode(found.codec) == text


def test_lines_of_an_open_encoding_are_listed_and_kept(tmp_path: Path) -> None:
    rows = [*ROWS, ("K-900", "2024-03-30", "1.00", "東京")]
    table = read(tmp_path, lines(HEADER, *rows), "euc-jp")
    assert table.height == len(rows)
    assert [(one.line, one.code, one.action) for one in table.doubted] == [(14, "unsure_encoding", "kept")]


def test_a_cell_unlike_its_column_is_kept_and_listed_with_its_line(tmp_path: Path) -> None:
    odd = ("K-900", "unknown to us", "1.00", "paid")
    table = read(tmp_path, lines(HEADER, *ROWS[:5], odd, *ROWS[5:]))
    assert table.frame.collect().rows() == [*ROWS[:5], odd, *ROWS[5:]]
    assert [(one.line, one.code, one.action) for one in table.doubted] == [(7, "unlike_column", "kept")]


def test_a_comma_of_text_without_quotes_is_mended_where_one_reading_fits(tmp_path: Path) -> None:
    noted = [(*row, f"note {n}", "x1") for n, row in enumerate(ROWS)]
    content = lines((*HEADER, "note", "code"), *noted) + "K-900,2024-03-30,1.00,paid,first, then second,x1\n"
    table = read(tmp_path, content)
    assert table.frame.collect().rows()[-1] == ("K-900", "2024-03-30", "1.00", "paid", "first, then second", "x1")
    assert [(one.line, one.code) for one in table.repaired] == [(14, "unquoted_separator")]


def test_a_header_named_like_a_pattern_of_polars_is_a_column(tmp_path: Path) -> None:
    table = read(tmp_path, lines(("*", "^a.*$"), ("1", "2024-01-01"), ("2", "2024-01-02")))
    assert table.frame.collect().height == 2
    assert table.header == ("*", "^a.*$")


def quoted(*rows: tuple[str, ...], mark: str = ",", end: str = "\n") -> str:
    return "".join(mark.join(f'"{cell}"' for cell in row) + end for row in rows)


LONG = ("order\n(id)", "day, as\nyear-month-day", "amount", "state\r\nin words")
TURN = (2, 0, 3, 1)


def turned(*rows: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [tuple(row[at] for at in TURN) for row in rows]


@pytest.mark.parametrize("cut", [1, 6, 11])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_second_header_in_another_order_whose_names_hold_line_ends(
    tmp_path: Path, cut: int, mark: str, end: str
) -> None:
    parts = quoted(LONG, *ROWS[:cut], end=end) + quoted(*turned(LONG, *ROWS[cut:]), mark=mark, end=end)
    table = read(tmp_path, parts)
    assert table.frame.collect().rows() == ROWS
    assert [one.code for one in table.repaired] == ["other_header"]
    assert table.read == len(ROWS) + 2


@pytest.mark.parametrize("header", [HEADER, LONG])
@pytest.mark.parametrize("written", [str.upper, str.title, lambda name: f"  {name} ", str])
def test_the_header_once_more_is_structure_however_it_is_written(
    tmp_path: Path, header: tuple[str, ...], written: Callable[[str], str]
) -> None:
    again = tuple(written(name) for name in header)
    parts = [quoted(header, *ROWS[:4]), quoted(again), lines(*ROWS[4:8]), quoted(again), lines(*ROWS[8:])]
    table = read(tmp_path, "".join(parts))
    assert table.frame.collect().rows() == ROWS
    assert (table.structure, table.repaired, table.doubted) == (3, (), ())


def test_a_header_below_a_record_without_a_line_end(tmp_path: Path) -> None:
    first = lines(HEADER, *ROWS[:6]).removesuffix("\n")
    table = read(tmp_path, first + lines(*turned(HEADER, *ROWS[6:]), mark=";"))
    assert table.frame.collect().rows() == ROWS
    assert [(one.line, one.code) for one in table.repaired] == [(7, "other_header")]


def test_a_third_part_in_the_order_of_the_first(tmp_path: Path) -> None:
    parts = [lines(HEADER, *ROWS[:4]), lines(*turned(HEADER, *ROWS[4:8])), lines(HEADER, *ROWS[8:])]
    table = read(tmp_path, "".join(parts))
    assert table.frame.collect().rows() == ROWS
    assert [one.line for one in table.repaired] == [6, 11]


def test_a_cell_that_names_all_columns_is_text(tmp_path: Path) -> None:
    rows = [*ROWS[:5], ("K-900", "2024-03-30", "1.00", "see; order; day; amount; state"), *ROWS[5:]]
    table = read(tmp_path, quoted(HEADER, *rows))
    assert table.frame.collect().rows() == rows
    assert not table.repaired


def test_a_name_that_every_row_holds_does_not_hide_a_second_header(tmp_path: Path) -> None:
    header = ("customer-of-ours", "day", "amount")
    rows = [(f"customer-of-ours-{n}", f"2024-03-{n % 28 + 1:02}", f"{n}.50") for n in range(400)]
    parts = lines(header, *rows[:200]) + lines(*[row[::-1] for row in (header, *rows[200:])])
    table = read(tmp_path, parts)
    assert table.frame.collect().rows() == rows


def test_two_tables_each_with_a_separator_of_its_own(tmp_path: Path) -> None:
    rows = [(f"2024-03-{n + 1:02}", f"one; two {n}", f"{n},500.00", "USD") for n in range(20)]
    header = ("day", "what it was", "amount", "currency")
    content = f"Report\n{quoted(header)}{quoted(*rows[:10])}" + lines(header, mark=";") + quoted(*rows[10:], mark=";")
    assert read(tmp_path, content).frame.collect().rows() == rows


def test_rows_whose_columns_change_places_under_another_header_are_listed_one_by_one(tmp_path: Path) -> None:
    other = [row[::-1] for row in (("number", "when", "net", "how"), *ROWS)]
    table = read(tmp_path, lines(HEADER, *ROWS) + lines(*other))
    assert table.height == 25
    assert {(one.line, one.code) for one in table.doubted} >= {(line, "other_table") for line in range(15, 27)}


def test_columns_that_change_their_kind_are_no_change_of_places(tmp_path: Path) -> None:
    later = [(f"{7000 + n}", f"2024-05-{n + 1:02}", f"{n}.50", "paid") for n in range(12)]
    table = read(tmp_path, lines(HEADER, *ROWS, *later))
    assert table.height == 24
    assert len(table.doubted) <= 1


def test_the_title_of_each_page_is_structure(tmp_path: Path) -> None:
    rows = [(f"K-{n}", f"2024-03-{n % 28 + 1:02}", f"{n}.50", "paid") for n in range(100)]
    pages = [f"Page {at // 20 + 1}\n" + lines(HEADER, *rows[at : at + 20]) for at in range(0, 100, 20)]
    table = read(tmp_path, "\n".join(pages))
    assert table.frame.collect().rows() == rows
    assert table.rejected == ()
    assert table.read == 100 + 5 + 5 + 4


def test_the_rest_of_a_record_above_a_header_is_no_title(tmp_path: Path) -> None:
    table = read(tmp_path, lines(HEADER, *ROWS[:5]) + "K-900\n" + lines(HEADER, *ROWS[5:]))
    assert [(one.line, one.code) for one in table.rejected] == [(7, "too_few_cells")]
