"""The same weeks a year apart, against sums made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clm_audit.measures.model import MetricTotals
from clm_audit.report.model import Unknown, YearReport
from clm_audit.report.year_over_year import year_over_year
from report import worlds


def item() -> MetricTotals:
    return worlds.totals_of("purchase_frequency", worlds.calendar())


def test_each_period_is_compared_with_the_one_52_weeks_before() -> None:
    one = item()
    start, num, den = one.start.tolist(), one.num, one.den
    pairs = [(start.index(day - 364), at) for at, day in enumerate(start) if at >= one.n0 and day - 364 in start]
    old = sum(num[a] for a, _ in pairs) / sum(den[a] for a, _ in pairs)
    new = sum(num[b] for _, b in pairs) / sum(den[b] for _, b in pairs)
    found = year_over_year(one)
    assert isinstance(found, YearReport)
    assert found.change == pytest.approx(new / old - 1, rel=1e-9)
    assert found.weeks == 4 * len(pairs)


def test_a_missing_period_takes_its_pair_along() -> None:
    one = item()
    num = one.num.copy()
    num[one.n0] = np.nan
    full, less = year_over_year(one), year_over_year(replace(one, num=num))
    assert isinstance(full, YearReport)
    assert isinstance(less, YearReport)
    assert less.weeks == full.weeks - 4


def test_without_a_year_before_there_is_a_reason_and_no_number() -> None:
    one = item()
    keep = slice(one.n0 - 3, None)
    short = replace(one, start=one.start[keep], num=one.num[keep], den=one.den[keep], n0=3)
    assert isinstance(year_over_year(short), Unknown)
