"""Rows of totals that people and spreadsheets leave among the data."""

from __future__ import annotations

import pytest

HEAD = "order,date,customer,amount,currency\n"
ROWS = [f"o{n},2024-01-{n + 1:02d},c{n % 3},10.00,EUR\n" for n in range(9)]


@pytest.mark.parametrize(
    "line",
    [
        "Total,,,90.00,\n",
        "Grand Total:,,,90.00,\n",
        ",,Summe,90.00,\n",
        "2024-01 Total,,,90.00,EUR\n",
        'Gesamtergebnis,,,"90,00",\n',
    ],
)
@pytest.mark.parametrize("at", [4, 9])
def test_a_row_that_says_that_it_is_a_sum_is_structure(build, line: str, at: int) -> None:
    built = build({"o.csv": HEAD + "".join([*ROWS[:at], line, *ROWS[at:]])})
    assert built.codes() == []
    assert built.file("o.csv").rows.structure == 2
    assert built.file("o.csv").rows.accepted == 9
    assert built.tables["orders"]["gross"].sum() == 9_000


@pytest.mark.parametrize(
    "line", ["Total Energies,,c1,10.00,EUR\n", "o10,,Total,10.00,EUR\n", "Total,soon,,90.00,\n", ",,,91.00,\n"]
)
def test_a_record_without_a_day_is_no_sum(build, line: str) -> None:
    built = build({"o.csv": HEAD + "".join(ROWS) + line})
    assert [action for _, _, action in built.codes()] == ["rejected"]
    assert built.file("o.csv").rows.rejected == 1


def test_an_order_that_is_called_total_is_an_order(build) -> None:
    built = build({"o.csv": HEAD + "".join(ROWS) + "Total,2024-01-20,c1,10.00,EUR\n"})
    assert built.tables["orders"].height == 10


def test_sums_of_line_items_and_of_tickets(build) -> None:
    tickets = "ticket,created,customer,cost\nt1,2024-01-05,c1,5\nt2,2024-01-06,c2,5\nSum,,,10\n"
    lines = "order,date,item,quantity,unit_price\n1,2024-01-05,a,2,3\n1,2024-01-05,b,1,4\nTotal,,,3,10\n"
    built = build({"t.csv": tickets, "l.csv": lines})
    assert built.codes() == []
    assert (built.tables["tickets"].height, built.tables["orders"]["gross"].sum()) == (2, 1_000)


def test_a_sum_in_a_table_that_serves_several_facts(build) -> None:
    head = "Summation column,Id,Requester id,Requester email,Subject,Status,Satisfaction Score,Created at,Solved at\n"
    rows = [
        f"1,{n},36{n},a{n}@example.com,Help,Solved,Good,2024-01-{n + 1:02d} 10:00,2024-01-20 10:00\n" for n in range(8)
    ]
    built = build({"tickets.csv": head + "".join(rows) + "Total,,,,,,,,\n"})
    assert built.codes() == []
    assert (built.tables["tickets"].height, built.tables["surveys"].height) == (8, 8)
    assert built.file("tickets.csv").rows.structure == 2


@pytest.mark.parametrize(
    "lines",
    [
        [",,,90.00,"],
        [",,,10.00,"],  # the mean
        ["9,9,9,9,9"],
        [",,,90.00,", ",,,10,", "9,9,9,9,9"],
        ["Total,,,90.00,", ",,,10.00,"],
    ],
)
def test_the_sum_mean_and_count_at_the_end_are_structure_where_they_are_proved(build, lines: list[str]) -> None:
    built = build({"o.csv": HEAD + "".join(ROWS) + "\n".join(lines) + "\n"})
    assert built.codes() == []
    assert (built.file("o.csv").rows.structure, built.file("o.csv").rows.accepted) == (1 + len(lines), 9)


def test_a_proved_sum_with_a_decimal_comma(build) -> None:
    rows = "".join(f"o{n};2024-01-{n + 1:02d};c{n};1.{n}00,25\n" for n in range(1, 6))
    built = build({"o.csv": "order;date;customer;amount\n" + rows + ";;;6.501,25\n"})
    assert (built.codes(), built.file("o.csv").rows.structure) == ([], 2)


@pytest.mark.parametrize("line", [",,,0,", ",,x,90.00,", ",,,90.00,9", ",,,90.01,"])
def test_what_is_not_proved_to_be_a_sum_is_rejected(build, line: str) -> None:
    built = build({"o.csv": HEAD + "".join(ROWS) + line + "\n"})
    assert built.file("o.csv").rows.rejected == 1


CONTACTS = "Record ID,First Name,Last Name,Email,Lifecycle Stage,Number of times contacted\n"
PEOPLE = [f"{100 + n},A,B,customer{n:04d}@example.com,Customer,{n}\n" for n in range(8)]


def test_the_total_of_a_file_of_contacts_is_no_customer(build) -> None:
    built = build({"contacts.csv": CONTACTS + "".join(PEOPLE) + "Total,,,,,28\n"})
    assert built.tables["customers"].height == 8
    assert (built.file("contacts.csv").rows.structure, built.codes()) == (2, [])


@pytest.mark.parametrize("line", ["Total,,,customer0099@example.com,,1", "Total,Energy,,,Customer,1", "900,,,,,28"])
def test_a_contact_that_is_called_total_is_a_customer(build, line: str) -> None:
    built = build({"contacts.csv": CONTACTS + "".join(PEOPLE) + line + "\n"})
    assert built.tables["customers"].height == 9


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("orders.csv", [HEAD, *ROWS]),
        ("contacts.csv", [CONTACTS, *PEOPLE]),
        (  # several rows may make one order here, so that none lacks its amount for sure
            "wc-orders.csv",
            [
                "Order Number,Order Status,Order Date,Customer Note,Order Subtotal Amount,Order Total Amount,"
                "Email (Billing),Item #,Item Name,Quantity (- Refund),Item Cost\n",
                *(
                    f"{n},Completed,2024-01-{n + 1:02d} 10:00,,9.00,10.00,a{n}@example.com,1,Tea,1,9.00\n"
                    for n in range(9)
                ),
            ],
        ),
        (
            "CampaignMember.csv",
            [
                "Id,CampaignId,ContactId,Status,CreatedDate,FirstRespondedDate,HasResponded\n",
                *(f"00v{n:015d},701A,003{n:015d},Sent,2024-01-{n + 1:02d},,false\n" for n in range(9)),
            ],
        ),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_word_for_a_sum_alone_in_the_last_row_is_structure_in_any_table(
    build, name: str, lines: list[str], first: bool
) -> None:
    marks = lines[0].count(",")
    total = "Summe" + "," * marks if first else ",Grand total:" + "," * (marks - 1)
    alone, built = build({name: "".join(lines)}), build({name: "".join([*lines, total + "\n"])})
    before, after = alone.file(name).rows, built.file(name).rows
    assert (after.structure, after.accepted) == (before.structure + 1, before.accepted)
    assert built.codes() == alone.codes()
    assert {table: rows.height for table, rows in built.tables.items()} == {
        table: rows.height for table, rows in alone.tables.items()
    }


@pytest.mark.parametrize("line", ["Summe,2024-01-20,,,", "o99,,,,"])
def test_a_row_at_the_end_with_more_than_the_word_or_another_one_is_no_sum(build, line: str) -> None:
    built = build({"o.csv": HEAD + "".join(ROWS) + line + "\n"})
    assert (built.file("o.csv").rows.structure, built.file("o.csv").rows.rejected) == (1, 1)
