"""``clm-audit explain NAME``: a metric, check, finding, verdict, answer or code in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clm_audit.config.plan import MetricId
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.report import words_checks, words_findings, words_metrics, words_reasons, words_verdict
from clm_audit.report.words_check_messages import MESSAGES

LIMITS: Mapping[MetricId, str] = {
    "purchase_frequency": (
        "A base of one month would hide most of a change: who buys less often leaves the denominator too. The base"
        " of 52 weeks shows about nine tenths of a true change, 26 weeks three quarters, 13 weeks half."
    ),
    "transaction_size": "Averages follow large orders: read the median and the capped figure beside it.",
    "service_cost": "Elapsed time is not handling time. Without a cost, a rate or service spend there is no figure.",
    "campaign_response": "Opens are counted by privacy proxies too. Revenue attributed to campaigns is never added.",
    "acquisition_cost": "A created date that bunches on one import day is not an acquisition date.",
    "retention_cost": "The ratio to acquisition cost is context, not a target.",
}
_GAPS: Mapping[str, str] = {
    "p": "its p-value",
    "p_holm": "its corrected p-value",
    "range90": "(90 %)",
    "range95": "(95 %)",
    "materiality": "the materiality",
}


class _Named(dict[str, str]):
    """Gaps of a template filled with their own names: ``<share>``."""

    def __missing__(self, key: str) -> str:
        return _GAPS.get(key, f"<{key}>")


def explain(name: str) -> str | None:
    """What ``name`` means: formula, inputs, limits, remedy; None when nobody knows it.

    A name with several meanings (``inconclusive`` is a finding and a verdict) gives all of them.

    >>> explain("row_cap").splitlines()[0]
    'row_cap: Export cut off at a limit'
    """
    wanted = name.strip().casefold().replace("-", "_")
    found = [text for key, text in _entries() if wanted in (key, key.replace(" ", "_"))]
    return "\n\n".join(found) or None


def explain_names() -> tuple[str, ...]:
    """Every name that :func:`explain` knows, sorted."""
    return tuple(sorted({key for key, _ in _entries()}))


def metric(metric_id: MetricId) -> str:
    """A metric: question, formula, inputs, variants, limits."""
    declared = CATALOGUE[metric_id]
    facts = "; ".join(" or ".join(words_metrics.fact(item) for item in group) for group in declared.facts)
    variants = "; ".join(words_metrics.VARIANTS[item.label] for item in declared.variants)
    return "\n".join(
        (
            f"{metric_id}: {words_metrics.name(metric_id)}",
            f"Question: {words_metrics.question(metric_id)} ({declared.better} is better)",
            f"Formula: {declared.numerator} / {declared.denominator}",
            f"Unit: {words_metrics.unit(metric_id, None)}",
            f"Definition: {words_metrics.definition(metric_id, {})}",
            f"Needs: {facts}",
            f"Shown beside it: {variants}",
            f"Limits: {LIMITS[metric_id]}",
        )
    )


def _entries() -> Iterator[tuple[str, str]]:
    for metric_id in CATALOGUE:
        yield metric_id, metric(metric_id)
    for check_id, (title, purpose) in words_checks.CHECKS.items():
        yield check_id, f"{check_id}: {title}\n{purpose}"
    for texts, what in (
        (words_findings.FINDINGS, "finding"),
        (words_verdict.VERDICTS, "verdict"),
        (words_verdict.ANSWERS, "answer of the plain reading"),
    ):
        for key, text in texts.items():
            yield key, f"{key} ({what}): {text}"
    for code, (message, remedy) in MESSAGES.items():
        yield code, _pair(code, "data check", message, remedy)
    for code, text in words_findings.CODES_SAID.items():
        yield code, _pair(code, "reason of a finding", text, "")
    for code, (why, help_) in words_reasons.REASONS.items():
        yield code, _pair(code, "reason for no figure", why, help_)
    for code, (why, help_) in words_reasons.REJECTS.items():
        yield code, _pair(code, "row not taken", why, help_)


def _pair(code: str, what: str, message: str, remedy: str) -> str:
    head = f"{code} ({what}): {message.format_map(_Named())}"
    return f"{head}\nWhat to do: {remedy.format_map(_Named())}" if remedy else head
