from __future__ import annotations

import csv
import io
from collections import defaultdict
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clm_audit.config.plan import Source

SHOP = ["Name", "Email", "Financial Status", "Currency", "Total", "Created at", "Lineitem quantity", "Lineitem name"]
SHOP += ["Cancelled at", "Refunded Amount", "Id"]


def table(header: list[str], rows: list[list[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def shop(
    name: str, status: str, total: str, *, day: str = "2024-01-05", lines: int = 1, refunded: str = "0.00", **more
):
    stamp = f"{day} 12:00:00 +0000"
    email = more.get("email", "ann@x.org")
    first = [name, email, status, "USD", total, stamp, 1, "a", more.get("cancelled", ""), refunded, "1"]
    return [first] + [[name, email, "", "", "", stamp, 1, "b", "", "", ""]] * (lines - 1)


def test_shopify_orders_take_the_total_once(build) -> None:
    rows = [
        *shop("#1", "paid", "100.00", lines=3),
        *shop("#2", "partially_refunded", "50.50", refunded="10.25"),
        *shop("#3", "voided", "70.00"),
        *shop("#4", "paid", "20.00", cancelled="2024-01-06 10:00:00 +0000"),
        *shop("#5", "pending", "5.00"),
        *shop("#6", "paid", "oops", lines=2),
        *shop("#7", "paid", "7.00", email=""),
    ]
    built = build({"shop.csv": table(SHOP, rows)})
    assert built.rows("orders", "gross", "refunded", "net", "left_out", "rows") == [
        (10000, 0, 10000, None, 3),
        (5050, 1025, 4025, None, 1),
        (7000, 0, 7000, "voided", 1),
        (2000, 0, 2000, "cancelled", 1),
        (500, 0, 500, "pending", 1),
        (700, 0, 700, None, 1),
    ]
    assert built.codes() == [("bad_amount", "Total", "rejected"), ("order_incomplete", "Name", "rejected")]
    assert built.facts.evidence["orders.without_customer"] == 1
    counts = built.file("shop.csv").rows
    assert (counts.read, counts.accepted, counts.rejected, counts.structure) == (11, 8, 2, 1)


def test_totals_repeated_on_every_line_must_agree(build) -> None:
    rows = [
        *shop("#1", "paid", "10.00"),
        *shop("#1", "paid", "10.00"),
        *shop("#2", "paid", "1.00"),
        *shop("#2", "paid", "2.00"),
    ]
    built = build({"shop.csv": table(SHOP, rows)})
    assert built.rows("orders", "gross", "rows") == [(1000, 2)]
    assert built.codes() == [("conflicting_rows", "Total", "rejected")] * 2


def test_an_order_that_continues_in_the_next_part_file(build) -> None:
    rows = [*shop("#1", "paid", "10.00"), *shop("#2", "paid", "20.00", lines=3)]
    built = build({"s_1.csv": table(SHOP, rows[:2]), "s_2.csv": table(SHOP, [*rows[2:], *shop("#3", "paid", "1.00")])})
    assert sorted(built.rows("orders", "gross")) == [(100,), (1000,), (2000,)]
    assert built.codes() == []


def test_a_continuation_without_its_order_is_rejected(build) -> None:
    rows = [*shop("#1", "paid", "10.00"), *shop("#2", "paid", "20.00", lines=3)[1:]]
    built = build({"shop.csv": table(SHOP, rows)})
    assert built.codes() == [("missing_amount", "Name", "rejected")] * 2


def test_overlapping_exports_count_an_order_once(build) -> None:
    a = [*shop("#1", "paid", "10.00"), *shop("#2", "paid", "20.00", lines=2)]
    b = [*shop("#2", "paid", "20.00", lines=2), *shop("#3", "paid", "30.00")]
    built = build({"a.csv": table(SHOP, a), "b.csv": table(SHOP, b)})
    assert sorted(built.rows("orders", "gross")) == [(1000,), (2000,), (3000,)]
    assert built.file("b.csv").rows.duplicate == 2
    assert built.facts.evidence["orders.duplicate_rows"] == 2


def test_the_same_file_twice_is_a_duplicate(build) -> None:
    text = table(SHOP, shop("#1", "paid", "10.00"))
    built = build({"a.csv": text, "b.csv": text})
    assert built.rows("orders", "gross") == [(1000,)]
    assert built.file("b.csv").rows.duplicate == 1


def test_ids_may_start_anew_in_the_new_system(build) -> None:
    old = "order,date,amount\n1,2023-01-05,10\n2,2023-02-05,20\n"
    new = "order,date,amount\n1,2024-08-05,30\n2,2023-02-05,20\n"
    built = build({"old/o.csv": old, "new/o.csv": new}, sides={"old": "before", "new": "after"})
    assert sorted(built.rows("orders", "gross", "side")) == [(1000, -1), (2000, -1), (3000, 1)]
    assert built.facts.evidence["orders.duplicate_rows"] == 1


def test_rows_of_one_order_that_contradict_are_all_rejected(build) -> None:
    text = "order,date,amount\na,2024-01-05,10\na,2024-01-05,11\nb,2024-01-05,5\nb,2024-01-05,5\n"
    built = build({"o.csv": text})
    assert built.rows("orders", "gross") == [(500,)]
    assert built.codes() == [("conflicting_rows", "order", "rejected")] * 2 + [("repeated", "order", "duplicate")]


def test_hubspot_deals_count_when_won(build) -> None:
    header = ["Record ID", "Deal Name", "Deal Stage", "Amount", "Close Date", "Associated Contact IDs"]
    rows = [
        [1, "a", "Closed Won", "10.0", "2024-01-05 10:00", "8001;8002"],
        [2, "b", "#09 WON", "20.0", "2024-01-06 10:00", "8001"],
        [3, "c", "Closed Lost", "30.0", "2024-01-07 10:00", "8003"],
        [4, "d", "Contract Sent", "", "", "8003"],
        [5, "e", "Closed Won", "", "2024-01-08 10:00", "8003"],
        [6, "f", "Closed not won", "9.0", "2024-01-09 10:00", ""],
    ]
    built = build({"deals.csv": table(header, rows)})
    assert built.rows("orders", "gross", "left_out") == [
        (1000, None),
        (2000, None),
        (3000, "not_won"),
        (900, "not_won"),
    ]
    assert built.tables["orders"]["customer"][0] == built.tables["orders"]["customer"][1]
    assert built.codes() == [("missing_amount", "Amount", "rejected")]
    assert built.file("deals.csv").rows.accepted == 5


def test_the_won_flag_goes_before_the_stage(build) -> None:
    header = ["Record ID", "Deal Stage", "Is Closed Won", "Amount", "Close Date"]
    rows = [[1, "Cierre Ganado", "true", "1.0", "2024-01-05"], [2, "Closed Won", "false", "2.0", "2024-01-05"]]
    rows += [[3, "Closed Won", "", "3.0", "2024-01-05"]]
    built = build({"deals.csv": table(header, rows)})
    assert built.rows("orders", "gross", "left_out") == [(100, None), (200, "not_won"), (300, None)]


LINES = ["order", "date", "item", "quantity", "unit_price", "customer"]
LINE = st.tuples(
    st.sampled_from("abcdefgh"),
    st.integers(-3, 40).filter(bool),
    st.decimals(min_value="0", max_value="500", places=4),
)


def oracle(lines: list[tuple[str, int, Decimal]]) -> dict[str, int]:
    total: dict[str, Decimal] = defaultdict(Decimal)
    for order, quantity, price in lines:
        total[order] += quantity * price
    return {order: int((100 * value).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)) for order, value in total.items()}


def lines_csv(lines: list[tuple[str, int, Decimal]]) -> str:
    return table(LINES, [[o, "2024-01-05", n, q, p, "c" + o] for n, (o, q, p) in enumerate(lines)])


@given(st.lists(LINE, min_size=1, max_size=25), st.randoms(use_true_random=False), st.integers(0, 25))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_line_items_sum_exactly_in_any_order_and_any_split(build, lines, random, cut) -> None:
    expected = sorted(oracle(lines).values())
    whole = build({"lines.csv": lines_csv(lines)})
    assert sorted(whole.tables["orders"]["gross"].to_list()) == expected
    assert whole.tables["orders"]["rows"].sum() == len(lines)
    shuffled = random.sample(lines, len(lines))
    assert sorted(build({"lines.csv": lines_csv(shuffled)}).tables["orders"]["gross"].to_list()) == expected
    by_order = sorted(lines, key=lambda line: line[0])
    parts = [by_order[:cut], by_order[cut:]]
    if all(parts):
        split = build({f"part_{n}.csv": lines_csv(part) for n, part in enumerate(parts)})
        assert sorted(split.tables["orders"]["gross"].to_list()) == expected


def test_credit_notes_are_kept_and_not_counted(build) -> None:
    built = build({"l.csv": lines_csv([("a", 2, Decimal("1.5")), ("b", -1, Decimal("4")), ("a", -1, Decimal("1.5"))])})
    assert built.rows("orders", "gross", "left_out", "rows") == [(150, None, 2), (-400, "credit_note", 1)]
    assert built.facts.evidence["orders.left_out.credit_note"] == 1


def test_an_order_of_nothing_is_an_order_and_no_credit_note(build) -> None:
    built = build({"o.csv": "order,date,amount,customer\na,2024-01-05,0.00,c\nb,2024-01-05,-0.01,c\n"})
    assert built.rows("orders", "gross", "left_out") == [(0, None), (-1, "credit_note")]
    assert built.facts.evidence["orders.zero_amount"] == 1


def test_a_refund_of_the_whole_amount_is_not_too_much(build) -> None:
    rows = [*shop("#1", "refunded", "5.00", refunded="5.00"), *shop("#2", "refunded", "5.00", refunded="5.01")]
    assert build({"shop.csv": table(SHOP, rows)}).facts.evidence["orders.refund_over_amount"] == 1


@pytest.mark.parametrize("who", [("", "ann"), ("ann", "")])
def test_a_repeated_order_has_the_customer_that_either_file_names(build, who: tuple[str, str]) -> None:
    files = {f"{n}.csv": f"order,date,amount,customer\n1,2024-01-05,5.00,{name}\n" for n, name in enumerate(who)}
    built = build(files)
    assert [customer is None for (customer,) in built.rows("orders", "customer")] == [False]
    assert built.facts.evidence["orders.without_customer"] == 0


def test_a_line_that_cannot_be_read_rejects_its_order(build) -> None:
    text = "order,date,item,amount\na,2024-01-05,x,1\na,2024-01-05,y,?\nb,2024-01-05,x,3\n,2024-01-05,x,3\n"
    built = build({"l.csv": text})
    assert built.rows("orders", "gross") == [(300,)]
    expected = [("bad_amount", "amount"), ("missing_id", "order"), ("order_incomplete", "order")]
    assert [code[:2] for code in built.codes()] == expected


def test_orders_and_their_lines_are_not_added(build) -> None:
    orders = "order,date,amount\na,2024-01-05,10\nb,2024-01-06,20\n"
    lines = "order,date,item,amount\na,2024-01-05,x,4\na,2024-01-05,y,6\nb,2024-01-06,x,20\n"
    built = build({"orders.csv": orders, "lines.csv": lines})
    assert sorted(built.rows("orders", "gross")) == [(1000,), (2000,)]
    assert built.file("lines.csv").rows.duplicate == 3


def test_a_mapping_knows_the_usual_states(build) -> None:
    mapping = {"fact": "orders", "order": "No", "date": "When", "amount": "Sum", "status": "State"}
    text = "No,When,Sum,State\n1,2024-01-05,10,Done\n2,2024-01-05,10,CANCELLED\n"
    built = build({"x.csv": text}, sources=(Source(path=Path("x.csv"), map=mapping),))
    assert built.rows("orders", "left_out") == [(None,), ("cancelled",)]


ROW = st.tuples(
    st.sampled_from(["a", "b", "c", "d", ""]),
    st.sampled_from(["2024-01-05", "2024-02-30", "", "soon", "1900-01-01"]),
    st.sampled_from(["1.00", "2.50", "-3", "", "NaN", "1e9"]),
    st.sampled_from(["", "cancelled", "paid", "test"]),
)


@given(st.lists(ROW, max_size=30))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_ledger_adds_up_for_any_rows(build, rows) -> None:
    built = build({"o.csv": table(["order", "date", "amount", "status"], [list(row) for row in rows])})
    record = built.file("o.csv").rows
    assert record.read == len(rows) + 1
    assert record.rejected + record.duplicate == len(built.facts.rejects)
    for row, line in zip(rows, range(2, 99), strict=False):
        good = row[3] in ("cancelled", "test") or (
            bool(row[0]) and row[1] == "2024-01-05" and row[2] in ("1.00", "2.50", "-3")
        )
        if not good and any(row):  # a line of separators is structure
            assert any(reject.line == line and reject.action == "rejected" for reject in built.facts.rejects)
    counted = built.tables["orders"]
    assert counted["rows"].sum() <= record.accepted


@pytest.mark.parametrize("side", [{"x": "before"}, {"x": "after"}])
def test_the_side_of_a_file_is_kept(build, side) -> None:
    built = build({"x/o.csv": "order,date,amount\na,2024-01-05,10\n"}, sides=side)
    assert built.rows("orders", "side") == [(-1 if side["x"] == "before" else 1,)]


def test_a_refund_that_only_a_state_tells_of_is_the_whole_amount(build) -> None:
    text = (
        "order,date,amount,customer,status\n1,2024-01-05,10.00,a,paid\n2,2024-01-05,20.00,b,Refunded\n"
        "3,2024-01-05,40.00,c,partially refunded\n4,2024-01-05,-5.00,d,refunded\n"
    )
    built = build({"o.csv": text})
    assert built.rows("orders", "gross", "refunded", "net") == [
        (1000, 0, 1000),
        (2000, 2000, 0),
        (4000, 0, 4000),
        (-500, 0, -500),
    ]
    assert built.facts.evidence["orders.refund_from_state"] == 1
    assert built.facts.evidence["orders.refund_unsaid"] == 1
    assert (
        "orders refunded by their state, without a refund amount, taken as refunded whole: 1"
        in built.file("o.csv").notes
    )


def test_a_stated_refund_beats_the_state(build) -> None:
    text = "order,date,amount,refunded,status\n1,2024-01-05,10.00,4.00,refunded\n2,2024-01-05,10.00,0,refunded\n"
    built = build({"o.csv": text})
    assert built.rows("orders", "refunded") == [(400,), (1000,)]


def test_lines_that_were_given_back_are_refunds_of_their_order(build) -> None:
    text = (
        "order,date,item,quantity,unit_price,status\n1,2024-01-05,x,2,10.00,shipped\n1,2024-01-05,y,1,3.00,returned\n"
        "2,2024-01-06,x,1,10.00,shipped\n"
    )
    built = build({"o.csv": text})
    assert built.rows("orders", "gross", "refunded") == [(2300, 300), (1000, 0)]
