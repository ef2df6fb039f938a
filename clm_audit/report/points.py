"""A metric that was modelled as a share and is told as a score: the net promoter score, in points.

The score is 200 p - 100 of the share p. Its changes are points, never per cent: +8 may be from -4 to +4.
"""

from __future__ import annotations

from typing import TypeVar

from clm_audit.report import words_parts
from clm_audit.report.model import (
    Adjusted,
    MetricReport,
    Point,
    RatioReport,
    SegmentReport,
    Unknown,
    VariantReport,
    VariationReport,
    YearReport,
)
from clm_audit.report.printable import rounded

Pair = TypeVar("Pair", VariantReport, SegmentReport)


def score(share: float) -> float:
    """The score of a share.

    >>> score(0.5), score(0.65), score(0.0)
    (0.0, 30.0, -100.0)
    """
    return rounded(round(200 * share - 100, 9))


def in_points(report: MetricReport, scale: float | None) -> MetricReport:
    """The report with scores for shares, and points for shares of change; ``scale``: points of a change of one whole,
    None where there is no level to tell it from."""
    unknown = Unknown(reason=words_parts.NOTHING)
    told = {
        "before": _ratio(report.before),
        "after": _ratio(report.after),
        "observed_change": _difference(_ratio(report.before), _ratio(report.after)),
        "year_over_year": _year(report.year_over_year, scale),
        "adjusted": _adjusted(report.adjusted, scale),
        "materiality": rounded(report.materiality * (scale or 0.0)),
        "variants": tuple(_pair(each) for each in report.variants),
        "segments": tuple(_pair(each) for each in report.segments),
        "series": tuple(_point(each) for each in report.series),
        "variations": tuple(_variation(each, scale) for each in report.variations),
        "parts": unknown,
        "change_unit": "points",
    }
    return report.model_copy(update=told)


def _ratio(ratio: RatioReport | Unknown) -> RatioReport | Unknown:
    """The score; its numerator is what it says per hundred answers: promoters less detractors."""
    if isinstance(ratio, Unknown):
        return ratio
    less = 2 * float(ratio.numerator) - float(ratio.denominator)
    return ratio.model_copy(update={"value": score(ratio.value), "numerator": rounded(less)})


def _difference(before: RatioReport | Unknown, after: RatioReport | Unknown) -> float | Unknown:
    if isinstance(before, Unknown):
        return before
    return after if isinstance(after, Unknown) else rounded(after.value - before.value)


def _pair(each: Pair) -> Pair:
    """A variant or a segment."""
    before, after = _score(each.before), _score(each.after)
    change = each.change
    if not isinstance(before, Unknown) and not isinstance(after, Unknown):
        change = rounded(after - before)
    return each.model_copy(update={"before": before, "after": after, "change": change})


def _score(side: float | Unknown) -> float | Unknown:
    return side if isinstance(side, Unknown) else score(side)


def _point(point: Point) -> Point:
    names = ("value", "expected", "low", "high")
    values = {name: getattr(point, name) for name in names}
    return point.model_copy(update={name: None if value is None else score(value) for name, value in values.items()})


def _year(year: YearReport | Unknown, scale: float | None) -> YearReport | Unknown:
    if isinstance(year, Unknown) or scale is None:
        return year
    return year.model_copy(update={"change": rounded(year.change * scale)})


def _adjusted(adjusted: Adjusted | Unknown, scale: float | None) -> Adjusted | Unknown:
    if isinstance(adjusted, Unknown) or scale is None:
        return adjusted
    names = ("effect", "low", "high")
    path = tuple(
        each.model_copy(update={name: rounded(getattr(each, name) * scale) for name in names}) for each in adjusted.path
    )
    sizes = {name: rounded(getattr(adjusted, name) * scale) for name in (*names, "detectable")}
    return adjusted.model_copy(update={**sizes, "path": path, "unit": "points"})


def _variation(variation: VariationReport, scale: float | None) -> VariationReport:
    names = ("effect", "low", "high")
    return variation.model_copy(update={name: rounded(getattr(variation, name) * (scale or 0.0)) for name in names})
