"""One metric of the report: its totals and its finding made printable."""

from __future__ import annotations

import math

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import MetricId
from clm_audit.inference.model import Effect, Finding
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.measures.model import WEEKS_PER_YEAR, MetricTotals, Ratio, SegmentRatio, Variant, to_date
from clm_audit.report import words_course, words_findings, words_metrics, words_mix, words_parts
from clm_audit.report.compose_control import control_report
from clm_audit.report.model import (
    Adjusted,
    Lean,
    MetricReport,
    MixReport,
    PartsReport,
    PathPointReport,
    Point,
    RatioReport,
    SegmentReport,
    SensitivityReport,
    ShareReport,
    Unknown,
    VariantReport,
    VariationReport,
)
from clm_audit.report.points import in_points
from clm_audit.report.printable import known, point, ratio_value, rounded, units, unknown
from clm_audit.report.year_over_year import year_over_year

LEAST_CUSTOMERS = 5


def metric_report(item: MetricTotals, finding: Finding, currency: str | None, segment: str = "") -> MetricReport:
    """One metric of the report; ``currency`` is None when nobody states one, ``segment`` that of the control group."""
    declared = CATALOGUE[item.metric]
    currency = str(item.how["currency"]) if "currency" in item.how else currency
    report = MetricReport(
        id=item.metric,
        question=words_metrics.question(item.metric),
        question_number=declared.question,
        name=words_metrics.name(item.metric),
        unit=words_metrics.unit(item.metric, currency, item.how),
        better=declared.better,
        before=_ratio(item.metric, item.before),
        after=_ratio(item.metric, item.after),
        observed_change=known(finding.observed_change),
        year_over_year=year_over_year(item),
        adjusted=_adjusted(finding),
        finding=finding.value,
        finding_sentence=words_findings.sentence(finding),
        lean=_lean(finding),
        reason=words_findings.reason(finding),
        remedy=words_findings.remedy(finding),
        why_different=words_findings.why_different(finding, _base_weeks(item)),
        materiality=finding.materiality,
        definition=words_metrics.definition(item.metric, item.how),
        variants=tuple(_variant(item.metric, variant, currency) for variant in item.variants),
        segments=tuple(_segment(part) for part in item.segments if part.customers >= LEAST_CUSTOMERS),
        weeks_per_period=max(1, round(WEEKS_PER_YEAR / item.ppy)) if item.ppy else 1,
        series=_series(item, finding.effect),
        method=words_findings.method(finding),
        how_sure=words_course.how_sure(finding, item.shown),
        variations=_variations(finding),
        parts=_parts(finding),
        mix=_mix(finding),
        sensitivity=_sensitivity(item),
        control=control_report(finding, segment),
    )
    return report if declared.unit != "points" else in_points(report, finding.points)


def _base_weeks(item: MetricTotals) -> int | None:
    """Weeks of history that serve to tell who is active, if this metric needs that."""
    weeks = item.how.get("base_weeks")
    return int(weeks) if weeks is not None else None


def _ratio(metric: MetricId, ratio: Ratio | NotAssessable) -> RatioReport | Unknown:
    if isinstance(ratio, NotAssessable):
        return unknown(ratio)
    is_money = CATALOGUE[metric].unit == "money"
    return RatioReport(
        value=rounded(ratio.value),
        numerator=units(ratio.numerator) if is_money else rounded(ratio.numerator),
        denominator=rounded(ratio.denominator),
        weeks=rounded(ratio.weeks),
    )


