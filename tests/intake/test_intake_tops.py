"""What stands at the top or at the end of a file and is not what it seems: read, or listed, never wrong in silence."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from clm_audit.intake.model import ROW
from clm_audit.intake.shapes import Profile
from clm_audit.intake.sums import sums_among
from clm_audit.intake.table import TextTable, read_table

NAMES = ("Day", "Campaign", "Currency code", "Cost", "Clicks", "Impr.")


def read(folder: Path, *lines: str) -> TextTable:
    (folder / "run").mkdir()
    path = folder / "f.csv"
    path.write_text("\n".join((*lines, "")), newline="")
    return read_table(path, folder / "run")


def rows(table: TextTable) -> list[tuple[str, ...]]:
    return table.frame.collect().rows()


def spent(count: int, mark: str) -> list[str]:
    return [
        mark.join((f"2024-01-{n:02}", f"spring {n}", "USD", f"{n}.50", f"{n}", f"{n}00")) for n in range(1, count + 1)
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", "||"])
@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("titles", [2, 40])
def test_a_header_with_few_rows_or_none_below_titles(tmp_path: Path, mark: str, count: int, titles: int) -> None:
    above = [f"Condition {n}: none" for n in range(titles)]
    if mark == "||" and count < 2:
        return  # six pairs of pipes at least make two of them one
    table = read(tmp_path, *above, mark.join(NAMES), *spent(count, mark))
    assert table.header == NAMES
    assert rows(table) == [tuple(line.split(mark)) for line in spent(count, mark)]


@pytest.mark.parametrize("at", [0, 1])
def test_one_of_two_rows_has_another_separator(tmp_path: Path, at: int) -> None:
    body = spent(2, "||")
    body[at] = body[at].replace("||", ";")
    table = read(tmp_path, "Campaign report", '"January 1, 2024 - March 31, 2024"', "||".join(NAMES), *body)
    assert rows(table) == [tuple(line.split("||")) for line in spent(2, "||")]
    assert [one.line for one in table.repaired] == [4 + at]


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("names", [("Title", "Author", "Summary", "Tags"), ("score", "comment")])
def test_a_header_alone_in_quotes_as_a_whole_is_several_names_and_listed(
    tmp_path: Path, quote: str, names: tuple[str, ...]
) -> None:
    table = read(tmp_path, f"{quote}{','.join(names)}{quote}")
    assert (table.header, table.height) == (names, 0)
    assert [one.code for one in table.repaired] == ["wrapped_record"]


@pytest.mark.parametrize("quote", ['"', "'"])
def test_all_lines_in_quotes_as_a_whole_of_either_kind(tmp_path: Path, quote: str) -> None:
    body = [f"customer{n:04}@example.com,call {n}" for n in range(30)]
    table = read(tmp_path, *(f"{quote}{line}{quote}" for line in ("Email,Reason", *body)))
    assert (table.header, rows(table)) == (("Email", "Reason"), [tuple(line.split(",")) for line in body])


@pytest.mark.parametrize("surplus", [1, 50])
def test_a_first_name_missing_above_rows_that_end_with_delimiters(tmp_path: Path, surplus: int) -> None:
    body = [f"customer{n:04}@example.com,{n},call {n}{',' * surplus}" for n in range(20)]
    table = read(tmp_path, "score,comment", *body)
    assert table.header == ("score", "comment")
    assert [row[:3] for row in rows(table)] == [tuple(line.split(",")[:3]) for line in body]


@pytest.mark.parametrize(
    "last", ['Total order,Customer 0007,late,""blue', "Total order,Customer 0007,la", "Total order,Cus"]
)
def test_a_broken_last_row_that_begins_like_a_total_is_listed(tmp_path: Path, last: str) -> None:
    body = [f"call about {'abcdefgh'[n % 8]},Customer {n:04},later {'xyz'[n % 3]},blue" for n in range(40)]
    table = read(tmp_path, "Title,Author,Summary,Tags", *body, last)
    assert [one.line for one in (*table.rejected, *table.repaired)] == [42]
    assert table.height == 41 - len(table.rejected)


def test_a_total_below_words_is_a_footer_still(tmp_path: Path) -> None:
    body = [f"call about {n},Customer {n:04},{n}.50,{n}" for n in range(40)]
    table = read(tmp_path, "Title,Author,Net,Count", *body, "Total,40.00")
    assert (table.height, table.rejected) == (40, ())


@pytest.mark.parametrize(("last", "footer"), [("Total,x,USD,40.00,3", True), ("Total,USD,EUR,3", False)])
def test_a_broken_line_with_a_label_is_a_total_if_half_of_it_or_more_is_numbers(
    tmp_path: Path, last: str, footer: bool
) -> None:
    body = [f"2024-01-{n:02},call {n},a{n},{n}.50,{n},{n}" for n in range(1, 29)]
    table = read(tmp_path, "Day,What,Kind,Net,Count,Seen", *body, last)
    assert len(table.rejected) == (0 if footer else 1)
    assert table.height == 28


@pytest.mark.parametrize(("size", "found"), [(64 << 20, [10, 34, 35, 39]), ((64 << 20) + 1, [35, 39])])
def test_totals_of_a_large_file_are_looked_for_in_its_last_five_rows(size: int, found: list[int]) -> None:
    body = [(f"2024-01-{n % 28 + 1:02}", f"call {n}", f"{n}.50") for n in range(40)]
    profile = Profile(body, 3)
    for at in (10, 34, 35, 39):
        body[at] = ("Total", "", "12.50")
    names = ("Day", "What", "Net")
    frame = pl.DataFrame(body, schema=dict.fromkeys(names, pl.String), orient="row").with_row_index(ROW)
    assert sums_among(frame.lazy(), 40, size, profile) == found


@pytest.mark.parametrize("mark", [";", "|", "\t"])
def test_a_first_row_with_another_separator_above_rows_without_names(tmp_path: Path, mark: str) -> None:
    body = [f"customer{n:04}@example.com,{n},call {n}" for n in range(30)]
    table = read(tmp_path, body[0].replace(",", mark), *body[1:])
    assert (table.header_line, rows(table)) == (0, [tuple(line.split(",")) for line in body])
    assert [one.line for one in table.repaired] == [1]


def test_a_quote_that_opens_in_the_header_and_closes_in_a_row_joins_no_lines(tmp_path: Path) -> None:
    body = [f"sub_{n}\tCustomer {n:04}\t2024-01-05 11:37\t{n}.50\tok" for n in range(40)]
    table = read(tmp_path, '"Subscription\tCustomer\tStart\tMRR\tMemo', f'{body[0]}"', *body[1:])
    assert table.header[1:] == ("Customer", "Start", "MRR", "Memo")
    assert table.height + len(table.rejected) == 40
    assert {one.line for one in (*table.repaired, *table.rejected)} == {1, 2}


def test_the_pieces_of_an_only_row_are_no_table_of_their_own(tmp_path: Path) -> None:
    table = read(
        tmp_path, "Name,Email,Paid,Item,Count,Price,Total", "#1,a@example.com,x,'carol", "and more,5,30.59,142.71"
    )
    assert table.header[0] == "Name"
    assert {one.line for one in table.rejected} == {2, 3}


def test_units_below_a_header_that_is_narrower_than_its_rows(tmp_path: Path) -> None:
    body = [f"2024-01-{n % 28 + 1:02},Customer {n:04},{n},{n}.50," for n in range(30)]
    table = read(tmp_path, "Day,Who,Count,Net", "(UTC),,(n),(USD)", *body)
    assert (table.header, table.height) == (("Day", "Who", "Count", "Net"), 30)


def test_pieces_of_a_row_between_the_header_and_rows_of_words(tmp_path: Path) -> None:
    body = [f"call {'abcdefgh'[n % 8]},Customer {'klmnop'[n % 6]},late again {'xyz'[n % 3]},blue," for n in range(40)]
    table = read(tmp_path, "#Title,Author,Summary,Tags", "order box,Customer k,late", ",,", *body)
    assert (table.header, table.height) == (("#Title", "Author", "Summary", "Tags"), 40)
    assert 2 in {one.line for one in table.rejected}


def test_a_table_with_colons_below_many_lines_of_a_key_and_its_value(tmp_path: Path) -> None:
    body = [f"{n:07}:sql:2024-03-{n % 28 + 1:02}:0:true" for n in range(80)]
    table = read(tmp_path, *(f"Condition {n}: none" for n in range(40)), "Contact:Stage:Entered:Manual:Gone", *body)
    assert (table.header_line, rows(table)) == (41, [tuple(line.split(":")) for line in body])


@pytest.mark.parametrize("mark", ["^", "~ "])
def test_a_table_with_a_rare_mark_below_many_lines_of_a_key_and_its_value(tmp_path: Path, mark: str) -> None:
    body = [mark.join((f"call {n}", f"Customer {n:04}", "late again", "blue")) for n in range(60)]
    table = read(
        tmp_path, *(f"Condition {n}: none" for n in range(40)), mark.join(("Title", "By", "Summary", "Tags")), *body
    )
    assert (table.header_line, rows(table)) == (41, [tuple(line.split(mark)) for line in body])


@pytest.mark.parametrize("sign", ["#", "--"])
def test_pairs_with_colons_below_comments_are_two_columns(tmp_path: Path, sign: str) -> None:
    above = [f"{sign} Export of all records", f"{sign} created by a job, at 10:20", sign]
    body = [f"customer{n:04}@example.com:{'wrong, late' if n % 9 == 0 else 'call' * (n % 5 > 0)}" for n in range(60)]
    table = read(tmp_path, *above, "Email Address:Reason", *body)
    assert (table.header, rows(table)) == (("Email Address", "Reason"), [tuple(one.split(":")) for one in body])


def test_a_blank_name_and_one_too_few_above_rows_with_numbers(tmp_path: Path) -> None:
    table = read(tmp_path, ",day,event,plan", *(f"{n},2024-01-{n % 28 + 1:02},call,free,Peru" for n in range(60)))
    assert (table.header, table.height) == (("", "day", "event", "plan"), 60)
    assert any("nobody can say which name is whose" in note for note in table.notes)


@pytest.mark.parametrize("rows_below", [0, 3])
def test_a_sentence_cut_like_a_row_above_names_as_programs_write_them(tmp_path: Path, rows_below: int) -> None:
    body = [f"ev_{n},u_{n},log in,again" for n in range(rows_below)]
    table = read(tmp_path, "and,so,on,and", "event_id,user_id,event_type,country", *body)
    assert (table.header, table.height) == (("event_id", "user_id", "event_type", "country"), rows_below)


def test_a_line_of_groups_above_the_first_of_two_parts(tmp_path: Path) -> None:
    part = [f"call {'abcdefgh'[n % 8]},Customer {n:04},late again {'xyz'[n % 3]},blue" for n in range(40)]
    again = [line.replace(",", ";") for line in ("Title,Author,Summary,Tags", *part)]
    table = read(tmp_path, "General,,Details,", "Title,Author,Summary,Tags", *part, *again)
    assert (table.header, table.height) == (("Title", "Author", "Summary", "Tags"), 80)
    assert [(one.line, one.code) for one in table.repaired] == [(43, "other_header")]


def test_a_unit_separator_in_two_parts_of_another_width(tmp_path: Path) -> None:
    part = [f"customer{n:04}@example.com\x1fcall {n}" for n in range(30)]
    table = read(
        tmp_path, "Email Address\x1fReason", *part, "Email Address\x1fReason\x1fNew", *(f"{one}\x1fx" for one in part)
    )
    assert (table.header, table.height) == (("Email Address", "Reason"), 60)


@pytest.mark.parametrize(
    "lines",
    [
        ["Note", *(f"customer{n:04}@example.com;a{n};b;c" for n in range(3)), *(f"call {n} again" for n in range(9))],
        ["One,two", *(f"call {n},again" for n in range(9)), "call"],
        ["Note", *(f"call {n} again" for n in range(20)), "One,Two,Three,Four"],
    ],
)
def test_one_column_whose_cells_may_be_several_is_doubtful(tmp_path: Path, lines: list[str]) -> None:
    table = read(tmp_path, *lines)
    listed = {one.line for one in (*table.doubted, *table.rejected, *table.repaired)}
    assert listed or len(table.header) > 1


def test_one_column_of_texts_lists_and_numbers_is_clean(tmp_path: Path) -> None:
    table = read(
        tmp_path, "Note", *(f'"call {n}, again; please, and so on"' for n in range(30)), '"a,b,c,d"', '"1,234,567,890"'
    )
    assert (table.height, table.rejected, table.repaired, table.doubted) == (32, (), (), ())


def test_a_piece_of_a_row_right_above_the_rows_is_listed(tmp_path: Path) -> None:
    body = [
        f"call {'abcdefgh'[n % 8]},Customer {'klmnop'[n % 6]},late again {'xyz'[n % 3]},blue,red" for n in range(40)
    ]
    table = read(tmp_path, "call,Customer k,late", *body)
    assert 1 in {one.line for one in (*table.rejected, *table.doubted)}


def test_two_records_in_a_line_of_a_tiny_table_are_two_losses(tmp_path: Path) -> None:
    one, two = "0004002|sql|2023-12-19|0||true", "0004003|sql|2024-03-06|0|changed|true"
    table = read(tmp_path, "Contact|Stage|Entered|Manual|Reason|Gone", f"{one}|{two}", two)
    assert rows(table) == [tuple(two.split("|"))]
    assert [fault.byte for fault in table.rejected] == [41, 41 + len(one) + 1]


def test_utf16_without_a_mark_and_with_a_block_of_zeros_at_its_end(tmp_path: Path) -> None:
    body = [f"2024-01-{n % 28 + 1:02},Customer {n:04}" for n in range(60)]
    path = tmp_path / "f.csv"
    path.write_bytes("\n".join(["Day,Who", *body, ""]).encode("utf-16-le") + bytes(400))
    assert read_table(path, tmp_path).height == 60


@pytest.mark.parametrize("mark", ["~", "^", "\x1f", ";"])
def test_a_header_and_one_row_with_another_separator(tmp_path: Path, mark: str) -> None:
    table = read(
        tmp_path, mark.join(("event_id", "user_id", "event_time", "country")), "ev_1|u-9|2023-02-25 07:03:45|Peru"
    )
    assert table.header == ("event_id", "user_id", "event_time", "country")
    assert rows(table) == [("ev_1", "u-9", "2023-02-25 07:03:45", "Peru")]


def test_rows_that_are_cut_at_colons_within_their_times_are_all_doubtful(tmp_path: Path) -> None:
    body = [f"call {n % 5}:customer{n:04}@example.com:2024-08-09T14:05:40+00:00:{n % 3}:no" for n in range(40)]
    table = read(tmp_path, "Campaign:Recipient:Sent At:Opens:Bounced", *body)
    assert {one.line for one in (*table.doubted, *table.rejected)} >= set(range(2, 42)) or len(
        table.frame.collect_schema()
    ) == 5


@pytest.mark.parametrize("mark", [",", "~"])
def test_a_second_part_without_its_last_column_is_listed_and_the_first_is_read(tmp_path: Path, mark: str) -> None:
    body = [f'ev_{n}|2024-01-05 10:11:{n:02}|"{{""a"": {n}, ""b"": {n}}}"|Peru'.replace("|", mark) for n in range(40)]
    body[3] = body[3].replace("Peru", "")
    second = [line[: line.rindex(mark)] for line in body] + [body[0][: body[0].rindex(mark)]]
    table = read(tmp_path, mark.join(("event_id", "event_time", "properties", "country")), *body, *second)
    assert table.header == ("event_id", "event_time", "properties", "country")
    assert table.height >= 40
    assert table.height + len(table.rejected) == 81
    assert {one.line for one in (*table.rejected, *table.repaired)} == set(range(42, 83))


def test_a_markdown_table_with_marks_around_its_lines(tmp_path: Path) -> None:
    body = [f"| call {n} | customer{n:04}@example.com | {n} |" for n in range(20)]
    table = read(tmp_path, *(f'"{line}"' for line in ("| What | Who | Count |", "|---|---|---|", *body)))
    assert [tuple(filter(None, map(str.strip, row))) for row in rows(table)] == [
        (f"call {n}", f"customer{n:04}@example.com", str(n)) for n in range(20)
    ]


@pytest.mark.parametrize("mark", [",", ";"])
def test_a_column_of_nothing_but_marks_is_doubtful(tmp_path: Path, mark: str) -> None:
    body = [f"| call {n} | customer{n:04}@example.com | {n} |{mark}" for n in range(20)]
    table = read(tmp_path, "| What | Who | Count |", "|---|---|---|", *body)
    assert {one.line for one in (*table.doubted, *table.repaired)} >= set(range(3, 23)) or len(
        table.frame.collect_schema()
    ) == 3


def test_a_line_of_groups_alone_is_a_doubtful_header(tmp_path: Path) -> None:
    body = [f"{n},call {n % 7},{n}.50,2024-01-05,paid,Customer 1" for n in range(30)]
    assert [one.line for one in read(tmp_path, "General,,,Details,,", *body).doubted] == [1]


def test_a_line_of_groups_as_wide_as_the_rows_and_a_name_too_many(tmp_path: Path) -> None:
    body = [f"call {'abcdefgh'[n % 8]},Customer {'klmnop'[n % 6]},late again {'xyz'[n % 3]},blue" for n in range(40)]
    table = read(tmp_path, "General,,Details,", "Title,Author,Summary,Tags,Extra", *body)
    assert (table.header[:4], table.height) == (("Title", "Author", "Summary", "Tags"), 40)


@pytest.mark.parametrize("surplus", [1, 5])
def test_a_first_name_missing_above_rows_of_words_that_end_with_delimiters(tmp_path: Path, surplus: int) -> None:
    body = [f"call {'abcdefgh'[n % 8]},Customer {'klmnop'[n % 6]},late again {'xyz'[n % 3]},blue" for n in range(40)]
    table = read(tmp_path, "Author,Summary,Tags", *(line + "," * surplus for line in body))
    assert [row[:4] for row in rows(table)] == [tuple(line.split(",")) for line in body]
    assert 1 in {one.line for one in table.doubted}


def test_names_without_a_row_above_a_second_table_make_that_one_doubtful(tmp_path: Path) -> None:
    below = [f"R{n},Customer {n:04}" for n in range(1, 6)]
    table = read(tmp_path, "Campaign report", ",".join(NAMES), "", "Region,Manager", *below)
    assert {one.line for one in table.doubted} >= set(range(5, 10))


def test_a_first_row_with_a_cell_too_many_is_no_title_where_every_other_line_is_blank(tmp_path: Path) -> None:
    first, *rest = spent(20, ",")
    spaced = (line for row in (first.replace(",1,", ",1,,"), *rest) for line in (row, ""))
    table = read(tmp_path, "Campaign report", "", *spaced)
    assert {one.line for one in (*table.rejected, *table.repaired)} == {3}
    assert rows(table)[-19:] == [tuple(line.split(",")) for line in rest]


def test_names_of_two_lines_above_rows_in_quotes_as_a_whole(tmp_path: Path) -> None:
    names = "|".join(f'"{name}| in full\n(text)"' for name in NAMES)
    table = read(tmp_path, names, *(f'"{line}"' for line in spent(20, "|")))
    assert table.header == tuple(f"{name}| in full\n(text)" for name in NAMES)
    assert rows(table) == [tuple(line.split("|")) for line in spent(20, "|")]


def test_the_end_of_an_address_is_no_second_line_of_names(tmp_path: Path) -> None:
    body = [f"customer{n:04}@example.com,late {'abcdefgh'[n % 8]}" for n in range(40)]
    table = read(tmp_path, "Email Address,Reason", "ple.com,call again (box)", *body)
    assert table.header == ("Email Address", "Reason")
    assert 2 in {one.line for one in (*table.doubted, *table.rejected)}
    assert rows(table)[-40:] == [tuple(line.split(",")) for line in body]
