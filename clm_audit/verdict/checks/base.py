"""What a check looks at, what it may answer, and how a check is declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from clm_audit.config.plan import METRIC_IDS, AuditPlan, MetricId
from clm_audit.facts.model import Facts
from clm_audit.inference.model import Finding
from clm_audit.intake.model import Exports, RawTable
from clm_audit.measures.model import Measured
from clm_audit.verdict.model import Check, CheckStatus

Value = str | int | float
# Which metrics suffer when a fact is wrong. Orders also make the active base of the per-customer costs.
FACT_METRICS: dict[str, tuple[MetricId, ...]] = {
    "customers": ("acquisition_cost",),
    "orders": ("purchase_frequency", "transaction_size", "service_cost", "acquisition_cost", "retention_cost"),
    "order_lines": ("purchase_frequency", "transaction_size", "service_cost", "acquisition_cost", "retention_cost"),
    "tickets": ("service_cost",),
    "sends": ("campaign_response",),
    "responses": ("campaign_response",),
    "campaigns": ("campaign_response",),
    "spend": ("service_cost", "acquisition_cost", "retention_cost"),
    "series": METRIC_IDS,
    # names of coverages
    "acquired": ("acquisition_cost",),
    "spend.acquisition": ("acquisition_cost",),
    "spend.retention": ("retention_cost",),
    "spend.service": ("service_cost",),
}
PER_CUSTOMER: tuple[MetricId, ...] = ("purchase_frequency", "service_cost", "acquisition_cost", "retention_cost")
MONEY: tuple[MetricId, ...] = ("transaction_size", "service_cost", "acquisition_cost", "retention_cost")


@dataclass(frozen=True)
class Subject:
    """All that a check may look at. ``measured`` is None when only the intake is checked, ``findings`` then none."""

    plan: AuditPlan
    exports: Exports
    facts: Facts
    measured: Measured | None = None
    findings: Sequence[Finding] = ()

    def count(self, name: str) -> int | None:
        """A named count of the facts floor, or None when nobody counted it."""
        return self.facts.evidence.get(name)


@dataclass(frozen=True)
class Rule:
    """One check as declared. ``unknown_caps``: *cannot tell* on a metric that decides makes the verdict
    inconclusive (for what the program itself should always be able to see). ``needs_windows``: runs only
    when there is a calendar, so not in ``clm-audit check``."""

    id: str
    run: Callable[[Subject], Check]
    unknown_caps: bool = False
    needs_windows: bool = False


CODES = ("nothing_read",)


def nothing_read(subject: Subject) -> bool:
    """Whether there is no data row, so that nothing about the files can be told."""
    exports = subject.exports
    return not any(table.height or table.lost for table in exports.tables) and not exports.unknown


def headers_only(subject: Subject) -> bool:
    """Whether there are files, and no data row in any of them."""
    return bool(subject.exports.tables) and nothing_read(subject)


def touched(facts: Iterable[str]) -> tuple[MetricId, ...]:
    """The metrics that stand on these facts, in the order of the questions.

    >>> touched(["tickets", "sends"])
    ('service_cost', 'campaign_response')
    """
    found = {metric for fact in facts for metric in FACT_METRICS.get(fact, ())}
    return tuple(metric for metric in METRIC_IDS if metric in found)


def read(facts: Iterable[str]) -> tuple[str, ...]:
    """Those of the facts that are read: totals of campaigns stand in for sends, and only where there are none.

    >>> read(["campaigns", "sends"]), read(["campaigns", "orders"])
    (('sends',), ('campaigns', 'orders'))
    """
    known = tuple(facts)
    return tuple(fact for fact in known if fact != "campaigns" or "sends" not in known)


def facts_of(table: RawTable) -> tuple[str, ...]:
    """The facts that a file feeds; empty when nobody recognised it."""
    if table.source.map is not None and "fact" in table.source.map:
        return (table.source.map["fact"],)
    return tuple(item.fact for item in table.object.yields) if table.object else ()


def made(
    rule: str,
    status: CheckStatus,
    code: str,
    metrics: tuple[MetricId, ...] = (),
    **evidence: Value,
) -> Check:
    """A check's answer; shares in ``evidence`` are rounded so that they print alike everywhere."""
    rounded = {key: round(value, 6) if isinstance(value, float) else value for key, value in evidence.items()}
    return Check(id=rule, status=status, code=code, metrics=metrics, evidence=rounded)
