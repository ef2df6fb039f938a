"""How values look in every format: a glyph beside each word, figures with their units, and small phrases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Literal

from clm_audit.config.plan import FindingValue, MetricId, VerdictValue
from clm_audit.intake.model import RowCounts
from clm_audit.report import numbers
from clm_audit.report.model import (
    Adjusted,
    AnswerReport,
    AuditReport,
    CheckReport,
    Figure,
    MetricReport,
    Span,
    Unknown,
)
from clm_audit.verdict.model import CheckStatus, PlainAnswer

Tone = Literal["good", "bad", "flat", "open"]
VERDICTS: Mapping[VerdictValue, tuple[str, Tone]] = {
    "good fit": ("✔", "good"),
    "mixed": ("◐", "flat"),
    "switch": ("✘", "bad"),
    "inconclusive": ("~", "open"),
    "not assessable": ("–", "open"),
}
FINDINGS: Mapping[FindingValue, tuple[str, Tone]] = {
    "improved": ("✔", "good"),
    "worsened": ("✘", "bad"),
    "no material change": ("=", "flat"),
    "inconclusive": ("~", "open"),
    "not assessable": ("–", "open"),
}
ANSWERS: Mapping[PlainAnswer, tuple[str, Tone]] = {
    "yes": ("✔", "good"),
    "no": ("✘", "bad"),
    "about the same": ("=", "flat"),
    "no data": ("–", "open"),
}
CHECKS: Mapping[CheckStatus, tuple[str, Tone, str]] = {
    "fail": ("✘", "bad", "failed"),
    "warn": ("!", "flat", "warning"),
    "unknown": ("?", "open", "cannot tell"),
    "pass": ("✔", "good", "passed"),
}
NOTHING = "–"
LEDGER = ("accepted", "rejected", "duplicate", "outside", "structure")


def by_status(checks: Iterable[CheckReport]) -> dict[CheckStatus, list[CheckReport]]:
    """Checks by status, worst first, every status present."""
    grouped: dict[CheckStatus, list[CheckReport]] = {status: [] for status in CHECKS}
    for check in checks:
        grouped[check.status].append(check)
    return grouped


def ledger_total(rows: Iterable[RowCounts]) -> RowCounts:
    """The sum over files.

    >>> ledger_total([RowCounts(read=2, accepted=2), RowCounts(read=1, rejected=1)]).read
    3
    """
    counts = list(rows)
    return RowCounts(**{name: sum(getattr(row, name) for row in counts) for name in ("read", *LEDGER)})


def answer_of(report: AuditReport, metric: MetricReport) -> AnswerReport | None:
    """The plain answer that belongs to a metric."""
    return next((answer for answer in report.plain.answers if answer.metric == metric.id), None)


def metric_name(metrics: Iterable[MetricReport], metric: MetricId) -> str:
    """The name of a metric as the report gives it, else its id in words."""
    names = {item.id: item.name for item in metrics}
    return names.get(metric, metric.replace("_", " "))


def answer_names(report: AuditReport) -> dict[MetricId, str]:
    """What to add to a question that has more than one metric, to tell its answers apart."""
    numbers = [answer.question_number for answer in report.plain.answers]
    return {
        answer.metric: metric_name(report.metrics, answer.metric) if numbers.count(answer.question_number) > 1 else ""
        for answer in report.plain.answers
    }


def span(window: Span) -> str:
    """A window with its last day, and its length."""
    last = numbers.day(window.end - timedelta(days=1))
    return f"{numbers.day(window.start)} to {last}, {numbers.weeks(window.weeks)}"


def change(share: float | Unknown) -> str:
    """A signed change, or a dash where there is none.

    >>> change(0.1214), change(Unknown(reason="no data"))
    ('+12 %', '–')
    """
    return NOTHING if isinstance(share, Unknown) else numbers.percent(share, sign=True)


def interval(adjusted: Adjusted | Unknown) -> str:
    """The 95 % interval of an effect."""
    return NOTHING if isinstance(adjusted, Unknown) else numbers.percent_range(adjusted.low, adjusted.high)


def effect(adjusted: Adjusted | Unknown) -> str:
    """The adjusted effect itself."""
    return NOTHING if isinstance(adjusted, Unknown) else numbers.percent(adjusted.effect, sign=True)


def value(metric: MetricId, amount: float | Unknown) -> str:
    """A value of a metric without its unit, which stands beside it once."""
    return NOTHING if isinstance(amount, Unknown) else numbers.metric_value(metric, amount, None)


def unit(metric: MetricReport, currency: str | Unknown) -> str:
    """The unit, with the currency where there is one and the unit does not name it."""
    if metric.id not in numbers.MONEY_METRICS or "currency" in metric.unit:
        return metric.unit
    code = currency if isinstance(currency, str) else "currency not stated"
    return metric.unit if code in metric.unit else f"{metric.unit}, {code}"


def figure(item: Figure | Unknown) -> str:
    """A window total."""
    if isinstance(item, Unknown):
        return NOTHING
    return numbers.money(item.value, item.currency) if isinstance(item.value, str) else numbers.number(item.value)
