"""The money in words and in every format: each sentence under its condition, every number of the JSON in its shape."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any

import pytest
from rich.console import Console

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import CostLine, MetricId
from clm_audit.inference.model import Finding
from clm_audit.report import words_money
from clm_audit.report.compose_money import money_report, worth_report
from clm_audit.report.html import to_html
from clm_audit.report.json_out import to_json
from clm_audit.report.markdown import to_markdown
from clm_audit.report.model import AuditReport, Unknown
from clm_audit.report.model_money import AmountRange, MoneyReport, WorthReport
from clm_audit.report.terminal import print_report
from clm_audit.verdict import money as appraising
from clm_audit.verdict import money_inputs
from clm_audit.verdict.money_model import Money, Worth
from tests.report import worlds
from tests.verdict import money_world as world

CHEAP = (CostLine(what="licences", yearly=Decimal(100)), CostLine(what="implementation", initial=Decimal(1_000)))
DEAR = (CostLine(what="licences", yearly=Decimal(90_000)),)
SURE: dict[MetricId, world.Given] = {"service_cost": (-0.30, 0.02, "improved")}
OPEN: dict[MetricId, world.Given] = {"transaction_size": (0.02, 0.05, "inconclusive")}


def findings_of(given: dict[MetricId, Any], **more: Any) -> list[Finding]:
    gone = NotAssessable(code="missing_fact", detail={"fact": "spend"})
    return [world.finding(metric, given.get(metric, gone), **more) for metric in world.AFTER]


def reported(
    given: dict[MetricId, Any], withheld: tuple[MetricId, ...] = (), event: bool = False, **rules: Any
) -> MoneyReport:
    found = findings_of(given)
    if event:
        found = [world.finding(metric, given.get(metric) or NotAssessable(code="disabled"), event_near=True)
                 if metric in given else one for metric, one in zip(world.AFTER, found, strict=True)]  # fmt: skip
    plan = world.plan(world.RULES.model_copy(update=rules))
    money = appraising.appraise(plan, world.facts(), world.measured(), found, withheld)
    report = money_report(plan, money, found)
    assert isinstance(report, MoneyReport)
    return report


def test_proven_to_pay_not_to_pay_and_open() -> None:
    assert reported(SURE, costs=CHEAP).sentence.startswith("Worth it: over 3 years the CRM brings ")
    assert reported(SURE, costs=DEAR).sentence.startswith("Not worth it: over 3 years the CRM costs ")
    open_ = reported(OPEN, costs=CHEAP)
    assert open_.sentence.startswith("Open: at the estimates the CRM brings ")
    assert float(open_.npv.low) < 0 < float(open_.npv.high)
    assert "more than it costs" in open_.sentence
    assert "less than it costs" in reported({"transaction_size": (-0.01, 0.05, "inconclusive")}, costs=CHEAP).sentence


@pytest.mark.parametrize(
    ("given", "rules", "said"),
    [
        (SURE, {"costs": CHEAP}, "the costs are paid back after"),
        (SURE, {"costs": DEAR}, "The costs are not paid back within 3 years."),
        (OPEN, {"costs": (CostLine(what="x", initial=Decimal(15_000)),)}, "within 3 years; at best after"),
        (SURE, {"costs": (CostLine(what="x", yearly=Decimal(5)),)}, "back: each year pays for itself."),
        (SURE, {"costs": CHEAP}, "of the measured benefits are the CRM's doing."),
        (SURE, {"costs": DEAR}, "Even if all of the measured benefits are the CRM's doing they do not pay its costs"),
        ({"service_cost": (0.3, 0.02, "worsened")}, {}, words_money.NO_SHARE),
        (OPEN, {}, "changed: nothing proven stands against the costs of 29,921 USD."),
        ({**SURE, **OPEN}, {}, "With only the metrics that are shown to have changed, the net present value is"),
        (OPEN, {}, words_money.OPEN_LINES),
        (OPEN, {}, "Not in it, because it could not be measured soundly: purchase frequency,"),
    ],
)  # fmt: skip
def test_notes_under_their_conditions(given: dict[MetricId, Any], rules: dict[str, Any], said: str) -> None:
    assert said in " ".join(reported(given, **rules).notes)


def test_proven_alone_says_nothing_of_hopes() -> None:
    notes = " ".join(reported(SURE, costs=CHEAP).notes)
    assert "With only the metrics" not in notes
    assert words_money.OPEN_LINES not in notes


def test_another_event_near_go_live_is_said() -> None:
    assert words_money.EVENT in reported(SURE, event=True).notes
    assert words_money.EVENT not in reported(SURE).notes


def test_lines_say_what_they_are_made_of_or_why_they_count_nothing() -> None:
    report = reported({**SURE, **OPEN}, withheld=("transaction_size",))
    lines = {line.id: line for line in report.benefits}
    assert lines["service_saved"].sentence.startswith("Cost of customer service −26 % [")
    assert "on 50,000 USD spent a year after go-live." in lines["service_saved"].sentence
    larger = lines["larger_orders"]
    assert isinstance(larger.yearly, Unknown)
    assert larger.sentence == "Not counted: a failed data check touches it."
    assert "Not counted: " in lines["retention_saved"].sentence


def test_a_line_for_a_part_of_the_customers_says_which() -> None:
    item = world.totals("service_cost", treated=0.25)
    found = [world.finding("service_cost", SURE["service_cost"], control=world.beside())]
    money = appraising.appraise(world.plan(), world.facts(), world.measured(item), found, ())
    report = money_report(world.plan(), money, found)
    assert isinstance(report, MoneyReport)
    line = next(one for one in report.benefits if one.id == "service_saved")
    assert "Counted for 25 % of the volume: those who got the CRM." in line.sentence


def test_every_code_has_its_words() -> None:
    said = [NotAssessable(code=code, detail={"currency": "EUR"}) for code in money_inputs.CODES]
    assert len({words_money.missing(one) for one in said}) == len(money_inputs.CODES)
    detail: dict[str, str | int | float] = {"costs": "EUR", "audit": "USD"}
    told = {words_money.no_money(NotAssessable(code=code, detail=detail)) for code in appraising.CODES}
    assert len(told) == len(appraising.CODES)
    assert not any("{" in text for text in told)


def test_the_flows_add_up_to_the_net_present_value() -> None:
    report = reported({**SURE, **OPEN})
    discounted = sum(Decimal(flow.discounted) for flow in report.flows)
    assert abs(discounted - Decimal(report.npv.value)) < Decimal("0.05")
    assert abs(Decimal(report.pv_benefits) - Decimal(report.pv_costs) - Decimal(report.npv.value)) < Decimal("0.05")
    lines = sum(Decimal(line.present) for line in report.benefits) - sum(Decimal(cost.present) for cost in report.costs)
    assert abs(lines - Decimal(report.npv.value)) < Decimal("0.05")
    assert abs(Decimal(report.flows[-1].cumulative) - sum(Decimal(flow.net) for flow in report.flows)) < Decimal("0.05")


def test_the_register_says_who_set_what_and_what_follows() -> None:
    report = reported(SURE)
    rows = {row.what: row for row in report.assumptions}
    assert set(rows) >= {
        "Contribution margin", "Share that is the CRM's doing", "Horizon", "Discount rate", "Costs of the CRM",
        "The effects last", "A year is like the window after", "Errors of the metrics",
    }  # fmt: skip
    lasting = next(swing for swing in report.tornado if swing.id == "lasting")
    assert words_money.amount(lasting.npv_low, "USD") in rows["The effects last"].consequence
    assert all(row.consequence and row.source for row in report.assumptions)


def test_worth_of_one_per_cent_at_three_margins_or_at_the_plans_own() -> None:
    found = (Worth("transaction_size", 4_000.0, True), Worth("service_cost", 500.0, False))
    table = worth_report(world.plan(None), found, "USD")
    assert isinstance(table, WorthReport)
    assert table.margins == (0.2, 0.4, 0.6)
    assert [row.yearly for row in table.rows] == [("800.00", "1600.00", "2400.00"), ("500.00",) * 3]
    own = worth_report(world.plan(), found, "USD")
    assert isinstance(own, WorthReport)
    assert own.margins == (0.4,)
    assert isinstance(worth_report(world.plan(), (), "USD"), Unknown)


def test_json_has_the_published_names() -> None:
    tree = json.loads(to_json(worlds.full_report()))["money"]
    assert set(tree) >= {
        "npv", "roi", "payback_months", "probability_npv_positive", "breakeven_attributable", "benefits", "costs",
        "tornado", "assumptions",
    }  # fmt: skip
    assert set(tree["npv"]) == {"value", "low", "high"}
    assert Decimal(tree["npv"]["low"]) < Decimal(tree["npv"]["value"]) < Decimal(tree["npv"]["high"])
    again = AuditReport.model_validate_json(to_json(worlds.full_report()))
    assert isinstance(again.money, MoneyReport)
    assert to_json(again) == to_json(worlds.full_report())


def printed(report: AuditReport) -> str:
    out = io.StringIO()
    print_report(report, Console(file=out, width=120, color_system=None))
    return out.getvalue()


def test_every_format_shows_the_same_numbers() -> None:
    report = worlds.full_report()
    money = report.money
    assert isinstance(money, MoneyReport)
    shown = words_money.amount(money.npv.value, None)
    for text in (printed(report), to_markdown(report), to_html(report)):
        assert shown in text
        for line in money.benefits:
            if isinstance(line.yearly, AmountRange):
                assert words_money.amount(line.yearly.value, None) in text


def test_without_costs_every_format_shows_the_table() -> None:
    report = worlds.inconclusive_report()
    assert isinstance(report.money, Unknown)
    assert isinstance(report.worth, WorthReport)
    for text in (printed(report), to_markdown(report), to_html(report)):
        assert "What one per cent is worth" in text
        assert words_money.amount(report.worth.rows[0].yearly[2], None) in text


def test_nothing_to_say_is_no_empty_section() -> None:
    report = worlds.bare_report()
    assert isinstance(report.worth, Unknown)
    assert 'id="money"' not in to_html(report)
    assert "What one per cent is worth" not in printed(report)


def test_a_name_of_a_cost_cannot_write_into_the_page() -> None:
    assert "<script>alert(1)" not in to_html(worlds.full_report())


def test_amounts_of_any_size_fit_the_drawings() -> None:
    for scale in ("0.01", "1000000000"):
        report = reported(SURE, costs=(CostLine(what="x", initial=Decimal(scale)),))
        assert isinstance(report, MoneyReport)
        page = worlds.full_report().model_copy(update={"money": report})
        assert "nan" not in to_html(page).partition("</head>")[2].casefold().replace("finance", "")


def test_no_appraisal_without_a_currency_in_common() -> None:
    plan = world.plan(world.RULES.model_copy(update={"currency": "EUR"}))
    found = findings_of(SURE)
    money = appraising.appraise(plan, world.facts(), world.measured(), found, ())
    assert not isinstance(money, Money)
    report = money_report(plan, money, found)
    assert isinstance(report, Unknown)
    assert "EUR" in report.reason
    assert "USD" in report.reason
