"""One cohort only: plain numbers move at every date though nothing happened; no change may be claimed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from clm_audit.config.resolve import resolve
from clm_audit.pipeline import audit
from clm_audit.report.model import AuditReport
from real.oracle import cdnow, inside, ledger_adds_up, total, windows

pytestmark = pytest.mark.real
DATES = ("1997-09-01", "1997-09-29", "1997-11-03", "1998-01-05", "1998-03-02")


def test_the_totals_are_those_of_the_purchases(audited: Callable[[str], AuditReport], real_data: Path) -> None:
    report, orders = audited("cdnow"), cdnow(real_data)
    assert len(orders) == 69_659
    for side, window in windows(report).items():
        mine = inside(orders, window)
        assert total(report, side, "orders") == len(mine)
        assert total(report, side, "net_revenue") == sum(order.amount for order in mine)
        assert total(report, side, "purchasing_customers") == len({order.customer for order in mine})
    assert ledger_adds_up(report)
    assert report.reject_count == 0


@pytest.mark.parametrize("day", DATES)
def test_no_harm_is_claimed_where_there_is_only_tenure(day: str, example: Callable[[str], Path]) -> None:
    folder = example("cdnow")
    report = audit(resolve([], folder / "clm-audit.yaml", {"go_live": day}, {}, folder))
    (frequency,) = (metric for metric in report.metrics if metric.id == "purchase_frequency")
    assert frequency.finding not in ("improved", "worsened"), frequency.finding_sentence
    assert report.verdict.value not in ("switch", "good fit")


def test_the_cohort_is_flagged_and_nothing_is_judged(audited: Callable[[str], AuditReport]) -> None:
    """Orders fall by themselves, and among those who stay the rate rises by itself: neither is the CRM's."""
    report = audited("cdnow")
    assert total(report, "after", "orders") < Decimal("0.75") * total(report, "before", "orders")
    (answer,) = (answer for answer in report.plain.answers if answer.metric == "purchase_frequency")
    assert isinstance(answer.change, float)
    assert abs(answer.change) > 0.3
    flags = [check for check in report.checks if check.status == "fail" and "purchase_frequency" in check.metrics]
    assert len(flags) == 1
    assert "cohort" in flags[0].id
    assert report.verdict.value == "not assessable"
    assert flags[0].id in report.verdict.capped_by
