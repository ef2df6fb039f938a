"""Where one number of a saved audit comes from: `clm-audit explain ID --from audit.json`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from clm_audit.config.plan import MetricId
from clm_audit.intake.model import FileRecord
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.report import words_metrics, words_reasons, words_trace
from clm_audit.report.model import AuditReport
from clm_audit.report.numbers import count
from clm_audit.report.trace import find, leaves, numbers

SHOWN_INPUTS = 8
REASON = ".reason"
SETTINGS = ("go_live", "windows.", "timezone", "currency", "rates", "policy.", "metrics", "sources")
"""Settings that every number rests on; those of a fact come on top."""
FACT_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "spend": ("spend.",),
    "tickets": ("service.", "spend.service"),
    "responses": ("response",),
    "campaigns": ("response",),
    "events": ("activation",),
    "stages": ("stages",),
}
TOTALS: Mapping[str, tuple[str, ...]] = {
    "tickets": ("tickets",),
    "handling_hours": ("tickets",),
    "service_cost": ("tickets", "spend"),
    "sent": ("sends", "campaigns"),
    "delivered": ("sends", "campaigns"),
    "opened": ("responses", "campaigns"),
    "clicked": ("responses", "campaigns"),
    "responded": ("responses", "campaigns"),
    "converted": ("responses", "campaigns"),
    "acquisition_spend": ("spend",),
    "retention_spend": ("spend",),
    "new_customers": ("customers", "orders"),
    "customers": ("customers", "orders"),
}
"""The facts that a total is summed from; every other total is summed from orders."""


def provenance(name: str, report: AuditReport) -> str | None:
    """What the number ``name`` of ``report`` is: value, formula, inputs, rows, files and settings; None when there is
    no such number. Several that it may mean are listed instead."""
    values = numbers(report)
    found = find(name, tuple(values))
    if not found:
        return _unknown(name, report)
    if len(found) > 1:
        return "\n".join((f"{name} may be any of these; name one:", *(f"  {one} = {values[one]}" for one in found)))
    return "\n".join(_lines(found[0], values, report))


def _unknown(name: str, report: AuditReport) -> str | None:
    """Why there is no number of this name, where the audit says so."""
    said = {key.removesuffix(REASON): why for key, why in leaves(report).items() if key.endswith(REASON)}
    found = find(name, tuple(said))
    return "\n".join(f"{one}: not assessable. {said[one]}" for one in found) or None


def _lines(key: str, values: Mapping[str, Any], report: AuditReport) -> Iterator[str]:
    metric = _metric(key)
    meant = words_trace.field(key)
    yield f"{key} = {values[key]}"
    if metric is not None:
        yield f"Metric: {words_metrics.name(metric)}, {words_metrics.FORMULAS[metric]}"
    if meant is not None:
        yield f"What it is: {meant.what}"
        yield from (f"Formula: {one}" for one in (meant.formula,) if one)
        yield from _inputs(key, meant.inputs, values)
    facts = _facts(key, metric)
    yield from _windows(report)
    yield from _files(facts, report)
    yield from _checks(metric, report)
    yield from _settings(facts, report)


def _metric(key: str) -> MetricId | None:
    """The metric that an id belongs to."""
    return next((part for part in get_args(MetricId) if part in key.split(".")), None)


def _facts(key: str, metric: MetricId | None) -> frozenset[str]:
    """The facts whose rows a number rests on."""
    if metric is not None:
        return frozenset(str(fact) for group in CATALOGUE[metric].facts for fact in group)
    parts = key.split(".")
    return frozenset(TOTALS.get(parts[2], ("orders",))) if parts[0] == "totals" else frozenset()


def _inputs(key: str, patterns: tuple[str, ...], values: Mapping[str, Any]) -> Iterator[str]:
    head = ".".join(key.split(".")[:2])
    for pattern in patterns:
        wanted = f"{head}{pattern}"
        fitting = [one for one in values if one != key and words_trace.fits(wanted, one.split("."))]
        yield from (f"Input: {one} = {values[one]}" for one in fitting[:SHOWN_INPUTS])
        if len(fitting) > SHOWN_INPUTS:
            yield f"Input: and {len(fitting) - SHOWN_INPUTS} more like {wanted}"


def _windows(report: AuditReport) -> Iterator[str]:
    windows = report.windows
    yield f"Before: {windows.before.start} up to, not including, {windows.before.end}"
    yield f"After: {windows.after.start} up to, not including, {windows.after.end}; go-live {windows.go_live}"


def _files(facts: frozenset[str], report: AuditReport) -> Iterator[str]:
    """The files behind it with what became of their records; all of them where a number has no facts of its own."""
    for record in report.files:
        fed = facts & _fed(record) if facts else _fed(record)
        if not fed:
            continue
        rows = record.rows
        yield f"File: {record.path} ({', '.join(sorted(fed))}), sha256 {record.sha256}"
        yield (
            f"  {count(rows.read)} records read: {count(rows.accepted)} used, {count(rows.rejected)} rejected,"
            f" {count(rows.duplicate)} repeated, {count(rows.outside)} outside the history,"
            f" {count(rows.structure)} header or total lines"
        )
        yield from (
            f"  left out {count(n)}: {words_reasons.reject(code)} ({code})" for code, n in record.reasons.items()
        )


def _fed(record: FileRecord) -> frozenset[str]:
    """The facts that a file feeds; order lines become orders."""
    return frozenset("orders" if fact == "order_lines" else fact for fact in record.facts)


def _checks(metric: MetricId | None, report: AuditReport) -> Iterator[str]:
    for check in report.checks:
        if check.status != "pass" and (metric is None or metric in check.metrics):
            yield f"Check {check.id} ({check.status}): {check.message}"


def _settings(facts: frozenset[str], report: AuditReport) -> Iterator[str]:
    wanted = (*SETTINGS, *(setting for fact in sorted(facts) for setting in FACT_SETTINGS.get(fact, ())))
    for path, entry in report.plan.items():
        if path.startswith(wanted) and entry.get("value") not in (None, [], {}):
            yield f"Setting: {path} = {_shown(entry.get('value'))} ({entry.get('origin')})"


def _shown(value: object) -> str:
    """A setting in one line.

    >>> _shown([{"path": "a.csv", "side": "both", "map": None}]), _shown(0.05)
    ('path a.csv, side both', '0.05')
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_shown(item)}" for name, item in value.items() if item is not None)
    if isinstance(value, list):
        return "; ".join(_shown(item) for item in value)
    return str(value)
