"""The case study of docs/examples: the audit of the invented subscription company finds what is planted in it."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from clm_audit.config.resolve import resolve
from clm_audit.pipeline import audit
from clm_audit.report.model import Adjusted, AuditReport, MetricReport, RatioReport

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
GO_LIVE = date(2024, 1, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("company")
    subprocess.run([sys.executable, str(EXAMPLES / "subscription_company.py")], cwd=made, check=True)
    page = (EXAMPLES / "subscription_company.md").read_text("utf-8")
    (made / "clm-audit.yaml").write_text(page.split("```yaml\n")[1].split("```")[0], "utf-8")
    return made


@pytest.fixture(scope="module")
def report(folder: Path) -> AuditReport:
    return audit(resolve([], folder / "clm-audit.yaml", {}, {}, folder))


@pytest.fixture(scope="module")
def metrics(report: AuditReport) -> Mapping[str, MetricReport]:
    return {one.id: one for one in report.lifecycle}


def test_churn_fell_from_fifteen_to_under_eleven_per_cent(metrics: Mapping[str, MetricReport]) -> None:
    churn = metrics["churn_rate"]
    assert isinstance(churn.before, RatioReport)
    assert isinstance(churn.after, RatioReport)
    assert isinstance(churn.adjusted, Adjusted)
    assert (churn.before.value, churn.after.value) == (pytest.approx(0.15, abs=0.01), pytest.approx(0.108, abs=0.01))
    assert churn.adjusted.low < -0.28 < churn.adjusted.high < 0
    assert churn.finding == "improved"


def test_lifetime_value_rose_by_less_because_plans_became_cheaper(metrics: Mapping[str, MetricReport]) -> None:
    value = metrics["customer_lifetime_value"]
    assert isinstance(value.adjusted, Adjusted)
    assert value.adjusted.low < 0.19 < value.adjusted.high < 0.39
    assert value.observed_change == pytest.approx(0.19, abs=0.06)


def test_one_in_eight_names_somebody_in_half_a_year(metrics: Mapping[str, MetricReport]) -> None:
    referral = metrics["referral_rate"]
    [whole] = referral.variants
    assert (whole.before, whole.after) == (pytest.approx(0.06, abs=0.01), pytest.approx(0.12, abs=0.01))
    assert referral.finding == "improved"


def test_fewer_leave_within_their_first_month(report: AuditReport, folder: Path) -> None:
    """The curve after a month, and the same by hand from the list of subscriptions."""
    left = {one.side: 1 - one.points[0].share for one in report.lifecycle_view.retention}
    assert left["before"] == pytest.approx(0.25, abs=0.03)
    assert left["after"] / left["before"] - 1 == pytest.approx(-0.22, abs=0.08)
    with (folder / "subscriptions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    first: dict[str, date] = {}
    ended: dict[str, date] = {}
    for row in rows:
        begun = date.fromisoformat(row["start"])
        first[row["customer"]] = min(begun, first.get(row["customer"], begun))
        end = date.fromisoformat(row["end"]) if row["end"] else date.max
        ended[row["customer"]] = max(end, ended.get(row["customer"], end))
    new = [who for who, day in first.items() if GO_LIVE <= day < GO_LIVE + timedelta(days=150)]
    gone = sum((ended[who] - first[who]).days <= 30 for who in new)
    assert left["after"] == pytest.approx(gone / len(new), abs=0.03)


def test_half_a_year_of_revenue_counts_the_price_cut_once(metrics: Mapping[str, MetricReport]) -> None:
    """What is planted, over 24 weeks: 10.8 % instead of 15 % leave a month, and who stays pays 0.86 of it."""
    kept = metrics["nrr"]
    months = 24 * 7 / 30.4375
    planted = (0.892 / 0.85) ** months * 0.86 - 1
    assert isinstance(kept.adjusted, Adjusted)
    assert "24 weeks" in kept.unit
    assert kept.adjusted.low < planted < kept.adjusted.high
    assert kept.observed_change == pytest.approx(planted, abs=0.05)


def test_what_half_a_year_cannot_tell_is_not_claimed(report: AuditReport, metrics: Mapping[str, MetricReport]) -> None:
    assert metrics["nrr"].finding == "inconclusive"
    assert metrics["retention_rate"].finding == "not assessable"
    assert report.verdict.value == "not assessable"
    assert {metric.finding for metric in report.metrics} == {"not assessable"}
