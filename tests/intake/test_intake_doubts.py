"""Tables that keep every rule and are not what they seem: what is kept of them is said, what is not is listed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from clm_audit.intake.table import TextTable, read_table

MAILS = [(f"customer{n:04}@example.com", str(n % 7)) for n in range(30)]
ORDERS = [(str(1000 + n), f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}", f"{n * 3.5 + 1:.2f}", "paid") for n in range(30)]
WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove")


def read(folder: Path, content: str) -> TextTable:
    run = folder / "run"
    run.mkdir()
    path = folder / "f.csv"
    path.write_text(content, encoding="utf-8", newline="")
    return read_table(path, run)


def rows(table: TextTable) -> list[tuple[str, ...]]:
    return table.frame.collect().rows()


def text(records: Sequence[Sequence[str]], header: str = "") -> str:
    lines = [",".join(row) for row in records]
    return "\n".join([*([header] if header else []), *lines]) + "\n"


def said(table: TextTable, words: str) -> bool:
    return any(words in note for note in table.notes)


@pytest.mark.parametrize(
    "content",
    [
        text(MAILS, "email,orders"),
        text(ORDERS, "id,day,amount,state"),
        text([(a, f"{b} note") for a, b in zip(WORDS, WORDS, strict=True)] * 3 + [("1", "2")], "id,amount"),
        "id,note\n" + "".join(f'{n},"one line\nanother, with a mark, and one more"\n' for n in range(10)),
    ],
)
def test_a_clean_table_raises_no_doubt_about_its_cells(tmp_path: Path, content: str) -> None:
    table = read(tmp_path, content)
    assert not table.rejected
    assert not table.repaired
    assert not any(word in note for note in table.notes for word in ("unlike", "quotes", "separator", "footer", "own:"))


def test_a_second_table_of_the_same_width_is_said_with_its_first_row(tmp_path: Path) -> None:
    other = [("k", "area", "code", "x"), *((f"region {n}", "north", f"Q-{n}", "y") for n in range(10))]
    table = read(tmp_path, text([*ORDERS, *other], "id,day,amount,state"))
    assert table.height == len(ORDERS) + len(other)
    assert said(table, f"from row {len(ORDERS) + 1} on the cells are unlike those above")


def test_another_header_among_the_rows_is_said(tmp_path: Path) -> None:
    table = read(tmp_path, text([*ORDERS[:9], ("no", "date", "sum", "status"), *ORDERS[9:]], "id,day,amount,state"))
    assert said(table, "rows with cells unlike the others of their column: 1 (the first is row 10)")


@pytest.mark.parametrize("gap", ["", "\n"])
def test_a_wide_table_below_a_narrow_one_says_what_it_left_out(tmp_path: Path, gap: str) -> None:
    table = read(tmp_path, text(MAILS[:6], "email,orders") + gap + text(ORDERS, "id,day,amount,state"))
    assert rows(table) == ORDERS
    assert said(table, "lines above the header, which are no rows: 7")


def test_a_quote_from_one_record_to_the_next_in_two_columns_is_rejected(tmp_path: Path) -> None:
    broken = [*MAILS[:9], ("customer7777@example.com", '"3'), ("customer8888@example.com", '4"'), *MAILS[9:]]
    table = read(tmp_path, text(broken, "email,orders"))
    assert rows(table) == MAILS
    assert [one.line for one in table.rejected] == [11, 12]


def test_a_quote_over_records_with_other_quoted_cells_is_rejected(tmp_path: Path) -> None:
    marked = [(*row[:2], f'"1,{row[2]}"', row[3]) for row in ORDERS]
    broken = [*marked]
    broken[4], broken[5] = (*marked[4][:3], '"paid'), (*marked[5][:3], 'paid"')
    table = read(tmp_path, text(broken, "id,day,amount,state"))
    assert table.height == len(ORDERS) - 2
    assert [one.line for one in table.rejected] == [6, 7]


def test_lines_of_text_in_quotes_that_may_be_records_are_said(tmp_path: Path) -> None:
    broken = [(word, f"note on {word}") for word in WORDS]
    table = read(tmp_path, text(broken, "word,note") + 'hazel,"first\nivory,second"\n')
    assert said(table, "cells whose lines may be records of their own: 1 (the first is row 8)")


def test_cells_in_other_quotes_are_said(tmp_path: Path) -> None:
    table = read(tmp_path, text([*ORDERS, ("'1099'", "'2024-01-01'", "'5.00'", "'paid'")], "id,day,amount,state"))
    assert said(table, "cells in other quotes than the file's: 1 (the first is row 31)")


def test_another_separator_in_a_table_of_two_columns_is_said(tmp_path: Path) -> None:
    pairs = [(word, f"note on {word}") for word in WORDS]
    table = read(tmp_path, text(pairs, "word,note") + "hazel||first, then second\n")
    assert table.height == len(pairs) + 1
    assert said(table, "cells with another separator: 1 (the first is row 8)")


def test_one_column_and_a_missing_last_line_end_are_said(tmp_path: Path) -> None:
    table = read(tmp_path, "keyword\namber\nbirch")
    assert rows(table) == [("amber",), ("birch",)]
    assert said(table, "one column only")
    assert said(table, "no line end after the last record")


def test_a_closing_line_kept_as_a_row_is_said(tmp_path: Path) -> None:
    table = read(tmp_path, "word\namber tree\nbirch tree\nSource: shop system\n")
    assert table.height < 3 or said(table, "the last row may be a footer")


# One column, and wider records in it


@pytest.mark.parametrize("place", [0, 15, 30])
def test_one_wider_record_does_not_make_a_column_two(tmp_path: Path, place: int) -> None:
    cells = [f"customer{n:04}@example.com" for n in range(30)]
    table = read(tmp_path, "\n".join(["email", *cells[:place], "one,two", *cells[place:]]) + "\n")
    assert rows(table) == [(cell,) for cell in cells]
    assert [(one.line, one.code) for one in table.rejected] == [(place + 2, "too_many_cells")]


def test_titles_above_a_small_table_do_not_make_it_one_column(tmp_path: Path) -> None:
    titles = "Sales\nAll shops\nMay\n\nfor review\nby region\n"
    table = read(tmp_path, titles + text(ORDERS[:2], "id,day,amount,state"))
    assert rows(table) == ORDERS[:2]
    assert table.header == ("id", "day", "amount", "state")


def test_one_column_in_apostrophes_or_between_blanks(tmp_path: Path) -> None:
    table = read(tmp_path, "'amount'\n'12.5'\n'13.5'\n")
    assert (table.header, rows(table)) == (("amount",), [("12.5",), ("13.5",)])


def test_blanks_around_cells_and_quotes(tmp_path: Path) -> None:
    table = read(tmp_path, ' a , b , c \n 12.5 , "x, ""y"" z" , 5 \n 13.5 , u , 6 \n 14.5 , "w" , 7 \n')
    assert [tuple(cell.strip() for cell in row) for row in rows(table)] == [
        ("12.5", 'x, "y" z', "5"),
        ("13.5", "u", "6"),
        ("14.5", "w", "7"),
    ]


# Headers


def test_a_header_that_comes_again_in_a_table_of_words_is_found(tmp_path: Path) -> None:
    pairs = [(word, f"note on {word}") for word in WORDS]
    table = read(tmp_path, text([*pairs[:3], ("word", "note"), *pairs[3:]], "word,note"))
    assert (table.header, rows(table)) == (("word", "note"), pairs)
    assert said(table, "nothing but words below the header")


def test_an_empty_column_does_not_swallow_the_rows(tmp_path: Path) -> None:
    table = read(tmp_path, "comment,\n" + "".join(f"a note on {word},\n" for word in WORDS))
    assert rows(table) == [(f"a note on {word}", "") for word in WORDS]
    assert table.header == ("comment", "")


def test_units_below_the_names_are_no_row(tmp_path: Path) -> None:
    table = read(tmp_path, text([("(text)", "(text)"), *((word, f"on {word}") for word in WORDS)], "word,note"))
    assert table.header == ("word", "note")
    assert table.height == len(WORDS)


def test_the_second_half_with_another_separator_keeps_the_first(tmp_path: Path) -> None:
    first = text(ORDERS[:12], "id,day,amount,state")
    table = read(tmp_path, first + text(ORDERS[12:], "id,day,amount,state").replace(",", ";"))
    assert rows(table) == ORDERS
    assert table.header == ("id", "day", "amount", "state")
    assert [(one.line, one.code) for one in table.repaired] == [(14, "other_header")]


def test_the_second_half_with_another_separator_keeps_a_first_one_with_a_rare_separator(tmp_path: Path) -> None:
    first = text(ORDERS[:12], "id,day,amount,state").replace(",", "~")
    table = read(tmp_path, first + text(ORDERS[12:], "id,day,amount,state").replace(",", ";"))
    assert rows(table) == ORDERS
    assert [(one.line, one.code) for one in table.repaired] == [(14, "other_header")]


@pytest.mark.parametrize("header", ["Word;Note", ",Word,Note"])
def test_a_header_of_another_make_is_found_above_a_blank_line_in_a_table_of_words(tmp_path: Path, header: str) -> None:
    pairs = [(word, f"note on {word}") for word in WORDS]
    table = read(tmp_path, text([(" ", " "), *pairs], header))
    assert (table.header, rows(table)) == (("Word", "Note"), pairs)


def test_a_title_above_a_blank_line_is_no_header_of_a_table_of_words(tmp_path: Path) -> None:
    pairs = [(word, f"note on {word}") for word in WORDS]
    table = read(tmp_path, "Export, Of, Words\n\n" + text(pairs, "Word,Note"))
    assert (table.header, rows(table)) == (("Word", "Note"), pairs)


def test_fifty_separators_at_the_end_of_every_row_leave_the_header(tmp_path: Path) -> None:
    table = read(
        tmp_path, "ID,DAY,AMOUNT,STATE\n" + text(ORDERS, "x").partition("\n")[2].replace("\n", "," * 50 + "\n")
    )
    assert table.header == ("ID", "DAY", "AMOUNT", "STATE")
    assert [row[:4] for row in rows(table)] == ORDERS


def test_the_first_cells_of_a_row_without_a_header_are_rejected_and_no_title(tmp_path: Path) -> None:
    wide = [(str(300 + n), word, "Closed", "Low", f"2024-01-{n + 1:02d}") for n, word in enumerate(WORDS[:12])]
    table = read(tmp_path, text(wide, "302,again"))
    assert [(one.line, one.action) for one in table.rejected] == [(1, "rejected")]
    assert rows(table) == wide


def test_a_broken_first_row_without_a_header_is_rejected(tmp_path: Path) -> None:
    table = read(tmp_path, text([ORDERS[0][1:], *ORDERS[1:]]))
    assert rows(table) == ORDERS[1:]
    assert [one.line for one in table.rejected] == [1]


# Records, fused or alone


def test_two_records_in_one_line_are_both_taken_where_the_cut_is_clear(tmp_path: Path) -> None:
    content = text(ORDERS, "id,day,amount,state").replace("paid\n1007", "paid1007")
    table = read(tmp_path, content)
    assert rows(table) == ORDERS
    assert [one.code for one in table.repaired] == ["missing_line_end"]


def test_a_cut_that_nobody_can_place_rejects_both_records(tmp_path: Path) -> None:
    numbers = [(str(n), "2024-01-05", f"{n * 7.25:.2f}", str(n / 8)) for n in range(5, 45)]
    content = text(numbers, "n,day,sum,rate")
    fused = content.replace("3.75\n31", "3.7531")
    table = read(tmp_path, fused)
    assert [row for row in numbers if row not in rows(table)] == numbers[25:27]
    assert [one.code for one in table.rejected] == ["missing_line_end"] * 2
    assert table.height + len(table.rejected) == len(numbers)
    assert table.read == len(numbers) + 1


def test_two_records_fused_at_a_quoted_cell(tmp_path: Path) -> None:
    marked = [(*row[:3], f'"{row[3]}, {row[0]}"') for row in ORDERS]
    lines = text(marked, "id,day,amount,state").splitlines(keepends=True)
    table = read(tmp_path, "".join(lines[:5]) + lines[5].rstrip("\n") + "".join(lines[6:]))
    assert rows(table) == [(*row[:3], row[3].strip('"')) for row in marked]
    assert [one.code for one in table.repaired] == ["missing_line_end"]


def test_the_only_record_may_be_mended(tmp_path: Path) -> None:
    table = read(tmp_path, 'id,name,sum\n"7","the "big" one","5"\n')
    assert rows(table) == [("7", 'the "big" one', "5")]
    assert [one.code for one in table.repaired] == ["undoubled_quote"]


def test_a_tiny_file_of_broken_records_lists_them(tmp_path: Path) -> None:
    table = read(tmp_path, "id,name,sum\n7,8\n")
    assert (table.header, table.height) == (("id", "name", "sum"), 0)
    assert [(one.line, one.action) for one in table.rejected] == [(2, "rejected")]


def test_one_column_of_texts_with_commas_is_one_column(tmp_path: Path) -> None:
    cells = [f"a note on {word}" + (", and more" if n % 3 == 0 else "") for n, word in enumerate(WORDS * 4)]
    table = read(tmp_path, "\n".join(["comment", *cells]) + "\n")
    assert (table.header, rows(table)) == (("comment",), [(cell,) for cell in cells])
    assert not table.rejected


def test_a_header_that_ends_in_another_way_than_the_rows(tmp_path: Path) -> None:
    table = read(tmp_path, text(ORDERS, "id,day,amount,state").replace("state\n", "state\r"))
    assert (table.header, rows(table)) == (("id", "day", "amount", "state"), ORDERS)


def test_texts_that_may_be_two_records_are_rejected_as_two(tmp_path: Path) -> None:
    table = read(tmp_path, 'word,note\namber,one\nbirch,"two, more"cedar,three\ndelta,four\n')
    assert rows(table) == [("amber", "one"), ("delta", "four")]
    assert [(one.line, one.code) for one in table.rejected] == [(3, "missing_line_end")] * 2


@pytest.mark.parametrize("blank", [",,,,,,,", " , ,,,, ,", ",", "", " "])
@pytest.mark.parametrize("place", [0, 15, 30])
def test_blank_records_of_any_width_are_no_rows(tmp_path: Path, blank: str, place: int) -> None:
    lines = text(ORDERS, "id,day,amount,state").splitlines()
    table = read(tmp_path, "\n".join([*lines[: place + 1], blank, *lines[place + 1 :]]) + "\n")
    assert rows(table) == ORDERS
    assert (table.structure, len(table.rejected)) == (2, 0)


def test_doubled_apostrophes_in_cells_between_apostrophes_are_quotes(tmp_path: Path) -> None:
    marked = [(*row[:3], "'it''s paid'" if n % 4 == 0 else "paid") for n, row in enumerate(ORDERS)]
    table = read(tmp_path, text(marked, "id,day,amount,state"))
    assert rows(table) == [(*row[:3], row[3].strip("'").replace("''", "'")) for row in marked]
    assert not table.repaired


def test_apostrophes_within_cells_stay(tmp_path: Path) -> None:
    marked = [(*row[:3], ("'tis paid", "it's paid", "paid '24'")[n % 3]) for n, row in enumerate(ORDERS)]
    assert rows(read(tmp_path, text(marked, "id,day,amount,state"))) == marked


def test_a_header_of_words_may_name_two_columns_alike(tmp_path: Path) -> None:
    table = read(tmp_path, text([(word, f"on {word}", "x y", f"{word} too") for word in WORDS], "word,note,tag,note"))
    assert table.header == ("word", "note", "tag", "note")
    assert table.height == len(WORDS)


def test_a_header_in_quotes_as_a_whole_above_a_rare_separator(tmp_path: Path) -> None:
    records = [(row[0], row[2], row[3]) for row in ORDERS]
    table = read(tmp_path, '"id^amount^state"\n' + text(records).replace(",", "^"))
    assert (table.header, rows(table)) == (("id", "amount", "state"), records)


def test_the_rest_of_a_last_cell_is_no_footer(tmp_path: Path) -> None:
    notes = ("asked about the plan", "first order", "moved")
    records = [(*one[:3], notes[n % 3]) for n, one in enumerate(ORDERS)]
    cut = text([*records, ("1030", "2024-05-05", "9.00", "asked abou")], "id,day,amount,note")
    table = read(tmp_path, cut + "t the plan\n")
    assert [(one.line, one.action) for one in (*table.repaired, *table.rejected)] == [(33, "rejected")]
    assert rows(table)[:-1] == records


def test_a_remark_below_a_column_of_text_is_a_footer(tmp_path: Path) -> None:
    records = [(*one[:3], f"note {WORDS[n % 7]}") for n, one in enumerate(ORDERS)]
    table = read(tmp_path, text(records, "id,day,amount,note") + "Confidential\n")
    assert (rows(table), table.rejected) == (records, ())


def test_a_small_table_below_records_that_are_quoted_as_a_whole_is_rejected_line_by_line(tmp_path: Path) -> None:
    lines = [f'"{line}"' for line in text(ORDERS, "id,day,amount,state").splitlines()]
    below = ['""', '"Region,Manager"', '"R1,Customer 0001"', '"R2,Customer 0002"']
    table = read(tmp_path, "\n".join([*lines, *below]) + "\n")
    assert (table.header, rows(table)) == (("id", "day", "amount", "state"), ORDERS)
    assert [one.line for one in table.rejected] == [33, 34, 35]


def test_apostrophes_quote_nothing_where_quotes_do_as_well(tmp_path: Path) -> None:
    table = read(tmp_path, "day,a,b,c,d\n" + '2024-01-01,\',,"\',",","\n' * 2)
    assert rows(table) == [("2024-01-01", "'", "", "',", ",")] * 2
