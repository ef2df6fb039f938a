"""Numbers that their own commas have cut in two are whole again where the file shows it, and refused where not."""

from __future__ import annotations

from pathlib import Path

import pytest

from clm_audit.exits import DataError
from clm_audit.intake.table import TextTable, read_table


def read(folder: Path, *lines: str, encoding: str = "utf-8") -> TextTable:
    (folder / "run").mkdir()
    path = folder / "f.csv"
    path.write_bytes("\r\n".join((*lines, "")).encode(encoding))
    return read_table(path, folder / "run")


def places(table: TextTable, path: Path, encoding: str) -> list[str]:
    """The line that begins at each byte that is listed."""
    content = path.read_bytes()
    step = len("\r\n".encode(encoding)) if encoding.startswith("utf-16") else 2
    return [content[one.byte :].decode(encoding).split("\r\n")[0] for one in table.repaired if step]


@pytest.mark.parametrize(("encoding", "end"), [("utf-8", ""), ("cp1252", ""), ("utf-16-le", ""), ("utf-8", ",,")])
def test_decimal_commas_in_every_row_are_whole_numbers_again(tmp_path: Path, encoding: str, end: str) -> None:
    lines = [f'2024-01-{n % 28 + 1:02},"Büro, {n}",{n * 7},{n + 10},{n % 9 + 1}{end}' for n in range(60)]
    table = read(tmp_path, f"Day,What,Cost,Clicks{end}", *lines, encoding=encoding)
    assert table.header == ("Day", "What", "Cost", "Clicks", *end.replace(",", " ").split(" ")[1:])
    assert table.frame.collect().rows()[1] == ("2024-01-02", "Büro, 1", "7,11", "2", *[""] * len(end))
    assert [(one.line, one.code) for one in table.repaired] == [(n + 2, "unquoted_separator") for n in range(60)]
    assert places(table, tmp_path / "f.csv", encoding) == lines


@pytest.mark.parametrize("end", ["", ","])
def test_a_first_column_that_counts_up_is_no_row_number_where_dates_tell(tmp_path: Path, end: str) -> None:
    lines = [f"{n},2024-01-{n % 28 + 1:02},c{n % 7},{n * 7},{n + 10}{end}" for n in range(60)]
    table = read(tmp_path, f"order,date,customer,amount{end}", *lines)
    assert [row[3] for row in table.frame.collect().rows()] == [f"{n * 7},{n + 10}" for n in range(60)]


@pytest.mark.parametrize(
    "row",
    [
        "2024-01-05,call,{0},{1},5,{1}",  # another pair fits, too
        "2024-01-05,{0},{1},call,5",  # no money
    ],
)
def test_decimal_commas_that_another_reading_explains_refuse_the_file(tmp_path: Path, row: str) -> None:
    names = "Day,What,Cost,Clicks,Views" if row.count(",") == 5 else "Day,Team,What,Cost"
    with pytest.raises(DataError, match="halves of one number"):
        read(tmp_path, names, *(row.format(n * 7, n + 10) for n in range(60)))


def test_a_name_that_is_blank_and_halves_without_a_cent_below_ten_refuse_the_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="halves of one number"):
        read(tmp_path, "Day,Cost,Clicks,", *(f"2024-01-05,{n * 7},{n + 10},{n}" for n in range(60)))


@pytest.mark.parametrize("header", ["Month,Sent,Net", ",Month,Sent,Net", "Month,Sent,Net,"])
def test_thousands_without_quotes_are_whole_where_one_column_takes_them(tmp_path: Path, header: str) -> None:
    numbers = [f"{n * 131 + 40:,}.50" for n in range(60)]
    table = read(tmp_path, header, *(f"20{n:02}-01-01,{n * 977 + 10000},{one}" for n, one in enumerate(numbers)))
    assert table.header == ("Month", "Sent", "Net")
    assert [row[2] for row in table.frame.collect().rows()] == numbers
    assert [one.line for one in table.repaired] == [n + 2 for n, one in enumerate(numbers) if "," in one]


def test_thousands_in_two_columns_refuse_the_file(tmp_path: Path) -> None:
    body = [f"20{n:02}-01-01,{n * 1013 + 1000:,},{n * 977 + 1007:,}" for n in range(60)]
    with pytest.raises(DataError):
        read(tmp_path, "Month,Sent,Net", *body)


def test_rows_with_numbers_and_a_nameless_column_are_clean(tmp_path: Path) -> None:
    table = read(tmp_path, ",Day,Cost,Clicks", *(f"{n * 3},2024-01-05,{n * 7},{n + 10}" for n in range(60)))
    assert (table.height, table.header) == (60, ("", "Day", "Cost", "Clicks"))
    assert (table.rejected, table.repaired, table.doubted) == ((), (), ())
