"""Checks on small companies that were measured: each keeps an untruth from becoming a finding."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.intake.model import Exports
from clm_audit.measures.measure import measure
from clm_audit.report import words_checks, words_reasons
from clm_audit.verdict.checks import CHECK_IDS, all_checks, intake_checks
from clm_audit.verdict.checks.base import Subject
from clm_audit.verdict.checks.money import currency
from clm_audit.verdict.model import Check
from measures.world import GO_LIVE, Row, World, order, plan

DAYS = range(GO_LIVE - 728, GO_LIVE + 364)


def checked(world: World, **changes: Any) -> dict[str, Check]:
    """Every check of a company, once its sentences were said."""
    audit, facts = plan(**changes), world.facts()
    found = all_checks(audit, Exports((), ()), facts, measure(audit, facts))
    for check in found:
        for text in (words_checks.message(check), words_checks.remedy(check)):
            assert "{" not in text
    assert tuple(check.id for check in found) == CHECK_IDS
    return {check.id: check for check in found}


def sales(before: int = 1000, after: int = 1000) -> list[Row]:
    return [order(day % 20, day, (before if day < GO_LIVE else after) + day % 7) for day in DAYS]


@pytest.mark.parametrize("customers", [20, 60, 400])
@pytest.mark.parametrize("after", [3, 7, 14, 30, 60, 200])
@pytest.mark.parametrize("before", [3, 7, 14, 30, 60, 200])
def test_short_histories_are_answered(before: int, after: int, customers: int) -> None:
    rows = [
        order((day * 4 + each) % customers, day, 1000)
        for day in range(GO_LIVE - before, GO_LIVE + after)
        for each in range(4)
    ]
    assert checked(World({"orders": rows}))["one_cohort"].status in ("unknown", "pass", "warn")


@pytest.mark.parametrize(("before", "after"), [(2_500, 250_000), (250_000, 2_500)])
def test_pence_against_pounds(before: int, after: int) -> None:
    check = checked(World({"orders": sales(before, after)}))["minor_units"]
    assert (check.status, check.code) == ("fail", "units_jump")
    assert "transaction_size" in check.metrics
    assert "purchase_frequency" not in check.metrics
    size = next(each for each in measure(plan(), World({"orders": sales(before, after)}).facts()).metrics[1:2])
    assert isinstance(size.missing, NotAssessable)
    assert size.missing.code == "units_differ"
    assert isinstance(size.before, NotAssessable)


def test_a_few_large_orders_are_no_change_of_unit() -> None:
    rows = [*sales(), *(order(each, GO_LIVE + 30 * each, 9_000_000) for each in range(10))]
    assert checked(World({"orders": rows}))["minor_units"].code != "units_jump"
    assert checked(World({"orders": sales(1000, 1600)}))["minor_units"].code == "units_alike"


def mailings(clicked: int, delivered: int, odd: int = 10_000) -> list[Row]:
    made = []
    for number, day in enumerate(range(GO_LIVE - 364, GO_LIVE + 364, 7)):
        row = {"campaign": number, "day": day, "sent": 100, "delivered": 90, "clicked": 30, "opened": 40}
        made.append({**row, **({"clicked": clicked, "delivered": delivered} if number % odd == 0 else {})})
    return made


def test_more_responses_than_deliveries() -> None:
    world = World({"campaigns": mailings(300, 90, odd=1)})
    check = checked(world)["responses"]
    assert (check.status, check.code) == ("fail", "responses_mostly_over")
    found = next(each for each in measure(plan(), world.facts()).metrics if each.metric == "campaign_response")
    assert isinstance(found.missing, NotAssessable)
    assert found.missing.code == "more_responses_than_deliveries"
    assert isinstance(found.before, NotAssessable)


def test_a_few_responses_too_many() -> None:
    check = checked(World({"campaigns": mailings(12, 10)}))["responses"]
    assert (check.status, check.code, check.evidence["count"]) == ("warn", "responses_over", 1)
    assert checked(World({"campaigns": mailings(30, 90)}))["responses"].status == "pass"
    assert checked(World({"orders": sales()}))["responses"].status == "unknown"


def said_of_currency(seen: dict[str, int], found: str, **changes: Any) -> tuple[str, str]:
    facts = World({"orders": sales()}, currency=found).facts()
    evidence = {f"currency.seen.{code}": count for code, count in seen.items()}
    facts = type(facts)(facts.tables, (), (), facts.segments, facts.currency, evidence=evidence)
    check = currency(Subject(plan(**changes), Exports((), ()), facts))
    assert check.status == "pass"
    return check.code, words_checks.message(check)


def test_converted_rows_are_told() -> None:
    code, text = said_of_currency({"EUR": 120, "USD": 900}, "USD", rates={"EUR": Decimal("1.1")})
    assert code == "currency_converted"
    assert "120" in text
    assert "EUR" in text
    assert "1.1" in text
    assert "All amounts are in USD" not in text


def test_a_currency_that_only_the_config_names() -> None:
    code, text = said_of_currency({}, "GBP", currency="GBP")
    assert code == "currency_from_config"
    assert "GBP" in text
    assert said_of_currency({"USD": 10}, "USD")[0] == "currency_one"


def test_sales_that_refunds_eat_up_are_not_called_empty_weeks() -> None:
    rows = [order(day % 20, day, 1000) for day in DAYS]
    rows += [order(day % 20, day, -2000, 3000) for day in DAYS if day >= GO_LIVE - 364]
    check = checked(World({"orders": rows}))["missing_weeks"]
    assert (check.status, check.code) == ("fail", "weeks_not_positive")
    assert "no event" not in words_checks.message(check)


def test_intake_checks_need_no_measures() -> None:
    facts = World({"orders": sales()}).facts()
    assert {check.id for check in intake_checks(plan(), Exports((), ()), facts)} < set(CHECK_IDS)


def test_a_history_shorter_than_any_base_is_told() -> None:
    rows = [order((day * 4 + each) % 60, day, 1000) for day in range(GO_LIVE - 14, GO_LIVE + 14) for each in range(4)]
    assert checked(World({"orders": rows}))["one_cohort"].code == "cohort_too_short"


def test_without_leavers_no_broken_sentence() -> None:
    rows = [order(day % 60, day, 1000) for day in DAYS]
    check = checked(World({"orders": rows}))["survivors"]
    assert check.code == "leavers_not_one"
    assert words_checks.message(check).startswith("Every one of 60 older customers has ordered")


def test_units_that_cannot_be_compared() -> None:
    assert checked(World({"campaigns": mailings(30, 90)}))["minor_units"].code == "units_not_compared"
    assert checked(World({"campaigns": mailings(30, 90)}))["responses"].code == "responses_fit"
    assert checked(World({"orders": sales()}))["responses"].code == "responses_not_counted"


def test_currencies_that_differ_by_fact_only() -> None:
    apart = NotAssessable(code="mixed_currencies", detail={"currencies": "EUR, USD"})

    def judged(**seen: int) -> Check:
        evidence = {f"currency.by_fact.{name.replace('__', '.')}": count for name, count in seen.items()}
        facts = World({"orders": sales()}, currency=apart).facts()
        facts = type(facts)(facts.tables, (), (), facts.segments, facts.currency, evidence=evidence)
        return currency(Subject(plan(), Exports((), ()), facts))

    found = judged(orders__USD=9, spend__EUR=3)
    assert (found.status, found.code) == ("warn", "currency_apart")
    assert "orders USD, spend EUR" in words_checks.message(found)
    found = judged(orders__USD=9, spend__EUR=3, spend__USD=1)
    assert (found.status, found.code) == ("fail", "currency_mixed")
    assert found.metrics == ("service_cost", "acquisition_cost", "retention_cost")
    assert "transaction_size" in judged().metrics


def test_sentences_are_whole_when_there_is_one_or_nothing_to_name() -> None:
    empty = words_reasons.reason(NotAssessable(code="empty_window", detail={"side": "before"}))
    assert empty == "The before window holds none of the rows that are needed."
    short = NotAssessable(code="too_short_before", detail={"have": 1, "unit": "periods", "need": 8})
    assert "There are 1" not in words_reasons.reason(short)
    few = checked(World({"orders": [row for row in sales() if row["day"] < GO_LIVE + 5]}))
    assert "0.7 weeks after" in words_checks.message(few["windows"])
    assert " do not reach" not in words_checks.message(few["coverage"])
