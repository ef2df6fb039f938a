"""The product's own answer at one date: its measures, its model, its decision, its checks, its verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from firm import World
from threadpoolctl import threadpool_limits

from clm_audit.config.plan import AuditPlan
from clm_audit.facts.model import Facts
from clm_audit.inference.assess import assess
from clm_audit.inference.breaks import break_positions
from clm_audit.inference.effect import estimate_effect
from clm_audit.inference.model import Effect, Finding
from clm_audit.inference.series import LogSeries, log_series
from clm_audit.inference.short import too_short
from clm_audit.intake.model import Exports
from clm_audit.measures.measure import measure
from clm_audit.measures.model import Measured, MetricTotals
from clm_audit.verdict.judge import judge
from clm_audit.verdict.model import Verdict


@dataclass(frozen=True)
class Audit:
    """The findings of a whole audit, the verdict, and the metrics whose findings a data check withholds."""

    findings: tuple[Finding, ...]
    verdict: Verdict
    withheld: frozenset[str]


@dataclass(frozen=True)
class Look:
    """A company as an audit at one date sees it."""

    plan: AuditPlan
    facts: Facts
    measured: Measured

    @classmethod
    def at(cls, world: World, go_live: int) -> Look:
        """Facts and totals of a company at a date."""
        plan, facts = world.plan(go_live), world.facts()
        return cls(plan, facts, measure(plan, facts))

    def audit(self) -> Audit:
        """Everything that the product says about these totals."""
        findings = assess(self.plan, self.measured)
        judged = judge(self.plan, Exports(()), self.facts, self.measured, findings)
        withheld = {metric for check in judged.checks if check.status == "fail" for metric in check.metrics}
        return Audit(findings, judged.verdict, frozenset(withheld))

    def assessable(self) -> Iterator[tuple[MetricTotals, LogSeries]]:
        """The metrics that the product would judge, with their series: what every method is asked about."""
        for totals in self.measured.metrics:
            if totals.missing is None:
                series = log_series(totals, *break_positions(self.plan, totals))
                if too_short(series) is None:
                    yield totals, series


def estimated(totals: MetricTotals, series: LogSeries) -> Effect:
    """The effect alone, without the reruns and the outlook of a whole audit."""
    with threadpool_limits(limits=1, user_api="blas"):
        return estimate_effect(series, totals.num.size).effect
