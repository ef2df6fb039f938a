"""Personal values are found again in a text, and only they."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.facts.personal import Leak, leaks, personal_columns
from clm_audit.intake.read import read_exports

ORDERS = """order,customer_id,date,amount,note
1,K-77001,2024-01-05,10.00,plain
2,K-77002,2024-01-06,12.00,plain
3,1234567,2024-01-07,12.00,plain
4,4155550100,2024-01-08,12.00,plain
"""
CUSTOMERS = """customer_id,email,Full Name,Phone,region,Campaign name
K-77001,customer0001@example.com,Quibblewick Zanderholt,+1 415 555 0100,North,Spring offer
K-77002,Customer0002@Example.com,Report Page,+1 415 555 0101,South,Autumn offer
"""


REFERRALS = """referrer,referred,date
Pellworm & Daughters,Ostrander Quince,2024-01-05
"""


@pytest.fixture
def find(tmp_path: Path):
    (tmp_path / "referrals.csv").write_text(REFERRALS, encoding="utf-8")
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    (tmp_path / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    plan = AuditPlan(go_live=date(2024, 1, 6), sources=(Source(path=tmp_path),), root=tmp_path)

    def run(text: str, usual: tuple[str, ...] = ()) -> list[tuple[str, str]]:
        (tmp_path / "run").mkdir(exist_ok=True)
        found = leaks(read_exports(plan, tmp_path / "run"), {"html": text, "empty": "nothing"}, usual)
        assert all(isinstance(one, Leak) and one.output == "html" for one in found)
        return [(one.file, one.column) for one in found]

    return run


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("best customer: K-77001.", "customer_id"),
        ("from:customer0001@example.com,", "email"),
        ("CUSTOMER0002@EXAMPLE.COM", "email"),
        ("<td>Quibblewick Zanderholt</td>", "Full Name"),
        ("call +1 415 555 0101 now", "Phone"),
        ("thanks to Pellworm & Daughters", "referrer"),
        ("welcome, Ostrander Quince!", "referred"),
    ],
)
def test_a_value_of_a_personal_column_is_found(find, text: str, column: str) -> None:
    assert column in {name for _, name in find(text)}


@pytest.mark.parametrize(
    "text",
    [
        "K-770012 is another one",
        "xcustomer0001@example.com",
        "1234567 rows",
        "North and South, Spring offer, plain, 2024-01-05, 10.00",
        "Quibblewick",
        "0.4155550100",
    ],
)
def test_what_is_no_personal_value_is_not(find, text: str) -> None:
    assert find(text) == []


def test_a_long_number_is_searched_and_usual_words_are_not(find) -> None:
    assert find("customer 4155550100 again") == [("orders.csv", "customer_id")]
    assert find("this report has a page: report page") == [("customers.csv", "Full Name")]
    assert find("this report has a page: report page", ("Report", "page")) == []


def test_personal_columns_are_those_of_facts_and_those_by_name(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    (tmp_path / "run").mkdir()
    plan = AuditPlan(sources=(Source(path=tmp_path / "customers.csv"),), root=tmp_path)
    (table,) = read_exports(plan, tmp_path / "run").tables
    assert {one.header for one in personal_columns(table)} == {"customer_id", "email", "Full Name", "Phone"}
