"""The table of the next steps, row by row: a world in which each rule speaks, and one in which it must not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import METRIC_IDS, FindingValue, MetricId
from clm_audit.config.stages import Goal
from clm_audit.inference.goals import GoalResult
from clm_audit.inference.model import Finding, Mix, Share
from clm_audit.inference.segments import SegmentEffect
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.report import words_steps
from clm_audit.report.model_next import StepKind
from clm_audit.report.situation import Situation, situation_of
from clm_audit.report.words_rules import RULES, recommendations
from clm_audit.report.words_verdict import ROWS
from clm_audit.verdict.judge import judge
from clm_audit.verdict.model import Check, Verdict
from clm_audit.verdict.money import appraise
from clm_audit.verdict.money_model import Money
from tests.report import worlds
from tests.verdict import money_world

PAGE = Path(__file__).resolve().parents[2] / "docs" / "recommendations.md"
CAP = Check(
    id="row_cap", status="fail", code="row_cap_of_system", metrics=("service_cost",),
    evidence={"file": "tickets.csv", "rows": 2000, "cap": 2000},
)  # fmt: skip
WARN = CAP.model_copy(update={"status": "warn"})
OPEN = Verdict(value="inconclusive", row="nothing decided", uncapped="inconclusive")
GOOD = Verdict(value="good fit", row="improved, nothing worse", uncapped="good fit", because=("service_cost",))


def found(metric: MetricId, value: FindingValue, **more: Any) -> Finding:
    effect = None if value == "not assessable" else money_world.effect(-0.1, 0.05)
    if effect is not None and "course" in more:
        effect = replace(effect, course=more.pop("course"))
    if effect is not None and "years" in more:
        effect = replace(effect, years_before=more.pop("years"))
    code = more.pop("code", "too_little_information")
    return Finding(metric, value, code, effect, 0.0, 0.05, **more)


def lacking(metric: MetricId, code: str, /, **detail: str | int | float) -> Finding:
    return found(metric, "not assessable", missing=NotAssessable(code=code, detail=detail), code=code)


def at(*findings: Finding, **more: Any) -> Situation:
    settings: dict[str, Any] = {"verdict": OPEN, "checks": (), "last": date(2025, 6, 30), "planned": True, **more}
    return Situation(findings=findings, **settings)


def with_money(given: money_world.Given) -> Money:
    gone = NotAssessable(code="missing_fact", detail={"fact": "orders"})
    findings = [
        money_world.finding(metric, given if metric == "transaction_size" else gone) for metric in money_world.AFTER
    ]
    money = appraise(money_world.plan(), money_world.facts(), money_world.measured(), findings, ())
    assert isinstance(money, Money)
    return money


WORSE = found("service_cost", "worsened")
BETTER = found("service_cost", "improved")
FREQUENCY = found("purchase_frequency", "worsened")
SPENT = lacking("retention_cost", "missing_fact", fact="spend", export="the books would carry it")
FURTHER = found("purchase_frequency", "inconclusive", more_weeks=9)
NEVER = found("purchase_frequency", "inconclusive", more_weeks=-1, years=1.0)
TICKETS = {"service_cost": {"tickets_per_100": 0.20, "cost_per_ticket": 0.05}}
DEARER = {"service_cost": {"tickets_per_100": -0.05, "cost_per_ticket": 0.20}}
WHO = Mix(Share(-0.08, -0.10, -0.06), Share(0.01, -0.02, 0.04), 1, 52)
HOW = Mix(Share(0.01, -0.02, 0.04), Share(-0.08, -0.10, -0.06), 1, 52)


SEGMENT = SegmentEffect("industry", "Household", 0.09, 0.8, 0.12, 0.04, 0.20, 0.003, named=True)
GOAL = GoalResult(
    Goal(metric="campaign_response", target=Decimal("0.04"), owner="Marketing", by="2025-Q2"),
    "missed", date(2025, 4, 1), date(2025, 7, 1), 0.0358, 0.034, 0.0377,
)  # fmt: skip
RESPONSE = found("campaign_response", "improved")
KLAVIYO: Mapping[MetricId, tuple[str, ...]] = {"campaign_response": ("Klaviyo",)}


@dataclass(frozen=True)
class Case:
    """``speaks``: where the rule holds, and ``said``; ``silent``: one thing changed, and it does not."""

    speaks: Situation
    said: str
    silent: Situation


CASES: Mapping[str, Case] = {
    "data_check": Case(at(checks=(CAP,)), "The data check “Export cut off at a limit” failed: ", at(checks=(WARN,))),
    "same_export_twice": Case(
        at(found("service_cost", "inconclusive", code="after_repeats_before")),
        "Check that the export from after go-live is not the old one under a new name.",
        at(found("service_cost", "inconclusive")),
    ),
    "verdict": Case(at(BETTER, verdict=GOOD), ROWS["improved, nothing worse"][1], at(BETTER)),
    "worsened": Case(
        at(WORSE, systems={"service_cost": ("Zendesk",)}),
        "Cost of customer service worsened. Look in Zendesk at what the tickets since go-live are about, and how long"
        " each kind takes.",
        at(BETTER, systems={"service_cost": ("Zendesk",)}),
    ),
    "tickets": Case(
        at(WORSE, parts=TICKETS),
        "Of the parts of service cost, tickets per customer rose the most (+20 %; cost per ticket +5.0 %): look at what"
        " the further tickets are about.",
        at(BETTER, parts=TICKETS),
    ),
    "who_buys": Case(
        at(replace(FREQUENCY, mix=WHO)),
        "Who buys moved purchase frequency by −8.0 % [−10 %, −6.0 %]: look at which customers came and which left.",
        at(replace(FREQUENCY, mix=HOW)),
    ),
    "how_they_buy": Case(
        at(replace(FREQUENCY, mix=HOW)),
        "How the same kinds of customers buy moved purchase frequency by −8.0 % [−10 %, −6.0 %]: look at what they are"
        " offered, and when.",
        at(replace(FREQUENCY, mix=WHO)),
    ),
    "segment": Case(
        at(WORSE, systems={"service_cost": ("Zendesk",)}, segments={"service_cost": (SEGMENT,)}),
        "Household (industry) moved otherwise than the others in cost of customer service, by +12 % against them: look"
        " in Zendesk at what is different there.",
        at(WORSE, segments={"service_cost": (replace(SEGMENT, named=False),)}),
    ),
    "goal_missed": Case(
        at(RESPONSE, systems=KLAVIYO, goals=(GOAL,)),
        "Campaign response missed its target of 4.00 % for 2025-Q2: 3.58 %. Marketing answers for it. Look in Klaviyo"
        " at how many messages a recipient gets, to which lists, and what bounces.",
        at(RESPONSE, systems=KLAVIYO, goals=(replace(GOAL, result="undecided"),)),
    ),
    "missing_export": Case(
        at(SPENT),
        "Add an export with spend (the books would carry it), for both sides of go-live: cost of retaining a customer"
        " cannot be judged without.",
        at(lacking("retention_cost", "disabled", metric="retention_cost")),
    ),
    "record_now": Case(
        at(SPENT),
        "If nobody records spend yet, begin now: the next audit can use it from the first day on.",
        at(lacking("retention_cost", "disabled", metric="retention_cost")),
    ),
    "not_assessable": Case(
        at(lacking("purchase_frequency", "no_customer", orders=5, side="before")),
        "Export orders with the customer's id or e-mail address.",
        at(lacking("purchase_frequency", "disabled", metric="purchase_frequency")),
    ),
    "again": Case(
        at(FURTHER),
        "Audit again in about 9 weeks, from 2025-09-01 on: purchase frequency would probably be decided by then.",
        at(NEVER),
    ),
    "never": Case(
        at(NEVER),
        "Waiting will not decide purchase frequency: the further go-live lies back, the less the history says about"
        " what would have happened anyway. Older exports or more volume could.",
        at(FURTHER),
    ),
    "control_group": Case(at(NEVER), words_steps.CONTROL, at(NEVER, control=True)),
    "break_near": Case(
        at(found("service_cost", "inconclusive", code="break_near_go_live")),
        "Waiting will not tell the two apart: only customers or regions that met the break and not the CRM could.",
        at(found("service_cost", "inconclusive")),
    ),
    "event_near": Case(
        at(replace(WORSE, event_near=True)),
        "Find customers or regions that met the other event near go-live and not the CRM, and name them under control"
        " in clm-audit.yaml: until then cost of customer service cannot be credited to the CRM alone.",
        at(replace(NEVER, event_near=True)),
    ),
    "fading": Case(
        at(found("service_cost", "improved", course="fading")),
        "The effect on cost of customer service gets smaller with time: look at whether people still work with the CRM"
        " as at the start.",
        at(found("service_cost", "worsened", course="fading")),
    ),
    "unchanged": Case(
        at(found("service_cost", "no material change")),
        "The CRM did not change cost of customer service by as much as matters: if it was bought for that, look at"
        " whether the part of it that should do it is in use.",
        at(NEVER),
    ),
    "open_money": Case(
        at(money=with_money((0.08, 0.05, "inconclusive"))),
        "Whether the CRM pays hangs most on transaction size (−2.4 % to +20 %): settle that first.",
        at(money=with_money((0.50, 0.05, "improved"))),
    ),
    "costs": Case(
        at(BETTER, money=NotAssessable(code="no_costs_given")),
        "Name what the CRM costs under money in clm-audit.yaml: the report then says whether it pays.",
        at(BETTER, money=NotAssessable(code="nothing_priced")),
    ),
    "warning": Case(at(checks=(WARN,)), "The data check “Export cut off at a limit” warns: ", at(checks=(CAP,))),
    "freeze": Case(at(planned=False), words_steps.FREEZE, at(planned=True)),
    "lasting": Case(
        at(BETTER),
        "Audit again in six months, from 2025-12-29 on: that shows whether it lasts.",
        at(BETTER, verdict=GOOD),
    ),
}  # fmt: skip


def said(rule: str, situation: Situation) -> list[str]:
    return [step.sentence for step in recommendations(situation) if step.id == rule]


def test_every_rule_has_its_world() -> None:
    assert set(CASES) == {rule.id for rule in RULES}
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert {rule.kind for rule in RULES} == set(get_args(StepKind))


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_speaks_where_its_condition_holds_and_not_otherwise(rule: str) -> None:
    case = CASES[rule]
    [sentence] = said(rule, case.speaks)
    assert sentence.startswith(case.said)
    assert sentence.endswith(".")
    assert said(rule, case.silent) == []


def test_the_larger_of_the_two_parts_of_service_cost_is_named() -> None:
    [sentence] = said("tickets", at(WORSE, parts=DEARER))
    assert sentence.startswith(
        "Of the parts of service cost, cost per ticket rose the most (+20 %; tickets per customer −5.0 %)"
    )
    assert said("tickets", at(WORSE, parts={"service_cost": {"tickets_per_100": -0.1, "cost_per_ticket": -0.1}})) == []


def test_every_metric_has_something_to_look_at() -> None:
    assert set(words_steps.LOOK) == set(CATALOGUE)
    for metric in CATALOGUE:
        [sentence] = said("worsened", at(found(metric, "worsened"), systems={metric: ("HubSpot", "Zendesk")}))
        assert "{" not in sentence


def test_the_most_urgent_stands_first_and_nothing_twice() -> None:
    both = at(WORSE, FURTHER, checks=(CAP,), planned=False)
    order = [step.id for step in recommendations(both)]
    assert order == [rule.id for rule in RULES if rule.id in order]
    assert order[0] == "data_check"
    decided = [step.id for step in recommendations(at(WORSE, FURTHER, SPENT, verdict=GOOD))]
    assert decided == [rule.id for rule in RULES if rule.id in decided]
    sentences = [step.sentence for step in recommendations(at(SPENT, replace(SPENT, metric="acquisition_cost")))]
    assert len(sentences) == len(set(sentences))
    assert sum("Add an export with spend" in sentence for sentence in sentences) == 1


def test_under_an_open_verdict_what_settles_it_goes_before_what_an_export_would_add() -> None:
    leaning = replace(FURTHER, better_probability=0.98)
    first, second, *_ = recommendations(at(SPENT, leaning, found("service_cost", "inconclusive", more_weeks=4)))
    assert (first.id, second.id) == ("again", "missing_export")
    assert first.sentence == (
        "Audit again in about 9 weeks, from 2025-09-01 on: purchase frequency and cost of customer service would"
        " probably be decided by then. Purchase frequency leans the most: towards better (98 % sure; anything from"
        " −18 % to +0.4 %)."
    )
    worse = replace(NEVER, better_probability=0.04)
    assert "Purchase frequency leans the most: towards worse (96 % sure;" in said("never", at(worse, SPENT))[0]
    assert "leans" not in said("never", at(replace(NEVER, better_probability=0.7)))[0]
    assert "leans" not in said("again", at(leaning, BETTER, verdict=GOOD))[0]
    outside = replace(worse, metric="churn_rate")  # it takes no part in the verdict
    assert "leans" not in said("never", at(outside, SPENT))[0]
    assert "Purchase frequency leans" in said("never", at(replace(worse, better_probability=0.08), outside))[0]


def test_spend_that_is_there_is_to_be_named_and_not_to_be_exported_again() -> None:
    one = lacking("acquisition_cost", "missing_fact", fact="spend", category="acquisition", rows=1200)
    said = [step.sentence for step in recommendations(at(one))]
    assert [sentence for sentence in said if "acquisition spend" in sentence] == [
        "Name the accounts that are acquisition spend under spend in clm-audit.yaml: none of the 1,200 rows of spend is"
        " counted as such, so cost of acquiring a customer cannot be judged."
    ]
    assert not any("Add an export" in sentence or "nobody records" in sentence for sentence in said)


def test_what_a_failed_check_touches_gets_no_advice_of_its_own() -> None:
    doubtful = OPEN.model_copy(update={"withheld": ("service_cost",)})
    assert said("worsened", at(WORSE, verdict=doubtful)) == []


@pytest.mark.parametrize("make", [worlds.full_report, worlds.inconclusive_report, worlds.bare_report])
def test_every_report_says_what_to_do_next(make: Callable[[], Any]) -> None:
    report = make()
    steps = report.recommendations
    assert steps
    assert not any("{" in step.sentence for step in steps)
    for step in steps:
        assert set(step.metrics) <= set(CATALOGUE)
        assert set(step.checks) <= {check.id for check in report.checks}


def test_systems_are_those_that_the_data_came_from() -> None:
    plan, told, when = worlds.plan(), worlds.facts(), worlds.calendar()
    items = {metric: worlds.totals_of(metric, when) for metric in worlds.EFFECTS}
    every = worlds.measured(tuple(items.values()), when)
    findings = tuple(worlds.finding_of(items[metric], *worlds.EFFECTS[metric]) for metric in worlds.EFFECTS)
    situation = situation_of(plan, told, every, findings, judge(plan, worlds.exports(), told, every, findings))
    assert situation.systems["purchase_frequency"] == ("Shopify",)
    assert situation.systems["service_cost"] == ("Zendesk",)
    assert situation.systems["campaign_response"] == ()
    assert set(situation.parts["service_cost"]) == {"cost_per_ticket", "tickets_per_100", "hours_per_ticket"}
    assert {one.metric for one in situation.five} <= set(METRIC_IDS)


def table() -> str:
    rows = [f"| `{rule.id}` | {rule.kind} | {rule.when} | {_shown(rule.id)} |" for rule in RULES]
    return "\n".join(["| rule | kind | when | for example |", "| --- | --- | --- | --- |", *rows])


def _shown(rule: str) -> str:
    return said(rule, CASES[rule].speaks)[0].replace("|", "\\|")


def test_the_page_holds_the_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = re.search(r"\| rule \|.*?(?=\n\n|\Z)", text, re.DOTALL)
    assert shown is not None
    assert shown.group(0).strip() == table()
