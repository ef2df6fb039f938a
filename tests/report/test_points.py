"""A change of the net promoter score is told in points, in every field and every sentence."""

from __future__ import annotations

import random
import re
from functools import cache

import pytest

from clm_audit.inference.model import Finding
from clm_audit.measures.measure import measure
from clm_audit.measures.model import MetricTotals
from clm_audit.pipeline import assess
from clm_audit.report.compose_metric import metric_report
from clm_audit.report.model import MetricReport, Unknown
from clm_audit.report.points import score
from measures.life import answer
from measures.world import GO_LIVE, World, order, plan


@cache
def surveyed(lift: float) -> tuple[MetricTotals, Finding, MetricReport]:
    """Two years before go-live and one after it; ``lift``: the share of answers that rise."""
    draw = random.Random(4)
    rows = []
    for day in range(GO_LIVE - 728, GO_LIVE + 364):
        for _ in range(1 + day % 2):
            said = draw.choice([0, 3, 6, 7, 8, 8, 9, 10])
            if day >= GO_LIVE and draw.random() < lift:
                said = 10
            rows.append(answer(draw.randrange(10_000), day, said))
    orders = [order(day % 40, day, 1_000) for day in range(GO_LIVE - 728, GO_LIVE + 364)]
    measured = measure(plan(), World({"orders": orders, "surveys": rows}).facts())
    totals = next(one for one in measured.lifecycle if one.metric == "nps")
    finding = next(one for one in assess(plan(), measured) if one.metric == "nps")
    return totals, finding, metric_report(totals, finding, None)


def test_values_are_scores_and_changes_are_points() -> None:
    totals, finding, report = surveyed(0.5)
    assert report.change_unit == "points"
    for side, told in ((totals.before, report.before), (totals.after, report.after)):
        assert not isinstance(told, Unknown)
        promoters_less_detractors = 2 * side.numerator - side.denominator
        assert told.value == pytest.approx(100 * promoters_less_detractors / side.denominator)
        assert told.numerator == pytest.approx(promoters_less_detractors)
    assert not isinstance(report.adjusted, Unknown)
    assert report.adjusted.unit == "points"
    assert report.observed_change == pytest.approx(report.after.value - report.before.value)
    assert report.adjusted.low < report.adjusted.effect < report.adjusted.high
    # half of the answers become tens: from a score near -12 to one near +44
    assert report.adjusted.low < 56 < report.adjusted.high
    assert finding.value == "improved"


def test_no_sentence_gives_a_change_of_the_score_in_per_cent() -> None:
    for lift in (0.0, 0.5):
        _, _, report = surveyed(lift)
        said = " ".join((report.finding_sentence, report.why_different, report.remedy, *report.how_sure))
        rest = re.sub(r"95 % interval|\(\d+ % sure\)|over 99 % sure", "", said)
        assert "%" not in rest, rest
        assert "points" in said


def test_the_series_is_one_of_scores() -> None:
    totals, _, report = surveyed(0.5)
    values = [point.value for point in report.series if point.value is not None]
    shares = [num / den for num, den in zip(totals.num, totals.den, strict=True) if num == num]
    assert values == pytest.approx([score(share) for share in shares])
    assert all(-100 <= value <= 100 for value in values)
    assert min(values) < 0 < max(values)


def test_the_variant_by_customer_is_a_score() -> None:
    _, _, report = surveyed(0.5)
    [variant] = report.variants
    assert variant.unit == "points"
    assert variant.change == pytest.approx(variant.after - variant.before)


def test_scores_reach_from_minus_to_plus_a_hundred() -> None:
    assert [score(share) for share in (0.0, 0.5, 1.0)] == [-100.0, 0.0, 100.0]
