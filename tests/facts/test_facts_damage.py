from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("ids", "name", "count"),
    [
        (["1.05E+11", "1,05E+11", "105284053743"], "excel_float", 2),
        (["117.0", "117", "118.0"], "excel_decimal", 1),
        (["00001014", "1014", "00001015"], "excel_zeros", 1),
        (["1234567890123450000", "1234567890123460000", "1234567890123470000"], "excel_rounded", 3),
        (["1234567890123456789", "1234567890123460000", "1234567890123461234"], "excel_rounded", 0),
        (["c1", "0", "117", "0012a", "1e5"], "excel_damage", 0),
        (["a1", "b2", "42"], "excel_damage", 0),
    ],
)
def test_ids_that_a_spreadsheet_changed_are_counted(build, ids: list[str], name: str, count: int) -> None:
    text = "customer;email\n" + "".join(f"{one};\n" for one in ids)
    evidence = build({"c.csv": text}).facts.evidence
    assert evidence[f"ids.{name}"] == count
    assert evidence["ids.excel_damage"] == count


def test_ids_stay_text(build) -> None:
    orders = "order;date;amount;customer\n1;2024-01-05;1;007\n2;2024-01-05;1;7\n3;2024-01-05;1;7.0\n"
    built = build({"o.csv": orders})
    assert built.tables["orders"]["customer"].n_unique() == 3


def test_order_numbers_with_an_exponent_are_not_joined_in_silence(build) -> None:
    text = "order,date,amount\n1.05E+11,2024-01-05,10\n1.05E+11,2024-02-05,20\n2,2024-01-05,1\n"
    built = build({"o.csv": text})
    assert built.facts.evidence["orders.ids_excel_float"] == 2
    assert built.codes() == [("conflicting_rows", "order", "rejected")] * 2


def test_orders_whose_customers_became_one_number_are_counted(build) -> None:
    orders = "order;date;amount;customer\n" + "".join(
        f"{n};2024-01-05;1;{customer}\n"
        for n, customer in enumerate(["1.05E+11"] * 3 + ["1,06E+11", "105284053743", ""])
    )
    evidence = build({"o.csv": orders}).facts.evidence
    assert evidence["ids.excel_float"] == 2
    assert (evidence["orders.blurred_customer"], evidence["orders.with_customer"]) == (4, 5)
