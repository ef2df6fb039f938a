"""The truth benchmark in short: it must praise the product and catch methods that are wrong, or it measures nothing."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from contenders import Answer, Case, always_improved, welch, year_over_year
from effects import NONE, Effect, inject
from product import Look, estimated
from rates import coverage, critical, evidence, false_alarms, family, power, rate, summary
from realtables import go_lives as real_go_lives
from run import Task, done, known, save_records
from scipy import stats
from show import tables
from simulated import FIRST_DAY, go_lives, simulate
from statements import statements
from trial import OURS, Records, Row, try_world

SEED, COMPANIES = 5, 4
STEP = Effect(0.10)
HALF, ALWAYS = "half the width", "always improved"


def half(case: Case) -> Answer:
    """The product's estimate with half its standard error."""
    effect = estimated(case.totals, case.series)
    return Answer(effect.log_effect, effect.se / 2, float(effect.df))


@pytest.fixture(scope="module")
def records() -> Records:
    methods = {ALWAYS: always_improved, HALF: half, "weekly Welch": welch}
    found = Records([], [])
    for number in range(COMPANIES):
        world = simulate(SEED, number)
        dates = go_lives(world, SEED, number)
        one = try_world(world, dates, methods, (SEED, number), (NONE, STEP))
        found.rows.extend(one.rows)
        found.said.extend(one.said)
    return found


def chosen(records: Records, method: str, arm: Effect = NONE) -> list[Row]:
    return [row for row in records.rows if row.method == method and row.arm == arm.name]


def test_who_always_finds_something_is_caught(records: Records) -> None:
    quiet = chosen(records, ALWAYS)
    assert len(quiet) >= 30
    assert false_alarms(quiet).share == family(quiet).share == 1.0
    assert coverage(quiet).share == 0.0


def test_half_the_width_does_not_cover(records: Records) -> None:
    """At a true coverage of 95 % half the interval covers about 69 %; the product itself passes the same look."""
    ours, halved = (coverage(chosen(records, name) + chosen(records, name, STEP)) for name in (OURS, HALF))
    assert ours.tests == halved.tests >= 60
    assert halved.share < 0.87 < ours.share
    assert halved.high < 0.95


def test_the_product_raises_few_false_alarms(records: Records) -> None:
    """At a true rate of 5 % three or more alarms in eight audits have a chance of 0.6 %."""
    assert family(chosen(records, OURS)).share <= 2 / 8
    assert false_alarms(chosen(records, OURS)).share < false_alarms(chosen(records, "weekly Welch")).share


def test_what_was_put_in_is_the_truth(records: Records) -> None:
    """Costs are scaled exactly; orders and answers are drawn, so that their truth only lies near."""
    for row in chosen(records, OURS, STEP):
        off = {"acquisition_cost": 1e-3, "service_cost": 0.02}.get(row.metric, 0.06)
        assert abs(row.truth - math.log(1.1)) < off, row.metric
    assert all(row.truth == 0.0 for row in chosen(records, OURS))


def test_rescaled_methods_raise_exactly_five_percent(records: Records) -> None:
    for method in (OURS, HALF, "weekly Welch"):
        quiet = chosen(records, method)
        exact = critical(quiet)
        assert exact is not None
        assert abs(sum(evidence(row) > exact for row in quiet) - 0.05 * len(quiet)) <= 1
        assert power(chosen(records, method, STEP), exact).tests == len(chosen(records, method, STEP))


def test_rescaling_takes_away_what_a_wrong_width_gave(records: Records) -> None:
    """Half the width finds more as it is, and exactly as much at equal false alarms."""
    reached = {}
    for method in (OURS, HALF):
        exact = critical(chosen(records, method))
        assert exact is not None
        reached[method] = [power(chosen(records, method, STEP), at).share for at in (-math.log(0.05), exact)]
    assert reached[HALF][0] > reached[OURS][0]
    assert reached[HALF][1] == pytest.approx(reached[OURS][1], abs=0.05)


