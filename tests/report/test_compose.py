"""The report is made of the parts, nothing is lost, nothing is made up, nothing private gets in."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import METRIC_IDS, Source
from clm_audit.intake.model import Reject
from clm_audit.measures.model import Measured, Ratio, Totals, to_date
from clm_audit.report.compose import compose
from clm_audit.report.compose_check import compose_check
from clm_audit.report.model import Adjusted, AuditReport, Figure, Lean, RatioReport, Unknown
from clm_audit.verdict.judge import judge
from report import worlds


@pytest.fixture(scope="module")
def full() -> AuditReport:
    return worlds.full_report()


def recomposed(**changes: object) -> AuditReport:
    """A report of one metric whose parts can be changed."""
    when, settled, told = worlds.calendar(), worlds.plan(), worlds.facts(**changes)
    item = worlds.totals_of("transaction_size", when)
    found = (worlds.finding_of(item, "improved", "holm_significant", 0.08, 0.02),)
    every = worlds.measured((item,), when)
    judgement = judge(settled, worlds.exports(), told, every, found)
    return compose(settled, worlds.exports(), told, every, found, judgement)


@pytest.mark.parametrize("name", ["full_report", "inconclusive_report", "bare_report", "check_report"])
def test_reports_are_plain_json_without_nan(name: str) -> None:
    report = getattr(worlds, name)()
    text = json.dumps(report.model_dump(mode="json"), allow_nan=False)
    assert type(report).model_validate_json(text) == report
    assert report == getattr(worlds, name)()


def test_every_metric_is_there_in_order(full: AuditReport) -> None:
    assert tuple(metric.id for metric in full.metrics) == METRIC_IDS
    assert [metric.question_number for metric in full.metrics] == [1, 2, 3, 4, 5, 5]


def test_ledger_is_settled_and_adds_up(full: AuditReport) -> None:
    orders, tickets = full.files
    assert (orders.rows.outside, orders.rows.accepted) == (212, 51_100 - 212)
    assert all(record.rows.adds_up() for record in (orders, tickets))


def test_check_only_has_nothing_outside_and_no_verdict() -> None:
    report = worlds.check_report()
    assert [record.rows.outside for record in report.files] == [0, 0]
    assert not hasattr(report, "verdict")


def test_what_was_skipped_is_listed_with_what_is_unknown() -> None:
    settled, told = worlds.plan(), worlds.facts()
    read = replace(worlds.exports(), unknown=(("notes.txt", "no export"),), skipped=(("~$a.xlsx", "a lock file"),))
    listed = (*read.unknown, *read.skipped)
    assert compose_check(settled, read, told, ()).unknown_files == listed
    every = Measured(worlds.calendar(), Totals({}, {}), (), {}, worlds.window_totals(known=False))
    assert compose(settled, read, told, every, (), judge(settled, read, told, every, ())).unknown_files == listed


def test_money_is_an_exact_decimal_string_with_its_currency(full: AuditReport) -> None:
    assert full.totals["after"]["net_revenue"] == Figure(value="1972003.25", currency="USD")
    assert full.totals["before"]["orders"] == Figure(value=21_424)
    assert full.totals["after"]["handling_hours"] == Figure(value=700.25)
    size = next(metric for metric in full.metrics if metric.id == "transaction_size")
    assert isinstance(size.before, RatioReport)
    assert Decimal(str(size.before.numerator)) == Decimal("4238000.00")
    rate = next(metric for metric in full.metrics if metric.id == "campaign_response")
    assert isinstance(rate.before, RatioReport)
    assert isinstance(rate.before.numerator, float)


def test_what_is_not_known_has_a_reason(full: AuditReport) -> None:
    missing = full.metrics[-1]
    assert missing.finding == "not assessable"
    for part in (missing.before, missing.after, missing.observed_change, missing.adjusted, missing.lean):
        assert isinstance(part, Unknown)
        assert part.reason
    assert "Google Ads" in missing.remedy
    assert isinstance(full.totals["before"]["retention_spend"], Unknown)


def test_missing_periods_are_none_and_the_rest_is_the_quotient(full: AuditReport) -> None:
    metric = full.metrics[0]
    item = worlds.totals_of("purchase_frequency", worlds.calendar())
    assert len(metric.series) == len(item.start)
    assert (metric.series[3].value, metric.series[3].expected, metric.series[3].low) == (None, None, None)
    for at, point in enumerate(metric.series):
        assert point.period == to_date(int(item.start[at]))
        if at != 3:
            assert point.value == pytest.approx(float(item.num[at] / item.den[at]), rel=1e-9)
            assert point.low is not None
            assert point.high is not None
            assert point.low < point.high
    assert metric.weeks_per_period == 4


def test_groups_under_five_customers_are_left_out(full: AuditReport) -> None:
    labels = [segment.label for segment in full.metrics[0].segments]
    assert labels == ["North", worlds.HOSTILE]
    assert isinstance(full.metrics[0].segments[1].change, Unknown)


def test_variant_changes_are_after_over_before(full: AuditReport) -> None:
    for variant in full.metrics[0].variants:
        assert variant.change == pytest.approx(2 / 2.1 - 1, rel=1e-9)


def test_an_undecided_metric_leans_and_a_decided_one_does_not(full: AuditReport) -> None:
    by_id = {metric.id: metric for metric in full.metrics}
    assert isinstance(by_id["campaign_response"].lean, Lean)
    assert isinstance(by_id["purchase_frequency"].lean, Unknown)


def test_adjusted_numbers_are_the_effect(full: AuditReport) -> None:
    adjusted = full.metrics[0].adjusted
    assert isinstance(adjusted, Adjusted)
    assert (adjusted.effect, adjusted.low) == (pytest.approx(np.expm1(0.081)), pytest.approx(np.expm1(0.033)))
    assert adjusted.p_holm >= adjusted.p


def test_first_hundred_rejects_and_the_count_of_all() -> None:
    rejects = tuple(Reject(file="a.csv", line=n, byte=n, column="Date", code="bad_date") for n in range(2, 253))
    report = recomposed(rejects=rejects)
    assert report.rejects == rejects[:100]
    assert report.reject_count == 251


def test_a_ledger_that_does_not_add_up_is_an_error_of_the_program() -> None:
    record = worlds.files()[0]
    broken = record.model_copy(update={"rows": record.rows.model_copy(update={"read": 1})})
    with pytest.raises(ArithmeticError):
        recomposed(files=(broken,))


def test_a_number_that_is_none_is_an_error_of_the_program() -> None:
    when, settled, told = worlds.calendar(), worlds.plan(), worlds.facts()
    item = replace(worlds.totals_of("transaction_size", when), after=Ratio(float("nan"), 1.0, 0.0, 52.0))
    found = (worlds.finding_of(item, "improved", "holm_significant", 0.08, 0.02),)
    every = worlds.measured((item,), when)
    good = replace(every, metrics=(worlds.totals_of("transaction_size", when),))
    judgement = judge(settled, worlds.exports(), told, good, found)
    with pytest.raises(ArithmeticError):
        compose(settled, worlds.exports(), told, every, found, judgement)


def test_plan_is_echoed_with_origins_and_without_private_paths(full: AuditReport) -> None:
    plan = full.plan
    assert plan["go_live"] == {"value": "2024-07-01", "origin": "option --go-live"}
    assert plan["currency"] == {"value": "USD", "origin": "clm-audit.yaml:4:1"}
    assert plan["service.hourly_rate"]["value"] == "32.00"
    assert plan["policy.materiality"] == {"value": 0.05, "origin": "default"}
    assert [source["path"] for source in plan["sources"]["value"]] == ["exports/shop", "exports/desk"]
    assert "/home/" not in full.model_dump_json()


def test_a_path_outside_the_root_shows_its_name_only() -> None:
    report = worlds.full_report(sources=(Source(path=Path("/secret/client/export.csv")),))
    assert report.plan["sources"]["value"][0]["path"] == "export.csv"
    assert "/secret" not in report.model_dump_json()


def test_assumptions_say_value_source_and_consequence(full: AuditReport) -> None:
    by_name = {line.what: line for line in full.assumptions}
    assert by_name["Go-live"].source == "option --go-live"
    assert by_name["Time zone"].source == "clm-audit.yaml:3:1"
    assert by_name["Hourly rate of service"].value == "32.00 USD"
    assert by_name["Spend counted as acquisition"].value == "Google Ads, Meta Ads"
    assert by_name["Materiality of purchase frequency"].value == "3.0 %"
    assert {"Definition: purchase frequency", "Materiality", "Currency", "Before", "After"} <= set(by_name)
    assert all(line.value and line.source and line.consequence for line in full.assumptions)


def test_windows_in_the_register_end_on_their_last_day(full: AuditReport) -> None:
    by_name = {line.what: line for line in full.assumptions}
    assert by_name["Before"].value == "2023-07-03 to 2024-06-30"
    assert by_name["Before"].source == by_name["After"].source == "found from the data"
    assert by_name["Definition: campaign response"].source == "found from the data"


def test_the_register_claims_nothing_untrue_about_currencies(full: AuditReport) -> None:
    def consequence(report: AuditReport) -> str:
        return next(line.consequence for line in report.assumptions if line.what == "Currency")

    assert "never added" in consequence(full)
    assert "taken to be in one currency" in consequence(worlds.inconclusive_report())


def test_the_next_step_of_a_failed_check_comes_first() -> None:
    report = recomposed(currency=NotAssessable(code="mixed_currencies"))
    assert report.verdict.next_step.startswith("The data check “One currency” failed: add the rate")
    assert report.verdict.next_step.lower().count("add the rate") == 1


def test_the_next_step_names_exports_and_waiting() -> None:
    step = worlds.inconclusive_report().verdict.next_step
    assert step == (
        "Audit again in about 9 weeks: purchase frequency and transaction size would probably be decided by then."
    )
    assert worlds.bare_report().verdict.next_step.startswith("Add the exports with orders (6 metrics have no data).")


def test_method_holds_the_p_values(full: AuditReport) -> None:
    by_id = {metric.id: metric for metric in full.metrics}
    assert "(Holm)" in by_id["purchase_frequency"].method
    assert by_id["retention_cost"].method == ""


def test_units_are_said_with_every_metric_and_variant(full: AuditReport) -> None:
    by_id = {metric.id: metric for metric in full.metrics}
    assert by_id["campaign_response"].unit == "clicks per delivered message"
    assert {variant.unit for variant in by_id["transaction_size"].variants} == {"USD"}
    assert all(variant.unit for metric in full.metrics for variant in metric.variants)


def test_no_currency_is_said_everywhere() -> None:
    report = worlds.inconclusive_report()
    assert isinstance(report.currency, Unknown)
    assert "not stated" in report.metrics[1].unit
    assert report.totals["before"]["net_revenue"] == Figure(value="1746056.00", currency=None)


def test_windows_and_title() -> None:
    report = worlds.inconclusive_report()
    assert report.windows.go_live_derived
    assert (report.windows.before.weeks, report.windows.after.weeks) == (11.0, 11.0)
    assert report.title == "Did the CRM pay off?"
    assert worlds.full_report().title == "Example Ltd, move to a new CRM"


def test_the_gate_and_the_verdict_are_the_judgement() -> None:
    assert worlds.full_report().verdict.value == "mixed"
    assert worlds.full_report().gate.result == "passed"
    assert worlds.inconclusive_report().gate.result == "undecided"
    assert worlds.bare_report().verdict.value == "not assessable"
    assert worlds.bare_report().gate.result == "none"


def test_not_assessable_code_of_currency_is_a_sentence() -> None:
    report = recomposed(currency=NotAssessable(code="mixed_currencies"))
    assert isinstance(report.currency, Unknown)
    assert "several currencies" in report.currency.reason
    assert (report.verdict.value, report.verdict.capped_by) == ("not assessable", ("currency",))
