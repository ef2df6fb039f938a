"""An event log is not a list of tickets: one ticket a number, day-first stamps, and no cost made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clm_audit.report.model import AuditReport
from real.oracle import incidents, ledger_adds_up, total, windows

pytestmark = pytest.mark.real


def test_a_ticket_is_counted_once_on_the_day_it_was_opened(
    audited: Callable[[str], AuditReport], real_data: Path
) -> None:
    report, opened = audited("service_desk"), incidents(real_data)
    assert len(opened) == 20_769
    for side, window in windows(report).items():
        assert total(report, side, "tickets") == sum(window.start <= day < window.end for day in opened.values())


def test_every_state_change_is_accounted_for(audited: Callable[[str], AuditReport]) -> None:
    report = audited("service_desk")
    (file,) = report.files
    assert ledger_adds_up(report)
    assert file.rows.read == 119_999
    assert file.rows.structure == 1
    assert file.rows.rejected == 0
    assert file.rows.duplicate == 119_998 - 20_769 or file.rows.accepted + file.rows.outside == 119_998


def test_elapsed_time_is_not_taken_for_cost(audited: Callable[[str], AuditReport]) -> None:
    report = audited("service_desk")
    (cost,) = (metric for metric in report.metrics if metric.id == "service_cost")
    assert cost.finding == "not assessable"
    assert report.verdict.value == "not assessable"
