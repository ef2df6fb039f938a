"""The files behind an audit, and which of their facts each metric is made of."""

from __future__ import annotations

from collections.abc import Container, Sequence

from clm_audit.config.plan import AuditPlan, MetricId
from clm_audit.facts.ledger import settle
from clm_audit.facts.model import Facts
from clm_audit.intake.model import FileRecord
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.measures.model import Measured
from clm_audit.report.model import MetricReport
from clm_audit.verdict.sources import rows_by_fact, sources


def file_records(facts: Facts, measured: Measured) -> tuple[FileRecord, ...]:
    """The files with what became of their rows, and the facts that these count in."""
    fed = rows_by_fact(facts)
    return tuple(
        record.model_copy(update={"feeds": {fact: rows[at] for fact, rows in sorted(fed.items()) if at in rows}})
        for at, record in enumerate(settle(facts.files, measured.outside))
    )


def with_uses(
    metrics: Sequence[MetricReport], plan: AuditPlan, facts: Facts, measured: Measured
) -> tuple[MetricReport, ...]:
    """The metrics with the facts that each is made of: those of the five questions as they were chosen, those of the
    lifecycle as they are there."""
    chosen = {item.metric: tuple(use.fact for use in item.uses) for item in sources(plan, facts, measured)}
    there = rows_by_fact(facts)
    return tuple(
        metric.model_copy(update={"uses": chosen.get(metric.id) or _declared(metric.id, there)}) for metric in metrics
    )


def _declared(metric: MetricId, there: Container[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact for group in CATALOGUE[metric].facts for fact in group if fact in there))
