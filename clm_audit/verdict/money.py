"""Was it worth it: measured effects, volumes and the CRM's costs -> net present value, with what it rests on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import AuditPlan, MetricId, MoneyRules
from clm_audit.facts.model import Facts
from clm_audit.inference.model import Finding
from clm_audit.inference.rounding import rounded
from clm_audit.measures.model import Measured
from clm_audit.verdict.money_case import Case
from clm_audit.verdict.money_flows import Flows
from clm_audit.verdict.money_inputs import Priced, priced
from clm_audit.verdict.money_model import LINES, PRICED, Benefit, Cost, Money, Span, Worth
from clm_audit.verdict.money_related import hung_together
from clm_audit.verdict.money_spread import lattice, span_of
from clm_audit.verdict.money_tornado import breakevens, tornado

Floats = NDArray[np.float64]
CODES = ("no_costs_given", "nothing_priced", "costs_in_other_currency", "currencies_mixed")
ONE_PERCENT = 0.01


@dataclass(frozen=True)
class Appraisal:
    """A case with the distributions of its effects."""

    case: Case
    inputs: Priced
    confidence: float

    @cached_property
    def estimates(self) -> dict[MetricId, Floats]:
        """Each effect at its estimate."""
        return {metric: np.asarray(spread.centre) for metric, spread in self.inputs.spreads.items()}

    @cached_property
    def points(self) -> dict[MetricId, Floats]:
        """Each effect at all points of the lattice; their errors hang together as the metrics did before go-live."""
        return self._at(hung_together(lattice(len(PRICED)), self.inputs.related))

    def _at(self, cube: Floats) -> dict[MetricId, Floats]:
        return {metric: spread.at(cube[PRICED.index(metric)]) for metric, spread in self.inputs.spreads.items()}

    @cached_property
    def npv(self) -> Span:
        """Net present value at the estimates, with the interval of the points."""
        return span_of(float(self.case.npv(self.estimates)), self.case.npv(self.points), self.confidence)

    @cached_property
    def proven(self) -> Span:
        """The same from decided findings alone, the others taken as no effect."""
        only = self.inputs.proven
        known, points = (
            {metric: line for metric, line in effects.items() if metric in only}
            for effects in (self.estimates, self.points)
        )
        if not known:
            worth = rounded(-self.case.pv_costs)
            return Span(worth, worth, worth)
        return span_of(float(self.case.npv(known)), self.case.npv(points), self.confidence)

    @cached_property
    def apart(self) -> tuple[float, float]:
        """The ends of the net present value were the errors independent of each other."""
        points = self._at(lattice(len(PRICED)))
        span = span_of(float(self.case.npv(self.estimates)), self.case.npv(points), self.confidence)
        return span.low, span.high

    @cached_property
    def together(self) -> tuple[float, float]:
        """The ends of the net present value were every metric at its worse, or its better, end at once."""
        tail = (1.0 - self.confidence) / 2.0
        ends = []
        for good in (False, True):
            shares = {metric: tail if (metric in LINES_OF_COST) == good else 1.0 - tail for metric in self.estimates}
            effects = {metric: self.inputs.spreads[metric].at(np.asarray(share)) for metric, share in shares.items()}
            ends.append(rounded(float(self.case.npv(effects))))
        return ends[0], ends[1]

    def benefits(self) -> tuple[Benefit, ...]:
        """Every line, counted or not; that of both orders only where both of its effects are."""
        at, points = self.case.lines(self.estimates), self.case.lines(self.points)
        found = []
        for line, metrics in LINES.items():
            gone = [self.inputs.missing[metric] for metric in metrics if metric in self.inputs.missing]
            if gone:
                found.append(Benefit(line, Span(0.0, 0.0, 0.0), False, gone[0]))
            else:
                yearly = span_of(float(at[line]), points[line], self.confidence)
                found.append(Benefit(line, yearly, all(metric in self.inputs.proven for metric in metrics)))
        return tuple(found)


LINES_OF_COST = frozenset(metric for line, metrics in LINES.items() if line.endswith("saved") for metric in metrics)


def appraise(
    plan: AuditPlan, facts: Facts, measured: Measured, findings: Sequence[Finding], withheld: Collection[MetricId]
) -> Money | NotAssessable:
    """The appraisal, or why there is none. ``withheld``: metrics whose findings a failed data check touches."""
    rules = plan.money
    if rules is None:
        return NotAssessable(code="no_costs_given")
    paid = _paid(plan, rules, facts)
    if isinstance(paid, NotAssessable):
        return paid
    currency, rate = paid
    inputs = priced(plan, measured, findings, withheld, facts.currency if isinstance(facts.currency, str) else None)
    if not inputs.spreads:
        return NotAssessable(code="nothing_priced")
    initial, running = (
        float(sum(getattr(line, name) for line in rules.costs)) * rate for name in ("initial", "yearly")
    )
    case = Case(
        inputs.volumes, rules.margin, rules.horizon, rules.horizon, rules.discount, rules.attributable, initial, running
    )
    return _money(Appraisal(case, inputs, plan.policy.confidence), rules, currency, rate)


def _paid(plan: AuditPlan, rules: MoneyRules, facts: Facts) -> tuple[str | None, float] | NotAssessable:
    """The currency of the appraisal, and what one unit of the costs is worth in it."""
    known = facts.currency
    if isinstance(known, NotAssessable):
        if known.code != "currency_not_stated":
            return NotAssessable(code="currencies_mixed")
        return rules.currency, 1.0
    if rules.currency in (None, known):
        return known, 1.0
    if rules.currency in plan.rates:
        return known, float(plan.rates[rules.currency])
    return NotAssessable(code="costs_in_other_currency", detail={"costs": rules.currency, "audit": known})


def _money(appraisal: Appraisal, rules: MoneyRules, currency: str | None, rate: float) -> Money:
    case, npv = appraisal.case, appraisal.npv
    spent = case.pv_costs
    flows = case.flows(float(case.yearly(appraisal.estimates)))
    # everything below grows with the yearly benefits alone, so its interval is that of the net present value
    soonest, latest = (case.flows((worth + spent) / case.factor) for worth in (npv.high, npv.low))
    gain = float(case.yearly(appraisal.estimates)) * case.factor
    return Money(
        currency=currency,
        rate=rate,
        flows=flows,
        npv=npv,
        roi=Span(*(rounded(worth / spent) for worth in (npv.value, npv.low, npv.high))),
        payback=(_months(flows), _months(soonest), _months(latest)),
        probability=rounded(float((case.npv(appraisal.points) > 0).mean())),
        attributable=rounded(case.attributable * spent / gain) if gain > 0 else None,
        proven=appraisal.proven,
        apart=appraisal.apart,
        together=appraisal.together,
        related=appraisal.inputs.pairs,
        benefits=appraisal.benefits(),
        costs=tuple(
            _cost(case, line.what, float(line.initial) * rate, float(line.yearly) * rate) for line in rules.costs
        ),
        breakevens=breakevens(case, appraisal.estimates),
        tornado=tornado(case, appraisal.inputs, appraisal.estimates, appraisal.confidence),
        volumes=appraisal.inputs.volumes,
    )


def _months(flows: Flows) -> float | None:
    months = flows.payback_months
    return None if months is None else rounded(months)


def _cost(case: Case, what: str, initial: float, yearly: float) -> Cost:
    alone = Case({}, case.margin, case.years, case.lasting, case.discount, case.attributable, initial, yearly)
    return Cost(what, rounded(initial), rounded(yearly), rounded(alone.pv_costs))


def worth(plan: AuditPlan, facts: Facts, measured: Measured, findings: Sequence[Finding]) -> tuple[Worth, ...]:
    """What one per cent of each priced metric is worth in a year like the window after: of all customers."""
    known = facts.currency if isinstance(facts.currency, str) else None
    volumes = priced(plan, measured, findings, (), known).volumes
    revenue = volumes.get("transaction_size")
    found = []
    for metric in PRICED:
        volume = volumes.get(metric)
        if volume is None or (metric == "purchase_frequency" and revenue is None):
            continue
        if metric == "purchase_frequency" and revenue is not None:
            amount = revenue.yearly * volume.known
        else:
            amount = volume.yearly
        found.append(Worth(metric, rounded(amount * ONE_PERCENT), metric not in LINES_OF_COST))
    return tuple(found)
