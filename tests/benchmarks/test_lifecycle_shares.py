"""The benchmark of entrants' shares: it counts as a person would, and its page shows its result."""

from __future__ import annotations

import json

import numpy as np
import pytest
from effects import NONE, Effect
from shares import HORIZON, OURS, PAGE, PROPORTIONS, RESULTS, Company, cohorts, draw, summary, totals, tried, written
from simulated import WEEKS

LIVE, END = 80, 119


@pytest.fixture(scope="module")
def company() -> Company:
    return draw(np.random.default_rng(4))


def test_who_bought_again_in_time_is_counted_customer_by_customer() -> None:
    pace = np.log(np.full(7 * WEEKS, 0.01))
    day = np.array([0, 3, 8, 560, 561])
    company = Company(day, np.array([0.5, 0.95, 0.85, 0.85, 1.0]), pace)
    came, again = cohorts(company, NONE, 7 * LIVE, 7 * END)
    assert came[[0, 1, 80]].tolist() == [2, 1, 2]
    assert again[[0, 1, 80]].tolist() == [1, 1, 1]  # 90 days at a pace of 0.01 use up a patience of 0.9
    assert came.sum() == 5
    lifted = cohorts(company, Effect(0.2), 7 * LIVE, 7 * END)[1]
    assert lifted[[0, 1, 80]].tolist() == [1, 1, 2]  # 1.08 after go-live, nothing before


def test_the_half_watched_are_in_no_period(company: Company) -> None:
    found = totals(company, NONE, LIVE, END)
    came, again = cohorts(company, NONE, 7 * LIVE, 7 * END)
    weeks = round(52.1775 / found.ppy)
    shown = np.isfinite(found.num)
    first = (found.start - found.start[found.n0]) // 7 + LIVE
    for at, known in zip(first, shown, strict=True):
        inside = range(at, at + weeks)
        watched = all(
            (7 * week + 7 + HORIZON <= 7 * LIVE) or (week >= LIVE and 7 * week + 7 + HORIZON <= 7 * END)
            for week in inside
        )
        assert known == watched
    assert found.num[shown][0] == again[first[shown][0] : first[shown][0] + weeks].sum()
    assert found.den[shown][-1] == came[first[shown][-1] : first[shown][-1] + weeks].sum()
    assert not shown[found.n0 - 1]  # the quarter before go-live saw both systems


def test_a_test_that_takes_entrants_for_coins_is_caught() -> None:
    found = [one for number in range(12) for one in tried(3, number)]
    for methods in summary(found).values():
        assert methods[OURS]["coverage"]["none"]["share"] >= methods[PROPORTIONS]["coverage"]["none"]["share"]
        assert methods[OURS]["coverage"]["none"]["share"] > 0.8
        assert methods[OURS]["truth"]["none"] == 0.0 < methods[OURS]["truth"]["step +10 %"] < 0.1


def test_the_page_shows_the_stored_result() -> None:
    found = json.loads(RESULTS.read_text("utf-8"))
    page = PAGE.read_text("utf-8")
    assert page == written(page, found), "run benchmarks/truth/shares.py"
    assert found["companies"] >= 200
