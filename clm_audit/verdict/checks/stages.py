"""Does the CRM say in which stage of the lifecycle a customer is, and since when?"""

from __future__ import annotations

from clm_audit.config.plan import MetricId
from clm_audit.measures.coverage import IMPORT_LEAST, IMPORT_SHARE
from clm_audit.measures.model import to_date
from clm_audit.verdict.checks.base import Subject, Value, headers_only, made
from clm_audit.verdict.model import Check

CODES = (
    "stages_nowhere",
    "stages_today_only",
    "stages_unnamed",
    "stages_of_one_day",
    "stages_since",
    "stages_too_late",
)
METRICS: tuple[MetricId, ...] = ("stage_conversion",)
UNNAMED = 0.05  # of the rows with a stage
WORDS = "stages.unknown."


def lifecycle_stages(subject: Subject) -> Check:
    """Only a history tells who moved on, and only in words that mean a stage.

    A current stage alone says where customers are today. A history in which one day holds most rows is that of an
    import; one that begins after go-live has nothing to compare with.
    """
    if headers_only(subject):
        return made("lifecycle_stages", "unknown", "nothing_read", METRICS)
    placed, unknown = subject.count("stages.placed") or 0, subject.count("stages.unknown") or 0
    if not placed and not unknown:
        today = subject.count("customers.staged") or 0
        if today:
            return made("lifecycle_stages", "warn", "stages_today_only", METRICS, customers=today)
        return made("lifecycle_stages", "unknown", "stages_nowhere", METRICS, export=_export(subject))
    if unknown > UNNAMED * (placed + unknown):
        words = {name.removeprefix(WORDS): count for name, count in subject.facts.evidence.items() if WORDS in name}
        listed = sorted(words.items(), key=lambda item: (-item[1], item[0]))
        named = ", ".join(f"{word} {count}" for word, count in listed) or "none that looks like a word"
        evidence: dict[str, Value] = {"rows": unknown, "of": placed + unknown, "words": named}
        return made("lifecycle_stages", "warn", "stages_unnamed", METRICS, **evidence)
    return _history(subject, placed)


def _history(subject: Subject, placed: int) -> Check:
    """What a history in known words is worth."""
    first, top = subject.count("stages.first_day") or 0, subject.count("stages.top_day_rows") or 0
    evidence: dict[str, Value] = {
        "since": to_date(first).isoformat(),
        "customers": subject.count("stages.customers") or 0,
        "rows": placed,
    }
    if top >= IMPORT_LEAST and top > IMPORT_SHARE * placed:
        return made("lifecycle_stages", "warn", "stages_of_one_day", METRICS, top=top, **evidence)
    measured = subject.measured
    if measured is not None and first >= measured.calendar.go_live:
        return made("lifecycle_stages", "warn", "stages_too_late", METRICS, **evidence)
    return made("lifecycle_stages", "pass", "stages_since", METRICS, **evidence)


def _export(subject: Subject) -> str:
    return subject.facts.absent.get("stages", "")
