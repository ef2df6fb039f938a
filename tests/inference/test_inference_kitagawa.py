"""Who buys and how they buy: they add up, they are what the formula says, and their errors are a bootstrap's."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_audit.config.base import NotAssessable
from clm_audit.inference.kitagawa import mix, who_buys
from clm_audit.measures.model import MixTotals, Ratio

COUNTS = st.integers(1, 10_000)
CELLS = st.lists(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS), min_size=1, max_size=12)


def plain(cells):
    """Kitagawa's formula in exact fractions: who, how, both as shares of the rate before."""
    d0, d1 = (Fraction(sum(cell[place] for cell in cells)) for place in (2, 3))
    who = how = Fraction(0)
    for n0, n1, e0, e1 in cells:
        p0, p1, r0, r1 = e0 / d0, e1 / d1, Fraction(n0, e0), Fraction(n1, e1)
        who += (p1 - p0) * (r0 + r1) / 2
        how += (r1 - r0) * (p0 + p1) / 2
    before = Fraction(sum(cell[0] for cell in cells)) / d0
    return float(who / before), float(how / before)


def arrays(cells):
    n0, n1, e0, e1 = (np.array(column, dtype=float) for column in zip(*cells, strict=True))
    return np.stack([n0, n1]), np.stack([e0, e1])


@settings(max_examples=200, deadline=None)
@given(cells=CELLS)
def test_it_is_the_formula(cells):
    who, change = who_buys(*arrays(cells))
    expected = plain(cells)
    assert who == pytest.approx(expected[0], abs=1e-9 * (1 + abs(change)))
    assert change - who == pytest.approx(expected[1], abs=1e-9 * (1 + abs(change)))


@settings(max_examples=100, deadline=None)
@given(cells=CELLS, data=st.data(), scale=st.floats(0.01, 1000))
def test_order_of_cells_and_unit_do_not_show(cells, data, scale):
    num, den = arrays(cells)
    moved = arrays(data.draw(st.permutations(cells)))
    for other in (moved, (num * scale, den), (num, den * scale)):
        assert who_buys(*other) == pytest.approx(who_buys(num, den), rel=1e-9, abs=1e-9)


def test_the_same_rates_are_all_who_and_the_same_shares_all_how():
    num, den = np.array([[10.0, 90.0], [20.0, 60.0]]), np.array([[10.0, 30.0], [20.0, 20.0]])
    who, change = who_buys(num, den)
    assert who == pytest.approx(change) != 0
    who, change = who_buys(np.array([[10.0, 90.0], [30.0, 90.0]]), np.array([[10.0, 30.0], [20.0, 60.0]]))
    assert who == pytest.approx(0.0, abs=1e-12) != change


def test_a_cell_that_only_one_side_has_is_who():
    num, den = np.array([[10.0, 0.0], [10.0, 50.0]]), np.array([[10.0, 0.0], [10.0, 10.0]])
    who, change = who_buys(num, den)
    assert who == pytest.approx(change) == 2.0


def test_without_a_rate_before_there_is_nothing_to_take_apart():
    assert who_buys(np.array([[0.0], [5.0]]), np.array([[3.0], [3.0]])) is None
    assert who_buys(np.array([[1.0], [5.0]]), np.array([[0.0], [3.0]])) is None


def company(draw, customers):
    """Customers of two kinds whose share drifts: [customers, windows, kinds] of num and den."""
    num, den = np.zeros((2, customers, 2, 2))
    kind = draw.integers(0, 2, customers)
    for side in (0, 1):
        there = draw.random(customers) < np.where(kind == 1, 0.4 + 0.3 * side, 0.8)
        exposure = there * draw.integers(10, 50, customers)
        place = (np.arange(customers), side, kind)
        den[place] = exposure
        num[place] = draw.poisson(exposure * np.where(kind == 1, 0.05, 0.2) * draw.gamma(2.0, 0.5, customers))
    return num, den


def grouped(num, den, groups=32):
    group = np.arange(num.shape[0]) % groups
    return [np.stack([line[group == each].sum(axis=0) for each in range(groups)]) for line in (num, den)]


def asked(totals, num, den, every=1):
    whole = [line.sum(axis=(0, 2)) for line in (num, den)]
    before, after = (Ratio(n / d, n, d, 52.0) for n, d in zip(*whole, strict=True))
    made = totals(np.ones(30), np.ones(30), 15, before=before, after=after, mix=MixTotals(num, den, every, 52))
    return made, after.value / before.value - 1


def test_the_parts_add_up_to_the_observed_change_and_their_errors_are_those_of_a_bootstrap(totals):
    draw = np.random.default_rng(3)
    num, den = company(draw, 3000)
    made, change = asked(totals, *grouped(num, den))
    found = mix(made, change, 0.95)
    assert found.who.value + found.how.value == pytest.approx(change, abs=1e-9)
    assert found.who.value < -0.03
    drawn = []
    for _ in range(400):
        times = draw.multinomial(3000, [1 / 3000] * 3000)
        who, whole = who_buys(*(np.tensordot(times, line, 1) for line in (num, den)))
        drawn.append((who, whole - who))
    for part, spread in zip((found.who, found.how), np.std(drawn, axis=0), strict=True):
        half = (part.high - part.low) / 2 / 2.04
        assert half == pytest.approx(spread, rel=0.35)
        assert part.value == pytest.approx((part.low + part.high) / 2)


def test_of_a_sample_how_is_what_the_change_of_all_leaves(totals):
    draw = np.random.default_rng(4)
    num, den = grouped(*company(draw, 3000))
    made, change = asked(totals, num, den, every=25)
    whole, sampled = mix(asked(totals, num, den)[0], change, 0.95), mix(made, change + 0.01, 0.95)
    assert sampled.who == whole.who
    assert sampled.how.value == pytest.approx(whole.how.value + 0.01, abs=1e-9)
    assert sampled.every == 25


def test_an_interval_needs_several_groups(totals):
    num, den = np.zeros((2, 32, 2, 1))
    num[:3], den[:3] = 5.0, 10.0
    made, change = asked(totals, num, den)
    assert mix(made, change, 0.95).code == "too_few_to_split"


def test_where_it_is_not_asked_or_cannot_be_told_it_is_not(totals):
    plain_totals = totals(np.ones(30), np.ones(30), 15)
    assert mix(plain_totals, 0.1, 0.95) is None
    cohort = NotAssessable(code="one_cohort")
    assert mix(totals(np.ones(30), np.ones(30), 15, mix=cohort), 0.1, 0.95) is cohort
    num, den = grouped(*company(np.random.default_rng(1), 500))
    nothing = NotAssessable(code="zero_denominator")
    assert mix(asked(totals, num, den)[0], nothing, 0.95) is nothing
