"""Lifecycle stages with their owners and goals, as the configuration says them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from clm_audit.config.plan import METRIC_IDS, AuditPlan
from clm_audit.config.resolve import resolve
from clm_audit.config.stages import STAGE_OF, Goal, Stage, owner_of
from clm_audit.config.vocabulary import SHARES
from clm_audit.exits import UsageError
from clm_audit.measures.catalogue import CATALOGUE

BASE = "go_live: 2024-07-01\nsources: [{path: .}]\n"
FOUR = "awareness: [subscriber], consideration: {of: [lead, mql], owner: Marketing}, purchase: {owner: Sales}"


def resolved(tmp_path: Path, text: str) -> AuditPlan:
    (tmp_path / "c.yaml").write_text(BASE + text + "\n", encoding="utf-8")
    return resolve([], tmp_path / "c.yaml", {}, {}, tmp_path)


def refused(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(UsageError) as raised:
        resolved(tmp_path, text)
    return [f"{problem.where}: {problem.what} ({problem.hint})" for problem in raised.value.problems]


def test_both_ways_to_write_a_stage(tmp_path: Path) -> None:
    plan = resolved(tmp_path, f"stages: {{{FOUR}, retention: {{of: [customer]}}}}")
    assert plan.stages == (
        Stage(name="awareness", of=("subscriber",)),
        Stage(name="consideration", of=("lead", "mql"), owner="Marketing"),
        Stage(name="purchase", owner="Sales"),
        Stage(name="retention", of=("customer",)),
    )


def test_stages_may_have_other_names(tmp_path: Path) -> None:
    plan = resolved(tmp_path, "stages: {visit: [visitor], trial: [trialist], onboarding: [new], expansion: [loyal]}")
    assert [stage.name for stage in plan.stages] == ["visit", "trial", "onboarding", "expansion"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stages: {awareness: [a], purchase: [b], retention: [c]}", "c.yaml:3:1: stages: 3 named, 4 to 6 are possible"),
        (f"stages: {{{FOUR}, retension: [c]}}", "did you mean retention?"),
        (f"stages: {{{FOUR}, retention: [LEAD]}}", "stages.retention: LEAD is already in stages.consideration"),
        (f"stages: {{{FOUR}, retention: {{off: [c]}}}}", "stages.retention.off: unknown key (did you mean of?)"),
        (f"stages: {{{FOUR}, retention: c}}", "stages.retention: must be a mapping"),
        ("goals: {nps: {target: 40%}}", "goals.nps.target: nps is no share"),
        ("goals: {nps: {target: 140}}", "goals.nps.target: must be from -100 to 100"),
        ("goals: {churn_rate: {target: 3}}", "goals.churn_rate.target: must be from 0% to 100%"),
        ("goals: {churn_rate: {target: few}}", "goals.churn_rate.target: must be a number"),
        ("goals: {nrr: {targt: 105%}}", "goals.nrr.targt: unknown key (did you mean target?)"),
        ("goals: {churn_rates: {target: 3%}}", "goals.churn_rates: unknown key (did you mean churn_rate?)"),
        ("goals: {nrr: {target: 105%, by: 2025Q3}}", "must be a quarter or a date"),
        ("goals: {nrr: [{target: 1, by: 2025-Q3}, {target: 2, by: 2025-Q3}]}", "goals.nrr: 2025-Q3 stands twice"),
        ("goals: {nps: {target: 40}}\nmetrics: {nps: {enabled: false}}", "goals.nps: nps is not enabled"),
    ],
)
def test_what_is_wrong_is_said_in_its_place(tmp_path: Path, text: str, said: str) -> None:
    problems = refused(tmp_path, text)
    assert any(said in problem for problem in problems), problems
    assert all(problem.startswith("c.yaml:") for problem in problems)


def test_goals_in_the_unit_of_their_metric(tmp_path: Path) -> None:
    plan = resolved(
        tmp_path,
        f"stages: {{{FOUR}, retention: {{owner: Success}}}}\n"
        "goals: {repeat_purchase_rate: {target: 30%, by: 2025-Q3}, transaction_size: {target: 45.5},\n"
        "  nps: [{target: -5, owner: Product, by: 2025-Q3}, {target: 40, by: 2025-12-31}]}",
    )
    assert plan.goals == (
        Goal(metric="repeat_purchase_rate", target=Decimal("0.3"), owner="Success", by="2025-Q3"),
        Goal(metric="transaction_size", target=Decimal("45.5"), owner="Sales"),
        Goal(metric="nps", target=Decimal(-5), owner="Product", by="2025-Q3"),
        Goal(metric="nps", target=Decimal(40), by="2025-12-31"),
    )


def test_an_owner_is_looked_for_in_the_first_stage_that_has_one() -> None:
    goal = Goal(metric="activation_rate", target=Decimal("0.5"))
    stages = [Stage(name="onboarding", owner="Success"), Stage(name="purchase", owner="Sales")]
    assert owner_of(goal, stages) == "Success"
    assert owner_of(goal, stages[1:]) == "Sales"
    assert owner_of(goal, []) is None


def test_shares_and_stages_of_metrics_are_those_of_the_catalogue() -> None:
    assert {metric for metric, declared in CATALOGUE.items() if declared.unit == "share"} == SHARES
    assert set(STAGE_OF) <= set(CATALOGUE)
    assert set(METRIC_IDS) <= set(STAGE_OF)
