"""A year of a panel to which nothing happened: the totals are right, and no made-up go-live finds anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from clm_audit.config.resolve import resolve
from clm_audit.pipeline import audit
from clm_audit.report.model import AuditReport
from real.oracle import baskets, inside, ledger_adds_up, rows, total, windows

pytestmark = pytest.mark.real
# Every Monday between which at least half a year lies before and a quarter after, two weeks apart.
DATES = tuple(date.fromordinal(date(2017, 7, 3).toordinal() + 14 * step) for step in range(8))
FAMILY_ERROR = 0.05  # of one audit: P(at least one change is claimed though nothing happened)


def test_the_totals_are_those_of_the_baskets(audited: Callable[[str], AuditReport], real_data: Path) -> None:
    report, orders = audited("complete_journey"), baskets(real_data)
    for side, window in windows(report).items():
        mine = inside(orders, window)
        assert total(report, side, "orders") == len(mine)
        assert total(report, side, "net_revenue") == sum(order.amount for order in mine)
        assert total(report, side, "purchasing_customers") == len({order.customer for order in mine})
    assert ledger_adds_up(report)
    assert all(file.rows.rejected == 0 for file in report.files)
    counts = {file.path: file.rows for file in report.files}
    assert counts["baskets.csv.gz"].duplicate == counts["campaign_sends.csv.gz"].duplicate == 0


def test_responses_are_households_that_redeemed_and_count_for_the_send(
    audited: Callable[[str], AuditReport], real_data: Path
) -> None:
    folder, report = real_data / "complete_journey", audited("complete_journey")
    sent = {
        (row["campaign_id"], row["household_id"]): date.fromisoformat(row["start_date"])
        for row in rows(folder / "campaign_sends.csv.gz")
    }
    redeemed = {(row["campaign_id"], row["household_id"]) for row in rows(folder / "coupon_redemptions.csv.gz")}
    for side, window in windows(report).items():
        mine = {pair for pair, day in sent.items() if window.start <= day < window.end}
        assert total(report, side, "delivered") == len(mine)
        assert total(report, side, "responded") == len(mine & redeemed)


def test_no_made_up_go_live_changes_anything(example: Callable[[str], Path]) -> None:
    folder = example("complete_journey")
    alarms: dict[str, list[str]] = {}
    for day in DATES:
        report = audit(resolve([], folder / "clm-audit.yaml", {"go_live": day.isoformat()}, {}, folder))
        found = [metric.id for metric in report.metrics if metric.finding in ("improved", "worsened")]
        if found:
            alarms[day.isoformat()] = found
    # With an error rate of 5 % an audit, two of eight by chance has odds of 6 %; the dates share their data.
    assert len(alarms) <= 1, alarms
    assert FAMILY_ERROR * len(DATES) < 1