def test_every_audit_is_told_and_every_table_printed(records: Records) -> None:
    told = statements(records.said)["simulated"]
    assert told["verdict_decided"]["tests"] == 2 * COMPANIES
    found = {"groups": summary(records.rows), "statements": statements(records.said)}
    printed = tables(found)
    assert "simulated, step +10 %" in printed
    assert "nan" not in printed


def test_the_facts_hold_what_was_simulated() -> None:
    """Orders and revenue per week, counted with numpy alone."""
    world = simulate(SEED, 0)
    go_live, end = go_lives(world, SEED, 0)[0]
    seen = world.until(end)
    totals = {one.metric: one for one in Look.at(seen, go_live).measured.metrics}["transaction_size"]
    assert totals.how["weeks_per_period"] == 1
    for start, net, orders in zip(totals.start, totals.num, totals.den, strict=True):
        rows = (seen.orders.day >= start) & (seen.orders.day < start + 7)
        assert orders == rows.sum()
        assert net == pytest.approx(seen.orders.net[rows].sum() / 100)


def test_a_company_is_the_same_every_time_and_an_effect_spares_the_past() -> None:
    one, other = simulate(SEED, 1), simulate(SEED, 1)
    assert all(
        np.array_equal(a, b) for a, b in zip(vars(one.orders).values(), vars(other.orders).values(), strict=True)
    )
    go_live = FIRST_DAY + 7 * 110
    touched = inject(one, Effect(-0.10), go_live, np.random.default_rng(0)).orders
    early, kept = one.orders.day < go_live, touched.day < go_live
    assert np.array_equal(one.orders.net[early], touched.net[kept])
    assert (~kept).sum() == pytest.approx(0.9 * (~early).sum(), rel=0.03)


def test_textbook_contenders_are_the_textbook() -> None:
    world = simulate(SEED, 2)
    go_live, end = go_lives(world, SEED, 2)[0]
    totals, series = next(iter(Look.at(world.until(end), go_live).assessable()))
    case = Case(totals, series)
    before, after = case.y[~case.after], case.y[case.after]
    mine, theirs = welch(case), stats.ttest_ind(after, before, equal_var=False)
    assert mine is not None
    assert mine.effect / mine.se == pytest.approx(theirs.statistic)
    assert mine.df == pytest.approx(theirs.df)
    paired = year_over_year(case)
    count = min(after.size, 52)
    earlier = case.y[series.periods_before - 52 : series.periods_before - 52 + count]
    assert paired is not None
    assert paired.effect / paired.se == pytest.approx(stats.ttest_rel(after[:count], earlier).statistic)


def test_clusters_widen_an_interval() -> None:
    """Ten tests of one company are one piece of evidence when they always agree."""
    hits = [False] * 180 + [True] * 20
    alone = rate(hits, list(range(200)))
    together = rate(hits, [place // 10 for place in range(200)])
    assert alone.share == together.share == 0.1
    wilson = stats.binomtest(20, 200).proportion_ci(method="wilson")
    assert (alone.low, alone.high) == pytest.approx((wilson.low, wilson.high), abs=0.002)
    assert together.high - together.low > 2 * (alone.high - alone.low)
    assert rate([False] * 40, [place // 10 for place in range(40)]).high > 0.4


def test_made_up_dates_lie_inside_the_data() -> None:
    world = replace(simulate(SEED, 3), end=FIRST_DAY + 7 * 52)
    dates = real_go_lives(world)
    assert [day for day, _ in dates] == [FIRST_DAY + 7 * week for week in range(26, 41, 2)]


def test_a_run_goes_on_where_another_stopped(records: Records, tmp_path: Path) -> None:
    """What was kept is read back as it was, and its companies are not tried again."""
    save_records(records, tmp_path / "kept")
    again = known(tmp_path / "kept")
    assert repr(again) == repr(records)  # a NaN is no other number, and each has all its digits
    clusters = {(False, row.cluster) for row in again.rows}
    assert [done(task, clusters) for task in (Task(0), Task(0, young=True), Task(COMPANIES))] == [True, False, False]
