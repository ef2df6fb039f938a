"""What a file says must not be lost, doubled or guessed without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.exits import DataError, UsageError
from clm_audit.facts.nothing import nothing_dated


def orders(rows: list[str], header: str = "order,date,amount,customer") -> str:
    return "\n".join([header, *rows]) + "\n"


def numbered(first: int, last: int, month: str, amount: int, customer: str) -> list[str]:
    return [f"{n},{month}-{n:02d},{amount + n}.00,{customer}{n}" for n in range(first, last + 1)]


def test_order_numbers_that_start_again_are_different_orders(build) -> None:
    old, new = numbered(1, 20, "2023-03", 10, "a"), numbered(1, 9, "2024-08", 100, "b")
    built = build({"old/o.csv": orders(old), "new/o.csv": orders(new)})
    assert built.tables["orders"].height == 29
    assert built.facts.evidence["orders.numbers_anew"] == 9
    assert built.facts.evidence["orders.duplicate_rows"] == 0
    assert "order numbers that stand for other orders in another file, both counted: 9" in built.file("old/o.csv").notes


def test_a_third_file_repeats_the_numbers_that_start_again(build) -> None:
    old, new = numbered(1, 20, "2023-03", 10, "a"), numbered(1, 9, "2024-08", 100, "b")
    built = build({"a.csv": orders(old), "b.csv": orders(new), "c.csv": orders([*new[4:], "77,2024-09-01,1.00,c"])})
    assert built.tables["orders"].height == 30
    assert built.facts.evidence["orders.duplicate_rows"] == 5


def test_a_later_export_that_corrects_an_order_counts(build) -> None:
    header = "order,date,amount,customer,refunded,status"
    early = [f"{n},2024-03-{n:02d},10.00,a{n},0,paid" for n in range(1, 21)]
    late = [*early[10:], "99,2024-06-01,5.00,z,0,paid"]
    late[2], late[3] = "13,2024-03-13,10.00,a13,4.00,paid", "14,2024-03-14,10.00,a14,0,cancelled"
    for names in (("a.csv", "b.csv"), ("b.csv", "a.csv")):
        built = build({names[0]: orders(early, header), names[1]: orders(late, header)})
        assert built.tables["orders"].height == 21
        assert sorted(net for (net,) in built.rows("orders", "net"))[:3] == [500, 600, 1000]
        assert (1000, "cancelled") in built.rows("orders", "net", "left_out")
        assert built.facts.evidence["orders.revised"] == 2
        assert [code for code, *_ in built.codes()].count("superseded") == 2
        assert built.file(names[0]).rows.duplicate + built.file(names[1]).rows.duplicate == 10


def test_numbers_that_agree_for_some_orders_only_cannot_be_told(build) -> None:
    first = numbered(1, 10, "2024-03", 10, "a")
    second = [*first[:5], *numbered(6, 10, "2024-05", 500, "b")]
    built = build({"a.csv": orders(first), "b.csv": orders(second)})
    assert built.tables["orders"].height == 15
    assert built.facts.evidence["orders.numbers_unclear"] == 5
    assert built.facts.evidence["orders.duplicate_rows"] == 5


def test_line_items_whose_order_numbers_start_again(build) -> None:
    header = "order,date,customer,item,amount"
    old = [f"{n},2023-03-{n:02d},a{n},{i},5.00" for n in range(1, 9) for i in "xy"]
    new = [f"{n},2024-08-{n:02d},b{n},{i},7.00" for n in range(1, 9) for i in "xyz"]
    built = build({"a.csv": orders(old, header), "b.csv": orders(new, header)})
    assert sorted(built.rows("orders", "gross")) == [(1000,)] * 8 + [(2100,)] * 8


@pytest.mark.parametrize("text", ['"1,234"|"2,500"', '"1,234"|12', '"1,234"|5000'])
def test_three_places_after_a_comma_are_not_guessed(build, text) -> None:
    rows = [f"o{n},2024-01-0{n + 1},{amount},c" for n, amount in enumerate(text.split("|"))]
    with pytest.raises(DataError, match=r"column 'amount': 1,234 can be"):
        build({"orders.csv": orders(rows)})


@pytest.mark.parametrize(("proof", "cents"), [('"1,234.50"', 123400), ('"1,234,567"', 123400), ("9.99", 123400)])
def test_three_places_after_a_comma_are_thousands_when_another_row_proves_it(build, proof, cents) -> None:
    built = build({"orders.csv": orders(['a,2024-01-01,"1,234",c', f"b,2024-01-02,{proof},c"])})
    assert built.rows("orders", "gross")[0] == (cents,)


def test_three_places_after_a_comma_are_decimals_when_another_row_proves_it(build) -> None:
    built = build({"orders.csv": "order;date;amount\na;2024-01-01;1,234\nb;2024-01-02;12,5\n"})
    assert built.rows("orders", "gross") == [(123,), (1250,)]


def test_states_of_orders_that_nobody_knows_are_listed_and_not_counted(build) -> None:
    header = "order,date,amount,customer,status"
    states = ["paid", "Storniert", "annulée", "Zahlung ausstehend", "chargeback", "Declined", "on hold", "", "Bezahlt"]
    states += ["zurückgestellt", "zurückgestellt", "ann@x.org"]
    built = build({"o.csv": orders([f"{n},2024-01-01,1.00,c,{state}" for n, state in enumerate(states)], header)})
    reasons = [reason for (reason,) in built.rows("orders", "left_out")]
    assert reasons[:9] == [None, "cancelled", "cancelled", "unpaid", "voided", "unpaid", "unpaid", None, None]
    assert reasons[9:] == ["unknown_state"] * 3
    note = "orders in a state that is not known: zurückgestellt 2, other values 1"
    assert note in built.file("o.csv").notes
    assert built.facts.evidence["orders.left_out.unknown_state"] == 3


def test_won_deals_in_any_language_and_stages_that_nobody_knows(build) -> None:
    header = "Record ID,Deal Name,Deal Stage,Amount,Close Date,Associated Contact IDs"
    stages = ["Cierre ganado", "Gewonnen", "Closed Won", "Perdido", "Nicht gewonnen", "Contract Sent", "Kunde"]
    rows = [f"{n},x,{stage},5.00,2024-01-05,9" for n, stage in enumerate(stages)]
    built = build({"deals.csv": orders(rows, header)})
    reasons = [reason for (reason,) in built.rows("orders", "left_out")]
    assert reasons == [None, None, None, "not_won", "not_won", "not_won", "unknown_state"]
    assert "orders in a state that is not known: Kunde 1" in built.file("deals.csv").notes


def test_the_won_flag_leaves_no_state_unknown(build) -> None:
    header = "Record ID,Deal Stage,Is Closed Won,Amount,Close Date"
    built = build({"deals.csv": orders(["1,Kunde,true,1.0,2024-01-05", "2,Kunde,false,2.0,2024-01-05"], header)})
    assert built.rows("orders", "left_out") == [(None,), ("not_won",)]


def test_lines_of_one_order_that_name_other_days_or_customers_are_counted(build) -> None:
    header = "order,date,customer,item,amount"
    rows = ["1,2024-01-01,a,x,5.00", "1,2024-03-01,a,y,5.00", "2,2024-01-01,a,x,5.00", "2,2024-01-01,b,y,5.00"]
    rows += ["3,2024-01-01,a,x,5.00", "3,2024-01-03,,y,5.00", "4,2024-01-01,c,y,5.00"]
    built = build({"l.csv": orders(rows, header)})
    assert built.facts.evidence["orders.mixed_lines"] == 2
    note = "orders whose lines have different customers, or days more than a week apart: 2"
    assert note in built.file("l.csv").notes


AB = "Campaign Name,Send Time,Total Recipients,Unique Opens,Unique Clicks,Successful Deliveries,Campaign ID"


def test_variants_of_a_campaign_are_all_counted(build) -> None:
    rows = [f"N,2024-01-01 10:00:00,500,200,15,495,C,{more}" for more in ("A,Yes", "B,")]
    built = build({"camp.csv": orders(rows, AB + ",Variant,Winning Variant?")})
    assert built.rows("campaigns", "delivered", "clicked") == [(495, 15), (495, 15)]
    assert built.file("camp.csv").rows.duplicate == 0


def test_a_campaign_row_that_sums_up_its_variants_is_structure(build) -> None:
    rows = ["N,2024-01-01 10:00:00,1000,400,31,990,C,"]
    rows += [f"N,2024-01-01 10:00:00,500,200,{clicks},495,C,{variant}" for clicks, variant in ((15, "A"), (16, "B"))]
    built = build({"camp.csv": orders(rows, AB + ",Variant Name")})
    assert sorted(built.rows("campaigns", "delivered", "clicked")) == [(495, 15), (495, 16)]
    assert (built.file("camp.csv").rows.duplicate, built.file("camp.csv").rows.structure) == (0, 2)
    again = build(
        {
            "camp.csv": orders(rows, AB + ",Variant Name"),
            "more.csv": orders([*rows, rows[0].replace("C", "D")], AB + ",Variant Name"),
        }
    )
    assert sorted(again.rows("campaigns", "delivered")) == [(495,), (495,), (990,)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (orders(["a,yesterday,1.00,c", "b,last week,1.00,c"]), "2 of 2 rows were rejected, mostly with bad_d"),
        (orders(["a,2024-01-01,x,c"]), "rejected, mostly with bad_amount"),
        (orders([]), "the files hold a header and no rows"),
        (orders(["a,2024-01-01,1.00,lost"], "order,date,amount,status"), "1 orders are understood and not counted"),
        ("customer,email\n1,a@x.org\n", "the files hold no orders"),
    ],
)
def test_when_nothing_counts_the_reason_is_named(build, text, said) -> None:
    built = build({"o.csv": text})
    error = nothing_dated(AuditPlan(sources=(Source(path=Path("exports/a")),)), built.facts)
    assert said in str(error)
    assert "clm-audit check exports/a" in str(error.problems[0].hint)


def test_addresses_are_no_labels(build) -> None:
    rows = [f"c{n},boss{n % 2}@x.org,N" if n % 3 else f"c{n},office,N" for n in range(30)]
    built = build({"c.csv": orders(rows, "customer,industry,region")}, segment_by=("industry",))
    assert [row.get("industry") for row in built.facts.segments] == [None, "office", "value 1", "value 2"]


def test_a_column_that_names_persons_is_refused(build) -> None:
    rows = [f"c{n},Person {n // 2 if n > 50 else n}" for n in range(90)]
    with pytest.raises(UsageError, match="would name persons"):
        build({"c.csv": orders(rows, "customer,industry")}, segment_by=("industry",))


def test_hours_that_a_clock_change_skips_or_repeats_are_noted(build) -> None:
    stamps = ["2024-03-31 02:30:00", "2024-10-27 02:30:00", "2024-10-27 02:45:00", "2024-05-01 10:00:00"]
    built = build({"o.csv": orders([f"{n},{at},1.00,c" for n, at in enumerate(stamps)])}, timezone="Europe/Berlin")
    notes = built.file("o.csv").notes
    assert "stamps in an hour that the clock of Europe/Berlin skips, kept on their day: 1" in notes
    assert "stamps in an hour that the clock of Europe/Berlin repeats, kept on their day: 2" in notes


@pytest.mark.parametrize(("last", "naive"), [("2024-01-03 00:00:00", 0), ("2024-01-03 10:00:00", 3)])
def test_a_column_that_is_midnight_throughout_holds_dates(build, last, naive) -> None:
    stamps = ["2024-01-01 00:00:00", "2024-01-02T00:00:00", last]
    built = build({"o.csv": orders([f"{n},{at},1.00,c" for n, at in enumerate(stamps)])})
    assert built.facts.evidence["dates.naive"] == naive


def test_a_misspelt_category_is_told_and_not_guessed(build) -> None:
    words = ["acquisition", "aquisition", "Retenton", "rent", "retention"]
    rows = [f"2024-01-0{n + 1},1.00,{word}" for n, word in enumerate(words)]
    built = build({"s.csv": orders(rows, "date,amount,category")})
    assert [kind for (kind,) in built.rows("spend", "category")] == [
        "acquisition", "other", "other", "other", "retention",
    ]  # fmt: skip
    assert built.facts.evidence["spend.near_words"] == 2
    note = "rows whose category looks like a misspelt acquisition, taken as category other: 1"
    assert note in built.file("s.csv").notes


def test_refunds_above_the_amount_are_noted(build) -> None:
    rows = ["a,2024-01-01,10.00,12.00", "b,2024-01-01,10.00,10.00", "c,2024-01-01,5.00,"]
    built = build({"o.csv": orders(rows, "order,date,amount,refunded")})
    assert built.facts.evidence["orders.refund_over_amount"] == 1
    assert "orders refunded by more than their amount, taken as they are: 1" in built.file("o.csv").notes


def test_ticket_numbers_that_start_again_are_different_tickets(build) -> None:
    old = [f"{n},2023-03-{n:02d},a{n}" for n in range(1, 10)]
    new = [f"{n},2024-08-{n:02d},b{n}" for n in range(1, 6)]
    header = "ticket,created,customer"
    built = build({"a.csv": orders(old, header), "b.csv": orders(new, header), "c.csv": orders(new[:2], header)})
    assert built.tables["tickets"].height == 14
    assert built.facts.evidence["tickets.numbers_anew"] == 7
    assert built.facts.evidence["tickets.duplicate_rows"] == 2


def test_ticket_numbers_with_an_exponent_stand_for_many_tickets(build) -> None:
    rows = [
        "2.02E+09,2024-01-03,a",
        "2.02E+09,2024-01-03,b",
        "2.02E+09,2024-01-09,a",
        "2.02E+09,2024-01-09,a",
        "7,2024-01-09,a",
    ]
    built = build({"t.csv": orders(rows, "ticket,created,customer")})
    assert built.tables["tickets"].height == 4
    assert built.facts.evidence["tickets.ids_excel_float"] == 4
    assert [code for code, *_ in built.codes()] == ["repeated"]
    note = "ticket numbers that a spreadsheet wrote with an exponent, told apart by day and customer: 4"
    assert note in built.file("t.csv").notes
