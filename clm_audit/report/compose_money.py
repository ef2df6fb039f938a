"""The money of the report: numbers made printable, codes turned into sentences."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan, MoneyRules
from clm_audit.inference.model import Finding
from clm_audit.report import words_money
from clm_audit.report.model_base import Unknown
from clm_audit.report.model_money import (
    AmountRange,
    BenefitReport,
    BreakEvenReport,
    CostReport,
    FlowReport,
    MoneyReport,
    MonthRange,
    ShareRange,
    SwingReport,
    WorthReport,
    WorthRow,
)
from clm_audit.report.printable import rounded, units
from clm_audit.report.words_metrics import name
from clm_audit.report.words_money_assumptions import money_assumptions
from clm_audit.verdict.money_flows import annuity
from clm_audit.verdict.money_model import LINES, Benefit, BreakEven, Cost, Money, Span, Swing, Worth

MARGINS = (0.2, 0.4, 0.6)
"""Margins of the table where none is given."""
NOT_STATED = "No export states a currency."


def money_report(plan: AuditPlan, money: Money | NotAssessable, findings: Sequence[Finding]) -> MoneyReport | Unknown:
    """The appraisal in the report, or why there is none."""
    rules = plan.money
    if isinstance(money, NotAssessable) or rules is None:
        why = money if isinstance(money, NotAssessable) else NotAssessable(code="no_costs_given")
        return Unknown(reason=words_money.no_money(why))
    by_metric = {str(finding.metric): finding for finding in findings}
    least, flows = money.attributable, money.flows
    return MoneyReport(
        currency=money.currency or Unknown(reason=NOT_STATED),
        years=rules.horizon,
        margin=rules.margin,
        discount=rules.discount,
        attributable=rules.attributable,
        sentence=words_money.sentence(money, rules.horizon, plan.policy.confidence),
        notes=words_money.notes(money, rules.horizon, by_metric),
        npv=_amounts(money.npv),
        roi=ShareRange(value=rounded(money.roi.value), low=rounded(money.roi.low), high=rounded(money.roi.high)),
        payback_months=_months(money, rules),
        probability_npv_positive=rounded(money.probability),
        breakeven_attributable=Unknown(reason=words_money.NO_SHARE) if least is None else rounded(least),
        proven=_amounts(money.proven),
        pv_costs=units(flows.pv_costs),
        pv_benefits=units(flows.pv_benefits),
        benefits=tuple(_benefit(money, rules, line, by_metric) for line in money.benefits),
        costs=tuple(_cost(line) for line in money.costs),
        flows=_flows(money),
        breakeven=tuple(_breakeven(one, by_metric[one.metric]) for one in money.breakevens),
        tornado=tuple(_swing(one) for one in money.tornado),
        assumptions=money_assumptions(plan, rules, money),
    )


def _cost(line: Cost) -> CostReport:
    return CostReport(
        what=line.what, initial=units(line.initial), yearly=units(line.yearly), present=units(line.present)
    )


def _breakeven(one: BreakEven, finding: Finding) -> BreakEvenReport:
    """The effect at which the metric alone pays for the CRM, beside the one that was measured."""
    return BreakEvenReport(
        metric=one.metric,
        name=name(one.metric),
        effect=Unknown(reason=words_money.NO_BREAKEVEN) if one.effect is None else rounded(one.effect),
        measured=_measured(finding),
    )


def worth_report(plan: AuditPlan, found: Sequence[Worth], currency: str | None) -> WorthReport | Unknown:
    """What one per cent of each metric is worth, at the plan's margin or at several."""
    if not found:
        return Unknown(reason=words_money.NO_WORTH)
    margins = (plan.money.margin,) if plan.money else MARGINS
    rows = tuple(
        WorthRow(
            metric=one.metric,
            name=name(one.metric),
            yearly=tuple(units(one.yearly * (margin if one.of_margin else 1.0)) for margin in margins),
        )
        for one in found
    )
    return WorthReport(
        currency=currency or Unknown(reason=NOT_STATED),
        margins=margins,
        sentence=words_money.worth(currency, margins=len(margins)),
        rows=rows,
    )


def _amounts(span: Span) -> AmountRange:
    return AmountRange(value=units(span.value), low=units(span.low), high=units(span.high))


def _months(money: Money, rules: MoneyRules) -> MonthRange:
    never = Unknown(reason=f"The costs are {words_money.months(None, rules.horizon)} paid back.")
    value, low, high = (never if each is None else rounded(each) for each in money.payback)
    return MonthRange(value=value, low=low, high=high)


def _measured(finding: Finding) -> float:
    if finding.effect is None:
        raise TypeError("a break-even needs a measured effect")
    return rounded(finding.effect.effect)


def _benefit(money: Money, rules: MoneyRules, line: Benefit, findings: dict[str, Finding]) -> BenefitReport:
    volumes = {str(metric): volume for metric, volume in money.volumes.items()}
    if line.missing is not None:
        said = words_money.missing(line.missing)
        yearly: AmountRange | Unknown = Unknown(reason=said)
    else:
        said = words_money.benefit(line.line, volumes, findings, money.currency)
        yearly = _amounts(line.yearly)
    return BenefitReport(
        id=line.line,
        metrics=LINES[line.line],
        name=words_money.LINE_NAMES[line.line],
        yearly=yearly,
        present=units(line.yearly.value * annuity(rules.discount, rules.horizon)),
        proven=line.proven,
        sentence=said,
    )


def _flows(money: Money) -> tuple[FlowReport, ...]:
    flows = money.flows
    rows = zip(flows.costs, flows.benefits, flows.net, accumulate(flows.net), strict=True)
    return tuple(
        FlowReport(
            year=year,
            costs=units(cost),
            benefits=units(gain),
            net=units(net),
            discounted=units(net / (1.0 + flows.discount) ** year),
            cumulative=units(so_far),
        )
        for year, (cost, gain, net, so_far) in enumerate(rows)
    )


def _swing(swing: Swing) -> SwingReport:
    low, high = (words_money.end(swing.what, each) for each in swing.ends)
    return SwingReport(
        id=swing.what,
        name=words_money.input_name(swing.what),
        low_end=low,
        high_end=high,
        npv_low=units(swing.npv[0]),
        npv_high=units(swing.npv[1]),
    )
