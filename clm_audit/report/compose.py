"""All parts of an audit -> one frozen :class:`AuditReport`: numbers made printable, codes turned into sentences.

Nothing is computed here that could change an answer. Missing points are None, *cannot say* is an object with
its reason, money in totals and ratios is an exact decimal string, groups under five customers are left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from clm_audit import __version__
from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan, MetricId
from clm_audit.facts.ledger import settle
from clm_audit.facts.model import Facts
from clm_audit.inference.model import Effect, Finding
from clm_audit.intake.model import Exports
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.measures.model import (
    WEEKS_PER_YEAR,
    Calendar,
    Measured,
    MetricTotals,
    Ratio,
    SegmentRatio,
    Variant,
    to_date,
)
from clm_audit.measures.windows import MONEY
from clm_audit.report import words_checks, words_findings, words_metrics, words_reasons, words_verdict
from clm_audit.report.model import (
    Adjusted,
    AnswerReport,
    AuditReport,
    CheckOnlyReport,
    CheckReport,
    EventReport,
    Figure,
    Lean,
    MetricReport,
    PlainReport,
    Point,
    RatioReport,
    SegmentReport,
    Span,
    Tool,
    Unknown,
    VariantReport,
    VerdictReport,
    Windows,
)
from clm_audit.report.numbers import decimal_string
from clm_audit.report.plan_echo import echo
from clm_audit.report.words_assumptions import assumptions
from clm_audit.verdict.model import Answer, Check, Judgement, PlainReading

FIRST_REJECTS = 100
LEAST_CUSTOMERS = 5
SIDES: tuple[Literal["before", "after"], ...] = ("before", "after")
TITLE = "Did the CRM pay off?"
DIGITS = 12  # significant digits of printed floats: the last ones depend on the machine


def compose(
    plan: AuditPlan,
    exports: Exports,
    facts: Facts,
    measured: Measured,
    findings: Sequence[Finding],
    judgement: Judgement,
) -> AuditReport:
    """The report of a whole audit. Raises ArithmeticError when the ledger does not add up (a bug)."""
    currency = None if isinstance(facts.currency, NotAssessable) else facts.currency
    by_metric = {finding.metric: finding for finding in findings}
    return AuditReport(
        tool=Tool(version=__version__),
        title=plan.title or TITLE,
        client=plan.report.client,
        author=plan.report.author,
        currency=_unknown(facts.currency) if isinstance(facts.currency, NotAssessable) else facts.currency,
        plan=echo(plan),
        files=settle(facts.files, measured.outside),
        unknown_files=exports.unknown,
        rejects=facts.rejects[:FIRST_REJECTS],
        reject_count=len(facts.rejects),
        windows=_windows(measured.calendar),
        totals={side: _totals(measured, at, currency) for at, side in enumerate(SIDES)},
        metrics=tuple(_metric(item, by_metric[item.metric], currency) for item in measured.metrics),
        checks=_checks(judgement.checks),
        plain=_plain(judgement.plain),
        verdict=_verdict(judgement, findings),
        gate=judgement.gate,
        events=tuple(EventReport(date=item.date, what=item.what, is_break=item.is_break) for item in plan.events),
        assumptions=assumptions(plan, facts, measured),
    )


def compose_check(plan: AuditPlan, exports: Exports, facts: Facts, checks: Sequence[Check]) -> CheckOnlyReport:
    """The ledger and the data checks alone: what ``clm-audit check`` prints. No windows, so nothing is outside."""
    return CheckOnlyReport(
        tool=Tool(version=__version__),
        plan=echo(plan),
        files=settle(facts.files, {}),
        unknown_files=exports.unknown,
        rejects=facts.rejects[:FIRST_REJECTS],
        reject_count=len(facts.rejects),
        checks=_checks(checks),
    )


def _windows(calendar: Calendar) -> Windows:
    return Windows(
        before=_span(calendar.before),
        after=_span(calendar.after),
        washout_weeks=calendar.washout_weeks,
        season_aligned=calendar.season_aligned,
        go_live=to_date(calendar.go_live),
        go_live_derived=calendar.derived_go_live,
        history_from=to_date(calendar.span[0]),
    )


def _span(days: tuple[int, int]) -> Span:
    return Span(start=to_date(days[0]), end=to_date(days[1]), weeks=round((days[1] - days[0]) / 7, 1))


def _totals(measured: Measured, at: int, currency: str | None) -> dict[str, Figure | Unknown]:
    return {name: _figure(name, both[at], currency) for name, both in measured.window_totals.items()}


def _figure(name: str, value: float | NotAssessable, currency: str | None) -> Figure | Unknown:
    if isinstance(value, NotAssessable):
        return _unknown(value)
    if name in MONEY:
        return Figure(value=decimal_string(value), currency=currency)
    return Figure(value=int(value) if float(value).is_integer() else _rounded(value))


def _metric(item: MetricTotals, finding: Finding, currency: str | None) -> MetricReport:
    declared = CATALOGUE[item.metric]
    return MetricReport(
        id=item.metric,
        question=words_metrics.question(item.metric),
        question_number=declared.question,
        name=words_metrics.name(item.metric),
        unit=words_metrics.unit(item.metric, currency),
        better=declared.better,
        before=_ratio(item.metric, item.before),
        after=_ratio(item.metric, item.after),
        observed_change=_known(finding.observed_change),
        adjusted=_adjusted(finding),
        finding=finding.value,
        finding_sentence=words_findings.sentence(finding),
        lean=_lean(finding),
        reason=words_findings.reason(finding),
        remedy=words_findings.remedy(finding),
        why_different=words_findings.why_different(finding),
        materiality=finding.materiality,
        definition=words_metrics.definition(item.metric, item.how),
        variants=tuple(_variant(item.metric, variant, currency) for variant in item.variants),
        segments=tuple(_segment(part) for part in item.segments if part.customers >= LEAST_CUSTOMERS),
        weeks_per_period=max(1, round(WEEKS_PER_YEAR / item.ppy)) if item.ppy else 1,
        series=_series(item, finding.effect),
    )


def _ratio(metric: MetricId, ratio: Ratio | NotAssessable) -> RatioReport | Unknown:
    if isinstance(ratio, NotAssessable):
        return _unknown(ratio)
    is_money = CATALOGUE[metric].unit == "money"
    return RatioReport(
        value=_rounded(ratio.value),
        numerator=_units(ratio.numerator) if is_money else _rounded(ratio.numerator),
        denominator=_rounded(ratio.denominator),
        weeks=_rounded(ratio.weeks),
    )


def _adjusted(finding: Finding) -> Adjusted | Unknown:
    effect = finding.effect
    if effect is None:
        return Unknown(reason=words_findings.reason(finding))
    return Adjusted(
        effect=_rounded(effect.effect),
        low=_rounded(effect.low),
        high=_rounded(effect.high),
        p=_rounded(effect.p),
        p_holm=_rounded(effect.p if finding.p_holm is None else finding.p_holm),
        detectable=_rounded(effect.detectable),
        years_before=_rounded(effect.years_before),
        season_seen=effect.season_seen,
        placebo_z=tuple(_rounded(z) for z in effect.placebo_z),
    )


def _lean(finding: Finding) -> Lean | Unknown:
    better = finding.better_probability
    if finding.value != "inconclusive":
        return Unknown(reason=words_findings.NO_LEAN)
    if better is None:
        return Unknown(reason=words_findings.reason(finding))
    if better >= 0.5:
        return Lean(direction="better", probability=_rounded(better))
    return Lean(direction="worse", probability=_rounded(1 - better))


def _variant(metric: MetricId, variant: Variant, currency: str | None) -> VariantReport:
    return VariantReport(
        id=variant.id,
        label=words_metrics.variant_label(metric, variant.id),
        unit=words_metrics.variant_unit(variant.unit, currency),
        before=_value(variant.before),
        after=_value(variant.after),
        change=_change(variant.before, variant.after),
    )


def _segment(part: SegmentRatio) -> SegmentReport:
    return SegmentReport(
        column=part.column,
        label=part.label,
        before=_value(part.before),
        after=_value(part.after),
        change=_change(part.before, part.after),
    )


def _change(before: Ratio | NotAssessable, after: Ratio | NotAssessable) -> float | Unknown:
    if isinstance(before, NotAssessable):
        return _unknown(before)
    if isinstance(after, NotAssessable):
        return _unknown(after)
    if before.value == 0:
        return _unknown(NotAssessable(code="zero_denominator", detail={"side": "before"}))
    return _rounded(after.value / before.value - 1)


def _series(item: MetricTotals, effect: Effect | None) -> tuple[Point, ...]:
    points = []
    for at, start in enumerate(item.start):
        num, den = float(item.num[at]), float(item.den[at])
        expected = (effect.expected[at], effect.low_band[at], effect.high_band[at]) if effect else (math.nan,) * 3
        middle, low, high = (_point(float(value)) for value in expected)
        value = _point(num / den) if den > 0 else None
        points.append(Point(period=to_date(int(start)), value=value, expected=middle, low=low, high=high))
    return tuple(points)


def _checks(checks: Sequence[Check]) -> tuple[CheckReport, ...]:
    return tuple(
        CheckReport(
            id=check.id,
            title=words_checks.title(check.id),
            status=check.status,
            metrics=check.metrics,
            message=words_checks.message(check),
            remedy=words_checks.remedy(check),
            evidence=check.evidence,
        )
        for check in checks
    )


def _plain(plain: PlainReading) -> PlainReport:
    return PlainReport(
        answers=tuple(_answer(item) for item in plain.answers),
        better=plain.better,
        of=plain.of,
        reading=plain.reading,
        sentence=words_verdict.reading(plain),
    )


def _answer(item: Answer) -> AnswerReport:
    return AnswerReport(
        question_number=item.question,
        question=words_metrics.question(item.metric),
        metric=item.metric,
        answer=item.answer,
        before=_known(item.before),
        after=_known(item.after),
        change=_known(item.change),
    )


def _verdict(judgement: Judgement, findings: Sequence[Finding]) -> VerdictReport:
    verdict = judgement.verdict
    return VerdictReport(
        value=verdict.value,
        sentence=words_verdict.verdict(verdict, findings),
        row=verdict.row,
        lean=verdict.lean,
        because=verdict.because,
        capped_by=verdict.capped_by,
        difference=words_verdict.difference(judgement.plain, verdict, findings),
        next_step=words_verdict.next_step(verdict),
    )


def _known(value: float | NotAssessable) -> float | Unknown:
    return _unknown(value) if isinstance(value, NotAssessable) else _rounded(value)


def _value(ratio: Ratio | NotAssessable) -> float | Unknown:
    return _unknown(ratio) if isinstance(ratio, NotAssessable) else _rounded(ratio.value)


def _unknown(missing: NotAssessable) -> Unknown:
    return Unknown(reason=words_reasons.reason(missing))


def _units(amount: float) -> str:
    return decimal_string(round(amount * 100))


def _point(value: float) -> float | None:
    return _rounded(value) if math.isfinite(value) else None


def _rounded(value: float) -> float:
    """To :data:`DIGITS` significant digits; refuses what is not a number (a bug upstream)."""
    if not math.isfinite(value):
        raise ArithmeticError("a figure that is not a number reached the report")
    return float(f"{value:.{DIGITS}g}")
