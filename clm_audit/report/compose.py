"""All parts of an audit -> one frozen :class:`AuditReport`: numbers made printable, codes turned into sentences.

Nothing is computed here that could change an answer. Missing points are None, *cannot say* is an object with
its reason, money in totals and ratios is an exact decimal string, groups under five customers are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from clm_audit import __version__
from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import METRIC_IDS, AuditPlan
from clm_audit.facts.model import Facts
from clm_audit.inference.model import Finding
from clm_audit.intake.model import Exports
from clm_audit.measures.model import Calendar, Measured, MetricTotals, to_date
from clm_audit.measures.windows import MONEY
from clm_audit.report import words_checks, words_metrics, words_next, words_verdict
from clm_audit.report.compose_files import file_records, with_uses
from clm_audit.report.compose_funnel import funnel_report, goal_reports, scores_report
from clm_audit.report.compose_lifecycle import lifecycle_view
from clm_audit.report.compose_metric import metric_report
from clm_audit.report.compose_money import money_report, worth_report
from clm_audit.report.compose_ratchet import since_report
from clm_audit.report.compose_segments import with_segments
from clm_audit.report.customer_costs import customer_costs_report
from clm_audit.report.json_out import settled
from clm_audit.report.model import (
    AnswerReport,
    AuditReport,
    CheckReport,
    EventReport,
    Figure,
    MetricReport,
    PlainReport,
    Span,
    Tool,
    Unknown,
    VerdictReport,
    Windows,
)
from clm_audit.report.model_brand import Brand, LogoReport
from clm_audit.report.numbers import decimal_string
from clm_audit.report.plan_echo import echo
from clm_audit.report.printable import known, rounded, unknown
from clm_audit.report.situation import situation_of
from clm_audit.report.words_assumptions import assumptions
from clm_audit.report.words_plan import planned
from clm_audit.report.words_rules import recommendations
from clm_audit.verdict.model import Answer, Check, Judgement, PlainReading

FIRST_REJECTS = 100
SIDES: tuple[Literal["before", "after"], ...] = ("before", "after")
TITLE = "Did the CRM pay off?"


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
    segment = plan.control.segment if plan.control else ""
    by_metric = {finding.metric: finding for finding in findings}

    def metric(item: MetricTotals) -> MetricReport:
        finding = by_metric[item.metric]
        report = metric_report(item, finding, currency, segment)
        return with_segments(report, item, finding, judgement.segments, plan)

    report = AuditReport(
        tool=Tool(version=__version__),
        title=plan.title or TITLE,
        client=plan.report.client,
        author=plan.report.author,
        brand=brand(plan),
        currency=unknown(facts.currency) if isinstance(facts.currency, NotAssessable) else facts.currency,
        plan=echo(plan),
        files=file_records(facts, measured),
        unknown_files=(*exports.unknown, *exports.skipped),
        rejects=facts.rejects[:FIRST_REJECTS],
        reject_count=len(facts.rejects),
        windows=_windows(measured.calendar),
        totals={side: _totals(measured, at, currency) for at, side in enumerate(SIDES)},
        metrics=with_uses([metric(item) for item in measured.metrics], plan, facts, measured),
        lifecycle=with_uses([metric(item) for item in measured.lifecycle], plan, facts, measured),
        lifecycle_view=lifecycle_view(plan, measured, findings),
        funnel=funnel_report(plan, measured),
        scores=scores_report(measured),
        goals=goal_reports(judgement.goals, measured, currency),
        checks=check_reports(judgement.checks),
        plain=_plain(judgement.plain),
        verdict=_verdict(judgement, [item for item in findings if item.metric in METRIC_IDS]),
        gate=judgement.gate,
        since=since_report(plan, judgement.ratchet),
        money=money_report(plan, judgement.money, findings),
        worth=worth_report(plan, judgement.worth, currency),
        customer_costs=customer_costs_report(judgement.customer_costs),
        recommendations=recommendations(situation_of(plan, facts, measured, findings, judgement)),
        events=tuple(EventReport(date=item.date, what=item.what, is_break=item.is_break) for item in plan.events),
        assumptions=assumptions(plan, facts, measured),
        planned=planned(plan, measured.calendar),
    )
    return settled(report)


def brand(plan: AuditPlan) -> Brand:
    """The looks that the plan asks for."""
    style, logo = plan.report, plan.report.logo
    shown = LogoReport(**logo.model_dump(exclude={"file"})) if logo else None
    return Brand(language=style.language, colour=style.colour, logo=shown)


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
    own = measured.currencies
    return {name: _figure(name, both[at], own.get(name, currency)) for name, both in measured.window_totals.items()}


def _figure(name: str, value: float | NotAssessable, currency: str | None) -> Figure | Unknown:
    if isinstance(value, NotAssessable):
        return unknown(value)
    if name in MONEY:
        return Figure(value=decimal_string(value), currency=currency)
    return Figure(value=int(value) if float(value).is_integer() else rounded(value))


def check_reports(checks: Sequence[Check]) -> tuple[CheckReport, ...]:
    """The data checks in words."""
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
        before=known(item.before),
        after=known(item.after),
        change=known(item.change),
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
        next_step=words_next.next_step(verdict, findings, judgement.checks),
    )