def _adjusted(finding: Finding) -> Adjusted | Unknown:
    effect = finding.effect
    if effect is None:
        return Unknown(reason=words_findings.reason(finding))
    return Adjusted(
        effect=rounded(effect.effect),
        low=rounded(effect.low),
        high=rounded(effect.high),
        p=rounded(effect.p),
        p_holm=rounded(effect.p if finding.p_holm is None else finding.p_holm),
        detectable=rounded(effect.detectable),
        years_before=rounded(effect.years_before),
        season_seen=effect.season_seen,
        unseen_season=rounded(effect.unseen),
        season_sd=rounded(effect.season_sd),
        placebo_z=tuple(rounded(z) for z in effect.placebo_z),
        false_alarms=effect.false_alarms,
        path=tuple(
            PathPointReport(
                months=each.months, effect=rounded(each.effect), low=rounded(each.low), high=rounded(each.high)
            )
            for each in effect.path
        ),
        course=effect.course,
    )


def _parts(finding: Finding) -> PartsReport | Unknown:
    parts = finding.parts
    if parts is None:
        return Unknown(reason=words_parts.NOTHING)
    return PartsReport(
        **{name: rounded(size) for name, size in parts._asdict().items()}, observed=rounded(parts.observed)
    )


def _mix(finding: Finding) -> MixReport | Unknown:
    mix = finding.mix
    if mix is None:
        return Unknown(reason=words_mix.NOT_SPLIT)
    if isinstance(mix, NotAssessable):
        return unknown(mix)
    who, how = (
        ShareReport(value=rounded(part.value), low=rounded(part.low), high=rounded(part.high))
        for part in (mix.who, mix.how)
    )
    return MixReport(who_buys=who, how_they_buy=how, followed=mix.every, tenure_weeks=mix.weeks)


def _sensitivity(item: MetricTotals) -> SensitivityReport | Unknown:
    if item.shown is None:
        return Unknown(reason=words_mix.NOT_TRIED)
    return SensitivityReport(fewer=rounded(item.shown.fewer), change=rounded(item.shown.change))


def _variations(finding: Finding) -> tuple[VariationReport, ...]:
    return tuple(
        VariationReport(
            kind=each.kind,
            what=words_course.asked(each),
            effect=rounded(each.effect),
            low=rounded(each.low),
            high=rounded(each.high),
            finding=each.value,
            flips=each.value != finding.value,
        )
        for each in finding.variations
    )


def _lean(finding: Finding) -> Lean | Unknown:
    better = finding.better_probability
    if finding.value != "inconclusive":
        return Unknown(reason=words_findings.NO_LEAN)
    if better is None:
        return Unknown(reason=words_findings.reason(finding))
    if better >= 0.5:
        return Lean(direction="better", probability=rounded(better))
    return Lean(direction="worse", probability=rounded(1 - better))


def _variant(metric: MetricId, variant: Variant, currency: str | None) -> VariantReport:
    return VariantReport(
        id=variant.id,
        label=words_metrics.variant_label(metric, variant.id),
        unit=words_metrics.variant_unit(variant.unit, currency),
        before=ratio_value(variant.before),
        after=ratio_value(variant.after),
        change=_change(variant.before, variant.after),
    )


def _segment(part: SegmentRatio) -> SegmentReport:
    return SegmentReport(
        column=part.column,
        label=part.label,
        before=ratio_value(part.before),
        after=ratio_value(part.after),
        change=_change(part.before, part.after),
    )


def _change(before: Ratio | NotAssessable, after: Ratio | NotAssessable) -> float | Unknown:
    if isinstance(before, NotAssessable):
        return unknown(before)
    if isinstance(after, NotAssessable):
        return unknown(after)
    if before.value == 0:
        return unknown(NotAssessable(code="zero_denominator", detail={"side": "before"}))
    return rounded(after.value / before.value - 1)


def _series(item: MetricTotals, effect: Effect | None) -> tuple[Point, ...]:
    points = []
    for at, start in enumerate(item.start):
        num, den = float(item.num[at]), float(item.den[at])
        expected = (effect.expected[at], effect.low_band[at], effect.high_band[at]) if effect else (math.nan,) * 3
        middle, low, high = (point(float(value)) for value in expected)
        value = point(num / den) if den > 0 else None
        points.append(Point(period=to_date(int(start)), value=value, expected=middle, low=low, high=high))
    return tuple(points)
