"""The benchmark of the lifecycle in short: it draws what it says, catches what is wrong, its page is current."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from effects import NONE, Effect
from journeys import DAYS, MOST, WARM, Wait, draw, facts
from lifecycle import ALL, OURS, RESULTS, STEPS, Found, Wanted, audited, summary, truth, try_company
from lifecycle_page import PAGE, missed, tables, written
from rates import coverage, false_alarms, family

SEED, COMPANIES = 11, 4
LIVE, END = WARM + 7 * 110, WARM + 7 * 162
ONES = np.ones(DAYS)
STEP = STEPS[0]


@pytest.fixture(scope="module")
def found() -> Found:
    every = [try_company(SEED, Wanted((NONE, STEP)), number) for number in range(COMPANIES)]
    return Found([row for one in every for row in one.rows], [asked for one in every for asked in one.asked])


def test_a_wait_ends_when_its_patience_is_used_up() -> None:
    start, patience = np.array([100, 100, 100, 100]), np.array([0.095, 0.35, 0.95, 99.0])
    wait = Wait(start, patience, np.log(np.full(DAYS, 0.01)))
    assert wait.over(ONES).tolist() == [109, 134, 194, DAYS]
    assert wait.over(2 * ONES).tolist() == [104, 117, 147, DAYS]
    late = np.where(np.arange(DAYS) >= 120, 2.0, 1.0)
    assert wait.over(late).tolist() == [109, 127, 157, DAYS]
    early = replace(wait, early=1.0)  # twice the pace for 60 days
    assert early.over(ONES).tolist() == [104, 117, 147, DAYS]
    assert replace(early, patience=np.full(4, 1.55)).over(ONES).tolist() == [194] * 4


def test_a_factor_of_one_keeps_its_share_of_what_was_drawn() -> None:
    company = draw(SEED, 1)
    marks = company.marks["orders"]
    there = (marks.day >= company.joined[marks.who]) & (marks.day < company.loss.over(ONES)[marks.who])
    who, day = marks.kept(ONES, company.joined, company.loss.over(ONES))
    assert who.size == day.size == pytest.approx(there.sum() / MOST, rel=0.03)


def test_the_future_is_in_no_table_and_an_effect_spares_the_past() -> None:
    lifted = Effect(0.2).factor(np.arange(DAYS), LIVE, END)
    for number in (0, 1):
        company = draw(SEED, number)
        for name, frame in facts(company, ONES, END).tables.items():
            table, touched = frame.collect(), facts(company, lifted, END).tables[name].collect()
            when = "acquired" if name == "customers" else "day"
            last = table[when].max()
            assert last is not None, name
            assert last < company_day(END), name
            if name not in ("subscriptions", "surveys"):
                past = [one.filter(one[when] < company_day(LIVE))[when].sort() for one in (table, touched)]
                assert past[0].equals(past[1]), name


def test_a_price_list_changes_what_everybody_pays_on_its_day() -> None:
    """By the same factor, but for the rounding to a cent; and nobody who pays goes away for it."""
    lists = {number: draw(SEED, number).lists for number in range(0, 20, 2)}
    assert 3 <= sum(days.size > 0 for days, _ in lists.values()) <= 8
    number, (days, level) = next((one, each) for one, each in lists.items() if (each[0] > WARM).any())
    at = int(np.flatnonzero(days > WARM)[0])
    factor = level[at] / (level[at - 1] if at else 1.0)
    table = facts(draw(SEED, number), ONES, END).tables["subscriptions"].collect()
    day = company_day(int(days[at]))
    before, after = (table.filter(table[when] == day).select("customer", "monthly") for when in ("until", "day"))
    both = before.join(after, on="customer", suffix="_new")
    assert both.height > 100
    assert before.filter(before["customer"].is_in(both["customer"]).not_()).height < 0.05 * both.height
    moved = (both["monthly_new"] / both["monthly"]).to_numpy()
    assert np.median(moved) == pytest.approx(factor, rel=1e-3)
    assert np.mean(np.abs(moved / factor - 1) < 0.01) > 0.95


def test_some_metrics_alone_give_what_they_give_among_all() -> None:
    company = draw(SEED, 0)
    alone, among = audited(company, NONE, LIVE, END, ("nrr",)), audited(company, NONE, LIVE, END)
    assert list(alone) == ["nrr"]
    one, other = alone["nrr"][1].effect, among["nrr"][1].effect
    assert one is not None
    assert other is not None
    assert (one.log_effect, one.se) == (other.log_effect, other.se)


def company_day(day: int) -> int:
    """The day number of a day of a company."""
    from journeys import ZERO

    return ZERO + day


@pytest.mark.parametrize("number", [0, 1])
def test_an_effect_moves_every_metric_the_way_it_should(number: int) -> None:
    company = draw(SEED, number)
    twin = audited(company, NONE, LIVE, END)
    looked = audited(company, Effect(0.2), LIVE, END)
    for metric, (totals, finding) in looked.items():
        if finding.effect is not None:
            change = truth(totals, twin[metric][0])
            assert truth(twin[metric][0], twin[metric][0]) == 0.0
            worse = metric in ("churn_rate", "first_90_day_churn")
            assert (change < 0) == worse, metric
            assert abs(change) < 0.6, metric
    assert sum(finding.effect is not None for _, finding in looked.values()) >= 7


def test_few_false_alarms_and_wide_enough_intervals(found: Found) -> None:
    """At 5 % and about 70 tests that hang together, more than one in seven has a chance below 1 %."""
    quiet = [row for row in found.rows if row.arm == NONE.name]
    assert len(quiet) >= 50
    assert false_alarms(quiet).share < 0.15
    assert family(quiet).share <= 2 / 8
    assert coverage(found.rows).share > 0.87


def test_half_the_width_is_caught(found: Found) -> None:
    halved = [
        row._replace(se=row.se / 2, low=(row.low + row.effect) / 2, high=(row.high + row.effect) / 2)
        for row in found.rows
    ]
    assert coverage(halved).share < coverage(found.rows).share - 0.05
    assert false_alarms([row for row in halved if row.arm == NONE.name]).share > 0.05


def test_the_tables_hold_every_metric_and_every_miss(found: Found) -> None:
    told = {"companies": COMPANIES, "seed": SEED, "kinds": summary(found)}
    printed = tables(told)
    for kind, metric in {(row.group, row.metric) for row in found.rows}:
        assert f"| {kind}, {metric} |" in printed
    assert "nan" not in printed
    always = [row._replace(effect=9.0, low=8.9, high=9.1, se=0.05, method=OURS) for row in found.rows]
    caught = missed({"kinds": summary(Found(always, found.asked))})
    assert "| shop, all | family at most 5 % |" in caught
    assert "| yes |" in caught


def test_the_page_shows_the_stored_result() -> None:
    stored = json.loads(RESULTS.read_text("utf-8"))
    page = PAGE.read_text("utf-8")
    assert page == written(page, stored), "run benchmarks/truth/lifecycle_page.py"
    assert stored["companies"] >= 60
    for of in stored["kinds"].values():
        assert of[ALL]["false_alarms"]["low"] <= 0.05
