"""Each check on data that it should pass, warn about, fail, and cannot judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import METRIC_IDS, AuditPlan, KnownEvent, MetricId, Source
from clm_audit.config.preset import ExportObject, Recognise, Yield
from clm_audit.facts.model import Facts
from clm_audit.intake.model import ROW, Exports, FileRecord, RawTable, RowCounts
from clm_audit.measures.model import (
    Calendar,
    Cells,
    Measured,
    MetricTotals,
    Moments,
    Ratio,
    SideRows,
    Totals,
    day_number,
    to_date,
)
from clm_audit.report import words_checks
from clm_audit.verdict.checks import (
    CHECK_IDS,
    CODES,
    RULES,
    all_checks,
    events,
    files,
    intake_checks,
    money,
    orders,
    people,
    windows,
)
from clm_audit.verdict.checks.base import Subject, facts_of, touched
from clm_audit.verdict.model import Check

LIVE = day_number(date(2024, 7, 1))
NONE = np.array([], dtype=np.float64)


def said(check: Check) -> tuple[str, str]:
    """Status and code, once message and remedy were said with all gaps filled."""
    for text in (words_checks.message(check), words_checks.remedy(check)):
        assert "{" not in text
    assert check.status == "pass" or words_checks.remedy(check)
    return check.status, check.code


def kind(fact: str = "orders", *, caps: tuple[int, ...] = (), category: str | None = None) -> ExportObject:
    yields = (Yield(fact=fact, fields={}, category=category),)
    return ExportObject(recognise=Recognise(required=("Id",)), yields=yields, caps=caps)


def table(name: str = "orders.csv", rows: int = 70, **changes: object) -> RawTable:
    settings: dict[str, object] = {
        "index": 0,
        "source": Source(path=Path("in")),
        "path": Path("in") / name,
        "name": name,
        "frame": pl.LazyFrame({ROW: []}),
        "height": rows,
        "structure": 1,
        "headers": {},
        "header_line": 1,
        "sha256": "",
        "bytes": 1,
        "encoding": "utf-8",
        "dialect": "comma",
        "system": "plain",
        "object_name": "orders",
        "object": kind(),
    }
    return RawTable(**{**settings, **changes})


def record(path: str = "orders.csv", name: str = "orders", **rows: int) -> FileRecord:
    read = sum(rows.values())
    return FileRecord(
        path=path, sha256="", bytes=1, system="plain", object=name, encoding="utf-8", dialect="comma", header_line=1,
        rows=RowCounts(read=read, **rows),
    )  # fmt: skip


def calendar(**changes: object) -> Calendar:
    settings: dict[str, object] = {
        "go_live": LIVE,
        "span": (LIVE - 728, LIVE + 364),
        "before": (LIVE - 364, LIVE),
        "after": (LIVE, LIVE + 364),
        "base_weeks": 52,
        "base_from": -52,
        "coverage": {"orders": (LIVE - 728, LIVE + 364)},
        "merge": {"orders": 1, "acquired": 1},
        "season_aligned": True,
    }
    return Calendar(**{**settings, **changes})


def subject(
    tables: tuple[RawTable, ...] = (),
    records: tuple[FileRecord, ...] = (),
    evidence: Mapping[str, int] | None = None,
    when: Calendar | None = None,
    cells: Mapping[str, Cells] | None = None,
    moments: Mapping[int, Moments] | None = None,
    metrics: tuple[MetricTotals, ...] = (),
    currency: str | NotAssessable = "EUR",
    plan: AuditPlan | None = None,
    unknown: tuple[tuple[str, str], ...] = (),
    measured: bool = True,
) -> Subject:
    facts = Facts({}, records, (), (), currency, evidence=evidence or {})
    made = Measured(when or calendar(), Totals(cells or {}, moments or {}), metrics, {}, {}) if measured else None
    return Subject(plan or AuditPlan(), Exports(tables, unknown), facts, made)


def totals(metric: MetricId = "purchase_frequency", num: np.ndarray | None = None, **changes: object) -> MetricTotals:
    start = np.arange(LIVE - 364, LIVE + 364, 7, dtype=np.int64)
    ones = np.ones(len(start))
    one = Ratio(1.0, 1.0, 1.0, 52.0)
    made = MetricTotals(metric, start, ones if num is None else num, ones, None, 52, 52.18, one, one)
    return replace(made, **changes)


# files


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_row_cap_of_the_system_fails_and_touches_its_metrics(off: int) -> None:
    check = files.row_cap(subject((table(rows=1234 + off, object=kind("tickets", caps=(1234,))),)))
    assert said(check) == ("fail", "row_cap_of_system")
    assert check.metrics == ("service_cost",)
    assert check.evidence == {"file": "orders.csv", "rows": 1234 + off, "cap": 1234}


def test_row_cap_common_only_warns() -> None:
    assert said(files.row_cap(subject((table(rows=10_000),)))) == ("warn", "row_cap_common")
    assert said(files.row_cap(subject((table(rows=10_002),)))) == ("pass", "row_cap_clear")


def test_row_cap_with_the_next_part_is_no_cut() -> None:
    parts = (table("orders_1.csv", 10_000), table("orders_2.csv", 77))
    assert said(files.row_cap(subject(parts))) == ("pass", "row_cap_clear")


def test_missing_parts() -> None:
    assert said(files.missing_part(subject((table("a/orders_2.csv"),)))) == ("warn", "parts_missing")
    assert said(files.missing_part(subject((table("o_1.csv"), table("o_3.csv"))))) == ("warn", "parts_missing")
    dated = (table("all-deals-2024-06-01-1.csv"), table("all-deals-2024-06-01-3.csv"))
    assert said(files.missing_part(subject(dated))) == ("warn", "parts_missing")
    assert said(files.missing_part(subject((table("o_1.csv"), table("o_2.csv"))))) == ("pass", "parts_whole")
    for name in ("orders-2024-07-02.csv", "orders_2024.csv", "2.csv", "orders_02.csv"):
        assert said(files.missing_part(subject((table(name),))))[0] == "pass", name


def test_stale_export_by_the_other_facts() -> None:
    last = {"orders.last_day": LIVE + 363, "tickets.last_day": LIVE + 300, "orders.first_day": LIVE - 728}
    check = files.stale_export(subject((table(),), evidence=last))
    assert said(check) == ("warn", "export_ends_early")
    assert (check.evidence["fact"], check.metrics) == ("tickets", ("service_cost",))
    assert said(files.stale_export(subject((table(),), evidence=last | {"tickets.last_day": LIVE + 310}))) == (
        "pass",
        "export_fresh",
    )
    assert said(files.stale_export(subject((table(),)))) == ("unknown", "export_age_unknown")


def test_stale_export_by_the_date_in_a_name() -> None:
    last = {"orders.last_day": LIVE + 100}
    written = to_date(LIVE + 200).isoformat()
    named = files.stale_export(subject((table(f"exports-2020-01-01/all-orders-{written}.csv"),), evidence=last))
    assert said(named) == ("warn", "export_ends_early")
    assert said(files.stale_export(subject((table("orders-2099-99-99.csv"),), evidence=last)))[0] == "pass"


def test_rejects() -> None:
    few = files.rejects(subject(records=(record(accepted=990, rejected=10),)))
    assert said(few) == ("pass", "rejects_few")
    over = files.rejects(subject(records=(record(accepted=989, rejected=11),)))
    assert said(over) == ("fail", "rejects_over")
    assert over.metrics == METRIC_IDS
    assert said(files.rejects(subject(records=(record(structure=1),)))) == ("unknown", "rejects_unknown")


def test_rejects_in_one_export_withhold_its_metrics_only() -> None:
    tables = (table("orders.csv"), table("tickets.csv", object=kind("tickets")))
    records = (record(accepted=9_000), record("tickets.csv", "tickets", accepted=90, rejected=10))
    check = files.rejects(subject(tables, records))
    assert said(check) == ("fail", "rejects_over_in_export")
    assert check.metrics == ("service_cost",)


def test_rejects_follow_the_policy() -> None:
    plan = AuditPlan.model_validate({"policy": {"max_rejected": 0.2}})
    assert files.rejects(subject(records=(record(accepted=85, rejected=15),), plan=plan)).status == "pass"


def test_unknown_files() -> None:
    assert said(files.unknown_files(subject((table(),)))) == ("pass", "files_all_known")
    check = files.unknown_files(subject(unknown=(("notes.csv", "no preset knows it"),)))
    assert said(check) == ("warn", "files_unknown")


def test_duplicates() -> None:
    assert said(files.duplicates(subject(records=(record(accepted=9),)))) == ("pass", "duplicates_none")
    few = subject((table(),), (record(accepted=98, duplicate=2),))
    assert said(files.duplicates(few)) == ("pass", "duplicates_few")
    many = files.duplicates(subject((table(),), (record(accepted=90, duplicate=10),)))
    assert said(many) == ("warn", "duplicates_many")
    assert "transaction_size" in many.metrics
    assert said(files.duplicates(subject())) == ("unknown", "duplicates_unknown")


def test_spend_twice() -> None:
    ads = table("ads.csv", object=kind("spend", category="acquisition"))
    books = table("books.csv", object=kind("spend"))

    def counted(**numbers: int) -> Check:
        return files.spend_twice(subject((ads, books), evidence={f"spend.{name}": n for name, n in numbers.items()}))

    assert said(counted()) == ("pass", "spend_once")
    assert said(counted(beside_ads=0)) == ("pass", "spend_apart")
    assert said(counted(beside_ads=0, retold=24, retold_months=10, retold_months_off=2)) == ("pass", "spend_retold")
    off = counted(beside_ads=0, retold=24, retold_months=10, retold_months_off=3)
    assert said(off) == ("warn", "spend_disagrees")
    beside = counted(beside_ads=3, retold=24)
    assert said(beside) == ("warn", "spend_twice")
    assert (beside.evidence["platform"], beside.evidence["books"]) == ("ads.csv", "books.csv")
    assert said(files.spend_twice(subject())) == ("unknown", "nothing_read")


def test_what_another_system_tells_of_is_no_repeated_row() -> None:
    record_of = record(accepted=60, duplicate=40)
    assert said(files.duplicates(subject((table(),), (record_of,)))) == ("warn", "duplicates_many")
    told = subject((table(),), (record_of,), evidence={"orders.retold": 30, "spend.retold": 10})
    assert said(files.duplicates(told)) == ("pass", "duplicates_none")


# windows


def test_windows_overlap_unequal_equal() -> None:
    overlap = calendar(before=(LIVE - 364, LIVE + 7))
    assert said(windows.windows(subject(when=overlap))) == ("fail", "windows_overlap")
    unequal = calendar(after=(LIVE, LIVE + 182))
    assert said(windows.windows(subject(when=unequal))) == ("warn", "windows_unequal")
    assert said(windows.windows(subject())) == ("pass", "windows_equal")
    assert said(windows.windows(subject(measured=False))) == ("unknown", "windows_unknown")


def test_season_by_the_months_in_the_windows() -> None:
    assert said(windows.season(subject())) == ("pass", "season_matches")
    halves = calendar(before=(LIVE - 182, LIVE), after=(LIVE, LIVE + 182))
    check = windows.season(subject(when=halves))
    assert said(check) == ("warn", "season_differs")
    assert check.evidence["share"] > 0.9
    year_apart = calendar(before=(LIVE - 364, LIVE - 182), after=(LIVE, LIVE + 182))
    assert windows.season(subject(when=year_apart)).status == "pass"


def test_month_distance_is_zero_for_the_same_months_and_one_for_others() -> None:
    jan, feb, jan_again = (day_number(date(*day)) for day in ((2023, 1, 1), (2023, 2, 1), (2024, 1, 1)))
    assert windows.month_distance((jan, feb), (jan_again, jan_again + 31)) == 0
    assert windows.month_distance((jan, feb), (feb, feb + 28)) == 1


def test_go_live_inside_the_data() -> None:
    assert said(windows.go_live(subject())) == ("pass", "go_live_inside")
    assert said(windows.go_live(subject(when=calendar(derived_go_live=True)))) == ("warn", "go_live_derived")
    for span in ((LIVE, LIVE + 99), (LIVE - 99, LIVE)):
        assert said(windows.go_live(subject(when=calendar(coverage={"orders": span})))) == ("fail", "go_live_outside")
    assert windows.go_live(subject(when=calendar(coverage={}))).status == "unknown"


@pytest.mark.parametrize(
    ("weeks", "status", "code"),
    [(12, "warn", "after_short"), (13, "pass", "after_early"), (38, "pass", "after_early"), (39, "pass", "after_long")],
)
def test_time_since_go_live(weeks: int, status: str, code: str) -> None:
    assert said(windows.after_length(subject(when=calendar(after=(LIVE, LIVE + 7 * weeks))))) == (status, code)


def test_coverage_of_the_windows() -> None:
    assert said(windows.coverage(subject())) == ("pass", "coverage_full")
    short = {"orders": (LIVE - 728, LIVE + 364), "tickets": (LIVE - 200, LIVE + 364)}
    check = windows.coverage(subject(when=calendar(coverage=short)))
    assert said(check) == ("warn", "coverage_partial")
    assert check.metrics == ("service_cost",)
    assert check.evidence["days"] == 164
    assert said(windows.coverage(subject(when=calendar(coverage={})))) == ("unknown", "coverage_unknown")


@pytest.mark.parametrize(("days", "status"), [(7, "pass"), (8, "warn")])
def test_a_fact_may_lack_a_week_of_a_window(days: int, status: str) -> None:
    for spans in ((LIVE - 364 + days, LIVE + 364), (LIVE - 364, LIVE + 364 - days)):
        assert windows.coverage(subject(when=calendar(coverage={"tickets": spans}))).status == status


@pytest.mark.parametrize(
    ("rows", "status", "code"),
    [
        (SideRows(0, 0, 0, 0, 0, 14), "pass", "sides_clear"),
        (SideRows(5, 5, 1, 14, 14, 14), "pass", "sides_clear"),
        (SideRows(900, 5, 1, 0, 0, 14), "warn", "sides_covered"),
        (SideRows(900, 6, 1, 92, 0, 14), "fail", "sides_hole"),
        (SideRows(0, 0, 0, 15, 0, 14), "fail", "sides_end_early"),
        (SideRows(0, 0, 0, 0, 15, 14), "fail", "sides_start_late"),
        (SideRows(0, 0, 0, 30, 30, 62), "pass", "sides_clear"),
    ],
)
def test_rows_on_the_wrong_side(rows: SideRows, status: str, code: str) -> None:
    whole = SideRows(0, 0, 0, 0, 0, 14)
    check = windows.sides(subject(when=calendar(sides={"orders": whole, "tickets": rows, "spend.other": rows})))
    assert said(check) == (status, code)
    assert check.status == "pass" or check.metrics == ("service_cost",)
    assert all(str(rows.lost) in words_checks.message(check) for _ in check.metrics if code == "sides_hole")


@pytest.mark.parametrize(
    ("missing", "status", "code"),
    [(0, "pass", "weeks_whole"), (5, "pass", "weeks_whole"), (6, "warn", "weeks_missing"),
     (26, "warn", "weeks_missing"), (27, "fail", "weeks_mostly_missing")],
)  # fmt: skip
def test_missing_weeks(missing: int, status: str, code: str) -> None:
    num = np.ones(104)
    num[10 : 10 + missing] = np.nan
    check = windows.missing_weeks(subject(metrics=(totals(num=num), totals("transaction_size"))))
    assert said(check) == (status, code)
    if status != "pass":
        assert (check.evidence["periods"], check.evidence["of"]) == (missing, 104)
        assert check.metrics == ("purchase_frequency",)


def test_campaigns_need_not_come_every_week() -> None:
    num = np.full(104, np.nan)
    num[::4] = 1.0
    whole = totals("transaction_size")
    assert windows.missing_weeks(subject(metrics=(totals("campaign_response", num=num), whole))).status == "pass"


def test_missing_weeks_are_not_looked_for_outside_the_windows() -> None:
    num = np.ones(104)
    num[:40] = np.nan
    late = calendar(before=(LIVE - 70, LIVE), after=(LIVE, LIVE + 70))
    assert windows.missing_weeks(subject(when=late, metrics=(totals(num=num),))).status == "pass"
    assert said(windows.missing_weeks(subject())) == ("unknown", "weeks_unknown")


def test_tracking_that_starts_at_go_live() -> None:
    spans = {"tickets": (LIVE - 20, LIVE + 364), "orders": (LIVE - 728, LIVE + 364)}
    check = windows.tracking_start(subject(when=calendar(coverage=spans)))
    assert said(check) == ("fail", "tracking_starts_at_go_live")
    assert check.metrics == ("service_cost",)
    whole = {"tickets": (LIVE - 300, LIVE + 364)}
    assert said(windows.tracking_start(subject(when=calendar(coverage=whole)))) == ("pass", "tracking_both_sides")
    assert said(windows.tracking_start(subject())) == ("unknown", "tracking_unknown")
    ended = {"sends": (LIVE - 300, LIVE + 3)}
    assert windows.tracking_start(subject(when=calendar(coverage=ended))).status == "fail"


@pytest.mark.parametrize("code", ["handling_time_one_side", "one_side_only"])
def test_tracking_that_measuring_found_on_one_side(code: str) -> None:
    missing = totals("service_cost", missing=NotAssessable(code=code, detail={"side": "after"}))
    check = windows.tracking_start(subject(metrics=(missing,)))
    assert said(check) == ("fail", code)
    assert check.metrics == ("service_cost",)


def test_timezone() -> None:
    naive = {"dates.naive": 7}
    assert said(windows.timezone(subject(evidence=naive))) == ("warn", "timezone_assumed")
    stated = AuditPlan(timezone="Europe/Berlin", origins={"timezone": "clm-audit.yaml:2:1"})
    assert said(windows.timezone(subject(evidence=naive, plan=stated))) == ("pass", "timezone_stated")
    assert said(windows.timezone(subject(evidence={"dates.naive": 0}))) == ("pass", "timezone_stated")
    assert said(windows.timezone(subject())) == ("unknown", "timezone_unknown")


# money


@pytest.mark.parametrize(
    ("found", "status", "code"),
    [
        ("EUR", "pass", "currency_one"),
        (NotAssessable(code="mixed_currencies"), "fail", "currency_mixed"),
        (NotAssessable(code="currency_not_stated"), "warn", "currency_not_stated"),
        (NotAssessable(code="something_else"), "unknown", "currency_unknown"),
    ],
)
def test_currency(found: str | NotAssessable, status: str, code: str) -> None:
    check = money.currency(subject(currency=found))
    assert said(check) == (status, code)
    assert "purchase_frequency" not in check.metrics


def histogram(before: Mapping[int, int], after: Mapping[int, int]) -> dict[str, Cells]:
    pairs = [(0, cents, orders) for cents, orders in before.items()] + [(1, c, n) for c, n in after.items()]
    window, cents, orders = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    return {"values": Cells({"window": window, "cents": cents}, {"orders": orders})}


def test_one_order_that_carries_the_change() -> None:
    carried = money.one_order(subject(cells=histogram({5_000: 1_000}, {5_000: 1_000, 9_000_000: 1})))
    assert said(carried) == ("fail", "one_order_carries")
    assert carried.evidence["change"] == pytest.approx((14_000_000 / 1_001) / 5_000 - 1, abs=1e-5)
    assert carried.evidence["without"] == 0
    large = money.one_order(subject(cells=histogram({5_000: 100, 50_000: 1}, {5_000: 100, 50_000: 1})))
    assert said(large) == ("warn", "one_order_large")
    assert said(money.one_order(subject(cells=histogram({5_000: 99}, {6_000: 99})))) == ("pass", "orders_spread")
    assert said(money.one_order(subject())) == ("unknown", "orders_not_listed")


def vector(revenue: list[int], orders_after: list[int] | None = None) -> dict[int, Moments]:
    """The moments of customers given one by one; orders before are one each."""
    before = np.ones(len(revenue), dtype=np.int64)
    after = np.array(orders_after or [1] * len(revenue), dtype=np.int64)
    each = np.array([before, after, revenue, revenue], dtype=np.int64)
    names = ("orders_before", "orders_after", "revenue_before", "revenue_after")
    return {0: Moments(names, len(revenue), each.sum(axis=1), (each @ each.T).astype(float))}


def test_one_customer() -> None:
    spread = money.one_customer(subject(moments=vector([100] * 900)))
    assert said(spread) == ("pass", "customers_spread")
    assert float(spread.evidence["share"]) >= 1 / 900
    whale = money.one_customer(subject(moments=vector([100] * 900 + [90_000])))
    assert said(whale) == ("warn", "few_customers_carry")
    assert float(whale.evidence["share"]) >= 0.5
    assert said(money.one_customer(subject())) == ("unknown", "customers_not_listed")


def test_the_bound_on_the_largest_customer_is_never_below_the_truth() -> None:
    for seed in range(20):
        revenue = [int(value) for value in np.random.default_rng(seed).pareto(1.2, 300) * 1000 + 1]
        check = money.one_customer(subject(moments=vector(revenue)))
        assert float(check.evidence["share"]) >= max(revenue) / sum(revenue) - 1e-6


# people


def test_orders_of_unknown_customers() -> None:
    def counted(unknown: int) -> Subject:
        return subject(evidence={"orders.with_customer": 100, "orders.unknown_customer": unknown})

    assert said(people.unknown_customers(counted(5))) == ("pass", "customers_known")
    assert said(people.unknown_customers(counted(6))) == ("warn", "customers_unknown")
    assert said(people.unknown_customers(subject())) == ("unknown", "customers_not_checked")


@pytest.mark.parametrize(
    ("without", "status", "code"),
    [(5, "pass", "anonymous_few"), (6, "warn", "anonymous_many"), (50, "warn", "anonymous_many"),
     (51, "fail", "anonymous_mostly")],
)  # fmt: skip
def test_anonymous_orders(without: int, status: str, code: str) -> None:
    check = people.anonymous(subject(evidence={"orders.rows": 100, "orders.without_customer": without}))
    assert said(check) == (status, code)
    assert "transaction_size" not in check.metrics


def test_anonymous_without_orders_is_unknown() -> None:
    assert said(people.anonymous(subject())) == ("unknown", "anonymous_unknown")


def test_ids() -> None:
    def counted(damaged: int, several: int, folded: int) -> Subject:
        names = ("ids.excel_damage", "customers.ids_with_several_emails", "customers.email_case")
        return subject(evidence=dict(zip(names, (damaged, several, folded), strict=True)))

    assert said(people.ids(counted(0, 0, 0))) == ("pass", "ids_clean")
    assert said(people.ids(counted(0, 0, 3))) == ("pass", "ids_email_case")
    assert said(people.ids(counted(2, 1, 3))) == ("warn", "ids_damaged")
    assert said(people.ids(counted(0, 1, 3))) == ("warn", "ids_several_addresses")
    assert said(people.ids(subject())) == ("unknown", "ids_unknown")


@pytest.mark.parametrize(("blurred", "answer"), [(5, ("warn", "ids_damaged")), (6, ("fail", "ids_lost"))])
def test_one_id_that_many_orders_hang_on_is_no_customer(blurred: int, answer: tuple[str, str]) -> None:
    evidence = {"ids.excel_damage": 1, "customers.ids_with_several_emails": 0}
    evidence |= {"orders.with_customer": 100, "orders.blurred_customer": blurred}
    assert said(people.ids(subject(evidence=evidence))) == answer


def test_ids_that_change_at_go_live() -> None:
    changed = np.eye(2) * 200
    names = ("orders_before", "orders_after")
    strangers = {0: Moments(names, 400, np.array([200, 200]), changed)}
    check = people.identity(subject(moments=strangers))
    assert said(check) == ("fail", "ids_change_at_go_live")
    assert said(people.identity(subject(moments=vector([1] * 90)))) == ("pass", "ids_joined")
    assert said(people.identity(subject(moments=vector([1] * 9)))) == ("unknown", "ids_not_compared")
    assert people.identity(subject()).status == "unknown"


def acquired(counts: list[int], first: int, by: str = "system") -> Subject:
    period = np.arange(first, first + len(counts), dtype=np.int64)
    cells = {"acquired": Cells({"segment": period * 0, "period": period}, {"new": np.array(counts, dtype=np.int64)})}
    when = calendar(coverage={"acquired": (LIVE - 728, LIVE + 364)})
    return subject(when=when, cells=cells, metrics=(totals("acquisition_cost", how={"acquired_by": by}),))


def test_import_day() -> None:
    assert said(people.import_day(acquired([10] * 60, -30))) == ("pass", "import_day_none")
    bunch = [10] * 60
    bunch[31] = 500
    assert said(people.import_day(acquired(bunch, -30))) == ("fail", "import_day_near_go_live")
    assert said(people.import_day(acquired(bunch, -60))) == ("warn", "import_day_seen")
    replaced = people.import_day(acquired(bunch, -30, by="first order seen"))
    assert said(replaced) == ("warn", "import_day_replaced")
    assert said(people.import_day(subject())) == ("unknown", "import_day_unknown")


def test_import_day_without_go_live() -> None:
    def counted(top: int) -> Check:
        names = ("rows", "days", "top_rows", "top_day")
        numbers = dict(zip((f"customers.acquired_{name}" for name in names), (990 + top, 100, top, LIVE), strict=True))
        return people.import_day(subject(evidence=numbers, measured=False))

    assert said(counted(200)) == ("pass", "import_day_none")
    assert said(counted(201)) == ("warn", "import_day_one")
    assert said(people.import_day(subject(measured=False))) == ("unknown", "import_day_unknown")


def leavers(old: int, left: int) -> Subject:
    """``old`` customers first seen long ago, of whom ``left`` are no longer in the active base."""
    zeros = np.array([0, 0], dtype=np.int64)
    gaps = Cells({"segment": zeros, "week": np.array([-100, 40]), "gap": zeros}, {"customers": np.array([old, 30])})
    base = Cells({"segment": zeros[:1], "week": np.array([51])}, {"active": np.array([old + 30 - left])})
    return subject(cells={"gaps": gaps, "base": base})


def test_survivors() -> None:
    assert said(people.survivors(leavers(1_000, 400))) == ("pass", "leavers_seen")
    check = people.survivors(leavers(1_000, 5))
    assert said(check) == ("warn", "leavers_none")
    assert (check.evidence["old"], check.evidence["left"]) == (1_000, 5)
    assert said(people.survivors(leavers(20, 0))) == ("unknown", "leavers_unknown")
    assert people.survivors(subject()).status == "unknown"


def cohort(early: int, late: int, last: int) -> Subject:
    """``early`` customers first seen at the start, ``late`` ones a year on; the base ends at ``last`` of all."""
    zeros = np.array([0, 0], dtype=np.int64)
    gaps = Cells({"segment": zeros, "week": np.array([-60, 0]), "gap": zeros}, {"customers": np.array([early, late])})
    base = Cells({"segment": zeros, "week": np.array([-34, 40])}, {"active": np.array([early, last])})
    return subject(cells={"gaps": gaps, "base": base})


def test_one_cohort() -> None:
    assert said(people.one_cohort(cohort(900, 100, 1_000))) == ("pass", "cohorts_many")
    assert said(people.one_cohort(cohort(1_000, 10, 990))) == ("warn", "one_cohort")
    melts = people.one_cohort(cohort(1_000, 10, 300))
    assert said(melts) == ("fail", "one_cohort_melts")
    assert "campaign_response" not in melts.metrics
    assert said(people.one_cohort(cohort(20, 0, 20))) == ("unknown", "cohort_unknown")
    assert people.one_cohort(subject()).status == "unknown"


# orders


@pytest.mark.parametrize(
    ("evidence", "answer"),
    [
        ({}, ("unknown", "numbers_unknown")),
        ({"orders.rows": 1000}, ("pass", "numbers_once")),
        ({"orders.rows": 1000, "orders.revised": 9}, ("pass", "numbers_revised")),
        ({"orders.rows": 1000, "orders.numbers_anew": 900, "orders.revised": 9}, ("warn", "numbers_anew")),
        ({"orders.rows": 1000, "orders.numbers_unclear": 10}, ("warn", "numbers_unclear")),
        ({"orders.rows": 1000, "orders.numbers_unclear": 11}, ("fail", "numbers_unclear")),
        ({"orders.rows": 1000, "orders.mixed_lines": 3}, ("warn", "numbers_mixed")),
        ({"orders.rows": 1000, "orders.mixed_lines": 300}, ("fail", "numbers_mixed")),
    ],
)
def test_order_numbers(evidence: Mapping[str, int], answer: tuple[str, str]) -> None:
    assert said(orders.order_numbers(subject(evidence=evidence))) == answer


@pytest.mark.parametrize(
    ("evidence", "answer"),
    [
        ({}, ("unknown", "states_not_checked")),
        ({"orders.rows": 100}, ("pass", "states_known")),
        ({"orders.rows": 95, "orders.left_out.unknown_state": 5}, ("warn", "states_unknown")),
        ({"orders.rows": 94, "orders.left_out.unknown_state": 6}, ("fail", "states_mostly_unknown")),
        ({"orders.rows": 0, "orders.left_out.unknown_state": 6}, ("fail", "states_mostly_unknown")),
    ],
)
def test_order_states(evidence: Mapping[str, int], answer: tuple[str, str]) -> None:
    assert said(orders.order_states(subject(evidence=evidence))) == answer


def test_spend_words() -> None:
    assert said(files.spend_words(subject())) == ("unknown", "spend_words_unknown")
    assert said(files.spend_words(subject(evidence={"spend.rows": 9}))) == ("pass", "spend_words_known")
    near = subject(evidence={"spend.rows": 9, "spend.near_words": 2})
    assert said(files.spend_words(near)) == ("warn", "spend_words_near")


# all of them


def test_checks_come_in_order_and_say_unknown_on_nothing() -> None:
    nothing = subject(when=calendar(coverage={}))
    assert nothing.measured is not None
    checks = all_checks(nothing.plan, nothing.exports, nothing.facts, nothing.measured)
    assert tuple(check.id for check in checks) == CHECK_IDS
    assert {check.status for check in checks} <= {"pass", "unknown"}
    for check in checks:
        said(check)


def test_intake_checks_are_those_that_need_no_windows() -> None:
    nothing = subject(measured=False)
    checks = intake_checks(nothing.plan, nothing.exports, nothing.facts)
    assert [check.id for check in checks] == [rule.id for rule in RULES if not rule.needs_windows]


def test_rules_answer_unknown_without_windows() -> None:
    for rule in RULES:
        check = rule.run(subject(measured=False))
        assert check.id == rule.id
        assert check.status == "unknown" or rule.id == "currency", rule.id


def test_touched_metrics_of_facts() -> None:
    assert touched(["spend.retention"]) == ("retention_cost",)
    assert touched(["series"]) == METRIC_IDS
    assert touched(["nothing"]) == ()
    assert facts_of(table(object=None)) == ()


@pytest.mark.parametrize(
    ("evidence", "answer"),
    [
        ({}, ("unknown", "refunds_not_checked")),
        ({"orders.rows": 0}, ("unknown", "refunds_not_checked")),
        ({"orders.rows": 100}, ("pass", "refunds_said")),
        ({"orders.rows": 100, "orders.refund_from_state": 3}, ("pass", "refunds_by_state")),
        (
            {"orders.rows": 100, "orders.refund_from_state": 3, "orders.refund_unsaid": 1},
            ("warn", "refunds_partly_unsaid"),
        ),
    ],
)
def test_refunds_that_only_a_state_tells_of(evidence: Mapping[str, int], answer: tuple[str, str]) -> None:
    assert said(orders.refunds(subject(evidence=evidence))) == answer


@pytest.mark.parametrize(
    ("days", "is_break", "answer"),
    [
        (-55, False, ("unknown", "events_near")),
        (55, True, ("unknown", "breaks_near")),
        (56, True, ("pass", "events_clear")),
        (-56, False, ("pass", "events_clear")),
    ],
)
def test_events_near_go_live(days: int, is_break: bool, answer: tuple[str, str]) -> None:
    when = calendar()
    event = KnownEvent(date=to_date(when.go_live + days), what="price list", is_break=is_break)
    assert said(events.events(subject(when=when, plan=AuditPlan(events=(event,))))) == answer


def test_without_events_or_windows_there_is_nothing_to_tell_apart() -> None:
    assert said(events.events(subject())) == ("pass", "events_none")
    assert said(events.events(subject(measured=False))) == ("unknown", "events_unknown")


def test_every_code_is_asked_for_by_a_test() -> None:
    folder = Path(__file__).parent
    files = (*folder.glob("test_check*.py"), folder / "spoilt.py")  # the worlds name the code that they trip
    here = "".join(path.read_text(encoding="utf-8") for path in files)
    assert [code for code in CODES if f'"{code}"' not in here] == []
