"""Counts that the data checks ask for, of facts in an engine; and the notes of each table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from clm_audit.facts.model import OF_LIFECYCLE, SCHEMAS, Table
from clm_audit.facts.statuses import LISTED, words_among
from clm_audit.facts.warehouse.canonical import Making, table_of
from clm_audit.facts.warehouse.customers import ROWS
from clm_audit.facts.warehouse.orders import NUMBERS
from clm_audit.facts.warehouse.selection import Selection

EPOCH = date(1970, 1, 1)
_CREDIT = "credit_note"
Of = Mapping[Table, Sequence[Selection]]


def count_all(making: Making, of: Of) -> None:
    """Everything; also notes of rows that are understood and not counted."""
    for fact, parts in of.items():
        credited = _days_and_rows(making, fact, parts)
        if "left_out" in SCHEMAS[fact] or fact == "customers":
            _left_out(making, fact, parts, credited)
    if "orders" in of:
        _orders(making, listed="customers" in of)
        _given_back(making, of["orders"])
        if any(one.by_line for one in of["orders"]):
            _mixed(making, of["orders"])
    if "customers" in of:
        _customers(making, of["customers"])
    if "stages" in of:
        _stages(making)
    if "surveys" in of:
        _surveys(making)
    if "subscriptions" in of:
        _subscriptions(making)


_TESTS: Mapping[Table, Mapping[str, str]] = {
    "orders": {
        "rows": "left_out IS NULL",
        "refund_over_amount": "left_out IS NULL AND gross >= 0 AND refunded > gross",
        "zero_amount": "left_out IS NULL AND net = 0",
        "with_customer": "left_out IS NULL AND customer IS NOT NULL",
        "without_customer": "left_out IS NULL AND customer IS NULL",
    },
    "customers": {"rows": "TRUE", "inactive": "ended IS NOT NULL", "staged": "stage IS NOT NULL"},
    "tickets": {
        "rows": "left_out IS NULL",
        "without_customer": "left_out IS NULL AND customer IS NULL",
        "timed": "left_out IS NULL AND seconds IS NOT NULL",
        "costed": "left_out IS NULL AND cost IS NOT NULL",
    },
    "stages": {"rows": "TRUE", "placed": "place IS NOT NULL", "unknown": "place IS NULL"},
}
"""What is counted of a fact, as ``<fact>.<name>``."""


def _tests(fact: Table, parts: Sequence[Selection]) -> Mapping[str, str]:
    if fact != "subscriptions":
        return _TESTS.get(fact, {"rows": "TRUE"})
    ends = any({"end", "cancelled"} & set(one.fields) for one in parts)
    return {"rows": "TRUE", "ending_rows": "TRUE" if ends else "FALSE", "ended": "until IS NOT NULL"}


def _days_and_rows(making: Making, fact: Table, parts: Sequence[Selection]) -> Mapping[int, int]:
    """``<fact>.in.<file>``, the first and last days, over all tables and of each, and the counts of :data:`_TESTS`, in
    one query. Returns the credit notes of each table."""
    dated, tests = fact != "customers", _tests(fact, parts)
    counts = "left_out IS NULL" if "left_out" in SCHEMAS[fact] else "TRUE"
    asked = [counts, f"left_out = '{_CREDIT}'" if fact == "orders" else "FALSE", *tests.values()]
    sums = ", ".join(f"SUM(CASE WHEN {test} THEN 1 ELSE 0 END)" for test in asked)
    day = f"CASE WHEN {counts} THEN day END" if dated else "CAST(NULL AS INTEGER)"
    query = f"SELECT file, MIN({day}) AS first_day, MAX({day}) AS last_day, {sums} FROM {table_of(fact)} GROUP BY file"
    totals, credited = dict.fromkeys(tests, 0), {}
    spans: list[tuple[int, int]] = []
    for file, first, last, rows, credits_, *found in sorted(making.session.rows(query)):
        credited[int(file)] = int(credits_)
        totals = {name: total + int(count) for (name, total), count in zip(totals.items(), found, strict=True)}
        if rows:
            making.count(f"{fact}.in.{file}", int(rows))
        if fact not in OF_LIFECYCLE and first is not None:
            making.evidence[f"{fact}.first_day.{file}"], making.evidence[f"{fact}.last_day.{file}"] = first, last
            spans.append((first, last))
    if spans:
        firsts, lasts = zip(*spans, strict=True)
        making.evidence[f"{fact}.first_day"], making.evidence[f"{fact}.last_day"] = min(firsts), max(lasts)
    for name, total in totals.items():
        making.count(f"{fact}.{name}", total)
    return credited


def _left_out(making: Making, fact: Table, parts: Sequence[Selection], credited: Mapping[int, int]) -> None:
    """``<fact>.left_out.<reason>``, and notes in the words of those of files."""
    lines = [one.table.index for one in parts if one.by_line]
    rows = {
        "customers": f"SELECT part, left_out, 1 AS n FROM {ROWS}",
        "orders": f"SELECT part, left_out, {_weight(lines)} AS n FROM {NUMBERS} WHERE sound",
    }.get(fact, f"SELECT file AS part, left_out, 1 AS n FROM {table_of(fact)}")
    found = [(file, _CREDIT, count) for file, count in credited.items() if count]
    if any(one.left for one in parts):
        query = f"SELECT part, left_out, SUM(n) FROM ({rows}) AS r WHERE left_out IS NOT NULL GROUP BY part, left_out"
        found += [(int(part), str(reason), int(count)) for part, reason, count in making.session.rows(query)]
    for part, reason, count in sorted(found):
        making.count(f"{fact}.left_out.{reason}", count)
        what = f"{fact} not counted because {reason.replace('_', ' ')}"
        if reason == _CREDIT:
            what = "credit notes, counted as refunds on their own date"
        making.note(part, f"{what}: {count:,}")


def _weight(lines: Sequence[int]) -> str:
    """Orders of one row count by their rows, those of line items once."""
    return f"CASE WHEN part IN ({', '.join(map(str, lines))}) THEN 1 ELSE records END" if lines else "records"


def _orders(making: Making, *, listed: bool) -> None:
    if listed:
        known = f"(SELECT DISTINCT customer FROM {ROWS} WHERE customer IS NOT NULL)"
        query = (
            f"SELECT COUNT(*) FROM {table_of('orders')} AS o LEFT JOIN {known} AS k ON o.customer = k.customer"
            " WHERE o.left_out IS NULL AND o.customer IS NOT NULL AND k.customer IS NULL"
        )
        making.count("orders.unknown_customer", int(making.session.rows(query)[0][0]))
    go_live = _go_live(making)
    if go_live is not None:
        sides = {"before": f"side <= 0 AND day < {go_live}", "after": f"side >= 0 AND day >= {go_live}"}
        marks = ", ".join(f"MAX(CASE WHEN {test} THEN 1 ELSE 0 END) AS {name}_mark" for name, test in sides.items())
        query = (
            f"SELECT SUM(before_mark), SUM(before_mark * after_mark) FROM (SELECT customer, {marks}"
            f" FROM {table_of('orders')} WHERE left_out IS NULL AND customer IS NOT NULL GROUP BY customer) AS each"
        )
        before, both = making.session.rows(query)[0]
        making.count("customers.seen_before", int(before or 0))
        making.count("customers.seen_both_sides", int(both or 0))


def _go_live(making: Making) -> int | None:
    if making.plan.go_live is not None:
        return (making.plan.go_live - EPOCH).days
    query = f"SELECT MIN(day) FROM {table_of('orders')} WHERE side = 1 AND left_out IS NULL"
    first = making.session.rows(query)[0][0]
    return None if first is None else int(first)


def _mixed(making: Making, parts: Sequence[Selection]) -> None:
    """Orders whose rows have different customers, or days that no one order has."""
    query = f"SELECT part, COUNT(*) FROM {NUMBERS} WHERE mixed AND sound AND left_out IS NULL GROUP BY part"
    counts = {int(part): int(count) for part, count in making.session.rows(query)}
    for one in parts:
        if count := counts.get(one.table.index, 0):
            making.count("orders.mixed_lines", count)
            what = "orders whose lines have different customers, or days more than a week apart"
            making.note(one.table.index, f"{what}: {count:,}")


def _given_back(making: Making, parts: Sequence[Selection]) -> None:
    """Refunds that only a state tells of: whole ones are taken as such, of parts nobody knows how much."""
    for one in parts:
        if not one.returned or one.table.fact != "orders":
            continue
        refunded = "COALESCE(refunded, 0) = 0 AND " if "refunded" in one.fields else ""
        unsaid = f"reason = 0 AND left_out IS NULL AND {refunded}amount > 0"
        query = f"SELECT returned, COUNT(*) FROM {one.table.staged} WHERE {unsaid} AND returned > 0 GROUP BY returned"
        if one.by_line:
            here = f"part = {one.table.index} AND unsaid > 0"
            query = f"SELECT unsaid, COUNT(*) FROM {NUMBERS} WHERE {here} GROUP BY unsaid"
        counts = {int(code): int(count) for code, count in making.session.rows(query)}
        for code, name, what in (
            (1, "refund_from_state", "refunded by their state, without a refund amount, taken as refunded whole"),
            (2, "refund_unsaid", "refunded in part by their state, without a refund amount, counted in full"),
        ):
            making.count(f"orders.{name}", counts.get(code, 0))
            if code in counts:
                making.note(one.table.index, f"orders {what}: {counts[code]:,}")


def _customers(making: Making, parts: Sequence[Selection]) -> None:
    table = table_of("customers")
    able = [one.table.index for one in parts if "ended" in one.fields]
    making.evidence.update({"customers.ending_rows": 0, "customers.ended": 0})
    if able:
        of_able = f"part IN ({', '.join(map(str, able))})"
        gone = "(ended IS NOT NULL OR COALESCE(left_out = 'deleted', FALSE))"
        _sums(making, "customers", ROWS, {"ending_rows": of_able, "ended": f"{of_able} AND {gone}"})
    query = f"SELECT acquired, COUNT(*) FROM {table} WHERE acquired IS NOT NULL GROUP BY acquired"
    days = {int(day): int(count) for day, count in making.session.rows(query)}
    if days:
        top = max(days, key=lambda day: (days[day], -day))
        making.evidence["customers.acquired_rows"] = sum(days.values())
        making.evidence["customers.acquired_days"] = len(days)
        making.evidence["customers.acquired_top_rows"], making.evidence["customers.acquired_top_day"] = days[top], top


def _surveys(making: Making) -> None:
    """Answers of each kind, by file: ``surveys.nps.in.<file>``."""
    query = f"SELECT kind, file, COUNT(*) FROM {table_of('surveys')} WHERE kind IS NOT NULL GROUP BY kind, file"
    for kind, file, rows in sorted(making.session.rows(query)):
        making.count(f"surveys.{kind}.in.{file}", int(rows))


def _stages(making: Making) -> None:
    """Customers that are placed, since when; and the words without a place."""
    table = table_of("stages")
    query = f"SELECT COUNT(DISTINCT customer), MIN(day) FROM {table} WHERE place IS NOT NULL"
    customers, first = making.session.rows(query)[0]
    making.count("stages.customers", int(customers))
    if first is not None:
        query = f"SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM {table} WHERE place IS NOT NULL GROUP BY day) AS each"
        making.evidence["stages.first_day"] = int(first)
        making.evidence["stages.top_day_rows"] = int(making.session.rows(query)[0][0])
    query = f"SELECT file, stage, COUNT(*) FROM {table} WHERE place IS NULL GROUP BY file, stage"
    by_file: dict[int, Counter[str]] = {}
    for file, stage, count in making.session.rows(query):
        by_file.setdefault(int(file), Counter())[str(stage)] += int(count)
    for word, count in words_among(sum(by_file.values(), Counter[str]()))[:LISTED]:
        making.evidence[f"stages.unknown.{word}"] = count
    for file, stages in sorted(by_file.items()):
        what = f"stages in words that mean no lifecycle stage: {stages.total():,}"
        told = ", ".join(f"{word} {count:,}" for word, count in words_among(stages)[:LISTED])
        making.note(file, f"{what} ({told})" if told else what)


def _subscriptions(making: Making) -> None:
    table = table_of("subscriptions")
    query = f"SELECT currency, COUNT(*) FROM {table} WHERE left_out IS NULL AND currency IS NOT NULL GROUP BY currency"
    for name, count in sorted(making.session.rows(query)):
        making.count(f"subscriptions.currency.{name}", int(count))


def _sums(making: Making, fact: Table, rows: str, tests: Mapping[str, str]) -> None:
    """How many rows pass each test, in one query."""
    sums = ", ".join(f"SUM(CASE WHEN {test} THEN 1 ELSE 0 END)" for test in tests.values())
    for name, count in zip(tests, making.session.rows(f"SELECT {sums} FROM {rows}")[0], strict=True):
        making.count(f"{fact}.{name}", int(count or 0))
