"""Which facts of which files each metric stands on, or what keeps it from being measured."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clm_audit.config.base import NotAssessable
from clm_audit.config.plan import METRIC_IDS, AuditPlan, MetricId
from clm_audit.facts.model import Facts, Table
from clm_audit.measures.model import Measured, MetricTotals, to_date

_IN = re.compile(r"(?P<fact>.+)\.in\.(?P<file>\d+)")
_EITHER: Mapping[str, tuple[str, ...]] = {"sends": ("sends", "campaigns"), "responses": ("responses", "campaigns")}


@dataclass(frozen=True)
class Use:
    """One fact that a metric uses: its rows by file (``RawTable.index``), and its first and last day (ISO)."""

    fact: str
    files: Mapping[int, int]
    first: str = ""
    last: str = ""

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(self.files.values())


@dataclass(frozen=True)
class Sources:
    """What one metric is made of; ``missing`` says why it cannot be measured."""

    metric: MetricId
    uses: tuple[Use, ...]
    missing: NotAssessable | None = None


def sources(plan: AuditPlan, facts: Facts, measured: Measured | None = None) -> tuple[Sources, ...]:
    """One for each metric. With go-live it is known what measuring made of them; else only what is there."""
    by_fact = rows_by_fact(facts)
    made = {item.metric: item for item in measured.metrics} if measured else {}
    return tuple(_sources(plan, facts, by_fact, metric, made.get(metric)) for metric in METRIC_IDS)


def _sources(
    plan: AuditPlan, facts: Facts, by_fact: Mapping[str, Mapping[int, int]], metric: MetricId, item: MetricTotals | None
) -> Sources:
    if not plan.metric(metric).enabled:
        return Sources(metric, (), NotAssessable(code="disabled", detail={"metric": metric}))
    if f"series.{metric}" in by_fact:
        return Sources(metric, (_use(f"series.{metric}", by_fact, facts),), item.missing if item else None)
    needed = _needed(facts, by_fact, metric)
    absent = [fact for fact in needed if fact not in by_fact]
    missing = _missing(plan, facts, by_fact, metric, absent)
    if item is not None:
        missing = item.missing
    uses = tuple(_use(fact, by_fact, facts) for fact in needed if fact in by_fact)
    return Sources(metric, uses, missing)


def rows_by_fact(facts: Facts) -> dict[str, dict[int, int]]:
    """Fact (``orders``, ``spend.service``) -> file -> rows that count."""
    found: dict[str, dict[int, int]] = {}
    for name, rows in facts.evidence.items():
        if rows and (match := _IN.fullmatch(name)):
            found.setdefault(match["fact"], {})[int(match["file"])] = rows
    return found


def _needed(facts: Facts, by_fact: Mapping[str, Mapping[int, int]], metric: MetricId) -> Sequence[str]:
    """The facts that a metric needs, the alternatives chosen by what is there."""
    if metric in ("purchase_frequency", "transaction_size"):
        return ("orders",)
    if metric == "service_cost":
        return (_cost_source(facts, by_fact), "orders")
    if metric == "campaign_response":
        return tuple(dict.fromkeys(next((one for one in _EITHER[name] if one in by_fact), name) for name in _EITHER))
    if metric == "acquisition_cost":
        return ("spend.acquisition", *(("customers",) if _dated(facts) else ()), "orders")
    return ("spend.retention", "orders")


def _cost_source(facts: Facts, by_fact: Mapping[str, Mapping[int, int]]) -> str:
    """Recorded cost of tickets, else service spend, else handling time with a rate."""
    if facts.evidence.get("tickets.costed") or "spend.service" not in by_fact:
        return "tickets"
    return "spend.service"


def _dated(facts: Facts) -> bool:
    """Whether a customer export says when customers were acquired."""
    return bool(facts.evidence.get("customers.acquired_rows"))


def _missing(
    plan: AuditPlan, facts: Facts, by_fact: Mapping[str, Mapping[int, int]], metric: MetricId, absent: Sequence[str]
) -> NotAssessable | None:
    if absent:
        fact, _, category = absent[0].partition(".")
        detail: dict[str, str | int | float] = {"fact": fact, "export": _carried(facts, fact)}
        if category:
            detail["category"] = category
            if fact in facts.tables:
                detail["rows"] = facts.evidence.get(f"{fact}.rows", 0)
        return NotAssessable(code="missing_fact", detail=detail)
    evidence = facts.evidence
    if metric == "service_cost" and "spend.service" not in by_fact and not evidence.get("tickets.costed"):
        timed = evidence.get("tickets.timed") and plan.hourly_rate is not None
        return None if timed else NotAssessable(code="no_cost_basis", detail={"fact": "tickets"})
    if metric not in ("transaction_size", "campaign_response") and not evidence.get("orders.with_customer"):
        return NotAssessable(code="no_customer", detail={"orders": evidence.get("orders.rows", 0)})
    return None


def _carried(facts: Facts, fact: str) -> str:
    return next((sentence for name, sentence in facts.absent.items() if name == fact), "")


def _use(name: str, by_fact: Mapping[str, Mapping[int, int]], facts: Facts) -> Use:
    table = name.partition(".")[0]
    days = [
        [facts.evidence[key] for file in by_fact[name] if (key := f"{table}.{which}_day.{file}") in facts.evidence]
        for which in ("first", "last")
    ]
    first, last = (
        to_date(pick(found)).isoformat() if found else "" for pick, found in zip((min, max), days, strict=True)
    )
    return Use(name, by_fact[name], first, last)


def facts_of_file(facts: Facts, file: int) -> tuple[tuple[Table, int], ...]:
    """The facts that a file feeds, with the rows that count."""
    found = {name: facts.evidence.get(f"{name}.in.{file}", 0) for name in facts.tables}
    return tuple((name, rows) for name, rows in found.items() if rows)
