"""The checks of how files were read and of what a record stands for, each on counts that a hand can follow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from clm_audit.config.plan import AuditPlan, Policy, Source
from clm_audit.facts.model import Facts
from clm_audit.intake.model import ROW, Action, Exports, RawTable, Reject
from clm_audit.report import words_checks
from clm_audit.verdict.checks import reading, records
from clm_audit.verdict.checks.base import Subject
from clm_audit.verdict.model import Check


def said(check: Check) -> tuple[str, str]:
    """Status and code, once message and remedy were said with all gaps filled."""
    for text in (words_checks.message(check), words_checks.remedy(check)):
        assert "{" not in text
    assert check.status == "pass" or words_checks.remedy(check)
    return check.status, check.code


def fault(line: int, code: str = "stray_quote", action: Action = "repaired") -> Reject:
    return Reject(file="orders.csv", line=line, byte=10 * line, column="", code=code, action=action)


def table(rows: int = 1000, **changes: object) -> RawTable:
    settings: dict[str, object] = {
        "index": 0, "source": Source(path=Path("in"), map={"fact": "tickets"}), "path": Path("in/orders.csv"),
        "name": "orders.csv", "frame": pl.LazyFrame({ROW: []}), "height": rows, "structure": 1, "headers": {},
        "header_line": 1, "sha256": "", "bytes": 1, "encoding": "utf-8", "dialect": "comma", "system": "plain",
        "object_name": "orders", "object": None,
    }  # fmt: skip
    return RawTable(**{**settings, **changes})


def subject(*tables: RawTable, **evidence: int) -> Subject:
    named = {name.replace("__", "."): count for name, count in evidence.items()}
    return Subject(AuditPlan(), Exports(tables), Facts({}, (), (), (), "EUR", evidence=named))


def test_a_file_that_ends_within_a_quoted_field_is_cut() -> None:
    check = reading.cut_short(subject(table(faults=(fault(3), fault(998, "truncated", "rejected")))))
    assert said(check) == ("fail", "end_cut")
    assert check.metrics == ("service_cost",)
    assert check.evidence["line"] == 998
    middle = (fault(3, "truncated"), fault(998))
    assert said(reading.cut_short(subject(table(faults=middle)))) == ("pass", "end_whole")
    assert said(reading.cut_short(subject(table(0)))) == ("unknown", "nothing_read")


@pytest.mark.parametrize(("mended", "answer"), [(0, "repairs_none"), (10, "repairs_few"), (11, "repairs_many")])
def test_repairs_above_a_share(mended: int, answer: str) -> None:
    faults = tuple(fault(line) for line in range(2, mended + 2))
    twice = (*faults, *faults[:1], fault(900, "ragged", "rejected"))  # two repairs of one record; a reject is none
    check = reading.repairs(subject(table(faults=twice), table(50)))
    assert said(check) == ("warn" if mended > 10 else "pass", answer)
    assert said(reading.repairs(subject(table(0)))) == ("unknown", "nothing_read")


def test_the_share_of_repairs_is_the_policys() -> None:
    one = subject(table(faults=(fault(2),)))
    strict = Subject(AuditPlan(policy=Policy(max_rejected=0.0005)), one.exports, one.facts)
    assert reading.repairs(one).status == "pass"
    assert reading.repairs(strict).status == "warn"


def test_encodings() -> None:
    assert said(reading.encoding(subject(table(), table(encoding="utf-8-sig")))) == ("pass", "encoding_one")
    several = subject(table(), table(encoding="cp1252"))
    assert said(reading.encoding(several)) == ("pass", "encoding_several")
    other = subject(table(), table(encoding="cp1252", object_name="tickets"))
    assert said(reading.encoding(other)) == ("pass", "encoding_one")
    assert said(reading.encoding(subject(table(encoding="cp1252", mixed=7)))) == ("warn", "encoding_mixed")
    assert said(reading.encoding(subject())) == ("unknown", "nothing_read")


NONE = {"dates__day_month": 0, "dates__day_month__few": 0, "dates__day_month__sibling": 0}


@pytest.mark.parametrize(
    ("evidence", "answer"),
    [
        ({}, ("unknown", "day_month_unknown")),
        (NONE, ("pass", "day_month_clear")),
        ({**NONE, "dates__day_month": 2, "dates__day_month__fewest": 40}, ("pass", "day_month_proved")),
        ({**NONE, "dates__day_month": 2, "dates__day_month__sibling": 1}, ("warn", "day_month_borrowed")),
        (
            {**NONE, "dates__day_month": 2, "dates__day_month__few": 1, "dates__day_month__fewest": 1},
            ("warn", "day_month_few"),
        ),
    ],
)
def test_day_and_month(evidence: Mapping[str, int], answer: tuple[str, str]) -> None:
    assert said(reading.day_month(subject(table(), **evidence))) == answer


@pytest.mark.parametrize(
    ("gap", "overlap", "naive", "answer"),
    [
        (0, 0, 0, ("pass", "clock_no_stamps")),
        (0, 0, 9, ("pass", "clock_clear")),
        (2, 0, 900, ("pass", "clock_repeats")),
        (0, 5, 900, ("pass", "clock_repeats")),
        (3, 5, 900, ("warn", "clock_skips")),
    ],
)
def test_clock_changes(gap: int, overlap: int, naive: int, answer: tuple[str, str]) -> None:
    counts = {"dates__dst_gap": gap, "dates__dst_overlap": overlap, "dates__naive": naive}
    assert said(reading.clock_changes(subject(table(), **counts))) == answer
    assert said(reading.clock_changes(subject(table()))) == ("unknown", "clock_unknown")


@pytest.mark.parametrize(
    ("merged", "nowhere", "answer"),
    [(0, 0, "merges_none"), (100, 5, "merges_followed"), (100, 6, "merges_nowhere"), (1, 1, "merges_nowhere")],
)
def test_merges(merged: int, nowhere: int, answer: str) -> None:
    counts = {"customers__rows": 300, "customers__merged": merged, "customers__merged_nowhere": nowhere}
    assert said(records.merges(subject(**counts))) == ("warn" if answer == "merges_nowhere" else "pass", answer)
    del counts["customers__rows"]
    assert said(records.merges(subject(**counts))) == ("unknown", "merges_unknown")


def test_shared_addresses() -> None:
    counts = {"customers__by_email": 90, "customers__shared_addresses": 0, "customers__ids_at_shared_addresses": 0}
    assert said(records.shared_address(subject(**counts))) == ("pass", "addresses_own")
    counts |= {"customers__shared_addresses": 1, "customers__ids_at_shared_addresses": 8}
    counts["customers__most_ids_at_one_address"] = 8
    assert said(records.shared_address(subject(**counts))) == ("warn", "addresses_shared")
    counts["customers__by_email"] = 0
    assert said(records.shared_address(subject(**counts))) == ("pass", "addresses_none")
    assert said(records.shared_address(subject())) == ("unknown", "addresses_unknown")


def test_ids_of_two_lengths() -> None:
    assert said(records.id_lengths(subject(ids__two_lengths=0, ids__short_alone=0))) == ("pass", "lengths_one")
    assert said(records.id_lengths(subject(ids__two_lengths=0, ids__short_alone=1))) == ("warn", "lengths_two")
    assert said(records.id_lengths(subject(ids__two_lengths=4, ids__short_alone=0))) == ("warn", "lengths_two")
    assert said(records.id_lengths(subject())) == ("unknown", "lengths_unknown")


@pytest.mark.parametrize("fact", ["customers", "subscriptions"])
def test_records_of_those_who_left(fact: str) -> None:
    def counted(rows: int, ended: int, **more: int) -> Subject:
        return subject(**{f"{fact}__ending_rows": rows, f"{fact}__ended": ended}, **more)

    assert said(records.left_records(counted(50, 1))) == ("pass", "left_listed")
    assert said(records.left_records(counted(50, 0))) == ("warn", "left_missing")
    assert said(records.left_records(counted(49, 0))) == ("unknown", "left_unknown")
    assert said(records.left_records(counted(0, 0, orders__with_customer=9))) == ("pass", "left_by_orders")


@pytest.mark.parametrize(
    ("evidence", "answer"),
    [
        ({}, ("unknown", "sales_unknown")),
        ({"orders__rows": 900}, ("pass", "sales_once")),
        ({"orders__rows": 900, "orders__retold_compared": 90}, ("pass", "sales_apart")),
        ({"orders__rows": 900, "orders__retold_compared": 90, "orders__retold": 80}, ("pass", "sales_retold")),
        (
            {"orders__rows": 991, "orders__retold_compared": 90, "orders__retold_unmatched": 9},
            ("pass", "sales_hardly_unmatched"),
        ),
        (
            {"orders__rows": 800, "orders__retold_compared": 300, "orders__retold_unmatched": 200},
            ("warn", "sales_unmatched"),
        ),
        (
            {"orders__rows": 790, "orders__retold_compared": 300, "orders__retold_unmatched": 210},
            ("fail", "sales_unmatched"),
        ),
    ],
)
def test_sales_in_two_systems(evidence: Mapping[str, int], answer: tuple[str, str]) -> None:
    assert said(records.sale_twice(subject(**evidence))) == answer
