"""Exports glued together, encodings told by their letters, and rows that are kept with a doubt."""

from __future__ import annotations

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
