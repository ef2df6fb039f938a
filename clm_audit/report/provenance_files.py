"""The files behind a number: what became of their rows, so that the counts of each add up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from clm_audit.config.plan import MetricId
from clm_audit.intake.model import FileRecord, RowCounts
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.report import words_metrics, words_rejects
from clm_audit.report.model import AuditReport, Unknown
from clm_audit.report.numbers import count

TOTALS: dict[str, tuple[str, ...]] = {
    "tickets": ("tickets",),
    "handling_hours": ("tickets",),
    "service_cost": ("tickets", "spend.service"),
    "sent": ("sends", "campaigns"),
    "delivered": ("sends", "campaigns"),
    "opened": ("responses", "campaigns"),
    "clicked": ("responses", "campaigns"),
    "responded": ("responses", "campaigns"),
    "converted": ("responses", "campaigns"),
    "acquisition_spend": ("spend.acquisition",),
    "retention_spend": ("spend.retention",),
    "new_customers": ("customers", "orders"),
    "customers": ("customers", "orders"),
}
"""The facts that a total is summed from; every other total is summed from orders."""
PARTS: dict[str, tuple[str, ...]] = {
    "funnel": ("stages",),
    "scores": ("surveys.nps",),
    "customer_costs": ("spend.acquisition", "spend.retention", "customers", "orders"),
}
"""The facts of the parts of an audit that belong to no one metric."""
NARROWER: dict[tuple[str, str], str] = {("nps", "surveys"): "surveys.nps"}
"""Of a metric's fact the rows of one kind alone."""
FATES = (
    ("accepted", "used"),
    ("rejected", "rejected"),
    ("duplicate", "repeated"),
    ("outside", "outside the history"),
    ("structure", "header, total or blank lines"),
)
_COUNTED = re.compile(r".+: [\d,]+")


def facts_behind(key: str, metric: MetricId | None, report: AuditReport) -> tuple[str, ...]:
    """The facts whose rows the number ``key`` rests on; none where it rests on all files alike."""
    parts = key.split(".")
    if parts[0] == "totals":
        total = TOTALS.get(parts[2], ("orders",))
        made = next((one.uses for one in report.metrics if one.id == parts[2]), ())
        return tuple(fact for fact in total if fact in made) or total
    if metric is not None:
        return _of_metric(metric, report)
    if parts[0] in ("money", "worth"):
        told = [] if isinstance(report.money, Unknown) else [one.metrics for one in report.money.benefits]
        metrics = dict.fromkeys(one for group in told for one in group) or [one.id for one in report.metrics]
        return tuple(dict.fromkeys(fact for one in metrics for fact in _of_metric(one, report)))
    if parts[0] == "lifecycle_view":
        return _of_metric("activation_rate" if "activation" in parts[1] else "retention_rate", report)
    return PARTS.get(parts[0], ())


def _of_metric(metric: MetricId, report: AuditReport) -> tuple[str, ...]:
    """The facts that a metric is made of; of an audit that does not say so, those that it can be made of."""
    made = next((one.uses for one in (*report.metrics, *report.lifecycle) if one.id == metric), ())
    facts = made or tuple(dict.fromkeys(fact for group in CATALOGUE[metric].facts for fact in group))
    return tuple(NARROWER.get((metric, fact), fact) for fact in facts)


def file_lines(key: str, facts: tuple[str, ...], report: AuditReport) -> Iterator[str]:
    """The files whose rows feed the facts, with what became of their rows. A number of one file rests on that alone;
    where no facts are named, all files are behind it."""
    for record in report.files:
        fed = fed_by(record)
        if key.startswith("files.") and not key.startswith(f"files.{record.path.replace('.', '_')}."):
            continue
        mine = {fact: rows for fact, rows in fed.items() if not facts or any(_same(fact, one, fed) for one in facts)}
        if mine or not facts:
            yield from _file(record, mine)


def fed_by(record: FileRecord) -> dict[str, int | None]:
    """The facts that a file feeds, with the rows that count; of an audit that does not count them, None."""
    named = dict.fromkeys("orders" if fact == "order_lines" else fact for fact in record.facts)
    return dict(record.feeds) or named


def _same(fact: str, wanted: str, fed: Iterable[str]) -> bool:
    """Whether a fact of a file is the one that is wanted: all spend where no category is, or where none is known.

    >>> _same("spend", "spend.service", ["spend"]), _same("spend", "spend.service", ["spend", "spend.service"])
    (True, False)
    """
    if fact == wanted or fact.partition(".")[0] == wanted:
        return True
    return fact == wanted.partition(".")[0] and not any(other.startswith(f"{fact}.") for other in fed)


def _file(record: FileRecord, fed: dict[str, int | None]) -> Iterator[str]:
    yield f"File: {record.path}, sha256 {record.sha256}"
    yield f"  {rows_said(record.rows)}"
    yield from (
        f"  not used, {count(many)}: {words_rejects.reject(code)} ({code})" for code, many in record.reasons.items()
    )
    yield from (
        f"  used in part, {count(many)}: {words_rejects.reject(code)} ({code})" for code, many in record.partly.items()
    )
    yield from (f"  {note}" for note in record.notes if _COUNTED.fullmatch(note))
    counted = [(fact, rows) for fact, rows in fed.items() if rows is not None]
    if counted:
        yield f"  rows that count: {', '.join(f'{words_metrics.fact(fact)} {count(rows)}' for fact, rows in counted)}"


def rows_said(rows: RowCounts) -> str:
    """What became of the records of a file, as a sum.

    >>> rows_said(RowCounts(read=81, accepted=6, duplicate=74, structure=1))
    '81 records read = 6 used + 74 repeated + 1 header, total or blank lines'
    """
    parts = [f"{count(many)} {word}" for name, word in FATES if (many := getattr(rows, name))]
    return f"{count(rows.read)} records read = {' + '.join(parts) or '0 used'}"
