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
