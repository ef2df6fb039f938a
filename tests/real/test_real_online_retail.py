"""541,909 order lines: every pound is found again, and every line has its place."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from clm_audit.config.resolve import resolve
from clm_audit.facts.build import build_facts
from clm_audit.facts.store import run_folder
from clm_audit.intake.read import read_exports
from clm_audit.report.model import AuditReport
from real.oracle import inside, ledger_adds_up, online_retail, total, windows

pytestmark = pytest.mark.real
CENT = Decimal("0.01")


def test_the_oracle_is_the_published_sum(real_data: Path) -> None:
    orders = online_retail(real_data)
    assert len(orders) == 25_900
    assert sum(order.amount for order in orders.values()).quantize(CENT) == Decimal("9747747.93")


def test_all_lines_together_are_the_published_sum(example: Callable[[str], Path], real_data: Path) -> None:
    folder = example("online_retail")
    plan = resolve([], folder / "clm-audit.yaml", {}, {}, folder)
    with run_folder() as temporary:
        facts = build_facts(plan, read_exports(plan, temporary), temporary)
        orders = facts.tables["orders"].collect()
    assert orders.height == orders["order"].n_unique() == 25_900
    assert abs(Decimal(orders["net"].sum()) / 100 - Decimal("9747747.93")) <= CENT
    assert orders["customer"].n_unique() == 4_372 + 1
    unknown = sum(not order.customer for order in online_retail(real_data).values())
    assert orders.filter(pl.col("customer").is_null()).height == unknown


def test_the_totals_are_those_of_the_lines(audited: Callable[[str], AuditReport], real_data: Path) -> None:
    """Credit notes (C…, and bad debt) are no orders; what they give back is taken off on their own date."""
    report, orders = audited("online_retail"), online_retail(real_data)
    credit_notes = sum(order.amount < 0 for order in orders.values())
    assert credit_notes == 3_836 + 2
    assert any(f"{credit_notes:,}" in note and "credit note" in note for note in report.files[0].notes)
    for side, window in windows(report).items():
        every = inside(orders, window)
        mine, given = ([order for order in every if (order.amount < 0) == below] for below in (False, True))
        assert total(report, side, "orders") == len(mine)
        # each invoice is rounded to whole pence
        assert abs(total(report, side, "net_revenue") - sum(order.amount for order in every)) <= 2 * CENT
        assert abs(total(report, side, "refunds") + sum(order.amount for order in given)) <= CENT
        assert abs(total(report, side, "gross_revenue") - sum(order.amount for order in mine)) <= 2 * CENT
        assert total(report, side, "refunds") > 200_000
        assert total(report, side, "purchasing_customers") == len({o.customer for o in mine if o.customer})


def test_every_line_is_accounted_for(audited: Callable[[str], AuditReport]) -> None:
    report = audited("online_retail")
    (file,) = report.files
    assert ledger_adds_up(report)
    assert file.rows.read == 541_910
    assert file.rows.rejected == 0
