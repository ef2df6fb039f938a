"""Ready-made KPI tables: monthly or weekly rows take the place of what would be computed."""

from __future__ import annotations

import itertools
from datetime import date

import numpy as np
import pytest

from clm_audit.measures.measure import measure
from clm_audit.measures.model import MetricTotals, Ratio, day_number, to_date
from clm_audit.report.words_metrics import definition
from measures.world import Row, World, plan

GO_LIVE = date(2024, 7, 1)


def months(first: tuple[int, int], count: int) -> list[tuple[int, int]]:
    """First day and first day of the next, of so many months."""
    at = [(first[0] * 12 + first[1] - 1 + k) for k in range(count + 1)]
    days = [day_number(date(each // 12, each % 12 + 1, 1)) for each in at]
    return list(itertools.pairwise(days))


def table(spans: list[tuple[int, int]], segment: int = 0, factor: int = 1) -> list[Row]:
    return [
        {"metric": "purchase_frequency", "day": a, "until": b, "numerator": factor * (100.0 + i), "denominator": 50.0}
        | {"segment": segment}
        for i, (a, b) in enumerate(spans)
    ]


def found(rows: list[Row], go_live: date = GO_LIVE, **changes: object) -> MetricTotals:
    measured = measure(plan(go_live=go_live, **changes), World({"series": rows}).facts())
    assert [each.missing.code for each in measured.metrics[1:] if each.missing] == ["missing_fact"] * 5
    return measured.metrics[0]


def test_months() -> None:
    spans = months((2022, 7), 36)
    metric = found(table(spans))
    assert metric.start.tolist() == [a for a, _ in spans]
    assert metric.num.tolist() == [100.0 + i for i in range(36)]
    assert (metric.n0, metric.ppy, metric.s2) == (24, 12.0, None)
    assert metric.how["source"] == "series"
    assert isinstance(metric.before, Ratio)
    assert isinstance(metric.after, Ratio)
    assert metric.after.numerator == sum(100 + i for i in range(24, 36))
    assert metric.before.numerator == sum(100 + i for i in range(12, 24))
    assert metric.after.denominator == 12 * 50


def test_the_month_of_go_live_is_missing_when_go_live_is_in_its_middle() -> None:
    metric = found(table(months((2022, 7), 36)), date(2024, 7, 15))
    assert metric.n0 == 25
    assert np.flatnonzero(np.isnan(metric.num)).tolist() == [24]


def test_washout_months_are_missing() -> None:
    metric = found(table(months((2022, 7), 36)), washout_weeks=6)
    assert np.flatnonzero(np.isnan(metric.num)).tolist() == [24, 25]


def test_a_month_that_the_table_leaves_out_is_missing_not_skipped() -> None:
    spans = months((2022, 7), 36)
    metric = found(table([*spans[:5], *spans[7:]]))
    assert metric.start.size == 36
    assert np.flatnonzero(np.isnan(metric.num)).tolist() == [5, 6]
    assert metric.start.tolist() == [a for a, _ in spans]


def test_weeks() -> None:
    start = day_number(GO_LIVE) - 7 * 60
    metric = found(table([(start + 7 * i, start + 7 * i + 7) for i in range(90)]))
    assert (metric.n0, metric.start.size) == (60, 90)
    assert metric.ppy == pytest.approx(52.1775)


def test_segments_add_up_when_no_row_is_the_whole() -> None:
    spans = months((2022, 7), 36)
    parts = [*table(spans, 1), *table(spans, 2, 3)]
    metric = found(parts)
    assert metric.num.tolist() == [4 * (100.0 + i) for i in range(36)]
    assert metric.den.tolist() == [100.0] * 36
    assert [(each.column, each.label) for each in metric.segments] == [("region", "North"), ("region", "South")]
    assert found([*parts, *table(spans, 0, 5)]).num[0] == 500.0


def test_periods_that_overlap_are_refused() -> None:
    spans = months((2022, 7), 36)
    metric = found([*table(spans), *table([(spans[3][0] + 5, spans[3][1] + 5)])])
    assert metric.missing is not None
    assert metric.missing.code == "overlapping_rows"


def test_a_table_of_one_side_only() -> None:
    metric = found(table(months((2024, 7), 12)))
    assert metric.missing is not None
    assert metric.missing.code == "one_side_only"


def test_windows_of_monthly_rows_are_those_of_the_rows() -> None:
    """Whole years of months are not 52 weeks: the windows say what is summed, to the day."""
    rows = table(months((2022, 1), 36))
    measured = measure(plan(go_live=date(2024, 1, 1)), World({"series": rows}).facts())
    spans = [tuple(map(to_date, span)) for span in (measured.calendar.before, measured.calendar.after)]
    assert spans == [(date(2023, 1, 1), date(2024, 1, 1)), (date(2024, 1, 1), date(2025, 1, 1))]
    metric = measured.metrics[0]
    assert isinstance(metric.before, Ratio)
    assert metric.before.denominator == 12 * 50
    assert (metric.how["before_from"], metric.how["before_to"]) == ("2023-01-01", "2023-12-31")
    said = definition("purchase_frequency", metric.how)
    assert "2023-01-01 to 2023-12-31 (before)" in said
    assert "Active" not in said
