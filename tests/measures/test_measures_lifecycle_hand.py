"""Stage conversion, NPS and referrals of tables small enough to be computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan
from clm_audit.config.stages import Stage
from clm_audit.config.vocabulary import LifecycleId
from clm_audit.facts.model import Facts
from clm_audit.measures.measure import measure
from clm_audit.measures.model import MetricTotals, Ratio
from measures.life import answer, referral, stage
from measures.world import GO_LIVE, Row, World, order, plan

YEAR = 364


def made(metric: LifecycleId, facts: Facts, audit: AuditPlan | None = None) -> MetricTotals:
    """The metric of a world."""
    return next(one for one in measure(audit or plan(), facts).lifecycle if one.metric == metric)


def sums(side: Ratio | NotAssessable) -> tuple[float, float]:
    assert isinstance(side, Ratio), side
    return side.numerator, side.denominator


def world(**tables: list[Row]) -> World:
    """Orders on every day of two years, so that there are windows of a year each, and the given tables."""
    orders = [order(customer, day, 1_000) for day in range(GO_LIVE - 728, GO_LIVE + YEAR) for customer in (day % 40,)]
    return World({"orders": orders, **tables})


FIRST = GO_LIVE - 728  # recorded from then on


def entrants(day: int, count: int, moved: int, after: int, first: int = 0) -> list[Row]:
    """Leads of a day, of whom some became opportunities ``after`` days later."""
    rows = [stage(first + each, 2, day) for each in range(count)]
    return rows + [stage(first + each, 3, day + after) for each in range(moved)]


def test_conversion_counts_who_could_be_watched_for_ninety_days() -> None:
    rows = [
        stage(501, 1, FIRST),
        *entrants(GO_LIVE - 300, 20, 8, 90, 0),
        *entrants(GO_LIVE - 200, 20, 5, 91, 100),  # a day too late
        *(row for each in range(5) for row in entrants(GO_LIVE - 60 - each, 8, 8, 5, 200 + 10 * each)),  # met both
        *entrants(GO_LIVE + 10, 20, 10, 0, 300),  # the same day counts
        *entrants(GO_LIVE + YEAR - 80, 50, 1, 5, 400),  # not watched for long enough
        stage(500, 1, GO_LIVE + YEAR - 1),
    ]
    found = made("stage_conversion", world(stages=rows).facts())
    assert (sums(found.before), sums(found.after)) == ((8, 40), (10, 20))
    by = {(one.column, one.label): one for one in found.segments}
    assert [(label, one.customers) for (column, label), one in by.items() if column == "stage"] == [
        ("awareness", 0),
        ("consideration", 20),
    ]
    # the North is every fourth customer from 1 on, the South are the two after it: of those who moved on before
    # 1 and 5, and 2, 3, 6 and 7; after 301, 305 and 309, and 302, 303, 306 and 307
    assert (sums(by["region", "North"].before), sums(by["region", "North"].after)) == ((2, 10), (3, 5))
    assert (sums(by["region", "South"].before), sums(by["region", "South"].after)) == ((4, 20), (4, 10))
    assert np.nansum(found.num) == 18
    assert found.n0 > 0


def test_a_column_that_only_those_who_moved_on_carry_divides_nobody() -> None:
    """A lead gets its region when it becomes a customer: by region all would move on, before and after."""
    bounds = [stage(501, 1, FIRST), stage(500, 1, GO_LIVE + YEAR - 1)]
    early = (row for each in range(10) for row in entrants(GO_LIVE - 300 + each, 4, 2, 30, 10 * each))
    leads = [*early, *(row for each in range(10) for row in entrants(GO_LIVE + 10 + each, 4, 3, 30, 200 + 10 * each))]
    stayed = {row["customer"] for row in leads} - {row["customer"] for row in leads if row["place"] == 3}
    late = [{**row, "segment": 0} if row["customer"] in stayed else row for row in leads]
    known, unknown = (made("stage_conversion", world(stages=[*bounds, *rows]).facts()) for rows in (leads, late))
    assert (sums(unknown.before), sums(unknown.after)) == (sums(known.before), sums(known.after))
    assert {one.column for one in known.segments} == {"stage", "region"}
    assert "known_late" not in known.how
    assert {one.column for one in unknown.segments} == {"stage"}
    assert unknown.how["known_late"] == "region"


def funnel(day: int, first: int, leads: int, customers: int) -> list[Row]:
    """Forty visits from a day on, of which some became leads and some of those customers."""
    rows = [stage(first + each, 1, day + each) for each in range(40)]
    rows += [stage(first + each, 2, day + each + 7) for each in range(leads)]
    return rows + [stage(first + each, 3, day + each + 14) for each in range(customers)]


@pytest.mark.parametrize(("orders", "named"), [(5, "order"), (4, "lead")])
def test_a_stage_that_fewer_than_five_entered_is_not_named(orders: int, named: str) -> None:
    """Nobody who ordered moved on: the lowest share of all, and of four not to be shown."""
    rows = [
        *funnel(GO_LIVE - 250, 0, 30, orders),
        *funnel(GO_LIVE + 30, 100, 10, 9),
        stage(300, 4, GO_LIVE + YEAR - 1),
        stage(301, 4, FIRST),
    ]
    audit = plan(stages=tuple(Stage(name=name) for name in ("visit", "lead", "order", "loyal")))
    assert made("stage_conversion", world(stages=rows).facts(), audit).how["drop_before"] == named


def test_the_largest_drop_off_is_named_by_window() -> None:
    rows = [
        *funnel(GO_LIVE - 250, 0, 30, 6),
        *funnel(GO_LIVE + 30, 100, 10, 9),
        stage(300, 4, GO_LIVE + YEAR - 1),
        stage(301, 4, FIRST),
    ]
    audit = plan(stages=tuple(Stage(name=name) for name in ("visit", "lead", "order", "loyal")))
    found = made("stage_conversion", world(stages=rows).facts(), audit)
    assert (found.how["drop_before"], found.how["drop_after"]) == ("order", "order")
    kept = {one.label: (sums(one.before), sums(one.after)) for one in found.segments}
    assert kept["visit"] == ((30, 40), (10, 40))
    assert kept["lead"] == ((6, 30), (9, 10))
    assert kept["order"] == ((0, 6), (0, 9))


def test_going_back_is_no_entry() -> None:
    rows = [*entrants(GO_LIVE - 300, 10, 10, 5), *(stage(each, 2, GO_LIVE - 200) for each in range(10))]
    rows += [*(stage(each, 2, GO_LIVE - 150) for each in range(10)), *entrants(GO_LIVE + 10, 10, 5, 5, 100)]
    rows += [
        *(stage(each, 3, GO_LIVE - 290) for each in range(50, 60)),
        stage(99, 1, GO_LIVE + YEAR - 1),
        stage(98, 1, FIRST),
    ]
    rows += [stage(each, 2, GO_LIVE - 280) for each in range(50, 60)]  # an opportunity that became a lead
    found = made("stage_conversion", world(stages=rows).facts())
    assert (sums(found.before), sums(found.after)) == ((10, 10), (5, 10))


def test_a_horizon_longer_than_the_data_names_the_longest_one() -> None:
    """Sixteen weeks of entrants must remain after go-live: of the 195 days to the last entry, 83; of 95, none."""
    longest = NotAssessable(code="horizon_too_long", detail={"days": 90, "longest": 195 - 112})
    for last, why in ((200, longest), (100, NotAssessable(code="nobody_watched", detail={"days": 90}))):
        rows = [row for day in range(GO_LIVE - 300, GO_LIVE + last, 10) for row in entrants(day, 3, 1, 4, 10 * day)]
        found = made("stage_conversion", World({**world().tables, "stages": rows}).facts())
        assert found.missing == why
        assert sums(found.before)[0] > 0, "what could be watched is shown all the same"


def test_stages_written_on_the_day_of_an_import_are_no_history() -> None:
    rows = [*entrants(GO_LIVE - 300, 10, 5, 5), *(stage(each, 2, GO_LIVE) for each in range(1_000, 1_040))]
    found = made("stage_conversion", world(stages=rows).facts())
    assert found.missing == NotAssessable(code="stages_imported", detail={"rows": 40})


def test_words_that_nobody_knows_are_not_guessed() -> None:
    facts = world(stages=[stage(each, None, GO_LIVE - 300) for each in range(30)]).facts()
    found = made("stage_conversion", facts)
    assert found.missing is not None
    assert found.missing.code == "missing_fact"
    one = made("stage_conversion", world(stages=[stage(each, 4, GO_LIVE - 300 + each) for each in range(30)]).facts())
    assert one.missing == NotAssessable(code="one_stage")


def test_the_score_by_answer_and_by_customer() -> None:
    rows = [answer(each, GO_LIVE - 100, score) for each, score in enumerate([10, 9, 9, 8, 7, 6, 0, 3, 10, 10])]
    rows += [answer(99, FIRST, 5), answer(98, GO_LIVE + YEAR - 1, 7)]
    rows += [answer(0, GO_LIVE - 50, 2), answer(None, GO_LIVE - 50, 10), answer(3, GO_LIVE - 50, 10, "csat")]
    rows += [answer(each, GO_LIVE + 100, score) for each, score in enumerate([0, 0, 0, 1, 9, 8])]
    found = made("nps", world(surveys=rows).facts())
    # 12 answers: 6 promoters, 2 passives, 4 detractors: (6 - 4) / 12; as a share (6 + 2/2) / 12
    assert (sums(found.before), sums(found.after)) == ((7, 12), (2, 7))
    [latest] = found.variants
    assert (latest.id, sums(latest.before), sums(latest.after)) == ("nps_by_customer", (5, 10), (2, 7))


def test_the_error_of_a_score_is_that_of_its_customers() -> None:
    """Twice the class of an answer: 10 is 2, 8 is 1, 6 is 0. Customers with (n, s) of (2, 4), (1, 0) and (1, 1): mean
    5/4, Σ(s - 5/4 n)² = 2.25 + 1.5625 + 0.0625 = 3.875, over 5². Equal answers have the least error, 1 over (Σ s)²."""
    rows = [answer(0, GO_LIVE + 100, 10), answer(0, GO_LIVE + 101, 10), answer(1, GO_LIVE + 100, 6)]
    rows += [answer(2, GO_LIVE + 100, 8), *(answer(each, GO_LIVE + 200, 9) for each in range(4))]
    rows += [answer(99, FIRST, 5), answer(98, GO_LIVE + YEAR - 1, 7)]
    found = made("nps", world(surveys=rows).facts())
    assert found.s2 is not None
    at = np.searchsorted(found.start, [GO_LIVE + 100, GO_LIVE + 200], side="right") - 1
    assert found.s2[at] == pytest.approx([3.875 / 25, 1 / 64])


def test_windows_begin_with_their_first_day_and_end_before_the_next() -> None:
    rows = [answer(0, GO_LIVE, 10), answer(1, GO_LIVE - YEAR, 0), answer(2, GO_LIVE - 1, 10)]
    rows += [answer(each, day, 10) for each in range(10, 15) for day in (GO_LIVE - 100, GO_LIVE + 100)]
    rows += [answer(99, FIRST, 5), answer(98, GO_LIVE + YEAR - 1, 0)]
    [latest] = made("nps", world(surveys=rows).facts()).variants
    assert (sums(latest.before), sums(latest.after)) == ((6, 7), (6, 7))
    lines = [referral(each, GO_LIVE - 300, None) for each in range(4)] + [referral(3, FIRST, None)]
    lines += [referral(each, GO_LIVE, None) for each in range(10, 17)] + [referral(20, GO_LIVE + YEAR - 1, None)]
    [whole] = made("referral_rate", world(referrals=lines).facts()).variants
    assert (sums(whole.before)[0], sums(whole.after)[0]) == (4, 8)


def test_scores_of_other_questions_are_no_nps() -> None:
    rows = [answer(each, GO_LIVE - 100 + each, 5, "csat") for each in range(200)]
    found = made("nps", world(surveys=rows).facts())
    assert found.missing == NotAssessable(code="no_nps", detail={"fact": "surveys"})


def test_who_referred_somebody_new() -> None:
    rows = [referral(each, GO_LIVE - 300, None) for each in range(4)] + [referral(0, GO_LIVE - 299, 900)]
    rows += [referral(3, FIRST, None)]
    rows += [referral(each, GO_LIVE + 30, None) for each in range(8)]
    rows += [referral(20, GO_LIVE + 30, 5)]  # who has bought for long
    rows += [referral(2, GO_LIVE + YEAR - 1, None)]
    found = made("referral_rate", world(referrals=rows).facts())
    # customers: all 40 in each of the 13 periods; the base is known from 52 weeks after the data begin
    assert sums(found.before) == (4, 13 * 40)
    assert sums(found.after) == (9, 13 * 40)
    [whole] = found.variants
    assert sums(whole.after) == (8, 40)


@pytest.mark.parametrize(("earlier", "new"), [(0, 1), (1, 0)])
def test_who_buys_on_the_day_of_the_referral_is_a_new_lead(earlier: int, new: int) -> None:
    rows = [referral(each, GO_LIVE - 300, None) for each in range(6)] + [referral(21, GO_LIVE + 30, 900)]
    rows += [referral(2, FIRST, None), referral(2, GO_LIVE + YEAR - 1, None)]
    base = world(referrals=rows)
    base.tables["orders"].append(order(900, GO_LIVE + 30 - earlier, 1_000))
    assert sums(made("referral_rate", base.facts()).after)[0] == 1 + new


def test_referrals_without_any_customer_base() -> None:
    rows = [referral(each, day, None) for each in range(9) for day in (GO_LIVE - 90, GO_LIVE + 90)]
    orders = [order(None, day, 1_000) for day in range(GO_LIVE - 400, GO_LIVE + 300)]
    found = made("referral_rate", World({"orders": orders, "referrals": rows}).facts())
    assert found.missing == NotAssessable(code="no_customer_base", detail={"fact": "orders"})
