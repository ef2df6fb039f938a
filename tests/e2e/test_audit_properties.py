"""What must hold of the whole audit, whatever the rows."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from clm_audit.config.plan import AuditPlan, Source
from clm_audit.pipeline import audit
from clm_audit.report.json_out import to_json
from clm_audit.report.model import AuditReport, Figure, RatioReport
from e2e.companies import GO_LIVE, Order, mirrored_orders, steady_orders, write_orders, write_table


def run(*paths: Path, **settings: object) -> AuditReport:
    plan = AuditPlan(go_live=GO_LIVE, sources=tuple(Source(path=path) for path in paths), root=paths[0].parent)
    return audit(plan.model_copy(update=settings))


def figures(report: AuditReport) -> dict[str, object]:
    """Everything measured: totals and metric values, no file names."""
    return {
        "totals": {
            side: {name: value.model_dump() for name, value in totals.items()} for side, totals in report.totals.items()
        },
        "metrics": [metric.model_dump(exclude={"definition"}) for metric in report.metrics],
        "verdict": report.verdict.model_dump(),
    }


@pytest.fixture(scope="module")
def orders() -> list[Order]:
    return steady_orders(seed=1)


@pytest.fixture(scope="module")
def plain(orders: list[Order], tmp_path_factory: pytest.TempPathFactory) -> AuditReport:
    return run(write_orders(tmp_path_factory.mktemp("plain") / "orders.csv", orders))


def test_totals_are_the_sums_of_the_rows(orders: list[Order], plain: AuditReport) -> None:
    window = plain.windows.after
    inside = [order for order in orders if window.start <= order.day < window.end]
    after = plain.totals["after"]
    assert isinstance(after["orders"], Figure)
    assert isinstance(after["net_revenue"], Figure)
    assert isinstance(after["purchasing_customers"], Figure)
    assert after["orders"].value == len(inside)
    cents = sum(order.cents for order in inside)
    assert after["net_revenue"].value == f"{cents // 100}.{cents % 100:02d}"
    assert after["net_revenue"].currency == "USD"
    assert after["purchasing_customers"].value == len({order.customer for order in inside})


def test_purchase_frequency_is_orders_over_customer_months(orders: list[Order], plain: AuditReport) -> None:
    """Brute force from the definition: orders of known customers ÷ Σ over weeks of the 52-week base × 7 / 30.4375."""
    metric = next(metric for metric in plain.metrics if metric.id == "purchase_frequency")
    assert isinstance(metric.after, RatioReport)
    weeks = int(metric.after.weeks)
    bought: dict[str, list[int]] = {}
    for order in orders:
        bought.setdefault(order.customer, []).append((order.day - GO_LIVE).days // 7)
    count = sum(1 for weeks_of in bought.values() for week in weeks_of if 0 <= week < weeks)
    base = sum(
        any(week - 51 <= seen <= week for seen in weeks_of) for week in range(weeks) for weeks_of in bought.values()
    )
    assert metric.after.numerator == count
    assert metric.after.denominator == pytest.approx(base * 7 / 30.4375, rel=1e-9)
    assert metric.after.value == pytest.approx(count / (base * 7 / 30.4375), rel=1e-9)


def test_row_order_does_not_matter(orders: list[Order], plain: AuditReport, tmp_path: Path) -> None:
    shuffled = orders.copy()
    random.Random(2).shuffle(shuffled)
    assert figures(run(write_orders(tmp_path / "orders.csv", shuffled))) == figures(plain)


def test_the_split_into_files_does_not_matter(orders: list[Order], plain: AuditReport, tmp_path: Path) -> None:
    third = len(orders) // 3
    for part in range(3):
        chunk = orders[part * third : (part + 1) * third if part < 2 else None]
        write_orders(tmp_path / "export" / f"orders-{'abc'[part]}.csv", chunk)
    assert figures(run(tmp_path / "export")) == figures(plain)


def test_overlapping_exports_count_once(orders: list[Order], plain: AuditReport, tmp_path: Path) -> None:
    write_orders(tmp_path / "export" / "first.csv", orders[: len(orders) * 2 // 3])
    write_orders(tmp_path / "export" / "second.csv", orders[len(orders) // 3 :])
    report = run(tmp_path / "export")
    assert report.totals == plain.totals
    duplicates = sum(file.rows.duplicate for file in report.files)
    assert duplicates == len(orders) * 2 // 3 - len(orders) // 3


def test_the_delimiter_does_not_matter(orders: list[Order], plain: AuditReport, tmp_path: Path) -> None:
    assert figures(run(write_orders(tmp_path / "orders.csv", orders, delimiter=";"))) == figures(plain)


def test_scaling_money_scales_money_and_nothing_else(orders: list[Order], plain: AuditReport, tmp_path: Path) -> None:
    scaled = run(write_orders(tmp_path / "orders.csv", orders, money_scale=7))
    for before, after in zip(plain.metrics, scaled.metrics, strict=True):
        assert before.finding == after.finding
        if isinstance(before.after, RatioReport) and isinstance(after.after, RatioReport):
            factor = 7 if before.id == "transaction_size" else 1
            assert after.after.value == pytest.approx(before.after.value * factor, rel=1e-9)
            assert after.observed_change == pytest.approx(before.observed_change, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_the_same_year_again_is_never_a_change(seed: int, tmp_path: Path) -> None:
    report = run(write_orders(tmp_path / "orders.csv", mirrored_orders(seed)))
    for metric in report.metrics:
        assert metric.finding not in {"improved", "worsened"}, metric.id
    assert report.verdict.value not in {"good fit", "switch", "mixed"}


def test_a_large_planted_effect_is_found(tmp_path: Path) -> None:
    report = run(write_orders(tmp_path / "orders.csv", steady_orders(seed=5, weeks_after=52, lift=1.5)))
    found = {metric.id: metric.finding for metric in report.metrics}
    assert found["purchase_frequency"] == "improved"
    assert found["transaction_size"] in {"no material change", "inconclusive"}
    assert found["service_cost"] == "not assessable"


def test_the_ledger_adds_up_and_every_reject_is_listed(orders: list[Order], tmp_path: Path) -> None:
    path = write_orders(tmp_path / "orders.csv", orders)
    lines = path.read_text().splitlines()
    lines[10] = "bad1,2023-13-45,10.00,c1,USD"
    lines[20] = "bad2,2023-01-02,ten,c1,USD"
    lines[30] = ",2023-01-02,10.00,c1,USD"
    path.write_text("\n".join(lines) + "\n")
    report = run(path)
    rows = report.files[0].rows
    assert rows.read == len(lines)
    assert rows.read == rows.accepted + rows.rejected + rows.duplicate + rows.outside + rows.structure
    assert rows.rejected == 3
    offsets = {index + 1: sum(len(line) + 1 for line in lines[:index]) for index in (10, 20, 30)}
    assert {(reject.line, reject.byte) for reject in report.rejects} == set(offsets.items())
    assert {reject.column for reject in report.rejects} == {"order", "date", "amount"}


def test_five_days_after_go_live_is_a_sentence(orders: list[Order], tmp_path: Path) -> None:
    early = [order for order in orders if order.day < GO_LIVE + timedelta(days=5)]
    report = run(write_orders(tmp_path / "orders.csv", early))
    assert report.verdict.value == "not assessable"
    assert all(metric.finding == "not assessable" and metric.reason for metric in report.metrics)


def test_one_customer_is_a_sentence(tmp_path: Path) -> None:
    one = [Order(f"o{i}", GO_LIVE + timedelta(days=7 * i), "only", 1_000) for i in range(-60, 30)]
    report = run(write_orders(tmp_path / "orders.csv", one))
    assert report.verdict.value in {"not assessable", "inconclusive"}
    assert "NaN" not in to_json(report)


def test_a_monthly_kpi_table_is_enough(tmp_path: Path) -> None:
    months = [(year, month) for year in range(2020, 2025) for month in range(1, 13)]
    rng = random.Random(3)
    rows = [
        (
            "service_cost",
            f"{year}-{month:02d}-01",
            round((8_000 if year < 2024 else 5_000) * rng.uniform(0.97, 1.03)),
            1_000,
        )
        for year, month in months
    ]
    table = write_table(tmp_path / "kpi.csv", ["metric", "date", "numerator", "denominator"], rows)
    report = run(table)
    service = next(metric for metric in report.metrics if metric.id == "service_cost")
    assert service.finding == "improved"


SCRIPT = """
import sys
from pathlib import Path
from clm_audit.config.plan import AuditPlan, Source
from clm_audit.pipeline import audit
from clm_audit.report.html import to_html
from clm_audit.report.json_out import to_json
from clm_audit.report.markdown import to_markdown
from datetime import date
path = Path(sys.argv[1])
report = audit(AuditPlan(go_live=date(2024, 1, 1), sources=(Source(path=path),), root=path.parent))
sys.stdout.write(to_json(report) + to_html(report) + to_markdown(report))
"""


def test_the_same_bytes_whatever_seed_zone_and_threads(orders: list[Order], tmp_path: Path) -> None:
    path = write_orders(tmp_path / "orders.csv", orders)
    outputs = set()
    for seed, zone, locale, threads in (
        ("0", "UTC", "C.UTF-8", "1"),
        ("77", "Asia/Tokyo", "C", "2"),
        ("3", "America/Lima", "POSIX", "2"),
    ):
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "LC_ALL": locale,
            "POLARS_MAX_THREADS": threads,
            "PYTHONIOENCODING": "utf-8",
        }
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(path)], env=environment, capture_output=True, check=True, timeout=120
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1
