"""Where one number of a saved audit comes from: `clm-audit explain ID --from audit.json`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from clm_audit.config.plan import MetricId
from clm_audit.report import words_metrics, words_trace
from clm_audit.report.model import AuditReport
from clm_audit.report.provenance_files import facts_behind, file_lines
from clm_audit.report.said import SaidNumber, said_numbers, sentences
from clm_audit.report.trace import find, leaves, numbers

SHOWN_INPUTS = 8
WHOLE = (".before.value", ".after.value", ".observed_change", ".adjusted.effect", ".adjusted.low", ".adjusted.high")
"""What a metric is first of all."""
REASON = ".reason"
SETTINGS = ("go_live", "windows.", "timezone", "currency", "rates", "policy.", "metrics", "sources")
"""Settings that every number rests on; those of a fact come on top."""
FACT_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "spend.acquisition": ("spend.acquisition",),
    "spend.retention": ("spend.retention",),
    "spend.service": ("spend.service",),
    "tickets": ("service.",),
    "responses": ("response",),
    "campaigns": ("response",),
    "events": ("activation",),
    "stages": ("stages",),
}


def provenance(name: str, report: AuditReport) -> str | None:
    """What the number ``name`` of ``report`` is: value, formula, inputs, rows, files and settings; None when there is
    no such number. Several that it may mean are listed instead. Of a sentence: which numbers stand in it."""
    values = numbers(report)
    whole = _whole(name, values, report)
    if whole:
        return whole
    found = find(name, tuple(values))
    if not found:
        return _unknown(name, report) or _sentence(name, values, report)
    if len(found) > 1:
        return "\n".join((f"{name} may be any of these; name one:", *(f"  {one} = {values[one]}" for one in found)))
    return "\n".join(_lines(found[0], values, report))


def _whole(name: str, values: Mapping[str, Any], report: AuditReport) -> str | None:
    """A metric asked for by its name alone: what was found, and its first numbers, each with the id to ask on with."""
    for section, metrics in (("metrics", report.metrics), ("lifecycle", report.lifecycle)):
        for one in metrics:
            key = f"{section}.{one.id}"
            if name in (one.id, key) and any(f"{key}{end}" in values for end in WHOLE):
                shown = [f"  {key}{end} = {values[f'{key}{end}']}" for end in WHOLE if f"{key}{end}" in values]
                return "\n".join((f"{key}: {one.finding_sentence}", "Its numbers; name one:", *shown))
    return None


def _unknown(name: str, report: AuditReport) -> str | None:
    """Why there is no number of this name, where the audit says so."""
    said = {key.removesuffix(REASON): why for key, why in leaves(report).items() if key.endswith(REASON)}
    found = find(name, tuple(said))
    return "\n".join(f"{one}: not assessable. {said[one]}" for one in found) or None


def _sentence(name: str, values: Mapping[str, Any], report: AuditReport) -> str | None:
    """A sentence with the numbers that stand in it, or one of them: ``finding_sentence.2``."""
    texts = sentences(report)
    found = find(name, tuple(texts))
    head, _, place = name.rpartition(".")
    one_of_it = not found and place.isdigit()
    if one_of_it:
        found = find(head, tuple(texts))
    if not found:
        return None
    if len(found) > 1:
        return "\n".join((f"{name} may be in any of these; name one:", *(f"  {one}" for one in found)))
    key = found[0]
    asked = [one for one in said_numbers(key, report) if not one_of_it or one.id.endswith(f".{place}")]
    if not asked:
        return None
    lines = (f"{key}: {texts[key]}", *(_said(one, values) for one in asked), *_behind(key, _metric(key), report))
    return "\n".join(lines)


def _said(one: SaidNumber, values: Mapping[str, Any]) -> str:
    """A number of a sentence, and what it is elsewhere in the audit."""
    if not one.meant:
        return f"Number: {one.id} = {one.written}, {words_trace.IN_THE_SENTENCE}"
    meant = ", ".join(f"{name} = {values[name]}" if name in values else f"setting {name[5:]}" for name in one.meant)
    return f"Number: {one.id} = {one.written}, written like {meant}"


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
    yield from _behind(key, metric, report)


def _behind(key: str, metric: MetricId | None, report: AuditReport) -> Iterator[str]:
    """Windows, files, checks and settings behind a number or a sentence."""
    facts = facts_behind(key, metric, report)
    yield from _windows(report)
    yield from file_lines(key, facts, report)
    yield from _checks(metric, report)
    yield from _settings(facts, report)


def _metric(key: str) -> MetricId | None:
    """The metric that an id belongs to."""
    return next((part for part in get_args(MetricId) if part in key.split(".")), None)


def _inputs(key: str, patterns: tuple[str, ...], values: Mapping[str, Any]) -> Iterator[str]:
    head = ".".join(key.split(".")[:2])
    for pattern in patterns:
        wanted = f"{head}{pattern}" if pattern.startswith(".") else pattern
        fitting = [one for one in values if one != key and words_trace.fits(wanted, one.split("."))]
        yield from (f"Input: {one} = {values[one]}" for one in fitting[:SHOWN_INPUTS])
        if len(fitting) > SHOWN_INPUTS:
            yield f"Input: and {len(fitting) - SHOWN_INPUTS} more like {wanted}"


def _windows(report: AuditReport) -> Iterator[str]:
    windows = report.windows
    yield f"Before: {windows.before.start} up to, not including, {windows.before.end}"
    yield f"After: {windows.after.start} up to, not including, {windows.after.end}; go-live {windows.go_live}"


def _checks(metric: MetricId | None, report: AuditReport) -> Iterator[str]:
    for check in report.checks:
        if check.status != "pass" and (metric is None or metric in check.metrics):
            yield f"Check {check.id} ({check.status}): {check.message}"


def _settings(facts: Sequence[str], report: AuditReport) -> Iterator[str]:
    wanted = (*SETTINGS, *(setting for fact in facts for setting in FACT_SETTINGS.get(fact, ())))
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
