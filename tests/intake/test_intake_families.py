"""Families of damage that were once wrong in silence: each is mended, rejected with its line, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from clm_audit.exits import DataError
from clm_audit.intake.table import TextTable, read_table


def read(folder: Path, content: str, encoding: str = "utf-8") -> TextTable:
    (folder / "run").mkdir()
    path = folder / "f.csv"
    path.write_bytes(content.encode(encoding))
    return read_table(path, folder / "run")


def rows(table: TextTable) -> list[tuple[str, ...]]:
    return table.frame.collect().rows()


@pytest.mark.parametrize(
    ("full", "cut"),
    [
        ("2024-05-{0:02}", "2024-05-1"),
        ("2024-05-{0:02}T10:00:00Z", "2024-05-11T10:00:0"),
        ("9000{0:02}", "90001"),
        ("{0}5.50", "15."),
        ("K-{0:02}", ""),
        ("Amsterdam", "Amst"),
    ],
)
def test_a_last_cell_that_is_cut_off_makes_its_record_a_loss_that_is_listed(
    tmp_path: Path, full: str, cut: str
) -> None:
    body = [f"A{n},{full.format(n)}" for n in range(10, 60)]
    table = read(tmp_path, "id,what\n" + "\n".join([*body, f"A60,{cut}"]))
    assert [(one.line, one.code) for one in table.rejected] == [(52, "truncated")]
    assert table.height == 50
    assert table.read == 52


@pytest.mark.parametrize("last", ["2024-05-11", "5", "5.00", "", "Utrecht", "Cork", "K-7"])
def test_a_last_cell_like_others_is_whole_without_a_line_end(tmp_path: Path, last: str) -> None:
    kinds = {"2": "2024-05-{0:02}", "5": "{0}", "U": "Utrecht", "C": "City {0}", "K": "K-{0}", "": "{0}"}
    body = [f"A{n},{kinds[last[:1]].format(n) if n % 7 or last else ''}" for n in range(1, 60)]
    if last == "5.00":
        body = [f"A{n},{n}.50" for n in range(1, 60)]
    table = read(tmp_path, "id,what\n" + "\n".join([*body, f"A60,{last}"]))
    assert (table.height, table.rejected) == (60, ())


@pytest.mark.parametrize("blanks", [0, 7])
def test_a_blank_last_cell_is_whole_only_where_others_below_words_are_blank_too(tmp_path: Path, blanks: int) -> None:
    body = [f"A{n},{'Utrecht' if n > blanks else ''}" for n in range(1, 60)]
    table = read(tmp_path, "id,what\n" + "\n".join([*body, "A60,"]))
    assert len(table.rejected) == (not blanks)


SPEND = ("Day", "Campaign", "Cost", "Impr.")


def test_thousands_without_quotes_in_nearly_every_row_refuse_the_file(tmp_path: Path) -> None:
    body = [f"2024-01-{n % 28 + 1:02},spring,{n}.50,{n + 10},0{n % 90 + 10}" for n in range(60)]
    with pytest.raises(DataError, match="parts of one number") as error:
        read(tmp_path, "\n".join([",".join(SPEND), *body, ""]))
    assert error.value.problems[0].hint


def test_a_cell_that_is_mended_in_a_file_without_quotes_holds_its_separator(tmp_path: Path) -> None:
    body = [f'R{n};2024-01-{n % 28 + 1:02};Rent, {n % 40}" wide;{n},50' for n in range(60)]
    body[30] = "R30;2024-01-03;one; and two;5,50"
    table = read(tmp_path, "\n".join(["No;Day;What;Net", *body, ""]))
    assert table.dialect.endswith("no quotes")
    assert rows(table)[30] == ("R30", "2024-01-03", "one; and two", "5,50")
    assert rows(table)[29] == ("R29", "2024-01-02", 'Rent, 29" wide', "29,50")
    assert [(one.line, one.code) for one in table.repaired] == [(32, "unquoted_separator")]


def test_a_total_quoted_otherwise_than_the_rows_is_a_footer(tmp_path: Path) -> None:
    body = [f"2024-01-{n % 28 + 1:02},'a, {n}',USD,'{n},500'" for n in range(60)]
    total = 'Total: all, --,USD,"63,770.56"'
    table = read(tmp_path, "\n".join(["Day,What,Currency,Net", *body, total, total, ""]))
    assert (table.height, table.rejected, table.structure) == (60, (), 3)


@pytest.mark.parametrize("mark", [";", ":", "\t"])
def test_a_small_table_below_many_titles(tmp_path: Path, mark: str) -> None:
    titles = [f"Condition {n}" for n in range(40)]
    body = [mark.join((f"K-{n}", "one, two", f"{n}.50", "paid")) for n in range(6)]
    table = read(tmp_path, "\n".join([*titles, mark.join(("No", "What", "Net", "State")), *body, ""]))
    assert table.header == ("No", "What", "Net", "State")
    assert rows(table) == [(f"K-{n}", "one, two", f"{n}.50", "paid") for n in range(6)]


def test_two_pipes_in_a_table_of_three_rows(tmp_path: Path) -> None:
    body = [f"s{n}||Customer {n:04}||||{n}.50||paid" for n in range(3)]
    table = read(tmp_path, "\n".join(["No,Who,Plan,Net,State", *body, ""]))
    assert rows(table) == [(f"s{n}", f"Customer {n:04}", "", f"{n}.50", "paid") for n in range(3)]


def test_a_title_as_wide_as_the_header_of_a_tiny_table(tmp_path: Path) -> None:
    table = read(tmp_path, "and,so,on,and,so\nNo,Who,Plan,Day,State\n1,Customer 0001,Pro,2024-01-01,paid\n")
    assert (table.header, table.height) == (("No", "Who", "Plan", "Day", "State"), 1)


def test_a_row_that_lacks_a_cell_right_below_the_header_is_no_header(tmp_path: Path) -> None:
    body = [f"note {n % 7},{w},of the day,call" for n, w in enumerate(["blue", "red", "late", "wrong"] * 8)]
    table = read(
        tmp_path, "\n".join(["A paragraph above", "Title,Author,Summary,Tags,", "blue,of the day,call", *body, ""])
    )
    assert table.header[:4] == ("Title", "Author", "Summary", "Tags")
    assert [(one.line, one.code) for one in table.rejected] == [(3, "too_few_cells")]
    assert table.height == 32


def test_one_column_that_seems_to_hold_two_is_doubtful_in_every_row(tmp_path: Path) -> None:
    body = [f"customer{n:04}@example.com:{'said so ' * (n % 5)}{',' * (n % 3 == 0)}" for n in range(20)]
    table = read(tmp_path, "\n".join([*body, ""]))
    assert len([one for one in table.doubted if one.code == "other_table"]) + len(table.rejected) >= table.height


def test_one_row_of_another_width_than_the_header_is_mended_or_listed(tmp_path: Path) -> None:
    table = read(tmp_path, "No,Who,Day,Notes\n1,Customer 0001,2024-01-01,'this, and that'\n\n(1 rows affected)\n")
    assert rows(table) == [("1", "Customer 0001", "2024-01-01", "this, and that")]
    assert [one.code for one in table.repaired] == ["other_quotes"]


def test_two_records_of_two_columns_in_one_line(tmp_path: Path) -> None:
    body = [f"customer{n:04}@example.com,said so {n}" for n in range(20)]
    table = read(tmp_path, "\n".join(["Mail,Reason", f"{body[0]},{body[1]}", *body[2:], ""]))
    assert rows(table)[:2] == [tuple(one.split(",")) for one in body[:2]]
    assert [(one.line, one.code) for one in table.repaired] == [(2, "missing_line_end")]


@pytest.mark.parametrize("mark", [":", ","])
def test_a_wider_second_part_does_not_make_titles_of_the_first(tmp_path: Path, mark: str) -> None:
    cells = [(str(n), f"back {n}", f"{n}.50", "a;b", f"2024-01-{n % 28 + 1:02}") for n in range(40)]
    body = [mark.join(row) for row in cells]
    header = mark.join(("No", "What", "Net", "Ids", "Day"))
    parts = [header, *body[:15], f"{header}{mark}Added to it", *(f"{line}{mark}x" for line in body[15:])]
    table = read(tmp_path, "\n".join([*parts, ""]))
    assert table.header == ("No", "What", "Net", "Ids", "Day")
    assert rows(table) == cells


@pytest.mark.parametrize("mark", ["^", ";", ","])
def test_records_with_another_separator_are_no_letter(tmp_path: Path, mark: str) -> None:
    body = [(f"2024-01-{n % 28 + 1:02}", f"spring {n}", "USD", f"{n}.50") for n in range(100)]
    other = "|"
    lines = [mark.join(row) for row in body[:80]] + [other.join(row) for row in body]
    table = read(tmp_path, "\n".join([other.join(("Day", "What", "Currency", "Net")), *lines, ""]))
    assert len(table.rejected) + len(table.repaired) >= 80


def test_records_in_quotes_as_a_whole_with_blank_cells_behind_are_doubtful(tmp_path: Path) -> None:
    body = [f'"{n},""a, b"",2024-01-{n % 28 + 1:02},{n}.50,USD,paid",,,' for n in range(40)]
    table = read(tmp_path, "\n".join(['"No,What,Day,Net,Currency,State",,,', *body, ""]))
    whole = [row for row in rows(table) if len(row) < 6]
    assert not whole or len(table.doubted) >= 40


def test_a_row_with_an_address_only_above_a_remark_is_a_row(tmp_path: Path) -> None:
    body = [f"customer{n:04}@example.com,said {n}" for n in range(40)]
    table = read(tmp_path, "\n".join(["Mail,Reason", *body, "customer0900@example.com,", "# end, of file", ""]))
    assert rows(table)[-1] == ("customer0900@example.com", "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_mark_at_the_beginning_of_a_line_is_left_out_and_all_places_stay_right(tmp_path: Path, encoding: str) -> None:
    body = [(f"R-{n}", f"2024-01-{n % 28 + 1:02}", f"Köln {n}", f"{n}.50") for n in range(60)]
    body[50] = ("R-50", "not a day", "Köln 50", "50.50")  # kept, and doubtful
    lines = ["No,Day,Where,Net", *map(",".join, body)]
    lines[20], lines[40] = f"\ufeff{lines[20]}", f"\ufeff{lines[40]}"
    table = read(tmp_path, "\n".join([*lines, ""]), encoding)
    assert rows(table) == body
    assert [(one.line, one.code) for one in table.repaired] == [(21, "byte_order_mark"), (41, "byte_order_mark")]
    assert [(one.line, one.code) for one in table.doubted] == [(52, "unlike_column")]
    raw = (tmp_path / "f.csv").read_bytes()
    plain = {"utf-16": "utf-16-le", "utf-32": "utf-32-le", "utf-8-sig": "utf-8"}.get(encoding, encoding)
    for one, row in zip((*table.repaired, *table.doubted), (19, 39, 50), strict=True):
        assert raw[one.byte :].decode(plain).startswith(f"R-{row},")


def test_a_mark_within_a_cell_of_utf_16_is_no_new_file(tmp_path: Path) -> None:
    table = read(tmp_path, "No,Who,Net\n" + "".join(f"{n},Customer\ufeff {n:04},{n}.50\n" for n in range(20)), "utf-16")
    assert rows(table)[3][1].replace("\ufeff", "") == "Customer 0003"
    assert (table.height, table.repaired) == (20, ())


@pytest.mark.parametrize("above", [0, 1, 2])
def test_sums_without_a_word_below_few_rows_are_no_rows_or_doubtful(tmp_path: Path, above: int) -> None:
    body = [f"T-{n},2024-01-0{n + 1},paid,{n}.50" for n in range(above)]
    table = read(tmp_path, "\n".join(["No,Day,State,Net", *body, ",,,12345.50", ""]))
    assert table.height == above or "footer_perhaps" in {one.code for one in table.doubted}


@pytest.mark.parametrize("end", ["Total,,,12345.50", "Summe,,,0"])
def test_a_total_right_below_the_header_is_no_row(tmp_path: Path, end: str) -> None:
    table = read(tmp_path, f"No,Day,State,Net\n{end}\n")
    assert (table.height, table.structure, table.rejected) == (0, 2, ())


@pytest.mark.parametrize("only", ["A-1,2024-01-05,paid,5.50", "A-1,,,5.50", "7,,,", "1,2024-01-05,,", ",2024-01-05,,5"])
def test_one_row_below_the_header_is_a_row(tmp_path: Path, only: str) -> None:
    table = read(tmp_path, f"No,Day,State,Net\n{only}\n")
    assert (rows(table), table.doubted) == ([tuple(only.split(","))], ())


@pytest.mark.parametrize(
    ("cell", "at"), [("customer0900@example.com", 14), ("customer0900@example.com", 20), ("2024-05-17", 7)]
)
def test_the_rest_of_a_row_that_was_broken_in_its_first_cell_is_no_second_header(
    tmp_path: Path, cell: str, at: int
) -> None:
    kinds = {"c": "customer{0:04}@example.com", "2": "2024-05-{0:02}"}
    body = [(kinds[cell[0]].format(n % 28 + 1), f"said so {n}") for n in range(40)]
    first = f"{cell[:at]}\n{cell[at:]}|asked for it"
    table = read(tmp_path, "\n".join(["First seen|Reason", first, *map("|".join, body), ""]))
    assert table.header == ("First seen", "Reason")
    assert rows(table)[-40:] == body
    assert {one.line for one in (*table.rejected, *table.repaired)} & {2, 3}


def test_titles_as_wide_as_a_table_of_two_columns_stay_titles(tmp_path: Path) -> None:
    body = [(f"customer{n:04}@example.com", f"said so {n}") for n in range(40)]
    table = read(tmp_path, "\n".join(["the report|of the day", "all of it", "Mail|Reason", *map("|".join, body), ""]))
    assert (table.header, rows(table)) == (("Mail", "Reason"), body)


@pytest.mark.parametrize("name", ['""No', 'No""'])
def test_a_quote_too_few_in_a_header_that_is_quoted_as_a_whole(tmp_path: Path, name: str) -> None:
    cells = [(f"#{n}", f"customer{n:04}@example.com", f"2024-01-{n % 28 + 1:02}", f"{n}.50") for n in range(40)]
    body = [f'"{",".join(row)}"' for row in cells]
    table = read(tmp_path, "\n".join([f'"{name},Mail,Day,Net"', *body, ""]))
    assert (table.header, rows(table)) == (("No", "Mail", "Day", "Net"), cells)
    assert [(one.line, one.code) for one in table.repaired] == [(1, "header_quotes")]


def test_a_tiny_table_that_another_separator_fits_as_well_is_doubtful_in_every_row(tmp_path: Path) -> None:
    body = [f"2024-01-0{n}:say what, say it:USD:{n}82.84:2{n}:5{n},{n}41" for n in range(1, 4)]
    body[2] = body[2].replace("it:USD", "itUSD")
    whole = '"2024-01-09:""word """"so"""" then"":USD:381.84:229:50,941"'
    table = read(tmp_path, "\n".join(["A report", ":What:Money:Net:Clicks:Seen", whole, *body]))
    if table.header != ("", "What", "Money", "Net", "Clicks", "Seen"):
        assert len({one.line for one in (*table.doubted, *table.rejected)}) >= table.height


@pytest.mark.parametrize("titles", [["A report"], ["A report", '"January 1, 2024 - March 31, 2024"'], ["A report", ""]])
def test_a_header_without_rows_below_titles_is_a_clean_file(tmp_path: Path, titles: list[str]) -> None:
    table = read(tmp_path, "\n".join([*titles, "Day,Campaign,Cost,Clicks", ""]))
    assert (table.header, table.height) == (("Day", "Campaign", "Cost", "Clicks"), 0)
    assert (table.rejected, table.repaired, table.doubted) == ((), (), ())


def test_a_list_of_one_column_that_ends_in_a_wide_line_keeps_its_rows(tmp_path: Path) -> None:
    body = [f"call{' again' * (n % 4)} about it" for n in range(20)]
    table = read(tmp_path, "\n".join(["What was said", *body, "One,Two,Three,Four", ""]))
    assert [row[0] for row in rows(table)][:20] == body


def test_a_longer_second_table_below_a_short_one_is_doubtful_in_every_row(tmp_path: Path) -> None:
    first = ["No,What,Net,Day", "1,desk order,5.50,2024-01-05", "2,chair call,6.50,2024-01-06"]
    second = ["Region,Manager", *(f"R{n},Customer {n:04}" for n in range(1, 6))]
    table = read(tmp_path, "\n".join([*first, "", *second, ""]))
    assert len({one.line for one in (*table.doubted, *table.rejected)}) >= table.height


def test_a_summary_narrower_than_the_table_below_raises_no_doubt(tmp_path: Path) -> None:
    body = [f"{n},call {n % 7} again,{n}.50,2024-01-{n % 28 + 1:02},paid" for n in range(1, 30)]
    table = read(
        tmp_path, "\n".join(["Orders,Revenue,Refunds", "29,449.50,0.00", "", "No,What,Net,Day,State", *body, ""])
    )
    assert (table.height, table.rejected, table.repaired, table.doubted) == (29, (), (), ())


@pytest.mark.parametrize("mark", [";", "|", "; "])
def test_a_list_of_one_number_among_lists_is_like_the_others(tmp_path: Path, mark: str) -> None:
    lists = [("44203", "35395"), ("76270",), ("20405", "63833", "25030"), ("7976", "24469")]
    cells = [(f"D-{n}", f"deal {n}", mark.join(ids)) for n, ids in enumerate(lists)]
    table = read(tmp_path, "\n".join(["Deal,Name,Contacts", *map(",".join, cells), ""]))
    assert (rows(table), table.doubted) == (cells, ())


@pytest.mark.parametrize(("cell", "odd"), [("66838;31377", False), ("66838;31", True), ("6;3", True), ("6-3", True)])
def test_a_list_of_ids_among_single_ones_is_like_the_others_if_each_is_as_long(
    tmp_path: Path, cell: str, odd: bool
) -> None:
    body = [f"D-{n},deal {n},{70000 + n}" for n in range(12)]
    table = read(tmp_path, "\n".join(["Deal,Name,Contacts", *body, f"D-12,deal 12,{cell}", ""]))
    assert [(one.line, one.code) for one in table.doubted] == [(14, "unlike_column")] * odd


def test_lists_of_ids_of_any_length_are_like_the_others_where_there_are_several(tmp_path: Path) -> None:
    lists = {20: "748;48572;53030", 30: "28272;97742", 40: "7610;695", 50: "32626;93286;89210", 55: "71001;71002"}
    body = [f"D-{n},deal {n},{lists.get(n, 70000 + n)}" for n in range(60)]
    table = read(tmp_path, "\n".join(["Deal,Name,Contacts", *body, ""]))
    assert (table.height, table.doubted) == (60, ())
