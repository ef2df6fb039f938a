"""The `money:` part of the configuration: what is taken, and what is refused with its place."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from clm_audit.config.plan import AuditPlan, CostLine
from clm_audit.config.resolve import resolve
from clm_audit.config.show import show_config
from clm_audit.exits import UsageError

COSTS = "costs: [{what: licences, initial: 0, yearly: 24000}, {what: implementation, initial: 60000.50}]"


def plan_of(folder: Path, money: str, more: str = "") -> AuditPlan:
    (folder / "exports").mkdir()
    (folder / "c.yaml").write_text(f"go_live: 2024-07-01\nsources: [{{path: exports}}]\n{more}money: {{{money}}}\n")
    return resolve([], folder / "c.yaml", {}, {}, folder)


def test_everything_reaches_the_plan(tmp_path: Path) -> None:
    text = f"currency: USD, margin: 40%, horizon: 60 months, discount: 8%, attributable: 75%, {COSTS}"
    plan = plan_of(tmp_path, text, "currency: USD\n")
    assert plan.money is not None
    assert (plan.money.currency, plan.money.margin, plan.money.horizon) == ("USD", 0.4, 5)
    assert (plan.money.discount, plan.money.attributable) == (0.08, 0.75)
    assert plan.money.costs == (
        CostLine(what="licences", yearly=Decimal(24000)),
        CostLine(what="implementation", initial=Decimal("60000.50")),
    )
    shown = show_config(plan)
    for line in ("money.margin", "money.horizon", "implementation: 60000.50 once, 0 a year", "c.yaml:4:"):
        assert line in shown


def test_what_is_left_out_has_the_documented_defaults(tmp_path: Path) -> None:
    money = plan_of(tmp_path, f"margin: 0.4, {COSTS}").money
    assert money is not None
    assert (money.currency, money.horizon, money.discount, money.attributable) == (None, 3, 0.1, 1.0)


def test_another_currency_is_taken_with_a_rate(tmp_path: Path) -> None:
    money = plan_of(tmp_path, f"currency: EUR, margin: 0.4, {COSTS}", "currency: USD\nrates: {EUR: 1.08}\n").money
    assert money is not None
    assert money.currency == "EUR"


@pytest.mark.parametrize(
    ("money", "expected"),
    [
        (f"margin: 0%, {COSTS}", "money.margin: must be more than 0%"),
        (f"margin: 140%, {COSTS}", "money.margin: must be from 0 to 1"),
        (f"{COSTS}", "money.margin: is missing"),
        (f"margin: 40%, discount: 60%, {COSTS}", "money.discount: must be at most 50%"),
        (f"margin: 40%, attributable: 0, {COSTS}", "money.attributable: must be more than 0%"),
        (f"margin: 40%, horizon: 18 months, {COSTS}", "money.horizon: must be whole years"),
        (f"margin: 40%, horizon: 3 weeks, {COSTS}", "money.horizon: must be whole years"),
        (f"margin: 40%, horizon: 21 years, {COSTS}", "money.horizon: must be at most 20 years"),
        ("margin: 40%", "money.costs: is missing"),
        ("margin: 40%, costs: []", "money.costs: must not be empty"),
        ("margin: 40%, costs: [{what: licences, initial: 0}]", "money.costs[0]: costs nothing"),
        ("margin: 40%, costs: [{yearly: 5}]", "money.costs[0].what: is missing"),
        ("margin: 40%, costs: [{what: licences, yearly: -5}]", "money.costs[0].yearly: must not be negative"),
        ("margin: 40%, costs: [{what: licences, yearly: 3, monthly: 5}]", "money.costs[0].monthly: unknown key"),
        (f"currency: EUR, margin: 40%, {COSTS}", "money.currency: is not USD, the currency of the audit"),
    ],
)
def test_impossible_values_are_refused_with_their_place(tmp_path: Path, money: str, expected: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan_of(tmp_path, money, "currency: USD\n")
    [problem] = caught.value.problems
    assert problem.what.startswith(expected)
    assert problem.where.startswith("c.yaml:4:")
