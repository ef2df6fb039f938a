"""``clm-audit explain NAME``: a metric, check, finding, verdict, answer, code or system in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from clm_audit.config.plan import MetricId
from clm_audit.config.preset import Preset, load_presets
from clm_audit.measures.catalogue import CATALOGUE
from clm_audit.report import (
    words_checks,
    words_findings,
    words_lifecycle,
    words_metrics,
    words_reasons,
    words_rejects,
    words_systems,
    words_verdict,
)
from clm_audit.report.numbers import Counted
from clm_audit.report.words_check_messages import MESSAGES
from clm_audit.report.words_glossary import ALIASES, GLOSSARY

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
    **words_lifecycle.LIMITS,
}
KINDS: Mapping[str, str] = {
    "metric": "Metrics",
    "word": "Words of the report",
    "finding": "Findings",
    "verdict": "Verdicts",
    "answer of the plain reading": "Answers of the plain reading",
    "check": "Data checks",
    "data check": "What a data check found",
    "reason of a finding": "Why a finding is what it is",
    "reason for no figure": "Why there is no figure",
    "row not taken": "Why a row was not taken",
    "system": "Systems whose exports are known",
}


NONE: Mapping[str, Preset] = {}


class _Named(dict[str, Counted]):
    """Gaps of a template filled with their own names: ``<share>``."""

    def __missing__(self, key: str) -> Counted:
        return Counted("the materiality" if key == "materiality" else f"<{key}>")


def explain(name: str, own: Mapping[str, Preset] = NONE) -> str | None:
    """What ``name`` means: formula, inputs, limits, remedy; None when nobody knows it. ``own`` are a user's presets.

    A name with several meanings (``inconclusive`` is a finding and a verdict) gives all of them.

    >>> explain("row_cap").splitlines()[0]
    'row_cap: Export cut off at a limit'
    """
    wanted = {_plain(name), _plain(ALIASES_PLAIN.get(_plain(name), name))}
    return "\n\n".join(entry.text for entry in _entries(own) if _plain(entry.name) in wanted) or None


def explain_names(own: Mapping[str, Preset] = NONE) -> tuple[str, ...]:
    """Every name that :func:`explain` knows, sorted."""
    return tuple(sorted({entry.name for entry in _entries(own)}))


def explain_list(own: Mapping[str, Preset] = NONE) -> str:
    """Every name, grouped by what it is."""
    groups: dict[str, set[str]] = {}
    for entry in _entries(own):
        groups.setdefault(KINDS[entry.kind], set()).add(entry.name)
    return "\n\n".join("\n".join((f"{kind}:", *sorted(names))) for kind, names in groups.items())


def metric(metric_id: MetricId) -> str:
    """A metric: question, formula, inputs, variants, limits."""
    declared = CATALOGUE[metric_id]
    facts = "; ".join(" or ".join(words_metrics.fact(item) for item in group) for group in declared.facts)
    variants = "; ".join(words_metrics.VARIANTS[item.label] for item in declared.variants)
    return "\n".join(
        (
            f"{metric_id}: {words_metrics.name(metric_id)}",
            f"Question: {words_metrics.question(metric_id)} ({declared.better} is better)",
            f"Formula: {words_metrics.FORMULAS[metric_id]}",
            f"Unit: {words_metrics.unit(metric_id, 'money')}",
            f"Definition: {words_metrics.definition(metric_id, {})}",
            f"Needs: {facts}",
            *([f"Shown beside it: {variants}"] if variants else []),
            f"Limits: {LIMITS[metric_id]}",
        )
    )


@dataclass(frozen=True)
class Entry:
    """One thing that can be explained. ``kind``: a key of :data:`KINDS`."""

    name: str
    kind: str
    text: str


def _entries(own: Mapping[str, Preset]) -> Iterator[Entry]:
    for metric_id in CATALOGUE:
        yield Entry(metric_id, "metric", metric(metric_id))
    for word, text in GLOSSARY.items():
        yield Entry(word, "word", f"{word}: {text}")
    for texts, what in (
        (words_findings.FINDINGS, "finding"),
        (words_verdict.VERDICTS, "verdict"),
        (words_verdict.ANSWERS, "answer of the plain reading"),
    ):
        for key, text in texts.items():
            yield Entry(key, what, f"{key} ({what}): {text}")
    for check_id, (title, purpose) in words_checks.CHECKS.items():
        yield Entry(check_id, "check", f"{check_id}: {title}\n{purpose}")
    yield from _codes()
    for name, preset in sorted({**load_presets(), **own}.items()):
        yield Entry(name, "system", words_systems.system(preset))


def _codes() -> Iterator[Entry]:
    for code, (message, remedy) in MESSAGES.items():
        yield _pair(code, "data check", message, remedy)
    for code, text in words_findings.CODES_SAID.items():
        yield _pair(code, "reason of a finding", text, "")
    for code, (why, help_) in words_reasons.REASONS.items():
        yield _pair(code, "reason for no figure", why, help_)
    for code, (why, help_) in words_rejects.REJECTS.items():
        yield _pair(code, "row not taken", why, help_)


def _pair(code: str, what: str, message: str, remedy: str) -> Entry:
    head = f"{code} ({what}): {message.format_map(_Named())}"
    return Entry(code, what, f"{head}\nWhat to do: {remedy.format_map(_Named())}" if remedy else head)


def _plain(name: str) -> str:
    """A name as it is compared: case, hyphens, blanks and underscores do not matter.

    >>> _plain("Adjusted effect") == _plain("adjusted_effect"), _plain("wash-out") == _plain("washout")
    (True, True)
    """
    return "".join(character for character in name.casefold() if character.isalnum())


ALIASES_PLAIN: Mapping[str, str] = {_plain(alias): word for alias, word in ALIASES.items()}
