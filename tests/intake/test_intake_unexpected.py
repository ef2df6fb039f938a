"""Separators of several characters, and of one that no table is expected to have: read exactly, or not taken at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.intake.read import read_exports
from clm_audit.intake.table import TextTable, read_table
from clm_audit.intake.unexpected import SINGLE, unexpected

NAMES = ("order", "date", "customer", "amount", "note")
MARKS = ("=>", "~|~", "^|^", "|~|", "<>", ";|", "##", r"\t", *SINGLE)
CELLS = [
    (f"o{n}", f"2024-01-{n % 28 + 1:02}", f"c{n % 7}", f"{n}.50", "" if n % 3 else "this, that") for n in range(60)
]


def text(mark: str, *more: str) -> str:
    return "\n".join((*more, *(mark.join(one) for one in (NAMES, *CELLS)), ""))


def read(folder: Path, content: str) -> TextTable:
    (folder / "run").mkdir()
    path = folder / "f.csv"
    path.write_bytes(content.encode())
    return read_table(path, folder / "run")


def rows(table: TextTable) -> list[tuple[str, ...]]:
    return table.frame.collect().rows()


@pytest.mark.parametrize("mark", MARKS)
def test_a_table_with_such_a_mark_is_read_to_the_cell(tmp_path: Path, mark: str) -> None:
    table = read(tmp_path, text(mark))
    assert (table.header, rows(table)) == (NAMES, CELLS)
    assert (table.rejected, table.repaired, table.doubted) == ((), (), ())
    assert mark in table.dialect or mark in (*SINGLE, "##")


@pytest.mark.parametrize("mark", ["=>", "~|~", r"\t", "#"])
def test_such_a_mark_within_quotes_is_text_and_a_row_that_lacks_one_is_mended_and_listed(
    tmp_path: Path, mark: str
) -> None:
    content = text(mark, "Orders of the shop", "").replace("this, that", f'"this {mark} ""that"""')
    content = content.replace(f"c3{mark}10.50", "c310.50")
    table = read(tmp_path, content)
    assert rows(table) == [(*one[:4], one[4] and f'this {mark} "that"') for one in CELLS]
    where = len(content.split("o10")[0].encode())
    assert [(one.line, one.byte, one.code) for one in table.repaired] == [(14, where, "missing_separator")]
    assert table.rejected == ()


@pytest.mark.parametrize("mark", ["=>", "~|~", r"\t", "#"])
def test_a_preset_knows_the_names_between_such_marks(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(text(mark))
    plan = AuditPlan(sources=(Source(path=path),), root=tmp_path, go_live=date(2024, 7, 1))
    (tmp_path / "run").mkdir()
    (table,) = read_exports(plan, tmp_path / "run").tables
    assert (table.object_name, table.height, table.lost) == ("orders", 60, 0)


def test_the_line_that_underlines_names_is_no_row_of_a_table_that_a_preset_knows(tmp_path: Path) -> None:
    lines = ["| order | date | customer | amount |", "|---|:---|:-:|---:|"]
    lines += [f"| {n} | 2024-05-{n:02} | c{n % 5} | {n}.50 |" for n in range(1, 20)]
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([*lines, ""]))
    plan = AuditPlan(sources=(Source(path=path),), root=tmp_path, go_live=date(2024, 7, 1))
    (tmp_path / "run").mkdir()
    (table,) = read_exports(plan, tmp_path / "run").tables
    assert (table.object_name, table.height, table.structure, table.lost) == ("orders", 19, 2, 0)


@pytest.mark.parametrize(
    "content",
    [
        "id,note\n" + "".join(f"{n},a => b => c => d\n" for n in range(20)),
        "note\n" + "".join(f"#call #late #blue{n}\n" for n in range(20)),
        "#,name,sum\n" + "".join(f"{n},#a,#b\n" for n in range(20)),
        "a:,b:,c:\n" + "1:,2:,3:\n" * 20,  # a usual separator is part of it, and may be alone
        "1=>2=>3\n" * 20,  # no names
        "day=>what=>what\n" + "1=>2=>3\n" * 20,  # a name twice
        "day=>what=>sum\n" + "1=>2=>3\n" * 20 + "1=>2\n" * 3,
        "day=>what=>sum\n",
        "day=>what=>sum\n1=>2\n",
    ],
)
def test_what_does_not_explain_the_whole_file_is_no_separator(content: str) -> None:
    assert unexpected(content.encode(), 0) is None


def test_a_name_may_end_with_the_letter_of_a_written_tab() -> None:
    assert unexpected(rb"day\twhat\tamount" + b"\n" + rb"1\t2\t3" + b"\n", 0) == r"\t"


def test_one_broken_record_of_a_small_table_does_not_hide_the_mark() -> None:
    assert unexpected(b"day=>what=>sum\n1=>2=>3\n1=>2\n1=>2=>3\n", 0) == "=>"
